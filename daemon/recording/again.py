"""A show once more: what came in, through the moves that were made, as it was heard.

    checkpoint ─▶ desk ─▶ (each move at the frame at which it was heard) ─▶ signals, to the last bit
    reels ─▶ inputs ──────────────╯
"""

import bisect
import ctypes
import dataclasses
import math
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.audio import callback, kernels
from daemon.desk import console
from daemon.recording import alter, checkpoint, journal, score
from dsp.design import draft, signals
from dsp.engine import layout, memory, wall
from dsp.parameters.row import Stored
from dsp.parameters.table import Values
from dsp.processors import taps
from dsp.processors.glide import SUB_BLOCK
from dsp.table import TABLE

Sound = npt.NDArray[np.float32]
Read = Callable[[int, int], Sound]
"""Gives tracks, of which the inputs are the first: a frame of the gig, and how many from there on."""

Step = tuple[int, int, int, bool]
"""Of a rehearsal: the frame at which it is due, and what is handed to `callback.rehearse_again`."""
GOING_ON = -1
"""In place of the frame at which it began."""

Deed = tuple[int, Stored, bool, int]
"""A leaf, what it is set to, whether it was recalled with a whole desk, and for how many sub-blocks it rides."""
PLAY = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64,
    ctypes.c_int64,
)  # fmt: skip
REHEARSE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
LANES = taps.GROUPS * layout.WIDTH
LONGEST = 16_384
"""Frames that are mixed at a time at most: their signals lie in a ring."""
STRIDES = 4
"""How often a rehearsal goes on at least, while what came in is kept."""


@dataclasses.dataclass
class Score:
    """What a gig knows of its moves; frames count from the beginning of the gig.

    Attributes
    ----------
    moves : list of dict
        In order.
    at : list of float
        Frame of each at which it was heard; infinite for what never was.
    pulls : list of float
        Frame of each at which what it pulled down was, which may be later.
    recalls : list of dict
        Frames of each: see `memory.RECALL_STAMP`.
    states : list of dict
        Checkpoints, in order.
    ends : list of int
        Frames behind which it can be played again only from the next checkpoint on.
    """

    moves: list[journal.Event]
    at: list[float]
    pulls: list[float]
    recalls: list[journal.Event]
    states: list[journal.Event]
    ends: list[int]


def read(folder: pathlib.Path) -> Score:
    """Read the score of a gig.

    Raises
    ------
    Refusal
        When it has none.
    """
    path = folder / score.MOVES
    try:
        events, _ = journal.read(path)
    except OSError as error:
        raise errors.Refusal(f"{path}: {error.strerror}; without its moves this gig can only be exported") from None
    of: dict[str, list[journal.Event]] = {}
    for event in events:
        of.setdefault(event["kind"], []).append(event)
    heard = {serial: frame for event in of.get("heard", []) for serial, frame in event["at"]}
    pulled = {hush: frame for event in of.get("pulled", []) for hush, frame in event["at"]}
    # A desk that is recalled takes its targets when it is asked for, and is heard later.
    heard |= {serial: frame for event in of.get("asked", []) for serial, frame in event["at"]}
    heard |= {event["serial"]: event["asked"] for event in of.get("recall", [])}
    moves, at, pulls, later, pull = of.get("move", []), [], [], math.inf, math.inf
    for move in reversed(moves):
        # What was handed over just before the next was not heard by itself.
        pull = min(pull, pulled.get(move.get("hush"), math.inf))
        later = min(later, heard.get(move.get("serial"), math.inf), pull)
        at.append(later)
        pulls.append(pull)
    breaks = of.get("break", [])
    # What was kept while frames were lost can't go on from there: they are silence in the reels.
    lost = [range(event["frame"], event["frame"] + event.get("frames", 0)) for event in breaks]
    states = [state for state in of.get("state", []) if not any(state["frame"] in each for each in lost)]
    ends = [event["frame"] for event in breaks]
    ends += [heard[event["serial"]] for event in of.get("anew", []) if event["serial"] in heard]
    return Score(moves, at[::-1], pulls[::-1], of.get("recall", []), states, sorted(ends))


