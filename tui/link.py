"""The wire: an ordinary X32 client over UDP that keeps a mirror true.

    open ─▶ ask who is there, subscribe ─▶ read every label ─▶ follow pushes and meters
      ▲                                                             │
      └────────────── silent too long: retry, then reopen ◀─────────┘

Datagrams get lost.  Leases are renewed twice in their lifetime, unanswered
questions are asked again, and one label after another is read again for ever, so
a lost push is healed too.  What the open page shows is read first and more often.
After a silence everything is read afresh: it may be another console, or the same
one after a restart.

A hand's move is sent, believed at once, and read back: what the console made of it
stands a moment later.  A console that says why it refused (`/faderd/error`) is heard.
"""

from __future__ import annotations

import asyncio
import json
import math
import socket
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from pythonosc import osc_message

from dsp.parameters.row import Stored, Wire
from dsp.table import TABLE
from tui import datagrams, reading, strips
from tui.desk import Desk
from tui.mirror import Floats, Mirror

RENEW_S = 4.0
"""Leases last 10 s: at this pace two renewals must be lost before one ends."""
LOST_S = 2.0
REOPEN_S = 6.0
"""A new socket is a new client to the console, which has room for four: not too often."""
TICK_S = 0.05

METERS = {"/meters/1": 96, "/meters/2": 49, "/meters/3": 22}
"""The meter blobs asked for, with their number of words."""
AUX_SENDS = 6
"""Words of `/meters/3` before the aux inputs."""

OPEN = np.ones(len(strips.STRIPS))
_LAST = METERS["/meters/2"] - len(strips.OUTPUTS) - 1
OUTPUT_COMPRESSORS = [*range(_LAST), _LAST - 1, _LAST]
"""Words of gain reduction by strip: left and right share one compressor, and its word stands for both."""

HEALTH = "/faderd/health"
"""Where a console of this kind tells how it does, by itself once a second; others stay silent."""

UNDO_STEPS = 200
HAND_S = 2.0
"""For so long after a move that the console has not confirmed, another value may have been on its way before it.

It is asked for again: over a long way, or at a busy machine, a second step would else begin where the first one did.
"""
RESEND_S = 0.2
"""How often a move is sent again while the console still says what stood there before: datagrams get lost."""
REFUSED_S = 6.0
"""How long a refusal is shown."""


class Refusal(NamedTuple):
    """What the console, or this program, would not do."""

    address: str
    reason: str
    at: float


class Touch(NamedTuple):
    """A move that the console has not confirmed yet."""

    at: float
    sent_at: float
    stored: Stored
    earlier: frozenset[Stored]
    """What stood there before, and what this hand made of it on the way."""
    doubts: int
    """Answers that were on their way when the hand moved: they confirm nothing, even where they tell the same value."""


class Change(NamedTuple):
    """A value before and after a hand was on it."""

    address: str
    before: Stored
    after: Stored


