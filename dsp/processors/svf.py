"""Second-order filters: the trapezoidal state-variable filter, two in series on every lane.

    x ─┬─▶ filter 0 ─▶ filter 1 ─▶ × 1 − w ─┬─▶ y
       └─▶ as they are to be ────▶ × w ─────┘

It has 30 to 70 dB less round-off than a biquad at low frequencies, most of all when its states move by
differences: near 20 Hz a1 is nearly 1, so b1 = 1 − a1 is kept instead.

A change runs the filters as they were beside those that are to come, unheard at first, until these have
found their level, and then cross-fades.  Gliding coefficients would be stable too, but on its way a
filter meets notes that neither end boosts, and a resonance that is let go still rings, amplified.

Symbols g, k, a1–a3, m0–m2, v0–v3 are those of [1]_; s1, s2 are its ic1eq, ic2eq, d1, d2 half their steps.

.. [1] A. Simper, "Linear trapezoidal integrated state variable filter", Cytomic, 2013.
.. [2] W. Kahan, "Further remarks on reducing truncation errors", CACM 8(1), 1965.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import TWO, ZERO

Float = npt.NDArray[np.float64]

COEFFICIENTS = 6
M0 = 3  # its row among the coefficients: 1 in a pass-through
ROWS = 2 * COEFFICIENTS
STATES = 4
STATE_ROWS = 2 * STATES  # and what each of them lost in rounding, where that is kept

# Filters whose g and k differ by less than this factor are the same one, turned a little.
NEAR = np.float32(1.4)

# The tangent grows without bound at half the rate; 23.5 kHz at 48 kHz is enough.
HIGHEST = 0.49
BUTTERWORTH = np.sqrt(0.5)


class Shape(NamedTuple):
    """A filter before its frequency is known: `k`, a factor on `g`, and the mix of its three outputs."""

    k: Float
    m0: Float
    m1: Float
    m2: Float
    stretch: Float | float = 1.0


def low_pass(q: npt.ArrayLike) -> Shape:
    """Second-order low-pass with quality `q`."""
    k = 1 / np.asarray(q, np.float64)
    return Shape(k, 0 * k, 0 * k, 1 + 0 * k)


def high_pass(q: npt.ArrayLike) -> Shape:
    """Second-order high-pass with quality `q`."""
    k = 1 / np.asarray(q, np.float64)
    return Shape(k, 1 + 0 * k, -k, -1 + 0 * k)


def band_pass(q: npt.ArrayLike) -> Shape:
    """Band-pass with gain 1 at its centre."""
    k = 1 / np.asarray(q, np.float64)
    return Shape(k, 0 * k, k, 0 * k)


def low_pass_1() -> Shape:
    """First-order low-pass: `(s + 1) / (s + 1)**2`."""
    one = np.ones(())
    return Shape(2 * one, 0 * one, one, one)


def high_pass_1() -> Shape:
    """First-order high-pass: `(s**2 + s) / (s + 1)**2`."""
    one = np.ones(())
    return Shape(2 * one, one, -one, -one)


def bell(gain_db: npt.ArrayLike, q: npt.ArrayLike) -> Shape:
    """Bell with `gain_db` at its centre; `q` counts between the half-gain points."""
    a = 10 ** (np.asarray(gain_db, np.float64) / 40)
    k = 1 / (np.asarray(q, np.float64) * a)
    return Shape(k, 1 + 0 * k, k * (a * a - 1), 0 * k)


def low_shelf(gain_db: npt.ArrayLike, q: npt.ArrayLike) -> Shape:
    """Shelf with `gain_db` far below its frequency, half of it there."""
    a = 10 ** (np.asarray(gain_db, np.float64) / 40)
    k = 1 / np.asarray(q, np.float64) + 0 * a
    return Shape(k, 1 + 0 * k, k * (a - 1), a * a - 1, 1 / np.sqrt(a))


def high_shelf(gain_db: npt.ArrayLike, q: npt.ArrayLike) -> Shape:
    """Shelf with `gain_db` far above its frequency, half of it there."""
    a = 10 ** (np.asarray(gain_db, np.float64) / 40)
    k = 1 / np.asarray(q, np.float64) + 0 * a
    return Shape(k, a * a, k * (1 - a) * a, 1 - a * a, np.sqrt(a))


def design(shape: Shape, freq_hz: npt.ArrayLike, rate: float) -> Float:
    """Turn shapes and frequencies into coefficients.

    Parameters
    ----------
    shape : Shape
        What kind of filter, per element of `freq_hz`.
    freq_hz : array_like
        Corner or centre in Hz, held below 0.49 `rate`.
    rate : float
        Frames per second.

    Returns
    -------
    coefficients : ndarray of float64, shape (6, …)
        b1 = 1 − a1, a2, a3, m0, m1, m2.
    """
    held = np.minimum(np.asarray(freq_hz, np.float64), HIGHEST * rate)
    g = np.tan(np.pi * held / rate) * shape.stretch
    a1 = 1 / (1 + g * (g + shape.k))
    b1 = g * (g + shape.k) * a1
    return np.stack(np.broadcast_arrays(b1, g * a1, g * g * a1, shape.m0, shape.m1, shape.m2))


def neutral(coefficients: Float, on: npt.ArrayLike) -> Float:
    """The coefficients where `on`, elsewhere the same poles mixed to a bit-exact pass-through."""
    through = np.concatenate((coefficients[:3], 0 * coefficients[3:]))
    through[3] = 1
    return np.where(np.asarray(on), coefficients, through)


def response(coefficients: npt.ArrayLike, freq_hz: npt.ArrayLike, rate: float) -> npt.NDArray[np.complex128]:
    """Complex gain of the filter in use, so that what is drawn is what is heard.

    Parameters
    ----------
    coefficients : array_like, shape (6, …)
        As from `design`.
    freq_hz : array_like, broadcasting against one coefficient
        Where to look.
    rate : float
        Frames per second.

    Returns
    -------
    gain : ndarray of complex128
    """
    b1, a2, a3, m0, m1, m2 = np.asarray(coefficients, np.float64)
    g = a3 / a2
    k = b1 / a2 - g
    s = 1j * np.tan(np.pi * np.asarray(freq_hz, np.float64) / rate) / g
    return np.asarray(m0 + (m1 * s + m2) / (s * s + k * s + 1))


@inline
def change(fade):
    """Frames that a change of filters lasts, when the cross-fade at its end lasts `fade`."""
    return fade + fade


@kernel
def accept(start, target, new, state, coming, clock, fade):
    """Take new filters once the last change is over.

    Parameters
    ----------
    start, target, new : pointer to float32, 12 rows
        Coefficients of filter 0, then of filter 1: as they were, are, and are to be.
    state, coming : pointer to float32, 8 rows
        States of the filters that are heard, and of those that will be.
    clock, fade : int
        Frames since the last change began; frames of the cross-fade.

    Returns
    -------
    clock : int
        0 if a change begins, else unchanged.
    """
    if clock < change(fade):
        return clock
    differs = False
    for row in range(ROWS):
        differs = differs or lanes.differ(lanes.load(target, row), lanes.load(new, row))
    if not differs:
        return clock
    for row in range(ROWS):
        lanes.store(start, row, lanes.load(target, row))
        lanes.store(target, row, lanes.load(new, row))
    prepare(start, target, state, coming, 0, 0)
    prepare(start, target, state, coming, COEFFICIENTS, 2)
    return 0


@kernel
def prepare(start, target, state, coming, row, s):
    """Let the filter with coefficients from `row` on and states from `s` on begin as it was if near, else at rest."""
    b1, a2, a3 = _three(start, row)
    b1_to_be, a2_to_be, a3_to_be = _three(target, row)
    # g = a3/a2 and k = (b1 − a3)/a2, compared without dividing.
    old_g, new_g = a3 * a2_to_be, a3_to_be * a2
    old_k, new_k = (b1 - a3) * a2_to_be, (b1_to_be - a3_to_be) * a2
    near_g = lanes.minimum(NEAR * old_g - new_g, NEAR * new_g - old_g)
    near_k = lanes.minimum(NEAR * old_k - new_k, NEAR * new_k - old_k)
    near = lanes.minimum(near_g, near_k) > ZERO
    rest = lanes.fill(ZERO)
    for first in (s, STATES + s):
        lanes.store(coming, first, lanes.select(near, lanes.load(state, first), rest))
        lanes.store(coming, first + 1, lanes.select(near, lanes.load(state, first + 1), rest))


@kernel
def process(x, y, start, target, state, coming, clock, fade, curve, frames):
    """Filter `frames` rows of `x` into `y` (which may be `x`) through two filters in series.

    `x`, `y` are pointers to rows of sixteen lanes; `curve` is the weight of what comes after so many
    frames of the cross-fade; all else as in `accept`.
    """
    if clock < change(fade):
        cross(x, y, start, target, state, coming, clock - fade, curve, frames)
        if clock + frames >= change(fade):
            for row in range(STATE_ROWS):
                lanes.store(state, row, lanes.load(coming, row))
        return
    a, m = _three(target, 0), _three(target, 3)
    b, n = _three(target, 6), _three(target, 9)
    s, t = _two(state, 0), _two(state, 2)
    for i in range(frames):
        v, s = tick(lanes.load(x, i), a, m, s)
        v, t = tick(v, b, n, t)
        lanes.store(y, i, v)
    _keep(state, s, t)


@kernel
def process_quietly(x, y, start, target, state, coming, clock, fade, curve, frames):
    """As `process`, keeping what the states lose in rounding: for filters of the lowest frequencies."""
    if clock < change(fade):
        old, new = lanes.scratch(), lanes.scratch()
        both_quietly(x, old, start, state, frames)
        both_quietly(x, new, target, coming, frames)
        for i in range(frames):
            w = lanes.scalar(curve, max(clock - fade + i + 1, 0))
            here = lanes.load(old, i)
            lanes.store(y, i, lanes.add_product(here, w, lanes.load(new, i) - here))
        if clock + frames >= change(fade):
            for row in range(STATE_ROWS):
                lanes.store(state, row, lanes.load(coming, row))
    else:
        both_quietly(x, y, target, state, frames)


@inline
def both_quietly(x, y, coefficients, state, frames):
    """Both filters in series, keeping what their states lose."""
    a, m = _three(coefficients, 0), _three(coefficients, 3)
    b, n = _three(coefficients, 6), _three(coefficients, 9)
    s, t = _two(state, 0), _two(state, 2)
    lost_s, lost_t = _two(state, STATES), _two(state, STATES + 2)
    for i in range(frames):
        v, s, lost_s = tick_quietly(lanes.load(x, i), a, m, s, lost_s)
        v, t, lost_t = tick_quietly(v, b, n, t, lost_t)
        lanes.store(y, i, v)
    _keep(state, s, t)
    _keep(lanes.row_of(state, STATES), lost_s, lost_t)


@kernel
def cross(x, y, start, target, state, coming, faded, curve, frames):
    """From the old filters to the new; `faded` frames of the cross-fade are over, or are yet to wait for."""
    a, m = _three(start, 0), _three(start, 3)
    b, n = _three(start, 6), _three(start, 9)
    c, o = _three(target, 0), _three(target, 3)
    d, p = _three(target, 6), _three(target, 9)
    s, t = _two(state, 0), _two(state, 2)
    u, v = _two(coming, 0), _two(coming, 2)
    for i in range(frames):
        x0 = lanes.load(x, i)
        old, s = tick(x0, a, m, s)
        old, t = tick(old, b, n, t)
        new, u = tick(x0, c, o, u)
        new, v = tick(new, d, p, v)
        lanes.store(y, i, lanes.add_product(old, lanes.scalar(curve, max(faded + i + 1, 0)), new - old))
    _keep(state, s, t)
    _keep(coming, u, v)


@inline
def tick(v0, a, m, s):
    """One frame of one filter with coefficients `a` and `m`: its output and its two states."""
    b1, a2, a3 = a
    m0, m1, m2 = m
    s1, s2 = s
    v3 = v0 - s2
    d1 = lanes.add_product((lanes.fill(ZERO) - b1) * s1, a2, v3)
    d2 = lanes.add_product(a2 * s1, a3, v3)
    y = lanes.add_product(lanes.add_product(m0 * v0, m1, s1 + d1), m2, s2 + d2)
    # What v3 leads to is the longest way from one frame to the next: on it a product and a sum are one.
    return y, (lanes.add_product(s1, TWO, d1), lanes.add_product(s2, TWO, d2))


@inline
def tick_quietly(v0, a, m, s, lost):
    """As `tick`, with compensated sums [2]_ of the states: what a step loses is added to the next."""
    b1, a2, a3 = a
    m0, m1, m2 = m
    s1, s2 = s
    v3 = v0 - s2
    d1 = lanes.add_product((lanes.fill(ZERO) - b1) * s1, a2, v3)
    d2 = lanes.add_product(a2 * s1, a3, v3)
    y = lanes.add_product(lanes.add_product(m0 * v0, m1, s1 + d1), m2, s2 + d2)
    step1, step2 = lanes.add_product(lost[0], TWO, d1), lanes.add_product(lost[1], TWO, d2)
    new1, new2 = s1 + step1, s2 + step2
    return y, (new1, new2), (step1 - (new1 - s1), step2 - (new2 - s2))


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
