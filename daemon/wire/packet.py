"""OSC datagrams: bytes to messages with python-osc behind a stricter door, and messages to bytes.

python-osc trusts the network: a bundle with a negative size keeps it busy for ever, a missing float
reads as 0.0 and would close a fader, an unknown type goes to the log.  So everything is measured
here first; what does not fit exactly is malformed and dropped whole.
"""

import functools
import struct
from collections.abc import Iterator
from typing import NamedTuple

from pythonosc import osc_message

from dsp.parameters.row import Wire

LONGEST = 4096
"""Bytes in the longest datagram that is looked at; a desk's own stay below 1,024."""

_BUNDLE = b"#bundle\0"
_BUNDLE_HEAD = 16  # the mark and a time tag, which is ignored: everything happens at once


class MalformedError(ValueError):
    """A datagram that is not OSC, or uses types the dialect does not know."""


class Message(NamedTuple):
    """One OSC message."""

    address: str
    arguments: list[Wire]


def parse(datagram: bytes) -> list[Message]:
    """Messages in a datagram, those of bundles in order.

    Raises
    ------
    MalformedError
        When any part of the datagram is not right.
    """
    if len(datagram) > LONGEST:
        raise MalformedError(f"longer than {LONGEST} bytes")
    return [_message(data) for data in _unbundle(datagram)]


def build(address: str, *arguments: Wire | bytes) -> bytes:
    """Datagram of one message; the type of each argument is its own."""
    tags, data = "", b""
    for argument in arguments:
        if isinstance(argument, float):
            tags, data = tags + "f", data + struct.pack(">f", argument)
        elif isinstance(argument, int):
            tags, data = tags + "i", data + struct.pack(">i", argument)
        elif isinstance(argument, str):
            tags, data = tags + "s", data + _padded(argument)
        else:
            rest = bytes(-len(argument) % 4)
            tags, data = tags + "b", data + struct.pack(">i", len(argument)) + argument + rest
    return _head(address, tags) + data


@functools.lru_cache(maxsize=1 << 15)
def _head(address: str, tags: str) -> bytes:
    """Address and type tags; the same few thousand again and again."""
    return _padded(address) + _padded("," + tags)


def _padded(text: str) -> bytes:
    """Text with one to four zeros behind it."""
    data = text.encode("utf-8")
    return data + bytes(4 - len(data) % 4)


def _unbundle(datagram: bytes) -> Iterator[bytes]:
    """Take bundles apart, also nested ones."""
    waiting = [datagram]
    while waiting:
        data = waiting.pop()
        if data.startswith(_BUNDLE):
            waiting.extend(reversed(_elements(data)))
        else:
            yield data


def _elements(bundle: bytes) -> list[bytes]:
    """Parts of a bundle, one level deep."""
    elements = []
    at = _BUNDLE_HEAD
    while at < len(bundle):
        start = at + 4
        at = start + int.from_bytes(bundle[at:start], "big")
        elements.append(bundle[start:at])
    if at != len(bundle):
        raise MalformedError("the parts of the bundle do not fill it")
    return elements


def _message(data: bytes) -> Message:
    """Parse one message that has been measured."""
    if not data.startswith(b"/"):
        raise MalformedError("the address does not begin with a slash")
    tags_at = _end_of_string(data, 0)
    if tags_at < len(data):
        _measure(data, tags_at)
    try:
        message = osc_message.OscMessage(data)
    except (osc_message.ParseError, UnicodeDecodeError) as error:
        raise MalformedError(str(error)) from None
    return Message(message.address, message.params)


def _measure(data: bytes, tags_at: int) -> None:
    """Refuse what python-osc would guess at: arguments that are not all there, or of other types."""
    at = _end_of_string(data, tags_at)
    tags = data[tags_at:at].rstrip(b"\0")
    if not tags.startswith(b","):
        raise MalformedError("there are no type tags")
    for tag in tags[1:]:
        if tag == ord("s"):
            at = _end_of_string(data, at)
        elif tag in b"if":
            at += 4
        else:
            raise MalformedError(f"type {chr(tag)!r} is not one of i, f and s")
    if at > len(data):
        raise MalformedError("arguments are missing")


def _end_of_string(data: bytes, start: int) -> int:
    """Where the string at `start` ends, padding included."""
    zero = data.find(0, start)
    if zero < 0:
        raise MalformedError("a text does not end")
    return (zero | 3) + 1
