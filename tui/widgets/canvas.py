"""A sheet of cells: one array of letters, one of inks.

Drawing on arrays lets a bank of any size be painted by a handful of numpy
statements, and two sheets tell by comparison which cells the terminal must be
sent: over SSH most of the cost of a meter is its bytes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.strip import Strip

from tui import theme


def _papers() -> NDArray[np.int_]:
    """Numbers of the papers, by ink: blank cells look alike whatever ink is on a paper, unless it is reversed."""
    signs = [f"{style.bgcolor} {ink * bool(style.reverse)}" for ink, style in sorted(theme.STYLES.items())]
    return np.unique(signs, return_inverse=True)[1]


_PAPERS = _papers()

JOINED = 4
"""Cells that did not change and are sent all the same, since leaving them out takes as many bytes."""


def restyle() -> None:
    """Learn the papers of the look that is worn."""
    _PAPERS[:] = _papers()


class Span(NamedTuple):
    """Cells of one row, from the first to before the last one."""

    y: int
    first: int
    end: int


class Canvas:
    """`height` × `width` cells.

    Attributes
    ----------
    letters : ndarray of str, shape (height, width)
        One character each, one cell wide.
    inks : ndarray of uint8, shape (height, width)
        Numbers of `theme.Ink`.
    """

    def __init__(self, width: int, height: int) -> None:
        self.letters: NDArray[np.str_] = np.full((height, width), " ", "<U1")
        self.inks: NDArray[np.uint8] = np.full((height, width), theme.Ink.SURROUND, np.uint8)

    def write(self, y: int, x: int, text: str, ink: int) -> None:
        """Write `text` from cell (`x`, `y`) to the right; what does not fit is cut."""
        text = text[: max(self.letters.shape[1] - x, 0)]
        self.letters[y, x : x + len(text)] = list(text)
        self.inks[y, x : x + len(text)] = ink

    def copy(self) -> Canvas:
        """Return an independent copy."""
        twin = Canvas(0, 0)
        twin.letters, twin.inks = self.letters.copy(), self.inks.copy()
        return twin

    def changes(self, before: Canvas) -> list[Span]:
        """Return what differs from the equally large canvas `before`, row by row."""
        differs = (self.letters != before.letters) | (self.inks != before.inks)
        spans = []
        for y in np.flatnonzero(differs.any(axis=1)).tolist():
            columns = np.flatnonzero(differs[y])
            breaks = np.flatnonzero(np.diff(columns) > JOINED)
            firsts = columns[np.concatenate(([0], breaks + 1))].tolist()
            lasts = columns[np.concatenate((breaks, [-1]))].tolist()
            spans += [Span(y, first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
        return spans

    def runs(self, y: int, first: int, end: int) -> Iterator[tuple[str, int]]:
        """Text and ink of each run of cells that look alike."""
        letters = self.letters[y, first:end]
        inks = _joined(letters == " ", self.inks[y, first:end])
        text = letters.tobytes().decode("utf-32-le")
        edges = [0, *(np.flatnonzero(inks[1:] != inks[:-1]) + 1).tolist(), len(text)]
        for start, stop in itertools.pairwise(edges):
            if start < stop:
                yield text[start:stop], int(inks[start])

    def strip(self, y: int) -> Strip:
        """Return row `y` as the toolkit's styled text."""
        width = self.letters.shape[1]
        return Strip([Segment(text, theme.STYLES[ink]) for text, ink in self.runs(y, 0, width)], width)


def _joined(blank: NDArray[np.bool_], inks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Let blank cells take over the ink to their left if the paper is the same: fewer runs, fewer bytes."""
    papers = _PAPERS[inks]
    follows = blank[1:] & (papers[1:] == papers[:-1])
    leader = np.arange(len(inks))
    leader[1:][follows] = 0
    return inks[np.maximum.accumulate(leader)]
