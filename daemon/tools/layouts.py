"""Layouts for other people's surfaces, made from the table: `python -m daemon.tools.layouts configs/layouts [BUS …]`.

    mix-BUS.tosc    mix-BUS.json      TouchOSC, and Open Stage Control: one musician's mix
    house.tosc      house.json        channels, DCAs and the main fader

TouchOSC keeps XML packed by zlib, Open Stage Control JSON.  Both ask for changes by /xremote every eight seconds.
"""

import json
import pathlib
import sys
import uuid
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from dsp.parameters import axis

CHANNELS = [int(label) for label in axis.LABELS["ch"]]
WIDTH, FADER, BUTTON, LABEL, GAP = 60, 320, 48, 24, 4
RENEWED_MS = 8000
LUA = f"""local last = -{RENEWED_MS}
function update()
  if getMillis() - last >= {RENEWED_MS} then
    last = getMillis()
    sendOSC('/xremote')
  end
end
"""
SCRIPT = f"send('/xremote'); setInterval('alive', () => {{ send('/xremote') }}, {RENEWED_MS})"
RED, GREY = (0.7, 0.0, 0.1), (0.4, 0.4, 0.4)


class Column(NamedTuple):
    """A fader with what stands over and under it."""

    label: str
    name: str
    """Address of its name; empty where it has none."""
    level: str
    on: str


def mix(bus: int) -> list[Column]:
    """A musician's mix: all channels, and the bus itself."""
    sends = [
        Column(str(ch), f"/ch/{ch:02}/config/name", f"/ch/{ch:02}/mix/{bus:02}/level", f"/ch/{ch:02}/mix/{bus:02}/on")
        for ch in CHANNELS
    ]
    own = f"/bus/{bus:02}"
    return [*sends, Column("My mix", f"{own}/config/name", f"{own}/mix/fader", f"{own}/mix/on")]


def house() -> list[Column]:
    """Channels, DCAs, main left and right."""
    strips = [(str(ch), f"/ch/{ch:02}", "/mix") for ch in CHANNELS]
    strips += [(f"DCA {dca}", f"/dca/{dca}", "") for dca in axis.LABELS["dca"]]
    strips.append(("LR", "/main/st", "/mix"))
    return [Column(label, f"{at}/config/name", f"{at}{mix}/fader", f"{at}{mix}/on") for label, at, mix in strips]


# --- TouchOSC -----------------------------------------------------------------------------------------


