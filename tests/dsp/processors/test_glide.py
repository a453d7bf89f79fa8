"""Glides: how a number that is heard gets to its target."""

import numpy as np
import pytest

from dsp.engine import layout
from dsp.processors import glide
from oracles import processors
from rigs import harness

SILENT = -np.inf
POST_FADER = harness.place(1, layout.POST_FADER)


def channel(rate=harness.RATE):
    """A mixer whose one output is channel 1 after its fader; the fader is at exactly 0 dB."""
    mixer = harness.Mixer(rate, inputs=1, taps=[POST_FADER])
    mixer.unity()
    return mixer


def fader_to(mixer, gain):
    """Send a fader gain that need not be a step of the fader."""
    mixer.draft["fader"][0, 0, 0] = gain
    mixer.audio.control_publish(mixer.draft)


def gains(mixer, frames):
    """What the channel does to direct current."""
    return mixer.run(np.ones(frames))[:, 0].astype(np.float64)


@pytest.mark.parametrize("rate", harness.RATES)
def test_a_glide_lasts_whole_sub_blocks_of_eight_to_ten_milliseconds(rate):
    length = glide.length(rate)
    assert length % harness.SUB_BLOCK == 0
    assert 8 < length / rate * 1000 <= 10


@pytest.mark.parametrize("rate", harness.RATES)
def test_a_fader_moves_along_a_raised_cosine(rate):
    mixer = channel(rate)
    gains(mixer, 640)
    fader_to(mixer, 0.25)
    expected = processors.glide(1, 0.25, 2000, glide.length(rate))
    np.testing.assert_allclose(gains(mixer, 2000), expected, atol=2e-7)


@pytest.mark.parametrize("target", [0.0, 1 / 3, 0.7071067811865476, 3.1622776601683795])
def test_a_glide_ends_exactly_at_its_target(target):
    mixer = channel()
    gains(mixer, 640)
    fader_to(mixer, target)
    heard = gains(mixer, glide.length(harness.RATE) + 640)
    np.testing.assert_array_equal(heard[-640:], np.float32(target))


def test_a_closed_fader_is_exact_silence():
    mixer = channel()
    gains(mixer, 640)
    mixer.set("/ch/01/mix/fader", 0)
    mixer.run(harness.noise(640))
    mixer.set("/ch/01/mix/fader", SILENT)
    mixer.run(harness.noise(640))
    assert not mixer.run(harness.noise(640)).any()


@pytest.mark.parametrize(("start", "target"), [(1, 0), (0, 1), (0.3, 3), (1, -1), (3, 0.999)])
def test_a_value_on_its_way_is_never_outside_its_ends(start, target):
    mixer = channel()
    fader_to(mixer, start)
    gains(mixer, 640)
    fader_to(mixer, target)
    heard = gains(mixer, 640)
    dust = 1e-6
    assert min(start, target) - dust <= heard.min()
    assert heard.max() <= max(start, target) + dust


def test_a_glide_that_is_sent_elsewhere_goes_on_from_where_it_is():
    mixer = channel()
    gains(mixer, 640)
    fader_to(mixer, 0)
    heard = [gains(mixer, 192)]
    for target in (1, 0.2, 0.9, 0, 1):
        fader_to(mixer, target)
        heard.append(gains(mixer, 128))
    steepest = np.pi / 2 / glide.length(harness.RATE)
    assert np.abs(np.diff(np.concatenate(heard))).max() < steepest * 1.001


def test_targets_sent_while_a_sub_block_runs_wait_for_the_next():
    mixer = channel()
    gains(mixer, 1000)
    fader_to(mixer, 0)
    heard = gains(mixer, 100)
    assert (heard[:24] == 1).all()
    assert heard[24] < 1


def test_the_first_targets_hold_from_the_first_frame():
    mixer = channel()
    fader_to(mixer, 0.5)
    assert (gains(mixer, 64) == 0.5).all()


