"""What of the desk is on disk, and comes back."""

import os
from pathlib import Path

import numpy as np
import pytest

from daemon.desk import rules
from daemon.desk.console import Console, differences
from daemon.files import disk, scene, sealed
from daemon.metering import analyser
from daemon.show import state
from dsp.engine import wall
from dsp.parameters.row import Continuous
from dsp.table import TABLE
from rigs import desk
from rigs.talk import ANN


def left(folder: Path, name: str = "", **settings: desk.Setting) -> Console:
    """A desk, as it was left in a folder before."""
    console = Console()
    rules.obey(console)
    keeper = state.Keeper(console, folder, name)
    assert list(keeper.bring_back()) == []
    return kept(console, keeper, settings)


def kept(console: Console, keeper: state.Keeper, settings: dict[str, desk.Setting]) -> Console:
    for path, value in settings.items():
        desk.set_leaf(console, path, value)
    keeper.save()
    return console


def value(console: Console, path: str) -> object:
    return console.values.get(TABLE.leaves[path])


WANTED: dict[str, desk.Setting] = {
    "/-prefs/name": "Chapel",
    "/-prefs/hardmute": 1,
    "/-prefs/dcamute": 1,
    "/-prefs/invertmutes": "INV",
    "/-prefs/scene_advance": 1,
    "/-prefs/show_control": "SCENES",
    "/-prefs/rta/decay": 4.0,
    "/-prefs/rta/source": 5,
    "/-prefs/remote/ioenable": 0b101,
    "/-prefs/iQ/03/iQmodel": "iQ12",
    "/-prefs/key/07": "Kick",
}


def test_preferences_come_back(tmp_path: Path) -> None:
    before = left(tmp_path, **WANTED)
    after = left(tmp_path)
    assert {path: value(after, path) for path in WANTED} == {path: value(before, path) for path in WANTED}


def test_every_preference_comes_back(tmp_path: Path) -> None:
    console = Console()
    keeper = state.Keeper(console, tmp_path)
    leaves = [leaf for path, leaf in TABLE.leaves.items() if path.startswith("/-prefs/")]
    for leaf in leaves:
        row = TABLE.row_of(leaf)
        default = console.values.get(leaf)
        console.set(leaf, "Other" if row.kind == "text" else 1 if default != 1 else 0)
        assert console.values.get(leaf) != default
    keeper.save()
    again = left(tmp_path)
    assert [again.values.get(leaf) for leaf in leaves] == [console.values.get(leaf) for leaf in leaves]


def test_what_is_as_delivered_is_not_written(tmp_path: Path) -> None:
    left(tmp_path, **{"/-prefs/hardmute": 1, "/-prefs/rta/gain": 12.0})
    lines = (tmp_path / "preferences.txt").read_text().split("\n")
    assert [lines[0], *lines[2:]] == ["#4.0#", "/-prefs/hardmute ON", "/-prefs/rta/gain 12.0", ""]


@pytest.mark.parametrize(
    "path", ["/-stat/solosw/03", "/-stat/talk/A", "/-stat/osc/on", "/-stat/lock", "/-stat/sendsonfader"]
)
def test_what_only_happens_does_not_come_back(tmp_path: Path, path: str) -> None:
    left(tmp_path, **{path: 1, "/-prefs/hardmute": 1, "/ch/01/mix/on": 0})
    after = left(tmp_path)
    assert value(after, path) == value(after, "/-stat/solo") == 0


def test_what_only_happens_writes_nothing(tmp_path: Path) -> None:
    left(tmp_path, **{"/-stat/selidx": 7, "/-stat/solosw/03": 1})
    assert list(tmp_path.iterdir()) == []


def test_the_analyser_shows_what_the_preferences_ask_for(tmp_path: Path) -> None:
    left(tmp_path, **{"/-prefs/rta/source": 5, "/-prefs/rta/pos": 1})
    audio = wall.Wall(48_000, 2, 2)
    console = Console(audio)
    analyser.Analyser(console, audio)
    list(state.Keeper(console, tmp_path).bring_back())
    assert value(console, "/-stat/rtasource") == 98 + 3


def test_a_name_of_the_settings_goes_with_the_settings(tmp_path: Path) -> None:
    left(tmp_path, "Church", **{"/-prefs/name": "Church", "/-prefs/hardmute": 1})
    assert value(left(tmp_path, "Chapel"), "/-prefs/name") == TABLE.texts[TABLE.leaves["/-prefs/name"]]


