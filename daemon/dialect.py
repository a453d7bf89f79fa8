"""The X32/M32 dialect: what each OSC message means.

    message ─▶ one dict look-up ─▶ leaf      get or set one parameter
                                 ─▶ node      set several at once
                                 ─▶ command   /info, /xremote, /meters, /node …

The desk has no error messages and no acknowledgements: what means nothing is answered by silence,
and counted.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from daemon import packet, scene
from daemon.console import Console
from daemon.meterfeed import MeterFeed, Page
from daemon.subscribers import Client, Clock, Remotes, Send
from dsp.row import Wire

Command = Callable[[list[Wire], Client], None]


@dataclass(frozen=True)
class Identity:
    """What the console says it is."""

    model: str = "X32RACK"
    firmware: str = "4.06"
    protocol: str = "V2.07"
    name: str = "faderd"


@dataclass
class Counters:
    """What came in and what became of it, since the start."""

    received: int = 0
    """Datagrams."""
    malformed: int = 0
    """Datagrams that are not OSC, or not of the dialect's types."""
    unknown: int = 0
    """Messages to addresses this console does not have."""
    refused: int = 0
    """Messages with values that mean nothing there."""
    unsent: int = 0
    """Datagrams the system would not take."""


class Dialect:
    """Understands messages and answers them.

    Parameters
    ----------
    console : Console
        What is spoken about.
    identity : Identity
        What `/info` and `/xinfo` answer.
    counters : Counters
        Where strange messages are counted.
    send : callable
        Takes a datagram and the client it goes to.
    wake : callable
        Asks for a call of `flush` in so many seconds.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        console: Console,
        identity: Identity,
        counters: Counters,
        send: Send,
        wake: Callable[[float], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self._console = console
        self._table = console.values.table
        self._identity = identity
        self._counters = counters
        self._send = send
        self._remotes = Remotes(console, send, wake, clock)
        self._meters = MeterFeed(send, clock)
        self._meanings: dict[str, int | tuple[int, ...] | Command] = {
            **self._table.leaves,
            **self._table.nodes,
            "/info": self._info,
            "/xinfo": self._xinfo,
            "/status": self._status,
            "/xremote": self._xremote,
            "/xremotenfb": self._xremote,
            "/unsubscribe": self._unsubscribe,
            "/meters": self._subscribe_meter,
            "/node": self._node_text,
            "/": self._line,
        }

    def receive(self, message: packet.Message, client: Client) -> None:
        """Do what a message says, and answer if the desk would."""
        meaning = self._meanings.get(message.address)
        if meaning is None:
            self._counters.unknown += 1
        elif isinstance(meaning, int):
            self._leaf(meaning, message.arguments, client)
        elif isinstance(meaning, tuple):
            for leaf, argument in zip(meaning, message.arguments, strict=False):
                if not isinstance(argument, str):  # the desk takes no texts at node addresses
                    self._set(leaf, argument, client)
        else:
            meaning(message.arguments, client)

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms."""
        self._meters.feed(page)

    def flush(self) -> None:
        """Tell the `/xremote` clients what has changed."""
        self._remotes.flush()

    # --- parameters ---------------------------------------------------------------------------------

    def _leaf(self, leaf: int, arguments: list[Wire], client: Client) -> None:
        """Set a parameter, or answer with its value when there is nothing to set."""
        if arguments:
            self._set(leaf, arguments[0], client)
        else:
            wire = self._table.row_of(leaf).to_wire(self._console.values.get(leaf))
            self._send(packet.build(self._table.path_of(leaf), wire), client)

    def _set(self, leaf: int, argument: Wire, client: Client) -> None:
        try:
            stored = self._table.row_of(leaf).from_wire(argument)
        except ValueError:
            self._counters.refused += 1
        else:
            self._console.set(leaf, stored, client)

    # --- text ---------------------------------------------------------------------------------------

    def _node_text(self, arguments: list[Wire], client: Client) -> None:
        """Answer `/node` with a line of text, from the address `node` as the desk does."""
        path = "/" + _text(arguments).strip().removeprefix("/")
        line = scene.line_of(self._console.values, path)
        if line is None:
            self._counters.unknown += 1
        else:
            self._send(packet.build("node", line + "\n"), client)

    def _line(self, arguments: list[Wire], client: Client) -> None:
        """Apply a line of text and echo it: clients wait for that before they send the next one."""
        line = _text(arguments)
        if scene.apply_line(self._console, line, client):
            self._counters.refused += 1
        self._send(packet.build("/", line), client)

    # --- who is who ---------------------------------------------------------------------------------

    def _info(self, arguments: list[Wire], client: Client) -> None:
        who = self._identity
        self._send(packet.build("/info", who.protocol, "osc-server", who.model, who.firmware), client)

    def _xinfo(self, arguments: list[Wire], client: Client) -> None:
        who = self._identity
        self._send(packet.build("/xinfo", own_address(client), who.name, who.model, who.firmware), client)

    def _status(self, arguments: list[Wire], client: Client) -> None:
        self._send(packet.build("/status", "active", own_address(client), "osc-server"), client)

    # --- who wants what -----------------------------------------------------------------------------

    def _xremote(self, arguments: list[Wire], client: Client) -> None:
        self._remotes.renew(client)

    def _subscribe_meter(self, arguments: list[Wire], client: Client) -> None:
        try:
            self._meters.subscribe(client, arguments)
        except ValueError:
            self._counters.refused += 1

    def _unsubscribe(self, arguments: list[Wire], client: Client) -> None:
        """End one subscription by its name, or everything the client has."""
        name = _text(arguments)
        self._meters.drop(client, name)
        if not name:
            self._remotes.drop(client)


def _text(arguments: list[Wire]) -> str:
    """First argument of a message that has one text."""
    return str(arguments[0]) if arguments else ""


def own_address(client: Client) -> str:
    """IPv4 address under which a client reaches this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(client)  # sends nothing: it asks the routing table
        except OSError:
            return "0.0.0.0"
        address: str = probe.getsockname()[0]
        return address
