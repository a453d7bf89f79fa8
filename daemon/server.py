"""The OSC server: one UDP socket, emptied once per pass of the event loop.

datagrams ─▶ parse ─▶ dialect ─▶ console.set … ─▶ console.publish, once per pass
"""

import asyncio
import errno
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from daemon import errors
from daemon.commands.polls import TICK_S
from daemon.commands.stores import Stores
from daemon.desk.console import Console
from daemon.dialect import Counters, Dialect, Identity
from daemon.files.disk import Disk
from daemon.metering.meters import Page
from daemon.wire import packet
from daemon.wire.network import MOST_CLIENTS, Client, Network

__all__ = ["PORT", "Identity", "Server", "ServerError"]

PORT = 10023

# Datagrams in one pass: enough to catch up after a flood, few enough that meters stay on time.
BATCH = 256

# Room for some thousand datagrams while the loop is busy; the system may give less.
RECEIVE_BUFFER = 8 << 20

# What is sent to a client that has gone waits some seconds for its machine to answer: that must not
# take the room from all others.
SEND_BUFFER = 4 << 20


class ServerError(errors.Refusal):
    """The server can't start; the message is for people."""


class Server:
    """Speaks the X32 dialect with everybody.

    Parameters
    ----------
    console : Console
        What is spoken about.
    identity : Identity, optional
        What the console says it is.
    port : int
        UDP port; 0 takes any free one.
    local : bool
        Listen to programs on this machine only.
    folder : Path, optional
        State folder, for scenes and presets; without it nothing can be stored.
    clients : int
        Room for so many clients.
    clock : callable
        Seconds that only grow.

    Attributes
    ----------
    counters : Counters
        What came in.

    Raises
    ------
    ServerError
        When the port can't be had.
    """

    def __init__(
        self,
        console: Console,
        identity: Identity | None = None,
        port: int = PORT,
        local: bool = False,
        folder: Path | None = None,
        clients: int = MOST_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters = Counters()
        self._console = console
        self._socket = _open("127.0.0.1" if local else "", port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tick_at = 0.0
        network = Network(self._send, self._later, clock, clients)
        self._dialect = Dialect(console, identity or Identity(), self.counters, network)
        self._disk = Disk(self._post)
        self._stores: Stores | None = None
        if folder is not None:
            self._stores = Stores(console, self._disk, folder, self._dialect.faults, network)
            self._dialect.learn(self._stores.commands)

    @property
    def port(self) -> int:
        """UDP port the server listens on."""
        port: int = self._socket.getsockname()[1]
        return port

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen."""
        self._loop = loop
        loop.add_reader(self._socket, self._pass)
        self._tick_at = loop.time() + TICK_S
        loop.call_at(self._tick_at, self._tick)

    def stop(self) -> None:
        """Listen no more, give the port back, and wait until everything is written."""
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop = None
        self._socket.close()
        if self._stores is not None:
            self._stores.save()
        self._disk.close()

    def shows(self, meter: int) -> bool:
        """Whether anybody wants the meter of this number: the spectrum is work that is not done for nobody."""
        return self._dialect.shows(meter)

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms with the page collected since the last call."""
        self._dialect.feed(page)

    def _pass(self) -> None:
        """Take what has come, then let it be heard."""
        for _ in range(BATCH):
            try:
                datagram, client = self._socket.recvfrom(packet.LONGEST + 1)
            except BlockingIOError:
                break
            except OSError:  # some systems report here that an earlier answer found nobody
                continue
            self._take(datagram, client)
        self._console.publish()

    def _take(self, datagram: bytes, client: Client) -> None:
        self.counters.received += 1
        try:
            messages = packet.parse(datagram)
        except packet.MalformedError:
            self.counters.malformed += 1
            return
        for message in messages:
            self._dialect.receive(message, client)

    def _send(self, datagram: bytes, client: Client) -> None:
        """Send without waiting: a client that can't be reached must not hold up the others."""
        try:
            self._socket.sendto(datagram, client)
        except OSError:
            self.counters.unsent += 1

    def _later(self, delay_s: float, call: Callable[[], None]) -> None:
        """Call in `delay_s` seconds, if the server still runs then."""
        if self._loop is not None:
            self._loop.call_later(delay_s, self._run, call)

    def _post(self, call: Callable[[], None]) -> None:
        """Call on the loop's thread, from any thread, if the server still runs."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._run, call)

    def _run(self, call: Callable[[], None]) -> None:
        if self._loop is not None:
            call()
            self._console.publish()

    def _tick(self) -> None:
        """Beat twenty times a second, without catching up on what was missed."""
        if self._loop is not None:
            self._dialect.tick()
            self._console.publish()
            self._tick_at = max(self._tick_at + TICK_S, self._loop.time())
            self._loop.call_at(self._tick_at, self._tick)


def _open(host: str, port: int) -> socket.socket:
    """Bind a UDP socket."""
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.setblocking(False)
    _enlarge(endpoint)
    try:
        endpoint.bind((host, port))
    except OSError as error:
        endpoint.close()
        raise ServerError(_explain(error, port)) from None
    return endpoint


def _enlarge(endpoint: socket.socket) -> None:
    """Ask for large buffers, beyond the system's limit where this process may."""
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if sys.platform == "linux":
        force_send, force_receive = 32, 33  # SO_…BUFFORCE, which Python does not name
        with suppress(PermissionError):
            endpoint.setsockopt(socket.SOL_SOCKET, force_receive, RECEIVE_BUFFER)
            endpoint.setsockopt(socket.SOL_SOCKET, force_send, SEND_BUFFER)


def _explain(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"UDP port {port} is taken by another program, perhaps another faderd: "
            "stop it, or choose another port with --osc-port"
        )
    if error.errno == errno.EACCES:
        return f"UDP port {port} is not allowed for this user: choose one above 1023 with --osc-port"
    return f"UDP port {port} can't be opened: {error.strerror}"
