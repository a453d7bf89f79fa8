"""Datagrams that wait to be heard: one of each machine in turn, so that who floods waits for himself alone.

    flood ▮▮▮▮▮▮▮▮ ─┐
    ann   ▮▮       ─┼─▶ flood ann ben flood ann flood flood flood …
    ben   ▮        ─┘

On one machine its programs take turns: a thousand ports are no more than one.

J. Nagle, "On Packet Switches With Infinite Storage", RFC 970, 1985.
"""

import collections

from daemon.wire.network import Client

OVERHEAD = 128
"""Bytes that a datagram costs beside its own, roughly."""
ROOM_EACH = 4 << 20
"""Bytes of one client: a whole show sent at once; of more, the oldest is lost, for what was said last counts."""
ROOM = 32 << 20
"""Bytes of all clients together, those whose addresses are forged among them."""


class Queue:
    """Takes datagrams of all clients in the order they came, and gives them back one of each machine in turn.

    Parameters
    ----------
    room_each, room : int
        Bytes for one client, and for all.

    Attributes
    ----------
    lost : int
        Datagrams that found no room since that was last set to nothing.
    loudest : Client
        Whose the last of them was.
    """

    def __init__(self, room_each: int = ROOM_EACH, room: int = ROOM) -> None:
        self._room_each, self._room = room_each, room
        self._waiting: dict[Client, collections.deque[bytes]] = {}
        self._sizes: dict[Client, int] = {}
        self._turns: collections.OrderedDict[str, collections.deque[Client]] = collections.OrderedDict()
        self._size = 0
        self.lost = 0
        self.loudest: Client | None = None

    def __bool__(self) -> bool:
        return bool(self._turns)

    def put(self, datagram: bytes, client: Client) -> None:
        """Let a datagram wait; where there is no room, the client's own oldest is lost, or it is itself."""
        size = len(datagram) + OVERHEAD
        waiting = self._waiting.get(client)
        if waiting is None:
            if self._size + size > self._room:
                self._lose(client)
                return
            waiting = self._waiting[client] = collections.deque()
            self._sizes[client] = 0
            self._turns.setdefault(client.host, collections.deque()).append(client)
        waiting.append(datagram)
        self._grow(client, size)
        while len(waiting) > 1 and (self._sizes[client] > self._room_each or self._size > self._room):
            self._grow(client, -len(waiting.popleft()) - OVERHEAD)
            self._lose(client)

    def take(self) -> tuple[bytes, Client]:
        """Next datagram, and who sent it; there must be one."""
        host, clients = self._turns.popitem(last=False)
        client = clients.popleft()
        waiting = self._waiting[client]
        datagram = waiting.popleft()
        self._grow(client, -len(datagram) - OVERHEAD)
        if waiting:
            clients.append(client)
        else:
            del self._waiting[client], self._sizes[client]
        if clients:
            self._turns[host] = clients
        return datagram, client

    def _grow(self, client: Client, size: int) -> None:
        self._sizes[client] += size
        self._size += size

    def _lose(self, client: Client) -> None:
        self.lost += 1
        self.loudest = client
