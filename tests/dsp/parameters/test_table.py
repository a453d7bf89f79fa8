"""The table against the desk: every row, every node, and what a new console holds."""

import re
import subprocess
import sys

import pytest

from dsp.parameters.row import Bits, Choice, Continuous, Param, Text, Whole
from dsp.parameters.table import Values
from dsp.parameters.variant import Varying
from dsp.table import TABLE
from oracles import facts

FACTS = {address: fact for fact in facts.rows("parameters.tsv") for address in facts.expand(fact["pattern"])}
NODES = {path: node for node in facts.rows("nodes.tsv") for path in facts.expand(node["node_path"])}
INIT = (facts.DATA / "init.scn").read_text(encoding="utf-8").splitlines()[1:]


def name(row: Param) -> str:
    return row.path


def fields(path: str) -> list[tuple[str, str]]:
    """Name and text code of every field of a node."""
    split = [field.rpartition(":") for field in NODES[path]["fields"].split()]
    return [(field, code) for pattern, _, code in split for field in facts.expand(pattern)]


def test_the_table_holds_every_address_of_the_desk_and_no_other():
    places = {address for row in facts.EFFECT_ROWS for address in row.addresses()}
    assert set(TABLE.leaves) - places == set(FACTS)
    assert places == set(facts.expand("/fx/[1..8]/par/[01..64]"))


@pytest.mark.parametrize("row", facts.ROWS, ids=name)
def test_a_row_is_what_the_desk_says_it_is(row: Param):
    for address in row.addresses():
        fact = FACTS[address]
        assert row.kind == facts.kind(fact)
        assert row.access == fact["access"]
        assert row.choices == tuple(token for token in fact["enum"].split(",") if token)
        if row.kind == "text":
            assert row.highest == int(fact["max"] or fact["min"])
        else:
            assert (row.lowest, row.highest) == (facts.number(fact["min"]), facts.number(fact["max"]))
            assert row.steps == int(fact["steps"])
            assert row.unit == fact["unit"]


def test_the_table_has_every_node_of_the_desk_with_its_fields_in_order():
    found = {
        path: [TABLE.path_of(leaf).removeprefix(f"{path}/") for leaf in leaves] for path, leaves in TABLE.nodes.items()
    }
    assert found == {path: [field for field, _ in fields(path)] for path in NODES}


def test_every_field_of_a_node_is_written_in_its_format():
    for path, leaves in TABLE.nodes.items():
        for leaf, (_, code) in zip(leaves, fields(path), strict=True):
            row = TABLE.row_of(leaf)
            assert written_as(row, code, plain=NODES[path]["plain"] == "yes"), TABLE.path_of(leaf)


def written_as(row: Param, code: str, plain: bool) -> bool:
    """Whether a row is written as the code of its field says."""
    if isinstance(row, Continuous):
        return row.text is facts.FORMATS[code]
    if isinstance(row, Bits):
        return code == f"B{row.steps.bit_length() - 1}" and row.plain == plain
    return isinstance(row, {"E": Choice, "I": Whole, "S": Text, "FX": Varying}[code])


def test_a_scene_has_the_nodes_of_the_desks_scene_in_its_order():
    assert list(TABLE.scene) == [line.split(" ", 1)[0] for line in INIT]
    assert set(TABLE.scene) == {path for path, node in NODES.items() if node["in_scene"] == "yes"}


def test_a_new_console_is_the_desk_after_initialising():
    values = Values(TABLE)
    assert [" ".join([path, *map(values.text, TABLE.nodes[path])]) for path in TABLE.scene] == INIT


def test_every_parameter_helps_the_person_at_the_desk_in_a_sentence():
    for param in (*facts.PARAMS, *facts.EFFECT_ROWS):
        assert re.fullmatch(r"[A-Z0-9].{8,}[^.]\.", param.help), param.path


def test_a_default_is_what_its_step_says():
    for param in facts.TURNING:
        defaults = [param.default] if isinstance(param.default, float | int) else param.default
        for default, stored in zip(defaults, param.defaults(), strict=False):
            assert param.from_text(param.text(float(default))) == stored, param.path


def test_the_table_waits_for_no_compiler():
    code = "import sys, dsp.table; print('numba' in sys.modules, 'scipy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]
