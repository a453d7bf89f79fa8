"""A sheet of parts: each is made anew when something that it read has changed, and nothing else is.

    row touched ─▶ the parts that read it ─▶ another result? ─▶ the parts that read that one …

What a part reads is noted while it reads, rows of the table as well as other parts, or pieces of them, so
that no list says by hand what depends on what.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dsp.parameters.table import Values

Key = tuple[Any, ...]
"""A part: a function of the sheet, and what it is about."""


class Noted(Values):
    """Values of somebody else that tell which of their rows are read, and keep those until they are touched.

    Parameters
    ----------
    values : Values
        Read, never written.
    note : callable
        Is told the path of every row that is read.
    """

    def __init__(self, values: Values, note: Callable[[str], None]) -> None:
        self.table, self.stored, self.texts = values.table, values.stored, values.texts
        self._note = note
        self._rows: dict[Hashable, npt.NDArray[Any]] = {}

    def row(self, path: str) -> npt.NDArray[Any]:
        """Values of a whole row, see `Values.row`; they must not be written to."""
        self._note(path)
        if (row := self._rows.get(path)) is None:
            row = self._rows[path] = np.asarray(super().row(path))
            row.flags.writeable = False
        return row

    def forget(self, source: Hashable) -> None:
        """Read a row anew the next time, if it is one."""
        self._rows.pop(source, None)


class Notes:
    """What the parts that are being made have read so far, the innermost last.

    The sheet's values tell it here, and not the sheet: a sheet that nobody has any more goes at once.
    """

    def __init__(self) -> None:
        self._open: list[set[Hashable]] = []

    def note(self, source: Hashable) -> None:
        """Note that the part that is being made reads something."""
        if self._open:
            self._open[-1].add(source)

    def begin(self) -> None:
        """Note for another part from here on."""
        self._open.append(set())

    def end(self) -> set[Hashable]:
        """What it read; the part that wanted it goes on."""
        return self._open.pop()


class Sheet:
    """Parts that are made of values and of each other.

    Parameters
    ----------
    values : Values
        Read, never written.

    Attributes
    ----------
    values : Noted
        What parts read from.
    """

    def __init__(self, values: Values) -> None:
        self._notes = Notes()
        self.values = Noted(values, self._notes.note)
        self._made: dict[Key, Any] = {}
        self._reads: dict[Key, set[Hashable]] = {}
        self._readers: defaultdict[Hashable, set[Key]] = defaultdict(set)
        self._pieces: defaultdict[Key, set[Hashable]] = defaultdict(set)
        self._rank: dict[Key, int] = {}
        self._stale: set[Key] = set()

    def of(self, part: Callable[..., Any], *about: Hashable) -> Any:
        """Result of a part, ``part(self, *about)``, which must not be written to."""
        key = (part, *about)
        self.note(key)
        return self._result(key)

    def piece(self, name: Hashable, part: Callable[..., Any], *about: Hashable) -> Any:
        """One of the results of a part that makes a dictionary: who reads it reads nothing of the others."""
        key = (part, *about)
        self.note((key, name))
        self._pieces[key].add(name)
        return self._result(key)[name]

    def note(self, source: Hashable) -> None:
        """Note that the part that is being made reads something."""
        self._notes.note(source)

    def is_read(self, source: Hashable) -> bool:
        """Whether any part reads a row, or whatever else was noted."""
        return bool(self._readers.get(source))

    def touch(self, sources: Iterable[Hashable]) -> bool:
        """Make anew what read any of these, and what read that; false if nothing did."""
        for source in sources:
            self.values.forget(source)
            self._stale |= self._readers.get(source, set())
        any_stale = bool(self._stale)
        while self._stale:
            self._make(min(self._stale, key=self._rank.__getitem__))
        return any_stale

    def take_after(self, other: Self) -> None:
        """Know what another sheet of equal values knows."""
        self._made, self._rank = other._made.copy(), other._rank.copy()
        self._reads = {key: reads.copy() for key, reads in other._reads.items()}
        self._readers = defaultdict(set, {source: keys.copy() for source, keys in other._readers.items()})
        self._pieces = defaultdict(set, {key: names.copy() for key, names in other._pieces.items()})

    def _result(self, key: Key) -> Any:
        if key in self._stale or key not in self._made:
            self._make(key)
        return self._made[key]

    def _make(self, key: Key) -> None:
        self._notes.begin()
        try:
            made = key[0](self, *key[1:])
        finally:
            reads = self._notes.end()
        self._stale.discard(key)
        before = self._reads.get(key, set())
        if reads != before:
            for source in before - reads:
                self._readers[source].discard(key)
            for source in reads - before:
                self._readers[source].add(key)
            self._reads[key] = reads
        # What is made first is read by what is made later.
        self._rank.setdefault(key, len(self._rank))
        if key not in self._made:
            self._made[key] = made
            return
        former, self._made[key] = self._made[key], made
        if self._readers[key] and not _alike(former, made):
            self._stale |= self._readers[key]
        for name in self._pieces.get(key, ()):
            if not _alike(former[name], made[name]):
                self._stale |= self._readers[key, name]


def _alike(one: Any, other: Any) -> bool:
    """Whether two results are the same: arrays, numbers, or several of them."""
    if one is other:  # nothing, mostly
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        # By their bytes, which is quicker: at worst a zero with another sign is taken for another result.
        return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return bool(np.array_equal(one, other))
