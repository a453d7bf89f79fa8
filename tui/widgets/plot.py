"""A plot in braille: two dots across and four down in each cell, with bars behind the curve.

    +15 ┤        ⢀⡠⠤⣀
      0 ┤⠒⠒⠒⠒⠒⠊⠁    ⠑⠒⠒⠒
    −15 ┤
        50  100   1k   10k
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tui.theme import Ink
from tui.widgets import canvas, cells

Floats = NDArray[np.float64]

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille letter by row and column of its dots."""
BLANK = 0x2800
BLOCKS = " ▁▂▃▄▅▆▇█"
LEFT = 5
"""Columns of the scale."""


class Plot(cells.Cells):
    """One curve over equal columns, and bars behind it.

    Parameters
    ----------
    lowest, highest : float
        Ends of the scale.
    marks : sequence of float
        Values written at the scale.
    below : mapping of float to str
        What is written below, by its place from 0 to 1.
    """

    DEFAULT_CSS = "Plot { height: 1fr; width: 1fr; }"

    def __init__(
        self, lowest: float, highest: float, marks: Sequence[float], below: Mapping[float, str], id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._lowest, self._highest, self._marks, self._below = lowest, highest, marks, below

    def measure(self, lowest: float, highest: float, marks: Sequence[float], below: Mapping[float, str]) -> None:
        """Take another scale."""
        self._lowest, self._highest, self._marks, self._below = lowest, highest, marks, below

    @property
    def columns(self) -> int:
        """Points of a curve: two for each column of cells."""
        return max(self.size.width - LEFT, 1) * 2

    def draw(
        self,
        curve: Floats | None = None,
        bars: Floats | None = None,
        flags: Mapping[float, str] | None = None,
        ink: int = Ink.CURVE,
        point: tuple[float, float] | None = None,
    ) -> None:
        """Draw a curve of `columns` values, bars from 0 to 1 (any number), flags by place from 0 to 1, and a point.

        The point is its place from 0 to 1, and its value.
        """
        width, height = self.size
        if width <= LEFT or height < 3:
            return
        sheet = canvas.Canvas(width, height)
        self._scale(sheet, height - 1)
        if bars is not None:
            self._bars(sheet, bars, height - 1)
        if curve is not None:
            self._curve(sheet, curve, height - 1, ink)
        for place, text in (flags or {}).items():
            x = LEFT + round(place * (width - LEFT - 1))
            sheet.write(0, min(x, width - len(text)), text, Ink.WAITING)
        if point is not None:
            y = height - 2 - min(int(float(self._heights(np.array(point[1]))) * (height - 1)), height - 2)
            sheet.write(y, LEFT + round(min(max(point[0], 0.0), 1.0) * (width - LEFT - 1)), "●", Ink.WAITING)
        self.put(sheet)

    def _heights(self, values: Floats) -> Floats:
        return np.clip((values - self._lowest) / (self._highest - self._lowest), 0, 1)

    def _scale(self, sheet: canvas.Canvas, rows: int) -> None:
        for mark in self._marks:
            y = rows - 1 - min(int(float(self._heights(np.array(mark))) * rows), rows - 1)
            sheet.write(y, 0, f"{mark:+g}".replace("-", "−").replace("+0", "0").rjust(LEFT - 1), Ink.SCALE)
        for place, text in self._below.items():
            x = LEFT + round(place * (self.size.width - LEFT - 1))
            sheet.write(rows, min(x, self.size.width - len(text)), text, Ink.SCALE)

    def _bars(self, sheet: canvas.Canvas, bars: Floats, rows: int) -> None:
        width = self.size.width - LEFT
        edges = np.linspace(0, len(bars), width + 1)
        for column in range(width):
            part = bars[int(edges[column]) : max(int(np.ceil(edges[column + 1])), int(edges[column]) + 1)]
            eighths = round(float(np.max(part)) * rows * 8)
            for y in range(rows):
                filled = min(max(eighths - (rows - 1 - y) * 8, 0), 8)
                if filled:
                    sheet.write(y, LEFT + column, BLOCKS[filled], Ink.SPECTRUM)

    def _curve(self, sheet: canvas.Canvas, curve: Floats, rows: int, ink: int) -> None:
        """Put the dots of the curve, the gaps between two of them filled downwards."""
        dots = rows * 4
        y = dots - 1 - np.minimum((self._heights(curve) * dots).astype(int), dots - 1)
        bits: dict[tuple[int, int], int] = {}
        for x in range(len(y)):
            before = y[x - 1] if x else y[x]
            for dot in range(min(before, y[x]) + (1 if before < y[x] else 0), max(before + (0 if before > y[x] else 1),
                                                                                 y[x] + 1)):  # fmt: skip
                cell = (dot // 4, x // 2)
                bits[cell] = bits.get(cell, 0) | DOTS[dot % 4][x % 2]
        for (row, column), mask in bits.items():
            sheet.write(row, LEFT + column, chr(BLANK + mask), ink)
