"""Cross-fades: the desk becomes another one in so many seconds, and whoever touches something keeps it.

    start ─────────────▶ target        what turns: a step at a time along its scale, as a hand would
          ↑      ↑      ↑
        begin  middle  end             what switches: when nobody hears it, else in the middle

Something that is switched on is first closed and comes up; something that is switched off goes down
first.  Each class of parameters may have a time of its own, see `pace`.  The audio thread glides between
the steps, and what switches is heard as a recall is, see `dsp.change`.
"""

import re

import numpy as np

from daemon.desk import parts
from daemon.desk.console import Console, differences
from daemon.desk.parts import NOWHERE, Part
from daemon.show.fade_times import Pace
from daemon.wire.network import Network
from dsp.parameters.row import Continuous, Stored
from dsp.parameters.table import Values
from dsp.table import TABLE

STEP_S = 0.02
NO_TIME_S = 1e-9  # what fades in no time at all is there at the first step
BEGIN, MIDDLE, END = 0.0, 0.5, 1.0

_SWITCHED_LEVEL = (
    (re.compile(r"/mix/on$"), "/mix/fader"),
    (re.compile(r"(/mix/\d\d)/on$"), r"\1/level"),
    (re.compile(r"/mix/mono$"), "/mix/mlevel"),
    (re.compile(r"(/dca/\d)/on$"), r"\1/fader"),
)
"""Switches, and the level each of them silences."""

_DELAY = re.compile(r"/delay/?time$")


