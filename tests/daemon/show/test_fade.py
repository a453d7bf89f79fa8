"""Cross-fades of scenes, recalls of parts, and what a recall would change."""

from pathlib import Path

import numpy as np
import pytest

from daemon.desk import rules
from daemon.desk.console import Console, differences
from daemon.files import nodeline
from daemon.show.fade import STEP_S, Plan
from daemon.show.fade_times import Pace
from dsp.parameters.row import Continuous
from dsp.table import TABLE
from rigs.talk import ANN, BEN, Talk

FADER = "/ch/01/mix/fader"


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def node(talk: Talk, path: str) -> str:
    line = nodeline.line_of(talk.console.values, path)
    assert line is not None
    return line.removeprefix(f"{path} ")


def between(talk: Talk, before: list[str], after: list[str]) -> None:
    """Store scene 1 with some lines, then set the desk by others."""
    for words in after:
        talk.say("/", words)
    talk.say("/save", "scene", 1, "Then", "")
    for words in before:
        talk.say("/", words)
    assert talk.counters.refused == 0


def course(talk: Talk, path: str, seconds: float) -> list[int]:
    """Stored values of a leaf, fifty times a second."""
    values = []
    for _ in range(round(seconds / STEP_S)):
        talk.wait(STEP_S)
        values.append(talk.value(path))
    return values


def test_a_fader_goes_straight_along_its_travel(talk: Talk):
    between(talk, ["ch/01/mix ON -oo"], ["ch/01/mix ON +10"])
    talk.say("/faderd/scene/recall", 1, "**", 2.0)
    assert talk.value(FADER) == 0
    way = course(talk, FADER, 1.98)
    assert way == pytest.approx(np.linspace(0, 1023, 101)[1:100], abs=1)
    talk.wait(0.1)
    assert talk.value(FADER) == 1023


def random_console(seed: int) -> Console:
    """A desk with everything in scenes set anyhow, as far as its links allow."""
    random = np.random.default_rng(seed)
    console = Console()
    rules.obey(console)
    for leaf in range(TABLE.size):
        param = console.values.param(leaf)
        if TABLE.row_of(leaf).in_scene and param.kind != "text":
            lowest = 0 if param.kind != "integer" else int(param.lowest)
            console.set(leaf, int(random.integers(lowest, lowest + min(param.steps, 1 << 16))))
    return console


@pytest.mark.parametrize("seed", range(3))
def test_a_fade_of_a_whole_desk_ends_exactly_on_its_target(talk: Talk, seed: int):
    wanted = random_console(seed).values
    talk.console.recall(random_console(seed + 100).values)
    talk.stores.recall.become(wanted, Pace(5.0, {}))
    talk.wait(4.9)
    assert len(differences(talk.console.values, wanted)) > 1000
    talk.wait(0.2)
    in_scenes = [leaf for leaf in differences(talk.console.values, wanted) if TABLE.row_of(leaf).in_scene]
    assert in_scenes == []


def test_no_step_of_a_fade_is_longer_than_its_share(talk: Talk):
    wanted = random_console(1).values
    start = random_console(2).values
    talk.console.recall(start)
    plan = Plan(talk.console.values, wanted)
    ways = {leaf: [begin] for leaf, (begin, _) in plan.turns.items()}
    talk.stores.recall.become(wanted, Pace(1.0, {}))
    for _ in range(49):
        talk.wait(STEP_S)
        for leaf, way in ways.items():
            way.append(int(talk.console.values.stored[leaf]))
    for leaf, way in ways.items():
        begin, end = plan.turns[leaf]
        assert np.abs(np.diff(way)).max() <= abs(end - begin) * 0.02 + 1


def test_who_touches_a_fader_keeps_it(talk: Talk):
    between(talk, ["ch/01/mix ON -oo", "ch/02/mix ON -oo"], ["ch/01/mix ON +10", "ch/02/mix ON +10"])
    talk.say("/faderd/scene/recall", 1, "**", 2)
    talk.wait(1)
    talk.say(FADER, 0.25)
    assert set(course(talk, FADER, 1.5)) == {256}
    assert talk.value("/ch/02/mix/fader") == 1023


