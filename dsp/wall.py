"""The wall between the control thread and the audio thread: one block of memory, nothing else.

    control thread                 ║              audio thread
    draft ─▶ mailbox slot ─ exchange ─▶ newest slot ─▶ targets glide
    collect ◀─ page at rest ◀─ turn ─── page in use ◀─ measure

Values go down through a mailbox of three slots: the control side fills its own slot and exchanges
it for the middle one, the audio side exchanges its own for the middle one when that is fresh.
Newest wins, and a scene is one exchange.  Meters come up by turning between two pages: the control
side asks for the other page, the audio side turns at its next block, so no peak is lost or seen
twice.  Every acceptance is stamped with the frame at which it took effect.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dsp import (
    atomic,
    automix,
    compressor,
    delay,
    gate,
    glide,
    lanes,
    limiter,
    patch,
    spectrum,
    svf,
    tools,
)

WIDTH = lanes.WIDTH

# Numba compiles a kernel anew for each Python number it is called with, but once for all numpy ones.
Number = np.int64
Index = int | np.integer | npt.NDArray[np.integer]


def _numbers(count: int) -> "map[np.int64]":
    return map(Number, range(count))


# --- who lives in which group of sixteen lanes ----------------------------------------------------

INPUT_GROUPS = 3  # channels 1–32, aux 1–8, effect returns 1–8
BUS = Number(3)  # mix buses 1–16
MAIN = Number(4)  # left, right, mono/centre
MATRIX = Number(5)  # matrices 1–6
STRIPS = 6  # the groups above have a strip
MONITOR = Number(6)  # monitor left and right, then the pairs of the listeners
LISTENERS = 7
TOOLS = Number(7)  # oscillator, talkback A and B, keys that are listened to; the last lane is always silent
MIXED = 8  # the groups above can be sources of a mix
RETURN = Number(8)  # the buses, and in another plane the mains, one sub-block later
RAW = Number(9)  # inputs of the device
RAW_GROUPS = patch.DEVICE_CHANNELS // WIDTH
SEND = RAW + RAW_GROUPS  # outputs of the console: 16 main; 6 aux, 2 AES, 2 record, 2 monitor; 16 personal
SEND_GROUPS = 3
OUT = SEND + SEND_GROUPS  # outputs of the device
OUT_GROUPS = patch.DEVICE_CHANNELS // WIDTH
GROUPS = int(OUT) + OUT_GROUPS

LEFT, RIGHT, CENTRE = 0, 1, 2  # lanes of MAIN
OSCILLATOR, TALK_A, TALK_B, HEARD_KEY = 0, 1, 2, 3  # lanes of TOOLS
HEARD_KEYS = 2  # lanes from there on: one fades in while the other fades out
AUX_OUT, AES_OUT, RECORD_OUT, MONITOR_OUT = 16, 22, 24, 26  # lanes of SEND, counted through
PERSONAL_OUT = 32
SEND_LANES = {
    "out": 0, "aux": AUX_OUT, "aes": AES_OUT, "rec": RECORD_OUT, "monitor": MONITOR_OUT, "p16": PERSONAL_OUT
}  # fmt: skip
"""First lane of each bank of the console's outputs."""

# --- the signals of a strip, in the order they arise ----------------------------------------------

INPUT, PRE_EQ, POST_EQ, PRE_FADER, POST_FADER, KEY, INSERT_PRE, INSERT_POST = _numbers(8)
PLANES = 8
BACK_BUS, BACK_MAIN = INPUT, PRE_EQ  # planes of RETURN
TAPS = 4  # a send takes one of the first four; post-fader is pre-fader times the fader's gain

# --- pairs of filters ------------------------------------------------------------------------------
# Six bands are three pairs; the second halves of steep crossovers are three more.

LOW_CUT, GATE_KEY, PRE_KEY, POST_KEY, EQ = _numbers(5)
KEYS = 3  # of the gate, and of the dynamics in either place
HEARD, COMING = _numbers(2)  # states of the filters as they are, and of those that a change brings
EQ_PAIRS = 6
PAIRS = int(EQ) + EQ_PAIRS

