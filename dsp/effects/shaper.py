"""Bending without aliases: four times the rate, and the mean of the curve from frame to frame.

    x ─▶ ↑ 4 ─▶ ( F(u) − F(u₁) ) / (u − u₁) ─▶ ↓ 4 ─▶ y          24 frames late

F is the antiderivative of the curve [1]_.  Curves are made of s(u) = u / √(1 + u²), whose antiderivative is a
root: `odd` is s itself, `even` what two of them leave that lie beside the middle.  A difference of roots is a
quotient of sums, in which nothing cancels: √(1 + a²) − √(1 + b²) = (a − b) (a + b) / (√(1 + a²) + √(1 + b²)).

Each lane is a frame of the sub-block.  Quarters of frames lie in planes, with some frames from before in front.

.. [1] J. Parker, V. Zavalishin, E. Le Bivic, "Reducing the aliasing of nonlinear waveshaping", DAFx-16.
"""

import math

import numpy as np

from dsp.effects import plane
from dsp.effects.memory import FRAMES
from dsp.effects.plane import GROUPS
from dsp.native import lanes
from dsp.native.kernel import kernel, part
from dsp.native.lanes import HALF, ONE, ZERO

TIMES = 4
TAPS = 96
LATENCY = TAPS // TIMES
"""Frames by which what is bent comes later."""
BEFORE = 2 * lanes.WIDTH
PLANE = BEFORE + FRAMES
PLANES = 1 + 2 * TIMES
SPAN = PLANES * PLANE
"""Floats of one bender: a plane of what it is given, four of what is raised, four of what has been bent."""
BESIDE = 1.0
FLAT = np.float32(BESIDE / math.sqrt(1 + BESIDE**2))
PASS = 0.229
"""Corner of the filters, as a part of the highest frequency at four times the rate."""

_AT = np.arange(TAPS) - (TAPS - 1) / 2
_WEIGHTS = np.sinc(PASS * _AT) * np.kaiser(TAPS, 6.5)
DOWN = np.asarray(_WEIGHTS / _WEIGHTS.sum(), np.float32)
UP = TIMES * DOWN


@part
def odd(u, before):
    """Mean of s between two values."""
    return (u + before) / (lanes.root(ONE + u * u) + lanes.root(ONE + before * before))


@part
def even(u, before):
    """Mean of an even curve between two values: 0 in the middle, bounded."""
    return HALF * (odd(ONE + u, ONE + before) + odd(ONE - u, ONE - before)) - FLAT


@part
def raised(span, phase, group, back):
    """What there is at a quarter of sixteen frames."""
    return plane.at(lanes.offset(span, (1 + phase) * PLANE), BEFORE, group, back)


@part
def put(span, phase, group, y):
    """Keep what has been bent at a quarter of sixteen frames."""
    plane.put(lanes.offset(span, (1 + TIMES + phase) * PLANE), BEFORE, group, y)


@part
def bent(span, phase, group, back):
    """What has been bent at a quarter of sixteen frames."""
    return plane.at(lanes.offset(span, (1 + TIMES + phase) * PLANE), BEFORE, group, back)


@kernel
def up(span, x):
    """Raise a sub-block, `x`."""
    plane.remember(span, BEFORE, x)
    for which in range(1, PLANES):
        plane.move_on(lanes.offset(span, which * PLANE), BEFORE)
    for group in range(GROUPS):
        a, b, c, d = lanes.fill(ZERO), lanes.fill(ZERO), lanes.fill(ZERO), lanes.fill(ZERO)
        for i in range(LATENCY):
            heard = plane.at(span, BEFORE, group, i)
            a = lanes.add_product(a, UP[TIMES * i], heard)
            b = lanes.add_product(b, UP[TIMES * i + 1], heard)
            c = lanes.add_product(c, UP[TIMES * i + 2], heard)
            d = lanes.add_product(d, UP[TIMES * i + 3], heard)
        first = lanes.offset(span, PLANE + BEFORE)
        lanes.store(first, group, a)
        lanes.store(lanes.offset(first, PLANE), group, b)
        lanes.store(lanes.offset(first, 2 * PLANE), group, c)
        lanes.store(lanes.offset(first, 3 * PLANE), group, d)


@kernel
def down(span, y):
    """Make a sub-block, `y`, of what has been bent."""
    for group in range(GROUPS):
        a, b, c, d = lanes.fill(ZERO), lanes.fill(ZERO), lanes.fill(ZERO), lanes.fill(ZERO)
        for i in range(LATENCY):
            a = lanes.add_product(a, DOWN[TIMES * i + 3], bent(span, 0, group, i))
            b = lanes.add_product(b, DOWN[TIMES * i + 2], bent(span, 1, group, i))
            c = lanes.add_product(c, DOWN[TIMES * i + 1], bent(span, 2, group, i))
            d = lanes.add_product(d, DOWN[TIMES * i], bent(span, 3, group, i))
        lanes.store(y, group, (a + b) + (c + d))
