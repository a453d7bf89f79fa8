"""A desk: the values of a console, and the draft of what the audio thread is to make of them.

A draft is one complete set of targets (`memory.TARGETS`).  Each of its sections is a part of the desk's sheet,
made from rows of the table that it reads whole: whatever is declared a `section`.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.design import monitor, rack, sheet, signals, strips
from dsp.design.strips import Kind
from dsp.engine import layout, memory
from dsp.parameters.table import Table, Values
from dsp.processors import patch, registry

Draft = npt.NDArray[Any]
Rows = npt.NDArray[np.float64]
Settings = tuple[npt.NDArray[Any], ...]

MOST_DB = 80.0
"""Ceiling of an output without a limiter: a rendering in floats may be as loud as it is."""


@dataclass
class Plan:
    """What the settings file says about the device, as far as the sound is concerned."""

    outputs: Sequence[str | int] = field(default_factory=lambda: list(signals.DEFAULT_OUTPUTS))
    """What the device's outputs carry, in order: see `signals.find`."""
    talk_input: int = 0
    """Device input of the talkback microphone, counted from 1; 0 is none."""
    ceiling_db: float = 0.0
    """Ceiling of every output, in dBFS."""
    ears: Sequence[str | int] = ()
    """Those of them that feed ears: limited to the true peak, with look-ahead."""
    stream: Sequence[str | int] = ()
    """Those of them that feed a stream: the same, to a ceiling of its own."""
    stream_ceiling_db: float = -1.0
    """In dBTP."""
    all_outputs: bool = True
    """Whether outputs of the console that no output of the device carries are mixed, for their meters."""


LISTENERS = "listeners"
"""What parts read that is in no table: who hears what on the listen buses."""
PLAYED = "played"
"""The same: what is played in place of inputs."""


@dataclass(frozen=True)
class Played:
    """What is played in place of inputs, or beside them."""

    rings: tuple[npt.NDArray[Any] | None, ...] = (None,) * memory.PLAYERS
    """Memory of each player, in the process that plays; see `engine.playback`."""
    swapped: frozenset[int] = frozenset()
    """Inputs of the device, counted from 1, whose places the recorded tracks take."""
    tape: bool = False
    """Whether the stereo player is what USB left and right are."""


SECTIONS: list[sheet.Key] = []
"""Every part that writes to the draft, with what it is about."""

Part = Callable[..., None]


def section(part: Part) -> Part:
    """Declare a part that writes to the draft, ``part(desk)``."""
    return section_for(())(part)


def section_for(*abouts: Any) -> Callable[[Part], Part]:
    """Declare a part that writes to the draft once for each of these: a kind of strips, a number, or a tuple."""

    def declare(part: Part) -> Part:
        # A kind is a named tuple: one thing.
        SECTIONS.extend((part, *(each if type(each) is tuple else (each,))) for each in abouts)
        return part

    return declare


