"""What lies between frames: filters against numpy's, and peaks that are looked for where they can be."""

import numpy as np
import pytest

from dsp.processors import between

PHASES, TAPS = 3, 64


def noise(*shape, seed=1):
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def test_each_filter_makes_its_plane():
    x, taps, y = noise(512 + TAPS), noise(PHASES, TAPS, seed=2), np.empty((PHASES, 512), np.float32)
    between.find(x, taps, y)
    wanted = [np.correlate(x.astype(np.float64), each, "valid")[:512] for each in taps]
    np.testing.assert_allclose(y, wanted, atol=1e-4)


def test_planes_meet_in_their_sum():
    x, taps, y = noise(PHASES, 512 + TAPS), noise(PHASES, TAPS, seed=2), np.empty(512, np.float32)
    between.meet(x, taps, y)
    wanted = sum(np.correlate(*each, "valid")[:512] for each in zip(x.astype(np.float64), taps, strict=True))
    np.testing.assert_allclose(y, wanted, atol=1e-4)


def largest(x, taps, above, most=1e9, beyond=1e9):
    groups = (x.shape[1] - TAPS) // 16
    y, loud = np.empty(groups + 1, np.float32), np.empty(groups + TAPS // 16, np.float32)
    between.peaks(x, taps, loud, y, 1, *np.array([above, most, beyond], np.float32))
    return y[:-1]


def one_by_one(x, taps):
    """The same, of each frame with the points on both its sides."""
    count = (x.shape[1] - TAPS) // 16 * 16
    own = np.abs(x[:, TAPS // 2 - 1 :][:, :count]).max(0)
    points = np.array([np.correlate(side, each, "valid")[:count] for side in x for each in taps])
    after = np.abs(points).max(0)
    return np.maximum(np.maximum(own, after), np.concatenate(((0,), after[:-1]))).reshape(-1, 16).max(1)


def test_peaks_are_those_of_frames_and_of_points_on_both_sides():
    x, taps = noise(2, 1600 + TAPS), noise(PHASES, TAPS, seed=2) / 8
    np.testing.assert_allclose(largest(x, taps, 0.0), one_by_one(x, taps), rtol=1e-5)


@pytest.mark.parametrize("above", [0.5, 2.0, 4.0])
def test_what_is_above_is_found_though_nothing_else_is_looked_for(above):
    x = noise(2, 16_000 + TAPS) * np.abs(np.sin(np.arange(16_000 + TAPS) / 500)).astype(np.float32)
    at = np.arange(TAPS) - TAPS // 2 + 1 - np.arange(1, PHASES + 1)[:, np.newaxis] / (PHASES + 1)
    taps = (np.sinc(at) * np.hanning(TAPS + 2)[1:-1]).astype(np.float32)
    found, wanted = largest(x, taps, above, np.abs(taps).sum(1).max(), 1.5), one_by_one(x, taps)
    np.testing.assert_allclose(found[wanted > above], wanted[wanted > above], rtol=1e-5)
    assert (found <= wanted * (1 + 1e-5)).all()
