"""Lines of text over the network, and datagrams byte by byte."""

import itertools
import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest

from daemon.commands.whois import Identity
from daemon.wire import packet
from dsp.parameters.table import Values
from dsp.table import TABLE
from oracles import facts
from rigs.pages import page
from rigs.talk import ANN, Net, Talk, heard

PORTION = 200
"""Messages on their way at once: what fits into a socket."""

# They let one solo end another, or follow the selection: see the tests of solo.
BINDING = {f"/config/solo/{name}" for name in ("exclusive", "followsel", "followsolo")}

SETTABLE = [
    path
    for path, leaf in TABLE.leaves.items()
    if TABLE.row_of(leaf).access == "rw" and path not in BINDING
]


def in_portions(things: list) -> Iterator[list]:
    for first in range(0, len(things), PORTION):
        yield things[first : first + PORTION]


def send(net: Net, client: socket.socket, messages: list[tuple]) -> list[tuple]:
    """Send messages and return everything that comes back."""
    answers = []
    for portion in in_portions(messages):
        for message in portion:
            client.send(packet.build(*message))
        net.turn()
        answers += hear_all(client)
    return answers


def hear_all(client: socket.socket) -> list[tuple]:
    answers = []
    while True:
        try:
            answers.append(heard(client.recv(4096)))
        except BlockingIOError:
            return answers


def anyhow(values: Values) -> None:
    """Set everything to something that is not its default."""
    random = np.random.default_rng(1)
    for path in SETTABLE:
        leaf = TABLE.leaves[path]
        param = values.param(leaf)
        if param.kind == "text":
            values.set(leaf, param.nearest(f"a b {leaf}"))
        else:
            lowest = int(param.lowest) if param.kind == "integer" else 0
            values.set(leaf, int(random.integers(lowest, lowest + min(param.steps, 1 << 16))))
    values.set(TABLE.leaves["/-stat/solo"], 1)
    for path, leaf in TABLE.leaves.items():  # linked strips would be made alike
        if path.startswith("/config/") and "link/" in path:
            values.set(leaf, 0)


def test_every_line_of_text_is_understood_as_it_was_written():
    with Net() as net:
        client = net.client()
        anyhow(net.console.values)
        nodes = [path for path in TABLE.nodes if is_writable(path)]
        lines = send(net, client, [("/node", path) for path in nodes])
        assert [line.partition(" ")[0] for _, line in lines] == nodes
        net.console.values.stored[:] = TABLE.defaults
        net.console.values.texts.update(TABLE.texts)
        echoes = send(net, client, [("/", line) for _, line in lines])
        assert echoes == [("/", line) for _, line in lines]
        # Some neighbouring steps have the same text: what counts is that it reads the same again.
        assert send(net, client, [("/node", path) for path in nodes]) == lines


def is_writable(path: str) -> bool:
    return any(TABLE.row_of(leaf).access == "rw" for leaf in TABLE.nodes[path])


def test_every_leaf_is_read_as_one_token_of_its_node():
    with Net() as net:
        client = net.client()
        paths = list(TABLE.leaves)
        answers = send(net, client, [("/node", path) for path in paths])
        nodes = dict(
            line.rstrip("\n").partition(" ")[::2]
            for _, line in send(net, client, [("/node", path) for path in TABLE.nodes])
        )
        tokens: dict[str, list[str]] = {}
        for path, (_, line) in zip(paths, answers, strict=True):
            assert line.startswith(f"{path} ")
            tokens.setdefault(path.rpartition("/")[0], []).append(line.removeprefix(f"{path} ").rstrip("\n"))
        for path, parts in tokens.items():
            # Rows of a node may lie apart in the table: the node has its own order.
            assert sorted(itertools.chain(*map(str.split, parts))) == sorted(nodes[path].split())


# --- what others have seen on the wire ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "datagram"),
    [
        (("/info",), b"/info\0\0\0,\0\0\0"),
        (("/xremote",), b"/xremote\0\0\0\0,\0\0\0"),
        (("/ch/01/mix/fader", 0.75), b"/ch/01/mix/fader\0\0\0\0,f\0\0\x3f\x40\0\0"),
        (("/x", "ab", "abc", "abcd", ""), b"/x\0\0,ssss\0\0\0ab\0\0abc\0abcd\0\0\0\0\0\0\0\0"),
        (("/b", b"\1\2\3"), b"/b\0\0,b\0\0\0\0\0\3\1\2\3\0"),
    ],
)
def test_messages_are_laid_out_as_everywhere(message: tuple, datagram: bytes):
    assert packet.build(*message) == datagram


