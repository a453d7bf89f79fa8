"""What the console is doing: selection, solos, screens, transport; most of it belongs to the surface."""

from dsp.parameters.row import Param
from dsp.parameters.table import OFF, ON, bitmap, choice, integer, read_only, switch, text

STRIPS = " ".join(
    [
        *(f"Ch{ch:02}" for ch in range(1, 33)),
        *(f"Aux{aux}" for aux in range(1, 9)),
        *(f"Fx{slot}{side}" for slot in range(1, 5) for side in "LR"),
        *(f"Bus{bus:02}" for bus in range(1, 17)),
        *(f"Mtx{mtx}" for mtx in range(1, 7)),
        "LR",
        "M/C",
    ]
)
LAST_STRIP = len(STRIPS.split()) - 1
LAST_RTA_SOURCE = 170
RTA_SOURCES = "0 to 71 strips, 72 monitor; 98 more takes it after the EQ"

PATCH = (
    read_only(
        integer(
            "-ha/{input}/index", -1, 127, default=[*range(32), *[-1] * 8],
            help="Head amplifier that feeds the channel or aux input now; -1 is none.",
        )
    ),
    read_only(
        integer(
            "-insert/{fx_side}", -1, LAST_STRIP, default=-1,
            help="Strip that has this side of an effect inserted; -1 is none.",
        )
    ),
    read_only(
        integer(
            "-insert/{aux_point}", -1, LAST_STRIP, default=-1,
            help="Strip that has this aux way inserted; -1 is none.",
        )
    ),
)  # fmt: skip


def _rta_mode(name: str, help: str) -> Param:
    return choice(f"-stat/{name}", "BAR SPEC", default="BAR", help=help)


SURFACE = (
    choice("-stat/selidx", STRIPS, default="Ch01", help="Strip that is selected."),
    integer(
        "-stat/chfaderbank", 0, 3, default=0,
        help="What the left faders show: 0 channels 1 to 16, 1 channels 17 to 32, 2 aux and effects, 3 buses.",
    ),
    integer(
        "-stat/grpfaderbank", 0, 5, default=0,
        help="What the right faders show: 0 DCAs, 1 buses 1 to 8, 2 buses 9 to 16, 3 matrices, 5 channels.",
    ),
    switch("-stat/sendsonfader", default=OFF, help="On lets the faders move sends to the selected bus."),
    integer("-stat/bussendbank", 0, 3, default=0, help="Which four sends the encoders show."),
    integer("-stat/eqband", 0, 5, default=0, help="Band of the EQ the encoders turn."),
    read_only(switch("-stat/solo", default=OFF, help="On while anything is soloed.")),
    switch("-stat/keysolo", default=OFF, help="On lets the monitor play what the gate or compressor listens to."),
    integer("-stat/userbank", 0, 2, default=0, help="Layer of user controls that is shown."),
    switch("-stat/autosave", default=ON, help="Off brings the desk back as it is now, whatever is changed later."),
    integer("-stat/lock", 0, 2, default=0, help="1 locks the surface, 2 shuts the console down."),
    read_only(switch("-stat/usbmounted", default=OFF, help="On while a memory stick is in.")),
    switch("-stat/remote", default=OFF, help="On lets the faders be a controller for a workstation."),
    _rta_mode("rtamodeeq", "Bars or spectrogram behind the EQ."),
    _rta_mode("rtamodegeq", "Bars or spectrogram behind the graphic EQ."),
    switch("-stat/rtaeqpre", default=OFF, help="On shows the spectrum before the EQ."),
    switch("-stat/rtageqpost", default=OFF, help="On shows the spectrum after the graphic EQ."),
    integer(
        "-stat/rtasource", 0, LAST_RTA_SOURCE, default=0, help=f"What the spectrum shows: {RTA_SOURCES}."
    ),
    read_only(
        integer(
            "-stat/xcardtype", 0, 11, default=0,
            help="Card in the slot: 0 none, 1 X-UF, 2 X-USB, 3 X-DANTE, 4 X-ADAT, 5 X-MADI, 6 to 9 DN32,"
            " 10 X-LIVE, 11 X-WSG.",
        )
    ),
    read_only(switch("-stat/xcardsync", default=OFF, help="On while the card is in step with the console.")),
    switch("-stat/geqonfdr", default=OFF, help="On lets the faders move a graphic EQ."),
    integer(
        "-stat/geqpos", 0, 2071, default=0,
        help="Graphic EQ on the faders: its slot times 256, and the first band shown.",
    ),
    integer("-stat/dcaspill", 0, 8, default=0, help="DCA whose members are on the faders; 0 is none."),
)  # fmt: skip


