"""How a tablet finds the console: `/xinfo` to everybody on the network, answered to the one who asked."""

import socket
from pathlib import Path

import pytest

from oracles import language
from rigs import console
from rigs.talk import Net

SUBNET, EVERYBODY = "127.255.255.255", "255.255.255.255"
"""Broadcasts; the second only on the loopback, to which its socket is bound."""

WHO = ("/xinfo", "127.0.0.1", "faderd", "X32RACK", "4.06")


def searching(broadcast: str) -> socket.socket:
    """Socket that may broadcast, and hears what is sent to it alone."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    client.bind(("127.0.0.1", 0))
    if broadcast == EVERYBODY:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    client.settimeout(60)
    return client


@pytest.mark.parametrize("broadcast", [SUBNET, EVERYBODY])
@pytest.mark.parametrize(("request_", "length"), [("/xinfo", 5), ("/info", 5), ("/status", 4)])
def test_who_asks_everybody_is_answered_alone(broadcast: str, request_: str, length: int):
    with Net(local=False) as net, searching(broadcast) as client, searching(broadcast) as other:
        client.sendto(language.build(request_), (broadcast, net.server.port))
        net.turn()
        datagram, sender = client.recvfrom(512)
        assert (language.read(datagram)[0], len(language.read(datagram))) == (request_, length)
        assert sender == ("127.0.0.1", net.server.port)
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.recv(512)


def test_two_who_search_at_once_are_both_answered():
    with Net(local=False) as net, searching(SUBNET) as one, searching(SUBNET) as other:
        for client in (one, other):
            client.sendto(language.build("/xinfo"), (SUBNET, net.server.port))
        net.turn()
        assert [language.read(client.recv(512)) for client in (one, other)] == [WHO, WHO]


def test_a_console_for_this_machine_only_is_not_found():
    with Net() as net, searching(SUBNET) as client:
        client.sendto(language.build("/xinfo"), (SUBNET, net.server.port))
        net.turn()
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(512)


def test_the_name_that_is_found_is_the_one_in_the_preferences():
    with Net(local=False) as net, searching(SUBNET) as client:
        client.sendto(language.build("/-prefs/name", "Monitors"), ("127.0.0.1", net.server.port))
        client.sendto(language.build("/xinfo"), (SUBNET, net.server.port))
        net.turn()
        assert language.read(client.recv(512)) == ("/xinfo", "127.0.0.1", "Monitors", "X32RACK", "4.06")


def test_model_firmware_and_name_are_those_of_the_settings(tmp_path: Path):
    settings = tmp_path / "faderd.toml"
    settings.write_text('name = "FOH"\nmodel = "M32"\nfirmware = "4.13"\n')
    with console.running(tmp_path, 0, ("--config", str(settings))) as desk, searching(SUBNET) as client:
        client.sendto(language.build("/xinfo"), (SUBNET, desk.port))
        assert language.read(client.recv(512)) == ("/xinfo", "127.0.0.1", "FOH", "M32", "4.13")
        assert desk.ask("/info") == ["V2.07", "osc-server", "M32", "4.13"]
        assert desk.get("/-prefs/name") == ["FOH"]
        desk.set("/-prefs/name", "Left")
        client.sendto(language.build("/xinfo"), ("127.0.0.1", desk.port))
        assert language.read(client.recv(512))[2] == "Left"
