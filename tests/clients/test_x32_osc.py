"""x32-osc, an npm library that mirrors a whole X32: it reads, sets, follows, meters, compares, and checks itself."""

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.test_x32scene_files import anything, written
from daemon.files import nodeline
from dsp.table import TABLE
from rigs import console, servers

MODULES = Path(sys.prefix) / "npm" / "node_modules"
HERE = Path(__file__).resolve().parent
REMEDY = "run `bash tests/run` once: it installs node and `npm install --prefix .venv-test/npm x32-osc@1.0.0`"


class Mirror:
    """The library in a process of its own."""

    def __init__(self, process: servers.Process) -> None:
        self.process = process

    def do(self, what: str, seconds: float = servers.PATIENCE_S, **order: Any) -> Any:
        """Give an order; return the answer."""
        return json.loads(self.process.order(json.dumps({"do": what, **order}), seconds))

    def until(self, parts: list[str], value: str) -> None:
        """Wait until it shows a value."""
        self.process.wait_for(lambda: self.do("read", parts=parts) == value, f"{'/'.join(parts)} {value}")


@contextlib.contextmanager
def mirror(folder: Path) -> Iterator[Mirror]:
    """Connect the library to the console, and wait until it has read everything."""
    if shutil.which("node") is None or not (MODULES / "x32-osc").exists():
        pytest.fail(f"x32-osc is not installed; {REMEDY}", pytrace=False)
    command = ["node", str(HERE / "x32osc.js"), str(MODULES), console.HOST]
    with servers.running(command, dict(os.environ), folder / "x32osc.log") as process:
        process.wait_for(lambda: process.lines(">"), "that it is ready")
        assert json.loads(process.lines(">")[0][1:]) == {"model": "X32RACK", "firmware": "4.06", "server": "V2.07"}
        yield Mirror(process)


@pytest.fixture
def client(desk: console.Desk, tmp_path: Path) -> Iterator[Mirror]:
    console.settle(desk)
    with mirror(tmp_path) as client:
        yield client
        assert {*client.do("errors")} <= UNUSED


UNUSED = {"Incomplete conditional data"}
"""What it says of a place that the effect in a slot does not use, when that goes to 0 with another effect."""


def leaves(tree: dict[str, Any], base: str = "") -> dict[str, str]:
    """Values of the library's tree by address."""
    found = {}
    for name, value in tree.items():
        path = f"{base}/{name}"
        # It leaves the quotes on at the end of a line.
        found |= leaves(value, path) if isinstance(value, dict) else {path: value.strip('"')}
    return found


def texts(desk: console.Desk) -> dict[str, str]:
    """What the console writes for every leaf of a scene, without padding and quotes."""
    found = {}
    for node in TABLE.scene:
        for leaf, token in zip(TABLE.nodes[node], nodeline.split(desk.line(node[1:])), strict=True):
            found[TABLE.path_of(leaf)] = token.strip().strip('"')
    return found


def test_it_reads_every_parameter_of_a_scene(client: Mirror, desk: console.Desk):
    theirs, ours = leaves(client.do("tree")), texts(desk)
    assert theirs == ours
    assert len(theirs) == 8479
    assert theirs["/ch/01/config/name"] == "Kick"


SETS = {
    ("ch", "11", "config", "color"): "RDi",
    ("ch", "11", "config", "name"): "Strings 2",
    ("ch", "11", "config", "icon"): "30",
    ("ch", "11", "mix", "fader"): "-12.0",
    ("ch", "11", "mix", "on"): "OFF",
    ("ch", "11", "mix", "pan"): "+20",
    ("ch", "11", "mix", "03", "level"): "-20.0",
    ("ch", "11", "mix", "03", "type"): "POST",
    ("ch", "11", "eq", "2", "f"): "1k02",
    ("ch", "11", "eq", "2", "g"): "-4.75",
    ("ch", "11", "eq", "2", "q"): "3.7",
    ("ch", "11", "dyn", "ratio"): "4.0",
    ("ch", "11", "gate", "hold"): "31.7",
    ("ch", "11", "grp", "dca"): "%00000101",
    ("ch", "11", "preamp", "hpf"): "101",
    ("ch", "11", "delay", "time"): "12.5",
    ("bus", "09", "eq", "6", "type"): "HCut",
    ("main", "st", "dyn", "thr"): "-20.5",
    ("mtx", "02", "mix", "fader"): "+3.0",
    ("dca", "3", "fader"): "-5.0",
    ("headamp", "031", "gain"): "+31.5",
    ("outputs", "p16", "03", "src"): "26",
    ("config", "routing", "IN", "1-8"): "A1-8",
    ("config", "talk", "A", "destmap"): "%000000000000000011",
    ("fx", "3", "source", "l"): "MIX9",
    ("fx", "3", "type"): "PLAT",
}


