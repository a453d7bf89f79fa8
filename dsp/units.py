"""Conversions between the units people read and the numbers the loops use."""

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

LOG2_DB = 20 * np.log10(2)
"""Decibels in one unit of log2: dynamics work in log2, people in dB."""


def db_to_gain(level_db: npt.ArrayLike) -> Float:
    """Linear gain of a level in dB; minus infinity gives exactly 0."""
    return np.asarray(10.0 ** (np.asarray(level_db, np.float64) / 20))


def gain_to_db(gain: npt.ArrayLike) -> Float:
    """Level in dB of a linear gain; 0 gives minus infinity."""
    with np.errstate(divide="ignore"):
        return np.asarray(20 * np.log10(np.abs(np.asarray(gain, np.float64))))


def db_to_log2(level_db: npt.ArrayLike) -> Float:
    """Units of log2 in a level or difference in dB."""
    return np.asarray(np.asarray(level_db, np.float64) / LOG2_DB)


def step(time_ms: npt.ArrayLike, rate: float) -> Float:
    """Part of the remaining way a one-pole smoother goes in one frame.

    Parameters
    ----------
    time_ms : array_like
        Time in milliseconds for 63 % of the way; 0 arrives at once.
    rate : float
        Frames per second.
    """
    time_ms = np.asarray(time_ms, np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(-1000 / (time_ms * rate)))


def frames(time_ms: npt.ArrayLike, rate: float) -> Float:
    """Whole frames in a time in milliseconds, at least one."""
    return np.maximum(np.rint(np.asarray(time_ms, np.float64) * rate / 1000), 1)
