"""Scene files: the console as lines of text, below a header.

    #4.0# "Name" "note" %000000000 1
    /config/chlink OFF OFF …
    /ch/01/config "Kick" 3 YE 1 …

What can't be understood is reported by line and reason.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from daemon import errors
from daemon.desk.console import Console
from daemon.files import disk, nodeline
from dsp.parameters.table import Values

LARGEST = 1_000_000
"""Bytes; a full scene of the desk has about 70,000."""

LONGEST_LINE = 2_000
"""Bytes; the desk's longest, an effect, has about 500."""

NO_SAFES = "%000000000"

_SAFES = re.compile("%[01]{9}")
_HEADER = re.compile(r"#\d+\.\d+#")
HEADER_WIDTH = 127
_TITLE_LETTERS = 16
_NOTE_LETTERS = 64


class SceneError(errors.Refusal):
    """A file that can't be read or written at all; the message is for people."""


class Problem(NamedTuple):
    """A line of text that could not be applied, or not wholly."""

    line: int
    """Counted from 1."""
    text: str
    reason: str


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
        When the file can't be opened, is far too large or no text; nothing has been set.
    """
    values = console.values.copy()
    problems = parse(load(Path(path)), values)
    console.recall(values)
    return problems


def load(path: Path) -> bytes:
    """Content of a file that may be a scene.

    Raises
    ------
    SceneError
        When it can't be opened, or is far too large.
    """
    try:
        if path.exists() and not path.is_file():
            raise SceneError(f"{path}: not a scene: this is no file")
        if path.stat().st_size > LARGEST:
            raise SceneError(f"{path}: not a scene: {path.stat().st_size:,} bytes are far too many")
        data = path.read_bytes()
    except OSError as error:
        raise SceneError(f"{path}: the scene can't be read: {error.strerror}") from None
    if b"\0" in data:
        raise SceneError(f"{path}: not a scene: this is a binary file")
    return data


def parse(data: bytes, values: Values, prefix: str = "/") -> list[Problem]:
    """Put what a file says into values.

    Parameters
    ----------
    data : bytes
        Content of the file.
    values : Values
        Where it goes; what the file does not name stays.
    prefix : str
        What the paths in this sort of file lack.

    Returns
    -------
    problems : list of Problem
        What could not be understood, in order.
    """
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    problems = _header_problem(lines[0])
    for number, line in enumerate(lines, 1):
        try:
            _parse_line(line, values, prefix)
        except nodeline.LineError as error:
            problems.append(Problem(number, _shown(line), str(error)))
    return problems


def parse_whole(data: bytes, path: Path, values: Values, prefix: str = "/") -> None:
    """Put what a stored file says into values, if it says nothing that can't be understood.

    Raises
    ------
    SceneError
        When the file is damaged; the values are then half set and of no use.
    """
    if not data:
        raise SceneError(f"{path.name}: the file is empty: nothing was recalled")
    if not data.endswith(b"\n"):
        raise SceneError(f"{path.name}: the last line has no end, the file may be cut off: nothing was recalled")
    problems = parse(data, values, prefix)
    if problems:
        line, _, reason = problems[0]
        others = f", and {len(problems) - 1} more like it" if len(problems) > 1 else ""
        raise SceneError(
            f"{path.name}:{line}: {reason}{others}: nothing was recalled; mend the file, or convert it"
        )


def write(path: Path | str, console: Console, title: str) -> None:
    """Write the whole console as a scene file: either all of it is there afterwards, or the old file.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    disk.replace(Path(path), text(header(title), scene_lines(console.values)))


def text(head: str, lines: Iterable[str]) -> bytes:
    """Content of a file."""
    return "".join(f"{line}\n" for line in (head, *lines)).encode("utf-8")


def header(title: str, note: str = "", safes: str = NO_SAFES) -> str:
    """First line of a scene file, as wide as the desk makes it."""
    title, note = quotable(title)[:_TITLE_LETTERS], quotable(note)[:_NOTE_LETTERS]
    return f'#4.0# "{title}" "{note}" {safes} 1'.ljust(HEADER_WIDTH)


def title_of(data: bytes) -> tuple[str, str, str]:
    """Name, note and safes in the header of a scene file, as far as it has them."""
    head = data.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0].decode("utf-8", "replace")
    try:
        words = list(nodeline.split(head))[1:]
    except nodeline.LineError:
        words = []
    name, note, safes = (*words, "", "", "")[:3] if _HEADER.match(head) else ("", "", "")
    return name.strip('"'), note.strip('"'), safes if _SAFES.fullmatch(safes) else NO_SAFES


def quotable(words: str) -> str:
    """Text that can stand between double quotes on a line."""
    return "".join(letter for letter in words.replace('"', "'") if letter.isprintable())


def scene_lines(values: Values) -> Iterator[str]:
    """Lines of a scene file below its header."""
    nodes = values.table.nodes
    return (f"{path} {nodeline.text_of(values, nodes[path])}" for path in values.table.scene)


def _parse_line(line: bytes, values: Values, prefix: str) -> None:
    """Apply a line of a file; comments and empty lines do nothing."""
    if len(line) > LONGEST_LINE:
        raise nodeline.LineError(f"longer than any line of a scene ({len(line):,} bytes)")
    try:
        words = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise nodeline.LineError("not UTF-8 text; save the file as UTF-8") from None
    if words and not words.startswith("#"):
        for leaf, stored in nodeline.fields(values, words, prefix):
            values.set(leaf, stored)


def _header_problem(line: bytes) -> list[Problem]:
    """Say so when a file does not begin like a scene."""
    words = _shown(line).removeprefix("\ufeff")
    if _HEADER.match(words):
        return []
    return [Problem(1, words, 'the header is missing; a scene begins like #4.0# "name" "note" %000000000 1')]


def _shown(line: bytes) -> str:
    return line[:LONGEST_LINE].decode("utf-8", "replace").strip()
