"""Thirty clients that lose every tenth datagram, each way, and set what they like.

    clients ─▶ 50 messages a second each, one in five a question ─▶ console
            ◀─ answers, changes, meters                          ◀─

A program of its own: `python crowd.py CONSOLE_PORT CLIENTS SECONDS SEED [MESSAGES A SECOND]` prints one line of
JSON: how many answers came and how long they took, and which values were sent last to which address.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from typing import Any

from daemon.wire import packet

PER_SECOND = 50
LOSS = 0.1
ASK_EVERY = 5
RENEW_S = 3.0
PATIENCE_S = 60.0
WRITTEN = [
    f"/{strip}/{leaf}"
    for strip in (*(f"ch/{ch:02}" for ch in range(1, 33)), *(f"bus/{bus:02}" for bus in range(1, 17)))
    for leaf in ("mix/fader", "mix/on", "eq/1/g", "mix/01/level")
]
"""What everybody sets."""


class Client:
    """One of them."""

    def __init__(self, number: int, console: int, choice: random.Random) -> None:
        self.choice = choice
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        self.socket.connect(("127.0.0.1", console))
        # Nobody sets what is asked for, so that an answer can't be a change.
        self.question = packet.build(f"/ch/{number + 1:02}/config/icon")
        self.asked: float | None = None
        self.waits: list[float] = []
        self.sent = self.lost = self.answered = 0
        self.last: dict[str, Any] = {}
        self.watches = number % 3 == 0
        self.renewed = -RENEW_S

    def lose(self) -> bool:
        """Whether the network loses this one."""
        lost = self.choice.random() < LOSS
        self.lost += lost
        return lost

    def send(self, datagram: bytes) -> bool:
        """Send, unless it is lost; whether it was."""
        self.sent += 1
        if self.lose():
            return False
        self.socket.send(datagram)
        return True

    def act(self, now: float) -> None:
        """Send the next message."""
        if now - self.renewed > RENEW_S:
            self.renewed = now
            self.send(packet.build("/xremote"))
            if self.watches:
                self.send(packet.build("/meters", "/meters/1"))
                self.send(packet.build("/subscribe", "/main/st/mix/fader", 5))
        if self.sent % ASK_EVERY == 0:
            self.ask(now)
            return
        address = self.choice.choice(WRITTEN)
        value: int | float = self.choice.randrange(2) if address.endswith("/on") else self.choice.random()
        if self.send(packet.build(address, value)):
            self.last[address] = value

    def ask(self, now: float) -> None:
        """Ask, or ask again what has not been answered: on this network any datagram may be lost."""
        self.asked = now if self.asked is None else self.asked
        self.send(self.question)

    def take(self) -> None:
        """Take everything that has come."""
        while (datagram := _next(self.socket)) is not None:
            if datagram.startswith(self.question[:-4]) and self.asked is not None and not self.lose():
                self.waits.append(time.monotonic() - self.asked)
                self.answered += 1
                self.asked = None


def _next(endpoint: socket.socket) -> bytes | None:
    try:
        return endpoint.recv(65_536)
    except BlockingIOError:
        return None


def main(console: int, count: int, seconds: float, seed: int, per_second: int = PER_SECOND) -> None:
    """Let the crowd act."""
    clients = [Client(number, console, random.Random(f"{seed} {number}")) for number in range(count)]
    poll = select.poll()
    by_handle = {}
    for client in clients:
        poll.register(client.socket, select.POLLIN)
        by_handle[client.socket.fileno()] = client
    period = 1 / per_second / count
    began = time.monotonic()
    acted = 0
    total = round(seconds * per_second) * count
    while acted < total:
        now = time.monotonic()
        if now >= began + acted * period:
            clients[acted % count].act(now)
            acted += 1
        wait_ms = max(0.0, began + acted * period - time.monotonic()) * 1000
        for handle, _ in poll.poll(wait_ms):
            by_handle[handle].take()
    # Whoever still waits asks on: it is answered in the end, however busy this machine is.
    patience = time.monotonic() + PATIENCE_S
    while any(client.asked is not None for client in clients) and time.monotonic() < patience:
        for client in clients:
            if client.asked is not None:
                client.ask(client.asked)
        for handle, _ in poll.poll(50):
            by_handle[handle].take()
    last: dict[str, list[Any]] = {}
    for client in clients:
        for address, value in client.last.items():
            last.setdefault(address, []).append(value)
    print(json.dumps({
        "sent": sum(client.sent for client in clients),
        "lost": sum(client.lost for client in clients),
        "answered": [client.answered for client in clients],
        "waiting": sum(client.asked is not None for client in clients),
        "waits": sorted(wait for client in clients for wait in client.waits),
        "last": last,
    }), flush=True)  # fmt: skip


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
