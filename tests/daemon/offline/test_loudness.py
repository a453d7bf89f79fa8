"""Loudness of files: the cases of EBU Tech 3341 and 3342 that can be synthesised, at every rate."""

import json

import numpy as np
import pytest
import soundfile

from daemon import cli
from daemon.metering import loudness

RATES = (44_100, 48_000, 96_000)


def tones(rate, *parts):
    """Stereo sine of 1 kHz, phase running on: seconds and peak level in dBFS of each part, None is silence."""
    gains = [np.full(round(seconds * rate), 0.0 if level is None else 10 ** (level / 20)) for seconds, level in parts]
    gain = np.concatenate(gains)
    return np.repeat((gain * np.sin(2 * np.pi * 1000 / rate * np.arange(gain.size)))[:, np.newaxis], 2, axis=1)


def measured(x, rate, block=100_003):
    meter = loudness.Meter(rate, x.shape[1])
    for begin in range(0, len(x), block):
        meter.add(x[begin : begin + block])
    return meter.measured()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("parts", "lufs"), [
    ([(20, -23)], -23),
    ([(20, -33)], -33),
    ([(10, -36), (60, -23), (10, -36)], -23),
    ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23),
    ([(20, -26), (20.1, -20), (20, -26)], -23),
], ids=["3341-1", "3341-2", "3341-3", "3341-4", "3341-5"])  # fmt: skip
def test_integrated_loudness_is_that_of_the_ebu_cases(rate, parts, lufs):
    assert measured(tones(rate, *parts), rate).integrated_lufs == pytest.approx(lufs, abs=0.05)


@pytest.mark.parametrize("rate", RATES)
def test_surround_channels_count_as_in_ebu_case_6(rate):
    gains = 10 ** (np.array([-28, -28, -24, -30, -30]) / 20)
    x = tones(rate, (20, 0))[:, :1] * gains
    assert measured(x, rate).integrated_lufs == pytest.approx(-23, abs=0.05)


@pytest.mark.parametrize("rate", RATES)
def test_maxima_are_those_of_the_ebu_cases(rate):
    assert measured(tones(rate, *[(1.34, -20), (1.66, -30)] * 5), rate).max_short_term_lufs == pytest.approx(
        -23, abs=0.1
    )
    assert measured(tones(rate, *[(0.18, -20), (0.22, -30)] * 25), rate).max_momentary_lufs == pytest.approx(
        -23, abs=0.1
    )
    for n in (0, 1, 7, 12, 19):
        short = measured(tones(rate, (n * 0.15, None), (3, -23), (1, None)), rate)
        momentary = measured(tones(rate, (n * 0.02, None), (0.4, -23), (1, None)), rate)
        assert short.max_short_term_lufs == pytest.approx(-23, abs=0.1)
        assert momentary.max_momentary_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("levels", "range_lu"), [
    ((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15),
], ids=["3342-1", "3342-2", "3342-3", "3342-4"])  # fmt: skip
def test_the_range_is_that_of_the_ebu_cases(rate, levels, range_lu):
    assert measured(tones(rate, *((20, level) for level in levels)), rate).range_lu == pytest.approx(range_lu, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("part", "peak", "degrees", "dbtp"), [
    (4, 0.5, 0, -6), (4, 0.5, 45, -6), (6, 0.5, 60, -6), (8, 0.5, 67.5, -6), (4, 1.41, 45, 3),
], ids=["3341-15", "3341-16", "3341-17", "3341-18", "3341-19"])  # fmt: skip
def test_the_true_peak_is_that_of_the_ebu_cases(rate, part, peak, degrees, dbtp):
    fade = np.minimum(np.minimum(np.arange(rate), np.arange(rate)[::-1]) / (0.01 * rate), 1)
    x = fade * peak * np.sin(2 * np.pi / part * np.arange(rate) + np.deg2rad(degrees))
    found = measured(np.repeat(x[:, np.newaxis], 2, axis=1), rate).true_peak_dbtp
    assert -0.4 <= found - dbtp <= 0.2


def test_blocks_of_any_size_measure_the_same():
    x = np.random.default_rng(1).normal(0, 0.1, (200_000, 2))
    np.testing.assert_allclose(measured(x, 48_000, 4_801), measured(x, 48_000, 200_000), atol=1e-6)


def test_silence_has_no_loudness():
    found = measured(np.zeros((48_000 * 4, 2)), 48_000)
    assert found.integrated_lufs == found.true_peak_dbtp == -np.inf
    assert found.range_lu == 0


def test_the_command_tells_it_in_words_and_as_json(tmp_path, capsys):
    path = tmp_path / "tone.wav"
    soundfile.write(path, tones(48_000, (5, -23)), 48_000, subtype="FLOAT")
    assert cli.main(["loudness", str(path)]) == 0
    assert "-23.0 LUFS" in capsys.readouterr().out
    assert cli.main(["loudness", "--json", str(path)]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["file"] == str(path)
    assert found["integrated_lufs"] == pytest.approx(-23, abs=0.05)


def test_a_file_that_is_not_there_is_told_in_words(tmp_path, capsys):
    assert cli.main(["loudness", str(tmp_path / "nothing.wav")]) == 1
    assert "nothing.wav" in capsys.readouterr().err
