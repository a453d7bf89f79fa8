"""Parameters of the reverbs, in the order of the effect's display."""

from dsp.parameters import scales
from dsp.parameters.row import Param
from dsp.parameters.table import OFF, choice, log, switch
from dsp.table.effects.knob import (
    decay,
    decibel,
    dial,
    factor,
    frequency,
    high_cut,
    level,
    low_cut,
    milliseconds,
    percent,
    pre_delay,
    size,
)


def _damping(default: float) -> Param:
    return frequency(
        "Damping", 1000, 20_000, default, "Highs above this fade sooner than the rest.",
        steps=25, text=scales.frequency,
    )  # fmt: skip


def _diffusion(default: float) -> Param:
    return dial("Diffusion", 1, 30, default, "How quickly the first reflections grow dense.")


def _diffusion_percent(default: float) -> Param:
    return percent("Diffusion", default, "How quickly the first reflections grow dense.", step=4)


def _bass(default: float, lowest: float = 0.5, highest: float = 2, steps: int = 51) -> Param:
    return factor("BassMult", lowest, highest, default, "How much longer the lows last.", steps=steps)


def _spread(default: float, highest: float = 50) -> Param:
    return dial("Spread", 0, highest, default, "How far the reverb's build-up is stretched.", step=highest / 50)


def _shape(default: float) -> Param:
    return dial("Shape", 0, 250, default, "How the reverb builds up: at once, or slowly.", step=5)


def _metres(highest: float, default: float, step: float) -> Param:
    return dial("Size", 4, highest, default, "How large the room is.", unit="m", step=step)


def _spin(default: float) -> Param:
    return percent("ModSpin", default, "How fast the reflections move.", step=5)


def _modulation(default: float) -> Param:
    return percent("Mod", default, "How much the reverb is modulated.")


def _early(name: str, highest: float, default: float, step: float, side: str) -> Param:
    return milliseconds(name, 0, highest, default, f"Time of the first reflection {side}.", step=step)


def _echoes(left: float, right: float, feedback_left: float, feedback_right: float) -> tuple[Param, ...]:
    times, feedbacks = "Time of the echo on the {}.", "How much of the {} echo is repeated; below 0 turned over."
    return (
        milliseconds("EchoLeft", 0, 1200, left, times.format("left"), step=5),
        milliseconds("EchoRight", 0, 1200, right, times.format("right"), step=5),
        percent("EchoFbL", feedback_left, feedbacks.format("left"), lowest=-100),
        percent("EchoFbR", feedback_right, feedbacks.format("right"), lowest=-100),
    )


HALL = (
    pre_delay(20),
    decay(0.2, 5, 1.57),
    size(60),
    _damping(5740),
    _diffusion(25),
    level(),
    low_cut(83),
    high_cut(7200),
    _bass(0.95),
    _spread(25),
    _shape(50),
    dial("ModSpeed", 0, 100, 30, "How fast the reverb is modulated.", step=5),
)

AMBIANCE = (
    pre_delay(4),
    decay(0.2, 7.3, 0.84),
    size(60),
    _damping(5060),
    _diffusion(30),
    level(),
    low_cut(71),
    high_cut(7900),
    _modulation(20),
    percent("TailGain", 50, "How loud the reverb is behind its first reflections."),
)

RICH_PLATE = (
    pre_delay(10),
    decay(0.3, 29, 1.7),
    _metres(39, 27, 1),
    _damping(4470),
    _diffusion_percent(100),
    level(),
    low_cut(89),
    high_cut(5000),
    _bass(0.81, 0.25, 4, 53),
    _spread(18),
    dial("Attack", 0, 100, 26, "How slowly the reverb builds up.", step=2),
    _spin(50),
    *_echoes(90, 80, 34, -28),
)

ROOM = (
    pre_delay(6),
    decay(0.3, 29, 0.43),
    _metres(76, 18, 2),
    _damping(3940),
    _diffusion_percent(68),
    decibel("Level", -12, 12, 1.5, "How loud the effect is."),
    low_cut(83),
    high_cut(5000),
    _bass(1, 0.25, 4, 53),
    _spread(18),
    _shape(40),
    _spin(25),
    *_echoes(10, 20, 0, 0),
)

