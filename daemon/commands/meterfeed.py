"""Meters for clients: who wants which, how often, under what name.

page, every 50 ms ─▶ words of a meter ─▶ (extremes since last sent) ─▶ one blob per subscriber
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from daemon.commands.polls import factor_of
from daemon.metering.meters import METERS, Page, Words
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire
from dsp.parameters.table import Values

MOST_METERS = 64
"""Meters of one client."""

ADDRESSES = {f"{slash}meters/{number}": number for number in METERS for slash in ("/", "")}


@dataclass
class Subscription:
    """A meter one client wants, every so many pages."""

    address: str
    number: int
    arguments: tuple[int, ...]
    factor: int
    _pages: int = field(default=0, compare=False)
    _words: Words | None = field(default=None, compare=False)

    def take(self, words: Words) -> Words | None:
        """Add one page; give the words to send when it is time, with the extremes since the last time."""
        if self._words is not None:
            gains = METERS[self.number].gains
            least = np.minimum(self._words[gains], words[gains])
            words = np.maximum(self._words, words)
            words[gains] = least
        self._pages += 1
        due = self._pages >= self.factor
        self._pages, self._words = (0, None) if due else (self._pages, words)
        return words if due else None


class MeterFeed:
    """Sends meters to those who asked within the last ten seconds.

    Parameters
    ----------
    values : Values
        Which strip is selected, and what it sends.
    network : Network
        The way to the clients.
    """

    def __init__(self, values: Values, network: Network) -> None:
        self._values = values
        self._send = network.send
        self._leases: Leases[Subscription] = Leases(network, MOST_METERS)

    def subscribe(self, client: Client, arguments: Sequence[Wire], command: str = "/meters") -> None:
        """`/meters`, and what does the same: a name, the meter's own arguments if it has any, a time factor.

        Raises
        ------
        ValueError
            When there is no such meter, or not with these arguments; the message is for people.
        """
        name = f"/meters/{_number(arguments[:1])}"
        self._begin(command, client, name, arguments)

    def batch(self, client: Client, arguments: Sequence[Wire]) -> None:
        """`/batchsubscribe` of a meter: an alias, then as `/meters`.

        Raises
        ------
        ValueError
            When there is no such meter, or not with these arguments; the message is for people.
        """
        self._begin("/batchsubscribe", client, str(arguments[0]), arguments[1:])

    def prolong(self, client: Client, name: str = "") -> None:
        """Give one or all meters of a client ten more seconds."""
        self._leases.prolong(client, name)

    def drop(self, client: Client, name: str = "") -> None:
        """End one meter of a client by its name, or all of them."""
        self._leases.drop(client, name)

    def shows(self, number: int) -> bool:
        """Whether anybody wants this meter."""
        return any(wanted.number == number for held in self._leases.running().values() for wanted in held)

    def feed(self, page: Page) -> None:
        """Send what is due; called every 50 ms with the meters since the last call."""
        words: dict[tuple[int, tuple[int, ...]], Words] = {}
        for client, subscriptions in self._leases.running().items():
            for wanted in subscriptions:
                key = (wanted.number, wanted.arguments)
                if key not in words:
                    parts = METERS[wanted.number].words(page, self._values, *wanted.arguments)
                    words[key] = np.concatenate(parts)
                due = wanted.take(words[key])
                if due is not None:
                    self._send(blob(wanted.address, METERS[wanted.number].write(due)), client)

    def _begin(self, command: str, client: Client, name: str, arguments: Sequence[Wire]) -> None:
        number = _number(arguments[:1])
        numbers = [argument for argument in arguments[1:] if isinstance(argument, int)]
        if len(numbers) < len(arguments) - 1:
            raise ValueError(f"/meters/{number}: {list(arguments[1:])} are not all whole numbers")
        limits = METERS[number].limits
        own = tuple(numbers[: len(limits)])
        if any(not 0 <= value < limit for value, limit in zip(own, limits, strict=False)):
            raise ValueError(f"/meters/{number}: {own} is beyond what it has")
        factor = factor_of(numbers[-1]) if len(numbers) > len(limits) else 1
        wanted = Subscription(name, number, own, factor)
        held = self._leases.get(client, name)
        # Who asks for the same again goes on with what was collected, so that no peak gets lost.
        if not self._leases.renew(client, name, held if held and held == wanted else wanted, command):
            raise ValueError(f"{name}: no room for more meters; end others, or wait ten seconds")


def _number(name: Sequence[Wire]) -> int:
    """Number of the meter called so."""
    number = ADDRESSES.get(str(name[0])) if name else None
    if number is None:
        raise ValueError(f"{list(name)} is not one of /meters/0 … /meters/{len(METERS) - 1}")
    return number


def blob(address: str, words: bytes) -> bytes:
    """Datagram of a meter: in the blob everything is little-endian, the count of 32-bit words first."""
    return packet.build(address, struct.pack("<i", len(words) // 4) + words)
