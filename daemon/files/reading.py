"""Reading a file of lines: what is understood counts, what is not costs its line, what is damaged counts not at all.

    file ─▶ lines ─▶ (each) leaves that it names ─▶ problems ─▶ cut off? nothing understood? ─▶ refused whole

A file that was cut off may say -1 where it said -12: no line of it is believed.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from daemon import errors
from daemon.files import exact, nodeline
from daemon.system import floor
from dsp.parameters.row import Bits, Choice, Continuous, Param, Whole
from dsp.parameters.table import Values

LARGEST = 1_000_000
"""Bytes; a full scene of the desk has about 70,000."""

LONGEST_LINE = 2_000
"""Bytes; the desk's longest, an effect, has about 500."""


class SceneError(errors.Refusal):
    """A file that can't be read or written at all; the message is for people."""


class Problem(NamedTuple):
    """A line of text that could not be applied, or not wholly."""

    line: int
    """Counted from 1."""
    text: str
    reason: str


class Source(NamedTuple):
    """A file that has been read."""

    name: str
    """As people know it."""
    data: bytes
    exact: Mapping[str, int] | None = None
    """Steps by address, of the file of exact values beside it, if they belong to it."""


def source(path: Path) -> Source:
    """Read a file that may be a scene, with the exact values beside it.

    Raises
    ------
    SceneError
        When it can't be opened, or is far too large or no text.
    """
    data = load(path)
    with suppress(OSError):
        return Source(str(path), data, exact.read(exact.beside(path).read_bytes(), data))
    return Source(str(path), data)


def load(path: Path) -> bytes:
    """Content of a file that may be a scene.

    Raises
    ------
    SceneError
        When it can't be opened, or is far too large or no text.
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


class Reading:
    """A file on its way into values.

    Parameters
    ----------
    file : Source
    size : int
        Number of leaves of the table.

    Attributes
    ----------
    named : ndarray of bool, shape (size,)
        Leaves that the file says something of.
    problems : list of Problem
        Lines, or ends of lines, that mean nothing, in order.
    number : int
        Number of the line that is being applied.
    """

    def __init__(self, file: Source, size: int) -> None:
        self._file = file
        self.named = np.zeros(size, bool)
        self.problems: list[Problem] = []
        self.number = 0
        self._last = ("", -1)  # the last line, and the last leaf that it names
        self._understood = 0

    def each(self, apply: Callable[[str], Iterable[int]]) -> None:
        """Apply every line; `apply` sets what it says and tells the leaves, one after the other."""
        for number, line in lines(self._file.data):
            floor.give_way()
            self.number, self._last = number, (line, -1)
            try:
                _check_length(line)
                for leaf in apply(line):
                    self.named[leaf] = True
                    self._last = (line, leaf)
                self._understood += 1
            except nodeline.LineError as error:
                self.problems.append(Problem(number, line[:LONGEST_LINE].strip(), str(error)))
                self._understood += self._last[1] >= 0

    def refuse_damage(self, values: Values) -> None:
        """Refuse a file that is damaged; `values` are what it has been read into.

        Raises
        ------
        SceneError
            When it is empty, binary, cut off, or means nothing at all.
        """
        self.refuse_parts(values)
        if self.problems and not self._understood:
            line, _, reason = self.problems[0]
            raise SceneError(
                f"{self._file.name}:{line}: {reason}; nor is any other line understood: nothing of it counts"
            )

    def refuse_parts(self, values: Values) -> None:
        """Refuse what can't be the whole of a file of text, see `refuse_damage`."""
        name, data = self._file.name, self._file.data
        if b"\0" in data:
            raise SceneError(f"{name}: this is a binary file: nothing of it counts")
        if not data.strip():
            raise SceneError(f"{name}: the file is empty: nothing of it counts")
        if not _is_ended(data) and not self._ends_well(values):
            raise SceneError(
                f"{name}: the last line has no end, the file may be cut off: nothing of it counts; "
                "end the line if it is whole"
            )

    def _ends_well(self, values: Values) -> bool:
        """Whether a last line without an end can only be whole: it has all fields, and none could be longer."""
        line, leaf = self._last
        if leaf < 0 or (self.problems and self.problems[-1].line == self.number):
            return False
        address = values.table.path_of(leaf)
        node, _, field = address.rpartition("/")
        path = line.split()[0]
        is_last = values.table.nodes[node][-1] == leaf or path.rpartition("/")[2] == field
        token = nodeline.written(values.param(leaf), values.get(leaf)).strip()
        return is_last and line.endswith(f" {token}") and not _may_go_on(values.param(leaf), token)


def lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Lines of a file with their numbers, but its header, comments and blanks."""
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        words = decoded(line).strip()
        if words and not words.startswith("#"):
            yield number, words


def decoded(line: bytes) -> str:
    """Text of a line; what is not UTF-8 is Latin-1, as older programs write names."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _is_ended(data: bytes) -> bool:
    """Whether the last line of a file has its end, or is none that says anything."""
    last = data.rpartition(b"\n")[2]
    return b"\n" in data and (not last.strip() or last.lstrip().startswith(b"#"))


def _check_length(line: str) -> None:
    if len(line) > LONGEST_LINE:
        raise nodeline.LineError(f"longer than any line of a scene ({len(line):,} letters)")


def _may_go_on(param: Param, token: str) -> bool:
    """Whether a token may be the beginning of a longer one."""
    if isinstance(param, Continuous):
        longer = (nodeline.written(param, step).strip() for step in range(param.steps))
        return any(text != token and text.startswith(token) for text in longer)
    if isinstance(param, Choice):
        return any(choice != token and choice.startswith(token) for choice in param.choices)
    if isinstance(param, Bits) and not param.plain:
        return False
    return isinstance(param, Whole) and len(token) < len(str(int(param.highest)))
