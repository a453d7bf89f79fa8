"""The output patch: every source reaches every output at every tap, and nothing else is found there."""

import numpy as np
import pytest

from rigs import desk
from rigs.patched import OUTPUTS, PATCHED, Labelled
from rigs.tones import SETTLING, TAGGED, check

# --- the output patch ------------------------------------------------------------------------------


@pytest.mark.parametrize(("dynamics", "on"), [("PRE", 1), ("POST", 1), ("POST", 0)])
def test_every_source_reaches_every_output_at_every_tap(dynamics: str, on: int) -> None:
    desk = Labelled(dynamics, on)
    desk.settle()
    # Every run, each output has another source and another tap: all of them meet within 77 runs of a few taps.
    for round_ in range(0, 77, 3):
        expected = np.zeros((64, len(PATCHED)))
        for output, path in enumerate(PATCHED):
            number, position = (round_ + 5 * output) % 77, (round_ + 2 * output) % 9
            number = 0 if number in (74, 75) else number
            desk.rig.set(f"{path}/src", number)
            desk.rig.set(f"{path}/pos", position)
            expected[:, output] = desk.source(number, position)
        check(desk.rig, expected)


@pytest.mark.parametrize("position", range(9))
def test_every_source_reaches_an_output(position: int) -> None:
    desk = Labelled("PRE")
    desk.settle()
    numbers = [number for number in range(77) if number not in (74, 75)]
    for first in range(0, len(numbers), len(PATCHED)):
        expected = np.zeros((64, len(PATCHED)))
        for output, path in enumerate(PATCHED):
            number = numbers[(first + output) % len(numbers)]
            desk.rig.set(f"{path}/src", number)
            desk.rig.set(f"{path}/pos", position)
            expected[:, output] = desk.source(number, position)
        check(desk.rig, expected)


def test_the_monitor_reaches_an_output() -> None:
    rig = desk.Rig(OUTPUTS)
    rig.set_many({"/-stat/solosw/03": 1, "/outputs/main/01/src": 74, "/outputs/p16/16/src": 75})
    rig.set_many({f"{path}/src": 0 for path in PATCHED[1:-1]})
    expected = np.zeros((64, len(PATCHED)))
    expected[2, [0, -1]] = 1
    check(rig, expected)


def test_an_inverted_output_cancels_its_twin() -> None:
    rig = desk.Rig(OUTPUTS)
    for path in (path for path in PATCHED if "/rec/" not in path):
        rig.set_many({f"{path}/src": 26, f"{path}/pos": 0, f"{path}/invert": 1})
    heard = rig.play(TAGGED)
    inverted = [output for output, path in enumerate(PATCHED) if "/rec/" not in path]
    assert (heard[SETTLING:, inverted] == -TAGGED[SETTLING:, :1]).all()


def test_an_output_with_nothing_patched_is_silent() -> None:
    rig = desk.Rig(OUTPUTS)
    rig.set_many({f"{path}/src": 0 for path in PATCHED})
    heard = rig.play(TAGGED)
    assert not heard[:, : len(PATCHED)].any()


def test_an_output_whose_source_is_taken_away_falls_silent_for_good() -> None:
    rig = desk.Rig(OUTPUTS)
    rig.set_many({f"{path}/src": 26 for path in PATCHED})
    rig.play(TAGGED)
    rig.set_many({f"{path}/src": 0 for path in PATCHED})
    heard = rig.play(TAGGED)
    assert not heard[SETTLING:, : len(PATCHED)].any()
