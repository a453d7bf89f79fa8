"""Scenes, snippets and cues: storing, recalling, the list of them, and the buttons."""

import os
import re
import threading
from pathlib import Path

import pytest

from daemon.files import nodeline
from rigs.talk import ANN, BEN, Net, Talk, hear

INIT = Path(__file__).parents[2] / "data" / "init.scn"
FADER, ON = "/ch/01/mix/fader", "/ch/01/mix/on"


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def node(talk: Talk, path: str) -> str:
    """Tokens of a node."""
    line = nodeline.line_of(talk.console.values, path)
    assert line is not None
    return line.removeprefix(f"{path} ")


def line(talk: Talk, words: str) -> None:
    talk.say("/", words)


def store(talk: Talk, slot: int, *lines: str, name: str = "Song") -> None:
    """Store a scene with a desk set by lines."""
    for words in lines:
        line(talk, words)
    assert talk.say("/save", "scene", slot, name, "a note") == [("/save", "scene", 1)]


def scene_file(folder: Path, slot: int) -> Path:
    return folder / "show" / f"show.{slot:03d}.scn"


# --- scenes -------------------------------------------------------------------------------------------


def test_a_stored_scene_comes_back_as_it_was(talk: Talk):
    store(talk, 3, "ch/01/mix OFF -12.0", 'ch/02/config "Kick" 3')
    line(talk, "ch/01/mix ON -6.0")
    line(talk, "ch/02/config Snare 4")
    assert talk.say("/load", "scene", 3) == [("/load", "scene", 1)]
    assert node(talk, "/ch/01/mix").startswith("OFF -12.0")
    assert node(talk, "/ch/02/config").startswith('"Kick" 3')


def test_a_scene_file_is_what_the_desk_would_write(talk: Talk, tmp_path: Path):
    talk.say("/save", "scene", 3, "Init", "")
    assert scene_file(tmp_path, 3).read_bytes() == INIT.read_bytes()


def test_the_list_shows_what_is_stored_and_everybody_hears_of_it(talk: Talk):
    talk.say("/xremote", by=BEN)
    store(talk, 3)
    assert node(talk, "/-show/showfile/scene/003") == '"Song" "a note" %000000000 1'
    assert ("/-show/showfile/scene/003/name", "Song") in talk.hear(BEN)


@pytest.mark.parametrize("argument", [3, 3.0, "3"])
def test_a_scene_is_recalled_by_a_number_in_any_writing(talk: Talk, argument: float | str):
    store(talk, 3, "ch/01/mix/fader -12")
    line(talk, "ch/01/mix/fader -6")
    talk.say("/-action/goscene", argument)
    assert node(talk, FADER) == "-12.0"
    assert talk.say("/-action/goscene") == [("/-action/goscene", 0)]


def test_a_scene_is_recalled_by_a_line_of_text(talk: Talk):
    store(talk, 3, "ch/01/mix/fader -12")
    line(talk, "ch/01/mix/fader -6")
    line(talk, "/-action/goscene 3")
    assert node(talk, FADER) == "-12.0"


def test_a_recall_is_told_to_everybody_the_one_who_asked_too(talk: Talk):
    store(talk, 3, "ch/01/mix ON")
    line(talk, "ch/01/mix OFF")
    for client in (ANN, BEN):
        talk.say("/xremote", by=client)
    talk.hear(BEN)
    assert (ON, 1) in talk.say("/-action/goscene", 3, by=ANN)
    assert (ON, 1) in talk.hear(BEN)


def test_scene_0_always_exists_as_the_desk_as_it_came(talk: Talk):
    line(talk, "ch/01/mix OFF -6.0")
    assert talk.say("/load", "scene", 0) == [("/load", "scene", 1)]
    assert node(talk, "/ch/01/mix").startswith("ON   -oo")