CHAMBER = (
    pre_delay(14),
    decay(0.3, 29, 1.7),
    _metres(76, 56, 2),
    _damping(4470),
    _diffusion_percent(100),
    level(),
    low_cut(60),
    high_cut(5000),
    _bass(1, 0.25, 4, 53),
    _spread(33),
    _shape(70),
    _spin(50),
    _early("ERLeft", 500, 115, 5, "on the left"),
    _early("ERRight", 500, 135, 5, "on the right"),
    percent("ERLevelL", 54, "How loud the first reflections are on the left."),
    percent("ERLevelR", 66, "How loud the first reflections are on the right."),
)

PLATE = (
    pre_delay(32),
    decay(0.5, 10, 2.11),
    size(60),
    _damping(6500),
    _diffusion(30),
    level(),
    low_cut(60),
    high_cut(7200),
    _bass(1.09),
    frequency("Xover", 10, 500, 211.44, "Below this the lows have their own time.", text=scales.hundredths),
    dial("ModDepth", 1, 50, 20, "How far the reverb is modulated."),
    dial("ModSpeed", 0, 100, 20, "How fast the reverb is modulated.", step=5),
)

VINTAGE_REVERB = (
    pre_delay(40, 120),
    dial("Decay", 0.4, 4.5, 3, "Time in which the reverb falls by 60 dB.", unit="s", step=0.1, text=scales.tenths),
    _modulation(100),
    switch("Vintage", default=OFF, help="On leads the signal through the transformers of the old machine."),
    choice(
        "Output", "FRONT REAR", default="FRONT",
        help="Outputs of the old machine: FRONT fuller, REAR with fewer reflections, for drums.",
    ),
    level(),
    low_cut(76),
    high_cut(11_900, lowest=10_000),
    factor("LoMult", 0.5, 2, 1, "How much longer the lows last."),
    factor("HiMult", 0.25, 1, 0.7, "How much of the time the highs last."),
)

VINTAGE_ROOM = (
    milliseconds("RevDelay", 0, 200, 20, "Time before the reverb begins.", step=2),
    decay(0.1, 20, 2.16),
    size(24),
    dial("Density", 1, 30, 30, "How dense the reflections are."),
    percent("ERLevel", 22, "How loud the first reflections are."),
    level(),
    factor("LoMult", 0.1, 10, 1.1, "How much longer the lows last."),
    factor("HiMult", 0.1, 10, 0.69, "How much longer the highs last."),
    low_cut(89),
    high_cut(10_400),
    _early("ERLeft", 200, 28, 2, "on the left"),
    _early("ERRight", 200, 34, 2, "on the right"),
    switch("Freeze", default=OFF, help="On holds what sounds now for as long as it is on."),
)


def _shelf(corner: float) -> tuple[Param, ...]:
    return (
        frequency("HiSvFreq", 200, 20_000, corner, "Corner of the high shelf ahead of the reverb."),
        decibel("HiSvGain", -30, 0, -12, "How much the high shelf ahead of the reverb takes."),
    )


GATED_REVERB = (
    pre_delay(8),
    milliseconds("Decay", 140, 1000, 312, "Time after which the reverb is cut.", step=17.2),
    dial("Attack", 0, 30, 6, "How slowly the reverb builds up."),
    dial("Density", 1, 50, 22, "How dense the reflections are."),
    _spread(60, 100),
    level(),
    low_cut(65),
    *_shelf(5000),
    _diffusion(30),
)

REVERSE_REVERB = (
    pre_delay(30),
    log(
        "Decay", "ms", 140, 1000, steps=51, default=624, text=scales.integer,
        help="Time in which the reverb rises to its end.",
    ),
    dial("Rise", 0, 50, 28, "How steeply it rises."),
    _diffusion(24),
    _spread(78, 100),
    level(),
    low_cut(105),
    *_shelf(7900),
)  # fmt: skip
