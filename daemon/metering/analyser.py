"""The real-time analyser: which signal it shows, and how its bands rise and fall.

    /-prefs/rta/source, pos ─▶ /-stat/rtasource ─▶ the audio thread keeps that signal
    ring ─▶ bands ─▶ rise at once, or as an average ─▶ fall by 60 dB in the decay time ─▶ gain ─▶ meters
"""

import numpy as np
import numpy.typing as npt

from daemon.desk.console import Console
from dsp.design import routing
from dsp.engine import memory, wall
from dsp.processors import spectrum

SOURCE, POSITION = "/-prefs/rta/source", "/-prefs/rta/pos"
NO_SOURCE, MONITOR, FIRST_STRIP = range(3)
"""Sources as the preference counts them."""

DECAY_DB = 60.0
AVERAGE_S = 0.2
RMS = 1


class Analyser:
    """Measures the bands of what is shown.

    Parameters
    ----------
    console : Console
        Its preferences say how.
    audio : Wall
        Where the signal is kept.
    """

    def __init__(self, console: Console, audio: wall.Wall) -> None:
        self._console = console
        self._audio = audio
        leaves = console.values.table.leaves
        self._wishes = {leaves[SOURCE], leaves[POSITION]}
        self._bands = np.full(spectrum.BANDS, spectrum.FLOOR_DB)
        self._frame = 0
        console.rules.append(self._follow)

    def prepare(self) -> None:
        """Measure once, on any thread: it makes ready what costs a tenth of a second, before anybody waits for it."""
        spectrum.bands_db(self._audio.memory["spectrum"], 0, self._audio.rate)

    def _follow(self, leaf: int, author: object) -> None:
        """Show what the preferences ask for."""
        if leaf not in self._wishes:
            return
        values = self._console.values
        source = int(values.row(SOURCE[1:]))
        if source != NO_SOURCE:
            strip = routing.MONITOR_STRIP if source == MONITOR else source - FIRST_STRIP
            after = routing.SPECTRUM_POST * int(values.row(POSITION[1:]))
            self._console.set(values.table.leaves["/-stat/rtasource"], strip + after)

    def measure(self) -> npt.NDArray[np.float64]:
        """Levels of the hundred bands in dBFS, as they have moved since the last call, raised by the gain."""
        frame = self._audio.count(memory.FRAME)
        now = spectrum.bands_db(self._audio.memory["spectrum"], frame, self._audio.rate)
        passed_s = (frame - self._frame) / self._audio.rate
        self._frame = frame
        values = self._console.values
        if int(values.row("-prefs/rta/det")) == RMS:
            step = -np.expm1(-passed_s / AVERAGE_S)
            before, heard = 10 ** (self._bands / 10), 10 ** (now / 10)
            now = 10 * np.log10(before + step * (heard - before))
        fallen = self._bands - DECAY_DB * passed_s / float(values.row("-prefs/rta/decay"))
        self._bands = np.maximum(now, fallen)
        # Who lets the gain be chosen by itself leaves that to the screen: levels come as they are.
        by_itself = values.row("-prefs/rta/autogain")
        return self._bands if by_itself else self._bands + float(values.row("-prefs/rta/gain"))
