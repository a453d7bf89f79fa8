"""What a recall alters: the lanes that sound different before their faders, and what they forget.

In the other lanes the desk to come does exactly what the desk that is heard does, bit by bit.
"""

import numpy as np

from dsp.effects import coming
from dsp.effects.memory import SIDES, SLOTS
from dsp.engine.layout import (
    BACK_EFFECT,
    BUS,
    INPUT_GROUPS,
    KEYS,
    MAIN,
    MATRIX,
    PLANES,
    POST_FADER,
    RAW,
    RAW_GROUPS,
    RETURN,
    ROWS,
    SELF,
    STRIPS,
    TAPS,
    TO_BUS,
    TO_MAIN,
    TO_MATRIX,
)
from dsp.engine.memory import (
    CHANGING_CLOCKS,
    CHANGING_ROWS,
    DYNAMICS_CLOCKS,
    DYNAMICS_ROWS,
    INSERT_CLOCKS,
    PREAMP_CLOCKS,
)
from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ONE, ZERO
from dsp.native.made import in_turn
from dsp.processors import glide, patch, registry
from dsp.processors.glide import SUB_BLOCK

PLANE_FLOATS = SUB_BLOCK * lanes.WIDTH
GROUP_FLOATS = int(PLANES) * PLANE_FLOATS
ONE_ROW = np.int64(1)
NO_KEY = np.float32(SELF)


@in_turn(*(each.forget for each in registry.ALL))
def forget_processors(desk, group, anew):
    """Let processors begin anew in lanes of a group that are altered."""


@in_turn(*(each.hasten for each in registry.ALL))
def hasten_processors(desk, group, anew, pace, longest):
    """Let time run faster in those lanes, and nothing be held for long."""


@in_turn(*(each.alter for each in registry.STAGES))
def alter_stages(desk, target, new):
    """Mark the lanes that stages alter, set otherwise."""


@kernel
def find(desk, target, new, rack):
    """Mark the lanes of a desk, and the slots, that sound different with new targets than with those that are heard."""
    for group in range(STRIPS):
        lanes.store(lanes.at(desk.altered, group), 0, own(target, new, group))
    processors(desk, target, new)
    alter_stages(desk, target, new)
    for i in range(SLOTS):
        if coming.differs(rack.slots[rack.heard[i], i], new, i):
            rack.coming[i] = 1 - rack.heard[i]
    more = True
    while more:  # a bus may come back as a source, and so may an effect that it feeds
        for group in range(INPUT_GROUPS):
            source(desk, target, new, group, rack)
        through_mix(desk, lanes.at(target.mix, TO_BUS), lanes.at(new.mix, TO_BUS), BUS)
        through_mix(desk, lanes.at(target.mix, TO_MAIN), lanes.at(new.mix, TO_MAIN), MAIN)
        through_mix(desk, lanes.at(target.mix, TO_MATRIX), lanes.at(new.mix, TO_MATRIX), MATRIX)
        more = through_effects(desk, target, new, rack)
    for group in range(STRIPS):
        linked = lanes.load(lanes.at(new.linked, group), 0)
        marks = lanes.at(desk.altered, group)
        glide.mark(marks, linked * lanes.neighbour(lanes.load(marks, 0)))


@kernel
def own(target, new, group):
    """1 in the lanes of a group that has another gain, insert or key of its own."""
    found = glide.differing(lanes.at(target.trim, group), lanes.at(new.trim, group), ONE_ROW)
    for position in range(2):
        rows = lanes.at2(target.insert, position, group), lanes.at2(new.insert, position, group)
        found = lanes.maximum(found, glide.differing(rows[0], rows[1], ONE_ROW))
        back = lanes.at2(target.insert_return, position, group), lanes.at2(new.insert_return, position, group)
        found = lanes.maximum(found, patch.moved(back[0], back[1]))
    for which in range(KEYS):
        # Who listens to another signal is told nothing of what happens to that.
        elsewhere = lanes.from_index(lanes.at2(new.key, which, group)) - lanes.fill(NO_KEY)
        found = lanes.maximum(found, lanes.minimum(elsewhere, lanes.fill(ONE)))
    return found


@kernel
def processors(desk, target, new):
    """Mark the lanes whose processors are set differently: what they are set to lies behind preamps and inserts."""
    here, there = lanes.at(target.preamp, 0), lanes.at(new.preamp, 0)
    here, there = lanes.row_of(here, PREAMP_CLOCKS), lanes.row_of(there, PREAMP_CLOCKS)
    mark_rows(desk, here, there, DYNAMICS_ROWS, DYNAMICS_CLOCKS)
    here, there = lanes.at(target.insert, 0), lanes.at(new.insert, 0)
    here, there = lanes.row_of(here, INSERT_CLOCKS), lanes.row_of(there, INSERT_CLOCKS)
    mark_rows(desk, here, there, CHANGING_ROWS, CHANGING_CLOCKS)


