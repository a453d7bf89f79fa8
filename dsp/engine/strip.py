"""The strip: what happens to sixteen channels between their patch and the mix, top to bottom.

    trim · polarity → delay → low cut → ① gate → [insert] → [dynamics] → ② EQ → ③
      → [dynamics] → [insert] → automatic mix → ④ fader → ⑤

    ① input   ② pre-EQ   ③ post-EQ   ④ pre-fader   ⑤ post-fader: where sends and outputs tap

Dynamics and insert are there twice, before and after the EQ; the one that is not chosen is off.
A processor that is out in all sixteen lanes is skipped, and forgets what it heard.
"""

import numpy as np

from dsp.engine.layout import (
    EQ,
    EQ_PAIRS,
    GATE_KEY,
    HEARD_KEY,
    HEARD_KEYS,
    INPUT,
    INSERT_PRE,
    KEY,
    KEYS,
    LOW_CUT,
    POST,
    POST_EQ,
    POST_FADER,
    PRE,
    PRE_EQ,
    PRE_FADER,
    PRE_KEY,
    TOOLS,
)
from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ZERO
from dsp.native.made import in_turn
from dsp.processors import compressor, delay, gain, gate, pairs, patch, registry, ride, svf

BEFORE_FADER = [each for each in registry.ALL if each.before_fader]


@in_turn(*(each.before_fader for each in BEFORE_FADER))
def before_fader(desk, x, group, page, phase, frames):
    """Do in place what is done before the fader, after all else."""


@kernel
def process(desk, group, page, phase, frames):
    """Take `frames` rows of one group of lanes from the INPUT plane through the strip to POST_FADER."""
    x = lanes.at2(desk.planes, group, INPUT)
    trim(desk, x, group, page, phase, frames)
    if group < delay.SENDS:
        delay.process_desk(desk, x, group, phase, frames)
    filters(desk, x, x, LOW_CUT, group, phase, frames)

    y = lanes.at2(desk.planes, group, PRE_EQ)
    if not gate_stage(desk, x, y, group, page, phase, frames):
        gain.copy(x, y, frames)
    insert(desk, y, PRE, group, phase, frames)
    dynamics(desk, y, y, PRE, group, page, phase, frames)

    x = y
    y = lanes.at2(desk.planes, group, POST_EQ)
    if not filters(desk, x, y, EQ, group, phase, frames):
        gain.copy(x, y, frames)
    for pair in range(EQ + 1, EQ + EQ_PAIRS):
        filters(desk, y, y, pair, group, phase, frames)

    x = y
    y = lanes.at2(desk.planes, group, PRE_FADER)
    if not dynamics(desk, x, y, POST, group, page, phase, frames):
        gain.copy(x, y, frames)
    insert(desk, y, POST, group, phase, frames)
    before_fader(desk, y, group, page, phase, frames)
    fader(desk, y, group, page, phase, frames)


@kernel
def silence(desk, group, frames):
    """What a group of strips gives when nothing is patched to it; the keys of others are heard all the same."""
    for plane in range(INPUT, POST_FADER + 1):
        gain.clear(lanes.at2(desk.planes, group, plane), frames)
    for which in range(KEYS):
        let_hear(desk, which, lanes.at2(desk.planes, group, INPUT), group, frames)


@kernel
def trim(desk, x, group, page, phase, frames):
    """Trim and polarity; the input meter."""
    ride.process(
        x, x, lanes.at(desk.start.trim, group), lanes.at(desk.target.trim, group), lanes.at(desk.left.trim, group),
        desk.clock.trim[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.input, group), frames,
    )  # fmt: skip


