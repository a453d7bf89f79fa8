"""Figures of a song, against what is known of signals, and against other meters."""

import numpy as np
import pytest
import scipy.signal

from daemon import errors
from daemon.album import limiter, measure, spectrum
from daemon.metering import loudness

RATES = (44_100, 48_000, 96_000)


def sine(rate, seconds, level_db, hz=997.0):
    """Both sides the same, at this peak level."""
    x = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz / rate * np.arange(round(seconds * rate)))
    return np.repeat(x[:, np.newaxis], 2, axis=1)


def music(rate, seconds, seed=1):
    """Pink noise that swells: something for the gates."""
    random = np.random.default_rng(seed)
    frames = round(seconds * rate)
    lines = np.fft.rfft(random.standard_normal((frames, 2)), axis=0)
    hz = np.fft.rfftfreq(frames, 1 / rate)
    lines *= np.where((hz > 20) & (hz < 18_000), 1 / np.sqrt(np.maximum(hz, 1)), 0)[:, np.newaxis]
    x = np.fft.irfft(lines, frames, axis=0)
    swell = 10 ** (np.interp(np.arange(frames), np.linspace(0, frames, 9), random.uniform(-30, 0, 9)) / 20)
    return x / np.abs(x).max() * 0.7 * swell[:, np.newaxis]


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_has_the_figures_that_a_tone_has(rate):
    found = measure.measure(sine(rate, 5, -23), rate)
    assert found.integrated_lufs == pytest.approx(-23, abs=0.05)
    assert found.momentary_lufs[10] == pytest.approx(-23, abs=0.05)
    assert found.short_term_lufs[-1] == pytest.approx(-23, abs=0.05)
    assert found.true_peak_dbtp == pytest.approx(-23, abs=0.05)
    assert found.plr_lu == pytest.approx(0, abs=0.1)
    assert found.seconds == 5
    assert len(found.peaks_dbtp) == len(found.correlation) == len(found.momentary_lufs) == 50
    np.testing.assert_allclose(found.correlation, 1, atol=1e-6)
    band = int(np.argmin(np.abs(spectrum.THIRDS_HZ - 1000)))
    assert found.thirds_db[band] == pytest.approx(-26, abs=0.1)
    assert found.thirds_db[[band - 2, band + 2]].max() < -60


@pytest.mark.parametrize("rate", RATES)
def test_what_sets_the_level_of_an_album_is_what_the_meter_shows(rate):
    x = music(rate, 3)
    wanted = loudness.Cells(rate, 2, peaks=False).of_all(x)
    np.testing.assert_allclose(limiter.cells(x, rate), wanted, rtol=1e-8)
    np.testing.assert_allclose(limiter.cells(x.astype(np.float32), rate), wanted, rtol=1e-4)


@pytest.mark.parametrize("rate", RATES)
def test_the_true_peak_is_that_of_thirty_two_times_as_many_frames(rate):
    x = music(rate, 3, seed=4)
    finest = 20 * np.log10(np.abs(scipy.signal.resample_poly(x, 32, 1, axis=0)).max())
    found = measure.measure(x, rate)
    assert -0.15 <= found.true_peak_dbtp - finest <= 0.02
    assert found.peaks_dbtp.max() == pytest.approx(found.true_peak_dbtp, abs=1e-9)
    assert loudness.decibels(loudness.true_peak(x)) == pytest.approx(found.true_peak_dbtp, abs=1e-6)


@pytest.mark.parametrize("rate", RATES)
def test_libebur128_measures_the_same(rate):
    other = pytest.importorskip("pyebur128")
    x = music(rate, 12)
    mode = other.MeasurementMode
    state = other.R128State(2, rate, mode.MODE_I | mode.MODE_TRUE_PEAK)
    state.add_frames(x.ravel(), len(x))
    found = measure.measure(x, rate)
    assert found.integrated_lufs == pytest.approx(other.get_loudness_global(state), abs=0.02)
    peak = 20 * np.log10(max(other.get_true_peak(state, side) for side in (0, 1)))
    assert found.true_peak_dbtp == pytest.approx(peak, abs=0.05)


def test_sides_are_told_apart_over_time():
    rate, random = 48_000, np.random.default_rng(2)
    alike, opposite = (sign * random.uniform(-0.1, 0.1, (rate, 1)) * [1, sign] for sign in (1, -1))
    strangers = random.uniform(-0.1, 0.1, (rate, 2))
    found = measure.correlation(np.concatenate((alike, opposite, strangers)), rate)
    assert found[8] == pytest.approx(1)
    assert found[18] == pytest.approx(-1)
    assert abs(found[28]) < 0.05


def test_what_is_wrong_with_a_take_is_counted():
    x = sine(48_000, 3, -6)
    x[:3] = 1.0
    x[1000:1002] = 1.0  # two frames are a peak
    x[72_000:96_000] = 0
    x += 0.01
    x[72_000:96_000] = 0
    found = measure.measure(x, 48_000)
    assert found.clipped == 2  # once on either side
    assert found.silence_s == pytest.approx(0.5, abs=0.02)
    assert found.dc_dbfs == pytest.approx(-41.6, abs=0.3)
    assert found.ends_dbfs[0] == pytest.approx(0.086, abs=0.01)


def test_the_outline_keeps_the_highest_and_the_lowest():
    x = np.zeros((10_000, 2))
    x[5000, 1], x[5001, 0] = 0.5, -0.25
    found = measure.outline(x, 10)
    assert found.shape == (10, 2, 2)
    assert found[5].tolist() == [[-0.25, 0], [0, 0.5]]


@pytest.mark.parametrize("frames", [0, 100, 5000])
def test_what_is_too_short_has_no_loudness_and_no_error(frames):
    found = measure.measure(np.zeros((frames, 2)), 48_000)
    assert found.integrated_lufs == -np.inf
    assert found.plr_lu == 0


def test_a_rate_without_hundredths_is_refused_in_words():
    with pytest.raises(errors.Refusal, match="resample"):
        measure.measure(np.zeros((100, 2)), 11_025)
