"""Steps back and forward again: what one hand did, as one.

    moves of one client ─▶ step: all it set at once, or as long as it turned the same knob
    undo ─▶ old values where nobody has moved on since;  redo ─▶ the new ones again
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from daemon.desk.console import Console
from daemon.errors import Denied
from daemon.history.moves import Move
from dsp.parameters.row import Stored

AT_ONCE_S = 0.05
SAME_KNOB_S = 1.0
"""Time between two moves of one step."""

MOST_STEPS = 1000
MOST_MOVES = 50_000
"""Oldest steps are forgotten: an evening must not take more memory than its first minutes.  A scene is 5,000 moves."""

MOST_GLIDING = 64
"""What sets more than this is heard as a recall is."""


@dataclass(eq=False, slots=True)
class Change:
    """What a step did to one parameter."""

    old: Stored
    new: Stored
    followed: bool


@dataclass(eq=False, slots=True)
class Step:
    """What one client did at once."""

    client: str
    last: float
    changes: dict[int, Change] = field(default_factory=dict)

    def add(self, move: Move) -> None:
        """Take a move into the step."""
        self.last = move.time
        change = self.changes.setdefault(move.leaf, Change(move.old, move.new, move.followed))
        change.new = move.new
        change.followed &= move.followed

    def goes_on(self, move: Move) -> bool:
        """Whether a move belongs to this step."""
        pause = move.time - self.last
        return self.client == move.by.client and (
            0 <= pause < AT_ONCE_S or (0 <= pause < SAME_KNOB_S and move.leaf in self.changes)
        )


class Steps:
    """What can be undone on a console.

    Parameters
    ----------
    console : Console
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._steps: deque[Step] = deque()
        self._undone: dict[str, list[Step]] = {}
        self._moves = 0

    def take(self, moves: Iterable[Move]) -> None:
        """Add moves that somebody has made."""
        for move in moves:
            if not move.by.client or move.stepping:
                continue
            # Who goes another way has nothing to redo.
            self._undone.pop(move.by.client, None)
            step = next((each for each in reversed(self._steps) if each.client == move.by.client), None)
            if step is None or not step.goes_on(move):
                step = Step(move.by.client, move.time)
                self._steps.append(step)
            self._moves += move.leaf not in step.changes
            step.add(move)
        while len(self._steps) > MOST_STEPS or self._moves > MOST_MOVES:
            self._moves -= len(self._steps.popleft().changes)

    def last(self, client: str | None = None, among: Callable[[int], bool] | None = None) -> Step | None:
        """The last step of a client, or of anybody; at certain leaves, only what it did there."""
        for step in reversed(self._steps):
            if client not in (None, step.client):
                continue
            if among is None:
                return step
            chosen = {leaf: change for leaf, change in step.changes.items() if among(leaf)}
            if chosen:
                return Step(step.client, step.last, chosen)
        return None

    def since(self, moment: float) -> Step:
        """All that was done since a moment, as one step."""
        whole = Step("", moment)
        for step in (each for each in self._steps if each.last >= moment):
            for leaf, change in step.changes.items():
                kept = whole.changes.setdefault(leaf, Change(change.old, change.new, change.followed))
                kept.new = change.new
                kept.followed &= change.followed
        return whole

    def undo(self, step: Step, by: str) -> int:
        """Set back what a step did, where nobody has moved on; return how many parameters.

        Raises
        ------
        Denied
            When whoever acts now may not set something of it; nothing has been set then.
        """
        step = Step(step.client, step.last, dict(step.changes))
        count = self._set({leaf: (each.new, each.old, each.followed) for leaf, each in step.changes.items()})
        for own in list(self._steps):
            for leaf, change in step.changes.items():
                is_of_it = own.changes.get(leaf) is change or (not step.client and own.last >= step.last)
                if is_of_it and own.changes.pop(leaf, None) is not None:
                    self._moves -= 1
            if not own.changes:
                self._steps.remove(own)
        self._undone.setdefault(by, []).append(step)
        return count

    def redo(self, by: str) -> int:
        """Do again what this client undid last; return how many parameters."""
        undone = self._undone.get(by)
        if not undone:
            return 0
        step = undone[-1]
        count = self._set({leaf: (each.old, each.new, each.followed) for leaf, each in step.changes.items()})
        undone.pop()
        self._steps.append(step)
        self._moves += len(step.changes)
        return count

    def _set(self, wanted: dict[int, tuple[Stored, Stored, bool]]) -> int:
        """Set what still stands as it was left: first what a hand did, then what followed from that."""
        values, console = self._console.values, self._console
        moves = {leaf: to for leaf, (now, to, _) in wanted.items() if values.get(leaf) == now}
        own = [leaf for leaf in moves if not wanted[leaf][2]]
        console.require(own, console.actor)
        if len(moves) > MOST_GLIDING:
            console.part()
        for leaf in own:
            console.set(leaf, moves[leaf])
        console.restore({leaf: to for leaf, to in moves.items() if wanted[leaf][2] and self._may_set(leaf)})
        if len(moves) > MOST_GLIDING:
            console.change_at_once()
        return len(moves)

    def _may_set(self, leaf: int) -> bool:
        try:
            self._console.require([leaf], self._console.actor)
        except Denied:
            return False
        return True
