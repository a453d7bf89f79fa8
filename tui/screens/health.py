"""How the audio does: load, missed deadlines, device, clients; as the console itself tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Static

from tui import link, theme
from tui.screens.page import Page
from tui.theme import Ink

HEALTH = "/faderd/health"
ASK_S = 1.0


class HealthPage(Page):
    """What `/faderd/health` tells, a line for each thing, asked for once a second."""

    DEFAULT_CSS = "HealthPage Static { height: 1fr; padding: 0 1; }"

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Health")
        self._told: list[str] = []

    def body(self) -> Iterable[Widget]:
        """Lay the lines."""
        yield Static(id="facts")

    def on_mount(self) -> None:
        """Ask again and again while the page is open."""
        super().on_mount()
        self.link.listen(HEALTH, self._take)
        self.set_interval(ASK_S, self._ask)
        self._ask()

    def on_unmount(self) -> None:
        """Listen no more."""
        self.link.leave(HEALTH)

    def _ask(self) -> None:
        self.link.ask(HEALTH)

    def _take(self, arguments: list[Any]) -> None:
        """Take facts as `name, value` pairs."""
        pairs = zip(arguments[::2], arguments[1::2], strict=False)
        self._told = [f"{name!s:24}{value}" for name, value in pairs]

    def redraw(self) -> None:
        """Write what was told."""
        super().redraw()
        told = self._told or ["this console does not tell how it does"]
        self.query_one("#facts", Static).update(Text("\n".join(told), style=theme.style(Ink.TEXT)))

    def hint(self) -> str:
        """Say how to leave."""
        return "Esc back"
