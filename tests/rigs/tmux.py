"""A real terminal: tmux gives a program a screen, and tells what stands on it."""

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rigs import servers

ROOT = Path(__file__).resolve().parents[2]
START = "import sys; from tui import app; sys.exit(app.main(sys.argv[1:]))"
AND_TELL = '"$@"; echo "left with $?"; cat'
COUNT = itertools.count()
PATIENCE_S = 120.0


class Terminal:
    """A tmux server of our own with one window."""

    def __init__(self) -> None:
        servers.need("tmux")
        # A name of its own: a tmux server that is just leaving must not be taken for the new one.
        self._tmux = ("tmux", "-u", "-L", f"faderd-{os.getpid()}-{next(COUNT)}", "-f", "/dev/null")

    def run(self, *words: str) -> str:
        command = (*self._tmux, *words)
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout

    def open(self, size: tuple[int, int], target: str, **environment: str) -> None:
        settings = [f"{name}={value}" for name, value in environment.items()]
        width, height = (str(cells) for cells in size)
        words = ("sh", "-c", AND_TELL, "sh", "env", *settings, sys.executable, "-c", START, target)
        self.run("new-session", "-d", "-x", width, "-y", height, "-c", str(ROOT), *words)

    def text(self) -> str:
        return self.run("capture-pane", "-p")

    def codes(self) -> str:
        return self.run("capture-pane", "-e", "-p")

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain; the terminal shows\n{self.text()}"
            await asyncio.sleep(0.1)

    def close(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.run("kill-server")
