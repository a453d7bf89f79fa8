"""How one desk gives way to another: a recall is heard whole, without a burst and without a click.

    the desk as it was    ════════════════════════════╗ heard
                                                       ╳  cross-fade of every output
    the desk as it is to be  ·······warm-up·······════╝ unheard, then heard
                          ↑ recall

Gains that move on two stages at once can be louder on their way than at either end: a send that opens
while the fader behind it closes lets a burst through that neither scene has.  So a recall moves nothing.
It sets a second desk, which begins with all that the first one remembers, lets that run until its
filters, dynamics and delays have found their level, and cross-fades the outputs.  What a recall does
not alter is the same on both desks bit by bit, and goes through the cross-fade unaltered.

In lanes that do sound different, dynamics begin anew, compressors at rest, expanders and gates shut, and
for them time runs faster at first: an attack that has yet to happen would be heard as a burst.

Whatever is set meanwhile waits until the cross-fade is over; the newest wins.
"""

import numpy as np
import numpy.typing as npt

from dsp import accept, atomic, automix, compressor, gain, gate, glide, lanes, svf, tools
from dsp.glide import SUB_BLOCK
from dsp.kernel import inline, kernel
from dsp.lanes import ONE, ZERO
from dsp.wall import (
    BUS,
    CHANNEL_DELAY,
    DESK_FLOATS,
    FRAME,
    FRESH,
    HEARD,
    INPUT,
    INPUT_GROUPS,
    KEYS,
    MAIN,
    MATRIX,
    MIDDLE,
    MONITOR_DELAY,
    OUT,
    OUT_GROUPS,
    PAIRS,
    PLANES,
    RAW,
    RAW_GROUPS,
    RETURN,
    ROWS,
    SELF,
    SEND_DELAY,
    STAMPED,
    STAMPS,
    STRIPS,
    TAPS,
    TO_BUS,
    TO_MAIN,
    TO_MATRIX,
)

WARM_UP_MS = 100.0
"""What filters and dynamics need; delays come on top."""

HASTE = 7.0
"""Octaves by which time runs faster at the beginning of the warm-up."""
CALM = 0.5
"""Part of them, at the end of the warm-up, in which time has its own pace."""
OCTAVES = HASTE * glide.LONGEST_MS / WARM_UP_MS
"""By how much time slows down in the length of a glide."""

GROUP_FLOATS = int(PLANES) * SUB_BLOCK * lanes.WIDTH
COMPRESSOR_ROWS, GATE_ROWS = np.int64(compressor.ROWS), np.int64(gate.ROWS)
FILTER_ROWS = np.int64(svf.ROWS)
ONE_ROW = np.int64(1)
NO_KEY = np.float32(SELF)


