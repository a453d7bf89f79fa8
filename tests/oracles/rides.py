"""What is left of a ride when the ride itself is taken away: the sidebands that its steps make.

A tone whose level goes evenly in dB has no steps; whatever else its level does is heard beside it.  The level
is that of the tone by complex demodulation; of its logarithm a smooth line is taken away, and what is left
is told as power: a ripple of r nepers makes two sidebands of r / 2 each.
"""

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float64]

BESIDE_HZ = 50.0
"""Nearer to the tone the ear hears a level that moves."""
ORDER = 3
"""Of the smooth line."""
BLACKMAN_BANDWIDTH = 1.73
"""Bins that the power of one line is spread over."""


def sidebands_db(heard: npt.ArrayLike, freq_hz: float, rate: float) -> float:
    """Power of all that is more than `BESIDE_HZ` beside a tone, in dB against the tone."""
    level = np.log(np.abs(_demodulated(np.asarray(heard, np.float64), freq_hz, rate)))
    at = np.linspace(-1, 1, len(level))
    window = np.blackman(len(level))
    ripple = (level - np.polyval(np.polyfit(at, level, ORDER), at)) * window
    lines = np.abs(np.fft.rfft(ripple)) * 2 / window.sum()
    hz = np.fft.rfftfreq(len(level), 1 / rate)
    beside = lines[(hz > BESIDE_HZ) & (hz < freq_hz / 2)]
    return float(10 * np.log10((beside**2).sum() / 2 / BLACKMAN_BANDWIDTH))


def _demodulated(heard: Signal, freq_hz: float, rate: float) -> npt.NDArray[np.complex128]:
    """Amplitude of a tone over time, averaged over a few of its periods so that its mirror is gone."""
    turned = heard * np.exp(-2j * np.pi * freq_hz * np.arange(len(heard)) / rate)
    around = np.hanning(round(3 * rate / freq_hz) + 2)[1:-1]
    around = np.convolve(around, around)
    return np.convolve(turned, around / around.sum(), "valid")
