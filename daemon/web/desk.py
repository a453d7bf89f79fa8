"""The desk as one socket hears it: every value, proved by the desk's own hash, and the meters of the channels."""

import asyncio
import socket
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from daemon.wire import packet
from dsp.parameters.row import Wire

RENEW_S = 2.0
QUIET_S = 0.5
"""An answer in which nothing came for so long has ended, or its end was lost."""
ROOM = 1 << 20
"""Bytes that may wait to be read: answers come in bursts."""
CHANNELS = 32
_METERS = b"/meters/1\0\0\0,b\0\0"
FLOOR_DB = -120.0


class Desk(asyncio.DatagramProtocol):
    """Mirrors a desk.

    Parameters
    ----------
    changed : callable
        Told path and value of what is new.
    metered : callable
        Told the meters of the channels: one byte each, half decibels above −120 dBFS.
    """

    def __init__(self, changed: Callable[[str, Wire], None], metered: Callable[[bytes], None]) -> None:
        self.values: dict[str, Wire] = {}
        self.whole = asyncio.Event()
        """Every value was proved once: until then nobody is told anything."""
        self._hashes: dict[str, int] = {}
        self._revision = self._news = 0
        self._changed, self._metered = changed, metered
        self._transport: Any = None
        self._heard_at = 0.0

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self._transport = transport

    def error_received(self, exc: Exception) -> None:
        """Wait: the desk is not there, or not yet."""

    async def follow(self) -> None:
        """Ask again and again, for ever: leases end, and datagrams get lost."""
        while True:
            for words in (("/xremote",), ("/meters", "/meters/1")):
                self._transport.sendto(packet.build(*words))
            if self.whole.is_set() or time.monotonic() - self._heard_at > QUIET_S:
                self._ask()
            await asyncio.sleep(RENEW_S)

    def _ask(self) -> None:
        self._news = 0
        self._transport.sendto(packet.build("/faderd/sync", self._revision))

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take meters and values."""
        if data.startswith(_METERS):
            self._metered(steps(data))
            return
        try:
            messages = packet.parse(data)
        except packet.MalformedError:
            return
        for message in messages:
            if message.address == "/faderd/sync":
                self._prove(message.arguments)
            elif len(message.arguments) == 1 and not message.address.startswith("/faderd"):
                self._take(message.address, message.arguments[0])

    def _take(self, path: str, value: Wire) -> None:
        self._heard_at = time.monotonic()
        self._news += 1
        self._hashes[path] = zlib.crc32(packet.build(path, value))
        if self.values.get(path) != value:
            self.values[path] = value
            self._changed(path, value)

    def _prove(self, words: list[Wire]) -> None:
        """Go on from here where all is equal or more is to come; else begin anew."""
        match words:
            case [int(revision), "/", int(told)]:
                is_equal = sum(self._hashes.values()) % 2**32 == told % 2**32
                is_more = not is_equal and self._news > 0
                if is_equal:
                    self.whole.set()
                self._revision = revision if is_equal or is_more else 0
                if is_more:
                    self._ask()


def steps(data: bytes) -> bytes:
    """Meters of the channels from a blob of the desk: one byte each, half decibels above −120 dBFS."""
    (size,) = struct.unpack_from(">i", data, len(_METERS))
    start = len(_METERS) + 8
    gains = np.frombuffer(data[start : len(_METERS) + 4 + size], "<f4")[:CHANNELS]
    levels_db = 20 * np.log10(np.maximum(gains, 1e-6))
    return bytes(np.clip(np.round((levels_db - FLOOR_DB) * 2), 0, 255).astype(np.uint8))
