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

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.effects import memory as effects
from dsp.engine.layout import (
    GROUPS,
    HEARD_KEYS,
    INPUT_GROUPS,
    KEYS,
    MIXES,
    OUT_GROUPS,
    PAIRS,
    PLANES,
    RAW_GROUPS,
    ROWS,
    SEND_GROUPS,
    STRIPS,
    TAPS,
    WIDTH,
    Number,
)
from dsp.native import lanes
from dsp.processors import glide, mix, registry
from dsp.processors.processor import Groups, Place, Processor

F4, I4, I8 = np.float32, np.int32, np.int64

PLAYERS = 2
"""Of tracks in place of the inputs, and of two sides beside them."""

Fields = list[tuple[str, Any, tuple[int, ...]]]
"""Name, kind and shape of what a desk is set to; of what glides, the last axis is always sixteen lanes."""

GROUPS_OF = {
    Groups.FIRST: (1,), Groups.STRIPS: (STRIPS,), Groups.TWICE: (2, STRIPS), Groups.PAIRS: (PAIRS, STRIPS)
}  # fmt: skip
"""Axes of what a processor has, before its rows and the lanes."""


def _settings(processor: Processor) -> tuple[str, Any, tuple[int, ...]]:
    return processor.name, F4, (*GROUPS_OF[processor.groups], processor.rows, WIDTH)


def _state(processor: Processor) -> tuple[str, Any, tuple[int, ...]]:
    times = (2,) if processor.take else ()
    return f"{processor.name}_state", F4, (*times, *GROUPS_OF[processor.groups], processor.state_rows, WIDTH)


def _meter(processor: Processor) -> tuple[str, Any, tuple[int, ...]]:
    return processor.name, F4, (*GROUPS_OF[processor.groups], WIDTH)


def _of_stages(*places: Place) -> Fields:
    return [(each.name, each.kind, each.shape) for each in registry.fields(*places)]


OUTPUT: Fields = [("output", F4, (OUT_GROUPS, 1, WIDTH))]  # gain of each output of the device
FADERS: Fields = [
    ("fader", F4, (STRIPS, 1, WIDTH)),
    ("send", F4, (SEND_GROUPS, 1, WIDTH)),  # gain of each output of the console
]
SHARES: Fields = [_settings(each) for each in registry.ALL if each.is_level]
LEVELS: Fields = [*FADERS, *SHARES]
"""What mutes and levels make, with the mix: what `hush` lets through."""
PREAMPS: Fields = [
    ("preamp", F4, (RAW_GROUPS, 1, WIDTH)),  # gain of each input of the device
    ("swap", F4, (RAW_GROUPS, 1, WIDTH)),  # how much of it is a recorded track: see `playback`
    ("trim", F4, (STRIPS, 1, WIDTH)),
]
DYNAMICS: Fields = [_settings(each) for each in registry.ALL if not each.is_level and not each.take]
PROCESSORS: Fields = [*PREAMPS, *DYNAMICS]
"""What else glides in ten milliseconds."""
INSERTS: Fields = [("insert", F4, (2, STRIPS, 1, WIDTH))]  # how much of the return is heard; glides slowly
CHANGING: Fields = [_settings(each) for each in registry.ALL if each.take]
"""What takes new settings in its own way."""
MIX: Fields = [("mix", F4, (MIXES, ROWS, WIDTH))]  # every row glides by itself
PATCHES: Fields = [
    ("patch", I4, (INPUT_GROUPS, WIDTH)),
    ("insert_return", I4, (2, STRIPS, WIDTH)),  # what comes back, a place
    ("send_patch", I4, (SEND_GROUPS, WIDTH)),
    ("output_patch", I4, (OUT_GROUPS, WIDTH)),
    ("effect_patch", I4, (1, WIDTH)),  # what both sides of each effect slot are fed with
    *_of_stages(Place.CROSSFADED),
]
"""What cross-fades."""

NUMBERS: Fields = [*OUTPUT, *LEVELS, *PROCESSORS, *INSERTS, *CHANGING, *MIX]
"""What is a number; places come behind."""

GLIDING: Fields = [*NUMBERS, *PATCHES]
"""Everything that glides; what moves alike lies together, and so do its clocks: see `targets.advance`."""

