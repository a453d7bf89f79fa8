"""A widget that is a sheet of cells, and the brush that sends the terminal what of it has changed.

    widget draws ─▶ cells that changed ─▶ brush ─▶ one write: go there, in this ink, these letters

The toolkit's own way, which lays all widgets over each other for every change, is taken where something lies over the
sheet: a window, a message.  It knows nothing of what the brush has sent, and need not: whatever it draws, it takes from
the sheet as it stands.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rich.color import ColorSystem
from textual.app import App
from textual.errors import NoWidget
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from tui import pace, theme
from tui.widgets import canvas

Codes = tuple[str, str, str]
"""Numbers that a terminal is told for a style: attributes, ink, paper."""


NOTHING: Codes = ("unknown", "unknown", "unknown")


class Dab(NamedTuple):
    """Letters of one ink, one beside the other."""

    y: int
    x: int
    text: str
    ink: int


class Cells(Widget):
    """A sheet of cells."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.canvas = canvas.Canvas(0, 0)

    def put(self, drawing: canvas.Canvas) -> None:
        """Show another drawing; only what differs is painted."""
        before, self.canvas = self.canvas, drawing
        if before.letters.shape != drawing.letters.shape:
            self.refresh()
        elif spans := drawing.changes(before):
            self.paint(spans)

    def paint(self, spans: Iterable[canvas.Span]) -> None:
        """Paint parts of the drawing."""
        dabs = []
        for y, first, end in spans:
            for text, ink in self.canvas.runs(y, first, end):
                dabs.append(Dab(y, first, text, ink))
                first += len(text)
        self.dab(dabs)

    def dab(self, dabs: list[Dab]) -> None:
        """Paint what already stands on the drawing."""
        if not dabs:
            return
        brush = brush_of(self)
        if (corner := brush.corner(self)) is not None:
            brush.take(corner, dabs)
        else:
            self.refresh(*(Region(x, y, len(text), 1) for y, x, text, _ in dabs))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of the drawing; blank where the window has grown and nothing has been drawn yet."""
        height = len(self.canvas.letters)
        ground = theme.style(theme.Ink.SURROUND)
        rows = (self.canvas.strip(y) if y < height else Strip.blank(crop.right, ground) for y in crop.line_range)
        return [row.crop_extend(crop.x, crop.right, ground) for row in rows]


class Brush:
    """Writes changed cells straight to the terminal.

    Parameters
    ----------
    app : App
        Whose terminal it is.

    Attributes
    ----------
    pace : Pace
        How fast the terminal takes it.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.pace = pace.Pace()
        self._waiting: list[tuple[int, int, str, int]] = []
        self._open = 0
        self._codes: dict[int, Codes] = {}

    def restyle(self) -> None:
        """Learn the inks of the look that is worn."""
        self._codes.clear()

    def corner(self, widget: Cells) -> Offset | None:
        """Where a sheet stands; None while something lies over it, or where it stands is not settled."""
        app, screen = self._app, self._app.screen
        if app._batch_count or app._notifications or app._driver is None or app._driver.is_headless:
            return None
        if screen._layout_required or screen._repaint_required or widget._repaint_required:
            return None
        try:
            region = screen.find_widget(widget).region
        except NoWidget:  # it is on a screen below
            return None
        return region.offset if (region.height, region.width) == widget.canvas.letters.shape else None

    @contextlib.contextmanager
    def stroke(self, now: float) -> Iterator[bool]:
        """Hold back what is painted until the end of the block: one write for all of it.

        The block is told whether it may draw, at `now` in seconds: not while the terminal is behind.
        """
        self._open += 1
        try:
            yield self.pace.is_free(self._app._driver, now)
        finally:
            self._open -= 1
            if not self._open:
                self._write()
        self.pace.drawn(self._app._driver, now)

    def take(self, corner: Offset, dabs: list[Dab]) -> None:
        """Paint on a sheet that has its corner there."""
        left, top = corner
        self._waiting += [(top + y, left + x, text, ink) for y, x, text, ink in dabs]
        if not self._open:
            self._write()

    def _write(self) -> None:
        driver = self._app._driver
        if self._waiting and driver is not None:
            text = self._text()
            self._app._begin_update()
            driver.write(text)
            self._app._end_update()
            driver.flush()

    def _text(self) -> str:
        """All that waits, from top to bottom and left to right, with as few words as a terminal understands."""
        parts: list[str] = []
        row, column, worn = -1, -1, NOTHING
        for y, x, text, ink in sorted(self._waiting):
            if y != row or x < column:
                parts.append(f"\x1b[{y + 1};{x + 1}H")
            elif x > column:
                parts.append(f"\x1b[{x - column}C" if x - column > 1 else "\x1b[C")
            codes = self._codes.get(ink) or self._learn(ink)
            if codes != worn and not (text.isspace() and _same_ground(worn, codes)):
                parts.append(_turn(worn, codes))
                worn = codes
            parts.append(text)
            row, column = y, x + len(text)
        self._waiting.clear()
        parts.append("\x1b[0m")
        return "".join(parts)

    def _learn(self, ink: int) -> Codes:
        """Codes of an ink in the colours this terminal has."""
        style, system = theme.style(ink), self._app.console._color_system
        plain = system is None or self._app.no_color
        paints = [
            ";".join(colour.downgrade(system or ColorSystem.STANDARD).get_ansi_codes(foreground=foreground))
            for colour, foreground in ((style.color, True), (style.bgcolor, False))
            if colour is not None and not plain
        ]
        attributes = ((style.bold, "1"), (style.dim, "2"), (style.reverse, "7"))
        self._codes[ink] = codes = (
            ";".join(number for is_on, number in attributes if is_on), *(paints if paints else ("", ""))
        )  # fmt: skip
        return codes


def brush_of(widget: Widget) -> Brush:
    """The brush of the application that a widget or screen is in."""
    brush: Brush = getattr(widget.app, "brush")  # noqa: B009 - the toolkit's type does not know it
    return brush


def _same_ground(worn: Codes, codes: Codes) -> bool:
    """Whether a blank looks alike in both inks."""
    return worn[2] == codes[2] and "7" not in worn[0] + codes[0]


def _turn(worn: Codes, codes: Codes) -> str:
    """How the terminal takes up another ink."""
    if worn[0] != codes[0]:
        return f"\x1b[{';'.join(('0', *filter(None, codes)))}m"
    return f"\x1b[{';'.join(new for old, new in zip(worn[1:], codes[1:], strict=True) if old != new)}m"
