"""Exact values beside a file: which of several steps that are written alike is meant.

    show.003.scn         /ch/01/mix ON -14.5 …       what every tool for these files reads
    show.003.scn.exact   /ch/01/mix/fader 510        the step among those that are written -14.5

They count only while the lines of the file are the ones they were made with: whoever edits the file is
believed.  A name in its first line is no value, and may change.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from daemon.files import nodeline
from daemon.system import floor
from dsp.parameters.table import Values

_HEAD = "#exact values, for the lines with SHA-256 {}"
_LINE = re.compile(r"(/\S+) (\d{1,6})")


def beside(path: Path) -> Path:
    """File of the exact values of a file."""
    return path.with_name(f"{path.name}.exact")


def steps(values: Values, leaves: Iterable[int], prefix: str = "") -> Iterator[tuple[str, int]]:
    """Addresses and steps of the leaves whose text alone would bring back another value.

    Parameters
    ----------
    values : Values
    leaves : iterable of int
        Those that are in the file.
    prefix : str
        What the addresses in the file lack.
    """
    for leaf in leaves:
        floor.give_way()
        stored = values.get(leaf)
        if nodeline.is_ambiguous(values.param(leaf), stored):
            yield values.table.path_of(leaf).removeprefix(prefix), int(stored)


def text(data: bytes, found: Iterable[tuple[str, int]]) -> bytes:
    """Content of the file of exact values beside one with this content."""
    lines = (f"{address} {step}" for address, step in found)
    return "".join(f"{line}\n" for line in (_HEAD.format(_digest(data)), *lines)).encode("utf-8")


def kept(data: bytes, found: Mapping[str, int] | None) -> bytes:
    """Content of the file of exact values beside a copy of a file that had these; empty when it had none."""
    return b"" if found is None else text(data, found.items())


def read(content: bytes, data: bytes) -> Mapping[str, int] | None:
    """Steps by address; None when they were not made with the lines of a file with this content."""
    head, *lines = content.decode("utf-8", "replace").split("\n")
    if head != _HEAD.format(_digest(data)):
        return None
    return {found[1]: int(found[2]) for line in lines if (found := _LINE.fullmatch(line))}


def _digest(data: bytes) -> str:
    """Digest of all lines but the first."""
    return hashlib.sha256(data.partition(b"\n")[2]).hexdigest()
