"""A console for other people's programs: the daemon on its virtual stage, in a process of its own.

    with console.running(folder) as desk:
        xair_api.connect("X32", ip=console.HOST, port=desk.port)
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.demo import band
from daemon.wire import packet
from oracles import facts
from rigs import ports, servers
from rigs.talk import heard

LOCAL = "127.0.0.1"
HOST = f"127.{1 + (os.getpid() >> 8) % 254}.{os.getpid() % 256}.1" if sys.platform == "linux" else LOCAL
"""Where the console at the port below is: an address of this run alone, so that two runs don't want the same port."""
PORT = 10023
"""What clients expect; some know no other."""

BAND = [*(facts.DATA / "init.scn").read_text(encoding="utf-8").splitlines()[1:], *band.scene_lines()]
"""The desk after initialising, then mixed for the band of the virtual stage."""

PORTION = 100
"""Lines on their way at once."""

LAMP = "/-prefs/lampon"
"""A switch that nothing else looks at."""

PATIENCE_S = 150  # another console on the port may be about to end
FADERD = str(Path(sys.executable).with_name("faderd"))


class Desk(servers.Desk):
    """A running console, addressed like by any other client."""

    def __init__(self, process: servers.Process, host: str, port: int, folder: Path) -> None:
        super().__init__(process, port)
        self.socket.connect((host, port))
        self.host, self.port, self.state = host, port, folder

    def ask(self, address: str, *arguments: Any) -> list[Any]:
        """Arguments of the answer to a command, which comes from its own address or from `node`."""
        self.socket.send(packet.build(address, *arguments))
        wanted = "node" if address == "/node" else address
        while True:
            got, *values = self.hear()
            if got == wanted:
                return values

    def hear(self) -> tuple[Any, ...]:
        """The next that comes, however long a busy console takes."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return heard(self.socket.recv(65_536))
            except TimeoutError:
                if time.monotonic() > until:
                    raise

    def line(self, path: str) -> str:
        """Text of a node or leaf, without its path."""
        (line,) = self.ask("/node", path)
        return str(line).rstrip("\n").partition(" ")[2]

    def write(self, line: str) -> None:
        """Set a line of text; it is done when this returns."""
        self.ask("/", line)

    def load(self, lines: list[str]) -> None:
        """Make the desk what the lines of a scene say."""
        for first in range(0, len(lines), PORTION):
            portion = lines[first : first + PORTION]
            for line in portion:
                self.socket.send(packet.build("/", line))
            for line in portion:
                while self.hear() != ("/", line):
                    pass


class Listener:
    """Another client, that hears of every change."""

    def __init__(self, desk: Desk) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.connect((desk.host, desk.port))
        self.renew()

    def renew(self) -> None:
        self.socket.send(packet.build("/xremote"))

    def next(self, seconds: float) -> tuple[Any, ...] | None:
        """Next change within so many seconds."""
        self.socket.settimeout(seconds)
        try:
            return heard(self.socket.recv(65_536))
        except (TimeoutError, BlockingIOError):
            return None

    def write(self, line: str) -> None:
        """Set a line of text."""
        self.socket.send(packet.build("/", line))

    def forget(self) -> None:
        """Drop what has been told so far."""
        while self.next(0):
            pass


@contextlib.contextmanager
def listening(desk: Desk) -> Iterator[Listener]:
    """Listen as another client."""
    listener = Listener(desk)
    with listener.socket:
        yield listener


def settle(desk: Desk) -> None:
    """Wait until everybody has been told of all changes: the newest is told last."""
    (lamp,) = desk.ask(LAMP)
    with listening(desk) as listener:
        for wanted in (1 - lamp, lamp):
            desk.write(f"{LAMP[1:]} {('OFF', 'ON')[wanted]}")
            deadline = time.monotonic() + PATIENCE_S
            while (told := listener.next(1.0)) != (LAMP, wanted):
                assert time.monotonic() < deadline, "the console never told of its lamp"
                if told is None:
                    listener.renew()


@contextlib.contextmanager
def running(
    folder: Path,
    port: int = PORT,
    options: tuple[str, ...] = ("--local",),
    faderd: tuple[str, ...] = (FADERD,),
    device: str = "virtual",
) -> Iterator[Desk]:
    """Run the daemon, its state in `folder`, on a UDP port of this machine; 0 is any that is free."""
    host = HOST if port == PORT else LOCAL
    port = _awaited(host, port) if port else ports.free()
    if host != LOCAL:
        (folder / "faderd.toml").write_text(f'[[listen]]\nport = {port}\nbind = "{host}"\n')
        options = ("--config", str(folder / "faderd.toml"))
    command = [*faderd, "run", *options, "--device", device]
    command += ["--osc-port", str(port), "--state", str(folder / "state")]
    with servers.running(command, dict(os.environ), folder / "daemon.log") as process:
        process.wait_for(lambda: process.lines("ready"), "its ready line", servers.START_S)
        desk = Desk(process, host, port, folder / "state")
        with desk.socket:
            yield desk


def _awaited(host: str, port: int) -> int:
    """A port, as soon as nobody has it."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port
        if time.monotonic() > until:
            remedy = "stop the console or the tests that run there (ss -lunp shows them)"
            pytest.fail(f"UDP port {port} is taken, and the clients know no other one: {remedy}", pytrace=False)
        time.sleep(0.2)
