"""x32scene at the running console: it pulls, watches, meters and loads with its own commands."""

import json
import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from x32scene import cli
from x32scene.model import Scene
from x32scene.services import desk as identity
from x32scene.services import fx, load, meters, osc, osc_pull, watch

from clients.test_x32scene_files import anything, written
from daemon.files import scene
from dsp.parameters.table import Values
from dsp.table import TABLE
from oracles import facts
from rigs import console

INIT = facts.DATA / "init.scn"
PATIENT_S, WATCHED_S = 20.0, 60.0
HERE = ("--ip", console.HOST, "--timeout", PATIENT_S)
"""Where the console is, which may be busy with other tests."""


def run(*arguments: object, code: int = 0) -> None:
    """Run one of its commands on the console."""
    assert cli.main([str(argument) for argument in arguments]) == code


def told(capsys: pytest.CaptureFixture) -> Any:
    """What a command has printed as JSON, when it had nothing to complain of."""
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def saved(desk: console.Desk, slot: int) -> str:
    """Scene file that the console stores of itself."""
    assert desk.ask("/save", "scene", slot, "Init", "") == ["scene", 1]
    return (desk.state / "show" / f"show.{slot:03d}.scn").read_text()


def test_what_it_pulls_is_what_the_console_stores(desk: console.Desk, tmp_path: Path, capsys: pytest.CaptureFixture):
    run("pull", INIT, "-o", tmp_path / "live.scn", *HERE)
    assert capsys.readouterr().err == ""
    assert (tmp_path / "live.scn").read_text().splitlines()[1:] == saved(desk, 64).splitlines()[1:]


def test_it_reads_who_the_console_is_and_what_its_memory_holds(desk: console.Desk, capsys: pytest.CaptureFixture):
    assert identity.xinfo(console.HOST) == (console.HOST, "faderd", "X32RACK", "4.06")
    assert desk.ask("/save", "scene", 65, "Opener", "quiet") == ["scene", 1]
    assert desk.ask("/save", "libchan", 30, "Snare", 1) == ["libchan", 1]
    assert desk.ask("/save", "libfx", 31, "Big hall", 0) == ["libfx", 1]
    desk.set("/-show/showfile/snippet/066/eventtyp", 64)
    desk.set("/-show/showfile/snippet/066/channels", 1)
    assert desk.ask("/save", "snippet", 66, "Kick up") == ["snippet", 1]
    info = identity.read_desk(console.HOST, timeout=PATIENT_S)
    assert len(info.stat) == len(identity._STAT)
    assert len(info.prefs) == len(identity._PREFS)
    names = {kind: {slot: (name, about) for slot, name, about in slots} for kind, slots in info.slots.items()}
    assert names["scene"][65] == ("Opener", "safes: none")
    assert names["snippet"][66] == ("Kick up", "Fader, Pan; 1 strip(s)")
    assert names["ch"][31][0] == "Snare"
    assert names["fx"][32] == ("Big hall", "Hall Reverb (HALL)")
    run("desk", "--json", *HERE)
    assert told(capsys)["model"] == "X32RACK"


def watched(number: int) -> Iterator[meters.Peaks]:
    """Look at a meter for half a second, again and again: a busy console may have told little meanwhile."""
    for _ in range(20):
        yield meters.read_meters(console.HOST, number, seconds=0.5, timeout=PATIENT_S)


def test_its_meters_show_the_band(desk: console.Desk):
    desk.write("/ch/01/mix/01 ON 0.0")
    desk.write("/-stat/selidx Ch01")
    peaks = {
        what: next(peak for peak in watched(number) if peak.frames >= 2)
        for what, number in meters.WHAT.items()
    }
    inputs = [peaks["inputs"].peak[f"ch {number}"] for number in range(1, 33)]
    assert all(0.0005 < level <= 1 for level in inputs[:13])
    assert all(level < 0.0005 for level in inputs[16:])
    assert peaks["buses"].peak["main L"] > 0.05
    assert peaks["outputs"].peak["out 1"] > 0.05
    assert peaks["sends"].peak["bus send 1"] > 0.01
    assert peaks["monitor"].peak["monitor L"] > 0.01