def warm_up(lines: npt.NDArray[np.int32], rate: float) -> int:
    """Frames until a desk with these delay lines, shape (4, 16), plays nothing any more that it did not hear itself."""
    behind = max(int(lines[SEND_DELAY].max()), int(lines[MONITOR_DELAY].max()))
    before = int(lines[CHANNEL_DELAY : CHANNEL_DELAY + 2].max())
    frames = before + behind + WARM_UP_MS * rate / 1000
    return int(-(-frames // SUB_BLOCK)) * SUB_BLOCK


# --- the mailbox ----------------------------------------------------------------------------------


@kernel
def newest(shared):
    """Take the newest targets, if they are newer than the last: all of them, or none."""
    if atomic.load(shared.words, MIDDLE) & FRESH:
        shared.slot = atomic.exchange(shared.words, MIDDLE, shared.slot) & 3
        shared.waiting = 1
    if shared.waiting == 0 or shared.changing:
        return
    new = shared.slots[shared.slot]
    desk = shared.desks[shared.heard]
    if shared.begun and new.recalls != shared.recalls:
        begin(shared)
    else:
        accept.take(desk, new)
        # The first targets of a stream hold from its first frame; only the outputs fade in.
        if shared.begun == 0:
            accept.settle(desk)
        accept.outputs(desk, new)
        accept.look(desk)
    shared.begun, shared.waiting, shared.recalls = 1, 0, new.recalls
    stamp(shared, new.serial)


@kernel
def stamp(shared, serial):
    """Note the frame at which these targets took effect."""
    count = atomic.load(shared.words, STAMPED)
    shared.stamp_serial[count % STAMPS] = serial
    shared.stamp_frame[count % STAMPS] = atomic.load(shared.words, FRAME)
    atomic.store(shared.words, STAMPED, count + 1)


# --- from one desk to the other -------------------------------------------------------------------


@kernel
def begin(shared):
    """Make the other desk one that has heard all that this one has.

    New targets come a sub-block later: this is much to copy.
    """
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    here, there = lanes.at(desk.curve, 0), lanes.at(other.curve, 0)
    for i in range(DESK_FLOATS):
        lanes.put(there, i, lanes.scalar(here, i))
    shared.changing, shared.changed = 1, -SUB_BLOCK


@kernel
def become(other, new):
    """Set the other desk to new targets, from which nothing glides."""
    other.made = other.frame
    find_altered(other, new)
    accept.settle(other)
    accept.take(other, new)
    accept.settle(other)
    accept.outputs(other, new)
    accept.look(other)
    tools.settle(lanes.at(other.set.tools, 0), other.tools_state, other.glide_length)
    begin_anew(other)


@kernel
def advance(shared):
    """Let one sub-block of a change pass."""
    if shared.changing == 0:
        return
    shared.changed += SUB_BLOCK
    other = shared.desks[1 - shared.heard]
    if shared.changed == 0:
        become(other, shared.slots[shared.slot])
    faded = shared.changed - other.set.warm_up
    if faded <= 0:
        hasten(shared, other)
    if faded >= other.glide_length:
        shared.heard, shared.changing = 1 - shared.heard, 0


@kernel
def cross(shared, phase, frames):
    """Go from what this desk gives to the outputs to what the other one does."""
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    faded = shared.changed - other.set.warm_up + phase + 1
    if faded + frames <= 0:
        return
    for group in range(OUT_GROUPS):
        if group * lanes.WIDTH < desk.outputs:
            x, y = lanes.at2(desk.planes, OUT + group, INPUT), lanes.at2(other.planes, OUT + group, INPUT)
            for n in range(frames):
                w = lanes.scalar(lanes.at(desk.curve, 0), max(faded + n, 0))
                here = lanes.load(x, n)
                lanes.store(x, n, here + w * (lanes.load(y, n) - here))


# --- dynamics that find their level in time ---------------------------------------------------------


@kernel
def begin_anew(desk):
    """Let filters of what is fed differently forget what they heard, and dynamics of altered lanes what they did.

    How fast they are set to be is kept where a glide would begin: nothing glides here.
    """
    for group in range(STRIPS):
        altered = lanes.load(lanes.at(desk.altered, group), 0)
        for pair in range(PAIRS):
            svf.begin_anew(lanes.at3(desk.filter_state, HEARD, pair, group), lanes.load(lanes.at(desk.refed, group), 0))
        gain.copy(lanes.at(desk.target.gate, group), lanes.at(desk.start.gate, group), GATE_ROWS)
        gate.begin_anew(lanes.at(desk.gate_state, group), lanes.at(desk.start.gate, group), altered)
        for position in range(2):
            own = lanes.at2(desk.start.dyn, position, group)
            gain.copy(lanes.at2(desk.target.dyn, position, group), own, COMPRESSOR_ROWS)
            compressor.begin_anew(lanes.at2(desk.dyn_state, position, group), own, altered)
    automix.begin_anew(lanes.at(desk.automix_state, 0), lanes.load(lanes.at(desk.altered, 0), 0))


@kernel
def hasten(shared, desk):
    """Let time run faster for the dynamics of altered lanes, and slow down to its own pace until they are heard."""
    left = (desk.set.warm_up - shared.changed) / desk.glide_length * OCTAVES
    pace = np.float32(2.0 ** min(max(left - CALM, 0.0), HASTE))
    for group in range(STRIPS):
        altered = lanes.load(lanes.at(desk.altered, group), 0)
        gate.hasten(lanes.at(desk.target.gate, group), lanes.at(desk.start.gate, group), altered, pace)
        for position in range(2):
            own = lanes.at2(desk.start.dyn, position, group)
            compressor.hasten(lanes.at2(desk.target.dyn, position, group), own, altered, pace)


@kernel
def find_altered(desk, new):
    """Mark the lanes that sound different with new targets, before their faders; and those that are fed differently."""
    for group in range(STRIPS):
        trims = differing(lanes.at(desk.target.trim, group), lanes.at(new.trim, group), ONE_ROW)
        lanes.store(lanes.at(desk.refed, group), 0, trims)
        lanes.store(lanes.at(desk.altered, group), 0, own(desk.target, new, group))
    for _ in range(2):  # a bus may come back as a source
        for group in range(INPUT_GROUPS):
            source(desk, new, group)
            mark(lanes.at(desk.altered, group), lanes.load(lanes.at(desk.refed, group), 0))
        through_mix(desk, lanes.at(desk.target.mix, TO_BUS), lanes.at(new.mix, TO_BUS), BUS)
        through_mix(desk, lanes.at(desk.target.mix, TO_MAIN), lanes.at(new.mix, TO_MAIN), MAIN)
        through_mix(desk, lanes.at(desk.target.mix, TO_MATRIX), lanes.at(new.mix, TO_MATRIX), MATRIX)
    for group in range(STRIPS):
        linked = lanes.load(lanes.at(new.linked, group), 0)
        altered = lanes.load(lanes.at(desk.altered, group), 0)
        mark(lanes.at(desk.altered, group), linked * lanes.neighbour(altered))


@inline
def mark(marks, more):
    """Mark more lanes in one row of marks."""
    lanes.store(marks, 0, lanes.maximum(lanes.load(marks, 0), more))


@kernel
def own(target, new, group):
    """1 in the lanes of a group whose own processors are set differently."""
    found = differing(lanes.at(target.trim, group), lanes.at(new.trim, group), ONE_ROW)
    found = lanes.maximum(found, differing(lanes.at(target.gate, group), lanes.at(new.gate, group), GATE_ROWS))
    for pair in range(PAIRS):
        rows = lanes.at2(target.filter, pair, group), lanes.at2(new.filter, pair, group)
        found = lanes.maximum(found, differing(rows[0], rows[1], FILTER_ROWS))
    for position in range(2):
        rows = lanes.at2(target.dyn, position, group), lanes.at2(new.dyn, position, group)
        found = lanes.maximum(found, differing(rows[0], rows[1], COMPRESSOR_ROWS))
        rows = lanes.at2(target.insert, position, group), lanes.at2(new.insert, position, group)
        found = lanes.maximum(found, differing(rows[0], rows[1], ONE_ROW))
        back = lanes.at2(target.insert_return, position, group), lanes.at2(new.insert_return, position, group)
        found = lanes.maximum(found, moved(back[0], back[1]))
    if group < SEND_DELAY:
        found = lanes.maximum(found, moved(lanes.at(target.delay, group), lanes.at(new.delay, group)))
    for which in range(KEYS):
        # Who listens to another signal is told nothing of what happens to that.
        elsewhere = lanes.from_index(lanes.at2(new.key, which, group)) - lanes.fill(NO_KEY)
        found = lanes.maximum(found, lanes.minimum(elsewhere, lanes.fill(ONE)))
    return found


@kernel
def source(desk, new, group):
    """Mark the lanes of a group that are fed with another signal, or with one that is altered itself."""
    for lane in range(lanes.WIDTH):
        place = new.patch[group, lane]
        from_group, from_lane = place // GROUP_FLOATS, place % lanes.WIDTH
        if place != desk.target.patch[group, lane]:
            desk.refed[group, lane] = ONE
        elif RAW <= from_group < RAW + RAW_GROUPS:
            amp = from_group - RAW
            if new.preamp[amp, 0, from_lane] != desk.target.preamp[amp, 0, from_lane]:
                desk.refed[group, lane] = ONE
        elif from_group == RETURN:
            desk.refed[group, lane] = max(desk.refed[group, lane], desk.altered[BUS, from_lane])


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
def differing(one, other, rows):
    """1 in the lanes where any of `rows` rows differs."""
    most = lanes.fill(ZERO)
    for row in range(rows):
        most = lanes.maximum(most, lanes.absolute(lanes.load(one, row) - lanes.load(other, row)))
    return lanes.select(most > lanes.fill(ZERO), lanes.fill(ONE), lanes.fill(ZERO))


@inline
def moved(one, other):
    """1 in the lanes where sixteen places, or delays, differ."""
    apart = lanes.absolute(lanes.from_index(one) - lanes.from_index(other))
    return lanes.minimum(apart, lanes.fill(ONE))
