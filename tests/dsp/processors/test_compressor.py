"""The compressor and the expander, against the float64 compressor of the model."""

import re

import numpy as np
import pytest

from dsp.engine import layout
from dsp.processors import compressor
from dsp.table import TABLE
from oracles import processors
from rigs import harness

RATE = harness.RATE
RATES = (44_100, 48_000, 96_000)
CHANNELS = range(1, 33)
RATIOS = TABLE.rows["ch/{ch}/dyn/ratio"].choices
LEVELS_DBFS = np.linspace(-62, 0, 32)
HOLD_MS = TABLE.rows["ch/{ch}/dyn/hold"].grid
RELEASE_MS = TABLE.rows["ch/{ch}/dyn/release"].grid


def strips(rate=RATE):
    """A mixer that hears all channels before their faders."""
    return harness.Mixer(rate, taps=[harness.place(channel, layout.PRE_FADER) for channel in CHANNELS])


def compress(mixer, channel, **settings):
    """Switch a channel's compressor on with these settings: hard knee, hold and attack at their least."""
    defaults = {"on": True, "knee": 0, "hold": 0.02, "attack": 0, "release": 5}
    for leaf, value in (defaults | settings).items():
        mixer.set(f"/ch/{channel:02}/dyn/{leaf.replace('_', '/')}", value)


def gain_db(mixer, x, channel=1):
    """Gain of every frame of a channel whose input, never 0, is `x`."""
    x = np.asarray(x, np.float32)
    wide = np.zeros((x.size, mixer.inputs), np.float32)
    wide[:, channel - 1] = x
    return processors.level_db(mixer.run(wide)[:, channel - 1] / x.astype(np.float64))


# --- the static curve ---------------------------------------------------------------------------------


def settled_db(settle_ms=400, **settings):
    """Change of level of 32 steady levels, one in each channel."""
    mixer = strips()
    for channel in CHANNELS:
        compress(mixer, channel, **settings)
    frames = RATE * settle_ms // 1000
    x = harness.square(LEVELS_DBFS[:, np.newaxis], frames).T
    return processors.level_db(np.abs(mixer.run(x)[-1])) - LEVELS_DBFS


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("knee", range(6))
@pytest.mark.parametrize("detector", ["PEAK", "RMS"])
def test_the_compression_curve_is_within_a_twentieth_of_a_decibel(ratio, knee, detector):
    expected = processors.Compressor(-30, float(ratio), knee).static_db(LEVELS_DBFS)
    heard = settled_db(thr=-30, ratio=ratio, knee=knee, det=detector)
    np.testing.assert_allclose(heard, expected, atol=0.05)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("knee", [0, 5])
def test_the_expansion_curve_is_within_a_twentieth_of_a_decibel(ratio, knee):
    expected = processors.Compressor(-30, float(ratio), knee, expand=True).static_db(LEVELS_DBFS)
    heard = settled_db(thr=-30, ratio=ratio, knee=knee, mode="EXP")
    # A ratio multiplies the last thousandth of a decibel of the logarithm.
    np.testing.assert_allclose(heard, expected, atol=max(0.05, 1e-3 * float(ratio)))


@pytest.mark.parametrize("threshold", [-60, -41.5, -20, -0.5, 0])
def test_the_threshold_is_where_it_is_set(threshold):
    expected = processors.Compressor(threshold, 4).static_db(LEVELS_DBFS)
    np.testing.assert_allclose(settled_db(thr=threshold, ratio="4.0"), expected, atol=0.05)


@pytest.mark.parametrize("mix", [0, 5, 50, 95, 100])
def test_the_mix_adds_what_went_past(mix):
    wet = processors.gain(processors.Compressor(-30, 10).static_db(LEVELS_DBFS))
    expected = processors.level_db(1 - mix / 100 + mix / 100 * wet)
    np.testing.assert_allclose(settled_db(thr=-30, ratio="10", mix=mix), expected, atol=0.05)


@pytest.mark.parametrize("makeup", [0.5, 12, 24])
def test_the_make_up_gain_is_added_to_what_is_compressed(makeup):
    expected = processors.Compressor(-30, 10).static_db(LEVELS_DBFS) + makeup
    np.testing.assert_allclose(settled_db(thr=-30, ratio="10", mgain=makeup), expected, atol=0.05)


