"""The console explains itself: /faderd/help PATH and /faderd/list PREFIX."""

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.errors import UnknownError
from daemon.files import nodeline
from daemon.wire import packet
from daemon.wire.bursts import Bursts
from daemon.wire.network import Client, Network
from dsp.parameters.row import Continuous, Param, Wire
from dsp.parameters.table import Values
from dsp.parameters.variant import Varying
from dsp.table import TABLE, absent

REASONS = absent.reasons(TABLE)
"""What does nothing here says why."""

HELP, LIST = "/faderd/help", "/faderd/list"

OWN = "/faderd"
"""Below this is what the desk does not have."""

NOTHING = ("",) * 5
"""What commands do not have: unit, lowest, highest, default, choices."""

LONGEST = 1000
"""Bytes of addresses in one answer."""


class Describe(Family):
    """Tells what parameters there are, and what each of them is.

    Parameters
    ----------
    console : Console
        What is described.
    network : Network
        The way to the clients.
    texts : iterable of dict of str to str
        What commands do, by their addresses; names of axes in braces.
    """

    help: ClassVar = {
        HELP: "With an address, tells what each parameter there is, or what a command does.",
        LIST: "With the beginning of an address, tells all parameters that begin so.",
    }

    def __init__(self, console: Console, network: Network, texts: Iterable[Mapping[str, str]]) -> None:
        self._texts = {address: words for each in (self.help, *texts) for address, words in each.items()}
        self._values = console.values
        self._bursts = Bursts(network)
        self.commands = {HELP: self._help, LIST: self._list}

    def _help(self, arguments: list[Wire], client: Client) -> None:
        """Answer with one message for each leaf of a node, for one leaf, or for each command below an address."""
        path = _address(arguments) if arguments else OWN
        told = [about(self._values, leaf) for leaf in nodeline.leaves_of(self._values, path)]
        told += [(address, "command", *NOTHING, help) for address, help in self._about(path)]
        if not told:
            if any(each.startswith(f"{path}/") for each in self._values.table.leaves):
                raise ValueError(f"{path} has many parameters: {LIST} {path} names them")
            raise UnknownError(path)
        self._bursts.send([packet.build(HELP, *each) for each in told], client)

    def _list(self, arguments: list[Wire], client: Client) -> None:
        """Answer with the addresses that begin so, as many as fit into each message; the last has none."""
        prefix = _address(arguments)
        answers: list[list[str]] = [[]]
        own = [address for address, _ in self._about(OWN)]
        for path in (*self._values.table.leaves, *own):
            if path.startswith(prefix):
                if sum(map(_bytes, answers[-1])) + _bytes(path) > LONGEST:
                    answers.append([])
                answers[-1].append(path)
        if not answers[-1]:
            raise UnknownError(prefix)
        self._bursts.send([packet.build(LIST, prefix, *paths) for paths in (*answers, [])], client)

    def _about(self, address: str) -> list[tuple[str, str]]:
        """Commands at an address or below it, each with what it does."""
        address = re.sub(r"(/solosw)/\d\d$", r"\1/{solo}", address)
        return [(each, words) for each, words in self._texts.items() if f"{each}/".startswith(f"{address}/")]


def about(values: Values, leaf: int) -> tuple[str, ...]:
    """Address, kind, unit, lowest, highest, default, choices and help of a leaf, as texts."""
    param, row = values.param(leaf), values.table.row_of(leaf)
    if isinstance(param, Continuous):
        lowest, highest = param.to_text(0), param.to_text(param.steps - 1)
    elif param.choices:
        lowest, highest = param.choices[0], param.choices[-1]
    else:
        lowest, highest = str(param.lowest), str(param.highest)
    defaults = param.defaults()
    # A row knows the default of each of its leaves, what an effect's parameter means knows one.
    default = defaults[leaf - row.offset if len(defaults) > 1 else 0]
    return (
        values.table.path_of(leaf),
        param.kind,
        param.unit,
        lowest.strip(),
        highest.strip(),
        param.to_text(default).strip(),
        " ".join(param.choices),
        _help(leaf, param, row),
    )


def _help(leaf: int, param: Param, row: Param) -> str:
    """What a leaf does, and why it does nothing here if that is so."""
    if isinstance(row, Varying):
        # An effect's parameter says what it is, and its slot what becomes of it.
        return f"{param.help} {row.help}"
    return f"{param.help} {REASONS[leaf]}" if leaf in REASONS else param.help


def _bytes(path: str) -> int:
    """Most an address takes in a message: itself, its padding, its type."""
    return len(path) + 5


def _address(arguments: list[Wire]) -> str:
    return "/" + (str(arguments[0]).strip().removeprefix("/") if arguments else "")
