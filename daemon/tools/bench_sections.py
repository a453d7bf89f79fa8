"""What each section of the desk costs: sections run once more after a block that the engine has mixed.

    block ─▶ engine ─▶ section, `AGAIN` times more         cost = (with − without) / AGAIN

So each section finds the memory as a real block leaves it, and the signals it is made for; what it
spoils the next block makes anew.  The order is that of the signal, over all groups of strips.
"""

import numpy as np

from daemon.audio import callback
from dsp.effects import rack
from dsp.engine import block, flow, layout, memory, rehearsal, strip
from dsp.engine.layout import BUS, EQ, EQ_PAIRS, INPUT, LOW_CUT, POST, POST_EQ, PRE, PRE_EQ, PRE_FADER
from dsp.native import atomic, kernel, lanes, objects
from dsp.native.made import in_turn
from dsp.processors import delay, gain
from dsp.processors.processor import Processor

AGAIN = 4
"""An even number: the sub-block's parity comes back to where it was."""

(CONTROL, TAKE_IN, TOOLS, PATCH, TRIM, DELAY, CUT, GATE, INSERT, DYNAMICS, EQUALISER, FADER, TO_BUS, TO_MAIN,
 TO_MATRIX, MONITOR, SEND, CARRY, OUTPUT, METERS, KEEP, EFFECTS, BEFORE_FADER) = map(np.int64, range(23))  # fmt: skip

NAMES = {
    "clocks, new targets": CONTROL,
    "inputs of the device, head amps": TAKE_IN,
    "oscillator, talkback, returning buses": TOOLS,
    "patch": PATCH,
    "trim, polarity": TRIM,
    "delay of channels": DELAY,
    "low cut": CUT,
    "gate": GATE,
    "inserts": INSERT,
    "dynamics": DYNAMICS,
    "EQ": EQUALISER,
    **{each.words: BEFORE_FADER + number for number, each in enumerate(strip.BEFORE_FADER)},
    "fader": FADER,
    "mix to buses": TO_BUS,
    "mix to mains": TO_MAIN,
    "mix to matrices": TO_MATRIX,
    "monitor, listeners": MONITOR,
    "outputs of the console, their delay": SEND,
    "patch of the device's outputs": CARRY,
    "limiter, outputs of the device": OUTPUT,
    "spectrum, sends' meters": METERS,
    "inputs kept for recalls": KEEP,
    "effects": EFFECTS,
}
"""Sections by what a person calls them, in the order of the signal."""

CHOICE = memory.OVERRUNS
"""The word that says which section runs again: nothing is overrun here."""

NONE = -1


def _if_chosen(number: np.int64, processor: Processor) -> kernel.Kernel:
    """One of the processors before the fader, if its section is the one that runs."""
    process = processor.before_fader

    @kernel.kernel
    def run_if_chosen(desk, which, x, group, page, phase, frames):
        if which == number:
            process(desk, x, group, page, phase, frames)

    return run_if_chosen


@in_turn(*(_if_chosen(BEFORE_FADER + number, each) for number, each in enumerate(strip.BEFORE_FADER)))
def run_before_fader(desk, which, x, group, page, phase, frames):
    """Run one of the processors before the fader, in place."""


@kernel.kernel
def run(shared, which, device_in, device_out, frames):
    """Run one section of the whole desk on what a block has left."""
    desk, page = shared.desks[shared.heard], shared.pages[shared.page]
    phase = np.int64(0)
    if which == CONTROL:
        block.begin_sub_block(shared)
    elif which == TAKE_IN:
        for group in range(layout.RAW_GROUPS):
            flow.take_in(desk, group, device_in, phase, frames)
    elif which == TOOLS:
        flow.bring_back(desk, phase, frames)
        flow.give_back(desk, phase, frames)
        flow.make_tools(desk, page, frames)
    elif which == TO_BUS:
        flow.mix_to(desk, layout.TO_BUS, BUS, phase, frames)
    elif which == TO_MAIN:
        flow.mix_to(desk, layout.TO_MAIN, layout.MAIN, phase, frames)
    elif which == TO_MATRIX:
        flow.mix_to(desk, layout.TO_MATRIX, layout.MATRIX, phase, frames)
    elif which == MONITOR:
        flow.hear_key(desk, phase, frames)
        flow.mix_to(desk, layout.TO_MONITOR, layout.MONITOR, phase, frames)
        delay.process_desk(desk, lanes.at2(desk.planes, layout.MONITOR, INPUT), delay.MONITOR, phase, frames)
    elif which == SEND:
        for group in range(layout.SEND_GROUPS):
            flow.send(desk, group, page, phase, frames)
    elif which == CARRY:
        for group in range(layout.OUT_GROUPS):
            flow.carry(desk, group, phase, frames)
    elif which == OUTPUT:
        block.want(shared, frames)
        for group in range(layout.OUT_GROUPS):
            block.output(shared, group, page, device_out, phase, frames)
    elif which == METERS:
        block.listen(shared, page, phase, frames)
    elif which == KEEP:
        rehearsal.keep(shared, device_in, lanes.at2(shared.rack.returned, phase, 0), desk.frame, frames)
    elif which == EFFECTS:
        flow.feed(desk, lanes.at2(shared.rack.send, phase, 0), phase, frames)
        if shared.phase == 0:  # the rack runs at the end of a sub-block
            rack.process(shared.rack, page, lanes.at(desk.curve, 0), desk.glide_length, shared.rate)
    else:
        for group in range(layout.STRIPS):
            run_strip(desk, which, group, page, phase, frames)


