"""Levels: what faders, pans, sends, mutes, DCAs and mute groups come to, in dB at the outputs."""

import numpy as np
import pytest

from dsp.design import levels, strips
from dsp.parameters.table import Values
from dsp.table import TABLE
from oracles import processors
from rigs import harness

SILENT = -np.inf
NEAR_0_DB = processors.taper_db(767, 1024)  # the step of a fader next to 0 dB
DB = 0.005  # what is allowed at a mark


def stage(**settings):
    """A mixer with faders next to 0 dB, channel 1 in all mixes; outputs L, R, M and the 16 buses."""
    mixer = harness.Mixer(inputs=2, taps=["main", "main/m", *(f"bus/{bus:02}" for bus in range(1, 17))])
    for strip in ("ch/01", "main/st", "main/m", *(f"bus/{bus:02}" for bus in range(1, 17))):
        mixer.set(f"/{strip}/mix/fader", 0)
    for bus in range(1, 17):
        mixer.set(f"/ch/01/mix/{bus:02}/level", 0)
    mixer.mute_effects()
    mixer.set_strip(**({"mix_mono": True, "mix_mlevel": 0} | settings))
    return mixer


def heard(mixer):
    """Gain of every output for direct current in input 1, once all has settled."""
    return mixer.run(np.ones(1280))[-1].astype(np.float64)


def heard_db(mixer):
    """The same as level in dB."""
    return processors.level_db(heard(mixer))


FADERS = ["ch/{ch}/mix/fader", "bus/{bus}/mix/fader", "dca/{dca}/fader", "main/st/mix/fader", "main/m/mix/fader"]


@pytest.mark.parametrize("path", FADERS)
def test_every_step_of_a_fader_has_its_level(path):
    row = TABLE.rows[path]
    expected = [processors.taper_db(step, 1024) for step in range(1024)]
    np.testing.assert_allclose(row.grid, expected, atol=1e-9)


def test_every_step_of_a_channel_fader_reaches_the_audio_thread():
    settings = Values(TABLE)
    row = TABLE.rows["ch/{ch}/mix/fader"]
    for first in range(0, 1024, row.size):
        steps = range(first, first + row.size)
        for leaf, step in enumerate(steps, row.offset):
            settings.set(leaf, step)
        fader = levels.faders(settings, strips.CHANNEL)
        expected = processors.gain([processors.taper_db(step, 1024) for step in steps])
        # A step is a whole number of billionths of a dB.
        np.testing.assert_allclose(fader, expected, rtol=1e-10)


@pytest.mark.parametrize("step", [1, 64, 256, 512, 767, 900, 1023])
def test_a_fader_has_its_level_in_the_sound(step):
    mixer = stage()
    mixer.set_step("/ch/01/mix/fader", step)
    # What is left besides is the main fader next to 0 dB and the pan in the middle.
    expected = processors.taper_db(step, 1024) + NEAR_0_DB + processors.level_db(0.5**0.5)
    assert heard_db(mixer)[0] == pytest.approx(expected, abs=DB)


@pytest.mark.parametrize("step", [1, 10, 40, 80, 120, 160])
def test_a_send_has_its_level_in_the_sound(step):
    mixer = stage()
    mixer.set_step("/ch/01/mix/05/level", step)
    assert heard_db(mixer)[3 + 4] == pytest.approx(processors.taper_db(step, 161) + NEAR_0_DB, abs=DB)


@pytest.mark.parametrize("pan", [-98, -50, -2, 0, 2, 50, 98])
def test_a_pan_keeps_the_power(pan):
    left, right = heard(stage(mix_pan=pan))[:2] / processors.gain(2 * NEAR_0_DB)
    assert left**2 + right**2 == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("pan", [-98, -50, -2, 0, 2, 50, 98])
def test_a_pan_has_its_place(pan):
    sides = heard_db(stage(mix_pan=pan))[:2] - 2 * NEAR_0_DB
    np.testing.assert_allclose(sides, processors.level_db(processors.pan_gains(pan)), atol=DB)


@pytest.mark.parametrize(("pan", "silent", "full"), [(-100, 1, 0), (100, 0, 1)])
def test_a_pan_at_its_end_is_exactly_on_one_side(pan, silent, full):
    left_and_right = heard(stage(mix_pan=pan))[:2]
    assert left_and_right[silent] == 0
    assert processors.level_db(left_and_right[full]) == pytest.approx(2 * NEAR_0_DB, abs=DB)


BALANCES = [(0, 0, 0), (-100, 0, SILENT), (100, SILENT, 0), (50, -5.33, 0)]


@pytest.mark.parametrize(("pan", "left_db", "right_db"), BALANCES)
def test_the_balance_of_the_mains_only_takes_away(pan, left_db, right_db):
    middle = heard_db(stage())[:2]
    mixer = stage()
    mixer.set("/main/st/mix/pan", pan)
    np.testing.assert_allclose(heard_db(mixer)[:2] - middle, [left_db, right_db], atol=DB)


# --- who takes the fader along, and who does not ----------------------------------------------------


@pytest.mark.parametrize("kind", ["IN/LC", "<-EQ", "EQ->", "PRE"])
def test_a_send_before_the_fader_ignores_it(kind):
    mixer = stage(mix_fader=-20, mix_05_type=kind)
    assert heard_db(mixer)[3 + 4] == pytest.approx(NEAR_0_DB, abs=DB)


def test_a_send_after_the_fader_follows_it():
    mixer = stage(mix_fader=-20, mix_05_type="POST")
    fader = processors.taper_db(384, 1024)
    assert heard_db(mixer)[3 + 4] == pytest.approx(fader + NEAR_0_DB, abs=DB)


