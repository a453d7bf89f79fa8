"""The spectrum of what the console's analyser shows, with what is about to feed back."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui import feedback, link, mirror
from tui.screens.page import Page
from tui.theme import Ink
from tui.widgets import plot

METER = "/meters/15"
SOURCE, SHOWN = "/-prefs/rta/source", "/-stat/rtasource"
"""What is chosen, and what the bars are of: with nothing chosen the analyser stays where it was."""
POST = 98
"""Added to the number of what the bars are of, when it is taken after its EQ."""
FAMILIES = ((0, 31, "channel"), (32, 39, "aux"), (40, 47, "return"), (48, 63, "bus"), (64, 69, "matrix"))
OTHERS = {70: "main", 71: "mono", 72: "the monitor"}
FLOOR_DB, TOP_DB = -90.0, 0.0
HZ = {20: "20", 100: "100", 1000: "1k", 10_000: "10k"}


def place(freq_hz: float) -> float:
    """Where a frequency stands from left to right, 0 to 1."""
    return float(np.log2(freq_hz / feedback.CENTRES_HZ[0]) / np.log2(feedback.CENTRES_HZ[-1] / feedback.CENTRES_HZ[0]))


def hertz(freq_hz: float) -> str:
    """Write a frequency as on the console: `2k5`, `630`."""
    return f"{freq_hz:.0f}" if freq_hz < 1000 else f"{freq_hz / 1000:.1f}".replace(".", "k")


class SpectrumPage(Page):
    """A hundred bands; `n` and `b` choose what they are of."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "source(1)", "next source"),
        Binding("b", "source(-1)", "source before"),
    ]

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Spectrum")
        self._watch = feedback.Watch()
        self._now = np.full(feedback.BANDS, FLOOR_DB)
        self._taken_at = -math.inf
        self._plot = plot.Plot(FLOOR_DB, TOP_DB, (0, -20, -40, -60, -80), {place(f): text for f, text in HZ.items()})

    def body(self) -> Iterable[Widget]:
        """Lay the plot."""
        yield self._plot

    def addresses(self) -> Iterable[str]:
        """What the analyser shows."""
        return (SOURCE, "/-prefs/rta/pos", SHOWN)

    def on_mount(self) -> None:
        """Ask for the analyser's meter while the page is open."""
        super().on_mount()
        self.link.listen(METER, self._take, (0, 0, 1))

    def on_unmount(self) -> None:
        """Ask no more."""
        self.link.leave(METER)

    def _take(self, arguments: list[Any]) -> None:
        self._now, self._taken_at = feedback.levels(arguments), asyncio.get_running_loop().time()
        self._watch.take(self._now)

    def redraw(self) -> None:
        """Draw bars, and a flag for each candidate; none of what was heard too long ago."""
        if asyncio.get_running_loop().time() - self._taken_at > mirror.STALE_S:
            self._now = np.full(feedback.BANDS, FLOOR_DB)
        if not self.link.connected:
            self._watch = feedback.Watch()
        super().redraw()
        flags = {place(found.freq_hz): f"▼{hertz(found.freq_hz)}" for found in self._watch.candidates()}
        bars = np.clip((self._now - FLOOR_DB) / (TOP_DB - FLOOR_DB), 0, 1)
        self._plot.draw(bars=bars, flags=flags)

    def heading(self) -> list[tuple[str, int]]:
        """What is shown, and what is about to feed back."""
        words: list[tuple[str, int]] = [("Spectrum of ", Ink.KEY), (self._source(), Ink.TEXT)]
        for found in self._watch.candidates():
            text = f"  {hertz(found.freq_hz)} Hz stands out by {found.over_db:.0f} dB "
            words.append((text, Ink.WAITING))
        return words

    def _source(self) -> str:
        if not self.link.desk.knows(SHOWN):
            return "–"
        after, number = divmod(int(self.link.desk.stored(SHOWN)), POST)
        family = next((family for family in FAMILIES if family[0] <= number <= family[1]), None)
        name = f"{family[2]} {number - family[0] + 1}" if family else OTHERS.get(number, str(number))
        return f"{name} after its EQ" if after else name

    def action_source(self, step: int) -> None:
        """Show another signal."""
        if self.link.desk.knows(SOURCE):
            highest = int(self.link.desk.param(SOURCE).highest)
            self.link.set(SOURCE, (int(self.link.desk.stored(SOURCE)) + step) % (highest + 1))

    def hint(self) -> str:
        """Say which keys help."""
        return "n next source · b before · ▼ stays and stands out: cut it on an EQ · Esc back"
