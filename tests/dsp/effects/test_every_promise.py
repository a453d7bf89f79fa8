"""Every parameter of every type of effect is measured: none is left out, and nothing is measured that is none."""

from dsp.effects import library
from oracles import (
    promise,
    promises_colour,
    promises_echo,
    promises_level,
    promises_room,
    promises_swing,
    promises_unit,
)
from rigs.effect import Effect

TABLES = (promises_unit, promises_room, promises_echo, promises_swing, promises_level, promises_colour)


def test_every_parameter_of_every_type_has_a_measure():
    measured = {(name, knob) for table in TABLES for name, knob, *_ in promise.cases(table.ROWS)}
    there = {(name, knob) for name in library.TYPES for knob in Effect(name).leaves()}
    assert there - measured == set()
    assert len(measured) == len(there)


def test_every_row_has_somebody_to_measure():
    for table in TABLES:
        assert all(promise.cases([row]) for row in table.ROWS)


def test_what_does_nothing_or_the_contrary_fails():
    """A row that any effect would pass says nothing."""
    rows = [
        promise.Row("DLY", "Mix", promise.blend(0.0, 100.0), (25.0,), lambda v: 1 - v / 100, 1e-3),
        promise.Trend("DLY", "LC", promise.steady(1000.0, -20.0), (10.0, 20.0), 1.0),
    ]
    for case in promise.cases(rows):
        try:
            promise.judge(*case)
        except AssertionError:
            continue
        raise AssertionError(case[1])