PRE, POST = _numbers(2)  # where dynamics and inserts sit: before or after the EQ

# --- the mix: rows of sources, columns of destinations ---------------------------------------------

TO_BUS, TO_MAIN, TO_MATRIX, TO_MONITOR = _numbers(4)
MIXES = 4
ROWS = MIXED * TAPS * WIDTH

NO_KEY = -1
SELF = -1  # a key that is the strip's own signal

# --- delay lines ------------------------------------------------------------------------------------

CHANNEL_DELAY = 0  # two groups: channels 1–32
SEND_DELAY = Number(2)  # main outputs 1–16
MONITOR_DELAY = Number(3)
DELAYS = 4

F4, I4, I8 = np.float32, np.int32, np.int64

GLIDING: list[tuple[str, Any, tuple[int, ...]]] = [
    ("preamp", F4, (RAW_GROUPS, 1, WIDTH)),  # gain of each input of the device
    ("trim", F4, (STRIPS, 1, WIDTH)),
    ("filter", F4, (PAIRS, STRIPS, svf.ROWS, WIDTH)),
    ("gate", F4, (STRIPS, gate.ROWS, WIDTH)),
    ("dyn", F4, (2, STRIPS, compressor.ROWS, WIDTH)),
    ("insert", F4, (2, STRIPS, 1, WIDTH)),  # how much of the return is heard
    ("automix", F4, (1, automix.ROWS, WIDTH)),
    ("fader", F4, (STRIPS, 1, WIDTH)),
    ("mix", F4, (MIXES, ROWS, WIDTH)),
    ("send", F4, (SEND_GROUPS, 1, WIDTH)),  # gain of each output of the console
    ("output", F4, (OUT_GROUPS, 1, WIDTH)),  # gain of each output of the device
    ("patch", I4, (INPUT_GROUPS, WIDTH)),
    ("insert_return", I4, (2, STRIPS, WIDTH)),  # what comes back, a place
    ("send_patch", I4, (SEND_GROUPS, WIDTH)),
    ("output_patch", I4, (OUT_GROUPS, WIDTH)),
    ("delay", I4, (DELAYS, WIDTH)),
]
"""Everything that glides: name, kind and shape; the last axis is always sixteen lanes."""

SETTINGS: list[tuple[str, Any, tuple[int, ...]]] = [
    ("key", I4, (KEYS, STRIPS, WIDTH)),  # what gates and dynamics listen to, a place or SELF
    ("linked", F4, (STRIPS, WIDTH)),  # 1 where dynamics listen to the louder of two neighbours
    ("tools", F4, (tools.ROWS,)),
    ("talk", I4, ()),  # place of the talkback microphone
    ("limiter", F4, (OUT_GROUPS, limiter.ROWS, WIDTH)),
    ("spectrum", I4, (2,)),  # places of the two sides of what the spectrum shows
    ("heard_key", I4, (HEARD_KEYS, 3)),  # keys that are listened to: which of KEYS (or NO_KEY), group, lane
    ("selected", I4, (2, TAPS)),  # places of both sides of the selected strip, at each tap
    ("recalls", I8, ()),  # how often the whole desk has become another: see `change`
    ("warm_up", I8, ()),  # frames that another desk runs unheard
]
"""What takes effect at once, because it is not heard as a step or smooths itself."""

TARGETS = np.dtype([*GLIDING, *SETTINGS, ("serial", I8)], align=True)
"""One complete set of targets: what travels through the mailbox."""

PAGE = np.dtype(
    [
        ("input", F4, (STRIPS, WIDTH)),
        ("post", F4, (STRIPS, WIDTH)),
        ("gate", F4, (STRIPS, WIDTH)),
        ("dyn", F4, (2, STRIPS, WIDTH)),
        ("automix", F4, (WIDTH,)),
        ("tools", F4, (WIDTH,)),
        ("send", F4, (SEND_GROUPS, WIDTH)),
        ("output", F4, (OUT_GROUPS, WIDTH)),
        ("limiter", F4, (OUT_GROUPS, WIDTH)),
        ("selected", F4, (2, TAPS)),
    ]
)
"""Meters: largest magnitudes, and smallest gains (1 is none), since the page was turned."""

