"""Who hears of every change: the clients of `/xremote`.

console ─ change ─▶ note ─▶ (later) ─▶ flush ─▶ one datagram for each change and client
                                            ─▶ owed to who can't be told more before its next word, see `allowance`
"""

from typing import NamedTuple

from daemon.desk.console import Console
from daemon.wire import packet
from daemon.wire.bursts import BREATH_S, BURST, Bursts, Rate, share_of
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire


class Change(NamedTuple):
    """A value somebody set."""

    leaf: int
    wire: Wire
    author: object


class Remotes:
    """Clients of `/xremote`: they hear of every change but their own.

    Parameters
    ----------
    console : Console
        Whose changes are told.
    network : Network
        The way to them.
    """

    def __init__(self, console: Console, network: Network) -> None:
        self._values = console.values
        self._network = network
        self._clients: Leases[None] = Leases(network)
        self._changes: list[Change] = []
        self._backlog: dict[int, Change] = {}
        self._owed: dict[Client, dict[int, None]] = {}
        self._rate, self._bursts = Rate(network), Bursts(network)
        console.listeners.append(self.note)

    def renew(self, client: Client) -> bool:
        """Tell this client for the next ten seconds; False when there is no room."""
        return self._clients.renew(client, "xremote", None, "/xremotenfb")

    def prolong(self, client: Client, name: str) -> None:
        """Tell this client for ten seconds more, if it is meant and told now."""
        self._clients.prolong(client, name)

    def drop(self, client: Client, name: str = "") -> None:
        """Tell this client no more, if it is meant."""
        self._clients.drop(client, name)

    def heard(self, client: Client) -> None:
        """Tell a client what it is owed, now that it has said something: each parameter as it is now."""
        if (owed := self._owed.pop(client, None)) and self._clients.runs(client):
            self._bursts.send([self._datagram(leaf, self._values.wire(leaf)) for leaf in owed], client)

    def correct(self, leaf: int, client: Client) -> None:
        """Tell a client what stands, where it wanted something else and shows that."""
        if self._clients.runs(client):
            self._network.send(self._datagram(leaf, self._values.wire(leaf)), client)

    def note(self, leaf: int, author: object) -> None:
        """Remember a change for the next flush."""
        if not self._clients:
            return
        if not self._changes and not self._backlog:
            self._network.later(0, self.flush)
        change = Change(leaf, self._values.wire(leaf), author)
        if len(self._changes) < BURST and not self._backlog:
            self._changes.append(change)
            return
        # A flood: from now on only the newest of each leaf.
        self._backlog.update((change.leaf, change) for change in (*self._changes, change))
        self._changes.clear()

    def flush(self) -> None:
        """Tell what has been noted, in order; at most what the pace allows, and what holds nobody up."""
        waiting = self._changes or list(self._backlog.values())
        clients = list(self._clients.running())
        allowed = self._rate.allow(min(len(waiting), share_of(len(clients))))
        self._owed = {client: owed for client, owed in self._owed.items() if client in clients}
        telling = [(change, self._datagram(change.leaf, change.wire)) for change in waiting[:allowed]]
        for change, _ in telling:
            self._backlog.pop(change.leaf, None)
        for client in clients:
            self._tell(telling, client)
        if self._changes:
            del self._changes[:allowed]
        if self._changes or self._backlog:
            self._network.later(BREATH_S, self.flush)

    def _tell(self, telling: list[tuple[Change, bytes]], client: Client) -> None:
        """Tell a client what others have changed, or owe it all of that."""
        news = [(change, datagram) for change, datagram in telling if change.author != client]
        if client in self._owed or not self._network.affords(client, sum(len(datagram) for _, datagram in news)):
            self._owed.setdefault(client, {}).update((change.leaf, None) for change, _ in news)
            return
        for _, datagram in news:
            self._network.send(datagram, client)

    def _datagram(self, leaf: int, wire: Wire) -> bytes:
        return packet.build(self._values.table.path_of(leaf), wire)
