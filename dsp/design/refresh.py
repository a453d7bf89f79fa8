"""A desk's draft, made whole or made anew: every section, and whether a recall is heard.

What of a draft is redone when values change follows from what each section reads, see `sheet`.
"""

from collections.abc import Hashable, Iterable

import numpy as np

from dsp.design import mixing, outputs, processing  # noqa: F401  their sections are declared when they are imported
from dsp.design.draft import SECTIONS, Desk, Draft
from dsp.effects import memory as effects
from dsp.engine import memory
from dsp.processors import registry
from dsp.processors.processor import Place

UNHEARD = ("selected", "recalls", "rehearsal", *(each.name for each in registry.fields(Place.SET) if not each.is_heard))
"""What is in a draft but not in the sound: what meters look at, and how a recall is to be made."""

HEARD = tuple(name for name, *_ in (*memory.GLIDING, *memory.SETTINGS, *effects.NEW) if name not in UNHEARD)


def everything(desk: Desk) -> None:
    """Make the whole draft."""
    for part, *about in SECTIONS:
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
