"""Processors without a desk around them: one effect, or one compressor, over a whole song.

    x, 64 frames at a time ─▶ the kernel that the rack calls, too ─▶ y

For what is rendered when there is time; what is played goes through `rack`.
"""

from dsp.effects import tone
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
def listen(x, low_cut, state, y):
    """Let `y`, float32 (frames,), be the magnitude of the louder side of `x`, float64 (frames, 2), behind a low cut."""
    how = low_cut[0], low_cut[1], low_cut[2], low_cut[3], low_cut[4], low_cut[5]
    left, right = (state[0, 0], state[0, 1]), (state[1, 0], state[1, 1])
    for n in range(x.shape[0]):
        a, left = tone.step(how, left, x[n, 0])
        b, right = tone.step(how, right, x[n, 1])
        y[n] = max(abs(a), abs(b))
    state[0, 0], state[0, 1] = left
    state[1, 0], state[1, 1] = right


@kernel
def compress(gain, key, rows, state, frame, meter):
    """Let `gain` be what a compressor with settled settings, led by `key`, multiplies with; both float32 (frames,).

    Rows of 16 lanes, all alike, and whole sub-blocks; `frame` is the first one's, from the beginning of the song.
    """
    mode = atomic.flush()
    settled = lanes.at(rows, 0)
    led, y = lanes.scratch(), lanes.scratch()
    for first in range(0, key.shape[0] - FRAMES + 1, FRAMES):
        for n in range(FRAMES):
            lanes.store(led, n, lanes.fill(key[first + n]))
            lanes.store(y, n, lanes.fill(lanes.ONE))
        compressor.process(
            y, led, y, settled, settled, lanes.at(state, 0), frame + first, 0, 0, settled, lanes.at(meter, 0), FRAMES,
        )  # fmt: skip
        for n in range(FRAMES):
            gain[first + n] = lanes.scalar(y, lanes.WIDTH * n)
    atomic.set_float_mode(mode)
