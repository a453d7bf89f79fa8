"""The forms of a value: wire, stored, text; every step of every row and of every effect's parameters."""

import math
from typing import Any

import numpy as np
import pytest

from dsp.parameters.row import Continuous, Param
from dsp.table import TABLE
from oracles import facts


def name(param: Param) -> str:
    return param.path


def test_every_step_survives_the_wire():
    for param in facts.NUMBERS:
        for stored in facts.steps(param):
            wire: Any = param.to_wire(stored)
            assert param.from_wire(wire) == stored, (param.path, stored)


def test_every_step_survives_its_text():
    for param in facts.NUMBERS:
        for stored in facts.steps(param):
            token = param.to_text(stored)
            assert param.to_text(param.from_text(token)) == token, (param.path, stored)
            assert param.from_text(token.strip()) == param.from_text(token), (param.path, stored)


def test_every_value_finds_its_own_step():
    for param in facts.TURNING:
        assert [param.nearest(value) for value in param.grid] == list(range(param.steps)), param.path


def test_a_position_is_the_single_precision_number_the_desk_sends():
    for param in facts.TURNING:
        exact = (np.arange(param.steps) / (param.steps - 1)).astype(np.float32)
        assert [param.to_wire(stored) for stored in range(param.steps)] == exact.tolist(), param.path


def test_beyond_the_ends_is_at_the_end():
    for param in facts.TURNING:
        assert param.from_wire(-0.5) == 0, param.path
        assert param.from_wire(7.0) == param.steps - 1, param.path
        assert param.from_text("-99999") == (0 if param.highest > param.lowest else param.steps - 1), param.path


@pytest.mark.parametrize("argument", [math.nan, math.inf, -math.inf, 2, -1])
def test_what_is_not_a_position_is_refused(argument: float):
    for param in facts.TURNING:
        with pytest.raises(ValueError, match="is not a position"):
            param.from_wire(argument)


def test_a_text_is_a_value_as_it_is_written():
    for param in facts.TURNING:
        last = param.to_wire(param.steps - 1)
        assert param.to_wire(param.from_wire(param.to_text(param.steps - 1))) == last, param.path


def test_a_text_that_is_no_number_is_refused():
    for param in facts.TURNING:
        with pytest.raises(ValueError, match="is not a number"):
            param.from_wire("loud")


def test_a_value_between_two_steps_goes_to_the_nearer_position():
    row = TABLE.rows["ch/{ch}/mix/fader"]
    assert row.to_text(row.from_text("-85.4")) == "-85.3"
    assert row.to_text(row.from_text("0")) == "  0.0"


def test_a_frequency_with_digits_cut_off_finds_the_step_it_was_written_from():
    high_cut = next(param for param in facts.KNOBS if param.path == "HiCut")
    assert [high_cut.to_text(high_cut.from_text(token)) for token in ("957", "1k0", "7k2")] == ["957", "1k0", "7k2"]


def test_a_fader_a_tenth_below_0_db_is_the_step_that_is_written_so():
    row = TABLE.rows["ch/{ch}/mix/fader"]
    assert [row.to_text(step) for step in (764, 765, 766)] == [" -0.1", "  0.0", "  0.0"]
    assert row.from_text("-0.1") == 764


