"""Automatic mixing: one gain is shared among the talkers of a group, and the squares of all gains add up to 1."""

import numpy as np
import pytest

from dsp.engine import layout
from dsp.processors import automix
from rigs import desk

RATES = (44_100, 48_000, 96_000)
RATE = desk.RATE
CHANNELS = 8
DB = 0.05
BEFORE_FADERS = [int(layout.place(0, layout.PRE_FADER, channel)) for channel in range(16)]
SETTLE_S = 1.5


def console(x: str = "", y: str = "", rate: int = RATE) -> desk.Rig:
    """A console that is heard before the faders of its first 16 channels; those named, as "123", are in X or Y."""
    rig = desk.Rig(BEFORE_FADERS, rate)
    for group, members in (("X", x), ("Y", y)):
        rig.set(f"/config/amixenable/{group}", 1)
        for channel in members:
            rig.set(f"/ch/{int(channel):02}/automix/group", group)
    return rig


def speech(levels_db: list[float], rate: int = RATE, seconds: float = SETTLE_S) -> dict[int, np.ndarray]:
    """A steady tone for each channel, two periods to a sub-block, so that its power never changes; by input."""
    frames = int(seconds * rate)
    tone = desk.tone(rate / 32, frames, 1.0, rate, 0.3)
    return {channel: 10 ** (level / 20) * tone for channel, level in enumerate(levels_db, 1)}