def test_a_name_that_somebody_gave_stays(tmp_path: Path) -> None:
    left(tmp_path, "Church", **{"/-prefs/name": "Tent"})
    assert value(left(tmp_path, "Church"), "/-prefs/name") == "Tent"


def test_preferences_that_can_not_be_read_do_not_keep_the_desk_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "preferences.txt").write_bytes(b"#4.0#\n\0\0\0\n")
    console = Console()
    assert list(state.Keeper(console, tmp_path).bring_back()) == []
    assert "preferences are as delivered" in caplog.text
    (tmp_path / "preferences.txt").write_bytes(b"#4.0#\n/-prefs/nothing 1\n/-prefs/hardmute ON\n")
    ((_, problem),) = state.Keeper(console, tmp_path).bring_back()
    assert problem.line == 2
    assert value(console, "/-prefs/hardmute") == 1


def test_with_autosave_off_the_desk_comes_back_as_it_was_then(tmp_path: Path) -> None:
    left(tmp_path, **{"/ch/01/mix/on": 0, "/-stat/autosave": 0, "/ch/02/mix/on": 0})
    for muted in ("/ch/03/mix/on", "/ch/04/mix/on"):
        after = brought_back(tmp_path, {muted: 0})
        assert [value(after, f"/ch/{n:02}/mix/on") for n in range(1, 4)] == [0, 1, int(muted != "/ch/03/mix/on")]
    brought_back(tmp_path, {"/-stat/autosave": 1, "/ch/05/mix/on": 0})
    again = brought_back(tmp_path, {})
    assert [value(again, f"/ch/{n:02}/mix/on") for n in (1, 2, 5)] == [0, 1, 0]


def brought_back(folder: Path, settings: dict[str, desk.Setting]) -> Console:
    """A desk that begins as it was left, then is set and left again."""
    console = Console()
    keeper = state.Keeper(console, folder)
    assert list(keeper.bring_back()) == []
    assert keeper.bring_desk_back() == []
    return kept(console, keeper, settings)


def test_what_the_disk_refuses_is_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console()
    keeper = state.Keeper(console, tmp_path)
    console.set(TABLE.leaves["/-prefs/hardmute"], 1, ANN)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(disk, "replace", full)
        keeper.save()
    assert not (tmp_path / "preferences.txt").exists()
    keeper.save()
    assert value(left(tmp_path), "/-prefs/hardmute") == 1


