"""Rides: gains whose targets follow each other glide from one to the next without standing still.

    dB  ╲                    targets a hand sends, 10 to 60 ms apart
          ╲ •
            ╲    •           alone, each would be reached in ten milliseconds and waited at: a staircase
              ╲      •       a ride takes as long as they are apart, evenly in dB

How long is learnt where moves arrive, and comes with the target, lane by lane: `pace`, in sub-blocks, 0 for
a move of its own.  Sixteen lanes share the clock of a glide, but each rides by itself: `left` counts the
sub-blocks it has yet to go, and `start` is where it is now.  Within a sub-block it goes straight: at 40 dB a
second that is 100 dB from the curve.

A clock from which RIDING is taken tells that some of its lanes ride; the others glide by it as ever.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import gain, glide
from dsp.processors.glide import RIDING, SUB_BLOCK

STEP = np.float32(1 / SUB_BLOCK)
PHASE = SUB_BLOCK - 1
"""Bits of a clock that say how far a sub-block has come."""


@kernel
def accept(start, target, new, pace, left, clock, curve, end):
    """Take a new target for one row.

    Parameters
    ----------
    start, target, new, pace, left : pointer to float32, one row
        Where each lane is or was, where it leads, where it is to lead, and for how many sub-blocks it is to ride
        and has yet to.
    clock, curve, end : as in `glide.accept`

    Returns
    -------
    clock : int
        Below 0 if any lane rides.
    """
    were, want = lanes.load(target, 0), lanes.load(new, 0)
    if not lanes.differ(were, want):
        return clock
    none, one = lanes.fill(ZERO), lanes.fill(ONE)
    passed = min(glide.passed(clock), end)
    begun, yet = lanes.load(start, 0), lanes.load(left, 0)
    here = were
    if passed < end:
        here = glide.value(start, target, 0, lanes.scalar(curve, passed))
    here = lanes.select(yet > none, begun, here)
    moved = lanes.absolute(want - were) > none
    rides = lanes.select(moved, lanes.load(pace, 0), none)
    alone = lanes.select(moved, lanes.select(rides > none, none, one), none)
    if lanes.differ(alone, none):
        begun, passed = here, 0
    elif passed == end:
        begun = here
    yet = lanes.select(rides > none, rides, lanes.select(alone > none, none, yet))
    lanes.store(start, 0, lanes.select(rides > none, here, begun))
    lanes.store(target, 0, want)
    lanes.store(left, 0, yet)
    return passed - RIDING if lanes.differ(yet, none) else passed


@kernel
def accept_all(start, target, new, pace, left, clocks, count, curve, end):
    """Take new targets for `count` rows that lie side by side, each with a clock (pointer to int32)."""
    for i in range(count):
        moved = accept(
            lanes.row_of(start, i), lanes.row_of(target, i), lanes.row_of(new, i), lanes.row_of(pace, i),
            lanes.row_of(left, i), lanes.scalar(clocks, i), curve, end,
        )  # fmt: skip
        lanes.put(clocks, i, np.int32(moved))


@inline
def ahead(here, target, left):
    """Where lanes are a sub-block later: evenly in dB, or straight from, to and through nothing."""
    yet = lanes.maximum(left, ONE)
    straight = here + (target - here) / yet
    octaves = lanes.log2(lanes.absolute(target)) - lanes.log2(lanes.absolute(here))
    curved = here * lanes.exp2(octaves / yet)
    there = lanes.select(here * target > ZERO, curved, straight)
    return lanes.select(left > ONE, there, target)


@kernel
def advance(start, target, left, clocks, count, end):
    """Let one sub-block pass for lanes that ride, after `glide.advance`; return how many rows go on riding."""
    riding = 0
    none, one = lanes.fill(ZERO), lanes.fill(ONE)
    for i in range(count):
        if lanes.scalar(clocks, i) < 0:
            passed = glide.passed(lanes.scalar(clocks, i))
            here, there, yet = lanes.load(start, i), lanes.load(target, i), lanes.load(left, i)
            still = here if passed < end else there
            lanes.store(start, i, lanes.select(yet > none, ahead(here, there, yet), still))
            yet = lanes.maximum(yet - one, none)
            lanes.store(left, i, yet)
            if lanes.differ(yet, none):
                riding += 1
            else:
                lanes.put(clocks, i, np.int32(passed))
    return riding


@inline
def course(start, target, left, row):
    """Start of a row, what glides by the clock, and what goes straight in each frame of this sub-block."""
    here, there, yet = lanes.load(start, row), lanes.load(target, row), lanes.load(left, row)
    step = (ahead(here, there, yet) - here) * STEP
    return here, lanes.select(yet > ZERO, ZERO, there - here), lanes.select(yet > ZERO, step, ZERO)


@inline
def value(course, weight, frame):
    """A row on its course: `weight` (float32) of what glides, after `frame` frames (float32) of the sub-block."""
    here, turn, step = course
    return lanes.add_product(lanes.add_product(here, weight, turn), frame, step)


@kernel
def process(x, y, start, target, left, clock, end, curve, peak, frames):
    """As `gain.process`, for a gain that may ride."""
    if clock >= 0:
        gain.process(x, y, start, target, clock, end, curve, peak, frames)
        return
    most = lanes.load(peak, 0)
    way, phase = course(start, target, left, 0), clock & PHASE
    weights = lanes.offset(curve, glide.passed(clock) + 1)
    for n in range(frames):
        v = lanes.load(x, n) * value(way, lanes.scalar(weights, n), np.float32(phase + n + 1))
        most = lanes.maximum(lanes.absolute(v), most)
        lanes.store(y, n, v)
    lanes.store(peak, 0, most)


@kernel
def scale(x, start, target, left, clock, end, curve, frames):
    """As `gain.scale`, for a gain that may ride."""
    if clock >= 0:
        gain.scale(x, start, target, clock, end, curve, frames)
        return
    way, phase = course(start, target, left, 0), clock & PHASE
    weights = lanes.offset(curve, glide.passed(clock) + 1)
    for n in range(frames):
        lanes.store(x, n, lanes.load(x, n) * value(way, lanes.scalar(weights, n), np.float32(phase + n + 1)))
