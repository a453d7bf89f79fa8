"""Thirty people at the desk, through radio that loses every tenth datagram.

Every client moves faders that the others move too, hears of their moves, and asks for something nobody
moves, which tells how long it waits.  As a program it does the same for a minute and reports:

    python tests/test_crowd.py [seconds]
"""

from __future__ import annotations

import dataclasses
import random
import select
import socket
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from clients import console

CLIENTS = 30
PER_SECOND = 50  # messages of each client
ASK_EVERY = 5  # of its messages is a question
LOSS = 0.1  # share of the datagrams that get lost, each way
SECONDS = 10.0
ATTEMPTS = 2  # another program may take the processor away once
LONGEST_WAIT_S = 0.1
RENEW_S = 3.0
READ_AGAIN_S = 20.0

MOVED = [f"/ch/{n:02d}/mix/fader" for n in range(1, 33)] + [f"/ch/{n:02d}/mix/01/level" for n in range(1, 33)]
STILL = [f"/ch/{n:02d}/config/color" for n in range(1, 33)]

# Linux: let the kernel stamp each datagram when it arrives, so that the test's own haste is not measured.
SO_TIMESTAMPNS = 35
STAMP = struct.Struct("@qq")


def padded(text: str) -> bytes:
    """A string of OSC."""
    data = text.encode()
    return data + bytes(4 - len(data) % 4)


QUESTIONS = {path: padded(path) + padded(",") for path in [*MOVED, *STILL, "/xremote"]}
SETS = {path: padded(path) + padded(",f") for path in MOVED}


