"""Every command that a running console knows, said by somebody who may only look: nothing is another than before."""

from __future__ import annotations

import itertools
import json
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.wire import packet
from rigs import console, ports
from rigs.talk import heard

SAID = (
    (), (1,), (0,), ("on",), ("scene", 1), ("1", "bus/01"), (-1, -1, -1), ("/ch/01/mix/on ON",), ("**",), (0.0,)
)  # fmt: skip
STATES = ("/faderd/rec/state", "/faderd/rec/gig", "/faderd/loudness/1/source", "/faderd/loudness/1/target")
KNOWN = {"/faderd/rec/start", "/faderd/reload", "/faderd/undo", "/faderd/loudness/1/reset"}
"""Some commands that every console has."""
TELLING_S = 3.0


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[tuple[console.Desk, socket.socket]]:
    """An engineer's desk, and a viewer's socket."""
    own, port = ports.free(), ports.free()
    (tmp_path / "doors.toml").write_text(
        f'[[listen]]\nport = {own}\nbind = "127.0.0.1"\n'
        f'[[listen]]\nport = {port}\nbind = "127.0.0.1"\nrole = "viewer"\n'
    )
    with (
        console.running(tmp_path, port=own, options=("--config", str(tmp_path / "doors.toml"))) as desk,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as viewer,
    ):
        viewer.connect(("127.0.0.1", port))
        viewer.setblocking(False)
        yield desk, viewer


def told(endpoint: socket.socket) -> Iterator[tuple[Any, ...]]:
    """All that is told, until nothing has been for a while."""
    until = time.monotonic() + TELLING_S
    while time.monotonic() < until:
        try:
            yield heard(endpoint.recv(65_536))
            until = time.monotonic() + TELLING_S
        except BlockingIOError:
            time.sleep(0.01)


def test_who_may_only_look_changes_nothing(doors: tuple[console.Desk, socket.socket]) -> None:
    desk, viewer = doors
    commands: list[str] = []
    until = time.monotonic() + console.PATIENCE_S
    while not set(commands) >= KNOWN and time.monotonic() < until:
        viewer.send(packet.build("/faderd/help"))
        commands = sorted({str(words[1]) for words in told(viewer) if words[0] == "/faderd/help"})
    assert set(commands) >= KNOWN
    before = everything(desk), [desk.ask(address) for address in STATES]
    said = [packet.build(address, *words) for address, words in itertools.product(commands, SAID)]
    random.Random(1).shuffle(said)
    for datagram in said:
        viewer.send(datagram)
        time.sleep(0.001)
    list(told(viewer))
    assert (everything(desk), [desk.ask(address) for address in STATES]) == before
    assert desk.process.popen.poll() is None
    assert json.loads(desk.ask("/faderd/health")[0])["device"]["playing"] is True


def everything(desk: console.Desk) -> list[str]:
    """What those commands might have changed."""
    nodes = ("ch/01/mix", "main/st/mix", "bus/01/mix", "-stat/talk", "config/mute", "dca/1", "headamp/000")
    return [desk.line(path) for path in nodes]
