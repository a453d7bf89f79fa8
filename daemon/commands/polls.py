"""Values told at a steady pace, changed or not: what tablets live on that poll the desk.

    request ─▶ Recipe (which leaves, laid out how) ─▶ at once, then every so many ticks ─▶ datagram

The three layouts are those of the desk: a leaf as an ordinary message; a blob of a `/formatsubscribe`
(its length in bytes first, texts 32 bytes wide); a blob of a `/batchsubscribe` (its words counted
first, as for meters).  Inside blobs everything is little-endian.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from daemon.errors import UnknownError
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.design import strips
from dsp.parameters.row import Wire
from dsp.parameters.table import Values

SLOWEST = 99
MOST_POLLS = 1024
"""Subscriptions of one client: a tablet has some hundreds."""

MOST_PER_TICK = 1024
"""Datagrams in a tick: beyond that everybody waits in turn, who wants most the longest."""

MOST_VALUES = 500
"""Values in one blob, so that it fits into a datagram."""

TEXT_WIDTH = 32

_STARS = re.compile(r"\*+")

LEAF, FORMAT, WORDS = range(3)


class Recipe(NamedTuple):
    """What one message tells."""

    address: str
    leaves: tuple[int, ...]
    """-1 where the console has no such parameter: it reads 0, so that all else keeps its place."""
    layout: int


@dataclass
class Poll:
    """A message one client wants, every so many ticks."""

    recipe: Recipe
    factor: int
    due: int


def factor_of(argument: int) -> int:
    """Ticks between two messages; 0 and what is out of range are as fast as it goes."""
    return argument if 1 <= argument <= SLOWEST else 1


class Polls:
    """Tells clients again and again what they asked for within the last ten seconds.

    Parameters
    ----------
    values : Values
        What is told.
    network : Network
        The way to the clients.
    """

    def __init__(self, values: Values, network: Network) -> None:
        self._values = values
        self._send = network.send
        self._leases: Leases[Poll] = Leases(network, MOST_POLLS)
        self._tick = 0

    def subscribe(self, client: Client, arguments: Sequence[Wire]) -> None:
        """`/subscribe`: one leaf, and a time factor.

        Raises
        ------
        UnknownError
            When there is no such parameter.
        ValueError
            When the arguments are not of this kind.
        """
        texts, numbers = _parts(arguments, texts=range(1, 2), numbers=range(2))
        leaf = self._values.table.leaves.get(texts[0])
        if leaf is None:
            raise UnknownError(texts[0])
        self._begin("/subscribe", client, texts[0], Recipe(texts[0], (leaf,), LEAF), *numbers)

    def format(self, client: Client, arguments: Sequence[Wire]) -> None:
        """`/formatsubscribe`: an alias, addresses whose digits may be stars, first, last, time factor.

        Raises
        ------
        UnknownError
            When none of the parameters exists.
        ValueError
            When the arguments are not of this kind.
        """
        (alias, *patterns), (first, last, factor) = _parts(arguments, texts=range(2, 100), numbers=range(3, 4))
        if not 0 <= last - first < MOST_VALUES:
            raise ValueError(f"{alias}: from {first} to {last} is no range of at most {MOST_VALUES}")
        addresses = [
            _numbered(pattern, number)
            for pattern in patterns
            for number in (range(first, last + 1) if "*" in pattern else [first])
        ]
        self._begin("/formatsubscribe", client, alias, Recipe(alias, self._leaves(alias, addresses), FORMAT), factor)

    def batch(self, client: Client, arguments: Sequence[Wire]) -> None:
        """`/batchsubscribe` of strips: an alias, a path inside a strip, first strip, last strip, time factor.

        Raises
        ------
        UnknownError
            When none of the strips has such a parameter.
        ValueError
            When the arguments are not of this kind.
        """
        (alias, path), (first, last, factor) = _parts(arguments, texts=range(2, 3), numbers=range(3, 4))
        if not 0 <= first <= last < strips.COUNT:
            raise ValueError(f"{alias}: strips {first} to {last} are not within 0…{strips.COUNT - 1}")
        path = "/" + path.removeprefix("/")
        addresses = [strip + path for strip in strips.PATHS[first : last + 1]]
        self._begin("/batchsubscribe", client, alias, Recipe(alias, self._leaves(alias, addresses), WORDS), factor)

    def prolong(self, client: Client, name: str = "") -> None:
        """Give one or all subscriptions of a client ten more seconds."""
        self._leases.prolong(client, name)

    def drop(self, client: Client, name: str = "") -> None:
        """End one or all subscriptions of a client."""
        self._leases.drop(client, name)

    def tick(self) -> None:
        """Send what is due; called every 50 ms."""
        self._tick += 1
        told: dict[Recipe, bytes] = {}
        for client, poll in self._in_turn():
            poll.due = self._tick + poll.factor
            if poll.recipe not in told:
                told[poll.recipe] = compose(self._values, poll.recipe)
            self._send(told[poll.recipe], client)

    def _in_turn(self) -> list[tuple[Client, Poll]]:
        """What is due, as much as a tick has room for: the oldest of each client, then the next of each."""
        turns: list[tuple[int, Client, Poll]] = []
        for client, polls in self._leases.running().items():
            due = sorted((poll for poll in polls if poll.due <= self._tick), key=_due)
            turns.extend((turn, client, poll) for turn, poll in enumerate(due))
        if len(turns) > MOST_PER_TICK:
            turns = sorted(turns, key=_turn)[:MOST_PER_TICK]
        return [(client, poll) for _, client, poll in turns]

    def _begin(self, command: str, client: Client, name: str, recipe: Recipe, argument: int = 0) -> None:
        """Answer at once and then at the pace; who asks for the same again keeps the beat."""
        factor = factor_of(argument)
        held = self._leases.get(client, name)
        same = held is not None and (held.recipe, held.factor) == (recipe, factor)
        poll = held if held is not None and same else Poll(recipe, factor, self._tick + factor)
        if not self._leases.renew(client, name, poll, command):
            raise ValueError(f"{name}: no room for more subscriptions; end others, or wait ten seconds")
        self._send(compose(self._values, recipe), client)

    def _leaves(self, alias: str, addresses: Sequence[str]) -> tuple[int, ...]:
        if len(addresses) > MOST_VALUES:
            raise ValueError(f"{alias}: {len(addresses)} values are more than the {MOST_VALUES} of one blob")
        leaves = tuple(self._values.table.leaves.get(address, -1) for address in addresses)
        if max(leaves) < 0:
            raise UnknownError(addresses[0])
        return leaves


def _numbered(pattern: str, number: int) -> str:
    """Address with a number in place of stars, as many digits as there are stars."""
    return _STARS.sub(lambda stars: f"{number:0{len(stars[0])}d}", pattern)


def _due(poll: Poll) -> int:
    return poll.due


def _turn(entry: tuple[int, Client, Poll]) -> int:
    return entry[0]


def _parts(arguments: Sequence[Wire], texts: range, numbers: range) -> tuple[list[str], list[int]]:
    """Texts of a request and the whole numbers behind them; so many of each as their ranges allow."""
    words = [argument for argument in arguments if isinstance(argument, str)]
    rest = [argument for argument in arguments[len(words) :] if isinstance(argument, int)]
    if len(words) + len(rest) != len(arguments) or len(words) not in texts or len(rest) not in numbers:
        raise ValueError(f"{list(arguments)}: this wants texts and then whole numbers, see the protocol")
    return words, rest


def compose(values: Values, recipe: Recipe) -> bytes:
    """Datagram of a message, with the values as they are now."""
    if recipe.layout == LEAF:
        return packet.build(recipe.address, _wire(values, recipe.leaves[0]))
    words = b"".join(_word(_wire(values, leaf), recipe.layout) for leaf in recipe.leaves)
    count = len(recipe.leaves) if recipe.layout == WORDS else len(words) + 4
    return packet.build(recipe.address, struct.pack("<i", count) + words)


def _wire(values: Values, leaf: int) -> Wire:
    return values.wire(leaf) if leaf >= 0 else 0


def _word(wire: Wire, layout: int) -> bytes:
    """A value inside a blob."""
    if isinstance(wire, float):
        return struct.pack("<f", wire)
    if isinstance(wire, int):
        return struct.pack("<i", wire)
    if layout == WORDS:  # has no place for texts
        return bytes(4)
    # The last byte stays zero; what would be half a letter is left out.
    text = wire.encode("utf-8")[: TEXT_WIDTH - 1].decode("utf-8", "ignore").encode("utf-8")
    return text.ljust(TEXT_WIDTH, b"\0")
