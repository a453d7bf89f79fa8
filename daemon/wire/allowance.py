"""How much somebody is told who says nothing: a forged sender draws no flood on a stranger.

    a word of ann ─▶ a megabyte may go to her, at most two in a second ─▶ her next word ─▶ a megabyte more

Whoever uses the console says something every few seconds; a stranger, in whose name somebody else has spoken, never
does, and can't be told apart from one who only listens before that.
"""

import collections
from collections.abc import Callable

from daemon.wire.network import Client

UNASKED = 1_000_000
"""Bytes after the last word: twice the whole list of parameters, and many times the meters of a lease."""
PER_S = 2_000_000
"""Bytes in a second, however many words there are."""
REMEMBERED = 4096
"""Clients whose allowance is known."""


class Allowance:
    """Counts what goes to each client.

    Parameters
    ----------
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: collections.OrderedDict[Client, int] = collections.OrderedDict()
        self._second: dict[Client, int] = {}
        self._second_began = clock()

    def heard(self, client: Client) -> None:
        """Somebody has said something."""
        if self._left.get(client) != UNASKED:  # a flood is told apart at no cost
            self._keep(client, UNASKED)

    def has(self, client: Client, size: int) -> bool:
        """Whether so many bytes may go to a client now."""
        now = self._clock()
        if now >= self._second_began + 1:
            self._second_began = now
            self._second.clear()
        return size <= min(self._left.get(client, UNASKED), PER_S - self._second.get(client, 0))

    def take(self, client: Client, size: int) -> bool:
        """Count bytes that go to a client, if they may."""
        if not self.has(client, size):
            return False
        self._keep(client, self._left.get(client, UNASKED) - size)
        self._second[client] = self._second.get(client, 0) + size
        return True

    def _keep(self, client: Client, left: int) -> None:
        self._left[client] = left
        self._left.move_to_end(client)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
