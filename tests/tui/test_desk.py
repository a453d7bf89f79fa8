"""Values as people read and type them."""

import pytest

from dsp.parameters.table import Values
from dsp.table import TABLE
from tui import desk

VALUES = Values(TABLE)


def param(address: str):
    return VALUES.param(TABLE.leaves[address])


@pytest.mark.parametrize(
    ("address", "typed", "shown"),
    [
        ("/ch/01/mix/fader", "-3.5", "−3.5 dB"),
        ("/ch/01/mix/fader", "−3,5 dB", "−3.5 dB"),
        ("/ch/01/mix/fader", "-oo", "−∞"),
        ("/ch/01/eq/1/f", "1k2", "1k19 Hz"),
        ("/ch/01/eq/1/f", "1.2 kHz", "1k19 Hz"),
        ("/ch/01/gate/hold", "250ms", "252 ms"),
        ("/ch/01/dyn/release", "0.25 s", "258 ms"),
        ("/ch/01/mix/on", "off", "OFF"),
        ("/ch/01/eq/1/type", "lcut", "LCut"),
        ("/ch/01/config/name", "Vox 1", "Vox 1"),
        ("/ch/01/grp/dca", "%00000011", "%00000011"),
        ("/ch/01/mix/pan", "-20", "−20"),
    ],
)
def test_a_value_is_typed_as_a_person_writes_it(address, typed, shown):
    stored = desk.read(param(address), typed)
    text = desk.readable(param(address), stored)
    number = text.split()[0].replace("−", "-").replace("k", ".")
    wanted = shown.split()[0].replace("−", "-").replace("k", ".")
    try:
        assert float(number) == pytest.approx(float(wanted), rel=0.02)
    except ValueError:
        assert text == shown
    assert text.split()[1:] == shown.split()[1:]


@pytest.mark.parametrize(("address", "typed"), [("/ch/01/mix/fader", "loud"), ("/ch/01/eq/1/type", "bell")])
def test_what_means_nothing_is_refused_with_a_reason(address, typed):
    with pytest.raises(ValueError, match=typed):
        desk.read(param(address), typed)


def test_a_level_goes_up_by_decibels_and_opens_at_its_lowest_step():
    fader = param("/ch/01/mix/fader")
    up = desk.louder(fader, fader.nearest(-10.0), 1.0)
    assert fader.value(up) == pytest.approx(-9.0, abs=0.05)
    assert desk.louder(fader, 0, 1.0) == 1
    assert desk.louder(fader, 1023, 1.0) == 1023
    assert desk.louder(fader, fader.nearest(-10.0), 0.001) == fader.nearest(-10.0) + 1


def test_choices_go_round_and_numbers_end_at_their_ends():
    assert desk.turned(param("/ch/01/mix/on"), 1, 1) == 0
    assert desk.turned(param("/ch/01/eq/1/g"), 120, 1) == 120
    assert desk.turned(param("/ch/01/eq/1/g"), 60, -10) == 50


def test_an_effects_default_is_that_of_the_effect_in_the_slot():
    own = desk.Desk()
    own.take("/fx/1/type", "DLY")
    first = desk.default(own, "/fx/1/par/01")
    own.take("/fx/1/type", "HALL")
    assert own.values.param(TABLE.leaves["/fx/1/par/01"]).path == "PreDelay"
    assert first != desk.default(own, "/fx/1/par/01")


def test_another_effect_makes_its_parameters_unknown():
    own = desk.Desk()
    own.take("/fx/1/type", "HALL")
    own.take("/fx/1/par/01", 0.5)
    assert own.knows("/fx/1/par/01")
    own.take("/fx/1/type", "DLY")
    assert not own.knows("/fx/1/par/01")
