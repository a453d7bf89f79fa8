"""A console on the bench whose inputs may be recorded tracks: prepared, then mixed, block by block."""

import pathlib

import numpy as np
import soundfile

from daemon.demo import band
from daemon.files import scene
from daemon.recording import bring, deck, player, recorder
from dsp.effects import library
from dsp.engine import playback
from rigs import harness

RATE = 48_000


class Bench(harness.Mixer):
    """A mixer with a deck; what is played is prepared between blocks, as its thread would in time."""

    def __init__(self, folder: pathlib.Path, inputs: int = 16, taps=("main",), **more) -> None:
        super().__init__(inputs=inputs, taps=taps, **more)
        kept = recorder.Recorder(self.audio, folder)
        self.deck = deck.Deck(self.audio, self.console.play, kept, folder, library.lend, self._at_once)

    def band(self) -> None:
        """Set the desk as the virtual stage does: gates, compressors, automatic mix, effects."""
        for line in band.scene_lines():
            scene.apply_line(self.console, line)

    def open(self, name: str = "") -> None:
        """Have a gig in."""
        refused = []
        self.deck.open(name, refused.append)
        if refused[0] is not None:
            raise refused[0]

    def mix(self, x, block: int = 256, between=lambda: None):
        """Mix, and let the players prepare before each block."""
        heard = []
        for begin in range(0, len(x), block):
            between()
            for each in (self.deck.player, self.deck.tape):
                if each.ring is not None:
                    each.turn()
            heard.append(self.run(x[begin : begin + block], block))
        return np.concatenate(heard)

    def close(self) -> None:
        self.deck.close()

    @staticmethod
    def _at_once(work, done) -> None:
        work()
        done(None)


def make_gig(folder: pathlib.Path, sound, name: str = "gig", rate: int = RATE) -> pathlib.Path:
    """A gig of this sound, made as anybody's files are."""
    takes = folder / f"takes of {name}"
    takes.mkdir(parents=True)
    soundfile.write(takes / "all.wav", sound, rate, "FLOAT")
    bring.bring_in(takes, folder / name)
    return folder / name


__all__ = ["Bench", "make_gig", "playback", "player"]
