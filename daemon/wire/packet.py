"""OSC datagrams: bytes to messages, and messages to bytes.

Nothing is guessed at: a missing float that reads as 0.0 would close a fader.  What does not fit exactly is
malformed and dropped whole; zeros at the end, which some programs send, do no harm.
"""

import functools
import struct
from collections.abc import Iterator
from typing import NamedTuple

from dsp.parameters.row import Wire

LONGEST = 4096
"""Bytes in the longest datagram that is looked at; a desk's own stay below 1,024."""

_NUMBERS = {"i": struct.Struct(">i"), "f": struct.Struct(">f")}

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
    """Parse one message."""
    if not data.startswith(b"/"):
        raise MalformedError("the address does not begin with a slash")
    at = _end_of_string(data, 0)
    if at > len(data):
        raise MalformedError("the address is not padded")
    address = _text(data, 0)
    if not data[at:].strip(b"\0"):
        return Message(address, [])
    start = _end_of_string(data, at)
    tags = _text(data, at)
    if not tags.startswith(","):
        raise MalformedError("there are no type tags")
    arguments, end = _arguments(data, tags[1:], start)
    _check_rest(data, start, end)
    return Message(address, arguments)


def _arguments(data: bytes, tags: str, at: int) -> tuple[list[Wire], int]:
    """Arguments of these types, and where they end."""
    arguments: list[Wire] = []
    for tag in tags:
        if tag == "s":
            end = _end_of_string(data, at)
            arguments.append(_text(data, at))
        elif tag in _NUMBERS:
            end = at + 4
            if end > len(data):
                break
            arguments.append(_NUMBERS[tag].unpack_from(data, at)[0])
        else:
            raise MalformedError(f"type {tag!r} is not one of i, f and s")
        at = end
    if at > len(data) or len(arguments) < len(tags):
        raise MalformedError("arguments are missing")
    return arguments, at


def _check_rest(data: bytes, start: int, end: int) -> None:
    """Refuse what stands between the tags and the arguments or behind them; zeros at the end are padding.

    Where all that is read are the zeros before the arguments, the rest of them is left over.  If zeros are left
    over too, either end may be the padding: what would then say something else says nothing.
    """
    rest = data[end:]
    if rest.strip(b"\0"):
        raise MalformedError("there is more than the type tags tell of")
    for gap in range(4, len(rest) + 1, 4):
        if any(data[start : start + gap]):
            return
        if data[start:end] != data[start + gap : end + gap]:
            raise MalformedError("there are zeros before the arguments or behind them, nobody knows which")


def _text(data: bytes, start: int) -> str:
    """The string at `start`, which has an end; what is not UTF-8 is Latin-1, as older programs write names."""
    text = data[start : data.index(0, start)]
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _end_of_string(data: bytes, start: int) -> int:
    """Where the string at `start` ends, padding included."""
    zero = data.find(0, start)
    if zero < 0:
        raise MalformedError("a text does not end")
    return (zero | 3) + 1
