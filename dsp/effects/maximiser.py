"""Maximiser: lows and highs in three phase-turned paths, each side by itself; the highs follow the music.

    x ─┬─▶ low-pass ─▶ × gL ─╮
       ├─▶ high-pass ▶ × gH ─┴─▶ × 2 ─▶ + ─▶ gain ─▶ y
       ╰──────────────────────── × −1 ──▶ ╯

With both gains at 1 this is an all-pass: lows come up to 2 ms later, and their attacks after those of the highs.
"""

import math
from typing import Any

from dsp import units
from dsp.effects import follower
from dsp.effects.tone import setting
from dsp.native.kernel import part
from dsp.processors import shapes

CROSSOVER_HZ, Q = 725.0, 0.2
ON, LOWS, HIGHS, GAIN, B1, A2, A3, K, FOLLOW = range(9)
SIDE = FOLLOW + follower.SETTINGS
STATES = 8
FOLLOWS_DB = 3.0


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _raised(knob: float) -> float:
    return (10 ** (1.2 * knob / 20) + 1) / 2


def _side(on: bool, contour: float, process: float, gain_db: float, *, rate: float) -> list[Any]:
    b1, a2, a3, *_ = shapes.design(shapes.low_pass(Q), CROSSOVER_HZ, rate)
    return [
        float(on), _raised(contour), _raised(process), float(units.db_to_gain(gain_db)), b1, a2, a3, 1 / Q,
        *follower.design(20, 0, 20, rate),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    return [*_side(*knobs[:4], rate=rate), *_side(*knobs[4:], rate=rate)]


@part
def paths(slot, k, s, n, x):
    """Low, middle and high of one filter."""
    b1, a2, a3 = setting(slot, k + B1, n), setting(slot, k + A2, n), setting(slot, k + A3, n)
    s1, s2 = slot.state[s], slot.state[s + 1]
    v3 = x - s2
    d1, d2 = a2 * v3 - b1 * s1, a2 * s1 + a3 * v3
    v1, v2 = s1 + d1, s2 + d2
    slot.state[s], slot.state[s + 1] = v1 + d1, v2 + d2
    return v2, slot.target[k + K] * v1, x - slot.target[k + K] * v1 - v2


def process(slot):
    """Make one sub-block."""
    for side in range(2):
        k, s = side * SIDE, side * STATES
        for n in range(slot.x.shape[1]):
            x = slot.x[side, n]
            low, middle, high = paths(slot, k, s, n, x)
            mids = follower.tick(slot, k + FOLLOW, s + 2, n, abs(middle))
            highs = follower.tick(slot, k + FOLLOW, s + 4, n, abs(high))
            amount = setting(slot, k + HIGHS, n)
            bias_db = FOLLOWS_DB * (mids - highs) / (mids + highs + 1e-9)
            raised = 1 + (amount - 1) * math.exp(0.115 * bias_db)
            y = setting(slot, k + GAIN, n) * (2 * (setting(slot, k + LOWS, n) * low + raised * high) - x)
            slot.x[side, n] = x + setting(slot, k + ON, n) * (y - x)