class Desk(sheet.Sheet):
    """The values of a console, and the draft of what the audio thread is to make of them.

    Parameters
    ----------
    values : Values
        Read, never written.
    rate : float
        Frames per second.
    plan : Plan, optional
    """

    def __init__(self, values: Values, rate: float, plan: Plan | None = None) -> None:
        super().__init__(values)
        self.rate = rate
        self.plan = plan or Plan()
        self.talk = signals.input_place(self.plan.talk_input)
        self.ears = _feeding(self.plan.ears, self.plan, values.table)
        self.stream = _feeding(self.plan.stream, self.plan, values.table)
        self.key_lane = 0
        self._listeners: dict[int, monitor.Listener] = {}
        self._played = Played()
        self._designed: dict[Hashable, tuple[Settings, Rows]] = {}
        self.rack = rack.Rack(rate)
        self.draft: Draft = np.zeros((), memory.TARGETS)
        _lay_out(self.draft)

    @property
    def listeners(self) -> dict[int, monitor.Listener]:
        """Who hears what on the listen buses, counted from 1; who changes it touches `LISTENERS`."""
        self.note(LISTENERS)
        return self._listeners

    @listeners.setter
    def listeners(self, wishes: dict[int, monitor.Listener]) -> None:
        self._listeners = wishes

    @property
    def played(self) -> Played:
        """What is played; who changes it touches `PLAYED`."""
        self.note(PLAYED)
        return self._played

    @played.setter
    def played(self, played: Played) -> None:
        self._played = played

    def with_values(self, values: Values) -> "Desk":
        """A desk of its own that is like this one; `values` are equal to this one's."""
        twin = Desk(values, self.rate, self.plan)
        twin.key_lane, twin._listeners, twin._played = self.key_lane, self._listeners.copy(), self._played
        twin.draft = self.draft.copy()
        twin.rack.follow(self.rack)
        twin._designed = self._designed.copy()
        twin.take_after(self)
        return twin

    def designed(self, what: Hashable, settings: Settings, design: Callable[..., Rows]) -> Rows:
        """Rows of what is designed lane by lane, of which only lanes that are set otherwise are made anew.

        Parameters
        ----------
        what : hashable
            What it is, for the next time.
        settings : tuple of ndarray, shape (lanes, ...)
        design : callable
            Makes of such settings rows whose last axis are the lanes.
        """
        before, rows = self._designed.get(what, ((), np.zeros(0)))
        others = [(one != other).reshape(len(one), -1).any(1) for one, other in zip(settings, before, strict=False)]
        anew = np.flatnonzero(np.any(others, axis=0)) if before else np.arange(len(settings[0]))
        if anew.size == len(settings[0]):
            rows = design(*settings)
        elif anew.size:
            rows = rows.copy()
            rows[..., anew] = design(*(each[anew] for each in settings))
        self._designed[what] = settings, rows
        return rows

    def row(self, kind: Kind, leaf: str) -> npt.NDArray[Any]:
        """Values of a leaf in every lane of a kind of strips."""
        return strips.row(self.values, kind, leaf)


def _lay_out(draft: Draft) -> None:
    """Lanes without processors of their own: neutral, and harmless while gliding."""
    for name in ("patch", "send_patch", "output_patch", "insert_return", "effect_patch"):
        draft[name] = layout.NOWHERE
    draft["key"] = layout.SELF
    draft["heard_key"][:, 0] = layout.NO_KEY
    draft["preamp"] = draft["trim"] = draft["output"] = 1
    for processor in registry.ALL:
        for row, value in processor.neutral.items():
            draft[processor.name][..., row, :] = value


def _feeding(names: Sequence[str | int], plan: Plan, table: Table) -> npt.NDArray[np.bool_]:
    """Which outputs of the device are those that the settings name for ears, or for a stream; shape (64,).

    By what they carry on a desk from the factory, where no two names mean the same: an output keeps its
    limiter, and with it its latency, when another signal is patched to it.
    """
    factory = Values(table)
    carried, named = (signals.find_all(each, factory, layout.NOWHERE) for each in (plan.outputs, names))
    feeding = np.zeros(patch.DEVICE_CHANNELS, bool)
    feeding[: len(carried)] = np.isin(carried, named)[: patch.DEVICE_CHANNELS]
    return feeding


def put(field: npt.NDArray[Any], kind: Kind, rows: npt.NDArray[Any]) -> None:
    """Write rows of shape (rows, lanes of the kind) into a field of shape (groups, rows, 16)."""
    group, lane = np.divmod(kind.lanes, layout.WIDTH)
    field[group, :, lane] = rows.T


def put_places(field: npt.NDArray[Any], kind: Kind, places: npt.NDArray[Any]) -> None:
    """Write one number for each lane of a kind into a field of shape (groups, 16)."""
    field.reshape(-1)[kind.lanes] = places


def put_pair(draft: Draft, pair: int, kind: Kind, filters: npt.NDArray[np.float64]) -> None:
    """Write two filters, shape (2, 6, lanes of the kind)."""
    put(draft["filter"][pair], kind, filters.reshape(-1, filters.shape[-1]))