COPIED: Fields = [
    ("linked", F4, (STRIPS, WIDTH)),  # 1 where dynamics listen to the louder of two neighbours
    ("talk", I4, ()),  # place of the talkback microphone
    ("other_side", I4, (OUT_GROUPS, WIDTH)),  # where the limiter of a signal's other side says what it wants
    ("heard_key", I4, (HEARD_KEYS, 3)),  # keys that are listened to: which of KEYS (or NO_KEY), group, lane
    ("selected", I4, (2, TAPS)),  # places of both sides of the selected strip, at each tap
    *_of_stages(Place.SET),
]
"""Settings that are taken as they are: numbers of four bytes, side by side."""
SETTINGS: Fields = [
    ("key", I4, (KEYS, STRIPS, WIDTH)),  # what gates and dynamics listen to, a place or SELF
    *COPIED,
    ("recalls", I8, ()),  # how often the whole desk has become another: see `crossfade`
    ("ring", I8, (PLAYERS,)),  # addresses of what is played: see `playback`; 0 is nothing
    ("ring_here", I8, (PLAYERS,)),  # the same in the process that rehearses
    ("rehearsal", I8, (2,)),  # frames that another desk has to hear again: see `rehearsal.length`
]
"""What takes effect at once, because it is not heard as a step or smooths itself."""

RIDES = np.dtype(
    [
        (name, F4, shape[:-2] + shape[-1:] if name != "mix" else shape)
        for name, _, shape in (*FADERS, *PREAMPS, *MIX, *CHANGING)
    ],
    align=True,
)
"""One number for each lane of what may ride, see `ride`: sub-blocks."""

TARGETS = np.dtype([*GLIDING, ("pace", RIDES), *SETTINGS, *effects.NEW, ("serial", I8)], align=True)
"""One complete set of targets: what travels through the mailbox."""

HUSH = np.dtype([*LEVELS, *MIX, ("recalls", I8)], align=True)
"""Levels of the desk that the recall of this number made."""

HUSHES = 4
"""How many desks may be heard: now, then, after that, and the newest; recalls between these are never heard."""

PAGE = np.dtype(
    [
        ("input", F4, (STRIPS, WIDTH)),
        ("post", F4, (STRIPS, WIDTH)),
        *(_meter(each) for each in registry.ALL if each.is_metered),
        ("tools", F4, (WIDTH,)),
        ("send", F4, (SEND_GROUPS, WIDTH)),
        ("output", F4, (OUT_GROUPS, WIDTH)),
        *_of_stages(Place.PAGE),
        ("selected", F4, (2, TAPS)),
        ("effect_in", F4, (WIDTH,)),  # both sides of each slot
        ("effect_out", F4, (WIDTH,)),
        ("effect_gain", F4, (effects.SLOTS, effects.METERS)),
    ]
)
"""Meters: largest magnitudes, and smallest gains (1 is none), since the page was turned."""

FRESH = 4  # flag beside the slot number in the mailbox's middle word
STAMPS = 2048
HUSH_STAMPS = 256
RECALL_STAMPS = 64

# Words that both threads touch.
(
    MIDDLE, PAGE_WANTED, PAGE_IN_USE, FRAME, STAMPED, CALLS, UNDERRUNS, OVERRUNS, REHEARSAL, RECALLED,
    DONE, LATE, LONGEST, HUSH_MIDDLE, HUSHED, REHEARSED,
) = range(16)  # fmt: skip
PLAY_FIRST, PLAY_HEAD = 16, 18  # words of the first player: from which frame up to which there is something to play
WORDS = 20
ASKED, READY = 1, 2  # how far a rehearsal is

STEPS_OF_LOAD = 1000
"""Steps of the histogram for the time that a block has: each is 0.1 % of it."""
LOADS = 2 * STEPS_OF_LOAD
"""Steps in all; whatever takes twice the time there is, or longer, is in the last."""
LATES = 64
"""So many missed deadlines are remembered."""


def _clocks(names: set[str] | None = None) -> list[tuple[str, Any, tuple[int, ...]]]:
    """One clock for each thing that glides by itself: every axis but the rows and the lanes."""
    return [
        (name, I4, shape[: -1 if kind is I4 or name == "mix" else -2])
        for name, kind, shape in GLIDING
        if names is None or name in names
    ]


def _count(fields: Fields) -> np.int64:
    """How many clocks some of what glides have."""
    names = {name for name, *_ in fields}
    return Number(sum(math.prod(shape) for _, _, shape in _clocks(names)))


