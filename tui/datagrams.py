"""Messages as they travel, from python-osc, and the blobs of meters."""

import functools
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from pythonosc import osc_message, osc_message_builder

from dsp.parameters.row import Wire
from tui.mirror import Floats


@functools.cache
def question(address: str) -> bytes:
    """Datagram that asks for a value: the same ones are asked over and over."""
    return datagram(address)


def datagram(address: str, *arguments: Wire) -> bytes:
    """A message as it travels."""
    builder = osc_message_builder.OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return bytes(builder.build().dgram)


def parsed(data: bytes) -> tuple[str, list[Any]]:
    """Address and arguments of a datagram; most are meters, which have one blob and are quickly read."""
    if data.startswith(b"/meters/"):
        tags = (data.index(0) // 4 + 1) * 4
        if data[tags : tags + 4] == b",b\0\0":
            (size,) = struct.unpack_from(">i", data, tags + 4)
            return data[: data.index(0)].decode("ascii"), [data[tags + 8 : tags + 8 + size]]
    message = osc_message.OscMessage(data)
    return message.address, message.params


def words(arguments: Sequence[Any], count: int) -> Floats:
    """Unpack a meter blob: a little-endian word count, then as many little-endian float32."""
    (blob,) = arguments
    (said,) = struct.unpack_from("<i", blob)
    if said != count or len(blob) != 4 + 4 * count:
        raise ValueError(f"a meter blob of {len(blob)} bytes instead of {count} words")
    return np.frombuffer(blob, "<f4", count, offset=4).astype(np.float64)
