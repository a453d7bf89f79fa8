"""Where the audio thread takes new targets from the mailbox, at the beginning of a sub-block.

What differs from its target starts to glide from where it is; filters and patches cross-fade, and take
the newest as soon as their last cross-fade is over.  Whatever is neutral in all sixteen lanes and
settled is not live: the strip skips it.
"""

import numpy as np

from dsp import atomic, compressor, gate, glide, lanes, mix, patch, svf
from dsp.kernel import kernel
from dsp.lanes import ONE, ZERO
from dsp.wall import (
    COMING,
    FRAME,
    FRESH,
    GROUPS,
    HEARD,
    INPUT_GROUPS,
    KEYS,
    MIDDLE,
    MIXES,
    OUTPUT_GROUPS,
    PAIRS,
    ROWS,
    SELF,
    STAMPED,
    STAMPS,
)


@kernel
def advance(desk):
    """Let one sub-block pass on every clock."""
    end = desk.glide_length
    clock = desk.clock
    glide.advance(lanes.at(clock.trim, 0), GROUPS, end)
    glide.advance(lanes.at(clock.fader, 0), GROUPS, end)
    glide.advance(lanes.at(clock.output, 0), OUTPUT_GROUPS, end)
    crossed = glide.advance(lanes.at(clock.sink, 0), OUTPUT_GROUPS, end)
    crossed |= glide.advance(lanes.at(clock.patch, 0), INPUT_GROUPS, end)
    crossed |= glide.advance(lanes.at(clock.filter, 0), PAIRS * GROUPS, svf.change(end))
    if crossed:
        patches(desk, desk.slots[desk.slot])
        filters(desk, desk.slots[desk.slot])
    if glide.advance(lanes.at(clock.mix, 0), MIXES * ROWS, end):
        list_rows(desk)
    ended = crossed
    ended |= glide.advance(lanes.at(clock.gate, 0), GROUPS, end)
    ended |= glide.advance(lanes.at(clock.dyn, 0), 2 * GROUPS, end)
    if ended:
        find_live(desk)


@kernel
def newest(desk):
    """Take the newest targets, if they are newer than the last: all of them, or none."""
    if atomic.load(desk.words, MIDDLE) & FRESH == 0:
        return
    desk.slot = atomic.exchange(desk.words, MIDDLE, desk.slot) & 3
    new = desk.slots[desk.slot]
    if desk.begun == 0:
        begin(desk, new)
        desk.begun = 1
    for group in range(GROUPS):
        strips(desk, new, group)
    for which in range(MIXES):
        mix.accept(
            lanes.at(desk.start.mix, which), lanes.at(desk.target.mix, which), lanes.at(new.mix, which),
            lanes.at(desk.clock.mix, which), ROWS, lanes.at(desk.curve, 0), desk.glide_length,
        )  # fmt: skip
    patches(desk, new)
    filters(desk, new)
    for group in range(OUTPUT_GROUPS):
        desk.clock.output[group] = glide.accept(
            lanes.at(desk.start.output, group), lanes.at(desk.target.output, group),
            lanes.at(new.output, group), 1, desk.clock.output[group],
            lanes.at(desk.curve, 0), desk.glide_length,
        )  # fmt: skip
    keys(desk, new)
    list_rows(desk)
    find_live(desk)
    stamp(desk, new.serial)


@kernel
def begin(desk, new):
    """The first targets of a stream hold from its first frame; only the output gains fade in."""
    for group in range(GROUPS):
        glide.settle(
            lanes.at(desk.start.trim, group), lanes.at(desk.target.trim, group), lanes.at(new.trim, group), 1
        )
        glide.settle(
            lanes.at(desk.start.fader, group), lanes.at(desk.target.fader, group), lanes.at(new.fader, group), 1
        )
        glide.settle(
            lanes.at(desk.start.gate, group), lanes.at(desk.target.gate, group), lanes.at(new.gate, group), gate.ROWS
        )
        for pair in range(PAIRS):
            glide.settle(
                lanes.at2(desk.start.filter, pair, group), lanes.at2(desk.target.filter, pair, group),
                lanes.at2(new.filter, pair, group), svf.ROWS,
            )  # fmt: skip
        for position in range(2):
            glide.settle(
                lanes.at2(desk.start.dyn, position, group), lanes.at2(desk.target.dyn, position, group),
                lanes.at2(new.dyn, position, group), compressor.ROWS,
            )  # fmt: skip
    for which in range(MIXES):
        glide.settle(
            lanes.at(desk.start.mix, which), lanes.at(desk.target.mix, which), lanes.at(new.mix, which), ROWS
        )
    for group in range(INPUT_GROUPS):
        patch.settle(
            lanes.at(new.patch, group), lanes.at(desk.start.patch, group), lanes.at(desk.target.patch, group)
        )
    for group in range(OUTPUT_GROUPS):
        patch.settle(
            lanes.at(new.sink, group), lanes.at(desk.start.sink, group), lanes.at(desk.target.sink, group)
        )


