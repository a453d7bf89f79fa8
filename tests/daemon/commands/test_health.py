"""The console tells how it is, to whoever asks and to whoever wants to know."""

import json

import pytest

from daemon.commands import health
from daemon.wire import packet
from daemon.wire.network import Client, Network

ANN, BOB = Client("10.0.0.1", 4000), Client("10.0.0.2", 4000)


class Told:
    """A console's health, and who was told."""

    def __init__(self, clients=64):
        self.now, self.sent = 100.0, []
        way = Network(lambda datagram, client: self.sent.append((client, datagram)), print, lambda: self.now, clients)
        self.load = 1.0
        self.family = health.Health({"load": lambda: {"p50": self.load}}, lambda _: "engineer", way)

    def say(self, client, *arguments):
        self.family.heard(client)
        self.family.commands[health.HEALTH](list(arguments), client)
        return self.hear(client)

    def hear(self, client):
        heard = [packet.parse(datagram)[0] for to, datagram in self.sent if to == client]
        self.sent = [each for each in self.sent if each[0] != client]
        assert {message.address for message in heard} <= {health.HEALTH}
        return [json.loads(message.arguments[0]) for message in heard]

    def wait(self, seconds):
        until = self.now + seconds
        while self.now < until:
            self.now += 0.05
            self.family.tick()


def test_who_asks_is_told_once():
    told = Told()
    (answer,) = told.say(ANN)
    assert answer["load"] == {"p50": 1.0}
    told.wait(5)
    assert told.hear(ANN) == []


def test_who_subscribes_is_told_every_second_for_ten_seconds():
    told = Told()
    assert len(told.say(ANN, 1)) == 1
    told.wait(30)
    assert 9 <= len(told.hear(ANN)) <= 10
    told.say(ANN, 1)
    told.say(ANN, 0)
    told.wait(5)
    assert told.hear(ANN) == []


def test_what_cannot_wait_is_told_at_once():
    told = Told()
    told.say(ANN, 1)
    told.load = 2.0
    told.family.tell()
    assert told.hear(ANN)[-1]["load"] == {"p50": 2.0}
    assert told.hear(BOB) == []


def test_clients_are_told_with_their_role_and_how_long_they_have_been_silent():
    told = Told()
    told.say(BOB)
    told.wait(3)
    (answer,) = told.say(ANN)
    ann, bob = answer["clients"]
    assert ann == {"address": "10.0.0.1:4000", "role": "engineer", "silent_s": 0.0}
    assert bob["address"] == "10.0.0.2:4000"
    assert bob["silent_s"] == pytest.approx(3, abs=0.1)


def test_a_crowd_of_forged_senders_takes_no_memory_and_fits_into_a_datagram():
    told = Told(clients=1000)
    for number in range(5_000):
        told.family.heard(Client(f"10.1.{number // 250}.{number % 250}", 1000 + number))
    assert len(told.family._seen) == 1000
    (answer,) = told.say(ANN)
    assert len(answer["clients"]) == 24
    assert answer["clients_known"] == 1000


def test_there_is_room_for_so_many_subscribers_and_no_more():
    told = Told(clients=1)
    told.say(ANN, 1)
    with pytest.raises(ValueError, match="no room"):
        told.say(BOB, 1)


def test_the_disk_is_told_of_and_a_folder_that_is_gone_is_no_reason_to_fail(tmp_path):
    assert health.disk(tmp_path)["free_mb"] >= 0
    assert "No such file" in health.disk(tmp_path / "gone")["problem"]


def test_a_state_that_was_never_saved_has_no_age():
    assert health.saved(None) == {"saved_at": None, "age_s": None}
    assert health.saved(0.0)["age_s"] > 1e6
