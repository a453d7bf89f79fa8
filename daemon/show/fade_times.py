"""How long a recall takes, and each part of the desk in it.

    5                   everything in five seconds
    5 eq 1 sends 0      but the EQ in one, and the sends at once

It is said by whoever recalls, or by the scene itself: in its notes, after the word `fade`, so that every
app that only knows how to recall a scene fades into it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.desk import parts
from daemon.desk.parts import Part
from dsp.parameters.row import Wire
from dsp.parameters.table import Table

LONGEST_S = 3600.0

CLASSES: dict[str, tuple[Part, ...]] = {
    "preamps": (Part.PREAMP, Part.HEADAMP),
    "dynamics": (Part.GATE, Part.DYNAMICS),
    "eq": (Part.EQ,),
    "levels": (Part.FADER, Part.MUTE, Part.MAIN),
    "sends": (Part.SEND, Part.MATRIX),
    "effects": (Part.EFFECT,),
}
"""Parts of the desk that may have a time of their own; mutes and pans go with the levels."""

_IN_NOTES = re.compile(r"\bfade ((?:[a-z]+ )?[\d.]+(?:[ ,]+[a-z]+ [\d.]+)*)", re.IGNORECASE)


class Pace(NamedTuple):
    """How long it takes."""

    seconds: float
    """For everything that has no time of its own."""
    own: Mapping[str, float]
    """Times of classes, by their names."""

    @property
    def longest(self) -> float:
        """When all is over, in seconds."""
        return max(self.seconds, *self.own.values(), 0.0)

    def of(self, table: Table) -> npt.NDArray[np.float64]:
        """Seconds for each leaf of a table."""
        seconds = np.full(table.size, self.seconds)
        for name, own in self.own.items():
            seconds[parts.of(table).parts(*CLASSES[name])] = own
        return seconds

    def of_levels(self) -> float:
        """Seconds for faders."""
        return self.own.get("levels", self.seconds)


AT_ONCE = Pace(0.0, {})


def parse(words: Sequence[Wire]) -> Pace:
    """Pace from seconds, then pairs of a class and its seconds.

    Raises
    ------
    ValueError
        When they say something else; the message is for people.
    """
    seconds, *rest = words
    own = {}
    for name, time in zip(rest[0::2], rest[1::2], strict=False):
        if str(name).lower() not in CLASSES:
            raise ValueError(f"{name!r} has no time of its own: those that may are {', '.join(CLASSES)}")
        own[str(name).lower()] = _seconds(time)
    if len(rest) % 2:
        raise ValueError(f"{rest[-1]!r} has no time: say for how many seconds it fades")
    return Pace(_seconds(seconds), own)


def in_notes(notes: str) -> Pace:
    """Pace that a scene's notes ask for; at once where they say nothing of it."""
    found = _IN_NOTES.search(notes)
    if found is None:
        return AT_ONCE
    words = re.findall(r"[a-z]+|[\d.]+", found[1].lower())
    try:
        return parse(words if words[0][0] in "0123456789." else ["0", *words])
    except ValueError:
        return AT_ONCE  # a note that only happens to have this word


def _seconds(word: Wire) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_S:
        raise ValueError(f"{word!r} is not a number of seconds up to {LONGEST_S:.0f}")
    return seconds
