"""Signals kept for whoever measures them beside the audio thread: up to sixteen, side by side.

    planes ─▶ place of each tap ─▶ ring of the last second ═══▶ read by another thread, a tenth of a second later

A tap that nobody wants costs nothing, and its column of the ring is whatever it was.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import kernel

RING = 65_536
"""Frames that are kept: more than half a second at 96 kHz."""
MASK = np.int64(RING - 1)
NOTHING = -1
"""In place of a place: nobody wants this tap."""


@kernel
def keep(planes, places, ring, position, frames):
    """Write `frames` frames of each signal that is wanted into its column of the ring, from row `position` on."""
    for tap in range(lanes.WIDTH):
        place = places[tap]
        if place >= 0:
            signal, column = lanes.offset(planes, place), lanes.offset(ring, tap)
            for n in range(frames):
                x = lanes.scalar(signal, n * lanes.WIDTH)
                lanes.put(column, ((position + n) & MASK) * lanes.WIDTH, x)
