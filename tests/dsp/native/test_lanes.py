"""Lane values: sixteen channels in one number, and the two functions that are only nearly right."""

import numpy as np
import pytest

from dsp.native import kernel, lanes
from rigs import harness

LOG2_DB = 20 * np.log10(2)


@kernel.kernel
def _log2(x, y):
    for n in range(len(x)):
        lanes.store(lanes.at(y, 0), n, lanes.log2(lanes.load(lanes.at(x, 0), n)))


@kernel.kernel
def _exp2(x, y):
    for n in range(len(x)):
        lanes.store(lanes.at(y, 0), n, lanes.exp2(lanes.load(lanes.at(x, 0), n)))


@kernel.kernel
def _choose(x, y, results):
    a, b = lanes.load(lanes.at(x, 0), 0), lanes.load(lanes.at(y, 0), 0)
    out = lanes.at(results, 0)
    lanes.store(out, 0, lanes.maximum(a, b))
    lanes.store(out, 1, lanes.minimum(a, b))
    lanes.store(out, 2, lanes.select(a > b, a, b))
    lanes.store(out, 3, lanes.absolute(a))
    return lanes.differ(a, b)


@kernel.kernel
def _round(x, y, z, written, fused):
    a, b, c = lanes.load(lanes.at(x, 0), 0), lanes.load(lanes.at(y, 0), 0), lanes.load(lanes.at(z, 0), 0)
    lanes.store(lanes.at(written, 0), 0, a * b + c)
    lanes.store(lanes.at(fused, 0), 0, lanes.add_product(c, a, b))
    return x[0, 0] * y[0, 0] + z[0, 0]


def rows(values):
    """Numbers as rows of sixteen lanes; the last row is filled up with ones."""
    values = np.asarray(values, np.float32)
    return np.pad(values, (0, -values.size % lanes.WIDTH), constant_values=1).reshape(-1, lanes.WIDTH)


def run(function, values):
    """What a kernel makes of each number."""
    x = rows(values)
    y = np.empty_like(x)
    function(x, y)
    return y.reshape(-1)[: np.size(values)].astype(np.float64)


def test_the_logarithm_is_within_a_thousandth_of_a_decibel_for_every_mantissa():
    mantissas = np.arange(0x3F3504F3, 0x3FB504F3, dtype=np.uint32).view(np.float32)
    error = run(_log2, mantissas) - np.log2(mantissas.astype(np.float64))
    assert np.abs(error).max() * LOG2_DB < 6.5e-4


def test_the_logarithm_is_as_good_from_minus_180_to_plus_80_dbfs():
    x = (10 ** np.linspace(-9, 4, 500_000)).astype(np.float32)
    error = run(_log2, x) - np.log2(x.astype(np.float64))
    assert np.abs(error).max() * LOG2_DB < 6.6e-4


def test_the_logarithm_of_a_power_of_two_is_exact():
    powers = np.arange(-100, 101)
    np.testing.assert_array_equal(run(_log2, 2.0**powers), powers)


def test_the_power_of_two_is_within_a_ten_thousandth_of_a_decibel():
    y = np.linspace(-30, 10, 2_000_001).astype(np.float32)
    error = np.log2(run(_exp2, y)) - y.astype(np.float64)
    assert np.abs(error).max() * LOG2_DB < 3e-5


def test_whole_powers_of_two_are_exact_so_that_no_reduction_is_exactly_none():
    powers = np.arange(-126, 127)
    np.testing.assert_array_equal(run(_exp2, powers), 2.0**powers)


@pytest.fixture(scope="module")
def chosen():
    """Results of choosing between numbers, some of which are none."""
    x = rows([1, 2, np.nan, 3, -4, np.inf])
    y = rows([2, 1, 5, np.nan, -5, 0])
    results = np.empty((4, lanes.WIDTH), np.float32)
    _choose(x, y, results)
    return results[:, :6]


def test_maximum_and_minimum_give_the_second_number_when_one_is_none(chosen):
    np.testing.assert_array_equal(chosen[0], [2, 2, 5, np.nan, -4, np.inf])
    np.testing.assert_array_equal(chosen[1], [1, 1, 5, np.nan, -5, 0])


def test_a_comparison_with_no_number_is_false(chosen):
    np.testing.assert_array_equal(chosen[2], [2, 2, 5, np.nan, -4, np.inf])


def test_the_magnitude_has_no_sign(chosen):
    np.testing.assert_array_equal(chosen[3], [1, 2, np.nan, 3, 4, np.inf])


@pytest.mark.parametrize(("lane", "differs"), [(None, False), (0, True), (7, True), (15, True)])
def test_one_lane_is_enough_to_differ(lane, differs):
    x = harness.noise((1, lanes.WIDTH))
    y = x.copy()
    if lane is not None:
        y[0, lane] += 1
    assert _choose(x, y, np.empty((4, lanes.WIDTH), np.float32)) == differs


@pytest.mark.parametrize("seed", range(20))
def test_a_product_and_a_sum_are_rounded_as_they_are_written_on_every_machine(seed):
    # What a compiler fuses on one machine and not on another would be other bytes there.
    random = np.random.default_rng(seed)
    x, y = (random.uniform(0.5, 1, (1, 16)).astype(np.float32) for _ in range(2))
    z = -(x * y)  # a fused sum leaves what the product lost in rounding, two roundings nothing
    written, fused = np.empty_like(x), np.empty_like(x)
    scalar = _round(x, y, z, written, fused)
    assert (written == 0).all()
    assert scalar == 0
    exact = x.astype(np.float64) * y + z
    np.testing.assert_array_equal(fused, exact.astype(np.float32))


def test_rows_of_a_record_begin_on_cache_lines_and_numbers_where_there_is_room():
    rows, row = ("rows", np.float32, (3, 16)), ("row", np.float32, (16,))
    kind = lanes.record([("a", np.int64), rows, ("b", np.int32), ("c", np.int32), row])
    assert [kind.fields[name][1] for name in kind.names] == [0, 64, 256, 260, 320]
    assert kind.itemsize == 384
    assert kind.isalignedstruct
