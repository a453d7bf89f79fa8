"""What is about to feed back: lines of the spectrum that stand out from their neighbours, and stay.

    bands of the console's analyser ─▶ over the median of the neighbourhood ─▶ for a second and a half ─▶ a candidate

Music stands out too, but a note comes and goes; what rings stays, or grows.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BANDS = 100
CENTRES_HZ = 20 * 2 ** (np.arange(BANDS) / 10)
"""As the console's analyser has them."""
STEPS_PER_DB = 256

NEIGHBOURS = 5
STANDS_OUT_DB = 12.0
LOUD_DB = -70.0
STAYS = 30
"""Spectra in a row, twenty a second."""
MAY_FALL_DB = 3.0
MOST = 4


class Candidate(NamedTuple):
    """A frequency, how loud it is, and how far over its neighbours."""

    freq_hz: float
    level_db: float
    over_db: float


def levels(arguments: list[Any]) -> Floats:
    """Levels in dB of a blob of `/meters/15`.

    Raises
    ------
    ValueError
        When it is no such blob.
    """
    (blob,) = arguments
    numbers = np.frombuffer(blob, "<i2", offset=4)
    if len(numbers) != BANDS:
        raise ValueError(f"a spectrum of {len(numbers)} bands instead of {BANDS}")
    return numbers / STEPS_PER_DB


class Watch:
    """Remembers spectra, and says what stands out of all of them."""

    def __init__(self) -> None:
        self._past: deque[Floats] = deque(maxlen=STAYS)

    def take(self, spectrum: Floats) -> None:
        """Take the newest spectrum in dB."""
        self._past.append(spectrum)

    def candidates(self) -> list[Candidate]:
        """Loudest first."""
        if len(self._past) < STAYS:
            return []
        past = np.stack(self._past)
        over = past - _neighbourhood(past)
        stays = (over.min(0) > STANDS_OUT_DB) & (past.min(0) > LOUD_DB)
        stays &= past[-1] > past[: STAYS // 2].max(0) - MAY_FALL_DB
        stays &= past[-1] >= np.maximum(np.roll(past[-1], 1), np.roll(past[-1], -1))
        order = [band for band in np.argsort(-past[-1]).tolist() if stays[band]]
        return [Candidate(float(CENTRES_HZ[b]), float(past[-1][b]), float(over[-1][b])) for b in order[:MOST]]


def _neighbourhood(spectra: Floats) -> Floats:
    """Median of the bands around each band; shape as given."""
    padded = np.pad(spectra, ((0, 0), (NEIGHBOURS, NEIGHBOURS)), mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1, axis=1), axis=-1)
