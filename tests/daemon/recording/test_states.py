"""Checkpoints of a gig that is recorded: how often, and what becomes of one that fails."""

import pathlib
import time

import numpy as np
import pytest

from daemon import errors
from daemon.recording import again, checkpoint, recorder, states
from rigs import gigs

PATIENCE_S = 120.0


def until(show: gigs.Show, holds) -> recorder.Report:
    """Look how the recording is until something holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds(report := show.recorder.report()):
        assert time.monotonic() < end, report
        time.sleep(0.02)
    return report


def test_one_that_fails_is_told_in_the_log_and_to_clients_and_begun_again(tmp_path, monkeypatch, caplog) -> None:
    def torn(*_: object) -> None:
        raise IndexError("no such slot")

    with gigs.Show(tmp_path / "gigs", 64, mixes=("main",)) as show:
        whole = checkpoint.patiently
        monkeypatch.setattr(checkpoint, "patiently", torn)
        show.recorder.start("torn")
        # The tracks are safe, once a disk that others keep busy has answered.
        report = until(show, lambda report: report.alarm and report.state == recorder.RECORDING)
        assert "no checkpoint in" in report.alarm
        assert report.alarm.endswith("IndexError: no such slot")
        time.sleep(1)
        monkeypatch.setattr(checkpoint, "patiently", whole)
        show.is_kept()
        until(show, lambda report: not report.alarm)
    assert caplog.text.count("no such slot") == 1


def test_a_show_that_cannot_be_played_again_for_long_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(states, "LATE_S", 1.0)
    monkeypatch.setattr(checkpoint, "patiently", lambda *_: None)
    with gigs.Show(tmp_path / "gigs", 64, mixes=("main",)) as show:
        show.recorder.start("busy")
        report = until(show, lambda report: report.alarm and report.state == recorder.RECORDING)
        assert "can't be played again yet" in report.alarm


def test_they_are_close_at_first_so_that_several_cores_can_play_a_short_show_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(states, "FIRST_S", 0.3)
    with gigs.Show(tmp_path / "gigs", 64, mixes=("main",)) as show:
        show.recorder.start("short")
        show.is_kept(times=4)
    (made,) = pathlib.Path(tmp_path / "gigs").iterdir()
    first, second, third = (state["frame"] for state in again.read(made).states[:3])
    assert third - second > second - first


def refused(path: pathlib.Path) -> str:
    """Why a checkpoint can't be read."""
    with pytest.raises(errors.Refusal) as refusal:
        checkpoint.load(path)
    assert str(path) in str(refusal.value)
    return str(refusal.value)


def test_one_whose_memory_is_laid_out_otherwise_is_refused(tmp_path: pathlib.Path) -> None:
    words = np.arange(4)
    layouts = {"own": checkpoint.LAYOUT, "other": checkpoint.LAYOUT ^ 1}
    for name, layout in layouts.items():
        checkpoint.save(tmp_path / name, {"words": words, "layout": np.array(layout)})
    checkpoint.save(tmp_path / "old", {"words": words})
    assert checkpoint.load(tmp_path / "own")["words"].tolist() == words.tolist()
    assert "by another version" in refused(tmp_path / "other")
    assert "by another version" in refused(tmp_path / "old")


def test_one_that_is_cut_or_gone_is_refused(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "cut"
    checkpoint.save(path, {"layout": np.array(checkpoint.LAYOUT)})
    path.write_bytes(path.read_bytes()[:-20])
    assert "is damaged" in refused(path)
    assert "No such file" in refused(tmp_path / "gone")
