"""Where everything stands: from the size of the terminal to the columns and rows of every bank.

Four arrangements, chosen by size alone:

    page    80×24 up     channels, or aux inputs and returns, or groups, with the mains beside them
    row     wide, low    channels (or aux and returns), groups and mains side by side
    stack   high         channels above groups, from `BESIDE` on aux and returns beside these, tall mains at the side

What has no room is shown in place of its neighbour when a strip of it is selected.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

from tui import strips

SMALLEST = (80, 24)
CHROME_ROWS = 4
"""Status, readout, DCAs and keys."""
STACK_HEIGHT = 40
TOWER_HEIGHT = 58
ROW_WIDTH = 130
ALL_WIDTH = 160
"""From here on a row has room for every strip."""
WIDE = 160
"""From here on the mains of a stack may be broad."""
BESIDE = 190
"""From here on aux inputs and returns stand beside the groups, with their names still written across."""

SCALE = 3
"""Columns of the scale's numbers."""
MARGIN = 1
PITCHES = range(8, 1, -1)
GAPS = range(6, -1, -1)
WRITTEN_PITCH = 4
"""From this pitch on names stand side by side; on narrower strips they share rows, see `Columns.name_places`."""
SHORTEST = 5
"""Columns of a name at the right end of narrow strips."""
STAGGERED = 4
"""Rows that the names of narrow strips share."""

Mode = Literal["page", "row", "stack", "tower"]


@dataclass(frozen=True)
class Bank:
    """Strips that are drawn together; a gap stands before each position in `breaks`."""

    strips: range
    title: str
    breaks: tuple[int, ...] = ()


CHANNELS = Bank(strips.INPUTS, "CH", (8, 16, 24))
GROUPS = Bank(strips.GROUPS, "BUS", (strips.BUSES,))
RETURNS = Bank(strips.RETURNS, "AUX", (len(strips.AUX),))
MAINS = Bank(strips.MAINS, "")


@dataclass(frozen=True)
class Columns:
    """The columns of a bank: an empty margin, the scale, then strips of equal pitch in groups."""

    bank: Bank
    margin: int
    scale: int
    pitch: int
    gap: int

    @functools.cached_property
    def lefts(self) -> tuple[int, ...]:
        """First column of each strip."""
        start = self.margin + self.scale
        return tuple(
            start + place * self.pitch + self.gap * sum(place >= at for at in self.bank.breaks)
            for place in range(len(self.bank.strips))
        )

    @property
    def plate(self) -> int:
        """Columns of a name plate; the strip's last column separates it from the next one."""
        return self.pitch - 1

    @property
    def indent(self) -> int:
        """Columns a bar stands inside its plate: wide strips need room for names, not broad bars."""
        return max(self.plate - 4, 0) // 2

    @property
    def bar(self) -> int:
        """Columns of a bar."""
        return self.plate - 2 * self.indent

    @property
    def width(self) -> int:
        """All columns, the separating one of the last strip too: its fader stands there."""
        return self.lefts[-1] + self.pitch

    @property
    def written(self) -> bool:
        """Whether names stand side by side."""
        return self.pitch >= WRITTEN_PITCH

    def name_places(self, rows: int) -> list[tuple[int, int, int]]:
        """Row, first column and columns of each name on narrow strips: one below the other, `rows` in turn.

        A name begins below its strip and goes on below its neighbours; at the right end it gives way to the left.
        """
        end = self.lefts[-1] + self.pitch
        places: list[tuple[int, int, int]] = []
        for place, left in enumerate(self.lefts):
            after = self.lefts[place + rows] if place + rows < len(self.lefts) else end + 1
            places.append((place % rows, min(left, max(end - SHORTEST, self.margin)), after - 1))
        for place in range(len(places) - rows):
            row, left, stop = places[place]
            places[place] = row, left, min(stop, places[place + rows][1] - 1)
        return [(row, left, stop - left) for row, left, stop in places]


@dataclass(frozen=True)
class Rows:
    """The rows of a bank from the top: clip lights, bars, gain reduction, mutes, numbers, pictures, names."""

    bars: int
    gains: int
    names: int

    @property
    def gain(self) -> int:
        """First row of the gain reduction, which hangs from the foot of the bars."""
        return 1 + self.bars

    @property
    def mute(self) -> int:
        """Row of the mute letters."""
        return self.gain + self.gains

    @property
    def number(self) -> int:
        """Row of the strip numbers."""
        return self.mute + 1

    @property
    def icon(self) -> int:
        """Row of the pictures."""
        return self.number + 1

    @property
    def name(self) -> int:
        """First row of the names."""
        return self.icon + 1

    @property
    def height(self) -> int:
        """All rows."""
        return self.name + self.names


@dataclass(frozen=True)
class Face:
    """How one bank is drawn."""

    columns: Columns
    rows: Rows


@dataclass(frozen=True)
class Arrangement:
    """One face for every bank."""

    mode: Mode
    channels: Face
    returns: Face
    groups: Face
    mains: Face

    def shown(self, selected: int) -> tuple[bool, bool, bool]:
        """Whether channels, returns and groups are in sight while this strip is selected."""
        on_returns = selected in strips.RETURNS
        together = self.returns.columns.margin > 0
        match self.mode:
            case "page":
                on_groups = selected in strips.GROUPS
                return not on_returns and not on_groups, on_returns, on_groups
            case "row":
                return together or not on_returns, together or on_returns, True
            case "stack":
                return True, together or on_returns, together or not on_returns
            case "tower":
                return True, True, True


