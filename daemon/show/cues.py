"""The list of cues: what is recalled when, in the order of their numbers."""

from typing import NamedTuple

from daemon.desk.console import Console
from daemon.show.show import PREFIX
from daemon.show.slots import ShelfError
from dsp.parameters.row import Stored
from dsp.parameters.table import Values

FIELDS = ("numb", "name", "skip", "scene", "bit", "miditype", "midichan", "midipara1", "midipara2")


class Cue(NamedTuple):
    """One line of the list, as it is stored."""

    number: int
    """12.3.4 is 1234."""
    name: str
    skip: int
    scene: int
    """-1 is none."""
    snippet: int
    """-1 is none."""
    midi: tuple[int, int, int, int]
    """Type, channel, number, value."""

    def fields(self) -> tuple[Stored, ...]:
        """Values in the order of the list's fields."""
        return (self.number, self.name, self.skip, self.scene, self.snippet, *self.midi)


class Cues:
    """The list of cues, which lives in the console's values.

    Parameters
    ----------
    console : Console
        Where it lives.
    """

    MOST = 500

    def __init__(self, console: Console) -> None:
        self._console = console
        self._values = console.values
        fresh = Values(console.values.table)
        self._none = self._read(fresh, 0)

    def get(self, place: int) -> Cue:
        """Cue at a place of the list.

        Raises
        ------
        ShelfError
            When there is none.
        """
        cue = self._read(self._values, place) if 0 <= place < self.MOST else self._none
        if not _exists(cue):
            raise ShelfError(f"cue {place}: there is none at this place of the list")
        return cue

    def waits(self, place: int) -> bool:
        """Whether there is a cue at a place that is not passed over."""
        cue = self._read(self._values, place)
        return _exists(cue) and not cue.skip

    def add(self, number: int, name: str) -> None:
        """Put a cue into the list by its number; it recalls what the current one recalls.

        Raises
        ------
        ShelfError
            When the list is full or has this number.
        """
        cues = self._all()
        if len(cues) == self.MOST:
            raise ShelfError(f"the list of {self.MOST} cues is full: delete one before")
        if any(cue.number == number for cue in cues):
            raise ShelfError(f"cue {number} is in the list already")
        current = self._read(self._values, max(0, self._current()))
        cues.append(current._replace(number=number, name=name))
        self._write(sorted(cues, key=lambda cue: cue.number))

    def rename(self, place: int, name: str) -> None:
        """Give the cue at a place another name."""
        self.get(place)
        leaf = self._leaf(place, "name")
        self._console.set(leaf, self._values.param(leaf).nearest(name))

    def delete(self, place: int) -> None:
        """Take the cue at a place out of the list."""
        gone = self.get(place)
        cues = self._all()
        cues.remove(gone)
        self._write(cues)

    def _all(self) -> list[Cue]:
        cues = (self._read(self._values, place) for place in range(self.MOST))
        return [cue for cue in cues if _exists(cue)]

    def _write(self, cues: list[Cue]) -> None:
        for place in range(self.MOST):
            cue = cues[place] if place < len(cues) else self._none
            for name, value in zip(FIELDS, cue.fields(), strict=True):
                leaf = self._leaf(place, name)
                fitting = self._values.param(leaf).nearest(value) if isinstance(value, str) else value
                self._console.set(leaf, fitting)

    def _read(self, values: Values, place: int) -> Cue:
        number, name, skip, scene, snippet, *midi = [values.get(self._leaf(place, name)) for name in FIELDS]
        kind, channel, first, second = map(int, midi)
        return Cue(int(number), str(name), int(skip), int(scene), int(snippet), (kind, channel, first, second))

    def _leaf(self, place: int, name: str) -> int:
        return self._values.table.leaves[f"{PREFIX}cue/{place:03d}/{name}"]

    def _current(self) -> int:
        return int(self._values.get(self._values.table.leaves["/-show/prepos/current"]))


def _exists(cue: Cue) -> bool:
    return bool(cue.number or cue.name)
