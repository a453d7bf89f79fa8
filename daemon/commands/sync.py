"""Staying equal on a network that loses datagrams: what changed since then, and proof that it all arrived.

/faderd/sync                          tells the revision, and a hash for each subtree
/faderd/sync REVISION                 tells what changed after it, then the revision and a hash of everything
/faderd/sync REVISION SUBTREE …       the same for parts, such as /ch/01, with a hash for each
/faderd/ack WORD …                    comes back with the revision and how many messages of its datagram failed

Whoever finds the hash of what it holds equal to the one that is told has everything, and asks from that
revision on the next time; whoever doesn't asks again from where it was.  The hash of a parameter is the CRC-32
of the message that tells it (address, type and value as in a datagram); that of several is their sum, modulo
2³², as a signed number.  Revision 0 is before everything.
"""

import re
import zlib
from typing import ClassVar

import numpy as np

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.errors import UnknownError
from daemon.wire import packet
from daemon.wire.bursts import Bursts
from daemon.wire.network import Client, Counters, Network
from dsp.parameters.row import Wire

SYNC, ACK = "/faderd/sync", "/faderd/ack"

MOST_TOLD = 2048
"""Parameters in one answer, some 80,000 bytes: a small question draws no flood.  The next one draws the rest."""

MOST_HASHES = 40
"""Subtrees in one message, so that it fits into a datagram."""

AT_ONCE = 100
PAUSE_S = 0.03
"""So many hashes are made anew, and the next after so long: nobody waits for those of a whole scene."""

_NUMBERED = re.compile(r"/(?:[a-z]+/\d+|main/\w+)(?=/)")
EVERYTHING = "/"


class Sync(Family):
    """Tells what changed after a revision.

    Parameters
    ----------
    console : Console
        What is told.
    counters : Counters
        How many messages failed.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        SYNC: "Tells what changed after a revision, of everything or of the subtrees you name, then the revision and a"
        " hash of what stands there; alone, tells the revision and a hash for each subtree.",
        ACK: "Comes back with the revision and with how many messages of the same datagram failed.",
    }

    def __init__(self, console: Console, counters: Counters, network: Network) -> None:
        self._values = console.values
        self._counters = counters
        self._send, self._later = network.send, network.later
        self._bursts = Bursts(network)
        size = console.values.table.size
        self._changed_at = np.arange(1, size + 1)  # every parameter was told once, one after the other
        self._revision = size
        self._hashes = np.zeros(size, np.uint64)
        self._stale = dict.fromkeys(range(size))
        self._failed_before = 0
        names = [_subtree(path) for path in console.values.table.leaves]
        self._subtrees = list(dict.fromkeys(names))
        number = {name: place for place, name in enumerate(self._subtrees)}
        self._subtree_of = np.array([number[name] for name in names])
        self.commands = {SYNC: self._sync, ACK: self._ack}
        console.listeners.append(self._note)
        self._later(PAUSE_S, self._go_on)

    def begin(self) -> None:
        """Count what fails from here on."""
        self._failed_before = self._counters.failed

    def _go_on(self) -> None:
        """Make some of the hashes anew; soon some more, if there are."""
        self._freshen(AT_ONCE)
        if self._stale:
            self._later(PAUSE_S, self._go_on)

    def _note(self, leaf: int, author: object) -> None:
        if not self._stale:
            self._later(PAUSE_S, self._go_on)
        self._revision += 1
        self._changed_at[leaf] = self._revision
        self._stale[leaf] = None

    def _sync(self, arguments: list[Wire], client: Client) -> None:
        if not arguments:
            self._send_hashes(self._revision, self._subtrees, client)
            return
        since, *names = arguments
        if not isinstance(since, int):
            raise ValueError(f"{since!r} is not a revision: 0 is before everything")
        if unknown := [name for name in names if name not in self._subtrees]:
            raise UnknownError(str(unknown[0]))
        told, revision = self._news(since, [str(name) for name in names])
        table = self._values.table
        news = [packet.build(table.path_of(leaf), self._values.wire(leaf)) for leaf in told]
        self._bursts.send([*news, *self._hash_messages(revision, [str(name) for name in names])], client)

    def _news(self, since: int, names: list[str]) -> tuple[list[int], int]:
        """What changed after a revision, oldest first, and the revision up to which that is all."""
        since = since if since <= self._revision else 0  # from before a restart
        mask = self._changed_at > since
        if names:
            mask &= np.isin(self._subtree_of, [self._subtrees.index(name) for name in names])
        changed = np.flatnonzero(mask)
        changed = changed[np.argsort(self._changed_at[changed])]
        if len(changed) <= MOST_TOLD:
            return changed.tolist(), self._revision
        changed = changed[:MOST_TOLD]
        return changed.tolist(), int(self._changed_at[changed[-1]])

    def _send_hashes(self, revision: int, names: list[str], client: Client) -> None:
        for datagram in self._hash_messages(revision, names):
            self._send(datagram, client)

    def _hash_messages(self, revision: int, names: list[str]) -> list[bytes]:
        """Revision and hashes, of subtrees or of everything, in as many messages as it takes."""
        self._freshen(len(self._stale))
        if not names:
            return [packet.build(SYNC, revision, EVERYTHING, _signed(int(self._hashes.sum())))]
        sums = np.zeros(len(self._subtrees), np.uint64)
        np.add.at(sums, self._subtree_of, self._hashes)
        pairs = [(name, _signed(int(sums[self._subtrees.index(name)]))) for name in names]
        parts = [pairs[at : at + MOST_HASHES] for at in range(0, len(pairs), MOST_HASHES)]
        return [packet.build(SYNC, revision, *(word for pair in part for word in pair)) for part in parts]

    def _freshen(self, most: int) -> None:
        table = self._values.table
        for _ in range(min(most, len(self._stale))):
            leaf = next(iter(self._stale))
            del self._stale[leaf]
            self._hashes[leaf] = zlib.crc32(packet.build(table.path_of(leaf), self._values.wire(leaf)))

    def _ack(self, arguments: list[Wire], client: Client) -> None:
        failed = self._counters.failed - self._failed_before
        self._send(packet.build(ACK, *arguments, self._revision, failed), client)


def _subtree(path: str) -> str:
    """Part of the console an address belongs to: a strip, an effect, else all that begins with the same word."""
    numbered = _NUMBERED.match(path)
    return numbered[0] if numbered else path[: path.index("/", 1)]


def _signed(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - (1 << 32) if number >> 31 else number
