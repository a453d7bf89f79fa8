"""Scenes as text."""

import stat
from pathlib import Path

import pytest

from daemon.desk.console import Console
from daemon.files import nodeline, scene
from dsp.table import TABLE

INIT = Path(__file__).parents[2] / "data" / "init.scn"
HEADER = '#4.0# "Test" "" %000000000 1'


@pytest.fixture
def console() -> Console:
    return Console()


def file(folder: Path, *lines: str, end: str = "\n") -> Path:
    """A scene file with a proper header and these lines."""
    path = folder / "test.scn"
    path.write_bytes(end.join((HEADER, *lines, "")).encode("utf-8"))
    return path


def text(console: Console, path: str) -> str | None:
    return nodeline.line_of(console.values, path)


def test_the_desks_own_scene_is_read_without_a_problem(console: Console):
    assert scene.read(INIT, console) == []


def test_a_scene_is_written_byte_for_byte_as_the_desk_does(console: Console, tmp_path: Path):
    scene.write(tmp_path / "init.scn", console, "Init")
    assert (tmp_path / "init.scn").read_bytes() == INIT.read_bytes()


def test_what_was_written_is_read_back_equal(console: Console, tmp_path: Path):
    for number, leaf in enumerate(leaf for path in TABLE.scene for leaf in TABLE.nodes[path]):
        row = console.values.param(leaf)
        wire = (
            "Größe 7"
            if row.kind == "text"
            else (number % 97) / 97
            if row.kind != "integer"
            else 1 + number % 60
        )
        try:
            console.set(leaf, row.from_wire(wire))
        except ValueError:
            console.set(leaf, row.from_wire(int(row.highest)))
    scene.write(tmp_path / "a.scn", console, "Mixed")
    twin = Console()
    assert scene.read(tmp_path / "a.scn", twin) == []
    scene.write(tmp_path / "b.scn", twin, "Mixed")
    assert (tmp_path / "a.scn").read_text() == (tmp_path / "b.scn").read_text()
    assert twin.values.texts == console.values.texts


def test_values_come_unpadded_off_the_grid_and_in_any_spacing(console: Console, tmp_path: Path):
    path = file(
        tmp_path,
        "  /ch/01/mix   ON -12.02\tON  0 OFF -oo ",
        "ch/02/eq/1 PEQ 1000 1.3 2.1",
        "/ch/03/eq/1 PEQ 1k97",
    )
    assert scene.read(path, console) == []
    assert text(console, "/ch/01/mix") == "/ch/01/mix ON -12.0 ON +0 OFF   -oo"
    assert text(console, "/ch/02/eq/1") == "/ch/02/eq/1 PEQ 990.9 +1.25 2.1"
    assert text(console, "/ch/03/eq/1") == "/ch/03/eq/1 PEQ 1k97 +0.00 2.0"


def test_a_name_keeps_its_blanks_and_may_be_bare(console: Console, tmp_path: Path):
    assert scene.read(file(tmp_path, '/ch/01/config "Kick  in" 2', "/ch/02/config Snare"), console) == []
    assert text(console, "/ch/01/config") == '/ch/01/config "Kick  in" 2 YE 1'
    assert text(console, "/ch/02/config") == '/ch/02/config "Snare" 1 YE 2'


def test_a_short_line_and_a_single_leaf_leave_the_rest_alone(console: Console, tmp_path: Path):
    scene.read(file(tmp_path, "/ch/01/mix/01 OFF", "/ch/01/mix/fader -6"), console)
    assert text(console, "/ch/01/mix/01") == "/ch/01/mix/01 OFF   -oo +0 EQ-> 0"
    assert text(console, "/ch/01/mix") == "/ch/01/mix ON  -6.0 ON +0 OFF   -oo"


def test_a_send_of_older_firmware_has_one_field_less(console: Console, tmp_path: Path):
    assert scene.read(file(tmp_path, "/ch/01/mix/01 ON -3.0 +10 POST"), console) == []


def test_comments_and_empty_lines_are_no_problem(console: Console, tmp_path: Path):
    assert scene.read(file(tmp_path, "", "# tonight", "   ", "/ch/01/mix OFF"), console) == []


