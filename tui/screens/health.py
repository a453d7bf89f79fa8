"""How the audio does: load, missed deadlines, device, clients; as the console itself tells it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Static

from tui import link, theme
from tui.screens.page import Page
from tui.theme import Ink

HEALTH = "/faderd/health"
ASK_S = 5.0
"""Half of a lease."""
UNITS = {"_s": "s", "_ms": "ms", "_us": "µs", "_mb": "MB", "_hz": "Hz"}
"""Ends of names, and the unit they mean."""


class HealthPage(Page):
    """What `/faderd/health` tells, a line for each thing, as it changes."""

    DEFAULT_CSS = "HealthPage Static { height: 1fr; padding: 0 1; }"

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Health")
        self._told: list[tuple[str, str]] = []

    def body(self) -> Iterable[Widget]:
        """Lay the lines."""
        yield Static(id="facts")

    def on_mount(self) -> None:
        """Ask to be told as long as the page is open."""
        super().on_mount()
        self.link.listen(HEALTH, self._take)
        self.set_interval(ASK_S, self._ask)
        self._ask()

    def on_unmount(self) -> None:
        """Listen no more."""
        self.link.ask(HEALTH, 0)
        self.link.leave(HEALTH)

    def _ask(self) -> None:
        self.link.ask(HEALTH, 1)

    def _take(self, arguments: list[Any]) -> None:
        """Take what was told: one JSON object."""
        self._told = list(lines(json.loads(arguments[0])))

    def redraw(self) -> None:
        """Write what was told; grey when the console has gone."""
        super().redraw()
        ink = Ink.TEXT if self.link.connected else Ink.QUIET
        rows = [
            Text.assemble((f"{name:28}", theme.style(Ink.QUIET)), (value, theme.style(ink)))
            for name, value in self._told or [("", "this console does not tell how it does")]
        ]
        self.query_one("#facts", Static).update(Text("\n").join(rows))

    def hint(self) -> str:
        """Say how to leave."""
        return "Esc back"


def lines(told: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Name and value of each fact, those inside others behind their names; facts of a list in one line each."""
    for name, value in told.items():
        full = f"{before} {name}".strip()
        if isinstance(value, dict):
            yield from lines(value, full)
        elif isinstance(value, list):
            yield full, f"{len(value)}"
            for each in value:
                yield "", "  ".join(map(str, each.values())) if isinstance(each, dict) else str(each)
        else:
            unit = next((unit for end, unit in UNITS.items() if name.endswith(end)), "")
            label = full.removesuffix(next((end for end in UNITS if name.endswith(end)), "")) if unit else full
            yield label.replace("_", " "), f"{value} {unit}".strip()
