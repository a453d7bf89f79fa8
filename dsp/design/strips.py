"""The kinds of strips, and which lanes they live in.

    ch 1–32 · aux 1–8 · returns 1–8 │ bus 1–16 │ left, right, mono/centre │ matrix 1–6
    lane 0                       47 │ 48    63 │ 64                       │ 80      85

A strip of the table is one lane, but for main left/right, whose one strip is two.
"""

import functools
import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.engine import layout
from dsp.parameters import axis
from dsp.parameters.table import Values

Array = npt.NDArray[Any]


class Kind(NamedTuple):
    """Strips alike."""

    prefix: str
    """What their rows of the table begin with."""
    first: int
    """Lane of the first, counted through all groups."""
    strips: int
    width: int = 1
    """Lanes of one strip."""
    link: str | None = None
    """Row of the switches that make stereo pairs of them."""

    @property
    def lanes(self) -> Array:
        """Lanes of all strips, in order; not to be written to."""
        return _lanes(self.first, self.first + self.strips * self.width)

    @property
    def span(self) -> slice:
        """The same lanes, for a look at what lies there."""
        return slice(self.first, self.first + self.strips * self.width)


@functools.cache
def _lanes(first: int, end: int) -> Array:
    return np.arange(first, end)


CHANNEL = Kind("ch/{ch}", 0, 32, link="config/chlink/{ch_pair}")
AUX = Kind("auxin/{aux}", 32, 8, link="config/auxlink/{aux_pair}")
EFFECT = Kind("fxrtn/{rtn}", 40, 8, link="config/fxlink/{rtn_pair}")
BUS = Kind("bus/{bus}", int(layout.BUS) * layout.WIDTH, 16, link="config/buslink/{pair}")
STEREO = Kind("main/st", int(layout.MAIN) * layout.WIDTH, 1, 2)
MONO = Kind("main/m", int(layout.MAIN) * layout.WIDTH + 2, 1)
MATRIX = Kind("mtx/{mtx}", int(layout.MATRIX) * layout.WIDTH, 6, link="config/mtxlink/{mtx_pair}")

INPUTS = (CHANNEL, AUX, EFFECT)
OUTPUTS = (BUS, STEREO, MONO, MATRIX)
ALL = (*INPUTS, *OUTPUTS)

NUMBERED = (*INPUTS, BUS, MATRIX, STEREO, MONO)
"""Kinds as the desk counts their strips, from 0; the DCAs come after them."""
COUNT = sum(kind.strips for kind in NUMBERED)
DCAS = len(axis.LABELS["dca"])
SWITCHES = COUNT + DCAS
"""Whatever can be soloed: every strip, every DCA."""
PATHS = tuple(
    "/" + re.sub(r"\{\w+\}", label, kind.prefix)
    for kind in NUMBERED
    for label in (axis.LABELS[kind.prefix.partition("{")[2].rstrip("}")] if "{" in kind.prefix else ("",))
)
"""Addresses of the strips by their number."""
LANES = layout.STRIPS * layout.WIDTH


def row(values: Values, kind: Kind, leaf: str) -> Array:
    """Values of one leaf for all strips of a kind, one for each lane on the first axis."""
    found = values.row(f"{kind.prefix}/{leaf}")
    if "{" not in kind.prefix:
        found = found[np.newaxis]
    return found if kind.width == 1 else np.repeat(found, kind.width, axis=0)


def has(values: Values, kind: Kind, leaf: str) -> bool:
    """Whether strips of this kind have this leaf."""
    return f"{kind.prefix}/{leaf}" in values.table.rows


def mask(switches: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Groups that are switched on, shape (…, groups), as one number: the way strips say which groups they are in."""
    return np.asarray(switches @ _bits(switches.shape[-1]))


@functools.cache
def _bits(count: int) -> npt.NDArray[np.int64]:
    return 1 << np.arange(count)


def groups(rows: Array) -> Array:
    """Rows of shape (rows, lanes) as the audio thread has them: (groups, rows, 16)."""
    return rows.reshape(rows.shape[0], -1, layout.WIDTH).transpose(1, 0, 2)


def place(lanes: Array | int, plane: Any) -> Array:
    """Places of lanes counted through all groups."""
    group, lane = np.divmod(lanes, layout.WIDTH)
    return np.asarray(layout.place(group, plane, lane))


def source_row(lanes: Array | int, tap: Any) -> Array:
    """Rows of the mix that lanes counted through all groups feed."""
    group, lane = np.divmod(lanes, layout.WIDTH)
    return np.asarray(layout.row(group, tap, lane))


@functools.cache
def tap_rows(kind: Kind) -> Array:
    """Rows of the mix that the lanes of a kind feed from any tap, shape (lanes, taps); not to be written to."""
    return source_row(kind.lanes[:, np.newaxis], np.arange(layout.TAPS))


@functools.cache
def fader_rows(kind: Kind) -> Array:
    """Rows of the mix that the lanes of a kind feed before their faders; not to be written to."""
    return source_row(kind.lanes, layout.PRE_FADER)


def first(kind: Kind) -> int:
    """Number of the first strip of a kind, as the desk counts them."""
    return sum(before.strips for before in NUMBERED[: NUMBERED.index(kind)])
