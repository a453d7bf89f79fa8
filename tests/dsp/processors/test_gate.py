"""The gate, the expander and the ducker, against the float64 gate of the model."""

import numpy as np
import pytest

from dsp.engine import layout
from dsp.table import TABLE
from oracles import processors
from rigs import harness

RATE = harness.RATE
RATES = (44_100, 48_000, 96_000)
CHANNELS = range(1, 33)
HOLD_MS = TABLE.rows["ch/{ch}/gate/hold"].grid
RELEASE_MS = TABLE.rows["ch/{ch}/gate/release"].grid


def strips(rate=RATE):
    """A mixer that hears all channels before their faders."""
    return harness.Mixer(rate, taps=[harness.place(channel, layout.PRE_FADER) for channel in CHANNELS])


def gate(mixer, channel, **settings):
    """Switch a channel's gate on with these settings; attack, hold and release are at their least."""
    defaults = {"on": True, "mode": "GATE", "range": 60, "attack": 0, "hold": 0.02, "release": 5}
    for leaf, value in (defaults | settings).items():
        mixer.set(f"/ch/{channel:02}/gate/{leaf.replace('_', '/')}", value)


def gains(mixer, x):
    """Gain of every frame of channel 1 whose input, never 0, is `x`."""
    x = np.asarray(x, np.float32)
    wide = np.zeros((x.size, mixer.inputs), np.float32)
    wide[:, 0] = x
    return mixer.run(wide)[:, 0] / x.astype(np.float64)


def staircase(levels_dbfs, step_ms=200):
    """Square wave that stays on each level for a while, and the frames at which each ends."""
    frames = RATE * step_ms // 1000
    levels = np.repeat(levels_dbfs, frames)
    return harness.square(levels, levels.size), np.arange(1, len(levels_dbfs) + 1) * frames - 1


def test_a_gate_is_the_same_to_the_last_bit_whether_its_neighbours_move_or_stand():
    x, _ = staircase([-20, -60, -20, -45, -20, -60], step_ms=151)  # steps within sub-blocks
    alone, beside = (np.zeros((x.size, 32), np.float32) for _ in range(2))
    alone[:, 0] = beside[:, 0] = x
    beside[:, 1] = np.where(np.arange(x.size) % 2000 < 100, 0.5, 1e-4)
    heard = []
    for wide in (alone, beside):
        mixer = strips()
        for channel in range(3, 17):
            gate(mixer, channel)
        gate(mixer, 1, thr=-40, hold=20, release=5)
        gate(mixer, 2, thr=-20, release=20, attack=120)
        heard.append(mixer.run(np.pad(wide, ((0, 0), (0, mixer.inputs - 32))))[:, 0])
    assert np.array_equal(*heard)
    assert np.abs(heard[0]).max() > 0.01


