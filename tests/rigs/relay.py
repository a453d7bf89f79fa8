"""A network that can be cut and that loses datagrams: a relay between clients and one server on loopback."""

from __future__ import annotations

import asyncio
import random
from typing import Any


class Relay(asyncio.DatagramProtocol):
    """Passes datagrams on, each client by a socket of its own.

    Attributes
    ----------
    cut : bool
        Whether nothing passes in either direction.
    loss : float
        Share of datagrams that get lost, in either direction.
    port : int
        Where clients find the server.
    """

    def __init__(self, target: int, seed: int = 1) -> None:
        self.cut = False
        self.loss = 0.0
        self.lost = 0
        self._target = ("127.0.0.1", target)
        self._random = random.Random(seed)
        self._ways: dict[Any, asyncio.DatagramTransport] = {}

    async def __aenter__(self) -> Relay:
        loop = asyncio.get_running_loop()
        self._door, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self.port = self._door.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *reason: object) -> None:
        for way in (*self._ways.values(), self._door):
            way.close()

    def passes(self) -> bool:
        """Whether the next datagram gets through."""
        through = not self.cut and self._random.random() >= self.loss
        self.lost += not through
        return through

    def datagram_received(self, data: bytes, client: Any) -> None:
        """Pass on what a client says."""
        if self.passes():
            asyncio.get_running_loop().create_task(self._forward(data, client))

    async def _forward(self, data: bytes, client: Any) -> None:
        if client not in self._ways:
            loop = asyncio.get_running_loop()
            way, _ = await loop.create_datagram_endpoint(
                lambda: _Back(self, self._door, client), remote_addr=self._target
            )
            self._ways.setdefault(client, way)
        self._ways[client].sendto(data)


class _Back(asyncio.DatagramProtocol):
    """The way from the server to one client."""

    def __init__(self, relay: Relay, door: asyncio.DatagramTransport, client: Any) -> None:
        self._relay, self._door, self._client = relay, door, client

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Pass on what the server says."""
        if self._relay.passes():
            self._door.sendto(data, self._client)

    def error_received(self, exc: Exception) -> None:
        """A server that is not there is a silent one."""