def test_a_stream_fades_in():
    mixer = harness.Mixer(inputs=1, taps=[POST_FADER], fade_in=True)
    mixer.unity()
    expected = processors.glide(0, 1, 1000, glide.length(harness.RATE))
    np.testing.assert_allclose(gains(mixer, 1000), expected, atol=2e-7)


# --- no click: a tone of 100 Hz at -20 dBFS, moved at its worst moment --------------------------------

MOVES = [
    ("ch/01/mix/on", True, False),
    ("ch/01/mix/fader", 0, SILENT),
    ("ch/01/mix/fader", 10, -30),
    ("ch/01/preamp/trim", 18, -18),
    ("ch/01/preamp/invert", False, True),
    ("ch/01/mix/pan", -100, 100),
    ("ch/01/mix/st", True, False),
    ("dca/1/on", True, False),
    ("dca/1/fader", 10, SILENT),
    ("config/mute/1", False, True),
    ("main/st/mix/on", True, False),
    ("main/st/mix/fader", 10, SILENT),
    ("main/st/mix/pan", -100, 100),
    ("ch/01/mix/01/on", True, False),
    ("ch/01/mix/01/level", 10, SILENT),
    ("ch/01/mix/01/pan", -100, 100),
    ("ch/01/mix/01/type", "IN/LC", "POST"),
    ("ch/01/mix/01/panFollow", 0, 1),
    ("config/buslink/1-2", False, True),
    ("bus/01/mix/on", True, False),
    ("bus/01/mix/fader", 0, SILENT),
    ("ch/01/mix/mono", True, False),
    ("ch/01/mix/mlevel", 10, SILENT),
    ("main/m/mix/on", True, False),
    ("ch/01/config/source", 1, 0),
]


def stage(rate):
    """Channel 1 open to main, mono and bus 1, in DCA 1 and mute group 1."""
    mixer = harness.Mixer(rate, taps=["main", "main/m", "bus/01", "bus/02"])
    for strip in ("ch/01", "main/st", "main/m", "bus/01", "bus/02"):
        mixer.set(f"/{strip}/mix/fader", 0)
    for bus in ("01", "02"):
        mixer.set(f"/ch/01/mix/{bus}/level", 0)
    mixer.set_strip(mix_mono=True, mix_mlevel=0, mix_pan=20, grp_dca=1, grp_mute=1)
    return mixer


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("back", [False, True], ids=["there", "back"])
@pytest.mark.parametrize(("path", "here", "there"), MOVES, ids=lambda value: str(value))
def test_no_move_of_a_level_clicks(path, here, there, back, rate):
    before, after = (there, here) if back else (here, there)
    mixer = stage(rate)
    mixer.set(f"/{path}", before)
    half = harness.SUB_BLOCK * 96
    tone = harness.sine(100, -20, 2 * half, rate, phase=0.25 - 100 * half / rate)
    heard = [mixer.run(tone[:half])]
    mixer.set(f"/{path}", after)
    heard = np.concatenate([*heard, mixer.run(tone[half:])])
    moved = [y for y in heard.T if y.any()]
    # The worst moment is the middle of the glide.
    centre = half + glide.length(rate) // 2
    assert max(harness.click_db(y, centre, rate) for y in moved) < -80


@pytest.mark.parametrize(("path", "here", "there"), MOVES, ids=lambda value: str(value))
def test_no_move_of_a_level_is_louder_than_the_louder_of_its_ends(path, here, there):
    for before, after in ((here, there), (there, here)):
        mixer = stage(harness.RATE)
        mixer.set(f"/{path}", before)
        ones = np.ones(640)
        at_first = np.abs(mixer.run(ones)[-1])
        mixer.set(f"/{path}", after)
        on_the_way = np.abs(mixer.run(ones)).max(0)
        at_last = np.abs(mixer.run(ones)[-1])
        assert (on_the_way <= np.maximum(at_first, at_last) * (1 + 1e-6)).all()
