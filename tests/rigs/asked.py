"""What the known apps ask for again and again."""


STATES = [
    *("/-stat/tape/state", "/-usb/path", "/-usb/title", "/-stat/tape/etime", "/-stat/tape/rtime"),
    *("/-stat/aes50/state", "/-stat/aes50/A", "/-stat/aes50/B", "/-show/prepos/current"),
    *("/-stat/usbmounted", "/-usb/dir/dirpos", "/-usb/dir/maxpos", "/-stat/xcardtype", "/-stat/xcardsync"),
    *("/-stat/rtasource", "/-stat/talk/A", "/-stat/talk/B", "/-stat/osc/on", "/-stat/keysolo"),
    *("/-stat/urec/state", "/-stat/urec/etime", "/-stat/urec/rtime"),
]
PREFS = [
    *("clockrate", "clocksource", "scene_advance", "safe_masterlevels", "clockmode", "show_control"),
    *("haflags", "hardmute", "dcamute", "invertmutes", "remote/ioenable", "rta/source", "rta/pos", "rta/det"),
]
