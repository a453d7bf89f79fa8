"""What the rest of the console has to know of a processor: the declaration that everything else is made from.

    memory    rows of its settings and of its state, both at rest; its meter
    engine    how it takes new settings, what it does each sub-block, where it stands, what it forgets
    people    what it is called, which leaf shows that a strip has it, what makes it work hardest

Those that are declared stand in the `registry`, in the order of the signal.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from dsp.native.kernel import Kernel

Value = int | float | str


class Groups(Enum):
    """Which groups of sixteen lanes have a processor."""

    FIRST = auto()
    """The first sixteen inputs."""
    STRIPS = auto()
    """Every strip."""
    TWICE = auto()
    """Every strip, before the EQ and after it."""


@dataclasses.dataclass(frozen=True)
class Processor:
    """A processor of the strip.

    Its kernels take the desk, and from there what is theirs: `start`, `target` and `clock` have a field of
    the processor's name, the desk and the page of meters have, too.
    """

    name: str
    """Of its fields."""
    words: str
    """What a person calls it."""
    leaf: str
    """Leaf of a strip that shows that the strip has it."""
    groups: Groups
    rows: int
    """Rows of its settings: they glide together."""
    state_rows: int
    """Rows of what it remembers."""
    neutral: Mapping[int, float] = dataclasses.field(default_factory=dict)
    """Rows of its settings that are not 0 where a lane has no such processor."""
    rest: Mapping[int, float] = dataclasses.field(default_factory=dict)
    """Rows of its state that are not 0 before it has heard anything."""
    is_level: bool = False
    """Whether its settings are levels, which a mute moves: then they never wait for a recall, and alter no lane.

    Who has others is in every strip.
    """
    turn: Kernel | None = None
    """At the beginning of a sub-block, `turn(desk)`."""
    before_fader: Kernel | None = None
    """In the strip, before the fader and after all else, `before_fader(desk, x, group, page, phase, frames)`."""
    find_live: Kernel | None = None
    """See whether there is anything to do in a group, `find_live(desk, group)`: the strip skips it where it is not."""
    forget: Kernel | None = None
    """Begin anew in lanes of a group where `anew` is 1, `forget(desk, group, anew)`: a recall has altered them."""
    hasten: Kernel | None = None
    """Let time run faster in those lanes, and nothing be held for long, `hasten(desk, group, anew, pace, longest)`."""
    channels: int = 0
    """So many channels at most have it, and meters of their own: the last words of meter 16."""
    hardest: Sequence[tuple[str, Value | Sequence[Value]]] = ()
    """Rows by a pattern of their path, and what they are set to in turn, to make it work hardest."""