def test_an_empty_scene_changes_nothing_and_says_why(talk: Talk):
    talk.say("/faderd/errors", 1)
    line(talk, "ch/01/mix OFF")
    assert talk.say("/load", "scene", 5) == [
        ("/load", "scene", 0),
        ("/faderd/error", "/load", "scene 5 is empty: there is no show.005.scn"),
    ]
    assert node(talk, ON) == "OFF"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:1000], "the last line has no end"),
        (lambda data: data[:1000] + b"\0" + data[1000:], "this is a binary file"),
        (lambda data: re.sub(rb"\n/", b"\n/x/", data), "nor is any other line understood"),
        (lambda data: b"", "the file is empty"),
    ],
    ids=["cut", "binary", "nonsense", "empty"],
)
def test_a_damaged_scene_is_refused_and_the_desk_untouched(
    talk: Talk, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage, reason: str
):
    store(talk, 3, "ch/01/mix OFF -12.0")
    line(talk, "ch/01/mix ON -6.0")
    path = scene_file(tmp_path, 3)
    path.write_bytes(damage(path.read_bytes()))
    before = talk.console.values.copy()
    talk.say("/faderd/errors", 1)
    status, fault = talk.say("/load", "scene", 3)
    assert status == ("/load", "scene", 0)
    assert reason in fault[2]
    assert "show.003.scn" in fault[2]
    assert fault[2] in caplog.text
    assert (talk.console.values.stored == before.stored).all()
    assert talk.console.values.texts == before.texts


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda data: data.replace(b"/ch/07/eq/1 PEQ", b"/ch/07/eq/1 PFQ"), "'PFQ' is not one of"),
        (lambda data: data.replace(b"/ch/09/mix ON", b"/ch/09/mxi ON"), "there is no /ch/09/mxi"),
    ],
    ids=["token", "path"],
)
def test_a_line_that_is_not_understood_costs_that_line_and_is_told(
    talk: Talk, tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil, reason: str
):
    store(talk, 3, "ch/01/mix OFF -12.0")
    path = scene_file(tmp_path, 3)
    path.write_bytes(spoil(path.read_bytes()))
    talk.say("/faderd/errors", 1)
    for recall in (("/load", "scene", 3), ("/-action/goscene", 3), ("/faderd/scene/recall", 3)):
        line(talk, "ch/01/mix ON -6.0")
        *answers, fault = talk.say(*recall)
        assert fault[:2] == ("/faderd/error", recall[0])
        assert fault[2].startswith("show.003.scn:")
        assert "left out" in fault[2]
        assert reason in fault[2]
        assert answers == ([("/load", "scene", 1)] if recall[0] == "/load" else answers)
        assert node(talk, "/ch/01/mix").startswith("OFF -12.0")
    assert reason in caplog.text


def test_a_scene_without_a_header_is_recalled(talk: Talk, tmp_path: Path):
    store(talk, 3, "ch/01/mix OFF -12.0")
    line(talk, "ch/01/mix ON -6.0")
    path = scene_file(tmp_path, 3)
    path.write_bytes(path.read_bytes().partition(b"\n")[2])
    assert talk.say("/load", "scene", 3) == [("/load", "scene", 1)]
    assert node(talk, "/ch/01/mix").startswith("OFF -12.0")


def test_a_recall_over_the_network_is_one_publication(tmp_path: Path):
    with Net(tmp_path) as net:
        client = net.client()
        assert hear_after(net, client, "/save", "scene", 3, "A", "") == [("/save", "scene", 1)]
        for ch in range(1, 33):
            net.ask(client, f"/ch/{ch:02d}/mix/fader", 0.5)
        net.turn(0.1)
        published: list[int] = []
        net.console.publish = lambda: published.append(len(net.console._touched))
        net.ask(client, "/-action/goscene", 3)
        while not published:
            net.turn(0.01)
        net.turn(0.1)
        assert published[0] > 0
        assert len(set(published)) == 1  # nothing was touched after the first publication


def hear_after(net: Net, client, *message) -> list[tuple]:
    """Answer of a command that waits for the disk."""
    heard = net.ask(client, *message)
    while not heard:
        net.turn(0.01)
        heard = hear(client)
    return heard


