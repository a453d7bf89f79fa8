"""The console explains itself, and its refusals."""

import re
from pathlib import Path

import pytest

from daemon.wire import packet
from dsp.table import TABLE
from rigs.talk import ANN, BEN, Talk


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("/ch/01/mix/fader", ("level", "dB", "-oo", "+10.0", "-oo", "")),
        ("ch/01/eq/1/q", ("logarithmic", "", "10", "0.3", "2.0", "")),
        ("/ch/01/eq/2/f", ("logarithmic", "Hz", "20.0", "20k00", "496.6", "")),
        ("/ch/07/config/source", ("integer", "", "0", "64", "7", "")),
        ("/ch/01/preamp/hpslope", ("enum", "", "12", "24", "24", "12 18 24")),
        ("/bus/13/config/name", ("text", "", "0", "12", '"Fx 1"', "")),
        ("/fx/1/par/01", ("linear", "ms", "0", "200", "20", "")),
    ],
)
def test_help_tells_what_a_parameter_is(path: str, about: tuple[str, ...]):
    ((address, name, *told),) = Talk().say("/faderd/help", path)
    assert (address, name) == ("/faderd/help", "/" + path.removeprefix("/"))
    assert tuple(told[:-1]) == about
    assert told[-1].endswith(".")


def test_help_for_a_node_tells_of_each_of_its_parameters():
    answers = Talk().say("/faderd/help", "/ch/01/eq/1")
    assert [answer[1] for answer in answers] == [f"/ch/01/eq/1/{name}" for name in ("type", "f", "g", "q")]


def test_every_parameter_has_help_with_all_its_parts():
    talk = Talk()
    for path in TABLE.leaves:
        (answer,) = talk.say("/faderd/help", path)
        assert len(answer) == 9


def test_help_tells_what_each_command_does(tmp_path: Path):
    talk = Talk(tmp_path)
    commands = {meaning for meaning in talk.dialect._meanings if meaning.startswith("/faderd/")}
    for address in commands:
        told = talk.say("/faderd/help", address)
        assert told, address
        assert all(kind == "command" and len(rest) == 6 for _, _, kind, *rest in told)
        assert re.fullmatch(r"[A-Z].{10,}\.", told[0][-1])
    below = {answer[1].replace("{solo}", "01") for answer in talk.say("/faderd/help", "/faderd")}
    assert below <= commands


def test_help_tells_what_each_meter_shows():
    talk = Talk()
    command, *answers = talk.say("/faderd/help", "/meters")
    assert command[1:3] == ("/meters", "command")
    assert [answer[1] for answer in answers] == [f"/meters/{number}" for number in range(17)]
    assert all(answer[-1].startswith(f"Meter {number}: ") for number, answer in enumerate(answers))


def test_help_for_nothing_is_unknown():
    talk = Talk()
    assert talk.say("/faderd/help", "/nowhere") == [
        ("/faderd/error", "/faderd/help", "there is no /nowhere on this console")
    ]
    assert talk.counters.unknown == 1


def test_help_alone_tells_of_all_commands():
    talk = Talk()
    assert talk.say("/faderd/help") == talk.say("/faderd/help", "/faderd")


def test_help_for_a_whole_strip_says_where_to_find_its_parameters():
    reason = "/ch/01 has many parameters: /faderd/list /ch/01 names them"
    assert Talk().say("/faderd/help", "/ch/01") == [("/faderd/error", "/faderd/help", reason)]


def test_commands_are_listed_too(tmp_path: Path):
    listed = [path for _, _, *paths in Talk(tmp_path).say("/faderd/list", "/faderd/scene") for path in paths]
    assert listed == ["/faderd/scene/diff", "/faderd/scene/recall"]


def test_who_speaks_our_own_tongue_hears_reasons_without_asking():
    talk = Talk()
    assert talk.say("/faderd/nonsense") == [
        ("/faderd/error", "/faderd/nonsense", "there is no /faderd/nonsense on this console")
    ]
    assert talk.say("/nonsense") == []


def test_a_list_holds_every_address_that_begins_so_and_an_end():
    talk = Talk()
    answers = talk.say("/faderd/list", "/ch/01/")
    assert answers[-1] == ("/faderd/list", "/ch/01/")
    listed = [path for _, _, *paths in answers for path in paths]
    assert listed == [path for path in TABLE.leaves if path.startswith("/ch/01/")]


def test_no_part_of_a_list_is_too_large_for_a_datagram():
    talk = Talk()
    for message in packet.parse(packet.build("/faderd/list")):
        talk.dialect.receive(message, ANN)
    talk.wait(1)
    assert max(map(len, talk.raw())) < 1300


def test_reasons_are_told_to_those_who_asked_about_their_own_messages():
    talk = Talk()
    talk.say("/faderd/errors", 1)
    assert talk.say("/ch/01/mix/on", "MAYBE") == [
        ("/faderd/error", "/ch/01/mix/on", "'MAYBE' is not one of OFF ON")
    ]
    assert talk.say("/nowhere") == [("/faderd/error", "/nowhere", "there is no /nowhere on this console")]
    talk.say("/ch/01/mix/on", "MAYBE", by=BEN)
    assert talk.hear() == talk.hear(BEN) == []


def test_reasons_end_after_ten_seconds_or_at_once_with_0():
    talk = Talk()
    talk.say("/faderd/errors", 1)
    talk.now += 10.1
    assert talk.say("/nowhere") == []
    talk.say("/faderd/errors")
    assert len(talk.say("/nowhere")) == 1
    talk.say("/faderd/errors", 0)
    assert talk.say("/nowhere") == []


@pytest.mark.parametrize("path", ["/fx/1/type", "/fx/8/type", "/fx/1/par/01", "/fx/4/par/64", "/fx/5/par/12"])
def test_help_of_an_effect_no_longer_says_that_its_slot_only_passes(path: str):
    ((*_, told),) = Talk().say("/faderd/help", path)
    assert told.endswith(".")
    assert "passes" not in told


def test_help_of_an_effects_parameter_says_what_it_is_too():
    ((*_, told),) = Talk().say("/faderd/help", "/fx/1/par/01")
    assert not told.startswith("What this is")


@pytest.mark.parametrize("number", [0, 31, 32, 127])
def test_help_of_a_head_amplifier_says_that_its_gain_is_digital(number: int):
    ((*_, told),) = Talk().say("/faderd/help", f"headamp/{number:03}/gain")
    assert "digital" in told
    assert "interface" in told