def arrange(width: int, height: int) -> Arrangement:
    """Lay out the bridge for a terminal of `width` × `height` cells, at least `SMALLEST`."""
    room = height - CHROME_ROWS
    if height >= TOWER_HEIGHT and width < BESIDE:
        return _tower(width, room)
    if height >= STACK_HEIGHT:
        return _stack(width, room)
    if width >= ALL_WIDTH:
        return _all(width, room)
    return _row(width, room) if width >= ROW_WIDTH else _page(width, room)


def _page(width: int, height: int) -> Arrangement:
    room = width - Columns(MAINS, MARGIN, 0, 3, 0).width
    channels, returns, groups = (_fit(bank, 0, SCALE, room) for bank in (CHANNELS, RETURNS, GROUPS))
    mains = _fit(MAINS, MARGIN, 0, width - max(channels.width, returns.width, groups.width))
    rows = _rows(height, channels, groups)
    return Arrangement("page", Face(channels, rows), Face(returns, rows), Face(groups, rows), Face(mains, rows))


def _row(width: int, height: int) -> Arrangement:
    mains = Columns(MAINS, MARGIN, 0, 3, 0)
    channels = _fit(CHANNELS, 0, SCALE, (width - mains.width) * 3 // 5)
    returns = _fit(RETURNS, 0, SCALE, channels.width)
    groups = _fit(GROUPS, MARGIN, 0, width - mains.width - channels.width)
    mains = _fit(MAINS, MARGIN, 0, width - channels.width - groups.width)
    rows = _rows(height, channels, groups)
    return Arrangement("row", Face(channels, rows), Face(returns, rows), Face(groups, rows), Face(mains, rows))


def _all(width: int, height: int) -> Arrangement:
    mains = Columns(MAINS, MARGIN, 0, 3, 0)
    room, count = width - mains.width, sum(len(bank.strips) for bank in (CHANNELS, GROUPS, RETURNS))
    channels = _fit(CHANNELS, 0, SCALE, room * len(CHANNELS.strips) // count)
    groups = _fit(GROUPS, MARGIN, 0, room * len(GROUPS.strips) // count)
    returns = _fit(RETURNS, MARGIN, 0, room - channels.width - groups.width)
    mains = _fit(MAINS, MARGIN, 0, width - channels.width - groups.width - returns.width)
    rows = _rows(height, channels, groups, returns)
    return Arrangement("row", Face(channels, rows), Face(returns, rows), Face(groups, rows), Face(mains, rows))


def _tower(width: int, height: int) -> Arrangement:
    room = width - Columns(MAINS, MARGIN, SCALE, 3 if width < WIDE else 6, 0).width
    channels, groups, returns = (_fit(bank, 0, SCALE, room) for bank in (CHANNELS, GROUPS, RETURNS))
    mains = _fit(MAINS, MARGIN, SCALE, width - max(channels.width, groups.width, returns.width))
    upper = height - 2 * (height // 3)
    lower = _rows(height // 3, groups, returns)
    return Arrangement(
        "tower", Face(channels, _rows(upper, channels)), Face(returns, lower), Face(groups, lower),
        Face(mains, _rows(height, mains)),
    )  # fmt: skip


def _stack(width: int, height: int) -> Arrangement:
    room = width - Columns(MAINS, MARGIN, SCALE, 3 if width < WIDE else 6, 0).width
    channels = _fit(CHANNELS, 0, SCALE, room)
    if width < BESIDE:
        groups, returns = (_fit(bank, 0, SCALE, room) for bank in (GROUPS, RETURNS))
        below = max(groups.width, returns.width)
    else:
        share = len(GROUPS.strips) / (len(GROUPS.strips) + len(RETURNS.strips))
        groups = _fit(GROUPS, 0, SCALE, int(room * share))
        returns = _fit(RETURNS, MARGIN, SCALE, room - groups.width)
        below = groups.width + returns.width
    mains = _fit(MAINS, MARGIN, SCALE, width - max(channels.width, below))
    upper = height // 2
    lower = _rows(height - upper, groups, returns)
    return Arrangement(
        "stack", Face(channels, _rows(upper, channels)), Face(returns, lower), Face(groups, lower),
        Face(mains, _rows(height, mains)),
    )  # fmt: skip


def _fit(bank: Bank, margin: int, scale: int, width: int) -> Columns:
    """Return the widest strips, then the widest gaps, that fit into `width`."""
    choices = [Columns(bank, margin, scale, pitch, gap) for pitch in PITCHES for gap in GAPS]
    return next((columns for columns in choices if columns.width <= width), choices[-1])


def _rows(height: int, *sides: Columns) -> Rows:
    """Share `height` rows among bars, gain reduction and names."""
    tall = height >= 22
    gains = 3 if tall else 2
    written = all(columns.written for columns in sides)
    names = (3 if tall else 2) if written else STAGGERED
    return Rows(height - gains - names - 4, gains, names)
