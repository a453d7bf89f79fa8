"""A shelf: a hundred slots of one kind, each a file on disk and a line in the console's list.

A file is there first and in the list afterwards: what a power cut leaves out of the list is found by
its header at the next start.  Beside each file lie its exact values, see `exact`.
"""

import logging
from pathlib import Path

from daemon import errors
from daemon.desk.console import Console
from daemon.files import exact, nodeline, reading, scene
from daemon.files.disk import Disk, Done
from dsp.parameters.row import Stored
from dsp.parameters.table import Values

log = logging.getLogger("faderd")

SLOTS = 100


class ShelfError(errors.Refusal):
    """Something stored is not there, or can't be read; the message is for people."""


class Shelf:
    """Slots of one kind.

    Parameters
    ----------
    console : Console
        Where the list lives.
    files : Disk
        Where files are written.
    kind : str
        What clients call it.
    file : Path
        Where a slot's file lies, with braces for its number.
    node : str
        Address of a slot's line in the list, with braces for its number.
    first : int
        Number of the first slot in both; clients count from 0.
    """

    def __init__(
        self, console: Console, files: Disk, kind: str, file: Path, node: str, first: int = 0
    ) -> None:
        self._console = console
        self._values = console.values
        self._files = files
        self._kind, self._file, self._node, self._first = kind, file, node, first

    def path(self, slot: int) -> Path:
        """File of a slot.

        Raises
        ------
        ShelfError
            When there is no such slot.
        """
        if not 0 <= slot < SLOTS:
            raise ShelfError(f"{self._kind} {slot}: they count from 0 to {SLOTS - 1}")
        return self._file.with_name(self._file.name.format(slot + self._first))

    def leaf(self, slot: int, name: str) -> int:
        """Leaf of a field of the list."""
        self.path(slot)
        return self._values.table.leaves[f"{self._node.format(slot + self._first)}/{name}"]

    def field(self, slot: int, name: str) -> Stored:
        """Field of the list."""
        return self._values.get(self.leaf(slot, name))

    def token(self, slot: int, name: str) -> str:
        """Field of the list as the desk writes it."""
        return self._values.text(self.leaf(slot, name))

    def holds(self, slot: int) -> bool:
        """Whether there is something in a slot."""
        return bool(self.field(slot, "hasdata"))

    def read(self, slot: int) -> bytes:
        """Content of a slot's file.

        Raises
        ------
        ShelfError
            When there is nothing in the slot, or it can't be read.
        """
        path = self.path(slot)
        try:
            return self._files.read(path)
        except FileNotFoundError:
            raise ShelfError(f"{self._kind} {slot} is empty: there is no {path.name}") from None
        except OSError as error:
            raise ShelfError(f"{path.name}: can't be read: {error.strerror or error}") from None

    def source(self, slot: int) -> scene.Source:
        """Content of a slot's file, with its exact values if they belong to it.

        Raises
        ------
        ShelfError
            When there is nothing in the slot, or it can't be read.
        """
        data, beside = self.read(slot), self.beside(slot)
        return scene.Source(self.path(slot).name, data, exact.read(beside, data))

    def beside(self, slot: int) -> bytes:
        """Content of the file of exact values of a slot; empty when there is none."""
        try:
            return self._files.read(exact.beside(self.path(slot)))
        except OSError:
            return b""

    def write(self, slot: int, data: bytes, beside: bytes, fields: dict[str, Stored], done: Done) -> None:
        """Put something into a slot with its exact values, and these fields into the list once the disk has it."""

        def written(error: OSError | None) -> None:
            if error is None:
                self._list(slot, {**fields, "hasdata": 1})
            else:
                log.error("%s %d not saved: %s", self._kind, slot, error.strerror or error)
            done(error)

        # First the exact values, which count for nothing without their file: what is there in between is as it was.
        if beside:
            self._files.write(exact.beside(self.path(slot)), beside, _nothing)
        else:
            self._files.remove(exact.beside(self.path(slot)), _nothing)
        self._files.write(self.path(slot), data, written)

    def remove(self, slot: int, done: Done) -> None:
        """Empty a slot."""

        def removed(error: OSError | None) -> None:
            if error is None:
                self._forget(slot)
            else:
                log.error("%s %d not deleted: %s", self._kind, slot, error.strerror or error)
            done(error)

        self._files.remove(self.path(slot), removed)
        self._files.remove(exact.beside(self.path(slot)), _nothing)

    def clear(self) -> None:
        """Empty every slot."""
        for slot in range(SLOTS):
            if self.holds(slot):
                self.remove(slot, _nothing)
            self._forget(slot)

    def compare(self, values: Values) -> None:
        """Let the list in these values say what is there: a file that it lacks brings its own header."""
        for slot in range(SLOTS):
            path, leaf = self.path(slot), self.leaf(slot, "hasdata")
            exists = path.exists()
            if exists and not values.get(leaf):
                self._take_header(values, slot, path)
            values.set(leaf, int(exists))

    def _list(self, slot: int, fields: dict[str, Stored]) -> None:
        """Put fields into the list; everybody hears of it."""
        for name, value in fields.items():
            leaf = self.leaf(slot, name)
            self._console.set(leaf, self._values.param(leaf).nearest(value) if isinstance(value, str) else value)

    def _forget(self, slot: int) -> None:
        """Make a line of the list as it was at first."""
        fresh = Values(self._values.table)
        for leaf in self._values.table.nodes[self._node.format(slot + self._first)]:
            self._console.set(leaf, fresh.get(leaf))

    def _take_header(self, values: Values, slot: int, path: Path) -> None:
        try:
            with path.open("rb") as file:
                mark, _, words = reading.decoded(file.readline(reading.LONGEST_LINE)).partition(" ")
            if not mark.lstrip("\ufeff").startswith("#"):
                return  # a scene without a header is a scene without a name
            for leaf, stored in nodeline.fields(values, f"{self._node.format(slot + self._first)} {words}"):
                values.set(leaf, stored)
        except (OSError, ValueError) as error:
            log.warning("%s: its header can't be read: %s", path, error)


def _nothing(error: OSError | None) -> None:
    """Nobody waits for it; the log has the error."""