def test_everybody_sees_a_fade_the_one_who_asked_too(talk: Talk):
    between(talk, ["ch/01/mix ON -oo"], ["ch/01/mix ON +10"])
    for client in (ANN, BEN):
        talk.say("/xremote", by=client)
        talk.hear(client)
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    talk.wait(1.1)
    for client in (ANN, BEN):
        assert len([path for path, *_ in talk.hear(client) if path == FADER]) > 40


def test_what_is_switched_on_comes_up_from_silence(talk: Talk):
    between(talk, ["ch/01/mix OFF +10"], ["ch/01/mix ON 0"])
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    assert node(talk, "/ch/01/mix").startswith("ON   -oo")
    way = course(talk, FADER, 0.9)
    assert way == sorted(way)
    talk.wait(0.2)
    assert node(talk, "/ch/01/mix").startswith("ON   0.0")


def test_what_is_switched_off_goes_down_first(talk: Talk):
    between(talk, ["ch/01/mix ON +10"], ["ch/01/mix OFF -3"])
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    way = course(talk, FADER, 0.98)
    assert node(talk, "/ch/01/mix/on") == "ON"
    assert way == sorted(way, reverse=True)
    assert way[-1] < 30
    talk.wait(0.1)
    assert node(talk, "/ch/01/mix").startswith("OFF  -3.0")


@pytest.mark.parametrize("path", ["ch/01/mix/01", "bus/01/mix/01", "dca/1"])
def test_sends_and_dcas_are_switched_like_faders(talk: Talk, path: str):
    between(talk, [f"{path} OFF 0"], [f"{path} ON -6"])
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    assert node(talk, f"/{path}").startswith("ON   -oo")
    talk.wait(1.1)
    assert node(talk, f"/{path}").startswith("ON  -6.0")


@pytest.mark.parametrize(
    ("before", "after", "moment"),
    [("ON -oo", "ON 0", 0.0), ("ON 0", "ON -oo", 1.0), ("ON 0", "ON -6", 0.5), ("OFF 0", "OFF -6", 0.0)],
)
def test_a_choice_switches_while_the_strip_is_silent_else_in_the_middle(
    talk: Talk, before: str, after: str, moment: float
):
    between(talk, [f"ch/01/mix {before}", "ch/01/eq/1 PEQ"], [f"ch/01/mix {after}", "ch/01/eq/1 LShv"])
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    types = [node(talk, "/ch/01/eq/1/type"), *(("PEQ", "LShv")[t == 1] for t in course(talk, "/ch/01/eq/1/type", 1.1))]
    assert types.index("LShv") * STEP_S == pytest.approx(moment, abs=0.03)


def test_an_effect_changes_its_type_with_all_that_belongs_to_it(talk: Talk):
    between(talk, [], ["fx/1 DLY", "fx/1/par 50 300"])
    wanted = node(talk, "/fx/1/par")
    talk.say("/", "fx/1 HALL")
    talk.say("/faderd/scene/recall", 1, "**", 0.5)
    talk.wait(0.6)
    assert (node(talk, "/fx/1"), node(talk, "/fx/1/par")) == ("DLY", wanted)


def test_a_recall_ends_a_fade(talk: Talk):
    between(talk, ["ch/01/mix ON -oo"], ["ch/01/mix ON +10"])
    talk.say("/save", "scene", 2, "Now", "")
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    talk.wait(0.5)
    talk.say("/load", "scene", 2)
    talk.wait(1)
    assert talk.value(FADER) == 0


def test_undo_takes_a_fade_back(talk: Talk):
    between(talk, ["ch/01/mix ON -oo"], ["ch/01/mix ON +10"])
    talk.say("/faderd/scene/recall", 1, "**", 1.0)
    talk.wait(0.5)
    talk.say("/-action/doundo", 1)
    talk.wait(1)
    assert talk.value(FADER) == 0