# --- thresholds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [-79.5, -60, -33.5, -10, -0.5])
def test_a_gate_opens_at_its_threshold(threshold):
    mixer = strips()
    gate(mixer, 1, thr=threshold)
    gains(mixer, harness.square(-100, RATE // 2))
    levels = threshold + np.array([-0.3, -0.1, 0.1])
    x, ends = staircase(levels)
    assert (gains(mixer, x)[ends] > 0.5).tolist() == [False, False, True]


@pytest.mark.parametrize("threshold", [-75, -33.5, -0.5])
def test_a_gate_closes_four_decibels_below(threshold):
    mixer = strips()
    gate(mixer, 1, thr=threshold)
    x, ends = staircase(threshold + np.array([0.1, -2, -3.9, -4.1]))
    assert (gains(mixer, x)[ends] > 0.5).tolist() == [True, True, True, False]


@pytest.mark.parametrize("depth", [3, 20, 60])
def test_a_closed_gate_is_as_much_quieter_as_its_range(depth):
    mixer = strips()
    gate(mixer, 1, thr=-20, range=depth)
    assert processors.level_db(gains(mixer, harness.square(-40, RATE))[-1]) == pytest.approx(-depth, abs=0.05)


@pytest.mark.parametrize("ratio", [2, 3, 4])
def test_an_expander_takes_its_ratio_below_the_threshold(ratio):
    mixer = strips()
    gate(mixer, 1, mode=f"EXP{ratio}", thr=-30, range=60)
    x, ends = staircase([-20, -29, -31, -35, -40, -50, -80], step_ms=400)
    expected = np.maximum([(ratio - 1) * over for over in (0, 0, -1, -5, -10, -20, -50)], -60)
    np.testing.assert_allclose(processors.level_db(gains(mixer, x)[ends]), expected, atol=0.1)


def test_a_ducker_is_a_gate_upside_down():
    mixer = strips()
    gate(mixer, 1, mode="DUCK", thr=-20, range=20)
    x, ends = staircase([-40, -10, -22, -40], step_ms=400)
    np.testing.assert_allclose(processors.level_db(gains(mixer, x)[ends]), [0, -20, -20, 0], atol=0.05)


# --- time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("attack", [1, 10, 120])
def test_63_percent_of_the_opening_takes_the_attack_time(attack, rate):
    mixer = strips(rate)
    gate(mixer, 1, thr=-40, attack=attack)
    gains(mixer, harness.square(-80, rate, rate))
    opening = gains(mixer, harness.square(0, rate, rate))
    begun = int(np.argmax(opening > opening[0]))
    reached = int(np.argmax(opening > 1 - np.exp(-1) * (1 - 0.001))) - begun
    assert reached == pytest.approx(attack * rate / 1000, rel=0.05, abs=1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("depth", [20, 60])
@pytest.mark.parametrize("step", [0, 40, 60])
def test_a_gate_falls_by_ten_decibels_in_each_release_time_and_then_it_is_shut(step, depth, rate):
    mixer = strips(rate)
    gate(mixer, 1, thr=-40, range=depth, release=RELEASE_MS[step])
    gains(mixer, harness.square(-20, rate // 4, rate))
    frames = RELEASE_MS[step] * rate / 1000
    closing = processors.level_db(gains(mixer, harness.square(-100, int(frames * depth / 10) + rate // 4, rate)))
    begun = int(np.argmax(closing < -1e-6))
    for fallen in (10, depth - 0.1):
        assert int(np.argmax(closing < -fallen)) - begun == pytest.approx(frames * fallen / 10, rel=0.02, abs=1)


@pytest.mark.parametrize("rate", RATES)
def test_a_ducker_rises_by_ten_decibels_in_each_release_time(rate):
    mixer = strips(rate)
    gate(mixer, 1, mode="DUCK", thr=-40, range=30, release=RELEASE_MS[40])
    gains(mixer, harness.square(-20, rate // 4, rate))
    rising = processors.level_db(gains(mixer, harness.square(-100, rate, rate)))
    begun = int(np.argmax(rising > -30 + 1e-3))
    frames = RELEASE_MS[40] * rate / 1000
    assert int(np.argmax(rising > -20)) - begun == pytest.approx(frames, rel=0.02, abs=1)
    assert rising[-1] == 0


def opened_for(hold_ms, level_dbfs, rate, mode="GATE"):
    """Frames from the last loud one until anything moves."""
    mixer = strips(rate)
    gate(mixer, 1, mode=mode, thr=-40, hold=hold_ms)
    steady = gains(mixer, harness.square(level_dbfs, rate // 4, rate))[-1]
    return int(np.argmax(np.abs(gains(mixer, harness.square(-100, rate, rate)) - steady) > 1e-6))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("mode", ["GATE", "EXP2", "DUCK"])
@pytest.mark.parametrize("step", [0, 30, 80])
def test_a_gate_is_held_for_its_time_and_25_ms_at_most_whatever_the_level_was(step, mode, rate):
    held = HOLD_MS[step] * rate / 1000
    found = [opened_for(HOLD_MS[step], level, rate, mode) for level in (-39.9, -20, 0)]
    assert max(found) == min(found)
    assert held - 1 <= found[0] <= held + 0.025 * rate + 1


def click_db(y, centre, rate):
    """Energy above 1.5 kHz around a frame, relative to all of it, in 85 ms at every rate."""
    half = round(2048 * rate / 48_000)
    around = y[centre - half : centre + half].astype(np.float64)
    power = np.abs(np.fft.rfft(around * np.hanning(2 * half))) ** 2
    return 10 * np.log10(power[np.fft.rfftfreq(2 * half, 1 / rate) > 1500].sum() / power.sum())


@pytest.mark.parametrize("rate", RATES)
def test_a_gate_that_opens_at_once_does_not_click(rate):
    mixer = strips(rate)
    gate(mixer, 1, thr=-40, keysrc=2)
    frames = 16_384
    x = np.zeros((frames, 32))
    x[:, 0] = np.cos(2 * np.pi * 100 * (np.arange(frames) - frames // 2) / rate)
    x[frames // 2 :, 1] = 0.5
    heard = mixer.run(x)[:, 0]
    assert click_db(heard, frames // 2, rate) < -48


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("freq_hz", "part"), [(40, 0.999), (60, 0.998)])
def test_a_gate_that_opens_at_once_lets_the_beginning_of_a_kick_through(freq_hz, part, rate):
    mixer = strips(rate)
    gate(mixer, 1, thr=-50)
    mixer.rest(rate // 2)
    n = np.arange(rate // 10)
    kick = np.sin(2 * np.pi * freq_hz * n / rate) * np.exp(-n / (0.1 * rate))
    first = rate // 100
    heard = mixer.run(kick)[:first, 0].astype(np.float64)
    assert (heard**2).sum() > part * (kick[:first] ** 2).sum()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("mode", ["GATE", "EXP4"])
@pytest.mark.parametrize("freq_hz", [25, 31, 40, 60])
def test_a_low_tone_just_above_the_closing_level_never_lets_the_gate_chatter(freq_hz, mode, rate):
    mixer = strips(rate)
    gate(mixer, 1, mode=mode, thr=-30)
    mixer.run(harness.sine(freq_hz, -20, rate, rate))
    soft = harness.sine(freq_hz, -33 if mode == "GATE" else -29, rate, rate).astype(np.float32)
    np.testing.assert_array_equal(mixer.run(soft)[:, 0], soft)


# --- whole signals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_thirty_two_random_gates_do_what_the_float64_gate_does(seed):
    random = np.random.default_rng(seed)
    mixer = strips()
    levels = random.uniform(-90, 0, 40)
    x = (harness.noise(RATE * 2) * processors.gain(np.repeat(levels, RATE * 2 // 40))).astype(np.float32)
    expected = np.empty((x.size, 32))
    for channel in CHANNELS:
        threshold, depth = random.integers(-160, 1) / 2, int(random.integers(3, 61))
        attack, hold, release = int(random.integers(121)), random.choice(HOLD_MS), random.choice(RELEASE_MS)
        mode = random.choice(["EXP2", "EXP3", "EXP4", "GATE", "DUCK"])
        gate(mixer, channel, mode=mode, thr=threshold, range=depth, attack=attack, hold=hold, release=release)
        ratio = float(mode[3:]) if mode.startswith("EXP") else None
        twin = processors.Gate(threshold, depth, attack, hold, release, ratio, mode == "DUCK")
        expected[:, channel - 1] = twin.gains(x.astype(np.float64), RATE)
    heard = mixer.run(np.repeat(x[:, np.newaxis], 32, axis=1))
    # Where a threshold is met within a thousandth of a decibel, one frame more or less may pass.
    difference = np.abs(heard - expected * x[:, np.newaxis])
    assert np.quantile(difference, 0.999) < 2e-4
    assert difference.max() < 0.2


def test_an_open_gate_passes_every_bit():
    mixer = strips()
    gate(mixer, 1, thr=-60, attack=10)
    mixer.run(harness.noise((RATE // 2, 32)))
    x = harness.noise((RATE // 10, 32))
    np.testing.assert_array_equal(mixer.run(x), x)


def test_a_gate_that_is_switched_on_is_open_until_it_knows_better():
    mixer = strips()
    mixer.run(harness.noise((4800, 32)))
    gate(mixer, 1, thr=-60, hold=500)
    x = harness.noise((4800, 32))
    np.testing.assert_array_equal(mixer.run(x), x)


def test_an_external_key_opens_instead_of_the_channel_itself():
    mixer = strips()
    gate(mixer, 1, thr=-40, keysrc=2)
    x = np.zeros((RATE // 2, 32))
    x[:, 0] = harness.square(-3, len(x))
    closed = mixer.run(x)[-1, 0]
    x[:, 1] = harness.square(-20, len(x))
    open_ = mixer.run(x)[-1, 0]
    assert processors.level_db(abs(closed)) == pytest.approx(-63, abs=0.1)
    assert processors.level_db(abs(open_)) == pytest.approx(-3, abs=0.01)


@pytest.mark.parametrize(("freq_hz", "open_"), [(1000, True), (50, False)])
def test_a_key_filter_decides_what_opens(freq_hz, open_):
    mixer = strips()
    gate(mixer, 1, thr=-30, filter_on=True, filter_type="10.0", filter_f=1000, hold=50)
    heard = np.abs(mixer.run(harness.sine(freq_hz, -20, RATE))[-RATE // 4 :, 0]).max()
    assert (processors.level_db(heard) > -40) == open_


def test_the_meter_shows_the_smallest_gain():
    mixer = strips()
    gate(mixer, 2, thr=-20, range=30)
    mixer.run(harness.noise((RATE, 32), -40))
    mixer.audio.control_collect()
    mixer.run(harness.noise((RATE, 32), -40))
    shown = mixer.audio.control_collect()["gate"]
    assert processors.level_db(shown[1]) == pytest.approx(-30, abs=0.05)
    assert (np.delete(shown, 1) == 1).all()
