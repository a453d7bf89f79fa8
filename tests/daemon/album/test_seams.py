"""Fades, cross-fades and cuts: no click, and a sum that stays level."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import signal

from daemon.album import seams

Float = npt.NDArray[np.float64]
RATE = 48_000


def _noise(frames: int, seed: int) -> Float:
    return np.random.default_rng(seed).normal(0, 0.1, (frames, 2))


def _levels_db(audio: Float, stretches: int) -> Float:
    return np.array([10 * np.log10((part**2).mean()) for part in np.array_split(audio, stretches)])


@pytest.mark.parametrize("shape", seams.SHAPES)
def test_a_fade_begins_and_ends_in_silence_and_rises_all_the_way(shape: str) -> None:
    audio = np.ones((1000, 2))
    seams.fade(audio, 200, 300, shape, shape)
    assert audio[0, 0] == pytest.approx(0, abs=1e-9)
    assert audio[-1, 0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(audio[:200, 0]) > 0).all()
    assert (np.diff(audio[700:, 0]) < 0).all()
    assert (audio[200:700] == 1).all()


@pytest.mark.parametrize(
    ("likeness", "shape"), [(0.0, "auto"), (1.0, "auto"), (0.5, "auto"), (0.0, "power"), (1.0, "gain")]
)
def test_a_cross_fade_stays_level_within_half_a_decibel(likeness: float, shape: str) -> None:
    frames = 20 * RATE
    common, own = _noise(frames, 1), _noise(frames, 2)
    other = likeness * common + np.sqrt(1 - likeness**2) * own
    made = seams.cross(common, other, shape)
    levels = _levels_db(made, 20) - _levels_db(common, 1)
    assert np.abs(levels).max() < 0.5


def test_the_same_on_both_sides_of_a_cross_fade_stays_the_same() -> None:
    audio = _noise(4800, 3)
    assert np.allclose(seams.cross(audio, audio, "auto"), audio, atol=1e-12)


@pytest.mark.parametrize("milliseconds", [2, 5, 20])
def test_a_faded_cut_of_a_low_tone_clicks_less_than_80_db(milliseconds: int) -> None:
    at = np.arange(RATE) / RATE
    audio = np.repeat(np.sin(2 * np.pi * 100 * at + 1.1)[:, np.newaxis], 2, axis=1)
    frames = milliseconds * RATE // 1000
    seams.fade(audio, frames, frames, "cosine", "cosine")
    joined = np.concatenate((np.zeros((RATE, 2)), audio, np.zeros((RATE, 2))))[:, 0]
    # A click is what a tone of 100 Hz does not have: energy far above it, in one millisecond.
    high = signal.sosfilt(signal.butter(8, 10_000, "high", fs=RATE, output="sos"), joined)
    assert 20 * np.log10(np.abs(high).max()) < -80


def test_a_cut_goes_to_the_nearest_zero_of_the_middle() -> None:
    at = np.arange(RATE) / RATE
    audio = np.repeat(np.sin(2 * np.pi * 200 * at)[:, np.newaxis], 2, axis=1)
    found = seams.zero_crossing(audio, 1000, RATE)
    assert abs(found - 960) <= 1
    assert seams.zero_crossing(audio + 2, 1000, RATE) == 1000


def test_a_click_is_seen_and_a_smooth_seam_is_not() -> None:
    at = np.arange(RATE) / RATE
    audio = np.repeat(np.sin(2 * np.pi * 200 * at)[:, np.newaxis], 2, axis=1) + _noise(RATE, 4) * 0.01
    assert seams.click_db(audio, 20_000, RATE) < 6
    audio[20_000:] += 0.5
    assert seams.click_db(audio, 20_000, RATE) > 20
