"""Shows that are played again from their folders: every byte of every mix."""

import os
import pathlib

import numpy as np
import pytest

from daemon.recording import again
from rigs import gigs

SECONDS = float(os.environ.get("FADERD_SHOW_S", "4"))
"""How long the shows are: ten minutes by hand."""


@pytest.mark.parametrize("block", [16, 64, 1024])
def test_every_mix_of_a_show_is_the_same_to_the_last_bit(tmp_path: pathlib.Path, block: int) -> None:
    with gigs.Show(tmp_path / "gigs", block, seed=block) as show:
        show.play(1)
        show.recorder.start("night")
        moves = show.play(SECONDS)
    (made,) = (tmp_path / "gigs").iterdir()
    known = again.read(made)
    assert moves > 20 * SECONDS
    assert known.states
    assert len(known.recalls) >= SECONDS / 5
    wanted, heard = gigs.played_again(made, 4096 if block == 64 else 777)
    assert len(wanted) > gigs.RATE
    assert np.abs(wanted).max(0).min() > 1e-5, "a mix is silent: this proves nothing"
    np.testing.assert_array_equal(heard.view(np.int32), wanted.view(np.int32))