@pytest.mark.parametrize("damage", [b"\0" * 100, b"\xff\xfe\x00", None], ids=["zeros", "no text", "a folder"])
def test_a_desk_that_can_not_be_read_is_set_aside_and_starts_with_faders_down(
    tmp_path: Path, damage: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "desk.scn"
    if damage is None:
        path.mkdir()
    else:
        path.write_bytes(damage)
    console = Console()
    keeper = state.Keeper(console, tmp_path)
    assert list(keeper.bring_back()) == []
    assert keeper.bring_desk_back() == []
    assert value(console, "/main/st/mix/fader") == 0
    assert (tmp_path / "desk.scn.damaged").exists()
    assert "kept as desk.scn.damaged" in caplog.text
    kept(console, keeper, {"/ch/01/mix/fader": -10.0})
    assert value(brought_back(tmp_path, {}), "/ch/01/mix/fader") == value(console, "/ch/01/mix/fader")


# --- exact, sealed, and what was before --------------------------------------------------------------------


def random_desk(console: Console, seed: int) -> None:
    """Set everything that turns to any of its steps, and what has a link to either side of it."""
    random = np.random.default_rng(seed)
    for leaf in scene.scene_leaves(TABLE):
        param = console.values.param(leaf)
        if isinstance(param, Continuous):
            console.values.set(leaf, int(random.integers(param.steps)))
    console.set(TABLE.leaves["/ch/01/mix/on"], 0)


def test_the_desk_comes_back_to_the_last_step(tmp_path: Path) -> None:
    for seed in range(5):
        console = Console()
        random_desk(console, seed)
        keeper = state.Keeper(console, tmp_path)
        console.set(TABLE.leaves["/ch/01/mix/on"], 1)
        keeper.save()
        again = brought_back(tmp_path, {})
        assert differences(console.values, again.values) == []


def fader_of(console: Console) -> int:
    return int(console.values.get(TABLE.leaves["/ch/01/mix/fader"]))


def three_evenings(folder: Path) -> list[int]:
    """Leave a desk three times with another fader; tell the faders, the last first."""
    console = Console()
    keeper = state.Keeper(console, folder)
    for step in (101, 202, 303):
        console.set(TABLE.leaves["/ch/01/mix/fader"], step)
        keeper.save()
    return [303, 202, 101]


@pytest.mark.parametrize("end", [0, 1, 127, 128, 150, 200, 201, 5_000, -2, -1])
def test_a_desk_that_is_cut_off_comes_back_as_it_was_before_and_says_so(
    tmp_path: Path, end: int, caplog: pytest.LogCaptureFixture
) -> None:
    _, before, _ = three_evenings(tmp_path)
    path = tmp_path / "desk.scn"
    path.write_bytes(path.read_bytes()[:end])
    again = brought_back(tmp_path, {})
    assert fader_of(again) == before
    assert "desk.scn.damaged" in caplog.text
    assert "(desk.scn.1)" in caplog.text
    assert fader_of(brought_back(tmp_path, {})) == before


def test_a_bit_that_fell_over_is_noticed(tmp_path: Path) -> None:
    _, before, _ = three_evenings(tmp_path)
    path = tmp_path / "desk.scn"
    data = bytearray(path.read_bytes())
    data[data.index(b"/ch/20/mix ON") + 12] ^= 1
    path.write_bytes(data)
    assert fader_of(brought_back(tmp_path, {})) == before


def test_older_generations_are_kept_for_a_minute_and_an_hour(tmp_path: Path) -> None:
    path, kept = tmp_path / "desk.scn", {2: set[int](), 3: set[int]()}
    for second in range(0, 10_000, 10):
        sealed.replace(path, b"#4.0#\n%d\n" % second)
        os.utime(path, (1_000_000 + second, 1_000_000 + second))
        ages = [second - int(sealed.load_sealed(each).split(b"\n")[1]) for each in sealed.generations(path)]
        assert ages == sorted(ages)
        for number in (2, 3):
            kept[number] |= {second - age for age in ages[number : number + 1]}
    assert min(np.diff(sorted(kept[2]))[1:]) == 60
    assert min(np.diff(sorted(kept[3]))) >= 3600


def test_two_damaged_generations_in_a_row_are_passed_over(tmp_path: Path) -> None:
    console = Console()
    keeper = state.Keeper(console, tmp_path)
    path = tmp_path / "desk.scn"
    for step, made in ((101, 1_000), (202, 2_000), (303, 3_000)):
        console.set(TABLE.leaves["/ch/01/mix/fader"], step)
        keeper.save()
        os.utime(path, (made, made))
    path.write_bytes(b"\0\0")
    (tmp_path / "desk.scn.1").write_bytes(b"#4.0#\n#sha256 0\n")
    assert fader_of(brought_back(tmp_path, {})) == 101


def test_a_desk_of_an_older_version_comes_back(tmp_path: Path) -> None:
    console = Console()
    console.set(TABLE.leaves["/ch/01/mix/fader"], 614)
    (tmp_path / "desk.scn").write_bytes(scene.stored(console.values, scene.header("desk"))[0])
    assert fader_of(brought_back(tmp_path, {})) == 614


def test_the_state_is_a_scene_for_everybody_else(tmp_path: Path) -> None:
    three_evenings(tmp_path)
    console = Console()
    assert scene.read(tmp_path / "desk.scn", console) == []


def test_the_place_in_the_show_comes_back(tmp_path: Path) -> None:
    left(tmp_path, **{"/-show/prepos/current": 7})
    assert value(left(tmp_path), "/-show/prepos/current") == 7


def test_the_text_is_made_where_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console()
    keeper = state.Keeper(console, tmp_path)
    console.set(TABLE.leaves["/ch/01/mix/fader"], 500)
    with monkeypatch.context() as loop:
        loop.setattr(scene, "scene_lines", lambda values: pytest.fail("the loop has other things to do"))
        due = keeper.due()
    console.set(TABLE.leaves["/ch/01/mix/fader"], 600)
    keeper.write(due)
    assert fader_of(brought_back(tmp_path, {})) == 500
