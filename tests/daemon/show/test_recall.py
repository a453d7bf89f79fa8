"""Recalls: what a file says holds, the same every time and whichever way it comes, to the last step."""

from pathlib import Path

import numpy as np
import pytest

from daemon.desk import parts
from daemon.desk.console import Console, differences
from daemon.files import nodeline, scene
from daemon.show import safes
from daemon.tools import scene_files
from dsp.parameters.table import Values
from dsp.table import TABLE
from rigs.talk import Talk

IN_SCENES = [*scene.scene_leaves(TABLE)]


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def node(talk: Talk, path: str) -> str:
    """Tokens of a node."""
    line = nodeline.line_of(talk.console.values, f"/{path}")
    assert line is not None
    return line.removeprefix(f"/{path} ")


# --- snippets that others have made, and what is exact ------------------------------------------------------


def snippet_file(folder: Path, slot: int, *lines: str) -> None:
    (folder / "show").mkdir(exist_ok=True)
    (folder / "show" / f"show.{slot:03d}.snp").write_text("".join(f"{each}\n" for each in lines))


def test_all_lines_of_a_snippet_are_applied_whatever_its_masks_say(tmp_path: Path):
    snippet_file(tmp_path, 4, '#4.0# "hush" 0 0 0 0 1', "/ch/05/mix/on OFF", "/ch/05/grp/dca 16",
                 '/dca/5/config/name "Solo"', "/config/mute/2 ON")  # fmt: skip
    talk = Talk(tmp_path)
    assert talk.say("/load", "snippet", 4) == [("/load", "snippet", 1)]
    assert [node(talk, path) for path in ("ch/05/mix/on", "ch/05/grp/dca", "dca/5/config/name", "config/mute/2")] == [
        "OFF", "%00010000", '"Solo"', "ON",
    ]  # fmt: skip


def test_link_lines_of_a_snippet_act_first(tmp_path: Path):
    snippet_file(tmp_path, 4, '#4.0# "mono" 0 0 0 0 1', "/ch/23/mix/fader -5.0", "/ch/24/mix/fader -15.0",
                 "/config/chlink/23-24 OFF")  # fmt: skip
    talk = Talk(tmp_path)
    talk.say("/config/chlink/23-24", 1)
    for _ in range(2):
        talk.say("/ch/23/mix/fader", 0.75)
        assert talk.say("/load", "snippet", 4) == [("/load", "snippet", 1)]
        assert [node(talk, f"ch/{ch}/mix/fader").strip() for ch in (23, 24)] == ["-5.0", "-15.0"]
        assert node(talk, "config/chlink/23-24") == "OFF"


def test_an_empty_selection_is_saved_as_a_snippet_that_does_nothing(talk: Talk):
    assert talk.say("/save", "snippet", 1, "x") == [("/save", "snippet", 1)]
    before = talk.console.values.copy()
    assert talk.say("/load", "snippet", 1) == [("/load", "snippet", 1)]
    assert (talk.console.values.stored[IN_SCENES] == before.stored[IN_SCENES]).all()


def test_copy_and_rename_know_the_scene_that_always_exists(talk: Talk):
    assert talk.say("/copy", "scene", 0, 5) == [("/copy", "scene", 1)]
    talk.say("/", "ch/01/mix OFF -12.0")
    assert talk.say("/load", "scene", 5) == [("/load", "scene", 1)]
    assert node(talk, "ch/01/mix").startswith("ON   -oo")
    assert talk.say("/rename", "scene", 0, "Empty") == [("/rename", "scene", 1)]
    assert node(talk, "-show/showfile/scene/000").startswith('"Empty"')


UNEVEN = (
    '#4.0# "uneven" "" %000000000 1', "/config/chlink ON" + 15 * " OFF", "/config/linkcfg ON ON ON ON",
    "/ch/01/mix/fader -6.0", "/ch/02/mix/fader -20.0", "/headamp/000 +10.0 OFF", "/headamp/001 +30.0 ON",
)  # fmt: skip


