"""Which values to ask a console for next: datagrams get lost, so nothing is read once and for all.

    everything, quickly ─▶ the unanswered again ─▶ one after the other for ever, the open page's more often
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

RETRY_S = 0.5
BURST = 50
"""Questions sent in one tick while reading everything."""
CALM = 4
"""Questions sent in one tick from then on: a push that was lost stands wrong for ten seconds or so, no longer."""
ROUNDS = 4
"""How often a question is asked before the slow re-reading takes over."""


class Reading:
    """Which labels to ask for next: all of them quickly, the unanswered again, then one by one for ever."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._always = tuple(addresses)
        self._page: tuple[str, ...] = ()
        self._endless: Iterator[str] = itertools.cycle(self._always)
        self._queue: list[str] = []
        self._asked: defaultdict[str, list[float]] = defaultdict(list)
        self.restart()

    def turn(self, page: Iterable[str]) -> None:
        """Read what another page shows: at once, and from now on beside the rest."""
        self._page = tuple(page)
        self._endless = self._round()
        self._queue = [*self._page, *(address for address in self._queue if address not in self._page)]
        self._unanswered |= dict.fromkeys(self._page, ROUNDS - 1)

    def also(self, addresses: Iterable[str]) -> None:
        """Read these once, as soon as possible, beside what the page shows; none is asked for twice."""
        wanted = [address for address in addresses if not self._unanswered.get(address)]
        self._queue = [*wanted, *self._queue]
        self._unanswered |= dict.fromkeys(wanted, ROUNDS - 1)

    def again(self, address: str) -> None:
        """Read one address as soon as possible."""
        self._unanswered[address] = ROUNDS - 1
        self._queue.insert(0, address)

    def _round(self) -> Iterator[str]:
        """One address of the page after another, and between two of them one of the rest."""
        rest, page = itertools.cycle(self._always), itertools.cycle(self._page or self._always[:1])
        while True:
            yield next(page)
            yield next(rest)

    def restart(self) -> None:
        """Read everything again."""
        self._unanswered = dict.fromkeys((*self._page, *self._always), ROUNDS - 1)
        self._queue = list(self._unanswered)
        self._asked.clear()
        self._asked_at = -math.inf

    def answered(self, address: str) -> None:
        """Note that the value of `address` has come."""
        self._unanswered.pop(address, None)
        del self._asked[address][:1]

    def on_their_way(self, address: str, now: float) -> int:
        """How many answers may come, in seconds of `now`, that were given to questions from before."""
        return sum(now - asked_at < RETRY_S for asked_at in self._asked[address])

    def next(self, now: float) -> list[str]:
        """Return the addresses to ask at `now`, in seconds: at most `BURST`."""
        burst = self._next(now)
        for address in burst:
            self._asked[address] = [*self._asked[address][-2:], now]
        return burst

    def _next(self, now: float) -> list[str]:
        if not self._queue and (left := [address for address, rounds in self._unanswered.items() if rounds]):
            if now - self._asked_at < RETRY_S:
                return []
            self._queue = left
            self._unanswered |= {address: self._unanswered[address] - 1 for address in left}
        if not self._queue:
            return [next(self._endless) for _ in range(CALM)]
        burst, self._queue = self._queue[:BURST], self._queue[BURST:]
        self._asked_at = now
        return burst