def _rows(fields: Fields) -> npt.NDArray[np.int64]:
    """Rows that each of the clocks of some fields moves, in the order in which both lie in memory."""
    return np.concatenate([np.full(math.prod(shape[:-2]), shape[-2], np.int64) for _, _, shape in fields])


COPIED_NUMBERS = Number(sum(math.prod(shape) for _, _, shape in COPIED))
START = np.dtype(GLIDING, align=True)
NUMBERS_SIZE = np.dtype(NUMBERS, align=True).itemsize // 4
CLOCKS = np.dtype(_clocks(), align=True)
OUTPUT_CLOCKS, LEVEL_CLOCKS, PROCESSOR_CLOCKS = _count(OUTPUT), _count(LEVELS), _count(PROCESSORS)
INSERT_CLOCKS, MIX_CLOCKS, PATCH_CLOCKS = _count(INSERTS), _count(MIX), _count(PATCHES)
CHANGING_CLOCKS, CHANGING_ROWS = _count(CHANGING), _rows(CHANGING)
FADER_CLOCKS, PREAMP_CLOCKS, DYNAMICS_CLOCKS = _count(FADERS), _count(PREAMPS), _count(DYNAMICS)
SHARE_CLOCKS, SHARE_ROWS, DYNAMICS_ROWS = _count(SHARES), _rows(SHARES), _rows(DYNAMICS)
RIDE_ROWS = Number(RIDES.itemsize // (4 * WIDTH))
SKIPPED = {
    "patch", "insert", "send_patch", *(each.name for each in registry.ALL if each.find_live),
    *(each.name for each in registry.fields(Place.CROSSFADED)),
}  # fmt: skip
"""What is skipped where there is nothing to do, see `targets.find_live`."""
LIVE = np.dtype(_clocks(SKIPPED), align=True)

DESK = lanes.record(
    [
        ("curve", F4, (glide.CURVE_FRAMES,)),  # comes first: here a copy of a desk begins
        ("glide_length", I8),
        ("inputs", I8),  # channels of the device
        ("outputs", I8),
        ("places", I4, (ROWS,)),
        ("frame", I8),  # frames since the stream began
        ("altered", F4, (STRIPS, WIDTH)),  # 1 in lanes that sound different than on the desk it was made of
        ("since", I8),  # frames since the last targets were taken
        ("recalls", I8),  # number of the recall that made it, see TARGETS
        ("start", START),
        ("target", START),
        ("left", RIDES),  # sub-blocks until each lane that rides is at its target
        ("riding", I8),  # rows of gains that ride
        ("riding_mixes", I8),  # those of them that are rows of mixes
        ("set", np.dtype(SETTINGS, align=True)),
        ("keyed", I4, (KEYS, STRIPS)),  # whether any lane's key is another signal
        ("key_self", F4, (KEYS, STRIPS, WIDTH)),  # 1 where the key is the strip's own signal
        ("used", I4, (MIXES, mix.LISTS, ROWS)),
        ("used_count", I8, (MIXES, mix.LISTS)),
        # From here on what snapshots hold.
        ("clock", CLOCKS),
        ("live", LIVE),
        *map(_state, registry.ALL),
        *_of_stages(Place.DESK),
        ("unfed", I8, (INPUT_GROUPS + MIXES + SEND_GROUPS,)),  # frames since anything fed this group
        ("returned", F4, (2, glide.SUB_BLOCK, WIDTH)),  # buses of this sub-block and of the last one
        ("parity", I8),
        # To here.
        ("planes", F4, (GROUPS, PLANES, glide.SUB_BLOCK, WIDTH)),
        *((each.name, F4, (each.count, each.most, WIDTH)) for each in registry.lines()),
        *((f"{each.name}_mask", I8) for each in registry.lines()),
        ("forgets", I8),  # whether lines that are off remember nothing: nobody is going to switch one on
        ("shut", I8),  # whether nobody takes the outputs of the console
    ]
)
"""One desk: all it is set to, and all it remembers of what it has heard.  The audio thread's own."""


def _floats_before(field: str) -> np.int64:
    """Where a field of a desk begins, in floats."""
    assert DESK.fields is not None
    return Number(DESK.fields[field][1] // 4)


TARGET_FLOATS = Number(START.itemsize // 4)
"""Size in floats of what a desk is set to."""

STATE_FIRST = _floats_before("clock")
STATE_FLOATS = _floats_before("planes") - STATE_FIRST
"""Where what a desk remembers of what it has heard begins, and its size in floats."""

EVERY = 8192
SNAPSHOTS = 24
"""Frames from one snapshot to the next, and how many are kept."""

PAST = SNAPSHOTS * EVERY
"""Frames of what has come in that are kept at most: two seconds at 96 kHz."""

SETTLING_MS = 2000.0
"""What filters and dynamics need to find their level: a desk to come hears so much again, and what is late."""


def kept_frames(rate: float) -> int:
    """Frames of what has come in that are kept: a rehearsal behind what is late, and what comes in meanwhile.

    Behind two such places in a row, of a channel and of an output, altered lanes may have less than SETTLING_MS: 1.56
    seconds at 48 kHz, where both are as late as can be.
    """
    longest = (SETTLING_MS + max(each.longest_ms for each in registry.STAGES)) * rate / 1000
    return min(math.ceil(longest / EVERY) * EVERY + 2 * EVERY, PAST)


RECALL_STAMP = np.dtype([(name, I8) for name in ("serial", "asked", "now", "ready", "seen", "torn")])
"""Frames of a recall: its desk was asked for, began to hear again, had heard so far, and was found to be ready.

`torn` is 1 where new sound came into what it still had to hear again: see `rehearsal`.
"""

MEMORY = lanes.record(
    [
        ("words", I8, (WORDS,)),
        ("stamp_serial", I8, (STAMPS,)),
        ("stamp_frame", I8, (STAMPS,)),
        ("hush_serial", I8, (3,)),  # which of those that were ever handed over is in each slot of `hushes`
        ("hush_stamps", I8, (HUSH_STAMPS, 2)),  # serial, and the frame from which on it was obeyed
        ("recall_stamps", RECALL_STAMP, (RECALL_STAMPS,)),
        ("slots", TARGETS, (3,)),
        ("hushes", HUSH, (3, HUSHES)),
        ("alone", RIDES),  # nothing but zeros: paces of what is pulled down
        ("pages", PAGE, (3,)),  # two that turn; the third is for a desk that is not heard yet
        *_of_stages(Place.WISH, Place.RING),
        ("loads", I8, (LOADS,)),  # blocks by the part of their time that they took: see `timing`
        ("late_at", I8, (LATES,)),  # when those that missed their deadline began, in ns of the monotonic clock
        ("late_for", I8, (LATES,)),  # and how long they took, in ns
        ("rate", I8),  # frames per second
        ("kept", I8),  # frames that are kept of what comes in: see `kept_frames`
        ("before", I8),  # frames of earlier streams: this one begins at the next
        ("threaded", I8),  # whether another thread rehearses; else the audio thread does, in its own time
        ("unwatched", I8),  # whether nobody looks at what is only seen: the spectrum, and taps of the selected strip
        ("forgetful", I8),  # whether no desk is going to hear again what comes in now
        # From here on the audio thread's own.
        ("slot", I8),
        ("hush", I8),  # its slot among `hushes`
        ("hushing", I8),  # whether what is in there holds
        ("hold_off", I8),  # frames until a desk that is ready may be heard: its levels are on their way
        ("page", I8),
        ("phase", I8),  # frames since the sub-block began
        ("play_weight", F4, (PLAYERS,)),  # where the ramps of `playback` are
        ("begun", I8),  # whether the first targets have been taken
        ("heard", I8),  # which desk is heard
        ("changing", I8),  # whether the other one is to be: see `crossfade`
        ("changed", I8),  # frames since their cross-fade began
        ("snapshots", F4, (SNAPSHOTS, STATE_FLOATS)),
        *_of_stages(Place.HEARD),
        ("desks", DESK, (2,)),
        ("rack", effects.RACK),
        ("past_returned", F4, (PAST, WIDTH)),  # what the effects gave back in all that time, `kept` frames
        ("past", F4, (WIDTH,)),  # goes on beyond the end of this: `kept` frames of all inputs
    ]
)

assert MEMORY.fields is not None
AUDIO_FIRST: int = MEMORY.fields["slot"][1]
"""Where what the audio thread has for itself begins, in bytes."""

UNSEEN = Number(2)
"""The page that nobody reads."""
