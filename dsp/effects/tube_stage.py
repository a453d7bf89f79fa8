"""Tube stage, from a little warmth to fuzz, each side by itself; 24 frames late.

    x ─▶ low cut ─▶ high cut ─▶ drive ─▶ odd, even ─▶ level made up ─▶ no DC ─▶ low shelf ─▶ high shelf ─▶ gain ─▶ y
"""

import math
from typing import Any

from dsp import units
from dsp.effects import plane, shaper, tone
from dsp.effects.tone import COEFFICIENTS
from dsp.native import calls, lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import HALF
from dsp.processors import shapes

MOST_DRIVE_DB = 30.0
REFERENCE = 10 ** (-18 / 20)
DRIVE, EVEN, ODD, GAIN, LOW = 0, 1, 2, 3, 4
HIGH, DC, BASS, TREBLE = (LOW + COEFFICIENTS * i for i in range(1, 5))
SIDE = TREBLE + COEFFICIENTS
STATES = 10


def memory(rate: float) -> int:
    """Floats of two benders."""
    return 2 * shaper.SPAN


def _side(
    drive: float, even: float, odd: float, gain_db: float, low_hz: float, high_hz: float, bass_db: float,
    bass_hz: float, treble_db: float, treble_hz: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    driven = 10 ** (MOST_DRIVE_DB * drive / 2000)
    return [
        driven, even / 50, odd / 50, _made_up(driven, even / 50, odd / 50) * float(units.db_to_gain(gain_db)),
        *tone.low_cut(low_hz, rate, 20.5), *tone.high_cut(high_hz, rate),
        *tone.shape(shapes.high_pass_1(), 8.0, rate, even > 0),
        *tone.shape(shapes.low_shelf(bass_db, shapes.BUTTERWORTH), bass_hz, rate, bass_db != 0),
        *tone.shape(shapes.high_shelf(treble_db, shapes.BUTTERWORTH), treble_hz, rate, treble_db != 0),
    ]  # fmt: skip


def _made_up(driven: float, even: float, odd: float) -> float:
    """Gain by which a sine of −18 dBFS leaves as loud as it came."""
    power, steps = 0.0, 64
    mean = 0.0
    values = []
    for i in range(steps):
        u = driven * REFERENCE * math.sin(2 * math.pi * (i + 0.5) / steps)
        bent = ((u + 1) / math.sqrt(1 + (u + 1) ** 2) + (1 - u) / math.sqrt(1 + (1 - u) ** 2)) / 2 - math.sqrt(0.5)
        values.append(u + odd * (u / math.sqrt(1 + u * u) - u) + even * bent)
        mean += values[-1] / steps
    power = sum((value - mean) ** 2 for value in values) / steps
    return REFERENCE / math.sqrt(2 * power)


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike."""
    return 2 * _side(*knobs, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*_side(*knobs[:half], rate=rate), *_side(*knobs[half:], rate=rate)]


@kernel
def bend(slot, k, span):
    """Bend what is raised: odd and even, each as much as is set."""
    for group in range(plane.GROUPS):
        much_odd, much_even = tone.row(slot, k + ODD, group), tone.row(slot, k + EVEN, group)
        before = shaper.raised(span, shaper.TIMES - 1, group, 1)
        for phase in range(shaper.TIMES):
            u = shaper.raised(span, phase, group, 0)
            y = u + much_odd * (shaper.odd(u, before) - HALF * (u + before))
            shaper.put(span, phase, group, y + much_even * shaper.even(u, before))
            before = u


def process(slot):
    """Make one sub-block."""
    memory = calls.floats(slot.memory)
    tone.both(slot, LOW, SIDE + LOW, 0, STATES)
    tone.both(slot, HIGH, SIDE + HIGH, 2, STATES + 2)
    tone.scale(slot, DRIVE, SIDE + DRIVE)
    for side in range(2):
        span, x = lanes.offset(memory, side * shaper.SPAN), lanes.at(slot.x, side)
        shaper.up(span, x)
        bend(slot, side * SIDE, span)
        shaper.down(span, x)
    tone.both(slot, DC, SIDE + DC, 4, STATES + 4)
    tone.both(slot, BASS, SIDE + BASS, 6, STATES + 6)
    tone.both(slot, TREBLE, SIDE + TREBLE, 8, STATES + 8)
    tone.scale(slot, GAIN, SIDE + GAIN)
