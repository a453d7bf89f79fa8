"""Failures, caused for real, and what came of them: what is promised."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from rigs import servers

PATIENCE_S = 120.0


class Fault(NamedTuple):
    """One line of the table."""

    name: str
    promise: str
    cause: Callable[[Path], str]


FAULTS: list[Fault] = []


def fault(promise: str) -> Callable[[Callable[[Path], str]], Callable[[Path], str]]:
    """Put a function into the table, with what it proves."""

    def add(cause: Callable[[Path], str]) -> Callable[[Path], str]:
        FAULTS.append(Fault(inspect.getdoc(cause) or "", promise, cause))
        return cause

    return add


class Watched:
    """A daemon whose log is read while something fails."""

    FADER = "/ch/03/mix/fader"

    def __init__(self, desk: servers.Desk) -> None:
        self.desk = desk
        self.before: list[Any] = []
        self.moves(0.25)

    def moves(self, level: float) -> None:
        """Somebody moves a fader."""
        self.desk.set(self.FADER, level)
        self.before = self.desk.get(self.FADER)

    def waits_for(self, line: str, times: int = 1) -> float:
        """Seconds until a line is logged."""
        began = time.monotonic()
        said = self.desk.process.lines
        self.desk.process.wait_for(lambda: len(said(line)) >= times, f"{line!r}", PATIENCE_S)
        return time.monotonic() - began

    def is_kept(self) -> None:
        """The desk is as it was."""
        assert self.desk.get(self.FADER) == self.before

    def sounds(self) -> None:
        """The mixer is asked for audio."""
        before = self.desk.calls()
        self.desk.process.wait_for(lambda: self.desk.calls() > before + 100, "audio", PATIENCE_S)

    def said(self) -> str:
        """Everything it said."""
        return self.desk.process.log.read_text(errors="replace")

    def is_well(self) -> None:
        """It sounds, it answers, and nothing that it said is a riddle."""
        self.sounds()
        self.is_kept()
        assert "Traceback" not in self.said()