def test_a_fader_at_0_db_is_the_number_of_the_desk():
    with Net() as net:
        client = net.client()
        client.send(packet.build("/ch/01/mix/fader", 0.75))
        client.send(packet.build("/ch/01/mix/fader"))
        net.turn()
        assert client.recv(64) == b"/ch/01/mix/fader\0\0\0\0,f\0\0" + struct.pack(">I", 0x3F3FEFFC)


@pytest.mark.parametrize("request_", [b"/ch/01/mix/on\0\0\0", b"/ch/01/mix/on\0\0\0,\0\0\0"])
def test_a_question_needs_no_type_tags(request_: bytes):
    with Net() as net:
        client = net.client()
        client.send(request_)
        net.turn()
        assert client.recv(64) == b"/ch/01/mix/on\0\0\0,i\0\0\0\0\0\1"


def test_a_line_of_text_comes_from_an_address_without_slash():
    with Net() as net:
        client = net.client()
        client.send(packet.build("/node", "headamp/006/phantom"))
        net.turn()
        assert client.recv(64) == b"node\0\0\0\0,s\0\0/headamp/006/phantom OFF\n\0\0\0"


# --- points of the desk's own tables --------------------------------------------------------------------

POINTS = facts.rows("points.tsv")


@pytest.mark.parametrize("path", sorted({point["path"] for point in POINTS}))
def test_a_point_of_the_desks_tables_is_its_number_and_its_text(path: str):
    """Faders, sends, frequencies, Q, hold and release: index, number of 32 bits and text in the document."""
    points = [point for point in POINTS if point["path"] == path]
    row = TABLE.row_of(TABLE.leaves[path])
    with Net() as net:
        client = net.client()
        for point in points:
            client.send(packet.build(path, int(point["index"]) / (row.steps - 1)))
            client.send(packet.build(path))
            client.send(packet.build("/node", path))
            net.turn()
            assert client.recv(64)[-4:].hex() == point["float32"]
            assert heard(client.recv(64)) == ("node", f"{path} {point['text']}\n")


def test_a_level_between_two_steps_goes_to_the_nearer_one_as_on_the_desk():
    with Net() as net:
        client = net.client()
        net.ask(client, "/", "ch/01/mix/fader -85.4")
        assert net.ask(client, "/node", "ch/01/mix/fader") == [("node", "/ch/01/mix/fader -85.3\n")]


def test_an_idle_strip_has_the_meters_of_the_document():
    """No input, gate 1, dynamics 1, fader down: 20 bytes with the count in front; silence is −128 dBFS."""
    talk = Talk()
    talk.say("/meters", "/meters/6", 16)
    talk.dialect.feed(page(input=0, gate=1, dyn=1))
    (datagram,) = talk.raw()
    silence = struct.pack("<f", 10 ** (-128 / 20)).hex()
    blob = f"00000014 04000000 {silence} 0000803f 0000803f {silence}"
    assert datagram == b"/meters/6\0\0\0,b\0\0" + bytes.fromhex(blob)


@pytest.mark.parametrize(
    ("message", "sizes"),
    [
        (("/info",), (8, 4)),
        (("/xremote",), (12, 4)),
        (("/ch/01/mix/fader", 0.5), (20, 4)),
        (("/x", "a", "b", "c", "d"), (4, 8)),
    ],
)
def test_addresses_and_types_are_padded_to_the_sizes_of_the_document(message: tuple, sizes: tuple[int, int]):
    datagram = packet.build(*message)
    address, tags = sizes
    assert datagram[:address].rstrip(b"\0") == message[0].encode()
    assert datagram[address : address + 1] == b","
    assert len(datagram) == address + tags + 4 * (len(message) - 1)


def test_the_desk_of_the_first_generation_answers_with_48_bytes():
    talk = Talk(identity=Identity(model="X32", firmware="2.10", protocol="V2.05"))
    for message in packet.parse(b"/info\0\0\0"):
        talk.dialect.receive(message, ANN)
    (datagram,) = talk.raw()
    assert len(datagram) == 48
    assert heard(datagram) == ("/info", "V2.05", "osc-server", "X32", "2.10")
