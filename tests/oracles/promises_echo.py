"""Delays, and what combines two effects: sides, patterns, shares."""

from fractions import Fraction

import numpy as np

from oracles.promise import Make, Measure, Row, Trend, blend, of, told
from oracles.promises_unit import ECHO, TAPS
from rigs import promised as p
from rigs.effect import RATE

PLAIN = ECHO | TAPS | {"Mix": 100.0, "Balance": -100.0}
SECOND = {"Mix": 100.0, "Balance": 100.0, "PreDelay": 0.0, "LoCut": 10.0, "Damp": 20_000.0, "Depth": 0.0}


def crossed(first: float, last: float) -> Measure:
    """Share of the right side in what comes between two times, in seconds, of an impulse on the left."""

    def measured(make: Make, value: str, side: int) -> float:
        y = p.one_sided(make(value), 0, 1.6)[round(first * RATE) : round(last * RATE)]
        left, right = (y**2).sum(0)
        return float(np.sqrt(right) / (np.sqrt(left) + np.sqrt(right)))

    return measured


def later_ms(make: Make, value: float, side: int) -> float:
    """How much later the right side comes."""
    y = p.one_sided(make(value), 0, 1.0) + p.one_sided(make(value), 1, 1.0)
    return p.peak_ms(y[:, 1]) - p.peak_ms(y[:, 0])


def to_the_right_db(make: Make, value: float, side: int) -> float:
    """How much louder the right side is, of the same on both."""
    made = make(value)
    y = made.play(np.pad([p.SMALL], (0, RATE)))
    return p.energy_db(y[:, 1]) - p.energy_db(y[:, 0])


def apart(make: Make, value: float, side: int) -> float:
    """Share of the difference of both sides, of the same on both."""
    y = make(value).play(np.pad([p.SMALL], (0, RATE)))
    return float(((y[:, 0] - y[:, 1]) ** 2).sum() / (y**2).sum())


def reverb_ms(make: Make, value: str, side: int) -> float:
    """When anything comes of the second effect."""
    return p.arrival_ms(p.answer(make(value), side, 2.0))


ROWS = [
    Row("DLY 3TAP 4TAP", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3, {"Time": 60.0}),
    Row("D/RV D/CR D/FL CR/R FL/R MODD", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3,
        {"Time": 60.0}),
    Row("D/RV D/CR D/FL CR/R FL/R MODD", "Balance", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3,
        {"Time": 60.0}),
    Row("D/RV D/CR D/FL", "X-Feed", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 0.02, {"Time": 60.0}),
    Row("DLY", "Mode", crossed(0.9, 1.1), ("ST", "X", "M"), told({"ST": 0.0, "X": 1.0, "M": 0.5}), 0.01,
        PLAIN | {"FeedL": 50.0}),
    Row("DLY", "FactorL@0|FactorR@1", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03,
        PLAIN),
    Row("DLY", "Offset", later_ms, (50.0, -30.0), lambda ms: ms, 0.05, PLAIN),
    Row("3TAP 4TAP", "X-Feed", crossed(0.9, 1.1), ("OFF", "ON"), told({"OFF": 0.0, "ON": 1.0}), 0.01,
        PLAIN | {"Feedback": 50.0}),
    Row("3TAP 4TAP", "Mono", crossed(0.4, 0.6), ("OFF", "ON"), told({"OFF": 0.0, "ON": 0.5}), 0.01, PLAIN),
    Row("3TAP 4TAP", "Dry", of(lambda y: y[0]), ("OFF", "ON"), told({"OFF": 0.0, "ON": 1.0}), 0.01, PLAIN),
    Trend("3TAP", "PanT", to_the_right_db, (-50.0, 0.0, 50.0), 3.0, PLAIN),
    Trend("3TAP", "PanA", to_the_right_db, (-50.0, 0.0, 50.0), 3.0, PLAIN | {"GainT": 0.0, "GainA": 100.0}),
    Trend("3TAP", "PanB", to_the_right_db, (-50.0, 0.0, 50.0), 3.0, PLAIN | {"GainT": 0.0, "GainB": 100.0}),
    Trend("4TAP", "Spread", apart, (0.0, 3.0, 6.0), 0.05, PLAIN | {"GainA": 100.0, "GainB": 100.0, "GainC": 100.0}),
    Row("4TAP", "FactorB", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03,
        PLAIN | {"Gain": 0.0, "GainB": 100.0}),
    Row("4TAP", "FactorC", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03,
        PLAIN | {"Gain": 0.0, "GainC": 100.0}),
    Row("D/RV D/CR D/FL", "Pattern@1", of(p.peak_ms, 2.0), ("1/2", "3/4"), lambda f: 500 * float(Fraction(f)), 0.03,
        ECHO),
    Row("MODD", "Factor@1", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03, PLAIN),
    Row("MODD", "Serial", reverb_ms, ("PAR", "SER"), told({"PAR": 0.0, "SER": 500.0}), 15.0,
        SECOND | {"Time": 500.0, "Feedback": 0.0}),
    Row("MODD", "Rtype", of(lambda y: p.t60_s(y, 1000.0), 5.0), ("AMB", "CLUB", "HALL"),
        lambda kind: 0.3 * (2.5 / 0.3) ** 0.5 * {"AMB": 0.6, "CLUB": 1.2, "HALL": 2.4}[kind], 0.2,
        SECOND | {"Serial": "PAR", "Decay": 5.5}),
    Row("MODD", "Decay", of(lambda y: p.t60_s(y, 1000.0), 5.0), (4.0, 8.0),
        lambda v: 1.2 * 0.3 * (2.5 / 0.3) ** ((v - 1) / 9), 0.12, SECOND | {"Serial": "PAR", "Rtype": "CLUB"}),
    Trend("MODD", "Damp", of(lambda y: p.t60_s(y, 6000.0), 3.0), (2000.0, 5000.0, 20_000.0), 0.1,
          SECOND | {"Serial": "PAR", "Rtype": "CLUB"}),
]  # fmt: skip
"""All of echoes that has no row in its unit."""
