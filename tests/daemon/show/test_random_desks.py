"""A desk that is saved and recalled is the same desk, to the last step of everything, whatever it was set to."""

from pathlib import Path

import numpy as np
import pytest

from daemon.desk.console import differences
from daemon.files import scene
from dsp.parameters.row import Continuous
from dsp.parameters.table import Values
from dsp.table import TABLE
from rigs.talk import Talk

LEAVES = tuple(scene.scene_leaves(TABLE))


def set_to_anything(values: Values, seed: int) -> None:
    """Set everything that scenes hold to any of its steps, and texts to any words; links, too, and unequal halves."""
    random = np.random.default_rng(seed)
    for leaf in LEAVES:
        param = values.param(leaf)
        if isinstance(values.get(leaf), str):
            values.set(leaf, param.from_wire(f"Nr {random.integers(1000)}"))
        elif isinstance(param, Continuous):
            values.set(leaf, int(random.integers(param.steps)))
        else:
            values.set(leaf, int(random.integers(param.lowest, param.highest, endpoint=True)))


def test_what_is_saved_and_recalled_is_the_same(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    stage = Talk(tmp_path)
    for seed in range(int(request.config.getoption("--desks"))):
        wanted = stage.console.values.copy()
        set_to_anything(wanted, seed)
        stage.console.recall(wanted)
        before = stage.console.values.copy()
        assert stage.say("/save", "scene", 1, "this", "") == [("/save", "scene", 1)]
        other = before.copy()
        set_to_anything(other, seed + 1_000_000)
        stage.console.recall(other)
        assert differences(before, stage.console.values) != []
        assert ("/load", "scene", 1) in stage.say("/load", "scene", 1)
        stage.wait(1)
        others = set(differences(before, stage.console.values)) & set(LEAVES)
        assert [TABLE.path_of(leaf) for leaf in others] == [], f"seed {seed}"
