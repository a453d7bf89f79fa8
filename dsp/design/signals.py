"""Signals by name, and the tools that are sources without a strip: oscillator and talkback."""

import functools
import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import routing, strips
from dsp.engine import layout
from dsp.parameters.table import Values

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

# An interface's first two outputs are the mains, wherever the desk has them: outputs 15 and 16, as delivered.
DEFAULT_OUTPUTS = (
    "out/15", "out/16", *(f"out/{out:02}" for out in range(1, 15)),
    *(f"aux-out/{out}" for out in range(1, 7)), "aes/1", "aes/2", "monitor/l", "monitor/r",
    *(f"p16/{out:02}" for out in range(1, 17)),
)  # fmt: skip

STRIPS = {"ch": strips.CHANNEL, "aux": strips.AUX, "fxrtn": strips.EFFECT, "bus": strips.BUS, "mtx": strips.MATRIX}
MAINS = {"main/l": 0, "main/r": 1, "main/m": 2}
SENDS = {"aux-out": (layout.AUX_OUT, 6), "aes": (layout.AES_OUT, 2), "rec": (layout.RECORD_OUT, 2),
         "p16": (layout.PERSONAL_OUT, 16)}  # fmt: skip
LISTEN = {f"listen/{number}": number for number in range(1, layout.LISTENERS + 1)}
SIDES = {"/l": 0, "/r": 1}
PRINT = "print"
"""Main left and right as they are mixed: before the insert, EQ, dynamics and fader that are for the house."""
STREAMS = {"aes50-a": ("AES50A", 48), "aes50-b": ("AES50B", 48), "card": ("CARD", 32)}
PAIRS = {name: tuple(name + side for side in SIDES) for name in ("main", "monitor", PRINT, *LISTEN)}

KNOWN = (
    "main, main/m, print, bus/01…16, mtx/01…06, ch/01…32, aux/01…08, fxrtn/01…08, out/01…16, aux-out/1…6, aes/1…2, "
    "rec/1…2, p16/01…16, aes50-a/01…48, aes50-b/01…48, card/01…32, monitor, listen/1…7, off; main, print, monitor and "
    "listen have two sides, such as main/l and main/r"
)

GATE_PAGE = 2  # of the channel's screen
LR_BIT, MONO_BIT = 16, 17  # of a talkback's destinations
TO_L, TO_R, TO_BOTH, TO_MONO, TO_FIRST_MATRIX = 16, 17, 18, 19, 20  # of the oscillator's


def input_place(number: int) -> int:
    """Place of a device input counted from 1; 0 is silence."""
    if number == 0:
        return layout.NOWHERE
    group, lane = divmod(number - 1, layout.WIDTH)
    return int(layout.place(int(layout.RAW) + group, layout.INPUT, lane))


class Finder:
    """Finds signals by name; what several names need is worked out once.

    Parameters
    ----------
    values : Values
        How the desk is routed.
    talk : int
        Place of the talkback.
    """

    def __init__(self, values: Values, talk: int = layout.NOWHERE) -> None:
        self._values = values
        self._physical = routing.physical(talk)

    @functools.cached_property
    def _xlr(self) -> list[int]:
        return [int(place) for place in routing.xlr(self._values, self._physical)]

    @functools.cached_property
    def _streams(self) -> dict[str, list[int]]:
        return {
            bank: [int(place) for place in routing.stream(self._values, port, self._physical)]
            for bank, (port, _) in STREAMS.items()
        }

    def find(self, name: str | int) -> list[int]:
        """Places of a signal that can be patched to an output or rendered.

        Parameters
        ----------
        name : str or int
            A place, or one of `KNOWN`; strips are taken after their faders, `out/NN` is the desk's XLR output as it is
            patched and routed, and so is what the desk would send to AES50 and to its card.

        Raises
        ------
        ValueError
            If there is no such signal; the message says which there are.
        """
        if not isinstance(name, str):
            return [int(name)]
        if name in PAIRS:
            return [place for side in PAIRS[name] for place in self.find(side)]
        if name == "off":
            return [layout.NOWHERE]
        if name in MAINS:
            return [int(strips.place(strips.STEREO.first + MAINS[name], layout.POST_FADER))]
        pair, side = name[:-2], SIDES.get(name[-2:], 0)
        if name in PAIRS[PRINT]:
            return [int(strips.place(strips.STEREO.first + side, layout.INPUT))]
        if name in PAIRS.get("monitor", ()):
            return [int(routing.send_place(layout.MONITOR_OUT + side))]
        if name in PAIRS.get(pair, ()):
            return [int(layout.place(layout.MONITOR, layout.INPUT, layout.listener_lanes(LISTEN[pair]).start + side))]
        match = re.fullmatch(r"([a-z0-9-]+)/(\d{1,2})", name)
        if match and (place := self._in_bank(match[1], int(match[2]) - 1)) is not None:
            return [place]
        raise ValueError(f"no signal is called {name!r}: say one of {KNOWN}")

    def _in_bank(self, bank: str, index: int) -> int | None:
        """Place of a signal of a bank, counted from 0."""
        if bank in STRIPS and 0 <= index < STRIPS[bank].strips:
            return int(strips.place(STRIPS[bank].first + index, layout.POST_FADER))
        if bank in SENDS and 0 <= index < SENDS[bank][1]:
            return int(routing.send_place(SENDS[bank][0] + index))
        if bank in STREAMS and 0 <= index < STREAMS[bank][1]:
            return self._streams[bank][index]
        return self._xlr[index] if bank == "out" and 0 <= index < 16 else None