def test_what_it_sets_is_what_the_console_has_and_others_hear(client: Mirror, desk: console.Desk):
    with console.listening(desk) as listener:
        for parts, value in SETS.items():
            assert client.do("set", parts=parts, value=value) is True
            path = "/" + "/".join(parts)
            while (told := listener.next(console.PATIENCE_S)) is not None and told[0] != path:
                pass
            assert told == (path, *desk.get(path))
            assert desk.line(path[1:]).strip().strip('"') == value
    client.do("refresh")
    client.do("errors")  # it does not take over what it has set itself, and wonders what the new effect has
    assert {parts: client.do("read", parts=parts) for parts in SETS} == SETS


def test_it_follows_whatever_others_change(client: Mirror, desk: console.Desk):
    desk.load(written(anything(11)).decode().splitlines()[1:])
    console.settle(desk)
    ours = texts(desk)
    client.process.wait_for(lambda: differences(client, ours) == {}, "the same desk")


def differences(client: Mirror, ours: dict[str, str]) -> dict[str, tuple[str, str]]:
    """What the library shows otherwise than the console writes it."""
    pairs = {path: (value, ours[path]) for path, value in leaves(client.do("tree")).items()}
    return {
        path: pair
        for path, pair in pairs.items()
        # It shows an i for a whole number that somebody else has changed, and keeps what an effect does not use.
        if pair[0] not in ("i", pair[1]) and not ("/par/" in path and pair[1] == "0")
    }


def test_it_shows_meters_of_the_band(client: Mirror, desk: console.Desk):
    got = client.do("meters", list=[[6, 0], 0, 1, 2, 4, 12, 16])
    until = time.monotonic() + console.PATIENCE_S
    while not (all(got["1"][:13]) and max(got["2"][22:24]) > 0.05) and time.monotonic() < until:
        got = client.do("meters", list=[[6, 0], 0, 1, 2, 4, 12, 16])  # the band may be between two notes
    lengths = {int(number): len(values) for number, values in got.items()}
    assert lengths == {6: 4, 0: 70, 1: 96, 2: 49, 4: 82, 12: 4, 16: 48}
    sound, gains = got["1"][:13], got["1"][32:]
    assert all(0 < level <= 1 for level in sound)
    assert all(0 < gain <= 1 for gain in gains)
    assert max(got["2"][22:24]) > 0.05  # main left and right
    assert max(got["0"][32:40]) < 0.01  # nothing is plugged into the aux inputs


def test_it_finds_what_differs_from_a_stored_scene(client: Mirror, desk: console.Desk):
    assert desk.ask("/save", "scene", 63, "Mirror", "") == ["scene", 1]
    stored = (desk.state / "show" / "show.063.scn").read_text()
    assert client.do("scene", text=stored) == {}
    reference = desk.line("ch/05/mix/fader").strip()
    desk.write("/ch/05/mix ON -30.0")
    client.until(["ch", "05", "mix", "fader"], "-30.0")
    found = client.do("scene", text=stored)
    assert found == {"ch": {"05": {"mix": {"fader": {"reference": reference, "current": "-30.0"}}}}}
    assert desk.ask("/load", "scene", 63) == ["scene", 1]
    client.process.wait_for(lambda: client.do("scene", text=stored) == {}, "the scene")


def test_its_check_of_a_console_passes(desk: console.Desk, tmp_path: Path):
    """Its author's own test of a desk: every step of every sort of parameter, every effect with all it has."""
    with mirror(tmp_path) as client:
        assert client.do("check", seconds=480) == []
