"""Every accepted move is in the log, and there is a way back."""

import json
import resource
import signal
import time
from pathlib import Path

import pytest

from daemon.desk.console import differences
from daemon.desk.roles import Access
from daemon.history import log
from daemon.history.moment import moment
from daemon.wire import packet
from daemon.wire.network import Client
from rigs.talk import ANN, BEN, Talk

FADER, ON, NAME = "/ch/01/mix/fader", "/ch/01/mix/on", "/ch/02/config/name"
MUSICIAN = Client("10.0.0.9", 5009, door=1)
PAUSE_S = 2.0


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talk:
    talk = Talk(tmp_path, roles=(Access(), Access("musician", (3,))))
    began = time.mktime((2026, 11, 28, 21, 0, 0, 0, 0, -1))
    monkeypatch.setattr(talk.history, "_wall_clock", lambda: began + talk.now - 1000)
    monkeypatch.setattr(talk.history._moves, "_wall_clock", lambda: began + talk.now - 1000)
    return talk


def logged(stage: Talk, folder: Path) -> list[dict[str, object]]:
    stage.wait(1)
    return list(log.read(folder))


def test_a_move_is_logged_with_who_what_and_when(stage: Talk, tmp_path: Path):
    stage.say("/ch/05/mix/03/level", 0.75, by=MUSICIAN)
    (record,) = logged(stage, tmp_path)
    assert record["client"] == "10.0.0.9:5009"
    assert record["role"] == "musician"
    assert record["address"] == "/ch/05/mix/03/level"
    assert (record["old"], record["new"]) == ("-oo", "0.0")
    assert time.localtime(float(str(record["time"])))[3:5] == (21, 0)
    assert {"frame", "serial", "step"} <= set(record)


def test_what_is_refused_or_changes_nothing_is_not_logged(stage: Talk, tmp_path: Path):
    stage.say("/main/st/mix/fader", 0.75, by=MUSICIAN)
    stage.say(ON, 1)
    stage.say(ON, "MAYBE")
    assert logged(stage, tmp_path) == []


def test_moves_within_twenty_milliseconds_at_one_address_are_one(stage: Talk, tmp_path: Path):
    for step in range(10):
        stage.say(FADER, step / 10)
        stage.wait(0.001)
    stage.wait(0.1)
    stage.say(FADER, 1.0)
    first, second = logged(stage, tmp_path)
    assert (first["old"], first["new"]) == ("-oo", "+5.0") or first["new"] == second["old"]
    assert second["new"] == "+10.0"


def test_what_two_people_do_at_one_address_is_two_moves(stage: Talk, tmp_path: Path):
    stage.say(FADER, 0.5, by=ANN)
    stage.say(FADER, 0.6, by=BEN)
    assert [record["client"] for record in logged(stage, tmp_path)] == [str(ANN), str(BEN)]


def test_the_log_and_the_state_never_drift_apart(stage: Talk, tmp_path: Path):
    stage.say("/config/chlink/1-2", 1)
    stage.say("/save", "scene", 1, "A", "")
    before = stage.console.values.copy()
    stage.wait(1)
    known = len(list(log.read(tmp_path)))
    for number in range(200):
        stage.say(f"/ch/{number % 32 + 1:02}/mix/fader", number % 100 / 100, by=(ANN, BEN)[number % 2])
        stage.say(f"/ch/{number % 32 + 1:02}/config/name", f"n{number}")
        stage.wait(0.007)
    stage.say("/load", "scene", 1)
    replayed = before.copy()
    for record in logged(stage, tmp_path)[known:]:
        replayed.set(before.table.leaves[str(record["address"])], record["step"])
    assert differences(replayed, stage.console.values) == []


def test_the_log_is_bounded_and_its_oldest_goes(tmp_path: Path):
    kept = log.Log(tmp_path, largest=2000, most=3)
    for number in range(200):
        kept.add([{"number": number, "words": "x" * 80}])
    assert len(log.files(tmp_path)) <= 4
    assert sum(path.stat().st_size for path in log.files(tmp_path)) < 9000
    numbers = [record["number"] for record in log.read(tmp_path)]
    assert numbers == list(range(numbers[0], 200))


def test_a_line_that_was_cut_costs_that_line(tmp_path: Path):
    kept = log.Log(tmp_path)
    kept.add([{"number": 1}, {"number": 2}])
    (path,) = log.files(tmp_path)
    path.write_bytes(path.read_bytes() + b'{"number": ')
    assert [record["number"] for record in log.read(tmp_path)] == [1, 2]
    assert all(json.loads(line) for line in path.read_text().splitlines()[:2])


