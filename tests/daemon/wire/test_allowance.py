"""Whoever says nothing draws a megabyte at most, and nobody who uses the console misses anything."""

from collections.abc import Callable

import pytest

from daemon.commands.xremote import Remotes
from daemon.desk.console import Console
from daemon.wire import allowance, packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.table import TABLE
from rigs.talk import ANN, BEN, Net, hear, heard


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def drawn(allowed: allowance.Allowance, client: Client, size: int = 1000) -> int:
    """Bytes that go to a client until no more do."""
    count = 0
    while allowed.take(client, size):
        count += size
    return count


def test_after_each_word_a_megabyte_goes_and_no_more() -> None:
    clock = Clock()
    allowed = allowance.Allowance(clock)
    for _ in range(3):
        allowed.heard(ANN)
        assert drawn(allowed, ANN) == allowance.UNASKED
        clock.now += 1
        assert drawn(allowed, ANN) == 0


def test_however_many_words_there_are_two_megabytes_go_in_a_second() -> None:
    clock = Clock()
    allowed = allowance.Allowance(clock)
    total = 0
    for _ in range(1000):
        allowed.heard(ANN)
        total += drawn(allowed, ANN)
    assert total == allowance.PER_S
    assert allowed.take(BEN, 1000)
    clock.now += 1
    allowed.heard(ANN)
    assert drawn(allowed, ANN) == allowance.UNASKED


def test_a_storm_of_forged_senders_is_forgotten_again() -> None:
    allowed = allowance.Allowance(Clock())
    for port in range(3 * allowance.REMEMBERED):
        allowed.heard(Client("10.9.9.9", port))
        allowed.take(Client("10.9.9.8", port), 100)
    assert len(allowed._accounts) == allowance.REMEMBERED


def test_who_only_listens_is_told_what_it_missed_at_its_next_word() -> None:
    sent: list[tuple[object, ...]] = []
    waiting: list[Callable[[], None]] = []
    affords = [False]
    mixer = Console()
    network = Network(
        lambda datagram, client: sent.append(heard(datagram)), lambda delay_s, call: waiting.append(call), Clock(),
        affords=lambda client, size: affords[0],
    )  # fmt: skip
    remotes = Remotes(mixer, network)

    def moves(path: str, *stored: int) -> list[tuple[object, ...]]:
        for each in stored:
            mixer.set(TABLE.leaves[path], each, BEN)
        return told()

    def told() -> list[tuple[object, ...]]:
        while waiting:
            waiting.pop(0)()
        found, sent[:] = list(sent), []
        return found

    remotes.renew(ANN)
    assert moves("/ch/01/mix/fader", 100, 200) + moves("/ch/02/mix/on", 0) == []
    affords[0] = True
    assert moves("/ch/03/mix/on", 0) == []  # in their order: after what is owed
    remotes.heard(ANN)
    fader = TABLE.row_of(TABLE.leaves["/ch/01/mix/fader"]).to_wire(200)
    assert told() == [("/ch/01/mix/fader", pytest.approx(fader)), ("/ch/02/mix/on", 0), ("/ch/03/mix/on", 0)]
    assert moves("/ch/03/mix/on", 1) == [("/ch/03/mix/on", 1)]


def test_a_server_withholds_what_a_silent_client_draws() -> None:
    with Net() as net:
        client = net.client()
        for _ in range(3):
            client.send(packet.build("/faderd/list", "/"))
        drawn_bytes, until = 0, net.server.network.clock() + 120
        while not net.server.counters.withheld and net.server.network.clock() < until:
            net.turn(0.05)
            drawn_bytes += sum(len(packet.build(*message)) for message in hear(client))
        assert net.server.counters.withheld
        assert allowance.UNASKED / 2 < drawn_bytes <= allowance.UNASKED
        assert net.ask(client, "/ch/01/mix/on") != []


def test_a_machine_with_a_thousand_clients_makes_room_for_another_ones_first() -> None:
    network = Network(lambda *_: None, lambda *_: None, Clock(), clients=8)
    leases: Leases[None] = Leases(network)
    storm = [Client("10.9.9.9", port) for port in range(1000)]
    assert [leases.renew(client, "xremote", None) for client in storm] == [True] * 8 + [False] * 992
    assert leases.renew(ANN, "xremote", None)
    assert leases.renew(BEN, "xremote", None)
    for client in storm:
        leases.renew(client, "xremote", None)
    assert leases.runs(ANN)
    assert leases.runs(BEN)
    assert len(leases.running()) == 8
