"""How fast one client is told: a burst its socket can hold, then a steady stream.

    datagrams ─▶ Bursts, a line for each client ─▶ Rate: how many may go now ─▶ network
"""

from daemon.wire.network import Client, Network

# A client's socket holds some 250 small datagrams.  A scene is thousands of changes: they go out at a
# pace a tablet can follow, and of a fader that moves on meanwhile only the newest place.
BURST = 128
PACE_PER_S = 4000
BREATH_S = 0.005
AT_ONCE = 240
"""Datagrams to all clients together in one go, a millisecond or two: somebody else may wait for an answer."""
LONGEST_BURST = 20_000
"""Datagrams; every leaf of the console once, and some."""


def share_of(clients: int) -> int:
    """How many datagrams each of so many clients may get in one go: one at least."""
    return max(1, AT_ONCE // max(clients, 1))


class Rate:
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


class Bursts:
    """Long answers to one client, sent at a pace it can follow.

    Parameters
    ----------
    network : Network
        The way to it.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._waiting: dict[Client, tuple[Rate, list[bytes]]] = {}

    def send(self, datagrams: list[bytes], client: Client) -> None:
        """Send these after what is already on its way to this client."""
        if not self._waiting:
            self._network.later(0, self._flush)
        _, waiting = self._waiting.setdefault(client, (Rate(self._network), []))
        # Who asks again and again without reading gets the newest answer, not a growing queue.
        del waiting[: max(0, len(waiting) + len(datagrams) - LONGEST_BURST)]
        waiting.extend(datagrams)

    def _flush(self) -> None:
        share = share_of(len(self._waiting))
        for client, (rate, waiting) in list(self._waiting.items()):
            allowed = rate.allow(min(len(waiting), share))
            for datagram in waiting[:allowed]:
                self._network.send(datagram, client)
            del waiting[:allowed]
            if not waiting:
                del self._waiting[client]
        if self._waiting:
            self._network.later(BREATH_S, self._flush)
