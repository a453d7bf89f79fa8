"""The stage: a clock that calls the compiled callback in real time, with audio from memory as its inputs.

    signal (looped) ─▶ callback ─▶ sink
                          ▲
          native thread, no GIL, absolute deadlines

It is the device of a console without hardware, and the simulated device of the tests.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from daemon.audio import audiofile
from dsp.native import kernel

LARGEST_BLOCK = 1024
OUTPUTS = 16
SECOND = 1_000_000_000
# Later than this the stage drops blocks, as hardware would; up to this it catches up.
PATIENCE_NS = 20_000_000
# Below the kernel's interrupt threads (50), above everything that is not audio.
PRIORITY = 40
# PortAudio's words for what a dropped block is to the callback: input overflow and output underflow.
DROPPED = 0x2 | 0x4
LOAD_SMOOTHING = 1 / 64
FEED_INTERVAL_S = 0.25

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

Audio = npt.NDArray[np.float32]
Refill = Callable[[Audio], None]

_clock_gettime: Any = types.ExternalFunction("clock_gettime", types.int32(types.int32, types.intp))
_nanosleep: Any = types.ExternalFunction("nanosleep", types.int32(types.intp, types.intp))
_MONOTONIC = np.int32(time.CLOCK_MONOTONIC)


def _call_typing(
    _context: Any, callback: Any, source: Any, sink: Any, frames: Any, flags: Any, userdata: Any
) -> tuple[Any, Any]:
    """Say to numba what `_call` is: six numbers in, the callback's answer out, and the code between."""

    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        address, source, sink, frames, flags, userdata = arguments
        # Pointers travel as 64-bit words: every 64-bit calling convention passes both in the same registers.
        word = ir.IntType(64)
        function = builder.inttoptr(address, ir.FunctionType(ir.IntType(32), [word] * 6).as_pointer())
        time_info = ir.Constant(word, 0)
        return builder.call(function, [source, sink, frames, time_info, flags, userdata])

    return types.int32(*[types.int64] * 6), generate


# Call the C function at address `callback` with PortAudio's arguments; the time info is NULL.
_call: Any = intrinsic(_call_typing)


@kernel.kernel
def _now(timespec: npt.NDArray[np.int64]) -> int:
    """Read the monotonic clock, in nanoseconds; `timespec`, int64 (2,), is scratch."""
    _clock_gettime(_MONOTONIC, timespec.ctypes.data)
    now: int = timespec[0] * SECOND + timespec[1]
    return now


@kernel.kernel
def _sleep(duration: int, timespec: npt.NDArray[np.int64]) -> None:
    """Sleep for `duration` nanoseconds, or less when a signal arrives."""
    timespec[0] = duration // SECOND
    timespec[1] = duration % SECOND
    _nanosleep(timespec.ctypes.data, 0)


@kernel.kernel
def _duration(frames: int, rate: int) -> int:
    """Nanoseconds that `frames` last, without overflow in a week and without drift in a year."""
    return frames // rate * SECOND + frames % rate * SECOND // rate


@kernel.kernel
def _play(
    callback: int,
    userdata: int,
    signal: Audio,
    sink: Audio,
    sizes: npt.NDArray[np.int64],
    rate: int,
    limit: int,
    clock: npt.NDArray[Any],
    timespec: npt.NDArray[np.int64],
) -> None:
    """Play blocks of `sizes`, in turn, until told to stop, `limit` blocks (0: endless) or a non-zero answer.

    `signal` and `sink` end with LARGEST_BLOCK spare rows, so that no block needs a wrap.  A `rate` of 0
    plays as fast as the callback can.
    """
    shared = clock[0]
    loop = signal.shape[0] - LARGEST_BLOCK
    keep = sink.shape[0] - LARGEST_BLOCK
    origin = _now(timespec)
    flags = 0
    while shared.stop == 0 and (limit == 0 or shared.blocks < limit):
        frames = sizes[shared.blocks % sizes.size]
        begun = 0
        if rate > 0:
            due = origin + _duration(shared.frames, rate)
            begun = _now(timespec)
            while begun < due:
                _sleep(due - begun, timespec)
                begun = _now(timespec)
            if begun - due > PATIENCE_NS:
                # The late blocks are gone, and one more: an overload must leave the processor some air.
                period = _duration(frames, rate)
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
        answer = _call(callback, source, target, frames, flags, userdata)
        flags = 0
        shared.blocks += 1
        shared.frames += frames
        shared.kept += frames
        if rate > 0:
            load = (_now(timespec) - begun) / _duration(frames, rate)
            shared.load += (load - shared.load) * LOAD_SMOOTHING
        if answer != 0:
            break


def prepare() -> None:
    """Compile the clock, or load it from the cache; a Stage does it by itself when it is made."""
    audio = types.Array(types.float32, 2, "C")
    integers = types.Array(types.int64, 1, "C")
    clock = types.Array(numba.from_dtype(CLOCK), 1, "C")
    word = types.int64
    compiled: Any = _play
    compiled.compile((word, word, audio, audio, integers, word, word, clock, integers))


