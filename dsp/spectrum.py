"""The spectrum of one signal in a hundred bands, for the real-time analyser.

    audio thread: one signal ─▶ ring      control thread: ring ─▶ window ─▶ FFT ─▶ bands ─▶ dB

The lowest bands are narrower than a bin of one FFT can be at a lively rate, so they come from a
second, longer one.
"""

import numpy as np
import numpy.typing as npt

from dsp import lanes
from dsp.kernel import kernel
from dsp.lanes import HALF

RING = 65_536
BANDS = 100
LONG, SHORT = 32_768, 4_096
# Centres where a console's own analyser has them: ten bands an octave from 20 Hz.
CENTRES_HZ = 20 * 2 ** (np.arange(BANDS) / 10)
SPLIT_HZ = 500.0
FLOOR_DB = -128.0


@kernel
def keep(left, right, ring, position, frames):
    """Write `frames` frames of both sides (one float in each row of sixteen), halved and added, into the ring."""
    for n in range(frames):
        both = lanes.scalar(left, n * lanes.WIDTH) + lanes.scalar(right, n * lanes.WIDTH)
        lanes.put(ring, (position + n) & (RING - 1), HALF * both)


def bands_db(ring: npt.NDArray[np.float32], position: int, rate: float) -> npt.NDArray[np.float64]:
    """Level of each band in dBFS, shape (100,): a full-scale sine reads 0 in its band.

    Parameters
    ----------
    ring : ndarray of float32, shape (RING,)
    position : int
        Frames written so far.
    rate : float
    """
    long, short = (_levels(ring, position, size, rate) for size in (LONG, SHORT))
    return np.maximum(np.where(CENTRES_HZ < SPLIT_HZ, long, short), FLOOR_DB)


def _levels(ring: npt.NDArray[np.float32], position: int, size: int, rate: float) -> npt.NDArray[np.float64]:
    """Levels from one FFT of the newest `size` frames."""
    newest = ring[np.arange(position - size, position) % RING]
    window = np.hanning(size)
    power = np.abs(np.fft.rfft(newest * window)) ** 2
    # A sine's power is spread over the window's main lobe: the sum over the lobe is 3/8 size² / 4.
    power *= 4 / (0.375 * size * size)
    edges = CENTRES_HZ[:, np.newaxis] * 2 ** (np.array([-0.5, 0.5]) / 10) * size / rate
    below = np.concatenate(([0.0], np.cumsum(power)))
    positions = np.clip(edges + 0.5, 0, len(power))
    low, high = (np.interp(positions[:, side], np.arange(len(below)), below) for side in (0, 1))
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(np.maximum(high - low, 1e-20)))
