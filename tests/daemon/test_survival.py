"""A daemon under supervision: it says that it is ready and alive, tells how it is, and reloads while it plays."""

import json
import pathlib
import signal
import socket
import time

import pytest

from rigs.running import daemon


@pytest.fixture
def supervisor(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """The socket on which a supervisor listens."""
    endpoint = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    endpoint.bind(str(tmp_path / "notify"))
    endpoint.settimeout(60)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    return endpoint


def heard(supervisor: socket.socket, word: str) -> str:
    """The next that the supervisor is told with this word in it."""
    while word not in (words := supervisor.recv(4096).decode()):
        pass
    return words


def test_the_supervisor_is_told_that_it_is_ready_alive_and_stopping(
    tmp_path: pathlib.Path, supervisor: socket.socket
) -> None:
    with daemon(tmp_path / "state") as running:
        assert "READY=1" in heard(supervisor, "READY")
        for _ in range(3):
            heard(supervisor, "WATCHDOG=1")
        running.process.send_signal(signal.SIGHUP)
        heard(supervisor, "RELOADING=1")
        heard(supervisor, "READY=1")
        running.process.send_signal(signal.SIGTERM)
        heard(supervisor, "STOPPING=1")
        assert running.process.wait(120) == 0


def test_it_tells_how_it_is(tmp_path: pathlib.Path) -> None:
    with daemon(tmp_path) as running:
        running.send("/ch/01/mix/on", 0)
        until = time.monotonic() + 120
        while (told := json.loads(str(running.ask("/faderd/health")[0])))["load"]["blocks"] <= 100:
            assert time.monotonic() < until, told
            time.sleep(0.1)
        assert 0 < told["load"]["p50"] <= told["load"]["p99"] <= told["load"]["most"]
        assert told["device"]["playing"] is True
        assert told["device"]["name"] == "virtual stage"
        assert told["clients"][0]["role"] == "engineer"
        assert set(told["real_time"]) == {"scheduling", "memory_locked"}
        assert told["disk"]["free_mb"] > 0
        assert told["up_s"] > 0


def test_settings_are_reloaded_while_it_plays_and_mutes_survive(tmp_path: pathlib.Path) -> None:
    settings = tmp_path / "faderd.toml"
    settings.write_text('block = 64\nname = "Stage"\n')
    with daemon(tmp_path / "state", "--config", str(settings)) as running:
        running.socket.settimeout(60)  # the band is made anew
        running.send("/ch/05/mix/on", 0)
        assert running.ask("/ch/05/mix/on") == [0]
        settings.write_text('block = 128\nceiling_db = -6\nname = "Hall"\n')
        (said,) = running.ask("/faderd/reload")
        assert said == "block, ceiling_db · at the next start: name"
        assert json.loads(str(running.ask("/faderd/health")[0]))["device"]["block"] == 128
        assert running.ask("/ch/05/mix/on") == [0]
        settings.write_text("block = 5\n")
        address_and_reason = running.ask("/faderd/reload")
        assert address_and_reason[0] == "/faderd/reload"
        assert "block 5" in str(address_and_reason[1])
        assert json.loads(str(running.ask("/faderd/health")[0]))["device"]["playing"] is True
