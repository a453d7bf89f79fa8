"""The thread that keeps all that the engine remembers, once every two minutes of a gig."""

import logging
import pathlib
import threading
import time

from daemon.desk import console
from daemon.recording import checkpoint, score
from dsp.engine import wall

log = logging.getLogger("faderd")

STATE_S, AGAIN_S, SETTLED_S = 120.0, 0.5, 4.5
"""Between two checkpoints; after one that found no moment; after a gap."""


class States:
    """Checkpoints of a gig.

    Parameters
    ----------
    audio, mixer : Wall, Console
        What plays.
    told : Scribe
        Told of each.
    place : Path
        Folder of the gig.
    least : int
        Frame of the gig from which on mixes are recorded.
    ending : Event
        Set when the gig ends.

    Attributes
    ----------
    made : Event
        Set once there is a folder.
    broken : Event
        Set when the show can't be played again from here on: then the next is due soon.
    """

    def __init__(
        self,
        audio: wall.Wall,
        mixer: console.Console,
        told: score.Scribe,
        place: pathlib.Path,
        least: int,
        ending: threading.Event,
    ) -> None:
        self._audio, self._mixer, self._told, self._place = audio, mixer, told, place
        self._least, self._ending = least, ending
        self.made, self.broken = threading.Event(), threading.Event()

    def keep(self) -> None:
        """Keep one after the other, until the gig ends."""
        wait_s = 0.0
        while not self._ending.wait(wait_s):
            if self.broken.is_set():
                self.broken.clear()
                wait_s = SETTLED_S
                continue
            until = time.monotonic() + (STATE_S if self._keep_one() else AGAIN_S)
            while time.monotonic() < until and not self.broken.is_set() and not self._ending.wait(AGAIN_S):
                pass
            wait_s = 0.0

    def _keep_one(self) -> bool:
        if not self.made.is_set():
            return False
        first = self._told.first
        try:
            state = checkpoint.patiently(self._audio, self._mixer)
            if state is None or (frame := checkpoint.frame(state) - first) < self._least:
                return False
            checkpoint.add_past(self._audio, state, first)
            name = f"state-{frame}.npz"
            checkpoint.save(self._place / name, state)
        except OSError as error:
            log.warning("recording: no checkpoint in %s: %s", self._place, error.strerror or error)
            return False
        self._told.tell({"kind": "state", "file": name, "frame": frame, "serial": checkpoint.serial(state)})
        return True
