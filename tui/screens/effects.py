"""The effects: eight slots, and the settings of whatever is in the one that is shown."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from dsp.table import TABLE
from tui import link, words
from tui.screens.page import SheetPage
from tui.theme import Ink

SLOTS = 8


class EffectsPage(SheetPage):
    """One slot at a time; `n` and `b` go to the next and the one before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "slot(1)", "next slot"),
        Binding("b", "slot(-1)", "slot before"),
    ]

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Effects")
        self._slot = 1
        self._shown: object = None
        self.sheet._label = self._label

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
        super().redraw()

    def heading(self) -> list[tuple[str, int]]:
        """Which slot, and what is in it."""
        return [(f"Effects · slot {self._slot} of {SLOTS} ", Ink.KEY), ("  n next · b before", Ink.QUIET)]

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
