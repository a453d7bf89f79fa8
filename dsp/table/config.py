"""What concerns the whole desk: links, mute groups, monitoring, talkback, oscillator, user controls."""

from dsp.parameters import scales
from dsp.parameters.table import OFF, ON, bitmap, choice, integer, level, linear, log, switch, text
from dsp.table.family import COLORS, SEND_STEPS

LINKS = (
    switch("config/chlink/{ch_pair}", default=OFF, help="On makes one stereo channel of the pair."),
    switch(
        "config/auxlink/{aux_pair}", default=[OFF, OFF, OFF, ON],
        help="On makes one stereo aux input of the pair.",
    ),
    switch("config/fxlink/{rtn_pair}", default=ON, help="On makes one stereo effect return of the pair."),
    switch("config/buslink/{pair}", default=OFF, help="On makes one stereo bus of the pair."),
    switch("config/mtxlink/{mtx_pair}", default=OFF, help="On makes one stereo matrix of the pair."),
    switch("config/mute/{group}", default=OFF, help="On silences every member of the mute group."),
    switch("config/linkcfg/hadly", default=ON, help="On lets links hold head amplifiers and delays together."),
    switch("config/linkcfg/eq", default=ON, help="On lets links hold the EQ together."),
    switch("config/linkcfg/dyn", default=ON, help="On lets links hold gate and compressor together."),
    switch("config/linkcfg/fdrmute", default=ON, help="On lets links hold faders, sends and mutes together."),
    choice(
        "config/mono/mode", "LR+M LCR", default="LR+M",
        help="Mono beside left and right with a level of its own, or a centre between them that pan reaches.",
    ),
    switch("config/mono/link", default=OFF, help="On lets mono/centre follow fader and mute of main stereo."),
)  # fmt: skip

SOLO = (
    level("config/solo/level", steps=SEND_STEPS, default=0, help="Level of the monitor outputs."),
    choice(
        "config/solo/source", "OFF LR LR+C LRPFL LRAFL AUX56 AUX78", default="LR",
        help="What the monitor plays while nothing is soloed: main (with centre, before or after its"
        " fader), aux inputs, or nothing.",
    ),
    linear(
        "config/solo/sourcetrim", "dB", -18, 18, step=0.5, default=0, text=scales.tenths,
        help="Gain of what the monitor plays while nothing is soloed.",
    ),
    choice("config/solo/chmode", "PFL AFL", default="PFL", help="Solo channels before or after the fader."),
    choice("config/solo/busmode", "PFL AFL", default="PFL", help="Solo buses before or after the fader."),
    choice("config/solo/dcamode", "PFL AFL", default="PFL", help="Solo DCAs before or after the fader."),
    switch("config/solo/exclusive", default=OFF, help="On lets a new solo end the one before."),
    switch("config/solo/followsel", default=OFF, help="On solos the strip that is selected."),
    switch("config/solo/followsolo", default=OFF, help="On selects the strip that is soloed."),
    linear(
        "config/solo/dimatt", "dB", -40, 0, step=1, default=-20, text=scales.integer,
        help="How far dim lowers the monitor.",
    ),
    switch("config/solo/dim", default=OFF, help="On lowers the monitor."),
    switch("config/solo/mono", default=OFF, help="On puts both sides of the monitor together."),
    switch("config/solo/delay", default=OFF, help="On lets the monitor come later."),
    linear(
        "config/solo/delaytime", "ms", 0.3, 500, step=0.1, default=0.3, text=scales.tenths5,
        help="How much later the monitor comes.",
    ),
    switch(
        "config/solo/masterctrl", default=OFF,
        help="On lets the main fader set the monitor's level, in place of its own.",
    ),
    switch("config/solo/mute", default=OFF, help="On silences the monitor."),
    switch("config/solo/dimpfl", default=OFF, help="On lowers the monitor while a solo before the fader is on."),
)  # fmt: skip

TALK = (
    switch("config/talk/enable", default=ON, help="Off takes the talkback microphone out of service."),
    choice("config/talk/source", "INT EXT", default="EXT", help="Built-in or external talkback microphone."),
)

