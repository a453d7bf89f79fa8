"""The meter bridge: banks, status and keys, redrawn twenty times a second."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from tui import link, mirror, strips
from tui.widgets import bridge_layout, lines, meter_bank

REDRAW_S = 1 / 20

KEYS = (
    Binding("q", "app.quit", "quit"),
    Binding("ctrl+c", "app.quit", show=False, priority=True),
    Binding("c", "clear", "clear clips"),
    Binding("tab", "turn", "channels / buses", key_display="Tab"),
    Binding("left", "select(-1)", "select strip", key_display="← →"),
    Binding("right", "select(1)", show=False),
    Binding("question_mark", "app.help", "help", key_display="?"),
)


class Bridge(Screen[None]):
    """All meters of one console, arranged for the size of the terminal.

    Where there is no room for everything, the page with the selected strip is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    DEFAULT_CSS = """
    Bridge { background: #000000; overflow: hidden; }
    Bridge #banks { layout: horizontal; height: 1fr; }
    Bridge #left { height: auto; }
    Bridge #small { display: none; content-align: center middle; text-align: center; height: 1fr; }
    Bridge.-small > * { display: none; }
    Bridge.-small > #small { display: block; }
    """

    def __init__(self, source: mirror.Mirror, console: link.Link) -> None:
        super().__init__()
        self._mirror = source
        self._link = console
        self._selected = 0
        self._page = bridge_layout.CHANNELS
        self._arrangement: bridge_layout.Arrangement | None = None
        self._channels = meter_bank.MeterBank(source, "channels")
        self._groups = meter_bank.MeterBank(source, "groups")
        self._mains = meter_bank.MeterBank(source, "mains")
        self._left = Container(self._channels, self._groups, id="left")
        self._status = lines.StatusLine("status")
        self._dcas = lines.DcaLine("dcas")
        self._readout = lines.Readout("readout")
        self._keys = lines.KeyLine("keys")

    def compose(self) -> ComposeResult:
        """Stack the lines above and below the banks."""
        yield self._status
        yield Container(self._left, self._mains, id="banks")
        yield self._dcas
        yield self._readout
        yield self._keys
        yield Static(id="small")

    def on_mount(self) -> None:
        """Start redrawing."""
        self.set_interval(REDRAW_S, self._redraw)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange everything for the new size."""
        width, height = event.size
        least_width, least_height = bridge_layout.SMALLEST
        small = width < least_width or height < least_height
        self.set_class(small, "-small")
        if small:
            self._arrangement = None
            self.query_one("#small", Static).update(
                f"The bridge needs {least_width} × {least_height}.\nThis terminal is {width} × {height}."
            )
            return
        self._arrangement = bridge_layout.arrange(width, height)
        channels, groups = self._arrangement.channels, self._arrangement.groups
        side_by_side = self._arrangement.mode == "row"
        self._left.styles.layout = "horizontal" if side_by_side else "vertical"
        widths = (channels.columns.width, groups.columns.width)
        self._left.styles.width = sum(widths) if side_by_side else max(widths)
        self._channels.wear(channels)
        self._groups.wear(groups)
        self._mains.wear(self._arrangement.mains)
        self._show_page()

    def _show_page(self) -> None:
        paged = self._arrangement is not None and self._arrangement.mode == "page"
        for page in (bridge_layout.CHANNELS, bridge_layout.GROUPS):
            if self._selected in page.strips:
                self._page = page
        self._channels.display = not paged or self._page is bridge_layout.CHANNELS
        self._groups.display = not paged or self._page is bridge_layout.GROUPS

    def _redraw(self) -> None:
        now = asyncio.get_running_loop().time()
        self._mirror.advance(now)
        if self._arrangement is None:
            return
        for meters in (self._channels, self._groups, self._mains):
            if meters.display:
                meters.draw(self._selected)
        self._status.draw(self._link, self._mirror, now)
        self._dcas.draw(self._mirror)
        self._readout.draw(self._mirror, self._selected)
        self._keys.draw(KEYS)

    def action_clear(self) -> None:
        """Put out the clip lights."""
        self._mirror.clear()

    def action_turn(self) -> None:
        """Go to the first strip of the other bank."""
        other = strips.INPUTS if self._page is bridge_layout.GROUPS else strips.GROUPS
        self._selected = other.start
        self._show_page()

    def action_select(self, step: int) -> None:
        """Go `step` strips to the right, from the last one to the first."""
        self._selected = (self._selected + step) % len(strips.STRIPS)
        self._show_page()
