"""Whatever reached new code while it was fuzzed raises nothing that is not meant for people."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rigs import fuzz


@pytest.mark.parametrize("what", ["osc", "scene", "settings"])
def test_nothing_that_fuzzing_found_raises(what: str, tmp_path: Path) -> None:
    takers: dict[str, Callable[[], fuzz.One]] = {
        "osc": fuzz.osc, "scene": lambda: fuzz.scene(tmp_path), "settings": lambda: fuzz.settings(tmp_path)
    }  # fmt: skip
    take = takers[what]()
    seeds = sorted((fuzz.SEEDS / what).iterdir())
    assert seeds
    for seed in seeds:
        take(seed.read_bytes())