def gains(rig: desk.Rig, levels_db: list[float]) -> np.ndarray:
    """Gains of as many channels, once everything is steady."""
    inputs = speech(levels_db, rig.rate)
    heard = rig.play(inputs).astype(np.float64)
    last = slice(-rig.rate // 10, None)
    # Of the tones themselves, for one of them may be as good as silent.
    return np.array([heard[last, c - 1] @ x[last] / (x[last] @ x[last]) for c, x in inputs.items()])


def decibels(gain: np.ndarray) -> np.ndarray:
    return np.asarray(20 * np.log10(np.maximum(gain, 1e-15)))


def sum_db(gain: np.ndarray) -> float:
    return float(10 * np.log10(np.sum(gain**2)))


# --- steady talkers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("talkers", range(1, CHANNELS + 1))
def test_any_number_of_talkers_have_the_gain_of_one(talkers: int, rate: int) -> None:
    shared = gains(console("12345678"[:talkers], rate=rate), [-20.0] * talkers)
    assert sum_db(shared) == pytest.approx(0, abs=DB)
    np.testing.assert_allclose(decibels(shared), -10 * np.log10(talkers), atol=DB)


@pytest.mark.parametrize("seed", range(5))
def test_both_groups_share_one_gain_each_as_the_twin_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    levels = random.uniform(-50, -3, CHANNELS)
    in_x = random.permutation(CHANNELS) < 1 + seed
    x, y = ("".join(str(n + 1) for n in np.flatnonzero(members)) for members in (in_x, ~in_x))
    shared = gains(console(x, y), list(levels))
    power = 10 ** (levels / 10) / 2
    expected = automix.shares(power, in_x) * automix.shares(power, ~in_x)
    np.testing.assert_allclose(decibels(shared), decibels(expected), atol=DB)
    assert sum_db(shared[in_x]) == pytest.approx(0, abs=DB)
    assert sum_db(shared[~in_x]) == pytest.approx(0, abs=DB)


def test_two_equal_talkers_have_three_decibels_less_each() -> None:
    np.testing.assert_allclose(decibels(gains(console("12"), [-20, -20])), -3.01, atol=DB)


def test_three_decibels_more_at_one_of_two_equal_microphones() -> None:
    change = decibels(gains(console("12"), [-17, -20])) + 3.01
    np.testing.assert_allclose(change, [1.25, -1.75], atol=DB)


def test_who_talks_alone_has_unity() -> None:
    assert decibels(gains(console("1234"), [-20, -120, -120, -120]))[0] == pytest.approx(0, abs=DB)


def test_silence_is_shared_equally() -> None:
    np.testing.assert_allclose(decibels(gains(console("1357"), [-110] * 8))[::2], -6.02, atol=DB)


@pytest.mark.parametrize("weight_db", [-12.0, -4.5, 6.0, 12.0])
def test_a_weight_counts_like_so_much_more_level(weight_db: float) -> None:
    rig = console("12")
    rig.set("/ch/01/automix/weight", weight_db)
    shared = gains(rig, [-30, -30])
    louder = gains(console("12"), [-30 + weight_db, -30])
    np.testing.assert_allclose(decibels(shared), decibels(louder), atol=DB)


def test_rumble_takes_less_than_speech() -> None:
    rig = console("12")
    inputs = speech([-20])
    heard = rig.play(inputs | {2: desk.tone(40, len(inputs[1]))})
    assert desk.level_db(heard[:, 0], RATE / 32) > -20 - 0.5


# --- who counts ---------------------------------------------------------------------------------------------

MUTES = {
    "mute": {"/ch/03/mix/on": 0},
    "mute group": {"/ch/03/grp/mute": 1, "/config/mute/1": 1},
    "DCA": {"/ch/03/grp/dca": 1, "/dca/1/on": 0},
}


@pytest.mark.parametrize("mute", MUTES)
def test_a_muted_channel_leaves_the_sum(mute: str) -> None:
    rig = console("123")
    rig.set_many(MUTES[mute])
    np.testing.assert_allclose(decibels(gains(rig, [-20, -20, -3]))[:2], -3.01, atol=DB)


def test_a_muted_channel_takes_no_part_of_the_silence() -> None:
    rig = console("123")
    rig.set("/ch/03/mix/on", 0)
    np.testing.assert_allclose(decibels(gains(rig, [-110, -110, -110]))[:2], -3.01, atol=DB)


def test_a_muted_channel_has_the_gain_it_would_have_for_who_listens_before_its_mute() -> None:
    rig = console("12")
    rig.set("/ch/02/mix/on", 0)
    assert decibels(gains(rig, [-20, -20]))[1] == pytest.approx(-3.01, abs=DB)


def test_a_channel_counts_again_when_its_mute_ends() -> None:
    rig = console("123")
    rig.set("/ch/03/mix/on", 0)
    gains(rig, [-20] * 3)
    rig.set("/ch/03/mix/on", 1)
    np.testing.assert_allclose(decibels(gains(rig, [-20] * 3)), -4.77, atol=DB)


@pytest.mark.parametrize("setting", [{"/config/amixenable/X": 0}, {"/ch/04/automix/group": "OFF"}])
def test_who_is_in_no_automix_is_changed_by_no_bit(setting: dict[str, desk.Setting]) -> None:
    rig = console("1234")
    rig.set_many(setting)
    x = {channel: desk.noise(RATE // 2, seed=channel).astype(np.float32) for channel in range(1, 5)}
    np.testing.assert_array_equal(rig.play(x)[:, 3], x[4])


def test_channels_beyond_the_eighth_are_mixed_by_hand() -> None:
    rig = console("1")
    rig.set("/ch/09/automix/group", "X")
    x = {1: desk.noise(RATE // 2), 9: desk.noise(RATE // 2, seed=2).astype(np.float32)}
    np.testing.assert_array_equal(rig.play(x)[:, 8], x[9])


def test_who_changes_groups_shares_with_the_others_there() -> None:
    rig = console("123", "4")
    gains(rig, [-20] * 4)
    rig.set("/ch/03/automix/group", "Y")
    np.testing.assert_allclose(decibels(gains(rig, [-20] * 4)), -3.01, atol=DB)


# --- in time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
def test_automatic_mixing_adds_no_latency(rate: int) -> None:
    rig = console("12", rate=rate)
    x = np.zeros(64)
    x[0] = 0.5
    assert np.argmax(rig.play({1: x})[:, 0]) == 0


def test_the_gain_is_shared_while_everybody_talks_at_once() -> None:
    rig = console("12345678")
    x = np.random.default_rng(5).uniform(0.01, 0.2, (RATE, 64)) * np.random.default_rng(6).choice([-1, 1], (RATE, 64))
    frame_by_frame = (rig.play(x)[:, :CHANNELS] / x[:, :CHANNELS])[RATE // 10 :]
    total_db = 10 * np.log10((frame_by_frame**2).sum(1))
    assert np.abs(total_db).max() < DB


def shares_over_time(rate: int, level_after: float) -> np.ndarray:
    """Power of channel 2 as its gain tells, in parts of its louder power, from when it goes to or from −30 dB."""
    change = int(SETTLE_S * rate) // 64 * 64
    n = np.arange(change + rate)
    square = np.where(n // 16 % 2, 0.1, -0.1)  # its magnitude is steady, and so is its power in a sub-block
    quiet = 10 ** (-30 / 20)
    before, after = (quiet, 1.0) if level_after == 1 else (1.0, quiet)
    x = {1: square, 2: square * np.where(n < change, before, after)}
    heard = console("12", rate=rate).play(x)[change:].astype(np.float64)
    return np.asarray((heard[:, 1] / x[2][change:] / (heard[:, 0] / x[1][change:])) ** 2)


@pytest.mark.parametrize(("level_after", "tau_ms"), [(1, automix.RISE_MS), (0, automix.FALL_MS)], ids=["rise", "fall"])
@pytest.mark.parametrize("rate", RATES)
def test_powers_rise_and_fall_in_their_times(rate: int, level_after: int, tau_ms: float) -> None:
    power = shares_over_time(rate, level_after)
    to_go = np.abs(power - power[-1]) / np.abs(power[0] - power[-1])
    # What is left decays exponentially; in its middle neither the beginning nor the end matters.
    first, last = (int(np.argmax(to_go < part)) for part in (0.8, 0.1))
    fitted_ms = (last - first) / rate * 1000 / np.log(to_go[first] / to_go[last])
    assert fitted_ms == pytest.approx(tau_ms, rel=0.05)


def magnitudes(levels_db: list[float], frames: int) -> dict[int, np.ndarray]:
    """A square wave for each channel: its magnitude is steady, and so is its power in a sub-block; by input."""
    square = np.where(np.arange(frames) // 16 % 2, 1.0, -1.0)
    return {channel: 10 ** (level / 20) * square for channel, level in enumerate(levels_db, 1)}


def frame_by_frame(rig: desk.Rig, inputs: dict[int, np.ndarray]) -> np.ndarray:
    """Gain of every channel in every frame; shape (frames, channels)."""
    heard = rig.play(inputs).astype(np.float64)
    return np.stack([heard[:, channel - 1] / x for channel, x in inputs.items()], axis=1)


SWITCHES: dict[str, tuple[str, desk.Setting, desk.Setting]] = {
    "on and off": ("/config/amixenable/X", 0, 1),
    "out of its group": ("/ch/01/automix/group", "OFF", "X"),
    "to the other group": ("/ch/01/automix/group", "Y", "X"),
}


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("rate", RATES)
def test_who_is_alone_in_a_group_is_switched_without_a_bump(switch: str, rate: int) -> None:
    path, *settings = SWITCHES[switch]
    rig = console("1", rate=rate)
    rig.play(magnitudes([-20], rate // 2))
    for setting in settings:
        rig.set(path, setting)
        assert np.abs(decibels(frame_by_frame(rig, magnitudes([-20], rate // 4)))).max() < 0.001


@pytest.mark.parametrize("switch", SWITCHES)
def test_whoever_is_switched_is_never_louder_than_at_either_end(switch: str) -> None:
    path, *settings = SWITCHES[switch]
    levels = [-20.0, -26.0, -14.0, -30.0]
    rig = console("123", "4")
    rig.play(magnitudes(levels, RATE))
    for setting in settings:
        rig.set(path, setting)
        gain = frame_by_frame(rig, magnitudes(levels, RATE))
        loudest = np.maximum(gain[0], gain[-1])
        assert decibels(gain.max(0) / loudest).max() < 0.01


@pytest.mark.parametrize("rate", RATES)
def test_a_new_talker_is_nearly_full_after_120_ms_and_the_sum_stays(rate: int) -> None:
    frames = int(SETTLE_S * rate) // 64 * 64
    rig = console("12345678", rate=rate)
    faint = [-90.0] * 6
    rig.play(magnitudes([-20, -90, *faint], frames))
    gain = frame_by_frame(rig, magnitudes([-90, -20, *faint], frames))
    assert decibels(gain[round(0.12 * rate) :, 1]).min() > -0.5
    assert np.abs(10 * np.log10((gain**2).sum(1))).max() < DB


def test_sharing_does_not_depend_on_the_size_of_the_blocks() -> None:
    x = {channel: desk.noise(9600, seed=channel) for channel in range(1, 5)}
    wanted = console("12", "34").play(x, 64)
    for block in (1, 37, 1000):
        np.testing.assert_array_equal(console("12", "34").play(x, block), wanted)


# --- meter --------------------------------------------------------------------------------------------------


def test_the_meter_shows_the_gain_of_each_channel() -> None:
    rig = console("123", "45")
    levels = [-20.0, -26.0, -40.0, -10.0, -10.0]
    shared = gains(rig, levels)
    rig.meters()
    rig.play(speech(levels, seconds=0.2))
    rig.meters()
    rig.play(speech(levels, seconds=0.2))
    np.testing.assert_allclose(rig.meters()["automix"], [*shared, 1, 1, 1], atol=1e-4)


