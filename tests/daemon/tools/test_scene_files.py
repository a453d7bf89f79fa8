"""`faderd scene diff | lint | convert`."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemon.files import exact, scene
from daemon.tools import scene_files
from rigs.talk import Talk

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


# --- every kind of file ---------------------------------------------------------------------------------


def stored(folder: Path) -> dict[str, Path]:
    """Files of every kind that the console writes itself."""
    talk = Talk(folder)
    for line in ('ch/01/config "Kick" 3 YE 1', "ch/01/mix ON -12.3 ON +10 OFF -oo", "fx/1 PLAT", "fx/5 GEQ2"):
        talk.say("/", line)
    for name, mask in (("eventtyp", 134217727), ("channels", 1), ("auxbuses", 0), ("maingrps", 64)):
        talk.say(f"/-show/showfile/snippet/007/{name}", mask)
    for what in (
        ("scene", 3, "Song", "slow"), ("snippet", 7, "Part"), ("librout", 0, "Stage"), ("libmon", 0, "Band"),
        ("libchan", 0, "Kick", 0), ("libchan", 1, "Bus", 48), ("libchan", 2, "Main", 70),
        ("libfx", 0, "Plate", 0), ("libfx", 1, "Graphic", 4),
    ):  # fmt: skip
        assert talk.say("/save", *what) == [("/save", what[0], 1)]
    talk.say("/add", "cue", 100, "One")
    talk.wait(1)
    kinds = ("*.scn", "*.snp", "*.chn", "*.efx", "*.rou", "*.mon", "*.shw", "*.lib")
    return {path.name: path for kind in kinds for path in folder.rglob(kind)}


def test_lint_is_silent_on_every_kind_of_file_the_console_writes(tmp_path: Path, capsys: pytest.CaptureFixture):
    files = stored(tmp_path)
    assert {path.suffix for path in files.values()} == {".scn", ".snp", ".chn", ".efx", ".rou", ".mon", ".shw", ".lib"}
    assert scene_files.main(["lint", *map(str, files.values())]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "")


def test_convert_keeps_the_kind_and_what_is_well_formed_already(tmp_path: Path):
    for name, path in stored(tmp_path / "state").items():
        target = tmp_path / f"converted{path.suffix}"
        assert scene_files.main(["convert", str(path), str(target)]) == 0, name
        assert target.read_bytes() == path.read_bytes(), name
        assert (exact.beside(target).exists()) == exact.beside(path).exists(), name


ODD = {
    "a.snp": ['#4.0# "hush" 0 0 0 0 1', "ch/05/mix/on OFF", "/nowhere 1", "/config/chlink/1-2 ON", "/ch/05/grp/dca 16"],
    "a.chn": ["/config Kick 3", "/mix/fader -6", "/eq/9 PEQ", "/gate ON GATE -41"],
    "a.efx": ['#4.0# 3 "Rack" 1 4 1', "type PLAT", "par 20 2.00", "parr 1"],
    "a.rou": ['#4.0# 3 "Stage" 2 %0 1', "/config/routing/IN A1-8 A9-16", "/config/routin/IN A1-8"],
    "a.shw": ["#4.0#", 'show "A" 0 0 0 0 0 0 0 0 0 0 "4.06"', "cue/000 100 One 0 3", "cues/000 1"],
}
WELL = {
    "a.snp": ['#4.0# "hush" 0 0 0 0 1', "/ch/05/mix/on OFF", "/config/chlink/1-2 ON", "/ch/05/grp/dca %00010000"],
    "a.chn": ['#4.0# 1 "a" 0 %0011111100011000 1', '/config "Kick" 3', "/mix/fader  -6.0", "/gate ON GATE -41.0"],
    "a.efx": ['#4.0# 3 "Rack" 1 4 1', "type PLAT", "par 20 1.98"],
    "a.rou": ['#4.0# 3 "Stage" 2 %0000000000000000 1', "/config/routing/IN A1-8 A9-16"],
    "a.shw": ["#4.0#", 'show "A" 0 0 0 0 0 0 0 0 0 0 "4.06"', 'cue/000 100 "One" 0 3'],
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_of_any_kind_is_written_anew_without_the_lines_that_mean_nothing(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture
):
    path, target = tmp_path / name, tmp_path / f"new-{name}"
    path.write_text("".join(f"{line}\n" for line in ODD[name]))
    assert scene_files.main(["convert", str(path), str(target)]) == 1
    assert capsys.readouterr().err.count("left out: ") == 1
    assert [line.rstrip() for line in target.read_text().splitlines()] == WELL[name]
    assert scene_files.main(["lint", str(target)]) == 0
    assert scene_files.main(["lint", str(path)]) == 1


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        ('"kick" 0 %0000000000001000 1', "%0000000000001000"),
        ('1 "kick" 2 %0000000000001000 1', "%0000000000001000"),
        ('1 "kick" 0 %odd 1', "%0011111100010000"),
        ('1 "kick"', "%0011111100010000"),
    ],
)
def test_the_header_of_a_channel_s_preset_is_put_right_and_keeps_what_it_says(tmp_path: Path, header: str, flags: str):
    path, target = tmp_path / "a.chn", tmp_path / "b.chn"
    path.write_text(f'#4.0# {header}\n/config "Kick" 3 YE\n/mix/fader  -6.0\n')
    assert scene_files.main(["lint", str(path)]) == 0
    assert scene_files.main(["convert", str(path), str(target)]) == 0
    head, *lines = map(str.rstrip, target.read_text().splitlines())
    assert head == f'#4.0# 1 "kick" 0 {flags} 1'
    assert lines == ['/config "Kick" 3 YE', "/mix/fader  -6.0"]


@pytest.mark.parametrize("name", ["a.chn", "a.scn"])
def test_a_line_that_is_not_understood_is_told_as_it_stands(tmp_path: Path, name: str, capsys: pytest.CaptureFixture):
    path = tmp_path / name
    path.write_text("/config/nix 3\n" + ("/mix/fader -6\n" if name == "a.chn" else "/ch/01/mix/fader -6\n"))
    assert scene_files.main(["lint", str(path)]) == 1
    assert "there is no /config/nix on this console" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["lint", "convert"])
@pytest.mark.parametrize("content", [b"", b"#4.0# \"a\" 0 0 0 0 1\n/ch/01/mix/pan +1", b"RIFF\0\0"])
def test_what_can_not_be_read_is_exit_code_2(tmp_path: Path, command: str, content: bytes):
    path, target = tmp_path / "a.snp", tmp_path / "b.snp"
    path.write_bytes(content)
    assert scene_files.main([command, str(path), *([str(target)] if command == "convert" else [])]) == 2
    assert not target.exists()


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