class Show:
    """A part of a show that is played again.

    Parameters
    ----------
    folder : Path
        Of the gig.
    manifest : dict
        What was known when it began.
    known : Score
    state : dict
        Event of the checkpoint to begin at.
    source : callable
        Gives the inputs.
    names : sequence of str
        Signals to give, at most 32 lanes.
    altered : callable, optional
        Makes it another show: see `alter.read`.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        manifest: dict[str, Any],
        known: Score,
        state: journal.Event,
        source: Read,
        names: Sequence[str],
        altered: alter.Alter | None = None,
    ) -> None:
        self.frame: int = state["frame"]
        self._known, self._source, self._alter = known, source, altered
        kernels.load()
        self._process = PLAY(callback.play_again.address)
        self._rehearse = REHEARSE(callback.rehearse_again.address)
        # Nobody hears a device: what is given is taken before its outputs, which need not be made.
        self._audio = wall.Wall(manifest["rate"], manifest["inputs"], 0, fade_in=False)
        self._mixer = console.Console(self._audio, draft.Plan(**manifest["plan"]))
        saved = checkpoint.load(folder / state["file"])
        self._offset = manifest["first_frame"] - int(saved["before"])
        self._due = self._recalls()
        heard = checkpoint.serial(saved)
        self._next = next((i for i, m in enumerate(known.moves) if m.get("serial", 0) > heard), len(known.moves))
        _begin(self._mixer.values, score.begin(folder)["values"], known.moves[: self._next])
        checkpoint.restore(saved, self._audio, self._mixer, self._past(saved))
        self._audio.memory["threaded"] = altered is None
        self._room = np.empty((SUB_BLOCK, self._audio.inputs), np.float32)
        talk = signals.input_place(manifest["plan"]["talk_input"])
        self.places = signals.find_all(names, self._mixer.values, talk)
        if len(self.places) > LANES:
            raise errors.Refusal(f"{len(self.places)} signals at a time are too many: at most {LANES}")
        self._audio.memory["printed"].reshape(-1)[: len(self.places)] = self.places
        self._audio.control_hurry(self.places, forgets=not self._has_delays())
        self._audio.memory["print_rows"] = SUB_BLOCK  # what comes of it is taken at once
        self._pulls = math.inf
        if altered is not None:
            self._begin_altered()

    def _past(self, saved: checkpoint.State) -> Sound:
        """What came in last before the checkpoint: from the reels, and what is older than these from itself.

        Nothing, where no desk is going to hear it again.
        """
        if not self._is_heard_again(self._audio.kept):
            return np.empty((0, self._audio.inputs), np.float32)
        count = min(self._audio.kept - memory.EVERY, self.frame)
        inputs = self._source(self.frame - count, count)[:, : self._audio.inputs]
        return np.concatenate([saved["past"], inputs]) if "past" in saved else inputs

    def _recalls(self) -> list[Step]:
        """What is to be done for recalls, the last first."""
        if self._alter is not None:
            return []
        found: list[Step] = []
        stride = self._audio.kept // STRIDES
        for each in self._known.recalls:
            if each["asked"] >= self.frame:
                ready, seen = each["ready"] + self._offset, each["seen"]
                begun = min(max(-(-each["now"] // SUB_BLOCK) * SUB_BLOCK, each["asked"] + SUB_BLOCK), seen)
                found.append((begun, each["now"] + self._offset, ready, False))
                found += [(frame, GOING_ON, ready, False) for frame in range(begun + stride, seen, stride)]
                found.append((seen, GOING_ON, ready, True))
        return found[::-1]

    def play(self, frames: int, block: int) -> Iterator[Sound]:
        """Give the signals of so many frames, block by block; shape (frames, lanes)."""
        left = frames
        while left > 0:
            self._act()
            count = min(block, left, LONGEST, self._until_next())
            self._audio.memory["forgetful"] = not self._is_heard_again(self._audio.kept + count)
            yield self._mix(count)
            self.frame += count
            left -= count

    def _has_delays(self) -> bool:
        """Whether a delay is switched or moved later in the show."""
        return any("delay" in path for move in self._known.moves[self._next :] for path, *_ in move["set"])

    def _mix(self, count: int) -> Sound:
        """Give the signals of so many frames."""
        tracks = self._source(self.frame, count)
        made = np.empty((count, len(self.places)), np.float32)
        self._process(
            self._audio.address, tracks.ctypes.data, tracks.strides[0] // tracks.itemsize, self._room.ctypes.data,
            made.ctypes.data, len(self.places), count,
        )  # fmt: skip
        return made

    def _is_heard_again(self, frames: int) -> bool:
        """Whether a desk hears again what comes in now, or may within so many frames."""
        is_near = bool(self._due) and self._due[-1][0] - self.frame <= frames
        return is_near or self._alter is not None or bool(self._audio.memory["changing"])

    def _act(self) -> None:
        """Do what is due at this frame: moves, then what happened beside the audio thread."""
        known = self._known
        while self._next < len(known.moves) and known.at[self._next] <= self.frame:
            self._pull(known.pulls[self._next])
            self._move(known.moves[self._next])
            self._pulls = known.pulls[self._next]
            self._next += 1
        self._pull(known.pulls[self._next] if self._next < len(known.moves) else math.inf)
        while self._due and self._due[-1][0] <= self.frame:
            _, *how = self._due.pop()
            self._rehearse(self._audio.address, *how)

    def _until_next(self) -> int:
        """Frames until something is due."""
        due: list[float] = [self._due[-1][0], self._pulls] if self._due else [self._pulls]
        if self._next < len(self._known.moves):
            due.append(self._known.at[self._next])
        return int(min([LONGEST, *(frame - self.frame for frame in due)]))

    def _pull(self, following: float) -> None:
        """Hand over what was pulled down, when it is time; what was heard together with the next waits for that."""
        if self._pulls <= self.frame and self._pulls < following:
            self._mixer.pull()
            self._pulls = math.inf

    def _move(self, move: journal.Event) -> None:
        """Set what was set then."""
        self._mixer.repeat(self._altered(_deeds(move), is_move=True), move.get("whole", False))
        self._mixer.publish(pulls=False)
        if self._alter is None and self._audio.published < move.get("serial", 0):
            self._audio.control_publish(self._mixer.targets)

    def _altered(self, deeds: list[Deed], is_move: bool) -> list[Deed]:
        if self._alter is None:
            return deeds
        others = ((leaf, self._alter(leaf, stored, is_move), recalled, pace) for leaf, stored, recalled, pace in deeds)
        return [(leaf, stored, recalled, pace) for leaf, stored, recalled, pace in others if stored is not None]

    def _begin_altered(self) -> None:
        """Let it be another desk from the beginning."""
        values = self._mixer.values
        now = [(leaf, values.get(leaf), True, 0) for leaf in range(TABLE.size)]
        others = self._altered(now, is_move=False)
        self._mixer.repeat([each for each in others if each[1] != values.get(each[0])], whole=True)
        self._mixer.publish()


def _begin(values: Values, given: dict[str, Stored], moves: Sequence[journal.Event]) -> None:
    """Set values to what they were at the beginning, and to what was set since."""
    for path, stored in given.items():
        _store(values, TABLE.leaves[path], stored)
    for leaf, stored, recalled, _ in (deed for move in moves for deed in _deeds(move)):
        if recalled:
            _store(values, leaf, stored)
        else:
            values.set(leaf, stored)


def _store(values: Values, leaf: int, stored: Stored) -> None:
    if isinstance(stored, str):
        values.texts[leaf] = stored
    else:
        values.stored[leaf] = stored


def _deeds(move: journal.Event) -> list[Deed]:
    known = TABLE.leaves
    return [(known[path], stored, *_how(*how)) for path, stored, *how in move["set"] if path in known]


def _how(recalled: int = 0, pace: int = 0) -> tuple[bool, int]:
    return bool(recalled), pace


def stretches(known: Score, begin: int, end: int) -> list[tuple[journal.Event, int, int]]:
    """What can be played again between two frames: a checkpoint each, where to begin and where to end."""
    found: list[tuple[journal.Event, int, int]] = []
    at = [state["frame"] for state in known.states]
    for i, state in enumerate(known.states):
        until = min([at[i + 1] if i + 1 < len(at) else end, end])
        stop = known.ends[bisect.bisect_right(known.ends, at[i])] if known.ends and known.ends[-1] > at[i] else until
        first, last = max(at[i], begin), min(until, stop)
        if first < last:
            found.append((state, first, last))
    return found


def gaps(parts: list[tuple[journal.Event, int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """What lies between two frames beside what `stretches` gives: before the first checkpoint, and after a gap."""
    edges = [begin, *(edge for _, first, last in parts for edge in (first, last)), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
