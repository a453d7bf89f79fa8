"""A stream passes every channel of a real PortAudio device, and outlives the device."""

import contextlib
import pathlib
import sys

import numpy as np

import daemon
from rigs import loopback, servers

ROOT = pathlib.Path(daemon.__file__).parents[1]


@contextlib.contextmanager
def player_on(server, device, folder):
    """Run the loopback on a device, in a process of its own: PortAudio looks for servers only once."""
    environment = server.environment | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, loopback.__file__, device]
    with servers.running(command, environment, folder / "loopback.log") as process:
        process.wait_for(lambda: process.lines("ready"), "its ready line", servers.START_S)
        yield process


def test_every_channel_of_a_jack_device_passes_bit_for_bit(tmp_path):
    signals = np.random.default_rng(1).standard_normal((32, 4_800), np.float32)
    with (
        servers.jack_server(tmp_path) as server,
        player_on(server, "system", tmp_path),
        servers.player(server, signals, record=16, folder=tmp_path) as player,
    ):
        player.play()
        heard = player.recording().sound.T
    expected = loopback.passed(signals.T, 16)
    # The loop through the graph may take a period or more.
    first = int(np.argmax(np.abs(heard[:, 0]) > 0))
    assert first % 64 == 0
    assert np.array_equal(heard[first:], expected[: len(heard) - first])


def test_a_stream_whose_server_dies_is_no_longer_running_and_lets_the_process_end(tmp_path):
    with servers.jack_server(tmp_path) as server, contextlib.ExitStack() as afterwards:
        process = afterwards.enter_context(player_on(server, "system", tmp_path))
        assert process.order("running") == "True"
        afterwards = afterwards.pop_all()
    with afterwards:
        process.wait_for(lambda: process.order("running") == "False", "the death of the server")
        process.order("stop")
        process.popen.stdin.close()
        process.popen.wait(servers.PATIENCE_S)
        assert process.popen.returncode == 0