def test_the_curve_that_is_drawn_is_the_one_that_is_heard():
    drawn = compressor.static_gain_db(LEVELS_DBFS, -30, 3.0, 3 * processors.KNEE_DB)
    np.testing.assert_allclose(settled_db(thr=-30, ratio="3.0", knee=3), drawn, atol=0.05)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("level_dbfs", "expected_db"), [(-15, -3.62), (-10, -7.37), (0, -14.87)])
def test_a_sine_is_reduced_as_by_everybody_else(level_dbfs, expected_db, rate):
    # Faust, ffmpeg, LSP and JUCE agree on these within 0.01 dB: -20 dB, 4:1, hard, 1 ms and 200 ms.
    mixer = strips(rate)
    release = RELEASE_MS[np.argmin(np.abs(RELEASE_MS - 200))]
    compress(mixer, 1, thr=-20, ratio="4.0", attack=1, release=release)
    x = harness.sine(1000, level_dbfs, rate, rate)
    heard = mixer.run(x)[-rate // 2 :, 0].astype(np.float64)
    assert 10 * np.log10(np.mean(heard**2) / np.mean(x[-rate // 2 :] ** 2)) == pytest.approx(expected_db, abs=0.03)


# --- the average power ---------------------------------------------------------------------------------


def waves(rate):
    """Signals of one mean power, -13 dBFS, whose peaks are up to 12 dB higher."""
    n = np.arange(rate)
    made = {f"sine of {hz} Hz": np.sin(2 * np.pi * hz * n / rate) for hz in (41, 100, 1000, 5000)}
    made |= {"noise": harness.noise(rate), "pulses": np.where(n % 16, 0.0, 1.0), "two tones": made["sine of 1000 Hz"]}
    made["two tones"] = made["two tones"] + np.sin(2 * np.pi * 1300 * n / rate)
    return {name: x * 10 ** (-13 / 20) / np.sqrt(np.mean(x.astype(np.float64) ** 2)) for name, x in made.items()}


@pytest.mark.parametrize("rate", RATES)
def test_rms_reacts_to_the_mean_power_of_any_wave(rate):
    mixer, made = strips(rate), waves(rate)
    x = np.zeros((rate, 32), np.float32)
    for lane, (channel, wave) in enumerate(zip(CHANNELS, made.values(), strict=False)):
        compress(mixer, channel, thr=-33, ratio="100", attack=20, release=RELEASE_MS[60], det="RMS")
        x[:, lane] = wave
    heard = mixer.run(x)[-rate // 2 :, : len(made)].astype(np.float64)
    powers = 10 * np.log10(np.mean(heard**2, axis=0))
    off = {name: round(float(power + 13 + 19.8), 2) for name, power in zip(made, powers, strict=True)}
    assert {name: by for name, by in off.items() if abs(by) > 0.5} == {}


@pytest.mark.parametrize("rate", RATES)
def test_a_low_note_is_bent_less_by_rms_than_by_peaks(rate):
    left_over = {}
    for detector in ("PEAK", "RMS"):
        mixer = strips(rate)
        compress(mixer, 1, thr=-30, ratio="4.0", attack=5, release=RELEASE_MS[30], det=detector)
        heard = mixer.run(harness.sine(60, -10, 2 * rate, rate))[rate:, 0].astype(np.float64)
        lines = np.abs(np.fft.rfft(heard)) ** 2
        left_over[detector] = 10 * np.log10((lines[1:].sum() - lines[60]) / lines[60])
    assert left_over["RMS"] < min(-50, left_over["PEAK"] - 20)


# --- time ----------------------------------------------------------------------------------------------


def time_to(gains_db, first, part):
    """Frames until that part of the whole change is done."""
    change = (gains_db - first) / (gains_db[-1] - first)
    return int(np.argmax(change >= part))


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("attack", [1, 10, 50, 120])
def test_63_percent_of_the_attack_takes_the_attack_time(attack, rate):
    mixer = strips(rate)
    compress(mixer, 1, thr=-40, ratio="4.0", attack=attack)
    gain_db(mixer, harness.square(-60, rate // 4, rate))
    change = gain_db(mixer, harness.square(-10, rate, rate))
    assert time_to(change, 0, 1 - np.exp(-1)) == pytest.approx(attack * rate / 1000, rel=0.05, abs=1)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("step", [0, 40, 60])
def test_63_percent_of_the_release_takes_the_release_time(step, rate):
    mixer = strips(rate)
    compress(mixer, 1, thr=-40, ratio="4.0", release=RELEASE_MS[step])
    first = gain_db(mixer, harness.square(-10, rate // 2, rate))[-1]
    change = gain_db(mixer, harness.square(-60, 2 * rate, rate))
    assert time_to(change, first, 1 - np.exp(-1)) == pytest.approx(RELEASE_MS[step] * rate / 1000, rel=0.05, abs=1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("over_db", [3, 10, 30])
@pytest.mark.parametrize("attack", [5, 20])
def test_with_rms_an_attack_takes_its_time_whatever_the_step(attack, over_db, rate):
    mixer = strips(rate)
    compress(mixer, 1, thr=-40, ratio="4.0", attack=attack, det="RMS")
    gain_db(mixer, harness.square(-60, rate // 4, rate))
    change = gain_db(mixer, harness.square(-40 + over_db, rate // 2, rate))
    assert time_to(change, 0, 1 - np.exp(-1)) == pytest.approx(attack * rate / 1000, rel=0.05)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("over_db", [3, 10, 30])
@pytest.mark.parametrize("step", [21, 40])
def test_with_rms_a_release_takes_its_time_whatever_the_step(step, over_db, rate):
    mixer = strips(rate)
    compress(mixer, 1, thr=-40, ratio="4.0", release=RELEASE_MS[step], det="RMS")
    first = gain_db(mixer, harness.square(-40 + over_db, rate // 2, rate))[-1]
    change = gain_db(mixer, harness.square(-60, rate, rate))
    assert time_to(change, first, 1 - np.exp(-1)) == pytest.approx(RELEASE_MS[step] * rate / 1000, rel=0.05)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("over_db", [3, 10, 30])
def test_with_rms_the_shortest_times_are_those_that_the_help_tells(over_db, rate):
    mixer = strips(rate)
    compress(mixer, 1, thr=-40, ratio="4.0", det="RMS")
    gain_db(mixer, harness.square(-60, rate // 4, rate))
    rise = gain_db(mixer, harness.square(-40 + over_db, rate // 2, rate))
    fall = gain_db(mixer, harness.square(-60, rate // 2, rate))
    told = [TABLE.rows[f"ch/{{ch}}/dyn/{leaf}"].help for leaf in ("attack", "release")]
    least = [float(re.search(r"RMS at least ([\d.]+) ms", each).group(1)) for each in told]
    assert time_to(rise, 0, 1 - np.exp(-1)) <= least[0] * rate / 1000
    assert time_to(fall, rise[-1], 1 - np.exp(-1)) <= least[1] * rate / 1000


@pytest.mark.parametrize("step", [30, 60, 80])
def test_a_reduction_is_held_for_the_hold_time(step):
    mixer = strips()
    compress(mixer, 1, thr=-40, ratio="4.0", hold=HOLD_MS[step])
    first = gain_db(mixer, harness.square(-10, RATE // 2))[-1]
    change = gain_db(mixer, harness.square(-60, RATE))
    assert abs(int(np.argmax(change > first + 1e-3)) - round(HOLD_MS[step] * RATE / 1000)) <= 1


@pytest.mark.parametrize("attack", [5, 40])
def test_a_linear_attack_moves_ten_decibels_in_the_attack_time(attack):
    mixer = strips()
    compress(mixer, 1, thr=-60, ratio="100", attack=attack, env="LIN")
    gain_db(mixer, harness.square(-80, RATE // 4))
    change = gain_db(mixer, harness.square(-0.1, RATE))
    assert int(np.argmax(change <= -10)) == pytest.approx(attack * RATE / 1000, rel=0.05, abs=1)


def test_an_automatic_release_keeps_half_of_what_lasted():
    mixer = strips()
    compress(mixer, 1, thr=-40, ratio="100", auto=True)
    first = gain_db(mixer, harness.square(-10, 8 * RATE))[-1]
    soon = gain_db(mixer, harness.square(-60, RATE // 20))[-1]
    assert soon == pytest.approx(first / 2, rel=0.06)


def test_switching_the_automatic_release_off_lets_go():
    mixer = strips()
    compress(mixer, 1, thr=-40, ratio="100", auto=True)
    gain_db(mixer, harness.square(-10, 4 * RATE))
    mixer.set("/ch/01/dyn/auto", False)
    assert gain_db(mixer, harness.square(-60, RATE // 10))[-1] == pytest.approx(0, abs=0.01)


# --- whole signals ---------------------------------------------------------------------------------------


def programme(frames):
    """Noise in bursts from -70 dBFS to 0 dBFS."""
    levels = np.random.default_rng(4).uniform(-70, 0, 40)
    return harness.noise(frames) * processors.gain(np.repeat(levels, frames // 40))


@pytest.mark.parametrize("seed", range(3))
def test_thirty_two_random_compressors_do_what_the_float64_compressor_does(seed):
    random = np.random.default_rng(seed)
    mixer = strips()
    x = np.repeat(programme(RATE).astype(np.float32)[:, np.newaxis], 32, axis=1)
    expected = np.empty(x.shape)
    for channel in CHANNELS:
        ratio, knee, attack = random.choice(RATIOS), int(random.integers(6)), int(random.integers(121))
        threshold, makeup, mix = random.integers(-120, 1) / 2, random.integers(49) / 2, int(random.integers(21)) * 5
        hold, release = float(random.choice(HOLD_MS)), float(random.choice(RELEASE_MS))
        expand, rms, linear = (bool(random.integers(2)) for _ in range(3))
        compress(
            mixer, channel, thr=threshold, ratio=ratio, knee=knee, attack=attack, hold=hold, release=release,
            mgain=makeup, mix=mix, mode="EXP" if expand else "COMP", det="RMS" if rms else "PEAK",
            env="LIN" if linear else "LOG",
        )  # fmt: skip
        twin = processors.Compressor(
            threshold, float(ratio), knee, attack, hold, release, makeup, mix, expand, rms, linear
        )  # fmt: skip
        expected[:, channel - 1] = twin.gains(x[:, channel - 1].astype(np.float64), RATE)
    audible = np.abs(x[:, 0]) > 1e-7
    heard = mixer.run(x)[audible] / x[audible].astype(np.float64)
    assert np.abs(processors.level_db(heard) - processors.level_db(expected[audible])).max() < 0.1


def test_a_compressor_below_its_threshold_passes_every_bit():
    mixer = strips()
    compress(mixer, 1, thr=-6, ratio="100", knee=0)
    mixer.run(harness.noise((RATE // 10, 32)))
    mixer.rest(RATE // 5)
    x = harness.noise((RATE // 10, 32), -6.1)
    np.testing.assert_array_equal(mixer.run(x), x)


def test_an_external_key_compresses_instead_of_the_channel_itself():
    mixer = strips()
    compress(mixer, 1, thr=-40, ratio="100", keysrc=2)
    x = np.zeros((RATE // 4, 32))
    x[:, 0], x[:, 1] = harness.square(-3, len(x)), harness.square(-20, len(x))
    heard = mixer.run(x)
    assert processors.level_db(abs(heard[-1, 0])) + 3 == pytest.approx(-20 * 0.99, abs=0.05)


@pytest.mark.parametrize(("position", "expected_db"), [("PRE", 12 - 0.75 * 10), ("POST", 12 - 0.75 * 22)])
def test_it_compresses_before_or_after_the_eq(position, expected_db):
    mixer = strips()
    compress(mixer, 1, thr=-40, ratio="4.0", pos=position, det="RMS", release=RELEASE_MS[60])
    mixer.set_strip(eq_1_f=processors.frequency(113), eq_1_g=12)
    tone = harness.sine(processors.frequency(113), -30 + 3.0103, RATE)
    heard = mixer.run(tone)[-RATE // 4 :, 0].astype(np.float64)
    change = 10 * np.log10(np.mean(heard**2) / np.mean(tone[-RATE // 4 :] ** 2))
    assert change == pytest.approx(expected_db, abs=0.1)


@pytest.mark.parametrize("attack", [0, 120])
def test_moving_it_behind_the_eq_and_back_is_never_louder(attack):
    mixer = strips()
    compress(mixer, 1, thr=-40, ratio="10", attack=attack, hold=10, release=151, pos="PRE")
    x = harness.square(-10, 2 * RATE)
    before = np.abs(mixer.run(x)[-1, 0])
    for position in ("POST", "PRE"):
        mixer.set("/ch/01/dyn/pos", position)
        assert np.abs(mixer.run(x[:9600])[:, 0]).max() < before * processors.gain(0.05)


def test_the_meter_shows_the_smallest_gain():
    mixer = strips()
    compress(mixer, 3, thr=-40, ratio="4.0", mix=50)
    x = np.zeros((RATE // 4, 32))
    x[:, 2] = harness.square(-20, len(x))
    heard = mixer.run(x)
    mixer.audio.control_collect()
    mixer.run(x)
    gains = mixer.audio.control_collect()["dyn"]
    assert processors.level_db(gains[2]) == pytest.approx(processors.level_db(abs(heard[-1, 2])) + 20, abs=0.01)
    assert (np.delete(gains, 2) == 1).all()
