"""A console on a loopback socket that answers like an X32, as far as a meter bridge can tell.

    async with fake_console.Console() as desk:
        desk.set("/ch/01/config/name", "Kick")
        desk.levels[0] = 0.5

It keeps leases of its own, counts what it was asked, and can be stopped and started again.
"""

from __future__ import annotations

import asyncio

import numpy as np
from pythonosc import osc_message, osc_message_builder

from dsp.parameters.table import Values
from dsp.table import TABLE
from rigs import ports

METER_S = 0.05
LEASE_S = 10.0

STRIPS = (
    *(f"ch/{n:02}" for n in range(1, 33)),
    *(f"bus/{n:02}" for n in range(1, 17)),
    *(f"mtx/{n:02}" for n in range(1, 7)),
    *(f"auxin/{n:02}" for n in range(1, 9)),
    *(f"fxrtn/{n:02}" for n in range(1, 9)),
    "main/st",
    "main/m",
)
STRIP = {"config/name": "", "config/color": 3, "mix/on": 1, "mix/fader": 0.75, "grp/dca": 0, "grp/mute": 0}
DEFAULTS = Values(TABLE)
"""What stands at addresses that nobody has set: the console's defaults."""
DCA = {"config/name": "", "config/color": 7, "on": 1, "fader": 0.75}


class Console(asyncio.DatagramProtocol):
    """Parameters, two meter blobs, and the clients that leased them.

    Attributes
    ----------
    name : str
        As told to everybody who asks.
    values : dict
        Address to value; only these addresses are answered.
    levels, gates, compressors : ndarray, shape (57,)
        Linear, in the order channels, buses, matrices, left, right, mono.
    returns : ndarray, shape (16,)
        Levels of the aux inputs and the effect returns, linear.
    scenes : dict of int to list of tuple
        What the preview of each scene tells: address, value now, value then.
    tells : dict of str to list of tuple
        Messages that answer a question, by its address.
    is_plain : bool
        Whether it knows no more than an X32: nothing below `/faderd` is answered.
    asked : list of tuple
        Every request: address and arguments.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.name = "Fake desk"
        self.values: dict[str, int | float | str] = {}
        self.levels = np.full(57, 4e-7, np.float32)
        self.gates = np.ones(57, np.float32)
        self.compressors = np.ones(57, np.float32)
        self.returns = np.full(16, 4e-7, np.float32)
        self.spectrum = np.full(100, -100.0)
        self.scenes: dict[int, list[tuple[str, str, str]]] = {}
        self.refuses: dict[str, str] = {}
        self.health: str | None = None
        self.moves: str | None = None
        self.tells: dict[str, list[tuple]] = {}
        self.is_plain = False
        self.asked: list[tuple] = []
        self.leases: dict[tuple, float] = {}
        for strip in STRIPS:
            self.values |= {f"/{strip}/{leaf}": value for leaf, value in STRIP.items()}
        for n in range(1, 9):
            self.values |= {f"/dca/{n}/{leaf}": value for leaf, value in DCA.items()}
        self.values |= {f"/config/mute/{n}": 0 for n in range(1, 7)}

    async def __aenter__(self) -> Console:
        await self.start()
        return self

    async def __aexit__(self, *reason: object) -> None:
        self.stop()

    async def start(self) -> None:
        """Open the port, the same one as before if there was one, and begin to send meters."""
        loop = asyncio.get_running_loop()
        self.leases.clear()
        self.port = self.port or ports.free()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", self.port))
        self._feed = loop.create_task(self._send_meters())

    def stop(self) -> None:
        """Close the port, as a console does whose power fails."""
        self._feed.cancel()
        self.transport.close()

    def set(self, address: str, value: int | float | str) -> None:
        """Change a parameter at the desk: every client with a lease hears of it."""
        self.values[address] = value
        for client in self._holders("/xremote"):
            self.send(client, address, value)

    def tell_health(self, told: str) -> None:
        """Tell everybody how the desk does, as it does by itself when its device goes or comes."""
        self.health = told
        for client in self._holders("/xremote"):
            self.send(client, "/faderd/health", told)

    def send(self, client: tuple, address: str, *arguments: int | float | str | bytes) -> None:
        """Send one message to one client."""
        builder = osc_message_builder.OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self.transport.sendto(builder.build().dgram, client)

    def clients(self) -> set[tuple]:
        """Return everybody who holds a lease."""
        return {client for _, client in self.leases}

    def datagram_received(self, data: bytes, client: tuple) -> None:
        """Answer a request."""
        message = osc_message.OscMessage(data)
        address, arguments = message.address, tuple(message.params)
        self.asked.append((address, *arguments))
        now = asyncio.get_running_loop().time()
        if self.is_plain and address.startswith("/faderd/"):
            return
        if address == "/xinfo":
            self.send(client, "/xinfo", "127.0.0.1", self.name, "X32", "4.06")
        elif address == "/xremote":
            self.leases["/xremote", client] = now + LEASE_S
        elif address == "/meters":
            self.leases[arguments[0], client] = now + LEASE_S
        elif address == "/unsubscribe":
            self.leases = {lease: until for lease, until in self.leases.items() if lease[1] != client}
        elif address in self.refuses and arguments:
            self.send(client, "/faderd/error", address, self.refuses[address])
        elif address == "/faderd/health" and self.health is not None:
            self.send(client, address, self.health)
        elif address == "/faderd/moves" and self.moves is not None:
            self.send(client, address, self.moves)
        elif address in self.tells:
            for message in self.tells[address]:
                self.send(client, *message)
        elif address == "/faderd/scene/diff":
            changes = self.scenes.get(int(arguments[0]), [])
            for change in changes:
                self.send(client, address, *change)
            self.send(client, address, len(changes))
        elif address in self.values or address in TABLE.leaves:
            if arguments:
                self.values[address] = arguments[0]
                for other in self._holders("/xremote"):
                    if other != client:
                        self.send(other, address, arguments[0])
            else:
                self.send(client, address, self.values.get(address, DEFAULTS.wire(TABLE.leaves[address])))

    def _holders(self, what: str) -> list[tuple]:
        now = asyncio.get_running_loop().time()
        return [client for (lease, client), until in self.leases.items() if lease == what and until > now]

    async def _send_meters(self) -> None:
        while True:
            aux = np.concatenate((np.zeros(6, np.float32), self.returns))
            for client in self._holders("/meters/15"):
                bands = (self.spectrum * 256).astype("<i2").tobytes()
                self.send(client, "/meters/15", (50).to_bytes(4, "little") + bands)
            for address, words in (("/meters/1", self._inputs()), ("/meters/2", self._outputs()), ("/meters/3", aux)):
                blob = len(words).to_bytes(4, "little") + words.astype("<f4").tobytes()
                for client in self._holders(address):
                    self.send(client, address, blob)
            await asyncio.sleep(METER_S)

    def _inputs(self) -> np.ndarray:
        return np.concatenate((self.levels[:32], self.gates[:32], self.compressors[:32]))

    def _outputs(self) -> np.ndarray:
        # Left and right share one word of gain reduction: the right one is left out.
        return np.concatenate((self.levels[32:], np.delete(self.compressors[32:], 23)))
