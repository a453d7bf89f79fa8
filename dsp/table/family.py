"""Families of rows that strips have in common, each in the order in which the desk writes them."""

from collections.abc import Sequence

from dsp.parameters import scales
from dsp.parameters.row import Param, Whole
from dsp.parameters.table import OFF, ON, bitmap, choice, integer, level, linear, log, switch, text

FADER_STEPS = 1024
SEND_STEPS = 161

COLORS = "OFF RD GN YE BL MG CY WH OFFi RDi GNi YEi BLi MGi CYi WHi"
KEY_FILTERS = "LC6 LC12 HC6 HC12 1.0 2.0 3.0 5.0 10.0"
RATIOS = "1.1 1.3 1.5 2.0 2.5 3.0 4.0 5.0 7.0 10 20 100"
INSERTS = " ".join(
    (
        OFF,
        *(f"FX{slot}{side}" for slot in range(1, 9) for side in "LR"),
        *(f"AUX{number}" for number in range(1, 7)),
    )
)
BANDS = "LCut LShv PEQ VEQ HShv HCut"
CROSSOVERS = f"{BANDS} BU6 BU12 BS12 LR12 BU18 BU24 BS24 LR24"
TAPS = "IN/LC <-EQ EQ-> PRE POST"

LAST_ICON = 74
LAST_SOURCE = 64
SOURCES = "1 to 32 inputs, 33 to 38 aux, 39 and 40 USB, 41 to 48 effects, 49 to 64 buses"


class Picture(Whole):
    """A picture by its number: there is no 0, and the desk takes it for the first, which is none."""

    def _checked(self, number: int) -> int:
        return super()._checked(number or int(self.lowest))


def labels(strip: str, name: str | list[str], icon: int | list[int], color: str | list[str]) -> tuple[Param, ...]:
    """What a strip shows of itself."""
    return (
        text(f"{strip}/config/name", 12, default=name, help="Name on the strip, up to twelve letters."),
        Picture(
            "integer", f"{strip}/config/icon", icon, "Picture on the strip, by its number; 1 is none.",
            lowest=1, highest=LAST_ICON, steps=LAST_ICON,
        ),
        choice(f"{strip}/config/color", COLORS, default=color, help="Colour of the strip; i is inverted."),
    )  # fmt: skip


def source(strip: str, first: int, count: int) -> Param:
    """What feeds an input strip."""
    return integer(
        f"{strip}/config/source", 0, LAST_SOURCE, default=range(first, first + count),
        help=f"What feeds the strip: {SOURCES}, 0 nothing. A bus sent into itself this way is a feedback loop: at unity"
        " it never dies away, above it swells to full scale while anything feeds it.",
    )  # fmt: skip


def delay(strip: str) -> tuple[Param, ...]:
    """Delay of a strip or output."""
    return (
        switch(f"{strip}/delay/on", default=OFF, help="On lets the signal come later."),
        linear(
            f"{strip}/delay/time", "ms", 0.3, 500, step=0.1, default=0.3, text=scales.tenths5,
            help="How much later; sound takes 3 ms for one metre.",
        ),
    )  # fmt: skip


def trim(strip: str) -> Param:
    """Digital gain of an input strip."""
    return linear(
        f"{strip}/preamp/trim", "dB", -18, 18, step=0.25, default=0, text=scales.signed_tenths,
        help="Digital gain before everything else.",
    )  # fmt: skip


def polarity(strip: str) -> Param:
    """Polarity of a strip."""
    return switch(f"{strip}/preamp/invert", default=OFF, help="On turns the polarity over.")


def key_source(strip: str, listener: str) -> Param:
    """What a dynamics processor listens to."""
    return integer(
        f"{strip}/{listener}/keysrc", 0, LAST_SOURCE, default=0,
        help=f"What it listens to: {SOURCES}, 0 the strip itself.",
    )  # fmt: skip


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


