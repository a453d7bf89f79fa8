"""The help: what the keys do and what the colours mean, over the running bridge."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import theme
from tui.theme import Ink

KEYS = (
    ("q", "quit"),
    ("c", "clear the clip lights and the highest levels"),
    ("Tab", "to the buses and back to the channels"),
    ("← →", "select a strip: its numbers stand below the meters"),
    ("?", "this page; any key closes it"),
)
SIGNS = (
    ("██", Ink.LOW, f"below −{-theme.NOMINAL_DBFS:.0f} dBFS"),
    ("██", Ink.NOMINAL, f"working level, up to −{-theme.HOT_DBFS:.0f} dBFS"),
    ("██", Ink.HOT, f"hot, up to −{-theme.DANGER_DBFS:.0f} dBFS"),
    ("██", Ink.DANGER, "nearly full scale"),
    ("██", Ink.SILENCED, "muted, but the signal is there"),
    ("─", Ink.LOW, "the last peak, held for a moment"),
    ("C", Ink.CLIP, "clipped: full scale was reached; stays until cleared"),
    ("M", Ink.MUTE, "muted; D by a DCA, G by a mute group"),
    ("█", Ink.GATE, f"G: gain taken away by the gate, full bar {theme.GAIN_RANGE_DB:.0f} dB"),
    ("█", Ink.COMPRESSOR, f"C: gain taken away by the compressor, full bar {theme.GAIN_RANGE_DB:.0f} dB"),
)


class Help(ModalScreen[None]):
    """Keys and colours; any key goes back."""

    DEFAULT_CSS = """
    Help { align: center middle; background: transparent; }
    Help Static { width: auto; height: auto; padding: 1 2; background: #000000; border: round #767676; }
    """

    def compose(self) -> ComposeResult:
        """Write the lines on one sheet."""
        lines = [_line(key, Ink.KEY, meaning) for key, meaning in KEYS]
        lines += [Text(), *(_line(sign, ink, meaning) for sign, ink, meaning in SIGNS)]
        yield Static(Text("\n").join(lines))

    def on_key(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.dismiss()


def _line(sign: str, ink: int, meaning: str) -> Text:
    padding = " " * (6 - len(sign))
    return Text.assemble((sign, theme.STYLES[ink]), (padding + meaning, theme.STYLES[Ink.TEXT]))