# --- parts and previews -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("bus/05/**", ["/bus/05/mix/fader", "/bus/05/dyn/thr"]),
        ("/bus/05", ["/bus/05/mix/fader", "/bus/05/dyn/thr"]),
        ("bus/05/", ["/bus/05/mix/fader", "/bus/05/dyn/thr"]),
        ("/bus/*/mix/fader", ["/bus/05/mix/fader", "/bus/06/mix/fader"]),
        ("**", ["/bus/05/mix/fader", "/bus/06/mix/fader", "/bus/05/dyn/thr"]),
    ],
)
def test_a_part_of_a_scene_is_recalled_by_its_addresses(talk: Talk, pattern: str, paths: list[str]):
    lines = ["bus/05/mix ON -6", "bus/06/mix ON -6", "bus/05/dyn/thr -20"]
    between(talk, ["bus/05/mix ON -oo", "bus/06/mix ON -oo", "bus/05/dyn/thr 0"], lines)
    before = talk.console.values.copy()
    assert talk.say("/faderd/scene/diff", 1, pattern)[-1] == ("/faderd/scene/diff", len(paths))
    assert talk.say("/faderd/scene/recall", 1, pattern) == [("/faderd/scene/recall", 1, len(paths))]
    changed = differences(before, talk.console.values)
    assert {TABLE.path_of(leaf) for leaf in changed if TABLE.row_of(leaf).in_scene} == set(paths)


@pytest.mark.parametrize(
    "arguments", [(), ("x",), (1, "nothing/**"), (1, "**", -1), (1, "**", "soon"), (1, "**", 1e9), (9,)]
)
def test_a_recall_that_can_not_be_is_refused(talk: Talk, arguments: tuple):
    between(talk, ["ch/01/mix OFF"], ["ch/01/mix ON"])
    talk.say("/faderd/scene/recall", *arguments)
    assert node(talk, "/ch/01/mix/on") == "OFF"
    assert talk.counters.refused == 1


@pytest.mark.parametrize("which", [1, "1", "show.001.scn", "../show/show.001.scn"])
def test_a_preview_tells_what_would_change_and_changes_nothing(talk: Talk, which: int | str):
    between(talk, ["ch/01/mix OFF -6", 'ch/01/config "A"'], ["ch/01/mix ON -oo", 'ch/01/config "B"'])
    diff = "/faderd/scene/diff"
    assert talk.say(diff, which) == [
        (diff, "/ch/01/config/name", '"A"', '"B"'),
        (diff, "/ch/01/mix/on", "OFF", "ON"),
        (diff, FADER, "-6.0", "-oo"),
        (diff, 3),
    ]
    assert node(talk, "/ch/01/mix/on") == "OFF"


def test_a_preview_sees_no_files_outside_the_show(talk: Talk, tmp_path: Path):
    (tmp_path / "secret.scn").write_text('#4.0# "" "" %000000000 1\n/ch/01/config "secret"\n')
    for name in (str(tmp_path / "secret.scn"), "../secret.scn"):
        reason = "secret.scn: there is no such file in the folder of the show"
        assert talk.say("/faderd/scene/diff", name) == [("/faderd/error", "/faderd/scene/diff", reason)]
    assert talk.counters.refused == 2


def test_what_turns_is_moved_in_steps_and_nothing_else_is():
    now = random_console(1).values
    plan = Plan(now, random_console(2).values)
    assert all(isinstance(now.param(leaf), Continuous) for leaf in plan.turns)
    assert not set(plan.turns) & set(plan.switches)


def test_whoever_presses_a_mute_group_again_before_a_fade_opens_it_keeps_it(talk: Talk):
    between(talk, ["config/mute ON ON OFF OFF OFF OFF"], ["config/mute OFF OFF OFF OFF OFF OFF"])
    talk.say("/faderd/scene/recall", 1, "**", 2.0)
    talk.wait(0.5)
    talk.say("/config/mute/1", 1)
    talk.wait(2.0)
    assert node(talk, "/config/mute") == "ON OFF OFF OFF OFF OFF"
