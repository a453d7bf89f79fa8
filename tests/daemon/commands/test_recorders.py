"""The desk's own recorders in a whole daemon, as apps that know an X32 work them."""

import math
import pathlib
import time
from collections.abc import Callable

import numpy as np
import soundfile

from daemon.commands import cardrecorder, stick
from daemon.recording import gig
from rigs import played, running

RATE = 48_000
ENCORE_S = 60
"""On no machine it ends before it has been asked for."""


def until(console: running.Running, address: str, holds: Callable[[object], bool], seconds: float = 120) -> object:
    """Ask as an app does until an answer holds; that answer."""
    end = time.monotonic() + seconds
    while True:
        (value,) = console.ask_for(address)
        if holds(value):
            return value
        assert time.monotonic() < end, (address, value, console.ask_for("/-urec/errormessage"))
        time.sleep(0.05)


def told(console: running.Running, holds: Callable[[list[object]], bool]) -> None:
    """Ask for the marks until they are so."""
    end = time.monotonic() + 120
    while not holds(marks := console.ask_for("/faderd/play/marks")):
        assert time.monotonic() < end, marks
        time.sleep(0.05)


def press(console: running.Running, name: str, number: int) -> None:
    """Press a button of the card; it answers 0 when it is done."""
    console.send(f"/-action/{name}", number)
    assert console.ask_for(f"/-action/{name}") == [0]


def test_an_apps_recorder_page_starts_marks_stops_lists_selects_plays_and_deletes(tmp_path: pathlib.Path) -> None:
    state, marks = "/-stat/urec/state", "/-urec/markermax"
    with running.daemon(tmp_path) as app:
        assert app.ask("/-stat/xcardtype") == [10]
        until(app, "/-urec/sd1state", lambda ready: ready == 1)
        app.send(state, 3)
        until(app, "/-stat/urec/etime", lambda ms: ms > 1500)
        assert app.ask_for(state) == [3]
        until(app, "/-stat/urec/rtime", lambda ms: ms > 1000)
        press(app, "addmarker", 1)
        until(app, marks, lambda count: count == 1)
        app.send(state, 0)
        until(app, state, lambda value: value == 0)
        until(app, "/-urec/sessionmax", lambda count: count == 1)
        played.make_gig(tmp_path / "gigs", np.full((ENCORE_S * RATE, 2), 0.1, np.float32), "2099-01-01 20-00-00 Encore")
        until(app, "/-urec/sessionmax", lambda count: count == 2)
        assert app.ask_for("/-urec/session/002/name") == ["Encore"]

        press(app, "selsession", 1)
        until(app, "/-urec/sessionpos", lambda at: at == 1)
        assert until(app, "/-urec/sessionlen", lambda ms: ms > 1500)
        (marked,) = app.ask_for("/-urec/marker/001/time")
        assert marked > 1000
        press(app, "selsession", 2)
        until(app, "/-urec/sessionpos", lambda at: at == 2)
        until(app, "/-urec/sessionlen", lambda ms: ms == 1000 * ENCORE_S)
        assert app.ask_for(marks) == [0]
        app.send(state, 2)
        until(app, "/-stat/urec/etime", lambda ms: ms > 500)
        assert app.ask_for(state) == [2]
        assert app.ask_for("/config/routing/routswitch") == [1]
        app.send(state, 1)
        until(app, state, lambda value: value == 1)
        press(app, "addmarker", 1)
        until(app, marks, lambda count: count == 1)
        (first,) = app.ask_for("/-urec/marker/001/time")
        press(app, "setposition", 2500)
        press(app, "savemarker", 1)
        until(app, "/-urec/marker/001/time", lambda ms: ms == 2500 != first)
        press(app, "setposition", 100)
        press(app, "selmarker", 1)
        until(app, "/-stat/urec/etime", lambda ms: ms == 2500)
        press(app, "delmarker", 1)
        until(app, marks, lambda count: count == 0)
        app.send(state, 0)
        until(app, "/config/routing/routswitch", lambda value: value == 0)
        press(app, "delsession", 2)
        until(app, "/-urec/sessionmax", lambda count: count == 1)
        assert (tmp_path / "gigs" / "trash" / "2099-01-01 20-00-00 Encore" / gig.MANIFEST).exists()
        press(app, "selsession", 7)
        until(app, "/-urec/errormessage", lambda text: "no session 7" in str(text))
        assert app.ask_for("/-urec/errorcode") == [4]
        press(app, "clearalert", 1)
        until(app, "/-urec/errorcode", lambda code: code == 0)
        press(app, "formatcard", 1)
        until(app, "/-urec/errormessage", lambda text: "not emptied at once" in str(text))
        assert len(list((tmp_path / "gigs").glob("2*/" + gig.MANIFEST))) == 1


