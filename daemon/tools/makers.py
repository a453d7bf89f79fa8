"""Which functions make of a parameter what the audio thread gets: noted while a draft is made, not written down.

    a draft is made ─▶ row read in `processing.design_eq` ─▶ which calls `eq.bands` of the processors

So the page of all parameters says where to look, see `reference`.
"""

import functools
import sys
from collections import defaultdict
from types import FrameType
from typing import Any

from dsp.design import draft, refresh, sheet, strips
from dsp.parameters.row import Choice
from dsp.parameters.table import Values
from dsp.table import TABLE

RATE = 48_000.0
HELPERS = {sheet.Noted.row.__code__, strips.row.__code__, draft.Desk.row.__code__}
"""Functions that read a row for somebody else."""
DESIGNS = ("dsp.processors.", "dsp.effects.library.design")
"""Where coefficients are made."""
TURNS = 32


def of_rows() -> dict[str, list[str]]:
    """By path of a row the functions that read it, and those of the processors that they call; within `dsp`."""
    watch = _Watch()
    for turn in range(TURNS):
        watch.make_draft(_values(turn))
    return {path: _names(watch, path, parts) for path, parts in watch.parts.items()}


def _values(turn: int) -> Values:
    """Values of a desk on which every choice has its turn: what is not chosen is not read."""
    values = Values(TABLE)
    for number, (path, row) in enumerate(TABLE.rows.items()):
        if isinstance(row, Choice) and not path.startswith("fx/"):
            for each in range(row.size):
                # Switches each at a pace of their own: one may hide what another shows.
                chosen = turn >> number % 5 if row.kind == "switch" else turn + each
                values.set(row.offset + each, chosen % row.steps)
    return values


class _Watch:
    """Looks on while drafts are made."""

    def __init__(self) -> None:
        self.readers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.parts: defaultdict[str, set[str]] = defaultdict(set)
        self.designs: defaultdict[str, set[str]] = defaultdict(set)

    def make_draft(self, values: Values) -> None:
        """Make a draft of these values."""
        desk = draft.Desk(values, RATE)
        desk.rack.load = lambda name: 0  # no effect has to be there
        sys.setprofile(self._called)
        try:
            refresh.everything(desk)
        finally:
            sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        if frame.f_code is sheet.Noted.row.__code__:
            part, path = _part(frame), frame.f_locals["path"]
            self.parts[path].add(part)
            self.readers[path, part].add(_reader(frame))
        elif _name(frame).startswith(DESIGNS) and _is_of_design(frame.f_back):
            self.designs[_part(frame)].add(_name(frame))


def _names(watch: _Watch, path: str, parts: set[str]) -> list[str]:
    found: list[str] = []
    for part in sorted(parts):
        found += (*sorted(watch.readers[path, part]), *sorted(watch.designs[part]))
    return list(dict.fromkeys(name.removeprefix("dsp.") for name in found))


def _reader(frame: FrameType | None) -> str:
    """Who wanted a row."""
    while frame is not None and (frame.f_code in HELPERS or frame.f_code.co_name.startswith("<")):
        frame = frame.f_back
    assert frame is not None
    return _name(frame)


def _part(frame: FrameType | None) -> str:
    """Part of the sheet that is being made."""
    while frame is not None and frame.f_back is not None and frame.f_back.f_code is not sheet.Sheet._make.__code__:
        frame = frame.f_back
    assert frame is not None
    return _name(frame)


def _name(frame: FrameType) -> str:
    return _named(frame.f_globals.get("__name__", ""), frame.f_code.co_qualname)


@functools.cache
def _named(module: str, function: str) -> str:
    return f"{module}.{function.partition('.<locals>')[0]}"


def _is_of_design(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_globals.get("__name__", "").startswith("dsp.design.")
