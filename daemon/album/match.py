"""A proposal: the EQ that brings a song's tone nearer to that of another, or of the album.

    long-term spectra of both ─▶ reference − own, smoothed over a third octave
        ─▶ as loud as before, within the cap, nothing at the ends ─▶ curve ─▶ bands of the console's EQ

It is shown and written into the project; nothing applies it unseen.
"""

from typing import NamedTuple

import numpy as np

from daemon.album import curves, spectrum
from daemon.metering import loudness
from daemon.metering.loudness import Float

LOWEST_HZ, HIGHEST_HZ = 40.0, 14_000.0
FADE_OCTAVES = 0.5
PER_OCTAVE = 12
HALVINGS, ROUNDS = 40, 8
STEP_DB = 0.1  # gains of bands are rounded to it
LEAST_DB = 0.2  # bands below are left out
FIRM = 0.02
BASIS: tuple[tuple[str, float, float], ...] = (
    ("low_shelf", 60.0, 1.0),
    *(("bell", freq_hz, 1.2) for freq_hz in (90.0, 160.0, 300.0, 550.0, 1000.0, 1800.0, 3300.0, 6000.0)),
    ("high_shelf", 9000.0, 1.0),
)


class Proposal(NamedTuple):
    """What would bring a song nearer to the reference."""

    bands: list[curves.Band]
    hz: Float
    curve_db: Float
    """What is wanted at each frequency, never above the cap."""
    bands_db: Float
    """What the bands do there."""
    level_lu: float
    """How much louder the reference is."""


def grid() -> Float:
    """Frequencies of a curve, from 20 Hz to 20 kHz."""
    return np.asarray(20.0 * 2 ** (np.arange(10 * PER_OCTAVE) / PER_OCTAVE))


def propose(audio: Float, rate: int, reference: Float, reference_rate: int, cap_db: float) -> Proposal:
    """Compare a song with a reference, both of shape (frames, 2), and propose an EQ."""
    return between(spectrum.long_term(audio, rate), rate, spectrum.long_term(reference, reference_rate), cap_db)


def between(own: spectrum.Spectrum, rate: int, reference: spectrum.Spectrum, cap_db: float) -> Proposal:
    """Propose an EQ for spectra: of the album, say, see `average`."""
    hz = grid()
    mine, theirs = spectrum.smoothed(own, hz), spectrum.smoothed(reference, hz)
    heard = mine + _weight_db(hz, rate)
    level = _loudness_db(theirs + _weight_db(hz, rate)) - _loudness_db(heard)
    curve = _neutral(theirs - mine, heard, _ends(hz), cap_db)
    bands = _bands(curve, hz, rate, cap_db)
    return Proposal(bands, hz, curve, curves.decibels(curves.response(bands, hz, rate)), level)


def average(spectra: list[spectrum.Spectrum], rate: int) -> spectrum.Spectrum:
    """Of songs of one rate, each as loud as the others."""
    heard = np.abs(loudness.weighting(2 * (len(spectra[0].hz) - 1), rate)) ** 2
    each = [one.power / max(float(one.power @ heard), 1e-30) for one in spectra]
    return spectrum.Spectrum(spectra[0].hz, np.mean(each, axis=0))


def _weight_db(hz: Float, rate: int) -> Float:
    """K-weighting at frequencies of the grid."""
    size = spectrum.stretch(rate)
    weight = curves.decibels(loudness.weighting(size, rate))
    return np.interp(hz, np.fft.rfftfreq(size, 1 / rate), weight)


def _loudness_db(heard_db: Float) -> float:
    """Loudness of bands that are equally wide on the ear's scale, up to a constant."""
    return float(10 * np.log10((10 ** (heard_db / 10)).sum()))


def _ends(hz: Float) -> Float:
    """1 where the curve may act, 0 outside, half an octave between."""
    inside = np.minimum(np.log2(hz / LOWEST_HZ), np.log2(HIGHEST_HZ / hz)) / FADE_OCTAVES
    return np.asarray(np.sin(np.clip(inside, 0, 1) * np.pi / 2) ** 2)


def _neutral(difference_db: Float, heard_db: Float, ends: Float, cap_db: float) -> Float:
    """The difference within the cap, shifted so that the song stays as loud as it is."""

    def shifted(by_db: float) -> Float:
        return np.clip(difference_db - by_db, -cap_db, cap_db) * ends

    before = _loudness_db(heard_db)
    low, high = float(difference_db.min()) - cap_db, float(difference_db.max()) + cap_db
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _loudness_db(heard_db + shifted(middle)) > before:
            low = middle
        else:
            high = middle
    return shifted((low + high) / 2)


def _bands(curve_db: Float, hz: Float, rate: int, cap_db: float) -> list[curves.Band]:
    """Bands of the console's EQ that make nearly this curve; together they stay within the cap."""
    gains = np.zeros(len(BASIS))
    # Beyond its ends the curve says nothing: there a shelf may go on.
    meant = (hz >= LOWEST_HZ * 2**FADE_OCTAVES) & (hz <= HIGHEST_HZ / 2**FADE_OCTAVES)
    for _ in range(ROUNDS):
        made = _shapes(gains, hz[meant], rate)
        slopes = (_shapes(gains + 1, hz[meant], rate) - made).T
        error = curve_db[meant] - made.sum(0)
        change = np.linalg.solve(slopes.T @ slopes + FIRM * np.eye(len(gains)), slopes.T @ error - FIRM * gains)
        gains = gains + change
    highest = float(np.abs(_shapes(gains, hz, rate).sum(0)).max())
    gains = gains * min(1.0, cap_db / highest) if highest > 0 else gains
    # Towards zero, so that rounding never leads above the cap.
    rounded = np.trunc(gains / STEP_DB) * STEP_DB
    return [
        (kind, freq_hz, round(float(gain), 1), q)
        for (kind, freq_hz, q), gain in zip(BASIS, rounded, strict=True)
        if abs(gain) >= LEAST_DB - 1e-9
    ]


def _shapes(gains: Float, hz: Float, rate: int) -> Float:
    """What each band does with its gain, in dB; shape (bands, frequencies)."""
    return np.array([
        curves.decibels(curves.response([(kind, freq_hz, float(gain), q)], hz, rate))
        for (kind, freq_hz, q), gain in zip(BASIS, gains, strict=True)
    ])  # fmt: skip
