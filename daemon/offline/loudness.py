"""Loudness of files after ITU-R BS.1770 and EBU R 128: `faderd loudness FILE…`.

    file ─▶ K-weighting ─▶ energy of each 10 ms ─┬─▶ 400 ms, 3 s: momentary, short-term
                                                 └─▶ gates ─▶ integrated loudness, range
         ─▶ 8 × as many frames ─▶ true peak

The K-weighting is done on spectra: what its filters leave after a third of a second is nothing.
"""

import functools
import pathlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.audio import audiofile

Float = npt.NDArray[np.float64]

BLOCK = 1 << 18
MEMORY_S = 0.34  # the high-pass at 38 Hz has fallen by 300 dB
CELLS = 100  # in a second
MOMENTARY, SHORT_TERM, STEP = 40, 300, 10  # cells
OFFSET_LU, ABSOLUTE_LUFS, RELATIVE_LU, RANGE_LU = -0.691, -70.0, -10.0, -20.0
SURROUND = 10 ** (1.5 / 10)  # what comes from the sides counts more
WEIGHTS = {5: (1, 1, 1, SURROUND, SURROUND), 6: (1, 1, 1, 0, SURROUND, SURROUND)}
OVERSAMPLING, TAPS = 8, 24

# Shelf and high-pass of the recommendation, which gives them for 48 kHz alone, as analogue filters.
SHELF_HZ, SHELF_DB, SHELF_Q, SHELF_SLOPE = 1681.974450955533, 3.999843853973347, 0.7071752369554196, 0.4996667741545416
HIGH_PASS_HZ, HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773


class Loudness(NamedTuple):
    """What a file measures; −inf where there was not enough to measure."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    max_momentary_lufs: float
    max_short_term_lufs: float


class Meter:
    """Measures what it is given, block after block.

    Parameters
    ----------
    rate : int
        Frames per second, a multiple of 100.
    channels : int
        Five are left, right, centre and both surrounds, six have an LFE before these; others count alike.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.rate = rate
        self._weights = np.array(WEIGHTS.get(channels, (1,) * channels), np.float64)
        self._before = np.zeros((round(MEMORY_S * rate), channels))
        self._left = np.zeros(0)
        self._cells: list[Float] = []
        self._peak = 0.0

    def add(self, block: npt.NDArray[np.floating]) -> None:
        """Measure more frames, shape (frames, channels)."""
        memory = len(self._before)
        x = np.concatenate((self._before, block))
        self._peak = max(self._peak, _peak(x[memory - TAPS :]))
        size = 1 << (len(x) - 1).bit_length()
        spectrum = np.fft.rfft(x, size, axis=0) * _weighting(size, self.rate)[:, np.newaxis]
        weighted = np.fft.irfft(spectrum, size, axis=0)[memory : len(x)]
        self._before = x[len(x) - memory :]
        energy = np.concatenate((self._left, weighted**2 @ self._weights))
        cell = self.rate // CELLS
        whole = len(energy) // cell * cell
        self._cells.append(energy[:whole].reshape(-1, cell).mean(1))
        self._left = energy[whole:]

    def measured(self) -> Loudness:
        """Everything so far."""
        cells = np.concatenate(self._cells) if self._cells else np.zeros(0)
        momentary, short_term = _means(cells, MOMENTARY), _means(cells, SHORT_TERM)
        return Loudness(
            _lufs(_gated(momentary[::STEP], RELATIVE_LU).mean()) if momentary.size else -np.inf,
            _range(short_term[::STEP]),
            float(20 * np.log10(self._peak)) if self._peak else -np.inf,
            _lufs(momentary.max(initial=0)),
            _lufs(short_term.max(initial=0)),
        )


def measure(path: pathlib.Path) -> Loudness:
    """Measure a file, or a folder of mono files as one."""
    with audiofile.Source(path) as source:
        if source.rate % CELLS:
            raise errors.Refusal(f"{path}: {source.rate} frames per second cannot be cut into hundredths; resample it")
        meter = Meter(source.rate, source.channels)
        while len(block := source.read(BLOCK)):
            meter.add(block)
    return meter.measured()


def line(path: pathlib.Path, found: Loudness) -> str:
    """Say in a line what a file measures."""
    return (
        f"{path}: {found.integrated_lufs:.1f} LUFS, range {found.range_lu:.1f} LU,"
        f" true peak {found.true_peak_dbtp:.1f} dBTP, momentary up to {found.max_momentary_lufs:.1f},"
        f" short-term up to {found.max_short_term_lufs:.1f} LUFS"
    )


def as_json(found: Loudness) -> dict[str, float | None]:
    """What a file measures, null where it could not be measured."""
    return {name: value if np.isfinite(value) else None for name, value in found._asdict().items()}


def _means(cells: Float, width: int) -> Float:
    """Mean energy of every `width` neighbouring cells."""
    if len(cells) < width:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(cells, width).mean(1))


def _lufs(energy: float) -> float:
    return float(OFFSET_LU + 10 * np.log10(energy)) if energy > 0 else -np.inf


def _gated(energies: Float, below_lu: float) -> Float:
    """What is louder than −70 LUFS, and of that what is louder than its own mean and `below_lu`; never empty."""
    heard = energies[energies > 10 ** ((ABSOLUTE_LUFS - OFFSET_LU) / 10)]
    if not heard.size:
        return np.zeros(1)
    return np.asarray(heard[heard >= heard.mean() * 10 ** (below_lu / 10)])


def _range(short_term: Float) -> float:
    if not short_term.size:
        return 0.0
    gated = _gated(short_term, RANGE_LU)
    if not gated.max() > 0:
        return 0.0
    low, high = np.percentile(10 * np.log10(gated), (10, 95))
    return float(high - low)


@functools.lru_cache(maxsize=4)
def _weighting(frames: int, rate: int) -> npt.NDArray[np.complex128]:
    """K-weighting of each line of a spectrum, as at 48 kHz whatever the rate."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(frames))
    k, high = np.tan(np.pi * SHELF_HZ / rate), 10 ** (SHELF_DB / 20)
    middle = high**SHELF_SLOPE
    top = (high + middle * k / SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / SHELF_Q + k * k)
    shelf = np.polyval(top[::-1], z) / np.polyval(_below(k, SHELF_Q)[::-1], z)
    k, usual = (np.tan(np.pi * HIGH_PASS_HZ / each) for each in (rate, 48_000))
    high_pass = _below(usual, HIGH_PASS_Q)[0] * (1 - z) ** 2 / np.polyval(_below(k, HIGH_PASS_Q)[::-1], z)
    return np.asarray(shelf * high_pass)


def _below(k: float, q: float) -> tuple[float, float, float]:
    return 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k


def _peak(x: Float) -> float:
    """Largest magnitude of `x`, and of what lies between its frames."""
    largest = float(np.abs(x).max(initial=0))
    for phase in _between():
        for channel in x.T:
            if len(channel) >= TAPS:
                largest = max(largest, float(np.abs(np.convolve(channel, phase, "valid")).max()))
    return largest


@functools.cache
def _between() -> list[Float]:
    """Filters that find what lies between two frames, an eighth apart each."""
    at = np.arange(TAPS) - TAPS / 2 + 0.5
    phases = [at + 0.5 - n / OVERSAMPLING for n in range(1, OVERSAMPLING)]
    windows = (np.i0(8 * np.sqrt(np.maximum(1 - (phase / (TAPS / 2)) ** 2, 0))) / np.i0(8) for phase in phases)
    return [np.sinc(phase) * window for phase, window in zip(phases, windows, strict=True)]