def touchosc(name: str, columns: list[Column]) -> bytes:
    """Write a layout for TouchOSC: rows of eleven columns."""
    across, height = 11, LABEL + FADER + BUTTON + 3 * GAP
    rows = -(-len(columns) // across)
    root = ET.Element("lexml", version="3")
    group = _node(root, "GROUP", name, (0, 0, across * (WIDTH + GAP), rows * height), GREY)
    _property(group, "s", "script", LUA)
    children = ET.SubElement(group, "children")
    for place, column in enumerate(columns):
        x, y = place % across * (WIDTH + GAP), place // across * height
        label = _node(children, "LABEL", column.label, (x, y, WIDTH, LABEL), GREY)
        _values(label, text=column.label)
        _message(label, column.name, "text", "STRING", sends=False)
        fader = _node(children, "FADER", column.level, (x, y + LABEL + GAP, WIDTH, FADER), GREY)
        _property(fader, "i", "response", "1")  # relative: a touch moves nothing
        _values(fader, x="0")
        _message(fader, column.level, "x", "FLOAT")
        button = _node(children, "BUTTON", column.on, (x, y + LABEL + FADER + 2 * GAP, WIDTH, BUTTON), RED)
        _property(button, "i", "buttonType", "1")  # it stays where it is pressed
        _values(button, x="0")
        _message(button, column.on, "x", "INTEGER")
    return zlib.compress(ET.tostring(root, encoding="UTF-8", xml_declaration=True), 9)


def _node(
    parent: ET.Element, kind: str, name: str, frame: tuple[int, int, int, int], colour: tuple[float, float, float]
) -> ET.Element:
    """A control with its place and colour."""
    node = ET.SubElement(parent, "node", ID=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {name} {frame}")), type=kind)
    ET.SubElement(node, "properties")
    _property(node, "s", "name", name)
    _property(node, "r", "frame", dict(zip("xywh", map(str, frame), strict=True)))
    _property(node, "c", "color", dict(zip("rgba", map(str, (*colour, 1)), strict=True)))
    return node


def _property(node: ET.Element, kind: str, key: str, value: str | dict[str, str]) -> None:
    properties = node.find("properties")
    assert properties is not None
    made = ET.SubElement(properties, "property", type=kind)
    ET.SubElement(made, "key").text = key
    written = ET.SubElement(made, "value")
    if isinstance(value, str):
        written.text = value
    else:
        for name, part in value.items():
            ET.SubElement(written, name).text = part


def _values(node: ET.Element, **values: str) -> None:
    made = ET.SubElement(node, "values")
    for key, default in values.items():
        value = ET.SubElement(made, "value")
        ET.SubElement(value, "key").text = key
        for name, text in (("locked", "0"), ("lockedDefaultCurrent", "0"), ("default", default), ("defaultPull", "0")):
            ET.SubElement(value, name).text = text


def _message(node: ET.Element, address: str, value: str, conversion: str, sends: bool = True) -> None:
    """What is sent and heard."""
    osc = ET.SubElement(ET.SubElement(node, "messages"), "osc")
    flags = (("enabled", "1"), ("send", str(int(sends))), ("receive", "1"), ("feedback", "0"), ("connections", "11111"))
    for name, text in flags:
        ET.SubElement(osc, name).text = text
    trigger = ET.SubElement(ET.SubElement(osc, "triggers"), "trigger")
    ET.SubElement(trigger, "var").text = value
    ET.SubElement(trigger, "condition").text = "ANY"
    _partial(ET.SubElement(osc, "path"), "CONSTANT", "STRING", address)
    _partial(ET.SubElement(osc, "arguments"), "VALUE", conversion, value)


def _partial(parent: ET.Element, kind: str, conversion: str, value: str) -> None:
    partial = ET.SubElement(parent, "partial")
    parts = (("type", kind), ("conversion", conversion), ("value", value), ("scaleMin", "0"), ("scaleMax", "1"))
    for name, text in parts:
        ET.SubElement(partial, name).text = text


# --- Open Stage Control -------------------------------------------------------------------------------


def open_stage_control(name: str, columns: list[Column]) -> str:
    """Write a session for Open Stage Control: one row to scroll."""
    strips = [_strip(place * (WIDTH + GAP), column) for place, column in enumerate(columns)]
    content = {"type": "root", "id": "root", "lang": "en", "onCreate": SCRIPT, "widgets": strips}
    session = {"createdWith": "Open Stage Control", "version": "1.25.0", "type": "session", "content": content}
    return json.dumps(session, indent=1) + "\n"


def _strip(left: int, column: Column) -> dict[str, Any]:
    return {
        "type": "panel", "id": f"strip {column.level}", "layout": "vertical", "scroll": False,
        "left": left, "top": 0, "width": WIDTH, "height": LABEL + FADER + BUTTON + 3 * GAP,
        "widgets": [
            {"type": "text", "id": f"name {column.level}", "address": column.name, "default": column.label,
             "height": LABEL},
            {"type": "fader", "id": column.level, "address": column.level, "typeTags": "f", "snap": False,
             "doubleTap": False, "range": {"min": 0, "max": 1}, "expand": True},
            {"type": "button", "id": column.on, "address": column.on, "typeTags": "i", "mode": "toggle",
             "on": 1, "off": 0, "label": "On", "height": BUTTON},
        ],
    }  # fmt: skip


def files(buses: list[int]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all layouts."""
    for name, columns in [*((f"mix-{bus:02}", mix(bus)) for bus in buses), ("house", house())]:
        yield f"{name}.tosc", touchosc(name, columns)
        yield f"{name}.json", open_stage_control(name, columns).encode()


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in files([int(bus) for bus in sys.argv[2:]] or [1]):
        (folder / file).write_bytes(data)
