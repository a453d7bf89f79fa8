"""`faderd scene diff | lint | convert`."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemon.files import scene
from daemon.tools import scene_files

INIT = Path(__file__).parents[2] / "data" / "init.scn"


def file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in ('#4.0# "Song" "slow" %000000010 1', *lines)))
    return path


def test_a_scene_does_not_differ_from_itself(capsys: pytest.CaptureFixture):
    assert scene_files.main(["diff", str(INIT), str(INIT)]) == 0
    assert capsys.readouterr().out == ""


def test_differences_are_told_parameter_by_parameter(tmp_path: Path, capsys: pytest.CaptureFixture):
    one = file(tmp_path, "a.scn", "/ch/01/mix ON -6.0", '/ch/02/config "Kick"')
    other = file(tmp_path, "b.scn", "/ch/01/mix OFF -6.0", '/ch/02/config "Snare"')
    assert scene_files.main(["diff", str(one), str(other)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        '/ch/02/config/name  "Kick" → "Snare"',
        "/ch/01/mix/on  ON → OFF",
    ]


def test_the_desks_own_scene_is_without_fault(capsys: pytest.CaptureFixture):
    assert scene_files.main(["lint", str(INIT)]) == 0
    assert capsys.readouterr().out == ""


def test_what_is_not_understood_is_told_by_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = file(tmp_path, "a.scn", "/ch/01/mix MAYBE", "/nowhere 1")
    assert scene_files.main(["lint", str(path)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{path}:2: /ch/01/mix/on: 'MAYBE' is not one of")
    assert second == f"{path}:3: there is no /nowhere on this console"


def test_what_is_kept_as_another_value_is_a_note_and_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = file(tmp_path, "a.scn", "/ch/01/mix ON -85.4", "/ch/02/mix ON -12.0")
    assert scene_files.main(["lint", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}:2: note: /ch/01/mix/fader: -85.4 is kept as -85.3\n"


def test_a_list_of_a_show_is_checked_as_such(tmp_path: Path):
    path = tmp_path / "tonight.shw"
    path.write_text('#4.0#\nshow "A" 0 0 0 0 0 0 0 0 0 0 "4.06"\nscene/003 "Song" "" %000000000 1\n')
    assert scene_files.main(["lint", str(path)]) == 0


def test_a_converted_scene_is_complete_and_keeps_its_title(tmp_path: Path, capsys: pytest.CaptureFixture):
    path = file(tmp_path, "a.scn", "/ch/01/mix OFF -6", "/nowhere 1")
    assert scene_files.main(["convert", str(path), str(tmp_path / "b.scn")]) == 1
    assert "a.scn:3: left out: there is no /nowhere" in capsys.readouterr().err
    text = (tmp_path / "b.scn").read_text()
    assert text.startswith('#4.0# "Song" "slow" %000000010 1')
    assert "/ch/01/mix OFF  -6.0 ON +0 OFF   -oo\n" in text
    assert len(text.splitlines()) == len(INIT.read_text().splitlines())


def test_converting_the_desks_own_scene_changes_no_byte(tmp_path: Path):
    assert scene_files.main(["convert", str(INIT), str(tmp_path / "b.scn")]) == 0
    assert (tmp_path / "b.scn").read_bytes() == INIT.read_bytes()


@pytest.mark.parametrize("command", [["diff", "a", "b"], ["lint", "a"], ["convert", "a", "b"]])
def test_a_file_that_is_not_there_is_told_without_a_traceback(command: list[str], capsys: pytest.CaptureFixture):
    assert scene_files.main(command) == 2
    assert capsys.readouterr().err.startswith("faderd: a: the scene can't be read")


def test_a_target_that_can_not_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture):
    (tmp_path / "file").write_text("")
    assert scene_files.main(["convert", str(INIT), str(tmp_path / "file" / "b.scn")]) == 2
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize("head", ["", "#4.0#", '#2.1# "Old"', "/ch/01/mix ON", '#4.0# "open'])
def test_a_title_is_read_as_far_as_there_is_one(head: str):
    title, note, safes = scene.title_of(head.encode())
    assert (title, note, safes) == ("Old" if "Old" in head else "", "", "%000000000")


def faderd(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a person at a shell runs it."""
    program = Path(sys.executable).with_name("faderd")
    return subprocess.run([program, "scene", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def test_the_command_line_compares_checks_and_converts(tmp_path: Path):
    one = file(tmp_path, "a.scn", "/ch/01/mix ON -6.0")
    other = file(tmp_path, "b.scn", "/ch/01/mix OFF -6.0", "/nowhere 1")
    runs = [
        (("diff", one, one), 0, ""),
        (("diff", one, other), 1, "/ch/01/mix/on  ON → OFF\n"),
        (("lint", one), 0, ""),
        (("lint", one, other), 1, f"{other}:3: there is no /nowhere on this console\n"),
        (("convert", INIT, tmp_path / "c.scn"), 0, ""),
        (("diff", one, tmp_path / "none.scn"), 2, ""),
    ]
    for arguments, code, said in runs:
        done = faderd(*arguments)
        assert (done.returncode, done.stdout) == (code, said), arguments
        assert "Traceback" not in done.stderr
    assert (tmp_path / "c.scn").read_bytes() == INIT.read_bytes()


def test_the_help_says_what_exit_codes_mean():
    done = faderd("--help")
    assert done.returncode == 0
    assert "Exit codes: 0" in done.stdout
