"""A console for other people's programs: the daemon on its virtual stage, in a process of its own.

    with console.running(folder) as desk:
        xair_api.connect("X32", ip=console.HOST, port=desk.port)
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rig

HOST = "127.0.0.1"
START_S = 120  # the first start compiles

FADERD = [str(Path(sys.executable).with_name("faderd"))]
COUNTED = [sys.executable, str(Path(__file__).with_name("counted_daemon.py"))]
"""A daemon that tells, for a line on stdin, how many blocks it has played and missed."""


class Desk(rig.Desk):
    """A running console, addressed like by any other client."""

    def __init__(self, process: rig.Process, port: int, folder: Path) -> None:
        super().__init__(process, port)
        self.port, self.state = port, folder

    def counts(self) -> tuple[int, int]:
        """Blocks played and missed; of a counted daemon only."""
        blocks, missed = self.process.order("count").split()
        return int(blocks), int(missed)


@contextlib.contextmanager
def running(folder: Path, port: int = 0, command: list[str] = FADERD) -> Iterator[Desk]:
    """Run the daemon, its state in `folder`, on a UDP port of this machine: a certain one, or any that is free."""
    port = _free(port)
    options = ["run", "--local", "--device", "virtual", "--osc-port", str(port), "--state", str(folder / "state")]
    with rig.running([*command, *options], dict(os.environ), folder / "daemon.log") as process:
        process.wait_for(lambda: process.lines("ready"), "its ready line", START_S)
        desk = Desk(process, port, folder / "state")
        with desk.socket:
            yield desk


def _free(port: int) -> int:
    """Number of a port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            remedy = "stop the console or the tests that run there (ss -lunp shows them)"
            pytest.fail(f"UDP port {port} is taken, and the clients know no other one: {remedy}", pytrace=False)
        number: int = probe.getsockname()[1]
        return number
