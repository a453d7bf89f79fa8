"""Which values to ask a console for next: datagrams get lost, so nothing is read once and for all.

    everything, quickly ─▶ the unanswered again ─▶ one after the other for ever, the open page's more often
"""

import itertools
import math
from collections.abc import Iterable, Iterator

RETRY_S = 0.5
BURST = 50
"""Questions sent in one tick while reading everything."""
CALM = 4
"""Questions sent in one tick from then on: a push that was lost stands wrong for ten seconds or so, no longer."""
ROUNDS = 4
"""How often an unanswered question is repeated before the slow re-reading takes over."""


class Reading:
    """Which labels to ask for next: all of them quickly, the unanswered again, then one by one for ever."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._always = tuple(addresses)
        self._page: tuple[str, ...] = ()
        self._endless: Iterator[str] = itertools.cycle(self._always)
        self._queue: list[str] = []
        self.restart()

    def turn(self, page: Iterable[str]) -> None:
        """Read what another page shows: at once, and from now on beside the rest."""
        self._page = tuple(page)
        self._endless = self._round()
        self._queue = [*self._page, *(address for address in self._queue if address not in self._page)]
        self._unanswered |= dict.fromkeys(self._page)
        self._rounds = 1

    def also(self, addresses: Iterable[str]) -> None:
        """Read these once, as soon as possible, beside what the page shows; none is asked for twice."""
        wanted = [address for address in addresses if address not in self._unanswered]
        self._queue = [*wanted, *self._queue]
        self._unanswered |= dict.fromkeys(wanted)
        self._rounds = 1

    def again(self, address: str) -> None:
        """Read one address as soon as possible."""
        self._unanswered[address] = None
        self._queue.insert(0, address)

    def _round(self) -> Iterator[str]:
        """One address of the page after another, and between two of them one of the rest."""
        rest, page = itertools.cycle(self._always), itertools.cycle(self._page or self._always[:1])
        while True:
            yield next(page)
            yield next(rest)

    def restart(self) -> None:
        """Read everything again."""
        addresses = dict.fromkeys((*self._page, *self._always))
        self._unanswered = dict(addresses)
        self._queue = list(addresses)
        self._rounds = 1
        self._asked_at = -math.inf

    def answered(self, address: str) -> None:
        """Note that the value of `address` has come."""
        self._unanswered.pop(address, None)

    def next(self, now: float) -> list[str]:
        """Return the addresses to ask at `now`, in seconds: at most `BURST`."""
        if not self._queue and self._unanswered and self._rounds < ROUNDS:
            if now - self._asked_at < RETRY_S:
                return []
            self._queue = list(self._unanswered)
            self._rounds += 1
        if not self._queue:
            return [next(self._endless) for _ in range(CALM)]
        burst, self._queue = self._queue[:BURST], self._queue[BURST:]
        self._asked_at = now
        return burst
