"""Everything of one strip: its EQ over its spectrum, gate and compressor with where they are, every parameter."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from dsp.parameters.row import Stored
from tui import curves, feedback, link, mirror, strips, theme, words
from tui.screens.page import SheetPage
from tui.theme import Ink
from tui.widgets import label, plot

RANGE_DB = 18.0
HZ = {50: "50", 100: "100", 200: "200", 500: "500", 1000: "1k", 2000: "2k", 5000: "5k", 10_000: "10k"}
LOW = 30
"""Windows lower than this have room for a low curve."""
NARROW = 120
"""Windows narrower than this have no room for the curves of gate and compressor."""
QUIETEST_DB = -60.0
SPECTRUM, SOURCE = "/meters/15", "/-prefs/rta/source"
SPECTRUM_DB = 90.0
"""Range of the spectrum behind the curve, below full scale."""


def analysed(row: int) -> int:
    """Number of a strip among the analyser's sources."""
    for rows, first in ((strips.INPUTS, 2), (strips.RETURNS, 34), (strips.GROUPS, 50)):
        if row in rows:
            return first + row - rows.start
    return 73 if strips.STRIPS[row].path == "main/m" else 72


def place(freq_hz: float) -> float:
    """Where a frequency stands from left to right, 0 to 1."""
    return float(np.log(freq_hz / curves.LOWEST_HZ) / np.log(curves.HIGHEST_HZ / curves.LOWEST_HZ))


