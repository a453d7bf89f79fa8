"""Parameters of effects, in short: their kinds, and those that many effects share.

What elsewhere is the path of a row is here the name on the effect's display.
"""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, choice, linear, log, switch

TIMES = "1/4 3/8 1/2 2/3 1 4/3 3/2 2 3"
PATTERNS = "1/4 1/3 3/8 1/2 2/3 3/4 1 1/4X 1/3X 3/8X 1/2X 2/3X 3/4X 1X"


def dial(
    name: str,
    lowest: float,
    highest: float,
    default: float,
    help: str,
    *,
    unit: str = "",
    step: float = 1,
    text: scales.Format = scales.integer,
) -> Param:
    """Describe a number with equal steps."""
    return linear(name, unit, lowest, highest, step=step, default=default, text=text, help=help)


def tenths(name: str, lowest: float, highest: float, default: float, help: str, *, step: float = 0.1) -> Param:
    """Describe a number with one decimal."""
    return dial(name, lowest, highest, default, help, step=step, text=scales.tenths)


def percent(name: str, default: float, help: str, *, lowest: float = 0, step: float = 2) -> Param:
    """Describe a share, from 0 % or below to 100 %."""
    return dial(name, lowest, 100, default, help, unit="%", step=step)


def decibel(name: str, lowest: float, highest: float, default: float, help: str, *, step: float = 0.5) -> Param:
    """Describe a gain or threshold."""
    return dial(name, lowest, highest, default, help, unit="dB", step=step, text=scales.tenths)


def milliseconds(name: str, lowest: float, highest: float, default: float, help: str, *, step: float = 1) -> Param:
    """Describe a time with equal steps."""
    return dial(name, lowest, highest, default, help, unit="ms", step=step)


def time(
    name: str, lowest: float, highest: float, default: float, help: str, *, text: scales.Format = scales.integer
) -> Param:
    """Describe a time in milliseconds whose steps are equal ratios."""
    return log(name, "ms", lowest, highest, steps=51, default=default, text=text, help=help)


def frequency(
    name: str,
    lowest: float,
    highest: float,
    default: float,
    help: str,
    *,
    steps: int = 51,
    text: scales.Format = scales.kilo,
) -> Param:
    """Describe a frequency."""
    return log(name, "Hz", lowest, highest, steps=steps, default=default, text=text, help=help)


def factor(name: str, lowest: float, highest: float, default: float, help: str, *, steps: int = 51) -> Param:
    """Describe a factor whose steps are equal ratios."""
    return log(name, "", lowest, highest, steps=steps, default=default, text=scales.hundredths, help=help)


def on(default: str) -> Param:
    """Whether the effect works."""
    return switch("On", default=default, help="Off lets the signal pass as it is.")


def mix(default: float) -> Param:
    """How much is effect."""
    return percent("Mix", default, "How much is effect; the rest is the signal as it came.")


def pre_delay(default: float, highest: float = 200) -> Param:
    """Time before a reverb begins."""
    return milliseconds("PreDelay", 0, highest, default, "Time before the reverb begins.", step=2)


def decay(lowest: float, highest: float, default: float) -> Param:
    """How long a reverb lasts."""
    return log(
        "Decay", "s", lowest, highest, steps=51, default=default, text=scales.hundredths,
        help="Time in which the reverb falls by 60 dB.",
    )  # fmt: skip


def size(default: float, *, text: scales.Format = scales.integer) -> Param:
    """How large a room is."""
    return dial("Size", 2, 100, default, "How large the room is.", step=2, text=text)


def level() -> Param:
    """How loud an effect is."""
    return decibel("Level", -12, 12, 0, "How loud the effect is.")


def low_cut(default: float, name: str = "LoCut") -> Param:
    """Where an effect's lows end."""
    return frequency(name, 10, 500, default, "The effect has no lows below this.", text=scales.integer)


def high_cut(default: float, name: str = "HiCut", lowest: float = 200) -> Param:
    """Where an effect's highs end."""
    return frequency(name, lowest, 20_000, default, "The effect has no highs above this.")


def damping(default: float) -> Param:
    """Where a combined effect's reverb loses its highs."""
    return frequency("Damp", 1000, 20_000, default, "Highs above this fade sooner than the rest.")


def delay_time(default: float) -> Param:
    """Time of an echo."""
    return milliseconds("Time", 1, 3000, default, "Time between the signal and its echo.")


def time_factor(name: str, default: str, help: str) -> Param:
    """How an echo's time relates to the first one's."""
    return choice(name, TIMES, default=default, help=help)


def feedback(default: float) -> Param:
    """How much of an echo is repeated."""
    return dial("Feedback", 0, 100, default, "How much of the echo is repeated.", unit="%", step=2, text=scales.tenths)


def feedback_low_cut(default: float) -> Param:
    """Where repetitions lose their lows."""
    return frequency("FeedLC", 10, 500, default, "Repetitions lose their lows below this.", text=scales.integer)


def feedback_high_cut(default: float, lowest: float = 200) -> Param:
    """Where repetitions lose their highs."""
    return frequency("FeedHC", lowest, 20_000, default, "Repetitions lose their highs above this.")


def speed(default: float, highest: float = 5, steps: int = 101) -> Param:
    """How fast a modulation goes."""
    return frequency(
        "Speed", 0.05, highest, default, "How fast the modulation goes.", steps=steps, text=scales.hundredths
    )


def depth(default: float, name: str = "Depth", *, step: float = 5) -> Param:
    """How far a modulation goes."""
    return percent(name, default, "How far the modulation goes.", step=step)


def modulated_delay(name: str, highest: float, default: float) -> Param:
    """Delay around which a modulation moves."""
    return time(name, 0.5, highest, default, "Longest delay; Depth is the share of it that moves.", text=scales.tenths)


def phase(default: float) -> Param:
    """How far both sides of a modulation are apart."""
    return dial("Phase", 0, 180, default, "How far left and right are apart, in degrees of a turn.", step=5)


def balance(default: float) -> Param:
    """Which of two combined effects is louder."""
    return dial(
        "Balance", -100, 100, default, "Which effect is louder: the first (-100) or the second (+100).",
        step=5, text=scales.signed_integer,
    )  # fmt: skip


def solo() -> Param:
    """Whether only what an effect adds is heard."""
    return switch("Solo", default=OFF, help="On lets only what is added be heard.")


def output(name: str, lowest: float, highest: float, default: float) -> Param:
    """Gain behind an effect."""
    return decibel(name, lowest, highest, default, "Gain behind the effect.")