def dynamics(strip: str, detector: str, *, key: bool) -> tuple[Param, ...]:
    """Compressor or expander of a strip, which may listen to another `key`."""
    return (
        switch(f"{strip}/dyn/on", default=OFF, help="On lets the compressor work."),
        choice(
            f"{strip}/dyn/mode", "COMP EXP", default="COMP",
            help="Compress what is above the threshold, or expand what is below.",
        ),
        choice(
            f"{strip}/dyn/det", "PEAK RMS", default=detector,
            help="React to peaks, or to the average power of 10 ms, so that a low note is level."
        ),
        choice(f"{strip}/dyn/env", "LIN LOG", default="LOG", help="Attack and release go straight, or in dB."),
        linear(
            f"{strip}/dyn/thr", "dB", -60, 0, step=0.5, default=0, text=scales.tenths,
            help="Level at which the compressor begins.",
        ),
        choice(
            f"{strip}/dyn/ratio", RATIOS, default="3.0", help="How many dB in make one dB out; 100 limits."
        ),
        linear(
            f"{strip}/dyn/knee", "", 0, 5, step=1, default=1, text=scales.integer,
            help="How softly it begins around the threshold; 0 is hard.",
        ),
        linear(
            f"{strip}/dyn/mgain", "dB", 0, 24, step=0.5, default=0, text=scales.three_digits,
            help="Gain that makes up for what compression took.",
        ),
        linear(
            f"{strip}/dyn/attack", "ms", 0, 120, step=1, default=10, text=scales.integer,
            help="Time to take hold of a rising level, for 63 % of the way (10 dB if LIN); with RMS at least 0.5 ms.",
        ),
        log(
            f"{strip}/dyn/hold", "ms", 0.02, 2000, steps=101, default=10, text=scales.three_digits,
            help="Time it waits before it lets go.",
        ),
        log(
            f"{strip}/dyn/release", "ms", 5, 4000, steps=101, default=151, text=scales.release,
            help="Time to let go, for 63 % of the way (10 dB if LIN); with RMS at least 12 ms.",
        ),
        choice(f"{strip}/dyn/pos", "PRE POST", default="POST", help="Compress before or after the EQ."),
        *([key_source(strip, "dyn")] if key else []),
        linear(
            f"{strip}/dyn/mix", "%", 0, 100, step=5, default=100, text=scales.integer,
            help="How much is compressed; the rest of the signal goes past.",
        ),
        switch(f"{strip}/dyn/auto", default=OFF, help="On lets attack, hold and release follow the signal."),
        *key_filter(strip, "dyn"),
    )  # fmt: skip


def insert(strip: str, position: str) -> tuple[Param, ...]:
    """Effect or outboard device in the way of a strip."""
    return (
        switch(f"{strip}/insert/on", default=OFF, help="On leads the strip through its insert."),
        choice(f"{strip}/insert/pos", "PRE POST", default=position, help="Insert before or after the EQ."),
        choice(
            f"{strip}/insert/sel", INSERTS, default=OFF,
            help="Side of an effect, or pair of aux output and input, that is inserted.",
        ),
    )  # fmt: skip


def eq4(strip: str) -> tuple[Param, ...]:
    """EQ of four bands, of input strips."""
    types, frequencies = ["PEQ", "PEQ", "PEQ", "HShv"], [124.7, 496.6, 1977, 10_020]
    return _eq(strip, "{band}", BANDS, types, frequencies)


def eq6(strip: str, types: str) -> tuple[Param, ...]:
    """EQ of six bands, of buses (`BANDS`), matrices and mains (`CROSSOVERS`)."""
    default, frequencies = ["LShv", *["PEQ"] * 4, "HShv"], [79.6, 158.9, 496.6, 1977, 5024, 10_020]
    return _eq(strip, "{band6}", types, default, frequencies)


