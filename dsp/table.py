"""THE TABLE: every parameter of the console, one row each, in the order of a scene file.

Addresses, ranges, steps, orders and defaults are those of the X32/M32 with firmware 4.  From a row
alone come its OSC addresses, its form on the wire, its text, its grid and its help.
A released path is for ever.
"""

from dsp import scales
from dsp.parameters import (
    OFF,
    ON,
    Section,
    Table,
    bitmap,
    choice,
    integer,
    level,
    linear,
    log,
    switch,
    text,
)
from dsp.row import Param

FADER_STEPS = 1024
SEND_STEPS = 161

COLORS = "OFF RD GN YE BL MG CY WH OFFi RDi GNi YEi BLi MGi CYi WHi"
KEY_FILTERS = "LC6 LC12 HC6 HC12 1.0 2.0 3.0 5.0 10.0"
RATIOS = "1.1 1.3 1.5 2.0 2.5 3.0 4.0 5.0 7.0 10 20 100"
EQ_TYPES = "LCut LShv PEQ VEQ HShv HCut"
TAPS = "IN/LC <-EQ EQ-> PRE POST GRP"

LAST_ICON = 74
LAST_SOURCE = 64
"""Sources: 0 off (a key: the strip itself), 1–32 inputs, 33–38 aux, 39–40 USB, 41–48 effects, 49–64 buses."""


def labels(strip: str, name: str | list[str], icon: int, color: str | list[str]) -> tuple[Param, ...]:
    """What a strip shows of itself."""
    return (
        text(f"{strip}/config/name", 12, default=name, help="Name on the strip, up to twelve letters."),
        integer(
            f"{strip}/config/icon", 1, LAST_ICON, default=icon,
            help="Picture on the strip, by its number; 1 is none.",
        ),
        choice(f"{strip}/config/color", COLORS, default=color, help="Colour of the strip; i is inverted."),
    )  # fmt: skip


def groups(strip: str) -> tuple[Param, ...]:
    """What a strip obeys."""
    return (
        bitmap(f"{strip}/grp/dca", 8, help="DCAs that move this strip's level; the last digit is DCA 1."),
        bitmap(f"{strip}/grp/mute", 6, help="Mute groups that silence this strip; the last digit is 1."),
    )


def fader(strip: str) -> tuple[Param, ...]:
    """Mute and fader of a strip, alike everywhere."""
    return (
        switch(f"{strip}/mix/on", default=ON, help="Off mutes the strip."),
        level(f"{strip}/mix/fader", steps=FADER_STEPS, default=scales.SILENT, help="Level of the strip."),
    )


def to_main(strip: str, stereo: str) -> tuple[Param, ...]:
    """Way of a strip to the main outputs."""
    return (
        switch(f"{strip}/mix/st", default=stereo, help="On sends the strip to main left and right."),
        pan(f"{strip}/mix/pan", "Place between left (-100) and right (+100)."),
        switch(f"{strip}/mix/mono", default=OFF, help="On sends the strip to main mono/centre."),
        level(
            f"{strip}/mix/mlevel", steps=SEND_STEPS, default=scales.SILENT,
            help="Level of the strip in main mono/centre.",
        ),
    )  # fmt: skip


def pan(path: str, help: str) -> Param:
    """Describe a place between left and right."""
    return linear(path, "", -100, 100, step=2, default=0, text=scales.signed_integer, help=help)


def key_filter(strip: str, listener: str) -> tuple[Param, ...]:
    """Filter before what a dynamics processor listens to."""
    path = f"{strip}/{listener}/filter"
    return (
        switch(f"{path}/on", default=OFF, help="On filters what is listened to, not what is heard."),
        choice(
            f"{path}/type", KEY_FILTERS, default="3.0",
            help="Cut below (LC) or above (HC) by 6 or 12 dB per octave, or a band of this Q.",
        ),
        log(
            f"{path}/f", "Hz", 20, 20_000, steps=201, default=990.9, text=scales.frequency,
            help="Corner or centre of the key filter.",
        ),
    )  # fmt: skip


CONFIG = (
    switch("config/buslink/{pair}", default=OFF, help="On makes one stereo bus of the pair."),
    switch("config/mute/{group}", default=OFF, help="On silences every member of the mute group."),
)

