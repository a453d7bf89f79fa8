"""Scenes as text."""

import stat
from pathlib import Path

import numpy as np
import pytest

from daemon.desk.console import Console, differences
from daemon.files import disk, exact, nodeline, reading, scene
from dsp.parameters.row import Continuous
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


def write(path: Path, console: Console, title: str) -> None:
    """Store the desk as a scene, with its exact values beside it."""
    data, beside = scene.stored(console.values, scene.header(title))
    disk.replace(path, data)
    disk.replace(exact.beside(path), beside)


def text(console: Console, path: str) -> str | None:
    return nodeline.line_of(console.values, path)


def test_the_desks_own_scene_is_read_without_a_problem(console: Console):
    assert scene.read(INIT, console) == []


def test_a_scene_is_written_byte_for_byte_as_the_desk_does(console: Console, tmp_path: Path):
    write(tmp_path / "init.scn", console, "Init")
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
    write(tmp_path / "a.scn", console, "Mixed")
    twin = Console()
    assert scene.read(tmp_path / "a.scn", twin) == []
    write(tmp_path / "b.scn", twin, "Mixed")
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


def test_a_scene_without_a_header_is_a_scene(console: Console, tmp_path: Path):
    path = tmp_path / "bare.scn"
    path.write_text("/ch/01/mix OFF\n")
    assert scene.read(path, console) == []
    assert text(console, "/ch/01/mix/on") == "/ch/01/mix/on OFF"


def test_letters_that_are_not_utf8_are_latin_1(console: Console, tmp_path: Path):
    path = tmp_path / "old.scn"
    path.write_bytes(HEADER.encode() + b'\n/ch/01/config "Gr\xf6\xdfe"\n/ch/02/mix OFF\n')
    assert scene.read(path, console) == []
    assert text(console, "/ch/01/config/name") == '/ch/01/config/name "Größe"'
    assert text(console, "/ch/02/mix/on") == "/ch/02/mix/on OFF"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        (HEADER, "the last line has no end"),
        (f"{HEADER}\n/ch/01/mix OFF -6.0 ON -1", "the last line has no end"),
        (f"{HEADER}\n/ch/01/mix OFF -6.0", "the last line has no end"),
        (f"{HEADER}\n/ch/01/config \"Kick\" 3 YE 1", "the last line has no end"),
        (f"{HEADER}\n/ch/01/mix/pan +2", "the last line has no end"),
        (f"{HEADER}\n/nowhere 1\n/ch/01/mix LOUD\n", ":2: there is no /nowhere on this console; nor is any other"),
    ],
    ids=["nothing", "blanks", "header", "cut", "short", "number", "pan", "nonsense"],
)
def test_a_damaged_file_is_refused_whole(console: Console, tmp_path: Path, content: str, reason: str):
    path = tmp_path / "song.scn"
    path.write_text(content)
    before = console.values.copy()
    with pytest.raises(scene.SceneError, match=reason):
        scene.read(path, console)
    assert (console.values.stored == before.stored).all()


def test_a_scene_cut_off_anywhere_never_sets_what_it_did_not_say(console: Console, tmp_path: Path):
    lines = ["/ch/01/mix OFF -12.0 ON +22 OFF   -oo"]
    lines += ['/ch/02/config "Kick 12" 33 GNi 12', "/config/mute ON OFF ON OFF ON OFF"]
    lines += ["/fx/1 PLAT", "/headamp/000 +12.5 ON"]
    lines += ["/ch/01/grp %00010001 %100001", "/ch/03/mix/01 ON -10.5 +44 POST 1"]
    whole = "\n".join((HEADER, *lines, "")).encode()
    said = Console()
    (tmp_path / "whole.scn").write_bytes(whole)
    assert scene.read(tmp_path / "whole.scn", said) == []
    fresh, path, refused = Console().values, tmp_path / "cut.scn", 0
    for end in range(len(HEADER) + 2, len(whole)):
        path.write_bytes(whole[:end])
        cut = Console()
        try:
            scene.read(path, cut)
        except scene.SceneError:
            refused += 1
        for leaf in differences(fresh, cut.values):
            assert cut.values.get(leaf) == said.values.get(leaf), (end, cut.values.table.path_of(leaf))
    assert refused > 0.9 * (len(whole) - len(HEADER))


