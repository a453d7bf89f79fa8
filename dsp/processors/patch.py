"""Patching: which signal each lane takes, and the guard at the door.

    device input ─▶ guard ─▶ lanes ═══ any lane of the console ═══▶ gather ─▶ lanes

All signals of the console lie in one array of planes, sixteen lanes to a frame, so a patch is a
list of places.  A change of patch cross-fades.  A sample that is not a sane number (NaN, infinity,
beyond +80 dBFS) becomes silence at the door, for one poisoned filter state would silence a bus for
ever.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import alike

DEVICE_CHANNELS = 64
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
def take_in(device, channels, first, x, frames):
    """Guard sixteen interleaved inputs, from channel `first` on, into `frames` rows of `x`."""
    count = min(channels - first, lanes.WIDTH)
    for n in range(frames):
        row = lanes.offset(device, n * channels + first)
        if count == lanes.WIDTH:
            lanes.store(x, n, guard_lanes(lanes.load(row, 0)))
        else:
            for c in range(count):
                lanes.put(x, n * lanes.WIDTH + c, guard(lanes.scalar(row, c)))


@kernel
def bring_back(x, y, frames):
    """Guard `frames` rows of `x`, which come back as a source, into `y`."""
    for n in range(frames):
        lanes.store(y, n, guard_lanes(lanes.load(x, n)))


@inline
def moved(one, other):
    """1 in the lanes where sixteen places differ."""
    apart = lanes.absolute(lanes.from_index(one) - lanes.from_index(other))
    return lanes.minimum(apart, lanes.fill(ONE))


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
def accept_all(start, target, new, clocks, count, end):
    """Take `count` new patches that lie side by side, each with a clock (pointer to int32); see `accept`."""
    for i in range(count):
        moved = accept(
            lanes.row_of(start, i), lanes.row_of(target, i), lanes.row_of(new, i), lanes.scalar(clocks, i), end
        )
        lanes.put(clocks, i, np.int32(moved))


@kernel
def settle(new, start, target):
    """Be at a patch at once."""
    for lane in range(lanes.WIDTH):
        lanes.put(start, lane, lanes.scalar(new, lane))
        lanes.put(target, lane, lanes.scalar(new, lane))


@kernel
def process(planes, x, start, target, clock, end, curve, frames):
    """Gather `frames` rows of `x` from the planes.

    `start` and `target` (pointer to int32) are the places of each lane's signal in the first frame.
    """
    if clock < end:
        for n in range(frames):
            row = lanes.offset(planes, n * lanes.WIDTH)
            old = lanes.gather(row, start)
            new = lanes.gather(row, target)
            lanes.store(x, n, old + lanes.scalar(curve, clock + n + 1) * (new - old))
    elif lanes.is_straight(target):
        straight = lanes.offset(planes, lanes.scalar(target, 0))
        for n in range(frames):
            lanes.store(x, n, lanes.load(straight, n))
    else:
        collect(planes, x, target, alike.ALL, x, frames)


@kernel
def collect(planes, x, index, wanted, y, frames):
    """Gather `frames` rows of `y` from the places `index` in lanes of the bits `wanted`; in others it is `x`."""
    if lanes.picks():
        pick_all(planes, x, index, wanted, y, frames)
        return
    (a, b, c, d), who, others = alike.few(index, wanted)
    if others:
        mine = lanes.mask(wanted)
        for n in range(frames):
            there = lanes.gather(lanes.offset(planes, n * lanes.WIDTH), index)
            lanes.store(y, n, lanes.select(mine, there, lanes.load(x, n)))
    else:
        for n in range(frames):
            row = lanes.offset(planes, n * lanes.WIDTH)
            values = (lanes.scalar(row, a), lanes.scalar(row, b), lanes.scalar(row, c), lanes.scalar(row, d))
            lanes.store(y, n, alike.choose(who, values, lanes.load(x, n)))


@inline
def pick_all(planes, x, index, wanted, y, frames):
    """As `collect`, from two rows of sixteen signals at a time, however their lanes are chosen: mostly once will do."""
    left, done = wanted, False
    while left or not done:
        a, one, left = alike.those_like_the_first(index, left, alike.IN_ROW)
        b, two, left = alike.those_like_the_first(index, left, alike.IN_ROW)
        pick_two(
            lanes.offset(planes, a), lanes.offset(planes, b), lanes.mask(one), lanes.mask(two), index, x, y, frames
        )
        x, done = y, True


@inline
def pick_two(a, b, one, two, index, x, y, frames):
    """Pick `frames` rows of `y` from those at `a` in the lanes of one mask, at `b` in those of two; else it is `x`."""
    for n in range(frames):
        v = lanes.select(one, lanes.pick(a, n, index), lanes.load(x, n))
        lanes.store(y, n, lanes.select(two, lanes.pick(b, n, index), v))


@inline
def all_are(index, number):
    """Whether sixteen places, or delays, are all `number`."""
    return lanes.having(index, number, alike.EXACTLY) == alike.ALL


@kernel
def choose_key(planes, x, own, index, key, frames):
    """Gather `frames` rows of `key`: `x` in the lanes where `own` is 1, else the place `index`."""
    collect(planes, x, index, lanes.bits(lanes.load(own, 0) < ONE), key, frames)


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
