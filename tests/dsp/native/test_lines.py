"""Sixteen delay lines side by side: rows that are mixed and turned, as numpy would."""

import numpy as np
import scipy.linalg

from dsp.native import kernel, lanes, lines

STEP = 48


@kernel.kernel
def _mix(x):
    lines.mix(lanes.at(x, 0), x.shape[1])


@kernel.kernel
def _floor(x, y):
    lanes.store(lanes.at(y, 0), 0, lines.floor(lanes.load(lanes.at(x, 0), 0)))
    return lanes.largest(lanes.load(lanes.at(x, 0), 0))


@kernel.kernel
def _turn(x, y):
    lines.turn(lanes.at(x, 0), x.shape[1], lanes.at(y, 0), y.shape[1])


def rows(seed=1):
    return np.random.default_rng(seed).normal(0, 4, (lanes.WIDTH, STEP)).astype(np.float32)


def test_each_row_becomes_a_mix_of_all_and_nothing_is_lost():
    x = rows()
    mixed = x.copy()
    _mix(mixed)
    wanted = scipy.linalg.hadamard(lanes.WIDTH) @ x[:, : lanes.WIDTH] / 4
    np.testing.assert_allclose(mixed[:, : lanes.WIDTH], wanted, atol=1e-5)
    np.testing.assert_array_equal(mixed[:, lanes.WIDTH :], x[:, lanes.WIDTH :])


def test_whole_parts_and_the_largest_lane_are_found():
    x, y = np.abs(rows()[:, : lanes.WIDTH].copy()), np.empty((1, lanes.WIDTH), np.float32)
    assert _floor(x, y) == x[0].max()
    np.testing.assert_array_equal(y[0], np.floor(x[0]))


def test_rows_become_columns_and_the_rest_stays():
    x, y = rows(), rows(2)
    before = y.copy()
    _turn(x, y)
    np.testing.assert_array_equal(y[:, : lanes.WIDTH], x[:, : lanes.WIDTH].T)
    np.testing.assert_array_equal(y[:, lanes.WIDTH :], before[:, lanes.WIDTH :])
