"""Lanes that take the same: where sixteen numbers are a few, each of the few serves all lanes that have it.

    number   7 3 3 9 3 …  ─▶  7: lane 0    3: lanes 1, 2, 4    9: lane 3 …

To fetch from sixteen places takes sixteen loads a frame, or more where they lie far apart; from a few, a few.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import inline

ALL = np.int64(2**lanes.WIDTH - 1)
EXACTLY, IN_ROW = np.int64(-1), np.int64(-lanes.WIDTH)
"""How far numbers are to be the same: in all bits, or as places in one row of sixteen are."""


@inline
def few(index, wanted):
    """Up to four different numbers.

    Parameters
    ----------
    index : pointer to int32
        The numbers of sixteen lanes.
    wanted : int64
        Bits of those that count.

    Returns
    -------
    numbers : tuple of four int64
    who : tuple of four masks
        The wanted lanes that have each; none where there are less than four.
    others : int64
        Bits of the wanted lanes that have none of them.
    """
    a, one, left = those_like_the_first(index, wanted, EXACTLY)
    b, two, left = those_like_the_first(index, left, EXACTLY)
    c, three, left = those_like_the_first(index, left, EXACTLY)
    d, four, left = those_like_the_first(index, left, EXACTLY)
    return (a, b, c, d), (lanes.mask(one), lanes.mask(two), lanes.mask(three), lanes.mask(four)), left


@inline
def those_like_the_first(index, left, mask):
    """The number of the first lane that is left, as far as a mask goes; who has it, and who is left then, in bits."""
    number = np.int64(lanes.scalar(index, lanes.first(left))) & mask
    has = lanes.having(index, number, mask) & left
    return number, has, left ^ has


@inline
def choose(who, values, otherwise):
    """In each lane the value of the mask that it is in, or `otherwise`; values are lanes, or one float32 for all."""
    one, two, three, four = who
    a, b, c, d = values
    chosen = lanes.select(two, b, lanes.select(one, a, otherwise))
    return lanes.select(four, d, lanes.select(three, c, chosen))
