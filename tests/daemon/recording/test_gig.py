"""Folders of a gig, judged by libsndfile and by what was sent."""

import pathlib
import random
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

from daemon import errors
from daemon.recording import bring, gig

RATE = 48_000
BRING_IN = "import sys, pathlib; from daemon.recording import bring; bring.bring_in(*map(pathlib.Path, sys.argv[1:]))"


def _takes(folder: pathlib.Path, seconds: float, tracks: int = 4) -> np.ndarray:
    folder.mkdir()
    sound = np.random.default_rng(3).uniform(-1, 1, (round(seconds * RATE), tracks)).astype(np.float32)
    for track in range(tracks):
        soundfile.write(folder / f"{track} Tom & Käthe.wav", sound[:, track], RATE, "FLOAT")
    return sound


def test_what_is_brought_in_comes_out_as_it_was(tmp_path: pathlib.Path) -> None:
    sound = _takes(tmp_path / "takes", 2.5)
    found = bring.bring_in(tmp_path / "takes", tmp_path / "gig")
    assert (found.frames, found.stopped, found.problems) == (len(sound), True, [])
    np.testing.assert_array_equal(soundfile.read(tmp_path / "gig" / gig.REEL, dtype="float32")[0], sound)
    paths = gig.export(tmp_path / "gig", tmp_path / "out")
    np.testing.assert_array_equal(np.stack([soundfile.read(each, dtype="float32")[0] for each in paths], 1), sound)


def test_a_killed_writer_leaves_a_file_that_opens_and_mends(tmp_path: pathlib.Path) -> None:
    sound = _takes(tmp_path / "takes", 60)
    moments = random.Random(5)
    for turn in range(5):
        folder = tmp_path / f"gig {turn}"
        writer = subprocess.Popen([sys.executable, "-c", BRING_IN, str(tmp_path / "takes"), str(folder)])
        while not (folder / gig.MANIFEST).exists() or not (folder / gig.MANIFEST).stat().st_size:
            assert writer.poll() is None
            time.sleep(0.001)
        time.sleep(moments.uniform(0, 0.2))
        writer.kill()
        writer.wait()
        before = soundfile.read(folder / gig.REEL, dtype="float32", always_2d=True)[0]
        np.testing.assert_array_equal(before, sound[: len(before)])
        found = gig.repair(folder)
        assert found.stopped
        assert not found.problems
        assert len(before) - RATE <= found.frames <= len(before) + RATE
        assert soundfile.info(folder / gig.REEL).frames == found.frames
        assert gig.repair(folder) == found


def test_a_changed_byte_is_found_and_told_with_its_place(tmp_path: pathlib.Path) -> None:
    _takes(tmp_path / "takes", 2)
    bring.bring_in(tmp_path / "takes", tmp_path / "gig")
    with (tmp_path / "gig" / gig.REEL).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x55")
    (problem,) = gig.state(tmp_path / "gig").problems
    assert f"{gig.REEL}: frames 48000 to 96000" in problem


def test_a_folder_that_is_no_gig_is_refused_with_its_name(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.Refusal, match=r"gig\.json"):
        gig.state(tmp_path)
    with pytest.raises(errors.Refusal, match="no WAV"):
        bring.bring_in(tmp_path, tmp_path / "gig")
