"""The daemon as a person runs it: one command, one line that says ready, and a quiet end."""

import pathlib
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from pythonosc.osc_message import OscMessage

from rigs.running import daemon

START_S = 240  # the first start compiles
PATIENCE_S = 120
TRIES = 3
"""Where disk and processors are busy with something else, a second may not be enough: one of these is undisturbed."""


def test_without_arguments_the_virtual_stage_mixes_and_says_ready(tmp_path: pathlib.Path) -> None:
    with daemon(tmp_path) as running:
        assert running.device == "virtual stage"
        running.send("/meters", "/meters/2")
        levels = np.frombuffer(OscMessage(running.socket.recv(65_536)).params[0], "<f4", offset=4)
        assert levels[:25].max() > 0.001


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_exit_code_0_and_without_a_fuss(
    tmp_path: pathlib.Path, number: signal.Signals
) -> None:
    with daemon(tmp_path) as running:
        running.process.send_signal(number)
        _, errors = running.process.communicate(timeout=PATIENCE_S)
        assert running.process.returncode == 0
        assert "Traceback" not in errors


def test_the_desk_comes_back_as_it_was_left(tmp_path: pathlib.Path) -> None:
    with daemon(tmp_path) as running:
        running.send("/ch/05/mix/on", 0)
        running.send("/ch/05/mix/fader", 0.25)
        running.send("/ch/05/config/name", "Choir")
        running.send("/-prefs/name", "Chapel")
        running.send("/-prefs/hardmute", 1)
        running.send("/-stat/solosw/05", 1)
        running.send("/-stat/lock", 1)
        wanted = running.ask("/ch/05/mix/fader")
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE_S)
    with daemon(tmp_path) as running:
        assert running.ask("/ch/05/mix/fader") == wanted
        assert running.ask("/ch/05/mix/on") == [0]
        assert running.ask("/ch/05/config/name") == ["Choir"]
        assert running.ask("/xinfo")[1] == "Chapel"
        assert running.ask("/-prefs/hardmute") == [1]
        assert running.ask("/-stat/solosw/05") == [0]
        assert running.ask("/-stat/lock") == [0]


def test_a_desk_that_is_killed_loses_at_most_a_second(tmp_path: pathlib.Path) -> None:
    kept = []
    for level in np.arange(1, TRIES + 1) / 4:
        with daemon(tmp_path) as running:
            running.send("/ch/06/mix/fader", level)
            wanted = running.ask("/ch/06/mix/fader")
            time.sleep(1.5)
            running.process.kill()
            running.process.wait(PATIENCE_S)
        with daemon(tmp_path) as running:
            kept.append(running.ask("/ch/06/mix/fader") == wanted)
        if kept[-1]:
            break
    assert kept[-1]


def test_a_second_daemon_on_one_state_folder_says_so_and_does_not_start(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "daemon.cli", "run", "--osc-port", "0", "--local", "--state", str(tmp_path)]
    with daemon(tmp_path) as running:
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False)
        assert done.returncode == 1
        assert f"another faderd uses it (process {running.process.pid})" in done.stderr
        assert "Traceback" not in done.stderr
        assert running.ask("/status")[0] == "active"


def test_the_settings_say_how_many_clients_there_is_room_for(tmp_path: pathlib.Path) -> None:
    chosen = tmp_path / "chosen.toml"
    chosen.write_text("clients = 1\n")
    with daemon(tmp_path, "--config", str(chosen)) as running:
        running.send("/xremote")
        assert running.ask("/status")[0] == "active"  # it has been taken before the other one asks
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
            late.settimeout(60)
            late.connect(("127.0.0.1", running.port))
            late.send(b"/xremote\0\0\0\0")
            late.send(b"/ch/01/mix/fader\0\0\0\0,f\0\0\x3f\x80\0\0")
            assert OscMessage(running.socket.recv(65_536)).params == [1.0]
            running.send("/ch/01/mix/on", 0)
            late.send(b"/status\0")
            assert OscMessage(late.recv(65_536)).address == "/status"


def test_a_scene_on_the_command_line_wins_over_what_was_left(tmp_path: pathlib.Path) -> None:
    scene = tmp_path / "sunday.scn"
    scene.write_text('#4.0# "sunday" "" %000000000 1\n/ch/01/config "Choir" 1 YE 1\n', "utf-8")
    with daemon(tmp_path / "state", "--scene", str(scene)) as running:
        assert running.ask("/ch/01/config/name") == ["Choir"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--device", "nothing like it"], "no device matches"),
        (["--rate", "12345"], "12345"),
        (["--block", "5"], "block 5"),
        (["--scene", "nowhere.scn"], "nowhere.scn"),
        (["--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_a_sentence(
    tmp_path: pathlib.Path, options: list[str], words: str
) -> None:
    command = [sys.executable, "-m", "daemon.cli", "run", "--osc-port", "0", "--state", str(tmp_path), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: pathlib.Path) -> None:
    with daemon(tmp_path / "one") as running:
        command = [sys.executable, "-m", "daemon.cli", "run", "--local", "--state", str(tmp_path / "two")]
        command += ["--osc-port", str(running.port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False)
        assert done.returncode == 1
        assert str(running.port) in done.stderr
        assert "Traceback" not in done.stderr
