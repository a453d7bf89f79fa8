"""Delays that sweep: whatever they do to the pitch, they take no treble, waver in no level, and add no lines."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.signal import hilbert

from rigs import promised
from rigs.effect import RATE

SETTLED = RATE // 2
SECONDS = 3.0
SPEED_HZ = 0.8
LOSS_DB, WOBBLE_DB = 0.1, 0.05
SPURS = {1000.0: (-100.0, 150.0), 10_000.0: (-65.0, 1200.0)}
"""How loud lines may be that a tone gains, and how far from it they begin, in Hz."""
OPEN = {"Mix": 100.0, "LoCut": 10.0, "HiCut": 20_000.0, "Feed": 0.0, "Feedback": 0.0, "X-Feed": 0.0, "FeedLC": 10.0,
        "FeedHC": 20_000.0, "Speed": SPEED_HZ, "Serial": "PAR", "Wave": 100.0}  # fmt: skip
"""Only the swept delay is heard, as it is."""


class Sweep(NamedTuple):
    """A type whose left side is a swept delay."""

    name: str
    settings: Mapping[str, Any]
    longest_ms: float
    moved: float
    """Share of the longest delay."""
    sine: bool = True


SWEEPS = [
    Sweep("CRS", {"DelayL": 15.0, "DepthL": 20.0}, 15.0, 0.2),
    Sweep("CRS", {"DelayL": 15.0, "DepthL": 60.0}, 15.0, 0.6),
    Sweep("CR/R", {"Delay": 15.0, "Depth": 20.0, "Balance": -100.0}, 15.0, 0.2),
    Sweep("D/CR", {"Delay": 15.0, "Depth": 20.0, "Balance": 100.0}, 15.0, 0.2),
    Sweep("FLNG", {"DelayL": 4.2, "DepthL": 80.0}, 4.2, 0.8, sine=False),
    Sweep("FL/R", {"Delay": 4.2, "Depth": 80.0, "Balance": -100.0}, 4.2, 0.8, sine=False),
    Sweep("D/FL", {"Delay": 4.2, "Depth": 80.0, "Balance": 100.0}, 4.2, 0.8, sine=False),
    Sweep("MODD", {"Time": 100.0, "Depth": 20.0, "Balance": -100.0}, 101.0, 2 / 101),
]
each_sweep = pytest.mark.parametrize("sweep", SWEEPS, ids=[f"{each.name}-{each.moved:.2f}" for each in SWEEPS])


def heard(sweep: Sweep, hz: float) -> np.ndarray:
    """A tone through the sweep, settled."""
    made = promised.put(sweep.name, OPEN | sweep.settings)
    return made.play(promised.tone(hz, SECONDS))[SETTLED:, 0]


def ideal(sweep: Sweep, hz: float) -> np.ndarray:
    """The same by mathematics: the tone at other times."""
    turns = SPEED_HZ * np.arange(round(SECONDS * RATE)) / RATE
    wave = np.sin(2 * np.pi * turns) if sweep.sine else 4 * np.abs(turns % 1 - 0.5) - 1
    late_s = sweep.longest_ms / 1000 * (1 - sweep.moved * (1 + wave) / 2)
    return np.sin(2 * np.pi * hz * (turns / SPEED_HZ - late_s))[SETTLED:]


def level_db(y: np.ndarray) -> np.ndarray:
    """Level of a tone, a millisecond at a time."""
    level = np.abs(hilbert(y))[4800:-4800]
    return np.asarray(20 * np.log10(level[: len(level) // 48 * 48].reshape(-1, 48).mean(1)))


def spur_db(y: np.ndarray, hz: float, away_hz: float) -> float:
    """Strongest line far from a tone, against what is near it."""
    power = np.abs(np.fft.rfft(y * np.blackman(len(y)))) ** 2
    freq = np.fft.rfftfreq(len(y), 1 / RATE)
    near = np.abs(freq - hz) < away_hz
    return float(10 * np.log10(power[~near & (freq > 20)].max() / power[near].max()))


@each_sweep
def test_a_sweep_takes_no_treble_and_wavers_in_no_level(sweep: Sweep):
    low, high = (level_db(heard(sweep, hz)) for hz in (1000.0, 10_000.0))
    assert np.mean(high) - np.mean(low) == pytest.approx(0, abs=LOSS_DB)
    assert np.std(high) < WOBBLE_DB


@each_sweep
@pytest.mark.parametrize("hz", SPURS)
def test_a_tone_gains_no_lines_but_those_of_the_sweep_itself(sweep: Sweep, hz: float):
    at_most, away_hz = SPURS[hz]
    by_nature = spur_db(ideal(sweep, hz), hz, away_hz)
    assert spur_db(heard(sweep, hz), hz, away_hz) < max(at_most, by_nature + 1)


def test_the_dimension_chorus_reads_between_frames_as_well():
    """Its left side is one sweep less the other, turned over: on the side that hears nothing else, one alone."""
    made = promised.put("DIMC", {"On": "ON", "M/St": "ST", "Dry": "OFF"})
    x = np.zeros((round(SECONDS * RATE), 2))
    levels = []
    for hz in (1000.0, 10_000.0):
        x[:, 0] = promised.tone(hz, SECONDS)
        levels.append(level_db(made.play(x)[SETTLED:, 0]))
    assert np.mean(levels[1]) - np.mean(levels[0]) == pytest.approx(0, abs=LOSS_DB)
    assert np.std(levels[1]) < WOBBLE_DB
