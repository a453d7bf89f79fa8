"""What stands out of the spectrum and stays is named; music is not."""

import numpy as np

from tui import feedback

DICE = np.random.default_rng(1)


def music() -> np.ndarray:
    """A spectrum that falls with frequency and moves."""
    return -30 - 0.3 * np.arange(feedback.BANDS) + DICE.normal(0, 2, feedback.BANDS)


def watch(spectra: list[np.ndarray]) -> list[feedback.Candidate]:
    watching = feedback.Watch()
    for each in spectra:
        watching.take(each)
    return watching.candidates()


def test_a_tone_that_stays_is_a_candidate_at_its_frequency():
    band = 65
    spectra = [music() for _ in range(40)]
    for spectrum in spectra:
        spectrum[band] = -15
    (found,) = watch(spectra)
    assert found.freq_hz == feedback.CENTRES_HZ[band]
    assert found.over_db > feedback.STANDS_OUT_DB


def test_a_note_that_comes_and_goes_is_none():
    spectra = [music() for _ in range(40)]
    for spectrum in spectra[5:25]:
        spectrum[40] = -12
    assert watch(spectra) == []


def test_music_alone_has_none():
    assert watch([music() for _ in range(60)]) == []


def test_what_is_too_quiet_to_matter_is_none():
    spectra = [music() - 70 for _ in range(40)]
    for spectrum in spectra:
        spectrum[65] = -80
    assert watch(spectra) == []
