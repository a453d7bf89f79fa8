"""What the rest of the console has to know of a processor: the declaration that everything else is made from.

    memory    rows of its settings and of its state, both at rest; its meter
    engine    how it takes new settings, what it does each sub-block, where it stands, what it forgets
    people    what it is called, which leaf shows that a strip has it, what makes it work hardest

A `Processor` is in the strips; a `Stage` stands elsewhere, too: a source, what guards the outputs, what measures,
delay lines.

To add one: its own file, with the declaration at its end; its line in the `registry`, in the order of the signal;
its rows in the table, and the section in `design` that writes to its field of the draft.
Where it stands in the flow is drawn by hand, in `engine.strip`, `flow` or `block`; all else is made from here.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

import numpy as np
import numpy.typing as npt

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
    PAIRS = auto()
    """Every strip, in each place where it has two filters."""


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
    is_metered: bool = True
    """Whether the smallest of its gains is on the page of meters."""
    take: Kernel | None = None
    """Take new settings in its own way, and not in a glide, `take(desk, new, group)`.

    Then it remembers twice: what it is, and what it is to become.  A change lasts as long as a slow glide, and it may
    ride, see `ride`.
    """
    ride: Kernel | None = None
    """Let one sub-block pass for what rides, `ride(desk, group)`; true if any has just arrived."""
    settle: Kernel | None = None
    """Be at once what a change was to bring, `settle(desk, group)`."""
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


class Place(Enum):
    """Where in the one block of memory something lies, and how long it stays what it is."""

    SET = auto()
    """What a desk is set to, taken as it is: it travels through the mailbox, in numbers of four bytes."""
    CROSSFADED = auto()
    """What a desk is set to, in whole numbers: each row of sixteen lanes cross-fades to the next by a clock of its own.

    `start`, `target`, `clock` and `live` have a field of its name, see `Stage.find_live`.
    """
    DESK = auto()
    """What a desk remembers of what it has heard: it is in the snapshots that a recall begins with."""
    HEARD = auto()
    """What is remembered of what leaves, whichever desk gave it."""
    RING = auto()
    """What was heard of late, a power of two of frames, for other threads to read."""
    WISH = auto()
    """What other threads ask for, for as long as the wall stands."""
    PAGE = auto()
    """Meters, since the page was turned; those of all lanes in a row go by the same name."""
    SHOWN = auto()
    """A meter that the control side measures."""


@dataclasses.dataclass(frozen=True)
class Field:
    """Memory of a stage."""

    name: str
    place: Place
    kind: type[np.generic]
    shape: tuple[int, ...] = ()
    rest: float | npt.NDArray[Any] = 0
    """What is in it at first."""
    is_heard: bool = True
    """Whether anything sounds different where a desk is set to another."""
    is_late: bool = False
    """Whether nobody needs it before somebody asks for it: see `Wall.control_prepare`."""


@dataclasses.dataclass(frozen=True)
class Lines:
    """What a desk has heard, and keeps for longer than snapshots may be large: lines of sixteen lanes.

    `NAME_mask` of the desk is one less than the rows of each that are in use.
    """

    name: str
    count: int
    most: int
    """Rows of each at the highest rate, a power of two."""
    rows: Callable[[float], int]
    """Rows of each that are in use at a rate, a power of two."""
    waits_for: str = ""
    """Setting without which nobody needs a line: where all its lanes are 0, see `Wall.control_publish`."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """What stands in the flow, but is not a processor of the strip alone."""

    fields: Sequence[Field]
    lines: Sequence[Lines] = ()
    settle: Kernel | None = None
    """Be what the desk is set to at once, `settle(desk)`: what is recalled begins so."""
    find_live: Kernel | None = None
    """See what there is to do, `find_live(desk)`: what is not live is skipped."""
    alter: Kernel | None = None
    """Mark the lanes of strips that another setting alters, `alter(desk, target, new)`, in `desk.altered`."""
    inherit: Kernel | None = None
    """Go on from what the heard desk keeps in its lines, `inherit(desk, other, begin, until)`.

    `other` begins at frame `begin`; `desk` may have come to `until` meanwhile.
    """
    late: Callable[[npt.NDArray[Any]], int] | None = None
    """Frames until what comes in has come through, on the longest way of a draft."""
    longest_ms: float = 0.0
    """What it can be late in one place."""
    rings_out: int = 0
    """Frames after which nothing is left to hear of it, or of what is behind it."""
    words: str = ""
    leaf: str = ""
    """What a person calls it, and a leaf of the strips that have it, as of a `Processor`."""
    hardest: Sequence[tuple[str, Value | Sequence[Value]]] = ()
    """See `Processor`."""
