"""What follows from a solo."""

import pytest

from rigs.talk import ANN, BEN, Talk


def solo(talk: Talk, strip: int, on: int = 1) -> None:
    talk.say(f"/-stat/solosw/{strip + 1:02d}", on)


def solos(talk: Talk) -> list[int]:
    return [strip for strip in range(80) if talk.value(f"/-stat/solosw/{strip + 1:02d}")]


def test_the_desk_says_whether_anything_is_soloed():
    talk = Talk()
    for strip, on, any_solo in ((0, 1, 1), (79, 1, 1), (0, 0, 1), (79, 0, 0)):
        solo(talk, strip, on)
        assert talk.value("/-stat/solo") == any_solo


def test_what_follows_from_a_solo_is_told_to_its_author_too():
    talk = Talk()
    for client in (ANN, BEN):
        talk.say("/xremote", by=client)
    assert talk.say("/-stat/solosw/01", 1) == [("/-stat/solo", 1)]
    assert talk.hear(BEN) == [("/-stat/solosw/01", 1), ("/-stat/solo", 1)]


@pytest.mark.parametrize(("exclusive", "left"), [("OFF", [3, 7]), ("ON", [7])])
def test_an_exclusive_solo_ends_the_one_before(exclusive: str, left: list[int]):
    talk = Talk()
    talk.say("/config/solo/exclusive", exclusive)
    solo(talk, 3)
    solo(talk, 7)
    assert solos(talk) == left
    assert talk.value("/-stat/solo") == 1


def test_the_selection_follows_a_solo_where_it_shall():
    talk = Talk()
    solo(talk, 3)
    assert talk.value("/-stat/selidx") == 0
    talk.say("/config/solo/followsolo", 1)
    solo(talk, 7)
    assert talk.value("/-stat/selidx") == 7


def test_a_solo_follows_the_selection_where_it_shall():
    talk = Talk()
    talk.say("/-stat/selidx", 3)
    assert solos(talk) == []
    talk.say("/config/solo/followsel", 1)
    talk.say("/config/solo/exclusive", 1)
    talk.say("/-stat/selidx", 7)
    talk.say("/-stat/selidx", 8)
    assert solos(talk) == [8]


def test_solo_and_selection_that_follow_each_other_come_to_rest():
    talk = Talk()
    for name in ("followsel", "followsolo", "exclusive"):
        talk.say(f"/config/solo/{name}", 1)
    solo(talk, 7)
    talk.say("/-stat/selidx", 9)
    assert (solos(talk), talk.value("/-stat/selidx")) == ([9], 9)
