"""OSCQuery: the tree of all parameters as JSON, so that programs of others find and understand them.

    GET /?HOST_INFO            name, port, transport
    GET /ch/01/mix/fader       FULL_PATH, TYPE, RANGE, VALUE, ACCESS, DESCRIPTION;  ?VALUE tells one of them

404 is an address that does not exist, 400 an attribute that nobody knows, 204 one that this address does not have.
"""

import functools
import json
from http import HTTPStatus
from typing import Any

from daemon.web.desk import Desk
from dsp.parameters.row import Param
from dsp.table import TABLE

ATTRIBUTES = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "RANGE", "DESCRIPTION", "VALUE")
ASKED = (*ATTRIBUTES, "HOST_INFO")
ACCESS = {"ro": 1, "wo": 2, "rw": 3}
FLOATS = ("level", "linear", "logarithmic")


def host_info(name: str, port: int) -> str:
    """Who is asked, and where OSC is spoken."""
    told = {attribute: True for attribute in ATTRIBUTES if attribute not in ("FULL_PATH", "CONTENTS")}
    return json.dumps({"NAME": name, "OSC_PORT": port, "OSC_TRANSPORT": "UDP", "EXTENSIONS": told})


def answer(desk: Desk, path: str, attribute: str = "") -> tuple[HTTPStatus, str]:
    """What stands at an address, or one attribute of it.

    Parameters
    ----------
    desk : Desk
    path : str
        Address, `/` for all.
    attribute : str
        Such as VALUE; empty for everything below the address.
    """
    if path not in ("/", *_below()) and path not in TABLE.leaves:
        return HTTPStatus.NOT_FOUND, "There is no such page."
    if not attribute:
        return HTTPStatus.OK, _written(desk, path)
    if attribute not in ATTRIBUTES:
        return HTTPStatus.BAD_REQUEST, f"The attributes are {', '.join(ATTRIBUTES)}."
    node = _node(desk, path)
    if attribute == "CONTENTS" and path in _below():
        return HTTPStatus.OK, f'{{"CONTENTS":{_contents(desk, path)}}}'
    if attribute in node:
        return HTTPStatus.OK, json.dumps({attribute: node[attribute]})
    return HTTPStatus.NO_CONTENT, ""


@functools.cache
def _below() -> dict[str, dict[str, str]]:
    """Of each node the names of what stands below it, and their addresses."""
    found: dict[str, dict[str, str]] = {}
    for path in TABLE.leaves:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            found.setdefault("/".join(parts[:depth]) or "/", {})[parts[depth]] = "/".join(parts[: depth + 1])
    return found


def _node(desk: Desk, path: str) -> dict[str, Any]:
    """What an address is, without what stands below it."""
    node: dict[str, Any] = {"FULL_PATH": path}
    if path in TABLE.leaves:
        row = desk.row(path)
        node |= {"TYPE": _type(row), "ACCESS": ACCESS[row.access], "DESCRIPTION": row.help, "RANGE": [_range(row)]}
        if path in desk.values:
            node["VALUE"] = [desk.values[path]]
    else:
        node["ACCESS"] = 0
    return node


def _written(desk: Desk, path: str) -> str:
    """An address and all below it, as text at once: as objects the whole tree would take 30 MiB."""
    own = json.dumps(_node(desk, path))
    return f'{own[:-1]},"CONTENTS":{_contents(desk, path)}}}' if path in _below() else own


def _contents(desk: Desk, path: str) -> str:
    below = _below()[path].items()
    return f"{{{','.join(f'{json.dumps(name)}:{_written(desk, child)}' for name, child in below)}}}"


def _type(row: Param) -> str:
    if row.kind == "text":
        return "s"
    return "f" if row.kind in FLOATS else "i"


def _range(row: Param) -> dict[str, Any]:
    """What may be said: positions of what turns, numbers of choices, and what they mean."""
    if row.kind in FLOATS:
        return {"MIN": 0.0, "MAX": 1.0}
    if row.kind == "text":
        return {}
    if row.choices:
        return {"MIN": 0, "MAX": len(row.choices) - 1, "VALS": list(range(len(row.choices)))}
    return {"MIN": int(row.lowest), "MAX": int(row.highest)}
