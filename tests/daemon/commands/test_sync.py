"""On a network that loses datagrams everybody ends up with what the console has."""

import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from daemon.wire import packet
from daemon.wire.network import Client
from dsp.table import TABLE
from oracles import language
from rigs.syncing import Mirror
from rigs.talk import Talk

CLIENTS = 20
LOSS = 0.1
HEALED_S = 2.0
STEP_S = 0.02
MOVED = [
    f"/{strip}/{leaf}"
    for strip in (*(f"ch/{ch:02}" for ch in range(1, 33)), *(f"bus/{bus:02}" for bus in range(1, 17)))
    for leaf in ("mix/fader", "mix/on", "eq/1/g", "config/name", "mix/01/level")
]


def truth(stage: Talk) -> dict[str, bytes]:
    """What each parameter is, as a message."""
    values = stage.console.values
    return {address: language.build(address, values.wire(leaf)) for address, leaf in TABLE.leaves.items()}


def total(messages: Iterator[bytes]) -> int:
    number = sum(zlib.crc32(message) for message in messages) & 0xFFFFFFFF
    return number - (1 << 32) if number >> 31 else number


def ask(stage: Talk, *arguments: object) -> list[tuple[Any, ...]]:
    """Ask, and wait until all of a long answer has come."""
    answers = stage.say("/faderd/sync", *arguments)
    stage.wait(1)
    return answers + stage.hear()


def test_what_changed_after_a_revision_comes_with_the_new_one():
    stage = Talk()
    ((_, revision, *_), *_) = stage.say("/faderd/sync")
    assert stage.say("/faderd/sync", revision)[:-1] == []
    stage.say("/ch/01/mix/on", 0)
    stage.say("/ch/02/config/name", "Bass")
    stage.say("/ch/01/mix/on", 1)
    *news, (address, later, part, _) = stage.say("/faderd/sync", revision)
    assert news == [("/ch/02/config/name", "Bass"), ("/ch/01/mix/on", 1)]
    assert (address, part) == ("/faderd/sync", "/")
    assert later == revision + 3


def test_the_hash_is_that_of_the_messages_that_tell_everything():
    stage = Talk()
    stage.say("/ch/01/mix/fader", 0.5)
    revision = stage.say("/faderd/ack")[0][1]
    ((_, _, _, hashed),) = ask(stage, revision)
    assert hashed == total(iter(truth(stage).values()))


def test_each_subtree_has_a_hash_and_can_be_asked_for_alone():
    stage = Talk()
    answers = stage.say("/faderd/sync")
    hashes = {part: hashed for _, _, *pairs in answers for part, hashed in zip(pairs[::2], pairs[1::2], strict=True)}
    assert {"/ch/01", "/bus/16", "/main/st", "/fx/1", "/config", "/-stat"} <= set(hashes)
    for part in ("/ch/01", "/main/st", "/config"):
        messages = [message for address, message in truth(stage).items() if address.startswith(f"{part}/")]
        assert hashes[part] == total(iter(messages))
        *news, closing = ask(stage, 0, part)
        assert sorted(language.build(*each) for each in news) == sorted(messages)
        assert closing[2:] == (part, hashes[part])
    assert all(len(language.build(*answer)) < 1300 for answer in answers)


def test_a_small_question_draws_no_flood():
    stage = Talk()
    stage.send(packet.build("/faderd/sync", 0))
    stage.wait(10)
    assert sum(map(len, stage.raw())) < 100_000


def test_who_knows_nothing_has_everything_after_a_few_questions():
    stage = Talk()
    everything = download(stage)
    assert everything.values == truth(stage)


def test_a_revision_from_before_a_restart_counts_as_none():
    stage = Talk()
    assert len(ask(stage, 2**31 - 1, "/ch/01")) > 100


@pytest.mark.parametrize("question", [("now",), (0.5,), (0, "/nowhere")])
def test_a_question_that_means_nothing_is_answered_with_the_reason(question: tuple[object, ...]):
    ((address, *_),) = Talk().say("/faderd/sync", *question)
    assert address == "/faderd/error"


def test_an_acknowledgement_tells_how_much_of_its_datagram_failed():
    stage = Talk()
    parts = [
        packet.build("/ch/01/mix/on", 0), packet.build("/ch/01/mix/on", "MAYBE"), packet.build("/nowhere", 1),
        packet.build("/faderd/ack", 17, "mine"),
    ]  # fmt: skip
    bundle = b"#bundle\0" + bytes(8) + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    ((address, number, word, revision, failed),) = stage.send(bundle)
    assert (address, number, word, failed) == ("/faderd/ack", 17, "mine", 2)
    assert stage.say("/faderd/ack") == [("/faderd/ack", revision, 0)]


def download(stage: Talk) -> Mirror:
    """A client that has everything."""
    who = Client("10.0.1.1", 5000)
    mirror = Mirror(lambda datagram: stage.send(datagram, who), random.Random(0), loss=0)
    for _ in range(12):
        stage.dialect.hear(packet.parse(packet.build("/faderd/sync", mirror.revision)), who)
        stage.wait(1)
        for datagram in stage.raw(who):
            if datagram.startswith(b"/faderd/sync\0"):
                mirror.revision = language.read(datagram)[1]
            mirror.take(datagram)
    return mirror


@pytest.mark.timeout(3600)
def test_every_client_equals_the_console_two_seconds_after_the_last_change(request: pytest.FixtureRequest):
    seconds = int(request.config.getoption("--sync-seconds"))
    stage, choice = Talk(), random.Random(seconds)
    first = download(stage)
    mirrors: dict[Client, Mirror] = {}
    for number in range(CLIENTS):
        who = Client("10.0.2.1", 6000 + number)
        mirror = Mirror(_sender(stage, who), random.Random(number), LOSS)
        for message in first.values.values():
            mirror.take_all(message)
        mirror.revision = first.revision
        mirrors[who] = mirror
    for step in range(round((seconds + HEALED_S) / STEP_S)):
        moving = step * STEP_S < seconds
        for who, mirror in mirrors.items():
            mirror.act(stage.now)
            if moving and choice.random() < 0.1:
                address = choice.choice(MOVED)
                value = {"on": choice.randrange(2), "name": f"n{step}"}.get(address.split("/")[-1], choice.random())
                mirror.say(address, value)
            for datagram in stage.raw(who):
                mirror.take(datagram)
        stage.wait(STEP_S)
    wanted = truth(stage)
    assert [mirror.values == wanted for mirror in mirrors.values()] == [True] * CLIENTS


def _sender(stage: Talk, who: Client) -> Callable[[bytes], object]:
    return lambda datagram: stage.dialect.hear(packet.parse(datagram), who)
