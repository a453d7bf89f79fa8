"""The desk as one socket hears it: every value, proved by the desk's own hash, meters, and facts beside the values."""

import asyncio
import json
import socket
import struct
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from daemon.wire import packet
from dsp.parameters.row import Wire
from dsp.parameters.table import Values
from dsp.table import TABLE

RENEW_S = 2.0
QUIET_S = 0.5
"""An answer in which nothing came for so long has ended, or its end was lost."""
ROOM = 1 << 20
"""Bytes that may wait to be read: answers come in bursts."""
INPUTS, MIXES, GAINS = 13, 2, 1
"""Meters: all inputs; buses, matrices and mains; channels with gates and dynamics."""
MOST = {INPUTS: 48, MIXES: 25, GAINS: 96}
FLOOR_DB = -120.0
LOUDNESS = ("m", "s", "i", "lra", "tp", "plr")


class Desk(asyncio.DatagramProtocol):
    """Mirrors a desk.

    Parameters
    ----------
    changed : callable
        Told the path of what is new.
    metered : callable
        Told number and bytes of a meter: half decibels above −120 dBFS.
    told : callable
        Told the name of a fact that is new.

    Attributes
    ----------
    facts : dict
        What is no value: calls, limiter, rec, loudness, names.
    wanted : set of int
        Meters to ask for.
    """

    def __init__(
        self,
        changed: Callable[[str], None],
        metered: Callable[[int, bytes], None],
        told: Callable[[str], None],
    ) -> None:
        self.values: dict[str, Wire] = {}
        self.facts: dict[str, Any] = {"calls": [], "limiter": [0.0] * 16, "rec": {}, "loudness": {}}
        self.wanted = {INPUTS}
        self.whole = asyncio.Event()
        """Every value was proved once: until then nobody is told anything."""
        self._mirror = Values(TABLE)
        self._hashes = np.zeros(TABLE.size, np.uint64)
        self._revision = self._news = 0
        self._changed, self._metered, self._told = changed, metered, told
        self._meters = {f"/meters/{number}".encode() + b"\0": number for number in MOST}
        self._transport: Any = None
        self._heard_at = 0.0

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self._transport = transport

    def error_received(self, exc: Exception) -> None:
        """Wait: the desk is not there, or not yet."""

    # --- values as people read them -------------------------------------------------------------------

    def row(self, path: str) -> Any:
        """What a parameter is now."""
        return self._mirror.param(TABLE.leaves[path])

    def text(self, path: str) -> str:
        """A value as the desk writes it, with its unit."""
        row = self.row(path)
        written = self._mirror.text(TABLE.leaves[path]).strip().strip('"')
        if row.kind in ("text", "enum", "switch"):
            return written
        return f"{written.replace('-oo', '−∞').replace('-', '−')} {row.unit}".strip()

    def told(self, path: str) -> list[Wire]:
        """A value for a page: as on the wire, and as people read it."""
        value = self.values.get(path, 0)
        return [value, self.text(path)] if isinstance(value, float) else [value]

    def nudged(self, path: str, position: Wire, step_db: float) -> float:
        """Where a level is when it goes up or down by some decibels from a position."""
        row = self.row(path)
        level_db = row.value(row.from_wire(position))
        if level_db == -np.inf:
            level_db = -42.0 if step_db > 0 else level_db
        return float(row.to_wire(row.nearest(min(level_db + step_db, row.highest))))

    # --- what comes -----------------------------------------------------------------------------------

    async def follow(self) -> None:
        """Ask again and again, for ever: leases end, and datagrams get lost."""
        while True:
            self._say("/xremote")
            for number in self.wanted:
                self._say("/meters", f"/meters/{number}")
            for fact in ("/faderd/calls", "/faderd/limiter", "/faderd/rec"):
                self._say(fact, 1)
            self._say("/faderd/loudness", int(MIXES in self.wanted))
            self._say("/faderd/login/names")
            if self.whole.is_set() or time.monotonic() - self._heard_at > QUIET_S:
                self._ask()
            await asyncio.sleep(RENEW_S)

    def want(self, meters: set[int]) -> None:
        """Ask for these meters from now on, and for new ones at once: nobody waits for the next round."""
        new, self.wanted = meters - self.wanted, meters
        for number in new:
            self._say("/meters", f"/meters/{number}")
        if MIXES in new:
            self._say("/faderd/loudness", 1)

    def _say(self, *words: Any) -> None:
        self._transport.sendto(packet.build(*words))

    def _ask(self) -> None:
        self._news = 0
        self._say("/faderd/sync", self._revision)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take meters, facts and values."""
        if data.startswith(b"/meters/"):
            number = self._meters.get(data[: data.index(b"\0") + 1])
            if number is not None:
                self._metered(number, steps(number, data))
            return
        if data.startswith(b"/faderd/loudness\0"):
            self._fact("loudness", loudness(data))
            return
        try:
            messages = packet.parse(data)
        except packet.MalformedError:
            return
        for message in messages:
            if message.address == "/faderd/sync":
                self._prove(message.arguments)
            elif message.address.startswith("/faderd"):
                self._hear(message)
            elif len(message.arguments) == 1 and message.address in TABLE.leaves:
                self._take(message.address, message.arguments[0])

    def _hear(self, message: packet.Message) -> None:
        match message.address, message.arguments:
            case "/faderd/calls", [str(text)]:
                self._fact("calls", json.loads(text))
            case "/faderd/limiter", levels:
                self._fact("limiter", levels)
            case "/faderd/login/names", names:
                self._fact("names", names)
            case address, [value] if address.startswith("/faderd/rec/"):
                self._fact("rec", {**self.facts["rec"], address.removeprefix("/faderd/rec/"): value})

    def _fact(self, name: str, value: Any) -> None:
        if self.facts.get(name) != value:
            self.facts[name] = value
            self._told(name)

    def _take(self, path: str, value: Wire) -> None:
        self._heard_at = time.monotonic()
        self._news += 1
        leaf = TABLE.leaves[path]
        self._hashes[leaf] = zlib.crc32(packet.build(path, value))
        if self.values.get(path) != value:
            path = TABLE.path_of(leaf)  # equal, and there already
            self.values[path] = value
            try:
                self._mirror.set(leaf, self._mirror.param(leaf).from_wire(value))
            except ValueError:  # of an effect whose type comes with the next datagram
                self._hashes[leaf] = 0
            self._changed(path)

    def _prove(self, words: list[Wire]) -> None:
        """Go on from here where all is equal or more is to come; else begin anew."""
        match words:
            case [int(revision), "/", int(told)]:
                is_equal = int(self._hashes.sum()) % 2**32 == told % 2**32
                is_more = not is_equal and self._news > 0
                if is_equal:
                    self.whole.set()
                self._revision = revision if is_equal or is_more else 0
                if is_more:
                    self._ask()


def _floats(data: bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Little-endian floats of a blob that begins with their number."""
    start = (data.index(b"\0") // 4 + 1) * 4 + 4
    (size,) = struct.unpack_from(">i", data, start)
    return np.frombuffer(data[start + 8 : start + 4 + size], "<f4")


def steps(number: int, data: bytes) -> bytes:
    """Levels from a meter of the desk: one byte each, half decibels above −120 dBFS."""
    levels_db = 20 * np.log10(np.maximum(_floats(data)[: MOST[number]], 1e-6))
    return bytes(np.clip(np.round((levels_db - FLOOR_DB) * 2), 0, 255).astype(np.uint8))


def loudness(data: bytes) -> Mapping[str, float]:
    """What the first meter of loudness tells, to a tenth."""
    return {name: round(float(value), 1) for name, value in zip(LOUDNESS, _floats(data), strict=False)}
