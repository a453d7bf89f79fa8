"""Whoever starts a recording when nobody does: always, or with the first sound."""

import logging

import numpy as np

from daemon import errors
from daemon.recording import recorder
from daemon.settings import Record
from dsp.engine import memory, wall

log = logging.getLogger("faderd")

LOOKED_AT_S = 1.2
"""A little more than passes from one look to the next."""


class Starter:
    """Starts and ends recordings as the settings say.

    Parameters
    ----------
    audio : Wall
    kept : Recorder
    chosen : Record
    """

    def __init__(self, audio: wall.Wall, kept: recorder.Recorder, chosen: Record) -> None:
        self._audio, self._recorder, self._chosen = audio, kept, chosen
        self._least = 10 ** (chosen.above_db / 20)
        self._sounded = 0
        self._is_ours = False
        self._is_over = False

    def tick(self) -> None:
        """Look whether it is time; once a second."""
        is_idle = self._recorder.report().state == recorder.IDLE
        if self._chosen.start == "always":
            if is_idle and not self._is_over:
                self._is_over = True  # who ends it by hand means it
                self._start()
        elif self._chosen.start == "signal":
            self._follow(is_idle)

    def _follow(self, is_idle: bool) -> None:
        """Begin with a sound, end after a pause; what was begun by hand is ended by hand."""
        now = self._audio.count(memory.FRAME)
        if self._sounds(now):
            self._sounded = now
            if is_idle:
                self._is_ours = True
                self._start()
        elif self._is_ours and not is_idle and now - self._sounded > self._chosen.pause_s * self._audio.rate:
            self._is_ours = False
            self._recorder.stop()

    def _sounds(self, now: int) -> bool:
        """Whether any input has reached the level in the last second."""
        local = now - int(self._audio.memory["before"])
        frames = min(round(LOOKED_AT_S * self._audio.rate), local)
        return frames > 0 and bool(np.abs(self._audio.past(local - frames, frames)).max(initial=0) > self._least)

    def _start(self) -> None:
        try:
            self._recorder.start()
        except errors.Refusal as refusal:
            log.warning("recording does not start: %s", refusal)
