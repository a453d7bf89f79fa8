"""Virtual soundcheck in a whole daemon: from the command line, and by the addresses of every client."""

import pathlib
import subprocess
import sys
import time

import numpy as np

from rigs import played, running

RATE = 48_000


def test_the_command_line_swaps_loops_and_ends_it(tmp_path: pathlib.Path) -> None:
    def say(*words: str) -> tuple[int, list[str]]:
        host = ["--host", f"127.0.0.1:{console.port}"]
        done = subprocess.run([sys.executable, "-m", "daemon.cli", "soundcheck", *words, *host], stdout=-1, text=True)
        return done.returncode, done.stdout.splitlines()

    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (4 * RATE, 8)).astype(np.float32)
    played.make_gig(tmp_path / "gigs", sound, "last night")
    with running.daemon(tmp_path) as console:
        code, told = say("another one")
        assert (code, "no gig is called 'another one'" in told[0]) == (1, True)
        code, told = say("--channels", "1-4", "--from", "1.5", "--loop")
        assert (code, told[:3]) == (0, ["soundcheck 1", "state 2", "gig last night"])
        assert console.ask("/faderd/soundcheck/inputs") == ["1-4"]
        time.sleep(0.5)
        (position,) = console.ask("/faderd/play/position")
        assert 1.5 < position < 4
        assert console.ask("/faderd/play/loop") == [1]
        assert console.ask("/faderd/play/pause") == [1]
        assert console.ask("/faderd/rec/start") == [1]  # what is live is recorded
        time.sleep(0.3)
        assert console.ask("/faderd/soundcheck") == [0]
        code, told = say("--off")
        assert (code, told[:2]) == (0, ["soundcheck 0", "state 0"])