def find(name: str | int, values: Values, talk: int = layout.NOWHERE) -> list[int]:
    """Places of a signal, see `Finder.find`."""
    return Finder(values, talk).find(name)


def find_all(names: Iterable[str | int], values: Values, talk: int) -> list[int]:
    """Places of several signals, in order."""
    finder = Finder(values, talk)
    return [place for name in names for place in finder.find(name)]


def _switch(values: Values, path: str, size: int) -> Bool:
    """Switches of a row; all off on a console that does not have it."""
    if path not in values.table.rows:
        return np.zeros(size, bool)
    return np.atleast_1d(values.row(path)).astype(bool)


def solo_switches(values: Values) -> Bool:
    """All solo switches."""
    return _switch(values, "-stat/solosw/{solo}", strips.SWITCHES)


def oscillates(values: Values) -> bool:
    """Whether the oscillator is on."""
    return bool(_switch(values, "-stat/osc/on", 1)[0])


def talk(values: Values) -> Float:
    """Gains of talkback A and B to the buses, left, right and mono; shape (2, 19)."""
    on = _switch(values, "-stat/talk/{talk}", 2) & bool(values.row("config/talk/enable"))
    level = on * units.db_to_gain(values.row("config/talk/{talk}/level"))
    to = (values.row("config/talk/{talk}/destmap")[:, np.newaxis] >> np.arange(18) & 1).astype(bool)
    places = np.concatenate((to[:, :16], to[:, [LR_BIT, LR_BIT, MONO_BIT]]), axis=1)
    return places * level[:, np.newaxis]


def talk_dims(values: Values) -> bool:
    """Whether an open talkback dims the monitor."""
    on = _switch(values, "-stat/talk/{talk}", 2) & bool(values.row("config/talk/enable"))
    return bool((on & values.row("config/talk/{talk}/dim")).any())


class HeardKey(NamedTuple):
    """Which key the monitor plays."""

    which: int
    """0 of the gate, 1 and 2 of dynamics before and behind the EQ."""
    kind: strips.Kind
    number: int
    """Lane of the kind."""

    @property
    def place(self) -> tuple[int, int, int]:
        """Which key, group and lane."""
        return self.which, *divmod(self.kind.first + self.number, layout.WIDTH)


def heard_key(values: Values) -> HeardKey | None:
    """Which key the monitor plays: that of the selected strip, its gate's while the screen shows the gate.

    None is none: not wished, or a strip that has neither gate nor dynamics.
    """
    if not _switch(values, "-stat/keysolo", 1)[0]:
        return None
    number = int(values.row("-stat/selidx"))
    for kind in strips.NUMBERED:
        if number < kind.strips:
            break
        number -= kind.strips
    if not strips.has(values, kind, "dyn/pos"):
        return None
    lane = number * kind.width
    on_gate = kind is strips.CHANNEL and int(values.row("-stat/screen/CHAN/page")) == GATE_PAGE
    return HeardKey(0 if on_gate else 1 + int(strips.row(values, kind, "dyn/pos")[lane]), kind, lane)


def tools(values: Values, talk_gains: Float) -> Float:
    """Gains of oscillator and talkback to the mixes, see `layout.MIXES`; shape (mixes, 16 lanes of the tools, 16)."""
    mix = np.zeros((layout.MIXES, layout.WIDTH, layout.WIDTH))
    for lane, gains in ((layout.TALK_A, talk_gains[0]), (layout.TALK_B, talk_gains[1])):
        mix[layout.TO_BUS, lane] = gains[:16]
        mix[layout.TO_MAIN, lane, :3] = gains[16:]
    if not oscillates(values):
        return mix
    level = units.db_to_gain(values.row("config/osc/level"))
    to = int(values.row("config/osc/dest"))
    if to < TO_L:
        mix[layout.TO_BUS, layout.OSCILLATOR, to] = level
    elif to < TO_FIRST_MATRIX:
        sides = {TO_L: [0], TO_R: [1], TO_BOTH: [0, 1], TO_MONO: [2]}[to]
        mix[layout.TO_MAIN, layout.OSCILLATOR, sides] = level
    else:
        mix[layout.TO_MATRIX, layout.OSCILLATOR, to - TO_FIRST_MATRIX] = level
    return mix
