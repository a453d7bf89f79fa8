"""The rack: what goes into a slot comes back through its effect, and changing anything does not click."""

import numpy as np
import pytest

from dsp.effects import rack
from rigs import desk, effect

ROUND_TRIP = 64
"""Frames after which a slot answers: one sub-block."""
CLICK_DB = -80.0


def above_1500_hz(x: np.ndarray) -> float:
    """Level of what lies above 1.5 kHz at its loudest, in dBFS, over windows of 5 ms."""
    spectrum = np.fft.rfft(x)
    spectrum[: int(1500 * len(x) / effect.RATE)] = 0
    rest = np.fft.irfft(spectrum, len(x))[480:-480]
    windows = rest[: len(rest) // 240 * 240].reshape(-1, 240)
    return float(10 * np.log10((windows**2).mean(1).max() + 1e-30))


def fed(**more: desk.Setting) -> desk.Rig:
    """A desk on which channel 1 feeds slot 1 through bus 13, and its returns are heard."""
    rig = desk.Rig(["fxrtn/01", "fxrtn/02"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/ch/01/mix/13/level": 0.0, "/bus/13/mix/fader": 0.0})
    rig.set_many({"/ch/01/mix/13/type": "PRE", "/fxrtn/01/mix/fader": 0.0, "/fxrtn/02/mix/fader": 0.0})
    return rig


def echo_at(rig: desk.Rig, ms: float) -> None:
    """Make slot 1 a single echo without filters."""
    rig.set_many({"/fx/1/par/01": 100.0, "/fx/1/par/02": ms, "/fx/1/par/03": "ST", "/fx/1/par/06": 0.0})
    rig.set_many({"/fx/1/par/10": 0.0, "/fx/1/par/11": 0.0})


def test_a_bus_feeds_a_slot_which_answers_one_sub_block_later():
    rig = fed()
    echo_at(rig, 100.0)
    rig.play(9600)
    heard = rig.play({1: effect.impulse(9600)})[:, 0]
    assert np.argmax(np.abs(heard)) == 4800 + ROUND_TRIP
    assert np.flatnonzero(np.abs(heard) > 1e-4).tolist() == [4800 + ROUND_TRIP]


def test_an_insert_goes_out_to_its_slot_and_comes_back():
    rig = desk.Rig(["ch/01"])
    rig.set_many({"/fx/1/source/l": 0, "/fx/1/source/r": 0, "/ch/01/mix/fader": 0.0})
    echo_at(rig, 50.0)
    rig.set_many({"/ch/01/insert/sel": "FX1L", "/ch/01/insert/on": 1, "/ch/01/insert/pos": "PRE"})
    rig.play(9600)
    heard = rig.play({1: effect.impulse(9600)})[:, 0]
    assert np.flatnonzero(np.abs(heard) > 1e-4).tolist() == [2400 + ROUND_TRIP]


def test_a_slot_that_a_bus_feeds_is_no_insert():
    rig = desk.Rig(["ch/01"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/ch/01/insert/sel": "FX1L", "/ch/01/insert/on": 1})
    heard = rig.play({1: effect.impulse(960)})[:, 0]
    assert np.argmax(np.abs(heard)) == 0


@pytest.mark.parametrize("block", [1, 7, 64, 333, 1024])
def test_blocks_of_any_size_give_the_same(block: int):
    made = [fed(), fed()]
    for rig in made:
        rig.set_many({"/fx/1/type": "HALL"})
    x = {1: desk.noise(9600)}
    assert np.array_equal(made[0].play(x, 64), made[1].play(x, block))


def test_another_type_fades_in_and_remembers_nothing():
    made = effect.Effect("DLY", Mix=100.0, Mode="ST", Time=20.0, Offset=0.0, FeedL=0.0, FeedR=0.0)
    tone = 0.1 * np.sin(2 * np.pi * 100 * np.arange(9600) / effect.RATE)
    before = made.play(tone)[:, 0]
    made.choose("HALL")
    made.set("Level", -12.0)
    heard = np.concatenate((before, made.play(tone)[:, 0], made.play(np.zeros(9600))[:, 0]))
    assert above_1500_hz(heard[4800:24_000]) < CLICK_DB
    made.choose("DLY")
    made.play(np.zeros(1920))
    assert not made.play(np.zeros(96_000)).any(), "what sounded before must not come back"


def test_a_slot_that_is_fed_with_what_it_gives_back_stays_bounded():
    rig = fed()
    echo_at(rig, 10.0)
    rig.set_many({"/fxrtn/01/mix/13/level": 10.0, "/fxrtn/01/mix/13/type": "PRE", "/fxrtn/01/mix/fader": 10.0})
    rig.play({1: desk.noise(4800, rms=1.0)})
    heard = rig.play(48_000)
    assert np.isfinite(heard).all()
    assert 1.0 < np.abs(heard).max() < 10 ** (60 / 20)


def test_what_is_no_number_does_not_get_into_an_effect():
    made = effect.Effect("HALL")
    x = np.zeros(4800, np.float32)
    x[100:200] = np.nan
    x[300] = np.inf
    assert np.isfinite(made.play(x)).all()
    assert np.isfinite(made.play(np.zeros(48_000))).all()


def test_a_tail_rings_on_through_a_recall_bit_for_bit():
    heard = []
    for recalled in (False, True):
        rig = fed()
        rig.set_many({"/fx/1/type": "HALL"})
        rig.play({1: desk.noise(48_000)})
        if recalled:
            rig.set("/ch/05/mix/fader", -20.0)
            rig.console.change_at_once()
        heard.append(rig.play(48_000))
    assert np.abs(heard[0]).max() > 1e-3
    assert np.array_equal(*heard)


def test_after_silence_comes_exact_silence():
    made = effect.Effect("HALL", Decay=0.2)
    made.play(effect.pink(48_000))
    made.play(np.zeros(48_000 * 4))
    assert not made.play(np.zeros(4800)).any()


@pytest.mark.parametrize("kind", ["PLAT", "LEC"])
def test_a_slot_that_is_passed_over_while_it_sleeps_wakes_as_one_that_is_not(kind: str):
    heard = []
    # What is no number is silence, too, but has to be looked at frame by frame.
    for nothing in (0.0, np.nan):
        slot, noise = effect.Effect(kind), desk.noise(effect.RATE // 2)
        silence = np.full(int((rack.ASLEEP_S + 1) * effect.RATE), nothing)
        parts = [slot.play(noise), slot.play(silence), slot.play(silence), slot.play(noise), slot.meters()]
        assert not parts[2].any()
        heard.append(parts)
    for one, other in zip(*heard, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("kind", ["HALL", "CRS", "LIM", "GEQ"])
def test_a_new_effect_sleeps_until_it_is_sent_anything_and_then_does_what_it_would_at_once(kind: str):
    heard = []
    for wait in (0, effect.RATE):
        made = effect.Effect(kind)
        assert not made.play(np.zeros(wait)).any()
        heard.append(made.play(desk.noise(9600)))
    assert np.array_equal(*heard)


def test_what_comes_to_another_type_after_silence_does_not_fade_in():
    made = effect.Effect("HALL")
    made.play(np.zeros(640))
    made.choose("DLY")
    for knob, value in {"Mix": 100.0, "Mode": "ST", "Time": 20.0, "Offset": 0.0, "FeedL": 0.0, "FeedR": 0.0}.items():
        made.set(knob, value)
    made.play(np.zeros(9600))
    assert np.abs(made.play(effect.impulse(4800))).max() > 0.9
