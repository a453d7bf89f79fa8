"""People and programs that mean ill, or know no better: one console hears them all, plays, and answers the others."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import itertools
import json
import math
import os
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from daemon.wire import allowance, packet
from daemon.wire.leases import LEASE_S
from dsp.table import TABLE
from oracles import language
from rigs import console, crowd, flood, ports
from rigs.machine_faults import OBEDIENT
from rigs.promises import PATIENCE_S, Watched, fault
from rigs.relay import Relay
from rigs.syncing import Mirror
from rigs.talk import heard

FLOODED_S = 3.0
GROWS_MB = 64.0
AGAIN_S = 5.0
MOVED_S = 0.1
STORM = 150
BUNDLES = 200
LOSS, MIRRORS, MOVES = 0.1, 3, 200
PIN = "2468"
KEPT_OUT = ("/faderd/login", "/faderd/reload")
"""Commands that take no names, and make others wait."""
LISTEN = '[[listen]]\nport = {}\n[[listen]]\nport = {}\nrole = "viewer"\n[pins]\nengineer = "{}"\n'
ABSURD = (
    math.nan, math.inf, -1e38, 2**31 - 1, -(2**31), "", "\n%s%n", "ü" * 400,
)  # fmt: skip


@functools.cache
def _console() -> tuple[Watched, int]:
    """The console that all of them meet, and the port of its viewers; it ends with this process."""
    alive = contextlib.ExitStack()
    atexit.register(alive.close)
    folder = Path(alive.enter_context(tempfile.TemporaryDirectory()))
    doors = [ports.free() for _ in range(2)]
    (folder / "faderd.toml").write_text(LISTEN.format(*doors, PIN))
    options = ("--config", str(folder / "faderd.toml"))
    desk = alive.enter_context(console.running(folder, doors[0], options, OBEDIENT))
    return Watched(desk), doors[1]


@contextlib.contextmanager
def attacked() -> Iterator[Watched]:
    """A console that somebody attacks: afterwards it is well, and no larger than before."""
    watched, _ = _console()
    watched.moves(0.25 + random.random() / 2)
    before = megabytes(watched)
    yield watched
    watched.is_well()
    assert megabytes(watched) < before + GROWS_MB


def megabytes(watched: Watched) -> float:
    status = Path(f"/proc/{watched.desk.process.popen.pid}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1e3


def client(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A socket of somebody at an address of this machine."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    made.connect(("127.0.0.1", port))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    made.settimeout(PATIENCE_S)
    return made


def port_of(watched: Watched) -> int:
    number: int = watched.desk.socket.getpeername()[1]
    return number


def slowest_ms(watched: Watched, times: int = 20) -> float:
    """Time of the slowest of some answers."""
    slowest = 0.0
    for _ in range(times):
        asked = time.monotonic()
        watched.desk.get(Watched.FADER)
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.01)
    return 1000 * slowest


def answer(asker: socket.socket, address: str, *arguments: Any) -> list[Any]:
    """What comes back from an address, or why not; what the system lost on the way is asked again."""
    until = time.monotonic() + PATIENCE_S
    while True:
        asker.send(packet.build(address, *arguments))
        try:
            return hears(asker, address, "/faderd/error", patience_s=AGAIN_S)
        except TimeoutError:
            assert time.monotonic() < until, f"no answer from {address}"


def hears(asker: socket.socket, *addresses: str, patience_s: float = PATIENCE_S) -> list[Any]:
    """The next that comes from one of these addresses."""
    asker.settimeout(patience_s)
    while (found := heard(asker.recv(65_536)))[0] not in addresses:
        pass
    return list(found)


def bundle(*parts: bytes) -> bytes:
    return b"#bundle\0" + bytes(8) + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@fault("everybody else is answered, and nothing else waits")
def one_client_floods(folder: Path) -> str:
    """A client that sends 100,000 messages a second."""
    with attacked() as watched:
        command = [sys.executable, str(Path(flood.__file__)), str(port_of(watched)), str(FLOODED_S)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        waits = found["waits"]
        assert len(waits) > 1
    slowest = 1000 * waits[len(waits) * 99 // 100]
    return f"{found['per_second']:,} a second; {len(waits)} answers, 99 % within {slowest:.0f} ms"


@fault("too large ones are dropped whole, the others heard; nobody else waits, memory stays")
def giant_bundles(folder: Path) -> str:
    """Bundles of 64 kB, bundles in bundles, and thousands that are full."""
    with attacked() as watched, client(port_of(watched)) as sender:
        sender.send(bundle(*[packet.build(Watched.FADER, 1.0)] * 1400))
        deep = packet.build("/ch/09/mix/fader", 0.5)
        while len(bundle(deep)) <= packet.LONGEST:
            deep = bundle(deep)
        full = bundle(*[packet.build(f"/ch/{ch:02}/mix/fader", 0.1) for ch in range(5, 33)] * 3)
        for _ in range(BUNDLES):
            sender.send(full)
            sender.send(deep)
        slowest = slowest_ms(watched)
        until = time.monotonic() + PATIENCE_S
        while not 0 < answer(sender, "/ch/09/mix/fader")[1] <= 0.51:
            assert time.monotonic() < until, "bundles are not heard"
            sender.send(full)  # of so many at once the system may have lost all
    return f"the slowest of 20 answers came after {slowest:.0f} ms"


@fault("what means nothing changes nothing, the rest is held within its range; meters stay numbers")
def absurd_values(folder: Path) -> str:
    """No number, infinities, 2³¹ and texts for everything that can be set."""
    rows = [row for row in TABLE.rows.values() if row.access == "rw"]
    count = 0
    with attacked() as watched, client(port_of(watched)) as sender:
        for row in rows:
            address = TABLE.path_of(row.offset)
            for value in ABSURD:
                sender.send(packet.build(address, value))
                count += 1
            found = answer(sender, address)[1]
            assert not isinstance(found, float) or 0 <= found <= 1, address
            assert answer(sender, address)[1] == found
        sender.send(packet.build("/meters", "/meters/0"))
        levels = memoryview(hears(sender, "/meters/0")[1])[4:].cast("f")
        assert all(map(math.isfinite, levels))
    return f"{count:,} values for {len(rows)} kinds of parameters"


@fault("nothing is read or written outside of the state folder")
def names_that_leave_their_folder(folder: Path) -> str:
    """Names such as ../../evil for scenes, presets, gigs, marks, and all that takes a text."""
    token = f"evil-{os.getpid()}"
    names = [f"../../{token}", f"/tmp/{token}", f"..\\{token}", f"{token}/../../../{token}"]
    with attacked() as watched, client(port_of(watched)) as sender:
        state = watched.desk.state.resolve()  # type: ignore[attr-defined]
        commands = [*_own_commands(sender), "/save", "/load", "/copy", "/add", "/rename"]
        for address, name in itertools.product(commands, names):
            for arguments in ((name,), (1, name), ("libchan", 90, name, 0)):
                sender.send(packet.build(address, *arguments))
            slowest_ms(watched, 1)
        sender.send(packet.build("/faderd/rec/stop"))
        sender.send(packet.build("/faderd/soundcheck", 0))
        slowest_ms(watched)
        folders = [state, *(path for path in state.rglob("*") if path.is_dir())]
        reached = {Path(os.path.normpath(each / name)) for each in folders for name in names}
        outside = [path for path in reached if not path.is_relative_to(state) and path.exists()]
        assert not outside
    return f"{len(commands)} commands, {len(names)} names"


def _own_commands(sender: socket.socket) -> list[str]:
    """Addresses of all commands that the console tells of."""
    sender.send(packet.build("/faderd/list", "/faderd"))
    found: list[str] = []
    sender.settimeout(PATIENCE_S)
    while len(part := heard(sender.recv(65_536))) > 2:
        found += part[2:]
    return [address for address in found if "{" not in address and address not in KEPT_OUT]


@fault("a raised role is one client's: nobody else has it or ends it; wrong PINs wait longer and longer")
def spoofed_leases(folder: Path) -> str:
    """Others at the same machine, and the same port elsewhere, who act as if they had logged in."""
    with attacked() as watched, contextlib.ExitStack() as sockets:
        _, port = _console()
        own = sockets.enter_context(client(port))
        others = [sockets.enter_context(client(port, host)) for host in ("127.0.0.1", "127.0.0.9")]
        address = "/ch/07/mix/fader"
        assert answer(own, address, 0.5)[0] == "/faderd/error"
        assert answer(own, "/faderd/login", PIN)[1] == "engineer"
        own.send(packet.build("/xremote"))
        for other in others:
            assert answer(other, address, 1.0)[:2] == ["/faderd/error", address]
            other.send(packet.build("/unsubscribe"))
            other.send(packet.build("/renew"))
            began = time.monotonic()
            assert "wrong PIN" in answer(other, "/faderd/login", "0000")[2]
            # On a busy machine the pause of a second may be over.
            assert "wait" in str(answer(other, "/faderd/login", PIN)[2]) or time.monotonic() > began + 1
        own.send(packet.build(address, 0.75))
        assert answer(own, address)[1] > 0.7
        watched.moves(0.5)
        hears(own, Watched.FADER)
    return f"{len(others)} others refused"


@fault("who is there is told on, another machine's tablet gets in, nobody waits, memory stays")
def subscription_storm(folder: Path) -> str:
    """Hundreds of clients that subscribe to everything there is."""
    wanted = [packet.build("/xremote"), packet.build("/meters", "/meters/1"), packet.build("/faderd/health", 1)]
    wanted += [packet.build("/subscribe", f"/ch/{ch:02}/mix/fader") for ch in range(1, 33)]
    wanted += [packet.build("/formatsubscribe", "/all", "/ch/**/mix/**/level", 1, 32, 0)]
    with attacked() as watched, contextlib.ExitStack() as sockets:
        ann = sockets.enter_context(client(port_of(watched)))
        ann.send(packet.build("/xremote"))
        for _ in range(STORM):
            stranger = sockets.enter_context(client(port_of(watched), "127.9.9.9"))
            for datagram in wanted:
                stranger.send(datagram)
        slowest = slowest_ms(watched)
        tablet = sockets.enter_context(client(port_of(watched), "127.0.0.8"))
        for each in (ann, tablet):
            each.send(packet.build("/xremote"))
            answer(each, "/ch/01/config/icon")
        watched.moves(0.3)
        for each in (ann, tablet):
            hears(each, Watched.FADER)
    return f"{STORM} clients; the slowest of 20 answers came after {slowest:.0f} ms"


@fault("a packet draws a megabyte at most, in all the time that it counts")
def forged_senders(folder: Path) -> str:
    """Small packets in the name of strangers who then say nothing."""
    asked = [
        [packet.build("/faderd/list", "/")], [packet.build("/faderd/sync", 0)], [packet.build("/faderd/help")],
        [packet.build("/showdump")], [packet.build("/xremote")], [packet.build("/faderd/health", 1)],
        [packet.build("/formatsubscribe", "/x", "/ch/**/config/name", "/ch/**/mix/fader", 1, 250, 0)],
        [packet.build("/formatsubscribe", f"/x{n}", "/ch/**/config/name", 1, 32, 0) for n in range(300)],
    ]  # fmt: skip
    drawn = []
    with attacked() as watched, contextlib.ExitStack() as sockets, selectors.DefaultSelector() as ready:
        strangers = [sockets.enter_context(client(port_of(watched), "127.8.8.8")) for _ in asked]
        counted = dict.fromkeys(strangers, 0)
        for stranger, datagrams in zip(strangers, asked, strict=True):
            ready.register(stranger, selectors.EVENT_READ, stranger)
            for datagram in datagrams:
                stranger.send(datagram)
        began = moved = time.monotonic()
        while moved < began + LEASE_S + 1:
            if time.monotonic() > moved + MOVED_S:
                moved = time.monotonic()
                watched.desk.set("/ch/04/mix/fader", random.random())
            for key, _ in ready.select(0.1):
                counted[key.data] += len(key.data.recv(65_536))
        drawn = list(counted.values())
        # A stranger's first words may be answered before the last of them has come.
        assert all(size <= len(words) * allowance.UNASKED for size, words in zip(drawn, asked, strict=True))
        assert max(drawn) <= 2 * allowance.UNASKED
        assert drawn[0] > 100_000
    return f"at most {max(drawn[:-1]) / 1000:.0f} kB by one packet, {drawn[-1] / 1000:.0f} kB by {len(asked[-1])}"


@fault("every client that synchronises equals the console soon after the last change")
def packets_get_lost(folder: Path) -> str:
    """Every tenth datagram dropped by a relay, each way."""
    with attacked() as watched:
        healed = asyncio.run(_heal(port_of(watched)))
    return f"{MIRRORS} clients equal {healed:.1f} s after the last of {MOVES} changes"


async def _heal(port: int) -> float:
    """Let mirrors behind a relay follow what somebody sets; seconds from the last change until all are equal."""
    async with Relay(port) as relay:
        with contextlib.ExitStack() as sockets:
            direct, mover = sockets.enter_context(client(port)), sockets.enter_context(client(port))
            first = _downloaded(direct)
            mirrors = {direct: first}
            for _ in range(MIRRORS):
                way = sockets.enter_context(client(relay.port))
                mirrors[way] = Mirror(way.send, random.Random(1), loss=0)
                for message in first.values.values():
                    mirrors[way].take_all(message)
                mirrors[way].revision = first.revision
            relay.loss = LOSS
            for address in [each for each in crowd.WRITTEN if each != Watched.FADER][:MOVES]:
                mover.send(packet.build(address, random.random()))
                await _follow(mirrors, lambda: True)
            wanted = answer(mover, "/faderd/ack")[1]
            began = time.monotonic()
            await _follow(mirrors, lambda: first.revision >= wanted and _equal(mirrors))
            assert relay.lost > 0
            return time.monotonic() - began


def _downloaded(way: socket.socket) -> Mirror:
    """A client that has everything, over a network that loses nothing."""
    mirror = Mirror(way.send, random.Random(1), loss=0)
    before = -1
    while mirror.revision != before:
        before = mirror.revision
        mirror.say("/faderd/sync", mirror.revision)
        while not (datagram := way.recv(65_536)).startswith(b"/faderd/sync\0"):
            mirror.take_all(datagram)
        mirror.revision = language.read(datagram)[1]
        mirror.take_all(datagram)
    return mirror


def _equal(mirrors: dict[socket.socket, Mirror]) -> bool:
    first, *others = mirrors.values()
    return all(each.revision and each.values == first.values for each in others)


async def _follow(mirrors: dict[socket.socket, Mirror], until: Any) -> None:
    """Let mirrors ask and hear until something is so."""
    patience = time.monotonic() + PATIENCE_S
    while True:
        assert time.monotonic() < patience, "they never become equal"
        for way, mirror in mirrors.items():
            way.setblocking(False)
            mirror.act(time.monotonic())
            with contextlib.suppress(BlockingIOError):
                while True:
                    mirror.take(way.recv(65_536))
        await asyncio.sleep(0.005)
        if until():
            return
