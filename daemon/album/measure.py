"""Everything that is told of a song, measured from its sound.

    sound ─┬─▶ K-weighted cells ─▶ momentary, short-term, integrated, range
           ├─▶ every tenth of a second: true peak, correlation
           ├─▶ long-term spectrum in third octaves
           └─▶ outline, runs of full scale, DC, silence inside, first and last frame
"""

from dataclasses import dataclass

import numpy as np

from daemon import errors
from daemon.album import spectrum
from daemon.metering import loudness
from daemon.metering.loudness import Float

STEPS = loudness.CELLS // loudness.STEP
"""Points in a second of everything that is shown over time."""
CORRELATED_S = 0.4
OUTLINE = 800  # points
FULL_SCALE = 1 - 2.0**-15
CLIPPED_RUN = 3
SILENT_DBFS = -70.0
NOTHING = 1e-18


@dataclass(frozen=True)
class Figures:
    """A song, measured; −inf where there was not enough to measure."""

    rate: int
    frames: int
    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    max_momentary_lufs: float
    max_short_term_lufs: float
    plr_lu: float
    """True peak above the integrated loudness."""
    psr_lu: float
    """True peak above the loudest three seconds."""
    clipped: int
    """Runs of full scale."""
    dc_dbfs: float
    silence_s: float
    """Longest silence inside."""
    ends_dbfs: tuple[float, float]
    """First and last frame."""
    momentary_lufs: Float
    short_term_lufs: Float
    peaks_dbtp: Float
    correlation: Float
    """All four ten times a second; windows end there."""
    thirds_db: Float
    """Third octaves from 20 Hz to 20 kHz."""
    outline: Float
    """Lowest and highest of each side, shape (points, 2, 2)."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.frames / self.rate


def measure(audio: Float, rate: int) -> Figures:
    """Measure a song, shape (frames, 2).

    Raises
    ------
    Refusal
        When its rate cannot be cut into hundredths of a second.
    """
    if rate % loudness.CELLS:
        raise errors.Refusal(f"{rate} frames per second cannot be cut into hundredths; resample the song")
    momentary, short_term, whole = _loudness(audio, rate)
    peaks = _peaks(audio, rate)
    peak = float(peaks.max(initial=0))
    sample = float(np.abs(audio).max(initial=0))
    peak_db = loudness.decibels(peak)
    return Figures(
        rate, len(audio), whole.integrated_lufs, whole.range_lu, peak_db, loudness.decibels(sample),
        whole.max_momentary_lufs, whole.max_short_term_lufs,
        _above(peak_db, whole.integrated_lufs), _above(peak_db, whole.max_short_term_lufs),
        clipped(audio), loudness.decibels(float(np.abs(audio.mean(0)).max())) if len(audio) else -np.inf,
        silence_s(audio, rate), ends_dbfs(audio), _lufs(momentary), _lufs(short_term),
        20 * np.log10(np.maximum(peaks, NOTHING)), correlation(audio, rate),
        spectrum.thirds_db(spectrum.long_term(audio, rate)), outline(audio),
    )  # fmt: skip


def _above(peak_db: float, lufs: float) -> float:
    return peak_db - lufs if np.isfinite(lufs) else 0.0


def _lufs(energy: Float) -> Float:
    return np.asarray(loudness.OFFSET_LU + 10 * np.log10(np.maximum(energy, NOTHING)))


def _loudness(audio: Float, rate: int) -> tuple[Float, Float, loudness.Loudness]:
    """Energies of the windows that end every tenth of a second, and what they make together."""
    cells = loudness.Cells(rate, audio.shape[1], peaks=False).of_all(audio)
    upto = np.concatenate(((0.0,), np.cumsum(cells)))
    ends = np.arange(loudness.STEP, len(cells) + 1, loudness.STEP)
    windows = [(upto[ends] - upto[np.maximum(ends - width, 0)]) / width
               for width in (loudness.MOMENTARY, loudness.SHORT_TERM)]  # fmt: skip
    return windows[0], windows[1], loudness.told(cells)


def _peaks(audio: Float, rate: int) -> Float:
    """True peak of every tenth of a second."""
    step = rate // STEPS
    padded = np.pad(audio, ((loudness.TAPS // 2, loudness.TAPS // 2 - 1), (0, 0)))
    reach = step + loudness.TAPS - 1
    return np.array([loudness.true_peak(padded[begin : begin + reach]) for begin in range(0, len(audio), step)])


def correlation(audio: Float, rate: int) -> Float:
    """How alike both sides are, 1 to −1, of windows that end every tenth of a second; 1 in silence."""
    step = rate // STEPS
    whole = audio[: len(audio) // step * step].reshape(-1, step, 2)
    products = np.stack((whole.prod(-1).sum(1), (whole[..., 0] ** 2).sum(1), (whole[..., 1] ** 2).sum(1)))
    width = round(CORRELATED_S * STEPS)
    upto = np.pad(np.cumsum(products, axis=1), ((0, 0), (width, 0)))
    both, left, right = upto[:, width:] - upto[:, :-width]
    power = np.sqrt(np.maximum(left * right, 0))
    quiet = power <= NOTHING
    return np.where(quiet, 1.0, np.clip(both / np.where(quiet, 1.0, power), -1, 1))


def outline(audio: Float, points: int = OUTLINE) -> Float:
    """Lowest and highest of each side in stretches of equal length; shape (points, 2, 2)."""
    edges = np.linspace(0, len(audio), min(points, len(audio)) + 1).astype(int)[:-1]
    if not edges.size:
        return np.zeros((1, 2, 2))
    return np.stack((np.minimum.reduceat(audio, edges), np.maximum.reduceat(audio, edges)), axis=-1)


def clipped(audio: Float) -> int:
    """How often a side stays at full scale for three frames or more."""
    found = 0
    for side in audio.T:
        full = np.concatenate(((False,), np.abs(side) >= FULL_SCALE, (False,)))
        edges = np.flatnonzero(full[1:] != full[:-1])
        found += int((edges[1::2] - edges[::2] >= CLIPPED_RUN).sum())
    return found


def silence_s(audio: Float, rate: int) -> float:
    """Longest silence between the first and the last that is heard."""
    cell = rate // loudness.CELLS
    loud = np.abs(audio[: len(audio) // cell * cell]).max(1).reshape(-1, cell).max(1) > 10 ** (SILENT_DBFS / 20)
    heard = np.flatnonzero(loud)
    return float((np.diff(heard).max(initial=1) - 1) / loudness.CELLS)


def ends_dbfs(audio: Float) -> tuple[float, float]:
    """First and last frame, the louder side."""
    if not len(audio):
        return -np.inf, -np.inf
    first, last = (loudness.decibels(float(np.abs(frame).max())) for frame in (audio[0], audio[-1]))
    return first, last
