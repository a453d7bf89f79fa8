"""A desk's draft, made whole or made anew: every section, and whether a recall is heard.

What of a draft is redone when values change follows from what each section reads, see `sheet`.
"""

from collections.abc import Hashable, Iterable, Iterator

import numpy as np

from dsp.design import mixing, outputs, processing, strips
from dsp.design.draft import Desk, Draft
from dsp.design.sheet import Key
from dsp.effects import memory as effects
from dsp.engine import layout, memory

UNHEARD = ("spectrum", "selected", "recalls", "rehearsal")
"""What is in a draft but not in the sound: what meters look at, and how a recall is to be made."""

HEARD = tuple(name for name, *_ in (*memory.GLIDING, *memory.SETTINGS, *effects.NEW) if name not in UNHEARD)


def sections() -> Iterator[Key]:
    """Every part that writes to the draft, and the kinds of strips it is about."""
    yield from ((part,) for part in (
        processing.design_preamps, processing.design_playback, processing.design_low_cut, processing.design_delay,
        processing.design_gate, processing.design_links, processing.design_heard_key, mixing.design_tools,
        mixing.design_key_monitor, mixing.design_automix, outputs.design_tools, outputs.design_outputs,
        outputs.design_device, outputs.design_spectrum, outputs.design_selected, outputs.design_effect_feeds,
    ))  # fmt: skip
    for part, kinds in (
        (processing.design_trims, (strips.CHANNEL, strips.AUX, strips.MATRIX)),
        (processing.design_sources, strips.INPUTS),
        (processing.design_eq, strips.ALL),
        (processing.design_dynamics, (strips.CHANNEL, *strips.OUTPUTS)),
        (outputs.design_inserts, (strips.CHANNEL, *strips.OUTPUTS)),
        (mixing.design_faders, strips.ALL),
        (mixing.design_monitor, strips.ALL),
        (mixing.design_to_buses, strips.INPUTS),
        (mixing.design_to_mains, (*strips.INPUTS, strips.BUS)),
        (mixing.design_to_matrices, (strips.BUS, strips.STEREO, strips.MONO)),
    ):
        yield from ((part, kind) for kind in kinds)
    yield from ((outputs.design_effect, slot) for slot in range(effects.SLOTS))
    for number in range(1, layout.LISTENERS + 1):
        yield from ((mixing.design_listener, number, kind) for kind in strips.ALL)
    yield processing.design_key_filter, 0, strips.CHANNEL
    yield from ((processing.design_keys, which, strips.CHANNEL) for which in range(3))
    for which in (1, 2):
        yield processing.design_keys, which, strips.BUS
        yield from ((processing.design_key_filter, which, kind) for kind in (strips.CHANNEL, *strips.OUTPUTS))


def everything(desk: Desk) -> None:
    """Make the whole draft."""
    for part, *about in sections():
        desk.of(part, *about)


def recalled(desk: Desk, sources: Iterable[Hashable]) -> bool:
    """Become another desk as a whole; if that is heard, it is no move but a change, see `engine.crossfade`."""
    before = desk.draft.copy()
    touched = desk.touch(sources)
    desk.draft["recalls"] += is_another(before, desk.draft)
    return touched


def is_another(one: Draft, other: Draft) -> bool:
    """Whether two drafts sound different."""
    return any(not np.array_equal(one[name], other[name]) for name in HEARD)
