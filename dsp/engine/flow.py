"""The flow of the signal through one desk: a part of a sub-block, on one page.

    device in ─▶ inputs ─▶ strips ─▶ mix ─▶ buses ─▶ mix ─▶ mains ─▶ mix ─▶ matrices
                   ▲    ╲               ╲ │            │               │       │
                   │     oscillator, talk ╲▼           ▼               ▼       ▼
                   │                     every strip ─▶ mix ─▶ monitor and listeners
                   └─ one sub-block later ─┘  │                        │
                                              ▼                        ▼
                              outputs of the console: tap, gain, delay ─▶ patch of the device's outputs
"""

from dsp.engine import playback, strip
from dsp.engine.layout import (
    BACK_BUS,
    BACK_EFFECT,
    BUS,
    GATE_KEY,
    HEARD_KEY,
    HEARD_KEYS,
    INPUT,
    INPUT_GROUPS,
    KEY,
    MAIN,
    MATRIX,
    MIXES,
    MONITOR,
    OSCILLATOR,
    OUT,
    OUT_GROUPS,
    POST_FADER,
    RAW,
    RAW_GROUPS,
    RETURN,
    ROWS,
    SEND,
    SEND_GROUPS,
    TALK_A,
    TALK_B,
    TO_BUS,
    TO_MAIN,
    TO_MATRIX,
    TO_MONITOR,
    TOOLS,
    TRACK,
)
from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.processors import delay, gain, mix, oscillator, patch, registry, ride

LONG_SILENT = max(each.rings_out for each in registry.STAGES)
"""Frames after which the last filter has rung out, and nothing comes that is late."""


@kernel
def process(desk, page, device_in, returned, phase, frames):
    """Mix a part of one sub-block, from inputs of the device and returns of effects to the patch of its outputs."""
    for group in range(RAW_GROUPS):
        if group * lanes.WIDTH < desk.inputs or desk.set.ring[playback.TRACKS] != 0:
            take_in(desk, group, device_in, phase, frames)
    if desk.set.ring[playback.TAPES] != 0:
        playback.take_tape(desk, frames)
    bring_back(desk, phase, frames)
    gain.copy(returned, lanes.at2(desk.planes, RETURN, BACK_EFFECT), frames)
    make_tools(desk, page, frames)

    for group in range(INPUT_GROUPS):
        if rung_out(desk, group, desk.live.patch[group] != 0, frames):
            strip.silence(desk, group, frames)
        else:
            patch_in(desk, group, phase, frames)
            strip.process(desk, group, page, phase, frames)

    mixed(desk, TO_BUS, BUS, page, phase, frames)
    give_back(desk, phase, frames)

    mixed(desk, TO_MAIN, MAIN, page, phase, frames)
    mixed(desk, TO_MATRIX, MATRIX, page, phase, frames)
    hear_key(desk, phase, frames)
    mix_to(desk, TO_MONITOR, MONITOR, phase, frames)
    delay.process_desk(desk, lanes.at2(desk.planes, MONITOR, INPUT), delay.MONITOR, phase, frames)

    for group in range(SEND_GROUPS):
        is_silent = rung_out(desk, INPUT_GROUPS + MIXES + group, desk.live.send_patch[group] != 0, frames)
        if not is_silent and desk.shut == 0:
            send(desk, group, page, phase, frames)
    for group in range(OUT_GROUPS):
        if group * lanes.WIDTH < desk.outputs:
            carry(desk, group, phase, frames)


@kernel
def bring_back(desk, phase, frames):
    """Let the buses of the last sub-block be sources."""
    back = lanes.at2(desk.returned, 1 - desk.parity, phase)
    patch.bring_back(back, lanes.at2(desk.planes, RETURN, BACK_BUS), frames)


@kernel
def give_back(desk, phase, frames):
    """Keep the buses for the next sub-block, where they are sources."""
    kept = lanes.at2(desk.returned, desk.parity, phase)
    gain.copy(lanes.at2(desk.planes, BUS, POST_FADER), kept, frames)


@kernel
def rung_out(desk, which, fed, frames):
    """Whether nothing has fed a group of lanes for so long that there is nothing left to hear."""
    desk.unfed[which] = 0 if fed else desk.unfed[which] + frames
    return desk.unfed[which] > LONG_SILENT


@kernel
def take_in(desk, group, device_in, phase, frames):
    """Sixteen inputs of the device, or the tracks in their place, and their head amplifiers."""
    x = lanes.at2(desk.planes, RAW + group, INPUT)
    if group * lanes.WIDTH < desk.inputs:
        patch.take_in(device_in, desk.inputs, group * lanes.WIDTH, x, frames)
    else:
        gain.clear(x, frames)
    if desk.set.ring[playback.TRACKS] != 0:
        playback.take_tracks(desk, group, phase, frames)
        amplify(desk, group, lanes.at2(desk.planes, RAW + group, TRACK), phase, frames)
    amplify(desk, group, x, phase, frames)


