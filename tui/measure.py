"""What the terminal costs: `python -m tui.measure HOST[:PORT] [SECONDS]`.

Runs `faderd tui` in a pseudo-terminal of 200 × 50 and prints, one fact a line, the time to moving meters, the bytes a
second that the terminal is sent, and the share of a core it takes.  Then what that does to the console, where it is
one that tells: without the terminal and with it, by turns, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import socket
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tui import app, datagrams, link, pace

WIDTH, HEIGHT = 200, 50
SETTLE_S = 5.0
FOR_S = 20.0
TURNS = 2
"""How often the console is looked at without the terminal, and with it."""
WINDOW_S = 62.0
"""For how long: what the console tells is about its last minute."""
BARS = tuple(letter.encode() for letter in "▂▄▆█")


class Cost(NamedTuple):
    """What was measured."""

    moving_s: float
    """From the start of the program to the first bar of a meter."""
    bytes_per_s: float
    cpu_percent: float
    """Of one core."""


class Load(NamedTuple):
    """How the console's audio callback did in the last minute."""

    p50: float
    p99: float
    """Of the time that a block has, in per cent."""
    missed: float
    """Blocks that were not ready in time."""


@contextmanager
def terminal(target: str) -> Iterator[tuple[int, int]]:
    """A terminal at a console: its process, and where its screen is read."""
    program = Path(sys.executable).with_name("faderd")
    child, screen = pty.fork()
    if child == 0:  # pragma: no cover - it becomes another program
        os.execve(program, [str(program), "tui", target], {**os.environ, "TERM": "xterm-256color"})
    try:
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        yield child, screen
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(screen)


def measure(target: str, for_s: float = FOR_S) -> Cost:
    """Watch a terminal at a console.

    Raises
    ------
    TimeoutError
        When no meter moves.
    """
    began = time.monotonic()
    with terminal(target) as (child, screen):
        moving_s = _until_bars(screen, began)
        _drain(screen, SETTLE_S)
        before = _cpu_s(child)
        count = _drain(screen, for_s)
        return Cost(moving_s, count / for_s, 100 * (_cpu_s(child) - before) / for_s)


def effect(target: str) -> tuple[Load, Load] | None:
    """How the console does without a terminal and with one, by turns; None when it does not tell."""
    if _health(target) is None:
        return None
    alone, together = [], []
    for _ in range(TURNS):
        alone.append(_load(target, partial(time.sleep, WINDOW_S)))
        with terminal(target) as (_, screen):
            _until_bars(screen, time.monotonic())
            together.append(_load(target, partial(_drain, screen, WINDOW_S)))
    return _mean(alone), _mean(together)


def _load(target: str, wait: Callable[[], object]) -> Load:
    """What the callback did while something else was waited for."""
    before = _health(target)
    wait()
    after = _health(target)
    if before is None or after is None:
        raise TimeoutError("the console does not answer any more")
    return Load(after["p50"], after["p99"], after["missed"] - before["missed"])


def _mean(loads: list[Load]) -> Load:
    return Load(*(sum(column) / len(loads) for column in zip(*loads, strict=True)))


def _health(target: str) -> dict[str, float] | None:
    """What the console tells of its callback now."""
    host, port = app.parse_target(target)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(2.0)
        asking.sendto(datagrams.datagram(link.HEALTH), (host, port))
        try:
            _, arguments = datagrams.parsed(asking.recv(65_536))
        except TimeoutError:
            return None
    load: dict[str, float] = json.loads(str(arguments[0]))["load"]
    return load


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
        print(f"moving meters after  {cost.moving_s:.2f} s")
        print(f"to the terminal      {cost.bytes_per_s / 1000:.1f} kB/s at {WIDTH} × {HEIGHT}")
        print(f"processor            {cost.cpu_percent:.1f} % of a core", flush=True)
        for what, load in zip(("without a terminal", "with a terminal"), effect(arguments[0]) or (), strict=False):
            print(f"{what:20} a block takes {load.p50:.1f} % of its time, 99 of 100 at most {load.p99:.1f} %;"
                  f" {load.missed:g} a minute were late")  # fmt: skip
    except (TimeoutError, ValueError, OSError) as error:
        print(f"tui.measure: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
