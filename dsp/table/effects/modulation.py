"""Parameters of the effects that move: chorus, flanger, phaser, filter, rotor, tremolo, pitch."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, ON, choice, log, switch
from dsp.table.effects.echo import resonance
from dsp.table.effects.knob import (
    depth,
    dial,
    feedback_high_cut,
    feedback_low_cut,
    frequency,
    high_cut,
    low_cut,
    mix,
    modulated_delay,
    on,
    percent,
    phase,
    speed,
    time,
)

CHORUS = (
    speed(0.48),
    depth(20, "DepthL"),
    depth(20, "DepthR"),
    modulated_delay("DelayL", 50, 15.1),
    modulated_delay("DelayR", 50, 16.6),
    mix(100),
    low_cut(83),
    high_cut(10_400),
    phase(120),
    percent("Wave", 100, "Shape of the modulation, from a triangle to a sine.", step=5),
    percent("Spread", 100, "How much of each side's voice stays there: 100 wide, 0 mono.", step=5),
)

FLANGER = (
    speed(0.32),
    depth(80, "DepthL"),
    depth(80, "DepthR"),
    modulated_delay("DelayL", 20, 4.2),
    modulated_delay("DelayR", 20, 4.2),
    mix(100),
    low_cut(83),
    high_cut(15_100),
    phase(180),
    feedback_low_cut(122),
    feedback_high_cut(11_500),
    resonance(70),
)


def _wave(default: float, help: str) -> Param:
    return dial("Wave", -50, 50, default, help, step=5)


def _envelope() -> tuple[Param, ...]:
    """How an effect follows the signal's level."""
    return (
        time("Attack", 10, 1000, 21, "Time to follow a rising level."),
        time("Hold", 1, 2000, 52, "Time to wait before following a falling level."),
        time("Release", 10, 1000, 209, "Time to follow a falling level."),
    )


PHASER = (
    speed(1.44),
    depth(54, step=2),
    dial("Reso", 0, 80, 42, "How strongly it rings.", unit="%", step=2),
    dial("Base", 0, 50, 28, "Where the notches lie: low or high.", step=2),
    dial("Stages", 2, 12, 4, "How many stages turn the phase; two make a notch."),
    mix(70),
    _wave(-25, "How much slower the modulation rises than it falls."),
    phase(0),
    percent("EnvMod", 0, "How far the signal's level moves the notches, up or down.", lowest=-100, step=5),
    *_envelope(),
)

DIMENSION = (
    on(ON),
    choice("M/St", "M ST", default="ST", help="Treat the signal as mono or stereo."),
    switch("Dry", default=OFF, help="On lets the signal through beside the effect."),
    switch("Sw1", default=ON, help="First of the four buttons; each is a little stronger."),
    switch("Sw2", default=OFF, help="Second of the four buttons."),
    switch("Sw3", default=ON, help="Third of the four buttons."),
    switch("Sw4", default=OFF, help="Fourth of the four buttons."),
)

FILTER = (
    speed(0.2, 20, 151),
    depth(0, step=2),
    percent("Reso", 70, "How strongly the filter rings.", step=5),
    frequency("Base", 20, 15_000, 104.7, "Where the filter begins to move.", steps=101, text=scales.frequency),
    choice("Mode", "LP HP BP NO", default="LP", help="Let lows, highs or a band through, or all but a notch."),
    mix(100),
    choice(
        "Wave", "TRI SIN SAW SAW- RMP SQU RND", default="TRI",
        help="Shape of the modulation: triangle, sine, saw, falling saw, ramp, square or random.",
    ),
    phase(90),
    percent("EnvMod", 64, "How far the signal's level moves the filter, up or down.", lowest=-100),
    time("Attack", 10, 250, 12, "Time to follow a rising level."),
    time("Release", 10, 500, 143, "Time to follow a falling level."),
    percent("Drive", 60, "How hard the filter is driven."),
    choice("4pole", "2POL 4POL", default="4POL", help="Slope of 12 or 24 dB per octave."),
    switch(
        "SideChain", default=OFF, help="On lets the right input move the filter; only the left is heard, on both sides."
    ),
)  # fmt: skip

ROTARY = (
    frequency("LoSpeed", 0.1, 4, 0.66, "Turns per second when slow.", steps=101, text=scales.hundredths),
    frequency("HiSpeed", 2, 10, 5.01, "Turns per second when fast.", steps=101, text=scales.hundredths),
    percent("Accel", 38, "How quickly it goes from slow to fast."),
    percent("Distance", 0, "How far away the microphones are."),
    percent("Balance", -15, "Which rotor is louder: the lower (-100) or the upper (100).", lowest=-100, step=5),
    mix(100),
    choice("StopSW", "RUN STOP", default="RUN", help="Let the rotors run, or stop them."),
    choice("SpeedSW", "SLOW FAST", default="SLOW", help="Turn slowly or fast."),
)

TREMOLO = (
    speed(1.44),
    phase(180),
    _wave(0, "Shape of the modulation: triangle (-50) to square (50)."),
    depth(100),
    percent("EnvSpd", 0, "How much a loud signal quickens it.", step=5),
    percent("EnvDepth", 0, "How much a loud signal deepens it.", step=5),
    *_envelope(),
)

_SUBOCTAVE = (
    on(ON),
    choice("Range", "LO MID HI", default="LO", help="Range in which the tone is looked for."),
    percent("Dry", 100, "How loud the signal itself is."),
    percent("Oct1", 30, "How loud the tone one octave below is."),
    percent("Oct2", 0, "How loud the tone two octaves below is."),
)
SUBOCTAVER = (*_SUBOCTAVE, *_SUBOCTAVE)


def _shift(number: str, cents: float, delay: float) -> tuple[Param, ...]:
    return (
        dial(f"Semi{number}", -12, 12, 0, "Semitones up or down."),
        dial(f"Cent{number}", -50, 50, cents, "Hundredths of a semitone up or down."),
        log(
            f"Delay{number}", "ms", 1, 500, steps=101, default=delay, text=scales.tenths,
            help="How much later the shifted voice comes.",
        ),
    )  # fmt: skip


def _voice(number: str, cents: float, delay: float, place: float) -> tuple[Param, ...]:
    return (
        *_shift(number, cents, delay),
        percent(f"Gain{number}", 100, "How loud the shifted voice is."),
        percent(f"Pan{number}", place, "Place of the shifted voice.", lowest=-100, step=5),
    )


DUAL_PITCH = (*_voice(" 1", -10, 5, -50), mix(100), *_voice(" 2", 10, 6.9, 50), high_cut(15_800, lowest=2000))
PITCH = (*_shift("", 0, 5), low_cut(52), high_cut(15_800, lowest=2000), mix(100))
