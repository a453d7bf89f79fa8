"""Filter of an old synthesiser, and auto-wah: a ladder or a pair of poles, moved by an oscillator and by level.

    x ─┬────────────────────────────────────────────── dry ─▶ + ─▶ y
       ╰─▶ drive ─▶ + ─▶ tanh ─▶ ▷ ▷ ▷ ▷ ─▶ LP HP BP NO ─▶ wet
                    ╰─── Reso ◀────────╯     without a delay: the loop is solved

In the loop is a limit: at the top of Reso it whistles by itself, and stays bounded.  Poles as in [1]_.

.. [1] V. Zavalishin, "The Art of VA Filter Design", 2018.
"""

import math
from typing import Any

from dsp.effects import bound, elementary, follower, tone
from dsp.effects.tone import setting
from dsp.native.kernel import part

WAVES = ("TRI", "SIN", "SAW", "SAW-", "RMP", "SQU", "RND")
LADDER = {"LP": (0, 0, 0, 0, 1), "HP": (1, -4, 6, -4, 1), "BP": (0, 0, 4, -8, 4), "NO": (1, -4, 8, -8, 4)}
PAIR = {"LP": (0, 0, 1, 0, 0), "HP": (1, 0, 0, 0, 0), "BP": (0, 1, 0, 0, 0), "NO": (1, 0, 1, 0, 0)}
"""What of the poles is heard: the ladder's five taps, or high, band and low of the pair."""

MIX, BASE, DEPTH, RATE, PHASE, WAVE, ENVELOPE, RESO, DRIVE, MAKEUP, FOUR, SIDE_CHAIN, TAPS, FOLLOW = (
    *range(12), 12, 17,
)  # fmt: skip
DEPTH_OCTAVES, ENVELOPE_OCTAVES = 4.0, 7.0
WHISTLES_AT = 0.97
LOWEST = math.log2(10)
SLEW_S = 0.001
PAIR_STATE, TURN, HELD, SLEWED, SEED, LEVEL, EASED = 12, 20, 22, 24, 28, 30, 32


def memory(rate: float) -> int:
    """No lines."""
    return 0


def design(
    speed_hz: float, depth: float, reso: float, base_hz: float, mode: str, mix: float, wave: str, phase: float,
    envelope: float, attack_ms: float, release_ms: float, drive: float, poles: str, side_chain: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Turn knobs into settings; the base in octaves above 1 Hz."""
    four = poles == "4POL"
    return [
        mix / 100, math.log2(base_hz), DEPTH_OCTAVES * depth / 100, speed_hz / rate, phase / 360, WAVES.index(wave),
        ENVELOPE_OCTAVES * envelope / 100, reso / 100 / WHISTLES_AT, 10 ** (24 * drive / 2000),
        10 ** (-12 * drive / 2000), float(four), float(side_chain), *(LADDER if four else PAIR)[mode],
        *follower.design(attack_ms, 0, release_ms, rate),
    ]  # fmt: skip


@part
def shape(kind, p, held):
    """A wave from −1 to 1 at a part `p` of its turn."""
    if kind == 0:
        return 4 * abs(p - 0.5) - 1
    if kind == 1:
        return elementary.circle(p)
    if kind == 2:
        return 2 * p - 1
    if kind == 3:
        return 1 - 2 * p
    if kind == 4:
        return min(4 * p - 1, 1.0)
    if kind == 5:
        return 1.0 if p < 0.5 else -1.0
    return held


@part
def moved(slot, n, side, turn, wrapped):
    """Oscillator of a side, from −1 to 1; its edges last a millisecond, and another wave cross-fades."""
    p = turn + side * setting(slot, PHASE, n)
    p -= math.floor(p)
    if wrapped:
        slot.state[SEED] = (slot.state[SEED] * 16807 + 12345) % 2147483647
        slot.state[HELD + side] = 2 * slot.state[SEED] / 2147483647 - 1
    y = shape(int(slot.target[WAVE]), p, slot.state[HELD + side])
    if slot.gliding:
        y += slot.weight[n] * (shape(int(slot.start[WAVE]), p, slot.state[HELD + side]) - y)
    slot.state[SLEWED + side] += (y - slot.state[SLEWED + side]) / (SLEW_S * slot.rate)
    return slot.state[SLEWED + side]


@part
def ladder(slot, n, s, g, x):
    """Four poles in a loop."""
    big = g / (1 + g)
    s0, s1, s2, s3 = slot.state[s], slot.state[s + 1], slot.state[s + 2], slot.state[s + 3]
    rest = (((s0 * big + s1) * big + s2) * big + s3) / (1 + g)
    k = 4 * setting(slot, RESO, n)
    u = elementary.tanh((x - k * rest) / (1 + k * big * big * big * big))
    y = setting(slot, TAPS, n) * u
    for stage in range(4):
        v = (u - slot.state[s + stage]) * big
        u = v + slot.state[s + stage]
        slot.state[s + stage] = u + v
        y += setting(slot, TAPS + 1 + stage, n) * u
    return y


@part
def pair(slot, n, s, g, x):
    """Two poles: high, band and low."""
    k = 2 * (1 - setting(slot, RESO, n))
    s1, s2 = slot.state[s], slot.state[s + 1]
    high = (elementary.tanh(x) - (k + g) * s1 - s2) / (1 + g * (g + k))
    band = g * high + s1
    low = g * band + s2
    slot.state[s], slot.state[s + 1] = bound.soft(g * high + band), bound.soft(g * band + low)
    return setting(slot, TAPS, n) * high + setting(slot, TAPS + 1, n) * band + setting(slot, TAPS + 2, n) * low


@part
def poles(slot, n, side, g, x):
    """Ladder or pair; from one to the other it cross-fades, and the one that comes begins at rest."""
    four = setting(slot, FOUR, n)
    y = 0.0
    if four > 0:
        y += four * ladder(slot, n, 4 * side, g, x)
    else:
        for stage in range(4):
            slot.state[4 * side + stage] = 0.0
    if four < 1:
        y += (1 - four) * pair(slot, n, PAIR_STATE + 2 * side, g, x)
    else:
        slot.state[PAIR_STATE + 2 * side] = slot.state[PAIR_STATE + 2 * side + 1] = 0.0
    return y


def process(slot):
    """Make one sub-block."""
    highest = math.log2(0.45 * slot.rate)
    for n in range(slot.x.shape[1]):
        turn = slot.state[TURN] + setting(slot, RATE, n)
        wrapped = turn >= 1
        turn -= math.floor(turn)
        slot.state[TURN] = turn
        left, right = slot.x[0, n], slot.x[1, n]
        chained = setting(slot, SIDE_CHAIN, n)
        level = (1 - chained) * max(abs(left), abs(right)) + chained * abs(right)
        level = follower.tick(slot, FOLLOW, LEVEL, n, level)
        base, depth = tone.eased(slot, BASE, EASED, n), tone.eased(slot, DEPTH, EASED + 2, n)
        envelope = tone.eased(slot, ENVELOPE, EASED + 4, n)
        for side in range(2):
            dry = right if side else left
            x = dry + chained * (left - dry)
            octave = base + depth * moved(slot, n, side, turn, wrapped) + envelope * min(level, 1.0)
            hz = elementary.exp2(min(max(octave, LOWEST), highest))
            g = elementary.tangent(math.pi * hz / slot.rate)
            y = poles(slot, n, side, g, setting(slot, DRIVE, n) * x)
            slot.x[side, n] = x + setting(slot, MIX, n) * (setting(slot, MAKEUP, n) * y - x)
