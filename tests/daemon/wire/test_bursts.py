"""Many clients who are told much: each hears it all, and nobody waits for an answer meanwhile."""

from daemon.wire.bursts import AT_ONCE, BREATH_S
from daemon.wire.network import Client
from dsp.table import TABLE
from rigs.talk import Talk

CLIENTS = [Client("192.0.2.7", 50_000 + number) for number in range(30)]
MOVED = [address for address in TABLE.leaves if address.endswith("/mix/fader")]

SHORT_S = 0.8 * BREATH_S
"""In which there is one go at most."""


def told(stage: Talk) -> list[list[str]]:
    """Addresses that each client has been told of just now."""
    return [[address for address, *_ in stage.hear(client)] for client in CLIENTS]


def of_a_while(stage: Talk, gos: int) -> list[list[str]]:
    """What each client has been told after so many goes: in none of them too much for all together."""
    everything: list[list[str]] = [[] for _ in CLIENTS]
    for _ in range(gos):
        stage.wait(SHORT_S)
        just_now = told(stage)
        assert sum(map(len, just_now)) <= AT_ONCE
        everything = [before + more for before, more in zip(everything, just_now, strict=True)]
    return everything


def test_thirty_clients_are_told_of_a_scene_a_little_at_a_time_and_each_of_all_of_it():
    stage = Talk()
    for client in CLIENTS:
        stage.say("/xremote", by=client)
    for step, address in enumerate(MOVED):
        stage.console.set(TABLE.leaves[address], 100 + step)
    for heard in of_a_while(stage, 100):
        assert set(heard) >= set(MOVED)


def test_thirty_clients_who_ask_for_much_at_once_are_answered_side_by_side():
    stage = Talk()
    for client in CLIENTS:
        stage.send(b"/faderd/sync\0\0\0\0,i\0\0\0\0\0\0", client)
    lengths = [len(heard) for heard in of_a_while(stage, 20)]
    assert max(lengths) == min(lengths) > 50
