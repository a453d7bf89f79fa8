"""Lane values: sixteen channels in one number.

A kernel reads like the algorithm of one channel and runs on sixteen:

    x = lanes.at(planes, group, plane)      pointer to rows of sixteen floats
    v = lanes.load(x, n)                    row n
    v = lanes.select(v > limit, limit, v)
    lanes.store(x, n, v)

Where registers are narrow sixteen lanes do not fit into them beside the coefficients of a filter, and are taken
in two halves, one after the other.  The loops over the frames are written once, for one side:

    for i in range(lanes.sides()):
        one_side(lanes.side(x, i), ...)     pointer to the same rows, and to those lanes of them

What kernels do with lanes is in `vector`, where those are in `rows`, and which signals they take in `places`; all
are imported when something has to be compiled.
"""

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from dsp.native import kernel, made

WIDTH = 16
CACHE_LINE = 4 * WIDTH
"""Bytes of a row: one that lies across two lines of the cache is read and written twice."""
SCRATCH = 96
"""Rows of `scratch`: those of a sub-block, and some from before it."""

ZERO = np.float32(0)
HALF = np.float32(0.5)
ONE = np.float32(1)
TWO = np.float32(2)

__getattr__ = kernel.emitted_by("dsp.native.rows", "dsp.native.vector", "dsp.native.places")


def rows(count: int) -> kernel.Kernel:
    """Make a kernel that gives the first rows at a pointer, as a tuple."""
    return made.rows("pointer", "lanes.load(pointer, {row})", count, {"lanes": sys.modules[__name__]})


def record(fields: Sequence[tuple[Any, ...]]) -> np.dtype[Any]:
    """Lay out a record of fields, each a name, a kind and maybe a shape: whatever fills cache lines begins on one."""
    offsets, end = [], 0
    kinds = [np.dtype((kind, *shape)) if shape else np.dtype(kind) for _, kind, *shape in fields]
    for kind in kinds:
        step = kind.alignment if kind.itemsize % CACHE_LINE else CACHE_LINE
        offsets.append(math.ceil(end / step) * step)
        end = offsets[-1] + kind.itemsize
    size = math.ceil(end / CACHE_LINE) * CACHE_LINE
    names = [name for name, *_ in fields]
    return np.dtype({"names": names, "formats": kinds, "offsets": offsets, "itemsize": size}, align=True)
