"""Patching: which signal each lane takes, and the guard at the door.

    device input ─▶ guard ─▶ source columns ─▶ gather ─▶ lanes … lanes ─▶ gather ─▶ device output
    bus, one sub-block ago ─▶ guard ─┘

A source frame is one row of `COLUMNS` floats: the device's inputs, then what comes back from the
console, and one column that is always silent.  A change of patch cross-fades.
A sample that is not a sane number (NaN, infinity, beyond ±80 dBFS) becomes silence here, for one
poisoned filter state would silence a bus for ever.
"""

import numpy as np

from dsp import lanes
from dsp.kernel import inline, kernel
from dsp.lanes import ZERO

DEVICE_CHANNELS = 64
COLUMNS = 128
RETURNS = DEVICE_CHANNELS  # first column of the console's own signals
SILENT = COLUMNS - 1  # the column that is never written
SANE = np.float32(1e4)


@inline
def guard(x):
    """`x` if it is a sane number, else 0."""
    return x if abs(x) < SANE else ZERO


@inline
def guard_lanes(x):
    """`x` in the lanes where it is a sane number, 0 elsewhere."""
    return lanes.select(lanes.absolute(x) < SANE, x, lanes.fill(ZERO))


@kernel
def take_in(device, channels, source, frames):
    """Guard `frames` interleaved frames of `channels` inputs into the first columns of `source`."""
    whole = channels // lanes.WIDTH
    for n in range(frames):
        row = lanes.offset(source, n * COLUMNS)
        x = lanes.offset(device, n * channels)
        for i in range(whole):
            lanes.store(row, i, guard_lanes(lanes.load(x, i)))
        for c in range(whole * lanes.WIDTH, channels):
            lanes.put(row, c, guard(lanes.scalar(x, c)))


@kernel
def bring_back(x, source, column, frames):
    """Guard `frames` rows of sixteen lanes into sixteen columns of `source`, the first being `column`."""
    for n in range(frames):
        row = lanes.offset(source, n * COLUMNS + column)
        lanes.store(row, 0, guard_lanes(lanes.load(x, n)))


@kernel
def accept(start, target, new, clock, end):
    """Take a new patch of sixteen lanes (pointers to int32) once the last cross-fade is over.

    Returns the clock: 0 when a cross-fade begins.
    """
    if clock < end:
        return clock
    differs = False
    for lane in range(lanes.WIDTH):
        differs = differs or lanes.scalar(new, lane) != lanes.scalar(target, lane)
    if not differs:
        return clock
    settle(target, target, start)
    settle(new, new, target)
    return 0


@kernel
def settle(new, start, target):
    """Be at a patch at once."""
    for lane in range(lanes.WIDTH):
        lanes.put(start, lane, lanes.scalar(new, lane))
        lanes.put(target, lane, lanes.scalar(new, lane))


@kernel
def process(source, step, x, start, target, clock, end, curve, frames):
    """Gather `frames` rows of `x` from `source`, whose frames are `step` floats apart.

    `start` and `target` (pointer to int32) say where in the first frame each lane's signal is.
    """
    if clock < end:
        for n in range(frames):
            row = lanes.offset(source, n * step)
            old = lanes.gather(row, start)
            new = lanes.gather(row, target)
            lanes.store(x, n, old + lanes.scalar(curve, clock + n + 1) * (new - old))
    elif is_straight(target):
        straight = lanes.offset(source, lanes.scalar(target, 0))
        for n in range(frames):
            lanes.store(x, n, lanes.load(lanes.offset(straight, n * step), 0))
    else:
        for n in range(frames):
            lanes.store(x, n, lanes.gather(lanes.offset(source, n * step), target))


@inline
def is_straight(index):
    """Whether sixteen signals lie side by side: the patch of most desks, and much the fastest."""
    straight = True
    for lane in range(1, lanes.WIDTH):
        straight = straight and lanes.scalar(index, lane) == lanes.scalar(index, 0) + lane
    return straight


@inline
def is_silent(index):
    """Whether nothing is patched to sixteen lanes."""
    silent = True
    for lane in range(lanes.WIDTH):
        silent = silent and lanes.scalar(index, lane) == SILENT
    return silent


@kernel
def choose_key(source, x, own, index, key, frames):
    """Gather `frames` rows of `key`: `x` in the lanes where `own` is 1, else the source column `index`."""
    mine = lanes.load(own, 0) > ZERO
    for n in range(frames):
        other = lanes.gather(lanes.offset(source, n * COLUMNS), index)
        lanes.store(key, n, lanes.select(mine, lanes.load(x, n), other))


@kernel
def give_out(x, device, channels, first, frames):
    """Write `frames` rows of `x` to the interleaved outputs from channel `first` on, as far as there are."""
    count = min(channels - first, lanes.WIDTH)
    for n in range(frames):
        y = lanes.offset(device, n * channels + first)
        row = lanes.offset(x, n * lanes.WIDTH)
        if count == lanes.WIDTH:
            lanes.store(y, 0, lanes.load(row, 0))
        else:
            for c in range(count):
                lanes.put(y, c, lanes.scalar(row, c))
