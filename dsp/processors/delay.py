"""Delay lines: whole frames, sixteen lanes side by side, no pitch artefact when they change.

    x ─▶ ring ─┬─▶ old tap ─╲
               └─▶ new tap ──▶ cross-fade ─▶ y

A frame is 7 mm of air at 48 kHz, so fractions do not matter here.
"""

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import kernel

RING = 131_072
"""Frames a line remembers: more than a second at 96 kHz, for the longest delay and for `rehearsal`."""
MASK = np.int64(RING - 1)


def design(on: npt.ArrayLike, time_ms: npt.ArrayLike, rate: float) -> npt.NDArray[np.int32]:
    """Frames of delay, 0 where it is off."""
    frames = np.rint(np.asarray(time_ms, np.float64) * rate / 1000)
    return np.where(on, frames, 0).astype(np.int32)


@kernel
def remember(x, ring, position, frames):
    """Write `frames` rows of `x` into the ring from row `position` on."""
    for n in range(frames):
        lanes.store(ring, (position + n) & MASK, lanes.load(x, n))


@kernel
def process(ring, y, position, start, target, clock, end, curve, frames):
    """Read `frames` rows of `y` from the ring, `target` frames (pointer to int32) after they were written.

    `start`, `clock`, `end` and `curve` are the cross-fade from the last delay.
    """
    if clock < end:
        for n in range(frames):
            old = lanes.gather_rows(ring, position + n, start, MASK)
            new = lanes.gather_rows(ring, position + n, target, MASK)
            w = lanes.scalar(curve, clock + n + 1)
            lanes.store(y, n, old + w * (new - old))
    else:
        # One lane after another: each is a line of its own in the ring, and nothing has to be gathered.
        for lane in range(lanes.WIDTH):
            line, out = lanes.offset(ring, lane), lanes.offset(y, lane)
            first = position - lanes.scalar(target, lane)
            for n in range(frames):
                lanes.put(out, n * lanes.WIDTH, lanes.scalar(line, ((first + n) & MASK) * lanes.WIDTH))
