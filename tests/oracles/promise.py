"""How it is judged that a parameter is what its display says: of a number in its unit, or of a direction.

    Row      values that are set ─▶ a measure ─▶ must be so much, that near
    Trend    values that are set ─▶ a measure ─▶ must rise, or fall, by at least so much from each to the next

A measure gets a function that makes the effect with a value, the value, and the side that is heard.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from rigs import promised as p
from rigs.effect import RATE, Effect, pink

Make = Callable[[Any], Effect]
Measure = Callable[[Make, Any, int], float]


class Row(NamedTuple):
    """One kind of parameter: what is measured for values, what it must be, and how near."""

    types: str
    knobs: str
    measure: Measure
    values: tuple[Any, ...]
    wanted: Callable[[Any], float]
    within: float
    given: Mapping[str, Any] = {}


class Trend(NamedTuple):
    """One kind of parameter without a unit: what must rise (or fall, if `step` is below 0) by at least so much."""

    types: str
    knobs: str
    measure: Measure
    values: tuple[Any, ...]
    step: float
    given: Mapping[str, Any] = {}


Case = tuple[str, str, int, Row | Trend]


def cases(rows: Sequence[Row | Trend]) -> list[Case]:
    """Types, parameters and sides of rows.

    A second half is measured on the right; `knob@1` is on the right and has no second half.
    """
    found: list[Case] = []
    for row in rows:
        for name in row.types.split():
            leaves = Effect(name).leaves()
            for knob in row.knobs.split("|"):
                own, _, side = knob.partition("@")
                right = int(side) if side else int(own.endswith("R") and f"{own[:-1]}L" in leaves)
                halves = [(own, right)] if side else [(own, right), (f"{own}2", 1)]
                found += [(name, each, where, row) for each, where in halves if each in leaves]
    return found


def names(found: Sequence[Case]) -> list[str]:
    """How cases are told apart."""
    return [f"{name}-{knob}" for name, knob, *_ in found]


def judge(name: str, knob: str, side: int, row: Row | Trend) -> None:
    """Set a parameter to all values of its row, and measure."""

    def make(value: Any) -> Effect:
        made = p.put(name, row.given)
        made.set(knob, value)
        return made

    if isinstance(row, Trend):
        found = [row.measure(make, value, side) for value in row.values]
        assert (np.diff(found) * np.sign(row.step)).min() >= abs(row.step), found
        return
    for value in row.values:
        kept = make(value).value(knob) if isinstance(value, float) else value
        measured, wanted = row.measure(make, kept, side), row.wanted(kept)
        assert measured == pytest.approx(wanted, abs=row.within), f"at {value}"


# --- measures ----------------------------------------------------------------------------------------


def of(measure: Callable[[Any], float], seconds: float = 1.0) -> Measure:
    """A number of the answer to an impulse."""
    return lambda make, value, side: measure(p.answer(make(value), side, seconds))


def beside(neutral: Any, measure: Callable[[Any], float], seconds: float = 1.0) -> Measure:
    """The same, against that with another value."""
    whole = of(measure, seconds)
    return lambda make, value, side: whole(make, value, side) - whole(make, neutral, side)


def cut(neutral: Any) -> Measure:
    """Decibels at the corner of a filter, against the filter wide open."""
    return lambda make, hz, side: beside(neutral, lambda y: p.at_hz(y, hz))(make, hz, side)


def bump(hz: Any, neutral: Any = 0.0) -> Measure:
    """Decibels at a frequency, against a neutral value."""
    return beside(neutral, lambda y: p.at_hz(y, hz), 2.0)


def repeated(make: Make, value: Any, side: int) -> float:
    """The second echo as a part of the first, half a second apart."""
    y = p.answer(make(value), side, 1.4)
    first, second = y[RATE // 4 : 3 * RATE // 4], y[3 * RATE // 4 : 5 * RATE // 4]
    return float(second[np.argmax(np.abs(second))] / first[np.argmax(np.abs(first))])


def repeated_cut(make: Make, hz: Any, side: int) -> float:
    """Decibels that the loop takes at a frequency from one echo to the next."""
    y = p.answer(make(hz), side, 1.4)
    return p.at_hz(y[3 * RATE // 4 : 5 * RATE // 4], hz) - p.at_hz(y[RATE // 4 : 3 * RATE // 4], hz)


def steady(hz: float, level_db: float) -> Measure:
    """Peak of a settled tone."""
    return lambda make, value, side: p.settled_db(make(value), side, hz, level_db)


def cents(make: Make, value: Any, side: int) -> float:
    """How far a tone of 440 Hz is shifted."""
    return float(1200 * np.log2(p.pitch_hz(make(value), side) / 440))


def blend(lowest: Any, highest: Any, seconds: float = 0.6) -> Measure:
    """Where what is heard lies on the straight way from one value to another, 0 to 1."""
    x = pink(round(seconds * RATE), -30.0)

    def measured(make: Make, value: Any, side: int) -> float:
        begin, end, here = (p.heard(make(each), x, side) for each in (lowest, highest, value))
        way = end - begin
        return float((here - begin) @ way / (way @ way))

    return measured


def passes(make: Make, value: Any, side: int) -> float:
    """1 if what is heard is what was given, bit for bit."""
    x = pink(RATE // 4, -12.0)
    return float(np.array_equal(p.heard(make(value), x, side), x.astype(np.float64)))


def told(wanted: Mapping[Any, float]) -> Callable[[Any], float]:
    """What is wanted of each value, said one by one."""
    return lambda value: wanted[value]
