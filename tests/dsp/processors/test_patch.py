"""Patching: which signal goes where, how a change sounds, and the guard at the door."""

import numpy as np
import pytest

from dsp.engine import layout
from oracles import processors
from rigs import harness

GLIDE = 448  # frames of a cross-fade at 48 kHz


def strips(inputs=32):
    """A mixer that hears all channels before their faders."""
    return harness.Mixer(inputs=inputs, taps=[harness.place(channel, layout.PRE_FADER) for channel in range(1, 33)])


def test_channels_take_the_inputs_in_their_order():
    x = harness.noise((640, 32))
    np.testing.assert_array_equal(strips().run(x), x)


@pytest.mark.parametrize("source", [1, 2, 17, 32])
def test_a_channel_can_take_any_input(source):
    mixer = strips()
    mixer.set_strip(config_source=source)
    x = harness.noise((640, 32))
    np.testing.assert_array_equal(mixer.run(x)[:, 0], x[:, source - 1])


@pytest.mark.parametrize(("source", "device_input"), [(33, 33), (38, 38), (39, 39), (40, 40)])
def test_aux_and_usb_are_the_device_inputs_after_the_thirty_second(source, device_input):
    mixer = strips(inputs=40)
    mixer.set_strip(config_source=source)
    x = harness.noise((640, 40))
    np.testing.assert_array_equal(mixer.run(x)[:, 0], x[:, device_input - 1])


@pytest.mark.parametrize("source", [0, 5, 41, 48])
def test_a_source_that_has_no_signal_is_silence(source):
    # Input 5 is missing on a device of four inputs; effects have no sound of their own yet.
    mixer = strips(inputs=4)
    mixer.set_strip(config_source=source)
    assert not mixer.run(harness.noise((640, 4)))[:, 0].any()


@pytest.mark.parametrize("bus", [1, 16])
def test_a_bus_comes_back_one_sub_block_later(bus):
    mixer = strips()
    mixer.unity()
    mixer.set_strip(config_source=48 + bus)
    mixer.set(f"/ch/02/mix/{bus:02}/level", 0)
    mixer.set(f"/ch/02/mix/{(bus - 1) // 2 * 2 + 1:02}/type", "PRE")
    mixer.unity()
    x = harness.noise((640, 32))
    heard = mixer.run(x)[:, 0]
    np.testing.assert_array_equal(heard[harness.SUB_BLOCK :], x[: -harness.SUB_BLOCK, 1])


def test_a_loop_through_a_bus_stays_finite():
    mixer = strips()
    mixer.set_strip(config_source=49, mix_01_level=10, mix_fader=10)
    mixer.set("/bus/01/mix/fader", 10)
    mixer.set("/ch/02/mix/01/level", 10)
    for _ in range(20):
        heard = mixer.run(harness.noise((harness.RATE, 32)))
    assert np.isfinite(heard).all()


def test_a_new_source_is_faded_to():
    mixer = strips()
    x = np.zeros((1280, 32))
    x[:, 0], x[:, 1] = 1, -0.5
    mixer.run(x)
    mixer.set_strip(config_source=2)
    np.testing.assert_allclose(mixer.run(x)[:, 0], processors.glide(1, -0.5, 1280, GLIDE), atol=2e-7)


def test_the_newest_of_many_sources_is_heard_in_the_end():
    mixer = strips()
    x = harness.noise((96, 32))
    for source in range(1, 33):
        mixer.set_strip(config_source=source)
        mixer.run(x)
    mixer.run(harness.noise((2 * GLIDE, 32)))
    np.testing.assert_array_equal(mixer.run(x)[:, 0], x[:, 31])


@pytest.mark.parametrize("outputs", [1, 2, 15, 16, 17, 33, 64])
def test_every_output_of_a_device_is_written(outputs):
    places = [harness.place(n % 32 + 1, layout.PRE_FADER) for n in range(outputs)]
    mixer = harness.Mixer(taps=places)
    x = harness.noise((200, 32))
    np.testing.assert_array_equal(mixer.run(x, [64, 7, 33]), x[:, [n % 32 for n in range(outputs)]])