TALK_WAY = (
    level("config/talk/{talk}/level", steps=SEND_STEPS, default=-12, help="Level of the talkback."),
    switch("config/talk/{talk}/dim", default=OFF, help="On lowers the monitor while somebody talks."),
    switch(
        "config/talk/{talk}/latch", default=[OFF, ON],
        help="On keeps the talkback open until the next press; off, it closes when who opened it is not heard of"
        " for ten seconds.",
    ),
    bitmap(
        "config/talk/{talk}/destmap", 18,
        help="Where the talkback goes; from the last digit on, buses 1 to 16, main stereo, mono/centre.",
    ),
)  # fmt: skip

OSCILLATOR = (
    level(
        "config/osc/level", steps=SEND_STEPS, default=-40,
        help="Level of the oscillator: at 0.0 dB the sine peaks at 0 dBFS, and both noises have -18 dBFS RMS.",
    ),
    log(
        "config/osc/f1", "Hz", 20, 20_000, steps=121, default=100.2, text=scales.frequency,
        help="First frequency of the sine.",
    ),
    log(
        "config/osc/f2", "Hz", 20, 20_000, steps=121, default=1002, text=scales.frequency,
        help="Second frequency of the sine.",
    ),
    choice("config/osc/fsel", "F1 F2", default="F1", help="Which of both frequencies sounds."),
    choice("config/osc/type", "SINE PINK WHITE", default="PINK", help="Sine, pink noise or white noise."),
    integer(
        "config/osc/dest", 0, 25, default=0,
        help="Where the oscillator goes: 0 to 15 buses, 16 left, 17 right, 18 both, 19 mono/centre, 20 to 25"
        " matrices.",
    ),
)  # fmt: skip

LONGEST_CONTROL = 7

USER_CONTROLS = (
    choice(
        "config/userctrl/{layer}/color", COLORS, default=["CY", "GN", "YE"],
        help="Colour of this layer of user controls; i is inverted.",
    ),
    text(
        "config/userctrl/{layer}/enc/{encoder}", LONGEST_CONTROL,
        default=["X001", "X101", "X201", "X300", "DG", "DJ", "DK", "DL", "U2", "U1", "-", "U0"],
        help="What the encoder turns, as the desk's code, such as F04 for the fader of channel 5.",
    ),
    text(
        "config/userctrl/{layer}/btn/{button}", LONGEST_CONTROL,
        default=[
            *["O40", "O42", "X201", "X300", "P0051", "P0052", "P0053", "P0058"],
            *["P0010", "P0011", "P0012", "P0013", "A0", "A1", "P0000", "P0000"],
            *["U11", "U10", "P0036", "U09", "U00", "U06", "U02", "U05"],
        ],
        help="What the button does, as the desk's code, such as O80 for mute group 1.",
    ),
)  # fmt: skip


def _tape_gain(side: str) -> str:
    return f"Gain of the {side} side that is recorded."


RECORDER = (
    linear(
        "config/tape/gainL", "dB", -6, 24, step=0.5, default=0, text=scales.tenths, help=_tape_gain("left")
    ),
    linear(
        "config/tape/gainR", "dB", -6, 24, step=0.5, default=0, text=scales.tenths, help=_tape_gain("right")
    ),
    switch("config/tape/autoplay", default=ON, help="On plays the next file when one has ended."),
    switch("config/amixenable/{automix}", default=OFF, help="On shares the gain among the group's microphones."),
)  # fmt: skip

PERSONAL_MIXERS = (
    bitmap(
        "config/dp48/scope", 4,
        help="What personal mixers are told; from the last digit on, group names, assignments, levels, places.",
    ),
    integer("config/dp48/broadcast", 0, 1, default=0, help="1 tells all personal mixers; it falls back to 0."),
    choice("config/dp48/aesAB", "AESA AESB", default="AESA", help="Port the personal mixers are at."),
    integer(
        "config/dp48/assign/{mixer48}", 0, 12, default=0,
        help="Group of the personal mixer's channel; 0 is none.",
    ),
    integer(
        "config/dp48/link/{mixer48_pair}", 0, 1, default=0,
        help="1 makes one stereo channel of the pair.",
    ),
    text("config/dp48/grpname/{mixer48_group}", 8, help="Name of the group, up to eight letters."),
)  # fmt: skip