def test_a_sub_group_takes_the_fader_and_leaves_the_send_level():
    mixer = stage(mix_fader=-20, mix_05_type="GRP", mix_05_level=-40)
    fader = processors.taper_db(384, 1024)
    assert heard_db(mixer)[3 + 4] == pytest.approx(fader + NEAR_0_DB, abs=DB)


def test_mono_has_a_level_of_its_own():
    mixer = stage(mix_mlevel=-12, mix_pan=-100)
    assert heard_db(mixer)[2] == pytest.approx(-12 + 2 * NEAR_0_DB, abs=DB)


@pytest.mark.parametrize(("switch", "silent"), [("mix_st", [0, 1]), ("mix_mono", [2]), ("mix_07_on", [9])])
def test_a_way_that_is_switched_off_is_silent_and_the_others_are_not(switch, silent):
    gains = heard(stage(**{switch: False}))
    assert np.flatnonzero(gains == 0).tolist() == silent


# --- mutes, DCAs ----------------------------------------------------------------------------------------


def muted_by_itself(mixer):
    mixer.set_strip(mix_on=False)


def muted_by_a_dca(mixer):
    mixer.set_strip(grp_dca=0b1000_0000)
    mixer.set("/dca/8/on", False)


def muted_by_a_group(mixer):
    mixer.set_strip(grp_mute=0b10_0000)
    mixer.set("/config/mute/6", True)


@pytest.mark.parametrize("mute", [muted_by_itself, muted_by_a_dca, muted_by_a_group])
@pytest.mark.parametrize("kind", ["IN/LC", "PRE", "POST", "GRP"])
def test_a_muted_channel_is_exactly_silent_in_every_mix_within_ten_milliseconds(mute, kind):
    mixer = stage(**{f"mix_{odd:02}_type": kind for odd in range(1, 17, 2)})
    mixer.run(harness.noise((640, 2)))
    mute(mixer)
    mixer.run(harness.noise((480, 2)))
    assert not mixer.run(harness.noise((640, 2))).any()


def test_dcas_add_their_decibels():
    mixer = stage(grp_dca=0b11)
    without = heard_db(mixer)[0]
    mixer.set_step("/dca/1/fader", 640)
    mixer.set_step("/dca/2/fader", 896)
    moved = processors.taper_db(640, 1024) + processors.taper_db(896, 1024) - 2 * NEAR_0_DB
    assert heard_db(mixer)[0] - without == pytest.approx(moved, abs=DB)


def test_a_dca_leaves_others_alone():
    mixer = stage(grp_dca=0b01)
    without = heard(mixer)
    mixer.set("/dca/2/fader", SILENT)
    mixer.set("/dca/3/on", False)
    np.testing.assert_array_equal(heard(mixer), without)


@pytest.mark.parametrize(("strip", "outputs"), [("main/st", [0, 1]), ("main/m", [2]), ("bus/04", [6])])
def test_buses_and_mains_obey_dcas_and_mute_groups(strip, outputs):
    for group, switch, off in (("dca", "/dca/3/on", False), ("mute", "/config/mute/3", True)):
        mixer = stage()
        mixer.set(f"/{strip}/grp/{group}", 0b100)
        mixer.set(switch, off)
        assert np.flatnonzero(heard(mixer) == 0).tolist() == outputs


# --- stereo buses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("pan", [-100, -40, 0, 60, 100])
def test_a_send_to_a_linked_pair_is_panned_with_the_odd_level(pan):
    mixer = stage(mix_05_pan=pan, mix_05_level=-6, mix_06_level=SILENT)
    mixer.set("/config/buslink/5-6", True)
    expected = processors.gain(-6 + NEAR_0_DB) * np.array(processors.pan_gains(pan))
    np.testing.assert_allclose(heard(mixer)[7:9], expected, atol=1e-6)


def test_a_send_that_follows_the_main_pan_is_placed_by_it():
    mixer = stage(mix_05_pan=100, mix_pan=-60, mix_05_panFollow=1)
    mixer.set("/config/buslink/5-6", True)
    expected = processors.gain(NEAR_0_DB) * np.array(processors.pan_gains(-60))
    np.testing.assert_allclose(heard(mixer)[7:9], expected, atol=1e-6)


def test_a_bus_goes_to_main_at_its_pan():
    mixer = stage(mix_st=False)
    mixer.set("/bus/09/mix/st", True)
    mixer.set("/bus/09/mix/pan", 30)
    # Send 9 is after the fader; then the bus fader and the main fader.
    expected = processors.gain(3 * NEAR_0_DB) * np.array(processors.pan_gains(30))
    np.testing.assert_allclose(heard(mixer)[:2], expected, atol=1e-6)


# --- matrices ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize(("left", "right", "expected"), [(1, 1, 1), (1, 0, 0.5), (0, 1, 0.5), (1, -1, 0)])
def test_stereo_main_in_a_mono_matrix_is_the_mean_of_both_sides(left, right, expected, rate):
    mixer = harness.Mixer(rate, inputs=2, taps=["mtx/01"])
    for strip, pan in (("ch/01", -100), ("ch/02", 100)):
        mixer.set(f"/{strip}/mix/fader", 0)
        mixer.set(f"/{strip}/mix/pan", pan)
    for strip in ("main/st", "mtx/01"):
        mixer.set(f"/{strip}/mix/fader", 0)
    mixer.set("/main/st/mix/01/level", 0)
    mixer.mute_effects()
    heard = mixer.run(np.tile((left, right), (2560, 1)))[-1, 0]
    assert heard == pytest.approx(expected, abs=1e-3)