Move = tuple[Change, ...]
"""What a hand did in one go, for the way back: one change, or all of a strip."""


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
    desk : Desk
        Every value heard.
    refused : Refusal or None
        The last thing that was not done, and why.
    read_only : bool
        Whether nothing may be set from here.
    health : dict
        What the console last told of itself; empty where it tells nothing.
    """

    def __init__(self, host: str, port: int, mirror: Mirror, *, read_only: bool = False) -> None:
        self.host = host
        self.port = port
        self.mirror = mirror
        self.desk = Desk()
        self.read_only = read_only
        self.refused: Refusal | None = None
        self.health: dict[str, Any] = {}
        self._moves: list[Move] = []
        self._undone: list[Move] = []
        self._meters: dict[str, tuple[int, ...]] = {address: (0, 0, 1) for address in METERS}
        self._leases: set[str] = set()
        self._touched: dict[str, Touch] = {}
        self._listeners: dict[str, Callable[[list[Any]], None]] = {}
        self.connected = False
        self.heard_at = -math.inf
        self.name = self.model = self.firmware = ""
        self.malformed = 0
        self._reading = reading.Reading(strips.LEAVES)
        self._transport: asyncio.DatagramTransport | None = None

    async def run(self) -> None:
        """Stay in touch until cancelled, whatever happens to the console or the network."""
        try:
            while True:
                try:
                    await self._open()
                except OSError:  # no route, no name server: the same to the reader as no answer
                    await asyncio.sleep(reading.RETRY_S)
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
            if now - renewed_at >= (reading.RETRY_S if silent_s >= reading.RETRY_S else RENEW_S):
                self._renew()
                renewed_at = now
            if self.connected:
                for address in self._reading.next(now):
                    self._send(address)
            await asyncio.sleep(TICK_S)

    def _renew(self) -> None:
        self._send("/xinfo")
        self._send("/xremote")
        self._send("/faderd/errors", 1)
        self._send(HEALTH, 1)
        for address, arguments in self._meters.items():
            self._send("/meters", address, *arguments)
        for address in self._leases:
            self._send(address, 1)

    # --- what pages ask for ---------------------------------------------------------------------

    def watch(self, addresses: Iterable[str]) -> None:
        """Read these first and again and again: what the open page shows."""
        self._reading.turn(addresses)

    def read(self, addresses: Iterable[str]) -> None:
        """Read these once, and again until they are answered."""
        self._reading.also(addresses)

    def listen(self, address: str, listener: Callable[[list[Any]], None], meter: tuple[int, ...] | None = None) -> None:
        """Hand the arguments of what comes at an address to a listener; with `meter`, subscribe to that meter too."""
        self._listeners[address] = listener
        if meter is not None:
            self._meters[address] = meter
            self._send("/meters", address, *meter)

    def leave(self, address: str) -> None:
        """Stop listening."""
        self._listeners.pop(address, None)
        self._meters.pop(address, None)
        self._leases.discard(address)

    def lease(self, address: str) -> None:
        """Have this told again and again, until `leave`."""
        self._leases.add(address)
        self._send(address, 1)

    def lost_device(self) -> str | None:
        """Why no sound leaves the console: its device has gone; None while it plays, or does not tell."""
        device = self.health.get("device", {})
        return None if device.get("playing", True) else str(device.get("why") or device.get("name", ""))

    def ask(self, address: str, *arguments: Wire) -> None:
        """Send a question: it changes nothing at the console."""
        self._send(address, *arguments)

    # --- what hands do ---------------------------------------------------------------------------

    def set(self, address: str, stored: Stored) -> bool:
        """Set a parameter; False when this program may only look.

        The way back is kept while the value before was known.
        """
        return self.set_all({address: stored})

    def set_all(self, wanted: Mapping[str, Stored]) -> bool:
        """Set many parameters in one move."""
        if not wanted or self._refuse_hands(next(iter(wanted))):
            return False
        move = tuple(
            Change(address, self.desk.stored(address), stored)
            for address, stored in wanted.items()
            if self.desk.knows(address) and self.desk.stored(address) != stored
        )
        for address, stored in wanted.items():
            self._tell(address, stored)
        if move:
            self._undone.clear()
            self._remember(move)
        return True

    def _tell(self, address: str, stored: Stored) -> None:
        """Tell the console a value, believe it, and read it back."""
        now = asyncio.get_running_loop().time()
        touch = self._touched.get(address)
        earlier = {touch.stored, *touch.earlier} if touch else set()
        if self.desk.knows(address):
            earlier.add(self.desk.stored(address))
        doubts = self._reading.on_their_way(address, now)
        self._touched[address] = Touch(now, now, stored, frozenset(earlier - {stored}), doubts)
        wire = self.desk.param(address).to_wire(stored)
        self._send(address, wire)
        self._believe(address, wire)
        self._reading.again(address)

    def _remember(self, move: Move) -> None:
        """Keep the way back; a knob that is turned on is one move."""
        if self._moves and len(move) == len(self._moves[-1]) == 1:
            (last,), (change,) = self._moves[-1], move
            if last.address == change.address and last.after == change.before:
                move = (change._replace(before=last.before),)
                self._moves.pop()
        self._moves.append(move)
        del self._moves[:-UNDO_STEPS]

    def undo(self) -> str | None:
        """Take the last move of this terminal back; what that was, or None when there is none."""
        return self._go(self._moves, self._undone, back=True)

    def redo(self) -> str | None:
        """Do again what was taken back."""
        return self._go(self._undone, self._moves, back=False)

    def _go(self, source: list[Move], target: list[Move], *, back: bool) -> str | None:
        if not source or self._refuse_hands(source[-1][0].address):
            return None
        move = source.pop()
        for change in move:
            self._tell(change.address, change.before if back else change.after)
        target.append(move)
        return move[0].address if len(move) == 1 else f"{move[0].address} and {len(move) - 1} more"

    def command(self, address: str, *arguments: Wire) -> bool:
        """Make the console do something; False when this program may only look."""
        if self._refuse_hands(address):
            return False
        self._send(address, *arguments)
        return True

    def _refuse_hands(self, address: str) -> bool:
        if self.read_only:
            self._refuse(address, "this terminal may only look: it was started with --read-only")
        elif not self.connected:
            self._refuse(address, "there is no console to hear it")
        else:
            return False
        return True

    def refusal(self, now: float) -> Refusal | None:
        """What was refused a moment ago."""
        return self.refused if self.refused is not None and now - self.refused.at < REFUSED_S else None

    def _refuse(self, address: str, reason: str) -> None:
        self.refused = Refusal(address, reason, asyncio.get_running_loop().time())

    def _believe(self, address: str, argument: Wire) -> bool:
        known = self.desk.take(address, argument)
        return self.mirror.take(address, argument) or known

    # --- the wire ------------------------------------------------------------------------------------

    def _send(self, address: str, *arguments: Wire) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.sendto(datagrams.datagram(address, *arguments) if arguments else datagrams.question(address))

    def error_received(self, exc: Exception) -> None:
        """Ignore a refused or unroutable datagram: silence is watched for anyway."""

    def datagram_received(self, data: bytes, addr: tuple[str | None, int]) -> None:
        """Take one datagram; what cannot be understood is counted and dropped."""
        try:
            self._take(*datagrams.parsed(data))
        except (osc_message.ParseError, ValueError, TypeError, IndexError, struct.error):
            self.malformed += 1
            return
        self.heard_at = asyncio.get_running_loop().time()
        if not self.connected:
            self.connected = True
            self.health = {}
            self.desk.forget()
            self._reading.restart()

    def _take(self, address: str, arguments: list[Any]) -> None:
        if address in METERS:
            self._take_meters(address, datagrams.words(arguments, METERS[address]))
        elif address == "/xinfo":
            _, self.name, self.model, self.firmware = (str(argument) for argument in arguments)
        elif address == HEALTH:
            self.health = dict(json.loads(str(arguments[0])))
        elif address == "/faderd/error":
            where, reason = (str(argument) for argument in arguments[:2])
            self._refuse(where, reason)
            if where in TABLE.leaves:
                self._touched.pop(where, None)
                self._reading.again(where)  # what was believed is not so
        elif arguments and self._is_from_before(address, arguments[0]):
            self._ask_again(address, arguments[0])
        elif arguments and self._believe(address, arguments[0]):
            self._reading.answered(address)
        if listener := self._listeners.get(address):
            listener(arguments)

    def _is_from_before(self, address: str, argument: Wire) -> bool:
        """Whether a value may have left the console before the last move here arrived there."""
        touch = self._touched.get(address)
        if touch is None:
            return False
        is_there = self.desk.param(address).from_wire(argument) == touch.stored and not touch.doubts
        if is_there or asyncio.get_running_loop().time() - touch.at > HAND_S:
            del self._touched[address]
            return False
        self._touched[address] = touch._replace(doubts=max(touch.doubts - 1, 0))
        return True

    def _ask_again(self, address: str, argument: Wire) -> None:
        """Ask where a move has brought a value; where nothing has moved, it may have been lost and is sent again."""
        now, touch, param = asyncio.get_running_loop().time(), self._touched[address], self.desk.param(address)
        if now - touch.sent_at >= RESEND_S and param.from_wire(argument) in touch.earlier:
            self._send(address, param.to_wire(touch.stored))
            self._touched[address] = touch._replace(sent_at=now)
        self._reading.again(address)

    def _take_meters(self, address: str, heard: Floats) -> None:
        now = asyncio.get_running_loop().time()
        if address == "/meters/1":
            level, gate, compressor = heard.reshape(3, -1)
            self.mirror.meter(strips.INPUTS, level, gate, compressor, now)
        elif address == "/meters/2":
            level, compressor = heard[: len(strips.OUTPUTS)], heard[len(strips.OUTPUTS) :]
            self.mirror.meter(strips.OUTPUTS, level, OPEN[: len(level)], compressor[OUTPUT_COMPRESSORS], now)
        else:
            level = heard[AUX_SENDS:]
            self.mirror.meter(strips.RETURNS, level, OPEN[: len(level)], OPEN[: len(level)], now)
