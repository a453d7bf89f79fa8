"""The rack: eight slots beside the desks, one sub-block behind them.

    buses, mono/centre, inserts ─▶ patch ─▶ slot ─▶ fade ─▶ returns and inserts, in the next sub-block
                                             ▲
                      settings glide; another type: fade out ─▶ begin anew ─▶ fade in

A slot that a recall does not alter rings on through it; one that it alters is doubled, see `coming`.  A slot
works on whole sub-blocks, so that the device's blocks change nothing.  What goes in is held within +18 dBFS:
a slot that is fed with what it gives back can't run away.
"""

import numpy as np

from dsp.effects.memory import FRAMES, METERS, SETTINGS, SIDES, SLOTS, STATES
from dsp.native import calls, lanes, lines
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, TWO, ZERO
from dsp.processors import glide

SIGNALS = SLOTS * SIDES
"""As many as there are lanes."""
LINE = FRAMES // lanes.WIDTH
"""Rows of sixteen frames in a sub-block of one signal."""

MOST = np.float32(8)
"""Loudest that goes into an effect."""
SANE = np.float32(1e3)
"""What comes out beyond this, or is no number, is silence."""
INAUDIBLE = np.float32(1e-9)
"""So is what comes out below -180 dBFS."""

ASLEEP_S = 12.0
"""Silence in and out after which a slot rests: longer than the longest echo."""


@kernel
def turn(rack, new, may_take, curve, end, rate):
    """Begin a sub-block: move the clocks of all slots on, and take new effects and settings if they may be."""
    for i in range(SLOTS):
        slot = rack.slots[rack.heard[i], i]
        advance(slot, curve, end)
        if may_take:
            take(slot, new, i, rack.heard[i], end, rate)
            weigh(slot, curve, end)


@kernel
def advance(slot, curve, end):
    """Move the clock of a slot on."""
    slot.clock = min(slot.clock + FRAMES, glide.slow(end))
    weigh(slot, curve, end)


@kernel
def weigh(slot, curve, end):
    """See how far its settings are on their way: softer than a gain has to be, as filters ring of any edge."""
    glided = slot.gliding
    slot.gliding = slot.clock < glide.slow(end)
    if not slot.gliding and not glided:
        return
    for n in range(FRAMES):
        w = glide.slow_weight(curve, slot.clock + n + 1)
        slot.weight[n] = ONE - w * w * (ONE + TWO * (ONE - w)) if slot.gliding else ZERO


@kernel
def take(slot, new, i, record, end, rate):
    """Take what slot `i` is to be: other settings once the last have arrived, another effect once this has faded."""
    if new.effect_serial[i] != slot.serial:
        first = slot.serial == 0
        if first or (slot.leaving and slot.open == 0):
            begin(slot, new, i, record, end, rate)
            slot.open, slot.fresh = end if first else 0, not first
        slot.leaving = not first and slot.serial != new.effect_serial[i]
        return
    slot.leaving = 0
    if slot.clock < glide.slow(end) or slot.seen == new.serial:
        return
    slot.seen = new.serial
    differs = False
    for k in range(SETTINGS):
        differs = differs or slot.target[k] != new.effect[i, k]
    if differs:
        for k in range(SETTINGS):
            slot.start[k] = slot.target[k]
            slot.target[k] = new.effect[i, k]
        slot.clock = 0


@kernel
def begin(slot, new, i, record, end, rate):
    """Become another effect, which remembers nothing, in one of the two records of slot `i`."""
    slot.code, slot.memory, slot.serial = new.effect_code[i], new.effect_memory[i, record], new.effect_serial[i]
    slot.frame, slot.clock, slot.rate = 0, glide.slow(end), rate
    slot.quiet = np.int64(ASLEEP_S * rate) + 1  # asleep until it hears anything
    for k in range(SETTINGS):
        slot.start[k] = slot.target[k] = new.effect[i, k]
    for k in range(STATES):
        slot.state[k] = 0.0
    for k in range(METERS):
        slot.meter[k] = ONE


@kernel
def process(rack, page, curve, end, rate):
    """Let all slots make one sub-block of `rack.returned` of `rack.send`."""
    sent, back = lanes.scratch(), lanes.scratch()
    apart(lanes.at2(rack.send, 0, 0), sent)
    for i in range(SLOTS):
        play(rack.slots[rack.heard[i], i], i, sent, back, page, curve, end, rate)
    together(back, lanes.at2(rack.returned, 0, 0))


