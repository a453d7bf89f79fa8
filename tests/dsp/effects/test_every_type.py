"""Every type of effect, whatever is played and turned: same bytes, numbers only, silence after silence."""

import numpy as np
import pytest

from dsp.table import TABLE
from rigs import effect

TYPES = TABLE.rows["fx/{slot}/type"].choices + tuple(
    name for name in TABLE.rows["fx/{insert}/type"].choices if name not in TABLE.rows["fx/{slot}/type"].choices
)
SANE = 1e3
LONGEST_S = 30
"""Tails with the settings from the factory are over before; most of them within 8 s."""


def noise(frames: int, seed: int) -> np.ndarray:
    """Full-scale noise, another one in each side."""
    return np.random.default_rng(seed).uniform(-1, 1, (frames, 2)).astype(np.float32)


def turn_everything(made: effect.Effect, random: np.random.Generator) -> None:
    """Set every parameter to anything."""
    for leaf in made.leaves().values():
        param = made.values.param(leaf)
        lowest = int(param.lowest) if param.kind == "integer" else 0
        made.values.set(leaf, lowest + int(random.integers(param.steps)))


@pytest.mark.parametrize("name", TYPES)
def test_two_runs_give_the_same_bytes_wherever_they_are_cut(name: str):
    x = noise(4800, 1)
    whole, cut = effect.Effect(name), effect.Effect(name)
    heard = whole.play(x)
    assert np.array_equal(heard, np.concatenate((cut.play(x[:1920]), cut.play(x[1920:]))))


@pytest.mark.parametrize("name", TYPES)
def test_anything_turned_on_full_scale_noise_gives_numbers(name: str):
    made, random = effect.Effect(name), np.random.default_rng(2)
    for change in range(6):
        turn_everything(made, random)
        heard = made.play(noise(2400, change))
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() < SANE


@pytest.mark.parametrize("name", TYPES)
def test_silence_ends_in_exact_silence(name: str):
    made = effect.Effect(name)
    made.play(noise(4800, 3))
    assert any(not made.play(np.zeros(effect.RATE)).any() for _ in range(LONGEST_S))