def _eq(strip: str, band: str, types: str, default: Sequence[str], frequencies: Sequence[float]) -> tuple[Param, ...]:
    cuts = ", or a crossover of 6 to 24 dB per octave" if types == CROSSOVERS else ""
    return (
        switch(f"{strip}/eq/on", default=ON, help="Off takes all bands of the EQ out."),
        choice(
            f"{strip}/eq/{band}/type", types, default=default,
            help=f"Low cut, low shelf, bell, vintage bell, high shelf or high cut{cuts}.",
        ),
        log(
            f"{strip}/eq/{band}/f", "Hz", 20, 20_000, steps=201, default=frequencies,
            text=scales.frequency, help="Centre or corner frequency of the band.",
        ),
        linear(
            f"{strip}/eq/{band}/g", "dB", -15, 15, step=0.25, default=0, text=scales.eq_gain,
            help="Boost or cut of the band.",
        ),
        log(
            f"{strip}/eq/{band}/q", "", 10, 0.3, steps=72, default=2, text=scales.quality,
            help="How narrow a bell is, its frequency over the width at half its gain; cuts are Butterworth and"
            " shelves have a slope of their own: as on the desk, whose scenes keep a Q there that is not heard.",
        ),
    )  # fmt: skip


def fader(strip: str, default: float = scales.SILENT) -> tuple[Param, ...]:
    """Mute and fader of a strip, alike everywhere."""
    return (
        switch(f"{strip}/mix/on", default=ON, help="Off mutes the strip."),
        level(f"{strip}/mix/fader", steps=FADER_STEPS, default=default, help="Level of the strip."),
    )


def pan(path: str, help: str, default: float | Sequence[float] = 0) -> Param:
    """Describe a place between left and right."""
    return linear(path, "", -100, 100, step=2, default=default, text=scales.signed_integer, help=help)


def to_main(strip: str, stereo: str, place: float | Sequence[float] = 0) -> tuple[Param, ...]:
    """Way of a strip to the main outputs."""
    return (
        switch(f"{strip}/mix/st", default=stereo, help="On sends the strip to main left and right."),
        pan(f"{strip}/mix/pan", "Place between left (-100) and right (+100).", place),
        switch(f"{strip}/mix/mono", default=OFF, help="On sends the strip to main mono/centre."),
        level(
            f"{strip}/mix/mlevel", steps=SEND_STEPS, default=scales.SILENT,
            help="Level of the strip in main mono/centre.",
        ),
    )  # fmt: skip


def sends(strip: str, tap: str | list[str] = "POST", place: float | Sequence[float] = 0) -> tuple[Param, ...]:
    """Ways of an input strip to the buses; what a pair of buses shares belongs to the left one."""
    taps = f"{TAPS} GRP"
    where = "input, before or after the EQ, before or after the fader, or as a sub-group"
    return _sends(strip, "bus", "{bus}", "{odd}", taps, where, tap, place)


def matrix_sends(strip: str) -> tuple[Param, ...]:
    """Ways of a bus or main to the matrices."""
    where = "input, before or after the EQ, before or after the fader"
    return _sends(strip, "matrix", "{mtx}", "{odd_mtx}", TAPS, where, "POST", 0)


def _sends(
    strip: str,
    target: str,
    every: str,
    odd: str,
    taps: str,
    where: str,
    tap: str | list[str],
    place: float | Sequence[float],
) -> tuple[Param, ...]:
    return (
        switch(f"{strip}/mix/{every}/on", default=ON, help=f"Off mutes the strip in this {target}."),
        level(
            f"{strip}/mix/{every}/level", steps=SEND_STEPS, default=scales.SILENT,
            help=f"Level of the strip in this {target}; stereo into mono is the mean of both sides.",
        ),
        pan(f"{strip}/mix/{odd}/pan", f"Place of the strip in this stereo {target}.", place),
        choice(
            f"{strip}/mix/{odd}/type", taps, default=tap, help=f"Where the pair takes the strip: {where}."
        ),
        integer(
            f"{strip}/mix/{odd}/panFollow", 0, 1, default=0,
            help=f"1 places the strip in this stereo {target} as in the main mix.",
        ),
    )  # fmt: skip


def groups(strip: str) -> tuple[Param, ...]:
    """What a strip obeys."""
    return (
        bitmap(f"{strip}/grp/dca", 8, help="DCAs that move this strip's level; the last digit is DCA 1."),
        bitmap(f"{strip}/grp/mute", 6, help="Mute groups that silence this strip; the last digit is 1."),
    )
