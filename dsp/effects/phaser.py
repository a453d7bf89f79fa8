"""Phaser: a chain of all-passes with a common corner that moves; mixed with what came in, each two make a notch.

    x ─┬─────────────────────────────────── dry ─▶ + ─▶ y
       ╰─▶ + ─▶ all-pass × Stages ─┬─▶ wet
           ╰── Reso ◀──────────────╯      without a delay: the loop is solved

The corner follows an oscillator and the level of what comes in.  Trapezoidal one-poles, symbols of [1]_.

.. [1] V. Zavalishin, "The Art of VA Filter Design", 2018.
"""

import math
from typing import Any

from dsp.effects import follower, tone
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
def chain(slot, n, side, octave, x):
    """All stages of a side, around their loop; another number of them cross-fades in it."""
    hz = min(2.0**octave, 0.45 * slot.rate)
    g = math.tan(math.pi * hz / slot.rate)
    big = g / (1 + g)
    a, b = 2 * big - 1, 2 * (1 - big)
    s = side * MOST_STAGES
    # What the end of the chain gives is `gain` of what is to come in, and `rest` of what was.
    through, kept, gain, rest = 1.0, 0.0, 0.0, 0.0
    for stage in range(MOST_STAGES):
        through, kept = a * through, a * kept + b * slot.state[s + stage]
        share = heard(slot, n, stage + 1)
        gain += share * through
        rest += share * kept
    reso = setting(slot, RESO, n)
    u = x + reso * (gain * x + rest) / (1 - reso * gain)
    y = 0.0
    for stage in range(MOST_STAGES):
        low = big * u + (1 - big) * slot.state[s + stage]
        slot.state[s + stage] += 2 * big * (u - slot.state[s + stage])
        u = 2 * low - u
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
    for n in range(slot.x.shape[1]):
        turn = slot.state[TURN] + setting(slot, RATE, n)
        turn -= math.floor(turn)
        slot.state[TURN] = turn
        level = follower.tick(slot, FOLLOW, LEVEL, n, max(abs(slot.x[0, n]), abs(slot.x[1, n])))
        base, depth = tone.eased(slot, BASE, EASED, n), tone.eased(slot, DEPTH, EASED + 2, n)
        phase, lean = tone.eased(slot, PHASE, EASED + 4, n), tone.eased(slot, LEAN, EASED + 6, n)
        envelope = tone.eased(slot, ENVELOPE, EASED + 8, n)
        for side in range(2):
            octave = base + depth * leaning(turn + side * phase, lean) + envelope * min(level, 1.0)
            x = slot.x[side, n]
            slot.x[side, n] = x + setting(slot, MIX, n) * (chain(slot, n, side, octave, x) - x)
