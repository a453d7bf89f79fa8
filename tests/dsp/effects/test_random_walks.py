"""Random walks through types and parameters while noise as loud as it can be plays, and mutes of what comes back."""

import numpy as np
import pytest

from dsp.effects import library
from rigs import desk, effect

NETWORKS = tuple(name for name, kind in library.TYPES.items() if kind.module in ("reverb", "combination"))
"""Types that ring on: what they make good for must not become loud."""
MOST_DB = 12.0
"""Peak over that of what goes in, beside what the effect's own Level and feedback add."""
FEEDBACKS = ("Feed", "Feedback", "EchoFbL", "EchoFbR")
SLOTTED = tuple(name for name in library.TYPES if name not in ("GEQ2", "TEQ2"))
STEP = 1280
"""Frames of one step: more than twice what settings glide for."""


def noise(frames: int, random: np.random.Generator) -> np.ndarray:
    """Full-scale noise, another one in each side."""
    return random.uniform(-1, 1, (frames, 2)).astype(np.float32)


def turn(made: effect.Effect, leaves: list[int], random: np.random.Generator) -> None:
    """Set some parameters to anything."""
    for leaf in leaves:
        param = made.values.param(leaf)
        lowest = int(param.lowest) if param.kind == "integer" else 0
        made.values.set(leaf, lowest + int(random.integers(param.steps)))


def stated_db(made: effect.Effect) -> float:
    """What Level says, what noise gains by coming round again, and by echoes that are sent on beside it."""
    knobs = made.leaves()
    level = max(made.value("Level"), 0.0) if "Level" in knobs else 0.0
    share = max((min(abs(made.value(knob)) / 100, 0.98) for knob in FEEDBACKS if knob in knobs), default=0.0)
    beside = made.value("X-Feed") / 100 if "X-Feed" in knobs else 0.0
    return float(level - 10 * np.log10(1 - share**2) + 10 * np.log10(1 + beside**2))


@pytest.mark.parametrize("name", NETWORKS)
def test_whatever_a_reverb_is_set_to_it_is_no_louder_than_its_knobs_say(name: str):
    random = np.random.default_rng(7)
    for _ in range(6):
        made = effect.Effect(name)
        turn(made, list(made.leaves().values()), random)
        heard = made.play(noise(effect.RATE, random))
        assert 20 * np.log10(np.abs(heard).max() + 1e-9) < MOST_DB + stated_db(made)


def test_a_walk_through_all_types_stays_a_number_and_ends_in_silence(request: pytest.FixtureRequest):
    steps = int(request.config.getoption("--effect-steps"))
    random = np.random.default_rng(11)
    made = effect.Effect("HALL")
    for _ in range(steps):
        if random.random() < 0.2:
            made.choose(str(random.choice(SLOTTED)))
        leaves = list(made.leaves().values())
        turn(made, [leaves[i] for i in random.integers(len(leaves), size=3)] if leaves else [], random)
        heard = made.play(noise(STEP, random))
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() < 1e3
    made.choose("DLY")
    made.set("FeedL", 0.0)
    made.set("FeedR", 0.0)
    made.play(np.zeros(10 * effect.RATE))
    assert not made.play(np.zeros(effect.RATE)).any()


def test_a_mute_group_mutes_what_comes_back_from_an_effect():
    rig = desk.Rig(["fxrtn/01", "main"])
    rig.set_many({"/ch/01/mix/13/level": 0.0, "/ch/01/mix/13/type": "PRE", "/bus/13/mix/fader": 0.0})
    rig.set_many({"/fx/1/type": "HALL", "/fxrtn/01/mix/fader": 0.0, "/fxrtn/01/grp/mute": 1 << 2})
    assert np.abs(rig.play({1: desk.noise(desk.RATE)})[:, 0]).max() > 1e-3
    rig.set("/config/mute/3", 1)
    rig.play({1: desk.noise(4800)})
    assert not rig.play({1: desk.noise(4800)})[:, 0].any()
    rig.set("/config/mute/3", 0)
    assert np.abs(rig.play({1: desk.noise(desk.RATE)})[:, 0]).max() > 1e-3


def test_a_short_room_whose_lows_and_highs_last_long_is_no_louder_than_its_level_says():
    made = effect.Effect("VRM", Decay=0.11, Size=58.0, LoMult=4.0, HiMult=8.3, ERLevel=0.0, Level=0.0)
    heard = made.play(noise(2 * effect.RATE, np.random.default_rng(1)))
    assert 20 * np.log10(np.abs(heard).max()) < MOST_DB