def test_it_logs_every_change_that_others_make(desk: console.Desk):
    reference = Scene.load(str(INIT))
    with osc.UdpTransport(console.HOST) as link:
        waiting = watch.subscribe(link)
        start, unanswered = osc_pull.pull_scene_like(reference, console.HOST, timeout=PATIENT_S, between=waiting)
        assert unanswered == []
        session = watch.Watch(reference, start, reply_timeout=PATIENT_S)
        others = threading.Timer(0.3, change, [desk])
        others.start()
        changes: dict[str, str] = {}
        for event in session.run(link, seconds=WATCHED_S, clock=Clock(changes), backlog=waiting.backlog):
            changes[event.path] = event.after
        others.join()
    assert changes == CHANGES
    summary = session.summary()
    assert summary.unanswered == []
    assert {change.path: change.after for change in summary.net} == CHANGES
    assert session.end_scene().get("/ch/03/mix").raw == "/ch/03/mix OFF  +5.0 ON -50 OFF   -oo"


CHANGES = {
    "/ch/03/mix": "/ch/03/mix OFF  +5.0 ON -50 OFF   -oo",
    "/bus/02/config": '/bus/02/config "Wedge 2" 9 RD',
    "/headamp/007": "/headamp/007 +42.0 ON",
    "/fx/2": "/fx/2 AMBI",
    "/fx/2/par": "/fx/2/par " + " ".join(fx.fx_defaults("AMBI")),
}


class Clock:
    """Goes to the end of the watch two seconds after all changes have been seen, however long that takes."""

    def __init__(self, changes: dict[str, str]) -> None:
        self._changes, self._seen_at = changes, math.inf

    def __call__(self) -> float:
        now = time.monotonic()
        if self._changes == CHANGES:
            self._seen_at = min(self._seen_at, now)
        return now + WATCHED_S * (now > self._seen_at + 2)


def change(desk: console.Desk) -> None:
    """What somebody else does meanwhile."""
    with console.listening(desk) as other:
        for line in CHANGES.values():
            if not line.startswith("/fx/2/par"):
                other.write(line)


def test_a_scene_that_it_loads_is_on_the_console(desk: console.Desk, tmp_path: Path, capsys: pytest.CaptureFixture):
    wanted = tmp_path / "wanted.scn"
    values = anything(21)
    for path, leaf in TABLE.leaves.items():
        if path.startswith("/config/") and "link/" in path:
            values.set(leaf, 0)
    for leaf in TABLE.followers:  # it waits half a second for each other type of effect
        values.set(leaf, int(TABLE.defaults[leaf]))
    wanted.write_bytes(written(values))
    result = load.load_scene(Scene.load(str(wanted)), console.HOST, timeout=PATIENT_S, sleep=shorter)
    assert result.ok, (result.stuck[:3], result.unanswered[:3], result.error)
    assert len(result.passes) == 1
    run("live-diff", wanted, "--json", *HERE)
    assert told(capsys)["changes"] == []
    assert saved(desk, 67).splitlines()[1:] == wanted.read_text().splitlines()[1:]


def test_a_snippet_that_it_loads_changes_its_own_lines_only(desk: console.Desk, tmp_path: Path):
    before = saved(desk, 68)
    run("snippet", "--edit", "set-eq 5 2 --gain 3 --freq 1262", "-o", tmp_path / "eq.snp", _file(tmp_path, before))
    run("load", tmp_path / "eq.snp", *HERE)
    changed = {*saved(desk, 68).splitlines()} - {*before.splitlines()}
    assert [line.split()[:4] for line in changed] == [["/ch/05/eq/2", "PEQ", "1k26", "+3.00"]]


def _file(folder: Path, text: str) -> Path:
    path = folder / "before.scn"
    path.write_text(text)
    return path


def test_it_loads_without_touching_a_mix_that_is_to_be_kept(desk: console.Desk, tmp_path: Path):
    wanted = tmp_path / "wanted.scn"
    wanted.write_bytes(scene.text(scene.header("Init"), scene.scene_lines(Values(TABLE))))
    kept = [line for line in console.BAND if line.startswith("/bus/01/") or "/mix/01 " in line]
    target = Scene.load(str(wanted))
    result = load.load_scene(target, console.HOST, timeout=PATIENT_S, sleep=shorter, keep=load.Keep(buses=[1]))
    assert result.ok, (result.stuck[:3], result.unanswered[:3], result.moved[:3], result.error)
    assert desk.line("ch/01/config").startswith('""')
    after = {line.split(" ")[0]: desk.line(line.split(" ")[0][1:]) for line in kept[-10:]}
    assert after == {line.split(" ")[0]: line.partition(" ")[2] for line in kept[-10:]}


def shorter(seconds: float) -> None:
    """Wait less between two lines than for the network of a desk."""
    threading.Event().wait(seconds if seconds >= 0.2 else 0.0002)
