"""The mix: sums of many signals, and where on the strip they are taken."""

import numpy as np
import pytest

from dsp.engine import layout
from oracles import processors
from rigs import harness

CHANNELS = range(1, 33)
BUSES = range(1, 17)
TAPS = {"IN/LC": layout.INPUT, "<-EQ": layout.PRE_EQ, "EQ->": layout.POST_EQ, "PRE": layout.PRE_FADER}


def before_fader(bus):
    """Place of a bus's sum, before its own fader."""
    return layout.place(layout.BUS, layout.PRE_FADER, bus - 1)


def rest_db(heard, expected):
    """Level of the difference, relative to what is expected."""
    expected = np.asarray(expected, np.float64)
    return float(processors.level_db(np.sqrt(np.mean((heard - expected) ** 2) / np.mean(expected**2))))


def test_a_send_at_0_db_passes_every_bit():
    mixer = harness.Mixer(taps=[before_fader(bus) for bus in BUSES])
    for bus in BUSES:
        mixer.set(f"/ch/{bus:02}/mix/{bus:02}/level", 0)
    # Sends after the fader need one at exactly 0 dB, which is between its steps.
    for bus in BUSES:
        mixer.set(f"/ch/{bus:02}/mix/{(bus - 1) // 2 * 2 + 1:02}/type", "PRE")
    x = harness.noise((harness.RATE // 4, 32))
    np.testing.assert_array_equal(mixer.run(x), x[:, :16])


def test_rows_that_are_half_empty_sum_to_the_same_bits():
    """Strips that feed half of the buses before their fader are summed by halves, unless one feeds all there."""
    x = harness.noise((harness.RATE // 20, 32))
    x[:, 31] = 0
    heard = []
    for spread in (False, True):
        mixer = harness.Mixer(taps=[before_fader(bus) for bus in BUSES])
        for channel in range(1, 32 + spread):
            for bus in BUSES:
                mixer.set(f"/ch/{channel:02}/mix/{bus:02}/level", -10)
        if spread:
            for bus in BUSES[::2]:
                mixer.set(f"/ch/32/mix/{bus:02}/type", "PRE")
        heard.append(mixer.run(x))
    assert np.abs(heard[0]).max() > 0.1
    np.testing.assert_array_equal(*heard)


@pytest.mark.parametrize("kind", TAPS)
def test_a_send_takes_the_signal_where_it_says(kind):
    mixer = harness.Mixer(taps=[before_fader(1), harness.place(1, TAPS[kind])])
    mixer.set_strip(
        mix_01_level=0, mix_01_type=kind, preamp_hpon=True, preamp_hpf=200, gate_on=True, gate_thr=-10,
        eq_1_g=12, dyn_on=True, dyn_thr=-30, dyn_pos="POST",
    )  # fmt: skip
    sent, tapped = mixer.run(harness.noise(harness.RATE // 4, -6)).T
    np.testing.assert_array_equal(sent, tapped)


def test_the_taps_of_a_strip_are_different_signals():
    mixer = harness.Mixer(taps=[harness.place(1, plane) for plane in TAPS.values()])
    mixer.set_strip(gate_on=True, gate_thr=-10, eq_1_g=12, dyn_on=True, dyn_thr=-30, dyn_pos="POST")
    heard = mixer.run(harness.noise(4800, -20)).T
    assert all((a != b).any() for i, a in enumerate(heard) for b in heard[:i])


def test_thirty_two_channels_add_up_to_the_float64_sum():
    mixer = harness.Mixer(taps=[before_fader(bus) for bus in BUSES])
    steps = np.random.default_rng(2).integers(60, 161, (32, 16))
    for channel in CHANNELS:
        for bus in BUSES:
            mixer.set_step(f"/ch/{channel:02}/mix/{bus:02}/level", int(steps[channel - 1, bus - 1]))
        for odd in BUSES[::2]:
            mixer.set(f"/ch/{channel:02}/mix/{odd:02}/type", "PRE")
    x = harness.noise((harness.RATE // 4, 32))
    gains = np.array([[processors.gain(processors.taper_db(step, 161)) for step in row] for row in steps])
    heard = mixer.run(x)
    assert max(rest_db(heard[:, bus], (x @ gains)[:, bus]) for bus in range(16)) < -135


def test_two_channels_of_opposite_polarity_leave_nothing_above_minus_140_dbfs():
    mixer = harness.Mixer(taps=["main", before_fader(1)])
    mixer.set("/main/st/mix/fader", 0)
    for channel in ("01", "02"):
        mixer.set(f"/ch/{channel}/mix/fader", -3)
        mixer.set(f"/ch/{channel}/mix/01/level", -7)
    mixer.set("/ch/02/preamp/invert", True)
    x = np.repeat(harness.noise((4800, 1)), 32, axis=1)
    # A fused product is rounded once less than its opposite.
    assert processors.level_db(np.abs(mixer.run(x)).max()) < -140


def test_a_sum_does_not_depend_on_which_channels_were_open_before():
    def one_channel(others):
        mixer = harness.Mixer(taps=["main"])
        for strip in ("main/st", "ch/05"):
            mixer.set(f"/{strip}/mix/fader", 0)
        for channel in others:
            mixer.set(f"/ch/{channel:02}/mix/fader", 0)
        mixer.run(harness.noise((640, 32)))
        for channel in others:
            mixer.set(f"/ch/{channel:02}/mix/fader", -np.inf)
        mixer.run(harness.noise((640, 32)))
        return mixer.run(harness.noise((640, 32)))

    np.testing.assert_array_equal(one_channel([]), one_channel([1, 4, 6, 31]))


@pytest.mark.parametrize(("before", "after"), [("IN/LC", "PRE"), ("PRE", "POST"), ("POST", "GRP"), ("EQ->", "<-EQ")])
def test_a_send_changes_its_tap_without_a_dip(before, after):
    mixer = harness.Mixer(inputs=1, taps=[before_fader(1)])
    mixer.set_strip(mix_01_level=0, mix_01_type=before)
    mixer.unity()
    mixer.set_strip(mix_fader=0)
    mixer.run(np.ones(640))
    mixer.set_strip(mix_01_type=after)
    near_0_db = processors.gain(processors.taper_db(767, 1024))
    assert mixer.run(np.ones(640)).min() > near_0_db - 1e-6


# --- the whole desk ---------------------------------------------------------------------------------------


def random_desk(seed):
    """A mixer with random levels everywhere, and the same in float64: gains of 32 inputs to L, R, M and 16 buses."""
    random = np.random.default_rng(seed)
    mixer = harness.Mixer(taps=["main", "main/m", *(f"bus/{bus:02}" for bus in BUSES)])
    mixer.mute_effects()

    def level(path, steps):
        step = int(random.integers(steps // 2, steps))
        mixer.set_step(path, step)
        return processors.gain(processors.taper_db(step, steps))

    def switch(path):
        on = bool(random.integers(10))
        mixer.set(path, on)
        return on

    def pan(path):
        step = int(random.integers(101))
        mixer.set_step(path, step)
        return np.array(processors.pan_gains(2 * step - 100))

    dca = [level(f"/dca/{dca}/fader", 1024) * switch(f"/dca/{dca}/on") for dca in range(1, 9)]
    muted = [not switch(f"/config/mute/{group}") for group in range(1, 7)]
    for group, on in enumerate(muted, 1):
        mixer.set(f"/config/mute/{group}", on)

    def strip(path):
        """Gain of a strip's mute and groups, and the same with its fader and DCAs."""
        dcas, groups = 1 << int(random.integers(8)), 1 << int(random.integers(6))
        mixer.set(f"{path}/grp/dca", dcas)
        mixer.set(f"{path}/grp/mute", groups)
        on = switch(f"{path}/mix/on") and not muted[groups.bit_length() - 1] and dca[dcas.bit_length() - 1] > 0
        return on, on * level(f"{path}/mix/fader", 1024) * dca[dcas.bit_length() - 1]

    def to_main(path, post):
        stereo = post * switch(f"{path}/mix/st") * pan(f"{path}/mix/pan")
        return [*stereo, post * switch(f"{path}/mix/mono") * level(f"{path}/mix/mlevel", 161)]

    linked = [switch(f"/config/buslink/{odd}-{odd + 1}") for odd in BUSES[::2]]
    gains = np.zeros((32, 19))
    for channel in CHANNELS:
        path = f"/ch/{channel:02}"
        on, post = strip(path)
        gains[channel - 1, :3] = to_main(path, post)
        for pair, odd in enumerate(BUSES[::2]):
            after = bool(random.integers(2))
            mixer.set(f"{path}/mix/{odd:02}/type", "POST" if after else "PRE")
            sends = [
                switch(f"{path}/mix/{bus:02}/on") * level(f"{path}/mix/{bus:02}/level", 161) for bus in (odd, odd + 1)
            ]
            place = pan(f"{path}/mix/{odd:02}/pan")
            sends = sends[0] * place if linked[pair] else np.array(sends)
            gains[channel - 1, 2 + odd : 4 + odd] = sends * (post if after else on)
    for bus in BUSES:
        path = f"/bus/{bus:02}"
        _, post = strip(path)
        gains[:, :3] += np.outer(gains[:, 2 + bus], to_main(path, post))
        gains[:, 2 + bus] *= post
    balance = np.minimum(pan("/main/st/mix/pan") * np.sqrt(2), 1)
    gains[:, :2] *= strip("/main/st")[1] * balance
    gains[:, 2] *= strip("/main/m")[1]
    return mixer, gains


@pytest.mark.parametrize("seed", range(4))
def test_a_whole_desk_is_the_float64_desk(seed):
    mixer, gains = random_desk(seed)
    x = harness.noise((4800, 32), -20)
    heard = mixer.run(x)
    expected = x.astype(np.float64) @ gains
    audible = np.flatnonzero(np.abs(gains).any(0))
    assert audible.size > 5
    assert max(rest_db(heard[:, output], expected[:, output]) for output in audible) < -120
    assert not np.delete(heard, audible, axis=1).any()
