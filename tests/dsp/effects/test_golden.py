"""Golden renders: no effect sounds different from what was kept of it, unless that is meant."""

import numpy as np
import pytest

from dsp.effects import library
from rigs import golden

REMEDY = "if that is meant, run `cd tests && python -m rigs.golden` and say so in the changelog"


@pytest.fixture(scope="module")
def kept() -> dict[str, golden.Golden]:
    return golden.kept()


@pytest.mark.parametrize("name", library.TYPES)
def test_an_effect_sounds_as_it_was_kept(name: str, kept: dict[str, golden.Golden]) -> None:
    now = golden.golden(name, golden.material())
    if now.sha256 != kept[name].sha256:  # another machine may round designs otherwise
        apart = golden.apart_db(kept[name], now)
        assert apart < golden.SAME_DB, f"{name} sounds different, by {apart:.0f} dB: {REMEDY}"


def test_a_sketch_tells_how_far_renders_are_apart() -> None:
    y = np.random.default_rng(1).standard_normal((48_000, 2))
    signs = golden.signs(y.size)
    for wanted_db in (-20, -60, -100):
        other = y + 10 ** (wanted_db / 20) * np.random.default_rng(2).standard_normal(y.shape)
        each = [golden.Golden("", float((x**2).sum()), list(signs @ x.ravel())) for x in (y, other)]
        assert golden.apart_db(*each) == pytest.approx(wanted_db, abs=3)
