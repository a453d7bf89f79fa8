"""The audio callback: native code that PortAudio calls by address.

It takes no lock and never touches Python: all it needs is behind the one `void *`.  In here there
is only the way from C to the engine; what happens to the sound is in `dsp.engine`.
"""

import numpy as np

from dsp.engine import block, memory, rehearsal, timing
from dsp.native import atomic, clock, kernel

MEMORY = kernel.address_of(memory.MEMORY)
FLOATS = kernel.address_of(np.float32)
STREAM_CALLBACK = (
    FLOATS, FLOATS, kernel.number(np.uint64), kernel.address_of(np.uint8), kernel.number(np.uint64), MEMORY
)  # fmt: skip
"""Input, output, frames, time, status, memory: PaStreamCallback's, and what it answers is `ANSWER`."""
ANSWER = kernel.number(np.int32)
FRAMES = kernel.number(np.int64)

INPUT_OVERFLOW, OUTPUT_UNDERFLOW = 2, 4  # PortAudio's status flags
CONTINUE = 0


@kernel.export(*STREAM_CALLBACK, result=ANSWER)
def callback(device_in, device_out, frames, time_info, status, shared):
    """Mix `frames` frames: the signature is that of PaStreamCallback."""
    began = clock.now()
    mode = atomic.flush()
    atomic.store(shared.words, memory.CALLS, atomic.load(shared.words, memory.CALLS) + 1)
    if status & INPUT_OVERFLOW:
        atomic.store(shared.words, memory.OVERRUNS, atomic.load(shared.words, memory.OVERRUNS) + 1)
    if status & OUTPUT_UNDERFLOW:
        atomic.store(shared.words, memory.UNDERRUNS, atomic.load(shared.words, memory.UNDERRUNS) + 1)
    block.process(shared, device_in, device_out, np.int64(frames))
    atomic.set_float_mode(mode)
    timing.note(shared, np.int64(frames), began, status & (INPUT_OVERFLOW | OUTPUT_UNDERFLOW) != 0)
    atomic.store(shared.words, memory.DONE, atomic.load(shared.words, memory.DONE) + 1)
    return CONTINUE


@kernel.export(MEMORY, FLOATS, FRAMES, FLOATS, FLOATS, FRAMES, FRAMES)
def play_again(shared, tracks, width, room, signals, count, frames):
    """Mix what was recorded: see `block.play_again`."""
    mode = atomic.flush()
    block.play_again(shared, tracks, width, room, signals, count, frames)
    atomic.set_float_mode(mode)


@kernel.export(MEMORY)
def rehearse(shared):
    """Get the desk that is to be recalled ready: what the thread beside the audio thread calls."""
    mode = atomic.flush()
    rehearsal.rehearse(shared)
    atomic.set_float_mode(mode)


@kernel.export(MEMORY, FRAMES, FRAMES, FRAMES)
def rehearse_again(shared, now, until, last):
    """Do the same as it was done live: begin at frame `now`, unless below 0; go on up to `until`; at last be ready."""
    mode = atomic.flush()
    if now >= 0:
        rehearsal.begin(shared, now)
    rehearsal.go_on(shared, until)
    if last:
        rehearsal.end(shared)
    atomic.set_float_mode(mode)
