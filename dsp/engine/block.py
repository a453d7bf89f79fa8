"""The engine: a block of any size through the console, to the outputs of the device.

    device in ─▶ flow through the desk that is heard ───────╳─▶ limiter, fade ─▶ device out
         ╰·····▶ flow through the desk to come, in a recall ╯
                   ▲         sends ─▶ rack of effects ─▶ returns ╮
                   ╰─────────── in the next sub-block ───────────╯      (each desk has what a recall alters of it)

Nothing here depends on how many frames the device asks for: a block is cut at the sub-blocks that
are counted from the start of the stream, and targets change only at their beginning.
"""

import numpy as np

from dsp.effects import coming, rack
from dsp.engine import crossfade, flow, playback, rehearsal, targets
from dsp.engine.layout import DEVICE_OUT, INPUT, OUT, OUT_GROUPS, TAPS, WANTED
from dsp.engine.memory import FRAME, PAGE_IN_USE, PAGE_WANTED, UNSEEN
from dsp.native import atomic, lanes
from dsp.native.kernel import kernel
from dsp.processors import gain, glide, limiter, patch, spectrum, taps

TAPS_KEPT = np.int64(taps.RING)


@kernel
def process(shared, device_in, device_out, frames):
    """Mix `frames` interleaved frames of any number; the one entry for callback and render."""
    turn_page(shared)
    inputs, outputs = shared.desks[0].inputs, shared.desks[0].outputs
    done = 0
    while done < frames:
        if shared.phase == 0:
            begin_sub_block(shared)
        count = min(frames - done, glide.SUB_BLOCK - shared.phase)
        here = lanes.offset(device_in, done * inputs)
        process_block(shared, here, lanes.offset(device_out, done * outputs), count)
        done += count
        shared.phase = (shared.phase + count) % glide.SUB_BLOCK
        atomic.store(shared.words, FRAME, atomic.load(shared.words, FRAME) + count)


@kernel
def play_again(shared, tracks, width, room, signals, count, frames):
    """Mix what was recorded, without a device: no more than a sub-block of it is copied.

    Parameters
    ----------
    tracks : pointer to float32, `frames` rows of `width`
        The first of them are the inputs.
    room : pointer to float32
        For a sub-block of the inputs.
    signals : pointer to float32, `frames` rows of `count`
        Where what is kept to be recorded is written to.
    """
    inputs = shared.desks[0].inputs
    done = 0
    while done < frames:
        part = min(frames - done, glide.SUB_BLOCK - shared.phase)
        for n in range(part):
            row, here = lanes.offset(tracks, (done + n) * width), lanes.offset(room, n * inputs)
            for i in range(inputs):
                lanes.put(here, i, lanes.scalar(row, i))
        position = atomic.load(shared.words, FRAME)
        process(shared, room, room, part)
        for group in range(taps.GROUPS):
            first = group * lanes.WIDTH
            if first < count:
                taps.give(
                    lanes.at(shared.prints, group), shared.print_rows, position,
                    lanes.offset(signals, done * count + first), min(count - first, lanes.WIDTH), count, part,
                )  # fmt: skip
        done += part


@kernel
def turn_page(shared):
    """The page turns here and nowhere else: a maximum is seen exactly once."""
    shared.page = atomic.load(shared.words, PAGE_WANTED)
    atomic.store(shared.words, PAGE_IN_USE, shared.page)


@kernel
def begin_sub_block(shared):
    """Move the clocks on, and take new targets if there are any."""
    crossfade.advance(shared)
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    new = shared.slots[shared.slot]
    if shared.changing == crossfade.CROSSING:
        rehearsal.remember(shared, other)
        targets.turn(other, new, False)
    elif shared.changing == crossfade.STILL:
        rehearsal.remember(shared, desk)
    targets.turn(desk, new, shared.changing == crossfade.STILL)
    crossfade.newest(shared)
    if shared.changing == crossfade.CROSSING:
        coming.follow(shared.rack)
    may_take = shared.begun and shared.changing == crossfade.STILL
    rack.turn(shared.rack, shared.slots[shared.slot], may_take, lanes.at(desk.curve, 0), desk.glide_length, shared.rate)


