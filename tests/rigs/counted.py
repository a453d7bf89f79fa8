"""The daemon's command line, or with `idle` nothing at all, on a virtual stage that tells how many blocks it missed.

Each line on stdin is answered by a line that begins with ">": blocks played so far, and blocks missed.
"""

from __future__ import annotations

import sys
import threading

import numpy as np

from daemon import cli
from daemon.audio import stage
from rigs import loopback

BLOCK = 64
stages: list[stage.Stage] = []


class Counted(stage.Stage):
    """A stage that is remembered."""

    def start(self, callback: int, userdata: int) -> None:
        stages.append(self)
        super().start(callback, userdata)


def tell() -> None:
    """Answer every line on stdin."""
    for _ in sys.stdin:
        print(f"> {stages[-1].blocks} {stages[-1].missed}", flush=True)


def idle() -> None:
    """Play nothing to nobody."""
    shared = loopback.memory(2, 2)
    Counted("idle", np.zeros((48_000, 2), np.float32), 48_000, BLOCK, outputs=2).start(
        loopback.ADDRESS, shared.ctypes.data
    )
    print("ready", flush=True)
    tell()


def main() -> int:
    """Be what the command line says."""
    if sys.argv[1:] == ["idle"]:
        idle()
        return 0
    stage.Stage = Counted  # type: ignore[misc]
    threading.Thread(target=tell, daemon=True).start()
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
