"""How much somebody is told who says nothing: a forged sender draws no flood on a stranger.

    a word of ann ─▶ a megabyte may go to her, at most two in a second ─▶ her next word ─▶ a megabyte more

Whoever uses the console says something every few seconds; a stranger, in whose name somebody else has spoken, never
does, and can't be told apart from one who only listens before that.
"""

import collections
from collections.abc import Callable
from dataclasses import dataclass

from daemon.wire.network import Client

UNASKED = 1_000_000
"""Bytes after the last word: twice the whole list of parameters, and many times the meters of a lease."""
PER_S = 2_000_000
"""Bytes in a second, however many words there are."""
REMEMBERED = 4096
"""Clients whose allowance is known."""


@dataclass
class Account:
    """What may still go to one client."""

    left: int
    """Bytes until its next word."""
    began: float
    """When `went` began to count."""
    went: int = 0
    """Bytes, mostly of more than a second: time is looked at only when they are too many."""


class Allowance:
    """Counts what goes to each client.

    Parameters
    ----------
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._accounts: collections.OrderedDict[Client, Account] = collections.OrderedDict()

    def heard(self, client: Client) -> None:
        """Somebody has said something."""
        account = self._account(client)
        if account.left != UNASKED:  # a flood is told apart at no cost
            account.left = UNASKED
            self._accounts.move_to_end(client)

    def has(self, client: Client, size: int) -> bool:
        """Whether so many bytes may go to a client now."""
        account = self._account(client)
        if account.went + size > PER_S and (now := self._clock()) >= account.began + 1:
            account.began, account.went = now, 0
        return size <= account.left and account.went + size <= PER_S

    def take(self, client: Client, size: int) -> bool:
        """Count bytes that go to a client, if they may."""
        if not self.has(client, size):
            return False
        account = self._accounts[client]
        account.left -= size
        account.went += size
        return True

    def _account(self, client: Client) -> Account:
        """What is known of a client; who has not been heard of for longest is forgotten for a new one."""
        account = self._accounts.get(client)
        if account is None:
            account = self._accounts[client] = Account(UNASKED, self._clock())
            if len(self._accounts) > REMEMBERED:
                self._accounts.popitem(last=False)
        return account
