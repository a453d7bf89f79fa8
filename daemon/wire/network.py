"""What the dialect needs of the world: a way out, a clock, and calls in a while."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from dsp.parameters.row import Wire


class Client(NamedTuple):
    """Who talks: two sockets of one program are two clients."""

    host: str
    port: int
    here: str = ""
    """Address of this machine that it talks to, and is answered from; empty where that isn't known."""
    door: int = 0
    """Number of the entry of the settings that lets it in, see `doors`."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


Command = Callable[[list[Wire], Client], None]
"""Does what a message with these arguments from this client says."""

MOST_CLIENTS = 64


@dataclass
class Counters:
    """What came in and what became of it, since the start."""

    received: int = 0
    """Datagrams."""
    malformed: int = 0
    """Datagrams that are not OSC, or not of the dialect's types."""
    unknown: int = 0
    """Messages to addresses this console does not have."""
    refused: int = 0
    """Messages with values that mean nothing there."""
    denied: int = 0
    """Messages that the role of their sender does not allow."""
    unsent: int = 0
    """Datagrams the system would not take."""
    strangers: int = 0
    """Datagrams from addresses that no door lets in."""
    flooded: int = 0
    """Datagrams lost of clients who say more than can be heard."""
    withheld: int = 0
    """Datagrams not sent to clients who draw more than anybody reads, see `allowance`."""

    @property
    def failed(self) -> int:
        """Messages that did nothing."""
        return self.unknown + self.refused + self.denied


@dataclass(frozen=True)
class Network:
    """Where answers go and time comes from.

    Parameters
    ----------
    send : callable
        Takes a datagram and the client it goes to, and never waits.
    later : callable
        Asks for a call in so many seconds; the console is published after it.
    clock : callable
        Seconds that only grow.
    clients : int
        Room for so many of each kind of lease.
    affords : callable
        Whether so many bytes would go to a client now; if not, they are not sent.
    """

    send: Callable[[bytes, Client], None]
    later: Callable[[float, Callable[[], None]], None]
    clock: Callable[[], float]
    clients: int = MOST_CLIENTS
    affords: Callable[[Client, int], bool] = lambda client, size: True
