"""What is refused before anything is done: foreign pages, and words that no page of ours says."""

import asyncio
import contextlib
import ipaddress
import json
import math
import re
import socket
import urllib.parse
from typing import Any

from daemon.wire import packet

LONGEST = 256
"""Bytes of the longest message of a page."""
Word = float | str | list[int]
OPEN = (
    "UDP port {} lets everybody do more than read, so that a PIN would keep nobody out: write web = true in the"
    ' settings and let faderd run serve the pages, or add [[listen]] with a port and role = "viewer"'
)
"""Why no page is served where every mix has a PIN."""


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


async def only_reads(host: str, port: int) -> bool:
    """Whether everybody only reads by a UDP port of the daemon: only then a PIN keeps somebody out."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    class Ear(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            heard.put_nowait(data)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Ear, remote_addr=(host, port))
    try:
        while True:
            transport.sendto(packet.build("/faderd/role"))
            with contextlib.suppress(TimeoutError, packet.MalformedError):
                ((_, words),) = packet.parse(await asyncio.wait_for(heard.get(), 1.0))
                return words[:1] == ["viewer"]
    finally:
        transport.close()


def own_origin(origin: str | None, host: str) -> bool:
    """Whether a socket is opened by a page of ours: any page open on a phone can try."""
    try:
        return origin is not None and urllib.parse.urlsplit(origin).netloc == host
    except ValueError:
        return False


def ticket(cookies: str) -> str:
    """What a page kept of its last login, of all that its browser keeps."""
    found = re.search(r"(?:^|;)\s*ticket=([\w-]{1,64})\s*(?:;|$)", cookies)
    return found[1] if found else ""


def words(text: str | bytes) -> list[Word]:
    """Read what a page says: a word, then texts, finite numbers, or lists of whole numbers.

    Raises
    ------
    ValueError
        When it is anything else.
    """
    said = json.loads(text)
    if not (isinstance(said, list) and said and isinstance(said[0], str) and all(map(_is_word, said))):
        raise ValueError("no words of ours")
    return said


def position(value: Word) -> float:
    """A place of a fader or switch."""
    if isinstance(value, str | list) or not 0 <= value <= 1:
        raise ValueError("the value is out of range")
    return value


def number(value: Word, least: int, most: int) -> int:
    """A whole number."""
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"this is a whole number from {least} to {most}")
    return value


def numbers(value: Word, most: int) -> list[int]:
    """Different whole numbers from 0 on."""
    if not isinstance(value, list) or len(set(value)) < len(value):
        raise ValueError("these are different whole numbers")
    return [number(each, 0, most) for each in value]


def _is_word(value: Any) -> bool:
    if isinstance(value, list):
        return all(type(each) is int for each in value)
    return isinstance(value, str) or (type(value) in (int, float) and math.isfinite(value))
