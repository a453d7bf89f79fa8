"""The console's EQ as long filters: its curve in both phases, and no change of time."""

import numpy as np
import pytest
import scipy.signal

from daemon import errors
from daemon.album import curves
from oracles import filters

RATE = 48_000
BANDS = [("low_shelf", 100.0, 4.0, 1.0), ("bell", 1000.0, -6.0, 2.0), ("high_cut", 12_000.0, 0.0, 1.0)]
TOKENS = {"low_shelf": "LShv", "bell": "PEQ", "high_cut": "HCut"}
AT_HZ = np.geomspace(30, 10_000, 60)


def wanted_db(at_hz):
    """The prototypes of all bands together, from the oracle."""
    return sum(filters.prototype_db(TOKENS[kind], at_hz, freq, gain, q) for kind, freq, gain, q in BANDS)


def heard_db(taps):
    return 20 * np.log10(np.abs(scipy.signal.freqz(taps, worN=AT_HZ, fs=RATE)[1]))


@pytest.mark.parametrize("linear", [False, True])
def test_the_curve_is_the_consoles(linear):
    size = curves.length(RATE)
    response = curves.response(BANDS, curves.lines(RATE), RATE)
    taps = curves.taps(np.abs(response), size // 2) if linear else curves.taps(response, 0)
    np.testing.assert_allclose(heard_db(taps), wanted_db(AT_HZ), atol=0.3)
    if linear:
        np.testing.assert_allclose(taps[1 : size // 2], taps[: size // 2 : -1], atol=1e-9)


def test_minimum_phase_of_its_magnitude_is_the_console_itself():
    response = curves.response(BANDS, curves.lines(RATE), RATE)
    again = curves.minimum_phase(np.abs(response))
    taps, other = curves.taps(response, 0), curves.taps(again, 0)
    np.testing.assert_allclose(taps, other, atol=1e-4)


@pytest.mark.parametrize("frames", [1, 1000, 200_000])
def test_filtering_in_stretches_is_filtering_at_once(frames):
    random = np.random.default_rng(1)
    x, taps = random.standard_normal((frames, 2)), random.standard_normal(curves.length(RATE)) / 100
    expected = scipy.signal.fftconvolve(x, taps[:, np.newaxis], axes=0)[100 : 100 + frames]
    np.testing.assert_allclose(curves.apply(x, taps, 100)[: len(expected)], expected, atol=1e-9)
    assert len(curves.apply(x, taps, 100)) == frames


def test_a_kind_that_is_none_is_named_with_those_that_are():
    assert curves.kind("Low shelf") is curves.kind("low-shelf")
    with pytest.raises(errors.Refusal, match=r"'notch'.*high_cut"):
        curves.kind("notch")
