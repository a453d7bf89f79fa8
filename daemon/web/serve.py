"""`faderd web`: a page for each musician's mix, one for the whole desk, one for the wall.

    browser ◀─ WebSocket ─▶ Phone ── UDP ─▶ a port where it only reads, until it has said a PIN: the daemon decides
       ▲                                        │
       └── changes and meters ◀── Desk ◀────────┘ one socket for all, only read
"""

import asyncio
import contextlib
import os
import pathlib
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple

import websockets
from websockets.asyncio import server
from websockets.http11 import Request, Response

from daemon import errors
from daemon.web import announce, guard, pages, query
from daemon.web.desk import INPUTS, Desk
from daemon.web.house import House, Wall
from daemon.web.kept import Kept
from daemon.web.mix import Mix, Musician
from daemon.web.phone import MOST_UNSENT, Phone

MOST_PHONES = 64
KEPT_FREE = 4
"""Places beyond those, for engineers."""
MOST_WORDS = 60
"""What one page says in a second; twice as much at once, when a dead spot has kept it back."""
ENGINEERS = ("engineer", "monitor")
NICENESS = 5
"""Of this process: the audio goes first."""


class Way(NamedTuple):
    """Where the daemon is, and where pages are served."""

    host: str
    port: int
    """UDP port by which the pages come in."""
    osc_port: int
    """UDP port that apps use, as it is announced."""
    bind: str
    web_port: int


