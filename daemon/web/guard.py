"""What is refused before anything is done: foreign pages, and words that are no move."""

import ipaddress
import json
import math
import socket
import urllib.parse
from typing import NamedTuple

LONGEST = 256
"""Bytes of the longest message of a page."""


class Move(NamedTuple):
    """What a finger did."""

    path: str
    value: float | int


def own_host(host: str) -> bool:
    """Whether a page was asked for under an address or a name of this machine; else a foreign name points here."""
    try:
        name = urllib.parse.urlsplit(f"//{host}").hostname or ""
    except ValueError:  # half an IPv6 address
        return False
    own = socket.gethostname().lower()
    if name in ("localhost", "faderd.local", own, f"{own}.local"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def own_origin(origin: str | None, host: str) -> bool:
    """Whether a socket is opened by a page of ours: any page open on a phone can try."""
    try:
        return origin is not None and urllib.parse.urlsplit(origin).netloc == host
    except ValueError:
        return False


def move(text: str | bytes) -> Move | None:
    """Read a move; None asks for undo.

    Raises
    ------
    ValueError
        When it is neither.
    """
    words = json.loads(text)
    if words == ["undo"]:
        return None
    if not (isinstance(words, list) and len(words) == 2 and isinstance(words[0], str)):
        raise ValueError("a move is a path and a value")
    path, value = words
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("the value is no number")
    if not 0 <= value <= 1:
        raise ValueError("the value is out of range")
    return Move(path, float(value) if path.endswith(("/level", "/fader")) else int(value))
