"""The bridge's picture of the console: one numpy array per fact, one column per strip.

The link writes what arrives, the widgets draw what stands here.  Ballistics
are on this side: a level rises at once and falls as on a peak programme meter;
a peak is held, then falls alike; a clip stays until somebody clears it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import scales
from tui import strips

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SILENCE_DBFS = -120.0
LOUDEST_DBFS = 60.0
SMALLEST, LARGEST = 10 ** (SILENCE_DBFS / 20), 10 ** (LOUDEST_DBFS / 20)
CLIP_DBFS = -0.01
"""A converter's highest positive code lies just below full scale, so 0.0 itself might never be met."""

FALL_DB_PER_S = 20 / 1.7
"""IEC 60268-10 type I: 20 dB in 1.7 s."""
HOLD_S = 1.5
STALE_S = 0.5
"""Levels older than this are no longer believed: the bars fall instead of standing still."""

UNMUTED, MUTED, MUTED_BY_DCA, MUTED_BY_GROUP = range(4)


class Labels:
    """What is written on a row of strips, or of DCAs.

    Attributes
    ----------
    names : list of str
    colours : ndarray of int
        0 to 15, the console's strip colours.
    icons : ndarray of int
        The console's numbers of pictures; 1 is none.
    on : ndarray of bool
        Not muted (a mute group: active).
    fader_db : ndarray
        −inf when closed, NaN while unknown.
    solo : ndarray of bool
    dcas, mute_groups : ndarray of int
        Bit n is set for a member of DCA or mute group n + 1.
    follows : ndarray of bool
        Muted as main left/right is: mono/centre, where the two are linked.
    """

    def __init__(self, count: int, *, on: bool = True) -> None:
        self.names = [""] * count
        self.colours = np.zeros(count, int)
        self.icons = np.ones(count, int)
        self.on: Flags = np.full(count, on)
        self.solo: Flags = np.zeros(count, bool)
        self.fader_db: Floats = np.full(count, np.nan)
        self.dcas = np.zeros(count, int)
        self.mute_groups = np.zeros(count, int)
        self.follows: Flags = np.zeros(count, bool)

    def write(self, field: strips.Field, row: int, value: float | str) -> bool:
        """Write one value as it travels on the wire and say whether it is news.

        Raises
        ------
        ValueError
            If the value is not of the field's kind.
        """
        column, new = self._read(field, value)
        news = bool(column[row] != new)
        column[row] = new
        return news

    def _read(self, field: strips.Field, value: float | str) -> tuple[Any, Any]:
        """Return the column of a field, and the wire's value as it stands there."""
        if field == "name":
            if not isinstance(value, str):
                raise ValueError(f"{value!r} is not a name")
            return self.names, value
        if isinstance(value, str) or not math.isfinite(value):
            raise ValueError(f"{value!r} is not a number")
        match field:
            case "on":
                return self.on, value >= 0.5
            case "solo":
                return self.solo, value >= 0.5
            case "follows":
                return self.follows, value >= 0.5
            case "fader":
                return self.fader_db, float(scales.level_db(value))
            case "colour":
                return self.colours, int(value) % 16
            case "icon":
                return self.icons, int(value)
            case "dcas":
                return self.dcas, int(value) & 0xFF
            case "mute_groups":
                return self.mute_groups, int(value) & 0x3F


