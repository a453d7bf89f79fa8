"""Playback: a recording in place of inputs of the device, or beside them.

    disk ─▶ thread on the control side ─▶ rows from frame FIRST up to HEAD ═ ring ═▶ row of this frame ─▶ planes

Each row belongs to a frame of the stream, so a desk that is to be recalled hears again just what was heard.
Fades between two places of a recording are in the rows already.  A frame without a row is silence; there is a
ramp to it, for the disk may be late.
"""

import numpy as np

from dsp.engine.layout import INPUT, RAW, TAPE, TRACK
from dsp.engine.memory import PLAY_FIRST, PLAY_HEAD
from dsp.native import atomic, calls, lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import glide, patch

RING = 1 << 18
"""Rows: all that a recalled desk may hear again, and more than half a second ahead at 96 kHz."""
MASK = np.int64(RING - 1)

TRACKS, TAPES = np.int64(0), np.int64(1)
"""Which ring: tracks in place of the inputs, or two sides beside them."""
GROUPS = (4, 1)
"""Groups of sixteen lanes in a row of each."""
TRACK_GROUPS, TAPE_GROUPS = map(np.int64, GROUPS)

RAMP = 256
"""Frames from silence to the recording where a row was missing, and back."""
STEP = np.float32(1 / RAMP)


@kernel
def bring(shared, desk, frames):
    """Make the rows of these frames what is heard of them, before any desk hears them."""
    if desk.set.ring[TRACKS] != 0:
        prepare(shared, desk, TRACKS, TRACK_GROUPS, frames)
    if desk.set.ring[TAPES] != 0:
        prepare(shared, desk, TAPES, TAPE_GROUPS, frames)


@kernel
def prepare(shared, desk, which, groups, frames):
    """Silence rows that nobody has written, with a ramp."""
    row, frame = rows(desk, which, groups), desk.frame
    first = atomic.load(shared.words, PLAY_FIRST + which)
    head = atomic.load(shared.words, PLAY_HEAD + which)
    weight = shared.play_weight[which]
    if weight == ONE and first <= frame and frame + frames + RAMP <= head:
        return
    for n in range(frames):
        left = head - frame - n
        weight = min(weight + STEP, np.float32(min(left, RAMP)) * STEP)
        if left <= 0 or frame + n < first:
            weight = ZERO
        for group in range(groups):
            at = n * groups + group
            faded = lanes.fill(weight) * patch.guard_lanes(lanes.load(row, at))
            lanes.store(row, at, lanes.select(lanes.fill(weight) > lanes.fill(ZERO), faded, lanes.fill(ZERO)))
    shared.play_weight[which] = weight


@inline
def rows(desk, which, groups):
    """Rows of the desk's next frames, up to the end of its sub-block."""
    return lanes.offset(calls.floats(desk.set.ring[which]), (desk.frame & MASK) * groups * lanes.WIDTH)


@kernel
def take_tracks(desk, group, phase, frames):
    """Take sixteen tracks as sources, and in place of the inputs that are swapped."""
    row = rows(desk, TRACKS, TRACK_GROUPS)
    x, played = lanes.at2(desk.planes, RAW + group, INPUT), lanes.at2(desk.planes, RAW + group, TRACK)
    start, target = lanes.at(desk.start.swap, group), lanes.at(desk.target.swap, group)
    clock, weight = desk.clock.swap[group] + phase, lanes.load(target, 0)
    one, none = lanes.fill(ONE), lanes.fill(ZERO)
    for n in range(frames):
        u, v = patch.guard_lanes(lanes.load(row, n * TRACK_GROUPS + group)), lanes.load(x, n)
        if clock < desk.glide_length:
            weight = glide.value(start, target, 0, lanes.scalar(lanes.at(desk.curve, 0), clock + n + 1))
        mixed = v * (one - weight) + u * weight
        lanes.store(x, n, lanes.select(weight > none, lanes.select(weight < one, mixed, u), v))
        lanes.store(played, n, u)


@kernel
def take_tape(desk, frames):
    """Take the two sides of the stereo player as sources."""
    row, there = rows(desk, TAPES, TAPE_GROUPS), lanes.at2(desk.planes, RAW, TAPE)
    for n in range(frames):
        lanes.store(there, n, patch.guard_lanes(lanes.load(row, n)))
