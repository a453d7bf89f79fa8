"""The gate, the expander and the ducker, against the float64 gate of the model."""

import numpy as np
import pytest

from dsp.engine import layout
from dsp.table import TABLE
from oracles import processors
from rigs import harness

RATE = harness.RATE
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


@pytest.mark.parametrize("freq_hz", [40, 100])
def test_a_low_tone_above_the_closing_level_keeps_the_gate_open(freq_hz):
    mixer = strips()
    gate(mixer, 1, thr=-30, hold=50.2)
    tone = harness.sine(freq_hz, -20, RATE)
    mixer.run(tone)
    soft = harness.sine(freq_hz, -33, RATE).astype(np.float32)
    np.testing.assert_array_equal(mixer.run(soft)[:, 0], soft)


# --- time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("attack", [1, 10, 120])
def test_63_percent_of_the_opening_takes_the_attack_time(attack, rate):
    mixer = strips(rate)
    gate(mixer, 1, thr=-40, attack=attack)
    gains(mixer, harness.square(-80, rate, rate))
    opening = gains(mixer, harness.square(0, rate, rate))
    # It begins as soon as the follower passes the threshold.
    begun = int(np.argmax(opening > opening[0]))
    reached = int(np.argmax(opening > 1 - np.exp(-1) * (1 - 0.001))) - begun
    assert reached == pytest.approx(attack * rate / 1000, rel=0.05, abs=1)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("step", [0, 40, 60])
def test_63_percent_of_the_closing_takes_the_release_time(step, rate):
    mixer = strips(rate)
    gate(mixer, 1, thr=-40, release=RELEASE_MS[step])
    gains(mixer, harness.square(-20, rate // 4, rate))
    closing = gains(mixer, harness.square(-100, 6 * rate, rate))
    begun = int(np.argmax(closing < 1))
    reached = int(np.argmax(closing < np.exp(-1) + 0.001 * (1 - np.exp(-1)))) - begun
    assert reached == pytest.approx(RELEASE_MS[step] * rate / 1000, rel=0.05, abs=1)


@pytest.mark.parametrize("step", [30, 60, 80])
def test_a_gate_stays_open_for_its_hold_time(step):
    def closed_after(hold_ms):
        mixer = strips()
        gate(mixer, 1, thr=-40, hold=hold_ms)
        gains(mixer, harness.square(-20, RATE // 4))
        return int(np.argmax(gains(mixer, harness.square(-100, RATE)) < 1))

    # The follower takes the same while to fall in both.
    held = closed_after(HOLD_MS[step]) - closed_after(HOLD_MS[0])
    assert abs(held - (round(HOLD_MS[step] * RATE / 1000) - 1)) <= 1


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
