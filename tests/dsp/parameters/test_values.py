"""Values: what every parameter is set to, by leaf and by row; and effect slots, whose meaning changes."""

import math

import numpy as np
import pytest

from dsp.parameters import variant
from dsp.parameters.row import Continuous
from dsp.parameters.table import Values
from dsp.table import TABLE
from dsp.table.effects import slots
from oracles import facts

EFFECTS = facts.rows("effects.tsv")
TYPES = facts.rows("effect_types.tsv")


@pytest.fixture
def values() -> Values:
    return Values(TABLE)


def choose(values: Values, slot: int, effect: str) -> None:
    leaf = TABLE.leaves[f"/fx/{slot}/type"]
    values.set(leaf, values.param(leaf).from_text(effect))


def line(values: Values, path: str) -> list[str]:
    return [values.text(leaf) for leaf in TABLE.nodes[path]]


def test_a_row_is_one_array_in_engineering_units(values: Values):
    leaf = TABLE.leaves["/ch/03/mix/05/level"]
    values.set(leaf, TABLE.row_of(leaf).nearest(-5))
    sends = values.row("ch/{ch}/mix/{bus}/level")
    assert sends.shape == (32, 16)
    assert sends[2, 4] == -5
    assert np.isneginf(np.delete(sends.ravel(), 2 * 16 + 4)).all()


def test_switches_are_truths_and_choices_are_numbers(values: Values):
    assert values.row("ch/{ch}/mix/on").dtype == bool
    assert values.row("main/st/mix/on").shape == ()
    assert values.row("ch/{ch}/config/source").tolist() == list(range(1, 33))
    assert values.row("ch/{ch}/eq/{band}/type")[0].tolist() == [2, 2, 2, 4]


def test_setting_tells_whether_anything_changed(values: Values):
    fader, label = TABLE.leaves["/ch/01/mix/fader"], TABLE.leaves["/ch/01/config/name"]
    assert [values.set(fader, 767), values.set(fader, 767)] == [True, False]
    assert [values.set(label, "Kick"), values.set(label, "Kick")] == [True, False]
    assert (values.get(fader), values.get(label)) == (767, "Kick")


def test_a_value_is_sent_and_written_as_its_parameter_does(values: Values):
    assert values.wire(TABLE.leaves["/dca/1/fader"]) == pytest.approx(0.7498, abs=1e-4)
    assert values.text(TABLE.leaves["/dca/1/fader"]) == "  0.0"
    assert values.text(TABLE.leaves["/dca/1/config/name"]) == '"DCA 1"'


def test_a_copy_goes_its_own_way(values: Values):
    twin = values.copy()
    twin.set(TABLE.leaves["/ch/01/mix/fader"], 5)
    twin.set(TABLE.leaves["/ch/01/config/name"], "Kick")
    choose(twin, 1, "DLY")
    assert values.get(TABLE.leaves["/ch/01/mix/fader"]) == 0
    assert values.get(TABLE.leaves["/ch/01/config/name"]) == ""
    assert values.param(TABLE.leaves["/fx/1/par/01"]).path == "PreDelay"


def test_setting_a_copy_leaves_new_consoles_alone(values: Values):
    values.set(TABLE.leaves["/ch/01/config/name"], "Kick")
    values.set(TABLE.leaves["/ch/01/mix/fader"], 5)
    assert Values(TABLE).get(TABLE.leaves["/ch/01/config/name"]) == ""
    assert Values(TABLE).get(TABLE.leaves["/ch/01/mix/fader"]) == 0


def test_the_effects_are_those_of_the_desk_in_its_order():
    assert list(slots.EFFECTS) == [fact["code"] for fact in TYPES]
    inserts = {int(fact["enum_slots_5_8"]): fact["code"] for fact in TYPES if fact["enum_slots_5_8"]}
    assert slots.INSERT_EFFECTS.split() == [inserts[index] for index in range(34)]


