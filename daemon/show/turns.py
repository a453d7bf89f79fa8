"""What takes its time is done beside the loop, in turn: nobody waits for a scene that is read or written.

    steps ─▶ (yield: heavy work) ─▶ thread ─▶ (its result) ─▶ steps go on, on the loop ─▶ the next in turn

Steps are written straight on, as a generator that yields whatever is heavy; without a thread they run through.
"""

import sys
from collections import Counter, deque
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from daemon import errors
from daemon.desk.console import Console
from daemon.files.disk import Disk

SWITCH_S = 0.0002
"""How long the thread may keep Python for itself while the loop wants it."""

Steps = Generator[Callable[[], Any], Any, Any]
"""Yields work for the thread and is sent its result; what it returns is told at last."""

Failed = Callable[[Exception], None]


class Turn(NamedTuple):
    """What somebody asked for."""

    steps: Steps
    then: Callable[[Any], None]
    failed: Failed
    actor: object


class Turns:
    """Does one thing after the other.

    Parameters
    ----------
    console : Console
        Knows on whose behalf things happen.
    files : Disk
        Its thread for thinking does the work.
    """

    def __init__(self, console: Console, files: Disk) -> None:
        self._console, self._files = console, files
        self._waiting: deque[Turn] = deque()
        self._busy = False
        self._recalling: Counter[object] = Counter()
        self.released: Callable[[Any], None] = lambda actor: None
        """Told who asked for a recall that is over."""
        sys.setswitchinterval(SWITCH_S)

    def take(self, steps: Steps, then: Callable[[Any], None], failed: Failed) -> None:
        """Do this after all that was asked for before; tell what it returns, or why it can't be done."""
        self._waiting.append(Turn(steps, then, failed, self._console.actor))
        self._next()

    def recall(self, steps: Steps, then: Callable[[Any], None], failed: Failed) -> None:
        """Do this in turn, too; whoever asks for it is heard again when it is done, see `holds`."""
        actor = self._console.actor
        self._recalling[actor] += 1

        def over() -> None:
            self._recalling[actor] -= 1
            if not self._recalling[actor]:
                del self._recalling[actor]
                self.released(actor)

        def done(result: Any) -> None:
            then(result)
            over()

        def undone(error: Exception) -> None:
            failed(error)
            over()

        self.take(steps, done, undone)

    def holds(self, actor: object) -> bool:
        """Whether somebody has asked for a recall that is not over: what they say next is about the desk after it."""
        return actor in self._recalling

    def _next(self) -> None:
        while self._waiting and not self._busy:
            self._busy = True
            self._go_on(self._waiting.popleft(), None)

    def _go_on(self, turn: Turn, result: Any) -> None:
        """Take the next step, on behalf of whoever asked for it."""
        before, self._console.actor = self._console.actor, turn.actor
        try:
            work = self._step(turn, result)
        finally:
            self._console.actor = before
        if work is None:
            self._busy = False
            return
        box: list[Any] = []

        def attempt() -> None:
            try:
                box.append(work())
            except Exception as error:  # it is thrown again on the loop, where the steps go on
                box.append(error)

        def finished() -> None:
            self._go_on(turn, box[0])
            self._next()

        self._files.think(attempt, finished)

    def _step(self, turn: Turn, result: Any) -> Callable[[], Any] | None:
        """Work that comes next; None when it is over."""
        try:
            if isinstance(result, Exception):
                return turn.steps.throw(result)
            return turn.steps.send(result)
        except StopIteration as end:
            turn.then(end.value)
        except (ValueError, OSError, errors.Refusal) as error:
            turn.failed(error)
        return None