CHANNEL_INPUT = (
    *labels("ch/{ch}", name="", icon=1, color="YE"),
    integer(
        "ch/{ch}/config/source", 0, LAST_SOURCE, default=range(1, 33),
        help="Input that feeds the channel: 1 to 32 inputs, 33 to 38 aux, 39 and 40 USB, 41 to 48 effects,"
        " 49 to 64 buses, 0 nothing.",
    ),
    linear(
        "ch/{ch}/preamp/trim", "dB", -18, 18, step=0.25, default=0, text=scales.signed_tenths,
        help="Digital gain before everything else.",
    ),
    switch("ch/{ch}/preamp/invert", default=OFF, help="On turns the polarity over."),
    switch("ch/{ch}/preamp/hpon", default=OFF, help="On cuts the lows below the low cut's frequency."),
    choice("ch/{ch}/preamp/hpslope", "12 18 24", default="24", help="Slope of the low cut in dB per octave."),
    log(
        "ch/{ch}/preamp/hpf", "Hz", 20, 400, steps=101, default=20, text=scales.integer3,
        help="Frequency at which the low cut takes 3 dB.",
    ),
)  # fmt: skip

CHANNEL_GATE = (
    switch("ch/{ch}/gate/on", default=OFF, help="On lets the gate work."),
    choice(
        "ch/{ch}/gate/mode", "EXP2 EXP3 EXP4 GATE DUCK", default="GATE",
        help="Expand gently (1:2, 1:3, 1:4), gate, or duck while the key is loud.",
    ),
    linear(
        "ch/{ch}/gate/thr", "dB", -80, 0, step=0.5, default=-80, text=scales.tenths,
        help="Level at which the gate opens.",
    ),
    linear(
        "ch/{ch}/gate/range", "dB", 3, 60, step=1, default=60, text=scales.tenths,
        help="How much quieter the closed gate is.",
    ),
    linear(
        "ch/{ch}/gate/attack", "ms", 0, 120, step=1, default=10, text=scales.integer,
        help="Time to open.",
    ),
    log(
        "ch/{ch}/gate/hold", "ms", 0.02, 2000, steps=101, default=50.2, text=scales.three_digits,
        help="Time it stays open after the last loud moment.",
    ),
    log(
        "ch/{ch}/gate/release", "ms", 5, 4000, steps=101, default=258, text=scales.release,
        help="Time to close.",
    ),
    integer(
        "ch/{ch}/gate/keysrc", 0, LAST_SOURCE, default=0,
        help="What the gate listens to, numbered like the channel's source; 0 is the channel itself.",
    ),
    *key_filter("ch/{ch}", "gate"),
)  # fmt: skip

CHANNEL_DYNAMICS = (
    switch("ch/{ch}/dyn/on", default=OFF, help="On lets the compressor work."),
    choice(
        "ch/{ch}/dyn/mode", "COMP EXP", default="COMP",
        help="Compress what is above the threshold, or expand what is below.",
    ),
    choice("ch/{ch}/dyn/det", "PEAK RMS", default="PEAK", help="React to peaks, or to the average power."),
    choice("ch/{ch}/dyn/env", "LIN LOG", default="LOG", help="Attack and release go straight, or in dB."),
    linear(
        "ch/{ch}/dyn/thr", "dB", -60, 0, step=0.5, default=0, text=scales.tenths,
        help="Level at which the compressor begins.",
    ),
    choice("ch/{ch}/dyn/ratio", RATIOS, default="3.0", help="How many dB in make one dB out; 100 limits."),
    linear(
        "ch/{ch}/dyn/knee", "", 0, 5, step=1, default=1, text=scales.integer,
        help="How softly it begins around the threshold; 0 is hard.",
    ),
    linear(
        "ch/{ch}/dyn/mgain", "dB", 0, 24, step=0.5, default=0, text=scales.three_digits,
        help="Gain that makes up for what compression took.",
    ),
    linear(
        "ch/{ch}/dyn/attack", "ms", 0, 120, step=1, default=10, text=scales.integer,
        help="Time to take hold of a rising level.",
    ),
    log(
        "ch/{ch}/dyn/hold", "ms", 0.02, 2000, steps=101, default=10, text=scales.three_digits,
        help="Time it waits before it lets go.",
    ),
    log(
        "ch/{ch}/dyn/release", "ms", 5, 4000, steps=101, default=151, text=scales.release,
        help="Time to let go.",
    ),
    choice("ch/{ch}/dyn/pos", "PRE POST", default="POST", help="Compress before or after the EQ."),
    integer(
        "ch/{ch}/dyn/keysrc", 0, LAST_SOURCE, default=0,
        help="What the compressor listens to, numbered like the channel's source; 0 is the channel itself.",
    ),
    linear(
        "ch/{ch}/dyn/mix", "%", 0, 100, step=5, default=100, text=scales.integer,
        help="How much is compressed; the rest of the signal goes past.",
    ),
    switch("ch/{ch}/dyn/auto", default=OFF, help="On lets attack, hold and release follow the signal."),
    *key_filter("ch/{ch}", "dyn"),
)  # fmt: skip

