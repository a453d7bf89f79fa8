"""`faderd web`: one page for each musician's mix, as the settings name them.

    browser ◀─ WebSocket ─▶ Phone ── UDP ─▶ the port of the mix: the daemon decides what it may
       ▲                                        │
       └── changes and meters ◀── Desk ◀────────┘ one socket for all, only read
"""

import asyncio
import base64
import hashlib
import html
import importlib.resources
import json
import re
import struct
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import websockets
from websockets.asyncio import server
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from daemon import errors
from daemon.web import guard
from daemon.web.desk import CHANNELS, Desk
from daemon.wire import packet
from dsp.parameters import scales
from dsp.parameters.row import Wire

MOST_UNSENT = 4096
"""Bytes that wait for a phone before it gets no more meters."""
MOST_WAITING = 64
"""Changes that wait for a phone before it is sent away, to come back with all of them at once."""
MOST_PHONES = 64
MOST_MOVES = 60
"""Moves of one phone in a second."""


class Mix(NamedTuple):
    """A musician's mix: the bus, and the port on which the daemon lets nothing else be set."""

    bus: int
    port: int

    def paths(self) -> list[str]:
        """What its page shows."""
        channels = [f"/ch/{number:02}" for number in range(1, CHANNELS + 1)]
        leaves = ("config/name", "config/color", f"mix/{self.bus:02}/level", f"mix/{self.bus:02}/on")
        return [
            *(f"{channel}/{leaf}" for channel in channels for leaf in leaves),
            f"/bus/{self.bus:02}/config/name",
            f"/bus/{self.bus:02}/mix/fader",
        ]


class Phone(asyncio.DatagramProtocol):
    """One browser: its WebSocket, and its own socket to the daemon."""

    def __init__(self, mix: Mix, browser: server.ServerConnection) -> None:
        self.paths = frozenset(mix.paths())
        self.browser = browser
        self.news: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self.daemon: Any = None

    def connection_made(self, transport: Any) -> None:
        """Ask to be told why something is refused."""
        self.daemon = transport
        transport.sendto(packet.build("/faderd/errors", 1))

    def error_received(self, exc: Exception) -> None:
        """Wait: the page sees by its meters that the desk is gone."""

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Pass on why something was refused; all else comes by the desk's socket."""
        try:
            messages = packet.parse(data)
        except packet.MalformedError:
            return
        for message in messages:
            if message.address == "/faderd/error" and message.arguments:
                self.tell({"refused": str(message.arguments[-1])})

    def tell(self, news: dict[str, object]) -> None:
        """Send something soon; whoever does not keep up comes back and is told everything."""
        try:
            self.news.put_nowait(json.dumps(news, separators=(",", ":")))
        except asyncio.QueueFull:
            self.browser.transport.abort()

    def meter(self, frame: bytes) -> None:
        """Send meters now, or not at all."""
        transport = self.browser.transport
        if transport.get_write_buffer_size() <= MOST_UNSENT and not transport.is_closing():
            transport.write(frame)