@kernel
def process_block(shared, device_in, device_out, frames):
    """Mix a part of one sub-block; while one desk gives way to another, on both."""
    phase, page = shared.phase, shared.pages[shared.page]
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    crossing = shared.changing == crossfade.CROSSING
    returned = lanes.at2(shared.rack.returned, phase, 0)
    other_returned = lanes.at2(shared.rack.other_returned, phase, 0)
    if shared.forgetful == 0:
        rehearsal.keep(shared, device_in, other_returned if crossing else returned, desk.frame, frames)
    playback.bring(shared, desk, frames)
    flow.process(desk, page, device_in, returned, phase, frames)
    send = lanes.at2(shared.rack.send, phase, 0)
    flow.feed(desk, send, phase, frames)
    if crossing:
        flow.process(other, shared.pages[UNSEEN], device_in, other_returned, phase, frames)
        crossfade.cross(shared, phase, frames)
        flow.feed(other, lanes.at2(shared.rack.other_send, phase, 0), phase, frames)
        other.frame += frames
    if phase + frames == glide.SUB_BLOCK:
        curve, end = lanes.at(desk.curve, 0), desk.glide_length
        rack.process(shared.rack, page, curve, end, shared.rate)
        if crossing:
            coming.process(shared.rack, shared.pages[UNSEEN], curve, end, shared.rate)
    want(shared, frames)
    for group in range(OUT_GROUPS):
        if group * lanes.WIDTH < desk.outputs:
            output(shared, group, page, device_out, phase, frames)
    listen(shared, page, phase, frames)
    desk.frame += frames


@kernel
def want(shared, frames):
    """What all limiters want, before any of them works: the other side of a signal may leave anywhere."""
    desk = shared.desks[shared.heard]
    for group in range(OUT_GROUPS):
        if group * lanes.WIDTH < desk.outputs:
            limiter.want(
                lanes.at2(desk.planes, OUT + group, INPUT), lanes.at2(desk.planes, OUT + group, WANTED),
                lanes.at(desk.set.limiter, group), lanes.at(shared.limiter_state, group), desk.frame, frames,
            )  # fmt: skip


@kernel
def output(shared, group, page, device_out, phase, frames):
    """Sixteen outputs of the device: limiter, fade, meter."""
    desk = shared.desks[shared.heard]
    y, wanted = lanes.at2(desk.planes, OUT + group, INPUT), lanes.at2(desk.planes, OUT + group, WANTED)
    p = lanes.at(desk.set.limiter, group)
    limiter.join(lanes.at(desk.planes, 0), wanted, lanes.at(desk.set.other_side, group), frames)
    limiter.process(
        y, wanted, p, lanes.at(shared.limiter_state, group), desk.frame, lanes.at(page.limiter, group), frames
    )
    gain.process(
        y, y, lanes.at(desk.start.output, group), lanes.at(desk.target.output, group),
        desk.clock.output[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.output, group), frames,
    )  # fmt: skip
    patch.give_out(y, device_out, desk.outputs, group * lanes.WIDTH, frames)


@kernel
def listen(shared, page, phase, frames):
    """Keep what is measured beside and what is recorded, and what is looked at."""
    keep_taps(shared, lanes.at(shared.tapped, 0), lanes.at(shared.taps, 0), TAPS_KEPT, phase, frames)
    for group in range(taps.GROUPS):
        keep_taps(
            shared, lanes.at(shared.printed, group), lanes.at(shared.prints, group), shared.print_rows, phase, frames
        )
    if shared.unwatched == 0:
        show(shared.desks[shared.heard], lanes.at(shared.spectrum, 0), page, frames)


@kernel
def show(desk, ring, page, frames):
    """Keep what the spectrum shows; measure the selected strip at every tap."""
    planes = lanes.at(desk.planes, 0)
    left, right = lanes.offset(planes, desk.set.spectrum[0]), lanes.offset(planes, desk.set.spectrum[1])
    spectrum.keep(left, right, ring, desk.frame, frames)
    for side in range(2):
        for tap in range(TAPS):
            there = lanes.offset(planes, desk.set.selected[side, tap])
            page.selected[side, tap] = gain.most(there, page.selected[side, tap], frames)


@kernel
def keep_taps(shared, places, ring, rows, phase, frames):
    """Keep the signals that are wanted; in a recall they cross over as the outputs do."""
    desk, other = shared.desks[shared.heard], shared.desks[1 - shared.heard]
    taps.keep(lanes.at(desk.planes, 0), places, ring, rows, desk.frame, frames)
    if shared.changing == crossfade.CROSSING:
        curve = lanes.offset(lanes.at(desk.curve, 0), shared.changed + phase + 1)
        taps.cross(lanes.at(other.planes, 0), places, DEVICE_OUT, ring, rows, desk.frame, curve, frames)
