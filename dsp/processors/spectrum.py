"""The spectrum of one signal in a hundred bands, for the real-time analyser.

    audio thread: one signal ─▶ ring      control thread: ring ─▶ window ─▶ FFT ─▶ bands ─▶ dB

The lowest bands are narrower than a bin of one FFT can be at a lively rate, so they come from a
second, longer one.  A tone that stands alone counts whole in the band its frequency lies in, wherever
between two bins or bands that is: parts of its window's main lobe would read up to 3 dB too low.
"""

import functools

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import HALF
from dsp.processors.processor import Field, Place, Stage

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
# Bins on each side of a tone: what its window's main lobe reaches, and where nothing else may be but a little.
LOBE, NEARBY, PURE = 2, 6, 0.95


@kernel
def keep(left, right, ring, position, frames):
    """Write `frames` frames of both sides (one float in each row of sixteen), halved and added, into the ring."""
    for n in range(frames):
        both = lanes.scalar(left, n * lanes.WIDTH) + lanes.scalar(right, n * lanes.WIDTH)
        lanes.put(ring, (position + n) & (RING - 1), HALF * both)


def bands_db(ring: npt.NDArray[np.float32], position: int, rate: float) -> Float:
    """Level of each band in dBFS, shape (100,): a full-scale sine reads 0 in the band it lies in.

    Parameters
    ----------
    ring : ndarray of float32, shape (RING,)
    position : int
        Frames written so far.
    rate : float
    """
    long, short = (_powers(ring, position, _size(seconds, rate)) for seconds in (LONG_S, SHORT_S))
    power = np.where(CENTRES_HZ < SPLIT_HZ, _bands(long, rate), _bands(short, rate)) * _scale(rate)
    tones = np.where(CENTRES_HZ < SPLIT_HZ, _tones(long, rate), _tones(short, rate))
    power = np.maximum(power, np.where(rate / 2 > CENTRES_HZ, tones, 0))
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


def _tones(power: Float, rate: float) -> Float:
    """Power of the strongest tone in each band, relative to a full-scale sine.

    A tone is a peak whose main lobe holds nearly all there is nearby.
    """
    lobe, nearby = (np.convolve(power, np.ones(2 * reach + 1), "same") for reach in (LOBE, NEARBY))
    peaks = 1 + np.flatnonzero((power[1:-1] >= power[:-2]) & (power[1:-1] > power[2:]))
    peaks = peaks[(lobe[peaks] > PURE * nearby[peaks]) & (peaks > LOBE)]
    centroid = np.convolve(power * np.arange(len(power)), np.ones(2 * LOBE + 1), "same")[peaks] / lobe[peaks]
    size = 2 * (len(power) - 1)
    place = np.rint(10 * np.log2(centroid * rate / size / CENTRES_HZ[0])).astype(np.int64)
    inside = (place >= 0) & (place < BANDS)
    found = np.zeros(BANDS)
    np.maximum.at(found, place[inside], lobe[peaks[inside]])
    return found * 4 / (size * np.sum(_window(size) ** 2))


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


STAGE = Stage(
    fields=(
        Field("spectrum", Place.SET, np.int32, (2,), is_heard=False),  # places of both sides of what is shown
        Field("spectrum", Place.RING, np.float32, (RING,)),
        Field("rta", Place.SHOWN, np.float32, (BANDS,), rest=FLOOR_DB),
    )
)