class Web:
    """Serves the pages of these mixes.

    Parameters
    ----------
    host : str
        Where the daemon is.
    desk_port : int
        Port on which the values are read.
    mixes : sequence of Mix
        One page each.
    """

    def __init__(self, host: str, desk_port: int, mixes: Sequence[Mix]) -> None:
        self._host, self._desk_port = host, desk_port
        self._mixes = {mix.bus: mix for mix in mixes}
        self._phones: set[Phone] = set()
        self._count = 0
        self.desk = Desk(self._changed, self._metered)
        self._page = importlib.resources.files("daemon.web").joinpath("musician.html").read_text("utf-8")

    async def run(self, bind: str, port: int) -> None:
        """Serve for ever."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self.desk, remote_addr=(self._host, self._desk_port))
        async with server.serve(
            self._talk, bind, port, process_request=self.answer, compression=None, max_size=guard.LONGEST,
            max_queue=4, write_limit=MOST_UNSENT,
        ) as serving:  # fmt: skip
            where = serving.sockets[0].getsockname()[1]
            for bus in self._mixes:
                print(f"bus {bus}: http://{bind}:{where}/mix/{bus}", flush=True)
            await self.desk.follow()

    # --- pages ----------------------------------------------------------------------------------------

    def answer(self, connection: object, request: Request) -> Response | None:
        """Answer a GET; None lets a WebSocket be opened."""
        host = request.headers.get("Host", "")
        if not guard.own_host(host):
            return _respond(HTTPStatus.MISDIRECTED_REQUEST, "Open this page by the address of the desk.")
        kind, _, number = request.path.strip("/").partition("/")
        mix = next((mix for bus, mix in self._mixes.items() if str(bus) == number), None)
        if kind == "socket" and mix:
            if not guard.own_origin(request.headers.get("Origin"), host):
                return _respond(HTTPStatus.FORBIDDEN, "This page is not the desk's.")
            if len(self._phones) >= MOST_PHONES:
                return _respond(HTTPStatus.SERVICE_UNAVAILABLE, "Full: wait until another phone has left.")
            return None
        if kind == "mix" and mix:
            return _respond(HTTPStatus.OK, self._page)
        if not kind:
            links = "".join(f'<li><a href="/mix/{bus}">{self._name(bus)}</a>' for bus in self._mixes)
            return _respond(HTTPStatus.OK, f'<!doctype html><html lang="en"><title>faderd</title><h1>Mixes</h1>{links}')
        return _respond(HTTPStatus.NOT_FOUND, "There is no such page.")

    def _name(self, bus: int) -> str:
        return html.escape(str(self.desk.values.get(f"/bus/{bus:02}/config/name") or f"Bus {bus}"))

    # --- phones ---------------------------------------------------------------------------------------

    async def _talk(self, browser: server.ServerConnection) -> None:
        assert browser.request is not None
        mix = self._mixes[int(browser.request.path.rpartition("/")[2])]
        await self.desk.whole.wait()
        phone = Phone(mix, browser)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: phone, remote_addr=(self._host, mix.port))
        phone.tell({"bus": mix.bus, "values": {path: self._told(path) for path in mix.paths()}})
        self._phones.add(phone)
        telling = asyncio.create_task(_tell(phone))
        try:
            await _obey(phone)
        except websockets.ConnectionClosed:
            pass  # phones leave without a word
        finally:
            telling.cancel()
            self._phones.discard(phone)
            phone.daemon.close()

    def _told(self, path: str) -> list[Wire]:
        """A value, and a level as text too."""
        value = self.desk.values.get(path, 0)
        if isinstance(value, float):
            level_db = float(scales.level_db(value))
            return [value, "−∞ dB" if value <= 0 else f"{level_db:+.1f} dB".replace("-", "−")]
        return [value]

    def _changed(self, path: str, value: Wire) -> None:
        for phone in self._phones:
            if path in phone.paths:
                phone.tell({"values": {path: self._told(path)}})

    def _metered(self, steps: bytes) -> None:
        """Make one frame, and send the same bytes to all."""
        self._count = (self._count + 1) % 65_536
        payload = struct.pack(">BBH", 1, len(steps), self._count) + steps
        frame = bytes([0x82, len(payload)]) + payload  # a binary WebSocket frame below 126 bytes, RFC 6455 §5.2
        for phone in self._phones:
            phone.meter(frame)


async def _tell(phone: Phone) -> None:
    try:
        while True:
            await phone.browser.send(await phone.news.get())
    except websockets.ConnectionClosed:
        pass


async def _obey(phone: Phone) -> None:
    """Pass moves on until the phone leaves, or says what no page of ours says."""
    loop = asyncio.get_running_loop()
    second, count = 0, 0
    async for words in phone.browser:
        if int(loop.time()) != second:
            second, count = int(loop.time()), 0
        count += 1
        try:
            move = guard.move(words)
        except (ValueError, RecursionError):
            await phone.browser.close(1008, "not a move")
            return
        if count > 2 * MOST_MOVES:
            await phone.browser.close(1008, "too many moves")
            return
        phone.daemon.sendto(packet.build(*move) if move else packet.build("/faderd/undo"))


def _respond(status: HTTPStatus, body: str) -> Response:
    """A page that loads nothing from elsewhere and runs no script but its own."""
    scripts = [_hash(text) for text in re.findall(r"<script type=module>(.*?)</script>", body, re.DOTALL)]
    styles = [_hash(text) for text in re.findall(r"<style>(.*?)</style>", body, re.DOTALL)]
    policy = (
        f"default-src 'self'; script-src {' '.join(scripts) or chr(39) + 'none' + chr(39)}; style-src "
        f"{' '.join(styles) or chr(39) + 'none' + chr(39)}; img-src data:; frame-ancestors 'none'; base-uri 'none'"
    )
    data = body.encode()
    headers = Headers(
        {
            "Content-Type": f"text/{'html' if body.startswith('<!') else 'plain'}; charset=utf-8",
            "Content-Length": str(len(data)), "Content-Security-Policy": policy, "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Connection": "close",
        }
    )  # fmt: skip
    return Response(status.value, status.phrase, headers, data)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def main(host: str, desk_port: int, mixes: Sequence[Mix], bind: str, port: int) -> int:
    """Serve until Ctrl-C."""
    if not mixes:
        raise errors.Refusal(
            'no mix to serve: the settings name no musician. Add [[listen]] with port, role = "musician" and bus,'
            " start faderd again, and give the same --config here"
        )
    try:
        asyncio.run(Web(host, desk_port, mixes).run(bind, port))
    except OSError as error:
        raise errors.Refusal(f"port {port}: {error.strerror}: choose another with --port") from None
    return 0
