"""Loudness of what is heard now: up to eight meters, each of one signal or of a pair.

    strip after its fader, monitor, stream behind its limiter ─▶ ring of taps (audio thread) ─▶ cells
    cells ─┬─▶ the last 0.4 s and 3 s: momentary, short-term
           └─▶ all since the reset: integrated, range
"""

import collections
import itertools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.metering import loudness
from daemon.metering.loudness import MOMENTARY, SHORT_TERM, STEP, Float
from dsp.design import routing, strips
from dsp.engine import layout, memory, wall
from dsp.native import lanes
from dsp.processors import taps

METERS = lanes.WIDTH // 2
LARGEST_BLOCK = 1024
"""Frames of the longest block of a device: for so long a tap may still hold what it held before."""
OFF, MAIN, PRINT, MONITOR, STREAM = "off", "main", "print", "monitor", "stream"
WORDS = {"main": "/main/st", "mono": "/main/m"}


class Reading(NamedTuple):
    """What a meter shows: LUFS, LU, dBTP and seconds; −inf where nothing was heard."""

    m: float
    s: float
    i: float
    lra: float
    tp: float
    max_m: float
    max_s: float
    max_tp: float
    plr: float
    time: float


_NONE = -np.inf
SILENCE = Reading(_NONE, _NONE, _NONE, 0.0, _NONE, _NONE, _NONE, _NONE, _NONE, 0.0)


class Live:
    """One meter.

    Parameters
    ----------
    rate : int
        Frames per second, a multiple of 100.
    places : sequence of int
        Of the signals it measures.
    begin : int
        Frame from which on its taps hold them; by default whatever it is given counts.
    """

    def __init__(self, rate: int, places: Sequence[int], begin: int = 0) -> None:
        self.rate, self.places, self.begin = rate, places, begin
        self._of = loudness.Cells(rate, len(places))
        self._newest: collections.deque[float] = collections.deque(maxlen=SHORT_TERM)
        self._momentary, self._short_term = loudness.Tally(), loudness.Tally()
        self._cells = 0
        self._peak = self._max_peak = 0.0
        self._max_momentary = self._max_short_term = 0.0

    def add(self, block: npt.NDArray[np.floating], hold: bool = False) -> None:
        """Measure more frames, shape (frames, channels); while held, nothing is added to what it has summed up."""
        self._of.peak = 0.0
        cells = self._of.of(block)
        self._peak = self._of.peak
        if not hold:
            self._max_peak = max(self._max_peak, self._peak)
        for cell in cells:
            self._newest.append(float(cell))
            if not hold:
                self._sum_up()

    def _sum_up(self) -> None:
        """Count a cell more; the tallies take a window every tenth of a second."""
        self._cells += 1
        momentary, short_term = self._energy(MOMENTARY), self._energy(SHORT_TERM)
        self._max_momentary = max(self._max_momentary, momentary)
        self._max_short_term = max(self._max_short_term, short_term)
        if self._cells % STEP == 0:
            self._momentary.add(momentary)
            self._short_term.add(short_term)

    def _energy(self, cells: int) -> float:
        """Mean of the newest cells; 0 while there are not so many."""
        begin = len(self._newest) - cells
        return sum(itertools.islice(self._newest, begin, None)) / cells if begin >= 0 else 0.0

    def reading(self) -> Reading:
        """What it shows now."""
        integrated, max_peak = self._momentary.integrated_lufs(), loudness.decibels(self._max_peak)
        return Reading(
            loudness.lufs(self._energy(MOMENTARY)),
            loudness.lufs(self._energy(SHORT_TERM)),
            integrated,
            self._short_term.range_lu(),
            loudness.decibels(self._peak),
            loudness.lufs(self._max_momentary),
            loudness.lufs(self._max_short_term),
            max_peak,
            max_peak - integrated if np.isfinite(integrated) else -np.inf,
            self._cells / loudness.CELLS,
        )


def no_stream() -> list[int]:
    """Places of the outputs of the device that feed a stream: none."""
    return []


