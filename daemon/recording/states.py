"""The thread that keeps all that the engine remembers: often at first, then once every two minutes of a gig.

A short show has several then, too: from each, another core can play it again.
"""

import logging
import pathlib
import threading
import time

from daemon.desk import console
from daemon.recording import checkpoint, score
from dsp.engine import wall

log = logging.getLogger("faderd")

FIRST_S, STATE_S, AGAIN_S, SETTLED_S = 15.0, 120.0, 0.5, 4.5
"""Between two checkpoints, at first and at most; after one that found no moment; after a gap."""
LATE_S = 30.0
"""So long nothing that is recorded can be played again, before that is told."""


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
    problem : str
        Why none is kept, for people; empty is well.
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
        self.problem = ""
        self._began = time.monotonic()
        self._missing: float | None = self._began

    def keep(self) -> None:
        """Keep one after the other, until the gig ends."""
        wait_s = 0.0
        while not self._ending.wait(wait_s):
            if self.broken.is_set():
                self.broken.clear()
                self._missing = self._missing or time.monotonic()
                wait_s = SETTLED_S
                continue
            until = time.monotonic() + (self._spacing() if self._tried() else AGAIN_S)
            while time.monotonic() < until and not self.broken.is_set() and not self._ending.wait(AGAIN_S):
                pass
            wait_s = 0.0

    def _spacing(self) -> float:
        """Seconds to the next: as long again as the gig has lasted, within bounds."""
        return min(max(time.monotonic() - self._began, FIRST_S), STATE_S)

    def _tried(self) -> bool:
        """Keep one if there is a moment for it; whatever is in its way is told, and tried again."""
        try:
            kept = self._keep_one()
        except OSError as error:
            self._say(f"no checkpoint in {self._place}: {error.strerror or error}")
            return False
        except Exception as error:  # a fault of ours must not end what makes a show playable again
            self._say(f"no checkpoint in {self._place}: {type(error).__name__}: {error}")
            return False
        if kept:
            self._missing, self.problem = None, ""
        elif self._missing is not None and time.monotonic() - self._missing > LATE_S:
            self._say(f"no moment for a checkpoint: what is recorded in {self._place} now can't be played again yet")
        return kept

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("recording: %s", problem)
        self.problem = problem

    def _keep_one(self) -> bool:
        if not self.made.is_set():
            return False
        first = self._told.first
        state = checkpoint.patiently(self._audio, self._mixer)
        if state is None or (frame := checkpoint.frame(state) - first) < self._least:
            return False
        checkpoint.add_past(self._audio, state, first)
        name = f"state-{frame}.npz"
        checkpoint.save(self._place / name, state)
        self._told.tell({"kind": "state", "file": name, "frame": frame, "serial": checkpoint.serial(state)})
        return True
