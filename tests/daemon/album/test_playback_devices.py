"""Where an album will be played: what each model leaves of a song."""

import numpy as np
import pytest
import scipy.signal

from daemon import errors
from daemon.album import devices

RATE = 48_000


def tone(hz, seconds=1.0, level_db=-40.0, sides=(1, 1)):
    x = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz / RATE * np.arange(round(seconds * RATE)))
    return x[:, np.newaxis] * np.array(sides)


def gain_db(name, hz, sides=(1, 1), level_db=-40.0):
    """What a device does to a steady tone, each side."""
    x = tone(hz, sides=sides, level_db=level_db)
    y = devices.preview(x, RATE, name)[RATE // 2 :]
    return 10 * np.log10((y**2).mean(0) / (x[RATE // 2 :] ** 2).mean() + 1e-30)


@pytest.mark.parametrize(("name", "hz", "expected"), [
    ("phone", 100, -48), ("phone", 2500, 4), ("phone", 400, -6),
    ("bluetooth", 45, -24), ("bluetooth", 140, 3.2), ("laptop", 90, -12.3), ("laptop", 800, -3),
    ("car", 30, 6), ("car", 16_000, -3), ("club", 20, 4), ("earbuds", 3000, 3), ("mono", 1000, 0),
])  # fmt: skip
def test_the_band_is_the_stated_one(name, hz, expected):
    np.testing.assert_allclose(gain_db(name, hz), expected, atol=0.8)


@pytest.mark.parametrize("name", devices.DEVICES)
def test_only_devices_with_one_loudspeaker_lose_what_is_different(name):
    heard = gain_db(name, 2000, sides=(1, -1)).max()
    assert heard < -100 if devices.DEVICES[name].mono else heard > -4


def test_a_club_plays_the_side_of_highs_and_not_of_lows():
    assert gain_db("club", 50, sides=(1, -1)).max() < -25
    np.testing.assert_allclose(gain_db("club", 2000, sides=(1, -1)), 0, atol=0.1)


@pytest.mark.parametrize("name", ["phone", "bluetooth", "laptop", "car"])
def test_what_is_loud_is_held_down_by_the_stated_ratio(name):
    how = devices.DEVICES[name].compression
    quiet, loud = (gain_db(name, 1000, level_db=level)[0] for level in (-40, -3))
    power = -6 + quiet  # of a sine at −3 dBFS, behind the band
    expected = (1 / how.ratio - 1) * max(power - how.threshold_dbfs, 0)
    assert loud - quiet == pytest.approx(expected, abs=0.3)


def test_a_steady_tone_is_not_modulated_by_compression():
    y = devices.compressed(tone(1000, 2, -6), RATE, devices.Compression(-30, 4, 5, 80))[RATE:, 0]
    lines = np.abs(np.fft.rfft(y * scipy.signal.windows.blackmanharris(len(y))))
    peak = lines.argmax()
    others = np.concatenate((lines[: peak - 8], lines[peak + 8 :]))
    assert 20 * np.log10(others.max() / lines[peak]) < -80


def test_the_vocal_band_in_mono_loses_what_theory_says():
    random = np.random.default_rng(1)
    left, right = random.normal(0, 0.1, (2, 4 * RATE))
    assert devices.vocal_loss(np.stack((left, left), 1), RATE) == pytest.approx(0, abs=1e-6)
    assert devices.vocal_loss(np.stack((left, right), 1), RATE) == pytest.approx(3.01, abs=0.1)
    assert devices.vocal_loss(np.stack((left, -left), 1), RATE) == devices.LOST_DB
    assert devices.vocal_loss(tone(100, sides=(1, -1)) + tone(1000), RATE) < 0.1


def test_a_device_that_is_unknown_is_named_with_those_that_are():
    with pytest.raises(errors.Refusal, match=r"'toaster'.*phone"):
        devices.preview(np.zeros((10, 2)), RATE, "toaster")
