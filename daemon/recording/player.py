"""The player: from files to the ring that the audio thread hears, prepared by a thread of its own.

    tape ─▶ read ─▶ join (10 ms from what was to come to what comes) ─▶ ring, a second ahead ═▶ audio thread

Wherever the player goes it is at most a tenth of a second late.  What is to be heard at a frame is in the ring
before; a disk that is late is silence with a ramp, counted and told.
"""

import collections
import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.recording import tracks
from dsp.engine import memory, playback, rehearsal, wall
from dsp.native import control

log = logging.getLogger("faderd")

STOP, PAUSE, PLAY = range(3)

LOOK_S = 0.05
CHUNK = 4096
MARGIN = 4096
"""Frames from a wish to its first sound: so long the rows may take to be prepared."""
AHEAD = playback.RING - rehearsal.LONGEST - memory.EVERY - 2 * CHUNK
"""Frames prepared; behind them, a recalled desk may still hear again what was played."""
ALIGNED = 64
"""What is counted in sub-blocks falls as it did when it was recorded."""
JOIN = 480
SHORTEST_LOOP = 4 * JOIN
REMEMBERED = 64
"""Places from which it plays, or is to play: more loops than that are never prepared."""

WEIGHT = (0.5 - 0.5 * np.cos(np.pi * (np.arange(JOIN) + 0.5) / JOIN)).astype(np.float32)[:, np.newaxis]

Float32 = npt.NDArray[np.float32]
Lend = Callable[[int], npt.NDArray[np.uint8]]


class Report(NamedTuple):
    """How the player is; frames count from the beginning of the tape."""

    state: int
    name: str
    tracks: int
    frames: int
    position: int
    missed: int
    """How often the disk was late."""
    alarm: str


class _Span(NamedTuple):
    """From a frame of the stream on, this position is heard; None is silence."""

    frame: int
    position: int | None


