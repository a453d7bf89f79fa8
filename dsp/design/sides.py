"""Which outputs of the device carry two sides of one signal: their limiters have one gain.

    out 1 ◀─ main left   ╲ one gain, wherever the two leave
    out 6 ◀─ main right  ╱
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.engine import layout
from dsp.parameters.table import Values

Int = npt.NDArray[np.int64]


class Leaving(NamedTuple):
    """What leaves by each output of the device; all of shape (outputs,)."""

    carried: Int
    """Place of its signal, before any output of the console."""
    limiters: Int
    """What its limiter is for, house, ears or stream: only those that do alike can have one gain."""
    turn: Int
    """How many outputs before it carry the same, with such a limiter."""

    @classmethod
    def of(cls, carried: Int, limiters: Int) -> "Leaving":
        """What leaves, with the turns counted."""
        same = (carried == carried[:, np.newaxis]) & (limiters == limiters[:, np.newaxis])
        return cls(carried, limiters, np.tril(same, -1).sum(1))


def other_sides(values: Values, leaving: Leaving) -> Int:
    """The output with the other side of each one's signal, itself where there is none.

    `values` say which buses and matrices are linked.
    """
    carried, limiters, turn = leaving
    other = np.where(_has_sides(values, carried), carried ^ 1, layout.NOWHERE)
    matches = (carried == other[:, np.newaxis]) & (limiters == limiters[:, np.newaxis])
    matches &= (other != layout.NOWHERE)[:, np.newaxis]
    # A signal that leaves twice: the first with the first of the other side, and so on.
    wanted = np.minimum(turn, matches.sum(1) - 1)
    found = matches & (turn == wanted[:, np.newaxis])
    return np.where(found.any(1), found.argmax(1), np.arange(len(carried)))


def _has_sides(values: Values, places: Int) -> npt.NDArray[np.bool_]:
    """Whether what is at each place is one side of two."""
    group, lane = places // layout.place(1, 0), places % layout.WIDTH
    linked = np.zeros((layout.GROUPS, layout.WIDTH), bool)
    linked[layout.MAIN, :2] = linked[layout.MONITOR] = True
    for kind, path in ((layout.BUS, "config/buslink/{pair}"), (layout.MATRIX, "config/mtxlink/{mtx_pair}")):
        pairs = np.repeat(values.row(path).astype(bool), 2)
        linked[kind, : len(pairs)] = pairs
    return np.asarray(linked[group, lane])
