"""Reasons, for clients that asked for them: the desk itself says nothing when it refuses.

/faderd/errors 1   ─▶ for ten seconds   /faderd/error ADDRESS REASON   for the client's own messages

Whoever says something below /faderd is no program made for the desk, and hears reasons for that anyway.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from daemon.commands.family import Family
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

OWN = "/faderd/"
MOST_AT_ONCE = 20


class Faults(Family):
    """Tells clients why something was not done.

    Parameters
    ----------
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        "/faderd/errors": "For ten seconds, tells at /faderd/error why something you ask for is not done; 0 ends it.",
    }

    def __init__(self, network: Network) -> None:
        self._send = network.send
        self._leases: Leases[None] = Leases(network)
        self.fail: Callable[[str, Exception, Client], None] = self._only_tell
        self.commands = {"/faderd/errors": self._ask}

    def failing(self, client: object, address: str) -> Callable[[Exception], None]:
        """What is to be done when something that a client asked for at an address fails later."""

        def failed(error: Exception) -> None:
            if isinstance(client, Client):
                self.fail(address, error, client)

        return failed

    def _only_tell(self, address: str, error: Exception, client: Client) -> None:
        self.tell(client, address, str(error))

    def tell(self, client: object, address: str, reason: str) -> None:
        """Say why what a client wanted at an address was not done, if it asked to be told or speaks our own tongue."""
        if isinstance(client, Client) and (address.startswith(OWN) or self._leases.runs(client)):
            self._send(packet.build("/faderd/error", address, reason), client)

    def tell_everybody(self, address: str, reason: str) -> None:
        """Tell all who asked for reasons of something that is wrong, whoever did it."""
        for client in self._leases.running():
            self._send(packet.build("/faderd/error", address, reason), client)

    def tell_all(self, client: object, address: str, reasons: Sequence[str]) -> None:
        """Say several things of one message; of very many the first ones, and how many more there are."""
        for reason in reasons[:MOST_AT_ONCE]:
            self.tell(client, address, reason)
        if len(reasons) > MOST_AT_ONCE:
            self.tell(client, address, f"and {len(reasons) - MOST_AT_ONCE} more like it: the log has them")

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        """Begin, prolong, or with 0 end."""
        if arguments and not arguments[0]:
            self._leases.drop(client)
        elif not self._leases.renew(client, "errors", None):
            raise ValueError("no room for more clients; wait until another one has left")
