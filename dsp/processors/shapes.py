"""Filters before they are heard: their shapes, the coefficients of `svf` and what these do to a spectrum, in float64.

    bell(gain_db, q) ─▶ Shape ─▶ design(shape, freq_hz, rate) ─▶ coefficients ─▶ svf's kernels
    high_pass(q) …                                                      ╰──────▶ response: what is drawn

Symbols are those of `svf`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

COEFFICIENTS = 6
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