class Player:
    """Plays tapes to one of the engine's rings.

    Parameters
    ----------
    audio : Wall
    which : int
        `playback.TRACKS` or `TAPES`.
    lend : callable
        Gives memory that the process that plays sees, too.
    """

    def __init__(self, audio: wall.Wall, which: int, lend: Lend) -> None:
        self._audio, self._which, self._lend = audio, int(which), lend
        self._width = playback.GROUPS[which] * 16
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.ring: Float32 | None = None
        self.tape: tracks.Tape | None = None
        self._state = STOP
        self._loop: tuple[int, int] | None = None
        self._wish: collections.deque[Callable[[], None]] = collections.deque()
        self._spans: list[_Span] = []
        self._at = self._head = self._ends = self._missed = 0
        self._goal = 0
        self._before = int(audio.memory["before"])
        self._over: Float32 = np.zeros((0, self._width), np.float32)

    # --- what others ask for; nobody waits for the disk ---------------------------------------------------

    def open(self, tape: tracks.Tape) -> None:
        """Have a tape in; it stands at its beginning."""
        if self.ring is None:
            lent = self._lend(playback.RING * self._width * 4)
            ring = lent[: playback.RING * self._width * 4].view(np.float32).reshape(playback.RING, self._width)
            ring[:] = 0
            self.ring = ring
            self._thread = threading.Thread(target=self._run, name="player", daemon=True)
            self._thread.start()
        self._change(tape)

    def eject(self) -> None:
        """Have nothing in."""
        if self.tape is not None:
            self._change(None)

    def play(self) -> None:
        """Go on from where it stands."""
        if self.tape is not None and self._state != PLAY:
            self._state = PLAY
            self._ask(lambda: self._cut(self._goal))

    def pause(self) -> None:
        """Stand still."""
        if self._state == PLAY:
            self._goal, self._state = self.position(), PAUSE
            self._ask(lambda: self._cut(None))
        elif self.tape is not None:
            self._state = PAUSE

    def stop(self) -> None:
        """Go back to the beginning, in silence."""
        was, self._state, self._goal = self._state, STOP, 0
        if was == PLAY:
            self._ask(lambda: self._cut(None))

    def locate(self, frame: int) -> None:
        """Go to a frame of the tape, playing or not."""
        goal = self._goal = max(0, min(frame, self.tape.frames if self.tape is not None else 0))
        if self._state == PLAY:
            self._ask(lambda: self._cut(goal))
        elif self._state == STOP and goal:
            self._state = PAUSE

    def loop(self, first: int, end: int) -> None:
        """Play from one frame to another again and again; `end` 0 is no loop any more."""
        end = min(end, self.tape.frames if self.tape is not None else 0)
        self._loop = (max(0, first), end) if end - first >= SHORTEST_LOOP else None
        if self._state == PLAY:  # what was prepared knows nothing of it
            self._ask(self._prepare_again)

    @property
    def looping(self) -> tuple[int, int] | None:
        """The loop, if there is one."""
        return self._loop

    def position(self) -> int:
        """Frame of the tape that is heard now, or where it stands."""
        return self._goal if self._state != PLAY else self._heard_at(self._now())

    def report(self) -> Report:
        """How it is now."""
        tape = self.tape
        if tape is None:
            return Report(STOP, "", 0, 0, 0, 0, "")
        position = min(self.position(), tape.frames)
        alarm = " · ".join(tape.problems()[:2])
        return Report(self._state, tape.name, tape.channels, tape.frames, position, self._missed, alarm)

    def close(self) -> None:
        """End."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(2)

    def _change(self, tape: tracks.Tape | None) -> None:
        before, self.tape = self.tape, tape
        self._state, self._loop, self._goal, self._missed = STOP, None, 0, 0

        def begin() -> None:
            self._cut(None)
            self._at = 0
            if before is not None:
                before.close()

        self._ask(begin)

    # --- its own thread -----------------------------------------------------------------------------------

    def _ask(self, what: Callable[[], None]) -> None:
        self._wish.append(what)
        self._wake.set()

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(LOOK_S)
            self._wake.clear()
            self.turn()

    def turn(self) -> None:
        """Do what was asked for, and prepare what comes: what the thread does again and again."""
        with self._lock:
            self._turn()

    def _turn(self) -> None:
        if (before := int(self._audio.memory["before"])) != self._before:  # the device has gone and come back
            self._before, self._spans, self._head = before, [], 0
        while self._wish:
            self._wish.popleft()()
        if self._state == PLAY and not self._wish:
            self._fill()

    def _heard_at(self, frame: int) -> int:
        """Frame of the tape that is, or is to be, heard at a frame of the stream."""
        for span in reversed(self._spans):
            if span.frame <= frame:
                return self._goal if span.position is None else span.position + frame - span.frame
        return self._goal

    def _prepare_again(self) -> None:
        """Go on as it is, without what was prepared."""
        now = self._now()
        self._cut(self._heard_at(now + MARGIN), now)

    def _now(self) -> int:
        return self._audio.count(memory.FRAME) - int(self._audio.memory["before"])

    def _cut(self, position: int | None, now: int | None = None) -> None:
        """From a moment to come on, play from another position, or nothing."""
        assert self.ring is not None
        cut = (self._now() if now is None else now) + MARGIN
        if position is not None and self.tape is not None:
            cut += (self.tape.phase + position - cut) % ALIGNED
            self._at = position
        left = max(0, min(self._head - cut, JOIN))
        self._over = np.zeros((JOIN, self._width), np.float32)
        self._over[:left] = self.ring[(cut + np.arange(left)) % playback.RING]
        if self._head <= cut:
            self._store(memory.PLAY_FIRST, cut)
        self._head, self._ends = cut, 0
        self._store(memory.PLAY_HEAD, cut)
        self._spans = [*(span for span in self._spans if span.frame < cut), _Span(cut, position)][-REMEMBERED:]
        if position is None:
            silence = np.zeros((2 * JOIN, self._width), np.float32)
            self._put(self._joined(silence))
        else:
            self._fill(CHUNK)

    def _fill(self, most: int = AHEAD) -> None:
        """Prepare what is to come."""
        now = self._now()
        if self._ends:
            if now >= self._ends:
                self._state, self._goal, self._ends = STOP, 0, 0
            return
        if self._head < now + playback.RAMP:
            if self._spans:
                self._missed += 1
                log.warning("player: the disk was late at %.1f s of %s", self._at / self._rate(), self._name())
            self._cut(self._at)
            return
        while self._head < now + most and not self._ends:
            self._next()

    def _next(self) -> None:
        """Prepare one piece more: up to the end of a chunk, of the loop or of the tape."""
        tape = self.tape
        if tape is None:
            return
        end = self._loop[1] if self._loop is not None and self._at <= self._loop[1] else tape.frames
        frames = min(CHUNK, end - self._at)
        if frames > 0:
            self._put(self._joined(self._read(self._at, frames)))
            self._at += frames
        elif self._loop is not None:
            self._over, self._at = self._read(end, JOIN), self._loop[0]
            self._spans = [*self._spans, _Span(self._head, self._at)][-REMEMBERED:]
        else:
            self._put(self._joined(np.zeros((2 * JOIN, self._width), np.float32)))
            self._ends = self._head

    def _read(self, first: int, frames: int) -> Float32:
        assert self.tape is not None
        read = self.tape.read(first, frames)[:, : self._width]
        rows = np.zeros((frames, self._width), np.float32)
        rows[:, : read.shape[1]] = np.where(np.isfinite(read), read, 0)
        return rows

    def _joined(self, rows: Float32) -> Float32:
        """Come from what would have been heard to what is."""
        if left := min(len(self._over), len(rows)):
            weight = WEIGHT[JOIN - len(self._over) :][:left]
            rows[:left] = self._over[:left] * (1 - weight) + rows[:left] * weight
            self._over = self._over[left:]
        return rows

    def _put(self, rows: Float32) -> None:
        assert self.ring is not None
        at, left = self._head % playback.RING, playback.RING - self._head % playback.RING
        self.ring[at : at + len(rows)] = rows[:left]
        self.ring[: max(0, len(rows) - left)] = rows[left:]
        self._head += len(rows)
        self._store(memory.PLAY_HEAD, self._head)

    def _store(self, word: int, value: int) -> None:
        if int(self._audio.memory["before"]) == self._before:
            control.store(self._audio.memory["words"], word + self._which, value)

    def _rate(self) -> int:
        return self.tape.rate if self.tape is not None else 1

    def _name(self) -> str:
        return self.tape.name if self.tape is not None else ""