@kernel
def amplify(desk, group, x, phase, frames):
    """Sixteen head amplifiers."""
    ride.scale(
        x, lanes.at(desk.start.preamp, group), lanes.at(desk.target.preamp, group), lanes.at(desk.left.preamp, group),
        desk.clock.preamp[group] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def make_tools(desk, page, frames):
    """Oscillator and talkback, as sources like any other."""
    y = lanes.at2(desk.planes, TOOLS, INPUT)
    oscillator.process_desk(desk, y, OSCILLATOR, frames)
    talk = lanes.offset(lanes.at(desk.planes, 0), desk.set.talk)
    for n in range(frames):
        spoken = lanes.scalar(talk, n * lanes.WIDTH)
        lanes.put(y, n * lanes.WIDTH + TALK_A, spoken)
        lanes.put(y, n * lanes.WIDTH + TALK_B, spoken)
    # Apart: a row that is read whole just after parts of it were written is waited for.
    most = lanes.load(lanes.at(page.tools, 0), 0)
    for n in range(frames):
        most = lanes.maximum(lanes.absolute(lanes.load(y, n)), most)
    lanes.store(lanes.at(page.tools, 0), 0, most)


@kernel
def hear_key(desk, phase, frames):
    """What gates and dynamics listen to, filtered as for them, as a source for the monitor."""
    key, y = lanes.at2(desk.planes, TOOLS, KEY), lanes.at2(desk.planes, TOOLS, INPUT)
    # Matrices have no gates: the filter of a key that is heard has their place.
    strip.filters(desk, key, key, GATE_KEY, MATRIX, phase, frames)
    for n in range(frames):
        for lane in range(HEARD_KEY, HEARD_KEY + HEARD_KEYS):
            lanes.put(y, n * lanes.WIDTH + lane, lanes.scalar(key, n * lanes.WIDTH + lane))
    gain.clear(key, frames)


@kernel
def patch_in(desk, group, phase, frames):
    """Each lane's signal from anywhere in the console."""
    patch.process(
        lanes.at(desk.planes, 0), lanes.at2(desk.planes, group, INPUT),
        lanes.at(desk.start.patch, group), lanes.at(desk.target.patch, group),
        desk.clock.patch[group] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def mixed(desk, which, group, page, phase, frames):
    """Sixteen mixes and their strips; when nothing has fed them for long, silence."""
    if rung_out(desk, INPUT_GROUPS + which, desk.used_count[which, mix.WHOLE] != 0, frames):
        strip.silence(desk, group, frames)
        return
    mix_to(desk, which, group, phase, frames)
    strip.process(desk, group, page, phase, frames)


@kernel
def mix_to(desk, which, group, phase, frames):
    """Sum all sources in use into one group of sixteen destinations."""
    mix.process(
        lanes.at(desk.planes, 0), lanes.at(desk.places, 0), lanes.at2(desk.planes, group, INPUT),
        lanes.at(desk.start.mix, which), lanes.at(desk.target.mix, which), lanes.at(desk.left.mix, which),
        lanes.at(desk.clock.mix, which), lanes.at(desk.used, which), lanes.at(desk.used_count, which), ROWS,
        phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def send(desk, group, page, phase, frames):
    """Sixteen outputs of the console: tap, gain with polarity, and the delay of the main ones."""
    y = lanes.at2(desk.planes, SEND + group, INPUT)
    curve, end = lanes.at(desk.curve, 0), desk.glide_length
    patch.process(
        lanes.at(desk.planes, 0), y, lanes.at(desk.start.send_patch, group),
        lanes.at(desk.target.send_patch, group), desk.clock.send_patch[group] + phase, end, curve, frames,
    )  # fmt: skip
    ride.process(
        y, y, lanes.at(desk.start.send, group), lanes.at(desk.target.send, group), lanes.at(desk.left.send, group),
        desk.clock.send[group] + phase, end, curve, lanes.at(page.send, group), frames,
    )  # fmt: skip
    if group == 0:
        delay.process_desk(desk, y, delay.SENDS, phase, frames)


@kernel
def carry(desk, group, phase, frames):
    """What sixteen outputs of the device carry."""
    patch.process(
        lanes.at(desk.planes, 0), lanes.at2(desk.planes, OUT + group, INPUT),
        lanes.at(desk.start.output_patch, group), lanes.at(desk.target.output_patch, group),
        desk.clock.output_patch[group] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def feed(desk, y, phase, frames):
    """What both sides of every effect slot are fed with, `frames` rows of `y`."""
    patch.process(
        lanes.at(desk.planes, 0), y, lanes.at(desk.start.effect_patch, 0), lanes.at(desk.target.effect_patch, 0),
        desk.clock.effect_patch[0] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip
