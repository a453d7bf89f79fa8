"""Cross-fades: the desk becomes another one in so many seconds, and whoever touches something keeps it.

    start ─────────────▶ target        what turns: a step at a time along its scale, as a hand would
          ↑      ↑      ↑
        begin  middle  end             what switches: when nobody hears it, else in the middle

Something that is switched on is first closed and comes up; something that is switched off goes down
first.  The audio thread glides between the steps.
"""

import re
from typing import NamedTuple

import numpy as np

from daemon import places
from daemon.console import Console, differences
from daemon.network import Network
from daemon.places import NOWHERE, Part
from dsp.parameters import Values
from dsp.row import Continuous, Stored

STEP_S = 0.02
BEGIN, MIDDLE, END = 0.0, 0.5, 1.0

_SWITCHED_LEVEL = (
    (re.compile(r"/mix/on$"), "/mix/fader"),
    (re.compile(r"(/mix/\d\d)/on$"), r"\1/level"),
    (re.compile(r"/mix/mono$"), "/mix/mlevel"),
    (re.compile(r"(/dca/\d)/on$"), r"\1/fader"),
)
"""Switches, and the level each of them silences."""


class Move(NamedTuple):
    """One leaf on its way."""

    start: Stored
    target: Stored
    moment: float | None
    """Share of the time after which it switches; None if it turns all the way."""

    def at(self, share: float) -> Stored:
        """Where it is after a share of the time."""
        if self.moment is not None or isinstance(self.start, str) or isinstance(self.target, str):
            return self.target if share >= (self.moment or 0) else self.start
        return round(self.start + (self.target - self.start) * share) if share < END else self.target


class Fade:
    """Moves the desk to other values, one fade at a time.

    Parameters
    ----------
    console : Console
        What is moved.
    network : Network
        For time, and calls in a while.
    """

    def __init__(self, console: Console, network: Network) -> None:
        self._console = console
        self._network = network
        self._moves: dict[int, Move] = {}
        self._last: dict[int, Stored] = {}
        self._begun = self._seconds = 0.0
        console.listeners.append(self._release)

    def begin(self, wanted: Values, seconds: float) -> None:
        """Set out for other values; a fade that is under way stays where it is."""
        self.stop()
        self._moves = plan(self._console.values, wanted)
        # What everything is set to last, in the order of the table: a type before its parameters.
        self._last = {leaf: wanted.get(leaf) for leaf in self._moves}
        self._begun, self._seconds = self._network.clock(), seconds
        self._step()

    def stop(self) -> None:
        """Leave everything where it is."""
        self._moves = {}

    def _step(self) -> None:
        """Set what has to move now."""
        if not self._moves:
            return
        share = min((self._network.clock() - self._begun) / self._seconds, END)
        for leaf, move in list(self._moves.items()):
            self._console.set(leaf, move.at(share), self)
        if share < END:
            self._network.later(STEP_S, self._step)
            return
        # The very end is what was wanted, whatever a type or a link has set meanwhile.
        for leaf in list(self._moves):
            self._console.set(leaf, self._last[leaf], self)
        self.stop()

    def _release(self, leaf: int, author: object) -> None:
        """Let go of what somebody has touched."""
        if self._moves and author is not self:
            self._moves.pop(leaf, None)


def plan(now: Values, wanted: Values) -> dict[int, Move]:
    """How each leaf gets from its value to another one.

    Parameters
    ----------
    now, wanted : Values
        The desk as it is, and as it is to be.

    Returns
    -------
    moves : dict of int to Move
        In the order of the table.
    """
    table = now.table
    changed = set(differences(now, wanted))
    for leaf in [leaf for leaf in changed if leaf in table.followers]:
        changed.update(table.followers[leaf])
    moves = {leaf: _move(now, wanted, leaf) for leaf in sorted(changed)}
    for leaf in [leaf for leaf in moves if _switches(now, wanted, leaf)]:
        _close_while_off(now, wanted, leaf, moves)
    return {leaf: moves[leaf] for leaf in sorted(moves)}


def _move(now: Values, wanted: Values, leaf: int) -> Move:
    turns = isinstance(now.param(leaf), Continuous) and now.param(leaf) is wanted.param(leaf)
    moment = None if turns else _moment(now, wanted, int(places.of(now.table).strip[leaf]))
    return Move(now.get(leaf), wanted.get(leaf), moment)


def _moment(now: Values, wanted: Values, strip: int) -> float:
    """When a strip's switches are best thrown: while it is silent, if it is at either end."""
    if strip == NOWHERE:
        return MIDDLE
    if is_silent(now, strip):
        return BEGIN
    return END if is_silent(wanted, strip) else MIDDLE


def is_silent(values: Values, strip: int) -> bool:
    """Whether a strip is muted or closed."""
    where = places.of(values.table)
    own = where.strip == strip
    mute, fader = (np.flatnonzero(own & (where.part == part))[0] for part in (Part.MUTE, Part.FADER))
    return not values.get(int(mute)) or not values.get(int(fader))


def _switches(now: Values, wanted: Values, leaf: int) -> bool:
    return now.param(leaf).kind == "switch" and now.get(leaf) != wanted.get(leaf)


def _close_while_off(now: Values, wanted: Values, leaf: int, moves: dict[int, Move]) -> None:
    """Let the level behind a switch begin or end closed, and the switch be thrown there."""
    table = now.table
    path = table.path_of(leaf)
    for switch, level in _SWITCHED_LEVEL:
        if switch.search(path):
            behind = table.leaves[switch.sub(level, path)]
            if wanted.get(leaf):
                moves[leaf] = moves[leaf]._replace(moment=BEGIN)
                moves[behind] = Move(0, wanted.get(behind), None)
            else:
                moves[leaf] = moves[leaf]._replace(moment=END)
                moves[behind] = Move(now.get(behind), 0, None)
            return
