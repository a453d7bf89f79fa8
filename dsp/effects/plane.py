"""A sub-block behind what was before it: sixteen frames at a time, as far back as `before` frames.

    ┌─────── before ───────┬───── sub-block ─────┐
    │ what was, moved here │ 16 │ 16 │ 16 │ 16   │

What is fed back needs a ring, see `line`; whatever only looks back reads here, without wrapping.
"""

from dsp.effects.memory import FRAMES
from dsp.native import lanes
from dsp.native.kernel import kernel, part

GROUPS = FRAMES // lanes.WIDTH


@part
def move_on(plane, before):
    """Bring the newest frames of a plane to its front."""
    for group in range(before // lanes.WIDTH):
        lanes.store(plane, group, lanes.load(plane, GROUPS + group))


@part
def at(plane, before, group, back):
    """Sixteen frames, `back` frames earlier than those of the group."""
    return lanes.load(lanes.offset(plane, before + lanes.WIDTH * group - back), 0)


@part
def put(plane, before, group, x):
    """Let `x` be the sixteen frames of the group."""
    lanes.store(lanes.offset(plane, before), group, x)


@kernel
def remember(plane, before, x):
    """Put a sub-block, `x`, behind the newest frames before it."""
    move_on(plane, before)
    for group in range(GROUPS):
        put(plane, before, group, lanes.load(x, group))
