"""Lanes that take the same: where sixteen numbers are a few, each of the few serves all lanes that have it.

    number   7 3 3 9 3 …  ─▶  9: lane 3    7: lane 0    3: lanes 1, 2, 4 …

To fetch from sixteen places takes sixteen loads a frame, or more where they lie far apart; from a few, a few.
"""

from dsp.native import lanes
from dsp.native.kernel import inline
from dsp.native.lanes import ONE, ZERO


@inline
def few(numbers, wanted):
    """Up to four different numbers of the lanes where `wanted` is 1.

    Parameters
    ----------
    numbers : lanes
        Whole numbers from 0 to 2²⁴ − 2.
    wanted : lanes
        1 or 0.

    Returns
    -------
    numbers : tuple of four int64
    lanes : tuple of four masks
        Which of the wanted lanes have each; none where there are less than four.
    others : lanes
        1 in the wanted lanes that have none of them.
    """
    first, one, others = _next(numbers, wanted)
    second, two, others = _next(numbers, others)
    third, three, others = _next(numbers, others)
    fourth, four, others = _next(numbers, others)
    zero = lanes.fill(ZERO)
    return (first, second, third, fourth), (one > zero, two > zero, three > zero, four > zero), others


@inline
def _next(numbers, left):
    """The largest number in the lanes that are left, 1 where it is, and who is left then."""
    number = lanes.largest(left * (numbers + ONE)) - ONE
    has = left * (ONE - lanes.minimum(lanes.absolute(numbers - number), ONE))
    return max(int(number), 0), has, left - has


@inline
def choose(masks, values, otherwise):
    """In each lane the value of the mask that it is in, or `otherwise`; values are lanes, or one float32 for all."""
    one, two, three, four = masks
    a, b, c, d = values
    chosen = lanes.select(two, b, lanes.select(one, a, otherwise))
    return lanes.select(four, d, lanes.select(three, c, chosen))