def test_a_session_that_plays_to_its_end_goes_back_to_the_live_inputs(tmp_path: pathlib.Path) -> None:
    played.make_gig(tmp_path / "gigs", np.full((6 * RATE, 2), 0.1, np.float32))
    with running.daemon(tmp_path) as app:
        app.send("/-stat/urec/state", 2)
        until(app, "/config/routing/routswitch", lambda value: value == 1)
        until(app, "/config/routing/routswitch", lambda value: value == 0)
        assert app.ask_for("/-stat/urec/state") == [0]


def test_what_is_neither_on_nor_off_is_refused_in_words(tmp_path: pathlib.Path) -> None:
    played.make_gig(tmp_path / "gigs", np.zeros((RATE, 1), np.float32))
    with running.daemon(tmp_path) as app:
        for said in (("perhaps",), (math.nan,), (1, "gig", "", "perhaps")):
            assert app.ask("/faderd/soundcheck", *said) == ["/faderd/soundcheck", f"say 1 or 0, not {said[-1]}"]
        assert app.ask("/faderd/soundcheck") == [0]


def test_marks_are_named_moved_and_taken_away_afterwards(tmp_path: pathlib.Path) -> None:
    made = played.make_gig(tmp_path / "gigs", np.zeros((ENCORE_S * RATE, 1), np.float32))
    with running.daemon(tmp_path) as app:
        assert app.ask("/faderd/soundcheck", 1) == [1]
        assert app.ask("/faderd/play/pause") == [1]
        app.send("/faderd/play/mark", "Intro")
        told(app, lambda marks: marks[1:] == ["Intro"])
        app.send("/faderd/play/move", 1, "3.5")
        told(app, lambda marks: marks == [3.5, "Intro"])
        app.send("/faderd/play/rename", 1, "Encore")
        told(app, lambda marks: marks == [3.5, "Encore"])
    assert gig.state(made).problems == []
    with running.daemon(tmp_path) as app:
        app.send("/faderd/soundcheck", 1, "gig", "mark:Encore")
        until(app, "/faderd/play/position", lambda seconds: seconds >= 3.5)
        app.send("/faderd/play/unmark", 1)
        told(app, lambda marks: marks == [])


def test_the_stereo_recorder_records_what_the_desk_sends_it_and_plays_it_again(tmp_path: pathlib.Path) -> None:
    state = "/-stat/tape/state"
    with running.daemon(tmp_path) as app:
        until(app, "/-stat/usbmounted", lambda value: value == 1)
        app.send(state, 4)
        until(app, "/-stat/tape/etime", lambda seconds: seconds >= 2)
        assert app.ask_for(state) == [4]
        app.send(state, 0)
        until(app, state, lambda value: value == 0)
        until(app, "/-usb/dir/maxpos", lambda count: count == 1)
        (name,) = app.ask_for("/-usb/dir/001/name")
        sound, rate = soundfile.read(tmp_path / "usb" / str(name))
        assert rate == RATE
        assert len(sound) > 1.5 * RATE
        assert np.abs(sound).max() > 0.01
        (tmp_path / "usb" / "Walk in").mkdir()
        until(app, "/-usb/dir/001/name", lambda shown: shown == "[Walk in]")
        app.send("/-action/recselect", 2)
        until(app, state, lambda value: value == 2)
        until(app, "/-stat/tape/file", lambda file: file == name)
        app.send(state, 1)
        until(app, state, lambda value: value == 1)
        app.send(state, 0)
        until(app, state, lambda value: value == 0)
        app.send("/-action/recselect", 1)
        until(app, "/-usb/path", lambda path: path == "/Walk in")
        assert app.ask_for("/-usb/dir/001/name") == ["[...]"]


def test_sessions_are_called_by_their_name_or_their_time() -> None:
    called = cardrecorder.session_name
    assert called(pathlib.Path("2026-11-28 19-58-03")) == "2026-11-28 19-58-03"
    assert called(pathlib.Path("2026-11-28 19-58-03 The Hall, second night")) == "The Hall, second ni"
    assert called(pathlib.Path("Käthe")) == "K?the"


def test_a_folder_of_the_stick_lists_folders_first_and_audio_only(tmp_path: pathlib.Path) -> None:
    (tmp_path / "inside").mkdir()
    for name in ("b.wav", "a.flac", "notes.txt", ".hidden.wav"):
        (tmp_path / name).touch()
    assert [line.name for line in stick.lines_of(tmp_path, tmp_path)] == ["[inside]", "a.flac", "b.wav"]
    assert [line.name for line in stick.lines_of(tmp_path / "inside", tmp_path)] == ["[...]"]
