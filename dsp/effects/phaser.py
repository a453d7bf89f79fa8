"""Phaser: a chain of all-passes with a common corner that moves; mixed with what came in, each two make a notch.

    x ─┬─────────────────────────────────── dry ─▶ + ─▶ y
       ╰─▶ + ─▶ all-pass × Stages ─┬─▶ wet
           ╰── Reso ◀──────────────╯      without a delay: the loop is solved

The corner follows an oscillator and the level of what comes in.  Trapezoidal one-poles, symbols of [1]_.

.. [1] V. Zavalishin, "The Art of VA Filter Design", 2018.
"""

import math
from typing import Any

from dsp.effects import elementary, follower, tone
from dsp.effects.tone import setting
from dsp.native.kernel import part

MOST_STAGES = 12
MIX, RESO, BASE, STAGES, RATE, DEPTH, PHASE, LEAN, ENVELOPE, FOLLOW = range(10)
OCTAVES = 2.0
ENVELOPE_OCTAVES = 4.0
TURN, LEVEL, EASED = 32, 34, 36


def memory(rate: float) -> int:
    """No lines."""
    return 0


def design(
    speed_hz: float, depth: float, reso: float, base: float, stages: float, mix: float, lean: float, phase: float,
    envelope: float, attack_ms: float, hold_ms: float, release_ms: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Turn knobs into settings; the base lies between 60 Hz and 4.8 kHz, as octaves above 1 Hz."""
    return [
        mix / 100, reso / 100, math.log2(60 * 80 ** (base / 50)), stages, speed_hz / rate, OCTAVES * depth / 100,
        phase / 360, 0.5 + lean / 100 * 0.98, ENVELOPE_OCTAVES * envelope / 100,
        *follower.design(attack_ms, hold_ms, release_ms, rate),
    ]  # fmt: skip


@part
def leaning(turn, lean):
    """Triangle from −1 to 1 that rises for `lean` of its turn."""
    p = turn - math.floor(turn)
    rise = min(max(lean, 0.01), 0.99)
    return 2 * p / rise - 1 if p < rise else 1 - 2 * (p - rise) / (1 - rise)


@part
def corner(slot, octave, highest):
    """How much of what goes in a stage of this corner, in octaves above 1 Hz, takes on at once."""
    hz = elementary.exp2(min(max(octave, 0.0), highest))
    g = elementary.tangent(math.pi * hz / slot.rate)
    return g / (1 + g)


@part
def chain(slot, n, side, big, x):
    """All stages of a side, around their loop; another number of them cross-fades in it."""
    a, b = 2 * big - 1, 2 * (1 - big)
    s, most = side * MOST_STAGES, MOST_STAGES if slot.gliding else int(slot.target[STAGES])
    reso, u, y = setting(slot, RESO, n), x, 0.0
    if reso != 0:
        # What the end of the chain gives is `gain` of what is to come in, and `rest` of what was.
        through, kept, gain, rest = 1.0, 0.0, 0.0, 0.0
        for stage in range(most):
            through, kept = a * through, a * kept + b * slot.state[s + stage]
            share = heard(slot, n, stage + 1)
            gain += share * through
            rest += share * kept
        u = x + reso * (gain * x + rest) / (1 - reso * gain)
    for stage in range(most):
        was = slot.state[s + stage]
        slot.state[s + stage] = was + 2 * big * (u - was)
        u = a * u + b * was
        y += heard(slot, n, stage + 1) * u
    return y


@part
def heard(slot, n, stages):
    """How much is heard of the signal behind so many stages."""
    new = 1.0 if stages == slot.target[STAGES] else 0.0
    if slot.gliding:
        old = 1.0 if stages == slot.start[STAGES] else 0.0
        return new + slot.weight[n] * (old - new)
    return new


def process(slot):
    """Make one sub-block."""
    highest = math.log2(0.45 * slot.rate)
    for n in range(slot.x.shape[1]):
        turn = slot.state[TURN] + setting(slot, RATE, n)
        turn -= math.floor(turn)
        slot.state[TURN] = turn
        level = follower.tick(slot, FOLLOW, LEVEL, n, max(abs(slot.x[0, n]), abs(slot.x[1, n])))
        base, depth = tone.eased(slot, BASE, EASED, n), tone.eased(slot, DEPTH, EASED + 2, n)
        phase, lean = tone.eased(slot, PHASE, EASED + 4, n), tone.eased(slot, LEAN, EASED + 6, n)
        envelope = tone.eased(slot, ENVELOPE, EASED + 8, n) * min(level, 1.0)
        mix = setting(slot, MIX, n)
        for side in range(2):
            big = corner(slot, base + depth * leaning(turn + side * phase, lean) + envelope, highest)
            x = slot.x[side, n]
            slot.x[side, n] = x + mix * (chain(slot, n, side, big, x) - x)
