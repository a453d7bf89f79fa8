"""Signals kept for whoever measures or records them beside the audio thread: up to sixteen, side by side.

    planes ─▶ place of each tap ─▶ ring of the last second ═══▶ read by another thread, a tenth of a second later

A tap that nobody wants costs nothing, and its column of the ring is whatever it was.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.processors.processor import Field, Place, Stage

GROUPS = 2
"""Groups of signals that are recorded beside the inputs."""
RING = 65_536
"""Frames that are kept: more than half a second at 96 kHz."""
LONG_RING = 131_072
"""The same for signals that are recorded, by threads that may be late: more than a second at 96 kHz."""
NOTHING = -1
"""In place of a place: nobody wants this tap."""


@kernel
def keep(planes, places, ring, rows, position, frames):
    """Write `frames` frames of each signal that is wanted into its column of a ring of `rows`, from `position` on."""
    mask = rows - 1
    for tap in range(lanes.WIDTH):
        place = places[tap]
        if place >= 0:
            signal, column = lanes.offset(planes, place), lanes.offset(ring, tap)
            for n in range(frames):
                x = lanes.scalar(signal, n * lanes.WIDTH)
                lanes.put(column, ((position + n) & mask) * lanes.WIDTH, x)


@kernel
def give(ring, rows, position, signals, count, width, frames):
    """Write what was kept of the first `count` taps from `position` on into `frames` rows of `width` signals."""
    mask = rows - 1
    for n in range(frames):
        row, given = lanes.offset(ring, ((position + n) & mask) * lanes.WIDTH), lanes.offset(signals, n * width)
        for tap in range(count):
            lanes.put(given, tap, lanes.scalar(row, tap))


@kernel
def cross(planes, places, end, ring, rows, position, curve, frames):
    """Go from what `keep` has just written to the same signals of another desk, along a curve.

    Signals at `end` and behind it have crossed over before.
    """
    mask = rows - 1
    for tap in range(lanes.WIDTH):
        place = places[tap]
        if 0 <= place < end:
            signal, column = lanes.offset(planes, place), lanes.offset(ring, tap)
            for n in range(frames):
                at = ((position + n) & mask) * lanes.WIDTH
                x, y = lanes.scalar(column, at), lanes.scalar(signal, n * lanes.WIDTH)
                lanes.put(column, at, x + lanes.scalar(curve, n) * (y - x))


STAGE = Stage(
    fields=(
        Field("tapped", Place.WISH, np.int32, (lanes.WIDTH,), rest=NOTHING),  # places of what is measured
        Field("taps", Place.RING, np.float32, (RING, lanes.WIDTH)),
        Field("printed", Place.WISH, np.int32, (GROUPS, lanes.WIDTH), rest=NOTHING),  # places of what is recorded
        Field("prints", Place.RING, np.float32, (GROUPS, LONG_RING, lanes.WIDTH), is_late=True),
        Field("print_rows", Place.WISH, np.int64, rest=LONG_RING),  # so many of them are in use, a power of two
    )
)
