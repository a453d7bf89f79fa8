"""On a machine with several addresses, answers come from the one that was asked."""

import socket
import sys

import pytest

from daemon.wire import endpoint
from daemon.wire.doors import Door
from oracles import language
from rigs.pages import page
from rigs.talk import Net

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="every address of 127.0.0.0/8 is this machine's own")

ASKED = ("127.0.0.5", "127.1.2.3")


def client(at: str = "127.0.0.1") -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((at, 0))
    opened.settimeout(60)
    return opened


@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_comes_from_the_address_that_was_asked(asked: str):
    with Net(local=False) as net, client() as tablet:
        tablet.sendto(language.build("/ch/01/mix/on"), (asked, net.server.port))
        net.turn()
        datagram, sender = tablet.recvfrom(512)
        assert (language.read(datagram), sender) == (("/ch/01/mix/on", 1), (asked, net.server.port))


@pytest.mark.parametrize("asked", ASKED)
def test_who_asks_is_told_the_address_it_asked(asked: str):
    with Net(local=False) as net, client("127.0.0.77") as tablet:
        for question, place in (("/xinfo", 1), ("/status", 2)):
            tablet.sendto(language.build(question), (asked, net.server.port))
            net.turn()
            assert language.read(tablet.recv(512))[place] == asked


def test_changes_and_meters_come_from_the_address_that_asked_for_them():
    with Net(local=False) as net, client() as one, client() as other:
        for tablet, asked in ((one, ASKED[0]), (other, ASKED[1])):
            tablet.sendto(language.build("/xremote"), (asked, net.server.port))
            tablet.sendto(language.build("/meters", "/meters/3"), (asked, net.server.port))
        net.turn()
        net.client().send(language.build("/ch/01/mix/on", 0))
        net.turn()
        net.server.feed(page())
        for tablet, asked in ((one, ASKED[0]), (other, ASKED[1])):
            heard = [tablet.recvfrom(4096) for _ in range(2)]
            assert {sender for _, sender in heard} == {(asked, net.server.port)}
            assert {datagram.partition(b"\0")[0] for datagram, _ in heard} == {b"/ch/01/mix/on", b"/meters/3"}


def test_an_address_that_is_not_this_machines_is_explained():
    with pytest.raises(endpoint.EndpointError, match=r"192\.0\.2\.7 is no address of this machine"):
        endpoint.Endpoint(0, "192.0.2.7")


def test_who_is_on_none_of_the_networks_is_not_answered():
    with Net(local=False, doors=[Door(0, networks=())]) as net, client() as tablet:
        tablet.sendto(language.build("/xinfo"), ("127.0.0.1", net.server.port))
        net.turn()
        tablet.setblocking(False)
        with pytest.raises(BlockingIOError):
            tablet.recv(512)
        assert net.server.counters.strangers == 1
