"""The X32/M32 dialect: what each OSC message means.

    message ─▶ one dict look-up ─▶ leaf      get or set one parameter
                                 ─▶ node      set several at once
                                 ─▶ command   of one of the families, see `commands`

The desk has no error messages and no acknowledgements: what means nothing is answered by silence,
and counted.
"""

from collections.abc import Callable, Sequence

from daemon import errors
from daemon.commands.errors import Faults
from daemon.commands.family import Family
from daemon.commands.help import Describe
from daemon.commands.roles import Roles
from daemon.desk.console import Console
from daemon.metering.meters import Page
from daemon.wire import packet
from daemon.wire.network import Client, Command, Counters, Network
from dsp.parameters.row import Whole, Wire

MOST_HELD = 10_000
"""Messages of a client that wait for its recall; what comes beyond does not count."""


class Dialect:
    """Understands messages and answers them.

    Parameters
    ----------
    console : Console
        What is spoken about.
    counters : Counters
        Where strange messages are counted.
    network : Network
        The way to the clients.
    faults : Faults
        Who wants to know why something was not done.
    roles : Roles
        Who may do what.
    families : sequence of Family
        What can be said beside the parameters of the table.
    """

    def __init__(
        self,
        console: Console,
        counters: Counters,
        network: Network,
        faults: Faults,
        roles: Roles,
        families: Sequence[Family],
    ) -> None:
        self._console = console
        self._table = console.values.table
        self._counters = counters
        self._send = network.send
        self._faults, self._roles = faults, roles
        faults.fail = self.fail
        self._held: dict[Client, list[packet.Message]] = {}
        self.holds: Callable[[Client], bool] = lambda client: False
        """Whether somebody has to be heard later."""
        self._families = (*families, faults, roles)
        self._families = (*self._families, Describe(console, network, [family.help for family in self._families]))
        # Each datagram is told to those who care: most families don't, and there are thousands a second.
        self._begin = [family.begin for family in self._families if type(family).begin is not Family.begin]
        self._heard = [family.heard for family in self._families if type(family).heard is not Family.heard]
        self._meanings: dict[str, int | tuple[int, ...] | Command] = {**self._table.leaves, **self._table.nodes}
        for family in self._families:
            self._meanings.update(family.commands)

    def hear(self, messages: Sequence[packet.Message], client: Client) -> None:
        """Do what the messages of a datagram say, one after the other."""
        for begin in self._begin:
            begin()
        self._console.actor = client
        try:
            for place, message in enumerate(messages):
                if self.holds(client):
                    self._hold(messages[place:], client)
                    break
                self.receive(message, client)
        finally:
            self._console.actor = None

    def release(self, client: Client) -> None:
        """Hear what somebody said while a recall of theirs was under way."""
        if messages := self._held.pop(client, None):
            self.hear(messages, client)

    def _hold(self, messages: Sequence[packet.Message], client: Client) -> None:
        held = self._held.setdefault(client, [])
        room = MOST_HELD - len(held)
        held += messages[:room]
        self._counters.refused += max(0, len(messages) - room)

    def receive(self, message: packet.Message, client: Client) -> None:
        """Do what a message says, and answer if the desk would."""
        for heard in self._heard:
            heard(client)
        try:
            self._do(message, client)
        except (ValueError, errors.UnknownError, errors.Refusal) as error:
            self.fail(message.address, error, client)

    def fail(self, address: str, error: Exception, client: Client) -> None:
        """Count what could not be done, and tell why whoever wants to know."""
        if isinstance(error, errors.Denied):
            self._counters.denied += 1
            self._roles.refused(address, str(error), client)
        elif isinstance(error, errors.UnknownError):
            self._counters.unknown += 1
            self._faults.tell(client, address, f"there is no {error} on this console")
        else:
            self._counters.refused += 1
            self._faults.tell(client, address, str(error))

    def feed(self, page: Page) -> None:
        """Send meters; called every 50 ms with the page collected since the last call."""
        for family in self._families:
            family.feed(page)

    def tick(self) -> None:
        """Send values at their pace, and see who is still there; called every 50 ms."""
        for family in self._families:
            family.tick()

    def _do(self, message: packet.Message, client: Client) -> None:
        self._roles.admit(client)
        meaning = self._meanings.get(message.address)
        if meaning is None:
            raise errors.UnknownError(message.address)
        if isinstance(meaning, int):
            self._leaf(meaning, message.arguments, client)
        elif isinstance(meaning, tuple):
            pairs = zip(meaning, message.arguments, strict=False)
            # The desk takes no texts at node addresses.
            chosen = [(leaf, argument) for leaf, argument in pairs if not isinstance(argument, str)]
            self._console.require([leaf for leaf, _ in chosen], client)
            for leaf, argument in chosen:
                self._set(leaf, argument, client)
        else:
            self._roles.allow(message.address, client)
            meaning(message.arguments, client)

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
