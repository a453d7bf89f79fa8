"""Processors without a desk around them: one effect, or one compressor, over a whole song.

    x, 64 frames at a time ─▶ the kernel that the rack calls, too ─▶ y

For what is rendered when there is time; what is played goes through `rack`.
"""

from dsp.effects.memory import FRAMES, SIDES
from dsp.native import atomic, calls, lanes
from dsp.native.kernel import kernel
from dsp.processors import compressor


@kernel
def play(slot, x, y):
    """Let an effect make `y` of `x`, both float32 of shape (frames, 2), whole sub-blocks."""
    mode = atomic.flush()
    for first in range(0, x.shape[0] - FRAMES + 1, FRAMES):
        for n in range(FRAMES):
            for side in range(SIDES):
                slot.x[side, n] = x[first + n, side]
        calls.call(slot.code, slot)
        slot.frame += FRAMES
        for n in range(FRAMES):
            for side in range(SIDES):
                y[first + n, side] = slot.x[side, n]
    atomic.set_float_mode(mode)


@kernel
def compress(x, key, rows, state, frame, meter):
    """Let a compressor with settled settings work on `x` in place, led by `key`; rows of 16 lanes, whole sub-blocks.

    `frame` is the first one's, from the beginning of the song.
    """
    mode = atomic.flush()
    settled = lanes.at(rows, 0)
    for first in range(0, x.shape[0] - FRAMES + 1, FRAMES):
        y = lanes.at(x, first)
        compressor.process(
            y, lanes.at(key, first), y, settled, settled, lanes.at(state, 0), frame + first, 0, 0, settled,
            lanes.at(meter, 0), FRAMES,
        )  # fmt: skip
    atomic.set_float_mode(mode)