def test_a_last_line_without_an_end_counts_if_it_can_only_be_whole(console: Console, tmp_path: Path):
    for number, last in enumerate(("/ch/01/mix/fader -12.0", "/ch/02/mix/on OFF", '/ch/03/config/name "Kick"'), 1):
        path = tmp_path / f"{number}.scn"
        path.write_text(f"{HEADER}\n{last}")
        assert scene.read(path, console) == []
    assert text(console, "/ch/01/mix/fader") == "/ch/01/mix/fader -12.0"
    assert text(console, "/ch/03/config/name") == '/ch/03/config/name "Kick"'


def test_what_no_scene_holds_is_left_out_and_told(console: Console, tmp_path: Path):
    (problem,) = scene.read(file(tmp_path, "/-stat/solosw/03 ON", "/ch/01/mix OFF"), console)
    assert problem.reason == "no scene holds /-stat/solosw/03"
    assert console.values.get(TABLE.leaves["/-stat/solosw/03"]) == 0


def test_of_an_effect_that_is_not_known_nothing_is_set(console: Console, tmp_path: Path):
    before = text(console, "/fx/5/par")
    problems = scene.read(file(tmp_path, "/fx/5 NOSUCH", "/fx/5/par 1 2 3", "/ch/01/mix OFF"), console)
    assert [problem.line for problem in problems] == [2, 3]
    assert text(console, "/fx/5/par") == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"RIFF\0\0\0\0WAVE", "binary file"),
        (b"#" * (reading.LARGEST + 1), "far too many"),
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
    write(tmp_path / "a.scn", console, 'Say "hi"\nand a lot more')
    first = (tmp_path / "a.scn").read_text().splitlines()[0]
    assert first.rstrip() == '#4.0# "Say \'hi\'and a lo" "" %000000000 1'
    assert len(first) == 127


# --- exact values ---------------------------------------------------------------------------------------


def test_what_is_written_so_already_is_left_alone(console: Console, tmp_path: Path):
    fader = TABLE.leaves["/ch/01/mix/fader"]
    for step in (613, 614):
        console.set(fader, step)
        assert scene.read(file(tmp_path, "/ch/01/mix ON -6.0"), console) == []
        assert console.values.get(fader) == step
    console.set(fader, 700)
    scene.read(file(tmp_path, "/ch/01/mix ON -6.0"), console)
    assert console.values.get(fader) == 614


def test_exact_values_beside_a_file_say_which_step_is_meant(console: Console, tmp_path: Path):
    fader = TABLE.leaves["/ch/01/mix/fader"]
    console.set(fader, 613)
    write(tmp_path / "a.scn", console, "A")
    for before in (0, 613, 614, 700):
        console.set(fader, before)
        assert scene.read(tmp_path / "a.scn", console) == []
        assert console.values.get(fader) == 613
    console.set(fader, 614)
    write(tmp_path / "a.scn", console, "A")  # now the text alone means this step: it counts whatever stood before
    console.set(fader, 613)
    scene.read(tmp_path / "a.scn", console)
    assert console.values.get(fader) == 614


def test_exact_values_count_only_for_the_lines_they_were_made_with(console: Console, tmp_path: Path):
    fader, path = TABLE.leaves["/ch/01/mix/fader"], tmp_path / "a.scn"
    console.set(fader, 613)
    write(path, console, "A")
    path.write_bytes(path.read_bytes().replace(b'"A"', b'"B"'))  # a name is no value
    console.set(fader, 0)
    scene.read(path, console)
    assert console.values.get(fader) == 613
    path.write_bytes(path.read_bytes().replace(b"/ch/02/mix ON", b"/ch/02/mix OFF"))
    console.set(fader, 0)
    scene.read(path, console)
    assert console.values.get(fader) == 614


def test_every_step_of_everything_survives_a_file(tmp_path: Path):
    console, twin = Console(), Console()
    random = np.random.default_rng(3)
    for _ in range(5):
        for leaf in scene.scene_leaves(TABLE):
            param = console.values.param(leaf)
            if isinstance(param, Continuous):
                console.set(leaf, int(random.integers(param.steps)))
        write(tmp_path / "a.scn", console, "A")
        assert scene.read(tmp_path / "a.scn", twin) == []
        assert differences(console.values, twin.values) == []


def test_a_scene_can_be_read_by_others_as_any_file(console: Console, tmp_path: Path):
    (tmp_path / "other").touch()
    write(tmp_path / "a.scn", console, "A")
    modes = {stat.S_IMODE(entry.stat().st_mode) for entry in tmp_path.iterdir()}
    assert len(modes) == 1