@kernel
def mark_rows(desk, here, there, rows, count):
    """Mark the lanes where any of `count` things differs, so many rows each: those of every strip, again and again."""
    at = 0
    for i in range(count):
        apart = glide.differing(lanes.row_of(here, at), lanes.row_of(there, at), rows[i])
        glide.mark(lanes.at(desk.altered, i % STRIPS), apart)
        at += rows[i]


@kernel
def through_effects(desk, target, new, rack):
    """Mark slots that are fed with what is marked, and strips that they are inserted in; whether any is new."""
    more = False
    for i in range(SLOTS):
        if rack.coming[i] == rack.heard[i]:
            for signal in range(SIDES * i, SIDES * i + SIDES):
                if fed_otherwise(desk, target, new, signal):
                    rack.coming[i] = 1 - rack.heard[i]
                    more = True
    for group in range(STRIPS):
        for lane in range(lanes.WIDTH):
            for position in range(2):
                place = new.insert_return[position, group, lane]
                inserted = new.insert[position, group, 0, lane] != ZERO
                if inserted and desk.altered[group, lane] == ZERO and from_renewed(rack, place):
                    desk.altered[group, lane] = ONE
                    more = True
    return more


@kernel
def fed_otherwise(desk, target, new, signal):
    """Whether one side of a slot hears another signal than before, or the same otherwise."""
    place = new.effect_patch[0, signal]
    group, lane = place // GROUP_FLOATS, place % lanes.WIDTH
    if place != target.effect_patch[0, signal]:
        return True
    if group >= STRIPS:
        return False
    faded = place % GROUP_FLOATS // PLANE_FLOATS == POST_FADER
    if faded and new.fader[group, 0, lane] != target.fader[group, 0, lane]:
        return True
    return desk.altered[group, lane] != ZERO


@kernel
def from_renewed(rack, place):
    """Whether a place is a side of a slot that is marked."""
    if place // GROUP_FLOATS != RETURN or place % GROUP_FLOATS // PLANE_FLOATS != BACK_EFFECT:
        return False
    slot = place % lanes.WIDTH // SIDES
    return rack.coming[slot] != rack.heard[slot]


@kernel
def renew_effects(desk, new, rack, rate):
    """Let the effects that are marked begin anew."""
    for i in range(SLOTS):
        if rack.coming[i] != rack.heard[i]:
            coming.begin(rack, new, i, desk.glide_length, rate)


@kernel
def source(desk, target, new, group, rack):
    """Mark the lanes of a group that are fed with another signal, or with one that is altered itself."""
    for lane in range(lanes.WIDTH):
        place = new.patch[group, lane]
        from_group, from_lane = place // GROUP_FLOATS, place % lanes.WIDTH
        if place != target.patch[group, lane]:
            desk.altered[group, lane] = ONE
        elif RAW <= from_group < RAW + RAW_GROUPS:
            amp = from_group - RAW
            if new.preamp[amp, 0, from_lane] != target.preamp[amp, 0, from_lane]:
                desk.altered[group, lane] = ONE
        elif from_group == RETURN and place % GROUP_FLOATS < PLANE_FLOATS:
            desk.altered[group, lane] = max(desk.altered[group, lane], desk.altered[BUS, from_lane])
        elif from_renewed(rack, place):
            desk.altered[group, lane] = ONE


@kernel
def through_mix(desk, target, new, group):
    """Mark the lanes of a group that are fed otherwise, or by a lane that is marked."""
    found = lanes.load(lanes.at(desk.altered, group), 0)
    none = lanes.fill(ZERO)
    for row in range(ROWS):
        before, after = lanes.load(target, row), lanes.load(new, row)
        found = lanes.maximum(found, lanes.select(lanes.absolute(after - before) > none, lanes.fill(ONE), none))
        from_group = row // (TAPS * lanes.WIDTH)
        if from_group < STRIPS:
            marked = lanes.fill(desk.altered[from_group, row % lanes.WIDTH])
            found = lanes.maximum(found, lanes.select(lanes.absolute(after) > none, marked, none))
    lanes.store(lanes.at(desk.altered, group), 0, found)


@kernel
def forget(desk):
    """Let altered lanes begin anew: filters at rest, compressors too, expanders and gates shut.

    Shut and at rest, because attacks are faster than releases.  How fast they are set to be is kept where a
    glide would begin, for `hasten`: nothing glides here.
    """
    for group in range(STRIPS):
        forget_processors(desk, group, lanes.load(lanes.at(desk.altered, group), 0))


@kernel
def hasten(desk, pace, longest):
    """Let time run `pace` times as fast for dynamics of altered lanes, and nothing be held longer than `longest`."""
    for group in range(STRIPS):
        hasten_processors(desk, group, lanes.load(lanes.at(desk.altered, group), 0), pace, longest)
