"""Who wants to be told: leases of ten seconds, and the clients that hear of every change.

    console ─ change ─▶ note ─▶ (wake) ─▶ flush ─▶ one datagram for each change and client

A client is an IP address with a port; it has to say again within ten seconds that it is there, so
one that went away costs nothing.
"""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, NamedTuple, TypeVar

from daemon import packet
from daemon.console import Console
from dsp.row import Stored

Client = tuple[str, int]
Send = Callable[[bytes, Client], None]
Clock = Callable[[], float]

Key = TypeVar("Key", bound=Hashable)
What = TypeVar("What")

LEASE_S = 10.0
MOST_CLIENTS = 64

# A client's socket holds some 250 small datagrams.  A scene is thousands of changes: they go out at a
# pace a tablet can follow, and of a fader that moves on meanwhile only the newest place.
BURST = 128
PACE_PER_S = 4000
BREATH_S = 0.005


class Leases(Generic[Key, What]):
    """Things that stay for ten seconds unless renewed.

    Parameters
    ----------
    clock : callable
        Seconds that only grow.
    most : int
        Beyond so many, newcomers are ignored until another one leaves.
    """

    def __init__(self, clock: Clock, most: int = MOST_CLIENTS) -> None:
        self._clock = clock
        self._most = most
        self._held: dict[Key, tuple[float, What]] = {}

    def renew(self, key: Key, what: What) -> bool:
        """Begin or prolong a lease; False when there is no room."""
        if key not in self._held and len(self._held) >= self._most and len(list(self)) >= self._most:
            return False
        self._held[key] = (self._clock() + LEASE_S, what)
        return True

    def get(self, key: Key) -> What | None:
        """What is leased under a key, if it still runs."""
        until, what = self._held.get(key, (0.0, None))
        return what if self._clock() < until else None

    def drop(self, key: Key) -> None:
        """End a lease, if there is one."""
        self._held.pop(key, None)

    def __iter__(self) -> Iterator[tuple[Key, What]]:
        """Leases that still run; those that ended are forgotten."""
        now = self._clock()
        self._held = {key: lease for key, lease in self._held.items() if now < lease[0]}
        return iter([(key, what) for key, (_, what) in self._held.items()])

    def __bool__(self) -> bool:
        """Whether anything may be leased; cheap."""
        return bool(self._held)


class Change(NamedTuple):
    """A value somebody set."""

    leaf: int
    stored: Stored
    author: object


class Remotes:
    """Clients of `/xremote`: they hear of every change but their own.

    Parameters
    ----------
    console : Console
        Whose changes are told.
    send : callable
        Takes a datagram and the client it goes to.
    wake : callable
        Asks for a call of `flush` in so many seconds.
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, console: Console, send: Send, wake: Callable[[float], None], clock: Clock) -> None:
        self._values = console.values
        self._send = send
        self._wake = wake
        self._clock = clock
        self._clients: Leases[Client, None] = Leases(clock)
        self._changes: list[Change] = []
        self._allowance = float(BURST)
        self._counted = clock()
        console.listeners.append(self.note)

    def renew(self, client: Client) -> None:
        """Tell this client for the next ten seconds."""
        self._clients.renew(client, None)

    def drop(self, client: Client) -> None:
        """Tell this client no more."""
        self._clients.drop(client)

    def note(self, leaf: int, author: object) -> None:
        """Remember a change for the next flush."""
        if not self._clients:
            return
        if not self._changes:
            self._wake(0)
        self._changes.append(Change(leaf, self._values.get(leaf), author))

    def flush(self) -> None:
        """Tell what has been noted, in order; at most what the pace allows."""
        changes = self._changes
        allowed = self._allow(len(changes))
        if allowed < len(changes):
            changes = list({change.leaf: change for change in changes}.values())
        self._changes = changes[allowed:]
        clients = [client for client, _ in self._clients]
        for change in changes[:allowed]:
            self._tell(change, clients)
        if self._changes:
            self._wake(BREATH_S)

    def _allow(self, wanted: int) -> int:
        """How many changes may be told now."""
        now = self._clock()
        self._allowance = min(BURST, self._allowance + (now - self._counted) * PACE_PER_S)
        self._counted = now
        allowed = min(wanted, int(self._allowance))
        self._allowance -= allowed
        return allowed

    def _tell(self, change: Change, clients: list[Client]) -> None:
        table = self._values.table
        wire = table.row_of(change.leaf).to_wire(change.stored)
        datagram = packet.build(table.path_of(change.leaf), wire)
        for client in clients:
            if client != change.author:
                self._send(datagram, client)
