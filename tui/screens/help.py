"""The help: what the keys do and what the colours mean, over the running bridge."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import theme
from tui.theme import Ink

LINES: tuple[tuple[tuple[str, int], ...], ...] = (
    (("Keys", Ink.TEXT),),
    (("  q      ", Ink.KEY), ("quit", Ink.QUIET)),
    (("  c      ", Ink.KEY), ("clear the clip lights and the highest levels", Ink.QUIET)),
    (("  Tab    ", Ink.KEY), ("to the buses and back to the channels", Ink.QUIET)),
    (("  ← →    ", Ink.KEY), ("select a strip: its numbers stand below the meters", Ink.QUIET)),
    (("  ?      ", Ink.KEY), ("this page; any key closes it", Ink.QUIET)),
    ((" ", Ink.TEXT),),
    (("Meters", Ink.TEXT),),
    (("  ██     ", Ink.LOW), (f"below {theme.NOMINAL_DBFS:.0f} dBFS", Ink.QUIET)),
    (("  ██     ", Ink.NOMINAL), (f"working level, up to {theme.HOT_DBFS:.0f} dBFS", Ink.QUIET)),
    (("  ██     ", Ink.HOT), (f"hot, up to {theme.DANGER_DBFS:.0f} dBFS", Ink.QUIET)),
    (("  ██     ", Ink.DANGER), ("nearly full scale", Ink.QUIET)),
    (("  ██     ", Ink.SILENCED), ("muted, but the signal is there", Ink.QUIET)),
    (("  ▁ ─    ", Ink.LOW), ("peak, held for a moment", Ink.QUIET)),
    (("  C", Ink.CLIP), ("      ", Ink.QUIET), ("full scale was reached; stays until cleared", Ink.QUIET)),
    (("  M", Ink.MUTE), ("      ", Ink.QUIET), ("muted; D by a DCA, G by a mute group", Ink.QUIET)),
    (("  █      ", Ink.GATE), ("gain taken away by the gate", Ink.QUIET)),
    (("  █      ", Ink.COMPRESSOR), (f"by the compressor; full at {theme.GAIN_RANGE_DB:.0f} dB", Ink.QUIET)),
)


class Help(ModalScreen[None]):
    """Keys and colours; any key goes back."""

    DEFAULT_CSS = """
    Help { align: center middle; background: transparent; }
    Help Static { width: auto; height: auto; padding: 1 3; background: #1c1c1c; }
    """

    def compose(self) -> ComposeResult:
        """Write the lines on one sheet."""
        text = Text("\n").join(
            Text.assemble(*((words, theme.STYLES[ink]) for words, ink in line)) for line in LINES
        )
        yield Static(text)

    def on_key(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.dismiss()