@kernel.kernel
def run_strip(desk, which, group, page, phase, frames):
    """Run one section of a group of strips."""
    x = lanes.at2(desk.planes, group, INPUT)
    dry = lanes.at2(desk.planes, group, PRE_EQ)
    wet = lanes.at2(desk.planes, group, POST_EQ)
    y = lanes.at2(desk.planes, group, PRE_FADER)
    if which == PATCH:
        if group < layout.INPUT_GROUPS:
            flow.patch_in(desk, group, phase, frames)
    elif which == TRIM:
        strip.trim(desk, x, group, page, phase, frames)
    elif which == DELAY:
        if group < delay.SENDS:
            delay.process_desk(desk, x, group, phase, frames)
    elif which == CUT:
        strip.filters(desk, x, x, LOW_CUT, group, phase, frames)
    elif which == GATE:
        if not strip.gate_stage(desk, x, dry, group, page, phase, frames):
            gain.copy(x, dry, frames)
    elif which == INSERT:
        strip.insert(desk, dry, PRE, group, phase, frames)
        strip.insert(desk, y, POST, group, phase, frames)
    elif which == DYNAMICS:
        strip.dynamics(desk, dry, dry, PRE, group, page, phase, frames)
        if not strip.dynamics(desk, wet, y, POST, group, page, phase, frames):
            gain.copy(wet, y, frames)
    elif which == EQUALISER:
        if not strip.filters(desk, dry, wet, EQ, group, phase, frames):
            gain.copy(dry, wet, frames)
        for pair in range(EQ + 1, EQ + EQ_PAIRS):
            strip.filters(desk, wet, wet, pair, group, phase, frames)
    elif which == FADER:
        strip.fader(desk, y, group, page, phase, frames)
    else:
        run_before_fader(desk, which, y, group, page, phase, frames)


@kernel.export(*callback.STREAM_CALLBACK, result=callback.ANSWER)
def again(device_in, device_out, frames, time_info, status, shared):
    """Mix a block of at most a sub-block as the audio callback does, then run the chosen section again."""
    mode = atomic.flush()
    count = np.int64(frames)
    block.process(shared, device_in, device_out, count)
    which = shared.words[CHOICE]
    if which != NONE:
        for _ in range(AGAIN):
            run(shared, which, device_in, device_out, count)
    atomic.set_float_mode(mode)
    return callback.CONTINUE


@kernel.export(*callback.STREAM_CALLBACK, result=callback.ANSWER)
def strips(device_in, device_out, frames, time_info, status, shared):
    """The 32 channel strips and their sends to 16 buses, without the rest of the console."""
    desk, page = shared.desks[shared.heard], shared.pages[shared.page]
    mode = atomic.flush()
    done = np.int64(0)
    while done < np.int64(frames):
        count = min(np.int64(frames) - done, np.int64(64))
        for group in range(2):
            flow.patch_in(desk, group, np.int64(0), count)
            strip.process(desk, group, page, np.int64(0), count)
        flow.mix_to(desk, layout.TO_BUS, layout.BUS, np.int64(0), count)
        done += count
    atomic.set_float_mode(mode)
    return callback.CONTINUE


UNIT = objects.Unit("bench", [again, strips])
