"""A musician's page on a running daemon: it mixes its own bus and nothing else, and foreign pages are refused."""

import contextlib
import importlib.resources
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from rigs import running

OWN, FOREIGN, FADER = "/ch/05/mix/03/level", "/ch/05/mix/04/level", "/ch/05/mix/fader"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[running.Running, str]]:
    """A daemon, and host and port of its pages."""
    folder = tmp_path_factory.mktemp("web")
    settings = folder / "faderd.toml"
    engineer, musician = free_port(), free_port()
    settings.write_text(
        f"[[listen]]\nport = {engineer}\n\n[[listen]]\nport = {musician}\nrole = 'musician'\nbus = [3]\n", "utf-8"
    )
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(running.daemon(folder / "state", "--config", str(settings),
                                                    "--osc-port", str(engineer)))  # fmt: skip
        command = [sys.executable, "-m", "daemon.cli", "web", "--config", str(settings), "--bind", "127.0.0.1"]
        process = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
        stack.callback(process.communicate)
        stack.callback(process.kill)
        assert process.stdout
        found = re.search(r"http://(\S+)/mix/3", process.stdout.readline())
        assert found
        with page(found[1]) as browser:
            assert browser.recv(60)  # it knows the desk
        yield daemon, found[1]


def page(address: str, origin: str | None = None) -> ClientConnection:
    return connect(f"ws://{address}/socket/3", origin=origin or f"http://{address}")  # type: ignore[arg-type]


def told(browser: ClientConnection, key: str) -> dict:
    """The next news with this key, while meters come too."""
    while True:
        words = browser.recv(5)
        if isinstance(words, str) and key in (news := json.loads(words)):
            return news


def test_a_page_begins_with_the_whole_mix_and_its_meters(desk: tuple[running.Running, str]) -> None:
    with page(desk[1]) as browser:
        hello = told(browser, "bus")
        assert hello["bus"] == 3
        assert hello["values"]["/ch/05/config/name"][0] == desk[0].ask_for("/ch/05/config/name")[0]
        while isinstance(frame := browser.recv(5), str):
            pass
        assert frame[:2] == bytes([1, 32])
        assert len(frame) == 4 + 32


def test_a_page_moves_its_own_sends_and_is_told_what_the_desk_made_of_it(desk: tuple[running.Running, str]) -> None:
    with page(desk[1]) as browser:
        told(browser, "bus")
        browser.send(json.dumps([OWN, 0.75]))
        assert told(browser, "values")["values"][OWN][1] == "+0.0 dB"
        assert desk[0].ask_for(OWN)[0] == pytest.approx(0.75, abs=0.001)
        browser.send('["undo"]')
        assert told(browser, "values")["values"][OWN][0] != pytest.approx(0.75, abs=0.001)


@pytest.mark.parametrize("path", [FOREIGN, FADER])
def test_a_page_cannot_touch_another_mix(desk: tuple[running.Running, str], path: str) -> None:
    before = desk[0].ask_for(path)
    with page(desk[1]) as browser:
        told(browser, "bus")
        browser.send(json.dumps([path, 0.9]))
        assert "musician" in told(browser, "refused")["refused"]
    assert desk[0].ask_for(path) == before


def test_a_foreign_origin_is_refused(desk: tuple[running.Running, str]) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        page(desk[1], "http://elsewhere.example")


def test_a_foreign_name_for_this_address_is_refused(desk: tuple[running.Running, str]) -> None:
    host, _, port = desk[1].partition(":")
    with socket.create_connection((host, int(port)), 5) as browser:
        browser.sendall(b"GET /mix/3 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
        assert browser.recv(100).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(("path", "host", "status"), [
    ("/mix/3", "[::", 421), ("/mix/" + "9" * 5000, "localhost", 404), ("/mix/03", "localhost", 404),
])  # fmt: skip
def test_what_no_browser_asks_for_gets_an_answer_and_no_error(desk, path: str, host: str, status: int) -> None:
    address, _, port = desk[1].partition(":")
    with socket.create_connection((address, int(port)), 5) as browser:
        browser.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1"))
        assert browser.recv(100).startswith(f"HTTP/1.1 {status}".encode())


@pytest.mark.parametrize("words", ["[", '["/ch/05/mix/03/level",NaN]', '["/ch/05/mix/03/level",2]', '{"a":1}', "[1,2]"])
def test_what_is_no_move_closes_the_socket(desk: tuple[running.Running, str], words: str) -> None:
    with page(desk[1]) as browser:
        told(browser, "bus")
        browser.send(words)
        with pytest.raises(ConnectionClosed, match="not a move"):
            told(browser, "never")


def test_the_page_loads_nothing_and_weighs_little() -> None:
    text = importlib.resources.files("daemon.web").joinpath("musician.html").read_text("utf-8")
    assert len(text.encode()) < 25_000
    assert not re.search(r"(?:https?:)?//[a-z]|@import|innerHTML", text.replace("://${location.host}", ""))


def test_without_a_musician_it_says_what_to_write() -> None:
    done = subprocess.run([sys.executable, "-m", "daemon.cli", "web"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("faderd: no mix to serve")
    assert "[[listen]]" in done.stderr
