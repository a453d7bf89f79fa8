"""Filters against their analogue prototypes, over everything the desk can be set to."""

import numpy as np
import pytest

from dsp.processors import eq, matched, shapes
from oracles import filters, processors
from rigs import harness

FREQUENCIES = [processors.frequency(step) for step in range(0, 201, 5)]
GAINS_DB = (-15.0, -6.0, 0.25, 3.0, 15.0)
QUALITIES = [processors.quality(step) for step in (0, 15, 28, 40, 50, 60, 66, 71)]
HIGHEST_CENTRE_HZ = 16_000
AUDIBLE_DB = -40
# Up to where, and within how much: closer, then wider.
LIMITS = {44_100: ((14_000, 0.5), (18_000, 1.0)), 48_000: ((16_000, 0.5), (20_000, 1.0))}
FINE = ((20_000, 0.2),)
CUTS_WITHIN = {44_100: 0.75, 48_000: 0.75}
CROSSOVERS = ("BU6", "BU12", "BS12", "LR12", "BU18", "BU24", "BS24", "LR24")
GAINED = ("LShv", "PEQ", "VEQ", "HShv")
BANDS = ("LCut", "LShv", "PEQ", "VEQ", "HShv", "HCut", *CROSSOVERS)


def filters_of(kind, settings, rate, upper=False):
    """Coefficients, shape (2, 6, n), of both parts of n bands, each in the lower or upper half of an EQ."""
    freq_hz, gain_db, q = (np.array(each)[:, np.newaxis] * np.ones(2) for each in zip(*settings, strict=True))
    on, kinds = np.ones(len(settings), bool), np.full(q.shape, BANDS.index(kind))
    return eq.bands(on, kinds, freq_hz, gain_db, q, rate)[:, int(upper)]


def drawn_db(parts, points, rate):
    """Curves, shape (n, points), that are drawn of filters in series, shape (parts, 6, n)."""
    return sum(processors.level_db(shapes.response(part[..., np.newaxis], points, rate)) for part in parts)


def audible(rate):
    """Frequencies up to the end of what is promised at a rate."""
    return np.geomspace(20, LIMITS.get(rate, FINE)[-1][0], 200)


def settings(kind, highest_hz=20_000):
    """Frequencies, gains and qualities of a kind that make a difference."""
    gains = GAINS_DB if kind in GAINED else (0.0,)
    qualities = QUALITIES if kind in ("PEQ", "VEQ") else (1.0,)
    return [(f, gain_db, q) for f in FREQUENCIES if f <= highest_hz for gain_db in gains for q in qualities]


def worst(error, of):
    """The largest error, and the setting that has it."""
    largest = np.abs(error).max(1, initial=0)
    return largest.max(), of[largest.argmax()]


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", GAINED)
def test_bells_and_shelves_are_true_to_the_analogue_curve(kind, rate):
    points, of = audible(rate), settings(kind, HIGHEST_CENTRE_HZ)
    expected = np.array([filters.prototype_db(kind, points, *setting) for setting in of])
    error = drawn_db(filters_of(kind, of, rate), points, rate) - expected
    for end_hz, within in LIMITS.get(rate, FINE):
        assert worst(error[:, points <= end_hz], of) <= (within,)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", ["LCut", "HCut"])
def test_cuts_are_true_to_the_analogue_curve_as_far_down_as_is_heard(kind, rate):
    points, of = audible(rate), settings(kind)
    expected = np.array([filters.prototype_db(kind, points, freq_hz) for freq_hz, _, _ in of])
    error = drawn_db(filters_of(kind, of, rate), points, rate) - expected
    assert worst(np.where(expected > AUDIBLE_DB, error, 0), of) <= (CUTS_WITHIN.get(rate, 0.2),)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("upper", [False, True], ids=["low cut", "high cut"])
@pytest.mark.parametrize("kind", CROSSOVERS)
def test_crossovers_are_true_to_the_analogue_curve_as_far_down_as_is_heard(kind, upper, rate):
    points, of = audible(rate), settings(kind, HIGHEST_CENTRE_HZ)
    expected = np.array([filters.crossover_prototype_db(kind, upper, points, freq_hz) for freq_hz, _, _ in of])
    error = drawn_db(filters_of(kind, of, rate, upper), points, rate) - expected
    assert worst(np.where(expected > AUDIBLE_DB, error, 0), of) <= (CUTS_WITHIN.get(rate, 0.5),)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", filters.KEY_FILTERS)
def test_key_filters_are_true_to_the_analogue_curve_as_far_down_as_is_heard(kind, rate):
    # A band-pass of quality 10 at 15 kHz lets through 1.3 dB too little far below, at −40 dB and 44.1 kHz.
    within = 1.4 if rate == 44_100 else 1.0
    points, of = audible(rate), [freq_hz for freq_hz in FREQUENCIES if freq_hz <= HIGHEST_CENTRE_HZ]
    name = {"LC12": "LCut", "HC12": "HCut"}.get(kind, kind if kind[0] in "LH" else "Band")
    b, a = filters.prototype(name, 0, float(kind) if name == "Band" else filters.BUTTERWORTH)
    s = 1j * points / np.array(of)[:, np.newaxis]
    expected = processors.level_db(np.polyval(b, s) / np.polyval(a, s))
    which = np.full(len(of), filters.KEY_FILTERS.index(kind))
    used = eq.key_filter(np.ones(len(of), bool), which, np.array(of), rate)
    error = np.where(expected > AUDIBLE_DB, drawn_db(used, points, rate) - expected, 0)
    assert worst(error, of) <= (within,)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", GAINED)
def test_a_cut_takes_back_what_a_boost_gave(kind, rate):
    points, of = np.geomspace(20, 0.45 * rate, 200), settings(kind)
    ways = (of, [(freq_hz, -gain_db, q) for freq_hz, gain_db, q in of])
    both = sum(drawn_db(filters_of(kind, way, rate).astype(np.float32), points, rate) for way in ways)
    assert worst(both, of) < (0.01,)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", ["LCut", "LShv", "PEQ", "VEQ", "HShv", "HCut"])
def test_bands_below_2_khz_keep_the_bilinear_curve_there(kind, rate):
    points, of = np.geomspace(20, 2000, 200), settings(kind, 2000)
    sections = [filters.bilinear(kind, f, gain, filters.quality(kind, gain, q), rate) for f, gain, q in of]
    before = np.array([filters.curve_db(section, points, rate) for section in sections])
    change = drawn_db(filters_of(kind, of, rate), points, rate) - before
    assert worst(np.where(before > AUDIBLE_DB, change, 0), of) < (0.01,)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", BANDS)
@pytest.mark.parametrize("upper", [False, True], ids=["lower", "upper"])
def test_no_setting_can_make_the_state_grow(kind, upper, rate):
    for b1, a2, a3, *_ in filters_of(kind, settings(kind), rate, upper):
        matrix = np.moveaxis(np.array([[1 - 2 * b1, -2 * a2], [2 * a2, 1 - 2 * a3]]), 2, 0)
        assert np.linalg.norm(matrix, 2, axis=(1, 2)).max() <= 1 + 1e-12


@pytest.mark.parametrize("rate", harness.RATES)
def test_a_bell_above_the_highest_frequency_is_finite(rate):
    f0 = np.array([100_000.0])
    assert np.isfinite(matched.design(matched.bell(f0, np.array([15.0]), np.array([10.0]), rate), f0, rate)).all()
