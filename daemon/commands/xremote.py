"""Who hears of every change: the clients of `/xremote`.

console ─ change ─▶ note ─▶ (later) ─▶ flush ─▶ one datagram for each change and client
"""

from typing import NamedTuple

from daemon.desk.console import Console
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

# A client's socket holds some 250 small datagrams.  A scene is thousands of changes: they go out at a
# pace a tablet can follow, and of a fader that moves on meanwhile only the newest place.
BURST = 128
PACE_PER_S = 4000
BREATH_S = 0.005


class Change(NamedTuple):
    """A value somebody set."""

    leaf: int
    wire: Wire
    author: object


class Pace:
    """How much may be sent now: a burst, then a steady stream.

    Parameters
    ----------
    network : Network
        Its clock.
    """

    def __init__(self, network: Network) -> None:
        self._clock = network.clock
        self._allowance = float(BURST)
        self._counted = self._clock()

    def allow(self, wanted: int) -> int:
        """How many datagrams may go now, of so many."""
        now = self._clock()
        self._allowance = min(BURST, self._allowance + (now - self._counted) * PACE_PER_S)
        self._counted = now
        allowed = min(wanted, int(self._allowance))
        self._allowance -= allowed
        return allowed


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
        self._pace = Pace(network)
        console.listeners.append(self.note)

    def renew(self, client: Client) -> bool:
        """Tell this client for the next ten seconds; False when there is no room."""
        return self._clients.renew(client, "xremote", None)

    def drop(self, client: Client) -> None:
        """Tell this client no more."""
        self._clients.drop(client)

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
        """Tell what has been noted, in order; at most what the pace allows."""
        waiting = self._changes or list(self._backlog.values())
        allowed = self._pace.allow(len(waiting))
        clients = list(self._clients.running())
        for change in waiting[:allowed]:
            self._backlog.pop(change.leaf, None)
            self._tell(change, clients)
        if self._changes:
            del self._changes[:allowed]
        if self._changes or self._backlog:
            self._network.later(BREATH_S, self.flush)

    def _tell(self, change: Change, clients: list[Client]) -> None:
        datagram = packet.build(self._values.table.path_of(change.leaf), change.wire)
        for client in clients:
            if client != change.author:
                self._network.send(datagram, client)


class Bursts:
    """Long answers to one client, sent at a pace it can follow.

    Parameters
    ----------
    network : Network
        The way to it.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._waiting: dict[Client, tuple[Pace, list[bytes]]] = {}

    def send(self, datagrams: list[bytes], client: Client) -> None:
        """Send these after what is already on its way to this client."""
        if not self._waiting:
            self._network.later(0, self._flush)
        _, waiting = self._waiting.setdefault(client, (Pace(self._network), []))
        # Who asks again and again without reading gets the newest answer, not a growing queue.
        del waiting[: max(0, len(waiting) + len(datagrams) - LONGEST_BURST)]
        waiting.extend(datagrams)

    def _flush(self) -> None:
        for client, (pace, waiting) in list(self._waiting.items()):
            allowed = pace.allow(len(waiting))
            for datagram in waiting[:allowed]:
                self._network.send(datagram, client)
            del waiting[:allowed]
            if not waiting:
                del self._waiting[client]
        if self._waiting:
            self._network.later(BREATH_S, self._flush)


LONGEST_BURST = 20_000
"""Datagrams; every leaf of the console once, and some."""
