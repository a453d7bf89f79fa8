"""The X32/M32 dialect: what each OSC message means.

    message ─▶ one dict look-up ─▶ leaf      get or set one parameter
                                 ─▶ node      set several at once
                                 ─▶ command   /info, /xremote, /meters, /node, /save …

The desk has no error messages and no acknowledgements: what means nothing is answered by silence,
and counted.
"""

import socket
from dataclasses import dataclass

from daemon import errors
from daemon.commands.errors import Faults
from daemon.commands.help import Describe
from daemon.commands.subscriptions import Subscriptions
from daemon.commands.talkback import Talkback
from daemon.desk.console import Console
from daemon.files import nodeline, scene
from daemon.metering.meters import Page
from daemon.wire import packet
from daemon.wire.network import Client, Command, Network
from dsp.parameters.row import Whole, Wire

NAME = "/-prefs/name"


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
    network : Network
        The way to the clients.

    Attributes
    ----------
    faults : Faults
        Who wants to know why something was not done.
    """

    def __init__(self, console: Console, identity: Identity, counters: Counters, network: Network) -> None:
        self._console = console
        self._table = console.values.table
        self._identity = identity
        self._counters = counters
        self._send = network.send
        self._take_name()
        self.faults = Faults(network)
        self._subscriptions = Subscriptions(console, network)
        self._talkback = Talkback(console, network)
        self._meanings: dict[str, int | tuple[int, ...] | Command] = {
            **self._table.leaves,
            **self._table.nodes,
            **self._subscriptions.commands,
            **self.faults.commands,
            **Describe(console, network).commands,
            "/info": self._info,
            "/xinfo": self._xinfo,
            "/status": self._status,
            "/node": self._node_text,
            "/": self._line,
        }

    def learn(self, commands: dict[str, Command]) -> None:
        """Understand more commands."""
        self._meanings.update(commands)

    def receive(self, message: packet.Message, client: Client) -> None:
        """Do what a message says, and answer if the desk would."""
        self._talkback.heard(client)
        try:
            self._do(message, client)
        except errors.UnknownError as unknown:
            self._counters.unknown += 1
            self.faults.tell(client, message.address, f"there is no {unknown} on this console")
        except (ValueError, errors.Refusal) as error:
            self._counters.refused += 1
            self.faults.tell(client, message.address, str(error))

    def shows(self, meter: int) -> bool:
        """Whether anybody wants the meter of this number."""
        return self._subscriptions.shows(meter)

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms with the page collected since the last call."""
        self._subscriptions.feed(page)

    def tick(self) -> None:
        """Send values at their pace, and see who is still there; called every 50 ms."""
        self._talkback.tick()
        self._subscriptions.tick()

    def flush(self) -> None:
        """Tell the `/xremote` clients what has changed."""
        self._subscriptions.flush()

    def _do(self, message: packet.Message, client: Client) -> None:
        meaning = self._meanings.get(message.address)
        if meaning is None:
            raise errors.UnknownError(message.address)
        if isinstance(meaning, int):
            self._leaf(meaning, message.arguments, client)
        elif isinstance(meaning, tuple):
            for leaf, argument in zip(meaning, message.arguments, strict=False):
                if not isinstance(argument, str):  # the desk takes no texts at node addresses
                    self._set(leaf, argument, client)
        else:
            meaning(message.arguments, client)

    # --- parameters ---------------------------------------------------------------------------------

    def _leaf(self, leaf: int, arguments: list[Wire], client: Client) -> None:
        """Set a parameter, or answer with its value when there is nothing to set."""
        if arguments:
            self._set(leaf, arguments[0], client)
        else:
            self._send(packet.build(self._table.path_of(leaf), self._console.values.wire(leaf)), client)

    def _set(self, leaf: int, argument: Wire, client: Client) -> None:
        row = self._console.values.param(leaf)
        if row.access == "ro":
            raise ValueError(f"{self._table.path_of(leaf)} is only told, not set")
        if isinstance(argument, float) and isinstance(row, Whole) and argument.is_integer():
            argument = int(argument)  # layouts that know only floats
        self._console.set(leaf, row.from_wire(argument), client)

    # --- text ---------------------------------------------------------------------------------------

    def _node_text(self, arguments: list[Wire], client: Client) -> None:
        """Answer `/node` with a line of text, from the address `node` as the desk does."""
        path = "/" + _text(arguments).strip().removeprefix("/")
        line = nodeline.line_of(self._console.values, path)
        if line is None:
            raise errors.UnknownError(path)
        self._send(packet.build("node", line + "\n"), client)

    def _line(self, arguments: list[Wire], client: Client) -> None:
        """Apply a line of text and echo it: clients wait for that before they send the next one."""
        line = _text(arguments)
        problems = scene.apply_line(self._console, line, client)
        self._send(packet.build("/", line), client)
        if problems:
            raise ValueError(problems[0].reason)

    # --- who is who ---------------------------------------------------------------------------------

    def _take_name(self) -> None:
        """Begin with the name from the settings, unless the desk was left with one that a client gave."""
        leaf = self._table.leaves[NAME]
        if self._console.values.get(leaf) == self._table.texts[leaf]:
            self._console.set(leaf, self._table.row_of(leaf).nearest(self._identity.name))

    def _name(self) -> str:
        return str(self._console.values.get(self._table.leaves[NAME]))

    def _info(self, arguments: list[Wire], client: Client) -> None:
        who = self._identity
        self._send(packet.build("/info", who.protocol, "osc-server", who.model, who.firmware), client)

    def _xinfo(self, arguments: list[Wire], client: Client) -> None:
        who = self._identity
        self._send(packet.build("/xinfo", own_address(client), self._name(), who.model, who.firmware), client)

    def _status(self, arguments: list[Wire], client: Client) -> None:
        self._send(packet.build("/status", "active", own_address(client), "osc-server"), client)


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
