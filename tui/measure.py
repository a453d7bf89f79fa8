"""What the terminal costs: `python -m tui.measure HOST[:PORT] [SECONDS]`.

Runs it in a pseudo-terminal of 200 × 50 and prints, one fact a line, the time to moving meters, the bytes a
second that the terminal is sent, and the share of a core it takes.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from typing import NamedTuple

from tui import pace

WIDTH, HEIGHT = 200, 50
SETTLE_S = 5.0
FOR_S = 20.0
BARS = tuple(letter.encode() for letter in "▂▄▆█")


class Cost(NamedTuple):
    """What was measured."""

    moving_s: float
    """From the start of the program to the first bar of a meter."""
    bytes_per_s: float
    cpu_percent: float
    """Of one core."""


def measure(target: str, for_s: float = FOR_S) -> Cost:
    """Watch a terminal at a console.

    Raises
    ------
    TimeoutError
        When no meter moves.
    """
    began = time.monotonic()
    child, screen = pty.fork()
    if child == 0:  # pragma: no cover - it becomes another program
        os.execve(sys.executable, [sys.executable, "-m", "tui.app", target], {**os.environ, "TERM": "xterm-256color"})
    try:
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        moving_s = _until_bars(screen, began)
        _drain(screen, SETTLE_S)
        before = _cpu_s(child)
        count = _drain(screen, for_s)
        return Cost(moving_s, count / for_s, 100 * (_cpu_s(child) - before) / for_s)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(screen)


def _until_bars(screen: int, began: float) -> float:
    while time.monotonic() - began < 30:
        if select.select([screen], [], [], 0.1)[0]:
            data = _read(screen)
            if any(bar in data for bar in BARS):
                return time.monotonic() - began
    raise TimeoutError("no meter moved within 30 s: does the console answer, and is there a signal?")


def _drain(screen: int, for_s: float) -> int:
    """Read all that comes for a while; how many bytes that was."""
    count, until = 0, time.monotonic() + for_s
    while (left := until - time.monotonic()) > 0:
        if select.select([screen], [], [], left)[0]:
            count += len(_read(screen))
    return count


def _read(screen: int) -> bytes:
    """What the terminal is sent; it answers like one when it is asked where its cursor is."""
    data = os.read(screen, 65_536)
    if pace.ASK.encode() in data:
        os.write(screen, b"\x1b[2;1R")
    return data


def _cpu_s(process: int) -> float:
    """Seconds of processor time that a process has taken."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> int:
    """Measure and print; 2 when the arguments are off, 1 when nothing moved."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python -m tui.measure HOST[:PORT] [SECONDS]", file=sys.stderr)
        return 2
    try:
        cost = measure(arguments[0], float(arguments[1]) if len(arguments) == 2 else FOR_S)
    except (TimeoutError, ValueError, OSError) as error:
        print(f"tui.measure: {error}", file=sys.stderr)
        return 1
    print(f"moving meters after  {cost.moving_s:.2f} s")
    print(f"to the terminal      {cost.bytes_per_s / 1000:.1f} kB/s at {WIDTH} × {HEIGHT}")
    print(f"processor            {cost.cpu_percent:.1f} % of a core")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
