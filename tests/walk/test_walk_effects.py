"""Every type of effect and every parameter of it, moved over OSC on a running desk: heard as its algorithm says.

What is heard is compared with the algorithm alone, set without OSC; that it does what its display promises is shown
in tests/dsp/effects.  All types: `--effect-moves 100`; the tests of every day take a few.
"""

import numpy as np
import pytest

from dsp.effects import library
from rigs.effect import Effect
from walk.effects import ROUND_TRIP, SIDES, Slots

SLOT = 3
OWN = slice(2 * SLOT - 2, 2 * SLOT)
FRAMES = 9600
NEAR_DB = -100.0
SOON = 60
"""Steps of a time that may be seconds: what comes later is not played for."""
CONTEXTS = 6
EVERY_DAY = ("DLY", "PIT2")
MUTE = {"MeterSel": "it says what meters show"}


def noise(seed: int) -> np.ndarray:
    """Music-like: a burst of noise, and silence."""
    x = 0.1 * np.random.default_rng(seed).standard_normal((FRAMES, 2))
    x[FRAMES // 2 :] *= 0.02
    return x


def anything(made: Effect, random: np.random.Generator) -> dict[str, int]:
    """A stored value for every parameter of an effect."""
    found = {}
    for knob, leaf in made.leaves().items():
        param = made.values.param(leaf)
        lowest = int(param.lowest) if param.kind == "integer" else 0
        steps = SOON if param.unit == "ms" and param.highest > 1000 else param.steps
        found[knob] = lowest + int(random.integers(min(steps, param.steps)))
    return found


def put(made: Effect, stored: dict[str, int]) -> None:
    for knob, value in stored.items():
        made.values.set(made.leaves()[knob], value)


def names(request: pytest.FixtureRequest) -> tuple[str, ...]:
    every = int(request.config.getoption("--effect-moves")) >= 100
    return tuple(library.TYPES) if every else EVERY_DAY


def test_every_parameter_of_every_type_reaches_its_algorithm(request: pytest.FixtureRequest) -> None:
    slots, wrong = Slots(), []
    with slots.walker:
        for name in names(request):
            random = np.random.default_rng(list(name.encode()))
            alone = Effect("DLY", Mix=0.0)
            slots.choose(SLOT, "DLY")
            slots.send({f"/fx/{SLOT}/par/01": 0})
            slots.play(np.zeros(1920))
            alone.play(np.zeros(1920))
            before = np.zeros((ROUND_TRIP, 2))
            slots.choose(SLOT, name)
            known = Effect(name)
            knobs = list(known.leaves())
            for turn in range(1 + len(knobs)):
                stored = anything(known, random)
                moved = stored if turn == 0 else {knobs[turn - 1]: stored[knobs[turn - 1]]}
                slots.send({f"/fx/{SLOT}/par/{1 + knobs.index(knob):02d}": value for knob, value in moved.items()})
                x = np.zeros((FRAMES, SIDES))
                x[:, OWN] = noise(turn)
                heard, first = slots.play(x)[:, OWN], alone.play(before)
                if turn == 0:
                    alone.choose(name)
                put(alone, moved)
                wanted = np.concatenate((first, alone.play(x[:-ROUND_TRIP, OWN])))
                before = x[-ROUND_TRIP:, OWN]
                most = max(np.abs(wanted).max(), 1e-3)
                if 20 * np.log10(np.abs(heard - wanted).max() / most + 1e-12) > NEAR_DB:
                    wrong.append((name, knobs[turn - 1] if turn else "all", np.abs(heard - wanted).max() / most))
    assert not wrong


def test_every_parameter_of_every_type_is_heard(request: pytest.FixtureRequest) -> None:
    silent = []
    for name in names(request):
        random = np.random.default_rng(list(name.encode()))
        for knob in set(Effect(name).leaves()) - {*MUTE} - {f"{mute}2" for mute in MUTE}:
            for _ in range(CONTEXTS):
                one, other = Effect(name), Effect(name)
                stored, another = anything(one, random), anything(one, random)
                put(one, stored)
                put(other, stored | {knob: another[knob]})
                x = np.concatenate([noise(seed) for seed in range(3)])
                if not np.array_equal(one.play(x), other.play(x)):
                    break
            else:
                silent.append((name, knob))
    assert not silent
