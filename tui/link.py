"""The wire: an ordinary X32 client over UDP that keeps a mirror true.

    open ─▶ ask who is there, subscribe ─▶ read every label ─▶ follow pushes and meters
      ▲                                                             │
      └────────────── silent too long: retry, then reopen ◀─────────┘

Datagrams get lost.  Leases are renewed twice in their lifetime, unanswered
questions are asked again, and one label after another is re-read for ever, so
a lost push is healed too.  After a silence everything is read afresh: it may
be another console, or the same one after a restart.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import socket
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
from pythonosc import osc_message, osc_message_builder

from tui import strips
from tui.mirror import Floats, Mirror

RENEW_S = 4.0
"""Leases last 10 s: at this pace two renewals must be lost before one ends."""
RETRY_S = 0.5
LOST_S = 2.0
REOPEN_S = 6.0
"""A new socket is a new client to the console, which has room for four: not too often."""
TICK_S = 0.05

BURST = 50
"""Questions sent in one tick while reading everything."""
ROUNDS = 4
"""How often an unanswered question is repeated before the slow re-reading takes over."""

METERS = {"/meters/1": 96, "/meters/2": 49}
"""The meter blobs asked for, with their number of words."""


class Reading:
    """Which labels to ask for next: all of them quickly, the unanswered again, then one by one for ever."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._addresses = tuple(addresses)
        self._endless = itertools.cycle(self._addresses)
        self.restart()

    def restart(self) -> None:
        """Read everything again."""
        self._unanswered = dict.fromkeys(self._addresses)
        self._queue = list(self._addresses)
        self._rounds = 1
        self._asked_at = -math.inf

    def answered(self, address: str) -> None:
        """Note that the value of `address` has come."""
        self._unanswered.pop(address, None)

    def next(self, now: float) -> list[str]:
        """Return the addresses to ask at `now`, in seconds: at most `BURST`."""
        if not self._queue and self._unanswered and self._rounds < ROUNDS:
            if now - self._asked_at < RETRY_S:
                return []
            self._queue = list(self._unanswered)
            self._rounds += 1
        if not self._queue:
            return [next(self._endless)]
        burst, self._queue = self._queue[:BURST], self._queue[BURST:]
        self._asked_at = now
        return burst


class Link(asyncio.DatagramProtocol):
    """One console at `host`:`port`, mirrored.

    Attributes
    ----------
    connected : bool
        Whether the console has been heard within `LOST_S`.
    heard_at : float
        When, in seconds of the loop's clock; −inf before the first time.
    name, model, firmware : str
        As the console gives them; empty before the first answer.
    malformed : int
        Datagrams that could not be understood, all ignored.
    """

    def __init__(self, host: str, port: int, mirror: Mirror) -> None:
        self.host = host
        self.port = port
        self.mirror = mirror
        self.connected = False
        self.heard_at = -math.inf
        self.name = self.model = self.firmware = ""
        self.malformed = 0
        self._reading = Reading(strips.LEAVES)
        self._transport: asyncio.DatagramTransport | None = None

    async def run(self) -> None:
        """Stay in touch until cancelled, whatever happens to the console or the network."""
        try:
            while True:
                try:
                    await self._open()
                except OSError:  # no route, no name server: the same to the reader as no answer
                    await asyncio.sleep(RETRY_S)
                    continue
                await self._stay_in_touch()
        finally:
            self._send("/unsubscribe")
            self._close()

    async def _open(self) -> None:
        self._close()
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, remote_addr=(self.host, self.port), family=socket.AF_INET
        )

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def _stay_in_touch(self) -> None:
        """Renew, ask and watch; return when the console has been silent for `REOPEN_S`."""
        loop = asyncio.get_running_loop()
        opened_at = loop.time()
        renewed_at = -math.inf
        while True:
            now = loop.time()
            silent_s = now - max(self.heard_at, opened_at)
            if silent_s > REOPEN_S:
                return
            if now - self.heard_at > LOST_S:
                self.connected = False
            if now - renewed_at >= (RETRY_S if silent_s >= RETRY_S else RENEW_S):
                self._renew()
                renewed_at = now
            if self.connected:
                for address in self._reading.next(now):
                    self._send(address)
            await asyncio.sleep(TICK_S)

    def _renew(self) -> None:
        self._send("/xinfo")
        self._send("/xremote")
        for address in METERS:
            self._send("/meters", address, 0, 0, 1)

    def _send(self, address: str, *arguments: int | str) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        builder = osc_message_builder.OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self._transport.sendto(builder.build().dgram)

    def error_received(self, exc: Exception) -> None:
        """Ignore a refused or unroutable datagram: silence is watched for anyway."""

    def datagram_received(self, data: bytes, addr: tuple[str | None, int]) -> None:
        """Take one datagram; what cannot be understood is counted and dropped."""
        try:
            message = osc_message.OscMessage(data)
            self._take(message.address, message.params)
        except (osc_message.ParseError, ValueError, TypeError, struct.error):
            self.malformed += 1
            return
        self.heard_at = asyncio.get_running_loop().time()
        if not self.connected:
            self.connected = True
            self._reading.restart()

    def _take(self, address: str, arguments: list[Any]) -> None:
        if address in METERS:
            self._take_meters(address, _words(arguments, METERS[address]))
        elif address == "/xinfo":
            _, self.name, self.model, self.firmware = (str(argument) for argument in arguments)
        elif arguments and self.mirror.take(address, arguments[0]):
            self._reading.answered(address)

    def _take_meters(self, address: str, words: Floats) -> None:
        now = asyncio.get_running_loop().time()
        if address == "/meters/1":
            level, gate, compressor = np.split(words, 3)
            self.mirror.meter(strips.INPUTS, level, gate, compressor, now)
        else:
            level, compressor = np.split(words, [len(strips.OUTPUTS)])
            # Left and right share one compressor: its word stands for both.
            compressor = np.insert(compressor, -1, compressor[-2])
            self.mirror.meter(strips.OUTPUTS, level, np.ones_like(level), compressor, now)


def _words(arguments: list[Any], count: int) -> Floats:
    """Unpack a meter blob: a little-endian word count, then as many little-endian float32."""
    (blob,) = arguments
    (said,) = struct.unpack_from("<i", blob)
    if said != count or len(blob) != 4 + 4 * count:
        raise ValueError(f"a meter blob of {len(blob)} bytes instead of {count} words")
    return np.frombuffer(blob, "<f4", count, offset=4).astype(np.float64)
