"""The OSC server: UDP sockets, emptied once per pass of the event loop.

datagrams ─▶ door ─▶ queue, each client in turn ─▶ parse ─▶ dialect ─▶ console.set … ─▶ the others are told ─▶ publish
"""

import asyncio
import functools
import logging
import socket
import time
from collections.abc import Callable, Sequence

from daemon import errors
from daemon.desk.console import Console
from daemon.dialect import Dialect
from daemon.metering.meters import Page
from daemon.wire import allowance, doors, packet
from daemon.wire.doors import Door
from daemon.wire.endpoint import Endpoint
from daemon.wire.network import MOST_CLIENTS, Client, Counters, Network
from daemon.wire.queue import Queue

log = logging.getLogger("faderd")

PORT = 10023

TICK_S = 0.05

# Datagrams in one pass: more than come while those of the last one are heard, so that none waits in the system's queue,
# where nobody has a turn.
BATCH = 4096

SLICE_S = 0.002
"""For hearing what waits, before the loop looks for meters and for what has come meanwhile."""

FLOODS_TOLD_S = 10.0

PACE_S = 0.004
"""Between two drafts: who drags ten faders is not heard better in more steps, and the loop has others to serve."""

# Clients whose door is remembered.
REMEMBERED = 4096


class Server:
    """Hears everybody, and lets the dialect answer.

    Parameters
    ----------
    console : Console
        What is spoken about.
    entrances : sequence of Door
        Where to listen, and to whom.
    clients : int
        Room for so many clients.
    clock : callable
        Seconds that only grow.

    Attributes
    ----------
    counters : Counters
        What came in.
    network : Network
        The way to the clients, for the dialect and its families.

    Raises
    ------
    EndpointError
        When a port can't be had.
    """

    def __init__(
        self,
        console: Console,
        entrances: Sequence[Door] = (Door(PORT),),
        clients: int = MOST_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters = Counters()
        self._allowance = allowance.Allowance(clock)
        self.network = Network(self._send, self._later, clock, clients, self._allowance.has)
        self._console = console
        self._dialect: Dialect | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tick_at = 0.0
        self._published_at = -PACE_S
        self._publishes = False
        self._queue = Queue()
        self._hears_soon = False
        self._early: list[tuple[float, Callable[[], None]]] = []
        self._floods_told_at = -FLOODS_TOLD_S
        self._endpoints: list[Endpoint] = []
        self._endpoint_of: list[Endpoint] = []
        self._recognise: dict[Endpoint, Callable[[tuple[str, int], bytes], Client | None]] = {}
        self._open(entrances)

    def _open(self, entrances: Sequence[Door]) -> None:
        """Bind every port once, however many doors it has."""
        bound: dict[tuple[str, int], Endpoint] = {}
        try:
            for door in entrances:
                place = (door.bind, door.port)
                if place not in bound or not door.port:
                    bound[place] = Endpoint(door.port, door.bind)
                    self._endpoints.append(bound[place])
                self._endpoint_of.append(bound[place])
        except errors.Refusal:
            self._close()
            raise
        for endpoint in self._endpoints:
            own = [entry for entry in enumerate(entrances) if self._endpoint_of[entry[0]] is endpoint]
            self._recognise[endpoint] = functools.lru_cache(REMEMBERED)(functools.partial(_client, own))

    @property
    def port(self) -> int:
        """UDP port of the first door."""
        return self._endpoints[0].port

    @property
    def ports(self) -> list[int]:
        """UDP port of each door."""
        return [endpoint.port for endpoint in self._endpoint_of]

    def start(self, loop: asyncio.AbstractEventLoop, dialect: Dialect) -> None:
        """Begin to listen, and let a dialect answer."""
        self._loop, self._dialect = loop, dialect
        for endpoint in self._endpoints:
            loop.add_reader(endpoint, self._pass, endpoint)
        self._tick_at = loop.time() + TICK_S
        loop.call_at(self._tick_at, self._tick)
        early, self._early = self._early, []
        for delay_s, call in early:
            self._later(delay_s, call)

    def stop(self) -> None:
        """Listen no more, and give the ports back."""
        if self._loop is not None:
            for endpoint in self._endpoints:
                self._loop.remove_reader(endpoint)
            self._loop = None
        self._close()

    @property
    def is_behind(self) -> bool:
        """Whether something that has come is yet to be heard."""
        return bool(self._queue)

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms with the page collected since the last call."""
        if self._dialect is not None:
            self._dialect.feed(page)

    def post(self, call: Callable[[], None]) -> None:
        """Call on the loop's thread, from any thread, if the server still runs."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._run, call)

    def _close(self) -> None:
        for endpoint in self._endpoints:
            endpoint.close()

    def _pass(self, endpoint: Endpoint) -> None:
        """Take what has come, and hear as much of it as there is time for."""
        recognise = self._recognise[endpoint]
        for _ in range(BATCH):
            try:
                datagram, source, here = endpoint.receive()
            except BlockingIOError:
                break
            except OSError:  # some systems report here that an earlier answer found nobody
                continue
            self.counters.received += 1
            client = recognise(source, here)
            if client is None:
                self.counters.strangers += 1
            else:
                self._allowance.heard(client)
                self._queue.put(datagram, client)
        if not self._hears_soon:
            self._hear()

    def _hear(self) -> None:
        """Hear what waits, one of each client in turn, for a while; the rest after whatever else there is to do."""
        self._hears_soon = False
        if self._loop is None:
            return
        until = self._loop.time() + SLICE_S
        while self._queue and self._loop.time() < until:
            self._take(*self._queue.take())
        self._publish_soon()
        if self._queue:
            self._hears_soon = True
            self._loop.call_soon(self._hear)

    def _take(self, datagram: bytes, client: Client) -> None:
        assert self._dialect is not None
        try:
            messages = packet.parse(datagram)
        except packet.MalformedError:
            self.counters.malformed += 1
            return
        self._dialect.hear(messages, client)

    def _send(self, datagram: bytes, client: Client) -> None:
        """Send without waiting: a client that can't be reached must not hold up the others."""
        if not self._allowance.take(client, len(datagram)):
            self.counters.withheld += 1
            return
        try:
            self._endpoint_of[client.door].send(datagram, client[:2], client.here)
        except OSError:
            self.counters.unsent += 1

    def _later(self, delay_s: float, call: Callable[[], None]) -> None:
        """Call in `delay_s` seconds, if the server still runs then; where it is yet to start, counted from there."""
        if self._loop is not None:
            self._loop.call_later(delay_s, self._run, call)
        elif self._dialect is None:
            self._early.append((delay_s, call))

    def _run(self, call: Callable[[], None]) -> None:
        if self._loop is not None:
            call()
            self._publish_soon()

    def _publish_soon(self) -> None:
        """Let be heard what has been set, after everybody who waits for it has been told."""
        if self._loop is not None and not self._publishes and self._console.touched:
            self._publishes = True
            self._loop.call_at(max(self._loop.time(), self._published_at + PACE_S), self._publish)

    def _publish(self) -> None:
        self._publishes = False
        if self._loop is not None:
            self._published_at = self._loop.time()
            self._console.publish()

    def _tick(self) -> None:
        """Beat twenty times a second, without catching up on what was missed."""
        if self._loop is not None and self._dialect is not None:
            self._dialect.tick()
            self._tell_floods()
            self._publish_soon()
            self._tick_at = max(self._tick_at + TICK_S, self._loop.time())
            self._loop.call_at(self._tick_at, self._tick)

    def _tell_floods(self) -> None:
        """Count what was lost of clients who say more than can be heard, and say so now and then."""
        if not self._queue.lost or self._tick_at < self._floods_told_at + FLOODS_TOLD_S:
            return
        self._floods_told_at = self._tick_at
        lost, self._queue.lost = self._queue.lost, 0
        self.counters.flooded += lost
        log.warning("flood: %d datagrams dropped, the last of %s: nobody else waits for it", lost, self._queue.loudest)


def _client(numbered: list[tuple[int, Door]], source: tuple[str, int], here: bytes) -> Client | None:
    """Client behind a source address, if a door lets it in."""
    number = doors.find(numbered, source[0])
    if number is None:
        return None
    return Client(source[0], source[1], socket.inet_ntoa(here) if here else "", number)
