"""Every accepted move: who set what to what, when, and at which frame of the stream.

    Console.set ─▶ note: old, new ─▶ (20 ms: one move for each address) ─▶ log on disk
                                                                        ─▶ steps that can be undone
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from daemon.desk import parts
from daemon.desk.console import Console
from daemon.wire.network import Client, Network
from dsp.engine import memory
from dsp.parameters.row import Param, Stored

COALESCED_S = 0.02
"""Moves of one client at one address within so much time are one."""


class By(NamedTuple):
    """Who moved something."""

    client: str
    """Address and port; empty for the console itself."""
    role: str


NOBODY = By("", "")


@dataclass
class Move:
    """One parameter set to another value."""

    leaf: int
    was: Param
    """What the parameter was before: that of an effect's depends on the effect."""
    param: Param
    """What it is now."""
    by: By
    followed: bool
    """Whether it says itself how everything is: set by a rule of the desk along with something else, or recalled."""
    stepping: bool
    """Whether it is a step back or forward."""
    time: float
    """Seconds since 1970."""
    frame: int
    """Of the stream, when it was set."""
    serial: int
    """Of the targets that brought it to the audio thread."""
    pace: int
    """Sub-blocks for which it rides, see `desk.rides`; 0 if it moves by itself."""
    old: Stored
    new: Stored

    def record(self, path: str) -> dict[str, Any]:
        """What the log keeps: values as the desk writes them, and the exact step."""
        return {
            "time": round(self.time, 3),
            "frame": self.frame,
            "serial": self.serial,
            "pace": self.pace,
            "client": self.by.client,
            "role": self.by.role,
            "address": path,
            "old": self.was.to_text(self.old).strip(),
            "new": self.param.to_text(self.new).strip(),
            "step": self.new,
        }


class Moves:
    """Notes what is set on a console.

    Parameters
    ----------
    console : Console
        Watched from now on.
    role_of : callable
        Role of a client.
    network : Network
        For time, and calls in a while.
    wall_clock : callable
        Seconds since 1970.

    Attributes
    ----------
    stepping : bool
        Whether what is set now is a step back or forward.
    takers : list of callable
        Each is given the moves that are complete, in order.
    """

    def __init__(
        self,
        console: Console,
        role_of: Callable[[Client], str],
        network: Network,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._console, self._role_of, self._network = console, role_of, network
        self._wall_clock = wall_clock
        self._known = console.values.copy()
        varying = [leaf for leaves in console.values.table.followers.values() for leaf in leaves]
        self._meant = {leaf: console.values.param(leaf) for leaf in varying}
        self._open: dict[int, tuple[float, object, Move]] = {}
        self._done: list[Move] = []
        self._is_waiting = False
        self.stepping = False
        self.takers: list[Callable[[list[Move]], None]] = []
        console.listeners.append(self._note)

    def flush(self, older_than: float = float("inf")) -> None:
        """Hand over the moves that began before a moment of the network's clock."""
        for leaf, (began, _, move) in list(self._open.items()):
            if began <= older_than:
                del self._open[leaf]
                self._done.append(move)
        done, self._done = [move for move in self._done if move.old != move.new], []
        if done:
            for take in self.takers:
                take(done)

    def _note(self, leaf: int, author: object) -> None:
        values, now = self._console.values, self._network.clock()
        old, new = self._known.get(leaf), values.get(leaf)
        self._remember(leaf, new)
        if values.table.path_of(leaf).startswith(parts.CLOCKWORK):
            return
        param = values.param(leaf)
        was = self._meant.get(leaf, param)
        if leaf in self._meant:
            self._meant[leaf] = param
        actor = self._console.actor
        if leaf in self._open:
            began, whose, move = self._open[leaf]
            if whose == actor and move.stepping == self.stepping and now - began < COALESCED_S:
                move.new, move.param, move.pace = new, param, self._console.pace_of(leaf)
                return
            self._done.append(self._open.pop(leaf)[2])
        by = By(str(actor), self._role_of(actor)) if isinstance(actor, Client) else NOBODY
        frame, serial = self._place()
        self._open[leaf] = now, actor, Move(
            leaf, was, param, by, self._console.is_following or self._console.recalling, self.stepping,
            self._wall_clock(), frame, serial, self._console.pace_of(leaf), old, new,
        )  # fmt: skip
        if not self._is_waiting:
            self._is_waiting = True
            self._network.later(COALESCED_S, self._wait)

    def _remember(self, leaf: int, new: Stored) -> None:
        if isinstance(new, str):
            self._known.texts[leaf] = new
        else:
            self._known.stored[leaf] = new

    def _place(self) -> tuple[int, int]:
        """Frame now, and serial of the targets that come next."""
        audio = self._console.audio
        return (0, 0) if audio is None else (audio.count(memory.FRAME), audio.published + 1)

    def _wait(self) -> None:
        self.flush(self._network.clock() - COALESCED_S)
        self._is_waiting = bool(self._open)
        if self._is_waiting:
            self._network.later(COALESCED_S, self._wait)
