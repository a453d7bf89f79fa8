"""Delay lines: whole frames, sixteen lanes side by side, no pitch artefact when they change.

    x ─▶ ring ─┬─▶ old tap ─╲
               └─▶ new tap ──▶ cross-fade ─▶ y

A frame is 7 mm of air at 48 kHz, so fractions do not matter here.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import alike, glide, patch
from dsp.processors.processor import Field, Lines, Place, Stage

LINES = 4
CHANNELS, SENDS, MONITOR = np.int64(0), np.int64(2), np.int64(3)
"""Lines of sixteen lanes: channels 1–32, which are the first strips, main outputs 1–16, and the monitor."""

LONGEST_MS = 500.0
"""What a line can be late."""
SPARE = 8000
"""Frames that a line remembers beyond that, at least."""
RING = 65_536
"""Frames it remembers at most, at 96 kHz."""
AGES = 4
"""How many times that is kept of a line that has been in use, for `inherit`: 2.7 seconds at 48 kHz."""


def design(on: npt.ArrayLike, time_ms: npt.ArrayLike, rate: float) -> npt.NDArray[np.int32]:
    """Frames of delay, 0 where it is off."""
    frames = np.rint(np.asarray(time_ms, np.float64) * rate / 1000)
    return np.where(on, frames, 0).astype(np.int32)


def rows(rate: float) -> int:
    """Frames that a line remembers: the longest delay and `SPARE`, a power of two."""
    return 1 << (int(LONGEST_MS * rate / 1000) + SPARE - 1).bit_length()


def history_rows(rate: float) -> int:
    """Frames that are kept of a line that has been in use."""
    return AGES * rows(rate)


def late(draft: npt.NDArray[Any]) -> int:
    """Frames until what comes in has come through: of a channel, and of an output or the monitor behind it."""
    lines = draft["delay"]
    return int(lines[CHANNELS:SENDS].max()) + int(lines[SENDS:].max())


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
        read(ring, mask, y, position, target, frames)


@kernel
def read(ring, mask, y, position, back, frames):
    """Read `frames` rows of `y` from the ring, `back` frames (pointer to int32) after they were written."""
    (a, b, c, d), who, others = alike.few(back, alike.ALL)
    if others:
        for n in range(frames):
            lanes.store(y, n, lanes.gather_rows(ring, position + n, back, mask))
    else:
        for n in range(frames):
            now = position + n
            rows = (
                lanes.load(ring, (now - a) & mask), lanes.load(ring, (now - b) & mask),
                lanes.load(ring, (now - c) & mask), lanes.load(ring, (now - d) & mask),
            )  # fmt: skip
            lanes.store(y, n, alike.choose(who, rows, lanes.load(y, n)))


# --- on the desk ------------------------------------------------------------------------------------


@kernel
def process_desk(desk, x, which, phase, frames):
    """One of the lines, in place; it always remembers, so that switching it on finds what was.

    It does in its ring, until its history goes as far back; from then on in its history, which is read instead: two
    copies of everything would be one too many.
    """
    on, is_long = desk.live.delay[which] != 0, desk.delay_is_long[which] != 0
    if desk.forgets and not on:
        return
    ring, mask = lanes.at(desk.delay_ring, which), desk.delay_ring_mask
    if is_long:
        ring, mask = lanes.at(desk.delay_history, which), desk.delay_history_mask
    else:
        remember(x, ring, mask, desk.frame, frames)
    if on or is_long:
        keep(desk, x, which, frames)
    if on:
        process(
            ring, mask, x, desk.frame, lanes.at(desk.start.delay, which), lanes.at(desk.target.delay, which),
            desk.clock.delay[which] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
        )  # fmt: skip


@kernel
def keep(desk, x, which, frames):
    """Go on with the history of a line that is or was in use; after a gap it begins anew."""
    if desk.delay_kept_to[which] != desk.frame:
        desk.delay_kept_from[which] = desk.frame
    remember(x, lanes.at(desk.delay_history, which), desk.delay_history_mask, desk.frame, frames)
    desk.delay_kept_to[which] = desk.frame + frames
    if desk.delay_kept_to[which] - desk.delay_kept_from[which] > desk.delay_ring_mask:
        desk.delay_is_long[which] = 1


@kernel
def find_live(desk):
    """See which lines have anything to do."""
    for which in range(LINES):
        idle = patch.all_are(lanes.at(desk.target.delay, which), 0)
        desk.live.delay[which] = np.int32(desk.clock.delay[which] < desk.glide_length or not idle)


@kernel
def alter(desk, target, new):
    """Mark the lanes of channels that are delayed otherwise."""
    for which in range(CHANNELS, SENDS):
        apart = patch.moved(lanes.at(target.delay, which), lanes.at(new.delay, which))
        glide.mark(lanes.at(desk.altered, which), apart)


@kernel
def inherit(desk, other, begin, until):
    """Let the lines of a desk to come begin with what went into those of the heard one before; see `inherit_line`."""
    for which in range(LINES):
        inherit_line(desk, other, which, begin, until)


@kernel
def inherit_line(desk, other, which, begin, until):
    """Let a line begin with what went into it before; in altered lanes, with silence.

    What went in while no delay of its sixteen was on, or too long before `until`, has been forgotten: silence, too.
    """
    oldest = max(desk.delay_kept_from[which], until - desk.delay_history_mask - 1)
    longest = np.int64(0)
    for lane in range(lanes.WIDTH):
        longest = max(longest, np.int64(other.target.delay[which, lane]))
    kept = lanes.fill(ONE)
    if which < SENDS:
        kept = kept - lanes.load(lanes.at(other.altered, which), 0)
    for frame in range(begin - longest, begin):
        x = lanes.fill(ZERO)
        if oldest <= frame < desk.delay_kept_to[which]:
            x = kept * lanes.load(lanes.at(desk.delay_history, which), frame & desk.delay_history_mask)
        lanes.store(lanes.at(other.delay_ring, which), frame & other.delay_ring_mask, x)
        lanes.store(lanes.at(other.delay_history, which), frame & other.delay_history_mask, x)
    other.delay_kept_from[which], other.delay_kept_to[which] = begin - longest, begin


STAGE = Stage(
    fields=(
        Field("delay", Place.CROSSFADED, np.int32, (LINES, lanes.WIDTH)),
        Field("delay_kept_from", Place.DESK, np.int64, (LINES,)),  # of each line the frames in its history: from here
        Field("delay_kept_to", Place.DESK, np.int64, (LINES,)),  # up to here, without a gap
        Field("delay_is_long", Place.DESK, np.int64, (LINES,)),  # whether its history has replaced its ring
    ),
    lines=(
        Lines("delay_ring", LINES, RING, rows),
        Lines("delay_history", LINES, AGES * RING, history_rows, waits_for="delay"),
    ),
    find_live=find_live,
    alter=alter,
    inherit=inherit,
    late=late,
    longest_ms=LONGEST_MS,
    rings_out=AGES * RING,  # who stops remembering has only silence left, in the ring and in the history
    words="delay",
    leaf="delay/on",
    hardest=(
        (r"(ch|outputs)/.*/delay/on|config/solo/delay", 1),
        (r".*/delay/time", (7.0, 20.0, 100.0)),
    ),
)
