"""Meters for clients: one page of the audio thread's meters to the blobs of `/meters/0` … `/meters/6`.

    page, every 50 ms ─▶ words of a meter ─▶ (largest since last sent) ─▶ one blob per subscriber

A level is linear, 1.0 is 0 dBFS; a gain is linear, 1.0 is no reduction.  Signals the console does
not have read 0.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from daemon import packet
from daemon.subscribers import Client, Clock, Leases, Send
from dsp import wall
from dsp.row import Wire

Words = npt.NDArray[np.float32]
Page = npt.NDArray[Any]
"""Meters collected over 50 ms: a scalar of `wall.METERS`."""

MOST_METERS = 256
SLOWEST = 99

CHANNELS, AUX, EFFECTS = slice(0, 32), slice(32, 40), slice(40, 48)  # of the inputs
MAINS, MATRIX = slice(0, 3), slice(3, 9)  # of the mains

STRIPS = 72  # 48 inputs, 16 buses, 6 matrices, main left/right, mono/centre
FIRST_BUS, FIRST_MATRIX, MAIN_STEREO, MAIN_MONO = 48, 64, 70, 71


def _none(count: int) -> Words:
    return np.zeros(count, np.float32)


def everything(page: Page) -> list[Words]:
    """Meter 0: channels, aux, effect returns, buses, matrices."""
    return [page["input"], page["bus"], page["main"][MATRIX]]


def channels(page: Page) -> list[Words]:
    """Meter 1: channels, their gates and dynamics."""
    return [page["input"][CHANNELS], page["gate"][CHANNELS], page["dyn"][CHANNELS]]


def buses(page: Page) -> list[Words]:
    """Meter 2: buses, matrices, mains, then the dynamics of all."""
    left_and_centre = page["main_dyn"][[wall.LEFT, wall.CENTRE]]
    return [
        page["bus"],
        page["main"][MATRIX],
        page["main"][MAINS],
        page["bus_dyn"],
        page["main_dyn"][MATRIX],
        left_and_centre,
    ]


def sends_and_returns(page: Page) -> list[Words]:
    """Meter 3: aux sends, aux returns, effect returns."""
    return [_none(6), page["input"][AUX], page["input"][EFFECTS]]


def ins_and_outs(page: Page) -> list[Words]:
    """Meter 4: channels, aux, outputs, then P16, aux outputs, AES and monitor."""
    return [page["input"][CHANNELS], page["input"][AUX], page["output"][:16], _none(16 + 6 + 2 + 2)]


def surface(page: Page, bank: int = 0, group: int = 0) -> list[Words]:
    """Meter 5: a bank of sixteen channels, a bank of eight groups, mains."""
    left = (page["input"][:16], page["input"][16:32], page["input"][32:48], page["bus"])[bank]
    right = (_none(8), page["bus"][:8], page["bus"][8:], np.append(page["main"][MATRIX], _none(2)))[group]
    return [left, right, page["main"][MAINS]]


def strip(page: Page, number: int = 0) -> list[Words]:
    """Meter 6: a strip's input, gate, dynamics and output."""
    if number < FIRST_BUS:
        words = [page["input"][number], page["gate"][number], page["dyn"][number], page["post"][number]]
    elif number < FIRST_MATRIX:
        level, dyn = page["bus"][number - FIRST_BUS], page["bus_dyn"][number - FIRST_BUS]
        words = [level, 1, dyn, level]
    elif number == MAIN_STEREO:
        level = page["main"][[wall.LEFT, wall.RIGHT]].max()
        words = [level, 1, page["main_dyn"][wall.LEFT], level]
    else:
        lane = wall.CENTRE if number == MAIN_MONO else MATRIX.start + number - FIRST_MATRIX
        words = [page["main"][lane], 1, page["main_dyn"][lane], page["main"][lane]]
    return [np.array(words, np.float32)]


class Meter(NamedTuple):
    """What one meter shows."""

    words: Callable[..., list[Words]]
    gains: slice = slice(0)
    """Which words are gains: their smallest counts, not their largest."""
    limits: tuple[int, ...] = ()
    """How many values each argument has."""


METERS = {
    0: Meter(everything),
    1: Meter(channels, gains=slice(32, 96)),
    2: Meter(buses, gains=slice(25, 49)),
    3: Meter(sends_and_returns),
    4: Meter(ins_and_outs),
    5: Meter(surface, limits=(4, 4)),
    6: Meter(strip, gains=slice(1, 3), limits=(STRIPS,)),
}
ADDRESSES = {f"{slash}meters/{number}": number for number in METERS for slash in ("/", "")}


@dataclass
class Subscription:
    """A meter one client wants, every so many pages."""

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


def _named(name: str) -> Iterable[int]:
    """Numbers of the meters called so; without a name, of all."""
    if not name:
        return METERS
    return [ADDRESSES[name]] if name in ADDRESSES else []


class MeterFeed:
    """Sends meters to those who asked within the last ten seconds.

    Parameters
    ----------
    send : callable
        Takes a datagram and the client it goes to.
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, send: Send, clock: Clock) -> None:
        self._send = send
        self._subscriptions: Leases[tuple[Client, int], Subscription] = Leases(clock, MOST_METERS)

    def subscribe(self, client: Client, arguments: Sequence[Wire]) -> None:
        """Begin or prolong a meter: its name, its own arguments if it has any, a time factor.

        Raises
        ------
        ValueError
            When there is no such meter, or not with these arguments; the message is for people.
        """
        if not arguments or arguments[0] not in ADDRESSES:
            raise ValueError(f"/meters: {arguments[:1]} is not one of /meters/0 … /meters/{len(METERS) - 1}")
        number = ADDRESSES[str(arguments[0])]
        numbers = [argument for argument in arguments[1:] if isinstance(argument, int)]
        if len(numbers) < len(arguments) - 1:
            raise ValueError(f"/meters/{number}: {arguments[1:]} are not all whole numbers")
        limits = METERS[number].limits
        own = tuple(numbers[: len(limits)])
        if any(not 0 <= value < limit for value, limit in zip(own, limits, strict=False)):
            raise ValueError(f"/meters/{number}: {own} is beyond what it has")
        factor = numbers[-1] if len(numbers) > len(limits) and 1 <= numbers[-1] <= SLOWEST else 1
        key, wanted = (client, number), Subscription(number, own, factor)
        held = self._subscriptions.get(key)
        # Who asks for the same again goes on with what was collected, so that no peak gets lost.
        self._subscriptions.renew(key, held if held and held == wanted else wanted)

    def drop(self, client: Client, name: str = "") -> None:
        """End one meter of a client by its name, or all of them."""
        for number in _named(name):
            self._subscriptions.drop((client, number))

    def feed(self, page: Page) -> None:
        """Send what is due; called every 50 ms with the meters since the last call."""
        if not self._subscriptions:
            return
        words: dict[tuple[int, tuple[int, ...]], Words] = {}
        for (client, number), subscription in self._subscriptions:
            key = (number, subscription.arguments)
            if key not in words:
                words[key] = np.concatenate(METERS[number].words(page, *subscription.arguments))
            due = subscription.take(words[key])
            if due is not None:
                self._send(blob(f"/meters/{number}", due), client)


def blob(address: str, words: Words) -> bytes:
    """Datagram of a meter: inside the blob everything is little-endian, the count first."""
    return packet.build(address, struct.pack("<i", words.size) + words.astype("<f4").tobytes())
