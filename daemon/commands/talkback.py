"""A talkback that somebody holds open closes by itself when they have gone.

    /-stat/talk/A 1 ─▶ latch off: open as long as its client says anything, and ten seconds more
                    ─▶ latch on:  open until it is switched off
"""

from typing import ClassVar

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.wire.leases import LEASE_S
from daemon.wire.network import Client, Network

WAYS = ("A", "B")


class Talkback(Family):
    """Watches who talks.

    Parameters
    ----------
    console : Console
        Whose talkback it is.
    network : Network
        Its clock.
    """

    help: ClassVar = {}

    def __init__(self, console: Console, network: Network) -> None:
        self.commands = {}
        self._console = console
        self._clock = network.clock
        leaves = console.values.table.leaves
        self._latches = {leaves[f"/-stat/talk/{way}"]: leaves[f"/config/talk/{way}/latch"] for way in WAYS}
        self._holders: dict[int, Client] = {}
        self._heard: dict[Client, float] = {}
        console.listeners.append(self._note)

    def heard(self, client: Client) -> None:
        """Note that a client is still there."""
        if client in self._heard:
            self._heard[client] = self._clock()

    def tick(self) -> None:
        """Close what is held by nobody any more."""
        for leaf, client in list(self._holders.items()):
            latched = self._console.values.get(self._latches[leaf])
            if not latched and self._clock() - self._heard[client] > LEASE_S:
                self._console.set(leaf, 0)

    def _note(self, leaf: int, author: object) -> None:
        if leaf not in self._latches:
            return
        self._holders.pop(leaf, None)
        if self._console.values.get(leaf) and isinstance(author, Client):
            self._holders[leaf] = author
        now = self._clock()
        self._heard = {client: self._heard.get(client, now) for client in self._holders.values()}