class Web:
    """Serves the pages.

    Parameters
    ----------
    way : Way
    mixes : sequence of Mix
        Those without a PIN; the daemon tells the others.
    kept : Kept
        What belongs to the mixes.
    """

    def __init__(self, way: Way, mixes: Sequence[Mix], kept: Kept) -> None:
        self._way = way
        self._open = {mix.bus: mix for mix in mixes}
        self._kept = kept
        self.shown: set[Musician | House | Wall] = set()
        self._open_sockets = 0
        self._count = 0
        self._hands: dict[str, tuple[Phone, float]] = {}
        self._port = way.web_port
        self.guarded = False
        """Whether the pages' door only lets read, so that a PIN keeps somebody out."""
        self.desk = Desk(self._changed, self._metered, self._told)

    @property
    def mixes(self) -> dict[int, Mix]:
        """Mixes by the number of their page."""
        pins = [Mix(name) for name in self._pins() if name.startswith("bus/")]
        return dict(sorted((self._open | {mix.bus: mix for mix in pins}).items()))

    async def run(self) -> None:
        """Serve for ever."""
        way, loop = self._way, asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self.desk, remote_addr=(way.host, way.port))
        entrance = pages.entrance(way.bind, way.web_port)
        self._port = entrance.getsockname()[1]
        async with server.serve(
            self._talk, sock=entrance, process_request=self.answer, compression=None, max_size=guard.LONGEST,
            max_queue=4, write_limit=MOST_UNSENT,
        ):  # fmt: skip
            print(f"pages: http://{self.address}", flush=True)
            is_alone = way.bind.startswith("127.")
            announced = contextlib.nullcontext() if is_alone else announce.announced(
                pages.own_address(), self._port, way.osc_port
            )  # fmt: skip
            async with announced:
                await self.desk.follow()

    @property
    def address(self) -> str:
        """Numeric address and port of the pages."""
        own = pages.own_address() if self._way.bind == "0.0.0.0" else self._way.bind
        return own if self._port == pages.USUAL else f"{own}:{self._port}"

    # --- pages ----------------------------------------------------------------------------------------

    async def answer(self, connection: object, request: Request) -> Response | None:
        """Answer a GET; None lets a WebSocket be opened."""
        host = request.headers.get("Host", "")
        if not guard.own_host(host):
            return pages.respond(HTTPStatus.MISDIRECTED_REQUEST, "Open this page by the address of the desk.")
        path, _, attribute = request.path.partition("?")
        kind, _, number = path.strip("/").partition("/")
        if kind == "socket":
            return self._refusal(request.headers.get("Origin"), host, number)
        # Programs that ask for the tree begin at its root; whoever else comes there is a browser.
        wants_page = bool(kind) or "text/html" in request.headers.get("Accept", "")
        found = self._document(kind, number) if wants_page and attribute not in query.ASKED else None
        if found is None:
            # All of the tree takes a second to write: phones must not wait for it.
            status, text = await asyncio.to_thread(self._described, f"/{path.strip('/')}", attribute)
            if status is not HTTPStatus.OK:
                return pages.respond(status, text)
            found = (text, "application/json")
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        return pages.respond(HTTPStatus.OK, *found, request.headers.get("If-None-Match"), packed)

    def _document(self, kind: str, number: str) -> tuple[str, str] | None:
        """Body and type of a page."""
        named = [(self._name(mix), bus, mix.port is None) for bus, mix in self.mixes.items()]
        if kind == "mix" and self._mix(number):
            return pages.page("musician"), ""
        makers: dict[tuple[str, str], Callable[[], tuple[str, str]]] = {
            ("", ""): lambda: (pages.index(named, self._has_house()), ""),
            ("codes", ""): lambda: (pages.codes(named, self.address), ""),
            ("desk", ""): lambda: (pages.page("house"), ""),
            ("wall", ""): lambda: (pages.page("wall"), ""),
            ("icon.svg", ""): lambda: (pages.ICON, "image/svg+xml"),
            ("manifest.webmanifest", ""): lambda: (pages.MANIFEST, "application/manifest+json"),
        }
        make = makers.get((kind, number))
        return make() if make else None

    def _described(self, path: str, attribute: str) -> tuple[HTTPStatus, str]:
        """What OSCQuery tells of an address."""
        if attribute == "HOST_INFO":
            return HTTPStatus.OK, query.host_info("faderd", self._way.osc_port)
        return query.answer(self.desk, path, attribute)

    def _refusal(self, origin: str | None, host: str, name: str) -> Response | None:
        """Why a WebSocket is not opened."""
        if name not in ("desk", "wall") and not self._mix(name):
            return pages.respond(HTTPStatus.NOT_FOUND, "There is no such page.")
        if not guard.own_origin(origin, host):
            return pages.respond(HTTPStatus.FORBIDDEN, "This page is not the desk's.")
        return None

    def _mix(self, number: str) -> Mix | None:
        return next((mix for bus, mix in self.mixes.items() if str(bus) == number), None)

    def _name(self, mix: Mix) -> str:
        return str(self.desk.values.get(mix.own("config/name")) or f"Bus {mix.bus}")

    def _pins(self) -> list[str]:
        """What has a PIN that counts here."""
        return self.desk.facts.get("names", []) if self.guarded else []

    def _has_house(self) -> bool:
        return any(name in ENGINEERS for name in self._pins())

    # --- browsers -------------------------------------------------------------------------------------

    async def _talk(self, browser: server.ServerConnection) -> None:
        assert browser.request is not None
        name = browser.request.path.rpartition("/")[2]
        self._open_sockets += 1
        try:
            if self._has_room(name):
                await self._show(browser, name)
            else:
                await browser.close(1013, "Full: wait until another phone has left")
        finally:
            self._open_sockets -= 1

    def _has_room(self, name: str) -> bool:
        """Whether one more page may be shown; a wall gives its place to somebody who mixes."""
        if self._open_sockets <= MOST_PHONES + KEPT_FREE * (name == "desk"):
            return True
        walls = [shown for shown in self.shown if isinstance(shown, Wall)]
        if name == "wall" or not walls:
            return False
        walls[0].phone.browser.transport.abort()
        return True

    async def _show(self, browser: server.ServerConnection, name: str) -> None:
        """Show one page to one browser, until it leaves."""
        browser.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_UNSENT)
        await self.desk.whole.wait()
        mix = self._mix(name)
        phone = Phone(browser)
        port = self._way.port if mix is None or mix.port is None else mix.port
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: phone, remote_addr=(self._way.host, port))
        beside = [asyncio.create_task(phone.pass_on()), asyncio.create_task(phone.stay())]
        shown: Musician | House | Wall | None = None
        try:
            if mix is not None:
                if mix.port is None:
                    await self._let_in(phone, (mix.name,), self._name(mix))
                shown = Musician(mix, phone, self.desk, self._kept, self._hands)
            elif name == "desk":
                await self._let_in(phone, ENGINEERS, "The whole desk")
                shown = House(phone, self.desk, self._who, self._keep_all)
            else:
                shown = Wall(phone, self.desk)
            phone.tell({"build": pages.build(), **shown.hello()})
            if phone.role:
                phone.say("/faderd/login/ticket")
            self.shown.add(shown)
            self._note_who()
            await _obey(phone, shown)
        except (websockets.ConnectionClosed, ValueError, OSError):
            pass  # phones leave without a word, and who says nonsense has been told
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            if shown is not None:
                self.shown.discard(shown)
                self._note_who()
            phone.daemon.close()

    async def _let_in(self, phone: Phone, names: Sequence[str], title: str) -> None:
        """Ask for a PIN until the daemon takes one, unless the page still has a ticket from the last one."""
        known = [name for name in names if name in self._pins()]
        assert phone.browser.request is not None
        kept = guard.ticket(phone.browser.request.headers.get("Cookie", ""))
        for name in known if kept else ():
            if not await phone.log_in(kept, name):
                return
        reason = "" if known else 'the settings have no PIN for this: write engineer = "2468" below [pins]'
        while True:
            phone.tell({"pin": reason, "name": title, "build": pages.build()})
            said = await _read(phone)
            if len(said) != 2 or said[0] != "pin" or not isinstance(said[1], str):
                await phone.browser.close(1008, "say the PIN first")
                raise websockets.ConnectionClosedOK(None, None)
            for name in known:
                reason = await phone.log_in(said[1], name)
                if not reason:
                    return

    def _who(self) -> list[dict[str, str]]:
        here = ((shown.title, shown.phone) for shown in self.shown)
        return [{"page": title, "on": phone.kind, "address": phone.address} for title, phone in here]

    def _note_who(self) -> None:
        """Tell engineers who is here, and ask the desk only for the meters that somebody looks at."""
        self.desk.want({INPUTS}.union(*(shown.feeds for shown in self.shown)))
        for shown in self.shown:
            if isinstance(shown, House):
                shown.phone.tell({"who": self._who()})

    def _keep_all(self) -> None:
        for mix in self.mixes.values():
            self._kept.keep(mix.name, {path: self.desk.values[path] for path in mix.settable()})

    def _changed(self, path: str) -> None:
        if self.desk.whole.is_set():
            for shown in self.shown:
                shown.changed(path)

    def _told(self, fact: str) -> None:
        for shown in self.shown:
            shown.told(fact)

    def _metered(self, number: int, steps: bytes) -> None:
        """Make one frame, and send the same bytes to all."""
        self._count = (self._count + 1) % 65_536
        payload = struct.pack(">BBH", number, len(steps), self._count) + steps
        frame = bytes([0x82, len(payload)]) + payload  # a binary WebSocket frame below 126 bytes, RFC 6455 §5.2
        for shown in self.shown:
            if number in shown.feeds:
                shown.phone.meter(frame)


