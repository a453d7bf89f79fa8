"""Gain on every lane: trim with polarity, faders, output gains; and the meters that go with it.

x ─▶ × gain ─▶ y      |y| ─▶ peak
"""

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.processors import glide


@kernel
def process(x, y, start, target, clock, end, curve, peak, frames):
    """Multiply `frames` rows of `x` into `y` (which may be `x`); `peak` is one row: the largest |y| so far."""
    most = lanes.load(peak, 0)
    if clock < end:
        for n in range(frames):
            v = lanes.load(x, n) * glide.value(start, target, 0, lanes.scalar(curve, clock + n + 1))
            most = lanes.maximum(lanes.absolute(v), most)
            lanes.store(y, n, v)
    else:
        gain = lanes.load(target, 0)
        for n in range(frames):
            v = lanes.load(x, n) * gain
            most = lanes.maximum(lanes.absolute(v), most)
            lanes.store(y, n, v)
    lanes.store(peak, 0, most)


@kernel
def most(x, peak, frames):
    """Largest magnitude of one lane, the first of `x`, in `frames` rows; at least `peak` (float32)."""
    for n in range(frames):
        peak = max(abs(lanes.scalar(x, n * lanes.WIDTH)), peak)
    return peak


@kernel
def scale(x, start, target, clock, end, curve, frames):
    """Multiply `frames` rows of `x` in place, without a meter."""
    gain = lanes.load(target, 0)
    for n in range(frames):
        if clock < end:
            gain = glide.value(start, target, 0, lanes.scalar(curve, clock + n + 1))
        lanes.store(x, n, lanes.load(x, n) * gain)


@kernel
def copy(x, y, frames):
    """Copy `frames` rows of `x` to `y`."""
    for n in range(frames):
        lanes.store(y, n, lanes.load(x, n))


@kernel
def clear(y, frames):
    """Silence `frames` rows of `y`."""
    for n in range(frames):
        lanes.store(y, n, lanes.fill(lanes.ZERO))


@kernel
def blend(x, y, start, target, clock, end, curve, frames):
    """Go from `x` towards `y`, in place of `x`, by the weight that glides slowly (one row)."""
    w = lanes.load(target, 0)
    for n in range(frames):
        v = lanes.load(x, n)
        if clock < glide.slow(end):
            w = glide.value(start, target, 0, glide.slow_weight(curve, clock + n + 1))
        lanes.store(x, n, v + w * (lanes.load(y, n) - v))


@kernel
def link(x, linked, frames):
    """Magnitudes of `frames` rows of `x`, in place; where `linked` (one row) is 1, the louder of two neighbours."""
    both = lanes.load(linked, 0)
    for n in range(frames):
        v = lanes.absolute(lanes.load(x, n))
        lanes.store(x, n, lanes.maximum(v, both * lanes.neighbour(v)))
