"""The load of the audio thread: how much of its time each block took, over the last minute.

    the wall's histogram, once a second ─▶ differences of the last minute ─▶ percentiles
"""

import collections
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dsp.engine import memory, wall

WINDOW_S = 60
"""Seconds that percentiles are about."""
TOLD = 8
"""So many of the last missed deadlines are told."""
PERCENT = 100 / memory.STEPS_OF_LOAD

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Report:
    """Part of its deadline that a block takes, in per cent, and what came too late.

    Attributes
    ----------
    blocks : int
        How many blocks the percentiles are about.
    p50, p99, p99_9 : float
        So much or less was taken by 50, 99 and 99.9 % of them; rounded up to a tenth of a per cent.
    most : float
        What the longest of all since the start took; 200 stands for that and whatever is longer.
    longest_us : float
        The longest of all since the start.
    missed : int
        Deadlines missed since the start.
    tenths : list of float
        Per cent of the blocks that took so many tenths of their deadline, the last one twice the deadline or more.
    last : list of tuple of float
        Seconds since the epoch at which the last of them began, and the milliseconds they took.
    """

    blocks: int
    p50: float
    p99: float
    p99_9: float
    most: float
    longest_us: float
    missed: int
    tenths: list[float]
    last: list[tuple[float, float]]


class Load:
    """Watches the histogram.

    Parameters
    ----------
    audio : Wall
    """

    def __init__(self, audio: wall.Wall) -> None:
        self._audio = audio
        self._before: collections.deque[Counts] = collections.deque([self._now()], WINDOW_S)

    def tick(self) -> None:
        """Note where the histogram stands; called once a second."""
        self._before.append(self._now())

    def report(self) -> Report:
        """Tell how it is now."""
        audio, now = self._audio, self._now()
        p50, p99, p99_9 = percentiles(now - self._before[0], (50.0, 99.0, 99.9))
        (most,) = percentiles(now, (100.0,))
        return Report(
            blocks=int((now - self._before[0]).sum()),
            p50=p50,
            p99=p99,
            p99_9=p99_9,
            most=most,
            longest_us=audio.count(memory.LONGEST) / 1000,
            missed=audio.count(memory.LATE),
            tenths=tenths(now - self._before[0]),
            last=self._late(),
        )

    def _now(self) -> Counts:
        counts: Counts = self._audio.memory["loads"].copy()
        return counts

    def _late(self) -> list[tuple[float, float]]:
        """The last missed deadlines, newest last, by the clock on the wall."""
        count = self._audio.count(memory.LATE)
        behind = time.time() - time.monotonic()
        began, took = self._audio.memory["late_at"], self._audio.memory["late_for"]
        places = [each % memory.LATES for each in range(max(count - TOLD, 0), count)]
        return [(behind + float(began[place]) / 1e9, float(took[place]) / 1e6) for place in places]


def tenths(counts: Counts) -> list[float]:
    """Per cent of the blocks in each tenth of the deadline; rounded up, so that a single late one is seen."""
    parts = counts.reshape(-1, memory.STEPS_OF_LOAD // 10).sum(1)
    return [float(each) for each in np.ceil(parts * 1e5 / max(int(counts.sum()), 1)) / 1e3]


def percentiles(counts: Counts, wanted: tuple[float, ...]) -> list[float]:
    """Upper ends of the steps below which so many per cent of the blocks lie, in per cent of the deadline."""
    total = counts.sum()
    if not total:
        return [0.0] * len(wanted)
    reached = np.cumsum(counts)
    steps = [int(np.searchsorted(reached, np.ceil(total * each / 100))) + 1 for each in wanted]
    return [round(step * PERCENT, 1) for step in steps]
