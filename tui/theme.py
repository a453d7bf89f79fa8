"""How the bridge looks: the meter scale, and every colour with its meaning.

Colours are numbers of the 256-colour palette, so the picture is the same over
SSH as on a true-colour terminal.  Green, yellow, orange and red differ in
brightness as well as in hue, and nothing is said by colour alone: a clip is a
``C`` above its bar, a mute a letter below it, gate and compressor have their
own columns.  Alarms are drawn reversed, so they also stand out without colour.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.style import Style

Decibels = NDArray[np.float64]

FLOOR_DBFS = -60.0
SCALE_DBFS = (-60.0, -40.0, -20.0, 0.0)
SCALE_HEIGHT = (0.0, 0.2, 0.5, 1.0)
"""Corners of the scale: as on IEC 60268-18 meters, the top 20 dB get half of the height."""
MARKS_DBFS = (0, -18, -6, -60, -12, -30, -40, -24, -50, -3, -9)
"""Scale marks, most wanted first: a short meter leaves out the last ones."""

NOMINAL_DBFS = -18.0
HOT_DBFS = -6.0
DANGER_DBFS = -3.0

GAIN_RANGE_DB = 20.0
"""Gain reduction that fills its bar."""


class Ink(IntEnum):
    """What a cell of the bridge means; `STYLES` says how that looks."""

    SURROUND = 0
    PANEL = 1
    SCALE = 2
    LOW = 3
    NOMINAL = 4
    HOT = 5
    DANGER = 6
    SILENCED = 7
    GATE = 8
    GATE_EDGE = 9
    GATE_LEGEND = 10
    COMPRESSOR = 11
    COMPRESSOR_EDGE = 12
    COMPRESSOR_LEGEND = 13
    CLIP = 14
    MUTE = 15
    NUMBER_ODD = 16
    NUMBER_EVEN = 17
    SELECTED = 18
    NAME_SILENCED = 19
    TEXT = 20
    QUIET = 21
    GOOD = 22
    WAITING = 23
    LOST = 24
    KEY = 25
    SOLO = 26
    FADER = 27
    CURVE = 28
    SPECTRUM = 29
    NAME = 30
    """The first of the sixteen strip colours: `Ink.NAME + colour`."""


SURROUND = 16
PANEL = 234

Translate = Callable[[int], int]
"""Another palette: a number of the dark one to the one that stands for it."""


class Look(NamedTuple):
    """One theme: what its colours are, or that it has none."""

    translate: Translate
    coloured: bool = True


def _same(number: int) -> int:
    return number


def _light(number: int) -> int:
    """Papers white, greys turned over, colours darker."""
    if number in (SURROUND, 231):
        return 231 if number == SURROUND else 16
    if 232 <= number <= 255:
        return 487 - number
    return {226: 136, 220: 136, 35: 28, 208: 166, 75: 25, 177: 90, 77: 28, 179: 137, 71: 28, 73: 30}.get(number, number)


def _contrast(number: int) -> int:
    """Papers black, every grey letter white."""
    if 232 <= number <= 239:
        return SURROUND
    return 231 if 240 <= number <= 255 else number


LOOKS = {
    "dark": Look(_same),
    "light": Look(_light),
    "contrast": Look(_contrast),
    "mono": Look(_same, coloured=False),
}
"""Themes by name, in the order in which the key goes through them."""


# RD GN YE BL MG CY WH, softened: a lit scribble strip must not outshine the meters.
_LIT = (167, 71, 179, 68, 133, 73, 248)
_DARK = (246, 236)
_STRIP_COLOURS = (
    _DARK,
    *((SURROUND, lit) for lit in _LIT),
    _DARK,
    *((lit, 236) for lit in _LIT),  # the console's "inverted" colours
)


def _styles(look: Look) -> dict[int, Style]:
    """Style of every ink in a look."""

    def plain(ink: int, paper: int = SURROUND, *, bold: bool = False, reverse: bool = False) -> Style:
        if not look.coloured:
            return Style(bold=bold or None, reverse=reverse or None, dim=(ink in (245, 241, 240, 244)) or None)
        ink, paper = look.translate(ink), look.translate(paper)
        return Style(color=Color.from_ansi(ink), bgcolor=Color.from_ansi(paper), bold=bold, reverse=reverse)

    def plate(ink: int, paper: int) -> Style:
        """Bold `ink` on `paper`, made by reversing, so that it is still a plate when colours are off."""
        return plain(paper, ink, bold=True, reverse=True)

    return {
        Ink.SURROUND: plain(244),
        Ink.PANEL: plain(240, PANEL),
        Ink.SCALE: plain(246),
        Ink.LOW: plain(35, PANEL),
        Ink.NOMINAL: plain(226, PANEL),
        Ink.HOT: plain(208, PANEL),
        Ink.DANGER: plain(196, PANEL),
        Ink.SILENCED: plain(241, PANEL),
        Ink.GATE: plain(75, PANEL),
        Ink.GATE_EDGE: plain(75, PANEL, reverse=True),
        Ink.GATE_LEGEND: plain(75, bold=True),
        Ink.COMPRESSOR: plain(177, PANEL),
        Ink.COMPRESSOR_EDGE: plain(177, PANEL, reverse=True),
        Ink.COMPRESSOR_LEGEND: plain(177, bold=True),
        Ink.CLIP: plate(231, 196),
        Ink.MUTE: plate(231, 160),
        Ink.SOLO: plate(16, 220),
        Ink.NUMBER_ODD: plain(254, bold=True),
        Ink.NUMBER_EVEN: plain(245),
        Ink.SELECTED: plate(16, 231),
        Ink.NAME_SILENCED: plain(244, 236),
        Ink.TEXT: plain(252),
        Ink.QUIET: plain(245),
        Ink.GOOD: plain(77, bold=True),
        Ink.WAITING: plain(220, bold=True),
        Ink.LOST: plate(231, 160),
        Ink.KEY: plain(75, bold=True),
        Ink.FADER: plain(254, PANEL, bold=True),
        Ink.CURVE: plain(220),
        Ink.SPECTRUM: plain(65),
        **{Ink.NAME + colour: plain(ink, paper) for colour, (ink, paper) in enumerate(_STRIP_COLOURS)},
    }


STYLES: dict[int, Style] = _styles(LOOKS["dark"])
"""Style of every ink in the look that is worn."""


def wear(name: str) -> None:
    """Change `STYLES` to another look."""
    STYLES.update(_styles(LOOKS[name]))


def style(ink: int) -> Style:
    """Style of an ink in the look that is worn."""
    return STYLES[ink]


def deflection(level_dbfs: Decibels) -> Decibels:
    """How far up the scale a level stands.

    Parameters
    ----------
    level_dbfs : ndarray
        Levels in dBFS, any shape.

    Returns
    -------
    height : ndarray
        0 at `FLOOR_DBFS` and below, 1 at 0 dBFS and above.
    """
    return np.interp(level_dbfs, SCALE_DBFS, SCALE_HEIGHT)


def zones(rows: int) -> NDArray[np.uint8]:
    """Return the ink of every row of a bar `rows` high, lowest row first: the zone its middle lies in."""
    middle_dbfs = np.interp((np.arange(rows) + 0.5) / rows, SCALE_HEIGHT, SCALE_DBFS)
    inks = (Ink.LOW, Ink.NOMINAL, Ink.HOT, Ink.DANGER)
    steps = np.searchsorted((NOMINAL_DBFS, HOT_DBFS, DANGER_DBFS), middle_dbfs, side="right")
    return np.array(inks, np.uint8)[steps]


def decibels(value: float, floor: float = -90.0) -> str:
    """Print a level for people: one decimal, a real minus sign, and −∞ at `floor` and below."""
    if not value > floor:
        return "−∞"
    return f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")
