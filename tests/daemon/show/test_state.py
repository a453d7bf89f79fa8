"""What of the desk is on disk, and comes back."""

from pathlib import Path

import pytest

from daemon.desk import rules
from daemon.desk.console import Console
from daemon.files import disk
from daemon.metering import analyser
from daemon.show import state
from dsp.engine import wall
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
    assert (tmp_path / "preferences.txt").read_text() == "#4.0#\n/-prefs/hardmute ON\n/-prefs/rta/gain 12.0\n"


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


def test_preferences_that_can_not_be_read_do_not_keep_the_desk_from_starting(tmp_path: Path) -> None:
    (tmp_path / "preferences.txt").write_bytes(b"#4.0#\n\0\0\0\n")
    console = Console()
    ((path, problem),) = state.Keeper(console, tmp_path).bring_back()
    assert path == tmp_path / "preferences.txt"
    assert "as delivered" in problem.reason
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
