"""Parameters of the delays, and of the effects that combine two, in the order of the effect's display."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, choice, switch
from dsp.table.effects.knob import (
    PATTERNS,
    balance,
    damping,
    decay,
    delay_time,
    depth,
    dial,
    feedback,
    feedback_high_cut,
    feedback_low_cut,
    high_cut,
    low_cut,
    milliseconds,
    mix,
    modulated_delay,
    percent,
    phase,
    pre_delay,
    size,
    speed,
    tenths,
    time_factor,
)

DELAY = (
    mix(100),
    delay_time(223),
    choice("Mode", "ST X M", default="X", help="Repeat on the same side, on the other, or on both alike."),
    time_factor("FactorL", "1", "Time of the left echo, as a part of the time."),
    time_factor("FactorR", "1", "Time of the right echo, as a part of the time."),
    milliseconds("Offset", -100, 100, 13, "How much later the right echo comes."),
    low_cut(10, "LC"),
    high_cut(20_000, "HC"),
    feedback_low_cut(97),
    percent("FeedL", 30, "How much of the left echo is repeated."),
    percent("FeedR", 30, "How much of the right echo is repeated."),
    feedback_high_cut(20_000),
)


def _tap(name: str, ratio: str, gain: float) -> tuple[Param, ...]:
    return (
        time_factor(f"Factor{name}", ratio, f"Time of echo {name}, as a part of the time."),
        percent(f"Gain{name}", gain, f"How loud echo {name} is."),
    )


def _tap_place(name: str, place: float) -> Param:
    return percent(f"Pan{name}", place, "Place of the echo between left and right.", lowest=-100, step=5)


TAP_SWITCHES = (
    switch("X-Feed", default=OFF, help="On repeats each side's echo on the other side."),
    switch("Mono", default=OFF, help="On puts both sides together before the echoes."),
    switch("Dry", default=OFF, help="On lets the signal through beside its echoes."),
)

THREE_TAPS = (
    delay_time(200),
    percent("GainT", 100, "How loud the first echo is."),
    _tap_place("T", 0),
    feedback(30),
    low_cut(10, "LC"),
    high_cut(20_000, "HC"),
    *_tap("A", "4/3", 50),
    _tap_place("A", -100),
    *_tap("B", "3/2", 60),
    _tap_place("B", 100),
    *TAP_SWITCHES,
)

FOUR_TAPS = (
    delay_time(200),
    percent("Gain", 100, "How loud the first echo is."),
    feedback(30),
    low_cut(10, "LC"),
    high_cut(20_000, "HC"),
    dial("Spread", 0, 6, 5, "How far the echoes lie apart between left and right."),
    *_tap("A", "4/3", 50),
    *_tap("B", "1", 50),
    *_tap("C", "3/2", 50),
    *TAP_SWITCHES,
)


def _echo(time: float, pattern: str, cut: float, repeat: float, cross: float) -> tuple[Param, ...]:
    """First half of what combines a delay with something."""
    return (
        delay_time(time),
        choice(
            "Pattern", PATTERNS, default=pattern,
            help="Time of the right echo, as a part of the time; X repeats on the other side.",
        ),
        feedback_high_cut(cut, 1000),
        feedback(repeat),
        percent("X-Feed", cross, "How much of the echoes goes on into the second effect."),
    )  # fmt: skip


def _chorus(rate: float, apart: float) -> tuple[Param, ...]:
    return (*_modulation(rate, 20, 50, 15.1, apart), _wave())


def _flanger(rate: float, delay: float, apart: float, repeat: float) -> tuple[Param, ...]:
    return (*_modulation(rate, 80, 20, delay, apart), resonance(repeat))


def _modulation(rate: float, far: float, longest: float, delay: float, apart: float) -> tuple[Param, ...]:
    return (speed(rate, 4), depth(far), modulated_delay("Delay", longest, delay), phase(apart))


def _wave() -> Param:
    return percent("Wave", 100, "Shape of the modulation, from a triangle to a sine.", step=5)


def resonance(default: float) -> Param:
    """Feedback of a flanger."""
    return dial("Feed", -90, 90, default, "How strongly it rings; below 0 hollow.", unit="%", step=5)


def _chamber(
    before: float, last: float, large: float, damp: float, cut: float, text: scales.Format = scales.integer
) -> tuple[Param, ...]:
    """Second half of what combines something with a chamber."""
    return (pre_delay(before), decay(0.1, 5, last), size(large, text=text), damping(damp), low_cut(cut), mix(100))


DELAY_CHAMBER = (*_echo(240, "3/4", 7600, 40, 40), balance(0), *_chamber(24, 1.43, 52, 5600, 89))
CHORUS_CHAMBER = (*_chorus(0.47, 180), balance(10), *_chamber(20, 1.32, 40, 6400, 83))
FLANGER_CHAMBER = (
    *_flanger(0.41, 2.2, 25, 70),
    balance(-15),
    *_chamber(14, 0.97, 24, 7200, 113, scales.tenths),
)
DELAY_CHORUS = (*_echo(201, "1", 9700, 30, 40), balance(60), *_chorus(1.07, 100), mix(100))
DELAY_FLANGER = (*_echo(185, "1", 9700, 38, 30), balance(50), *_flanger(0.56, 4.2, 180, 80), mix(100))

MODULATION_DELAY = (
    delay_time(300),
    choice("Factor", "1 1/2 2/3 3/2", default="1", help="Time of the right echo, as a part of the time."),
    feedback(30),
    feedback_low_cut(97),
    feedback_high_cut(9500),
    depth(20),
    speed(1.08, 10),
    choice("Serial", "PAR SER", default="SER", help="Delay and reverb side by side, or one after the other."),
    choice("Rtype", "AMB CLUB HALL", default="CLUB", help="Kind of reverb."),
    tenths("Decay", 1, 10, 5, "How long the reverb lasts.", step=0.5),
    damping(5600),
    balance(0),
    mix(100),
)
