"""Why is nothing to be heard of a strip?  A window that keeps looking while it is open."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import link, mirror, strips, theme, why
from tui.screens.prompt import FRAME, WINDOW
from tui.theme import Ink


class Silence(ModalScreen[None]):
    """Reasons, in the order of the signal; any key closes it."""

    DEFAULT_CSS = f"Silence {{ {WINDOW} }} Silence Vertical {{ {FRAME} }}"

    def __init__(self, source: mirror.Mirror, console: link.Link, row: int) -> None:
        super().__init__()
        self._mirror, self._link, self._row = source, console, row

    def compose(self) -> ComposeResult:
        """Stack the question and the answers."""
        strip = strips.STRIPS[self._row]
        name = f"{strip.title} {self._mirror.strips.names[self._row]}".strip()
        with Vertical():
            yield Static(Text(f"Why is {name} silent?", style=theme.style(Ink.KEY)))
            yield Static(id="reasons")
            yield Static(Text("any key closes this", style=theme.style(Ink.QUIET)))

    def on_mount(self) -> None:
        """Read what has to be known, and look again and again."""
        for address in why.addresses(self._row):
            self._link.ask(address)
        self.set_interval(0.2, self._look)
        self._look()

    def _look(self) -> None:
        found = list(why.reasons(self._row, self._mirror, self._link.desk))
        text = "\n".join(f"• {reason}" for reason in found) or "Nothing silences it: it is heard in the main mix."
        self.query_one("#reasons", Static).update(Text(text, style=theme.style(Ink.TEXT)))

    def on_key(self) -> None:
        """Close."""
        self.dismiss()
