"""The server on a real socket."""

import time

import numpy as np
import pytest

from daemon import server
from daemon.desk.console import Console
from daemon.wire import endpoint, packet
from daemon.wire.doors import Door
from dsp.table import TABLE
from rigs.pages import page
from rigs.talk import Net, hear

FADERS = [f"/ch/{ch:02d}/mix/fader" for ch in range(1, 33)]


PATIENCE_S = 60.0


def standing() -> float:
    """A clock by which no lease ends, however long a busy machine takes."""
    return 0.0


def stored(net: Net, path: str) -> int | str:
    return net.console.values.get(TABLE.leaves[path])


def test_a_question_is_answered_to_the_port_it_came_from():
    with Net() as net:
        ann, ben = net.client(), net.client()
        assert net.ask(ann, "/ch/01/mix/on") == [("/ch/01/mix/on", 1)]
        assert hear(ben) == []


def test_status_names_the_address_the_client_reaches():
    with Net() as net:
        assert net.ask(net.client(), "/status") == [("/status", "active", "127.0.0.1", "osc-server")]


def test_a_set_is_heard_as_soon_as_everybody_has_been_told():
    with Net() as net:
        order: list[object] = []
        ann, ben = net.client(), net.client()
        net.ask(ben, "/xremote")
        publish = net.console.publish
        net.console.publish = lambda: (order.append(hear(ben) or stored(net, FADERS[0])), publish())
        ann.send(packet.build(FADERS[0], 1.0))
        net.turn()
        assert order == [[(FADERS[0], 1.0)]]


def test_many_sets_are_published_at_once():
    with Net() as net:
        net.turn(seconds=0.1)  # what it begins with is heard by then
        heard_at: list[int] = []
        publish = net.console.publish
        net.console.publish = lambda: (heard_at.append(int(stored(net, FADERS[0]))), publish())
        client = net.client()
        for index in range(20):
            client.send(packet.build(FADERS[0], index / 1023))
        net.turn()
        assert heard_at == [19]


def test_a_flood_of_twenty_thousand_sets_a_second_ends_at_its_last_state():
    with Net() as net:
        client = net.client()
        sets = 20_000
        last = dict.fromkeys(FADERS, 0)
        for number in range(sets):
            path = FADERS[number % 32]
            last[path] = (number * 7) % 1024
            client.send(packet.build(path, last[path] / 1023))
            if number % 32 == 31:
                net.turn()
        net.turn()
        assert net.server.counters.received == sets
        assert {path: stored(net, path) for path in FADERS} == last


def test_who_floods_waits_for_himself_alone():
    with Net() as net:
        flood, ann = net.client(), net.client()
        for number in range(5000):
            flood.send(packet.build(FADERS[number % 32], number % 1024 / 1023))
        ann.send(packet.build("/ch/01/mix/on"))
        while not (answers := hear(ann)):
            net.spin()
        assert net.server.is_behind
        assert answers == [("/ch/01/mix/on", 1)]
        net.turn()
        assert not net.server.is_behind


def test_what_is_wanted_soon_before_it_starts_is_done_once_it_runs():
    called: list[str] = []
    with Net(before=lambda instance: instance.network.later(0, lambda: called.append("soon"))) as net:
        net.turn()
    assert called == ["soon"]


def test_twenty_clients_each_see_every_change():
    with Net(clock=standing) as net:
        clients = [net.client() for _ in range(20)]
        for client in clients:
            net.ask(client, "/xremote")
        author = net.client()
        for index in range(1, 51):
            for path in FADERS[:2]:
                net.ask(author, path, index / 1023)
        expected = [(path, np.float32(index / 1023)) for index in range(1, 51) for path in FADERS[:2]]
        assert [hear(client) == expected for client in clients] == [True] * 20
        assert hear(author) == []


def test_a_recalled_scene_reaches_every_client_completely():
    with Net() as net:
        clients = [net.client() for _ in range(5)]
        for client in clients:
            net.ask(client, "/xremote")
        sends = [f"/ch/{ch:02d}/mix/{bus:02d}/level" for ch in range(1, 33) for bus in range(1, 17)]
        for path in sends:
            net.console.set(TABLE.leaves[path], 99)
        told: list[list[str]] = [[] for _ in clients]
        until = time.monotonic() + PATIENCE_S
        while any(len(paths) < len(sends) for paths in told) and time.monotonic() < until:
            net.turn(0.01)
            for paths, client in zip(told, clients, strict=True):
                paths += [path for path, _ in hear(client)]
        net.turn(0.1)
        assert [paths == sends and not hear(client) for paths, client in zip(told, clients, strict=True)] == [True] * 5


def test_meters_reach_the_client_that_asked():
    with Net() as net:
        client = net.client()
        net.ask(client, "/meters", "/meters/1")
        net.server.feed(page())
        ((address, blob),) = hear(client)
        assert (address, len(blob)) == ("/meters/1", 4 + 4 * 96)


def test_a_client_that_went_away_does_not_hold_up_the_others():
    with Net(clock=standing) as net:
        gone, here = net.client(), net.client()
        net.ask(gone, "/xremote")
        net.ask(here, "/xremote")
        gone.close()
        author = net.client()
        for index in range(1, 20):
            net.ask(author, FADERS[0], index / 1023)
        assert len(hear(here)) == 19
        assert net.faults == []


def test_a_malformed_datagram_is_dropped_and_counted():
    with Net() as net:
        client = net.client()
        client.send(b"nonsense")
        client.send(b"")
        client.send(b"/" + bytes(5000))
        net.turn()
        assert net.server.counters.malformed == 3
        assert net.faults == []


def test_a_taken_port_is_explained():
    with (
        Net() as net,
        pytest.raises(endpoint.EndpointError, match=f"UDP port {net.server.port} is taken.*--osc-port"),
    ):
        server.Server(Console(), [Door(net.server.port, "127.0.0.1")])


def test_a_stopped_server_gives_its_port_back():
    with Net() as net:
        port = net.server.port
    again = server.Server(Console(), [Door(port, "127.0.0.1")])
    again.stop()


def test_a_local_server_listens_to_this_machine_only():
    with Net() as net:
        assert net.server._endpoints[0].host == "127.0.0.1"
    everywhere = server.Server(Console(), [Door(0)])
    assert everywhere._endpoints[0].host == "0.0.0.0"
    everywhere.stop()
