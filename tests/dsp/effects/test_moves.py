"""Parameters that are moved while an effect sounds: no click, whatever the effect and the parameter.

All of them: `--effect-moves 100`; the tests of every day take one of each algorithm.
"""

import numpy as np
import pytest

from dsp.effects import library
from rigs import moved
from rigs.effect import Effect

CLICK_DB = -80.0
NEVER_STILL_DB = 3.0
"""What sounds above 1.5 kHz by itself comes and goes."""
MOST = 100
"""Moves of which there are all."""


def ways(made: Effect, knob: str) -> list[int]:
    """Stored values through which a parameter goes: from end to end and back, or through all of a few."""
    param = made.values.param(made.leaves()[knob])
    lowest = int(param.lowest) if param.kind == "integer" else 0
    last = lowest + param.steps - 1
    if param.steps <= 7:
        return [*range(lowest, last + 1), *range(last - 1, lowest - 1, -1)]
    return [lowest, last, lowest, (lowest + last) // 2, last]


MODULES = sorted({kind.module for kind in library.TYPES.values()})


def chosen(module: str, count: int) -> list[tuple[str, str]]:
    """Choose some parameters of the types of a module, each time the same."""
    names = [name for name, kind in library.TYPES.items() if kind.module == module]
    knobs = [(name, knob) for name in names for knob in Effect(name).leaves()]
    random = np.random.default_rng(list(module.encode()))
    every = count >= min(MOST, len(knobs))
    return knobs if every else [knobs[i] for i in random.choice(len(knobs), count, replace=False)]


@pytest.mark.parametrize("module", MODULES)
def test_a_parameter_that_is_moved_does_not_click(module: str, request: pytest.FixtureRequest) -> None:
    for name, knob in chosen(module, int(request.config.getoption("--effect-moves"))):
        made = Effect(name)
        moving, still = moved.moved_db(made, knob, ways(made, knob))
        if moving > max(CLICK_DB, still + NEVER_STILL_DB):  # what turns slowly may just not have been heard at rest
            still = max(still, moved.rest_db(made, knob, ways(made, knob)))
        assert moving < max(CLICK_DB, still + NEVER_STILL_DB), f"{name} {knob}: {moving:.1f} dB, at rest {still:.1f} dB"