class Mirror:
    """Levels, gains and labels of every strip in `strips.STRIPS`.

    Attributes
    ----------
    level_dbfs, hold_dbfs, highest_dbfs : ndarray, shape (strips,)
        The falling level, the held peak, and the highest level since `clear`.
    clipped : ndarray of bool, shape (strips,)
        A level reached full scale since `clear`.
    gate_db, compressor_db : ndarray, shape (strips,)
        Gain reduction, positive decibels; 0 without a gate.
    strips, dcas, mute_groups : Labels
        Names, colours, mutes, faders and memberships.
    revision : int
        Grows with every label that changes.
    """

    def __init__(self) -> None:
        count = len(strips.STRIPS)
        self.level_dbfs: Floats = np.full(count, SILENCE_DBFS)
        self.hold_dbfs: Floats = np.full(count, SILENCE_DBFS)
        self.highest_dbfs: Floats = np.full(count, SILENCE_DBFS)
        self.clipped: Flags = np.zeros(count, bool)
        self.gate_db: Floats = np.zeros(count)
        self.compressor_db: Floats = np.zeros(count)
        self.strips = Labels(count)
        self.dcas = Labels(strips.DCAS)
        self.mute_groups = Labels(strips.MUTE_GROUPS, on=False)
        self.revision = 0
        self._labels = {"strip": self.strips, "dca": self.dcas, "mute_group": self.mute_groups}
        self._arrived_dbfs: Floats = np.full(count, SILENCE_DBFS)
        self._loudest_dbfs: Floats = np.full(count, SILENCE_DBFS)
        self._arrived_at: Floats = np.full(count, -math.inf)
        self._held_at: Floats = np.full(count, -math.inf)
        self._now: float | None = None

    def meter(self, rows: range, level: Floats, gate: Floats, compressor: Floats, now: float) -> None:
        """Take one meter blob for the strips `rows`.

        Parameters
        ----------
        rows : range
            The strips it covers.
        level, gate, compressor : ndarray, shape (len(rows),)
            Linear: 1.0 is full scale, or no gain reduction.
        now : float
            When it arrived, in seconds of a monotonic clock.
        """
        part = slice(rows.start, rows.stop)
        arrived_dbfs, gate_db, compressor_db = _decibels(np.concatenate((level, gate, compressor))).reshape(3, -1)
        self._arrived_dbfs[part] = arrived_dbfs
        self._arrived_at[part] = now
        # Several blobs may arrive between two redraws: none of their peaks may be lost.
        np.maximum(self._loudest_dbfs[part], arrived_dbfs, out=self._loudest_dbfs[part])
        np.maximum(self.highest_dbfs[part], arrived_dbfs, out=self.highest_dbfs[part])
        self.clipped[part] |= arrived_dbfs >= CLIP_DBFS
        self.gate_db[part] = np.maximum(-gate_db, 0)
        self.compressor_db[part] = np.maximum(-compressor_db, 0)

    def advance(self, now: float) -> None:
        """Let levels and held peaks fall to where they stand at `now`."""
        fall_db = 0.0 if self._now is None else FALL_DB_PER_S * (now - self._now)
        self._now = now
        stale = now - self._arrived_at > STALE_S
        self._arrived_dbfs[stale] = SILENCE_DBFS
        self.gate_db[stale] = 0
        self.compressor_db[stale] = 0
        self.level_dbfs = np.maximum.reduce(
            (self._loudest_dbfs, self._arrived_dbfs, np.maximum(self.level_dbfs - fall_db, SILENCE_DBFS))
        )
        self._loudest_dbfs[:] = SILENCE_DBFS
        self._held_at[self.level_dbfs >= self.hold_dbfs] = now
        let_go = now - self._held_at > HOLD_S
        self.hold_dbfs = np.maximum(self.hold_dbfs - fall_db * let_go, self.level_dbfs)

    def clear(self) -> None:
        """Put out every clip light and start the highest levels anew."""
        self.clipped[:] = False
        self.highest_dbfs[:] = SILENCE_DBFS

    def take(self, address: str, value: float | str) -> bool:
        """Take the value of one parameter, as it travels on the wire.

        Returns
        -------
        known : bool
            Whether the bridge has a place for this address.

        Raises
        ------
        ValueError
            If the value is not of the parameter's kind.
        """
        leaf = strips.LEAVES.get(address)
        if leaf is None:
            return False
        for row in leaf.rows:
            self.revision += self._labels[leaf.owner].write(leaf.field, row, value)
        return True

    def silenced(self) -> NDArray[np.int_]:
        """Say for every strip whether it is `UNMUTED`, `MUTED`, `MUTED_BY_DCA` or `MUTED_BY_GROUP`."""
        reasons = (
            ~self.strips.on,
            self.strips.dcas & _bits(~self.dcas.on) != 0,
            self.strips.mute_groups & _bits(self.mute_groups.on) != 0,
        )
        found = np.select(reasons, (MUTED, MUTED_BY_DCA, MUTED_BY_GROUP), UNMUTED)
        return np.where(self.strips.follows, found[strips.MAINS.start], found)


def _decibels(gain: Floats) -> Floats:
    """Turn linear into decibels within what a meter can mean; what is not a number is silence."""
    return np.asarray(20 * np.log10(np.minimum(np.fmax(gain, SMALLEST), LARGEST)))


def _bits(flags: Flags) -> int:
    """Pack flags into a bitmap, the first one lowest."""
    return int(np.packbits(flags, bitorder="little")[0])
