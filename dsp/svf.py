"""Second-order filters: the trapezoidal state-variable filter, two in series on every lane.

    x ─▶ filter 0 ─▶ filter 1 ─▶ x

It has 30 to 70 dB less round-off than a biquad at low frequencies, and stays stable while its
coefficients glide: its state matrix is an affine function of (a1, a2, a3) whose norm is at most 1.
Symbols g, k, a1–a3, m0–m2, v0–v3 are those of [1]_; s1, s2 are its ic1eq, ic2eq.

.. [1] A. Simper, "Linear trapezoidal integrated state variable filter", Cytomic, 2013.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import glide, lanes
from dsp.kernel import inline, kernel
from dsp.lanes import TWO

Float = npt.NDArray[np.float64]

COEFFICIENTS = 6
M0 = 3  # its row among the coefficients: 1 in a pass-through
ROWS = 2 * COEFFICIENTS
STATE_ROWS = 4

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
        a1, a2, a3, m0, m1, m2.
    """
    held = np.minimum(np.asarray(freq_hz, np.float64), HIGHEST * rate)
    g = np.tan(np.pi * held / rate) * shape.stretch
    a1 = 1 / (1 + g * (g + shape.k))
    return np.stack(np.broadcast_arrays(a1, g * a1, g * g * a1, shape.m0, shape.m1, shape.m2))


def neutral(coefficients: Float, on: npt.ArrayLike) -> Float:
    """The coefficients where `on`, elsewhere the same poles mixed to a bit-exact pass-through."""
    through = np.concatenate((coefficients[:3], 0 * coefficients[3:]))
    through[3] = 1
    return np.where(np.asarray(on), coefficients, through)


def response(coefficients: npt.ArrayLike, freq_hz: npt.ArrayLike, rate: float) -> npt.NDArray[np.complex128]:
    """Complex gain of the filter in use, so that what is drawn is what is heard.

    Parameters
    ----------
    coefficients : array_like, shape (6,)
        As from `design`.
    freq_hz : array_like, shape (n,)
        Where to look.
    rate : float
        Frames per second.

    Returns
    -------
    gain : ndarray of complex128, shape (n,)
    """
    a1, a2, _, m0, m1, m2 = np.asarray(coefficients, np.float64)
    g = a2 / a1
    k = (1 / a1 - 1) / g - g
    s = 1j * np.tan(np.pi * np.asarray(freq_hz, np.float64) / rate) / g
    return np.asarray(m0 + (m1 * s + m2) / (s * s + k * s + 1))


@inline
def tick(v0, a1, a2, a3, m0, m1, m2, s1, s2):
    """One frame of one filter: its output and the two states."""
    v3 = v0 - s2
    v1 = a1 * s1 + a2 * v3
    v2 = s2 + a2 * s1 + a3 * v3
    return m0 * v0 + m1 * v1 + m2 * v2, TWO * v1 - s1, TWO * v2 - s2


@kernel
def process(x, y, start, target, state, clock, end, curve, frames):
    """Filter `frames` rows of `x` into `y` (which may be `x`) through two filters in series.

    Parameters
    ----------
    x, y : pointer to float32, rows of sixteen lanes
    start, target : pointer to float32, 12 rows
        Coefficients of filter 0, then of filter 1.
    state : pointer to float32, 4 rows
    clock, end, curve
        The glide, see `glide.accept`.
    """
    s1, s2 = lanes.load(state, 0), lanes.load(state, 1)
    t1, t2 = lanes.load(state, 2), lanes.load(state, 3)
    if clock < end:
        for n in range(frames):
            w = lanes.scalar(curve, clock + n + 1)
            a1, a2, a3 = _three(start, target, 0, w)
            m0, m1, m2 = _three(start, target, 3, w)
            v, s1, s2 = tick(lanes.load(x, n), a1, a2, a3, m0, m1, m2, s1, s2)
            a1, a2, a3 = _three(start, target, 6, w)
            m0, m1, m2 = _three(start, target, 9, w)
            v, t1, t2 = tick(v, a1, a2, a3, m0, m1, m2, t1, t2)
            lanes.store(y, n, v)
    else:
        a1, a2, a3 = lanes.load(target, 0), lanes.load(target, 1), lanes.load(target, 2)
        m0, m1, m2 = lanes.load(target, 3), lanes.load(target, 4), lanes.load(target, 5)
        b1, b2, b3 = lanes.load(target, 6), lanes.load(target, 7), lanes.load(target, 8)
        l0, l1, l2 = lanes.load(target, 9), lanes.load(target, 10), lanes.load(target, 11)
        for n in range(frames):
            v, s1, s2 = tick(lanes.load(x, n), a1, a2, a3, m0, m1, m2, s1, s2)
            v, t1, t2 = tick(v, b1, b2, b3, l0, l1, l2, t1, t2)
            lanes.store(y, n, v)
    lanes.store(state, 0, s1)
    lanes.store(state, 1, s2)
    lanes.store(state, 2, t1)
    lanes.store(state, 3, t2)


@inline
def _three(start, target, row, w):
    return (
        glide.value(start, target, row, w),
        glide.value(start, target, row + 1, w),
        glide.value(start, target, row + 2, w),
    )


@kernel
def reset(state):
    """Forget: both filters at rest."""
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.fill(lanes.ZERO))
