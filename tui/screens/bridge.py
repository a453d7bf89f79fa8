"""The meter bridge: banks, status and keys, redrawn twenty times a second."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tui import link, mirror, strips
from tui.widgets import bridge_layout, cells, lines, meter_bank

REDRAW_S = 1 / 20
READ_EVERY = 4
"""Redraws from one change of the numbers to the next: nobody reads them faster."""


@runtime_checkable
class ShowsSelected(Protocol):
    """A screen that goes along with the selection."""

    def show_selected(self, row: int) -> None:
        """Show another strip."""


@runtime_checkable
class Comparing(Protocol):
    """A screen that knows how its strip was."""

    def compare(self) -> None:
        """Swap now and then."""


class Restyled(Message):
    """Another theme is worn: draw everything anew."""


class StripChosen(Message):
    """Somebody pointed at a strip."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.row = row


class Bridge(Screen[None]):
    """All meters of one console, arranged for the size of the terminal.

    Where there is no room for everything, the bank with the selected strip is shown.
    """

    # A screen of this toolkit goes to the next widget with it, unless the screen itself says otherwise.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "app.turn")]
    DEFAULT_CSS = """
    Bridge { background: #000000; overflow: hidden; }
    Bridge Container { background: #000000; }
    Bridge #banks { layout: horizontal; height: 1fr; }
    Bridge #left { height: auto; }
    Bridge #below { layout: horizontal; height: auto; width: auto; }
    Bridge #small { display: none; content-align: center middle; text-align: center; height: 1fr; }
    Bridge.-small > * { display: none; }
    Bridge.-small > #small { display: block; }
    """

    def __init__(self, source: mirror.Mirror, console: link.Link) -> None:
        super().__init__()
        self._mirror = source
        self._link = console
        self._selected = 0
        self._redraws = 0
        self._arrangement: bridge_layout.Arrangement | None = None
        self._rows = np.ones((2, len(strips.STRIPS)), int)
        self._channels = meter_bank.MeterBank(source, "channels")
        self._returns = meter_bank.MeterBank(source, "returns")
        self._groups = meter_bank.MeterBank(source, "groups")
        self._mains = meter_bank.MeterBank(source, "mains")
        self._below = Container(self._groups, self._returns, id="below")
        self._left = Container(self._channels, self._below, id="left")
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
        self._arrange(width, height)

    def _arrange(self, width: int, height: int) -> None:
        self._arrangement = plan = bridge_layout.arrange(width, height)
        self._left.styles.layout = "horizontal" if plan.mode == "row" else "vertical"
        self._below.styles.layout = "vertical" if plan.mode == "tower" else "horizontal"
        channels, returns, groups = (face.columns.width for face in (plan.channels, plan.returns, plan.groups))
        below = groups + returns if plan.returns.columns.margin else max(groups, returns)
        if plan.mode == "row":
            self._left.styles.width = channels + (below if plan.returns.columns.margin else groups)
        else:
            self._left.styles.width = max(channels, below)
        for bank, face in (
            (self._channels, plan.channels), (self._returns, plan.returns), (self._groups, plan.groups),
            (self._mains, plan.mains),
        ):  # fmt: skip
            bank.wear(face)
            self._rows[:, face.columns.bank.strips] = [[face.rows.bars], [face.rows.gains]]
        self._show_banks()
        self._draw_banks()

    def on_restyled(self) -> None:
        """Draw everything in the new theme."""
        self._arrange(*self.size)
        self.refresh(repaint=True, layout=True)

    def show_selected(self, row: int) -> None:
        """Mark a strip, and turn to the bank it is in."""
        self._selected = row
        self._show_banks()

    def _show_banks(self) -> None:
        if self._arrangement is None:
            return
        shown = self._arrangement.shown(self._selected)
        for bank, visible in zip((self._channels, self._returns, self._groups), shown, strict=True):
            bank.display = visible
        self._below.display = shown[1] or shown[2]

    def on_meter_bank_pointed(self, message: meter_bank.MeterBank.Pointed) -> None:
        """Select the strip that was clicked on."""
        message.stop()
        self.post_message(StripChosen(message.row))

    def _redraw(self) -> None:
        now = asyncio.get_running_loop().time()
        self._mirror.advance(now)
        self._redraws += 1
        calm = self._redraws % READ_EVERY == 0
        # Below a window the bridge goes on, calmly: what stands still must not look as if it were live.
        if self._arrangement is None or not self.is_current or not (calm or self.app.screen is self):
            return
        with cells.brush_of(self).stroke(now) as is_free:
            if is_free:
                self._draw(now, calm)

    def _draw(self, now: float, calm: bool) -> None:
        faders = self._draw_banks()
        if calm:
            self._status.draw(self._link, self._mirror, now, getattr(self.app, "sends_to", 0))
            self._dcas.draw(self._mirror)
            self._readout.draw(self._link, self._mirror, self._selected, faders, now)
            self._keys.draw(getattr(self.app, "keys", {}))

    def _draw_banks(self) -> mirror.Floats:
        """Draw the banks in sight; the levels that their faders show."""
        sends_to = getattr(self.app, "sends_to", 0)
        faders = self._link.desk.levels_to(sends_to) if sends_to else self._mirror.strips.fader_db
        shown = meter_bank.quantised(self._mirror, *self._rows)
        for meters in (self._channels, self._returns, self._groups, self._mains):
            if meters.display:
                meters.draw(shown, self._selected, faders)
        return faders
