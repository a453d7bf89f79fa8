"""A bank of meters: every strip of a row, drawn by one widget straight from the mirror's arrays.

      0     C         clip light, latched
    −18     ▁         held peak
    −40   ▃ █ ▅┤      level, and at its right the fader
    −60   █ █ █
     GC   ▀ █         gain reduction hangs from the foot: gate left, compressor right
              M       mute: by its own key, a DCA or a mute group
     CH   1 2 3       number, picture, and the name on a plate of the strip's colour

Labels and scale are written when they change; of bars and lights those cells that have moved.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.message import Message

from dsp.parameters import scales
from tui import icons, mirror, strips, theme
from tui.theme import Ink
from tui.widgets import bridge_layout, canvas, cells, label

BLOCKS = " ▂▄▆█"
"""Quarters of a cell: finer ones move at every redraw, and cost bytes over SSH."""
QUARTERS = len(BLOCKS) - 1
TICKS = "▁─▔"
"""A held peak in the lower, middle or upper third of its cell."""
SILENCED, PANEL = int(Ink.SILENCED), int(Ink.PANEL)
BAR, TICK, GATE, COMPRESSOR, CLIP = range(5)
"""Rows of what is drawn of each strip, see `quantised`."""
LIGHTS = ((GATE, int(Ink.GATE), int(Ink.GATE_EDGE)), (COMPRESSOR, int(Ink.COMPRESSOR), int(Ink.COMPRESSOR_EDGE)))
"""Gain reductions from left to right, with the ink of full cells and of the last one."""

DARK = [0] * 5
"""A strip of which nothing is to be seen."""
Shown = NDArray[np.int_]
MUTE_WORDS = {mirror.MUTED: "MUTE", mirror.MUTED_BY_DCA: "DCA", mirror.MUTED_BY_GROUP: "GRP"}


class MeterBank(cells.Cells):
    """The meters of one bank; give it a `face` before it is shown."""

    DEFAULT_CSS = "MeterBank { width: 0; height: 0; }"

    class Pointed(Message):
        """Somebody clicked on a strip."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, source: mirror.Mirror, id: str) -> None:
        super().__init__(id=id)
        self._mirror = source
        self._selected = -1
        self._written: tuple[int, int, bytes] | None = None
        self._blank = self.canvas

    def wear(self, face: bridge_layout.Face) -> None:
        """Take the size and the positions of `face`; the next drawing is all new."""
        self._columns, self._rows = face.columns, face.rows
        self._strips = slice(face.columns.bank.strips.start, face.columns.bank.strips.stop)
        self._lefts = [left + face.columns.indent for left in face.columns.lefts]
        self._zones = theme.zones(face.rows.bars).tolist()
        self.styles.width, self.styles.height = face.columns.width, face.rows.height
        self._written = None

    def draw(self, shown: Shown, selected: int, faders_db: mirror.Floats) -> None:
        """Draw the mirror as it stands, with strip `selected` marked, and paint what changed.

        Parameters
        ----------
        shown : ndarray of int, shape (5, strips)
            Levels and gains of all strips, see `quantised`.
        selected : int
            The strip that keys act on.
        faders_db : ndarray, shape (strips,)
            The levels that the faders of all strips show; NaN is none.
        """
        self._selected = selected
        state = (self._mirror.revision, selected, faders_db.tobytes())
        now = shown[:, self._strips]
        if self._written != state:
            self._written = state
            self._silenced = self._mirror.silenced()[self._strips].tolist()
            self._blank = self._write_labels()
            self._write_faders(self._blank, faders_db)
            sheet = self._blank.copy()
            for place, levels in enumerate(now.T.tolist()):
                self._draw_strip(sheet, place, DARK, levels)
            self._drawn = now
            self.put(sheet)
        else:
            before, self._drawn = self._drawn, now
            dabs: list[cells.Dab] = []
            for place in np.flatnonzero((now != before).any(axis=0)).tolist():
                dabs += self._draw_strip(self.canvas, place, before[:, place].tolist(), now[:, place].tolist())
            self.dab(dabs)

    def _draw_strip(self, sheet: canvas.Canvas, place: int, old: list[int], new: list[int]) -> list[cells.Dab]:
        """Draw what of a strip looks different now; tell what that takes."""
        dabs = self._draw_bar(sheet, place, old, new) if old[:GATE] != new[:GATE] else []
        for light, full, edge in LIGHTS:
            if old[light] != new[light]:
                dabs += self._draw_light(sheet, place, light, _moved(old[light], new[light]), new[light], full, edge)
        if old[CLIP] != new[CLIP]:
            left, plate = self._columns.lefts[place], self._columns.plate
            word, ink = ("CLIP" if plate >= 4 else "C", Ink.CLIP) if new[CLIP] else ("", Ink.PANEL)
            sheet.write(0, left, word.center(plate), ink)
            dabs.append(cells.Dab(0, left, word.center(plate), int(ink)))
        return dabs

    def _draw_bar(self, sheet: canvas.Canvas, place: int, old: list[int], new: list[int]) -> list[cells.Dab]:
        """Draw the rows of a strip's bar that look different now, counted from its foot."""
        rows = set(_moved(old[BAR], new[BAR]))
        if old[TICK] != new[TICK]:
            rows |= {(tick - 1) // 3 for tick in (old[TICK], new[TICK]) if tick}
        silenced = self._silenced[place] != mirror.UNMUTED
        foot, filled, tick = self._rows.bars, new[BAR], new[TICK] - 1
        dabs = []
        for row in rows:
            quarters = min(max(filled - row * QUARTERS, 0), QUARTERS)
            letter = TICKS[tick % 3] if not quarters and tick >= 0 and tick // 3 == row else BLOCKS[quarters]
            ink = SILENCED if silenced else self._zones[row]
            dabs.append(_dab(sheet, foot - row, self._lefts[place], self._columns.bar, letter, ink))
        return dabs

    def _draw_light(
        self, sheet: canvas.Canvas, place: int, light: int, rows: range, depth: int, full: int, edge: int
    ) -> list[cells.Dab]:
        """Draw some rows of a strip's gain reduction, counted from where it hangs."""
        left, width = self._lefts[place], self._columns.bar
        half = max(width // 2, 1)
        if light == COMPRESSOR:
            left += max(width, 2) - half
        dabs = []
        for row in rows:
            quarters = min(max(depth - row * QUARTERS, 0), QUARTERS)
            # Blocks only grow upwards: a hanging one is the rest of its cell, reversed.
            hangs = 0 < quarters < QUARTERS
            letter, ink = (BLOCKS[QUARTERS - quarters], edge) if hangs else (BLOCKS[quarters], full)
            dabs.append(_dab(sheet, self._rows.gain + row, left, half, letter, ink))
        return dabs

    def _write_faders(self, sheet: canvas.Canvas, faders_db: mirror.Floats) -> None:
        """Mark each fader beside its bar, in the column that parts it from the next strip."""
        levels = faders_db[self._strips]
        rows = self._rows.bars
        height = scales.level_position(np.nan_to_num(levels, nan=0.0)) * (rows - 1)
        for place in np.flatnonzero(~np.isnan(levels)).tolist():
            y = rows - round(float(height[place]))
            sheet.write(y, self._columns.lefts[place] + self._columns.plate, "┤", Ink.FADER)

    def _plate(self, sheet: canvas.Canvas, y: int, place: int, word: str, ink: int) -> None:
        """Light a plate at row `y` of a strip: the word, or its first letter where there is no room."""
        width = self._columns.plate
        word = word if len(word) <= width else word[0]
        sheet.write(y, self._columns.lefts[place], word.center(width), ink)

    def on_click(self, event: events.Click) -> None:
        """Point at the strip whose column it is."""
        ends = (*self._columns.lefts[1:], self._columns.width)
        for row, left, end in zip(self._columns.bank.strips, self._columns.lefts, ends, strict=True):
            if left <= event.x < end:
                self.post_message(self.Pointed(row))

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
            self._write_icon(sheet, place, strip)
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

    def _write_icon(self, sheet: canvas.Canvas, place: int, strip: int) -> None:
        """The picture: a word where one fits, else a sign."""
        width = self._columns.plate
        icon = icons.icon(int(self._mirror.strips.icons[strip]))
        text = icon.word if len(icon.word) <= width and width > 2 else icon.sign
        sheet.write(self._rows.icon, self._columns.lefts[place], text.center(width), Ink.QUIET)

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


def quantised(source: mirror.Mirror, bars: NDArray[np.int_], gains: NDArray[np.int_]) -> Shown:
    """Levels and gains of all strips, as finely as they are drawn.

    Parameters
    ----------
    source : Mirror
        The console.
    bars, gains : ndarray of int, shape (strips,)
        Rows that the bar and the gain reduction of each strip have.

    Returns
    -------
    shown : ndarray of int, shape (5, strips)
        Quarters of the bar, thirds of the held peak from 1 on or 0, quarters of gate and compressor, clip light.
    """
    heights = theme.deflection(np.concatenate((source.level_dbfs, source.hold_dbfs))).reshape(2, -1) * bars
    depths = np.concatenate((source.gate_db, source.compressor_db)).reshape(2, -1) / theme.GAIN_RANGE_DB
    shown = np.empty((5, len(bars)), int)
    shown[BAR] = np.rint(heights[0] * QUARTERS)
    shown[TICK] = np.where(heights[1] > 0, np.minimum(heights[1] * 3, bars * 3 - 1) + 1, 0)
    shown[GATE : COMPRESSOR + 1] = np.rint(np.minimum(depths, 1) * (gains * QUARTERS))
    shown[CLIP] = source.clipped
    return shown


def _moved(old: int, new: int) -> range:
    """Rows, counted from where a column grows, that look different once it has as many quarters as `new`."""
    low, high = sorted((old, new))
    return range(low // QUARTERS, -(-high // QUARTERS))


def _dab(sheet: canvas.Canvas, y: int, x: int, width: int, letter: str, ink: int) -> cells.Dab:
    """Fill some cells of a row; the empty ones are those of the panel."""
    ink = PANEL if letter == " " else ink
    sheet.letters[y, x : x + width] = letter
    sheet.inks[y, x : x + width] = ink
    return cells.Dab(y, x, letter * width, ink)
