"""OSCQuery: the tree of all parameters as JSON, so that programs of others find and understand them.

    GET /?HOST_INFO            name, port, transport
    GET /ch/01/mix/fader       FULL_PATH, TYPE, RANGE, VALUE, ACCESS, DESCRIPTION;  ?VALUE tells one of them
"""

import functools
import json
from typing import Any

from daemon.web.desk import Desk
from dsp.parameters.row import Param
from dsp.table import TABLE

ATTRIBUTES = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "RANGE", "DESCRIPTION", "VALUE")
ACCESS = {"ro": 1, "wo": 2, "rw": 3}
FLOATS = ("level", "linear", "logarithmic")


def host_info(name: str, port: int) -> str:
    """Who is asked, and where OSC is spoken."""
    told = {attribute: True for attribute in ATTRIBUTES if attribute not in ("FULL_PATH", "CONTENTS")}
    return json.dumps({"NAME": name, "OSC_PORT": port, "OSC_TRANSPORT": "UDP", "EXTENSIONS": told})


def answer(desk: Desk, path: str, attribute: str = "") -> str | None:
    """What stands at an address, or one attribute of it; None where there is nothing.

    Parameters
    ----------
    desk : Desk
    path : str
        Address, `/` for all.
    attribute : str
        Such as VALUE; empty for everything below the address.
    """
    if path not in ("/", *_below()) and path not in TABLE.leaves:
        return None
    if attribute and attribute not in ATTRIBUTES:
        return None
    if not attribute:
        return _written(desk, path)
    node = _node(desk, path)
    if attribute == "CONTENTS":
        return f'{{"CONTENTS":{_contents(desk, path)}}}' if path in _below() else "{}"
    return json.dumps({attribute: node[attribute]} if attribute in node else {})


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
