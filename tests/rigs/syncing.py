"""A client that keeps a copy of the console over a network that loses datagrams.

    every 200 ms ─▶ /faderd/sync REVISION
                 ◀─ what changed after it … revision and hash: equal to mine? then I am at that revision

It knows the rules from the description of `/faderd/sync` alone.
"""

import random
import zlib
from collections.abc import Callable
from typing import Any

from oracles import language

ASK_EVERY_S = 0.2
RENEW_S = 4.0


class Mirror:
    """One client.

    Parameters
    ----------
    send : callable
        Takes a datagram to the console.
    choice : Random
        Decides which datagrams the network loses.
    loss : float
        Share of them, each way.
    """

    def __init__(self, send: Callable[[bytes], object], choice: random.Random, loss: float) -> None:
        self._network, self._choice, self._loss = send, choice, loss
        self.values: dict[str, bytes] = {}
        self.revision = 0
        self._hash = 0
        self._asked = self._renewed = -1e9

    def say(self, address: str, *arguments: Any) -> None:
        """Send, unless the network loses it."""
        if self._choice.random() >= self._loss:
            self._network(language.build(address, *arguments))

    def act(self, now: float) -> None:
        """Ask what is new, when it is time."""
        if now - self._renewed >= RENEW_S:
            self._renewed = now
            self.say("/xremote")
        if now - self._asked >= ASK_EVERY_S:
            self._asked = now
            self.say("/faderd/sync", self.revision)

    def take(self, datagram: bytes) -> None:
        """Take what the console sent, unless the network loses it."""
        if self._choice.random() >= self._loss:
            self.take_all(datagram)

    def take_all(self, datagram: bytes) -> None:
        """Take what has arrived."""
        address = datagram[: datagram.index(0)].decode()
        if address == "/faderd/sync":
            _, revision, _, total = language.read(datagram)
            if total & 0xFFFFFFFF == self._hash:
                self.revision = revision
            return
        if not address.startswith("/faderd/"):
            self._hash -= zlib.crc32(self.values[address]) if address in self.values else 0
            self._hash = self._hash + zlib.crc32(datagram) & 0xFFFFFFFF
            self.values[address] = datagram
