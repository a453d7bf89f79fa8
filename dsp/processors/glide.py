"""Glides: how every number the audio hears gets from where it is to its target.

    w(t)  1 ┤        ╭────   settled: the exact target
            │      ╱
            │    ╱           value = start + w (target − start)
          0 ┼──╯
            0     glide_ms

A raised cosine keeps the energy of a hard mute above 1.5 kHz more than 80 dB down, and a value on
its way is never outside its two ends.  Numbers that belong together (the coefficients of a filter,
the gains of one source) share one clock and move as one.  Whoever is given a new target on the way
starts again from where it is.

A glide lasts a whole number of sub-blocks, and begins at one, so that nothing depends on how many
frames the device asks for at a time.
"""

import numpy as np
import numpy.typing as npt

from dsp.native import lanes, made
from dsp.native.kernel import Kernel, inline, kernel
from dsp.native.lanes import HALF, ONE, ZERO

SUB_BLOCK = 64
"""Frames in the console's control period, counted from the start of the stream."""

LONGEST_MS = 10.0
HIGHEST_RATE = 96_000
CURVE_FRAMES = int(HIGHEST_RATE * LONGEST_MS / 1000) + SUB_BLOCK + 1

SETTLED = 2 * CURVE_FRAMES
"""A clock that is past the end of everything."""

RIDING = np.int64(1 << 20)
"""Taken from a clock while any of its lanes rides, see `ride`: it is below 0 then."""


def length(rate: float) -> int:
    """Frames of a glide: the whole sub-blocks in ten milliseconds."""
    return int(rate * LONGEST_MS / 1000) // SUB_BLOCK * SUB_BLOCK


def curve(rate: float) -> npt.NDArray[np.float32]:
    """Weight of the target after so many frames of a glide, 1 from its end on; shape (CURVE_FRAMES,)."""
    end = length(rate)
    weight = np.ones(CURVE_FRAMES, np.float32)
    weight[:end] = 0.5 - 0.5 * np.cos(np.pi * np.arange(end) / end)
    return weight


@inline
def value(start, target, row, weight):
    """Row `row` on its way: `weight` (float32) of the target, the rest of the start."""
    here = lanes.load(start, row)
    return lanes.add_product(here, weight, lanes.load(target, row) - here)


def rows(count: int) -> Kernel:
    """Make a kernel that gives the first rows on their way, as a tuple; see `value`."""
    return made.rows("start, target, weight", "value(start, target, {row}, weight)", count, {"value": value})


@kernel
def differing(one, other, rows):
    """1 in the lanes where any of `rows` rows differs."""
    most = lanes.fill(ZERO)
    for row in range(rows):
        most = lanes.maximum(most, lanes.absolute(lanes.load(one, row) - lanes.load(other, row)))
    return lanes.select(most > lanes.fill(ZERO), lanes.fill(ONE), lanes.fill(ZERO))


@inline
def mark(marks, more):
    """Mark more lanes in one row of marks."""
    lanes.store(marks, 0, lanes.maximum(lanes.load(marks, 0), more))


@kernel
def accept(start, target, new, rows, clock, curve, end):
    """Take a new target for `rows` rows that share a clock.

    Parameters
    ----------
    start, target, new : pointer to float32, rows of sixteen lanes
        Where the move began, where it leads, and where it is to lead now.
    clock : int
        Frames since the move began; `end` or more when settled.
    curve : pointer to float32
        Weight of the target after so many frames.
    end : int
        Frames of a whole glide.

    Returns
    -------
    clock : int
        0 if anything in `new` differs from `target`, else unchanged.
    """
    differs = False
    for row in range(rows):
        differs = differs or lanes.differ(lanes.load(target, row), lanes.load(new, row))
    if not differs:
        return clock
    for row in range(rows):
        if clock < end:
            lanes.store(start, row, value(start, target, row, lanes.scalar(curve, clock)))
        else:
            lanes.store(start, row, lanes.load(target, row))
        lanes.store(target, row, lanes.load(new, row))
    return 0


@kernel
def accept_all(start, target, new, clocks, rows, count, curve, end):
    """Take new targets for `count` things that lie side by side: so many rows each, and a clock; see `accept`."""
    at = 0
    for i in range(count):
        moved = accept(
            lanes.row_of(start, at), lanes.row_of(target, at), lanes.row_of(new, at),
            rows[i], lanes.scalar(clocks, i), curve, end,
        )  # fmt: skip
        lanes.put(clocks, i, np.int32(moved))
        at += rows[i]


@inline
def slow(end):
    """Frames of a glide at half the speed, which needs the curve at half the frames."""
    return end + end


@inline
def slow_weight(curve, clock):
    """Weight of the target after so many frames of a slow glide."""
    return HALF * (lanes.scalar(curve, clock >> 1) + lanes.scalar(curve, (clock + 1) >> 1))


@inline
def passed(clock):
    """Frames since the glide of a clock began, whether any of its lanes rides or not."""
    return clock + RIDING if clock < 0 else np.int64(clock)


@kernel
def advance(clock, count, end):
    """Let one sub-block pass on `count` clocks (pointer to int32); true if any glide has just ended."""
    ended = False
    for i in range(count):
        before = lanes.scalar(clock, i)
        if passed(before) < end:
            lanes.put(clock, i, np.int32(before + SUB_BLOCK))
            ended = ended or passed(before) + SUB_BLOCK >= end
    return ended
