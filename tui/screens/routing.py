"""Routing: which inputs feed the strips, and which signal each output carries."""

from __future__ import annotations

from tui import link, words
from tui.screens.page import SheetPage


class RoutingPage(SheetPage):
    """Blocks of inputs and outputs, and the sources of single outputs."""

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Routing")
        self.sheet._label = label

    def sections(self) -> dict[str, list[str]]:
        """Inputs, outputs, main and aux sockets."""
        return words.routing_sections()


def label(address: str) -> str:
    """`1-8` of the inputs, `03 source` of the outputs."""
    parts = address.strip("/").split("/")
    return f"{parts[-2]} {words.LEAVES.get(parts[-1], parts[-1])}" if parts[0] == "outputs" else parts[-1]