INPUT_LANES = INPUT_GROUPS * WIDTH
METERS = np.dtype(
    [
        ("input", F4, (INPUT_LANES,)),  # after trim
        ("gate", F4, (INPUT_LANES,)),
        ("dyn", F4, (INPUT_LANES,)),
        ("post", F4, (INPUT_LANES,)),  # after the fader, as all that follow
        ("bus_input", F4, (WIDTH,)),  # after trim
        ("main_input", F4, (WIDTH,)),
        ("bus", F4, (WIDTH,)),
        ("bus_dyn", F4, (WIDTH,)),
        ("main", F4, (WIDTH,)),  # left, right, mono/centre, matrices 1–6
        ("main_dyn", F4, (WIDTH,)),
        ("automix", F4, (8,)),
        ("osc", F4, (1,)),
        ("talk", F4, (1,)),
        ("out", F4, (WIDTH,)),  # outputs of the console: main, aux, AES, record, monitor, personal
        ("aux", F4, (6,)),
        ("aes", F4, (2,)),
        ("rec", F4, (2,)),
        ("monitor", F4, (2,)),
        ("p16", F4, (16,)),
        ("output", F4, (patch.DEVICE_CHANNELS,)),  # outputs of the device
        ("limiter", F4, (patch.DEVICE_CHANNELS,)),
        ("selected", F4, (2, TAPS)),  # of the selected strip, both sides of main stereo, at each tap
        ("rta", F4, (spectrum.BANDS,)),  # dBFS; whoever shows the spectrum measures it
    ]
)
"""A page by what the strips are called: levels are linear, 1 is 0 dBFS, and a gain of 1 is no reduction."""

FRESH = 4  # flag beside the slot number in the mailbox's middle word
STAMPS = 256

# Words that both threads touch.
MIDDLE, PAGE_WANTED, PAGE_IN_USE, FRAME, STAMPED, CALLS, UNDERRUNS, OVERRUNS = range(8)
WORDS = 8


def _clocks(names: set[str] | None = None) -> list[tuple[str, Any, tuple[int, ...]]]:
    """One clock for each thing that glides by itself: every axis but the rows and the lanes."""
    return [
        (name, I4, shape[: -1 if kind is I4 or name == "mix" else -2])
        for name, kind, shape in GLIDING
        if names is None or name in names
    ]


START = np.dtype(GLIDING, align=True)
CLOCKS = np.dtype(_clocks(), align=True)
LIVE = np.dtype(
    _clocks({"patch", "filter", "gate", "dyn", "insert", "send_patch", "delay"}), align=True
)

