"""The daemon's command line, with a thread beside it that takes orders as lines on stdin.

`burn` starts two threads that fight for the GIL, `rest` ends them, `clock SECONDS` sets the
wall clock forward or back, `stick SECONDS` lets the event loop stand still, `break` has an error in it that nobody
expects, any other word does nothing.  Each order is answered by a line that
begins with ">": how often the audio callback has been called so far.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from typing import Any

from daemon import cli, server
from dsp.engine import memory, wall


def burn(rest: threading.Event) -> None:
    """Hold the GIL, half of the time inside the garbage collector."""
    count = 0
    while not rest.is_set():
        for _ in range(100_000):
            count += 1
        rings: list[list[Any]] = [[] for _ in range(10_000)]
        for ring in rings:
            ring.append(ring)
        del rings
        gc.collect()


def jump(seconds: float) -> None:
    """Set the wall clock forward or back, as far as Python tells it."""
    before, local = time.time, time.localtime
    time.time = lambda: before() + seconds
    time.localtime = lambda at=None: local(time.time() if at is None else at)


def broken() -> None:
    """Be what nobody expects."""
    raise RuntimeError("the cat is on the desk")


def obey(walls: list[wall.Wall], loops: list[asyncio.AbstractEventLoop]) -> None:
    """Do what the lines on stdin say."""
    rest = threading.Event()
    for line in sys.stdin:
        order = line.strip()
        if order == "burn":
            rest = threading.Event()
            for _ in range(2):
                threading.Thread(target=burn, args=(rest,), daemon=True).start()
        elif order == "rest":
            rest.set()
        elif order.startswith("clock "):
            jump(float(order.split()[1]))
        elif order.startswith("stick "):
            loops[-1].call_soon_threadsafe(time.sleep, float(order.split()[1]))
        elif order == "break":
            loops[-1].call_soon_threadsafe(broken)
        print(f"> {walls[-1].count(memory.CALLS)}", flush=True)


def main() -> int:
    """Run the daemon's command line with a thread beside it that obeys."""
    walls: list[wall.Wall] = []
    build = wall.Wall.__init__

    def remember(self: wall.Wall, *arguments: Any, **options: Any) -> None:
        build(self, *arguments, **options)
        walls.append(self)

    loops: list[asyncio.AbstractEventLoop] = []
    begin = server.Server.start

    def start(self: server.Server, loop: asyncio.AbstractEventLoop, *arguments: Any) -> None:
        loops.append(loop)
        begin(self, loop, *arguments)

    wall.Wall.__init__ = remember  # type: ignore[method-assign]
    server.Server.start = start  # type: ignore[method-assign]
    threading.Thread(target=obey, args=(walls, loops), daemon=True).start()
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
