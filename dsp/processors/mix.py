"""The mix: every send of every strip is one gain in one matrix, and glides.

    sources (strip × tap)        destinations, sixteen lanes at a time
      ch 1 input    ──▶ g g g … g
      ch 1 pre-EQ   ──▶ g g g … g        out[n] = Σ x[n] · (start + w[n] (target − start))
      …                                            over the rows that are in use
      bus 16 pre    ──▶ g g g … g

Level, pan, fader, DCA, mute and mute group are multiplied on the control side: here a send is a
number.  All gains of one source to one set of destinations glide together, so that a source that
changes its tap fades from one row to the other without a dip; each rides by itself, see `ride`.  Rows are
summed in a fixed order.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ZERO
from dsp.processors import glide, ride

TILE = 8
"""Frames summed at a time; frames past the end of a block are computed and never read."""


@kernel
def in_use(target, clock, rows, end, used):
    """List the rows that are heard or on their way in `used` (pointer to int32); return how many."""
    count = 0
    silent = lanes.fill(ZERO)
    for row in range(rows):
        if lanes.scalar(clock, row) < end or lanes.differ(lanes.load(target, row), silent):
            lanes.put(used, count, np.int32(row))
            count += 1
    return count


@kernel
def process(sources, places, out, start, target, left, clock, used, count, phase, end, curve, frames):
    """Sum the rows in use into `frames` rows of `out`.

    Parameters
    ----------
    sources : pointer to float32
        All signals; the one of a row is at `places[row]`, and steps sixteen floats a frame.
    places, clock, used : pointer to int32
    out : pointer to float32, rows of sixteen destinations
        Written up to the next multiple of TILE frames.
    start, target, left : pointer to float32, one row of sixteen destinations for each source
    phase : int
        Frames since the sub-block began: clocks stand still within it.
    """
    for n in range(0, frames, TILE):
        silent = lanes.fill(ZERO)
        s0, s1, s2, s3, s4, s5, s6, s7 = silent, silent, silent, silent, silent, silent, silent, silent
        for i in range(count):
            row = lanes.scalar(used, i)
            x = lanes.offset(sources, lanes.scalar(places, row) + n * lanes.WIDTH)
            if lanes.scalar(clock, row) >= end:
                gain = lanes.load(target, row)
                s0 = _add(s0, x, 0, gain)
                s1 = _add(s1, x, 1, gain)
                s2 = _add(s2, x, 2, gain)
                s3 = _add(s3, x, 3, gain)
                s4 = _add(s4, x, 4, gain)
                s5 = _add(s5, x, 5, gain)
                s6 = _add(s6, x, 6, gain)
                s7 = _add(s7, x, 7, gain)
            elif lanes.scalar(clock, row) < 0:
                way, frame = ride.course(start, target, left, row), np.float32(phase + n + 1)
                w = lanes.offset(curve, glide.passed(lanes.scalar(clock, row)) + phase + n + 1)
                s0 = _add(s0, x, 0, ride.value(way, lanes.scalar(w, 0), frame + np.float32(0)))
                s1 = _add(s1, x, 1, ride.value(way, lanes.scalar(w, 1), frame + np.float32(1)))
                s2 = _add(s2, x, 2, ride.value(way, lanes.scalar(w, 2), frame + np.float32(2)))
                s3 = _add(s3, x, 3, ride.value(way, lanes.scalar(w, 3), frame + np.float32(3)))
                s4 = _add(s4, x, 4, ride.value(way, lanes.scalar(w, 4), frame + np.float32(4)))
                s5 = _add(s5, x, 5, ride.value(way, lanes.scalar(w, 5), frame + np.float32(5)))
                s6 = _add(s6, x, 6, ride.value(way, lanes.scalar(w, 6), frame + np.float32(6)))
                s7 = _add(s7, x, 7, ride.value(way, lanes.scalar(w, 7), frame + np.float32(7)))
            else:
                w = lanes.offset(curve, lanes.scalar(clock, row) + phase + n + 1)
                s0 = _add(s0, x, 0, glide.value(start, target, row, lanes.scalar(w, 0)))
                s1 = _add(s1, x, 1, glide.value(start, target, row, lanes.scalar(w, 1)))
                s2 = _add(s2, x, 2, glide.value(start, target, row, lanes.scalar(w, 2)))
                s3 = _add(s3, x, 3, glide.value(start, target, row, lanes.scalar(w, 3)))
                s4 = _add(s4, x, 4, glide.value(start, target, row, lanes.scalar(w, 4)))
                s5 = _add(s5, x, 5, glide.value(start, target, row, lanes.scalar(w, 5)))
                s6 = _add(s6, x, 6, glide.value(start, target, row, lanes.scalar(w, 6)))
                s7 = _add(s7, x, 7, glide.value(start, target, row, lanes.scalar(w, 7)))
        lanes.store(out, n + 0, s0)
        lanes.store(out, n + 1, s1)
        lanes.store(out, n + 2, s2)
        lanes.store(out, n + 3, s3)
        lanes.store(out, n + 4, s4)
        lanes.store(out, n + 5, s5)
        lanes.store(out, n + 6, s6)
        lanes.store(out, n + 7, s7)


@inline
def _add(total, x, frame, gain):
    """Add one frame of one source: sources step sixteen floats a frame."""
    return lanes.add_product(total, lanes.scalar(x, frame * lanes.WIDTH), gain)
