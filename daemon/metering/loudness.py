"""Loudness after ITU-R BS.1770 and EBU R 128, of files and of what is heard now.

    sound ─▶ K-weighting ─▶ energy of each 10 ms ─┬─▶ 400 ms, 3 s: momentary, short-term
                                                 └─▶ gates ─▶ integrated loudness, range
         ─▶ 8 × as many frames ─▶ true peak

The K-weighting is done on spectra: what its filters leave after a third of a second is nothing.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

MEMORY_S = 0.34  # the high-pass at 38 Hz has fallen by 300 dB
CELLS = 100  # in a second
MOMENTARY, SHORT_TERM, STEP = 40, 300, 10  # cells
OFFSET_LU, ABSOLUTE_LUFS, RELATIVE_LU, RANGE_LU = -0.691, -70.0, -10.0, -20.0
RANGE_PARTS = (0.1, 0.95)
FINE_LU, TALLIED = 0.01, 9_000  # from -70 to +20 LUFS
SURROUND = 10 ** (1.5 / 10)  # what comes from the sides counts more
WEIGHTS = {5: (1, 1, 1, SURROUND, SURROUND), 6: (1, 1, 1, 0, SURROUND, SURROUND)}
OVERSAMPLING, TAPS = 8, 24
NEAR, AT_ONCE = 32, 64  # frames that are looked at together, and how many of such are
STRETCH = 1 << 14  # frames whose magnitudes stay in a core's own memory
TRANSFORM = 1 << 16  # of two sides: what stays in a core's own memory

# Shelf and high-pass of the recommendation, which gives them for 48 kHz alone, as analogue filters.
SHELF_HZ, SHELF_DB, SHELF_Q, SHELF_SLOPE = 1681.974450955533, 3.999843853973347, 0.7071752369554196, 0.4996667741545416
HIGH_PASS_HZ, HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773


class Loudness(NamedTuple):
    """What has been measured; −inf where there was not enough to measure."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    max_momentary_lufs: float
    max_short_term_lufs: float


