"""The stereo recorder: the two signals that the desk sends to its recorder, to a file for each take.

    rec/1, rec/2 ─▶ last two lanes of the ring of prints ─▶ (thread) a file that opens at every moment
"""

import logging
import pathlib
import threading
import time

import numpy as np

from daemon.recording import reel
from dsp.design import routing
from dsp.engine import layout, memory, wall
from dsp.processors import taps

log = logging.getLogger("faderd")

LANES = slice(-2, None)
"""Lanes of the prints that are this recorder's."""
LOOK_S, SYNC_S = 0.1, 1.0
ROOM = taps.LONG_RING - 4096


class Stereo:
    """Records two signals of the desk.

    Parameters
    ----------
    audio : Wall
    folder : Path
        Where its files go.
    """

    def __init__(self, audio: wall.Wall, folder: pathlib.Path) -> None:
        self._audio, self._folder = audio, folder
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self.paused = False
        self.frames = self.lost = 0
        self.name = self.alarm = ""

    @property
    def records(self) -> bool:
        """Whether a take is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin a take, or go on with it."""
        if self.records:
            self.paused = False
            return
        self.name = f"{time.strftime('%Y-%m-%d %H-%M-%S')}.wav"
        self.frames = self.lost = 0
        self.alarm, self.paused = "", False
        self._audio.control_print(LANES, routing.send_place(layout.RECORD_OUT + np.arange(2)))
        self._ending.clear()
        self._thread = threading.Thread(target=self._work, name="stereo recorder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the take."""
        self._ending.set()

    def close(self) -> None:
        """End, and wait until all is written."""
        self.stop()
        if self._thread is not None:
            self._thread.join(5)

    def _work(self) -> None:
        memory_ = self._audio.memory
        before, tail = int(memory_["before"]), self._audio.count(memory.FRAME) + memory.EVERY
        synced = time.monotonic()
        writer: reel.Writer | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            writer = reel.Writer(self._folder / self.name, round(self._audio.rate), ["Left", "Right"])
            while True:
                last = self._ending.wait(LOOK_S)
                if int(memory_["before"]) != before:
                    before = tail = int(memory_["before"])
                end = self._audio.count(memory.FRAME)
                if end > tail:
                    self._keep(writer, tail - before, end - tail)
                    tail = end
                if last or time.monotonic() - synced > SYNC_S:
                    writer.sync()
                    synced = time.monotonic()
                if last:
                    writer.close()
                    return
        except OSError as error:
            self.alarm = f"{self._folder / self.name}: {error.strerror or error}: it is not recorded any further"
            log.error("stereo recorder: %s", self.alarm)
            if writer is not None:
                writer.abandon()
        finally:
            memory_["printed"].reshape(-1)[LANES] = taps.NOTHING

    def _keep(self, writer: reel.Writer, first: int, frames: int) -> None:
        """Write what has come since the last time; what has been overwritten meanwhile is a gap, counted."""
        if frames > ROOM:
            self.lost += 1
            first, frames = first + frames - ROOM, ROOM
        if not self.paused:
            writer.write(np.ascontiguousarray(self._audio.prints(first, frames)[:, LANES]))
            self.frames += frames
