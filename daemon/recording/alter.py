"""What is to be different when a show is played again.

    ch/11/mix/fader=+2dB     on top of the start and of every move
    ch/11/mix/fader=-5       stays so, whatever was done
    fx/1/**                  what was done there is left out
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from daemon import errors
from daemon.files import nodeline
from dsp.parameters.row import Continuous, Stored
from dsp.parameters.table import Values
from dsp.table import TABLE

Alter = Callable[[int, Stored, bool], Stored | None]
"""Makes another value of what a leaf is set to, or none of it; whether it is a move, or how the desk begins."""

OFFSET = re.compile(r"([+-]\d+(?:\.\d+)?) ?(dB|db|Hz|ms|%|s)")


class Change(NamedTuple):
    """What happens to a leaf."""

    offset: float = 0.0
    fixed: Stored | None = None


def read(wishes: Iterable[str], without: Iterable[str]) -> Alter | None:
    """Return what alters a show as these words say; None when they say nothing.

    Raises
    ------
    Refusal
        When a path or a value is not understood.
    """
    values = Values(TABLE)
    changes: dict[int, Change] = {}
    for wish in wishes:
        path, equals, said = wish.partition("=")
        leaves = leaves_of(path)
        if not equals or not leaves:
            raise errors.Refusal(f"--set {wish}: say PATH=VALUE, such as ch/11/mix/fader=+2dB or ch/11/mix/on=OFF")
        changes |= {leaf: _change(wish, said.strip(), values, leaf) for leaf in leaves}
    left_out: set[int] = set()
    for glob in without:
        if not (found := leaves_of(glob)):
            raise errors.Refusal(f"--without {glob}: no address of the console is like this")
        left_out.update(found)
    if not changes and not left_out:
        return None

    def alter(leaf: int, stored: Stored, is_move: bool) -> Stored | None:
        if is_move and leaf in left_out:
            return None
        change = changes.get(leaf)
        if change is None:
            return stored
        return change.fixed if change.fixed is not None else _moved(leaf, stored, change.offset)

    return alter


def leaves_of(glob: str) -> list[int]:
    """Leaves whose address is like this: `*` is one part of it, `**` any number of them."""
    parts = glob.strip().strip("/").split("/")
    pattern = "/".join(".*" if part == "**" else re.escape(part).replace(r"\*", "[^/]*") for part in parts)
    pattern = pattern.replace("/.*", "(?:/.*)?")
    return [leaf for path, leaf in TABLE.leaves.items() if re.fullmatch(pattern, path[1:])]


def _change(wish: str, said: str, values: Values, leaf: int) -> Change:
    """What a value means: with a sign and a unit it is an offset."""
    param = values.param(leaf)
    if (offset := OFFSET.fullmatch(said)) is not None:
        if not isinstance(param, Continuous):
            raise errors.Refusal(f"--set {wish}: {TABLE.path_of(leaf)} is no number that something can be added to")
        return Change(offset=float(offset[1]))
    try:
        return Change(fixed=nodeline.understood(param, said))
    except ValueError as error:
        raise errors.Refusal(f"--set {wish}: {error}") from None


def _moved(leaf: int, stored: Stored, offset: float) -> Stored:
    """The step that is nearest to a value with an offset; a closed fader stays closed."""
    row = TABLE.row_of(leaf)
    if not isinstance(row, Continuous) or not isinstance(stored, int):
        return stored
    value = float(row.grid[stored])
    return stored if value == float("-inf") else int(row.nearest(value + offset))