class Cells:
    """Energies of the hundredths of seconds of a signal, K-weighted, and its true peak.

    Parameters
    ----------
    rate : int
        Frames per second, a multiple of 100.
    channels : int
        Five are left, right, centre and both surrounds, six have an LFE before these; others count alike.
    peaks : bool
        Whether it also looks for the true peak, which takes longer than all else.

    Attributes
    ----------
    peak : float
        Largest magnitude since somebody set it to 0; stays there unless `peaks`.
    """

    def __init__(self, rate: int, channels: int, peaks: bool = True) -> None:
        self.rate = rate
        self.peak = 0.0
        self._peaks = peaks
        self._weights = np.array(WEIGHTS.get(channels, (1,) * channels), np.float64)
        self._before = np.zeros((round(MEMORY_S * rate), channels))
        self._left = np.zeros(0)

    def of_all(self, audio: npt.NDArray[np.floating]) -> Float:
        """Cells of a whole song, in blocks that are transformed without being padded."""
        block = TRANSFORM - len(self._before)
        parts = [self.of(audio[begin : begin + block]) for begin in range(0, len(audio), block)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def of(self, block: npt.NDArray[np.floating]) -> Float:
        """Cells that more frames, shape (frames, channels), have completed."""
        memory = len(self._before)
        x = np.concatenate((self._before, block))
        if self._peaks:
            self.peak = true_peak(x[memory - TAPS :], self.peak)
        size = 1 << (len(x) - 1).bit_length()
        lines = np.fft.rfft(x, size, axis=0)
        spectrum = lines * weighting(size, self.rate)[:, np.newaxis]
        weighted = np.fft.irfft(spectrum, size, axis=0)[memory : len(x)]
        self._before = x[len(x) - memory :]
        energy = np.concatenate((self._left, weighted**2 @ self._weights))
        cell = self.rate // CELLS
        whole = len(energy) // cell * cell
        self._left = energy[whole:]
        return np.asarray(energy[:whole].reshape(-1, cell).mean(1))


class Meter:
    """Measures what it is given, block after block: see `Cells`."""

    def __init__(self, rate: int, channels: int) -> None:
        self._of = Cells(rate, channels)
        self._cells: list[Float] = []

    def add(self, block: npt.NDArray[np.floating]) -> None:
        """Measure more frames, shape (frames, channels)."""
        self._cells.append(self._of.of(block))

    def measured(self) -> Loudness:
        """Everything so far."""
        return told(np.concatenate(self._cells) if self._cells else np.zeros(0), self._of.peak)


def told(cells: Float, peak: float = 0.0) -> Loudness:
    """What cells, and the true peak beside them, make together."""
    momentary, short_term = _means(cells, MOMENTARY), _means(cells, SHORT_TERM)
    return Loudness(
        integrated_lufs(momentary[::STEP]),
        range_lu(short_term[::STEP]),
        decibels(peak),
        lufs(momentary.max(initial=0)),
        lufs(short_term.max(initial=0)),
    )


class Tally:
    """Energies of windows, counted by their loudness: hours take no more room, nor time, than seconds.

    What is above the absolute gate is summed exactly; only where the relative gate lies is known to `FINE_LU`.
    """

    def __init__(self) -> None:
        self._counts, self._sums = np.zeros(TALLIED, np.int64), np.zeros(TALLIED)

    def add(self, energy: float) -> None:
        """Count one window."""
        above = (lufs(energy) - ABSOLUTE_LUFS) / FINE_LU
        if above > 0:
            place = min(int(above), TALLIED - 1)
            self._counts[place] += 1
            self._sums[place] += energy

    def integrated_lufs(self) -> float:
        """Loudness of all that passes the gates: of windows of 400 ms, one every tenth of a second."""
        gate = self._gate(RELATIVE_LU)
        count = self._counts[gate:].sum()
        return lufs(self._sums[gate:].sum() / count) if count else -np.inf

    def range_lu(self) -> float:
        """Loudness range: of windows of 3 s, one every tenth of a second."""
        gate = self._gate(RANGE_LU)
        upto = np.cumsum(self._counts[gate:])
        if not upto[-1]:
            return 0.0
        low, high = np.searchsorted(upto, np.array(RANGE_PARTS) * (upto[-1] - 1), side="right")
        return float((high - low) * FINE_LU)

    def _gate(self, below_lu: float) -> int:
        """Place from which on windows count."""
        count = self._counts.sum()
        if not count:
            return 0
        relative = lufs(self._sums.sum() / count) + below_lu
        return max(round((relative - ABSOLUTE_LUFS) / FINE_LU), 0)


def _means(cells: Float, width: int) -> Float:
    """Mean energy of every `width` neighbouring cells."""
    if len(cells) < width:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(cells, width).mean(1))


def decibels(peak: float) -> float:
    """A magnitude in dB relative to full scale."""
    return float(20 * np.log10(peak)) if peak > 0 else -np.inf


def integrated_lufs(momentary: Float) -> float:
    """Loudness of all that passes the gates, from the energies of 400 ms, one every tenth of a second."""
    return lufs(gated(momentary, RELATIVE_LU).mean()) if momentary.size else -np.inf


def lufs(energy: float) -> float:
    """Loudness of a mean energy."""
    return float(OFFSET_LU + 10 * np.log10(energy)) if energy > 0 else -np.inf


def gated(energies: Float, below_lu: float) -> Float:
    """What is louder than −70 LUFS, and of that what is louder than its own mean and `below_lu`; never empty."""
    heard = energies[energies > 10 ** ((ABSOLUTE_LUFS - OFFSET_LU) / 10)]
    if not heard.size:
        return np.zeros(1)
    return np.asarray(heard[heard >= heard.mean() * 10 ** (below_lu / 10)])


def range_lu(short_term: Float) -> float:
    """Loudness range, from the energies of 3 s, one every tenth of a second."""
    if not short_term.size:
        return 0.0
    heard = gated(short_term, RANGE_LU)
    if not heard.max() > 0:
        return 0.0
    low, high = np.percentile(10 * np.log10(heard), [100 * part for part in RANGE_PARTS])
    return float(high - low)


