"""The table of parameters: how its rows are written, what they make together, the values they hold.

All leaves of a row lie side by side in one vector: the sound takes the row whole, the network finds
a single leaf in a dict.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dsp.parameters import axis, scales
from dsp.parameters.row import Bits, Choice, Continuous, Param, Stored, Text, Whole, Wire
from dsp.parameters.variant import Varying

OFF, ON = "OFF", "ON"


def level(path: str, *, steps: int, default: float | Sequence[float], help: str) -> Param:
    """Describe a fader or send: dB on the fader's taper, silent at its lowest step."""
    return Continuous(
        "level", path, default, help, unit="dB", lowest=scales.SILENT, highest=10, steps=steps,
        scale=scales.TAPER, text=scales.level,
    )  # fmt: skip


def linear(
    path: str,
    unit: str,
    lowest: float,
    highest: float,
    *,
    step: float,
    default: float | Sequence[float],
    text: scales.Format,
    help: str,
) -> Param:
    """Describe a parameter with equal steps."""
    return Continuous(
        "linear", path, default, help, unit=unit, lowest=lowest, highest=highest,
        steps=round((highest - lowest) / step) + 1, scale=scales.even(lowest, highest), text=text,
    )  # fmt: skip


def log(
    path: str,
    unit: str,
    lowest: float,
    highest: float,
    *,
    steps: int,
    default: float | Sequence[float],
    text: scales.Format,
    help: str,
) -> Param:
    """Describe a parameter whose steps are equal ratios; `lowest` may be the larger end."""
    return Continuous(
        "logarithmic", path, default, help, unit=unit, lowest=lowest, highest=highest,
        steps=steps, scale=scales.ratios(lowest, highest), text=text,
    )  # fmt: skip


def integer(path: str, lowest: int, highest: int, *, unit: str = "", default: int | Sequence[int], help: str) -> Param:
    """Describe a whole number."""
    return Whole(
        "integer", path, default, help, unit=unit, lowest=lowest, highest=highest, steps=highest - lowest + 1
    )  # fmt: skip


def bitmap(path: str, bits: int, *, default: int = 0, plain: bool = False, help: str) -> Param:
    """Describe a set of members, bit 0 the first, written as binary digits or as a `plain` number."""
    return Bits("bitmap", path, default, help, highest=2**bits - 1, steps=2**bits, plain=plain)


def choice(path: str, choices: str, *, default: str | Sequence[str], help: str) -> Choice:
    """Describe one of several named things; `choices` are their tokens with blanks between them."""
    tokens = tuple(choices.split())
    return Choice("enum", path, default, help, highest=len(tokens) - 1, steps=len(tokens), choices=tokens)


def switch(path: str, *, default: str | Sequence[str], help: str) -> Param:
    """Describe something that is OFF or ON."""
    return Choice("switch", path, default, help, highest=1, steps=2, choices=(OFF, ON))


def text(path: str, longest: int, *, default: str | Sequence[str] = "", help: str) -> Param:
    """Describe a name of at most `longest` letters."""
    return Text("text", path, default, help, highest=longest)


def effect(path: str, chooser: Choice, effects: Mapping[str, Sequence[Param]], *, help: str) -> Param:
    """Describe the parameters of a slot, which are those of the effect that `chooser` names."""
    return Varying(path, chooser, [effects[token] for token in chooser.choices], help)


def read_only(row: Param) -> Param:
    """Mark what the console only tells."""
    row.access = "ro"
    return row


def trigger(row: Param) -> Param:
    """Mark what only makes the console do something; it reads as its default."""
    row.access = "wo"
    return row


# --- what they make together ------------------------------------------------------------------------


class Section(NamedTuple):
    """Rows that belong together, in the order in which the desk writes them to a scene."""

    rows: tuple[Param, ...]
    strip: str | None = None
    """Axis the scene goes along strip by strip, the first of every row; without it, row by row."""

    def leaves(self) -> Iterator[int]:
        """Every leaf, in the desk's order: all of strip 1, then all of strip 2."""
        strips = len(axis.LABELS[self.strip]) if self.strip else 1
        for strip in range(strips):
            for row in self.rows:
                share = row.size // strips
                yield from range(row.offset + strip * share, row.offset + (strip + 1) * share)