@kernel
def strips(desk, new, group):
    """New targets for all that is in one group of strips."""
    end = desk.glide_length
    curve = lanes.at(desk.curve, 0)
    start, target, clock = desk.start, desk.target, desk.clock
    clock.trim[group] = glide.accept(
        lanes.at(start.trim, group), lanes.at(target.trim, group), lanes.at(new.trim, group),
        1, clock.trim[group], curve, end,
    )  # fmt: skip
    clock.fader[group] = glide.accept(
        lanes.at(start.fader, group), lanes.at(target.fader, group), lanes.at(new.fader, group),
        1, clock.fader[group], curve, end,
    )  # fmt: skip
    clock.gate[group] = glide.accept(
        lanes.at(start.gate, group), lanes.at(target.gate, group), lanes.at(new.gate, group),
        gate.ROWS, clock.gate[group], curve, end,
    )  # fmt: skip
    for position in range(2):
        clock.dyn[position, group] = glide.accept(
            lanes.at2(start.dyn, position, group), lanes.at2(target.dyn, position, group),
            lanes.at2(new.dyn, position, group), compressor.ROWS, clock.dyn[position, group], curve, end,
        )  # fmt: skip


@kernel
def patches(desk, new):
    """New patches, each as soon as its last cross-fade is over."""
    end = desk.glide_length
    for group in range(INPUT_GROUPS):
        desk.clock.patch[group] = patch.accept(
            lanes.at(desk.start.patch, group), lanes.at(desk.target.patch, group),
            lanes.at(new.patch, group), desk.clock.patch[group], end,
        )  # fmt: skip
    for group in range(OUTPUT_GROUPS):
        desk.clock.sink[group] = patch.accept(
            lanes.at(desk.start.sink, group), lanes.at(desk.target.sink, group),
            lanes.at(new.sink, group), desk.clock.sink[group], end,
        )  # fmt: skip


@kernel
def filters(desk, new):
    """New filters, each pair as soon as its last change is over."""
    for pair in range(PAIRS):
        for group in range(GROUPS):
            desk.clock.filter[pair, group] = svf.accept(
                lanes.at2(desk.start.filter, pair, group), lanes.at2(desk.target.filter, pair, group),
                lanes.at2(new.filter, pair, group), lanes.at3(desk.filter_state, HEARD, pair, group),
                lanes.at3(desk.filter_state, COMING, pair, group), desk.clock.filter[pair, group],
                desk.glide_length,
            )  # fmt: skip


@kernel
def keys(desk, new):
    """Which signals the keys listen to; they are not heard, so they need not glide."""
    for which in range(KEYS):
        for group in range(GROUPS):
            desk.keyed[which, group] = 0
            for lane in range(lanes.WIDTH):
                column = new.key[which, group, lane]
                own = column == SELF
                desk.key_self[which, group, lane] = ONE if own else ZERO
                desk.key[which, group, lane] = patch.SILENT if own else column
                if not own:
                    desk.keyed[which, group] = 1


@kernel
def list_rows(desk):
    """Which rows of each mix have to be summed."""
    for which in range(MIXES):
        desk.used_count[which] = mix.in_use(
            lanes.at(desk.target.mix, which), lanes.at(desk.clock.mix, which), ROWS,
            desk.glide_length, lanes.at(desk.used, which),
        )  # fmt: skip


@kernel
def find_live(desk):
    """Which processors have anything to do."""
    end = desk.glide_length
    clock, target, live = desk.clock, desk.target, desk.live
    one, zero = lanes.fill(ONE), lanes.fill(ZERO)
    for group in range(INPUT_GROUPS):
        # Once there was a signal its tail may ring for ever: only strips that never had one are left out.
        if not patch.is_silent(lanes.at(target.patch, group)):
            live.patch[group] = 1
    for group in range(GROUPS):
        for pair in range(PAIRS):
            p = lanes.at2(target.filter, pair, group)
            through = not (
                lanes.differ(lanes.load(p, 3), one) or lanes.differ(lanes.load(p, 4), zero)
                or lanes.differ(lanes.load(p, 5), zero) or lanes.differ(lanes.load(p, 9), one)
                or lanes.differ(lanes.load(p, 10), zero) or lanes.differ(lanes.load(p, 11), zero)
            )  # fmt: skip
            live.filter[pair, group] = np.int32(clock.filter[pair, group] < svf.change(end) or not through)
        mixed = lanes.load(lanes.at(target.gate, group), gate.MIX)
        live.gate[group] = np.int32(clock.gate[group] < end or lanes.differ(mixed, zero))
        for position in range(2):
            on = lanes.load(lanes.at2(target.dyn, position, group), compressor.ON)
            busy = clock.dyn[position, group] < end or lanes.differ(on, zero)
            if busy and live.dyn[position, group] == 0:
                compressor.take_over(
                    lanes.at2(desk.dyn_state, position, group), lanes.at2(desk.dyn_state, 1 - position, group)
                )
            live.dyn[position, group] = np.int32(busy)


@kernel
def stamp(desk, serial):
    """Note the frame at which these targets took effect."""
    count = atomic.load(desk.words, STAMPED)
    desk.stamp_serial[count % STAMPS] = serial
    desk.stamp_frame[count % STAMPS] = atomic.load(desk.words, FRAME)
    atomic.store(desk.words, STAMPED, count + 1)