class Plan:
    """How each leaf gets from its value to another one.

    Parameters
    ----------
    now, wanted : Values
        The desk as it is, and as it is to be.

    Attributes
    ----------
    turns : dict of int to tuple of int
        First and last step of each leaf that turns.
    switches : dict of int to float
        Share of the time after which each other leaf is set, in the order of the table.
    target : dict of int to stored value
        What each leaf is in the end, in the order of the table: a type before its parameters.
    """

    def __init__(self, now: Values, wanted: Values) -> None:
        self._now, self._wanted = now, wanted
        self._moments = {NOWHERE: MIDDLE}
        table = now.table
        changed = set(differences(now, wanted))
        for leaf in [leaf for leaf in changed if leaf in table.followers]:
            changed.update(table.followers[leaf])
        self.turns: dict[int, tuple[int, int]] = {}
        self.switches: dict[int, float] = {}
        for leaf in sorted(changed):
            self._add(leaf)
        for leaf in [leaf for leaf in self.switches if now.param(leaf).kind == "switch"]:
            self._close_while_off(leaf)
        self.target = {leaf: wanted.get(leaf) for leaf in sorted({*self.turns, *self.switches})}

    def _add(self, leaf: int) -> None:
        param = self._now.param(leaf)
        if isinstance(param, Continuous) and param is self._wanted.param(leaf) and not self._is_delay(leaf):
            self.turns[leaf] = (int(self._now.get(leaf)), int(self._wanted.get(leaf)))
        else:
            self.switches[leaf] = self._moment(int(parts.of(self._now.table).strip[leaf]))

    def _is_delay(self, leaf: int) -> bool:
        """Whether a leaf is the time of a delay line: one that is turned slowly sounds like a flanger."""
        return _DELAY.search(self._now.table.path_of(leaf)) is not None

    def _moment(self, strip: int) -> float:
        """When a strip's switches are best thrown: while it is silent, if it is at either end."""
        if strip not in self._moments:
            at_begin, at_end = is_silent(self._now, strip), is_silent(self._wanted, strip)
            self._moments[strip] = BEGIN if at_begin else END if at_end else MIDDLE
        return self._moments[strip]

    def _close_while_off(self, leaf: int) -> None:
        """Let the level behind a switch begin or end closed, and the switch be thrown there."""
        table = self._now.table
        path = table.path_of(leaf)
        for switch, level in _SWITCHED_LEVEL:
            if switch.search(path):
                behind = table.leaves[switch.sub(level, path)]
                on = bool(self._wanted.get(leaf))
                self.switches[leaf] = BEGIN if on else END
                values = self._wanted if on else self._now
                step = int(values.get(behind))
                self.turns[behind] = (0, step) if on else (step, 0)
                return


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
        self._target: dict[int, Stored] = {}
        self._round = 0
        self._is_moving = False
        console.listeners.append(self._release)
        console.confirmed.append(self._keep)

    def begin(self, wanted: Values, pace: Pace) -> int:
        """Set out for other values, so many of them; a fade that is under way stays where it is."""
        plan = Plan(self._console.values, self._console.permitted(wanted))
        self._target = plan.target
        seconds = pace.of(wanted.table)
        # What waits until nobody hears it waits for the faders.
        self._due = {
            leaf: moment * (max(seconds[leaf], pace.of_levels()) if moment == END else seconds[leaf])
            for leaf, moment in plan.switches.items()
        }
        self._leaves = np.array(list(plan.turns), np.int64)
        self._seconds = np.maximum(seconds[self._leaves], NO_TIME_S)
        self._start, self._end = np.array(list(plan.turns.values()), float).reshape(-1, 2).T
        self._at = np.full(self._leaves.size, -1)
        self._begun, self._longest = self._network.clock(), pace.longest
        self._round += 1
        self._step(self._round)
        return len(plan.target)

    def stop(self) -> None:
        """Leave everything where it is."""
        self._target = {}

    def _step(self, of_round: int) -> None:
        """Set what has to move now, unless another fade has begun or this one was stopped."""
        if not self._target or of_round != self._round:
            return
        passed = self._network.clock() - self._begun
        self._turn(passed)
        if passed < self._longest:
            self._throw([leaf for leaf, due in self._due.items() if due <= passed])
            self._network.later(STEP_S, lambda: self._step(of_round))
            return
        # Switches that silence come before the levels behind them; then all is as it was wanted.
        self._throw(list(self._due))
        for leaf in self._target:
            self._set_finally(leaf)
        self.stop()

    def _throw(self, switches: list[int]) -> None:
        """Set switches, all of which are heard as one."""
        if switches:
            self._console.part()
        for leaf in switches:
            del self._due[leaf]
            self._set_finally(leaf)
        if switches:
            self._console.change_at_once()

    def _turn(self, passed: float) -> None:
        """Set what turns as far as it has come after so many seconds, where that is another step than before."""
        share = np.minimum((passed + NO_TIME_S) / self._seconds, END)
        steps = np.rint(self._start + (self._end - self._start) * share).astype(np.int64)
        moved = np.flatnonzero(steps != self._at)
        self._at = steps
        for leaf, step in zip(self._leaves[moved].tolist(), steps[moved].tolist(), strict=True):
            self._set(leaf, step)

    def _set_finally(self, leaf: int) -> None:
        if leaf in self._target:
            self._set(leaf, self._target[leaf])

    def _set(self, leaf: int, stored: Stored) -> None:
        if leaf in self._target:
            # As in a recall: the scene says itself how everything is.
            self._is_moving = self._console.recalling = True
            self._console.set(leaf, stored, self)
            self._is_moving = self._console.recalling = False

    def _release(self, leaf: int, author: object) -> None:
        """Let go of what somebody has touched; what follows from a step of our own is no touch."""
        if self._target and not self._is_moving:
            self._target.pop(leaf, None)

    def _keep(self, leaf: int, author: object) -> None:
        """Let go of a mute that somebody has pressed again; what tablets tell again of levels is no touch."""
        if TABLE.row_of(leaf).kind == "switch":
            self._release(leaf, author)


def is_silent(values: Values, strip: int) -> bool:
    """Whether a strip is muted or closed."""
    where = parts.of(values.table)
    own = where.strip == strip
    mute, fader = (np.flatnonzero(own & (where.part == part))[0] for part in (Part.MUTE, Part.FADER))
    return not values.get(int(mute)) or not values.get(int(fader))
