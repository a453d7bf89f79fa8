"""How the console is: /faderd/health.

/faderd/health      ─▶ /faderd/health JSON
/faderd/health 1    ─▶ for ten seconds, once a second and whenever the device goes or comes
"""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from daemon.commands.family import Family
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

HEALTH = "/faderd/health"
PERIOD_S = 1.0
MOST_TOLD = 24
"""Clients that are told of in one answer: it must fit into a datagram, and be no gift to a forged sender."""

Part = Callable[[], Any]
"""Tells one part of the console's health, as something that JSON can say."""


class Health(Family):
    """Tells how the console is.

    Parameters
    ----------
    parts : dict of str to callable
        What is told, by name.
    role_of : callable
        What a client may do, in a word.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        HEALTH: "How the console is, as JSON: load, device, clients, disk, stream, feedback; 1 has it told for"
        " ten seconds.",
    }

    def __init__(self, parts: Mapping[str, Part], role_of: Callable[[Client], str], network: Network) -> None:
        self._parts = parts
        self._role_of = role_of
        self._send = network.send
        self._clock = network.clock
        self._leases: Leases[None] = Leases(network)
        self._room = network.clients
        self._seen: dict[Client, float] = {}
        self._due = 0.0
        self.commands = {HEALTH: self._ask}

    def heard(self, client: Client) -> None:
        """Remember who was here; who has said nothing for longest makes room."""
        self._seen.pop(client, None)
        self._seen[client] = self._clock()
        if len(self._seen) > self._room:
            del self._seen[next(iter(self._seen))]

    def tick(self) -> None:
        """Tell subscribers, once a second."""
        if self._leases and self._clock() >= self._due:
            self._due = self._clock() + PERIOD_S
            self.tell()

    def tell(self) -> None:
        """Tell subscribers at once."""
        clients = self._leases.running()
        if clients:
            datagram = packet.build(HEALTH, self.text())
            for client in clients:
                self._send(datagram, client)

    def text(self) -> str:
        """All of it, as JSON."""
        told = {name: part() for name, part in self._parts.items()}
        told |= {"clients": self._clients(), "clients_known": len(self._seen)}
        return json.dumps(told, allow_nan=False)

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        if not arguments:
            self._send(packet.build(HEALTH, self.text()), client)
        elif not arguments[0]:
            self._leases.drop(client)
        elif self._leases.renew(client, HEALTH, None):
            self._send(packet.build(HEALTH, self.text()), client)
        else:
            raise ValueError("no room for more clients; wait until another one has left")

    def _clients(self) -> list[dict[str, Any]]:
        """Who was here last, newest first."""
        now = self._clock()
        newest = list(reversed(self._seen.items()))[:MOST_TOLD]
        return [
            {"address": str(client), "role": self._role_of(client), "silent_s": round(now - seen, 1)}
            for client, seen in newest
        ]


def disk(folder: Path) -> dict[str, Any]:
    """How much room there is for state, scenes and recordings."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return {"folder": str(folder), "problem": error.strerror or str(error)}
    return {"folder": str(folder), "free_mb": free >> 20}


def saved(when: float | None) -> dict[str, Any]:
    """When the state was last written, as seconds since the epoch and as its age."""
    return {"saved_at": when, "age_s": None if when is None else round(max(time.time() - when, 0.0), 1)}


def plain(told: Any) -> dict[str, Any]:
    """A dataclass as JSON says it."""
    return asdict(told)
