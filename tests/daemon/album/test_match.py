"""Proposals of an EQ: nearer to the reference, within the cap, and as loud as before."""

import numpy as np
import pytest
import scipy.signal

from daemon.album import curves, match, measure, spectrum

RATE = 48_000


def noise(seed, seconds=12, rate=RATE, level=0.05):
    return np.random.default_rng(seed).normal(0, level, (seconds * rate, 2))


def tilted(x, rate=RATE):
    """A gentle tilt: more lows, less highs, by filters that are scipy's."""
    y = x + 0.8 * scipy.signal.lfilter(*scipy.signal.butter(1, 250, fs=rate), x, axis=0)
    return y - 0.4 * scipy.signal.lfilter(*scipy.signal.butter(1, 4000, "high", fs=rate), y, axis=0)


def equalised(x, curve):
    """`x` with the curve itself."""
    hz = curves.lines(RATE)
    gain = 10 ** (np.interp(hz, curve.hz, curve.curve_db) / 20)
    return curves.apply(x, curves.taps(curves.minimum_phase(gain), 0))


def test_a_tilt_is_found_and_taken_away_without_a_change_of_loudness():
    own, reference = noise(1), tilted(noise(2))
    found = match.propose(own, RATE, reference, RATE, 12.0)
    after = equalised(own, found)
    middle = (spectrum.THIRDS_HZ > 80) & (spectrum.THIRDS_HZ < 9000)
    residual = (measure.measure(after, RATE).thirds_db - measure.measure(reference, RATE).thirds_db)[middle]
    assert np.abs(residual - residual.mean()).max() <= 0.5
    before, behind = (measure.measure(each, RATE).integrated_lufs for each in (own, after))
    assert behind == pytest.approx(before, abs=0.1)


def test_the_bands_do_nearly_what_the_curve_wants():
    found = match.propose(noise(1), RATE, tilted(noise(2)), RATE, 12.0)
    inside = (found.hz > 60) & (found.hz < 10_000)
    assert np.abs(found.bands_db - found.curve_db)[inside].max() < 0.8
    made = curves.decibels(curves.response(found.bands, found.hz, RATE))
    np.testing.assert_array_equal(made, found.bands_db)


@pytest.mark.parametrize("cap_db", [0.5, 1.0, 3.0])
def test_nothing_is_above_the_cap(cap_db):
    reference = scipy.signal.lfilter(*scipy.signal.butter(2, 500, fs=RATE), noise(3), axis=0)
    found = match.propose(noise(4), RATE, reference, RATE, cap_db)
    assert np.abs(found.curve_db).max() <= cap_db + 1e-9
    assert np.abs(found.bands_db).max() <= cap_db + 1e-9
    assert np.abs(found.curve_db[[0, -1]]).max() == 0


def test_a_song_that_is_its_own_reference_is_left_alone():
    own = noise(5)
    found = match.propose(own, RATE, 0.5 * own, RATE, 3.0)
    assert found.bands == []
    assert np.abs(found.curve_db).max() < 1e-6
    assert found.level_lu == pytest.approx(-6.02, abs=0.05)


def test_a_reference_of_another_rate_is_compared_on_the_same_scale():
    own = scipy.signal.resample_poly(noise(6), 2, 1, axis=0)
    found = match.propose(own, 96_000, noise(6), RATE, 3.0)
    assert np.abs(found.curve_db).max() < 0.3


def test_silence_asks_for_nothing_that_is_not_finite():
    found = match.propose(np.zeros((RATE, 2)), RATE, noise(7, 1), RATE, 3.0)
    assert np.isfinite(found.curve_db).all()
    assert np.abs(found.bands_db).max() <= 3.0 + 1e-9


def test_an_average_counts_quiet_songs_like_loud_ones():
    quiet, loud = (spectrum.long_term(x, RATE) for x in (0.01 * noise(8), tilted(noise(9))))
    both = match.average([quiet, loud], RATE)
    towards_loud, towards_quiet = (match.between(both, RATE, each, 12.0).curve_db for each in (loud, quiet))
    apart = match.between(quiet, RATE, loud, 12.0).curve_db
    assert np.abs(towards_loud).max() < np.abs(apart).max()
    assert np.abs(towards_quiet).max() < np.abs(apart).max()
    assert np.abs(towards_loud).max() > 0.5
    assert np.abs(towards_quiet).max() > 0.5
