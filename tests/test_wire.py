"""Every parameter over the network: what is sent comes back, as number and as text."""

import itertools
import socket
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from desk import Net, heard

from daemon import packet
from dsp.parameters import Values
from dsp.row import Continuous, Param, Wire
from dsp.table import TABLE

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


def wires(param: Param) -> list[tuple[Wire, Wire]]:
    """What is sent and what should come back: lowest, middle, highest, and between two steps."""
    if isinstance(param, Continuous):
        middle, last = param.steps // 2, param.steps - 1
        between = (middle + 0.3) / last
        positions = [0.0, middle / last, 1.0, between]
        steps = [0, middle, last, middle]
        return [(sent, on_grid(step, last)) for sent, step in zip(positions, steps, strict=True)]
    if param.kind == "text":
        longest = "x" * int(param.highest)
        return [("", ""), ("Größe", "Größe"[: int(param.highest)]), (longest, longest), (longest + "y", longest)]
    if param.kind == "effect":  # a place the effect does not use
        return [(0.5, 0.0)] * 4
    lowest, highest = int(param.lowest), int(param.highest)
    numbers = [lowest, (lowest + highest) // 2, highest, min(lowest + 1, highest)]
    signed = [number - (1 << 32) if number >> 31 > 0 else number for number in numbers]  # as OSC has it
    return [(number, number) for number in signed]


def on_grid(step: int, last: int) -> float:
    """Position as the desk sends it."""
    return float(np.float32(step / last))


@pytest.mark.parametrize("which", range(4), ids=["lowest", "middle", "highest", "between"])
def test_every_parameter_reads_back_what_was_set(which: int):
    with Net() as net:
        client, values = net.client(), net.console.values
        # Types of effects by their own test: they change what their parameters are.
        paths = [path for path in SETTABLE if TABLE.leaves[path] not in TABLE.followers]
        pairs = {path: wires(values.param(TABLE.leaves[path]))[which] for path in paths}
        assert send(net, client, [(path, sent) for path, (sent, _) in pairs.items()]) == []
        told = dict(send(net, client, [(path,) for path in pairs]))
        wrong = {path: (told.get(path), back) for path, (_, back) in pairs.items() if told.get(path) != back}
        assert wrong == {}
        assert [type(told[path]) for path in pairs] == [type(back) for _, back in pairs.values()]


@pytest.mark.parametrize("slot", range(1, 9))
def test_every_effect_reads_back_what_was_set(slot: int):
    with Net() as net:
        client, values = net.client(), net.console.values
        chooser = TABLE.row_of(TABLE.leaves[f"/fx/{slot}/type"])
        paths = [f"/fx/{slot}/par/{number:02d}" for number in range(1, 65)]
        for index in range(chooser.steps):
            send(net, client, [(f"/fx/{slot}/type", index)])
            for which in range(4):
                pairs = {path: wires(values.param(TABLE.leaves[path]))[which] for path in paths}
                send(net, client, [(path, sent) for path, (sent, _) in pairs.items()])
                told = dict(send(net, client, [(path,) for path in paths]))
                assert told == {path: back for path, (_, back) in pairs.items()}


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


def test_the_answer_to_info_has_48_bytes_for_a_desk_of_the_first_generation():
    assert len(packet.build("/info", "V2.05", "osc-server", "X32", "2.10")) == 48


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