def test_an_effects_parameters_are_floats_and_numbers_as_on_the_desk():
    for fact in TYPES:
        wires = [knob.to_wire(knob.defaults()[0]) for knob in slots.EFFECTS[fact["code"]]]
        assert "".join("f" if isinstance(wire, float) else "i" for wire in wires) == fact["type_tags"], fact["code"]


@pytest.mark.parametrize("code", slots.EFFECTS)
def test_an_effects_parameters_are_what_the_desk_says_they_are(code: str):
    wanted = [fact for fact in EFFECTS if fact["fx"] == code]
    for knob, fact in zip(slots.EFFECTS[code], wanted, strict=True):
        assert (knob.path, knob.kind, knob.unit) == (fact["name"], facts.kind(fact), fact["unit"])
        assert knob.choices == tuple(token for token in fact["enum"].split(",") if token)
        assert (knob.lowest, knob.highest) == (float(fact["min"]), float(fact["max"]))
        assert knob.steps == int(fact["steps"])
        assert knob.to_text(knob.defaults()[0]) == fact["default_text"]


def test_an_effects_parameter_is_written_in_its_format():
    for fact in EFFECTS:
        knob = slots.EFFECTS[fact["fx"]][int(fact["par"]) - 1]
        if isinstance(knob, Continuous):
            assert knob.text is facts.EFFECT_FORMATS[fact["text_format"]], (fact["fx"], fact["name"])


def test_another_type_brings_its_own_parameters_and_their_defaults(values: Values):
    for slot, codes in ((2, slots.EFFECTS), (6, slots.INSERT_EFFECTS.split())):
        for code in codes:
            choose(values, slot, code)
            used = [fact["default_text"] for fact in EFFECTS if fact["fx"] == code]
            assert line(values, f"/fx/{slot}/par") == used + ["0"] * (64 - len(used)), code


def test_the_same_type_again_leaves_the_settings_alone(values: Values):
    values.set(TABLE.leaves["/fx/1/par/01"], 7)
    choose(values, 1, "HALL")
    assert values.get(TABLE.leaves["/fx/1/par/01"]) == 7


def test_the_table_tells_which_leaves_follow_a_type(values: Values):
    followers = TABLE.followers[TABLE.leaves["/fx/7/type"]]
    assert [TABLE.path_of(leaf) for leaf in followers] == facts.expand("/fx/7/par/[01..64]")
    assert len(TABLE.followers) == 8


def test_only_its_own_slot_follows_a_type(values: Values):
    before = line(values, "/fx/2/par"), line(values, "/fx/6/par")
    choose(values, 1, "GEQ2")
    choose(values, 5, "P1A2")
    assert (line(values, "/fx/2/par"), line(values, "/fx/6/par")) == before


def test_a_parameter_is_read_as_the_effect_in_its_slot_means_it(values: Values):
    leaf = TABLE.leaves["/fx/3/par/03"]
    assert values.param(leaf).from_text("X") == 1  # a delay's mode
    choose(values, 3, "HALL")
    assert values.param(leaf).to_text(values.param(leaf).from_text("60")) == "60"  # a hall's size


def test_a_place_the_effect_does_not_use_takes_any_number_and_stays_zero(values: Values):
    unused = values.param(TABLE.leaves["/fx/1/par/64"])
    assert unused is variant.UNUSED
    assert [unused.from_wire(0.5), unused.from_wire(3), unused.from_wire(math.nan), unused.from_text("0")] == [0] * 4
    assert (unused.to_wire(0), unused.to_text(0)) == (0.0, "0")


def test_a_place_the_effect_does_not_use_refuses_a_text(values: Values):
    with pytest.raises(ValueError, match="'x' is not a number"):
        values.param(TABLE.leaves["/fx/1/par/64"]).from_wire("x")


def test_the_row_of_an_effects_parameters_has_no_form_of_its_own():
    with pytest.raises(TypeError, match=r"ask Values\.param"):
        TABLE.row_of(TABLE.leaves["/fx/1/par/01"]).to_text(0)
