"""How a desk takes new targets, at the beginning of a sub-block.

What differs from its target starts to glide from where it is, or rides on to it; filters, patches and delays
cross-fade, and take the newest as soon as their last cross-fade is over.  Inserts glide at half the speed: when one
moves to the other side of the EQ, two gains in series move at once.  Whatever is neutral in all sixteen
lanes and settled is not live: the strip skips it.
"""

import numpy as np

from dsp.engine.layout import (
    INPUT_GROUPS,
    INSERT_PRE,
    KEYS,
    MIXES,
    NOWHERE,
    OUT_GROUPS,
    ROWS,
    SELF,
    SEND_GROUPS,
    STRIPS,
)
from dsp.engine.memory import (
    CHANGING_CLOCKS,
    COPIED_NUMBERS,
    DYNAMICS_CLOCKS,
    DYNAMICS_ROWS,
    FADER_CLOCKS,
    INSERT_CLOCKS,
    LEVEL_CLOCKS,
    MIX_CLOCKS,
    OUTPUT_CLOCKS,
    PATCH_CLOCKS,
    PLAYERS,
    PREAMP_CLOCKS,
    PROCESSOR_CLOCKS,
    RIDE_ROWS,
    SHARE_CLOCKS,
    SHARE_ROWS,
)
from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.native.made import any_of, in_turn
from dsp.processors import gain, glide, mix, patch, registry, ride

ONE_ROW = np.int64(1)  # gains have nothing else


@in_turn(*(each.turn for each in registry.ALL))
def turn_processors(desk):
    """Begin a sub-block in processors for which it is more than a time."""


@in_turn(*(each.take for each in registry.ALL))
def take_processors(desk, new, group):
    """New settings of processors that take them in their own way."""


@any_of(*(each.ride for each in registry.ALL))
def ride_processors(desk, group):
    """Let one sub-block pass for such processors, where they ride; true if any has just arrived."""


@in_turn(*(each.settle for each in registry.ALL))
def settle_processors(desk, group):
    """Let them be what they are about to become."""


@in_turn(*(each.find_live for each in registry.ALL))
def find_live_processors(desk, group):
    """Which processors have anything to do in a group of strips."""


@in_turn(*(each.find_live for each in registry.STAGES))
def find_live_stages(desk):
    """Which stages have anything to do."""


@kernel
def turn(desk, new, may_take):
    """Begin a sub-block: move the clocks of a desk on; what waited for a cross-fade is taken from `new`, if it may."""
    desk.parity = 1 - desk.parity
    turn_processors(desk)
    advance(desk, new, may_take)


@kernel
def advance(desk, new, may_take):
    """Let one sub-block pass on every clock, as long as anything can be gliding.

    What waited for a cross-fade to end is taken from `new`, if it may be.
    """
    end = desk.glide_length
    if desk.since >= glide.slow(end) and desk.riding == 0:
        return
    desk.since += glide.SUB_BLOCK
    clock = desk.clock
    glide.advance(lanes.at(clock.output, 0), OUTPUT_CLOCKS, end)
    ended = glide.advance(lanes.at(clock.patch, 0), PATCH_CLOCKS, end)
    ended |= glide.advance(changing(clock), CHANGING_CLOCKS, glide.slow(end))
    for group in range(STRIPS):
        ended |= ride_processors(desk, group)
    if ended and may_take:
        take_changing(desk, new)
        patches(desk, new)
        desk.since = 0
    ended |= glide.advance(lanes.at(clock.fader, 0), LEVEL_CLOCKS, end)
    ended |= glide.advance(lanes.at(clock.preamp, 0), PROCESSOR_CLOCKS, end)
    ended |= glide.advance(lanes.at(clock.insert, 0), INSERT_CLOCKS, glide.slow(end))
    arrived = glide.advance(lanes.at(clock.mix, 0), MIX_CLOCKS, end)
    if ride_gains(desk) or arrived:
        list_rows(desk)
    if ended:
        find_live(desk)


@inline
def changing(clock):
    """Clocks of what takes new settings in its own way: behind those of the inserts."""
    return lanes.offset(lanes.at(clock.insert, 0), INSERT_CLOCKS)


