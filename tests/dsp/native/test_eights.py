"""Eight float64 in one number: each does what numpy does, to the last bit, and two functions nearly so."""

import numpy as np

from dsp.native import eights, kernel, lanes


@kernel.kernel
def _log(x, y):
    for n in range(len(x)):
        eights.store(lanes.at(y, 0), n, eights.log(eights.load(lanes.at(x, 0), n)))


@kernel.kernel
def _exp(x, y):
    for n in range(len(x)):
        eights.store(lanes.at(y, 0), n, eights.exp(eights.load(lanes.at(x, 0), n)))


@kernel.kernel
def _calculate(x, y, single, results):
    a, b, out = eights.load(lanes.at(x, 0), 0), eights.load(lanes.at(y, 0), 0), lanes.at(results, 0)
    eights.store(out, 0, a * b + x[0, 0])
    eights.store(out, 1, (single[0] - a) / b)
    eights.store(out, 2, eights.maximum(a, b) - eights.minimum(a, eights.fill(0.5)))
    eights.store(out, 3, eights.select(a >= b, eights.absolute(a), b))
    eights.store(out, 4, eights.first(lanes.at(single, 0), 5))
    eights.store(out, 5, eights.fill(eights.total(a)))
    eights.store(out, 6, eights.fill(eights.element(a, 3)))
    eights.store(out, 7, eights.handed_on(a, y[0, 5]) + eights.count())


@kernel.kernel
def _any(x, limit):
    return eights.any_of(eights.load(lanes.at(x, 0), 0) > limit)


def run(function, values):
    x = np.asarray(values, np.float64).reshape(-1, eights.WIDTH)
    y = np.empty_like(x)
    function(x, y)
    return y.ravel()


def test_the_logarithm_is_numpys_to_a_few_of_the_last_bits():
    x = np.exp(np.random.default_rng(1).uniform(-700, 700, 400_000))
    np.testing.assert_allclose(run(_log, x), np.log(x), rtol=1e-15)
    x = np.random.default_rng(1).uniform(0.5, 2, 400_000)
    np.testing.assert_allclose(run(_log, x), np.log(x), rtol=1e-15, atol=1e-15)
    assert run(_log, np.ones(8)).tolist() == 8 * [0.0]


def test_the_exponential_is_numpys_to_a_few_of_the_last_bits():
    y = np.random.default_rng(1).uniform(-20, 20, 400_000)
    np.testing.assert_allclose(run(_exp, y), np.exp(y), rtol=5e-15)
    y = np.linspace(-699, 699, 400_000)
    np.testing.assert_allclose(run(_exp, y), np.exp(y), rtol=1e-13)
    assert run(_exp, np.zeros(8)).tolist() == 8 * [1.0]


def test_numbers_are_calculated_as_numpy_does():
    x, y = np.random.default_rng(2).normal(0, 1, (2, 1, 8))
    single, found = np.arange(1.1, 9.1, dtype=np.float32), np.zeros((8, 8))
    _calculate(x, y, single, found)
    wanted = [
        x * y + x[0, 0], (np.float64(single[0]) - x) / y, np.maximum(x, y) - np.minimum(x, 0.5),
        np.where(x >= y, np.abs(x), y), np.where(np.arange(8) < 5, single.astype(np.float64), 0)[np.newaxis],
    ]  # fmt: skip
    np.testing.assert_array_equal(found[:5], np.concatenate(wanted))
    a, b = x[0, :4] + x[0, 4:], x[0]
    np.testing.assert_array_equal(found[5], np.full(8, a[0] + a[2] + (a[1] + a[3])))
    np.testing.assert_array_equal(found[6], np.full(8, b[3]))
    np.testing.assert_array_equal(found[7], np.append(y[0, 5], b[:7]) + np.arange(8))


def test_any_answer_is_enough():
    x = np.zeros((1, 8))
    assert not _any(x, 0.5)
    x[0, 7] = 1
    assert _any(x, 0.5)