@pytest.mark.parametrize("inputs", [1, 2, 15, 16, 17, 33, 64])
def test_every_number_of_inputs_is_read(inputs):
    mixer = strips(inputs)
    x = harness.noise((200, inputs))
    expected = np.zeros((200, 32), np.float32)
    expected[:, : min(inputs, 32)] = x[:, :32]
    np.testing.assert_array_equal(mixer.run(x, [64, 7, 33]), expected)


def test_an_output_with_nothing_patched_is_silent():
    mixer = harness.Mixer(taps=["off", "ch/01"])
    mixer.unity()
    assert not mixer.run(harness.noise((640, 32)))[:, 0].any()


def test_outputs_that_are_closed_fade_to_exact_silence():
    mixer = harness.Mixer(taps=["ch/01"])
    mixer.unity()
    mixer.run(harness.noise((640, 32)))
    mixer.console.open_outputs(False)
    mixer.run(harness.noise((GLIDE, 32)))
    assert not mixer.run(harness.noise((640, 32))).any()


# --- the guard ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -1e30, 3e38, 1e4])
def test_what_is_not_a_sane_number_is_silence(value):
    x = harness.noise((640, 32))
    expected = x.copy()
    x[100:300, 3] = value
    x[123, 20] = value
    expected[100:300, 3] = expected[123, 20] = 0
    np.testing.assert_array_equal(strips().run(x), expected)


@pytest.mark.parametrize("value", [9999, -9999, 1.5, 1e-30])
def test_what_is_only_loud_or_soft_passes(value):
    x = np.full((640, 32), value, np.float32)
    np.testing.assert_array_equal(strips().run(x), x)


def test_a_broken_input_reaches_no_other_channel_and_is_well_again_at_once():
    def heard(broken):
        mixer = harness.Mixer(taps=[*(f"ch/{channel:02}" for channel in range(1, 33)), "main", "bus/01"])
        for channel in range(1, 33):
            for leaf, value in (("gate/on", True), ("dyn/on", True), ("eq/1/g", 6), ("preamp/hpon", True)):
                mixer.set(f"/ch/{channel:02}/{leaf}", value)
        mixer.unity()
        x = harness.noise((4800, 32), -20)
        if broken:
            x[1000:1100, 7] = np.resize([np.nan, np.inf, 1e30, -np.inf], 100)
        return mixer.run(x)

    well, broken = heard(broken=False), heard(broken=True)
    assert np.isfinite(broken).all()
    np.testing.assert_array_equal(np.delete(broken[:, :32], 7, axis=1), np.delete(well[:, :32], 7, axis=1))
    # It is an ordinary signal with a hole in it: what the filters rang is gone soon after.
    assert np.abs(broken[4000:, 7] - well[4000:, 7]).max() < 1e-3


def sixteen(mixer, source):
    """Patch channels 1 to 16 to one source."""
    for channel in range(1, 17):
        mixer.set(f"/ch/{channel:02}/config/source", source)


def test_a_resonance_rings_on_when_all_sources_are_gone():
    mixer = strips()
    mixer.set_strip(eq_1_f=40, eq_1_g=15, eq_1_q=10)
    mixer.run(harness.noise((harness.RATE, 32)))
    sixteen(mixer, 0)
    heard = mixer.run(np.zeros((4096, 32)))[:, 0]
    assert harness.click_db(heard, 2048) < -80


def test_nothing_of_long_ago_is_heard_when_sources_come_back():
    mixer = strips()
    mixer.set_strip(eq_1_f=40, eq_1_g=15, eq_1_q=10)
    mixer.run(harness.noise((harness.RATE, 32)))
    sixteen(mixer, 0)
    mixer.rest(10 * harness.RATE)
    sixteen(mixer, 1)
    assert np.abs(mixer.run(np.zeros((harness.RATE, 32)))).max() < 1e-10
