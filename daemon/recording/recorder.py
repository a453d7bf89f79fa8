"""The recorder: every input of the device to a gig, as it came in.

    ring of the last seconds ─▶ collector ─▶ pool of blocks, 20 s at most ─▶ writer ─▶ reel, journal
                                                                               ╰─ reads back what is on the disk

The audio thread does nothing for it: it keeps that ring anyway.  A disk that fails is tried again in a next
part, which says at which frame it begins; what found no room meanwhile is silence, counted and told.
"""

import collections
import dataclasses
import logging
import os
import pathlib
import shutil
import threading
import time
import zlib

import numpy as np

from daemon import errors
from daemon.recording import gig, journal, reel
from dsp.engine import memory, wall

log = logging.getLogger("faderd")

LOOK_S, WRITE_S, RETRY_S, SLOW_S = 0.1, 1.0, 0.5, 1.0
POOL_S = 20
PREROLL_S = 2
IDLE, RECORDING, TROUBLE = range(3)

Block = reel.Float32 | int
"""Frames, or how many were lost."""


@dataclasses.dataclass
class Report:
    """How the recording is; frames count from the beginning of the gig."""

    state: int = IDLE
    gig: str = ""
    tracks: int = 0
    frames: int = 0
    durable: int = 0
    verified: int = 0
    lost: int = 0
    left: int = 0  # seconds for which there is room
    sync: float = 0.0  # the slowest write, in ms
    alarm: str = ""  # empty is well


