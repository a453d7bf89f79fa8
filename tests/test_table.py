"""The table against the desk: every row, every step, and what a new console holds."""

import csv
import itertools
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsp.parameters import Values
from dsp.row import Continuous, Param
from dsp.table import TABLE

DATA = Path(__file__).parent / "data"

ROWS = list(TABLE.rows.values())
NUMBERS = [row for row in ROWS if row.kind != "text"]
TURNING = [row for row in ROWS if isinstance(row, Continuous)]

SCALINGS = {
    "level1024": "level",
    "level161": "level",
    "linf": "linear",
    "logf": "logarithmic",
    "int": "integer",
    "string": "text",
    "bitmap": "bitmap",
    "enum": "enum",
}


def facts(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def expand(pattern: str) -> list[str]:
    """Addresses of a pattern such as /ch/[01..32]/mix/[01,03..15]/pan."""
    parts = []
    for part in re.split(r"(\[[^]]+\]|\{[^}]+\})", pattern):
        if part.startswith("["):
            first, *second, last = re.findall(r"\d+", part)
            step = int(second[0]) - int(first) if second else 1
            parts.append([f"{n:0{len(first)}d}" for n in range(int(first), int(last) + 1, step)])
        else:
            parts.append(part[1:-1].split(",") if part.startswith("{") else [part])
    return ["".join(labels) for labels in itertools.product(*parts)]


def number(text: str) -> float:
    return -math.inf if text == "-oo" else float(text)


FACTS = {address: fact for fact in facts("parameters.tsv") for address in expand(fact["pattern"])}


def name(row: Param) -> str:
    return row.path


def test_the_table_holds_every_address_of_the_desk_and_no_other():
    assert set(TABLE.leaves) == set(FACTS)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_row_is_what_the_desk_says_it_is(row: Param):
    for labels in row.labels():
        fact = FACTS[row.address(labels)]
        kind = SCALINGS[fact["scaling"]]
        assert row.kind == ("switch" if fact["enum"] == "OFF,ON" else kind)
        assert row.choices == tuple(token for token in fact["enum"].split(",") if token)
        if kind == "text":
            assert row.highest == int(fact["max"] or fact["min"])
        else:
            assert (row.lowest, row.highest) == (number(fact["min"]), number(fact["max"]))
            assert row.steps == int(fact["steps"])
            assert row.unit == fact["unit"]


@pytest.mark.parametrize("node", facts("nodes.tsv"), ids=lambda node: node["node_path"])
def test_a_node_has_the_fields_of_the_desk_in_its_order(node: dict[str, str]):
    fields = [field.rpartition(":")[0] for field in node["fields"].split()]
    for path in expand(node["node_path"]):
        assert [TABLE.path_of(leaf).rpartition("/")[2] for leaf in TABLE.nodes[path]] == fields


def test_nodes_come_in_the_order_of_a_scene_file():
    lines = (DATA / "init.scn").read_text(encoding="utf-8").splitlines()[1:]
    assert list(TABLE.nodes) == [line.split(" ", 1)[0] for line in lines]


def test_a_new_console_is_the_desk_after_initialising():
    values = Values(TABLE)
    lines = (DATA / "init.scn").read_text(encoding="utf-8").splitlines()[1:]
    for line, (path, leaves) in zip(lines, TABLE.nodes.items(), strict=True):
        assert " ".join([path, *(TABLE.row_of(leaf).to_text(values.get(leaf)) for leaf in leaves)]) == line


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_a_row_helps_the_person_at_the_desk_in_a_sentence(row: Param):
    assert re.fullmatch(r"[A-Z0-9].{8,}[^.]\.", row.help)


@pytest.mark.parametrize("row", TURNING, ids=name)
def test_a_default_is_what_its_step_says(row: Continuous):
    defaults = [row.default] if isinstance(row.default, float | int) else row.default
    for default, stored in zip(defaults, row.defaults(), strict=False):
        assert isinstance(stored, int)
        assert row.text(float(default)) == row.to_text(stored)


def steps(row: Param) -> range:
    first = 0 if isinstance(row, Continuous) else int(row.lowest)
    return range(first, first + row.steps)


@pytest.mark.parametrize("row", NUMBERS, ids=name)
def test_every_step_survives_the_wire(row: Param):
    for stored in steps(row):
        wire: Any = row.to_wire(stored)
        assert row.from_wire(wire) == stored
        assert row.from_wire(float(np.float32(wire)) if isinstance(wire, float) else wire) == stored


@pytest.mark.parametrize("row", NUMBERS, ids=name)
def test_every_step_survives_its_text(row: Param):
    for stored in steps(row):
        token = row.to_text(stored)
        assert row.to_text(row.from_text(token)) == token
        assert row.from_text(token.strip()) == row.from_text(token)


@pytest.mark.parametrize("row", TURNING, ids=name)
def test_every_value_finds_its_own_step(row: Continuous):
    assert [row.nearest(value) for value in row.grid] == list(range(row.steps))


@pytest.mark.parametrize("row", TURNING, ids=name)
def test_a_position_is_the_single_precision_number_the_desk_sends(row: Continuous):
    exact = (np.arange(row.steps) / (row.steps - 1)).astype(np.float32)
    assert [row.to_wire(stored) for stored in range(row.steps)] == exact.tolist()


@pytest.mark.parametrize("row", TURNING, ids=name)
def test_beyond_the_ends_is_at_the_end(row: Continuous):
    assert row.from_wire(-0.5) == 0
    assert row.from_wire(7.0) == row.steps - 1
    assert row.from_text("-99999") == (0 if row.highest > row.lowest else row.steps - 1)


@pytest.mark.parametrize("row", TURNING, ids=name)
@pytest.mark.parametrize("argument", [math.nan, math.inf, -math.inf, 2, -1, "0.5", ""])
def test_what_is_not_a_position_is_refused(row: Continuous, argument: float | str):
    with pytest.raises(ValueError, match="is not a position"):
        row.from_wire(argument)


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


@pytest.mark.parametrize("argument", [0, 75, 1.0, "1.5", "", "x", "1" * 5000, "²"])
def test_a_whole_number_out_of_range_is_refused(argument: float | str):
    with pytest.raises(ValueError, match="not"):
        TABLE.rows["ch/{ch}/config/icon"].from_wire(argument)


def test_bits_are_written_highest_first_and_read_as_bits_or_a_number():
    row = TABLE.rows["ch/{ch}/grp/dca"]
    assert row.to_text(1) == "%00000001"
    assert (row.from_text("%10000000"), row.from_text("%1"), row.from_text("5")) == (128, 1, 5)
    for token in ("%100000000", "256", "%2", "%", "-1"):
        with pytest.raises(ValueError, match="not"):
            row.from_text(token)


def test_a_name_is_cut_and_can_not_break_a_line():
    row = TABLE.rows["ch/{ch}/config/name"]
    assert row.from_wire("Grand Piano left") == "Grand Piano "
    assert row.from_wire('a"b\n\x00c') == "a'bc"
    assert row.from_text('"Kick In"') == row.from_text("Kick In") == "Kick In"
    assert row.to_text("Kick In") == '"Kick In"'
    with pytest.raises(ValueError, match="is not a text"):
        row.from_wire(3)


def test_a_row_is_one_array_in_engineering_units():
    values = Values(TABLE)
    leaf = TABLE.leaves["/ch/03/mix/05/level"]
    values.set(leaf, TABLE.row_of(leaf).nearest(-5))
    sends = values.row("ch/{ch}/mix/{bus}/level")
    assert sends.shape == (32, 16)
    assert sends[2, 4] == -5
    assert np.isneginf(np.delete(sends.ravel(), 2 * 16 + 4)).all()


def test_switches_are_truths_and_choices_are_numbers():
    values = Values(TABLE)
    assert values.row("ch/{ch}/mix/on").dtype == bool
    assert values.row("main/st/mix/on").shape == ()
    assert values.row("ch/{ch}/config/source").tolist() == list(range(1, 33))
    assert values.row("ch/{ch}/eq/{band}/type")[0].tolist() == [2, 2, 2, 4]


def test_setting_tells_whether_anything_changed():
    values = Values(TABLE)
    fader, label = TABLE.leaves["/ch/01/mix/fader"], TABLE.leaves["/ch/01/config/name"]
    assert [values.set(fader, 767), values.set(fader, 767)] == [True, False]
    assert [values.set(label, "Kick"), values.set(label, "Kick")] == [True, False]
    assert (values.get(fader), values.get(label)) == (767, "Kick")


def test_a_copy_goes_its_own_way():
    values = Values(TABLE)
    twin = values.copy()
    twin.set(TABLE.leaves["/ch/01/mix/fader"], 5)
    twin.set(TABLE.leaves["/ch/01/config/name"], "Kick")
    assert values.get(TABLE.leaves["/ch/01/mix/fader"]) == 0
    assert values.get(TABLE.leaves["/ch/01/config/name"]) == ""
