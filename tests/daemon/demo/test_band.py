"""The band plays the same at every start, at live levels, in an endless loop, and has its scene."""

import shlex

import numpy as np
import pytest

from daemon.demo import band
from daemon.desk import console
from daemon.files import nodeline, scene

RATES = (44_100, 48_000, 96_000)


@pytest.fixture(scope="module")
def signals():
    return {rate: band.signal(rate) for rate in RATES}


def peak_dbfs(signal):
    return 20 * np.log10(np.abs(signal).max(axis=0))


def fields(path):
    """Fields of a line of the scene."""
    return next(shlex.split(line)[1:] for line in band.scene_lines() if line.split()[0] == path)


@pytest.mark.parametrize("rate", RATES)
def test_the_band_plays_sixteen_seconds_on_every_input(signals, rate):
    assert signals[rate].shape == (16 * rate, len(band.INPUTS))


def test_the_band_plays_the_same_at_every_start(signals):
    assert np.array_equal(signals[48_000], band.signal(48_000))


@pytest.mark.parametrize("rate", RATES)
def test_every_input_peaks_where_the_stage_plot_says(signals, rate):
    expected = [line.peak_dbfs for line in band.INPUTS]
    assert peak_dbfs(signals[rate]) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_the_loop_has_no_click_where_it_begins_again(signals, rate):
    signal = signals[rate]
    step_at_the_seam = np.abs(signal[0] - signal[-1])
    steps = np.abs(np.diff(signal, axis=0))
    assert np.all(step_at_the_seam <= steps.max(axis=0))


def test_no_input_is_ever_digital_silence(signals):
    quietest = np.abs(signals[48_000]).reshape(160, -1, len(band.INPUTS)).max(axis=1).min(axis=0)
    assert np.all(20 * np.log10(quietest) > -90)


def test_the_scene_names_every_input_and_patches_it_to_its_own_channel():
    strips = [fields(f"/ch/{n:02}/config") for n in range(1, len(band.INPUTS) + 1)]
    assert [(name, int(source)) for name, _, _, source in strips] == [
        (line.name, n) for n, line in enumerate(band.INPUTS, 1)
    ]


def test_the_console_understands_the_scene_and_keeps_every_value_as_it_is_written():
    desk = console.Console()
    for line in band.scene_lines():
        scene.apply_line(desk, line)
        path, *tokens = shlex.split(line)
        assert shlex.split(nodeline.line_of(desk.values, path))[1 : len(tokens) + 1] == tokens


def test_the_scene_says_each_thing_once():
    paths = [line.split()[0] for line in band.scene_lines()]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("rate", RATES)
def test_the_mix_of_the_scene_peaks_between_minus_12_and_minus_6(signals, rate):
    mix = np.zeros((16 * rate, 2))
    for channel, signal in enumerate(signals[rate].T, 1):
        on, fader_db, to_main, pan, _, _ = fields(f"/ch/{channel:02}/mix")
        if (on, to_main) == ("ON", "ON"):
            angle = (float(pan) / 100 + 1) * np.pi / 4
            gain = 10 ** (float(fader_db) / 20)
            mix += gain * signal[:, None] * [np.cos(angle), np.sin(angle)]
    assert fields("/main/st/mix") == ["ON", "0.0", "+0"]
    assert np.all((peak_dbfs(mix) > -12) & (peak_dbfs(mix) < -6))


def test_every_monitor_hears_somebody():
    for bus in range(1, len(band.MONITORS) + 1):
        levels = [fields(f"/ch/{n:02}/mix/{bus:02}")[1] for n in range(1, len(band.INPUTS) + 1)]
        assert any(level != "-oo" for level in levels)
