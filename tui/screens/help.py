"""The help: what the keys do and what the colours mean, over the running bridge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import actions, theme
from tui.theme import Ink

SIGNS = (
    ("██", Ink.LOW, f"below −{-theme.NOMINAL_DBFS:.0f} dBFS"),
    ("██", Ink.NOMINAL, f"working level, up to −{-theme.HOT_DBFS:.0f} dBFS"),
    ("██", Ink.HOT, f"hot, up to −{-theme.DANGER_DBFS:.0f} dBFS"),
    ("██", Ink.DANGER, "nearly full scale"),
    ("██", Ink.SILENCED, "muted, but the signal is there"),
    ("─", Ink.LOW, "the last peak, held for a moment"),
    ("┤", Ink.FADER, "the fader, or the send while faders are sends"),
    ("C", Ink.CLIP, "clipped: full scale was reached; stays until cleared"),
    ("M", Ink.MUTE, "muted; D by a DCA, G by a mute group"),
    ("S", Ink.SOLO, "soloed"),
    ("█", Ink.GATE, f"G: gain taken away by the gate, full bar {theme.GAIN_RANGE_DB:.0f} dB"),
    ("█", Ink.COMPRESSOR, f"C: gain taken away by the compressor, full bar {theme.GAIN_RANGE_DB:.0f} dB"),
)


PATHS = (
    ("mute channel 5", "/ mute channel 5 ⏎"),
    ("vocal to bus 3 up 2 dB", "/ vox bus 3 level ⏎ ↑ ↑ ⏎"),
    ("why is channel 7 silent?", "/ why channel 7 ⏎"),
    ("recall the last scene", "r, then y y"),
    ("recall a scene by name", "/ ballad ⏎, then y y"),
    ("mix for bus 3", "/ sends bus 3 ⏎, then ← → ↑ ↓"),
)
"""What is often wanted, and its shortest way from the bridge."""


class Help(ModalScreen[None]):
    """Keys and signs; arrows scroll where the window is low, any other key goes back."""

    DEFAULT_CSS = """
    Help { align: center middle; background: transparent; }
    Help VerticalScroll { width: 76; height: auto; max-height: 100%; background: #000000; border: round #767676; }
    Help Static { width: auto; height: auto; padding: 0 1; }
    """

    def __init__(self, keys: Mapping[str, list[str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Write the lines on one sheet."""
        with VerticalScroll():
            yield Static(Text("\n").join(self._lines()))

    def _lines(self) -> Iterator[Text]:
        yield _line("", Ink.KEY, "Often wanted", Ink.KEY)
        for what, way in PATHS:
            yield _line("", Ink.KEY, f"{what:26}{way}")
        for group in dict.fromkeys(action.group for action in actions.REGISTER):
            yield _line("", Ink.KEY, group.capitalize(), Ink.KEY)
            for action in (each for each in actions.REGISTER if each.group == group):
                keys = " ".join(actions.shown(key) for key in self._keys.get(action.name, action.keys))
                yield _line(keys, Ink.KEY, action.help)
        yield _line("", Ink.KEY, "Signs", Ink.KEY)
        for sign, ink, meaning in SIGNS:
            yield _line(sign, ink, meaning)

    def on_key(self, event: events.Key) -> None:
        """Scroll, or close."""
        if event.key in ("up", "down", "pageup", "pagedown", "home", "end"):
            return
        event.stop()
        self.dismiss()


def _line(sign: str, sign_ink: int, meaning: str, ink: int = Ink.TEXT) -> Text:
    padding = " " * (7 - len(sign))
    return Text.assemble((sign, theme.STYLES[sign_ink]), (padding + meaning, theme.STYLES[ink]))
