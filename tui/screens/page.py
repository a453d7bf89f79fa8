"""What all pages but the bridge have in common: the status above, a line that says what is meant below."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from tui import link, mirror
from tui.screens import bridge, prompt
from tui.theme import Ink
from tui.widgets import cells, lines, sheet

REDRAW_S = 1 / 10


class Page(Screen[None]):
    """A page over the bridge.

    Parameters
    ----------
    console : Link
        The console.
    title : str
        What stands at the top.
    """

    DEFAULT_CSS = """
    Page { background: #000000; overflow: hidden; }
    Page Horizontal, Page Static { background: #000000; }
    """

    def __init__(self, console: link.Link, title: str) -> None:
        super().__init__()
        self.link = console
        self.title_text = title
        self._status = lines.StatusLine("status")
        self._title = lines.Line("title")
        self._hint = lines.Line("hint")

    def compose(self) -> ComposeResult:
        """Stack status, title, the page's own, and the hint."""
        yield self._status
        yield self._title
        yield from self.body()
        yield self._hint

    def body(self) -> Iterable[Widget]:
        """Widgets of the page."""
        return ()

    def on_mount(self) -> None:
        """Say what is to be read, and start redrawing."""
        self.link.watch(self.addresses())
        self.set_interval(REDRAW_S, self._redraw_in_time)
        self.redraw()

    def _redraw_in_time(self) -> None:
        """Redraw, unless the terminal is behind, or another page is in sight."""
        if self.is_current:
            with cells.brush_of(self).stroke(asyncio.get_running_loop().time()) as is_free:
                if is_free:
                    self.redraw()

    def addresses(self) -> Iterable[str]:
        """Addresses the page shows."""
        return ()

    def redraw(self) -> None:
        """Draw what has changed."""
        source: mirror.Mirror = self.link.mirror
        now = asyncio.get_running_loop().time()
        self._status.draw(self.link, source, now)
        self._title.show(self.heading())
        refusal = self.link.refusal(now)
        self._hint.show([(f"refused: {refusal.reason}", Ink.LOST)] if refusal else [(self.hint(), Ink.QUIET)])

    def heading(self) -> list[tuple[str, int]]:
        """Words of the title."""
        return [(self.title_text, Ink.KEY)]

    def hint(self) -> str:
        """One line: what the cursor is on, or which keys help here."""
        return ""

    def on_restyled(self, message: bridge.Restyled) -> None:
        """Draw everything in the new theme."""
        self.refresh(repaint=True, layout=True)


class SheetPage(Page):
    """A page whose body is a sheet of parameters."""

    def __init__(self, console: link.Link, title: str) -> None:
        super().__init__(console, title)
        self.sheet = sheet.Sheet(console)
        self.about = lines.Line("about")

    def body(self) -> Iterable[Widget]:
        """Lay the sheet, and below it what the cursor is on."""
        yield self.sheet
        yield self.about

    def on_mount(self) -> None:
        """Write the sheet, and put the cursor on it."""
        super().on_mount()
        self.sheet.show(self.sections())
        self.sheet.focus()

    def sections(self) -> dict[str, list[str]]:
        """Addresses by section."""
        return {}

    def addresses(self) -> Iterable[str]:
        """All of the sheet."""
        return [address for section in self.sections().values() for address in section]

    def redraw(self) -> None:
        """Draw lines and sheet, and say in the table's words what the cursor is on."""
        super().redraw()
        self.sheet.draw()
        address = self.sheet.address
        self.about.show([(self.link.desk.param(address).help, Ink.TEXT)] if address else [])

    def hint(self) -> str:
        """Say which keys help."""
        return "← → turn · ⇧ coarse · ⏎ type · Del default · Esc back"

    def on_sheet_chosen(self, message: sheet.Sheet.Chosen) -> None:
        """Open a window to type the value."""
        self.app.push_screen(prompt.ValuePrompt(self.link, message.address))
