"""Second-order filters: the trapezoidal state-variable filter, two in series on every lane.

    x ─┬─▶ filter 0 ─▶ filter 1 ─▶ × 1 − w ─┬─▶ y
       └─▶ as they are to be ────▶ × w ─────┘

It has 30 to 70 dB less round-off than a biquad at low frequencies, most of all when its states move by
differences: near 20 Hz a1 is nearly 1, so b1 = 1 − a1 is kept instead.

A change runs the filters as they were beside those that are to come, unheard at first, until these have
found their level, and then cross-fades.  Gliding coefficients would be stable too, but on its way a
filter meets notes that neither end boosts, and a resonance that is let go still rings, amplified.  Only in
a ride, see `ride`, coefficients glide: what lies between two moves of a hand is what is meant to be heard.

Symbols g, k, a1–a3, m0–m2, v0–v3 are those of [1]_; s1, s2 are its ic1eq, ic2eq, d1, d2 their steps.

.. [1] A. Simper, "Linear trapezoidal integrated state variable filter", Cytomic, 2013.
.. [2] W. Kahan, "Further remarks on reducing truncation errors", CACM 8(1), 1965.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import HALF, ONE, TWO, ZERO
from dsp.processors import glide
from dsp.processors.glide import RIDING, SUB_BLOCK
from dsp.processors.shapes import COEFFICIENTS

M0 = 3  # its row among the coefficients: 1 in a pass-through
ROWS = 2 * COEFFICIENTS
STATES = 4
STATE_ROWS = 2 * STATES  # and what each of them lost in rounding, where that is kept

# Filters whose g and k differ by less than this factor are the same one, turned a little.
NEAR = np.float32(1.4)

SUB_BLOCK_STEP = np.float32(1 / SUB_BLOCK)
PHASE = SUB_BLOCK - 1


@inline
def change(fade):
    """Frames that a change of filters lasts, when the cross-fade at its end lasts `fade`: those of a slow glide."""
    return glide.slow(fade)


@kernel
def accept(start, target, new, state, coming, pace, left, clock, fade):
    """Take new filters in lanes whose last change is over.

    Parameters
    ----------
    start, target, new : pointer to float32, 12 rows
        Coefficients of filter 0, then of filter 1: as they were (or are, in a ride), are, and are to be.
    state, coming : pointer to float32, 8 rows
        States of the filters that are heard, and of those that will be.
    pace, left : pointer to float32, one row
        Sub-blocks that lanes are to ride for, and have yet to: see `ride`.
    clock, fade : int
        Frames since the last change began; frames of the cross-fade.

    Returns
    -------
    clock : int
        0 if a change begins, below 0 if any lane rides, else unchanged.
    """
    none, one = lanes.fill(ZERO), lanes.fill(ONE)
    passed = glide.passed(clock)
    if clock >= 0:
        if passed < change(fade):
            return clock
        passed = change(fade) + SUB_BLOCK
    moved = differing(target, new)
    if not lanes.differ(moved, none):
        return clock
    if clock >= 0:
        stand(start, target)
    yet = lanes.load(left, 0)
    near = lanes.minimum(nearness(start, new, 0), nearness(start, new, COEFFICIENTS))
    rides = lanes.select(near > none, moved * lanes.load(pace, 0), none)
    alone = lanes.select(rides > none, none, moved)
    if passed < change(fade):
        # Who changes by the clock goes on, and nobody else may begin to.
        rides = lanes.select(yet > none, rides, rides * (one - differing(start, target)))
        alone = none
    if lanes.differ(alone, none):
        prepare(start, new, state, coming, alone)
        passed = 0
    for row in range(ROWS):
        taken = lanes.select(rides + alone > none, lanes.load(new, row), lanes.load(target, row))
        lanes.store(target, row, taken)
    yet = lanes.select(rides > none, rides, lanes.select(alone > none, none, yet))
    lanes.store(left, 0, yet)
    return passed - RIDING if lanes.differ(yet, none) else passed


@inline
def differing(one, other):
    """1 in lanes whose filters differ."""
    none = lanes.fill(ZERO)
    apart = none
    for row in range(ROWS):
        apart = lanes.maximum(apart, lanes.absolute(lanes.load(one, row) - lanes.load(other, row)))
    return lanes.select(apart > none, lanes.fill(ONE), none)


@inline
def stand(start, target):
    """Begin where all lanes are."""
    for row in range(ROWS):
        lanes.store(start, row, lanes.load(target, row))


@kernel
def prepare(start, new, state, coming, alone):
    """Let filters that change begin as they were if they are near, else at rest; what else there is goes along."""
    none = lanes.fill(ZERO)
    for s in range(2):
        begins = lanes.select(nearness(start, new, s * COEFFICIENTS) > none, none, alone)
        for row in (2 * s, 2 * s + 1, STATES + 2 * s, STATES + 2 * s + 1):
            lanes.store(coming, row, lanes.select(begins > none, none, lanes.load(state, row)))


@inline
def nearness(one, other, row):
    """Above 0 in lanes where two filters, with coefficients from `row` on, are the same one, turned a little."""
    b1, a2, a3 = _three(one, row)
    b1_to_be, a2_to_be, a3_to_be = _three(other, row)
    # g = a3/a2 and k = (b1 − a3)/a2, compared without dividing.
    old_g, new_g = a3 * a2_to_be, a3_to_be * a2
    old_k, new_k = (b1 - a3) * a2_to_be, (b1_to_be - a3_to_be) * a2
    near_g = lanes.minimum(NEAR * old_g - new_g, NEAR * new_g - old_g)
    near_k = lanes.minimum(NEAR * old_k - new_k, NEAR * new_k - old_k)
    return lanes.minimum(near_g, near_k)


@kernel
def advance(start, target, state, coming, left, clock, fade):
    """Let one sub-block pass where lanes ride, after `glide.advance`; return the clock."""
    none, one = lanes.fill(ZERO), lanes.fill(ONE)
    yet, passed = lanes.load(left, 0), glide.passed(clock)
    over = none
    if passed == change(fade):
        over, passed = one, passed + SUB_BLOCK
    for row in range(STATE_ROWS):
        heard, next_heard = lanes.load(state, row), lanes.load(coming, row)
        lanes.store(state, row, lanes.select(yet > none, heard, lanes.select(over > none, next_heard, heard)))
        lanes.store(coming, row, lanes.select(yet > none, heard, next_heard))
    for row in range(ROWS):
        here, there = lanes.load(start, row), lanes.load(target, row)
        ridden = lanes.select(yet > one, here + (there - here) / lanes.maximum(yet, one), there)
        lanes.store(start, row, lanes.select(yet > none, ridden, lanes.select(over > none, there, here)))
    yet = lanes.maximum(yet - one, none)
    lanes.store(left, 0, yet)
    return passed - RIDING if lanes.differ(yet, none) else passed


@kernel
def process(x, y, start, target, state, coming, left, clock, fade, curve, frames):
    """Filter `frames` rows of `x` into `y` (which may be `x`) through two filters in series.

    `x`, `y` are pointers to rows of sixteen lanes; `curve` is the weight of what comes after so many
    frames of the cross-fade; all else as in `accept`.
    """
    for i in range(lanes.sides()):
        process_side(
            lanes.side(x, i), lanes.side(y, i), lanes.side(start, i), lanes.side(target, i), lanes.side(state, i),
            lanes.side(coming, i), lanes.side(left, i), clock, fade, curve, frames,
        )  # fmt: skip


@inline
def process_side(x, y, start, target, state, coming, left, clock, fade, curve, frames):
    """As `process`, for as many lanes as the registers have room for."""
    if glide.passed(clock) < change(fade):
        cross(x, y, start, target, state, coming, left, clock, fade, curve, frames)
        arrive(state, coming, clock + frames, fade)
    elif clock < 0:
        s, t = _two(state, 0), _two(state, 2)
        gone = (clock & PHASE) + 1
        first, second = course(start, target, left, 0), course(start, target, left, COEFFICIENTS)
        for i in range(frames):
            a, m = onward(first, np.float32(gone + i))
            b, n = onward(second, np.float32(gone + i))
            v, s = tick(lanes.load(x, i), a, m, s)
            v, t = tick(v, b, n, t)
            lanes.store(y, i, v)
        _keep(state, s, t)
    else:
        a, m = whole_steps(target, 0)
        b, n = whole_steps(target, COEFFICIENTS)
        s, t = _two(state, 0), _two(state, 2)
        for i in range(frames):
            v, s = tick(lanes.load(x, i), a, m, s)
            v, t = tick(v, b, n, t)
            lanes.store(y, i, v)
        _keep(state, s, t)


@kernel
def process_first(x, y, start, target, state, coming, left, clock, fade, curve, frames):
    """As `process` where filter 1 never is but a pass-through: what its states would be is of no account."""
    if clock < change(fade):
        process(x, y, start, target, state, coming, left, clock, fade, curve, frames)
        return
    for i in range(lanes.sides()):
        first_side(lanes.side(x, i), lanes.side(y, i), lanes.side(target, i), lanes.side(state, i), frames)


@inline
def first_side(x, y, target, state, frames):
    """Filter 0 at rest, for as many lanes as the registers have room for."""
    (a, m), s = whole_steps(target, 0), _two(state, 0)
    for i in range(frames):
        v, s = tick(lanes.load(x, i), a, m, s)
        lanes.store(y, i, v)
    lanes.store(state, 0, s[0])
    lanes.store(state, 1, s[1])


@kernel
def process_quietly(x, y, start, target, state, coming, left, clock, fade, curve, frames):
    """As `process`, keeping what the states lose in rounding: for filters of the lowest frequencies."""
    old, new = lanes.scratch(), lanes.scratch()
    for i in range(lanes.sides()):
        process_side_quietly(
            lanes.side(x, i), lanes.side(y, i), lanes.side(old, i), lanes.side(new, i), lanes.side(start, i),
            lanes.side(target, i), lanes.side(state, i), lanes.side(coming, i), lanes.side(left, i),
            clock, fade, curve, frames,
        )  # fmt: skip


@inline
def process_side_quietly(x, y, old, new, start, target, state, coming, left, clock, fade, curve, frames):
    """As `process_side`; `old` and `new` are room for what comes of the filters as they were and will be."""
    if glide.passed(clock) < change(fade):
        both_quietly(x, old, start, target, left, clock, state, frames)
        both_quietly(x, new, target, target, left, clock, coming, frames)
        for i in range(frames):
            here = lanes.load(old, i)
            w = weight(left, curve, glide.passed(clock) - fade + i + 1)
            lanes.store(y, i, lanes.add_product(here, w, lanes.load(new, i) - here))
        arrive(state, coming, clock + frames, fade)
    elif clock < 0:
        both_quietly(x, y, start, target, left, clock, state, frames)
    else:
        a, m = whole_steps(target, 0)
        b, n = whole_steps(target, COEFFICIENTS)
        s, t = _two(state, 0), _two(state, 2)
        lost_s, lost_t = _two(state, STATES), _two(state, STATES + 2)
        for i in range(frames):
            v, s, lost_s = tick_quietly(lanes.load(x, i), a, m, s, lost_s)
            v, t, lost_t = tick_quietly(v, b, n, t, lost_t)
            lanes.store(y, i, v)
        _keep(state, s, t)
        _keep(lanes.row_of(state, STATES), lost_s, lost_t)


@inline
def arrive(state, coming, clock, fade):
    """Be what was to come, if the change is over; where lanes ride, `advance` sees to it."""
    if clock >= change(fade):
        for row in range(STATE_ROWS):
            lanes.store(state, row, lanes.load(coming, row))


@inline
def weight(left, curve, faded):
    """Weight of what comes `faded` frames after the cross-fade began; none where lanes ride."""
    return lanes.select(lanes.load(left, 0) > ZERO, ZERO, lanes.scalar(curve, max(faded, 0)))


@inline
def course(start, target, left, row):
    """Coefficients from `row` on when the sub-block begins, and what each frame adds in lanes that ride."""
    yet = lanes.load(left, 0)
    step = lanes.select(yet > ZERO, SUB_BLOCK_STEP / lanes.maximum(yet, ONE), ZERO)
    (a, b, c), (m, n, o) = whole_steps(start, row)
    (d, e, f), (p, q, r) = whole_steps(target, row)
    poles = (d - a) * step, (e - b) * step, (f - c) * step
    mixed = (p - m) * step, (q - n) * step, (r - o) * step
    return ((a, b, c), (m, n, o)), (poles, mixed)


@inline
def onward(way, frame):
    """Coefficients on their course after so many frames (float32) of the sub-block: poles, and the mix."""
    ((a, b, c), (m, n, o)), ((d, e, f), (p, q, r)) = way
    return (
        (lanes.add_product(a, frame, d), lanes.add_product(b, frame, e), lanes.add_product(c, frame, f)),
        (lanes.add_product(m, frame, p), lanes.add_product(n, frame, q), lanes.add_product(o, frame, r)),
    )


@inline
def both_quietly(x, y, start, target, left, clock, state, frames):
    """Both filters in series on their course, keeping what their states lose."""
    first, second = course(start, target, left, 0), course(start, target, left, COEFFICIENTS)
    s, t = _two(state, 0), _two(state, 2)
    lost_s, lost_t = _two(state, STATES), _two(state, STATES + 2)
    gone = (clock & PHASE) + 1
    for i in range(frames):
        a, m = onward(first, np.float32(gone + i))
        b, n = onward(second, np.float32(gone + i))
        v, s, lost_s = tick_quietly(lanes.load(x, i), a, m, s, lost_s)
        v, t, lost_t = tick_quietly(v, b, n, t, lost_t)
        lanes.store(y, i, v)
    _keep(state, s, t)
    _keep(lanes.row_of(state, STATES), lost_s, lost_t)


@kernel
def cross(x, y, start, target, state, coming, left, clock, fade, curve, frames):
    """From the old filters to the new, which at first are not heard; lanes that ride stay with the old, which ride."""
    first, second = course(start, target, left, 0), course(start, target, left, COEFFICIENTS)
    c, o = whole_steps(target, 0)
    d, p = whole_steps(target, COEFFICIENTS)
    s, t = _two(state, 0), _two(state, 2)
    u, v = _two(coming, 0), _two(coming, 2)
    gone = (clock & PHASE) + 1
    for i in range(frames):
        x0 = lanes.load(x, i)
        a, m = onward(first, np.float32(gone + i))
        b, n = onward(second, np.float32(gone + i))
        old, s = tick(x0, a, m, s)
        old, t = tick(old, b, n, t)
        new, u = tick(x0, c, o, u)
        new, v = tick(new, d, p, v)
        w = weight(left, curve, glide.passed(clock) - fade + i + 1)
        lanes.store(y, i, lanes.add_product(old, w, new - old))
    _keep(state, s, t)
    _keep(coming, u, v)


@inline
def whole_steps(rows, row):
    """Coefficients from `row` on for `tick`: of whole steps d1 and d2, of 2 v1 and 2 v2, which are sums of states."""
    (b1, a2, a3), (m0, m1, m2) = _three(rows, row), _three(rows, row + M0)
    return (TWO * b1, TWO * a2, TWO * a3), (m0, HALF * m1, HALF * m2)


@inline
def tick(v0, a, m, s):
    """One frame of one filter with coefficients `a` and `m`: its output and its two states."""
    b1, a2, a3 = a
    m0, m1, m2 = m
    s1, s2 = s
    v3 = v0 - s2
    next1 = s1 + lanes.add_product((ZERO - b1) * s1, a2, v3)
    next2 = s2 + lanes.add_product(a2 * s1, a3, v3)
    y = lanes.add_product(lanes.add_product(m0 * v0, m1, s1 + next1), m2, s2 + next2)
    return y, (next1, next2)


@inline
def tick_quietly(v0, a, m, s, lost):
    """As `tick`, with compensated sums [2]_ of the states: what a step loses is added to the next."""
    b1, a2, a3 = a
    m0, m1, m2 = m
    s1, s2 = s
    lost1, lost2 = lost
    v3 = v0 - s2
    d1 = lanes.add_product((ZERO - b1) * s1, a2, v3)
    d2 = lanes.add_product(a2 * s1, a3, v3)
    step1, step2 = lost1 + d1, lost2 + d2
    # What is small comes first, so that little of it is rounded away.
    y = lanes.add_product(m2 * (step2 + lost2), m1, step1 + lost1)
    y = lanes.add_product(lanes.add_product(lanes.add_product(y, m1 + m1, s1), m2 + m2, s2), m0, v0)
    next1, next2 = s1 + step1, s2 + step2
    return y, (next1, next2), (step1 - (next1 - s1), step2 - (next2 - s2))


@inline
def _three(rows, row):
    return lanes.load(rows, row), lanes.load(rows, row + 1), lanes.load(rows, row + 2)


@inline
def _two(rows, row):
    return lanes.load(rows, row), lanes.load(rows, row + 1)


@inline
def _keep(state, s, t):
    lanes.store(state, 0, s[0])
    lanes.store(state, 1, s[1])
    lanes.store(state, 2, t[0])
    lanes.store(state, 3, t[1])


@kernel
def reset(state):
    """Forget: both filters at rest."""
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.fill(lanes.ZERO))


@kernel
def begin_anew(state, anew):
    """Forget in the lanes where `anew` is 1."""
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.load(state, row) * (lanes.fill(lanes.ONE) - anew))
