"""What is muted or pulled down while another desk is on its way: heard at once, and it holds on that desk too.

    mute ─▶ values of each desk that may still be heard ─▶ its levels ─▶ hush ═ exchange ═▶ heard, coming

A change waits for nobody but what makes it quieter: all that is set meanwhile waits until it is over, but levels
of every desk that is heard, or will be before that, come through a mailbox of their own.  Each is marked with the
number of the recall that made its desk.
"""

from dsp.engine import targets
from dsp.engine.memory import FRAME, FRESH, HUSH_MIDDLE, HUSH_STAMPS, HUSHED, HUSHES
from dsp.native import atomic
from dsp.native.kernel import kernel


@kernel
def receive(shared, is_still):
    """Take what came last, true if anything did; where no desk gives way to another, the newest targets say it all."""
    fresh = atomic.load(shared.words, HUSH_MIDDLE) & FRESH
    if fresh:
        shared.hush = atomic.exchange(shared.words, HUSH_MIDDLE, shared.hush) & 3
        shared.hushing = 1
        if not is_still:
            stamp(shared)
    if is_still:
        shared.hushing = 0
    return fresh != 0 and not is_still


@kernel
def stamp(shared):
    """Note the frame from which on this is obeyed."""
    count = atomic.load(shared.words, HUSHED)
    shared.hush_stamps[count % HUSH_STAMPS, 0] = shared.hush_serial[shared.hush]
    shared.hush_stamps[count % HUSH_STAMPS, 1] = shared.before + atomic.load(shared.words, FRAME)
    atomic.store(shared.words, HUSHED, count + 1)


@kernel
def obey(shared, desk):
    """Let a desk set out for its own levels among those that came since this change began; whether there are any."""
    found = False
    if shared.hushing != 0:
        for i in range(HUSHES):
            levels = shared.hushes[shared.hush, i]
            if levels.recalls == desk.recalls:
                targets.levels(desk, levels, shared.alone)
                targets.look(desk)
                found = True
    return found