async def _read(phone: Phone) -> list[guard.Word]:
    """What a page says next; whoever says what no page of ours says is sent away."""
    try:
        return guard.words(await phone.browser.recv())
    except (ValueError, RecursionError):
        await phone.browser.close(1008, "not a move")
        raise ValueError("no words of ours") from None


async def _obey(phone: Phone, shown: Musician | House | Wall) -> None:
    """Do what a page says until it leaves, or says too much or nonsense."""
    loop = asyncio.get_running_loop()
    allowance, counted = 2.0 * MOST_WORDS, loop.time()
    with contextlib.suppress(ValueError):
        while True:
            words = await _read(phone)
            now = loop.time()
            allowance, counted = min(2.0 * MOST_WORDS, allowance + (now - counted) * MOST_WORDS) - 1, now
            if allowance < 0:
                await phone.browser.close(1008, "too many moves")
                return
            try:
                shown.obey(words)
            except ValueError:
                await phone.browser.close(1008, "not a move")
                return


async def _serve(web: Web, way: Way, mixes: Sequence[Mix], beside: bool) -> None:
    """Serve until told to stop, or until the daemon that started this has gone."""
    web.guarded = await guard.only_reads(way.host, way.port)
    if not web.guarded and not mixes:
        raise errors.Refusal(guard.OPEN.format(way.port))
    serving = asyncio.ensure_future(web.run())
    if beside:
        asyncio.get_running_loop().add_reader(sys.stdin, lambda: os.read(0, 1024) or serving.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def main(way: Way, mixes: Sequence[Mix], state: pathlib.Path | None, beside: bool = False) -> int:
    """Serve until Ctrl-C."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    kept = Kept(state / "web" / "mixes.json" if state is not None else None)
    try:
        asyncio.run(_serve(Web(way, mixes, kept), way, mixes, beside))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise errors.Refusal(f"port {way.web_port}: {reason}: choose another with --port") from None
    return 0


def print_codes(names: Sequence[str], port: int) -> int:
    """Print a code for each mix."""
    own, port = pages.own_address(), pages.served(port)
    address = own if port == pages.USUAL else f"{own}:{port}"
    for mix in map(Mix, names):
        print(f"{mix.name}  http://{address}/mix/{mix.bus}\n{pages.in_letters(f'http://{address}/mix/{mix.bus}')}")
    return 0
