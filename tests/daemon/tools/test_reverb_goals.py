"""Halls, plates and rooms reach what they are to be measured by: no worse than noise that decays, or nearly."""

from typing import NamedTuple

import pytest

from daemon.album import racked
from daemon.tools import effects, reverb_figures
from daemon.tools.effect_figures import RATE


class Goal(NamedTuple):
    """Most of each figure, the mean of four impulses."""

    dense_ms: float
    modes_db: float
    worst_db: float
    moves_cents: float


GOALS = {"HALL": Goal(45, 1.5, 4.5, 2.0), "PLAT": Goal(35, 1.7, 5.5, 2.0), "ROOM": Goal(20, 1.7, 4.0, 1.2)}
FLUTTER_DB, ALIKE = 0.7, 0.15


@pytest.mark.parametrize("name", GOALS)
def test_a_reverb_is_dense_even_and_calm(name: str) -> None:
    found = reverb_figures.of(lambda x: racked.play(name, x, RATE, **effects.MEASURED[name]))
    goal = GOALS[name]
    assert found["echoes dense from (ms)"] <= goal.dense_ms
    assert found["modes over noise, mean of thirds (dB)"] <= goal.modes_db
    assert found["the worst third (dB)"] <= goal.worst_db
    assert found["flutter over noise (dB)"] <= FLUTTER_DB
    assert found["1 kHz moves (cents)"] <= goal.moves_cents
    assert abs(found["sides alike, first 80 ms"]) <= ALIKE
