"""How a desk that is to be recalled gets ready: it hears again what has come in of late.

    inputs ═══════════════▶ ring of the last seconds              on the audio thread
    states ─▶ ─▶ ─▶ ─▶ ─▶ snapshots of the desk that is heard
                 │
                 ╰─ set to the recalled scene ─▶ hears all that has come in since, as fast as it can
                                                                  on a thread beside it
Filters, dynamics, automatic mix and delay lines find their level in what the musicians have really
played, and nobody waits for it.  It begins as the desk that is heard was then, so that what a recall
does not alter is the same on both, bit by bit; but not behind a delay that was switched on in the last three
seconds as the first of its sixteen: that line begins with silence, as in an altered lane.  On a machine that lets
it wait for too long, new sound comes into what it has still to hear: the recall is heard all the same, and its
stamp says that it was torn.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.effects import coming
from dsp.engine import changed_lanes, flow, targets
from dsp.engine.layout import GROUPS, PLANES
from dsp.engine.memory import (
    ASKED,
    EVERY,
    FRAME,
    PAST,
    PLAYERS,
    READY,
    RECALL_STAMPS,
    REHEARSAL,
    REHEARSED,
    SETTLING_MS,
    SNAPSHOTS,
    STATE_FIRST,
    STATE_FLOATS,
    UNSEEN,
)
from dsp.native import atomic, lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ONE
from dsp.native.made import in_turn
from dsp.processors import gain, registry
from dsp.processors.glide import SUB_BLOCK

HASTE = 9.0
"""Octaves by which time runs faster for dynamics at first: a gate may shut as slowly as in four seconds."""

HOLD_GLIDES = 50
"""How long, in glides of ten milliseconds, anything is held at most by dynamics that begin anew."""
AS_LONG_AS_SET = np.float32(1e9)

LONGEST = PAST - 2 * EVERY
"""Frames that can be heard again at any rate."""
MEANWHILE = np.int64(2 * EVERY)
"""Frames of what is kept that are not heard again: what comes in meanwhile must not overwrite these."""

SPARE = np.int64(EVERY // 4)
"""Frames before what is still to be heard again that must be free of new sound: the longest block, and more."""

ALL_ROWS = np.int64(int(GROUPS) * int(PLANES) * SUB_BLOCK)


def length(draft: npt.NDArray[Any], rate: float) -> tuple[int, int]:
    """Frames that a desk has to hear again: until all has come through what is late in a draft, and then."""
    return sum(each.late(draft) for each in registry.STAGES if each.late), int(SETTLING_MS * rate / 1000)


# --- what is kept for it, on the audio thread -------------------------------------------------------


@kernel
def keep(shared, device_in, returned, frame, frames):
    """Keep what comes in, and what the effects give back."""
    inputs = shared.desks[0].inputs
    here = past(shared, frame)
    for i in range(frames * inputs):
        lanes.put(here, i, lanes.scalar(device_in, i))
    gain.copy(returned, past_returned(shared, frame), frames)


@kernel
def past(shared, frame):
    """What came in at a frame, and after it until the end of its sub-block."""
    return lanes.offset(lanes.at(shared.past, 0), frame % shared.kept * shared.desks[0].inputs)


@kernel
def past_returned(shared, frame):
    """What the effects gave back at a frame, and after it until the end of its sub-block."""
    return lanes.at2(shared.past_returned, frame % shared.kept, 0)


@kernel
def remember(shared, desk):
    """Now and then keep all that a desk remembers, as it is at the beginning of a sub-block."""
    if desk.frame % EVERY == 0:
        targets.copy(state(desk), lanes.at(shared.snapshots, desk.frame // EVERY % SNAPSHOTS), STATE_FLOATS)


@kernel
def state(desk):
    """Pointer to all that a desk remembers of what it has heard, but for its delay lines."""
    return lanes.offset(lanes.at(desk.curve, 0), STATE_FIRST)


# --- the rehearsal, on a thread beside --------------------------------------------------------------


@kernel
def rehearse(shared):
    """Get the other desk ready, if that has been asked for.

    Until it is, the other desk, what it is to be set to and the snapshots belong to this thread.  What the other
    desk is set to at first is what the one that is heard was set to when it was asked for.
    """
    if atomic.load(shared.words, REHEARSAL) != ASKED:
        return
    begin(shared, atomic.load(shared.words, FRAME))
    other = shared.desks[1 - shared.heard]
    while other.frame + SUB_BLOCK <= atomic.load(shared.words, FRAME):
        hear_again(shared, other)
    end(shared)


@kernel
def begin(shared, now):
    """Set the other desk to what is recalled, and let it hear again what has come in up to now."""
    stamp(shared).now = shared.before + now
    stamp(shared).torn = 0
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    new = shared.slots[shared.slot]
    first = max(now - min(new.rehearsal[0] + new.rehearsal[1], shared.kept - MEANWHILE), 0) // EVERY * EVERY
    targets.copy(lanes.at(shared.snapshots, first // EVERY % SNAPSHOTS), state(other), STATE_FLOATS)
    become(shared, other, new)
    inherit_stages(desk, other, first, now + EVERY)
    look_behind(shared, now, np.int64(EVERY))
    other.frame = first
    hear_hastily(shared, other, min(first + new.rehearsal[0], now), now)


@kernel
def go_on(shared, until):
    """Let the other desk hear what has come in since, up to a frame at most: for who plays a show again."""
    other = shared.desks[1 - shared.heard]
    while other.frame + SUB_BLOCK <= min(until, atomic.load(shared.words, FRAME)):
        hear_again(shared, other)


@kernel
def end(shared):
    """Be ready to be heard, in the process that plays."""
    other, new = shared.desks[1 - shared.heard], shared.slots[shared.slot]
    coming.hand_over(shared.rack, new)
    for which in range(PLAYERS):
        other.set.ring[which] = new.ring[which]
    changed_lanes.hasten(other, ONE, AS_LONG_AS_SET)
    stamp(shared).ready = shared.before + other.frame
    atomic.store(shared.words, REHEARSAL, READY)


@kernel
def look_behind(shared, frame, kept):
    """Note when what is kept for so many frames from this one on may have been overwritten."""
    if atomic.load(shared.words, FRAME) - frame > kept - SPARE:
        stamp(shared).torn = 1


@kernel
def stamp(shared):
    """Where the frames of this recall are noted; `REHEARSED` counts those that are complete."""
    return shared.recall_stamps[atomic.load(shared.words, REHEARSED) % RECALL_STAMPS]


@kernel
def hear_hastily(shared, desk, arrived, now):
    """Hear again what came in, while time runs faster for what begins anew.

    From frame `arrived` on, when the longest delay has let it through, time slows down to its own pace, which
    it has three quarters of the rest.
    """
    slowing = max((now - arrived) // 4, 1)
    while desk.frame + SUB_BLOCK <= arrived + slowing and desk.frame + SUB_BLOCK <= now:
        left = min((arrived + slowing - desk.frame) / slowing, 1.0)
        changed_lanes.hasten(desk, np.float32(2.0 ** (HASTE * left)), longest_hold(desk))
        hear_again(shared, desk)
    changed_lanes.hasten(desk, ONE, longest_hold(desk))


@kernel
def longest_hold(desk):
    """Frames that anything is held meanwhile: what was held for two seconds would not let go before it is heard."""
    return np.float32(HOLD_GLIDES * desk.glide_length)


@in_turn(*(each.settle for each in registry.STAGES))
def settle_stages(desk):
    """Let all stages be at once what a desk is set to."""


@in_turn(*(each.inherit for each in registry.STAGES))
def inherit_stages(desk, other, begin, until):
    """Let what stages keep in lines begin with what went in there before."""


@kernel
def become(shared, desk, new):
    """Set a desk that is set as the one that is heard to new targets, from which nothing glides."""
    coming.share(shared.rack)
    changed_lanes.find(desk, desk.target, new, shared.rack)
    changed_lanes.renew_effects(desk, new, shared.rack, shared.rate)
    targets.settle(desk)
    targets.take(desk, new)
    targets.settle(desk)
    targets.look(desk)
    for which in range(PLAYERS):
        desk.set.ring[which] = new.ring_here[which]
    settle_stages(desk)
    changed_lanes.forget(desk)
    gain.clear(lanes.at(desk.planes, 0), ALL_ROWS)


@kernel
def hear_again(shared, desk):
    """Let a desk hear a sub-block of what came in, unheard itself."""
    remember(shared, desk)
    targets.turn(desk, shared.slots[shared.slot], False)
    effects, page = shared.rack, shared.pages[UNSEEN]
    # Whoever hears again after this desk hears what came back to it, not what did to the one before it.
    coming.merge(effects, past_returned(shared, desk.frame))
    flow.process(
        desk, page, past(shared, desk.frame), lanes.at2(effects.other_returned, 0, 0), np.int64(0), np.int64(SUB_BLOCK)
    )
    flow.feed(desk, lanes.at2(effects.other_send, 0, 0), np.int64(0), np.int64(SUB_BLOCK))
    coming.process(effects, page, lanes.at(desk.curve, 0), desk.glide_length, shared.rate)
    look_behind(shared, desk.frame, shared.kept)
    desk.frame += SUB_BLOCK
