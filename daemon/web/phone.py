"""One browser: its WebSocket, and a socket of its own to the daemon, which decides what it may do."""

import asyncio
import json
import struct
from collections.abc import Callable, Iterable
from typing import Any

from websockets.asyncio import server
from websockets.protocol import State

from daemon.wire import packet
from dsp.parameters.row import Wire

MOST_UNSENT = 4096
"""Bytes that wait for a phone before it gets no more meters."""
KINDS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Macintosh": "Mac", "Windows": "PC", "Linux": "PC"}
"""Words by which a browser names what it runs on, and what people say."""
MERGED = ("values", "by", "set")
"""What is told path by path: of each path that waits, a phone is told the newest."""
ALIVE_S = 5.0
"""So often the daemon hears that the browser is still there."""
LOGIN_S = 3.0
MOST_AT_ONCE = 64
"""Messages in a bundle: below the longest datagram that the daemon looks at."""


class Phone(asyncio.DatagramProtocol):
    """A browser.

    Parameters
    ----------
    browser : ServerConnection
        Its WebSocket.
    """

    def __init__(self, browser: server.ServerConnection) -> None:
        self.browser = browser
        self.address = str(browser.remote_address[0])
        self._waiting: dict[str, Any] = {}
        self._has_news = asyncio.Event()
        self.daemon: Any = None
        self.role = ""
        """Role that the daemon has given it; empty while it has none beside its port's."""
        self.hear: Callable[[packet.Message], None] = lambda message: None
        """Takes what the daemon tells this browser alone."""
        self._answer: asyncio.Future[str] | None = None

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        self.daemon = transport

    def error_received(self, exc: Exception) -> None:
        """Wait: the page sees by its meters that the desk is gone."""

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take what was answered, and why something was refused; all else comes by the desk's socket."""
        try:
            messages = packet.parse(data)
        except packet.MalformedError:
            return
        for address, words in messages:
            if address == "/faderd/login" and words and self._answer and not self._answer.done():
                self.role = str(words[0])
                self._answer.set_result("")
            elif address == "/faderd/error" and words[:1] == ["/faderd/login"]:
                if self._answer and not self._answer.done():
                    self._answer.set_result(str(words[-1]))
            elif address == "/faderd/login/ticket" and words:
                self.tell({"ticket": words[0]})
            elif address == "/faderd/error" and words:
                self.tell({"refused": str(words[-1])})
            elif address == "/faderd/role" and self.role and words[:1] != [self.role]:
                self.browser.transport.abort()  # the daemon has forgotten it: it comes back, and says its PIN again
            self.hear(packet.Message(address, words))

    @property
    def kind(self) -> str:
        """What it runs on."""
        agent = self.browser.request.headers.get("User-Agent", "") if self.browser.request else ""
        return next((kind for word, kind in KINDS.items() if word in agent), "Browser")

    @property
    def name(self) -> str:
        """What people tell it apart by: iPhone .23."""
        return f"{self.kind} .{self.address.replace(':', '.').rpartition('.')[2]}"

    async def log_in(self, pin: str, name: str) -> str:
        """Let the daemon judge a PIN, or a ticket that stands for it; return why not."""
        self._answer = asyncio.get_running_loop().create_future()
        self.say("/faderd/login", pin, name, self.address)
        try:
            return await asyncio.wait_for(self._answer, LOGIN_S)
        except TimeoutError:
            return "the desk does not answer: try again"

    def say(self, address: str, *words: Wire) -> None:
        """Say something to the daemon."""
        self.daemon.sendto(packet.build(address, *words))

    def set_all(self, values: Iterable[tuple[str, Wire]]) -> None:
        """Set several things at once, undone together."""
        messages = [packet.build(path, value) for path, value in values]
        for at in range(0, len(messages), MOST_AT_ONCE):
            parts = [struct.pack(">i", len(each)) + each for each in messages[at : at + MOST_AT_ONCE]]
            self.daemon.sendto(b"#bundle\0" + bytes(8) + b"".join(parts))

    def tell(self, news: dict[str, Any]) -> None:
        """Send something soon; what waits is brought up to date, so that no scene and no dead spot fills memory."""
        waiting = self._waiting
        if "build" in news:
            waiting.clear()
        elif "view" in news:
            waiting.pop("set", None)
        merged = {key: waiting[key] | news[key] for key in MERGED if key in waiting and key in news}
        waiting.update(news, **merged)
        self._has_news.set()

    def meter(self, frame: bytes) -> None:
        """Send meters now, or not at all."""
        transport = self.browser.transport
        if self.browser.state is State.OPEN and transport.get_write_buffer_size() <= MOST_UNSENT:
            transport.write(frame)

    async def stay(self) -> None:
        """Tell the daemon again and again that somebody is here, who wants to know what is refused."""
        while True:
            self.say("/faderd/errors", 1)
            self.say("/faderd/role")
            await asyncio.sleep(ALIVE_S)

    async def pass_on(self) -> None:
        """Send what is told, when the phone has taken what was told before."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            waiting, self._waiting = self._waiting, {}
            await self.browser.send(json.dumps(waiting, separators=(",", ":"), ensure_ascii=False))
