"""Delay lines: whole frames, sixteen lanes side by side, no pitch artefact when they change.

    x ─▶ ring ─┬─▶ old tap ─╲
               └─▶ new tap ──▶ cross-fade ─▶ y

A frame is 7 mm of air at 48 kHz, so fractions do not matter here.
"""

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import kernel

LONGEST_MS = 500.0
"""What a line can be late."""
SPARE = 8000
"""Frames that a line remembers beyond that, at least."""
RING = 65_536
"""Frames it remembers at most, at 96 kHz."""
AGES = 4
"""How many times that is kept of a line in use, for `rehearsal`: 2.7 seconds at 48 kHz."""


def design(on: npt.ArrayLike, time_ms: npt.ArrayLike, rate: float) -> npt.NDArray[np.int32]:
    """Frames of delay, 0 where it is off."""
    frames = np.rint(np.asarray(time_ms, np.float64) * rate / 1000)
    return np.where(on, frames, 0).astype(np.int32)


def rows(rate: float) -> int:
    """Frames that a line remembers: the longest delay and `SPARE`, a power of two."""
    return 1 << (int(LONGEST_MS * rate / 1000) + SPARE - 1).bit_length()


@kernel
def remember(x, ring, mask, position, frames):
    """Write `frames` rows of `x` into the ring of `mask` + 1 rows, from row `position` on."""
    for n in range(frames):
        lanes.store(ring, (position + n) & mask, lanes.load(x, n))


@kernel
def process(ring, mask, y, position, start, target, clock, end, curve, frames):
    """Read `frames` rows of `y` from the ring, `target` frames (pointer to int32) after they were written.

    `start`, `clock`, `end` and `curve` are the cross-fade from the last delay.
    """
    if clock < end:
        for n in range(frames):
            old = lanes.gather_rows(ring, position + n, start, mask)
            new = lanes.gather_rows(ring, position + n, target, mask)
            w = lanes.scalar(curve, clock + n + 1)
            lanes.store(y, n, old + w * (new - old))
    else:
        # One lane after another: each is a line of its own in the ring, and nothing has to be gathered.
        for lane in range(lanes.WIDTH):
            line, out = lanes.offset(ring, lane), lanes.offset(y, lane)
            first = position - lanes.scalar(target, lane)
            for n in range(frames):
                lanes.put(out, n * lanes.WIDTH, lanes.scalar(line, ((first + n) & mask) * lanes.WIDTH))
