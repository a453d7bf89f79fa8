"""The control side of the wall: the end that the control thread holds."""

import ctypes
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.engine import layout, meters
from dsp.engine.layout import OUT_GROUPS, ROWS, TAPS, WIDTH
from dsp.engine.memory import (
    AUDIO_FIRST,
    CALLS,
    CLOCKS,
    DONE,
    F4,
    FRAME,
    FRESH,
    HUSH,
    HUSH_MIDDLE,
    HUSH_STAMPS,
    HUSHED,
    MEMORY,
    MIDDLE,
    NUMBERS,
    NUMBERS_SIZE,
    PAGE_IN_USE,
    PAGE_WANTED,
    PAST,
    PLAY_FIRST,
    PLAY_HEAD,
    PLAYERS,
    RECALL_STAMP,
    RECALL_STAMPS,
    RECALLED,
    REHEARSAL,
    REHEARSED,
    STAMPED,
    STAMPS,
    kept_frames,
)
from dsp.native import control, lanes
from dsp.processors import glide, patch, registry
from dsp.processors.processor import Place

PAGE_SIZE = 4096
POPULATE = 23
"""`madvise`: have these pages at once, as writing to each would (Linux 5.14)."""

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Lend = Callable[[int], Bytes]

AHEAD = 8192
"""Frames that are there at once of what the audio thread needs row by row, 85 ms at 96 kHz: the rest takes ten."""

SPARE, PRINTED = "spare", "prints"
"""What nobody needs before the first scene is recalled, or the first mix recorded; see `Lines`, too."""

LINES = registry.lines()

RINGS = registry.fields(Place.RING)
ROUND = max(max(ring.shape) for ring in RINGS)
"""Frames in which all rings come round: who reads one goes on counting from stream to stream."""