def test_a_scene_saved_on_windows_reads_the_same(console: Console, tmp_path: Path):
    path = file(tmp_path, "/ch/01/mix OFF -6.0", end="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert scene.read(path, console) == []
    assert text(console, "/ch/01/mix/on") == "/ch/01/mix/on OFF"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/fx/9 HALL", "there is no /fx/9 on this console"),
        ("nonsense", "there is no /nonsense on this console"),
        ("/ch/01/dyn ON COMP PEAK LOG -20 4", "/ch/01/dyn/ratio: '4' is not one of 1.1 1.3 1.5"),
        ("/ch/01/mix ON loud", "/ch/01/mix/fader: 'loud' is not a number"),
        ("/ch/01/eq/1 PEQ -oo", "/ch/01/eq/1/f: '-oo' is not a number"),
        ("/dca/1 ON 0.0 5", "/dca/1 has 2 fields; from '5' on there are too many"),
        ('/ch/01/config "Kick 2', "a double quote is not closed"),
        ("/ch/01/grp %102", "/ch/01/grp/dca: '%102' is not a whole number"),
        ("/ch/01/config x 75", "/ch/01/config/icon: 75 is not within 1…74"),
        ("/ch/01/mix " + "ON " * 1000, "longer than any line of a scene"),
    ],
)
def test_a_line_that_means_nothing_is_reported_and_the_rest_is_applied(
    console: Console, tmp_path: Path, line: str, reason: str
):
    (problem,) = scene.read(file(tmp_path, "/ch/05/mix OFF", line, "/ch/06/mix OFF"), console)
    assert (problem.line, problem.text) == (3, line[: scene.LONGEST_LINE].strip())
    assert problem.reason.startswith(reason)
    assert text(console, "/ch/05/mix/on") == "/ch/05/mix/on OFF"
    assert text(console, "/ch/06/mix/on") == "/ch/06/mix/on OFF"


def test_the_fields_before_a_wrong_one_are_applied(console: Console, tmp_path: Path):
    scene.read(file(tmp_path, "/ch/01/mix OFF -6.0 MAYBE +10"), console)
    assert text(console, "/ch/01/mix") == "/ch/01/mix OFF  -6.0 ON +0 OFF   -oo"


def test_a_file_without_a_header_is_reported_and_still_applied(console: Console, tmp_path: Path):
    path = tmp_path / "bare.scn"
    path.write_text("/ch/01/mix OFF\n")
    (problem,) = scene.read(path, console)
    assert problem.line == 1
    assert "header is missing" in problem.reason
    assert text(console, "/ch/01/mix/on") == "/ch/01/mix/on OFF"


def test_an_empty_file_is_not_a_scene(console: Console, tmp_path: Path):
    path = tmp_path / "empty.scn"
    path.touch()
    assert [problem.line for problem in scene.read(path, console)] == [1]


def test_letters_that_are_not_utf8_cost_their_line_only(console: Console, tmp_path: Path):
    path = tmp_path / "old.scn"
    path.write_bytes(HEADER.encode() + b'\n/ch/01/config "Gr\xf6\xdfe"\n/ch/02/mix OFF\n')
    (problem,) = scene.read(path, console)
    assert (problem.line, "UTF-8" in problem.reason) == (2, True)
    assert text(console, "/ch/02/mix/on") == "/ch/02/mix/on OFF"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"RIFF\0\0\0\0WAVE", "binary file"),
        (b"#" * (scene.LARGEST + 1), "far too many"),
        (None, "can't be read: No such file"),
    ],
    ids=["binary", "huge", "missing"],
)
def test_a_file_that_is_no_scene_is_refused_by_name(
    console: Console, tmp_path: Path, content: bytes | None, reason: str
):
    path = tmp_path / "song.scn"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(scene.SceneError, match=reason) as refusal:
        scene.read(path, console)
    assert str(path) in str(refusal.value)


def test_a_folder_is_no_scene(console: Console, tmp_path: Path):
    with pytest.raises(scene.SceneError, match="no file"):
        scene.read(tmp_path, console)


def test_a_title_can_not_break_the_header(console: Console, tmp_path: Path):
    scene.write(tmp_path / "a.scn", console, 'Say "hi"\nand a lot more')
    first = (tmp_path / "a.scn").read_text().splitlines()[0]
    assert first.rstrip() == '#4.0# "Say \'hi\'and a lo" "" %000000000 1'
    assert len(first) == 127


def test_a_failed_write_keeps_the_old_scene(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "a.scn"
    path.write_text("old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        scene.write(path, console, "New")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.scn"]


def test_a_scene_can_be_read_by_others_as_any_file(console: Console, tmp_path: Path):
    (tmp_path / "other").touch()
    scene.write(tmp_path / "a.scn", console, "A")
    modes = {stat.S_IMODE(entry.stat().st_mode) for entry in tmp_path.iterdir()}
    assert len(modes) == 1
