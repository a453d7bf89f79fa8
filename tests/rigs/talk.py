"""A console without audio, and clients that talk to it: by hand with a clock of their own, or over UDP."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pythonosc.osc_message import OscMessage

from daemon import run, server
from daemon.commands.whois import Identity
from daemon.desk import rules
from daemon.desk.console import Console
from daemon.desk.roles import Access
from daemon.files.disk import Disk
from daemon.wire import packet
from daemon.wire.doors import Door
from daemon.wire.network import Client, Counters, Network
from dsp.table import TABLE

ANN, BEN = Client("10.0.0.1", 5001), Client("10.0.0.2", 5002)


def _console() -> Console:
    console = Console()
    rules.obey(console)
    return console


def heard(datagram: bytes) -> tuple[Any, ...]:
    """Address and arguments of a datagram from the console."""
    message = OscMessage(datagram)
    return (message.address, *message.params)


def words(datagram: bytes) -> np.ndarray:
    """Levels in a meter's datagram."""
    _, blob = heard(datagram)
    (count,) = struct.unpack_from("<i", blob)
    assert len(blob) == 4 + 4 * count
    return np.frombuffer(blob, "<f4", offset=4)


class Talk:
    """A dialect without a network: what is said, what is heard, and a clock that stands still.

    Parameters
    ----------
    folder : Path, optional
        Where scenes and presets lie.
    console : Console, optional
        What is talked about; one of its own, with the desk's rules, by default.

    Attributes
    ----------
    now : float
        Seconds.
    """

    def __init__(
        self,
        folder: Path | None = None,
        console: Console | None = None,
        identity: Identity | None = None,
        roles: Sequence[Access] = (),
        pins: Mapping[str, str] | None = None,
    ) -> None:
        self.now = 1000.0
        self.console = console or _console()
        self.counters = Counters()
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self._sent: dict[Client, list[bytes]] = {}
        network = Network(self._send, lambda *call: self.waiting.append(call), lambda: self.now)
        who = identity or Identity(name="Stage")
        spoken = run.speak(self.console, network, self.counters, who, Disk(), folder, roles, pins or {})
        self.dialect, self.history, self.told = spoken.dialect, spoken.history, spoken.told
        if spoken.stores is not None:
            self.stores = spoken.stores

    def _send(self, datagram: bytes, client: tuple[str, int]) -> None:
        self._sent.setdefault(client, []).append(datagram)

    def wait(self, seconds: float) -> None:
        """Let time pass, and what was asked for until then happen."""
        end = self.now + seconds
        due = [(self.now + delay, call) for delay, call in self.waiting]
        self.waiting.clear()
        while due:
            due.sort(key=lambda entry: entry[0])
            at, call = due.pop(0)
            if at > end:
                self.waiting.append((at - end, call))
                continue
            self.now = at
            call()
            due += [(at + delay, call) for delay, call in self.waiting]
            self.waiting.clear()
        self.now = end

    def say(self, address: str, *arguments: Any, by: Client = ANN) -> list[tuple[Any, ...]]:
        """Send a message, tell what changed, and return what its sender hears."""
        return self.send(packet.build(address, *arguments), by)

    def send(self, datagram: bytes, by: Client = ANN) -> list[tuple[Any, ...]]:
        """Send a datagram, tell what changed, and return what its sender hears."""
        self.dialect.hear(packet.parse(datagram), Client(*by))
        self.wait(0)
        return self.hear(by)

    def hear(self, client: Client = ANN) -> list[tuple[Any, ...]]:
        """What a client has been sent since it was last asked."""
        return [heard(datagram) for datagram in self.raw(client)]

    def raw(self, client: Client = ANN) -> list[bytes]:
        """Datagrams a client has been sent since it was last asked."""
        return self._sent.pop(Client(*client), [])

    def value(self, path: str) -> Any:
        """Stored value of a leaf."""
        return self.console.values.get(TABLE.leaves[path])


class Net:
    """A server on a free port of this machine, turned by hand, and its clients."""

    def __init__(
        self,
        folder: Path | None = None,
        console: Console | None = None,
        local: bool = True,
        clock: Callable[[], float] = time.monotonic,
        doors: Sequence[Door] | None = None,
        roles: Sequence[Access] = (),
        before: Callable[[server.Server], None] = lambda started: None,
    ) -> None:
        self.console = console or _console()
        self.server = server.Server(self.console, doors or [Door(0, "127.0.0.1" if local else "")], clock=clock)
        self._files = Disk(self.server.post)
        spoken = run.speak(
            self.console, self.server.network, self.server.counters, Identity(), self._files, folder, roles
        )  # fmt: skip
        self.faults: list[dict[str, Any]] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, fault: self.faults.append(fault))
        before(self.server)
        self.server.start(self._loop, spoken.dialect)
        self._clients: list[socket.socket] = []

    def __enter__(self) -> "Net":
        return self

    def __exit__(self, *reason: object) -> None:
        for client in self._clients:
            client.close()
        self.server.stop()
        self._files.close()
        self._loop.close()

    def client(self) -> socket.socket:
        """A client's socket, connected to the server."""
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        client.setblocking(False)
        client.connect(("127.0.0.1", self.server.port))
        self._clients.append(client)
        return client

    def turn(self, seconds: float = 0) -> None:
        """Let the server work: what lies ready, or for a while."""
        for _ in range(3):
            self._loop.run_until_complete(asyncio.sleep(seconds / 3))
        # What is read or written in turn: a busy machine takes its time.
        patience = time.monotonic() + 60
        while (self._files.thinking or self.server.is_behind) and time.monotonic() < patience:
            self._loop.run_until_complete(asyncio.sleep(0.001))

    def spin(self) -> None:
        """Let the server work on what lies ready, and wait for nothing else."""
        self._loop.run_until_complete(asyncio.sleep(0.002))

    def ask(self, client: socket.socket, address: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Send a message and return what comes back at once."""
        client.send(packet.build(address, *arguments))
        self.turn()
        return hear(client)


def hear(client: socket.socket) -> list[tuple[Any, ...]]:
    """Everything that waits in a client's socket."""
    messages = []
    while True:
        try:
            messages.append(heard(client.recv(4096)))
        except BlockingIOError:
            return messages