def test_the_newest_stays_when_the_clock_was_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = log.Log(tmp_path, largest=200, most=3)
    hours = iter([*range(20, 10, -1), *range(10, 23)] * 100)
    monkeypatch.setattr(log.time, "localtime", lambda: time.strptime(f"2026-11-28 {next(hours)}", "%Y-%m-%d %H"))
    for number in range(1100):
        kept.add([{"number": number, "words": "x" * 160}])
        assert [record["number"] for record in log.read(tmp_path)][-1] == number
    assert [record["number"] for record in log.read(tmp_path)] == [1097, 1098, 1099]


def test_what_a_full_disk_cut_costs_nothing_else(tmp_path: Path):
    kept = log.Log(tmp_path)
    kept.add([{"number": 1}])
    (path,) = log.files(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 5, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            kept.add([{"number": 2}])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)  # the default would end whoever meets a limit later
    kept.add([{"number": 3}])
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == [1, 3]


def test_a_file_that_somebody_took_away_is_followed_by_another(tmp_path: Path):
    kept = log.Log(tmp_path)
    kept.add([{"number": 1}])
    log.files(tmp_path)[0].unlink()
    kept.add([{"number": 2}])
    assert [record["number"] for record in log.read(tmp_path)] == [2]


def test_what_the_disk_refused_is_written_when_it_takes_again(stage: Talk, tmp_path: Path):
    (tmp_path / "history").write_text("a file where the folder should be")
    stage.say(FADER, 0.5)
    stage.wait(3)
    stage.say(ON, 0)
    stage.wait(3)
    (tmp_path / "history").unlink()
    stage.wait(20)
    assert [record["address"] for record in log.read(tmp_path)] == [FADER, ON]


def test_the_last_moves_of_all_hands_are_told_with_their_authors(stage: Talk):
    stage.say(FADER, 0.75, by=ANN)
    stage.say("/ch/05/mix/03/level", 0.75, by=MUSICIAN)
    ((address, text),) = stage.say("/faderd/moves")
    told = json.loads(str(text))
    assert address == "/faderd/moves"
    assert [(move["client"], move["role"], move["address"], move["new"]) for move in told] == [
        ("10.0.0.9:5009", "musician", "/ch/05/mix/03/level", "0.0"), (str(ANN), "engineer", FADER, "0.0"),
    ]  # fmt: skip
    for step in range(40):
        stage.say(FADER, step / 40)
        stage.wait(0.1)
    ((_, text),) = stage.say("/faderd/moves")
    assert len(json.loads(str(text))) == 12
    assert len(str(text)) < 4096


# --- back and forward ---------------------------------------------------------------------------------


def do(stage: Talk, address: str, value: object, by: Client = ANN) -> None:
    stage.say(address, value, by=by)
    stage.wait(PAUSE_S)


def test_undo_sets_back_what_one_did_last_and_redo_does_it_again(stage: Talk):
    do(stage, FADER, 0.5)
    do(stage, NAME, "Bass")
    do(stage, ON, 0, by=BEN)
    assert stage.say("/faderd/undo") == [("/faderd/undo", 1, str(ANN))]
    assert stage.value(NAME) == ""
    assert stage.value(ON) == 0
    stage.say("/faderd/undo")
    assert stage.value(FADER) == 0
    assert stage.say("/faderd/undo") == [("/faderd/undo", 0, "")]
    assert stage.say("/faderd/redo") == [("/faderd/redo", 1)]
    assert stage.value(FADER) > 0
    stage.say("/faderd/redo")
    assert stage.value(NAME) == "Bass"
    assert stage.say("/faderd/redo") == [("/faderd/redo", 0)]


def test_a_knob_that_is_turned_is_one_step(stage: Talk):
    do(stage, FADER, 0.2)
    for step in range(20):
        stage.say(FADER, step / 20)
        stage.wait(0.1)
    stage.wait(PAUSE_S)
    stage.say("/faderd/undo")
    assert stage.console.values.wire(stage.console.values.table.leaves[FADER]) == pytest.approx(0.2, abs=0.001)


def test_undo_at_an_address_sets_back_what_anybody_did_there(stage: Talk):
    do(stage, FADER, 0.5, by=BEN)
    do(stage, NAME, "Bass", by=BEN)
    assert stage.say("/faderd/undo", "ch/01/**") == [("/faderd/undo", 1, str(BEN))]
    assert (stage.value(FADER), stage.value(NAME)) == (0, "Bass")


