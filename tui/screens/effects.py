"""The effects: eight slots, and the settings of whatever is in the one that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from dsp.table import TABLE
from tui import effects, link, words
from tui.screens.page import SheetPage
from tui.theme import Ink
from tui.widgets import plot

SLOTS = 8
LOW = 30
"""Windows lower than this have room for a low picture."""


class EffectsPage(SheetPage):
    """One slot at a time, with its picture; `n` and `b` go to the next and the one before."""

    DEFAULT_CSS = """
    EffectsPage Plot { height: 10; }
    EffectsPage.-low Plot { height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "slot(1)", "next slot"),
        Binding("b", "slot(-1)", "slot before"),
    ]

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Effects")
        self._slot = 1
        self._shown: object = None
        self.sheet._label = self._label
        self._plot = plot.Plot(-60, 0, (), {}, "picture")
        self._picture: effects.Picture | None = None
        self._drawn: object = None
        self._drawing = False

    def body(self) -> Iterable[Widget]:
        """Lay the picture over the sheet."""
        yield self._plot
        yield from super().body()

    def addresses(self) -> Iterable[str]:
        """All of the sheet, and the rate that filters are drawn at."""
        return [*super().addresses(), "/-prefs/clockrate"]

    def on_resize(self) -> None:
        """Make the picture fit the window."""
        self.set_class(self.size.height < LOW, "-low")
        self._drawn = None

    def sections(self) -> dict[str, list[str]]:
        """What is in every slot, then the parameters of the one that is shown."""
        found = {"Slots": [f"/fx/{slot}/type" for slot in range(1, SLOTS + 1)]}
        found["Fed by"] = words.effect_sections(range(self._slot, self._slot + 1))[f"FX {self._slot}"][1:]
        used = [a for a in words.effect_parameters(self._slot) if self.link.desk.param(a).path != "unused"]
        found[f"FX {self._slot} {self.link.desk.text(f'/fx/{self._slot}/type')}"] = used
        return found

    def redraw(self) -> None:
        """Write the sheet anew when another effect is in the slot."""
        state = (self._slot, self.link.desk.text(f"/fx/{self._slot}/type"))
        if state != self._shown:
            self._shown = state
            self.link.watch(self.addresses())
            self.sheet.show(self.sections())
            self._picture = None
        super().redraw()
        now = (self._slot, self.link.desk.revision, self._plot.size, self.link.connected)
        if not self.link.desk.knows(f"/fx/{self._slot}/type"):
            self._plot.draw()
        elif self._plot.size.height and now != self._drawn and not self._drawing:
            self._drawn, self._drawing = now, True
            self.run_worker(self._draw(), exclusive=True)

    async def _draw(self) -> None:
        """Draw the picture; the design is imported in a thread, since that takes a moment."""
        try:
            made = await asyncio.to_thread(effects.picture, self.link.desk, self._slot, self._plot.columns)
        finally:
            self._drawing = False
        self._picture = made
        self._plot.measure(made.lowest, made.highest, made.marks, made.below)
        self._plot.draw(made.curve, made.bars, ink=Ink.CURVE if self.link.connected else Ink.QUIET)

    def heading(self) -> list[tuple[str, int]]:
        """Which slot, and what is in it."""
        title = self._picture.title if self._picture else ""
        return [(f"Effects · slot {self._slot} of {SLOTS} ", Ink.KEY), (title, Ink.TEXT),
                ("  n next · b before", Ink.QUIET)]  # fmt: skip

    def action_slot(self, step: int) -> None:
        """Show another slot."""
        self._slot = (self._slot - 1 + step) % SLOTS + 1
        self.redraw()

    def _label(self, address: str) -> str:
        """Name on the effect's display, or which slot it is."""
        parts = address.strip("/").split("/")
        if parts[-1] == "type":
            return f"slot {parts[1]}"
        return self.link.desk.values.param(TABLE.leaves[address]).path if "par" in parts else words.leaf(address)
