"""Twenty sockets of one page, one of which reads nothing, on pages that run in this process and can be looked into."""

import asyncio
import contextlib
import json
import socket
from concurrent import futures
from typing import Any, NamedTuple

from websockets.asyncio import client

from daemon.web import serve
from daemon.web.kept import Kept
from daemon.web.mix import Mix
from rigs import ports
from rigs.website import PATIENCE_S, Site

PHONES = 20
SMALLEST = 2048
"""Bytes that whoever reads nothing lets come."""


class Heard(NamedTuple):
    """What came of it."""

    most_kept: int
    """Bytes that waited for one phone, at most."""
    frames: list[int]
    """Meters that each phone got."""
    skipped: int
    """Meters that a phone who reads did not get."""
    moves: list[int]
    """Values of one fader that each phone got."""


def stalled(host: str) -> socket.socket:
    """A socket that opens the page of an open mix, and reads nothing."""
    address, _, port = host.partition(":")
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST)
    opened.connect((address, int(port)))
    opened.sendall(
        f"GET /socket/9 HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        .encode()
    )  # fmt: skip
    return opened


def twenty(desk: Site, lasts_s: float, frames: int = 0, moves: int = 0) -> Heard:
    """Let them listen for so long, and until each has got so many meters and values, while faders move."""
    with futures.ThreadPoolExecutor(1) as beside:  # fingers have a loop of their own in this thread
        return beside.submit(asyncio.run, _twenty(desk, lasts_s, frames, moves)).result()


async def _twenty(desk: Site, lasts_s: float, least_frames: int, least_moves: int) -> Heard:
    loop = asyncio.get_running_loop()
    port = ports.free(socket.SOCK_STREAM)
    way = serve.Way("127.0.0.1", desk.door, 0, "127.0.0.1", port)
    web = serve.Web(way, [Mix("bus/09", desk.open_mix)], Kept(None))
    serving = asyncio.create_task(web.run())
    await web.desk.whole.wait()
    host = f"127.0.0.1:{port}"
    most_kept, skipped = 0, 0
    frames, moves = [0] * (PHONES - 1), [0] * (PHONES - 1)

    def lasts() -> bool:
        some_wait = min(frames) < least_frames or min(moves) < least_moves
        return loop.time() < until or (some_wait and loop.time() < until + PATIENCE_S)

    async def listen(number: int) -> None:
        nonlocal skipped
        last = None
        origin: Any = f"http://{host}"
        async with client.connect(f"ws://{host}/socket/9", origin=origin, open_timeout=PATIENCE_S) as browser:
            while lasts():
                told = await browser.recv()
                if isinstance(told, str):
                    moves[number] += "/ch/01/mix/09/level" in json.loads(told).get("values", ())
                    continue
                count = int.from_bytes(told[2:4])
                skipped += last is not None and count != (last + 1) % 65_536
                last = count
                frames[number] += 1

    silent = stalled(host)
    until = loop.time() + lasts_s
    listeners = [asyncio.create_task(listen(number)) for number in range(PHONES - 1)]
    turn = 0
    while lasts():
        turn += 1
        desk.daemon.send("/ch/01/mix/09/level", 0.25 + turn % 20 / 40)
        await asyncio.sleep(0.05)
        for shown in web.shown:
            most_kept = max(most_kept, shown.phone.browser.transport.get_write_buffer_size())
    await asyncio.gather(*listeners)
    silent.close()
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    return Heard(most_kept, frames, skipped, moves)
