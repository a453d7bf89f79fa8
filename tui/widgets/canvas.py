"""A sheet of cells: one array of letters, one of inks.

Drawing on arrays lets a bank of any size be painted by a handful of numpy
statements, and two sheets tell by comparison which cells the terminal must be
sent: over SSH most of the cost of a meter is its bytes.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tui import theme


def _papers() -> NDArray[np.int_]:
    """Numbers of the papers, by ink: blank cells look alike whatever ink is on a paper, unless it is reversed."""
    signs = [f"{style.bgcolor} {ink * bool(style.reverse)}" for ink, style in sorted(theme.STYLES.items())]
    return np.unique(signs, return_inverse=True)[1]


_PAPERS = _papers()


def restyle() -> None:
    """Learn the papers of the look that is worn."""
    _PAPERS[:] = _papers()


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

    def changes(self, before: Canvas) -> list[Region]:
        """Return, for every row that differs from the equally large canvas `before`, the part that does."""
        differs = (self.letters != before.letters) | (self.inks != before.inks)
        regions = []
        for y in np.flatnonzero(differs.any(axis=1)).tolist():
            columns = np.flatnonzero(differs[y])
            regions.append(Region(int(columns[0]), y, int(columns[-1] - columns[0]) + 1, 1))
        return regions

    def strip(self, y: int) -> Strip:
        """Return row `y` as the terminal's styled text: one segment per run of equal ink."""
        inks = _runs(self.letters[y] == " ", self.inks[y])
        text = self.letters[y].tobytes().decode("utf-32-le")
        edges = [0, *(np.flatnonzero(inks[1:] != inks[:-1]) + 1).tolist(), len(text)]
        return Strip(
            [
                Segment(text[start:end], theme.STYLES[int(inks[start])])
                for start, end in itertools.pairwise(edges)
                if start < end
            ],
            len(text),
        )


def _runs(blank: NDArray[np.bool_], inks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Let blank cells take over the ink to their left if the paper is the same: fewer runs, fewer bytes."""
    papers = _PAPERS[inks]
    follows = blank[1:] & (papers[1:] == papers[:-1])
    leader = np.arange(len(inks))
    leader[1:][follows] = 0
    return inks[np.maximum.accumulate(leader)]
