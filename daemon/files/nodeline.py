"""One line of the console as text: a path, and one token per leaf in the desk's order.

/ch/01/mix ON -12.0 ON +0 OFF -oo

Reading is patient: a line may stop early, padding is free, a value between two steps goes to the
nearer one.  A token that means nothing ends its line; what stands before it counts.

Several steps may have the same text (-14.53 dB and -14.49 dB are both -14.5).  Which one is meant is told
by exact values beside the file, if it has any, see `exact`; else a parameter whose text is the token
already is left alone, so that what is read and written back changes nothing.
"""

import functools
import re
from collections.abc import Iterator, Mapping

from dsp.parameters.row import Continuous, Param, Stored
from dsp.parameters.table import Values

_TOKEN = re.compile(r'\s*("[^"]*"|[^\s"]\S*)')


class LineError(ValueError):
    """A line, or the rest of a line, that means nothing here; the message is for people."""


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
    leaves = leaves_of(values, path)
    return f"{path} {text_of(values, leaves)}" if leaves else None


def text_of(values: Values, leaves: tuple[int, ...]) -> str:
    """Tokens of leaves, with one blank between them."""
    return " ".join([written(values.param(leaf), values.get(leaf)) for leaf in leaves])


def fields(
    values: Values, line: str, prefix: str = "/", exact: Mapping[str, int] | None = None
) -> Iterator[tuple[int, Stored]]:
    """Leaves that a line sets, one after the other.

    Parameters
    ----------
    values : Values
        Set each field there before the next is asked for: it may decide what the next one means.
    line : str
        Path of a node or leaf and its values; the leading slash is optional.
    prefix : str
        What the paths of the lines of this sort of file lack.
    exact : mapping of str to int, optional
        Steps by their addresses, where the text alone would mean another one.

    Yields
    ------
    leaf : int
    stored : int or str

    Raises
    ------
    LineError
        At the first token that means nothing.
    """
    tokens = split(line)
    word = next(tokens, "")
    path = prefix + word.removeprefix("/")
    leaves = leaves_of(values, path)
    if not leaves:
        raise LineError(f"there is no {path if prefix == '/' else word} on this console")
    for place, token in enumerate(tokens):
        if place == len(leaves):
            raise LineError(f"{path} has {len(leaves)} fields; from {token!r} on there are too many")
        leaf = leaves[place]
        address = values.table.path_of(leaf)
        try:
            yield leaf, field(values, leaf, token, exact, address)
        except ValueError as error:
            raise LineError(f"{address}: {error}; not set, nor what follows on the line") from None


def field(values: Values, leaf: int, token: str, exact: Mapping[str, int] | None, address: str) -> Stored:
    """Stored form of a token, which may be one of several that are written so.

    Parameters
    ----------
    values : Values
        The desk before.
    leaf : int
        What is set.
    token : str
        Its text.
    exact : mapping of str to int, optional
        Exact values of the file; without them, what is written so already is left alone.
    address : str
        Where the exact values have this one.

    Raises
    ------
    ValueError
        When the token means nothing here; the message is for people.
    """
    param = values.param(leaf)
    stored = understood(param, token)
    if isinstance(param, Continuous):
        meant = values.get(leaf) if exact is None else exact.get(address)
        if meant is not None and meant != stored and is_written(param, meant, token):
            return meant
    return stored


def leaves_of(values: Values, path: str) -> tuple[int, ...]:
    """Leaves of a node or of a leaf itself; none when there is no such address."""
    leaf = values.table.leaves.get(path)
    return values.table.nodes.get(path, ()) if leaf is None else (leaf,)


@functools.lru_cache(maxsize=1 << 16)
def understood(param: Param, token: str) -> Stored:
    """Stored form of a token; scenes hold the same few thousand again and again."""
    return param.from_text(token)


@functools.lru_cache(maxsize=1 << 16)
def written(param: Param, stored: Stored) -> str:
    """Token of a stored value, see `understood`."""
    return param.to_text(stored)


def is_written(param: Continuous, step: int | str, token: str) -> bool:
    """Whether a step there is has this text; padding does not matter."""
    return isinstance(step, int) and 0 <= step < param.steps and written(param, step).strip() == token.strip()


def is_ambiguous(param: Param, stored: Stored) -> bool:
    """Whether the text of a value alone would bring back another one."""
    return isinstance(param, Continuous) and understood(param, written(param, stored)) != stored


def split(line: str) -> Iterator[str]:
    """Parts of a line between blanks; what stands in double quotes stays together."""
    line = line.rstrip()
    at = 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        if token is None:
            raise LineError("a double quote is not closed")
        yield token[1]
        at = token.end()
