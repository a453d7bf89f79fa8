"""Which mixes are held by the limiters of their outputs: ears are told before they wonder.

/faderd/limiter      ─▶ /faderd/limiter: sixteen numbers, by how many dB the limiter of each bus is down
/faderd/limiter 1    ─▶ for ten seconds, four times a second while any works, and once when none does any more
"""

from typing import ClassVar

import numpy as np

from daemon.commands.family import Family
from daemon.desk.console import Console
from daemon.desk.roles import BUSES
from daemon.metering.meters import Page, Words
from daemon.wire import packet
from daemon.wire.leases import Leases
from daemon.wire.network import Client, Network
from dsp.parameters.row import Wire

LIMITER = "/faderd/limiter"
PERIOD_S = 0.25
LEAST = 0.944
"""A gain above this is half a decibel or less: nobody needs to know."""


class Limiting(Family):
    """Tells by how much the limiters of the buses are down.

    Parameters
    ----------
    console : Console
        Knows on which outputs a bus is heard.
    network : Network
        The way to the clients.
    """

    help: ClassVar = {
        LIMITER: "Tells by how many dB the limiters of the outputs of buses 1 to 16 hold them down; 1 has it told for"
        " ten seconds.",
    }

    def __init__(self, console: Console, network: Network) -> None:
        self._console = console
        self._send, self._clock = network.send, network.clock
        self._leases: Leases[None] = Leases(network)
        self._least: Words | None = None
        self._due = 0.0
        self._is_working = False
        self.commands = {LIMITER: self._ask}

    def feed(self, page: Page) -> None:
        """Keep the least gains, and tell them at their pace."""
        if not self._leases:
            return
        gains = np.array(page["limiter"])
        self._least = gains if self._least is None else np.minimum(self._least, gains)
        if self._clock() < self._due:
            return
        self._due = self._clock() + PERIOD_S
        told = self._told()
        if any(told) or self._is_working:
            for client in self._leases.running():
                self._send(packet.build(LIMITER, *told), client)
        self._is_working, self._least = any(told), None

    def _told(self) -> list[float]:
        """Reduction of each bus in dB; where no limiter works, nobody is asked which output is whose."""
        least = self._least
        if least is None or least.min() > LEAST:
            return [0.0] * len(BUSES)
        told = []
        for bus in BUSES:
            own = [output - 1 for output in self._console.outputs_with(f"bus/{bus:02}") if output <= least.size]
            gain = float(least[own].min()) if own else 1.0
            told.append(round(-20 * float(np.log10(max(gain, 1e-3))), 1) if gain <= LEAST else 0.0)
        return told

    def _ask(self, arguments: list[Wire], client: Client) -> None:
        if arguments and not arguments[0]:
            self._leases.drop(client)
        elif arguments and not self._leases.renew(client, LIMITER, None):
            raise ValueError("no room for more clients; wait until another one has left")
        else:
            self._send(packet.build(LIMITER, *self._told()), client)
