"""How the desk begins."""

from pathlib import Path

import pytest

from daemon import run, settings
from daemon.audio import devices
from daemon.desk import rules
from daemon.desk.console import Console
from daemon.show import start, state
from dsp.table import TABLE
from rigs.talk import Talk


def begun(folder: Path, policy: str, scene: Path | None = None) -> Console:
    """A desk as it begins with a state folder."""
    console = Console()
    rules.obey(console)
    chosen = settings.Settings(state=folder, start=policy, scene=scene)
    device = devices.choose("virtual", None, None)
    run._set_up(console, state.Keeper(console, folder), chosen, device)
    return console


def text(console: Console, path: str) -> str:
    return console.values.text(TABLE.leaves[path]).strip()


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A desk with two scenes, left otherwise."""
    talk = Talk(tmp_path)
    keeper = state.Keeper(talk.console, tmp_path)
    for slot, name, level in ((3, "Sunday", -3.0), (4, "7", -4.0)):
        talk.say("/", f"ch/01/mix/fader {level}")
        assert talk.say("/save", "scene", slot, name, "") == [("/save", "scene", 1)]
    talk.say("/", "ch/01/mix/fader -9.0")
    talk.say("/", "bus/02/mix/on OFF")
    talk.wait(1)
    keeper.save()
    return tmp_path


def test_it_resumes_as_it_was_left(folder: Path) -> None:
    console = begun(folder, "resume")
    assert text(console, "/ch/01/mix/fader") == "-9.0"
    assert [text(console, f"/{strip}/mix/on") for strip in ("bus/01", "bus/02", "main/st")] == ["ON", "OFF", "ON"]


def test_muted_it_is_as_it_was_left_but_nothing_feeds_an_output(folder: Path) -> None:
    console = begun(folder, "muted")
    assert text(console, "/ch/01/mix/fader") == "-9.0"
    assert text(console, "/ch/01/mix/on") == "ON"
    mixes = (f"{kind}/{number:02}" for kind, count in (("bus", 16), ("mtx", 6)) for number in range(1, count + 1))
    masters = ["main/st", "main/m", *mixes]
    assert {text(console, f"/{strip}/mix/on") for strip in masters} == {"OFF"}
    assert len(start.MASTERS) == len(masters)


@pytest.mark.parametrize(("policy", "level"), [("scene:Sunday", "-3.0"), ("scene:7", "-4.0"), ("scene:3", "-3.0")])
@pytest.mark.parametrize("listed", [True, False])
def test_it_begins_with_a_scene_of_the_show(folder: Path, policy: str, level: str, listed: bool) -> None:
    if not listed:
        (folder / "show" / "show.shw").unlink()
    console = begun(folder, policy)
    assert text(console, "/ch/01/mix/fader") == level
    assert text(console, "/bus/02/mix/on") == "ON"


@pytest.mark.parametrize("policy", ["scene:Monday", "scene:Sunday"])
def test_without_its_scene_it_is_as_it_was_left_muted_and_says_why(
    folder: Path, policy: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "show" / "show.003.scn").write_bytes(b"\0\0")
    console = begun(folder, policy)
    assert text(console, "/ch/01/mix/fader") == "-9.0"
    assert text(console, "/main/st/mix/on") == "OFF"
    assert "starts as it was left, muted" in caplog.text


def test_a_scene_on_the_command_line_wins(folder: Path) -> None:
    assert text(begun(folder, "scene:7", folder / "show" / "show.003.scn"), "/ch/01/mix/fader") == "-3.0"
    assert text(begun(folder, "muted", folder / "show" / "show.003.scn"), "/main/st/mix/on") == "OFF"
