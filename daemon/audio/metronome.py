"""The metronome of the stage: native code that calls the callback in real time, with inputs from memory."""

import numpy as np

from dsp.native import calls, clock, kernel

LARGEST_BLOCK = 1024
# Later than this the stage drops blocks, as hardware would; up to this it catches up.
PATIENCE_NS = 20_000_000
# PortAudio's words for what a dropped block is to the callback: input overflow and output underflow.
DROPPED = 0x2 | 0x4
LOAD_SMOOTHING = 1 / 64

# What the clock and its owner tell each other.
CLOCK = np.dtype(
    [
        ("stop", np.int64),  # owner: end after this block
        ("blocks", np.int64),  # clock: blocks played
        ("frames", np.int64),  # clock: frames played
        ("missed", np.int64),  # clock: blocks dropped because they came too late
        ("kept", np.int64),  # clock: rows of the sink that were written since it last began at the top
        ("load", np.float64),  # clock: time in the callback over time there is, smoothed
    ]
)

NO_TIME = 0

INTEGER, INTEGERS, AUDIO = kernel.number(np.int64), kernel.array_of(np.int64), kernel.array_of(np.float32, 2)


@kernel.kernel
def length(frames, rate):
    """Nanoseconds that `frames` last, without overflow in a week and without drift in a year."""
    return frames // rate * clock.SECOND + frames % rate * clock.SECOND // rate


@kernel.export(INTEGER, INTEGER, AUDIO, AUDIO, INTEGERS, INTEGER, INTEGER, kernel.address_of(CLOCK))
def play(callback, userdata, signal, sink, sizes, rate, limit, shared):
    """Play blocks of `sizes`, in turn, until told to stop, `limit` blocks (0: endless) or a non-zero answer.

    `signal` and `sink` end with LARGEST_BLOCK spare rows, so that no block needs a wrap.  A `rate` of 0
    plays as fast as the callback can.
    """
    loop = signal.shape[0] - LARGEST_BLOCK
    keep = sink.shape[0] - LARGEST_BLOCK
    origin = clock.now()
    flags = 0
    while shared.stop == 0 and (limit == 0 or shared.blocks < limit):
        frames = sizes[shared.blocks % sizes.size]
        begun = 0
        if rate > 0:
            due = origin + length(shared.frames, rate)
            begun = clock.now()
            while begun < due:
                clock.sleep(due - begun)
                begun = clock.now()
            if begun - due > PATIENCE_NS:
                # The late blocks are gone, and one more: an overload must leave the processor some air.
                period = length(frames, rate)
                dropped = (begun - due) // period + 1
                shared.missed += dropped
                origin += dropped * period
                flags = DROPPED
                continue
        if shared.kept + frames > keep:
            shared.kept = 0
        source = 0
        target = 0
        if signal.shape[1] > 0:
            source = signal.ctypes.data + shared.frames % loop * signal.shape[1] * 4
        if sink.shape[1] > 0:
            target = sink.ctypes.data + shared.kept * sink.shape[1] * 4
        answer = calls.ask(callback, (source, target, frames, NO_TIME, flags, userdata))
        flags = 0
        shared.blocks += 1
        shared.frames += frames
        shared.kept += frames
        if rate > 0:
            load = (clock.now() - begun) / length(frames, rate)
            shared.load += (load - shared.load) * LOAD_SMOOTHING
        if answer != 0:
            break
