"""Scene files: the console as lines of text, below a header.

    #4.0# "Name" "note" %000000000 1
    /config/chlink OFF OFF …
    /ch/01/config "Kick" 3 YE 1 …

A line that can't be understood costs that line and is reported; see `reading`.  Whoever recalls a file, from
the command line, the network or a list of cues, comes through `recalled`, and so to the same desk.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from daemon.desk import links, parts
from daemon.desk.console import Console
from daemon.desk.parts import Mask
from daemon.files import exact, nodeline, reading
from daemon.files.reading import LONGEST_LINE, Problem, SceneError, Source
from daemon.system import floor
from dsp.parameters.table import Table, Values

__all__ = ["LONGEST_LINE", "Problem", "SceneError", "Source"]

NO_SAFES = "%000000000"

_SAFES = re.compile("%[01]{9}")
_HEADER = re.compile(r"#\d+\.\d+#")
HEADER_WIDTH = 127
_TITLE_LETTERS = 16
_NOTE_LETTERS = 64


class Recalled(NamedTuple):
    """What a file makes of a desk."""

    values: Values
    problems: list[Problem]
    """Lines that were left out, in order."""


def apply_line(console: Console, line: str, author: object = None) -> list[Problem]:
    """Set what a line of text says.

    Parameters
    ----------
    console : Console
        Where the values go.
    line : str
        Path of a node or leaf and its values; the leading slash is optional, the line may stop early.
    author : object
        Who said it, see `Console.set`.

    Returns
    -------
    problems : list of Problem
        The first token that means nothing, if any; the fields before it have been set.
    """
    try:
        for leaf, stored in nodeline.fields(console.values, line):
            console.set(leaf, stored, author)
    except nodeline.LineError as error:
        return [Problem(1, line, str(error))]
    return []


def read(path: Path | str, console: Console) -> list[Problem]:
    """Apply a scene file, or any other file of node lines, in one go.

    Returns
    -------
    problems : list of Problem
        What could not be applied, in order; all else has been.

    Raises
    ------
    SceneError
        When the file can't be opened, is damaged, far too large or no text; nothing has been set.
    """
    found = recalled(console.values, reading.source(Path(path)))
    console.recall(found.values)
    return found.problems


def recalled(base: Values, source: Source, chosen: Mask | None = None, free: Mask | None = None) -> Recalled:
    """Desk as a file makes it.

    What the file names holds, for both sides of a linked pair too, whatever stood before.  A side that it does
    not name goes along with the one that it does, and its link switches act first, as if they were pressed.

    Parameters
    ----------
    base : Values
        The desk before; what the file does not name stays.
    source : Source
        The file.
    chosen : ndarray of bool, shape (table.size,), optional
        What of the file is wanted; all by default.
    free : ndarray of bool, shape (table.size,), optional
        What may change at all, which safes forbid; all that scenes hold by default.

    Raises
    ------
    SceneError
        When the file is damaged; the message is for people.
    """
    values = base.copy()
    found = reading.Reading(source, base.table.size)
    found.each(Lines(values, source.exact).apply)
    found.refuse_damage(values)
    return Recalled(settled(base, values, found.named, chosen, free), found.problems)


def settled(base: Values, said: Values, named: Mask, chosen: Mask | None = None, free: Mask | None = None) -> Values:
    """Desk between what it was and what a file says of it, see `recalled`; links are kept."""
    free = np.ones(base.table.size, bool) if free is None else free
    named = named if chosen is None else named & chosen
    taken = named & free
    for leaf, followers in base.table.followers.items():
        types = {int(base.get(leaf)), int(said.get(leaf))}
        if len(types) > 1:  # another effect comes with all that it is set to, and without it that means nothing
            taken[followers.start : followers.stop] = taken[leaf]
    wanted = base.copy()
    parts.take(wanted, said, taken)
    links.settle(base, wanted, named, free)
    return wanted


def parse(data: bytes, values: Values, prefix: str = "/", steps: Mapping[str, int] | None = None) -> list[Problem]:
    """Put what a file says into values, line by line and nothing else.

    Parameters
    ----------
    data : bytes
        Content of the file.
    values : Values
        Where it goes; what the file does not name stays.
    prefix : str
        What the paths in this sort of file lack.
    steps : mapping of str to int, optional
        Exact values, see `nodeline.fields`.

    Returns
    -------
    problems : list of Problem
        What could not be understood, in order.
    """
    found = reading.Reading(Source("", data), values.table.size)
    found.each(lambda line: _set(values, line, steps, prefix))
    return found.problems


def _set(values: Values, line: str, steps: Mapping[str, int] | None, prefix: str = "/") -> Iterator[int]:
    """Set what a line says, and tell the leaves."""
    for leaf, stored in nodeline.fields(values, line, prefix, steps):
        values.set(leaf, stored)
        yield leaf


class Lines:
    """Lines of a scene on their way into values: of an effect that is not known, nothing is set."""

    def __init__(self, values: Values, steps: Mapping[str, int] | None) -> None:
        self._values, self._steps = values, steps
        self._meaningless: set[int] = set()

    def apply(self, line: str) -> Iterator[int]:
        """Set what a line says, and tell the leaves."""
        table = self._values.table
        try:
            for leaf, value in nodeline.fields(self._values, line, exact=self._steps):
                if not table.row_of(leaf).in_scene:
                    raise nodeline.LineError(f"no scene holds {table.path_of(leaf)}")
                if leaf in self._meaningless:
                    raise nodeline.LineError(f"{table.path_of(leaf)} is of an effect that was left out")
                self._values.set(leaf, value)
                self._meaningless.difference_update(table.followers.get(leaf, ()))
                yield leaf
        except nodeline.LineError:
            path = "/" + line.split()[0].removeprefix("/")
            for leaf in nodeline.leaves_of(self._values, path):
                self._meaningless.update(table.followers.get(leaf, ()))
            raise


def stored(values: Values, head: str) -> tuple[bytes, bytes]:
    """Content of a scene file, and of the file of exact values beside it."""
    data = text(head, scene_lines(values))
    return data, exact.text(data, exact.steps(values, scene_leaves(values.table)))


def scene_leaves(table: Table) -> Iterator[int]:
    """Leaves that scenes hold, in their order."""
    return (leaf for path in table.scene for leaf in table.nodes[path])


def text(head: str, lines: Iterable[str]) -> bytes:
    """Content of a file."""
    return "".join(f"{line}\n" for line in (head, *lines)).encode("utf-8")


def headed(data: bytes, head: str) -> bytes:
    """Content of a file below another header; it may have had none."""
    data = data.removeprefix(codecs.BOM_UTF8)
    first, _, rest = data.partition(b"\n")
    return text(head, []) + (rest if first.startswith(b"#") else data)


def header(title: str, note: str = "", safes: str = NO_SAFES) -> str:
    """First line of a scene file, as wide as the desk makes it."""
    title, note = quotable(title)[:_TITLE_LETTERS], quotable(note)[:_NOTE_LETTERS]
    return f'#4.0# "{title}" "{note}" {safes} 1'.ljust(HEADER_WIDTH)


def header_of(data: bytes) -> list[str]:
    """Words of the header of a file behind its mark; none when it has no header."""
    head = reading.decoded(data.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0])
    if not _HEADER.match(head):
        return []
    try:
        return list(nodeline.split(head))[1:]
    except nodeline.LineError:
        return []


def title_of(data: bytes) -> tuple[str, str, str]:
    """Name, note and safes in the header of a scene file, as far as it has them."""
    name, note, safes = (*header_of(data), "", "", "")[:3]
    return name.strip('"'), note.strip('"'), safes if _SAFES.fullmatch(safes) else NO_SAFES


def quotable(words: str) -> str:
    """Text that can stand between double quotes on a line."""
    return "".join(letter for letter in words.replace('"', "'") if letter.isprintable())


def scene_lines(values: Values) -> Iterator[str]:
    """Lines of a scene file below its header."""
    nodes = values.table.nodes
    for path in values.table.scene:
        floor.give_way()
        yield f"{path} {nodeline.text_of(values, nodes[path])}"