class Stage:
    """A device made of memory: plays `signal` in a loop into the callback, in real time.

    Parameters
    ----------
    name : str
        What the operator reads.
    signal : ndarray of float32, shape (frames, inputs)
        The inputs; repeated seamlessly.  Without inputs the callback's `in` is NULL.
    rate, block : int
        Frames per second, frames per call.
    outputs : int
        Width of what the callback writes.
    sizes : sequence of int, optional
        Block sizes (1 … 1024) played in turn instead of `block`: a device that can't make up its mind.
    keep : int, optional
        Frames of output to keep for `output`; the last few blocks by default.
    refill : callable, optional
        Makes of `signal` a ring: ``refill(rows)`` overwrites, in place, each half that has been played with
        the audio that follows.  An AudioFileError it raises stops the stage, its text becomes `failure`.

    Attributes
    ----------
    failure : str or None
        Why the stage stopped by itself, for people.
    latency : None
        There is no converter whose latency could be told.
    """

    latency: tuple[float, float] | None = None

    def __init__(
        self,
        name: str,
        signal: Audio,
        rate: int,
        block: int,
        *,
        outputs: int = OUTPUTS,
        sizes: Sequence[int] | None = None,
        keep: int = 0,
        refill: Refill | None = None,
    ) -> None:
        prepare()
        self.name = name
        self.rate = rate
        self.block = block
        self.inputs = signal.shape[1]
        self.outputs = outputs
        self.failure: str | None = None
        self._sizes = np.array(sizes or [block], np.int64)
        self._loop = len(signal)
        self._signal = np.empty((self._loop + LARGEST_BLOCK, self.inputs), np.float32)
        self._signal[: self._loop] = signal
        self._pad()
        self._sink = np.zeros((max(keep, LARGEST_BLOCK) + LARGEST_BLOCK, outputs), np.float32)
        self._clock = np.zeros(1, CLOCK)
        self._refill = refill
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def start(self, callback: int, userdata: int) -> None:
        """Call the C function at address `callback`, in real time on its own thread, until `stop`.

        Parameters
        ----------
        callback : int
            Address of a function with PortAudio's signature.  Its time info is always NULL.
        userdata : int
            Address handed to every call.
        """
        self.stop()
        self._stopping.clear()
        self._clock[:] = 0
        self._threads = [threading.Thread(target=self._run, args=(callback, userdata), daemon=True)]
        if self._refill is not None:
            self._threads.append(threading.Thread(target=self._feed, args=(self._refill,), daemon=True))
        for thread in self._threads:
            thread.start()

    def play(self, callback: int, userdata: int, blocks: int) -> None:
        """Play a number of blocks as fast as the callback can, on this thread."""
        self._clock[:] = 0
        self._drive(callback, userdata, 0, blocks)

    def stop(self) -> None:
        """End after the block that is being played."""
        self._clock["stop"] = 1
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def close(self) -> None:
        """Stop; a stage has nothing else to give back."""
        self.stop()

    @property
    def running(self) -> bool:
        """Whether blocks are being played."""
        return bool(self._threads) and self._threads[0].is_alive()

    @property
    def blocks(self) -> int:
        """Blocks played since the start."""
        return int(self._clock["blocks"][0])

    @property
    def frames(self) -> int:
        """Frames played since the start."""
        return int(self._clock["frames"][0])

    @property
    def missed(self) -> int:
        """Blocks dropped since the start because the thread or the callback came too late."""
        return int(self._clock["missed"][0])

    @property
    def cpu_load(self) -> float:
        """Share of its time the callback takes, 1.0 being all of it."""
        return float(self._clock["load"][0])

    @property
    def output(self) -> Audio:
        """What the callback wrote last, float32 (frames, outputs): a copy, whole once it stands still."""
        return self._sink[: int(self._clock["kept"][0])].copy()

    def _run(self, callback: int, userdata: int) -> None:
        """Be the clock's thread: real-time priority where the system grants it."""
        with contextlib.suppress(OSError, AttributeError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        self._drive(callback, userdata, self.rate, 0)

    def _drive(self, callback: int, userdata: int, rate: int, limit: int) -> None:
        """Play on the calling thread."""
        timespec = np.zeros(2, np.int64)
        _play(callback, userdata, self._signal, self._sink, self._sizes, rate, limit, self._clock, timespec)

    def _feed(self, refill: Refill) -> None:
        """Keep the ring ahead of the clock: each half that has been played becomes what follows the other."""
        half = self._loop // 2
        filled = 2
        while not self._stopping.wait(FEED_INTERVAL_S):
            try:
                while self.frames // half >= filled - 1:
                    start = filled % 2 * half
                    refill(self._signal[start : start + half])
                    self._pad()
                    filled += 1
            except audiofile.AudioFileError as error:
                self.failure = str(error)
                self._clock["stop"] = 1
                return

    def _pad(self) -> None:
        """Repeat the loop's beginning after its end."""
        self._signal[self._loop :] = self._signal[np.arange(LARGEST_BLOCK) % self._loop]
