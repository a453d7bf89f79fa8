"""What the supervisor hears."""

import socket

import pytest

from daemon.system import notify


@pytest.mark.parametrize("abstract", [False, True])
def test_the_supervisor_hears_each_line(tmp_path, monkeypatch, abstract):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        path = f"faderd-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
        supervisor.bind(f"\0{path}" if abstract else path)
        monkeypatch.setenv(notify.SOCKET, f"@{path}" if abstract else path)
        supervisor.settimeout(60)
        notify.ready("plays")
        assert supervisor.recv(1024) == b"READY=1\nSTATUS=plays"
        notify.alive()
        assert supervisor.recv(1024) == b"WATCHDOG=1"
        notify.reloading()
        assert supervisor.recv(1024).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_without_a_supervisor_nothing_is_said(monkeypatch):
    monkeypatch.delenv(notify.SOCKET, raising=False)
    notify.ready("plays")


def test_a_supervisor_that_has_gone_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(notify.SOCKET, str(tmp_path / "nobody"))
    notify.alive()
