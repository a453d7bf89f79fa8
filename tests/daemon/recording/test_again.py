"""Shows that are played again from their folders: every byte of every mix."""

import ctypes
import os
import pathlib
import time

import numpy as np
import pytest

from daemon.audio import callback, rehearsal
from daemon.desk import quieter
from daemon.recording import again, checkpoint
from dsp.design import draft
from dsp.effects import line, network, reverb
from dsp.effects.memory import FRAMES
from dsp.engine import memory, wall
from dsp.table import TABLE
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
            while audio.count(memory.FRAME) < now + audio.kept * 5 // 8:
                time.sleep(0.01)
                step(address, again.GOING_ON, audio.count(memory.FRAME), False)
            step(address, again.GOING_ON, audio.count(memory.FRAME), True)

    show.beside = rehearsal.Rehearsal(audio, ctypes.cast(slowly, ctypes.c_void_p).value or 0)
    with show:
        show.play(1)
        show.recorder.start("slow")
        show.is_kept()
        show.play(0, recalls=1)
        while audio.control_changes():
            show.play(0.1)
        show.play(0.2)
    (made,) = (tmp_path / "gigs").iterdir()
    (recall,) = again.read(made).recalls[:1]
    assert recall["ready"] - recall["now"] > audio.kept // 2
    assert gigs.played_again(made, 4096).differs == ""


def goes_on(audio: wall.Wall, frames: int) -> None:
    """Wait until so many frames have been heard."""
    until = audio.count(memory.FRAME) + frames
    while audio.count(memory.FRAME) < until:
        time.sleep(0.0005)


def test_what_is_pulled_down_a_little_later_than_all_else_is_the_same_to_the_last_bit(tmp_path: pathlib.Path) -> None:
    publish = quieter.Quieter.publish
    with pytest.MonkeyPatch.context() as patch, gigs.Show(tmp_path / "gigs", 64) as show:
        audio, mixer = show.audio, show.mixer

        def later(self: quieter.Quieter, newest: draft.Desk) -> None:
            while self.is_pulled and audio.recall_asked()[0] != audio.published:
                time.sleep(0.0005)
            goes_on(audio, 4 * FRAMES)
            publish(self, newest)

        show.play(1)
        show.recorder.start("late")
        show.is_kept()
        for fader in (600, 700):  # the second recall waits for the first, and is asked for with what comes behind it
            wanted = mixer.values.copy()
            wanted.set(TABLE.leaves["/ch/02/mix/fader"], fader)
            mixer.recall(wanted)
            mixer.publish()
        patch.setattr(quieter.Quieter, "publish", later)
        mixer.set(TABLE.leaves["/main/st/mix/fader"], 100)
        mixer.publish()
        while audio.control_changes():
            time.sleep(0.01)
        goes_on(audio, gigs.RATE // 2)
    (made,) = (tmp_path / "gigs").iterdir()
    known = again.read(made)
    assert any(at < pulled < np.inf for at, pulled in zip(known.at, known.pulls, strict=True))
    assert gigs.played_again(made, 4096).differs == ""


def test_what_effects_remember_is_not_kept_when_it_was_copied_too_late(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = checkpoint._bytes
    with gigs.Show(tmp_path, 64) as show:
        show.play(0.2)
        monkeypatch.setattr(
            checkpoint, "_bytes", lambda each: (goes_on(show.audio, checkpoint.LATEST_OF_EFFECTS), copied(each))[1]
        )
        assert checkpoint.patiently(show.audio, show.mixer) is None


def test_nothing_is_kept_of_a_slot_that_is_about_to_be_another_effect(tmp_path: pathlib.Path) -> None:
    with gigs.Show(tmp_path, 64) as show:
        show.play(0.2)
        show.device.stop()
        assert checkpoint.capture(show.audio, show.mixer) is not None
        show.mixer.set(TABLE.leaves["/fx/1/type"], 10)
        show.mixer.publish()
        assert checkpoint.capture(show.audio, show.mixer) is None


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000])
def test_rings_of_the_largest_reverb_have_to_spare_what_a_copy_may_be_late(rate: int) -> None:
    settings = reverb.hall(200.0, 5.0, 100, 8000.0, 30, 0.0, 20.0, 20_000.0, 1.0, 50, 250, 100, rate=rate)
    rows = np.array(settings[: network.SETTINGS]).reshape(network.ROWS, network.LINES)
    longest = {
        network.LONGEST_TAP_S: rows[network.TAP].max(),
        network.LONGEST_STAGE_S: rows[network.STAGE : network.STAGE + network.STAGES].max(),
        network.LONGEST_LINE_S: rows[network.LINE].max() + rows[network.DEPTH].max() + 2,
    }
    for seconds, frames in longest.items():
        assert line.length(seconds * rate) - frames > checkpoint.LATEST_OF_EFFECTS + FRAMES