@kernel
def ride_gains(desk):
    """Let one sub-block pass for gains that ride; true if a row of the mix has just arrived."""
    start, target, left, clock, end = desk.start, desk.target, desk.left, desk.clock, desk.glide_length
    if desk.riding == 0:
        return False
    going = ride.advance(
        lanes.at(start.fader, 0), lanes.at(target.fader, 0), lanes.at(left.fader, 0),
        lanes.at(clock.fader, 0), FADER_CLOCKS, end,
    ) + ride.advance(
        lanes.at(start.preamp, 0), lanes.at(target.preamp, 0), lanes.at(left.preamp, 0),
        lanes.at(clock.preamp, 0), PREAMP_CLOCKS, end,
    )  # fmt: skip
    mixes = ride.advance(
        lanes.at(start.mix, 0), lanes.at(target.mix, 0), lanes.at(left.mix, 0),
        lanes.at(clock.mix, 0), MIX_CLOCKS, end,
    )  # fmt: skip
    arrived = mixes < desk.riding_mixes
    desk.riding_mixes = mixes
    desk.riding = going + mixes
    return arrived


@kernel
def take(desk, new):
    """Set out for new targets: all but the gains of the outputs."""
    levels(desk, new, new.pace)
    start, target, clock = desk.start, desk.target, desk.clock
    curve, end = lanes.at(desk.curve, 0), desk.glide_length
    ride.accept_all(
        lanes.at(start.preamp, 0), lanes.at(target.preamp, 0), lanes.at(new.preamp, 0),
        lanes.at(new.pace.preamp, 0), lanes.at(desk.left.preamp, 0), lanes.at(clock.preamp, 0), PREAMP_CLOCKS,
        curve, end,
    )  # fmt: skip
    # Behind the preamps, a row each.
    glide.accept_all(
        lanes.row_of(lanes.at(start.preamp, 0), PREAMP_CLOCKS), lanes.row_of(lanes.at(target.preamp, 0), PREAMP_CLOCKS),
        lanes.row_of(lanes.at(new.preamp, 0), PREAMP_CLOCKS), lanes.offset(lanes.at(clock.preamp, 0), PREAMP_CLOCKS),
        DYNAMICS_ROWS, DYNAMICS_CLOCKS, curve, end,
    )  # fmt: skip
    inserts(desk, new)
    take_changing(desk, new)
    patches(desk, new)
    settings(desk, new)


@kernel
def levels(desk, new, pace):
    """New targets for what mutes, faders and sends make; `new` are targets, or a HUSH."""
    start, target, left, clock = desk.start, desk.target, desk.left, desk.clock
    curve, end = lanes.at(desk.curve, 0), desk.glide_length
    ride.accept_all(
        lanes.at(start.fader, 0), lanes.at(target.fader, 0), lanes.at(new.fader, 0),
        lanes.at(pace.fader, 0), lanes.at(left.fader, 0), lanes.at(clock.fader, 0), FADER_CLOCKS, curve, end,
    )  # fmt: skip
    # Behind the faders, a row each.
    glide.accept_all(
        lanes.row_of(lanes.at(start.fader, 0), FADER_CLOCKS), lanes.row_of(lanes.at(target.fader, 0), FADER_CLOCKS),
        lanes.row_of(lanes.at(new.fader, 0), FADER_CLOCKS), lanes.offset(lanes.at(clock.fader, 0), FADER_CLOCKS),
        SHARE_ROWS, SHARE_CLOCKS, curve, end,
    )  # fmt: skip
    ride.accept_all(
        lanes.at(start.mix, 0), lanes.at(target.mix, 0), lanes.at(new.mix, 0),
        lanes.at(pace.mix, 0), lanes.at(left.mix, 0), lanes.at(clock.mix, 0), MIX_CLOCKS, curve, end,
    )  # fmt: skip


@kernel
def outputs(desk, new):
    """New gains of the outputs of the device."""
    for group in range(OUT_GROUPS):
        desk.clock.output[group] = glide.accept(
            lanes.at(desk.start.output, group), lanes.at(desk.target.output, group),
            lanes.at(new.output, group), ONE_ROW, desk.clock.output[group], lanes.at(desk.curve, 0),
            desk.glide_length,
        )  # fmt: skip


@kernel
def look(desk):
    """See what there is to do from now on."""
    desk.since, desk.riding = 0, 1
    list_rows(desk)
    find_live(desk)


