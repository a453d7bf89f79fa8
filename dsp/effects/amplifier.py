"""Guitar amplifier with a loudspeaker before a microphone, each side by itself; 24 frames late.

    x ─▶ PreAmp ─▶ Buzz, Punch, Crunch ─▶ bend ─▶ the three, half undone ─▶ Drive ─▶ bend ─▶ Low, High
      ─▶ [cabinet] ─▶ level ─▶ y
"""

from typing import Any

import numpy as np

from dsp.effects import plane, shaper, tone
from dsp.effects.tone import COEFFICIENTS
from dsp.native import calls, lanes
from dsp.native.kernel import kernel
from dsp.processors import shapes

BANDS_HZ = ((250.0, 0.8), (700.0, 0.8), (3000.0, 0.8))
CABINET_BELLS = ((120.0, 4.0, 1.0), (400.0, -6.0, 0.9), (2700.0, 5.0, 1.2))
PRE, POWER, LEVEL, BEFORE = 0, 1, 2, 3
AFTER = BEFORE + 3 * COEFFICIENTS
TONE = AFTER + 3 * COEFFICIENTS
CABINET = TONE + 2 * COEFFICIENTS
CABINET_PARTS = 6
SIDE = CABINET + CABINET_PARTS * COEFFICIENTS
STATES = 28


def memory(rate: float) -> int:
    """Floats of two benders."""
    return 2 * shaper.SPAN


def _band(gain_db: float, q: float) -> shapes.Shape:
    """A bell whose poles stay where they are: when its gain is moved nothing rings that could be bent."""
    k = np.asarray(1 / q)
    return shapes.Shape(k, 1 + 0 * k, k * (10 ** (gain_db / 20) - 1), 0 * k)


def _side(
    pre: float, buzz: float, punch: float, crunch: float, drive: float, level: float, low: float, high: float,
    cabinet: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    pre_gain, power_gain = 10 ** (36 * pre / 200), 10 ** (18 * drive / 200)
    bands = [(12 * (knob - 5) / 5, hz, q) for knob, (hz, q) in zip((buzz, punch, crunch), BANDS_HZ, strict=True)]
    before = [tone.shape(_band(db, q), hz, rate, db != 0) for db, hz, q in bands]
    after = [tone.shape(_band(-db / 2, q), hz, rate, db != 0) for db, hz, q in bands]
    low_db, high_db = 12 * (low - 5) / 5, 12 * (high - 5) / 5
    speaker = [
        tone.shape(shapes.high_pass(shapes.BUTTERWORTH), 80.0, rate, cabinet),
        *(tone.shape(shapes.bell(db, q), hz, rate, cabinet) for hz, db, q in CABINET_BELLS),
        *(tone.shape(shapes.low_pass(q), 4800.0, rate, cabinet) for q in (0.5412, 1.3066)),
    ]
    # What a stage gives at −12 dBFS, undone: as loud for any drive.
    quiet = 0.25
    pre_out = pre_gain * quiet / (1 + (pre_gain * quiet) ** 2) ** 0.5
    power_out = power_gain * pre_out / (1 + (power_gain * pre_out) ** 2) ** 0.5
    return [
        pre_gain, power_gain, level / 5 * quiet / power_out, *(c for one in (*before, *after) for c in one),
        *tone.shape(shapes.low_shelf(low_db, shapes.BUTTERWORTH), 120.0, rate, low_db != 0),
        *tone.shape(shapes.high_shelf(high_db, shapes.BUTTERWORTH), 3500.0, rate, high_db != 0),
        *(c for one in speaker for c in one),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike."""
    return 2 * _side(*knobs, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*_side(*knobs[:half], rate=rate), *_side(*knobs[half:], rate=rate)]


@kernel
def bend(slot, k, span):
    """Bend what is raised, and bend it again, driven by the power stage."""
    for group in range(plane.GROUPS):
        power = tone.row(slot, k + POWER, group)
        last = shaper.raised(span, shaper.TIMES - 1, group, 1)
        before = power * shaper.odd(last, shaper.raised(span, shaper.TIMES - 2, group, 1))
        for phase in range(shaper.TIMES):
            u = shaper.raised(span, phase, group, 0)
            bent = power * shaper.odd(u, last)
            shaper.put(span, phase, group, shaper.odd(bent, before))
            last, before = u, bent


def process(slot):
    """Make one sub-block."""
    memory = calls.floats(slot.memory)
    tone.scale(slot, PRE, SIDE + PRE)
    for band in range(3):
        k, s = BEFORE + COEFFICIENTS * band, 2 * band
        tone.both(slot, k, SIDE + k, s, STATES + s)
    for side in range(2):
        span, x = lanes.offset(memory, side * shaper.SPAN), lanes.at(slot.x, side)
        shaper.up(span, x)
        bend(slot, side * SIDE, span)
        shaper.down(span, x)
    for part in range(3 + 2 + CABINET_PARTS):
        k, s = AFTER + COEFFICIENTS * part, 6 + 2 * part
        tone.both(slot, k, SIDE + k, s, STATES + s)
    tone.scale(slot, LEVEL, SIDE + LEVEL)
