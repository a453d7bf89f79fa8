"""The audio callback: native code that PortAudio calls by address.

It takes no lock and never touches Python: all it needs is behind the one `void *`.  In here there
is only the way from C to the engine; what happens to the sound is in `dsp.engine`.
"""

import numba
from numba import carray, types

from dsp.engine import block, memory, rehearsal, timing
from dsp.native import atomic, clock, kernel

MEMORY = numba.from_dtype(memory.MEMORY)
FLOATS = types.CPointer(types.float32)
SIGNATURE = types.intc(FLOATS, FLOATS, types.ulong, types.voidptr, types.ulong, types.CPointer(MEMORY))

INPUT_OVERFLOW, OUTPUT_UNDERFLOW = 2, 4  # PortAudio's status flags
CONTINUE = 0


@numba.cfunc(SIGNATURE, **kernel.OPTIONS)
def callback(device_in, device_out, frames, time_info, status, user):
    """Mix `frames` frames: the signature is that of PaStreamCallback."""
    shared = carray(user, 1)[0]
    began = clock.now()
    mode = atomic.float_mode()
    atomic.set_float_mode(mode | atomic.FLUSH)
    atomic.store(shared.words, memory.CALLS, atomic.load(shared.words, memory.CALLS) + 1)
    if status & INPUT_OVERFLOW:
        atomic.store(shared.words, memory.OVERRUNS, atomic.load(shared.words, memory.OVERRUNS) + 1)
    if status & OUTPUT_UNDERFLOW:
        atomic.store(shared.words, memory.UNDERRUNS, atomic.load(shared.words, memory.UNDERRUNS) + 1)
    block.process(shared, device_in, device_out, types.intp(frames))
    atomic.set_float_mode(mode)
    timing.note(shared, types.int64(frames), began, status & (INPUT_OVERFLOW | OUTPUT_UNDERFLOW) != 0)
    atomic.store(shared.words, memory.DONE, atomic.load(shared.words, memory.DONE) + 1)
    return CONTINUE


@numba.cfunc(types.void(types.CPointer(MEMORY)), **kernel.OPTIONS)
def rehearse(user):
    """Get the desk that is to be recalled ready: what the thread beside the audio thread calls."""
    mode = atomic.float_mode()
    atomic.set_float_mode(mode | atomic.FLUSH)
    rehearsal.rehearse(carray(user, 1)[0])
    atomic.set_float_mode(mode)
