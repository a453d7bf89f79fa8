"""Which outputs of the device carry two sides of one signal: their limiters have one gain.

    out 1 ◀─ main left   ╲ one gain, wherever the two leave
    out 6 ◀─ main right  ╱
"""

import functools

import numpy as np
import numpy.typing as npt

from dsp.engine import layout
from dsp.parameters.table import Values

Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


def other_sides(values: Values, carried: Int, limiters: Int) -> Int:
    """The output with the other side of each one's signal, itself where there is none.

    Parameters
    ----------
    values : Values
        Which buses and matrices are linked.
    carried : ndarray of int, shape (outputs,)
        Place of the signal of each, before any output of the console.
    limiters : ndarray of int, shape (outputs,)
        What each one's limiter is for, house, ears or stream: only those that do alike can have one gain.
    """
    other = np.where(_has_sides(values, carried), carried ^ 1, layout.NOWHERE)
    matches = (carried == other[:, np.newaxis]) & (limiters == limiters[:, np.newaxis])
    matches &= (other != layout.NOWHERE)[:, np.newaxis]
    # A signal that leaves twice: the first with the first of the other side, and so on.
    alike = np.count_nonzero((carried == carried[:, np.newaxis]) & _earlier(len(carried)), axis=1)
    wanted = np.minimum(alike, np.count_nonzero(matches, axis=1) - 1)
    found = matches & (alike == wanted[:, np.newaxis])
    return np.where(found.any(1), found.argmax(1), np.arange(len(carried)))


@functools.cache
def _earlier(count: int) -> Bool:
    """Which come before each one; not to be written to."""
    return np.tri(count, k=-1, dtype=bool)


def _has_sides(values: Values, places: Int) -> Bool:
    """Whether what is at each place is one side of two."""
    group, lane = places // layout.place(1, 0), places % layout.WIDTH
    linked = np.zeros((layout.GROUPS, layout.WIDTH), bool)
    linked[layout.MAIN, :2] = linked[layout.MONITOR] = True
    for kind, path in ((layout.BUS, "config/buslink/{pair}"), (layout.MATRIX, "config/mtxlink/{mtx_pair}")):
        pairs = np.repeat(values.row(path).astype(bool), 2)
        linked[kind, : len(pairs)] = pairs
    return np.asarray(linked[group, lane])
