"""The engine: one block through the whole console, on one page.

    device in → guard ─┬─▶ patch → strips ─┬─▶ mix → buses ─┬─▶ mix → mains ─┬─▶ patch → device out
                       └─◀─── one sub-block later ──────────┘                │
                                          every strip, bus and main ─────────┘

Nothing here depends on how many frames the device asks for: a block is cut at the sub-blocks that
are counted from the start of the stream, and targets change only at their beginning.
"""

from dsp import accept, atomic, gain, glide, lanes, mix, patch, strip
from dsp.kernel import kernel
from dsp.wall import (
    BUS,
    FRAME,
    INPUT,
    INPUT_GROUPS,
    MAIN,
    OUTPUT_GROUPS,
    PAGE_IN_USE,
    PAGE_WANTED,
    POST_FADER,
    TO_BUS,
    TO_MAIN,
)


@kernel
def process(desk, device_in, device_out, frames):
    """Mix `frames` interleaved frames of any number; the one entry for callback and render."""
    turn_page(desk)
    done = 0
    while done < frames:
        if desk.phase == 0:
            begin_sub_block(desk)
        count = min(frames - done, glide.SUB_BLOCK - desk.phase)
        process_block(
            desk, lanes.offset(device_in, done * desk.inputs), lanes.offset(device_out, done * desk.outputs), count
        )
        done += count
        desk.phase = (desk.phase + count) % glide.SUB_BLOCK
        atomic.store(desk.words, FRAME, atomic.load(desk.words, FRAME) + count)


@kernel
def turn_page(desk):
    """The page turns here and nowhere else: a maximum is seen exactly once."""
    desk.page = atomic.load(desk.words, PAGE_WANTED)
    atomic.store(desk.words, PAGE_IN_USE, desk.page)


@kernel
def begin_sub_block(desk):
    """Move the clocks on, and take new targets if there are any."""
    desk.parity = 1 - desk.parity
    accept.advance(desk)
    accept.newest(desk)


@kernel
def process_block(desk, device_in, device_out, frames):
    """Mix a part of one sub-block."""
    phase = desk.phase
    page = desk.pages[desk.page]

    patch.take_in(device_in, desk.inputs, lanes.at(desk.source, 0), frames)
    patch.bring_back(
        lanes.at2(desk.returned, 1 - desk.parity, phase), lanes.at(desk.source, 0), patch.RETURNS, frames
    )
    for group in range(INPUT_GROUPS):
        if desk.live.patch[group] != 0:
            patch_in(desk, group, phase, frames)
            strip.process(desk, group, page, phase, frames)
        else:
            strip.silence(desk, group, frames)

    mix_to(desk, TO_BUS, BUS, phase, frames)
    strip.process(desk, BUS, page, phase, frames)
    gain.copy(
        lanes.at2(desk.planes, BUS, POST_FADER), lanes.at2(desk.returned, desk.parity, phase), frames
    )

    mix_to(desk, TO_MAIN, MAIN, phase, frames)
    strip.process(desk, MAIN, page, phase, frames)

    for group in range(OUTPUT_GROUPS):
        if group * lanes.WIDTH < desk.outputs:
            patch_out(desk, group, page, device_out, phase, frames)


@kernel
def patch_in(desk, group, phase, frames):
    """Each lane's signal from the source columns."""
    patch.process(
        lanes.at(desk.source, 0), patch.COLUMNS, lanes.at2(desk.planes, group, INPUT),
        lanes.at(desk.start.patch, group), lanes.at(desk.target.patch, group),
        desk.clock.patch[group] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def mix_to(desk, which, group, phase, frames):
    """Sum all sources in use into one group of sixteen destinations."""
    mix.process(
        lanes.at(desk.planes, 0), lanes.at(desk.places, 0), lanes.at2(desk.planes, group, INPUT),
        lanes.at(desk.start.mix, which), lanes.at(desk.target.mix, which),
        lanes.at(desk.clock.mix, which), lanes.at(desk.used, which), desk.used_count[which],
        phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip


@kernel
def patch_out(desk, group, page, device_out, phase, frames):
    """Sixteen device outputs from anywhere in the console; their gains and meters."""
    y = lanes.at(desk.sink, group)
    patch.process(
        lanes.at(desk.planes, 0), lanes.WIDTH, y,
        lanes.at(desk.start.sink, group), lanes.at(desk.target.sink, group),
        desk.clock.sink[group] + phase, desk.glide_length, lanes.at(desk.curve, 0), frames,
    )  # fmt: skip
    gain.process(
        y, y, lanes.at(desk.start.output, group), lanes.at(desk.target.output, group),
        desk.clock.output[group] + phase, desk.glide_length, lanes.at(desk.curve, 0),
        lanes.at(page.output, group), frames,
    )  # fmt: skip
    patch.give_out(y, device_out, desk.outputs, group * lanes.WIDTH, frames)
