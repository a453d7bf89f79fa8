"""The spectrum of one signal in a hundred bands, for the real-time analyser.

    audio thread: one signal ─▶ ring      control thread: ring ─▶ window ─▶ FFT ─▶ bands ─▶ dB

The lowest bands are narrower than a bin of one FFT can be at a lively rate, so they come from a
second, longer one.
"""

import functools

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import HALF

Float = npt.NDArray[np.float64]

RING = 131_072
"""Frames that are remembered: more than the longest FFT, so that what it reads is not overwritten."""
BANDS = 100
LONG_S, SHORT_S = 0.68, 0.085  # what both FFTs see, up to the next power of two
# Centres where a console's own analyser has them: ten bands an octave from 20 Hz.
CENTRES_HZ = 20 * 2 ** (np.arange(BANDS) / 10)
EDGES_HZ = CENTRES_HZ[:, np.newaxis] * 2 ** (np.array([-0.5, 0.5]) / 10)
SPLIT_HZ = 500.0
FLOOR_DB = -128.0


@kernel
def keep(left, right, ring, position, frames):
    """Write `frames` frames of both sides (one float in each row of sixteen), halved and added, into the ring."""
    for n in range(frames):
        both = lanes.scalar(left, n * lanes.WIDTH) + lanes.scalar(right, n * lanes.WIDTH)
        lanes.put(ring, (position + n) & (RING - 1), HALF * both)


def bands_db(ring: npt.NDArray[np.float32], position: int, rate: float) -> Float:
    """Level of each band in dBFS, shape (100,): a full-scale sine in the middle of a band reads 0 there.

    Parameters
    ----------
    ring : ndarray of float32, shape (RING,)
    position : int
        Frames written so far.
    rate : float
    """
    long, short = (_powers(ring, position, _size(seconds, rate)) for seconds in (LONG_S, SHORT_S))
    power = np.where(CENTRES_HZ < SPLIT_HZ, _bands(long, rate), _bands(short, rate)) * _scale(rate)
    return np.maximum(10 * np.log10(np.maximum(power, 1e-20)), FLOOR_DB)


def _size(seconds: float, rate: float) -> int:
    """Frames of an FFT."""
    return 1 << round(np.log2(seconds * rate))


def _powers(ring: npt.NDArray[np.float32], position: int, size: int) -> Float:
    """Power in each bin of the newest `size` frames."""
    newest = ring[np.arange(position - size, position) % RING]
    return np.asarray(np.abs(np.fft.rfft(newest * _window(size))) ** 2)


@functools.cache
def _window(size: int) -> Float:
    return np.hanning(size)


def _bands(power: Float, rate: float) -> Float:
    """Power in each band, parts of bins at its edges counted as parts."""
    below = np.concatenate(([0.0], np.cumsum(power)))
    places = np.clip(EDGES_HZ * 2 * (len(power) - 1) / rate + 0.5, 0, len(power))
    low, high = (np.interp(places[:, side], np.arange(len(below)), below) for side in (0, 1))
    return np.asarray(high - low)


@functools.cache
def _scale(rate: float) -> Float:
    """What makes 1 of the power that a full-scale sine in the middle of each band has there.

    A narrow band does not catch all of the window's main lobe, and that of a band at half the rate
    or above is empty.
    """
    scale = np.zeros(BANDS)
    for band in np.flatnonzero(rate / 2 > CENTRES_HZ):
        size = _size(LONG_S if CENTRES_HZ[band] < SPLIT_HZ else SHORT_S, rate)
        sine = np.sin(2 * np.pi * CENTRES_HZ[band] * np.arange(size) / rate).astype(np.float32)
        ring = np.zeros(RING, np.float32)
        ring[:size] = sine
        scale[band] = 1 / _bands(_powers(ring, size, size), rate)[band]
    return scale
