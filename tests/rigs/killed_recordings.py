"""Recordings that are killed at any moment: what is left opens everywhere, is right, and is mended.

    cd tests && python -m rigs.killed_recordings [TIMES]
"""

from __future__ import annotations

import pathlib
import random
import subprocess
import sys
import tempfile
import time

import numpy as np
import soundfile

from daemon.recording import gig
from rigs import disk_faults, servers

RATE = disk_faults.RATE
MOST_LOST_S = 2.0
RECORD = (
    "import sys, time, pathlib; from rigs import disk_faults\n"
    "with disk_faults.Played(pathlib.Path(sys.argv[1])) as played:\n"
    "    while True:\n"
    "        report = played.recorder.report()\n"
    "        print(report.durable, report.frames, flush=True)\n"
    "        time.sleep(0.02)\n"
)


def kill(folder: pathlib.Path, after_s: float) -> float:
    """Record, kill it, and look at what is left; seconds that are missing at its end."""
    command = [sys.executable, "-c", RECORD, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=pathlib.Path(__file__).parents[1])
    assert process.stdout
    said = process.stdout.readline()
    time.sleep(after_s)
    process.kill()
    *_, durable, came_in = map(int, (said + process.stdout.read()).rpartition("\n")[0].split())
    process.wait()
    (made,) = folder.iterdir()
    reel = made / gig.REEL
    sent = np.random.default_rng(2).uniform(-1, 1, (RATE, disk_faults.INPUTS)).astype(np.float32)
    first = gig.manifest(made)["first_frame"]
    for opened in (_soundfile, _ffmpeg, _sox):
        heard = opened(reel)
        assert len(heard) >= durable, opened.__name__
        np.testing.assert_array_equal(heard, sent[(first + np.arange(len(heard))) % RATE], opened.__name__)
    assert not gig.state(made).stopped
    found = gig.repair(made)
    assert (found.stopped, found.problems) == (True, [])
    assert soundfile.info(reel).frames == found.frames
    return (came_in - found.frames) / RATE


def _soundfile(path: pathlib.Path) -> np.ndarray:
    return np.asarray(soundfile.read(path, dtype="float32", always_2d=True)[0])


def _ffmpeg(path: pathlib.Path) -> np.ndarray:
    return _raw(["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-"])


def _sox(path: pathlib.Path) -> np.ndarray:
    """It keeps 32 bits as whole numbers, and gives back the very floats."""
    return _raw(["sox", str(path), "-t", "raw", "-e", "floating-point", "-b", "32", "-"], exact=False)


def _raw(command: list[str], exact: bool = True) -> np.ndarray:
    servers.need(command[0])
    done = subprocess.run(command, capture_output=True, check=True)
    heard = np.frombuffer(done.stdout, "<f4").reshape(-1, disk_faults.INPUTS)
    if exact:
        return heard
    path = pathlib.Path(command[1])
    whole = _soundfile(path)[: len(heard)]
    np.testing.assert_allclose(heard, whole, atol=2**-23)  # its samples are whole numbers of 32 bits
    return np.concatenate([whole, heard[len(whole) :]])


def main() -> None:
    """Kill so many recordings."""
    chance, lost = random.Random(7), []
    for turn in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100):
        with tempfile.TemporaryDirectory() as folder:
            lost.append(kill(pathlib.Path(folder) / "gigs", chance.uniform(0, 1.5)))
        print(f"{turn + 1}: {lost[-1]:.2f} s missing, at most {max(lost):.2f} s", flush=True)


if __name__ == "__main__":
    main()
