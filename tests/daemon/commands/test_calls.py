"""A musician's PIN, a call for help and its answer, a limiter that works, curves and pictures."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from daemon.commands import limiting, pictures
from daemon.desk.roles import Access
from daemon.wire.network import Client, Network
from dsp.effects import library
from dsp.processors import shapes
from rigs.talk import Talk

PINS = {"engineer": "2468", "bus/03": "1357", "bus/05+bus/06": "8642"}
ENGINEER, PHONE = Client("10.0.0.1", 5001), Client("127.0.0.1", 5002, door=1)


def talk() -> Talk:
    return Talk(roles=(Access(), Access("viewer")), pins=PINS)


def test_four_digits_give_one_mix_and_no_other() -> None:
    stage = talk()
    assert stage.say("/faderd/login", "8642", "bus/05+bus/06", by=PHONE) == [("/faderd/login", "musician", 60.0, 5, 6)]
    stage.say("/ch/01/mix/05/level", 0.6, by=PHONE)
    assert stage.value("/ch/01/mix/05/level") > 0
    before = stage.value("/ch/01/mix/03/level")
    stage.say("/ch/01/mix/03/level", 0.6, by=PHONE)
    assert stage.value("/ch/01/mix/03/level") == before


def test_the_pin_of_another_mix_does_not_open_the_one_that_was_chosen() -> None:
    stage = talk()
    ((_, _, reason),) = stage.say("/faderd/login", "8642", "bus/03", by=PHONE)
    assert reason.startswith("wrong PIN")
    ((_, _, reason),) = stage.say("/faderd/login", "1357", "bus/09", by=PHONE)
    assert reason == "bus/09 has no PIN: those that have one are engineer, bus/03, bus/05+bus/06"


def test_the_wrong_pin_of_one_phone_makes_no_other_wait() -> None:
    stage = talk()
    stage.say("/faderd/login", "0000", "bus/03", "10.0.0.8", by=PHONE)
    ((_, _, reason),) = stage.say("/faderd/login", "1357", "bus/03", "10.0.0.8", by=PHONE)
    assert reason.startswith("wait")
    assert stage.say("/faderd/login", "1357", "bus/03", "10.0.0.9", by=PHONE)[0][:2] == ("/faderd/login", "musician")


def test_only_this_machine_may_speak_for_others() -> None:
    stage, stranger = talk(), Client("10.0.0.66", 5003, door=1)
    stage.say("/faderd/login", "0000", "bus/03", "10.0.0.8", by=stranger)
    ((_, _, reason),) = stage.say("/faderd/login", "1357", "bus/03", "10.0.0.9", by=stranger)
    assert reason.startswith("wait")


def test_a_mix_hears_five_wrong_pins_a_minute_from_all_together() -> None:
    stage = talk()
    for number in range(5):
        stage.say("/faderd/login", "0000", "bus/03", f"10.0.1.{number}", by=PHONE)
    ((_, _, reason),) = stage.say("/faderd/login", "1357", "bus/03", "10.0.1.9", by=PHONE)
    assert reason == "wait 60 s before you try again"
    assert stage.say("/faderd/login", "8642", "bus/05+bus/06", "10.0.1.9", by=PHONE)[0][1] == "musician"
    stage.wait(61)
    assert stage.say("/faderd/login", "1357", "bus/03", "10.0.1.9", by=PHONE)[0][1] == "musician"


def test_everybody_may_know_which_mixes_have_a_pin_and_nobody_which() -> None:
    assert talk().say("/faderd/login/names", by=PHONE) == [("/faderd/login/names", *PINS)]


def test_a_call_reaches_the_engineer_and_the_answer_the_musician() -> None:
    stage = talk()
    stage.say("/faderd/calls", 1, by=ENGINEER)
    stage.say("/faderd/login", "1357", by=PHONE)
    stage.say("/faderd/call", "No click", by=PHONE)
    ((_, told),) = stage.hear(ENGINEER)
    assert json.loads(told) == [{"bus": 3, "words": "No click", "since_s": 0, "answer": ""}]
    stage.say("/faderd/call/answer", 3, "Coming", by=ENGINEER)
    assert stage.hear(PHONE) == [("/faderd/call/answer", "Coming")]
    stage.wait(61)
    stage.dialect.tick()
    assert json.loads(stage.say("/faderd/calls", by=PHONE)[0][1]) == []


def test_a_call_is_taken_back_by_saying_nothing() -> None:
    stage = talk()
    stage.say("/faderd/login", "1357", by=PHONE)
    stage.say("/faderd/call", "No click", by=PHONE)
    stage.say("/faderd/call", "", by=PHONE)
    assert json.loads(stage.say("/faderd/calls", by=PHONE)[0][1]) == []


@pytest.mark.parametrize(("address", "words", "reason"), [
    ("/faderd/call", ("Help",), "a viewer has no mix"), ("/faderd/call/answer", (3, "Yes"), "may not use"),
])  # fmt: skip
def test_a_viewer_neither_calls_nor_answers(address: str, words: tuple, reason: str) -> None:
    assert reason in talk().say(address, *words, by=PHONE)[0][2]


def test_a_limiter_that_works_is_told_for_the_bus_on_its_output_and_once_when_it_rests() -> None:
    sent: list[bytes] = []
    now = [0.0]
    console = SimpleNamespace(outputs_with=lambda name: [3, 4] if name == "bus/02" else [])
    family = limiting.Limiting(console, Network(lambda data, _: sent.append(data), lambda *_: None, lambda: now[0]))
    family._ask([1], ENGINEER)
    sent.clear()
    gains = np.ones(8, np.float32)
    for least in (1.0, 0.5, 1.0, 1.0):
        gains[3] = least
        family.feed({"limiter": gains})
        now[0] += 0.3
    assert len(sent) == 2
    held, rests = (np.frombuffer(data[-64:], ">f4") for data in sent)
    assert held[1] == pytest.approx(6.0, abs=0.05)
    assert not np.delete(held, 1).any()
    assert not rests.any()


def test_a_curve_is_the_response_of_the_coefficients() -> None:
    filters = np.asarray(shapes.design(shapes.bell(6.0, 2.0), 1000.0, 48_000.0)).reshape(1, 6)
    curve = pictures.gain_db(filters, 48_000.0)
    assert curve.max() == pytest.approx(6.0, abs=0.1)
    assert pictures.FREQ_HZ[curve.argmax()] == pytest.approx(1000.0, rel=0.1)


def test_every_type_of_effect_has_a_picture() -> None:
    for name in library.TYPES:
        assert "─" in pictures.picture(name), name
