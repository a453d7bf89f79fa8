"""What a slot of the rack has: its signals, its settings on their way, its state.

    start ─▶ target                  settings glide for ten milliseconds, then the newest are taken
    state                            what changes from frame to frame, in float64
    memory                           delay lines, made ready on the control side: an address

An effect's kernel is given one of these records, and nothing else.
"""

from typing import Any

import numpy as np

from dsp.processors import glide

SLOTS = 8
SIDES = 2
FRAMES = glide.SUB_BLOCK
"""Frames an effect makes at a time; always a whole sub-block, so that nothing depends on the device's blocks."""

SETTINGS = 1024
"""Most numbers that an effect's `design` may return."""
STATES = 608
METERS = 10
"""What an effect shows of itself: gains, 1 is no reduction."""

F4, F8, I8 = np.float32, np.float64, np.int64

SLOT = np.dtype(
    [
        ("x", F4, (SIDES, FRAMES)),  # what comes in, and what goes out in its place
        ("weight", F4, (FRAMES,)),  # of the start, frame by frame; 0 when settled
        ("start", F4, (SETTINGS,)),
        ("target", F4, (SETTINGS,)),
        ("state", F8, (STATES,)),
        ("meter", F4, (METERS,)),
        ("memory", I8),  # address of zeros that this effect asked for
        ("rate", F8),  # frames per second
        ("frame", I8),  # frames since this effect began
        ("gliding", I8),  # whether any setting is on its way in this sub-block
        # From here on the rack's own.
        ("code", I8),  # address of the effect's kernel; 0 passes
        ("serial", I8),  # which of the effects that were ever handed over this is
        ("seen", I8),  # serial of the targets that were looked at last
        ("clock", I8),  # frames since its settings set out
        ("open", I8),  # frames that it has faded in, at most a glide
        ("fresh", I8),  # whether it has taken another's place: what it hears fades in, too
        ("leaving", I8),  # whether it fades out, to be replaced
        ("quiet", I8),  # frames since anything went in or came out
    ],
    align=True,
)

RACK = np.dtype(
    [
        ("slots", SLOT, (2, SLOTS)),
        ("heard", I8, (SLOTS,)),  # which of the two records of each slot is heard
        ("coming", I8, (SLOTS,)),  # and which a desk that is to come hears: the same, or one of its own
        ("send", F4, (FRAMES, SLOTS * SIDES)),
        ("returned", F4, (FRAMES, SLOTS * SIDES)),
        ("other_send", F4, (FRAMES, SLOTS * SIDES)),  # of a desk that is to come
        ("other_returned", F4, (FRAMES, SLOTS * SIDES)),
    ],
    align=True,
)

NEW: list[tuple[str, Any, tuple[int, ...]]] = [
    ("effect", F4, (SLOTS, SETTINGS)),
    ("effect_code", I8, (SLOTS,)),
    ("effect_memory", I8, (SLOTS, 2)),  # one for each record of the slot
    ("effect_floats", I8, (SLOTS,)),  # the size of each
    ("effect_serial", I8, (SLOTS,)),
    # Both addresses as they are in the process that rehearses, which may be another than the one that plays.
    ("effect_code_here", I8, (SLOTS,)),
    ("effect_memory_here", I8, (SLOTS, 2)),
]
"""What the control side tells the rack, among the targets."""