@kernel
def insert(desk, x, position, group, phase, frames):
    """Send `x` out where there is an insert, and go on with what comes back."""
    if desk.live.insert[position, group] == 0:
        return
    sent = lanes.at2(desk.planes, group, INSERT_PRE + position)
    back = lanes.at2(desk.planes, group, KEY)
    gain.copy(x, sent, frames)
    end = desk.glide_length
    patch.process(
        lanes.at(desk.planes, 0), back, lanes.at2(desk.start.insert_return, position, group),
        lanes.at2(desk.target.insert_return, position, group),
        desk.clock.insert_return[position, group] + phase, end, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip
    gain.blend(
        x, back, lanes.at2(desk.start.insert, position, group), lanes.at2(desk.target.insert, position, group),
        desk.clock.insert[position, group] + phase, end, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def filters(desk, x, y, pair, group, phase, frames):
    """Two filters in series from `x` to `y`; false if they are out."""
    state = lanes.at3(desk.filter_state, pairs.HEARD, pair, group)
    if desk.live.filter[pair, group] == 0:
        return False
    start, target = lanes.at2(desk.start.filter, pair, group), lanes.at2(desk.target.filter, pair, group)
    coming, clock = lanes.at3(desk.filter_state, pairs.COMING, pair, group), desk.clock.filter[pair, group] + phase
    end, curve = desk.glide_length, lanes.at(desk.curve, 0)
    left = lanes.at2(desk.left.filter, pair, group)
    if pair == LOW_CUT:
        svf.process_quietly(x, y, start, target, state, coming, left, clock, end, curve, frames)
    elif pair < EQ:
        svf.process_first(x, y, start, target, state, coming, left, clock, end, curve, frames)
    else:
        svf.process(x, y, start, target, state, coming, left, clock, end, curve, frames)
    return True


@kernel
def key_of(desk, pair, x, group, phase, frames):
    """What a processor with this pair of key filters listens to: `x` itself unless patched or filtered."""
    which = pair - GATE_KEY
    if desk.live.filter[pair, group] == 0 and desk.keyed[which, group] == 0:
        return x
    key = lanes.at2(desk.planes, group, KEY)
    patch.choose_key(
        lanes.at(desk.planes, 0), x, lanes.at2(desk.key_self, which, group),
        lanes.at2(desk.set.key, which, group), key, frames,
    )  # fmt: skip
    filters(desk, key, key, pair, group, phase, frames)
    gain.link(key, lanes.at(desk.set.linked, group), frames)
    return key


@kernel
def let_hear(desk, which, x, group, frames):
    """Keep what a processor listens to, before its filter, if somebody wants to hear it too."""
    for heard in range(HEARD_KEYS):
        wish = lanes.at(desk.set.heard_key, heard)
        if lanes.scalar(wish, 0) == which and lanes.scalar(wish, 1) == group:
            lane = lanes.scalar(wish, 2)
            key, row = x, np.int64(lane)
            if desk.keyed[which, group] and desk.key_self[which, group, lane] == ZERO:
                key, row = lanes.at(desk.planes, 0), np.int64(desk.set.key[which, group, lane])
            kept = lanes.at2(desk.planes, TOOLS, KEY)
            for n in range(frames):
                lanes.put(kept, n * lanes.WIDTH + HEARD_KEY + heard, lanes.scalar(key, n * lanes.WIDTH + row))


@kernel
def gate_stage(desk, x, y, group, page, phase, frames):
    """Gate, expander or ducker from `x` to `y`, and its gain meter; false if it is out."""
    let_hear(desk, 0, x, group, frames)
    if desk.live.gate[group] == 0:
        gate.reset(lanes.at(desk.gate_state, group))
        return False
    key = key_of(desk, GATE_KEY, x, group, phase, frames)
    gate.process_strip(desk, x, key, y, group, page, phase, frames)
    return True


@kernel
def dynamics(desk, x, y, position, group, page, phase, frames):
    """Compressor or expander from `x` to `y`, before or after the EQ, and its gain meter; false if it is out."""
    let_hear(desk, 1 + position, x, group, frames)
    if desk.live.dyn[position, group] == 0:
        compressor.reset(lanes.at2(desk.dyn_state, position, group))
        return False
    key = key_of(desk, PRE_KEY + position, x, group, phase, frames)
    compressor.process_strip(desk, x, key, y, position, group, page, phase, frames)
    return True


@kernel
def fader(desk, x, group, page, phase, frames):
    """Fader with all that acts on it; the post-fader meter."""
    ride.process(
        x, lanes.at2(desk.planes, group, POST_FADER),
        lanes.at(desk.start.fader, group), lanes.at(desk.target.fader, group), lanes.at(desk.left.fader, group),
        desk.clock.fader[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.post, group), frames,
    )  # fmt: skip
