"""A client of the console over UDP, whose packets are built and read by hand."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

from oracles import language
from rigs.talk import Net

PATIENCE_S = 60.0
PORTION = 200
"""Messages on their way at once: what fits into a socket."""


class App:
    """One socket of a client: to the console another port is another client."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.socket: socket.socket = net.client()

    def send(self, *messages: tuple) -> None:
        """Send messages and let the console do its work."""
        for first in range(0, len(messages), PORTION):
            for message in messages[first : first + PORTION]:
                self.socket.send(language.build(*message))
            self.net.turn()

    def hear(self) -> list[tuple[Any, ...]]:
        """What has come since."""
        heard = []
        while True:
            try:
                heard.append(language.read(self.socket.recv(8192)))
            except BlockingIOError:
                return heard

    def ask(self, *message: Any) -> list[tuple[Any, ...]]:
        """Send a message; what comes back at once."""
        self.send(message)
        return self.hear()

    def wait(self, *message: Any) -> list[tuple[Any, ...]]:
        """Send a message; what comes back once the disk has done its part."""
        self.send(message)
        return self.hear_until(bool)

    def hear_until(self, holds: Callable[[list[tuple[Any, ...]]], object]) -> list[tuple[Any, ...]]:
        """What has come since, as soon as it is as wanted, or what had come when patience ended."""
        heard, until = self.hear(), time.monotonic() + PATIENCE_S
        while not holds(heard) and time.monotonic() < until:
            self.net.turn(0.01)
            heard += self.hear()
        return heard

    def ask_all(self, messages: list[tuple]) -> list[tuple[Any, ...]]:
        """Send messages in portions; all that comes back."""
        answers = []
        for first in range(0, len(messages), PORTION):
            self.send(*messages[first : first + PORTION])
            answers += self.hear()
        return answers