def test_undo_of_a_client_is_of_that_client(stage: Talk):
    do(stage, FADER, 0.5, by=BEN)
    do(stage, NAME, "Bass", by=ANN)
    stage.say("/faderd/undo", "client", str(BEN))
    assert (stage.value(FADER), stage.value(NAME)) == (0, "Bass")


def test_undo_since_a_time_sets_back_all_that_was_done_since(stage: Talk):
    do(stage, FADER, 0.5)
    stage.wait(120)
    do(stage, FADER, 0.6, by=BEN)
    do(stage, NAME, "Bass")
    do(stage, FADER, 0.7)
    assert stage.say("/faderd/undo", "since", "21:01") == [("/faderd/undo", 2, "everybody")]
    assert stage.console.values.wire(stage.console.values.table.leaves[FADER]) == pytest.approx(0.5, abs=0.001)
    assert stage.value(NAME) == ""
    stage.say("/faderd/redo")
    assert stage.value(NAME) == "Bass"


def test_where_somebody_moved_on_their_place_stays(stage: Talk):
    do(stage, FADER, 0.5)
    do(stage, FADER, 0.6, by=BEN)
    assert stage.say("/faderd/undo") == [("/faderd/undo", 0, str(ANN))]
    assert stage.console.values.wire(stage.console.values.table.leaves[FADER]) == pytest.approx(0.6, abs=0.001)


def test_a_recall_is_one_step(stage: Talk):
    stage.say("/save", "scene", 1, "A", "")
    do(stage, FADER, 0.5)
    do(stage, NAME, "Bass")
    before = stage.console.values.copy()
    do(stage, "/-action/goscene", 1)
    assert stage.value(NAME) == ""
    stage.say("/faderd/undo")
    changed = [before.table.path_of(leaf) for leaf in differences(before, stage.console.values)]
    assert [path for path in changed if not path.startswith("/-")] == []


def test_what_a_link_set_along_goes_back_too(stage: Talk):
    do(stage, "/config/chlink/1-2", 1)
    do(stage, FADER, 0.5)
    assert stage.value("/ch/02/mix/fader") > 0
    stage.say("/faderd/undo")
    assert (stage.value(FADER), stage.value("/ch/02/mix/fader")) == (0, 0)


def test_an_effect_goes_back_with_its_parameters(stage: Talk):
    do(stage, "/fx/1/par/01", 0.9)
    before = stage.console.values.copy()
    do(stage, "/fx/1/type", 12)
    stage.say("/faderd/undo")
    assert differences(before, stage.console.values) == []


def test_a_musician_undoes_what_is_theirs_and_nothing_else(stage: Talk):
    do(stage, "/ch/05/mix/03/level", 0.5, by=MUSICIAN)
    do(stage, FADER, 0.5, by=BEN)
    stage.say("/faderd/undo", "client", str(BEN), by=MUSICIAN)
    stage.say("/faderd/undo", "since", "20:59", by=MUSICIAN)
    assert stage.value(FADER) > 0
    stage.say("/faderd/undo", by=MUSICIAN)
    assert stage.value("/ch/05/mix/03/level") == 0


def test_steps_are_in_the_log_as_moves(stage: Talk, tmp_path: Path):
    do(stage, ON, 0)
    stage.say("/faderd/undo", by=BEN)
    do(stage, "/faderd/undo", "ch/01/**", by=BEN)
    assert [(record["client"], record["new"]) for record in logged(stage, tmp_path)] == [
        (str(ANN), "OFF"), (str(BEN), "ON")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "ago"), [("21:13", 47 * 60), ("21:13:30", 46.5 * 60), ("23:00", 23 * 3600), ("90", 90),
                       ("2026-11-28T21:13", 47 * 60)],
)  # fmt: skip
def test_a_moment_is_said_as_people_say_it(words: str, ago: float):
    now = time.mktime((2026, 11, 28, 22, 0, 0, 0, 0, -1))
    assert now - moment(words, now) == ago


def test_a_moment_that_is_none_is_explained():
    with pytest.raises(ValueError, match=r"'yesterday' is no moment: say 21:13"):
        moment("yesterday", 0)


def test_a_bundle_is_one_step(stage: Talk):
    parts = [packet.build(FADER, 0.5), packet.build(NAME, "Bass")]
    stage.send(b"#bundle\0" + bytes(8) + b"".join(len(part).to_bytes(4, "big") + part for part in parts))
    stage.wait(PAUSE_S)
    assert stage.say("/faderd/undo") == [("/faderd/undo", 2, str(ANN))]
