"""The thread beside the audio thread that gets a desk ready before it is recalled.

    publish a recall ─▶ wake ─▶ (the audio thread asks) ─▶ rehearse, in native code and without the GIL ─▶ ready

It is awake only while something is to be recalled.
"""

import contextlib
import ctypes
import threading
from collections.abc import Iterator

from dsp.engine.wall import SPARE, Wall

PATIENCE_S = 0.001
"""How often it looks whether the audio thread has asked: less than a block."""
LONGEST_PATIENCE_S = 0.05
"""How often when nothing asks for long, because the device has stopped."""

PROTOTYPE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Rehearsal:
    """A thread that rehearses whatever is recalled on a wall.

    Parameters
    ----------
    audio : Wall
    rehearse : int
        Address of the native function that does it, see `kernels.rehearsal`.
    """

    def __init__(self, audio: Wall, rehearse: int) -> None:
        self._audio = audio
        self._rehearse = PROTOTYPE(rehearse)
        self._woken = threading.Event()
        self._ended = False
        self._at_work = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="rehearsal", daemon=True)

    def start(self) -> None:
        """Take this work off the audio thread, which must not run yet."""
        self._audio.control_delegate(self._woken.set)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; recalls wait from now on."""
        self._ended = True
        self._woken.set()
        self._thread.join()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Keep the thread away from the wall meanwhile."""
        with self._at_work:
            yield

    def _work(self) -> None:
        while not self._ended:
            self._woken.wait()
            self._woken.clear()
            patience_s = PATIENCE_S
            if self._audio.control_recalls():
                self._audio.control_prepare(SPARE)  # the audio thread will play there, once it is ready
            while self._audio.control_recalls() and not self._ended:
                with self._at_work:
                    self._rehearse(self._audio.address)
                # An event, not a sleep: the next recall is looked after at once.
                if self._woken.wait(patience_s):
                    self._woken.clear()
                    patience_s = PATIENCE_S
                patience_s = min(patience_s * 1.1, LONGEST_PATIENCE_S)
