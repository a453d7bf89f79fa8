"""Curves: the console's own EQ as filters of any length, where latency is free.

    bands ─▶ the console's coefficients ─▶ response ─┬─▶ as it is: the minimum phase of the stage
                                                     └─▶ its magnitude: linear phase

A filter is a response on a grid of lines, and its delay, which `apply` takes away again.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.metering.loudness import Float
from dsp.processors import eq, shapes

Complex = npt.NDArray[np.complex128]
Band = tuple[str, float, float, float]
"""Kind, frequency in Hz, gain in dB and quality of a band."""

KINDS = {kind.name.lower(): kind for kind in eq.Kind}
LENGTH_S = 0.68  # 20 Hz at 24 dB per octave has fallen by 150 dB
FLOOR = 1e-7  # of a magnitude whose logarithm is taken


def length(rate: int) -> int:
    """Taps of a filter: a power of two."""
    return 1 << round(math.log2(LENGTH_S * rate))


def lines(rate: int) -> Float:
    """Frequencies on which responses are given."""
    return np.asarray(np.fft.rfftfreq(length(rate), 1 / rate), np.float64)


def kind(name: str) -> eq.Kind:
    """A kind of band by its name.

    Raises
    ------
    Refusal
        When there is no such kind.
    """
    found = KINDS.get(name.strip().lower().replace(" ", "_").replace("-", "_"))
    if found is None:
        raise errors.Refusal(f"eq: {name!r} is no kind of band; there are {', '.join(KINDS)}")
    return found


def response(bands: Sequence[Band], hz: Float, rate: int) -> Complex:
    """What the console's EQ does at each frequency, all bands together."""
    made = np.ones(len(hz), np.complex128)
    # At half the rate itself the filters are not defined; what is just below is the same to the ear.
    below = np.minimum(hz, 0.4999 * rate)
    for name, freq_hz, gain_db, q in bands:
        freq, gain, quality = (np.array([[each]], np.float64) for each in (freq_hz, gain_db, q))
        coefficients = eq.bands(np.array([True]), np.array([[int(kind(name))]]), freq, gain, quality, rate)
        made *= shapes.response(coefficients[0, 0], below, rate)
    return made


def low_cut(freq_hz: float, hz: Float, rate: int, slope: int = 0) -> Complex:
    """What the console's low cut does; slopes as there: 0, 1, 2 for 12, 18, 24 dB per octave."""
    below = np.minimum(hz, 0.4999 * rate)
    parts = eq.low_cut(np.array([True]), np.array([slope]), np.array([freq_hz]), rate)
    return np.asarray(shapes.response(parts[0], below, rate) * shapes.response(parts[1], below, rate))


def decibels(found: Complex | Float) -> Float:
    """Magnitudes in dB."""
    return np.asarray(20 * np.log10(np.maximum(np.abs(found), FLOOR)))


def minimum_phase(magnitude: Float) -> Complex:
    """The response of this magnitude that delays least, through its cepstrum."""
    size = 2 * (len(magnitude) - 1)
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitude, FLOOR)), size)
    cepstrum[1 : size // 2] *= 2
    cepstrum[size // 2 + 1 :] = 0
    return np.asarray(np.exp(np.fft.rfft(cepstrum)))


def taps(wanted: Complex | Float, delay: int) -> Float:
    """A filter's taps, `delay` frames late, faded where what comes before and after is cut off."""
    size = 2 * (len(wanted) - 1)
    made = np.roll(np.fft.irfft(wanted, size), delay)
    if delay:
        rising = np.sin(np.linspace(0, np.pi / 2, delay, endpoint=False)) ** 2
        made[:delay] *= rising
    left = size - delay
    made[delay:] *= np.cos(np.linspace(0, np.pi / 2, left, endpoint=False)) ** 2 if delay else _tail(left)
    return np.asarray(made)


def _tail(frames: int) -> Float:
    """One for three quarters, then fading."""
    fade = frames // 4
    return np.concatenate((np.ones(frames - fade), np.cos(np.linspace(0, np.pi / 2, fade)) ** 2))


def apply(x: Float, filter_taps: Float, delay: int = 0) -> Float:
    """Filter every side of a sound, shape (frames, sides); as long as before, `delay` frames earlier."""
    made = np.zeros((len(x) + delay, x.shape[1]), x.dtype)
    size, hop = _blocks(len(filter_taps))
    lines = np.fft.rfft(filter_taps, size)
    for begin in range(0, len(x), hop):
        part = np.ascontiguousarray(x[begin : begin + hop].T)
        filtered = np.fft.irfft(np.fft.rfft(part, size) * lines, size)
        made[begin : begin + size] += filtered[:, : len(made) - begin].T
    return made[delay:]


def apply_apart(x: Float, middle: Float, side: Float, delay: int = 0) -> Float:
    """Filter the middle of a sound, shape (frames, 2), and its side, each with taps of its own; else as `apply`."""
    made = np.zeros((len(x) + delay, 2), x.dtype)
    size, hop = _blocks(len(middle))
    lines = np.fft.rfft((middle, side), size)
    for begin in range(0, len(x), hop):
        left, right = x[begin : begin + hop].T
        both = np.fft.irfft(np.fft.rfft(((left + right) / 2, (left - right) / 2), size) * lines, size)
        one, other = both[:, : len(made) - begin]
        made[begin : begin + size, 0] += one + other
        made[begin : begin + size, 1] += one - other
    return made[delay:]


def _blocks(count: int) -> tuple[int, int]:
    """Size of the transforms for so many taps, and how many new frames each takes in."""
    size = 4 * (1 << (count - 1).bit_length())
    return size, size - count + 1
