"""Kernels whose lines are counted by the program do what they would if somebody had written them."""

import numpy as np
import pytest

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.made import in_turn
from dsp.processors import glide


@kernel
def double(x, n):
    for i in range(n):
        x[i] = x[i] * 2


@kernel
def add_three(x, n):
    for i in range(n):
        x[i] = x[i] + 3


@in_turn(double, None, add_three)
def both(x, n):
    """Double, then add three."""


@in_turn()
def neither(x, n):
    """Do nothing."""


@pytest.mark.parametrize(("steps", "expected"), [(both, [5, 7, 9]), (neither, [1, 2, 3])])
def test_steps_are_taken_in_their_order(steps, expected):
    x = np.array([1, 2, 3])
    steps(x, np.int64(3))
    assert list(x) == expected


def test_one_step_is_that_step_itself():
    @in_turn(None, double)
    def alone(x, n):
        """Double."""

    assert alone is double


def test_steps_tell_what_they_are_for_and_where_they_were_declared():
    assert both.__doc__ == "Double, then add three."
    assert both.name == f"{__name__}.both"


three, three_on_their_way = lanes.rows(3), glide.rows(3)


@kernel
def keep_sums(start, target, y):
    a, b, c = three(lanes.at(start, 0))
    lanes.store(lanes.at(y, 0), 0, a + b + c)
    a, b, c = three_on_their_way(lanes.at(start, 0), lanes.at(target, 0), lanes.HALF)
    lanes.store(lanes.at(y, 0), 1, a + b + c)


def test_rows_are_as_many_as_are_wanted_and_in_order():
    rng = np.random.default_rng(1)
    start, target = rng.integers(-8, 8, (2, 4, lanes.WIDTH)).astype(np.float32)
    y = np.zeros((2, lanes.WIDTH), np.float32)
    keep_sums(start, target, y)
    np.testing.assert_array_equal(y[0], start[:3].sum(0))
    np.testing.assert_array_equal(y[1], (start[:3] + target[:3]).sum(0) / 2)