@functools.lru_cache(maxsize=4)
def weighting(frames: int, rate: int) -> npt.NDArray[np.complex128]:
    """K-weighting of each line of a spectrum, as at 48 kHz whatever the rate.

    The recommendation gives the high-pass for 48 kHz alone, where it amplifies by 0.043 dB.  libebur128 and FFmpeg keep
    its numerator at other rates, which leaves 0.0217 dB of that out at 96 kHz: the middle is 0.011 dB from both.
    """
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(frames))
    made = [np.polyval(each[2::-1], z) / np.polyval((*each[:2:-1], 1), z) for each in sections(rate)]
    return np.asarray(made[0] * made[1])


def sections(rate: int) -> Float:
    """K-weighting as second-order sections, shelf and high-pass: b0, b1, b2, a1, a2 of each; see `weighting`."""
    k, high = np.tan(np.pi * SHELF_HZ / rate), 10 ** (SHELF_DB / 20)
    middle = high**SHELF_SLOPE
    top = (high + middle * k / SHELF_Q + k * k, 2 * (k * k - high), high - middle * k / SHELF_Q + k * k)
    shelf = np.array((*top, *_below(k, SHELF_Q)[1:])) / _below(k, SHELF_Q)[0]
    k, usual = (np.tan(np.pi * HIGH_PASS_HZ / each) for each in (rate, 48_000))
    below = _below(k, HIGH_PASS_Q)
    amplified = np.sqrt(_below(usual, HIGH_PASS_Q)[0] / below[0])
    return np.array((shelf, (amplified, -2 * amplified, amplified, below[1] / below[0], below[2] / below[0])))


def _below(k: float, q: float) -> tuple[float, float, float]:
    return 1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k


def true_peak(x: Float, known: float = 0.0) -> float:
    """Largest magnitude of frames, shape (frames, channels), and of what lies between them, or `known` if larger.

    What lies between is looked at only where the frames around it are large enough to make it the largest.
    """
    if len(x) < TAPS:
        return max(known, float(np.abs(x).max(initial=0)))
    loud = loudest(x, NEAR)
    largest = max(known, float(loud.max(initial=0)))
    loud[:-1] = np.maximum(loud[:-1], loud[1:])
    places = np.argsort(-loud)
    for begin in range(0, places.size, AT_ONCE):
        here = places[begin : begin + AT_ONCE]
        here = here[loud[here] * _most() > largest]
        if not here.size:
            break
        frames = x[np.minimum(here[:, np.newaxis] * NEAR + np.arange(NEAR + TAPS - 1), len(x) - 1)]
        windows = np.lib.stride_tricks.sliding_window_view(frames, TAPS, axis=1)
        # Windows that reach beyond the last frame are not of this signal.
        inside = here[:, np.newaxis] * NEAR + np.arange(NEAR) <= len(x) - TAPS
        largest = max(largest, float(np.abs(windows @ _phases())[inside].max(initial=0)))
    return largest


def loudest(x: npt.NDArray[np.floating], count: int) -> npt.NDArray[np.floating]:
    """Largest magnitude of every `count` frames, a power of two; the last may be fewer."""
    found = np.zeros(-(-len(x) // count), x.dtype)
    whole = len(x) // count * count
    for begin in range(0, whole, STRETCH):
        part = np.abs(x[begin : min(begin + STRETCH, whole)])
        found[begin // count : (begin + len(part)) // count] = part.reshape(-1, count * x.shape[1]).max(1)
    found[len(found) - 1 :] = np.maximum(found[len(found) - 1 :], np.abs(x[whole:]).max(initial=0))
    return found


@functools.cache
def _phases() -> Float:
    """What finds the frames between, as a matrix."""
    return np.ascontiguousarray(np.array(_between())[:, ::-1].T)


@functools.cache
def _most() -> float:
    """How much larger than the frames around it what lies between can be."""
    return float(np.abs(_phases()).sum(0).max())


@functools.cache
def _between() -> list[Float]:
    """Filters that find what lies between two frames, an eighth apart each."""
    at = np.arange(TAPS) - TAPS / 2 + 0.5
    phases = [at + 0.5 - n / OVERSAMPLING for n in range(1, OVERSAMPLING)]
    windows = (np.i0(8 * np.sqrt(np.maximum(1 - (phase / (TAPS / 2)) ** 2, 0))) / np.i0(8) for phase in phases)
    return [np.sinc(phase) * window for phase, window in zip(phases, windows, strict=True)]