CHANNEL_EQ = (
    switch("ch/{ch}/eq/on", default=ON, help="Off takes all bands of the EQ out."),
    choice(
        "ch/{ch}/eq/{band}/type", EQ_TYPES, default=["PEQ", "PEQ", "PEQ", "HShv"],
        help="Low cut, low shelf, bell, vintage bell, high shelf or high cut.",
    ),
    log(
        "ch/{ch}/eq/{band}/f", "Hz", 20, 20_000, steps=201, default=[124.7, 496.6, 1977, 10_020],
        text=scales.frequency, help="Centre or corner frequency of the band.",
    ),
    linear(
        "ch/{ch}/eq/{band}/g", "dB", -15, 15, step=0.25, default=0, text=scales.eq_gain,
        help="Boost or cut of the band.",
    ),
    log(
        "ch/{ch}/eq/{band}/q", "", 10, 0.3, steps=72, default=2, text=scales.quality,
        help="How narrow the band is.",
    ),
)  # fmt: skip

CHANNEL_SENDS = (
    switch("ch/{ch}/mix/{bus}/on", default=ON, help="Off mutes the channel in this bus."),
    level(
        "ch/{ch}/mix/{bus}/level", steps=SEND_STEPS, default=scales.SILENT,
        help="Level of the channel in this bus.",
    ),
    pan("ch/{ch}/mix/{odd}/pan", "Place of the channel in this stereo bus."),
    choice(
        "ch/{ch}/mix/{odd}/type", TAPS, default=["EQ->"] * 4 + ["POST"] * 4,
        help="Where the pair of buses takes the channel: input, before or after the EQ, before or after the"
        " fader, or as a sub-group.",
    ),
    integer(
        "ch/{ch}/mix/{odd}/panFollow", 0, 1, default=0,
        help="1 places the channel in this stereo bus as in the main mix.",
    ),
)  # fmt: skip

CHANNEL = (
    *CHANNEL_INPUT,
    *CHANNEL_GATE,
    *CHANNEL_DYNAMICS,
    *CHANNEL_EQ,
    *fader("ch/{ch}"),
    *to_main("ch/{ch}", stereo=ON),
    *CHANNEL_SENDS,
    *groups("ch/{ch}"),
)

BUS_NAMES = [f"MixBus {bus}" for bus in range(1, 13)] + [f"Fx {slot}" for slot in range(1, 5)]

BUS = (
    *labels("bus/{bus}", name=BUS_NAMES, icon=71, color=["CY"] * 12 + ["MG"] * 4),
    *fader("bus/{bus}"),
    *to_main("bus/{bus}", stereo=OFF),
    *groups("bus/{bus}"),
)

MAIN = (
    *labels("main/st", name="", icon=66, color="WH"),
    *fader("main/st"),
    pan("main/st/mix/pan", "Balance of main left (-100) and right (+100)."),
    *groups("main/st"),
    *labels("main/m", name="", icon=67, color="WH"),
    *fader("main/m"),
    *groups("main/m"),
)

DCA = (
    switch("dca/{dca}/on", default=ON, help="Off mutes every member of the DCA."),
    level("dca/{dca}/fader", steps=FADER_STEPS, default=0, help="Moves the level of every member."),
    *labels("dca/{dca}", name=[f"DCA {dca}" for dca in range(1, 9)], icon=70, color="WH"),
)

TABLE = Table(
    Section(CONFIG),
    Section(CHANNEL, strip="ch"),
    Section(BUS, strip="bus"),
    Section(MAIN),
    Section(DCA, strip="dca"),
)
