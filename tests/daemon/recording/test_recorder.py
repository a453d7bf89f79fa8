"""The recorder beside the virtual clock and in a whole daemon, judged by libsndfile and by what was sent."""

import logging
import pathlib
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from daemon.audio import stage
from daemon.recording import gig, recorder, reel
from dsp.engine import wall
from rigs import disk_faults, harness, killed_recordings, running

RATE, INPUTS = 48_000, 8
PATIENCE_S = 120.0


class Played:
    """Noise that plays in real time into a wall, and its recorder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.noise = np.random.default_rng(2).uniform(-1, 1, (RATE, INPUTS)).astype(np.float32)
        self.audio = wall.Wall(RATE, INPUTS, 2)
        self.device = stage.Stage("noise", self.noise, RATE, 64, outputs=2)
        self.recorder = recorder.Recorder(self.audio, folder)

    def __enter__(self) -> "Played":
        self.device.start(harness.kernels.load(), self.audio.address)
        return self

    def __exit__(self, *_: object) -> None:
        self.recorder.close()
        self.device.stop()

    def until(self, holds: Callable[[recorder.Report], object]) -> recorder.Report:
        """How it is as soon as something holds."""
        end = time.monotonic() + PATIENCE_S
        while not holds(report := self.recorder.report()):
            assert time.monotonic() < end, report
            time.sleep(0.02)
        return report

    def sent(self, first: int, frames: int) -> np.ndarray:
        return self.noise[(first + np.arange(frames)) % RATE]


def _finished(folder: pathlib.Path) -> tuple[pathlib.Path, gig.State]:
    (made,) = folder.iterdir()
    return made, gig.state(made)


def _heard(made: pathlib.Path, tmp_path: pathlib.Path) -> np.ndarray:
    paths = gig.export(made, tmp_path / "out")
    return np.stack([soundfile.read(each, dtype="float32")[0] for each in paths], 1)


def test_every_recorded_sample_is_what_was_sent(tmp_path: pathlib.Path) -> None:
    with Played(tmp_path / "gigs") as played:
        time.sleep(0.5)
        played.recorder.start("one/two")
        played.until(lambda report: report.durable > 2 * RATE)
        played.recorder.mark("chorus")
        played.recorder.close()
        report = played.recorder.report()
        made, found = _finished(tmp_path / "gigs")
        assert (report.state, report.lost, found.problems) == (recorder.IDLE, 0, [])
        assert report.verified == report.durable == report.frames == found.frames > 2 * RATE
        first = gig.manifest(made)["first_frame"]
        np.testing.assert_array_equal(_heard(made, tmp_path), played.sent(first, found.frames))
        assert '"chorus"' in (made / gig.JOURNAL).read_text("utf-8")


def test_two_that_begin_in_the_same_second_have_folders_of_their_own(tmp_path: pathlib.Path, monkeypatch) -> None:
    monkeypatch.setattr(time, "strftime", lambda form, *_: "2026-11-28 19-58-03")
    with Played(tmp_path / "gigs") as played:
        for _ in range(2):
            played.recorder.start("song")
            time.sleep(0.2)
            played.recorder.close()
    made = sorted((tmp_path / "gigs").iterdir())
    assert [each.name for each in made] == ["2026-11-28 19-58-03 song", "2026-11-28 19-58-03 song (2)"]
    assert all(gig.state(each).stopped and not gig.state(each).problems for each in made)


def test_a_disk_that_stalls_and_then_refuses_loses_nothing(tmp_path: pathlib.Path, monkeypatch) -> None:
    sync, calls = reel.Writer.sync, []

    def hard(writer: reel.Writer) -> None:
        calls.append(time.monotonic())
        if len(calls) == 2:
            time.sleep(5)
            raise OSError(28, "No space left on device")
        sync(writer)

    monkeypatch.setattr(reel.Writer, "sync", hard)
    with Played(tmp_path / "gigs") as played:
        played.recorder.start()
        played.until(lambda report: "does not answer" in report.alarm and len(calls) == 2)
        failed = played.until(lambda report: "No space left" in report.alarm)
        played.until(lambda report: report.durable > failed.frames)
        played.recorder.close()
        made, found = _finished(tmp_path / "gigs")
        assert (made / "inputs-002.wav").exists()
        assert (played.recorder.report().lost, found.problems) == (0, [])
        first = gig.manifest(made)["first_frame"]
        np.testing.assert_array_equal(_heard(made, tmp_path), played.sent(first, found.frames))


def test_a_daemon_killed_while_it_records_leaves_a_gig_that_the_next_start_closes(tmp_path: pathlib.Path) -> None:
    with running.daemon(tmp_path) as console:
        assert console.ask("/faderd/rec/start", "night") == [recorder.RECORDING]
        frames, told, deadline = 0, 0, time.monotonic() + PATIENCE_S
        while frames < 4 * RATE or told < frames - RATE:  # in a moment in which the disk is not behind
            assert time.monotonic() < deadline, (frames, told)
            time.sleep(0.02)
            ((told,), (frames,)) = (console.ask_for(f"/faderd/rec/{name}") for name in ("durable", "frames"))
        console.process.kill()
    (made,) = (tmp_path / "gigs").iterdir()
    durable = soundfile.info(made / gig.REEL).frames
    assert durable >= told
    assert durable >= frames - 2 * RATE
    assert not gig.state(made).stopped
    with running.daemon(tmp_path) as console:
        assert console.ask("/faderd/rec/state") == [recorder.IDLE]
        deadline = time.monotonic() + PATIENCE_S
        while not gig.state(made).stopped and time.monotonic() < deadline:
            time.sleep(0.1)
    found = gig.state(made)
    assert (found.stopped, found.problems) == (True, [])
    assert found.frames >= frames - 2 * RATE


def test_the_command_line_records_marks_and_stops(tmp_path: pathlib.Path) -> None:
    def say(*words: str) -> tuple[int, str]:
        host = ["--host", f"127.0.0.1:{console.port}"]
        done = subprocess.run([sys.executable, "-m", "daemon.cli", "record", *words, *host], stdout=-1, text=True)
        return done.returncode, done.stdout

    with running.daemon(tmp_path) as console:
        code, told = say("--mark", "too early")
        assert (code, "nothing is being recorded" in told) == (1, True)
        code, told = say("--name", "soundcheck")
        assert (code, told.splitlines()[0]) == (0, "state 1")
        assert say("--mark", "second song")[0] == 0
        time.sleep(1.5)
        assert say("--stop")[0] == 0
        deadline = time.monotonic() + PATIENCE_S
        while (told := say("--show")[1].splitlines()[0]) != "state 0":
            assert time.monotonic() < deadline, told
    (made,) = (tmp_path / "gigs").iterdir()
    assert made.name.endswith("soundcheck")
    assert "second song" in (made / gig.JOURNAL).read_text("utf-8")
    assert gig.state(made).problems == []


def test_what_reads_back_wrong_is_written_again(tmp_path: pathlib.Path, monkeypatch) -> None:
    read_back, calls = reel.read_back, []

    def damaged(*words: object) -> int:
        calls.append(words)
        return read_back(*words) ^ (len(calls) == 3)

    monkeypatch.setattr(reel, "read_back", damaged)
    with Played(tmp_path / "gigs") as played:
        played.recorder.start()
        played.until(lambda report: len(calls) > 3 and report.durable > RATE)
        played.recorder.close()
        made, found = _finished(tmp_path / "gigs")
        assert (made / "inputs-002.wav").exists()
        assert (played.recorder.report().lost, found.problems) == (0, [])
        first = gig.manifest(made)["first_frame"]
        np.testing.assert_array_equal(_heard(made, tmp_path), played.sent(first, found.frames))


def test_what_a_disk_never_took_is_lost_and_told(tmp_path: pathlib.Path, monkeypatch) -> None:
    monkeypatch.setattr(recorder, "PATIENCE_S", 0.1)
    (tmp_path / "gigs").write_text("no folder")
    with Played(tmp_path / "gigs") as played:
        played.recorder.start()
        report = played.until(lambda report: "Not a directory" in report.alarm and report.frames > RATE)
        assert report.state == recorder.TROUBLE
        played.recorder.close()
        report = played.recorder.report()
        assert (report.state, report.durable) == (recorder.IDLE, 0)
        assert report.lost == report.frames > RATE


@pytest.mark.parametrize("after_s", [0.0, 0.45])
def test_what_a_killed_recorder_leaves_opens_everywhere_and_is_right(tmp_path: pathlib.Path, after_s: float) -> None:
    # A machine whose disk or processors are busy with something else loses more: of three one is not.
    lost = (killed_recordings.kill(tmp_path / f"gigs {turn}", after_s) for turn in range(3))
    assert any(seconds <= killed_recordings.MOST_LOST_S for seconds in lost)


def test_sixty_four_inputs_are_what_was_sent_across_files_that_may_grow_no_larger(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with disk_faults.Played(tmp_path / "gigs", inputs=64) as played:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000_000, before[1]))  # as a stick's four gigabytes
        try:
            played.wait_for(lambda report: report.durable > 3 * RATE)
            played.recorder.mark()
            played.recorder.close()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        (made,) = (tmp_path / "gigs").iterdir()
        assert (made / "inputs-002.wav").exists()
        assert played.ends() == 0
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []  # that is no trouble
