"""Tremolo and panner: the level of each side goes up and down, together or against each other.

    x ─▶ × 1 − depth · (1 − wave) / 2 ─▶ y        a loud signal makes it quicker and deeper
"""

import math
from typing import Any

from dsp.effects import follower, tone
from dsp.effects.sweep import wave as triangle
from dsp.effects.tone import setting
from dsp.native.kernel import part

RATE, PHASE, SHAPE, DEPTH, QUICKER, DEEPER, FOLLOW = range(7)
MOST_QUICKER = 3.0
EDGE_S = 0.002
TURN, LEVEL, EASED = 0, 1, 4


def memory(rate: float) -> int:
    """No lines."""
    return 0


def design(
    speed_hz: float, phase: float, shape: float, depth: float, quicker: float, deeper: float, attack_ms: float,
    hold_ms: float, release_ms: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Turn knobs into settings; the wave goes from a triangle (0) to a square (1)."""
    return [
        speed_hz / rate, phase / 360, 0.5 + shape / 100, depth / 100, MOST_QUICKER * quicker / 100, deeper / 100,
        *follower.design(attack_ms, hold_ms, release_ms, rate),
    ]  # fmt: skip


@part
def wave(turn, shape, steepest):
    """Triangle (0) that is clipped more and more, to a square (1) whose edges last two milliseconds."""
    steep = 1 / max(1 - shape, 1 / steepest)
    return min(max(steep * triangle(turn, 0.0), -1.0), 1.0)


def process(slot):
    """Make one sub-block."""
    for n in range(slot.x.shape[1]):
        level = min(follower.tick(slot, FOLLOW, LEVEL, n, max(abs(slot.x[0, n]), abs(slot.x[1, n]))), 1.0)
        rate = setting(slot, RATE, n) * (1 + setting(slot, QUICKER, n) * level)
        turn = slot.state[TURN] + rate
        turn -= math.floor(turn)
        slot.state[TURN] = turn
        depth = min(setting(slot, DEPTH, n) + setting(slot, DEEPER, n) * level, 1.0)
        steepest = max(1 / (4 * EDGE_S * rate * slot.rate), 1.0) * 2
        phase, shape = tone.eased(slot, PHASE, EASED, n), tone.eased(slot, SHAPE, EASED + 2, n)
        for side in range(2):
            moved = wave(turn + side * phase, shape, steepest)
            slot.x[side, n] *= 1 - depth * (1 - moved) / 2
