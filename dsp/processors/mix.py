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

from dsp.native import lanes, made
from dsp.native.kernel import Kernel, inline, kernel
from dsp.native.lanes import ZERO
from dsp.processors import glide, ride

TILE = 8
"""Frames summed at a time; frames past the end of a block are computed and never read."""
HALF_TILE = 2 * TILE
"""Of half a row there is room for twice as many."""

WHOLE, HALVES = 0, 1
LISTS = 3
"""Rows in use, and those of them that are heard in the first half of the destinations, and in the second."""


@kernel
def in_use(target, clock, rows, end, used, counts):
    """List the rows that are heard or on their way.

    `used` (pointer to int32) has room for `rows` in each of the LISTS, `counts` (pointer to int64) tells how many
    there are.
    """
    for which in range(LISTS):
        lanes.put(counts, which, np.int64(0))
    for row in range(rows):
        moves = lanes.scalar(clock, row) < end
        if moves or lanes.differ(lanes.load(target, row), ZERO):
            note(used, counts, WHOLE, row, rows)
            for i in range(2):
                if moves or lanes.differ(lanes.load(lanes.half(target, i), row), ZERO):
                    note(used, counts, HALVES + i, row, rows)


@inline
def note(used, counts, which, row, rows):
    """Put a row at the end of one of the lists."""
    count = lanes.scalar(counts, which)
    lanes.put(used, which * rows + count, np.int32(row))
    lanes.put(counts, which, count + 1)


@kernel
def process(sources, places, out, start, target, left, clock, used, counts, rows, phase, end, curve, frames):
    """Sum the rows in use into `frames` rows of `out`.

    Parameters
    ----------
    sources : pointer to float32
        All signals; the one of a row is at `places[row]`, and steps sixteen floats a frame.
    places, clock : pointer to int32
    out : pointer to float32, rows of sixteen destinations
        Written up to the next multiple of HALF_TILE frames.
    start, target, left : pointer to float32, one row of sixteen destinations for each source
    used, counts, rows : as in `in_use`
    phase : int
        Frames since the sub-block began: clocks stand still within it.
    """
    whole, halves = lanes.scalar(counts, WHOLE), lanes.scalar(counts, HALVES) + lanes.scalar(counts, HALVES + 1)
    if any_rides(clock, used, whole):
        for i in range(lanes.sides()):
            which = WHOLE if lanes.sides() == 1 else HALVES + i
            _sum_riding_tiles(
                sources, places, lanes.side(out, i), lanes.side(start, i), lanes.side(target, i), lanes.side(left, i),
                clock, lanes.offset(used, which * rows), lanes.scalar(counts, which), phase, end, curve, frames,
            )  # fmt: skip
    elif lanes.sides() == 2:
        for i in range(2):
            _sum_tiles(
                sources, places, lanes.side(out, i), lanes.side(start, i), lanes.side(target, i), lanes.side(left, i),
                clock, lanes.offset(used, (HALVES + i) * rows), lanes.scalar(counts, HALVES + i),
                phase, end, curve, frames,
            )  # fmt: skip
    elif halves > whole:
        _sum_tiles(sources, places, out, start, target, left, clock, used, whole, phase, end, curve, frames)
    else:
        # Most strips feed half of the buses before their fader, and half after it: two rows, each half empty.
        for i in range(2):
            _sum_long_tiles(
                sources, places, lanes.half(out, i), lanes.half(start, i), lanes.half(target, i), lanes.half(left, i),
                clock, lanes.offset(used, (HALVES + i) * rows), lanes.scalar(counts, HALVES + i),
                phase, end, curve, frames,
            )  # fmt: skip


@inline
def any_rides(clock, used, count):
    """Whether any of `count` rows in `used` rides: only then there has to be room for how that is done."""
    rides = False
    for i in range(count):
        rides = rides or lanes.scalar(clock, lanes.scalar(used, i)) < 0
    return rides


@inline
def _add(total, x, frame, gain):
    """Add one frame of one source: sources step sixteen floats a frame."""
    return lanes.add_product(total, lanes.scalar(x, frame * lanes.WIDTH), gain)


def _summing(tile: int, rides: bool = False) -> Kernel:
    """Make a kernel that sums rows, or halves of them, `tile` frames at a time; rows ride only where one `rides`."""

    def frames_of(taken: str, frame: str) -> Kernel:
        return made.rows(taken, frame, tile, {"_add": _add, "lanes": lanes, "ride": ride, "glide": glide, "np": np})

    silence = frames_of("out", "lanes.like(out, lanes.ZERO)")
    still = frames_of("sums, x, gain", "_add(sums[{row}], x, {row}, gain)")
    gliding = frames_of(
        "sums, x, here, turn, w", "_add(sums[{row}], x, {row}, lanes.add_product(here, lanes.scalar(w, {row}), turn))"
    )
    riding = frames_of(
        "sums, x, way, w, frame",
        "_add(sums[{row}], x, {row}, ride.value(way, lanes.scalar(w, {row}), frame + np.float32({row})))",
    )
    give = frames_of("out, n, sums", "lanes.store(out, n + {row}, sums[{row}])")

    @inline
    def glide_on(sums, x, start, target, left, row, passed, gone, curve):
        """Add a row on its glide, `gone` frames after the sub-block began."""
        here = lanes.load(start, row)
        return gliding(sums, x, here, lanes.load(target, row) - here, lanes.offset(curve, passed + gone))

    @inline
    def ride_on(sums, x, start, target, left, row, passed, gone, curve):
        """As `glide_on`, where the row may ride."""
        if passed >= 0:
            return glide_on(sums, x, start, target, left, row, passed, gone, curve)
        way, w = ride.course(start, target, left, row), glide.passed(passed) + gone
        return riding(sums, x, way, lanes.offset(curve, w), np.float32(gone))

    move_on = ride_on if rides else glide_on

    @kernel
    def sum_rows(sources, places, out, start, target, left, clock, used, count, phase, end, curve, frames):
        """As `process`, for `count` rows in `used`; `out`, `start`, `target` and `left` may be halves."""
        for n in range(0, frames, tile):
            sums = silence(out)
            for i in range(count):
                row = lanes.scalar(used, i)
                passed = lanes.scalar(clock, row)
                x = lanes.offset(sources, lanes.scalar(places, row) + n * lanes.WIDTH)
                if passed >= end:
                    sums = still(sums, x, lanes.load(target, row))
                else:
                    sums = move_on(sums, x, start, target, left, row, passed, phase + n + 1, curve)
            give(out, n, sums)

    return sum_rows


_sum_tiles, _sum_long_tiles, _sum_riding_tiles = _summing(TILE), _summing(HALF_TILE), _summing(TILE, rides=True)