class Recorder:
    """Records the inputs of a wall into folders of its own.

    Parameters
    ----------
    audio : Wall
    folder : Path
        Where gigs are made.
    """

    def __init__(self, audio: wall.Wall, folder: pathlib.Path) -> None:
        self._audio = audio
        self._folder = folder
        self._report = Report()
        self._threads: list[threading.Thread] = []
        self._ending = threading.Event()
        self._busy_since: float | None = None

    def report(self) -> Report:
        """How it is now."""
        busy = self._busy_since
        told = dataclasses.replace(self._report)
        if told.state and busy is not None and time.monotonic() - busy > SLOW_S:
            told.state, told.alarm = TROUBLE, f"the disk does not answer: {self._folder}"
        return told

    def start(self, name: str = "") -> None:
        """Begin a gig; what came in during the last two seconds is its beginning.

        Raises
        ------
        Refusal
            When one is being recorded, or the folder cannot be written to.
        """
        if any(thread.is_alive() for thread in self._threads):
            raise errors.Refusal(f"{self._report.gig} is being recorded: stop it first")
        if self._audio.inputs == 0:
            raise errors.Refusal("the device has no inputs: there is nothing to record")
        title = f"{time.strftime('%Y-%m-%d %H-%M-%S')} {name.replace('/', '-')}".strip()
        self._place, self._rate, self._tracks = self._folder / title, round(self._audio.rate), self._audio.inputs
        self._names = [f"In {at:02}" for at in range(1, self._tracks + 1)]
        self._before = int(self._audio.memory["before"])
        now = self._audio.count(memory.FRAME)
        self._first = self._tail = max(self._before, now - PREROLL_S * self._rate)
        try:
            self._place.mkdir(parents=True)
            gig.describe(self._place, self._rate, self._names, first_frame=self._first, utc=time.time())
        except OSError as error:
            raise errors.Refusal(f"{self._place}: {error.strerror or error}: nothing is recorded") from None
        self._pool: collections.deque[Block] = collections.deque()
        self._pooled, self._done, self._part = 0, 0, 0
        self._writer: reel.Writer | None = None
        self._events: collections.deque[journal.Event] = collections.deque()
        self._report = Report(RECORDING, title, self._tracks)
        self._ending.clear()
        self._collected = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._collect, self._write)]
        for thread in self._threads:
            thread.start()
        log.info("recording %d inputs to %s", self._tracks, self._place)

    def stop(self) -> None:
        """End the gig; what has come in is written first."""
        self._ending.set()

    def mark(self, name: str = "") -> None:
        """Set a mark at what is heard now."""
        if self._report.state == IDLE:
            raise errors.Refusal("nothing is being recorded: a mark needs a recording")
        frame = self._audio.count(memory.FRAME) - self._first
        self._events.append({"kind": "mark", "frame": frame, "name": name})

    def close(self) -> None:
        """End, and wait until all is written, or the disk has had its time."""
        self.stop()
        for thread in self._threads:
            thread.join(POOL_S)

    # --- collector --------------------------------------------------------------------------------------

    def _collect(self) -> None:
        while not self._ending.wait(LOOK_S):
            self._take()
        self._take()
        self._collected.set()

    def _take(self) -> None:
        """Take what has come in since the last time, and what has been lost, in order."""
        before, end = int(self._audio.memory["before"]), self._audio.count(memory.FRAME)
        if before != self._before:  # the device has gone and come back
            self._lose(max(before - self._tail, 0))
            self._before = before
        frames = end - self._tail
        if frames <= 0:
            return
        copied = self._audio.past(self._tail - before, frames) if frames < memory.PAST else None
        behind = self._audio.count(memory.FRAME) - self._tail
        gone = behind > memory.PAST - memory.EVERY or int(self._audio.memory["before"]) != before
        if copied is None or gone or self._pooled > POOL_S * self._rate:
            self._lose(frames)
            return
        fitting = np.zeros((frames, self._tracks), np.float32)
        width = min(self._tracks, copied.shape[1])
        fitting[:, :width] = copied[:, :width]
        self._add(fitting, frames)

    def _lose(self, frames: int) -> None:
        if frames:
            self._report.lost += frames
            at = self._tail - self._first
            self._events.append({"kind": "gap", "frame": at, "frames": frames, "why": "lost"})
            log.error("recording: %d frames lost at frame %d of %s", frames, at, self._place.name)
            self._add(frames, frames)

    def _add(self, block: Block, frames: int) -> None:
        self._tail += frames
        self._report.frames = self._tail - self._first
        self._pool.append(block)
        self._pooled = self._report.frames - self._done

    # --- writer -----------------------------------------------------------------------------------------

    def _write(self) -> None:
        tried_s = WRITE_S
        while True:
            last = self._collected.wait(tried_s)
            batch = list(self._pool)
            self._busy_since = time.monotonic()
            try:
                self._keep(batch)
                if last and len(batch) == len(self._pool):
                    self._end()
                    return
                tried_s = WRITE_S
            except OSError as error:
                self._fail(error)
                if last:
                    return
                tried_s = RETRY_S
            finally:
                self._busy_since = None

    def _keep(self, batch: list[Block]) -> None:
        """Have the disk hold these blocks, and look whether it does."""
        began = time.monotonic()
        if self._writer is None:
            name = f"inputs-{self._part + 1:03}.wav"
            self._writer = reel.Writer(self._place / name, self._rate, self._names)
            self._part += 1
            self._offset, self._file = self._done, name
            self._note({"kind": "reel", "file": name, "frame": self._done})
        first, crc = self._writer.frames, 0
        for block in batch:
            for piece in self._pieces(block):
                crc = zlib.crc32(self._writer.write(piece), crc)
        while self._events:
            self._note(self._events[0])
            self._events.popleft()
        if (count := self._writer.frames - first) == 0:
            return
        self._writer.sync()
        self._note({"kind": "sync", "file": self._file, "frame": self._writer.frames, "crc": crc})
        for _ in batch:
            self._pool.popleft()
        self._done += count
        report = self._report
        report.durable, report.state, report.alarm = self._done, RECORDING, ""
        report.sync = max(report.sync, 1000 * (time.monotonic() - began))
        report.left = shutil.disk_usage(self._place).free // (self._rate * self._tracks * reel.SAMPLE)
        if _read_back(self._place / self._file, first, count, self._tracks) == crc:
            report.verified = self._done
        else:
            raise OSError(5, f"frames from {self._offset + first} on are not what was written")

    def _pieces(self, block: Block) -> list[reel.Float32]:
        if not isinstance(block, int):
            return [block]
        whole, rest = divmod(block, self._rate)
        return [np.zeros((size, self._tracks), np.float32) for size in [self._rate] * whole + [rest] * (rest > 0)]

    def _note(self, event: journal.Event) -> None:
        journal.append(self._place / gig.JOURNAL, event)

    def _fail(self, error: OSError) -> None:
        """Tell, and go on in a next part as soon as the disk can."""
        text = f"{self._place}: {error.strerror or error}"
        if self._report.alarm != text:
            log.error("recording: %s: it goes on by itself when that is over", text)
        self._report.state, self._report.alarm = TROUBLE, text
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None
        if self._ending.is_set():
            self._report.state = IDLE

    def _end(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._note({"kind": "stop", "frame": self._done, "why": "end", "lost": self._report.lost})
        self._report.state = IDLE
        log.info("recorded %.1f s to %s, %d frames lost", self._done / self._rate, self._place, self._report.lost)


def _read_back(path: pathlib.Path, first: int, frames: int, tracks: int) -> int:
    """Checksum of frames as the disk has them, not as the system remembers them."""
    with path.open("rb") as file:
        begin, size = reel.HEADER + first * tracks * reel.SAMPLE, frames * tracks * reel.SAMPLE
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), begin, size, os.POSIX_FADV_DONTNEED)
        file.seek(begin)
        return zlib.crc32(file.read(size))