class Client:
    """One tablet, its radio, and what it knows of the desk."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setblocking(False)
        self.socket.connect((console.HOST, port))
        self.chance = chance
        self.known: dict[bytes, bytes] = {}  # arguments of the last message, by address
        self.asked: dict[bytes, float] = {}  # when, by address
        self.waits: list[float] = []  # seconds for a reply
        self.heard = self.sent = 0

    def send(self, datagram: bytes) -> bool:
        """Send, unless it gets lost; return whether it went out."""
        self.sent += 1
        if self.chance.random() < LOSS:
            return False
        self.socket.send(datagram)
        return True

    def move(self, path: str, position: float) -> bool:
        """Move a fader; return whether the desk hears of it."""
        return self.send(SETS[path] + struct.pack(">f", position))

    def ask(self, path: str) -> None:
        """Ask for what nobody moves, and look at the clock."""
        now = time.time()
        if self.send(QUESTIONS[path]):
            self.asked[path.encode()] = now

    def hear(self) -> None:
        """Take all that has come; some of it gets lost on the last metre, after its arrival was noted."""
        while True:
            try:
                datagram, ancillary, _, _ = self.socket.recvmsg(1024, 64)
            except BlockingIOError:
                return
            self.heard += 1
            address = datagram[: datagram.index(0)]
            since = self.asked.pop(address, None)
            if since is not None:
                seconds, nanoseconds = STAMP.unpack(ancillary[0][2])
                self.waits.append(seconds + nanoseconds / 1e9 - since)
            if self.chance.random() >= LOSS:
                self.known[address] = datagram[-4:]


@dataclasses.dataclass
class Outcome:
    """What a crowd has seen."""

    median_s: float
    worst_s: float
    replies: int
    unanswered: int  # questions that got through, and were not answered
    wrong: int  # clients that had another state after reading again
    astray: int  # parameters that are not as the last one who got through had set them
    stale: int  # values that clients had wrong before they read again
    sent: int
    heard: int
    blocks: int
    missed: int

    def __str__(self) -> str:
        return (
            f"{self.sent} messages sent, {self.heard} heard; {self.replies} replies in "
            f"{1000 * self.median_s:.2f} ms (median), {1000 * self.worst_s:.1f} ms (worst), "
            f"{self.unanswered} unanswered; of {CLIENTS * len(MOVED)} mirrored values {self.stale} were stale, "
            f"{self.wrong} clients still wrong after reading again; {self.astray} parameters astray; "
            f"{self.blocks} blocks played, {self.missed} missed"
        )


class Crowd:
    """Thirty clients at one desk."""

    def __init__(self, desk: console.Desk) -> None:
        self.chance = random.Random(1)
        self.desk = desk
        self.clients = [Client(desk.port, self.chance) for _ in range(CLIENTS)]
        self.last: dict[str, float] = {}  # position that got through last, by path
        self.epoll = select.epoll()
        self.by_number = {client.socket.fileno(): client for client in self.clients}
        for number in self.by_number:
            self.epoll.register(number, select.EPOLLIN)

    def close(self) -> None:
        """Go home."""
        self.epoll.close()
        for client in self.clients:
            client.socket.close()

    def hear_until(self, moment: float) -> None:
        """Let everybody hear until then, and at least once."""
        while True:
            for number, _ in self.epoll.poll(max(0.0, moment - time.monotonic())):
                self.by_number[number].hear()
            if time.monotonic() >= moment:
                return

    def play(self, seconds: float) -> None:
        """Everybody sends at their pace, one after the other."""
        began = time.monotonic()
        period = 1 / (CLIENTS * PER_SECOND)
        renew = 0.0
        for number in range(round(seconds / period)):
            if number * period >= renew:
                self.say("/xremote", self.clients)
                renew += RENEW_S
            turn, who = divmod(number, CLIENTS)
            self.act(self.clients[who], turn + who)
            self.hear_until(began + (number + 1) * period)

    def act(self, client: Client, turn: int) -> None:
        """Ask or move something."""
        if turn % ASK_EVERY == 0:
            client.ask(STILL[turn // ASK_EVERY % len(STILL)])
            return
        path, position = self.chance.choice(MOVED), self.chance.random()
        if client.move(path, position):
            self.last[path] = position

    def say(self, path: str, clients: Iterable[Client]) -> None:
        """Let clients send a message without arguments."""
        for client in clients:
            client.send(QUESTIONS[path])

    def read_again(self) -> None:
        """Everybody forgets what they know, and asks for all of it until they have it."""
        for client in self.clients:
            client.known.clear()
        end = time.monotonic() + READ_AGAIN_S
        while time.monotonic() < end and any(len(client.known) < len(MOVED) for client in self.clients):
            for path in MOVED:
                self.say(path, [client for client in self.clients if path.encode() not in client.known])
                self.hear_until(time.monotonic() + 0.002)


def outcome(desk: console.Desk, seconds: float) -> Outcome:
    """Let a crowd at a desk, and ask what came of it."""
    blocks, missed = desk.counts()
    crowd = Crowd(desk)
    try:
        crowd.play(seconds)
        crowd.hear_until(time.monotonic() + 0.5)
        waits = [wait for client in crowd.clients for wait in client.waits]
        unanswered = sum(len(client.asked) for client in crowd.clients)
        positions = {path: desk.get(path)[0] for path in MOVED}
        truth = {path.encode(): struct.pack(">f", position) for path, position in positions.items()}
        stale = sum(client.known.get(path) != data for client in crowd.clients for path, data in truth.items())
        crowd.read_again()
    finally:
        crowd.close()
    now_blocks, now_missed = desk.counts()
    return Outcome(
        statistics.median(waits), max(waits), len(waits), unanswered,
        wrong=sum(client.known != truth for client in crowd.clients),
        astray=sum(abs(positions[path] - position) > 1 / 320 for path, position in crowd.last.items()),
        stale=stale,
        sent=sum(client.sent for client in crowd.clients),
        heard=sum(client.heard for client in crowd.clients),
        blocks=now_blocks - blocks,
        missed=now_missed - missed,
    )  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """What came of it, once, and once again if somebody waited or the sound stopped."""
    seen: list[Outcome] = []
    with console.running(tmp_path_factory.mktemp("crowd"), command=console.COUNTED) as desk:
        while len(seen) < ATTEMPTS:
            seen.append(outcome(desk, SECONDS))
            if seen[-1].worst_s < LONGEST_WAIT_S and not seen[-1].unanswered and not seen[-1].missed:
                break
    return seen


def test_every_client_that_reads_again_has_the_consoles_state(outcomes: list[Outcome]) -> None:
    assert [seen.wrong for seen in outcomes] == [0] * len(outcomes), outcomes


def test_the_last_one_who_got_through_wins(outcomes: list[Outcome]) -> None:
    assert [seen.astray for seen in outcomes] == [0] * len(outcomes), outcomes


def test_nobody_waits_more_than_a_tenth_of_a_second_for_a_reply(outcomes: list[Outcome]) -> None:
    assert outcomes[-1].replies > CLIENTS * PER_SECOND / ASK_EVERY * SECONDS / 2
    assert outcomes[-1].worst_s < LONGEST_WAIT_S, outcomes
    assert outcomes[-1].unanswered == 0, outcomes


def test_the_audio_misses_nothing_in_a_crowd(outcomes: list[Outcome]) -> None:
    assert outcomes[-1].blocks > 0.9 * SECONDS * 48_000 / 64
    assert outcomes[-1].missed == 0, outcomes


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, console.running(Path(place), command=console.COUNTED) as stage:
        print(outcome(stage, float(sys.argv[1]) if sys.argv[1:] else 60.0))
