"""A bank of meters: every strip of a row, drawn by one widget straight from the mirror's arrays.

      0     C         clip light, latched
    −18     ▁         held peak
    −40   ▃ █ ▅┤      level, and at its right the fader
    −60   █ █ █
     GC   ▀ █         gain reduction hangs from the foot: gate left, compressor right
              M       mute: by its own key, a DCA or a mute group
     CH   1 2 3       number, and the name on a plate of the strip's colour

Labels and scale are written when they change, bars and lights at every redraw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip
from textual.widget import Widget

from dsp.parameters import scales
from tui import mirror, strips, theme
from tui.theme import Ink
from tui.widgets import bridge_layout, canvas, label

BLOCKS = np.array(list(" ▁▂▃▄▅▆▇█"))
TICKS = np.array(list("▁─▔"))
"""A held peak in the lower, middle or upper third of its cell."""

MUTE_WORDS = {mirror.MUTED: "MUTE", mirror.MUTED_BY_DCA: "DCA", mirror.MUTED_BY_GROUP: "GRP"}


class MeterBank(Widget):
    """The meters of one bank; give it a `face` before it is shown."""

    DEFAULT_CSS = "MeterBank { width: 0; height: 0; }"

    def __init__(self, source: mirror.Mirror, id: str) -> None:
        super().__init__(id=id)
        self._mirror = source
        self._selected = -1
        self._written: tuple[int, int, bytes] | None = None
        self._blank = self._canvas = canvas.Canvas(0, 0)

    def wear(self, face: bridge_layout.Face) -> None:
        """Take the size and the positions of `face`, and draw everything anew."""
        self._columns, self._rows = face.columns, face.rows
        self._strips = slice(face.columns.bank.strips.start, face.columns.bank.strips.stop)
        # The strip's place in the bank that each painted column belongs to, and the column itself.
        count, bar = len(face.columns.bank.strips), face.columns.bar
        self._owner = np.repeat(np.arange(count), bar)
        self._feet = np.array(face.columns.lefts) + face.columns.indent
        self._bars = (self._feet[:, None] + np.arange(bar)).ravel()
        self._zones = theme.zones(face.rows.bars)[::-1, None]
        self.styles.width, self.styles.height = face.columns.width, face.rows.height
        self._written = None
        self.draw(self._selected)

    def render_line(self, y: int) -> Strip:
        """Return row `y` of the last drawing."""
        return self._canvas.strip(y)

    def draw(self, selected: int, faders_db: mirror.Floats | None = None) -> None:
        """Draw the mirror as it stands, with strip `selected` marked, and repaint what changed.

        `faders_db` are the levels that the faders of all strips show; NaN is none.
        """
        self._selected = selected
        before = self._canvas
        faders_db = self._mirror.strips.fader_db if faders_db is None else faders_db
        state = (self._mirror.revision, selected, faders_db.tobytes())
        if self._written != state:
            self._written = state
            self._silenced = self._mirror.silenced()[self._strips]
            self._blank = self._write_labels()
            self._write_faders(self._blank, faders_db)
        self._canvas = self._blank.copy()
        self._draw_bars()
        self._draw_gains()
        self._draw_clips()
        if before.letters.shape != self._canvas.letters.shape:
            self.refresh()
        elif regions := self._canvas.changes(before):
            self.refresh(*regions)

    def _draw_bars(self) -> None:
        rows = self._rows.bars
        from_foot = np.arange(rows)[::-1, None]
        height = theme.deflection(self._mirror.level_dbfs[self._strips]) * rows
        eighths = _eighths(height - from_foot)
        held = theme.deflection(self._mirror.hold_dbfs[self._strips]) * rows
        cell = np.minimum(held.astype(int), rows - 1)
        tick = TICKS[np.minimum((held - cell) * 3, 2).astype(int)]
        letters = np.where((from_foot == cell) & (eighths == 0) & (held > 0), tick, BLOCKS[eighths])
        inks = np.where(self._silenced != mirror.UNMUTED, np.uint8(Ink.SILENCED), self._zones)
        self._paint(slice(1, 1 + rows), self._bars, letters[:, self._owner], inks[:, self._owner])

    def _write_faders(self, sheet: canvas.Canvas, faders_db: mirror.Floats) -> None:
        """Mark each fader beside its bar, in the column that parts it from the next strip."""
        levels = faders_db[self._strips]
        rows = self._rows.bars
        height = scales.level_position(np.nan_to_num(levels, nan=0.0)) * (rows - 1)
        for place in np.flatnonzero(~np.isnan(levels)).tolist():
            y = rows - round(float(height[place]))
            sheet.write(y, self._columns.lefts[place] + self._columns.plate, "┤", Ink.FADER)

    def _draw_gains(self) -> None:
        half = max(self._columns.bar // 2, 1)
        compressor = self._feet + max(self._columns.bar, 2) - half
        for reduction_db, first, full, edge in (
            (self._mirror.gate_db, self._feet, Ink.GATE, Ink.GATE_EDGE),
            (self._mirror.compressor_db, compressor, Ink.COMPRESSOR, Ink.COMPRESSOR_EDGE),
        ):
            depth = reduction_db[self._strips] / theme.GAIN_RANGE_DB * self._rows.gains
            eighths = _eighths(depth - np.arange(self._rows.gains)[:, None])
            # Blocks only grow upwards: a hanging one is the rest of its cell, reversed.
            hanging = (eighths > 0) & (eighths < 8)
            letters = np.where(hanging, BLOCKS[8 - eighths], BLOCKS[eighths])
            inks = np.where(hanging, np.uint8(edge), np.uint8(full))
            columns = (first[:, None] + np.arange(half)).ravel()
            owner = np.repeat(np.arange(len(first)), half)
            where = slice(self._rows.gain, self._rows.gain + self._rows.gains)
            self._paint(where, columns, letters[:, owner], inks[:, owner])

    def _draw_clips(self) -> None:
        for place in np.flatnonzero(self._mirror.clipped[self._strips]).tolist():
            self._plate(self._canvas, 0, place, "CLIP", Ink.CLIP)

    def _paint(
        self, rows: slice, columns: NDArray[np.int_], letters: NDArray[np.str_], inks: NDArray[np.uint8]
    ) -> None:
        self._canvas.letters[rows, columns] = letters
        self._canvas.inks[rows, columns] = inks

    def _plate(self, sheet: canvas.Canvas, y: int, place: int, word: str, ink: int) -> None:
        """Light a plate at row `y` of a strip: the word, or its first letter where there is no room."""
        width = self._columns.plate
        word = word if len(word) <= width else word[0]
        sheet.write(y, self._columns.lefts[place], word.center(width), ink)

    def _write_labels(self) -> canvas.Canvas:
        """Write all that changes seldom: panel, scale, mutes, numbers, names."""
        sheet = canvas.Canvas(self._columns.width, self._rows.height)
        self._write_panel(sheet)
        if self._columns.scale:
            self._write_scale(sheet)
        for place, strip in enumerate(self._columns.bank.strips):
            reason = int(self._silenced[place])
            if reason != mirror.UNMUTED:
                self._plate(sheet, self._rows.mute, place, MUTE_WORDS[reason], Ink.MUTE)
            elif self._mirror.strips.solo[strip]:
                self._plate(sheet, self._rows.mute, place, "SOLO", Ink.SOLO)
            self._write_number(sheet, place, strip)
            self._write_name(sheet, place, strip)
        return sheet

    def _write_panel(self, sheet: canvas.Canvas) -> None:
        """Lay the dark panel under bars and gain reduction, leaving the gaps between groups open."""
        starts = (0, *self._columns.bank.breaks)
        ends = (*self._columns.bank.breaks, len(self._columns.lefts))
        for start, end in zip(starts, ends, strict=True):
            left = self._columns.lefts[start]
            right = self._columns.lefts[end - 1] + max(self._columns.plate, 2)
            sheet.inks[: self._rows.mute, left:right] = Ink.PANEL

    def _write_scale(self, sheet: canvas.Canvas) -> None:
        x, width, rows = self._columns.margin, self._columns.scale, self._rows.bars
        taken: set[int] = set()
        heights = theme.deflection(np.array(theme.MARKS_DBFS, float)) * rows
        for mark, height in zip(theme.MARKS_DBFS, heights.tolist(), strict=True):
            y = 1 + rows - 1 - min(int(height), rows - 1)
            if y not in taken:
                taken.update((y - 1, y, y + 1) if rows > 16 else (y,))
                sheet.write(y, x, f"{mark}".replace("-", "−").rjust(width), Ink.SCALE)
        sheet.write(self._rows.gain, x, "G".rjust(width - 1), Ink.GATE_LEGEND)
        sheet.write(self._rows.gain, x + width - 1, "C", Ink.COMPRESSOR_LEGEND)
        sheet.write(self._rows.number, x, self._columns.bank.title[:width].ljust(width), Ink.SCALE)

    def _write_number(self, sheet: canvas.Canvas, place: int, strip: int) -> None:
        ink = Ink.NUMBER_EVEN if place % 2 else Ink.NUMBER_ODD
        if strip == self._selected:
            ink = Ink.SELECTED
        width = max(self._columns.plate, 2)
        number = strips.STRIPS[strip].number[-width:].center(width)
        sheet.write(self._rows.number, self._columns.lefts[place], number, ink)

    def _write_name(self, sheet: canvas.Canvas, place: int, strip: int) -> None:
        left, width = self._columns.lefts[place], self._columns.plate
        name = label.plain(self._mirror.strips.names[strip])
        ink = Ink.NAME + int(self._mirror.strips.colours[strip])
        if not name or self._silenced[place] != mirror.UNMUTED:
            ink = Ink.NAME_SILENCED  # nor shall a plate without a name shine
        if not self._columns.written:
            row, left, width = self._columns.name_places(bridge_layout.STAGGERED)[place]
            sheet.write(self._rows.name + row, left, label.abbreviate(name, width).ljust(width), ink)
            return
        rows = min(self._rows.names, 3)
        lines = label.wrap(name, width, rows)
        for y, line in enumerate((lines + [""] * rows)[:rows]):
            sheet.write(self._rows.name + y, left, line.center(width), ink)


def _eighths(filled: NDArray[np.float64]) -> NDArray[np.int_]:
    """Eighths of a cell that are filled, in steps of two: finer ones move at every redraw, and cost bytes over SSH."""
    return np.asarray(np.clip(2 * np.rint(filled * 4), 0, 8), int)
