"""The stage: a clock that calls the compiled callback in real time, with audio from memory as its inputs.

    signal (looped) ─▶ callback ─▶ sink
                          ▲
          native thread, no GIL, absolute deadlines

It is the device of a console without hardware, and the simulated device of the tests.
"""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from daemon.audio import audiofile, metronome
from daemon.audio.metronome import LARGEST_BLOCK
from daemon.system import realtime
from dsp.effects import library

OUTPUTS = 16
FEED_INTERVAL_S = 0.25

Audio = npt.NDArray[np.float32]
Refill = Callable[[Audio], None]


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
    lost : None
        It never goes.
    hurried : bool
        Whether the thread has real-time scheduling, once it runs.
    """

    latency: tuple[float, float] | None = None
    lost: str | None = None

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
        self.name = name
        self.rate = rate
        self.block = block
        self.inputs = signal.shape[1]
        self.outputs = outputs
        self.failure: str | None = None
        self.hurried = False
        self._sizes = np.array(sizes or [block], np.int64)
        self._loop = len(signal)
        self._signal = np.empty((self._loop + LARGEST_BLOCK, self.inputs), np.float32)
        self._signal[: self._loop] = signal
        self._pad()
        self._sink = np.zeros((max(keep, LARGEST_BLOCK) + LARGEST_BLOCK, outputs), np.float32)
        self._clock = np.zeros(1, metronome.CLOCK)
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

    def code(self, effect: str) -> int | None:
        """Address of the kernel of an effect: this process plays it."""
        return library.code(effect)

    def there(self, address: int) -> int:
        """Do nothing to an address: this process plays."""
        return address

    def seek(self) -> None:
        """Do nothing: a stage is always there."""

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
        self.hurried = realtime.hasten([threading.get_native_id()])
        self._drive(callback, userdata, self.rate, 0)

    def _drive(self, callback: int, userdata: int, rate: int, limit: int) -> None:
        """Play on the calling thread."""
        metronome.play(callback, userdata, self._signal, self._sink, self._sizes, rate, limit, self._clock[0])

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