def _page(screen: str, pages: str, name: str) -> Param:
    return choice(f"-stat/screen/{screen}/page", pages, default=pages.split()[0], help=f"Page of the {name} screen.")


SCREENS = (
    choice(
        "-stat/screen/screen",
        "HOME METERS ROUTING SETUP LIBRARY EFFECTS MONITOR USB SCENES ASSIGN LOCK", default="HOME",
        help="What the console's screen shows.",
    ),
    switch("-stat/screen/mutegrp", default=OFF, help="On shows the mute groups."),
    switch("-stat/screen/utils", default=OFF, help="On shows the utilities."),
    _page("CHAN", "HOME CONFIG GATE DYN EQ MIX MAIN", "channel"),
    _page("METER", "CHANNEL MIXBUS AUX/FX IN/OUT RTA AMIX", "meter"),
    _page("ROUTE", "HOME AES50A AES50B CARDOUT XLROUT ANAOUT AUXOUT P16OUT USER", "routing"),
    _page("SETUP", "GLOB CONF REMOTE NETW NAMES PREAMPS CARD", "setup"),
    _page("LIB", "CHAN EFFECT ROUTE MONITOR", "library"),
    _page("FX", "HOME FX1 FX2 FX3 FX4 FX5 FX6 FX7 FX8", "effects"),
    _page("MON", "MONITOR TALKA TALKB OSC", "monitor"),
    _page("USB", "HOME CONFIG", "recorder"),
    _page("SCENE", "HOME SCENES BITS PARSAFE CHNSAFE MIDI", "scene"),
    _page("ASSIGN", "HOME SETA SETB SETC", "user control"),
)  # fmt: skip

AES50 = (
    read_only(
        bitmap(
            "-stat/aes50/state", 5,
            help="From the last digit on, errors of sound on port A and B, of data on A and B, and locked.",
        )
    ),
    read_only(text("-stat/aes50/A", 16, help="Devices at AES50 port A, one letter each.")),
    read_only(text("-stat/aes50/B", 16, help="Devices at AES50 port B, one letter each.")),
)  # fmt: skip

LIVE = (
    switch(
        "-stat/solosw/{solo}", default=OFF,
        help="On solos the strip: 1 to 32 channels, 33 aux, 41 effects, 49 buses, 65 matrices, 71 main, 73 DCAs.",
    ),
    switch("-stat/talk/{talk}", default=OFF, help="On lets the talkback be heard."),
    switch("-stat/osc/on", default=OFF, help="On lets the oscillator sound."),
)  # fmt: skip

TAPE = (
    choice(
        "-stat/tape/state", "STOP PPAUSE PLAY RPAUSE RECORD FF REW", default="STOP",
        help="What the stereo recorder does, and should do.",
    ),
    read_only(text("-stat/tape/file", 256, help="File in the stereo recorder.")),
    read_only(integer("-stat/tape/etime", 0, 35_999, unit="s", default=0, help="Time since the file began.")),
    read_only(
        integer(
            "-stat/tape/rtime", -1000, 35_999, unit="s", default=0,
            help="Time that is left; below 0, one more than the gaps in the recording.",
        )
    ),
)  # fmt: skip

USER_CONTROLS = (
    integer(
        "-stat/userpar/{control}/value", 0, 127, default=0,
        help="Value of a user control that sends MIDI: 1 to 24 buttons, 25 to 36 encoders.",
    ),
)  # fmt: skip