class StripPage(SheetPage):
    """The page of the selected strip.

    Parameters
    ----------
    source : Mirror
        Its meters and its name.
    console : Link
        The console.
    row : int
        Which strip.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("v", "spectrum", "spectrum of this strip")]
    DEFAULT_CSS = """
    StripPage Horizontal { height: 9; }
    StripPage #eq { width: 3fr; }
    StripPage.-low Horizontal { height: 6; }
    StripPage.-narrow #gate, StripPage.-narrow #comp { display: none; }
    """

    def __init__(self, source: mirror.Mirror, console: link.Link, row: int) -> None:
        super().__init__(console, "")
        self._mirror = source
        self._row = row
        self._plot = plot.Plot(
            -RANGE_DB, RANGE_DB, (15, 0, -15), {place(freq): text for freq, text in HZ.items()}, "eq"
        )
        self._gate, self._comp = (
            plot.Plot(QUIETEST_DB, 0.0, (0, -20, -40), {0.0: title}, id)
            for title, id in (("gate  in → out", "gate"), ("comp  in → out", "comp"))
        )
        self._curve: curves.Floats | None = None
        self._bars: curves.Floats | None = None
        self._taken_at = -math.inf
        self._drawn: object = None
        self._designing = False
        self._other: dict[str, Stored] = {}

    @property
    def _path(self) -> str:
        return strips.STRIPS[self._row].path

    def body(self) -> Iterable[Widget]:
        """Lay the curve over the sheet."""
        yield Horizontal(self._plot, self._gate, self._comp)
        yield from super().body()

    def on_mount(self) -> None:
        """Ask for the analyser's meter while the page is open."""
        super().on_mount()
        self.link.listen(SPECTRUM, self._take, (0, 0, 1))

    def on_unmount(self) -> None:
        """Ask no more."""
        self.link.leave(SPECTRUM)

    def _take(self, arguments: list[Any]) -> None:
        """Take a spectrum, if it is this strip's."""
        desk = self.link.desk
        own = desk.knows(SOURCE) and desk.stored(SOURCE) == analysed(self._row)
        self._bars = np.clip(1 + feedback.levels(arguments) / SPECTRUM_DB, 0, 1) if own else None
        self._taken_at = asyncio.get_running_loop().time()

    def action_spectrum(self) -> None:
        """Have the console's analyser listen to this strip."""
        self.link.set(SOURCE, analysed(self._row))

    def on_resize(self) -> None:
        """Make the curves fit the window."""
        self.set_class(self.size.height < LOW, "-low")
        self.set_class(self.size.width < NARROW, "-narrow")
        self._drawn = None

    def sections(self) -> dict[str, list[str]]:
        """All of the strip, the EQ first: that is what is looked for in a hurry."""
        found = words.strip_sections(self._path)
        first = {name: found.pop(name) for name in ("Mix", "EQ") if name in found}
        return first | found

    def addresses(self) -> Iterable[str]:
        """All of the strip, and the rate its curve is drawn at."""
        return [*super().addresses(), "/-prefs/clockrate", SOURCE]

    def show_selected(self, row: int) -> None:
        """Show another strip; the cursor stays on the same parameter where it has one."""
        leaf = (self.sheet.address or "").removeprefix(f"/{self._path}")
        self._row, self._drawn, self._other = row, None, {}
        self._curve = self._bars = None
        self.link.watch(self.addresses())
        self.sheet.show(self.sections())
        self.sheet.point_at(f"/{self._path}{leaf}")

    def compare(self) -> None:
        """Swap the strip with how it was when the page was opened, or was last compared."""
        now = {address: self.link.desk.stored(address) for address in super().addresses()
               if self.link.desk.knows(address)}  # fmt: skip
        wanted = {address: stored for address, stored in self._other.items() if now.get(address) != stored}
        if self.link.set_all(wanted):
            self._other = now

    def redraw(self) -> None:
        """Draw the lines, and the curve when the EQ has changed."""
        super().redraw()
        if asyncio.get_running_loop().time() - self._taken_at > mirror.STALE_S:
            self._bars = None
        known = all(self.link.desk.knows(address) for address in super().addresses())
        if known and not self._other:
            self._other = {address: self.link.desk.stored(address) for address in super().addresses()}
        state = (self._row, self.link.desk.revision, self._plot.size)
        if self._plot.size.height and state != self._drawn and not self._designing:
            self._drawn, self._designing = state, True
            self.run_worker(self._draw_curve(), exclusive=True)
        if not known:  # no curve is better than that of a console as it came
            for shown in (self._plot, self._gate, self._comp):
                shown.draw()
        elif self._curve is not None and len(self._curve) == self._plot.columns:
            self._plot.draw(self._curve, self._bars, ink=self._ink)
            self._draw_dynamics()

    @property
    def _ink(self) -> int:
        """Curves of a console that does not answer must not look as if they were live, either."""
        return Ink.CURVE if self.link.connected else Ink.QUIET

    def _draw_dynamics(self) -> None:
        """Draw gate and compressor, and the point where each of them is."""
        desk, source, row = self.link.desk, self._mirror, self._row
        level_db = float(source.level_dbfs[row])
        for shown, curve, taken_db in (
            (self._gate, curves.gate_db, float(source.gate_db[row])),
            (self._comp, curves.compressor_db, float(source.compressor_db[row])),
        ):
            shown.draw(
                curve(desk, self._path, np.linspace(QUIETEST_DB, 0.0, shown.columns)),
                ink=self._ink,
                point=(1 - level_db / QUIETEST_DB, level_db - taken_db),
            )
            level_db -= taken_db

    async def _draw_curve(self) -> None:
        """Design and draw; the design is imported in a thread, since that takes a moment."""
        try:
            freq_hz = curves.frequencies(self._plot.columns)
            curve = await asyncio.to_thread(curves.eq_db, self.link.desk, self._path, freq_hz)
            self._curve = curve
        finally:
            self._designing = False

    def heading(self) -> list[tuple[str, int]]:
        """Name, level, gain reduction and mute of the strip."""
        labels, row = self._mirror.strips, self._row
        strip = strips.STRIPS[row]
        found = [(f" {strip.title} ", Ink.KEY), (f"{label.plain(labels.names[row]):12}", Ink.NAME + int(
            labels.colours[row]))]  # fmt: skip
        numbers = (("peak", self._mirror.hold_dbfs[row]), ("gate", -self._mirror.gate_db[row]),
                   ("comp", -self._mirror.compressor_db[row]))  # fmt: skip
        for name, value in numbers:
            found += [(f"  {name} ", Ink.QUIET), (f"{theme.decibels(value, mirror.SILENCE_DBFS):>6}", Ink.TEXT)]
        reason = int(self._mirror.silenced()[row])
        return [*found, ("  MUTED ", Ink.MUTE)] if reason != mirror.UNMUTED else found
