"""The three forms of a value: position on the wire, engineering value, text on a line.

    position 0…1  ◀── scale ──▶  dB, Hz, ms  ◀── text format ──▶  "-12.0", "1k97"

The console keeps only a grid of positions `i / (steps - 1)` per parameter; these functions say which
value each position means, where on the scale a value lies, and how the desk writes it.  They are
those of the X32/M32, byte for byte.
"""

import math
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Format = Callable[[float], str]

SILENT = -math.inf
"""Level of a closed fader, in dB."""

# The fader's taper in five points: steep below, 1 dB per 2.5 % of travel in the upper half.
_TAPER_POSITION = np.array([0.0, 0.0625, 0.25, 0.5, 1.0])
_TAPER_DB = np.array([-90.0, -60.0, -30.0, -10.0, 10.0])

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_KILO = re.compile(r"[+-]?([0-9]+)k([0-9]*)")


class Scale(NamedTuple):
    """A way from position to value and back; values out of range have positions beyond 0 or 1."""

    value: Callable[[npt.ArrayLike], Float]
    position: Callable[[npt.ArrayLike], Float]


def level_db(position: npt.ArrayLike) -> Float:
    """Level in dB of a fader's position, from 0 (silent, minus infinity) to 1 (+10 dB)."""
    position = np.clip(np.asarray(position, np.float64), 0, 1)
    # Rounding, here and below, takes away the dust of binary fractions (-0.0 and 1.7499999999999982).
    return np.where(position > 0, np.round(np.interp(position, _TAPER_POSITION, _TAPER_DB), 9), SILENT)


def level_position(level: npt.ArrayLike) -> Float:
    """Position of a fader at a level in dB; at and below -90 dB it is closed."""
    return np.asarray(np.interp(np.asarray(level, np.float64), _TAPER_DB, _TAPER_POSITION))


TAPER = Scale(level_db, level_position)


def even(lowest: float, highest: float) -> Scale:
    """Make a scale of equal steps."""

    def value(position: npt.ArrayLike) -> Float:
        return np.round(lowest + np.asarray(position, np.float64) * (highest - lowest), 9) + 0.0

    def position(value: npt.ArrayLike) -> Float:
        return (np.asarray(value, np.float64) - lowest) / (highest - lowest)

    return Scale(value, position)


def ratios(lowest: float, highest: float) -> Scale:
    """Make a scale of equal ratios; `lowest`, at position 0, may be the larger end."""

    def value(position: npt.ArrayLike) -> Float:
        return np.round(lowest * (highest / lowest) ** np.asarray(position, np.float64), 9)

    def position(value: npt.ArrayLike) -> Float:
        # Zero and below have no logarithm: they lie below every such scale.
        above_zero = np.maximum(np.asarray(value, np.float64), np.finfo(np.float64).tiny)
        return np.log(above_zero / lowest) / math.log(highest / lowest)

    return Scale(value, position)


def number(token: str) -> float:
    """Read what any of the formats below has written, or what a person would write instead.

    Padding, decimals and sign are free; `1k97` is 1970.

    Raises
    ------
    ValueError
        When the token is not a number.
    """
    token = token.strip()
    if kilo := _KILO.fullmatch(token):
        return math.copysign(float(f"{kilo[1]}.{kilo[2]}") * 1000, -1 if token[0] == "-" else 1)
    if not _NUMBER.fullmatch(token):
        raise ValueError(f"{token!r} is not a number")
    return float(token)


def number_or_silence(token: str) -> float:
    """Read a level: a number, or `-oo` for minus infinity.

    Raises
    ------
    ValueError
        When the token is neither.
    """
    return SILENT if token.strip() == "-oo" else number(token)


def _rounded(value: float, decimals: int) -> float:
    """Round half away from zero, as a desk does, never to -0.0."""
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5) / scale, value) + 0.0


def integer(value: float) -> str:
    """Write a whole number: attack, knee, mix."""
    return f"{_rounded(value, 0):.0f}"


def signed_integer(value: float) -> str:
    """Write a whole number with its sign: pan."""
    return f"{_rounded(value, 0):+.0f}"


def integer3(value: float) -> str:
    """Write a whole number three wide: low cut."""
    return f"{_rounded(value, 0):3.0f}"


def release(value: float) -> str:
    """Write a whole number three wide, four from 100 on: release."""
    return integer3(value) if value < 100 else f"{_rounded(value, 0):4.0f}"


def tenths(value: float) -> str:
    """Write one decimal: thresholds, gate range."""
    return f"{_rounded(value, 1):.1f}"


def signed_tenths(value: float) -> str:
    """Write one decimal with its sign: trim."""
    return f"{_rounded(value, 1):+.1f}"


def tenths5(value: float) -> str:
    """Write one decimal five wide: delay."""
    return f"{tenths(value):>5}"


def signed_tenths5(value: float) -> str:
    """Write one decimal with its sign five wide: weight."""
    return f"{signed_tenths(value):>5}"


def hundredths(value: float) -> str:
    """Write two decimals: decay, speed and factors of effects."""
    return f"{_rounded(value, 2):.2f}"


def level(value: float) -> str:
    """Write a level five wide: `  -oo`, ` -9.8`, `  0.0`, ` +2.1`; within a tenth of 0 dB it is 0 dB."""
    if value == SILENT:
        return "  -oo"
    return f"{_rounded(value, 1):+5.1f}" if abs(value) >= 0.1 else "  0.0"


# The desk cuts digits off what it has written, not off the number: 1909.985 Hz is 1910.0 and so 1k91.


def frequency(value: float) -> str:
    """Write Hz with one decimal, from 1 kHz on with a k for the point and two digits behind it: `1k97`."""
    written = tenths(value)
    return written if value < 1000 else f"{written[:-5]}k{written[-5:-3]}"


def kilo(value: float) -> str:
    """Write Hz without decimals, from 1 kHz on with a k for the point and one digit behind it: `957`, `7k2`."""
    written = integer(value)
    return written if value < 1000 else f"{written[:-3]}k{written[-3]}"


def eq_gain(value: float) -> str:
    """Write two decimals with the sign, from 10 dB on one, five wide: `+0.25`, `+13.7`."""
    return f"{value:+.2f}"[:5]


def quality(value: float) -> str:
    """Write the Q of a filter with one decimal, and 10 three wide."""
    return " 10" if value >= 10 else f"{_rounded(value, 1):.1f}"


def three_digits(value: float) -> str:
    """Write three digits four wide: `0.02`, `50.2`, ` 502`; hold, make-up gain."""
    return hundredths(value)[:4].rstrip(".").rjust(4)