DESK = np.dtype(
    [
        ("curve", F4, (glide.CURVE_FRAMES,)),  # comes first: here a copy of a desk begins
        ("glide_length", I8),
        ("inputs", I8),  # channels of the device
        ("outputs", I8),
        ("places", I4, (ROWS,)),
        ("frame", I8),  # frames since the stream began
        ("made", I8),  # in which of them this desk was made of the other one
        ("altered", F4, (STRIPS, WIDTH)),  # 1 in lanes that sound different since then
        ("refed", F4, (STRIPS, WIDTH)),  # 1 in those of them that are fed with something else
        ("since", I8),  # frames since the last targets were taken
        ("start", START),
        ("target", START),
        ("set", np.dtype(SETTINGS, align=True)),
        ("clock", CLOCKS),
        ("live", LIVE),
        ("filter_state", F4, (2, PAIRS, STRIPS, svf.STATE_ROWS, WIDTH)),
        ("gate_state", F4, (STRIPS, gate.STATE_ROWS, WIDTH)),
        ("dyn_state", F4, (2, STRIPS, compressor.STATE_ROWS, WIDTH)),
        ("automix_state", F4, (automix.STATE_ROWS, WIDTH)),
        ("tools_state", np.float64, (tools.STATE,)),
        ("keyed", I4, (KEYS, STRIPS)),  # whether any lane's key is another signal
        ("key_self", F4, (KEYS, STRIPS, WIDTH)),  # 1 where the key is the strip's own signal
        ("used", I4, (MIXES, ROWS)),
        ("used_count", I8, (MIXES,)),
        ("unfed", I8, (INPUT_GROUPS + MIXES + SEND_GROUPS,)),  # frames since anything fed this group
        ("returned", F4, (2, 2, glide.SUB_BLOCK, WIDTH)),  # this sub-block's and the last one's; buses and mains
        ("parity", I8),
        ("planes", F4, (GROUPS, PLANES, glide.SUB_BLOCK, WIDTH)),
        ("ring", F4, (DELAYS, delay.RING, WIDTH)),
    ],
    align=True,
)
"""One desk: all it is set to, and all it remembers of what it has heard.  The audio thread's own."""

