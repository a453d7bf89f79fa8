"""Eight meters of loudness as the console tells them, and how they went: kept from the first look on.

    /faderd/loudness 1 ─▶ ten times a second m, s, i, lra, tp, plr of each ─▶ readings, and every half second history
"""

from __future__ import annotations

import asyncio
import collections
import functools
import struct
from typing import Any, NamedTuple

from tui import link, strips

LOUDNESS = "/faderd/loudness"
METERS = 8
SILENCE_LUFS = -70.0
KEPT_S, EVERY_S = 1200.0, 0.5
ASKED = ("source", "target", "hold")
SOURCES = ("main", "mono", "print", "monitor", "stream", "off",
           *(strip.path for strip in strips.STRIPS if not strip.path.startswith("main")))  # fmt: skip
"""What a meter can measure, in the order in which it is gone through."""


class Reading(NamedTuple):
    """What one meter shows: LUFS, LU and dBTP."""

    m: float
    s: float
    i: float
    lra: float
    tp: float
    plr: float


class Loudness:
    """The meters of one console.

    Attributes
    ----------
    readings : list of Reading
        Empty before anything was told.
    settings : list of dict
        Source, target and hold of each meter, as far as they were told.
    history : list of deque of float
        Short-term loudness of each meter, oldest first, every `EVERY_S`.
    """

    def __init__(self, console: link.Link) -> None:
        self._link = console
        self._is_open = False
        self._kept_at = 0.0
        self.readings: list[Reading] = []
        self.settings: list[dict[str, Any]] = [{} for _ in range(METERS)]
        self.history: list[collections.deque[float]] = [
            collections.deque(maxlen=round(KEPT_S / EVERY_S)) for _ in range(METERS)
        ]

    def open(self) -> None:
        """Have it told from now on; it is kept while other pages are shown."""
        if not self._is_open:
            self._is_open = True
            self._link.listen(LOUDNESS, self._take)
            self._link.lease(LOUDNESS)
            for meter in range(METERS):
                for name in ASKED:
                    self._link.listen(self._address(meter, name), functools.partial(self._note, meter, name))
        for meter in range(METERS):
            for name in ASKED:
                self._link.ask(self._address(meter, name))

    def set(self, meter: int, name: str, value: int | float | str) -> None:
        """Tell a meter what to measure, to hold, to begin anew."""
        if self._link.command(self._address(meter, name), value) and name in ASKED:
            self._link.ask(self._address(meter, name))

    @staticmethod
    def _address(meter: int, name: str) -> str:
        return f"{LOUDNESS}/{meter + 1}/{name}"

    def _note(self, meter: int, name: str, arguments: list[Any]) -> None:
        self.settings[meter][name] = arguments[0]

    def _take(self, arguments: list[Any]) -> None:
        """Take the numbers of all meters."""
        (blob,) = arguments
        numbers = struct.unpack(f"<{METERS * len(Reading._fields)}f", blob[4:])
        size = len(Reading._fields)
        self.readings = [Reading(*numbers[meter * size : (meter + 1) * size]) for meter in range(METERS)]
        now = asyncio.get_running_loop().time()
        if now - self._kept_at >= EVERY_S:
            self._kept_at = now
            for kept, reading in zip(self.history, self.readings, strict=True):
                kept.append(max(reading.s, SILENCE_LUFS))
