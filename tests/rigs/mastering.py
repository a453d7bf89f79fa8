"""How fast an album is made with every processor on: each step, by the clock and by the processors' time.

    python -m rigs.mastering [--stems DIR] [--seconds 240] [--jobs 2]

Four songs of one evening, two deliveries; the report is left out.  On a machine that does other work, too, the clock
tells of that work: the processors' time says what it would be if all that many cores had nothing else to do.
"""

import argparse
import os
import pathlib
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from unittest import mock

from daemon.album import crew, make
from rigs import evening

CHAIN = """
[polish]
phase = "linear"
low_cut = 25
mono_below = 100
width = 1.1
eq = [["bell", 300, -1.5, 1.0], ["high_shelf", 9000, 1.5, 0.7]]
side_eq = [["high_shelf", 8000, 1.0, 0.7]]
deesser = {}
compressor = {threshold_db = -18, ratio = 1.5}
multiband = {}
saturation = {drive_db = -3}
reverb = {}
"""
SONG = """
[[song]]
title = "%s"
file = "%s"
start = %.3f
end = %.3f
fade_out_s = 0.1
[song.polish]
eq = [["bell", 500, 0.5, 1.0]]
"""


class Step(NamedTuple):
    """What a step took, in seconds."""

    what: str
    clock: float
    processors: float


def project(folder: pathlib.Path, recorded: evening.Evening) -> pathlib.Path:
    """An album of an evening: every processor for all songs, and an EQ of each song's own before them."""
    songs = [SONG % (title, recorded.path.name, *at) for title, at in zip(evening.TITLES, recorded.songs, strict=True)]
    path = folder / "album.toml"
    path.write_text(f'title = "Fast"\ndeliver = ["wav24/48000", "flac16/44100", "cue"]\n{CHAIN}{"".join(songs)}')
    return path


def processors_s() -> float:
    """Seconds that processors have spent on this process and those that it has begun."""
    found = sum(os.times()[:4])
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(told[1]) == os.getpid():
            found += sum(map(int, told[11:13])) / os.sysconf("SC_CLK_TCK")
    return found


def made(path: pathlib.Path, jobs: int) -> tuple[make.Made, list[Step], float]:
    """Make an album without its report; each step, and the processors' seconds together."""
    steps: list[Step] = []
    each = crew.Crew.each

    def timed(own: crew.Crew, what: str, step: Callable[..., Any], *more: Sequence[Any]) -> list[Any]:
        began, spent = time.perf_counter(), processors_s()
        found = each(own, what, step, *more)
        steps.append(Step(what, time.perf_counter() - began, processors_s() - spent))
        return found

    spent = processors_s()
    with mock.patch.object(crew.Crew, "each", timed), mock.patch.object(make._Work, "tell", return_value=([], True)):
        album = make.make(path, jobs=jobs)
    return album, steps, processors_s() - spent


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stems", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=240.0, help="of a song (240)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = project(folder, evening.evening(folder, options.seconds, options.stems))
        album, steps, spent = made(path, options.jobs)
    for what in dict.fromkeys(step.what for step in steps):
        clock, processors = (sum(step[n] for step in steps if step.what == what) for n in (1, 2))
        print(f"{what:<12}{clock:8.2f} s by the clock{processors:8.2f} s of processors"
              f"{1000 * processors / album.sound_s:8.1f} ms for a second of sound")  # fmt: skip
    print(f"{album.sound_s:.0f} s of sound: {album.sound_s / album.took_s:.1f} × real time by the clock,"
          f" {options.jobs * album.sound_s / spent:.1f} × by {spent:.1f} s of {options.jobs} processors")  # fmt: skip


if __name__ == "__main__":
    main()
