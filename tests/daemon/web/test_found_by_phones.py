"""How phones and programs find the pages: codes that scan, names in the network."""

import asyncio
import json
import pathlib
import re
import socket
import subprocess
import sys

import numpy as np
import pytest
import zxingcpp

from daemon.web import announce, pages

HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
BROWSER = """
import json, time, zeroconf
net, found, until = zeroconf.Zeroconf(interfaces=["127.0.0.1"]), {}, time.monotonic() + 100
def heard(zeroconf, service_type, name, state_change):
    if name.startswith("faderd on "):
        info = zeroconf.get_service_info(service_type, name, 60_000)
        if info and info.port in PORTS:
            found[service_type] = [info.port, info.parsed_addresses(), info.server]
kinds = ["_http._tcp.local.", "_osc._udp.local.", "_oscjson._tcp.local."]
zeroconf.ServiceBrowser(net, kinds, handlers=[heard])
while time.monotonic() < until and len(found) < len(kinds):
    time.sleep(0.05)
print(json.dumps(found))
"""
PAGES, OSC = 48_080, 41_023  # of no other console in the network, of another test say


def read(drawn: str) -> list[str]:
    """What a phone reads from a terminal."""
    lines = [line for line in drawn.splitlines() if line and set(line) <= set(HALVES)]
    cells = np.array([[HALVES[letter] for letter in line] for line in lines], np.uint8)
    picture = 255 * cells.transpose(0, 2, 1).reshape(-1, cells.shape[1])
    return [found.text for found in zxingcpp.read_barcodes(np.kron(picture, np.ones((6, 6), np.uint8)))]


def test_codes_in_the_terminal_scan_and_lead_to_the_mix(tmp_path: pathlib.Path) -> None:
    settings = tmp_path / "faderd.toml"
    settings.write_text('[pins]\nengineer = "2468"\n"bus/03" = "1357"\n')
    command = [sys.executable, "-m", "daemon.cli", "web", "--codes", "--config", str(settings)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True).stdout
    address = re.match(r"bus/03  (http://\S+/mix/3)\n", told)
    assert address, told[:200]
    assert read(told) == [address[1]]
    assert "1357" not in told


def test_where_the_port_that_nobody_types_is_taken_pages_are_at_another_one_and_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(pages, "USUAL", taken.getsockname()[1])
        monkeypatch.setattr(pages, "INSTEAD", 0)
        with pages.entrance("127.0.0.1", pages.USUAL) as entrance:
            assert entrance.getsockname()[1] != pages.USUAL
        assert "Address already in use: pages are at" in capsys.readouterr().out
        monkeypatch.setattr(pages, "USUAL", 80)
        with pytest.raises(OSError, match="in use"):
            pages.entrance("127.0.0.1", taken.getsockname()[1])


def test_another_program_finds_pages_osc_and_the_tree_by_their_names() -> None:
    async def found() -> dict[str, tuple[int, list[str], str]]:
        async with announce.announced("127.0.0.1", PAGES, OSC):
            browser = await asyncio.create_subprocess_exec(
                sys.executable, "-c", f"PORTS = {PAGES, OSC}{BROWSER}", stdout=subprocess.PIPE
            )
            told, _ = await asyncio.wait_for(browser.communicate(), 120)
        return dict(json.loads(told))

    told = asyncio.run(found())
    for kind, port in {"_http._tcp": PAGES, "_osc._udp": OSC, "_oscjson._tcp": PAGES}.items():
        at, addresses, host = told[f"{kind}.local."]
        assert (at, host) == (port, "faderd.local.")
        assert "127.0.0.1" in addresses  # and wherever else somebody answers to that name of a machine


def test_a_value_does_not_wait_until_the_meters_before_it_have_been_acknowledged():
    with pages.entrance("127.0.0.1", 0) as entrance, socket.create_connection(entrance.getsockname()):
        inside, _ = entrance.accept()
        with inside:
            assert inside.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
