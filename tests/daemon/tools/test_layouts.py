"""Layouts for TouchOSC and Open Stage Control: made from the table, and every address in them exists."""

import json
import pathlib
import re
import xml.etree.ElementTree as ET
import zlib
from typing import Any

import pytest

from daemon.tools import layouts
from dsp.table import TABLE
from oracles.roles import may_set

FOLDER = pathlib.Path(__file__).parents[3] / "configs" / "layouts"
FRAME = "./properties/property[key='frame']/value/*"
FILES = dict(layouts.files([1]))


def addresses(name: str) -> set[str]:
    """Addresses in a layout, read as its program reads it."""
    data = (FOLDER / name).read_bytes()
    if name.endswith(".tosc"):
        root = ET.fromstring(zlib.decompress(data))
        return {"".join(part.itertext()) for part in root.iterfind(".//osc/path/partial/value")}

    def of(widget: dict[str, Any]) -> set[str]:
        below = {address for each in widget.get("widgets", []) for address in of(each)}
        return below | ({widget["address"]} if "address" in widget else set())

    return of(json.loads(data)["content"])


@pytest.mark.parametrize("name", FILES)
def test_a_layout_is_what_the_table_says_today(name: str) -> None:
    assert (FOLDER / name).read_bytes() == FILES[name], "run: python -m daemon.tools.layouts configs/layouts"


@pytest.mark.parametrize("name", FILES)
def test_every_address_in_a_layout_exists(name: str) -> None:
    found = addresses(name)
    assert len(found) >= 3 * 33
    assert found <= set(TABLE.leaves)


@pytest.mark.parametrize("name", ["mix-01.tosc", "mix-01.json"])
def test_a_musicians_layout_moves_nothing_that_a_musician_may_not(name: str) -> None:
    moved = {path for path in addresses(name) if not path.endswith("/name")}
    assert [path for path in moved if not may_set("musician", (1,), path)] == []


def test_a_layout_for_touchosc_has_a_place_for_every_control_and_none_upon_another() -> None:
    root = ET.fromstring(zlib.decompress(FILES["house.tosc"]))
    frames = [
        tuple(int(found[part]) for part in "xywh")
        for node in root.iterfind("./node/children/node")
        for found in [{each.tag: each.text or "" for each in node.iterfind(FRAME)}]
    ]  # fmt: skip
    assert len(frames) == 3 * (32 + 8 + 1)
    for place, (x, y, w, h) in enumerate(frames):
        for other in frames[place + 1 :]:
            apart = x + w <= other[0] or other[0] + other[2] <= x or y + h <= other[1] or other[1] + other[3] <= y
            assert apart


def test_layouts_ask_for_changes_again_before_the_desk_forgets_them() -> None:
    assert re.search(r"sendOSC\('/xremote'\)", zlib.decompress(FILES["mix-01.tosc"]).decode())
    assert "send('/xremote')" in json.loads(FILES["mix-01.json"])["content"]["onCreate"]
    assert layouts.RENEWED_MS < 10_000