class Wall:
    """The control side of the wall, and the owner of its memory.

    Parameters
    ----------
    rate : float
        Frames per second.
    inputs, outputs : int
        Channels of the device, at most 64 each.
    fade_in : bool
        Whether the outputs fade in; a rendering wants its first frame as it is.
    lend : callable, optional
        Gives so many bytes of memory for it all, as an array of uint8 that holds zeros: such that another process
        sees, too.  Every page of it is there when the first block comes; of memory of its own when it is needed.
    beside : callable, optional
        Has work done that takes too long for who is in a hurry, by another thread; else it is done at once.

    Attributes
    ----------
    effects : object
        Owner of what the effects remember: it is there as long as the wall, whoever else has gone.
    """

    def __init__(
        self, rate: float, inputs: int, outputs: int, fade_in: bool = True, lend: Lend | None = None,
        beside: Callable[[Callable[[], None]], object] = lambda work: work(),
    ) -> None:  # fmt: skip
        self.effects: object = None
        self._room = inputs if lend is None else patch.DEVICE_CHANNELS
        self._bytes = _aligned((lend or _lend)(MEMORY.itemsize + 4 * PAST * self._room + lanes.CACHE_LINE))
        self.block = self._bytes[: MEMORY.itemsize].view(MEMORY)
        self.memory = self.block[0]
        self._fade_in, self._beside = fade_in, beside
        self._serial = 0
        self._recalls = self._hushes = 0
        self._recalled: Callable[[], object] = lambda: None
        self._stamps_read = 0
        self._had: set[str] = set()
        self.rate, self.inputs, self.outputs = rate, min(inputs, self._room), outputs
        if lend is not None:
            self._clear(0)
        self._lay_out()
        _put_at_rest(self.memory, Place.WISH)

    def control_begin_anew(self, rate: float, inputs: int, outputs: int) -> None:
        """Forget all that was heard, for a device that has come back, or another one; while nothing calls.

        Frames and serials go on counting: a stamp still means one moment of the show.  Of more inputs than
        there is room for the first are used.
        """
        words = self.memory["words"]
        self.memory["before"] += -(-int(words[FRAME]) // ROUND) * ROUND
        words[[PAGE_WANTED, PAGE_IN_USE, FRAME, REHEARSAL]] = 0
        words[PLAY_FIRST : PLAY_HEAD + PLAYERS] = 0
        words[DONE] = words[CALLS]
        for ring in RINGS:
            if ring.name in self._had or not ring.is_late:
                self.memory[ring.name] = 0
        self.rate, self.inputs, self.outputs = rate, min(inputs, self._room), outputs
        self._clear(AUDIO_FIRST)
        self._lay_out()

    def _clear(self, first: int) -> None:
        """Make zeros of all from this byte on but what is needed later, or never, and is zero.

        Every page is written to, so that none is missing when the audio thread comes.
        """
        end = self._past_begins + 4 * self.kept * self.inputs
        for begin, after in [*sorted(map(self._span, self._unneeded())), (end, end)]:
            if begin >= first:
                self._bytes[first:begin] = 0
                first = after

    def _unneeded(self) -> list[npt.NDArray[Any]]:
        """What holds zeros and need not be there: what nobody has needed yet, and rows beyond those of this rate."""
        m = self.memory
        beyond = [m["past_returned"][self.kept :]]
        for desk in m["desks"]:
            beyond += [line for each in LINES for line in desk[each.name][:, each.rows(self.rate) :]]
        return beyond + [each for parts, each in self._later() if not parts <= self._had]

    def _later(self) -> list[tuple[set[str], npt.NDArray[Any]]]:
        """What nobody needs before he needs all of these parts."""
        lines = [each for desk in range(2) for each in self._lines(desk).values()]
        rings = [({ring.name}, self.memory[ring.name]) for ring in RINGS if ring.is_late]
        return [*rings, *(each for each in lines if each[0])]

    def _lines(self, which: int) -> dict[str, tuple[set[str], npt.NDArray[np.float32]]]:
        """What a desk keeps in lines, and which parts this is: a line that waits for a setting is one of its own."""
        desk, beside = self.memory["desks"][which], {SPARE} if which else set()
        return {
            (part := f"{each.name}{line}"): (beside | {part} if each.waits_for else beside, rows)
            for each in LINES
            for line, rows in enumerate(desk[each.name][:, : each.rows(self.rate)])
        }

    def _span(self, part: npt.NDArray[Any]) -> tuple[int, int]:
        """Where it begins, and where it ends, in bytes."""
        first = part.ctypes.data - self._bytes.ctypes.data
        return first, first + part.nbytes

    def _lay_out(self) -> None:
        """Set what a stream begins with, in zeros."""
        m = self.memory
        m["words"][MIDDLE] = 1
        m["words"][HUSH_MIDDLE] = 1
        m["slot"] = m["hush"] = 2
        m["rate"] = round(self.rate)
        m["kept"] = self.kept
        self._own = self._own_hush = 0
        _put_at_rest(m, Place.HEARD)
        desks = m["desks"]
        desks["inputs"], desks["outputs"] = self.inputs, self.outputs
        for each in LINES:
            desks[f"{each.name}_mask"] = each.rows(self.rate) - 1
        desks["glide_length"] = glide.length(self.rate)
        desks["curve"] = glide.curve(self.rate)
        for name in CLOCKS.names or ():
            desks["clock"][name] = glide.SETTLED
        for processor in registry.ALL:
            for row, value in processor.rest.items():
                desks[f"{processor.name}_state"][..., row, :] = value
        _put_at_rest(desks, Place.DESK)
        desks["set"]["other_side"] = layout.wanted(np.arange(OUT_GROUPS * WIDTH)).reshape(OUT_GROUPS, WIDTH)
        if not self._fade_in:
            desks["start"]["output"] = desks["target"]["output"] = 1
        for i in range(ROWS):
            group, tap, lane = i // (TAPS * WIDTH), i // WIDTH % TAPS, i % WIDTH
            desks["places"][:, i] = layout.place(group, tap, lane)
        for page in m["pages"]:
            meters.clear(page)

    @property
    def address(self) -> int:
        """Where the memory is: the callback's one `void *`."""
        return int(self.block.ctypes.data)

    def control_publish(self, draft: npt.NDArray[Any]) -> int:
        """Hand a complete set of targets (scalar of TARGETS) to the audio thread; return its serial.

        Raises
        ------
        ValueError
            If a target is not finite; nothing is handed over then.
        """
        # One look at all that a draft begins with: it is there for every move.
        if not np.isfinite(draft.reshape(1).view(F4)[:NUMBERS_SIZE]).all():
            not_finite = next(name for name, *_ in NUMBERS if not np.isfinite(draft[name]).all())
            raise ValueError(f"a target in {not_finite!r} is not a finite number")
        for each in LINES:
            for line in np.flatnonzero(draft[each.waits_for].any(axis=-1)) if each.waits_for else ():
                self._prepare_ahead(f"{each.name}{line}")  # the audio thread will write there
        self._serial += 1
        self.memory["slots"][self._own] = draft
        self.memory["slots"][self._own]["serial"] = self._serial
        words = self.memory["words"]
        self._own = control.exchange(words, MIDDLE, self._own | FRESH) & 3
        if self._recalls != (recalls := int(draft["recalls"])):
            self._recalls = recalls
            self._had.add(SPARE)
            self._recalled()
        return self._serial

    @property
    def published(self) -> int:
        """Serial of the newest targets that were handed over."""
        return self._serial

    def control_hush(self, drafts: Sequence[npt.NDArray[Any]]) -> None:
        """Hand over what desks that may be heard before the newest are pulled down to, after `control_publish`.

        Parameters
        ----------
        drafts : sequence of scalar of TARGETS
            One for each desk, with its number of recalls; at most HUSHES, of which the levels count: see `hush`.
        """
        slot = self.memory["hushes"][self._own_hush]
        slot["recalls"] = -1
        for entry, draft in zip(slot, drafts, strict=False):
            for name in HUSH.names or ():
                entry[name] = draft[name]
        self._hushes += 1
        self.memory["hush_serial"][self._own_hush] = self._hushes
        self._own_hush = control.exchange(self.memory["words"], HUSH_MIDDLE, self._own_hush | FRESH) & 3

    def control_prepare(self, part: str) -> None:
        """Have all pages of what is needed from now on, as SPARE; what they hold stays.  Any thread may."""
        self._had.add(part)
        for each in self._needed_with(part):
            self._have(each)

    def _prepare_ahead(self, part: str) -> None:
        """The same for who has no time: what the audio thread comes to first is there at once, the rest soon."""
        if part in self._had:
            return
        self._had.add(part)
        now = int(control.load(self.memory["words"], FRAME))
        for each in self._needed_with(part):
            for ring in each.reshape(-1, *each.shape[-2:]):
                begin = now % len(ring)
                self._have(ring[begin : begin + AHEAD])
                self._have(ring[: max(begin + AHEAD - len(ring), 0)])
        self._beside(functools.partial(self.control_prepare, part))

    def _needed_with(self, part: str) -> list[npt.NDArray[Any]]:
        """What is needed since a part is: of all that it needs there was only this one missing."""
        return [each for parts, each in self._later() if part in parts and parts <= self._had]

    def _have(self, array: npt.NDArray[Any]) -> None:
        """Have all its pages."""
        begin, end = self._span(array)
        first = self._bytes.ctypes.data + begin
        if not _populated(first - first % PAGE_SIZE, end - begin + first % PAGE_SIZE):
            self._bytes[begin:end:PAGE_SIZE].sum()  # reading gives a page, too

    def lines(self, desk: int, used: bool = False) -> dict[str, npt.NDArray[np.float32]]:
        """What a desk keeps in lines, by name, with all their rows.

        Parameters
        ----------
        desk : int
        used : bool
            Leave out what holds nothing but zeros and was never needed: to look at it would have it made.
        """
        found = self._lines(desk).items()
        return {name: rows for name, (parts, rows) in found if not used or parts <= self._had}

    def control_print(self, lanes: slice, places: Sequence[int] | Numbers) -> None:
        """Have the audio thread keep the signals at these places to be recorded, from its next block on."""
        self._prepare_ahead(PRINTED)
        self.memory["printed"].reshape(-1)[lanes] = places

    def control_hurry(self, places: Sequence[int] | Numbers, forgets: bool = True) -> None:
        """Have left out what is only looked at, and what a desk to come would hear again: for a rendering.

        Parameters
        ----------
        places : sequence of int
            Of the signals that are wanted: where none of them is an output of the console, these are left out.  No
            input, insert or effect takes one.
        forgets : bool
            Whether no line that is off is going to be switched on.
        """
        self.memory["unwatched"] = self.memory["forgetful"] = 1
        self.memory["desks"]["forgets"] = forgets
        first, end = (layout.place(group, layout.INPUT, 0) for group in (layout.SEND, layout.OUT))
        self.memory["desks"]["shut"] = not any(first <= place < end for place in places)

    def control_changes(self) -> bool:
        """Whether one desk is giving way to another, or is about to."""
        return self.control_recalls() or bool(self.memory["changing"])

    def control_waits(self) -> bool:
        """Whether targets have been handed over that the audio thread has not fetched: the next take their place."""
        return bool(control.load(self.memory["words"], MIDDLE) & FRESH)

    def control_desks(self) -> set[int]:
        """Numbers of the recalls that made the two desks: the one that is heard and the one that comes, or went."""
        return set(self.memory["desks"]["recalls"].tolist())

    def control_delegate(self, recalled: Callable[[], object]) -> None:
        """Let another thread rehearse, and call `recalled` when there is something to; before the audio thread runs."""
        self.memory["threaded"] = 1
        self._recalled = recalled

    def control_recalls(self) -> bool:
        """Whether a recall has been handed over that is not heard yet."""
        words = self.memory["words"]
        return self._recalls != control.load(words, RECALLED)

    def control_collect(self) -> npt.NDArray[Any] | None:
        """Take the meters measured since the last call (scalar of METERS), None if no block has run since."""
        words = self.memory["words"]
        wanted = control.load(words, PAGE_WANTED)
        if control.load(words, PAGE_IN_USE) != wanted:
            return None
        at_rest = self.memory["pages"][1 - wanted]
        measured = meters.by_name(at_rest)
        meters.clear(at_rest)
        control.store(words, PAGE_WANTED, 1 - wanted)
        return measured

    def stamps(self) -> list[tuple[int, int]]:
        """Acceptances since the last call, oldest first: serial of the targets, frame at which they took effect."""
        stamps, self._stamps_read = self.stamps_since(self._stamps_read)
        return stamps

    def stamps_since(self, count: int) -> tuple[list[tuple[int, int]], int]:
        """The same but for the first `count`, and how many there are: for whoever counts by himself."""
        total = control.load(self.memory["words"], STAMPED)
        serial, frame = self.memory["stamp_serial"], self.memory["stamp_frame"]
        found = range(max(count, total - STAMPS), total)
        return [(int(serial[i % STAMPS]), int(frame[i % STAMPS])) for i in found], total

    def hushes_since(self, count: int) -> tuple[list[tuple[int, int]], int]:
        """Serials of what was pulled down during recalls, with the frames from which on it was; see `stamps_since`."""
        total = control.load(self.memory["words"], HUSHED)
        rows = self.memory["hush_stamps"]
        return [tuple(rows[i % HUSH_STAMPS].tolist()) for i in range(max(count, total - HUSH_STAMPS), total)], total

    def recalls_since(self, count: int) -> tuple[list[dict[str, int]], int]:
        """Recalls, by the names of `memory.RECALL_STAMP`; see `stamps_since`."""
        total = control.load(self.memory["words"], REHEARSED)
        names, rows = RECALL_STAMP.names or (), self.memory["recall_stamps"]
        found = range(max(count, total - RECALL_STAMPS), total)
        return [dict(zip(names, map(int, rows[i % RECALL_STAMPS]), strict=True)) for i in found], total

    def recall_asked(self) -> tuple[int, int]:
        """Serial of the recall that is under way, and the frame at which it was asked for; an old one if none is."""
        row = self.memory["recall_stamps"][control.load(self.memory["words"], REHEARSED) % RECALL_STAMPS]
        return int(row["serial"]), int(row["asked"])

    def prints(self, first: int, frames: int, count: int | None = None) -> npt.NDArray[np.float32]:
        """Copy the first `count` signals that are recorded, from a frame of this stream on; shape (frames, count)."""
        groups, length, _ = self.memory["prints"].shape
        found = np.empty((frames, groups * WIDTH if count is None else count), F4)
        at = first % length
        until = min(frames, length - at)
        for group in range(-(-found.shape[1] // WIDTH)):
            lanes = found[:, group * WIDTH : (group + 1) * WIDTH]
            ring = self.memory["prints"][group, :, : lanes.shape[1]]
            lanes[:until], lanes[until:] = ring[at : at + until], ring[: frames - until]
        return found

    @property
    def hushed(self) -> int:
        """Serial of what was handed over last to be pulled down during a recall."""
        return self._hushes

    def control_resume(self, serial: int, recalls: int) -> None:
        """Count on from where another stream was: for who plays a show again; before anything is handed over."""
        self._serial, self._recalls = serial, recalls

    def past(self, first: int, frames: int) -> npt.NDArray[np.float32]:
        """Copy what came in from a frame of this stream on, shape (frames, inputs); it is there for `kept` frames."""
        return self._past[(first + np.arange(frames)) % self.kept]

    def control_keep_past(self, first: int, came_in: npt.NDArray[np.float32]) -> None:
        """Let this have come in from a frame on: for who plays a show again; while nothing calls."""
        self._past[(first + np.arange(len(came_in))) % self.kept] = came_in

    @property
    def kept(self) -> int:
        """For how many frames what came in is kept."""
        return kept_frames(self.rate)

    @property
    def _past(self) -> npt.NDArray[np.float32]:
        begin = self._past_begins
        return self._bytes[begin : begin + 4 * self.kept * self.inputs].view(F4).reshape(self.kept, self.inputs)

    @property
    def _past_begins(self) -> int:
        """Where it lies, in bytes."""
        assert MEMORY.fields is not None
        return int(MEMORY.fields["past"][1])

    def effect_in_use(self, slot: int) -> int:
        """Serial of the effect that sounds in a slot, counted from 0; see `design.rack`."""
        rack = self.memory["rack"]
        return int(rack["slots"]["serial"][rack["heard"][slot], slot])

    @functools.cached_property
    def _read(self) -> Callable[[int], int]:
        """Read one of the words: every move asks for the frame at which it is made."""
        return control.load.bound(self.memory["words"])

    def count(self, word: int) -> int:
        """One of the counters the audio thread keeps: FRAME, CALLS, DONE, UNDERRUNS, OVERRUNS, LATE, LONGEST (ns)."""
        counted = int(self._read(word))
        return counted + int(self.memory["before"]) if word == FRAME else counted


def _put_at_rest(memory: Any, place: Place) -> None:
    """Lay what stages have in a place of memory, as it is at first."""
    for field in registry.fields(place):
        memory[field.name] = field.rest


def _populated(address: int, size: int) -> bool:
    """Whether the system has given these pages; who can't be asked leaves it to the reader."""
    try:
        return int(ctypes.CDLL(None).madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), POPULATE)) == 0
    except (OSError, AttributeError, TypeError):
        return False


def _lend(size: int) -> Bytes:
    return np.zeros(size, np.uint8)


def _aligned(lent: Bytes) -> Bytes:
    """Begin on a cache line."""
    return lent[-lent.ctypes.data % lanes.CACHE_LINE :]