def sides(source: str, stream: Callable[[], list[int]] = no_stream) -> list[int]:
    """Places of the signals that a source means.

    Parameters
    ----------
    source : str
        `main`, `mono`, `print`, `monitor`, `stream`, `off`, a strip such as `bus/01`, or two of them with `+`.
    stream : callable
        Tells what `stream` means now.

    Raises
    ------
    ValueError
        When it means nothing here.
    """
    found: list[int] = []
    for word in source.split("+") if source != OFF else ():
        found += stream() if word.strip() == STREAM else _places(word.strip())
    if len(found) > 2:
        raise ValueError(f"{source!r} is more than one signal or pair: name one or two strips, such as bus/01+bus/02")
    return found


def _places(word: str) -> list[int]:
    if word == MONITOR:
        return [int(layout.place(layout.MONITOR, layout.INPUT, side)) for side in (0, 1)]
    if word == PRINT:
        return [int(layout.place(layout.MAIN, layout.INPUT, side)) for side in (layout.LEFT, layout.RIGHT)]
    path = WORDS.get(word, "/" + word.strip("/"))
    if match := re.fullmatch(r"/(\w+)/(\d)", path):
        path = f"/{match[1]}/0{match[2]}"
    if path not in strips.PATHS:
        named = "main, mono, print, monitor, stream, off, or one such as ch/01, bus/01, mtx/01"
        raise ValueError(f"{word!r} is no strip: {named}")
    places = strips.place(routing.strip_sides(strips.PATHS.index(path)), layout.POST_FADER)
    return list(dict.fromkeys(int(place) for place in places))


class Meters:
    """All meters, and the signals they are given.

    Parameters
    ----------
    audio : Wall
        Where the signals are kept.
    stream : callable, optional
        Places of the outputs of the device that feed a stream; the second meter measures them where there are any.

    Attributes
    ----------
    sources : list of str
        What each of them measures.
    held : list of bool
        Which of them keep what they have summed up.
    """

    def __init__(self, audio: wall.Wall, stream: Callable[[], list[int]] = no_stream) -> None:
        self._audio = audio
        self._stream = stream
        self._live: list[Live | None] = [None] * METERS
        self._frame = audio.count(memory.FRAME)
        self.sources = [OFF] * METERS
        self.held = [False] * METERS
        self._places: list[list[int]] = [[] for _ in range(METERS)]
        self.measure(0, MAIN)
        if stream():
            self.measure(1, STREAM)

    def measure(self, number: int, source: str) -> None:
        """Let a meter, counted from 0, measure something else, from the beginning.

        Raises
        ------
        ValueError
            When there is no such signal.
        """
        places = sides(source, self._stream)
        tapped = np.full(2, taps.NOTHING)
        tapped[: len(places)] = places
        self._audio.memory["tapped"][2 * number : 2 * number + 2] = tapped
        self.sources[number], self._places[number] = source, places
        self._begin(number, places, LARGEST_BLOCK)

    def reset(self, number: int) -> None:
        """Let a meter forget what it has summed up."""
        if (live := self._live[number]) is not None:
            self._begin(number, live.places)

    def _begin(self, number: int, places: Sequence[int], delay: int = 0) -> None:
        """Put a new meter in place of another, which a thread may still be busy with; its taps follow after `delay`."""
        rate = int(self._audio.rate)
        # Rates that hundredths of a second do not divide have no meter.
        able = bool(places) and rate % loudness.CELLS == 0
        self._live[number] = Live(rate, places, self._audio.count(memory.FRAME) + delay) if able else None

    def add(self) -> None:
        """Measure what has been heard since the last call; that takes a few milliseconds for each meter."""
        now, rate = self._audio.count(memory.FRAME), int(self._audio.rate)
        begin = min(max(self._frame, now - taps.RING // 2), now)
        self._frame = now
        if begin == now:
            return
        for number, source in enumerate(self.sources):
            if STREAM in source and sides(source, self._stream) != self._places[number]:  # the settings were reloaded
                self.measure(number, source)
        heard: Float = self._audio.memory["taps"][np.arange(begin, now) % taps.RING].astype(np.float64)
        for number, live in enumerate(list(self._live)):
            if live is None:
                continue
            if live.rate != rate:  # another device
                self._begin(number, live.places)
            elif live.begin < now:
                first = max(live.begin - begin, 0)
                live.add(heard[first:, 2 * number : 2 * number + len(live.places)], self.held[number])

    def readings(self) -> list[Reading]:
        """What all of them show."""
        return [SILENCE if live is None else live.reading() for live in self._live]
