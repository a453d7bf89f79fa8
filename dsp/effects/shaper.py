"""Bending without aliases: four times the rate, and the mean of the curve from frame to frame.

    x ─▶ ↑ 4 ─▶ ( F(u) − F(u₁) ) / (u − u₁) ─▶ ↓ 4 ─▶ y          24 frames late

F is the antiderivative of the curve [1]_.  Curves are made of s(u) = u / √(1 + u²), whose antiderivative is a
root: `odd` is s itself, `even` what two of them leave that lie beside the middle.

.. [1] J. Parker, V. Zavalishin, E. Le Bivic, "Reducing the aliasing of nonlinear waveshaping", DAFx-16.
"""

import math

import numpy as np

from dsp.native.kernel import part

TIMES = 4
TAPS = 96
LATENCY = TAPS // TIMES
"""Frames by which what is bent comes later."""
RING = 64
SPAN = RING + TIMES * RING
"""Floats of one bender."""
STATES = 1
CLOSE = 1e-5
BESIDE = 1.0
PASS = 0.229
"""Corner of the filters, as a part of the highest frequency at four times the rate."""

_AT = np.arange(TAPS) - (TAPS - 1) / 2
WEIGHTS = np.sinc(PASS * _AT) * np.kaiser(TAPS, 6.5)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@part
def root(u):
    """Antiderivative of s."""
    return math.sqrt(1 + u * u)


@part
def odd(u, before):
    """Mean of s between two values."""
    if abs(u - before) < CLOSE:
        middle = (u + before) / 2
        return middle / root(middle)
    return (root(u) - root(before)) / (u - before)


@part
def even(u, before):
    """Mean of an even curve between two values: 0 in the middle, bounded."""
    if abs(u - before) < CLOSE:
        m = (u + before) / 2
        return ((m + BESIDE) / root(m + BESIDE) + (BESIDE - m) / root(BESIDE - m)) / 2 - BESIDE / root(BESIDE)
    rise = root(u + BESIDE) - root(BESIDE - u) - root(before + BESIDE) + root(BESIDE - before)
    return rise / (2 * (u - before)) - BESIDE / root(BESIDE)


@part
def up(memory, first, frame, x, phase):
    """What lies `phase` quarters of a frame behind; write the frame at phase 0."""
    if phase == 0:
        memory[first + (frame & (RING - 1))] = x
    total = 0.0
    for i in range(LATENCY):
        total += WEIGHTS[TIMES * i + phase] * memory[first + ((frame - i) & (RING - 1))]
    return TIMES * total


@part
def keep(memory, first, frame, phase, y):
    """Put what has been bent at a quarter of a frame into the line that `down` reads."""
    memory[first + RING + ((TIMES * frame + phase) & (TIMES * RING - 1))] = y


@part
def down(memory, first, frame):
    """The frame that its four quarters make."""
    total = 0.0
    for i in range(TAPS):
        total += WEIGHTS[i] * memory[first + RING + ((TIMES * frame + TIMES - 1 - i) & (TIMES * RING - 1))]
    return total
