"""Exciter: harmonics of what lies above a corner, added; each side by itself.

    x ─┬────────────────────────────────────────────────── + ─▶ y
       ╰─▶ high-pass, ringing ─▶ fill of the dip ─▶ odd, even ─▶ × Mix     Solo: only what is added

Squares and cubes are made at four times the rate; the dry part waits for them, 24 frames.
"""

from typing import Any

import numpy as np

from dsp.effects import plane, shaper, tone
from dsp.effects.memory import FRAMES
from dsp.effects.tone import COEFFICIENTS
from dsp.native import calls, lanes
from dsp.native.kernel import kernel
from dsp.processors import shapes

DRY, MIX, ODD, EVEN, FILL, HIGH = 0, 1, 2, 3, 4, 5
BAND, DC = HIGH + COEFFICIENTS, HIGH + 2 * COEFFICIENTS
SIDE = DC + COEFFICIENTS
STATES = 6
DRY_PLANE = shaper.SPAN
KEPT = DRY_PLANE + shaper.PLANE
OWN = KEPT + FRAMES
"""Floats of a side: its bender, what came in, and what is kept while another filter works."""
LOUDEST = np.float32(2)
"""Of what is squared: harmonics stay bounded."""


def memory(rate: float) -> int:
    """Floats of two benders, and of the dry part that waits."""
    return 2 * OWN


def _side(
    tune_hz: float, peak: float, fill: float, timbre: float, harmonics: float, mix: float, solo: bool, *, rate: float
) -> list[Any]:
    much = 4 * harmonics / 100
    return [
        float(not solo), mix / 100, much * (50 - timbre) / 100, much * (50 + timbre) / 100, fill / 100,
        *tone.shape(shapes.high_pass(0.5 * 4 ** (peak / 100)), tune_hz, rate),
        *tone.shape(shapes.band_pass(1.0), 0.7 * tune_hz, rate),
        *tone.shape(shapes.high_pass(shapes.BUTTERWORTH), tune_hz / 2, rate),
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
    """Make squares and cubes of what is raised."""
    least, most = lanes.fill(-LOUDEST), lanes.fill(LOUDEST)
    for group in range(plane.GROUPS):
        cubes, squares = tone.row(slot, k + ODD, group), tone.row(slot, k + EVEN, group)
        for phase in range(shaper.TIMES):
            u = shaper.raised(span, phase, group, 0)
            v = lanes.minimum(lanes.maximum(u, least), most)
            shaper.put(span, phase, group, u + v * v * (cubes * v + squares))


@kernel
def give_back(x, kept, dry):
    """Keep what has become of `x`, and let it be what came in."""
    for group in range(plane.GROUPS):
        lanes.store(kept, group, lanes.load(x, group))
        lanes.store(x, group, plane.at(dry, shaper.BEFORE, group, 0))


def process(slot):
    """Make one sub-block."""
    memory = calls.floats(slot.memory)
    for side in range(2):
        plane.remember(lanes.offset(memory, side * OWN + DRY_PLANE), shaper.BEFORE, lanes.at(slot.x, side))
    tone.both(slot, HIGH, SIDE + HIGH, 0, STATES)
    for side in range(2):
        own = lanes.offset(memory, side * OWN)
        give_back(lanes.at(slot.x, side), lanes.offset(own, KEPT), lanes.offset(own, DRY_PLANE))
    tone.both(slot, BAND, SIDE + BAND, 2, STATES + 2)
    for side in range(2):
        own, x = lanes.offset(memory, side * OWN), lanes.at(slot.x, side)
        for group in range(plane.GROUPS):
            fill = tone.row(slot, side * SIDE + FILL, group)
            lanes.store(x, group, lanes.load(lanes.offset(own, KEPT), group) + fill * lanes.load(x, group))
        shaper.up(own, x)
        bend(slot, side * SIDE, own)
        shaper.down(own, x)
    tone.both(slot, DC, SIDE + DC, 4, STATES + 4)
    for side in range(2):
        own, x, k = lanes.offset(memory, side * OWN), lanes.at(slot.x, side), side * SIDE
        for group in range(plane.GROUPS):
            dry = plane.at(lanes.offset(own, DRY_PLANE), shaper.BEFORE, group, shaper.LATENCY - 1)
            made = tone.row(slot, k + MIX, group) * lanes.load(x, group)
            lanes.store(x, group, tone.row(slot, k + DRY, group) * dry + made)
