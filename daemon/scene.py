"""The console as text: node lines, and the scene files made of them.

    /ch/01/mix ON -12.0 ON +0 OFF -oo
    └─ node ─┘ └─ one token per leaf, in the desk's order ─┘

Reading is patient: a line may stop early, padding is free, a value between two steps goes to the
nearer one.  What can't be understood is reported by line and reason, and the rest is applied.
"""

import codecs
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from daemon import errors
from daemon.console import Console
from dsp.parameters import Values

LARGEST = 1_000_000
"""Bytes; a full scene of the desk has about 70,000."""

LONGEST_LINE = 2_000
"""Bytes; the desk's longest, an effect, has about 500."""

_HEADER = re.compile(r"#\d+\.\d+#")
_HEADER_WIDTH = 127
_TITLE_LETTERS = 16
_TOKEN = re.compile(r'\s*("[^"]*"|[^\s"]\S*)')


class SceneError(errors.Refusal):
    """A scene that can't be read or written at all; the message is for people."""


class _LineError(ValueError):
    """A line, or the rest of a line, that means nothing here; the message is for people."""


class Problem(NamedTuple):
    """A line of text that could not be applied, or not wholly."""

    line: int
    """Counted from 1."""
    text: str
    reason: str


def line_of(values: Values, path: str) -> str | None:
    """Write a node or a single leaf as a line of text.

    Parameters
    ----------
    values : Values
        What to write.
    path : str
        Address of a node (``/ch/01/mix``) or leaf (``/ch/01/mix/fader``).

    Returns
    -------
    line : str or None
        Without a line end; None when there is no such address.
    """
    leaves = _leaves(values, path)
    if not leaves:
        return None
    return " ".join([path, *(values.table.row_of(leaf).to_text(values.get(leaf)) for leaf in leaves)])


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
        _apply(console, line, author)
    except _LineError as error:
        return [Problem(1, line, str(error))]
    return []


def read(path: Path | str, console: Console) -> list[Problem]:
    """Apply a scene file, or any other file of node lines.

    Returns
    -------
    problems : list of Problem
        What could not be applied, in order; all else has been.

    Raises
    ------
    SceneError
        When the file can't be opened, is far too large or no text; nothing has been set.
    """
    lines = _open(Path(path)).split(b"\n")
    problems = _header_problem(lines[0])
    for number, line in enumerate(lines, 1):
        try:
            _apply_bytes(console, line)
        except _LineError as error:
            text = line[:LONGEST_LINE].decode("utf-8", "replace").strip()
            problems.append(Problem(number, text, str(error)))
    return problems


def write(path: Path | str, console: Console, title: str) -> None:
    """Write the whole console as a scene file: either all of it is there afterwards, or the old file.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    text = "".join(f"{line}\n" for line in _lines(console.values, title))
    _replace(Path(path), text.encode("utf-8"))


def _apply(console: Console, line: str, author: object = None) -> None:
    """Set what a line says, or raise at the first token that means nothing."""
    tokens = _tokens(line)
    path = "/" + next(tokens, "").removeprefix("/")
    leaves = _leaves(console.values, path)
    if not leaves:
        raise _LineError(f"there is no {path} on this console")
    table = console.values.table
    for place, token in enumerate(tokens):
        if place == len(leaves):
            raise _LineError(f"{path} has {len(leaves)} fields; from {token!r} on there are too many")
        leaf = leaves[place]
        try:
            stored = table.row_of(leaf).from_text(token)
        except ValueError as error:
            raise _LineError(
                f"{table.path_of(leaf)}: {error}; not set, nor what follows on the line"
            ) from None
        console.set(leaf, stored, author)


def _leaves(values: Values, path: str) -> tuple[int, ...]:
    leaf = values.table.leaves.get(path)
    return values.table.nodes.get(path, ()) if leaf is None else (leaf,)


def _apply_bytes(console: Console, line: bytes) -> None:
    """Apply a line of a file; comments and empty lines do nothing."""
    if len(line) > LONGEST_LINE:
        raise _LineError(f"longer than any line of a scene ({len(line):,} bytes)")
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise _LineError("not UTF-8 text; save the file as UTF-8") from None
    if text and not text.startswith("#"):
        _apply(console, text)


def _tokens(line: str) -> Iterator[str]:
    """Parts of a line between blanks; what stands in double quotes stays together."""
    line = line.rstrip()
    at = 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            raise _LineError("a double quote is not closed")
        yield token[1]
        at = token.end()


def _open(path: Path) -> bytes:
    """Read a file that may be a scene."""
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
    return data.removeprefix(codecs.BOM_UTF8)


def _header_problem(line: bytes) -> list[Problem]:
    """Say so when a file does not begin like a scene."""
    text = line[:LONGEST_LINE].decode("utf-8", "replace").strip()
    if _HEADER.match(text):
        return []
    return [Problem(1, text, 'the header is missing; a scene begins like #4.0# "name" "note" %000000000 1')]


def _lines(values: Values, title: str) -> Iterator[str]:
    """Header and node lines of a scene file; what begins with a dash belongs to no scene."""
    name = "".join(letter for letter in title.replace('"', "'") if letter.isprintable())[:_TITLE_LETTERS]
    yield f'#4.0# "{name}" "" %000000000 1'.ljust(_HEADER_WIDTH)
    for path in values.table.nodes:
        if not path.startswith("/-"):
            yield line_of(values, path) or ""


def _replace(path: Path, data: bytes) -> None:
    """Put a file in place so that a power cut leaves either the old one or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
