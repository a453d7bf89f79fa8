"""Filters of an effect: the console's state-variable filter, one signal at a time and in float64.

    settings: b1 a2 a3 m0 m1 m2 ─▶ they glide;  state: two numbers
    what bends a pitch or moves a corner by octaves glides for longer: `eased`

Symbols are those of `processors.svf`.
"""

import numpy as np
import numpy.typing as npt

from dsp.effects.memory import FRAMES
from dsp.native import lanes
from dsp.native.kernel import kernel, part
from dsp.processors import shapes

COEFFICIENTS = shapes.COEFFICIENTS
STATES = 2
EASE_S = 0.03
"""What is eased is there after about five times this."""

LOWEST_HZ, HIGHEST_HZ = 10.5, 19_990.0
"""A low cut at or below the first, and a high cut at or above the second, are exactly out."""

Float = npt.NDArray[np.float64]


def low_cut(freq_hz: float, rate: float, lowest_hz: float = LOWEST_HZ) -> Float:
    """Settings of a second-order low cut, 3 dB down at `freq_hz`."""
    return shapes.neutral(shapes.design(shapes.high_pass(shapes.BUTTERWORTH), freq_hz, rate), freq_hz > lowest_hz)


def high_cut(freq_hz: float, rate: float) -> Float:
    """Settings of a second-order high cut, 3 dB down at `freq_hz`."""
    return shapes.neutral(shapes.design(shapes.low_pass(shapes.BUTTERWORTH), freq_hz, rate), freq_hz < HIGHEST_HZ)


def shape(made: shapes.Shape, freq_hz: float, rate: float, on: bool = True) -> Float:
    """Settings of any filter, exactly out unless `on`."""
    return shapes.neutral(shapes.design(made, freq_hz, rate), on)


@part
def setting(slot, k, n):
    """Setting `k` in frame `n`, on its way."""
    if slot.gliding:
        return slot.target[k] + slot.weight[n] * (slot.start[k] - slot.target[k])
    return slot.target[k]


@part
def row(slot, k, group):
    """Setting `k` in sixteen frames of the sub-block, on its way."""
    there = slot.target[k]
    return lanes.fill(there) + lanes.load(lanes.at(slot.weight, 0), group) * (slot.start[k] - there)


@part
def eased(slot, k, s, n):
    """Setting `k` behind two one-poles, whose states begin at `s`: it sets out and arrives softly."""
    there = slot.target[k]
    if slot.frame + n == 0:
        slot.state[s] = slot.state[s + 1] = there
        return slot.state[s]
    share = 1 / (EASE_S * slot.rate)
    slot.state[s] += share * (there - slot.state[s])
    slot.state[s + 1] += share * (slot.state[s] - slot.state[s + 1])
    return slot.state[s + 1]


@part
def step(how, s, x):
    """What a filter makes of `x`, and its states then; settings and states as tuples."""
    b1, a2, a3, m0, m1, m2 = how
    s1, s2 = s
    v3 = x - s2
    d1 = a2 * v3 - b1 * s1
    d2 = a2 * s1 + a3 * v3
    v1, v2 = s1 + d1, s2 + d2
    return m0 * x + m1 * v1 + m2 * v2, (v1 + d1, v2 + d2)


@part
def tick(slot, k, s, n, x):
    """Frame `n` of the filter whose settings begin at `k` and states at `s`."""
    if slot.gliding:
        b1, a2, a3 = setting(slot, k, n), setting(slot, k + 1, n), setting(slot, k + 2, n)
        m0, m1, m2 = setting(slot, k + 3, n), setting(slot, k + 4, n), setting(slot, k + 5, n)
    else:
        b1, a2, a3 = slot.target[k], slot.target[k + 1], slot.target[k + 2]
        m0, m1, m2 = slot.target[k + 3], slot.target[k + 4], slot.target[k + 5]
    y, (slot.state[s], slot.state[s + 1]) = step((b1, a2, a3, m0, m1, m2), (slot.state[s], slot.state[s + 1]), x)
    return y


@part
def is_out(slot, k):
    """Whether the filter whose settings begin at `k` lets everything through as it is."""
    return slot.target[k + 3] == 1 and slot.target[k + 4] == 0 and slot.target[k + 5] == 0


@part
def settled(slot, k):
    """Settings of a filter that are nowhere on their way."""
    of = slot.target
    return float(of[k]), float(of[k + 1]), float(of[k + 2]), float(of[k + 3]), float(of[k + 4]), float(of[k + 5])


@kernel
def both(slot, k, other_k, s, other_s):
    """Let a filter of the left side and one of the right work on the sub-block: settings at `k`, states at `s`.

    Two that wait for nothing of each other take hardly longer than one.
    """
    if slot.gliding:
        for n in range(FRAMES):
            slot.x[0, n] = tick(slot, k, s, n, float(slot.x[0, n]))
            slot.x[1, n] = tick(slot, other_k, other_s, n, float(slot.x[1, n]))
    elif is_out(slot, k) and is_out(slot, other_k):
        slot.state[s] = slot.state[s + 1] = slot.state[other_s] = slot.state[other_s + 1] = 0.0
    else:
        left, right = (slot.state[s], slot.state[s + 1]), (slot.state[other_s], slot.state[other_s + 1])
        to_left, to_right = settled(slot, k), settled(slot, other_k)
        for n in range(FRAMES):
            slot.x[0, n], left = step(to_left, left, float(slot.x[0, n]))
            slot.x[1, n], right = step(to_right, right, float(slot.x[1, n]))
        slot.state[s], slot.state[s + 1] = left
        slot.state[other_s], slot.state[other_s + 1] = right


@kernel
def scale(slot, k, other_k):
    """Multiply the left side with setting `k`, and the right one with another."""
    for group in range(FRAMES // lanes.WIDTH):
        left, right = lanes.at(slot.x, 0), lanes.at(slot.x, 1)
        lanes.store(left, group, row(slot, k, group) * lanes.load(left, group))
        lanes.store(right, group, row(slot, other_k, group) * lanes.load(right, group))