def test_storing_does_not_keep_clients_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sync, let_go = os.fsync, threading.Event()
    monkeypatch.setattr("os.fsync", lambda handle: (let_go.wait(60), sync(handle)))
    with Net(tmp_path) as net:
        client = net.client()
        net.ask(client, "/save", "scene", 3, "A", "")
        assert (ON, 1) in net.ask(client, ON)  # the disk still waits for us
        # What is still being written can be recalled already.
        net.ask(client, "/ch/01/mix/fader", 0.5)
        assert net.ask(client, "/load", "scene", 3)[0] == ("/load", "scene", 1)
        assert net.ask(client, FADER) == [(FADER, 0.0)]
        let_go.set()


def test_a_full_disk_is_answered_and_the_list_does_not_lie(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    talk.say("/faderd/errors", 1)
    assert talk.say("/save", "scene", 3, "Song", "") == [
        ("/save", "scene", 0),
        ("/faderd/error", "/save", "scene not stored: No space left on device"),
    ]
    assert node(talk, "/-show/showfile/scene/003") == '"" "" %000000000 0'


def test_copy_rename_and_delete(talk: Talk, tmp_path: Path):
    store(talk, 3, "ch/01/mix OFF -12.0")
    assert talk.say("/copy", "scene", 3, 4) == [("/copy", "scene", 1)]
    assert scene_file(tmp_path, 4).read_bytes() == scene_file(tmp_path, 3).read_bytes()
    assert talk.say("/rename", "scene", 4, "Other") == [("/rename", "scene", 1)]
    assert node(talk, "/-show/showfile/scene/004") == '"Other" "a note" %000000000 1'
    head, _, rest = scene_file(tmp_path, 4).read_bytes().partition(b"\n")
    assert head.startswith(b'#4.0# "Other" "a note" %000000000 1')
    assert rest == scene_file(tmp_path, 3).read_bytes().partition(b"\n")[2]
    assert talk.say("/delete", "scene", 3) == [("/delete", "scene", 1)]
    assert node(talk, "/-show/showfile/scene/003") == '"" "" %000000000 0'
    assert not scene_file(tmp_path, 3).exists()


@pytest.mark.parametrize(
    "message",
    [
        ("/save", "scene", 100, "x", ""),
        ("/save", "scene", -1, "x", ""),
        ("/save", "scene", "x", "x", ""),
        ("/save", "scene"),
        ("/save", "picture", 1, "x"),
        ("/save", "libchan", 1, "x", 72),
        ("/save", "libfx", 1, "x", 8),
        ("/load", "scene", 100),
        ("/load", "libchan", 3, 0, 63),
        ("/copy", "scene", 8, 9),
        ("/rename", "scene", 8, "x"),
        ("/rename", "cue", 8, "x"),
        ("/delete", "cue", 8),
        ("/add", "scene", 1, "x"),
    ],
)
def test_what_can_not_be_done_is_answered_with_0_and_counted(talk: Talk, message: tuple):
    kind = message[1]
    assert talk.say(*message) == [(message[0], kind, 0)]
    assert talk.counters.refused == 1


@pytest.mark.parametrize("message", [("/save",), ("/load", 3), ("/save", 3, "scene")])
def test_a_command_without_a_kind_is_met_with_silence(talk: Talk, message: tuple):
    assert talk.say(*message) == []
    assert talk.counters.refused == 1


# --- the show as files --------------------------------------------------------------------------------


def test_the_show_is_there_again_after_a_restart(talk: Talk, tmp_path: Path):
    store(talk, 3, "ch/01/mix OFF -12.0")
    talk.say("/add", "cue", 1252, "Opening")
    talk.say("/-show/showfile/show/name", "Tonight")
    talk.wait(1)
    again = Talk(tmp_path)
    assert node(again, "/-show/showfile/scene/003") == '"Song" "a note" %000000000 1'
    assert node(again, "/-show/showfile/cue/000") == '1252 "Opening" 0 -1 -1 0 1 0 0'
    assert node(again, "/-show/showfile/show/name") == '"Tonight"'
    again.say("/load", "scene", 3)
    assert node(again, "/ch/01/mix").startswith("OFF -12.0")


def test_the_list_is_a_file_as_the_editor_writes_it(talk: Talk, tmp_path: Path):
    store(talk, 3)
    talk.say("/add", "cue", 100, "One")
    talk.wait(1)
    assert (tmp_path / "show" / "show.shw").read_text().splitlines() == [
        "#4.0#",
        'show "MyShow" 0 0 0 0 0 0 0 0 0 0 "4.06"',
        'cue/000 100 "One" 0 -1 -1 0 1 0 0',
        'scene/003 "Song" "a note" %000000000 1',
    ]


def test_a_scene_that_is_not_in_the_list_brings_its_header(talk: Talk, tmp_path: Path):
    store(talk, 3)
    (tmp_path / "show" / "show.shw").unlink(missing_ok=True)
    assert node(Talk(tmp_path), "/-show/showfile/scene/003") == '"Song" "a note" %000000000 1'


def test_a_scene_whose_file_is_gone_is_empty(talk: Talk, tmp_path: Path):
    store(talk, 3)
    talk.wait(1)
    scene_file(tmp_path, 3).unlink()
    assert node(Talk(tmp_path), "/-show/showfile/scene/003/hasdata") == "0"


def test_a_list_that_is_no_text_does_not_keep_the_desk_from_starting(talk: Talk, tmp_path: Path):
    store(talk, 3)
    (tmp_path / "show" / "show.shw").write_bytes(bytes(100))
    assert node(Talk(tmp_path), "/-show/showfile/scene/003/hasdata") == "1"


def test_showdump_tells_the_whole_list_as_nodes(talk: Talk):
    assert talk.say("/showdump") == [("node", '/-show/showfile/show "MyShow" 0 0 0 0 0 0 0 0 0 0 "4.06"\n')]
    store(talk, 3)
    talk.say("/add", "cue", 100, "One")
    assert [text.split()[0] for _, text in talk.say("/showdump")] == [
        "/-show/showfile/show",
        "/-show/showfile/cue/000",
        "/-show/showfile/scene/003",
    ]


def test_a_long_showdump_is_paced_and_complete(talk: Talk):
    for number in range(300):
        talk.say("/add", "cue", number + 1, f"Cue {number}")
    first = talk.say("/showdump")
    assert len(first) < 150
    talk.wait(1)
    assert len(first + talk.hear()) == 301


# --- snippets -----------------------------------------------------------------------------------------

MUTES_AND_FADERS, CHANNELS_1_AND_2 = 192, 3


def test_a_snippet_holds_what_its_masks_choose_and_nothing_else(talk: Talk, tmp_path: Path):
    line(talk, f'/-show/showfile/snippet/002 "" {MUTES_AND_FADERS} {CHANNELS_1_AND_2} 0 0')
    assert talk.say("/save", "snippet", 2, "Two") == [("/save", "snippet", 1)]
    lines = (tmp_path / "show" / "show.002.snp").read_text().splitlines()
    assert lines[0].rstrip() == f'#4.0# "Two" {MUTES_AND_FADERS} {CHANNELS_1_AND_2} 0 0 1'
    assert len(lines[0]) == 127
    assert lines[1:] == [
        *("/ch/01/mix/on ON", "/ch/01/mix/fader   -oo", "/ch/01/mix/pan +0"),
        *("/ch/02/mix/on ON", "/ch/02/mix/fader   -oo", "/ch/02/mix/pan +0"),
    ]


def test_a_recalled_snippet_leaves_the_rest_alone(talk: Talk):
    line(talk, f'/-show/showfile/snippet/002 "" {MUTES_AND_FADERS} {CHANNELS_1_AND_2} 0 0')
    line(talk, "ch/01/mix ON -12.0")
    talk.say("/save", "snippet", 2, "Two")
    line(talk, "ch/01/mix OFF -6.0")
    line(talk, "ch/03/mix OFF -6.0")
    talk.say("/-action/gosnippet", 2)
    assert node(talk, "/ch/01/mix").startswith("ON -12.0")
    assert node(talk, "/ch/03/mix").startswith("OFF  -6.0")


def test_everything_is_27_32_32_and_16_bits(talk: Talk, tmp_path: Path):
    line(talk, '/-show/showfile/snippet/000 "" 134217727 -1 -1 65535')
    assert talk.say("/save", "snippet", 0, "All") == [("/save", "snippet", 1)]
    head, *lines = (tmp_path / "show" / "show.000.snp").read_text().splitlines()
    assert head.rstrip() == '#4.0# "All" 134217727 -1 -1 65535 1'
    families = {words.split("/")[1].split()[0] for words in lines}
    assert families == {"fx", "config", "outputs", "headamp", "ch", "auxin", "fxrtn", "bus", "mtx", "main", "dca"}


# --- cues and the position ----------------------------------------------------------------------------


def test_a_cue_recalls_its_scene_and_its_snippet(talk: Talk):
    store(talk, 3, "ch/01/mix ON -12.0", "ch/02/mix ON -12.0")
    line(talk, f'/-show/showfile/snippet/002 "" {MUTES_AND_FADERS} 1 0 0')
    line(talk, "ch/01/mix OFF -3.0")
    talk.say("/save", "snippet", 2, "Two")
    talk.say("/add", "cue", 100, "One")
    line(talk, "/-show/showfile/cue/000 100 One 0 3 2")
    line(talk, "ch/02/mix OFF")
    talk.say("/-action/gocue", 0)
    assert node(talk, "/ch/01/mix").startswith("OFF  -3.0")
    assert node(talk, "/ch/02/mix").startswith("ON -12.0")


def test_a_cue_whose_snippet_is_missing_recalls_nothing(talk: Talk):
    store(talk, 3, "ch/01/mix ON -12.0")
    talk.say("/add", "cue", 100, "One")
    line(talk, "/-show/showfile/cue/000 100 One 0 3 2")
    line(talk, "ch/01/mix OFF")
    talk.say("/-action/gocue", 0)
    assert node(talk, ON) == "OFF"
    assert talk.counters.refused == 1


def test_cues_stand_in_the_order_of_their_numbers(talk: Talk):
    for number, name in ((300, "C"), (100, "A"), (200, "B")):
        talk.say("/add", "cue", number, name)
    names = [node(talk, f"/-show/showfile/cue/{place:03d}/name") for place in range(4)]
    assert names == ['"A"', '"B"', '"C"', '""']
    assert talk.say("/add", "cue", 200, "again") == [("/add", "cue", 0)]
    talk.say("/delete", "cue", 1)
    talk.say("/rename", "cue", 1, "Last")
    names = [node(talk, f"/-show/showfile/cue/{place:03d}/name") for place in range(3)]
    assert names == ['"A"', '"Last"', '""']


@pytest.mark.parametrize(("control", "follows"), [("CUES", False), ("SCENES", True), ("SNIPPETS", False)])
def test_the_position_follows_what_is_recalled_if_it_counts_that(talk: Talk, control: str, follows: bool):
    store(talk, 7)
    line(talk, f"-prefs/show_control {control}")
    talk.say("/-action/goscene", 7)
    assert talk.say("/-show/prepos/current") == [("/-show/prepos/current", 7 if follows else 0)]


def test_where_the_desk_advances_the_position_is_at_the_next_scene_there_is(talk: Talk):
    for slot in (3, 7):
        store(talk, slot)
    line(talk, "-prefs/show_control SCENES")
    line(talk, "-prefs/scene_advance ON")
    talk.say("/-action/goscene", 3)
    assert talk.value("/-show/prepos/current") == 7
    talk.say("/-action/goscene", 7)
    assert talk.value("/-show/prepos/current") == 7


def test_next_and_previous_pass_over_what_is_empty_or_skipped_and_go_recalls(talk: Talk):
    store(talk, 3, "ch/01/mix ON -12.0")
    for number in (100, 200, 300):
        talk.say("/add", "cue", number, str(number))
    line(talk, "/-show/showfile/cue/001 200 B 1")
    line(talk, "/-show/showfile/cue/002 300 C 0 3")
    line(talk, "ch/01/mix OFF")
    talk.say("/faderd/show/next")
    assert talk.value("/-show/prepos/current") == 2
    talk.say("/faderd/show/next")
    assert talk.value("/-show/prepos/current") == 2
    talk.say("/faderd/show/go")
    assert node(talk, ON) == "ON"
    talk.say("/faderd/show/previous")
    assert talk.value("/-show/prepos/current") == 0


# --- undo and the other buttons -----------------------------------------------------------------------


def test_undo_takes_back_the_last_recall_once(talk: Talk):
    store(talk, 3, "ch/01/mix ON -12.0")
    line(talk, "ch/01/mix OFF -6.0")
    assert talk.say("/-undo/time") == [("/-undo/time", "")]
    talk.say("/-action/goscene", 3)
    assert len(talk.value("/-undo/time")) == len("12:34:56")
    talk.say("/-action/doundo", 1)
    assert node(talk, "/ch/01/mix").startswith("OFF  -6.0")
    assert talk.value("/-undo/time") == ""
    talk.say("/-action/doundo", 1)
    assert node(talk, "/ch/01/mix").startswith("OFF  -6.0")


def test_an_undo_point_can_be_set_by_hand(talk: Talk):
    talk.say("/-action/undopt", 1)
    line(talk, 'ch/01/config "Kick"')
    talk.say("/-action/doundo", 1)
    assert node(talk, "/ch/01/config/name") == '""'


def test_a_refused_recall_keeps_the_undo_point(talk: Talk):
    talk.say("/-action/undopt", 1)
    line(talk, "ch/01/mix OFF")
    talk.say("/-action/goscene", 50)
    talk.say("/-action/doundo", 1)
    assert node(talk, ON) == "ON"


def test_a_button_that_is_not_pressed_does_nothing(talk: Talk):
    line(talk, "ch/01/mix OFF")
    for name in ("initall", "initshow", "initlib", "doundo", "clearsolo"):
        talk.say(f"/-action/{name}", 0)
    assert node(talk, ON) == "OFF"


def test_initialising_sets_the_desk_as_it_came_and_undo_takes_it_back(talk: Talk):
    line(talk, "ch/01/mix OFF -6.0")
    line(talk, "-prefs/show_control SNIPPETS")
    talk.say("/-action/initall", 1)
    assert node(talk, "/ch/01/mix").startswith("ON   -oo")
    assert node(talk, "/-prefs/show_control") == "SNIPPETS"
    talk.say("/-action/doundo", 1)
    assert node(talk, ON) == "OFF"


def test_clearing_the_show_empties_its_folder_and_its_list(talk: Talk, tmp_path: Path):
    store(talk, 3)
    talk.say("/add", "cue", 100, "One")
    talk.say("/-action/initshow", 1)
    assert len(talk.say("/showdump")) == 1
    assert not scene_file(tmp_path, 3).exists()


def test_clearing_solo_ends_all_solos(talk: Talk):
    for number in (1, 33, 80):
        talk.say(f"/-stat/solosw/{number:02d}", 1)
    talk.say("/-action/clearsolo", 1)
    assert [talk.value(f"/-stat/solosw/{number:02d}") for number in range(1, 81)] == [0] * 80


def test_the_source_of_the_spectrum_is_set_by_its_button(talk: Talk):
    talk.say("/-action/setrtasrc", 98)
    assert talk.value("/-stat/rtasource") == 98


def test_buttons_of_a_card_that_is_not_there_answer_that_they_are_done(talk: Talk):
    assert talk.say("/-action/selsession", 2) == [("/-action/selsession", 0)]
    assert talk.value("/-action/selsession") == talk.console.values.table.defaults[
        talk.console.values.table.leaves["/-action/selsession"]
    ]
