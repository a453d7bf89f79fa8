"""Rides: what is moved in many messages is heard as one way, without steps."""

import numpy as np
import pytest

from dsp.engine import layout
from dsp.processors import glide
from dsp.table import TABLE
from oracles import rides
from rigs import harness
from rigs.desk import Rig, level_db, tone

RATES = (44_100, 48_000, 96_000)
APART_MS = (10, 33, 50)
LEARNT = 8
"""Messages after which a ride has found its pace, and what came before it is over."""
OPEN = {"/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0, "/bus/01/mix/fader": 0.0, "/ch/01/mix/01/level": 0.0}


def ridden(path, way, apart_ms, rate=48_000, out="main", **settings):
    """What is heard of a tone of 1 kHz while a message every so often moves a parameter along a way, for a second."""
    rig = Rig([out], rate)
    rig.set_many(OPEN | {f"/{leaf.replace('__', '/')}": value for leaf, value in settings.items()})
    apart = rate * apart_ms // 1000
    values = way(1000 // apart_ms)
    x = tone(1000, apart * (len(values) + 10), 0.5, rate)
    at, heard = 10 * apart, []
    rig.play({1: x[:at]})
    for value in values:
        rig.set(path, float(value))
        heard.append(rig.play({1: x[at : at + apart]})[:, 0])
        at += apart
    return rides.sidebands_db(np.concatenate(heard[LEARNT:]), 1000, rate)


def even(first, last):
    """A way in even steps."""
    return lambda count: np.linspace(first, last, count)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("apart_ms", APART_MS)
def test_a_fader_ridden_over_forty_decibels_in_a_second_makes_no_steps(apart_ms, rate):
    assert ridden("/ch/01/mix/fader", even(0, -40), apart_ms, rate) < -70


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("apart_ms", APART_MS)
def test_a_gain_ridden_over_six_decibels_in_a_second_is_a_hundred_decibels_clean(apart_ms, rate):
    """Gains between the steps of a fader, which itself is a hundredth of a decibel coarse."""
    mixer = harness.Mixer(rate, inputs=1, taps=[harness.place(1, layout.POST_FADER)])
    mixer.unity()
    apart = rate * apart_ms // 1000
    x = harness.sine(1000, -6, 2 * rate, rate)
    pace = max(min(6 * apart, rate * 60 // 1000), apart + 64)
    at, heard = 0, []
    for gain_db in np.linspace(0, -6, 1000 // apart_ms):
        mixer.draft["fader"][0, 0, 0] = 10 ** (gain_db / 20)
        mixer.draft["pace"]["fader"][0, 0] = -(-pace // glide.SUB_BLOCK)
        mixer.audio.control_publish(mixer.draft)
        heard.append(mixer.run(x[at : at + apart])[:, 0])
        at += apart
    assert rides.sidebands_db(np.concatenate(heard[LEARNT:]), 1000, rate) < -100


@pytest.mark.parametrize(("apart_ms", "rate"), [(10, 48_000), (33, 44_100), (50, 96_000)])
@pytest.mark.parametrize(
    ("path", "way", "out", "settings"),
    [
        ("/ch/01/mix/01/level", even(0, -40), "bus/01", {}),
        ("/ch/01/mix/pan", even(-80, 80), "main", {}),
        ("/ch/01/preamp/trim", even(0, -18), "main", {}),
        ("/dca/1/fader", even(0, -40), "main", {"ch__01__grp__dca": 1}),
        ("/ch/01/eq/2/g", even(-12, 12), "main", {"ch__01__eq__on": 1, "ch__01__eq__2__f": 1000.0}),
        ("/ch/01/eq/2/f", lambda count: np.geomspace(300, 3000, count), "main",
         {"ch__01__eq__on": 1, "ch__01__eq__2__g": 6.0}),
        ("/ch/01/preamp/hpf", lambda count: np.geomspace(100, 400, count), "main", {"ch__01__preamp__hpon": 1}),
    ],
    ids=["send", "pan", "trim", "DCA", "gain of a bell", "frequency of a bell", "low cut"],
)  # fmt: skip
def test_whatever_is_ridden_makes_no_steps(path, way, out, settings, apart_ms, rate):
    assert ridden(path, way, apart_ms, rate, out, **settings) < -70


# --- what does not ride -------------------------------------------------------------------------------


def riding(rig, frames=4096, **moves):
    """Ride the fader of channel 2 with a message every 1,600 frames; `moves` of channel 1 happen at their frame."""
    rig.set_many({"/ch/01/mix/fader": 0.0, "/ch/02/mix/fader": 0.0, "/main/st/mix/fader": 0.0})
    rig.play(9600)
    x = {1: np.ones(64), 2: np.zeros(64)}
    heard = []
    for at in range(0, frames, 64):
        if at % 1600 == 0:
            rig.set("/ch/02/mix/fader", -1.0 - at / 1600)
        for path, (when, value) in moves.items():
            if when == at:
                rig.set("/ch/01/" + path.replace("__", "/"), value)
        heard.append(rig.play(x)[:, 0])
    return np.concatenate(heard).astype(np.float64)


@pytest.mark.parametrize(("path", "value"), [("mix__on", 0), ("mix__fader", -90.0), ("mix__st", 0)])
def test_a_mute_lasts_ten_milliseconds_also_beside_a_ride(path, value):
    heard = riding(Rig(["ch/01" if path != "mix__st" else "main"]), **{path: (2048, value)})
    assert heard[2047] == heard[0] != 0
    assert heard[2048 + glide.length(48_000) :] == pytest.approx(0, abs=1e-5)


def test_a_single_move_glides_as_it_does_where_nothing_rides():
    moved = riding(Rig(["ch/01"]), mix__fader=(2048, -6.0))
    still = Rig(["ch/01"])
    still.set_many({"/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0})
    still.play(9600 + 2048)
    still.set("/ch/01/mix/fader", -6.0)
    np.testing.assert_array_equal(moved[2048:], still.play({1: np.ones(2048)})[:, 0])


def test_a_fader_that_is_ridden_and_then_closed_is_silent_within_ten_milliseconds():
    rig = Rig(["ch/01"])
    rig.set("/ch/01/mix/fader", 0.0)
    for step_db in range(10):
        rig.set("/ch/01/mix/fader", -float(step_db))
        rig.play({1: np.ones(960)})
    rig.set("/ch/01/mix/fader", 0)
    assert not rig.play({1: np.ones(960)})[glide.length(48_000) :].any()


@pytest.mark.parametrize(("path", "value", "expected_db"), [
    ("/ch/01/mix/fader", -12.5, -12.5), ("/ch/01/eq/2/g", 7.5, 7.5),
])  # fmt: skip
def test_a_ride_ends_where_its_last_move_led(path, value, expected_db):
    settings = {"/ch/01/mix/fader": 0.0, "/ch/01/eq/on": 1, "/ch/01/eq/2/f": 1000.0, "/ch/01/eq/2/g": 0.0}
    there, gone = Rig(["ch/01"]), Rig(["ch/01"])
    for rig in (there, gone):
        rig.set_many(settings)
        rig.play(9600)
    there.set(path, value)
    for share in np.linspace(0, 1, 12):
        gone.set(path, share * value)
        gone.play(960)
    for rig in (there, gone):
        rig.play(9600)
    x = {1: tone(1000, 9600)}
    one, other = there.play(x)[:, 0], gone.play(x)[:, 0]
    np.testing.assert_array_equal(one, other)
    assert level_db(one) == pytest.approx(-20 + expected_db, abs=0.05)


# --- nothing disturbs a ride --------------------------------------------------------------------------


def played(moves, out, block=64, frames=19_200, paces=None):
    """Set leaves at their frames, and play; also a log of what was set, with its pace."""
    rig = Rig(out)
    rig.set_many({
        "/main/st/mix/fader": 0.0, "/ch/01/eq/on": 1, "/ch/02/eq/on": 1, "/ch/01/mix/fader": 0.0,
        "/ch/02/mix/fader": 0.0, "/bus/01/mix/fader": 0.0, "/ch/01/mix/01/level": 0.0, "/ch/01/eq/2/g": 3.0,
    })  # fmt: skip
    x = np.random.default_rng(3).standard_normal((frames, 2)) * 0.1
    rig.play(9600)
    log, heard, at = [], [], 0
    for number, (when, path, value) in enumerate(sorted(moves)):
        heard.append(rig.play({1: x[at:when, 0], 2: x[at:when, 1]}, block)) if when > at else None
        at = when
        leaf = TABLE.leaves[path]
        stored = rig.console.values.param(leaf).nearest(value) if isinstance(value, float) else value
        rig.console.set(leaf, stored, None, None if paces is None else paces[number])
        log.append(rig.console.pace_of(leaf))
    heard.append(rig.play({1: x[at:, 0], 2: x[at:, 1]}, block))
    return np.concatenate(heard), log


HAND = [(480 * i, "/ch/01/mix/fader", -0.5 * i) for i in range(30)]
OTHER_HAND = [(1600 * i + 77, "/ch/02/mix/fader", -2.0 * i) for i in range(9)]
THIRD_HAND = [(960 * i + 500, "/ch/01/eq/2/g", 3.0 + 0.5 * i) for i in range(14)]
SWITCHES = [(5000, "/ch/02/mix/on", 0), (9000, "/ch/02/mix/on", 1), (9100, "/ch/02/eq/1/g", 6.0)]


def test_sixteen_lanes_ride_each_by_itself():
    together, _ = played(HAND + OTHER_HAND, ["ch/01", "ch/02"])
    alone, _ = played(HAND, ["ch/01"])
    other, _ = played(OTHER_HAND, ["ch/02"])
    np.testing.assert_array_equal(together[:, 0], alone[:, 0])
    np.testing.assert_array_equal(together[:, 1], other[:, 0])


def test_filters_of_sixteen_lanes_ride_each_by_itself():
    bells = [(1440 * i + 1700, "/ch/02/eq/2/f", 400.0 * 1.1**i) for i in range(11)]
    together, _ = played([*THIRD_HAND, *bells, (7000, "/ch/02/eq/2/q", 0.5)], ["ch/01", "ch/02"])
    alone, _ = played(THIRD_HAND, ["ch/01"])
    np.testing.assert_array_equal(together[:, 0], alone[:, 0])


@pytest.mark.parametrize("block", [1, 48, 1000])
def test_a_ride_does_not_depend_on_the_size_of_the_blocks(block):
    moves = [*HAND, *THIRD_HAND, *SWITCHES]
    out = ["main", "ch/01"]
    np.testing.assert_array_equal(played(moves, out, block, 4800)[0], played(moves, out, 64, 4800)[0])


def test_a_log_of_moves_with_their_paces_replays_bit_for_bit():
    moves = sorted([*HAND, *OTHER_HAND, *THIRD_HAND, *SWITCHES])
    out = ["main", "bus/01"]
    heard, paces = played(moves, out)
    assert {0} < set(paces)
    # Nothing is learnt anew: every move comes with what the log tells, however often it is set.
    again, _ = played(moves, out, paces=paces)
    np.testing.assert_array_equal(heard, again)
    assert np.any(heard != played(moves, out, paces=[0] * len(paces))[0])
