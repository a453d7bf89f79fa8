"""Slow lines: pictures are left out, what is drawn is new, and keys are not stuck behind old pictures."""

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import sys
import termios
import time

import pytest

from rigs import fake_console
from tui import pace

MUTE = "/ch/01/mix/on"
PATIENCE_S = 120.0
FRAME_S = 0.05
FRAME_BYTES = 1200


class Line:
    """A terminal at the end of a line that lets so many bytes through in a second, with all the room they may need."""

    is_headless = is_web = False

    def __init__(self, bytes_per_s: float, way_s: float, *, answers: bool = True) -> None:
        self._bytes_per_s, self._way_s, self._answers = bytes_per_s, way_s, answers
        self.now = self._free_at = 0.0
        self._coming: list[float] = []

    def write(self, text: str) -> None:
        self._free_at = max(self._free_at, self.now) + len(text) / self._bytes_per_s
        if self._answers and text == pace.ASK:
            self._coming.append(self._free_at + self._way_s)

    def flush(self) -> None:
        pass

    @property
    def late_s(self) -> float:
        """How long what is written now would wait on the way."""
        return max(self._free_at - self.now, 0.0)

    def answered(self) -> bool:
        arrived = bool(self._coming) and self._coming[0] <= self.now
        return arrived and self._coming.pop(0) > 0


def watched(line: Line, seconds: float) -> tuple[list[float], int]:
    """Draw on a line; how late things were, and how many pictures that made."""
    own, late, drawn = pace.Pace(), [], 0
    for step in range(int(seconds / 0.01)):
        line.now = step * 0.01
        if line.answered():
            own.answered(line.now)
        if step % round(FRAME_S / 0.01) == 0 and own.is_free(line, line.now):
            line.write("x" * FRAME_BYTES)
            own.drawn(line, line.now)
            drawn += 1
        late.append(line.late_s)
    return late, drawn


@pytest.mark.parametrize("bytes_per_s", [2000, 5000, 10_000])
def test_on_a_slow_line_nothing_waits_longer_than_a_few_pictures_take(bytes_per_s):
    late, drawn = watched(Line(bytes_per_s, 0.1), 60)
    one_s = FRAME_BYTES / bytes_per_s
    assert max(late[2000:]) < 4 * one_s + 0.5
    assert drawn * one_s > 60 * 0.5  # and the line is used


def test_a_fast_line_gets_every_picture():
    _, drawn = watched(Line(1e6, 0.02), 20)
    assert drawn > 395


def test_a_long_way_alone_is_no_reason_to_draw_less():
    (_, some), (_, more) = (watched(Line(1e6, 0.6), seconds) for seconds in (10, 20))
    assert more - some == 200


def test_a_terminal_that_never_answers_gets_every_picture_after_twenty_seconds():
    (_, some), (_, more) = (watched(Line(1e6, 0.02, answers=False), seconds) for seconds in (30, 40))
    assert more - some == 200


def test_the_program_itself_keeps_to_a_line_of_thirty_kilobytes_a_second():
    async def main() -> None:
        async with fake_console.Console() as desk:
            child, screen = pty.fork()
            if child == 0:
                os.environ["TERM"] = "xterm-256color"
                os.execv(sys.executable, [sys.executable, "-m", "tui.app", f"127.0.0.1:{desk.port}"])
            try:
                fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
                os.set_blocking(screen, False)
                await line_of(screen, desk)
            finally:
                os.kill(child, 9)
                os.waitpid(child, 0)
                os.close(screen)

    asyncio.run(main())


async def line_of(screen: int, desk: fake_console.Console, bytes_per_s: float = 30_000.0) -> None:
    """Play the line and the terminal behind it: take everything at once, show it in its time, answer when it shows."""
    waiting, seen, shown, began, drawn_at = b"", b"", 0.0, time.monotonic(), None
    passed, pressed_at, is_seen = 0, None, False
    while (now := time.monotonic() - began) < PATIENCE_S:
        desk.levels[:] = 10 ** (-(5 + 25 * ((now * 3) % 1)) / 20)
        with contextlib.suppress(BlockingIOError):
            waiting += os.read(screen, 65_536)
        room = int((now - shown) * bytes_per_s)
        shown = now if not waiting else shown + room / bytes_per_s
        passed += len(waiting[:room])
        seen, waiting = seen + waiting[:room], waiting[room:]
        is_seen = is_seen or (pressed_at is not None and b"MUTE" in seen)  # whatever else comes with it
        if pace.ASK.encode() in seen:
            os.write(screen, b"\x1b[2;1R")
            seen = seen.rpartition(pace.ASK.encode())[2]
        if drawn_at is None and (MUTE,) in desk.asked:  # nothing is switched before it is known how it stands
            drawn_at = now
        if pressed_at is None and drawn_at is not None and now > drawn_at + 10:
            # By now all would be many seconds late without a pace.
            assert len(waiting) < 2 * bytes_per_s
            os.write(screen, b"m")
            pressed_at = passed
        if pressed_at is not None and is_seen:
            # In seconds of the line: how long the program takes to draw it is the machine's.
            assert passed - pressed_at < 4 * bytes_per_s
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the mute was never seen")