class Table:
    """All parameters of the console.

    Parameters
    ----------
    *sections : Section
        In the order of a scene file, then what no scene holds.

    Attributes
    ----------
    rows : dict of str to Param
        By pattern, such as ``ch/{ch}/mix/fader``.
    leaves : dict of str to int
        Number of each leaf by its OSC address, such as ``/ch/01/mix/fader``.
    size : int
        Number of leaves.
    defaults : ndarray of int32, shape (size,)
        Stored form of every default; 0 for texts.
    texts : dict of int to str
        Default of every text by its leaf.
    followers : dict of int to range
        Leaves that take other defaults when this leaf changes: the parameters of an effect slot.
    """

    def __init__(self, *sections: Section) -> None:
        self.rows: dict[str, Param] = {}
        self.leaves: dict[str, int] = {}
        self.texts: dict[int, str] = {}
        self._row_of: list[Param] = []
        for row in (row for section in sections for row in section.rows):
            row.offset = len(self._row_of)
            self.rows[row.path] = row
            self._row_of.extend([row] * row.size)
            self.leaves.update(zip(row.addresses(), range(row.offset, row.offset + row.size), strict=True))
        self._paths = list(self.leaves)
        self.size = len(self._paths)
        self.defaults = np.zeros(self.size, np.int32)
        self.followers: dict[int, range] = {}
        for row in self.rows.values():
            if isinstance(row, Text):
                self.texts.update(enumerate(map(str, row.defaults()), row.offset))
            else:
                self.defaults[row.offset : row.offset + row.size] = row.defaults()
            if isinstance(row, Varying):
                self.followers |= row.followers()
        self._sections = sections

    # Every command builds the table, and only those that write lines need what follows.

    @cached_property
    def nodes(self) -> dict[str, tuple[int, ...]]:
        """Leaves of each text line in the desk's order by its address, such as ``/ch/01/mix``.

        What no scene holds comes last.
        """
        nodes: dict[str, list[int]] = {}
        for section in self._sections:
            for leaf in section.leaves():
                nodes.setdefault(self._paths[leaf].rpartition("/")[0], []).append(leaf)
        return {path: tuple(leaves) for path, leaves in nodes.items()}

    @cached_property
    def scene(self) -> tuple[str, ...]:
        """Addresses of the nodes that a scene holds, in its order."""
        return tuple(path for path, leaves in self.nodes.items() if self._row_of[leaves[0]].in_scene)

    def row_of(self, leaf: int) -> Param:
        """Row that a leaf belongs to."""
        return self._row_of[leaf]

    def path_of(self, leaf: int) -> str:
        """OSC address of a leaf."""
        return self._paths[leaf]


class Values:
    """What every parameter of a table is set to.

    Parameters
    ----------
    table : Table
        All values begin at its defaults.

    Attributes
    ----------
    stored : ndarray of int32, shape (table.size,)
        Stored form of every leaf; 0 for texts.
    texts : dict of int to str
        Texts by leaf.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.stored = table.defaults.copy()
        self.texts = table.texts.copy()

    def param(self, leaf: int) -> Param:
        """What a leaf is now: its forms on the wire and in text, its range, its help."""
        row = self.table.row_of(leaf)
        if not isinstance(row, Varying):
            return row
        slot, place = divmod(leaf - row.offset, row.share)
        return row.meaning(int(self.stored[row.chooser.offset + slot]), place)

    def get(self, leaf: int) -> Stored:
        """Stored value of a leaf."""
        text = self.texts.get(leaf)
        return int(self.stored[leaf]) if text is None else text

    def wire(self, leaf: int) -> Wire:
        """Value of a leaf as the console sends it."""
        return self.param(leaf).to_wire(self.get(leaf))

    def text(self, leaf: int) -> str:
        """Value of a leaf as the desk writes it."""
        return self.param(leaf).to_text(self.get(leaf))

    def set(self, leaf: int, stored: Stored) -> bool:
        """Store a value of a leaf, and defaults in its followers; tell whether it is another one than before."""
        if self.get(leaf) == stored:
            return False
        if isinstance(stored, str):
            self.texts[leaf] = stored
            return True
        self.stored[leaf] = stored
        for follower in self.table.followers.get(leaf, ()):
            self.set(follower, self.param(follower).defaults()[0])
        return True

    def row(self, path: str) -> npt.NDArray[Any]:
        """Values of a whole row in engineering units, in the row's shape.

        Parameters
        ----------
        path : str
            Pattern of any row but a text.

        Returns
        -------
        values : ndarray
            float64 for continuous parameters (dB, Hz, ms…; a closed fader is -inf), bool for
            switches, int32 otherwise (of effect slots the stored forms).
        """
        row = self.table.rows[path]
        stored = self.stored[row.offset : row.offset + row.size].reshape(row.shape)
        if isinstance(row, Continuous):
            return row.grid[stored]
        return stored.astype(bool) if row.kind == "switch" else stored.copy()

    def copy(self) -> Self:
        """Values of their own that are equal to these."""
        twin = object.__new__(type(self))
        twin.table, twin.stored, twin.texts = self.table, self.stored.copy(), self.texts.copy()
        return twin
