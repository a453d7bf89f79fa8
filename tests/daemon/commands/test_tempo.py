"""A tempo that is tapped: echoes follow it in notes, several together."""

from pathlib import Path

import pytest

from rigs.talk import Talk


def tapped(stage: Talk, *times: float) -> float:
    """Tap at these seconds; the tempo that is told."""
    for at in times:
        stage.now = 1000 + at
        ((_, tempo, *_),) = stage.say("/faderd/tempo/tap")
    return float(tempo)


def text(stage: Talk, path: str) -> str:
    leaf = stage.console.values.table.leaves[path]
    return stage.console.values.text(leaf).strip()


def test_two_taps_make_a_tempo_and_a_late_one_hardly_shifts_it() -> None:
    assert tapped(Talk(), 0, 0.5) == 120
    assert tapped(Talk(), 0, 0.5, 1.0, 1.54, 2.0, 2.5) == pytest.approx(120, abs=1)


def test_a_pause_begins_anew() -> None:
    stage = Talk()
    assert tapped(stage, 0, 0.5, 1.0) == 120
    assert tapped(stage, 10.0) == 120
    assert tapped(stage, 10.6) == 100


def test_two_delays_follow_one_tempo_in_notes_of_their_own() -> None:
    stage = Talk()
    stage.say("/fx/1/type", "3TAP")
    stage.say("/faderd/tempo/follow", 1, "1/4")
    assert stage.say("/faderd/tempo/follow", 3, "1/8.")[-1] == ("/faderd/tempo", 120.0, 1, "1/4", 3, "1/8.")
    assert (text(stage, "/fx/1/par/01"), text(stage, "/fx/3/par/02")) == ("500", "375")
    assert tapped(stage, 0, 0.6, 1.2) == 100
    assert (text(stage, "/fx/1/par/01"), text(stage, "/fx/3/par/02")) == ("600", "450")
    stage.say("/faderd/tempo/follow", 1, "off")
    stage.say("/faderd/tempo/set", 60.0)
    assert (text(stage, "/fx/1/par/01"), text(stage, "/fx/3/par/02")) == ("600", "750")


def test_a_note_too_long_for_the_effect_is_halved_and_triplets_are_thirds() -> None:
    stage = Talk()
    stage.say("/faderd/tempo/set", 40.0)
    stage.say("/faderd/tempo/follow", 3, "1/1")
    assert text(stage, "/fx/3/par/02") == "3000"
    stage.say("/faderd/tempo/follow", 3, "1/4T")
    assert text(stage, "/fx/3/par/02") == "1000"


def test_another_effect_follows_as_soon_as_it_has_a_time_or_a_speed() -> None:
    stage = Talk()
    stage.say("/faderd/tempo/follow", 2, "1/4")
    stage.say("/fx/2/type", "DLY")
    assert text(stage, "/fx/2/par/02") == "500"
    stage.say("/fx/2/type", "PAN")
    assert float(text(stage, "/fx/2/par/01")) == pytest.approx(2.0, rel=0.03)


def test_what_cannot_be_understood_is_answered_with_what_can() -> None:
    stage = Talk()
    for words in (("/faderd/tempo/follow", 9, "1/4"), ("/faderd/tempo/follow", 3, "1/5"), ("/faderd/tempo/set", 7.0)):
        ((address, where, reason),) = stage.say(*words)
        assert (address, where) == ("/faderd/error", words[0])
        assert any(each in reason for each in ("1 to 8", "1/8.", "30 to 300"))
    assert stage.say("/faderd/tempo") == [("/faderd/tempo", 120.0)]


def test_the_tempo_is_still_there_after_a_restart_and_a_broken_file_is_none(tmp_path: Path) -> None:
    stage = Talk(tmp_path)
    stage.say("/faderd/tempo/set", 96.0)
    stage.say("/faderd/tempo/follow", 3, "1/8")
    assert Talk(tmp_path).say("/faderd/tempo") == [("/faderd/tempo", 96.0, 3, "1/8")]
    (tmp_path / "tempo.json").write_text('{"notes": {"3": "often"}')
    assert Talk(tmp_path).say("/faderd/tempo") == [("/faderd/tempo", 120.0)]
