"""How one desk gives way to another: a recall is heard whole, without a burst and without a click.

    the desk as it was   ═════════════════════════╗ heard
                            ask        ready       ╳  cross-fade of every output
    the desk to come        ╰· rehearsal ·╯·······╝

Gains that move on two stages at once can be louder on their way than at either end: a send that opens
while the fader behind it closes lets a burst through that neither scene has.  So a recall moves nothing.
It sets a second desk, which has to hear again what has come in of late (see `rehearsal`), and cross-fades
the outputs.

Whatever is set meanwhile waits until the cross-fade is over; the newest wins.  Only what makes the desks
quieter doesn't wait: see `hush`.
"""

import numpy as np

from dsp.effects import coming
from dsp.engine import hush, rehearsal, targets
from dsp.engine.layout import INPUT, OUT, OUT_GROUPS
from dsp.engine.memory import (
    ASKED,
    FRAME,
    FRESH,
    MIDDLE,
    READY,
    RECALLED,
    REHEARSAL,
    REHEARSED,
    STAMPED,
    STAMPS,
    TARGET_FLOATS,
)
from dsp.native import atomic, lanes
from dsp.native.kernel import kernel
from dsp.processors import gain
from dsp.processors.glide import SUB_BLOCK

ONE_ROW = np.int64(1)

STILL, REHEARSING, CROSSING = range(3)
"""How far a change is."""
NOT_READY = -1
"""Of `hold_off`: nobody knows yet."""

CATCH_UP = 2
"""Sub-blocks that the desk to come hears again for one that is heard, until it is up to now."""


@kernel
def newest(shared):
    """Take the newest targets, if they are newer than the last: all of them, or none; then what makes quieter."""
    # While a desk is made of it, the slot stays as it is.
    if shared.changing == STILL and atomic.load(shared.words, MIDDLE) & FRESH:
        shared.slot = atomic.exchange(shared.words, MIDDLE, shared.slot) & 3
        take(shared, shared.slots[shared.slot])
    if hush.receive(shared, shared.changing == STILL):
        hush.obey(shared, shared.desks[shared.heard])
        if shared.changing == CROSSING or shared.hold_off > 0:
            hush.obey(shared, shared.desks[1 - shared.heard])


@kernel
def take(shared, new):
    """Set out for new targets, or for another desk."""
    desk = shared.desks[shared.heard]
    if shared.begun and new.recalls != atomic.load(shared.words, RECALLED):
        targets.outputs(desk, new)
        desk.since = 0
        ask(shared, new)
        return
    targets.take(desk, new)
    # The first targets of a stream hold from its first frame; only the outputs fade in.
    if shared.begun == 0:
        targets.settle(desk)
    targets.outputs(desk, new)
    targets.look(desk)
    desk.recalls = new.recalls
    shared.begun = 1
    stamp(shared, new)


@kernel
def stamp(shared, new):
    """Note the frame at which these targets take effect."""
    atomic.store(shared.words, RECALLED, new.recalls)
    count = atomic.load(shared.words, STAMPED)
    shared.stamp_serial[count % STAMPS] = new.serial
    shared.stamp_frame[count % STAMPS] = shared.before + atomic.load(shared.words, FRAME)
    atomic.store(shared.words, STAMPED, count + 1)


@kernel
def ask(shared, new):
    """Have the other desk rehearse; where no thread does that, there is time for it."""
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    # What is heard may be pulled down meanwhile: the rehearsal begins with what it is set to now.
    targets.copy(lanes.at(desk.target.output, 0), lanes.at(other.target.output, 0), TARGET_FLOATS)
    other.recalls = new.recalls
    shared.changing, shared.hold_off = REHEARSING, NOT_READY
    row = rehearsal.stamp(shared)
    row.serial, row.asked = new.serial, shared.before + desk.frame
    atomic.store(shared.words, REHEARSAL, ASKED)
    if shared.threaded == 0:
        rehearsal.rehearse(shared)


@kernel
def advance(shared):
    """Let one sub-block of a change begin."""
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    if shared.changing == REHEARSING:
        if atomic.load(shared.words, REHEARSAL) == READY:
            is_quiet = quiet(shared, other)
            if caught_up(shared, other, desk.frame) and is_quiet:
                shared.changing, shared.changed = CROSSING, 0
                stamp(shared, shared.slots[shared.slot])
    elif shared.changing == CROSSING:
        shared.changed += SUB_BLOCK
        if shared.changed >= desk.glide_length:
            keep_outputs(desk, other)
            coming.take_over(shared.rack)
            shared.heard, shared.changing = 1 - shared.heard, STILL


@kernel
def quiet(shared, other):
    """Whether what was pulled down during the rehearsal is down on the desk that is ready, before it is heard."""
    if shared.hold_off == NOT_READY:
        shared.hold_off = other.glide_length if hush.obey(shared, other) else 0
        rehearsal.stamp(shared).seen = shared.before + shared.desks[shared.heard].frame
        atomic.store(shared.words, REHEARSED, atomic.load(shared.words, REHEARSED) + 1)
    elif shared.hold_off > 0:
        shared.hold_off -= SUB_BLOCK
    return shared.hold_off == 0


@kernel
def caught_up(shared, other, now):
    """Let the other desk hear a little of what has come in since it was ready; whether it is up to now."""
    for _ in range(CATCH_UP):
        if other.frame < now:
            rehearsal.hear_again(shared, other)
    return other.frame == now


@kernel
def keep_outputs(desk, other):
    """Let the gains of the device's outputs go on where they are."""
    for group in range(OUT_GROUPS):
        gain.copy(lanes.at(desk.start.output, group), lanes.at(other.start.output, group), ONE_ROW)
        gain.copy(lanes.at(desk.target.output, group), lanes.at(other.target.output, group), ONE_ROW)
        other.clock.output[group] = desk.clock.output[group]
    other.since = min(desk.since, other.since)


@kernel
def cross(shared, phase, frames):
    """Go from what this desk gives to the outputs to what the other one does."""
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    faded = shared.changed + phase + 1
    for group in range(OUT_GROUPS):
        if group * lanes.WIDTH < desk.outputs:
            x, y = lanes.at2(desk.planes, OUT + group, INPUT), lanes.at2(other.planes, OUT + group, INPUT)
            for n in range(frames):
                here = lanes.load(x, n)
                weight = lanes.scalar(lanes.at(desk.curve, 0), faded + n)
                lanes.store(x, n, here + weight * (lanes.load(y, n) - here))
