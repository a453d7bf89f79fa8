"""How long a recall takes, each part of the desk for itself, by command or by the scene's notes."""

from pathlib import Path
from typing import Any

import pytest

from daemon.files import nodeline
from daemon.show import fade_times
from daemon.show.fade_times import Pace
from rigs.talk import ANN, Talk

BEFORE = ["ch/01/mix ON -oo", "ch/01/mix/01 ON -oo", "ch/01/eq/1 PEQ 100.0 -15 2.0", "ch/01/dyn/thr 0.0"]
AFTER = ["ch/01/mix ON 0", "ch/01/mix/01 ON 0", "ch/01/eq/1 PEQ 100.0 +15 2.0", "ch/01/dyn/thr -60.0"]
LEAVES = {
    "levels": "/ch/01/mix/fader", "sends": "/ch/01/mix/01/level", "eq": "/ch/01/eq/1/g", "dynamics": "/ch/01/dyn/thr",
}  # fmt: skip


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(tmp_path)
    for line in AFTER:
        talk.say("/", line)
    talk.say("/save", "scene", 1, "Then", "")
    for line in BEFORE:
        talk.say("/", line)
    assert talk.counters.refused == 0
    return talk


def arrivals(talk: Talk, seconds: float) -> dict[str, float]:
    """After how many seconds each class was where it is in the end."""
    begun, ways = talk.now, []
    while talk.now < begun + seconds:
        talk.wait(0.02)
        ways.append((talk.now - begun, {name: talk.value(leaf) for name, leaf in LEAVES.items()}))
    _, ends = ways[-1]
    return {name: next(at for at, way in ways if way[name] == ends[name]) for name in LEAVES}


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ((1, "**", 2.0), {"levels": 2, "sends": 2, "eq": 2, "dynamics": 2}),
        ((1, 2.0), {"levels": 2, "sends": 2, "eq": 2, "dynamics": 2}),
        ((1, "**", 2, "eq", 1, "sends", 0), {"levels": 2, "sends": 0, "eq": 1, "dynamics": 2}),
        ((1, "**", 0.0, "levels", 3.0), {"levels": 3, "sends": 0, "eq": 0, "dynamics": 0}),
        ((1, "**", "1", "Dynamics", "2.5"), {"levels": 1, "sends": 1, "eq": 1, "dynamics": 2.5}),
    ],
)
def test_each_class_takes_the_time_it_is_given(talk: Talk, words: tuple[Any, ...], times: dict[str, float]):
    talk.say("/faderd/scene/recall", *words)
    assert arrivals(talk, 4) == pytest.approx(times, abs=0.05)


@pytest.mark.parametrize(
    ("notes", "times"),
    [
        ("fade 2", {"levels": 2, "sends": 2, "eq": 2, "dynamics": 2}),
        ("Ballad, fade 3, eq 1 sends 0.5!", {"levels": 3, "sends": 0.5, "eq": 1, "dynamics": 3}),
        ("Fade levels 2", {"levels": 2, "sends": 0, "eq": 0, "dynamics": 0}),
        ("no fade", {"levels": 0, "sends": 0, "eq": 0, "dynamics": 0}),
        ("fade lights 3", {"levels": 0, "sends": 0, "eq": 0, "dynamics": 0}),
    ],
)
@pytest.mark.parametrize("command", [("/-action/goscene", 1), ("/load", "scene", 1), ("/faderd/scene/recall", 1)])
def test_a_scene_says_in_its_notes_how_long_it_takes(
    talk: Talk, notes: str, times: dict[str, float], command: tuple[Any, ...]
):
    talk.say("/", f'/-show/showfile/scene/001 "Then" "{notes}" %000000000 1')
    talk.say(*command)
    assert arrivals(talk, 4) == pytest.approx(times, abs=0.05)


def test_who_recalls_knows_better_than_the_notes(talk: Talk):
    talk.say("/", '/-show/showfile/scene/001 "Then" "fade 2" %000000000 1')
    talk.say("/faderd/scene/recall", 1, "**", 0)
    assert nodeline.line_of(talk.console.values, "/ch/01/mix/fader") == "/ch/01/mix/fader   0.0"


def test_a_cue_takes_the_time_of_its_scene(talk: Talk):
    talk.say("/", '/-show/showfile/scene/001 "Then" "fade 2" %000000000 1')
    talk.say("/add", "cue", 100, "Go")
    talk.say("/-show/showfile/cue/000/scene", 1)
    talk.say("/-action/gocue", 0)
    assert arrivals(talk, 3)["levels"] == pytest.approx(2, abs=0.05)


def test_a_mute_is_thrown_when_its_fader_is_closed_whatever_the_times_of_others(talk: Talk):
    talk.say("/", "ch/01/mix OFF 0")
    talk.say("/save", "scene", 2, "Off", "")
    talk.say("/", "ch/01/mix ON 0")
    talk.say("/faderd/scene/recall", 2, "**", 0.5, "levels", 2)
    talk.wait(1.9)
    assert talk.value("/ch/01/mix/on") == 1
    assert 0 < talk.value("/ch/01/mix/fader") < 60
    talk.wait(0.2)
    assert talk.value("/ch/01/mix/on") == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((5, "eqs", 1), f"'eqs' has no time of its own: those that may are {', '.join(fade_times.CLASSES)}"),
        ((5, "eq"), "'eq' has no time: say for how many seconds it fades"),
        ((5, "eq", "soon"), "'soon' is not a number of seconds up to 3600"),
        ((-1,), "-1 is not a number of seconds up to 3600"),
    ],
)
def test_a_pace_that_can_not_be_is_refused_with_the_reason(talk: Talk, words: tuple[Any, ...], reason: str):
    talk.say("/faderd/errors", 1)
    assert talk.say("/faderd/scene/recall", 1, "**", *words, by=ANN) == [
        ("/faderd/error", "/faderd/scene/recall", reason)
    ]
    assert talk.value(LEAVES["levels"]) == 0


def test_the_longest_time_ends_a_fade():
    assert Pace(1, {"eq": 3}).longest == 3
    assert fade_times.parse([2, "eq", 0]).longest == 2
    assert fade_times.AT_ONCE.longest == 0
