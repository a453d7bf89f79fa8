"""Virtual soundcheck in a whole daemon: from the command line, and by the addresses of every client."""

import pathlib
import subprocess
import sys
import time

import numpy as np

from rigs import harness, played, running, servers

RATE = 48_000


def test_the_command_line_swaps_loops_and_ends_it(tmp_path: pathlib.Path) -> None:
    def say(*words: str) -> tuple[int, list[str]]:
        host = ["--host", f"127.0.0.1:{console.port}"]
        done = subprocess.run([sys.executable, "-m", "daemon.cli", "soundcheck", *words, *host], stdout=-1, text=True)
        return done.returncode, done.stdout.splitlines()

    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (2 * RATE, 8)).astype(np.float32)
    played.make_gig(tmp_path / "gigs", sound, "last night")
    with running.daemon(tmp_path) as console:
        code, told = say("another one")
        assert (code, "no gig is called 'another one'" in told[0]) == (1, True)
        code, told = say("--channels", "1-4", "--from", "1.9", "--loop")
        # It was at its end, and began again, before anybody could have said more.
        assert (code, told[:3]) == (0, ["soundcheck 1", "state 2", "gig last night"])
        assert "loop 1" in told
        assert console.ask("/faderd/soundcheck/inputs") == ["1-4"]
        begun, end = console.ask("/faderd/play/position"), time.monotonic() + 120
        while (now := console.ask("/faderd/play/position")) == begun:
            assert time.monotonic() < end, now
        assert 0 <= now[0] < 2
        assert console.ask("/faderd/play/loop") == [1]
        assert console.ask("/faderd/play/pause") == [1]
        assert console.ask("/faderd/rec/start") == [1]  # what is live is recorded
        while console.ask("/faderd/soundcheck") != [0]:
            assert time.monotonic() < end
        code, told = say("--off")
        assert (code, told[:2]) == (0, ["soundcheck 0", "state 0"])


def test_a_device_that_another_process_plays_hears_the_tracks_too_and_again_after_its_server_came_back(
    tmp_path: pathlib.Path,
) -> None:
    """On JACK the audio thread lives in a process with addresses of its own."""

    def loudness(desk: servers.Desk) -> float:
        return float(desk.get("/faderd/loudness/1/m")[0])

    def wait(desk: servers.Desk, holds) -> float:
        deadline = time.monotonic() + 120
        while not holds(now := loudness(desk)):
            assert time.monotonic() < deadline, (now, desk.get("/faderd/play/state"))
            time.sleep(0.1)
        return now

    tone = np.repeat(harness.sine(1000, -20, 20 * RATE)[:, np.newaxis], 2, 1).astype(np.float32)
    played.make_gig(tmp_path / "state" / "gigs", tone, "tone")
    name = f"faderd-check-{time.monotonic_ns()}"
    with servers.jack_server(tmp_path, name=name) as server, servers.daemon(server, "system", tmp_path) as desk:
        desk.set("/ch/01/mix/fader", 0.75)
        desk.set("/faderd/loudness/1/source", "ch/01")
        wait(desk, lambda heard: heard < -60)
        desk.set("/faderd/soundcheck", 1, "tone")
        assert abs(wait(desk, lambda heard: heard > -24) + 23) < 1  # a sine of one channel
        desk.set("/faderd/play/loop", 1)
        server.kill()
        time.sleep(1)
        with servers.jack_server(tmp_path, name=name):
            time.sleep(4)
            assert abs(wait(desk, lambda heard: heard > -24) + 23) < 1
