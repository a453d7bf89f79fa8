"""Preferences: what stays as it is, whatever scene is recalled."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, ON, bitmap, choice, integer, linear, log, switch, text
from dsp.table.routing import IQ_MODELS, IQ_SOUNDS, LAST_IQ_MODEL

KEYBOARDS = "QWERTY QWERTZ AZERTY ABCDEF"


def _brightness(name: str, lowest: int, step: int, help: str) -> Param:
    return linear(f"-prefs/{name}", "%", lowest, 100, step=step, default=50, text=scales.integer, help=help)


DESK = (
    text("-prefs/style", 24, default="ablesque", help="Look of the desk."),
    _brightness("bright", 10, 5, "Brightness of the screen."),
    _brightness("lcdcont", 0, 2, "Contrast of the strips' displays."),
    _brightness("ledbright", 10, 5, "Brightness of the lights."),
    _brightness("lamp", 10, 10, "Brightness of the lamp."),
    switch("-prefs/lampon", default=OFF, help="On lights the lamp."),
    choice("-prefs/clockrate", "48K 44K1", default="48K", help="Rate of the console."),
    choice("-prefs/clocksource", "INT AES50A AES50B EXP", default="INT", help="Who sets the pace."),
    switch("-prefs/confirm_general", default=ON, help="On asks before what can't be taken back."),
    switch("-prefs/confirm_overwrite", default=ON, help="On asks before something is overwritten."),
    switch("-prefs/confirm_sceneload", default=ON, help="On asks before a scene is recalled."),
    switch("-prefs/viewrtn", default=OFF, help="On lets the screen go back home by itself."),
    switch("-prefs/selfollowsbank", default=OFF, help="On lets the selection follow the faders that are shown."),
    switch("-prefs/scene_advance", default=OFF, help="On selects the next scene after a recall."),
    switch("-prefs/safe_masterlevels", default=OFF, help="On lets no scene move the main faders."),
    bitmap(
        "-prefs/haflags", 4,
        help="From the last digit on, stage box locked, gain split local, on AES50 A, on AES50 B.",
    ),
    switch("-prefs/autosel", default=OFF, help="On selects the strip whose fader is touched."),
    choice(
        "-prefs/show_control", "CUES SCENES SNIPPETS", default="CUES",
        help="What next and go step through.",
    ),
    choice("-prefs/clockmode", "24h 12h", default="24h", help="How the time is shown."),
    switch("-prefs/hardmute", default=OFF, help="On lets mute groups press the mutes of their members."),
    switch("-prefs/dcamute", default=OFF, help="On lets DCAs press the mutes of their members."),
    choice("-prefs/invertmutes", "NORM INV", default="NORM", help="Whether mute keys light up when muted or open."),
    text("-prefs/name", 24, default="faderd", help="Name of the console in the network."),
    choice("-prefs/rec_control", "USB XLIVE", default="USB", help="Recorder that the transport keys work."),
    integer("-prefs/fastFaders", 0, 1, default=0, help="1 lets the faders move faster."),
)  # fmt: skip


def _ip(name: str, help: str) -> Param:
    return integer(f"-prefs/ip/{name}/{{byte}}", 0, 255, default=0, help=help)


NETWORK = (
    switch("-prefs/ip/dhcp", default=ON, help="On takes the network address the network gives."),
    _ip("addr", "Number of the network address."),
    _ip("mask", "Number of the network mask."),
    _ip("gateway", "Number of the gateway's address."),
    switch("-prefs/remote/enable", default=OFF, help="On makes the desk a controller for a workstation."),
    choice("-prefs/remote/protocol", "MC HUI CC", default="MC", help="What the workstation understands."),
    choice("-prefs/remote/port", "MIDI CARD RTP", default="MIDI", help="Way to the workstation."),
    bitmap(
        "-prefs/remote/ioenable", 14,
        help="From the last digit on, MIDI, card, RTP; receive and send programs, faders, mutes, pans; OSC over"
        " MIDI, X-Touch over MIDI and over the network.",
    ),
)  # fmt: skip

CARD_BLOCKS = "1-32 9-40 17-48 25-56 33-64"


def _card(name: str, choices: str, help: str, default: str | None = None) -> Param:
    return choice(f"-prefs/card/{name}", choices, default=default or choices.split()[0], help=help)


CARD = (
    _card("UFifc", "FW USB", "Connection of the X-UF card."),
    _card("UFmode", "32/32 16/16 32/8 8/32", "Inputs and outputs of the X-UF card."),
    _card("USBmode", "32/32 16/16 32/8 8/32 8/8 2/2", "Inputs and outputs of the X-USB card."),
    _card("ADATwc", "IN OUT", "Way of the word clock of the X-ADAT card."),
    _card("ADATsync", "WC ADAT1 ADAT2 ADAT3 ADAT4", "Who sets the pace of the X-ADAT card."),
    _card("MADImode", "56 64", "Channels of the X-MADI card."),
    _card("MADIin", CARD_BLOCKS, "Inputs of the X-MADI card that are used."),
    _card("MADIout", f"OFF {CARD_BLOCKS}", "Outputs of the X-MADI card that are used."),
    _card("MADIsrc", "OFF OPT COAX BOTH", "Which input of the X-MADI card is used."),
    _card("URECtracks", "32Ch 16Ch 8Ch", "Tracks the card recorder records."),
    _card("URECplayb", "SD USB", "What the card plays: its memory cards, or the computer."),
    _card("URECrout", "REC PLAY AUTO", "AUTO lets the inputs follow the card recorder when it plays.", default="AUTO"),
    _card("URECsdsel", "SD1 SD2", "Memory card that is used first."),
)

VISIBILITIES = " ".join(["OFF", *(f"{percent}%" for percent in range(25, 81, 5))])
HOLDS = " ".join(["OFF", *(str(seconds) for seconds in range(1, 9))])

SPECTRUM = (
    choice("-prefs/rta/visibility", VISIBILITIES, default="50%", help="How much of the spectrum shines through."),
    linear(
        "-prefs/rta/gain", "dB", 0, 60, step=6, default=0, text=scales.tenths, help="How far the spectrum is raised."
    ),
    switch("-prefs/rta/autogain", default=ON, help="On raises the spectrum by itself."),
    integer(
        "-prefs/rta/source", 0, 73, default=0,
        help="What the spectrum shows: 1 monitor, 2 to 33 channels, 34 aux, 42 effects, 50 buses, 66 matrices,"
        " 72 main, 73 mono, 0 nothing.",
    ),
    choice("-prefs/rta/pos", "PRE POST", default="PRE", help="Show it before or after the EQ."),
    choice("-prefs/rta/mode", "BAR SPEC", default="BAR", help="Bars, or a spectrogram."),
    bitmap(
        "-prefs/rta/options", 6,
        help="From the last digit on, before the EQ, spectrogram, own source, after the graphic EQ, spectrogram"
        " there, solo first.",
    ),
    choice("-prefs/rta/det", "PEAK RMS", default="RMS", help="Show peaks, or the average power."),
    log(
        "-prefs/rta/decay", "s", 0.25, 16, steps=19, default=1, text=scales.three_digits,
        help="How slowly the spectrum falls.",
    ),
    choice("-prefs/rta/peakhold", HOLDS, default=OFF, help="Seconds a peak stays."),
)  # fmt: skip

LOUDSPEAKERS = (
    choice("-prefs/iQ/{p16}/iQmodel", IQ_MODELS, default="none", help="Loudspeaker at this personal output."),
    choice("-prefs/iQ/{p16}/iQeqset", IQ_SOUNDS, default="Linear", help="Sound of the loudspeaker."),
    integer("-prefs/iQ/{p16}/iQsound", 0, LAST_IQ_MODEL, default=0, help="What it imitates, by its number."),
)

KEYBOARD = (
    choice("-prefs/key/layout", KEYBOARDS, default="QWERTY", help="Order of the letters on the screen."),
    text("-prefs/key/{word}", 12, help="Word that was typed before."),
)