@kernel
def settle(desk):
    """Be at all targets at once, but for the gains of the outputs."""
    end = desk.glide_length
    clock = desk.clock
    gain.clear(lanes.at(desk.left.fader, 0), RIDE_ROWS)
    for group in range(STRIPS):
        settle_processors(desk, group)
    finish(lanes.at(clock.fader, 0), LEVEL_CLOCKS, end)
    finish(lanes.at(clock.preamp, 0), PROCESSOR_CLOCKS, end)
    finish(lanes.at(clock.insert, 0), INSERT_CLOCKS, glide.slow(end))
    finish(changing(clock), CHANGING_CLOCKS, glide.slow(end))
    finish(lanes.at(clock.mix, 0), MIX_CLOCKS, end)
    finish(lanes.at(clock.patch, 0), PATCH_CLOCKS, end)


@kernel
def finish(clock, count, end):
    """Put `count` clocks at the end of their glide."""
    for i in range(count):
        lanes.put(clock, i, np.int32(end))


@kernel
def inserts(desk, new):
    """New weights of what comes back; their clocks run for two glides."""
    start, target, clock = desk.start, desk.target, desk.clock
    for position in range(2):
        for group in range(STRIPS):
            clock.insert[position, group] = 2 * glide.accept(
                lanes.at2(start.insert, position, group), lanes.at2(target.insert, position, group),
                lanes.at2(new.insert, position, group), ONE_ROW, clock.insert[position, group] // 2,
                lanes.at(desk.curve, 0), desk.glide_length,
            )  # fmt: skip


@kernel
def take_changing(desk, new):
    """New settings of what takes them in its own way."""
    for group in range(STRIPS):
        take_processors(desk, new, group)


@kernel
def patches(desk, new):
    """New patches, and what else cross-fades, each as soon as its last cross-fade is over."""
    patch.accept_all(
        lanes.at(desk.start.patch, 0), lanes.at(desk.target.patch, 0), lanes.at(new.patch, 0),
        lanes.at(desk.clock.patch, 0), PATCH_CLOCKS, desk.glide_length,
    )  # fmt: skip


@kernel
def settings(desk, new):
    """What takes effect at once."""
    now = desk.set
    copy(lanes.at(new.linked, 0), lanes.at(now.linked, 0), COPIED_NUMBERS)
    for which in range(KEYS):
        for group in range(STRIPS):
            desk.keyed[which, group] = 0
            for lane in range(lanes.WIDTH):
                place = new.key[which, group, lane]
                own = place == SELF
                desk.key_self[which, group, lane] = ONE if own else ZERO
                now.key[which, group, lane] = NOWHERE if own else place
                if not own:
                    desk.keyed[which, group] = 1
            if lanes.differ(lanes.load(lanes.at(now.linked, group), 0), lanes.fill(ZERO)):
                desk.keyed[which, group] = 1
    for which in range(PLAYERS):
        now.ring[which] = new.ring[which]


@kernel
def copy(here, there, count):
    """Copy `count` numbers of four bytes."""
    for i in range(count):
        lanes.put(there, i, lanes.scalar(here, i))


@kernel
def list_rows(desk):
    """Which rows of each mix have to be summed."""
    for which in range(MIXES):
        mix.in_use(
            lanes.at(desk.target.mix, which), lanes.at(desk.clock.mix, which), ROWS,
            desk.glide_length, lanes.at(desk.used, which), lanes.at(desk.used_count, which),
        )  # fmt: skip


@kernel
def find_live(desk):
    """Which processors have anything to do."""
    end = desk.glide_length
    clock, target, live = desk.clock, desk.target, desk.live
    for group in range(INPUT_GROUPS):
        # Once there was a signal its tail may ring for long: only strips that never had one are left out.
        if not patch.all_are(lanes.at(target.patch, group), NOWHERE):
            live.patch[group] = 1
    for group in range(SEND_GROUPS):
        idle = patch.all_are(lanes.at(target.send_patch, group), NOWHERE)
        live.send_patch[group] = np.int32(clock.send_patch[group] < end or not idle)
    find_live_stages(desk)
    for group in range(STRIPS):
        find_live_processors(desk, group)
        for position in range(2):
            heard = lanes.load(lanes.at2(target.insert, position, group), 0)
            busy = clock.insert[position, group] < glide.slow(end) or lanes.differ(heard, lanes.fill(ZERO))
            if not busy:
                gain.clear(lanes.at2(desk.planes, group, INSERT_PRE + position), glide.SUB_BLOCK)
            live.insert[position, group] = np.int32(busy)

