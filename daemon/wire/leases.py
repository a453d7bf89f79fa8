"""Leases: what a client asked for stays for ten seconds unless it asks again.

A client is an IP address with a port.  It has to say within ten seconds that it is still there, so
one that went away costs nothing.  Where there is no room, the machine with most clients makes some: one that
subscribes under a thousand ports shuts nobody out.
"""

from collections import Counter
from typing import Generic, NamedTuple, TypeVar

from daemon.wire.network import Client, Network

What = TypeVar("What")

LEASE_S = 10.0


class Lease(NamedTuple, Generic[What]):
    """One thing of a client."""

    until: float
    what: What
    command: str
    """Address of the command it was asked for with, without its slash."""


class Leases(Generic[What]):
    """Named things of clients, each for ten seconds from its last renewal.

    A name is the same with and without a leading slash, as on the desk.

    Parameters
    ----------
    network : Network
        Its clock, and room for how many clients: beyond that newcomers are ignored until another one leaves, or
        take the place of one whose machine has more than theirs.
    each : int
        How many things one client may have: who asks for more takes nothing from the others.
    """

    def __init__(self, network: Network, each: int = 1) -> None:
        self._clock = network.clock
        self._clients = network.clients
        self._each = each
        self._held: dict[Client, dict[str, Lease[What]]] = {}

    def renew(self, client: Client, name: str, what: What, command: str = "") -> bool:
        """Begin or replace a lease, that of a command by its address; False when there is no room."""
        held = self._held.get(client, {})
        name = name.removeprefix("/")
        if not held and not self._room_for(client):
            return False
        if name not in held and len(held) >= self._each and len(self._forget(client)) >= self._each:
            return False
        self._held.setdefault(client, {})[name] = Lease(self._clock() + LEASE_S, what, command.removeprefix("/"))
        return True

    def prolong(self, client: Client, name: str = "") -> None:
        """Give ten more seconds to what still runs under a name or by a command; without one, to all of a client."""
        until = self._clock() + LEASE_S
        held = self._forget(client)
        for each in _meant(held, name):
            held[each] = held[each]._replace(until=until)

    def get(self, client: Client, name: str) -> What | None:
        """What is leased under a name, if it still runs."""
        lease = self._held.get(client, {}).get(name.removeprefix("/"))
        return lease.what if lease and self._clock() < lease.until else None

    def runs(self, client: Client) -> bool:
        """Whether a client has anything."""
        return bool(self._forget(client))

    def drop(self, client: Client, name: str = "") -> None:
        """End what runs under a name, or by a command; without a name, all of a client."""
        held = self._held.get(client, {})
        for each in _meant(held, name):
            del held[each]
        if not held:
            self._held.pop(client, None)

    def running(self) -> dict[Client, list[What]]:
        """What each client still has; leases that ended are forgotten."""
        for client in list(self._held):
            self._forget(client)
        return {client: [lease.what for lease in held.values()] for client, held in self._held.items()}

    def __bool__(self) -> bool:
        """Whether anything may be leased; cheap."""
        return bool(self._held)

    def _room_for(self, client: Client) -> bool:
        """Whether a newcomer finds room, made where another machine has more clients."""
        if len(self._held) < self._clients or len(self.running()) < self._clients:
            return True
        each = Counter(other.host for other in self._held)
        host, most = each.most_common(1)[0]
        if most <= each[client.host] + 1:
            return False
        self._held.pop(next(other for other in self._held if other.host == host))
        return True

    def _forget(self, client: Client) -> dict[str, Lease[What]]:
        """Leases of a client that still run."""
        now = self._clock()
        held = self._held.get(client, {})
        for name in [name for name, lease in held.items() if lease.until <= now]:
            del held[name]
        if not held:
            self._held.pop(client, None)
        return held


def _meant(held: dict[str, Lease[What]], name: str) -> list[str]:
    """Names of the leases that somebody means: one by its name, all of a command, or all."""
    name = name.removeprefix("/")
    return [each for each, lease in held.items() if not name or name in (each, lease.command)]
