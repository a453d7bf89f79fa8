"""Who the console is: /info, /xinfo and /status, by which tablets find it."""

from dataclasses import dataclass
from typing import ClassVar

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.wire import endpoint, packet
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

NAME = "/-prefs/name"


@dataclass(frozen=True)
class Identity:
    """What the console says it is."""

    model: str = "X32RACK"
    firmware: str = "4.06"
    protocol: str = "V2.07"
    name: str = "faderd"


class Whois(Family):
    """Says who it is.

    Parameters
    ----------
    console : Console
        Its name is kept there, where clients may give it another one.
    identity : Identity
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        "/info": "Tells versions, and the model that the console passes for.",
        "/xinfo": "Tells the address you reach the console at, its name, model and firmware.",
        "/status": "Tells that the console is active, and the address you reach it at.",
    }

    def __init__(self, console: Console, identity: Identity, network: Network) -> None:
        self._values = console.values
        self._identity = identity
        self._send = network.send
        self._leaf = console.values.table.leaves[NAME]
        self._take_name(console)
        self.commands = {"/info": self._info, "/xinfo": self._xinfo, "/status": self._status}

    def _take_name(self, console: Console) -> None:
        """Begin with the name from the settings, unless the desk was left with one that a client gave."""
        table = console.values.table
        if console.values.get(self._leaf) == table.texts[self._leaf]:
            console.set(self._leaf, table.row_of(self._leaf).nearest(self._identity.name))

    def _info(self, arguments: list[Wire], client: Client) -> None:
        who = self._identity
        self._send(packet.build("/info", who.protocol, "osc-server", who.model, who.firmware), client)

    def _xinfo(self, arguments: list[Wire], client: Client) -> None:
        who = self._identity
        name = str(self._values.get(self._leaf))
        self._send(packet.build("/xinfo", address_for(client), name, who.model, who.firmware), client)

    def _status(self, arguments: list[Wire], client: Client) -> None:
        self._send(packet.build("/status", "active", address_for(client), "osc-server"), client)


def address_for(client: Client) -> str:
    """Address of this machine that a client talks to."""
    return client.here or endpoint.own_address(client.host, client.port)
