"""Shows that are played again from their folders: every byte of every mix."""

import ctypes
import os
import pathlib
import time

import pytest

from daemon.audio import callback, rehearsal
from daemon.recording import again
from dsp.engine import memory
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


def test_a_recall_that_was_rehearsed_for_seconds_is_the_same_to_the_last_bit(tmp_path: pathlib.Path) -> None:
    show = gigs.Show(tmp_path / "gigs", 64)
    step, audio = again.REHEARSE(callback.rehearse_again.address), show.audio

    @rehearsal.PROTOTYPE
    def slowly(address: int) -> None:
        """Rehearse on a machine that is as slow as the sound, as long as it is just not overtaken by that."""
        if audio.count(memory.REHEARSAL) == memory.ASKED:
            now = audio.count(memory.FRAME)
            step(address, now, now, False)
            while audio.count(memory.FRAME) < now + memory.PAST * 3 // 4:
                time.sleep(0.01)
                step(address, again.GOING_ON, audio.count(memory.FRAME), False)
            step(address, again.GOING_ON, audio.count(memory.FRAME), True)

    show.beside = rehearsal.Rehearsal(audio, ctypes.cast(slowly, ctypes.c_void_p).value or 0)
    with show:
        show.play(2)
        show.recorder.start("slow")
        show.is_kept()
        show.play(0, recalls=1)
        while audio.control_changes():
            show.play(0.1)
        show.play(0.2)
    (made,) = (tmp_path / "gigs").iterdir()
    (recall,) = again.read(made).recalls[:1]
    assert recall["ready"] - recall["now"] > memory.PAST // 2
    assert gigs.played_again(made, 4096).differs == ""
