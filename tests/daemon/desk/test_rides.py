"""How long a parameter glides is learnt from the moves before."""

import pytest

from daemon.desk.rides import Rides
from dsp.processors import glide
from dsp.table import TABLE
from rigs import harness

RATE = 48_000
MS = RATE // 1000
FADER, EQ, MUTE, COLOUR = (
    TABLE.leaves[path] for path in ("/ch/01/mix/fader", "/ch/01/eq/2/g", "/ch/01/mix/on", "/ch/01/config/color")
)
HALF = 512


def learnt(leaf, *moments_ms, stored=HALF):
    """Pace of the last of several moves, in milliseconds."""
    rides = Rides(RATE)
    for moment in moments_ms:
        pace = rides.learn(leaf, stored, int(moment * MS))
    return pace * glide.SUB_BLOCK / MS


@pytest.mark.parametrize("leaf", [FADER, EQ])
def test_the_first_move_moves_by_itself(leaf):
    assert learnt(leaf, 0) == 0


@pytest.mark.parametrize("apart_ms", [15, 33, 50])
def test_the_second_takes_as_long_as_they_are_apart(apart_ms):
    assert learnt(FADER, 0, apart_ms) == pytest.approx(apart_ms + 2, abs=1.4)


@pytest.mark.parametrize(("apart_ms", "expected_ms"), [(5, 30), (8, 48), (10, 60), (33, 60), (50, 60)])
def test_from_then_on_a_ride_takes_longer_but_no_more_than_sixty_milliseconds(apart_ms, expected_ms):
    assert learnt(FADER, *(apart_ms * i for i in range(6))) == pytest.approx(expected_ms, abs=1.4)


def test_moves_further_apart_than_sixty_milliseconds_are_moves_of_their_own():
    assert learnt(FADER, 0, 20, 40, 101) == 0
    assert learnt(FADER, 0, 61, 122) == 0


def test_a_ride_that_falters_takes_the_longest_of_the_last_gaps():
    assert learnt(FADER, 0, 4, 8, 12, 20) == pytest.approx(48, abs=1.4)


@pytest.mark.parametrize("leaf", [MUTE, COLOUR])
def test_what_switches_never_rides(leaf):
    assert learnt(leaf, 0, 10, 20, 30, stored=1) == 0


def test_a_fader_that_is_closed_does_not_ride():
    assert learnt(FADER, 0, 10, 20, 30, stored=0) == 0


def test_a_stream_that_begins_anew_is_no_ride():
    rides = Rides(RATE)
    rides.learn(FADER, HALF, 10_000)
    assert rides.learn(FADER, HALF, 64) == 0


def test_a_fader_that_somebody_else_takes_over_does_not_ride():
    rides, fade, hand = Rides(RATE), object(), object()
    for moment in range(0, 100, 20):
        assert (rides.learn(FADER, HALF, moment * MS, fade) > 0) == (moment > 0)
    assert rides.learn(FADER, HALF, 100 * MS, hand) == 0
    assert rides.learn(FADER, HALF, 120 * MS, hand) > 0


def test_outputs_close_while_a_fader_is_dragged():
    """The console is stopped, or its device goes, within a moment after a ride."""
    mixer = harness.Mixer()
    mixer.set("/main/st/mix/fader", 0.0)
    tone = harness.sine(1000, -6, 20 * MS)
    for step in range(4):
        mixer.console.set(FADER, HALF + step)
        assert mixer.run(tone).any()
    mixer.console.open_outputs(False)
    mixer.run(tone)
    assert not mixer.run(tone).any()
