"""Loudness: eight meters in numbers, and how the chosen one went."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from tui import link, loudness, theme
from tui.screens import prompt
from tui.screens.page import Page
from tui.theme import Ink
from tui.widgets import plot

TOP_LUFS = 0.0
STREAM = "stream"
TITLES = {"m": "M", "s": "S", "i": "I", "lra": "LRA", "tp": "TP", "plr": "PLR"}
PAST = {0.0: "20 min ago", 0.5: "10 min", 0.97: "now"}


class LoudnessPage(Page):
    """Meters above, history below."""

    DEFAULT_CSS = "LoudnessPage #meters { height: 10; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "meter(-1)", "meter above"),
        Binding("down", "meter(1)", "meter below"),
        Binding("n", "source(1)", "next source"),
        Binding("b", "source(-1)", "source before"),
        Binding("h", "hold", "hold"),
        Binding("x", "reset", "begin anew"),
    ]

    def __init__(self, console: link.Link, meters: loudness.Loudness) -> None:
        super().__init__(console, "Loudness")
        self._meters = meters
        self._chosen = 0
        self._plot = plot.Plot(loudness.SILENCE_LUFS, TOP_LUFS, (0, -14, -23, -40, -60), PAST, "history")

    def body(self) -> Iterable[Widget]:
        """Lay the numbers over the history."""
        yield Static(id="meters")
        yield self._plot

    def on_mount(self) -> None:
        """Have the console tell."""
        self._meters.open()
        super().on_mount()

    def redraw(self) -> None:
        """Write the numbers, draw the history."""
        super().redraw()
        self.query_one("#meters", Static).update(Text("\n").join(self._rows()))
        kept = self._meters.history[self._chosen]
        curve = np.full(self._plot.columns, loudness.SILENCE_LUFS)
        if kept:
            size = kept.maxlen or len(kept)
            past = np.concatenate((np.full(size - len(kept), loudness.SILENCE_LUFS), np.array(kept)))
            curve = past[np.linspace(0, size - 1, len(curve)).astype(int)]
        self._plot.draw(curve)

    def _rows(self) -> Iterable[Text]:
        if not self._meters.readings:
            yield Text("this console does not tell its loudness", theme.style(Ink.QUIET))
            return
        ink = Ink.TEXT if self.link.connected else Ink.QUIET
        yield Text(f"{'':16}" + "".join(f"{title:>9}" for title in TITLES.values()), theme.style(Ink.KEY))
        for meter, reading in enumerate(self._meters.readings):
            told = self._meters.settings[meter]
            here = meter == self._chosen
            head = f"{'▸' if here else ' '} {meter + 1} {told.get('source', '–'):12}"
            numbers = "".join(f"{_number(value):>9}" for value in reading)
            yield Text.assemble(
                (head, theme.style(Ink.SELECTED if here else ink)), (numbers, theme.style(ink)),
                ("  held" if told.get("hold") else "", theme.style(Ink.WAITING)),
                (self._limited() if told.get("source") == STREAM else "", theme.style(ink)),
            )  # fmt: skip

    def _limited(self) -> str:
        """What the limiter of the stream takes."""
        now, most = (self.link.health.get("stream", {}).get(f"{name}limiter_db") for name in ("", "most_"))
        return "" if now is None else f"  limited by {now} dB, at most {most}"

    def heading(self) -> list[tuple[str, int]]:
        """Which meter the history is of, and what it should be."""
        told = self._meters.settings[self._chosen]
        target = f"  target {_number(float(told['target']))} LUFS" if "target" in told else ""
        what = f"  short-term of meter {self._chosen + 1}: {told.get('source', '–')}"
        return [("Loudness ", Ink.KEY), (what, Ink.TEXT), (target, Ink.QUIET)]

    def hint(self) -> str:
        """Say which keys help."""
        return "↑ ↓ meter · n b source · h hold · x anew · M S I LUFS · LRA PLR LU · TP dBTP"

    # --- hands ---------------------------------------------------------------------------------------

    def action_meter(self, step: int) -> None:
        """Choose another meter."""
        self._chosen = (self._chosen + step) % loudness.METERS

    def action_source(self, step: int) -> None:
        """Have it measure something else."""
        now = str(self._meters.settings[self._chosen].get("source", "main"))
        here = loudness.SOURCES.index(now) if now in loudness.SOURCES else 0
        self._meters.set(self._chosen, "source", loudness.SOURCES[(here + step) % len(loudness.SOURCES)])

    def action_hold(self) -> None:
        """Hold, or go on."""
        self._meters.set(self._chosen, "hold", int(not self._meters.settings[self._chosen].get("hold")))

    def action_reset(self) -> None:
        """Begin anew, when that is what was meant."""
        meter = self._chosen

        def answer(yes: bool | None) -> None:
            if yes:
                self._meters.set(meter, "reset", 1)

        self.app.push_screen(
            prompt.Question(f"Begin meter {meter + 1} anew?", "What it has summed up is gone."), answer
        )


def _number(value: float) -> str:
    """A reading for people; what is as low as nothing is −∞."""
    return theme.decibels(value, -199.0)