def test_a_switch_takes_a_rounded_float_an_index_or_its_token():
    row = TABLE.rows["ch/{ch}/mix/on"]
    assert [row.from_wire(x) for x in (1, 0, 1.0, 0.0, 0.9, "ON", "OFF")] == [1, 0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("argument", [2, -1, 1.6, math.nan, math.inf, "on", "1", ""])
def test_a_switch_refuses_what_is_neither_on_nor_off(argument: float | str):
    with pytest.raises(ValueError, match=r"not (within|one of)"):
        TABLE.rows["ch/{ch}/mix/on"].from_wire(argument)


def test_a_choice_is_found_by_its_token_even_if_it_looks_like_a_number():
    assert TABLE.rows["ch/{ch}/preamp/hpslope"].from_wire("12") == 0
    assert TABLE.rows["ch/{ch}/dyn/ratio"].from_text("4.0") == 6
    with pytest.raises(ValueError, match="'4' is not one of"):
        TABLE.rows["ch/{ch}/dyn/ratio"].from_text("4")


def test_a_whole_number_comes_as_a_number_or_in_decimal_writing():
    row = TABLE.rows["ch/{ch}/config/icon"]
    assert (row.from_wire(74), row.from_wire("12")) == (74, 12)


def test_a_picture_0_is_the_first_which_is_none():
    row = TABLE.rows["ch/{ch}/config/icon"]
    assert (row.from_wire(0), row.from_text("0")) == (1, 1)


@pytest.mark.parametrize("argument", [-1, 75, 1.0, "1.5", "", "x", "1" * 5000, "²"])
def test_a_whole_number_out_of_range_is_refused(argument: float | str):
    with pytest.raises(ValueError, match="not"):
        TABLE.rows["ch/{ch}/config/icon"].from_wire(argument)


def test_bits_are_written_highest_first_and_read_as_bits_or_a_number():
    row = TABLE.rows["ch/{ch}/grp/dca"]
    assert row.to_text(1) == "%00000001"
    assert (row.from_text("%10000000"), row.from_text("%1"), row.from_text("5")) == (128, 1, 5)


@pytest.mark.parametrize("token", ["%100000000", "256", "%2", "%", "-1"])
def test_bits_that_are_too_many_or_none_are_refused(token: str):
    with pytest.raises(ValueError, match="not"):
        TABLE.rows["ch/{ch}/grp/dca"].from_text(token)


@pytest.mark.parametrize("token", ["-1", "4294967295", "%" + 32 * "1"])
def test_thirty_two_bits_are_one_signed_word_however_they_come(token: str):
    row = TABLE.rows["-show/showfile/snippet/{snippet}/channels"]
    assert row.from_text(token) == -1
    assert row.to_text(-1) == "-1"


def test_masks_of_the_show_are_plain_numbers():
    assert TABLE.rows["-show/showfile/show/inputs"].to_text(129) == "129"
    assert TABLE.rows["-show/showfile/scene/{scene}/safes"].to_text(3) == "%000000011"


def test_a_name_is_cut_and_can_not_break_a_line():
    row = TABLE.rows["ch/{ch}/config/name"]
    assert row.from_wire("Grand Piano left") == "Grand Piano "
    assert row.from_wire('a"b\n\x00c') == "a'bc"
    assert row.from_text('"Kick In"') == row.from_text("Kick In") == "Kick In"
    assert row.to_text("Kick In") == '"Kick In"'


def test_a_number_is_no_name():
    with pytest.raises(ValueError, match="is not a text"):
        TABLE.rows["ch/{ch}/config/name"].from_wire(3)


def test_what_begins_with_a_dash_is_in_no_scene():
    assert TABLE.rows["ch/{ch}/mix/on"].in_scene
    assert not TABLE.rows["-stat/solo"].in_scene


def test_the_grid_of_a_fader_ends_in_silence_and_ten_decibels():
    fader = TABLE.rows["dca/{dca}/fader"]
    assert isinstance(fader, Continuous)
    assert (fader.grid[0], fader.grid[-1]) == (-math.inf, 10)


def test_what_is_set_to_0_db_is_exactly_unity():
    levels = [param for param in facts.TURNING if param.unit == "dB" and param.lowest <= 0 <= param.highest]
    assert {param.path for param in levels} >= {"ch/{ch}/mix/fader", "ch/{ch}/mix/{bus}/level", "dca/{dca}/fader"}
    for param in levels:
        for step in (param.from_text("0.0"), param.nearest(0.0), param.from_wire(float(param.scale.position(0.0)))):
            assert param.value(step) == 0.0, param.path
            assert float(param.to_text(step)) == 0.0, param.path
