"""A sheet of parameters: sections in columns, one line each, a cursor, and hands on the values.

    EQ                      Gate
      1 type      PEQ         on          ON
    ▸ 1 gain     −3.5 dB      threshold  −42.0 dB

What stands on it is a list of addresses; ranges, steps, units and help come from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual import events
from textual.message import Message

from tui import desk as desks
from tui import link, words
from tui.theme import Ink
from tui.widgets import canvas, cells

COLUMN = 34
VALUE = 12
FINE, COARSE = 1, 10
"""Steps of a parameter that one key press is; a coarse press goes over a tenth of a long range at most."""


class Line:
    """One line of the sheet: a heading, or a parameter."""

    def __init__(self, text: str, address: str | None = None) -> None:
        self.text, self.address = text, address


class Sheet(cells.Cells):
    """Parameters of one page.

    Parameters
    ----------
    console : Link
        Where values come from and go to.
    label : callable
        Name of an address on this sheet.
    """

    can_focus = True
    DEFAULT_CSS = "Sheet { height: 1fr; width: 1fr; }"

    class Chosen(Message):
        """Somebody wants to type a value."""

        def __init__(self, address: str) -> None:
            super().__init__()
            self.address = address

    def __init__(
        self, console: link.Link, label: Callable[[str], str] = words.leaf, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._link, self._label = console, label
        self._lines: list[Line] = []
        self._places: dict[int, tuple[int, int]] = {}
        self._cursor = 0
        self._shift = 0
        self._drawn: object = None

    @property
    def address(self) -> str | None:
        """What the cursor is on."""
        return self._lines[self._cursor].address if self._lines else None

    def show(self, sections: Mapping[str, Sequence[str]]) -> None:
        """Write these sections; the cursor stays on its address where that is still there."""
        before = self.address
        self._lines = []
        for name, addresses in sections.items():
            if addresses:
                self._lines.append(Line(name))
                self._lines += [Line(self._label(address), address) for address in addresses]
        found = [n for n, line in enumerate(self._lines) if line.address and line.address == before]
        self._cursor = found[0] if found else self._next(-1, 1)
        self._drawn = None
        self.draw()

    def point_at(self, address: str) -> None:
        """Put the cursor on an address of the sheet."""
        for number, line in enumerate(self._lines):
            if line.address == address:
                self._cursor = number
        self.draw()

    def _next(self, start: int, step: int) -> int:
        """Next line with a parameter, in a direction; the same where there is none."""
        place = start + step
        while 0 <= place < len(self._lines):
            if self._lines[place].address:
                return place
            place += step
        return max(start, 0)

    # --- drawing -------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw what is known, and repaint what changed."""
        width, height = self.size
        if not width or not height:
            return
        state = (self._link.desk.revision, self._cursor, width, height, self.has_focus, self._link.connected)
        if state == self._drawn:
            return
        self._drawn = state
        sheet = canvas.Canvas(width, height)
        self._place(height)
        columns = max(width // COLUMN, 1)
        self._shift = self._first_column(columns)
        for number, line in enumerate(self._lines):
            column, y = self._places[number]
            if 0 <= column - self._shift < columns:
                self._write(sheet, number, line, (column - self._shift) * COLUMN, y)
        self.put(sheet)

    def _place(self, height: int) -> None:
        """Column and row of every line; a heading is never the last line of a column."""
        self._places, column, y = {}, 0, 0
        for number, line in enumerate(self._lines):
            if y >= height or (line.address is None and y >= height - 1):
                column, y = column + 1, 0
            self._places[number] = (column, y)
            y += 1

    def _first_column(self, columns: int) -> int:
        """First column to show, so that the cursor is in sight."""
        here = self._places.get(self._cursor, (0, 0))[0]
        return min(max(self._shift, here - columns + 1), here)

    def _write(self, drawing: canvas.Canvas, number: int, line: Line, x: int, y: int) -> None:
        if line.address is None:
            drawing.write(y, x + 1, line.text, Ink.KEY)
            return
        here = number == self._cursor and self.has_focus
        ink = Ink.SELECTED if here else Ink.TEXT
        if not self._link.connected or not self._link.desk.knows(line.address):
            ink = Ink.SELECTED if here else Ink.QUIET  # numbers from before must not look as if they were live
        drawing.write(y, x + 1, "▸" if here else " ", Ink.KEY)
        drawing.write(y, x + 3, line.text[: COLUMN - VALUE - 4], Ink.QUIET)
        value = self._link.desk.text(line.address)
        drawing.write(y, x + COLUMN - VALUE - 1, value[:VALUE].rjust(VALUE), ink)

    # --- hands ---------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Move the cursor and turn what it is on."""
        move = {"up": -1, "down": 1}.get(event.key)
        turn = {"left": -FINE, "right": FINE, "shift+left": -COARSE, "shift+right": COARSE}.get(event.key)
        if move is not None:
            self._cursor = self._next(self._cursor, move)
        elif event.key in ("pageup", "pagedown"):
            self._jump(-1 if event.key == "pageup" else 1)
        elif turn is not None and self.address:
            self._turn(self.address, turn)
        elif event.key in ("delete", "backspace") and self.address:
            self._reset(self.address)
        elif event.key == "enter" and self.address:
            self.post_message(self.Chosen(self.address))
        else:
            return
        event.stop()
        self.draw()

    def on_click(self, event: events.Click) -> None:
        """Point at a line; a second click types a value."""
        for number, place in self._places.items():
            if place == (self._shift + event.x // COLUMN, event.y) and self._lines[number].address:
                again, self._cursor = number == self._cursor, number
                if again and self.address:
                    self.post_message(self.Chosen(self.address))
        self.focus()
        self.draw()

    def on_mouse_scroll_down(self) -> None:
        """Move the cursor down."""
        self._cursor = self._next(self._cursor, 1)
        self.draw()

    def on_mouse_scroll_up(self) -> None:
        """Move the cursor up."""
        self._cursor = self._next(self._cursor, -1)
        self.draw()

    def _jump(self, step: int) -> None:
        """Go to the first parameter of the section before or after."""
        headings = [number for number, line in enumerate(self._lines) if line.address is None]
        own = max((heading for heading in headings if heading < self._cursor), default=0)
        place = headings.index(own) + step if own in headings else 0
        if 0 <= place < len(headings):
            self._cursor = self._next(headings[place], 1)

    def _turn(self, address: str, steps: int) -> None:
        desk = self._link.desk
        if desk.knows(address):
            self._link.set(address, desks.turned(desk.param(address), desk.stored(address), steps))

    def _reset(self, address: str) -> None:
        self._link.set(address, desks.default(self._link.desk, address))