@kernel
def apart(rows, each):
    """Put the sixteen signals of a sub-block, side by side in `rows`, one after the other: each is a line."""
    for n in range(0, FRAMES, lanes.WIDTH):
        lines.turn(lanes.row_of(rows, n), SIGNALS, lanes.offset(each, n), FRAMES)


@kernel
def together(each, rows):
    """Put sixteen signals, one after the other, side by side again."""
    for n in range(0, FRAMES, lanes.WIDTH):
        lines.turn(lanes.offset(each, n), FRAMES, lanes.row_of(rows, n), SIGNALS)


@kernel
def play(slot, i, sent, back, page, curve, end, rate):
    """Let slot `i` make one sub-block of its lines of `back` of its lines of `sent`."""
    x, y = lanes.offset(sent, SIDES * i * FRAMES), lanes.offset(back, SIDES * i * FRAMES)
    if slot.quiet > ASLEEP_S * rate and not fed(x):
        rest(slot, y, page, i, end)
        return
    heard = fetch(slot, x, page, i, curve, end)
    if heard or slot.quiet <= ASLEEP_S * rate:
        if slot.code:
            calls.call(slot.code, slot)
        slot.frame += FRAMES
    heard |= give(slot, y, page, i, curve, end)
    slot.quiet = 0 if heard else slot.quiet + FRAMES


@kernel
def fed(x):
    """Whether anything is sent to a slot."""
    found = False
    for row in range(SIDES * LINE):
        found = found or lanes.differ(lanes.load(x, row), ZERO)
    return found


@kernel
def rest(slot, y, page, i, end):
    """Let slot `i`, which sleeps and is sent nothing, give silence: what playing it would come to."""
    for row in range(SIDES * LINE):
        lanes.store(y, row, lanes.fill(ZERO))
    slot.fresh = 0  # what it will hear begins by itself
    go_on(slot, page, i, end)
    slot.quiet += FRAMES


@kernel
def fetch(slot, x, page, i, curve, end):
    """Bring what is sent to slot `i` to its sides; whether there is anything."""
    heard = False
    fades = slot.fresh and slot.frame < end
    for side in range(SIDES):
        most = lanes.fill(ZERO)
        for row in range(LINE):
            v = held(lanes.load(x, side * LINE + row))
            if fades:
                v = v * lanes.load(lanes.offset(curve, slot.frame + row * lanes.WIDTH + 1), 0)
            lanes.store(lanes.at(slot.x, side), row, v)
            most = lanes.maximum(lanes.absolute(v), most)
        loudest = lanes.largest(most)
        page.effect_in[SIDES * i + side] = max(page.effect_in[SIDES * i + side], loudest)
        heard = heard or loudest > ZERO
    return heard


@inline
def held(x):
    """`x` within `MOST`; silence where it is no number."""
    zero, most = lanes.fill(ZERO), lanes.fill(MOST)
    beyond = lanes.select(x > zero, most, lanes.select(x < zero, zero - most, zero))
    return lanes.select(lanes.absolute(x) < SANE, lanes.minimum(lanes.maximum(x, zero - most), most), beyond)


@kernel
def give(slot, y, page, i, curve, end):
    """Bring what slot `i` made to the returns, through its fade; whether there is anything."""
    heard, zero = False, lanes.fill(ZERO)
    fades = slot.leaving or slot.open < end
    gains = lanes.scratch()
    if fades:
        step = -1 if slot.leaving else 1
        for n in range(FRAMES):
            faded = slot.open + step * (n + 1)
            lanes.put(gains, n, lanes.scalar(curve, max(faded, 0)) if faded < end else ONE)
    for side in range(SIDES):
        most = zero
        for row in range(LINE):
            v = lanes.load(lanes.at(slot.x, side), row)
            size = lanes.absolute(v)
            v = lanes.select(size > INAUDIBLE, lanes.select(size < SANE, v, zero), zero)
            heard = heard or lanes.differ(v, zero)
            if fades:
                v = v * lanes.load(gains, row)
            lanes.store(y, side * LINE + row, v)
            most = lanes.maximum(lanes.absolute(v), most)
        page.effect_out[SIDES * i + side] = max(page.effect_out[SIDES * i + side], lanes.largest(most))
    go_on(slot, page, i, end)
    return heard


@kernel
def go_on(slot, page, i, end):
    """Take the fade of slot `i` one sub-block further, and show its meters."""
    slot.open = min(max(slot.open + (-FRAMES if slot.leaving else FRAMES), 0), end)
    for k in range(METERS):
        page.effect_gain[i, k] = min(page.effect_gain[i, k], slot.meter[k])
