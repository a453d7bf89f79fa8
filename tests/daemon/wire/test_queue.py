"""Who floods waits for himself alone."""

import random

from daemon.wire import queue
from daemon.wire.network import Client

ANN, BEN, FLOOD = Client("10.0.0.1", 5001), Client("10.0.0.2", 5002), Client("10.0.0.9", 5009)


def drained(waiting: queue.Queue) -> list[tuple[bytes, Client]]:
    taken = []
    while waiting:
        taken.append(waiting.take())
    return taken


def test_each_client_has_its_turn_and_keeps_its_order():
    waiting = queue.Queue()
    for datagram, client in [(b"1", FLOOD), (b"2", FLOOD), (b"3", FLOOD), (b"a", ANN), (b"b", ANN), (b"x", BEN)]:
        waiting.put(datagram, client)
    assert drained(waiting) == [
        (b"1", FLOOD), (b"a", ANN), (b"x", BEN), (b"2", FLOOD), (b"b", ANN), (b"3", FLOOD),
    ]  # fmt: skip


def test_a_thousand_ports_of_one_machine_are_no_more_than_one():
    waiting = queue.Queue()
    for port in range(1000):
        waiting.put(b"1", Client("10.9.9.9", port))
    waiting.put(b"a", ANN)
    waiting.put(b"b", ANN)
    assert [client for _, client in drained(waiting)][:4] == [
        Client("10.9.9.9", 0), ANN, Client("10.9.9.9", 1), ANN,
    ]  # fmt: skip


def test_who_says_too_much_loses_his_oldest_and_nobody_elses():
    waiting = queue.Queue(room_each=3 * (queue.OVERHEAD + 2))
    for number in range(10, 20):
        waiting.put(str(number).encode(), FLOOD)
        if number == 10:
            waiting.put(b"a", ANN)
    assert (waiting.lost, waiting.loudest) == (7, FLOOD)
    assert drained(waiting) == [(b"17", FLOOD), (b"a", ANN), (b"18", FLOOD), (b"19", FLOOD)]


def test_a_thousand_forged_senders_take_no_more_room_than_there_is():
    waiting = queue.Queue(room=10 * (queue.OVERHEAD + 100))
    waiting.put(b"a", ANN)
    for port in range(1000):
        waiting.put(bytes(100), Client("10.9.9.9", port))
    waiting.put(b"b", ANN)
    taken = drained(waiting)
    assert len(taken) <= 10
    assert [datagram for datagram, client in taken if client == ANN] == [b"b"]
    assert waiting.lost == 1002 - len(taken)


def test_nothing_is_lost_or_made_up_while_there_is_room():
    choice = random.Random(1)
    waiting, put, taken = queue.Queue(), [], []
    for number in range(5000):
        if choice.random() < 0.6:
            put.append((str(number).encode(), Client("10.0.0.1", choice.randrange(9))))
            waiting.put(*put[-1])
        elif waiting:
            taken.append(waiting.take())
    taken += drained(waiting)
    assert sorted(taken) == sorted(put)
    for port in range(9):
        assert [entry for entry in taken if entry[1].port == port] == [entry for entry in put if entry[1].port == port]
