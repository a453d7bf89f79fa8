"""A running console from the command line, one fact a line."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from daemon.desk.roles import Access
from daemon.history import log
from daemon.tools import linemode
from rigs import running
from rigs.talk import Net

VIEWERS = (Access("viewer"),)


def run(net: Net, *words: str) -> tuple[int, str, str]:
    """Run a command beside a console: exit code, output, errors."""
    command = [sys.executable, "-m", "daemon.cli", *words]
    if words[0] != "log":
        command += ["--host", f"127.0.0.1:{net.server.port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None:
        net.turn(0.02)
    out, wrong = process.communicate()
    return process.returncode, out, wrong


def test_a_value_is_set_and_read_as_a_person_writes_it():
    with Net() as net:
        assert run(net, "set", "ch/01/mix/fader", "-6.5") == (0, "-6.5\n", "")
        assert run(net, "get", "/ch/01/mix/fader") == (0, "-6.5\n", "")
        assert run(net, "set", "ch/01/mix/fader", "-oo") == (0, "-oo\n", "")
        assert run(net, "set", "ch/01/config/name", "Lead Vocal")[1] == "Lead Vocal\n"
        assert run(net, "get", "ch/01/mix/fader", "--json")[1] == '{"/ch/01/mix/fader": "-oo"}\n'


def test_a_node_is_one_fact_a_line():
    with Net() as net:
        code, out, _ = run(net, "get", "ch/01/mix")
        assert code == 0
        assert out.splitlines()[:2] == ["/ch/01/mix/on ON", "/ch/01/mix/fader -oo"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("get", "ch/99/mix/fader"), "there is no /ch/99/mix/fader on this console"),
        (("set", "ch/01/mix/on", "MAYBE"), "'MAYBE' is not one of OFF ON"),
    ],
)
def test_what_is_not_understood_is_explained_and_exits_with_1(words: tuple[str, ...], reason: str):
    with Net() as net:
        code, out, wrong = run(net, *words)
        assert (code, out) == (1, "")
        assert reason in wrong


def test_what_a_role_may_not_is_told_and_exits_with_1():
    with Net(roles=VIEWERS) as net:
        code, _, wrong = run(net, "set", "ch/01/mix/on", "OFF")
        assert code == 1
        assert "a viewer may not use /" in wrong


def test_where_nobody_answers_the_exit_code_is_3():
    with Net() as net:
        port = net.server.port
    command = [sys.executable, "-m", "daemon.cli", "get", "ch/01/mix/on", "--host", f"127.0.0.1:{port}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "no answer from 127.0.0.1" in done.stderr


def test_status_tells_one_fact_a_line_and_as_json():
    with Net() as net:
        code, out, _ = run(net, "status")
        facts = dict(line.split(" ", 1) for line in out.splitlines())
        assert code == 0
        assert [facts[name] for name in ("address", "name", "model", "role")] == [
            "127.0.0.1", "faderd", "X32RACK", "engineer"
        ]  # fmt: skip
        assert json.loads(run(net, "status", "--json")[1])["firmware"] == "4.06"


def test_status_follows_every_change(tmp_path: Path):
    heard = tmp_path / "heard"
    with Net() as net, heard.open("w") as file:
        words = ["status", "--follow", "--host", f"127.0.0.1:{net.server.port}"]
        process = subprocess.Popen([sys.executable, "-m", "daemon.cli", *words], stdout=file)
        client = net.client()
        try:
            value, patience = 1, time.monotonic() + 60
            while "/ch/01/mix/on OFF" not in heard.read_text() and time.monotonic() < patience:
                value = 1 - value
                net.ask(client, "/ch/01/mix/on", value)
                net.turn(0.1)
        finally:
            process.terminate()
            process.wait()
    assert "/ch/01/mix/on OFF" in heard.read_text().splitlines()


def test_the_log_is_read_from_a_moment_on_and_at_an_address(tmp_path: Path):
    with Net(tmp_path) as net:
        client = net.client()
        for known, move in enumerate((("/ch/01/mix/fader", 0.75), ("/ch/02/mix/on", 0)), 1):
            net.ask(client, *move)
            while len(list(log.read(tmp_path))) < known:
                net.turn(0.05)
        state = ("--state", str(tmp_path))
        whole = run(net, "log", *state)[1].splitlines()
        assert [line.split(" engineer ")[1] for line in whole] == [
            "/ch/01/mix/fader -oo → 0.0", "/ch/02/mix/on ON → OFF"
        ]  # fmt: skip
        assert run(net, "log", *state, "--path", "ch/02")[1].splitlines() == whole[1:]
        assert run(net, "log", *state, "--path", "ch/*/mix/fader")[1].splitlines() == whole[:1]
        assert run(net, "log", *state, "--client", "192.0.2.1")[1] == ""
        assert run(net, "log", *state, "--since", "3600")[1].splitlines() == whole
        record = json.loads(run(net, "log", *state, "--path", "ch/02", "--json")[1])
        assert (record["address"], record["old"], record["new"]) == ("/ch/02/mix/on", "ON", "OFF")
        assert run(net, "log", *state, "--since", "yesterday")[0] == 1


@pytest.mark.parametrize("words", [("status",), ("get", "ch/01/mix"), ("record", "--show")])
def test_who_reads_no_further_sees_no_error(words, tmp_path):
    with running.daemon(tmp_path) as console:
        command = [sys.executable, "-m", "daemon.cli", *words, "--host", f"127.0.0.1:{console.port}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == ("", 141)


def test_one_of_many_has_its_number_before_its_name(capsys):
    linemode._print_facts({"clients": [{"role": "viewer", "here": True}], "last": [], "latency_ms": None})
    assert capsys.readouterr().out.splitlines() == [
        "clients.1.role viewer", "clients.1.here yes", "last ", "latency_ms unknown"
    ]  # fmt: skip
