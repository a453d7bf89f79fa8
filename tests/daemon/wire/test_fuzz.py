"""A hundred thousand hostile datagrams at the real server."""

import random
import struct
from collections.abc import Iterator

import numpy as np

from daemon.commands.whois import NAME, Identity
from daemon.desk import rules
from daemon.desk.console import Console
from daemon.wire import packet
from dsp.parameters.row import Wire
from dsp.table import TABLE
from rigs.talk import Net, hear

HOSTILE = 100_000
BATCH = 100
PATHS = list(TABLE.leaves)
SETTABLE = [path for path, leaf in TABLE.leaves.items() if TABLE.row_of(leaf).access == "rw"]
NODES = list(TABLE.nodes)
COMMANDS = [
    "/info",
    "/xinfo",
    "/status",
    "/xremote",
    "/meters",
    "/node",
    "/",
    "/unsubscribe",
    "/renew",
    "/subscribe",
    "/formatsubscribe",
    "/batchsubscribe",
    "/faderd/help",
    "/faderd/list",
    "/faderd/errors",
    "#bundle",
]


def noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 3, 4, 8, 16, 60, 400, 4097)))


def cut(chance: random.Random) -> bytes:
    """A good message of which the beginning or the end is missing, or in a bundle that is none."""
    address = chance.choice((chance.choice(PATHS), chance.choice(NODES), chance.choice(COMMANDS)))
    data = packet.build(address, chance.choice((0.3, 1, "ON", -1)), chance.choice((0.5, 2, "x" * 30)))
    where = chance.randrange(1, len(data))
    bundle = b"#bundle\0" + bytes(8) + struct.pack(">i", chance.choice((-4, 0, where, 1 << 30)))
    return chance.choice((data[:where], data[where:], b"#bundle\0" + data, bundle, bundle + data[:where]))


def mistyped(chance: random.Random) -> bytes:
    """A good address whose arguments are of types the dialect does not have."""
    tags = chance.choices(b"ifs", k=chance.randrange(9))
    tags.insert(chance.randrange(len(tags) + 1), chance.choice(b"bhdTFNI[]rmt,\xff"))
    address = chance.choice((chance.choice(PATHS), chance.choice(NODES), chance.choice(COMMANDS)))
    text = b"," + bytes(tags)
    return (
        packet.build(address)[:-4] + text + bytes(4 - len(text) % 4) + chance.randbytes(chance.randrange(24))
    )


def meaningless(chance: random.Random) -> bytes:
    """Proper OSC that no leaf can want."""
    path = chance.choice(PATHS)
    value: Wire = chance.choice((float("nan"), float("inf"), 1 << 30, -5, "\n", "%2", "OFFI"))
    if TABLE.row_of(TABLE.leaves[path]).kind in ("text", "bitmap"):
        value = 1.5
    return packet.build(path + chance.choice(("", "/", "/x")), value)


def hostile(chance: random.Random) -> Iterator[bytes]:
    kinds = (noise, cut, mistyped, meaningless)
    while True:
        yield chance.choice(kinds)(chance)


def test_the_server_outlives_a_hundred_thousand_hostile_datagrams():
    chance = random.Random(1)
    with Net() as net:
        twin, client, attacker = Console(), net.client(), net.client()
        rules.obey(twin)
        twin.set(TABLE.leaves[NAME], Identity().name)
        source = hostile(chance)
        for _ in range(HOSTILE // BATCH):
            for _ in range(BATCH):
                attacker.send(next(source))
            path = chance.choice(SETTABLE)
            row = twin.values.param(TABLE.leaves[path])
            value = "Kick" if row.kind == "text" else 1
            client.send(packet.build(path, value))
            twin.set(TABLE.leaves[path], row.from_wire(value))
            assert ("/status", "active", "127.0.0.1", "osc-server") in net.ask(client, "/status")
            hear(attacker)
        assert net.faults == []
        assert net.server.counters.received == HOSTILE + 2 * HOSTILE // BATCH
        assert np.array_equal(net.console.values.stored, twin.values.stored)
        assert net.console.values.texts == twin.values.texts