def test_every_way_to_recall_a_file_comes_to_the_same_desk(tmp_path: Path):
    (tmp_path / "show").mkdir()
    path = tmp_path / "show" / "show.003.scn"
    path.write_text("".join(f"{each}\n" for each in UNEVEN))
    started = Console()
    assert scene.read(path, started) == []
    assert scene_files.main(["convert", str(path), str(tmp_path / "whole.scn")]) == 0
    converted = Console()
    assert scene.read(tmp_path / "whole.scn", converted) == []
    wanted = started.values.stored[IN_SCENES]
    assert (converted.values.stored[IN_SCENES] == wanted).all()
    talk = Talk(tmp_path)
    talk.say("/add", "cue", 100, "One")
    talk.say("/-show/showfile/cue/000/scene", 3)
    for recall in (("/load", "scene", 3), ("/-action/goscene", 3), ("/-action/gocue", 0), ("/faderd/scene/recall", 3)):
        for _ in range(4):
            talk.say(*recall)
            assert (talk.console.values.stored[IN_SCENES] == wanted).all()
            texts = [node(talk, each).strip() for each in ("ch/01/mix/fader", "ch/02/mix/fader")]
            assert texts == ["-6.0", "-20.0"]
            assert [node(talk, f"headamp/00{amp}") for amp in (0, 1)] == ["+10.0 OFF", "+30.0 ON"]


def test_a_scene_that_is_saved_and_recalled_changes_nothing_and_comes_back_exactly(tmp_path: Path):
    talk = Talk(tmp_path)
    for seed in range(3):
        wanted = anything(seed)
        become(talk, wanted)
        assert talk.say("/save", "scene", seed, "Song", "") == [("/save", "scene", 1)]
        talk.say("/load", "scene", seed)
        assert not {*differences(talk.console.values, wanted)} & {*IN_SCENES}
    assert talk.say("/copy", "scene", 0, 9) == [("/copy", "scene", 1)]
    assert talk.say("/rename", "scene", 9, "Other") == [("/rename", "scene", 1)]
    for slot, seed in ((9, 0), (1, 1), (2, 2)):
        talk.say("/load", "scene", slot)
        assert (talk.console.values.stored[IN_SCENES] == anything(seed).stored[IN_SCENES]).all()
    assert talk.say("/delete", "scene", 9) == [("/delete", "scene", 1)]
    assert not list((tmp_path / "show").glob("show.009.*"))


def become(talk: Talk, wanted: Values) -> None:
    """Set all that a scene holds."""
    values = talk.console.values.copy()
    parts.take(values, wanted, parts.of(TABLE).part != parts.Part.OUTSIDE)
    talk.console.recall(values)


def anything(seed: int) -> Values:
    """Everything that a scene holds set to something."""
    random, values = np.random.default_rng(seed), Values(TABLE)
    for leaf in scene.scene_leaves(TABLE):
        param = values.param(leaf)
        if param.kind == "text":
            values.set(leaf, param.nearest("".join(random.choice(list("aB 7-é("), random.integers(13)))))
        else:
            lowest = int(param.lowest) if param.kind == "integer" else 0
            values.set(leaf, int(random.integers(lowest, lowest + max(param.steps, 1))))
    return values


def test_a_snippet_that_is_saved_comes_back_exactly(talk: Talk):
    for name, mask in (("eventtyp", 134217727), ("channels", -1), ("auxbuses", -1), ("maingrps", 65535)):
        talk.say(f"/-show/showfile/snippet/004/{name}", mask)
    wanted = anything(7)
    become(talk, wanted)
    talk.say("/save", "snippet", 4, "All")
    held = np.flatnonzero(safes.snippet(talk.console.values, 4))
    become(talk, anything(8))
    heads = np.isin(held, [leaf for path, leaf in TABLE.leaves.items() if path.startswith("/headamp/")])
    assert talk.say("/load", "snippet", 4) == [("/load", "snippet", 1)]
    assert (talk.console.values.stored[held[~heads]] == wanted.stored[held[~heads]]).all()
