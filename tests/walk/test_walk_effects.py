"""Every type of effect and every parameter of it, moved over OSC on a running desk: heard as its algorithm says.

What is heard is compared with the algorithm alone, set without OSC; that it does what its display promises is shown
in tests/dsp/effects.  All types: `--effect-moves 100`; the tests of every day take a few.
"""

import numpy as np
import pytest

from dsp.effects import library
from rigs.effect import RATE, Effect
from walk.effects import ROUND_TRIP, SIDES, Slots

SLOT = 3
OWN = slice(2 * SLOT - 2, 2 * SLOT)
FRAMES = 9600
NEAR_DB = -100.0
SOON = 60
"""Steps of a time that may be seconds: what comes later is not played for."""
CONTEXTS = 60
EVERY_DAY = ("DLY", "PIT2")
SLOW = ("SBC", "SBCOn", "BdLock")
"""They weigh what was heard in the last seconds."""
SLOW_FRAMES = 4 * RATE


def noise(seed: int, frames: int = FRAMES) -> np.ndarray:
    """Music-like: a burst of noise, and next to silence."""
    x = 0.1 * np.random.default_rng(seed).standard_normal((frames, 2))
    x[frames // 2 :] *= 0.02
    return x


def slow(knob: str) -> bool:
    """Whether it takes seconds until a knob is heard; the second of its name has a number behind it."""
    return knob.rstrip("0123456789") in SLOW


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
                frames = SLOW_FRAMES if turn and slow(knobs[turn - 1]) else FRAMES
                x = np.zeros((frames, SIDES))
                x[:, OWN] = noise(turn, frames)
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


def test_every_parameter_of_every_type_is_heard_or_seen(request: pytest.FixtureRequest) -> None:
    """Some other setting beside it lets a parameter change what comes back, or what the meters show."""
    silent = []
    for name in names(request):
        random = np.random.default_rng(list(name.encode()))
        for knob in Effect(name).leaves():
            x = noise(0, SLOW_FRAMES) if slow(knob) else np.concatenate([noise(seed) for seed in range(3)])
            if not any(tells(name, knob, x, random) for _ in range(CONTEXTS)):
                silent.append((name, knob))
    assert not silent


def tells(name: str, knob: str, x: np.ndarray, random: np.random.Generator) -> bool:
    """Whether an effect that is set to anything, and then to anything else, tells one value of a knob from another."""
    one, other = Effect(name), Effect(name)
    values = [anything(one, random)[knob] for _ in range(2)]
    for part in (x, noise(4)):
        stored = anything(one, random)
        for made, value in zip((one, other), values, strict=True):
            put(made, stored | {knob: value})
        if not np.array_equal(one.play(part), other.play(part)) or not np.array_equal(one.meters(), other.meters()):
            return True
    return False
