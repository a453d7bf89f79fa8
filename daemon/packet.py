"""OSC datagrams: bytes to messages and back, with python-osc behind a stricter door.

python-osc trusts the network: a bundle with a negative size keeps it busy for ever, a missing float
reads as 0.0 and would close a fader, an unknown type goes to the log.  So everything is measured
here first; what does not fit exactly is malformed and dropped whole.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pythonosc import osc_message, osc_message_builder

from dsp.row import Wire

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
    builder = osc_message_builder.OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    datagram: bytes = builder.build().dgram
    return datagram


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
