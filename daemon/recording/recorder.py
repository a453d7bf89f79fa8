"""The recorder: every input of the device to a gig, as it came in, and mixes beside them.

    rings of the last seconds ─▶ collector ─▶ pool of blocks, 20 s at most ─▶ writer ─▶ reel, journal, moves
                                                                                ╰─ reads back what is on the disk

The audio thread does nothing more for the inputs: it keeps their ring anyway.  A disk that fails is tried again in
a next part, which says at which frame it begins; what found no room meanwhile is silence, counted and told.
"""

import collections
import contextlib
import dataclasses
import errno
import itertools
import json
import logging
import pathlib
import platform
import shutil
import threading
import time
import zlib
from collections.abc import Sequence

import numpy as np

from daemon import errors
from daemon.desk import console
from daemon.files import disk, scene
from daemon.recording import gig, journal, labels, reel, score, states
from dsp.design import signals
from dsp.engine import memory, wall
from dsp.processors import taps

log = logging.getLogger("faderd")

LOOK_S, WRITE_S, RETRY_S, SLOW_S, LATE_S = 0.1, 0.3, 0.5, 0.7, 0.75
POOL_S = 20
BEHIND_S = 4
"""So much waits for a disk before it is told to be too slow."""
PREROLL_S = 2
PATIENCE_S = 10
"""How long a disk is still tried after the end of a gig."""
LARGEST_BLOCK = 1024
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
    """Records the inputs of a wall, and mixes, into folders of its own.

    Parameters
    ----------
    audio : Wall
    folder : Path
        Where gigs are made.
    mixer : Console, optional
        Whose moves are kept, too, so that the show can be played again.
    mixes : sequence of str
        Signals that are recorded beside the inputs: see `signals.find`.

    Attributes
    ----------
    marks : list of int
        Frames of the marks that were set in this gig.
    """

    def __init__(
        self,
        audio: wall.Wall,
        folder: pathlib.Path,
        mixer: console.Console | None = None,
        mixes: Sequence[str] = (),
    ) -> None:
        self._audio = audio
        self._folder = folder
        self._mixer = mixer
        self._mixes = labels.lanes(mixes) if mixer is not None else []
        self._report = Report()
        self._titles: collections.deque[str] = collections.deque(maxlen=100)
        self.marks: list[int] = []
        self._threads: list[threading.Thread] = []
        self._ending = threading.Event()
        self._busy_since: float | None = None
        self._states: states.States | None = None

    def report(self) -> Report:
        """How it is now."""
        busy = self._busy_since
        told = dataclasses.replace(self._report)
        waits_s = (told.frames - told.durable) / self._rate if told.durable else 0.0
        if told.state and busy is not None and (time.monotonic() - busy > SLOW_S or waits_s > LATE_S):
            told.state, told.alarm = TROUBLE, f"the disk does not answer: {self._folder}"
        elif told.state == RECORDING and waits_s > BEHIND_S:
            told.state, told.alarm = TROUBLE, f"the disk is too slow: {waits_s:.0f} s wait for {self._folder}"
        if told.state and not told.alarm and self._states is not None:
            told.alarm = self._states.problem  # the tracks are safe
        if told.alarm and told.lost:
            told.alarm += f"; {told.lost / self._rate:.1f} s are lost"
        return told

    def start(self, name: str = "") -> None:
        """Begin a gig; what came in during the last two seconds is its beginning.

        Raises
        ------
        Refusal
            When one is being recorded, or there is nothing to record.
        """
        if any(thread.is_alive() for thread in self._threads):
            raise errors.Refusal(f"{self._report.gig} is being recorded: stop it first")
        if self._audio.inputs == 0:
            raise errors.Refusal("the device has no inputs: there is nothing to record")
        title = self._title(name)
        self._place, self._rate, self._inputs = self._folder / title, round(self._audio.rate), self._audio.inputs
        self._before = int(self._audio.memory["before"])
        now = self._audio.count(memory.FRAME)
        self._first = self._tail = max(self._before, now - PREROLL_S * self._rate)
        self._mixes_from = now + LARGEST_BLOCK
        self._tracks = self._inputs + len(self._mixes)
        self._begin_score()
        self._tracks_of = labels.of(self._mixer, self._inputs, self._mixes)
        self._names = [track.name for track in self._tracks_of]
        self._pool: collections.deque[Block] = collections.deque()
        self._pooled = self._done = self._part = self._offset = 0
        self._file = ""
        self._writer: reel.Writer | None = None
        self._is_made = False
        self._events: collections.deque[journal.Event] = collections.deque()
        self._report, self.marks = Report(RECORDING, title, self._tracks), []
        self._ending.clear()
        self._collected = threading.Event()
        work = [self._collect, self._write] if self._states is None else [self._collect, self._write, self._states.keep]
        self._threads = [threading.Thread(target=each, name=f"recorder {each.__name__}", daemon=True) for each in work]
        for thread in self._threads:
            thread.start()
        log.info("recording %d inputs and %d mixes to %s", self._inputs, len(self._mixes), self._place)

    def _title(self, name: str) -> str:
        """Call a gig by the moment at which it begins; where two begin in the same second, the second is numbered.

        No disk is asked: it may not answer.
        """
        title = f"{time.strftime('%Y-%m-%d %H-%M-%S')} {name.replace('/', '-')}".strip()
        numbered = (title if number == 1 else f"{title} ({number})" for number in itertools.count(1))
        self._titles.append(next(each for each in numbered if each not in self._titles))
        return self._titles[-1]

    def stop(self) -> None:
        """End the gig; what has come in is written first."""
        self._ending.set()

    def mark(self, name: str = "") -> None:
        """Set a mark at what is heard now."""
        if self._report.state == IDLE:
            raise errors.Refusal("nothing is being recorded: a mark needs a recording")
        frame = self._audio.count(memory.FRAME) - self._first
        self._events.append({"kind": "mark", "frame": frame, "name": name})
        self.marks.append(frame)

    def close(self) -> None:
        """End, and wait until all is written, or the disk has had its time."""
        self.stop()
        for thread in self._threads:
            thread.join(POOL_S)

    def _begin_score(self) -> None:
        """Have the mixes kept, and note every move from now on."""
        self._score: score.Scribe | None = None
        self._states = None
        if self._mixer is not None:
            self._mixer.publish()
            self._score = score.Scribe(self._mixer, self._audio, self._first)
            least = self._mixes_from - self._first
            self._states = states.States(self._audio, self._mixer, self._score, self._place, least, self._ending)
            talk = signals.input_place(self._mixer.plan.talk_input)
            labels.keep(self._audio, signals.find_all(self._mixes, self._mixer.values, talk))

    # --- collector --------------------------------------------------------------------------------------

    def _collect(self) -> None:
        while not self._ending.wait(LOOK_S):
            self._take()
        self._take()
        if self._score is not None:
            self._score.stop()
            labels.keep(self._audio, [])
        self._collected.set()

    def _take(self) -> None:
        """Take what has come in since the last time, and what has been lost, in order."""
        if self._score is not None and self._score.look():
            name = self._place.name
            log.warning("recording: a recall had to wait; %s is played again from the next checkpoint on", name)
            self._keep_soon()
        before, end = int(self._audio.memory["before"]), self._audio.count(memory.FRAME)
        if before != self._before:  # the device has gone and come back
            self._break("the device was lost")
            self._lose(max(before - self._tail, 0))
            self._before = before
            self._mixes_from = max(self._mixes_from, before)
        frames = end - self._tail
        if frames <= 0:
            return
        copied = self._copy(self._tail - before, frames)
        if copied is None or int(self._audio.memory["before"]) != before or self._pooled > POOL_S * self._rate:
            self._lose(frames)
        else:
            self._add(copied, frames)

    def _copy(self, first: int, frames: int) -> reel.Float32 | None:
        """Inputs and mixes from a frame of this stream on; None when some of them have been overwritten."""
        rows = taps.LONG_RING - LARGEST_BLOCK if self._mixes else self._audio.kept - memory.EVERY
        block = np.zeros((frames, self._tracks), np.float32)
        if frames < rows:
            past = self._audio.past(first, frames)
            width = min(self._inputs, past.shape[1])
            block[:, :width] = past[:, :width]
            if self._mixes:
                valid = max(self._mixes_from - self._before - first, 0)
                block[valid:, self._inputs :] = self._audio.prints(first, frames)[valid:, : len(self._mixes)]
        behind = self._audio.count(memory.FRAME) - self._before - first
        return None if behind > rows else block

    def _lose(self, frames: int) -> None:
        if frames:
            self._report.lost += frames
            at = self._tail - self._first
            self._events.append({"kind": "gap", "frame": at, "frames": frames, "why": "lost"})
            self._break("frames were lost", frames)
            log.error("recording: %d frames lost at frame %d of %s", frames, at, self._place.name)
            self._add(frames, frames)

    def _break(self, why: str, frames: int = 0) -> None:
        """From here on the show can't be played again, until the next checkpoint behind so many frames."""
        if self._score is not None:
            self._score.tell({"kind": "break", "frame": self._tail - self._first, "frames": frames, "why": why})
            self._keep_soon()

    def _keep_soon(self) -> None:
        """Let the next checkpoint come as soon as it can."""
        if self._states is not None:
            self._states.broken.set()

    def _add(self, block: Block, frames: int) -> None:
        self._tail += frames
        self._report.frames = self._tail - self._first
        self._pool.append(block)
        self._pooled = self._report.frames - self._done

    # --- writer -----------------------------------------------------------------------------------------

    def _write(self) -> None:
        tried_s, until = WRITE_S, 0.0
        while True:
            last = self._collected.wait(tried_s)
            until = until or (time.monotonic() + PATIENCE_S if last else 0.0)
            batch = list(self._pool)
            self._busy_since = time.monotonic()
            try:
                self._keep(batch)
                if last and not self._pool:
                    self._end()
                    return
                tried_s = WRITE_S
            except OSError as error:
                self._fail(error)
                if error.errno == errno.EFBIG:  # a file system, such as that of a stick, that takes no larger files
                    tried_s = 0.0
                    continue
                if last and time.monotonic() > until:
                    self._give_up()
                    return
                tried_s = RETRY_S
                if last:
                    time.sleep(RETRY_S)
            finally:
                self._busy_since = None

    def _make(self) -> None:
        """Make the folder, and say what is known when the gig begins."""
        self._place.mkdir(parents=True, exist_ok=True)
        more = {
            "inputs": self._inputs, "first_frame": self._first, "utc": time.time(),
            "signals": [track.signal for track in self._tracks_of],
            "colours": [track.colour for track in self._tracks_of],
            "icons": [track.icon for track in self._tracks_of],
            "mixes_from": self._mixes_from - self._first,
            "made_on": {"machine": platform.machine(), "python": platform.python_version(), "numpy": np.__version__},
        }  # fmt: skip
        if self._score is not None and self._mixer is not None:
            more["plan"] = dataclasses.asdict(self._mixer.plan)
            start = self._score.start()
            disk.replace(self._place / score.START, json.dumps(start, ensure_ascii=False).encode())
            written = scene.text(scene.header("start"), scene.scene_lines(self._score.values))
            disk.replace(self._place / score.SCENE, written)
        gig.describe(self._place, self._rate, self._names, **more)
        self._look_for_room()
        self._is_made = True
        if self._states is not None:
            self._states.made.set()

    def _keep(self, batch: list[Block]) -> None:
        """Have the disk hold these blocks, and look whether it does."""
        began = time.monotonic()
        if not self._is_made:
            self._make()
        if self._writer is None:
            if self._part:  # its head may have been on its way when the disk failed
                with contextlib.suppress(FileNotFoundError):
                    reel.promise(self._place / self._file, self._tracks, self._done - self._offset)
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
        if self._score is not None:
            self._score.write(self._place / score.MOVES)
        if (count := self._writer.frames - first) == 0:
            return
        self._writer.sync()
        if reel.read_back(self._place / self._file, first, count, self._tracks) != crc:
            raise OSError(5, f"frames from {self._offset + first} on are not what was written: they are written again")
        self._note({"kind": "sync", "file": self._file, "frame": self._writer.frames, "crc": crc})
        for _ in batch:
            self._pool.popleft()
        self._done += count
        self._pooled = self._report.frames - self._done
        report = self._report
        report.durable = report.verified = self._done
        report.state, report.alarm = RECORDING, ""
        report.sync = max(report.sync, 1000 * (time.monotonic() - began))
        self._look_for_room()

    def _look_for_room(self) -> None:
        """See for how many seconds there is room."""
        self._report.left = shutil.disk_usage(self._place).free // (self._rate * self._tracks * reel.SAMPLE)

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
        if error.errno == errno.EFBIG:
            log.info("recording: %s is full: it goes on in a next part", self._file)
        else:
            if self._report.alarm != text:
                log.error("recording: %s: it goes on by itself when that is over", text)
            self._report.state, self._report.alarm = TROUBLE, text
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def _give_up(self) -> None:
        """End without the disk: what it did not take is lost, and told."""
        missing = self._report.frames - self._done
        self._report.lost += missing
        self._report.state = IDLE
        log.error("recording: the last %.1f s of %s are lost", missing / self._rate, self._place)

    def _end(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._note({"kind": "stop", "frame": self._done, "why": "end", "lost": self._report.lost})
        self._report.state = IDLE
        log.info("recorded %.1f s to %s, %d frames lost", self._done / self._rate, self._place, self._report.lost)
