"""Where on the desk each parameter sits: which strip, and which part of it.

    /ch/03/mix/07/level ─▶ strip 2, part SEND, number 6
    /config/talk/A/dim  ─▶ no strip, part TALK

Safes, scopes and masks are all said in these words.
"""

import functools
import re
from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.design import strips
from dsp.parameters.table import Table, Values
from dsp.table import strip_parts

Mask = npt.NDArray[np.bool_]
"""One truth for each leaf of the table."""

NOWHERE = -1

FIRST_AUX, FIRST_RETURN, FIRST_BUS, FIRST_MATRIX, MAIN_STEREO, MAIN_MONO = map(strips.first, strips.NUMBERED[1:])
FIRST_DCA, STRIPS = strips.COUNT, strips.SWITCHES
"""Numbers of the strips as the desk counts them, the DCAs too."""


CLOCKWORK = ("/-stat/urec/", "/-stat/tape/", "/-urec/", "/-usb/")
"""What recorders tell of themselves all the time: nobody's moves."""

PERSONAL_MONITORS = "/config/dp48/"


class Part(IntEnum):
    """Parts of a strip, then parts of the desk."""

    OUTSIDE = 0
    """Not in scenes at all."""
    PREAMP = auto()
    CONFIG = auto()
    GATE = auto()
    DYNAMICS = auto()
    EQ = auto()
    INSERT = auto()
    GROUPS = auto()
    FADER = auto()
    MUTE = auto()
    MAIN = auto()
    """Way to main stereo and mono/centre."""
    SEND = auto()
    """To a bus; `number` counts buses from 0."""
    MATRIX = auto()
    """To a matrix; `number` counts matrices from 0."""
    HEADAMP = auto()
    """`number` is that of the head amplifier."""
    EFFECT = auto()
    """`number` counts slots from 0."""
    SOLO = auto()
    TALK = auto()
    ROUTING = auto()
    OUTPUT = auto()
    USER_IN = auto()
    USER_OUT = auto()
    CONSOLE = auto()
    """Whatever else concerns the whole desk."""


_FAMILIES = {
    "ch": 0, "auxin": FIRST_AUX, "fxrtn": FIRST_RETURN, "bus": FIRST_BUS, "mtx": FIRST_MATRIX, "dca": FIRST_DCA,
}  # fmt: skip
_STRIP = re.compile(r"/(ch|auxin|fxrtn|bus|mtx|dca)/(\d+)/(.+)|/main/(st|m)/(.+)")
_SEND = re.compile(r"mix/(\d\d)/")

_SECTIONS = {name: Part[part.kept] for name, part in strip_parts.PARTS.items()}
_SECTIONS |= {"on": Part.MUTE, "fader": Part.FADER}  # of a DCA
_MIX = {"on": Part.MUTE, "fader": Part.FADER, "pan": Part.FADER}
_DESK = {
    "/config/solo/": Part.SOLO,
    "/config/talk/": Part.TALK,
    "/config/routing/": Part.ROUTING,
    "/config/userrout/in/": Part.USER_IN,
    "/config/userrout/out/": Part.USER_OUT,
    "/outputs/": Part.OUTPUT,
    "/-": Part.OUTSIDE,
}


class Place(NamedTuple):
    """Where one leaf sits."""

    strip: int
    part: Part
    number: int = 0


def place_of(path: str) -> Place:
    """Place of a leaf by its address."""
    if match := _STRIP.fullmatch(path):
        family, number, inside, main, inside_main = match.groups()
        if main:
            return _in_strip(MAIN_STEREO if main == "st" else MAIN_MONO, inside_main)
        return _in_strip(_FAMILIES[family] + int(number) - 1, inside)
    _, first, second, *_ = path.split("/")
    if first == "fx":
        return Place(NOWHERE, Part.EFFECT, int(second) - 1)
    if first == "headamp":
        return Place(NOWHERE, Part.HEADAMP, int(second))
    for start, part in _DESK.items():
        if path.startswith(start):
            return Place(NOWHERE, part)
    return Place(NOWHERE, Part.CONSOLE)


def _in_strip(strip: int, inside: str) -> Place:
    """Place of a leaf inside a strip."""
    if send := _SEND.match(inside):
        return Place(strip, Part.SEND if strip < FIRST_BUS else Part.MATRIX, int(send[1]) - 1)
    section, _, rest = inside.partition("/")
    if section == "mix":
        return Place(strip, _MIX.get(rest, _SECTIONS[section]))
    return Place(strip, _SECTIONS[section])


class Places:
    """Places of all leaves of a table, side by side.

    Attributes
    ----------
    strip, part, number : ndarray of int, shape (table.size,)
    """

    def __init__(self, table: Table) -> None:
        self._paths = list(table.leaves)
        places = [place_of(path) for path in self._paths]
        self.strip = np.array([place.strip for place in places], np.int16)
        self.part = np.array([place.part for place in places], np.int16)
        self.number = np.array([place.number for place in places], np.int16)

    def parts(self, *parts: Part) -> Mask:
        """Leaves in any of these parts."""
        mask: Mask = np.isin(self.part, parts)
        return mask

    def like(self, pattern: str) -> Mask:
        """Leaves whose address begins like a regular expression."""
        begins = re.compile(pattern).match
        return np.array([begins(path) is not None for path in self._paths])

    def strips(self, first: int, count: int, bits: int = -1) -> Mask:
        """Leaves in strips from `first` on whose bit is set; bit 0 is the first."""
        return self._set_in(self.strip, first, count, bits)

    def numbers(self, part: Part, first: int, count: int, bits: int = -1) -> Mask:
        """Leaves of a part with a number from `first` on whose bit is set; bit 0 is the first."""
        mask: Mask = (self.part == part) & self._set_in(self.number, first, count, bits)
        return mask

    def head_amplifiers(self, values: Values, strips: Mask) -> Mask:
        """Head amplifiers that feed any of the input strips that these leaves belong to."""
        wanted = set()
        for strip in sorted({int(strip) for strip in self.strip[strips]} & set(range(FIRST_RETURN))):
            source = values.get(values.table.leaves[_source(strip)])
            index = values.table.leaves.get(f"/-ha/{int(source) - 1:02d}/index")
            if index is not None:
                wanted.add(int(values.get(index)))
        mask: Mask = (self.part == Part.HEADAMP) & np.isin(self.number, list(wanted))
        return mask

    @staticmethod
    def _set_in(numbers: npt.NDArray[np.int16], first: int, count: int, bits: int) -> Mask:
        chosen = [first + bit for bit in range(count) if bits >> bit & 1]
        return np.isin(numbers, chosen)


def _source(strip: int) -> str:
    return f"/ch/{strip + 1:02d}/config/source" if strip < FIRST_AUX else f"/auxin/{strip - 31:02d}/config/source"


@functools.cache
def of(table: Table) -> Places:
    """Places of a table, worked out once."""
    return Places(table)


def strip_path(strip: int) -> str:
    """Address of a strip by its number."""
    if not 0 <= strip < strips.COUNT:
        raise ValueError(f"{strip} is no strip: they count from 0 to {MAIN_MONO}")
    return strips.PATHS[strip]


def take(values: Values, source: Values, chosen: Mask) -> None:
    """Take the chosen leaves over from other values."""
    values.stored[chosen] = source.stored[chosen]
    values.texts.update({leaf: text for leaf, text in source.texts.items() if chosen[leaf]})
