"""Leases: what a client asked for stays for ten seconds unless it asks again.

A client is an IP address with a port.  It has to say within ten seconds that it is still there, so
one that went away costs nothing.
"""

from typing import Generic, TypeVar

from daemon.wire.network import Client, Network

What = TypeVar("What")

LEASE_S = 10.0


class Leases(Generic[What]):
    """Named things of clients, each for ten seconds from its last renewal.

    A name is the same with and without a leading slash, as on the desk.

    Parameters
    ----------
    network : Network
        Its clock, and room for how many clients: newcomers are ignored until another one leaves.
    each : int
        How many things one client may have: who asks for more takes nothing from the others.
    """

    def __init__(self, network: Network, each: int = 1) -> None:
        self._clock = network.clock
        self._clients = network.clients
        self._each = each
        self._held: dict[Client, dict[str, tuple[float, What]]] = {}

    def renew(self, client: Client, name: str, what: What) -> bool:
        """Begin or replace a lease; False when there is no room."""
        held = self._held.get(client, {})
        name = name.removeprefix("/")
        if not held and not self._room_for_clients():
            return False
        if name not in held and len(held) >= self._each and len(self._forget(client)) >= self._each:
            return False
        self._held.setdefault(client, {})[name] = (self._clock() + LEASE_S, what)
        return True

    def prolong(self, client: Client, name: str = "") -> None:
        """Give ten more seconds to what still runs under a name; without a name, to all of a client."""
        until = self._clock() + LEASE_S
        held = self._forget(client)
        for each in [name.removeprefix("/")] if name else list(held):
            if each in held:
                held[each] = (until, held[each][1])

    def get(self, client: Client, name: str) -> What | None:
        """What is leased under a name, if it still runs."""
        lease = self._held.get(client, {}).get(name.removeprefix("/"))
        return lease[1] if lease and self._clock() < lease[0] else None

    def runs(self, client: Client) -> bool:
        """Whether a client has anything."""
        return bool(self._forget(client))

    def drop(self, client: Client, name: str = "") -> None:
        """End a lease, if there is one; without a name, all of a client."""
        if name:
            self._held.get(client, {}).pop(name.removeprefix("/"), None)
        else:
            self._held.pop(client, None)

    def running(self) -> dict[Client, list[What]]:
        """What each client still has; leases that ended are forgotten."""
        for client in list(self._held):
            self._forget(client)
        return {client: [what for _, what in held.values()] for client, held in self._held.items()}

    def __bool__(self) -> bool:
        """Whether anything may be leased; cheap."""
        return bool(self._held)

    def _room_for_clients(self) -> bool:
        return len(self._held) < self._clients or len(self.running()) < self._clients

    def _forget(self, client: Client) -> dict[str, tuple[float, What]]:
        """Leases of a client that still run."""
        now = self._clock()
        held = self._held.get(client, {})
        for name in [name for name, (until, _) in held.items() if until <= now]:
            del held[name]
        if not held:
            self._held.pop(client, None)
        return held
