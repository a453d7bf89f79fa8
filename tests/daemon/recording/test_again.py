"""Shows that are played again from their folders: every byte of every mix."""

import os
import pathlib

import pytest

from rigs import gigs

SECONDS = float(os.environ.get("FADERD_SHOW_S", "3"))
"""How long the shows are: ten minutes by hand."""


@pytest.mark.timeout(300 + 6 * SECONDS)
@pytest.mark.parametrize("block", [16, 64, 1024])
def test_every_mix_of_a_show_is_the_same_to_the_last_bit(tmp_path: pathlib.Path, block: int) -> None:
    with gigs.Show(tmp_path / "gigs", block, seed=block) as show:
        show.play(1)
        show.recorder.start("night")
        show.is_kept()
        show.play(SECONDS, moves=100, recalls=3)
    (made,) = (tmp_path / "gigs").iterdir()
    found = gigs.played_again(made, 4096 if block == 64 else 777)
    assert found.differs == ""
    assert found.frames > gigs.RATE
    assert (found.peaks > 1e-5).sum() >= len(found.peaks) - 4, "mixes are silent: this proves nothing"