DESK_FLOATS = Number(DESK.fields["ring"][1] // 4) if DESK.fields else Number(0)
"""Size in floats of what makes one desk like another: all but its delay lines."""

MEMORY = np.dtype(
    [
        ("words", I8, (WORDS,)),
        ("stamp_serial", I8, (STAMPS,)),
        ("stamp_frame", I8, (STAMPS,)),
        ("slots", TARGETS, (3,)),
        ("pages", PAGE, (3,)),  # two that turn; the third is for a desk that is not heard yet
        ("spectrum", F4, (spectrum.RING,)),
        # From here on the audio thread's own.
        ("slot", I8),
        ("waiting", I8),  # whether what is in the slot has yet to be taken
        ("page", I8),
        ("phase", I8),  # frames since the sub-block began
        ("begun", I8),  # whether the first targets have been taken
        ("recalls", I8),  # recalls taken so far
        ("heard", I8),  # which desk is heard
        ("changing", I8),  # whether the other one is to be
        ("changed", I8),  # frames since that began
        ("limiter_state", F4, (OUT_GROUPS, limiter.STATE_ROWS, WIDTH)),
        ("desks", DESK, (2,)),
    ],
    align=True,
)

UNSEEN = Number(2)
"""The page that nobody reads."""

CACHE_LINE = 64


def place(group: Index, plane: Index, lane: Index = 0) -> Any:
    """Where the first frame of a signal is, in floats from the start of `planes`; arrays give arrays."""
    return ((group * PLANES + plane) * glide.SUB_BLOCK) * WIDTH + lane


NOWHERE = int(place(TOOLS, INPUT, WIDTH - 1))
"""A place whose signal is always silence."""


def listener_lanes(number: int) -> slice:
    """Lanes of MONITOR that a listener has, counted from 1."""
    return slice(2 * number, 2 * number + 2)


def row(group: Index, tap: Index, lane: Index) -> Any:
    """Row of the mix that a strip's tap feeds; arrays give arrays."""
    return (group * TAPS + tap) * WIDTH + lane


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
    """

    def __init__(self, rate: float, inputs: int, outputs: int, fade_in: bool = True) -> None:
        self.rate, self.outputs = rate, outputs
        self.block = _aligned_zeros(MEMORY)
        self.memory = self.block[0]
        m = self.memory
        m["words"][MIDDLE] = 1
        m["slot"] = 2
        m["limiter_state"] = limiter.rest()
        desks = m["desks"]
        desks["inputs"], desks["outputs"] = inputs, outputs
        desks["glide_length"] = glide.length(rate)
        desks["curve"] = glide.curve(rate)
        for name in CLOCKS.names or ():
            desks["clock"][name] = glide.SETTLED
        desks["gate_state"][:, :, 2] = 1  # a gate at rest is open
        desks["automix_state"][:, automix.BEFORE :] = 1
        desks["tools_state"] = tools.rest()
        if not fade_in:
            desks["start"]["output"] = desks["target"]["output"] = 1
        for i in range(ROWS):
            group, tap, lane = i // (TAPS * WIDTH), i // WIDTH % TAPS, i % WIDTH
            desks["places"][:, i] = place(group, tap, lane)
        for page in m["pages"]:
            _clear(page)
        self._own = 0
        self._serial = 0
        self._stamps_read = 0

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
        for name, kind, _ in GLIDING:
            if kind is F4 and not np.isfinite(draft[name]).all():
                raise ValueError(f"a target in {name!r} is not a finite number")
        self._serial += 1
        self.memory["slots"][self._own] = draft
        self.memory["slots"][self._own]["serial"] = self._serial
        words = self.memory["words"]
        self._own = atomic.control_exchange(words, MIDDLE, self._own | FRESH) & 3
        return self._serial

    def control_collect(self) -> npt.NDArray[Any] | None:
        """Take the meters measured since the last call (scalar of METERS), None if no block has run since."""
        words = self.memory["words"]
        wanted = atomic.control_load(words, PAGE_WANTED)
        if atomic.control_load(words, PAGE_IN_USE) != wanted:
            return None
        at_rest = self.memory["pages"][1 - wanted]
        meters = _by_name(at_rest)
        _clear(at_rest)
        atomic.control_store(words, PAGE_WANTED, 1 - wanted)
        return meters

    def stamps(self) -> list[tuple[int, int]]:
        """Acceptances since the last call, oldest first: serial of the targets, frame at which they took effect."""
        total = atomic.control_load(self.memory["words"], STAMPED)
        first = max(self._stamps_read, total - STAMPS)
        self._stamps_read = total
        serial, frame = self.memory["stamp_serial"], self.memory["stamp_frame"]
        return [(int(serial[i % STAMPS]), int(frame[i % STAMPS])) for i in range(first, total)]

    def count(self, word: int) -> int:
        """One of the counters the audio thread keeps: FRAME, CALLS, UNDERRUNS, OVERRUNS."""
        return int(atomic.control_load(self.memory["words"], word))


def _by_name(page: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Meters of a page, by what the strips are called."""
    meters = np.zeros((), METERS)
    meters["rta"] = spectrum.FLOOR_DB
    meters["main_dyn"] = 1
    dyn = page["dyn"].min(0)
    inputs = slice(0, INPUT_GROUPS)
    for name in ("input", "gate", "post"):
        meters[name] = page[name][inputs].reshape(-1)
    meters["dyn"] = dyn[inputs].reshape(-1)
    meters["bus_input"], meters["bus"], meters["bus_dyn"] = page["input"][BUS], page["post"][BUS], dyn[BUS]
    meters["selected"] = page["selected"]
    for name, field in (("main_input", page["input"]), ("main", page["post"]), ("main_dyn", dyn)):
        meters[name][:3] = field[MAIN, :3]
        meters[name][3:9] = field[MATRIX, :6]
    meters["automix"] = page["automix"][:8]
    meters["osc"] = page["tools"][OSCILLATOR]
    meters["talk"] = page["tools"][TALK_A]
    sends = page["send"].reshape(-1)
    for name, first in SEND_LANES.items():
        meters[name] = sends[first : first + meters[name].size]
    for name in ("output", "limiter"):
        meters[name] = page[name].reshape(-1)
    return meters


def _clear(page: npt.NDArray[Any]) -> None:
    """No level, no reduction."""
    for name in ("input", "post", "tools", "send", "output", "selected"):
        page[name] = 0
    for name in ("gate", "dyn", "automix", "limiter"):
        page[name] = 1


def _aligned_zeros(kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """One record of zeros on a cache line, every page of it touched so that none is missing later."""
    raw = np.empty(kind.itemsize + CACHE_LINE, np.uint8)
    raw.fill(0)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + kind.itemsize].view(kind)
