"""Long-term spectra of songs.

    sound ─▶ overlapping stretches ─▶ those within the loudness gate ─▶ mean power ─▶ third octaves, or smoothed
"""

import math
from typing import NamedTuple

import numpy as np

from daemon.metering import loudness
from daemon.metering.loudness import Float

STRETCH_S = 0.34  # lines lie 3 Hz apart
AT_ONCE = 32
THIRDS_HZ = 10 ** (np.arange(13, 44) / 10)
"""Centres of the third octaves from 20 Hz to 20 kHz."""
THIRD_OCTAVE = 0.1 * np.log2(10)
FLOOR = 1e-20


class Spectrum(NamedTuple):
    """Mean power in lines, equally far apart; they add up to the mean square of both sides."""

    hz: Float
    power: Float


def stretch(rate: int) -> int:
    """Frames of a stretch: a power of two."""
    return 1 << round(math.log2(STRETCH_S * rate))


def long_term(audio: Float, rate: int, gated: bool = True) -> Spectrum:
    """Spectrum of what is loud enough to count, or of everything; shape (frames, sides)."""
    size = stretch(rate)
    hop = size // 2
    if len(audio) < size:
        audio = np.pad(audio, ((0, size - len(audio)), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(audio, size, axis=0)[::hop]
    window = np.hanning(size + 1)[:-1]
    scale = np.full(size // 2 + 1, 2.0)
    scale[[0, -1]] = 1.0
    scale /= (window @ window) * size
    heard = np.abs(loudness.weighting(size, rate)) ** 2
    powers, energies = [], []
    for begin in range(0, len(windows), AT_ONCE):
        lines = np.fft.rfft(windows[begin : begin + AT_ONCE] * window, axis=-1)
        power = (np.abs(lines) ** 2).mean(1) * scale
        powers.append(power)
        energies.append(power @ heard * audio.shape[1])
    energy = np.concatenate(energies)
    gate = loudness.gated(energy, loudness.RELATIVE_LU).min() if gated else 0.0
    count, total = 0, np.zeros(size // 2 + 1)
    for power, energy in zip(powers, energies, strict=True):
        counts = energy >= gate
        total += counts @ power
        count += int(counts.sum())
    return Spectrum(np.asarray(np.fft.rfftfreq(size, 1 / rate), np.float64), total / max(count, 1))


def smoothed(spectrum: Spectrum, at_hz: Float, octaves: float = THIRD_OCTAVE) -> Float:
    """Power in dB of bands of this width around each frequency."""
    step = spectrum.hz[1]
    edges = np.concatenate(((0.0,), spectrum.hz + step / 2))
    upto = np.concatenate(((0.0,), np.cumsum(spectrum.power)))
    wide = 2 ** (octaves / 2)
    power = np.interp(at_hz * wide, edges, upto) - np.interp(at_hz / wide, edges, upto)
    return np.asarray(10 * np.log10(np.maximum(power, FLOOR)))


def thirds_db(spectrum: Spectrum) -> Float:
    """Power in dB of each third octave."""
    return smoothed(spectrum, THIRDS_HZ)
