"""A daemon with its pages, what a page says and hears, and a Chromium with touch."""

import contextlib
import json
import os
import pathlib
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import playwright.sync_api as playwright
from pythonosc.osc_message import OscMessage
from websockets.sync.client import ClientConnection, connect

from rigs import browser as headless
from rigs import ports, running

PINS = {"engineer": "2468", "bus/03": "1357", "bus/05+bus/06": "8642", "bus/07": "9753"}
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP faderd.local 127.0.0.1",
)  # fmt: skip
PATIENCE_S, EQUAL = 120.0, 1e-3
STATE = """[...document.querySelectorAll('[data-path]')].map(each =>
    [each.dataset.path, each.role === 'slider' ? +each.ariaValueNow : +(each.ariaPressed !== 'true')])"""
PHONE, LANDSCAPE, TABLET, WALL = (390, 844), (844, 390), (1024, 768), (1920, 1080)


def fader(name: str) -> str:
    """Selector of a fader."""
    return f'[role=slider][aria-label="{name}"]'


class Site:
    """A running daemon with its pages."""

    def __init__(self, daemon: running.Running, port: int, door: int, open_mix: int, state: pathlib.Path) -> None:
        self.daemon, self.door, self.open_mix, self.state = daemon, door, open_mix, state
        self.host = f"127.0.0.1:{port}"

    def page(self, name: str = "3", origin: str | None = None, **more: Any) -> ClientConnection:
        """A socket of a page, as it is before any PIN."""
        return connect(f"ws://{self.host}/socket/{name}", origin=origin or f"http://{self.host}",  # type: ignore[arg-type]
                       max_queue=None, open_timeout=PATIENCE_S, **more)  # fmt: skip

    @contextlib.contextmanager
    def logged_in(
        self, name: str = "3", pin: str = PINS["bus/03"]
    ) -> Iterator[tuple[ClientConnection, dict[str, Any]]]:
        """A page that has said its PIN, and its hello."""
        with self.page(name) as browser:
            assert "pin" in told(browser, "pin")
            browser.send(json.dumps(["pin", pin]))
            yield browser, told(browser, "build")

    def get(self, path: str, *headers: str) -> str:
        """Status line, headers and body of an answer, as they come."""
        host, _, port = self.host.partition(":")
        lines = [f"GET {path} HTTP/1.1", *headers]
        if not any(line.startswith("Host:") for line in headers):
            lines.append(f"Host: {self.host}")
        with socket.create_connection((host, int(port)), PATIENCE_S) as browser:
            browser.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
            return b"".join(iter(lambda: browser.recv(65_536), b"")).decode()

    def web_process(self) -> int:
        """Process number of what serves the pages."""
        parent = self.daemon.process.pid
        while True:
            for number in pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
                with contextlib.suppress(OSError):
                    if b"--beside" in pathlib.Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0"):
                        return int(number)
            time.sleep(0.05)

    def revision(self) -> int:
        """How often anything was set."""
        return int(self.daemon.ask_for("/faderd/ack")[0])  # type: ignore[call-overload]

    def changes(self, since: int) -> list[str]:
        """What hands have set since a revision: what the console only tells, such as a time, begins with a dash."""
        self.daemon.send("/faderd/sync", since)
        found = []
        while (message := OscMessage(self.daemon.socket.recv(65_536))).address != "/faderd/sync":
            found.append(message.address)
        return [address for address in found if not address.startswith("/-")]

    def at(self, path: str) -> float:
        """Value of a number."""
        return float(self.daemon.ask_for(path)[0])  # type: ignore[arg-type]

    def comes_to(self, path: str, holds: Callable[[float], bool]) -> None:
        """Wait until a number is so."""
        wait_for(lambda: holds(self.at(path)), lambda: f"{path} is {self.at(path)}")

    def is_left(self) -> None:
        """Wait until nobody has a page open any more: pages that were closed a moment ago have a socket for a while."""
        wait_for(lambda: udp_sockets(self.web_process()) == 1, lambda: "somebody is still here")

    def log(self) -> str:
        return (self.state / "faderd.log").read_text("utf-8")


def wait_for(happens: Callable[[], object], told: Callable[[], str]) -> None:
    """Wait until something is so; fail with what is told instead."""
    until = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < until, told()
        time.sleep(0.05)


def told(browser: ClientConnection, key: str) -> dict[str, Any]:
    """The next news with this key, while meters come too."""
    until = time.monotonic() + PATIENCE_S
    while True:
        words = browser.recv(until - time.monotonic())
        if isinstance(words, str) and key in (news := json.loads(words)):
            return news


def told_of(browser: ClientConnection, path: str) -> list[Any]:
    """What the next news of a path says, while other values come too."""
    while path not in (values := told(browser, "values")["values"]):
        pass
    return list(values[path])


@contextlib.contextmanager
def site(folder: pathlib.Path, more: str = "") -> Iterator[Site]:
    """A daemon that serves its pages."""
    engineer, open_mix, web = ports.free(), ports.free(), ports.free(socket.SOCK_STREAM)
    pins = "\n".join(f'"{name}" = "{pin}"' for name, pin in PINS.items())
    settings = folder / "faderd.toml"
    settings.write_text(
        f"web = true\nweb_port = {web}\n{more}\n[[listen]]\nport = {engineer}\n"
        f'[[listen]]\nport = {open_mix}\nrole = "musician"\nbus = 9\n[pins]\n{pins}\n', "utf-8",
    )  # fmt: skip
    options = ("--config", str(settings), "--osc-port", str(engineer))
    with running.daemon(folder / "state", *options, local=False) as daemon:
        log = (folder / "state" / "faderd.log").read_text("utf-8")
        door = re.search(r"UDP (\d+): viewer", log)
        assert door, log
        found = Site(daemon, web, int(door[1]), open_mix, folder / "state")
        await_pages(found)
        yield found


def await_pages(found: Site) -> None:
    """Wait until pages are served and know the desk."""
    until = time.monotonic() + 150
    while True:
        try:
            with found.page("9") as browser:
                told(browser, "build")
            return
        except (OSError, TimeoutError, Exception):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def udp_sockets(process: int) -> int:
    """How many UDP sockets a process has open to others."""
    lines = [line.split() for line in pathlib.Path(f"/proc/{process}/net/udp").read_text().splitlines()[1:]]
    connected = {words[9] for words in lines if words[2] != "00000000:0000"}
    open_files = (os.readlink(path) for path in pathlib.Path(f"/proc/{process}/fd").iterdir())
    return sum(target[8:-1] in connected for target in open_files if target.startswith("socket:["))


# --- a browser ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser."""
    with playwright.sync_playwright() as started, Browser(started.chromium).elsewhere(headless.program()) as browser:
        yield browser


class Browser:
    """Opens tabs."""

    def __init__(self, kind: playwright.BrowserType, running: playwright.Browser | None = None) -> None:
        self._kind, self._running = kind, running

    def __call__(self, size: tuple[int, int] = PHONE, **more: Any) -> "Tab":
        assert self._running
        return Tab(self._running, size, **more)

    @contextlib.contextmanager
    def elsewhere(self, program: str | None) -> Iterator["Browser"]:
        """Another one, which this program starts."""
        browser = self._kind.launch(executable_path=program, args=list(FLAGS))
        yield Browser(self._kind, browser)
        browser.close()


class Tab:
    """A page in a browser: its fingers, and what it says."""

    def __init__(self, browser: playwright.Browser, size: tuple[int, int] = PHONE, **more: Any) -> None:
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True, **more)
        self.context.set_default_timeout(1000 * PATIENCE_S)
        self.page = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)
        self.said: list[str] = []
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        self.page.on("websocket", lambda way: way.on("framesent", lambda frame: self.said.append(str(frame))))

    def open(self, address: str, pin: str = "") -> "Tab":
        """Open a page, and type the PIN if there is one."""
        self.page.goto(address)
        if pin:
            self.page.wait_for_selector("#pin[open]")
            self.page.fill("#pin input", pin)
            self.page.keyboard.press("Enter")
        self.live()
        return self

    def live(self) -> None:
        """Wait until the page knows the desk."""
        self.page.wait_for_selector("body:not(.stale)")

    def shown(self, name: str) -> float:
        """Where a fader stands."""
        return float(self.page.locator(fader(name)).get_attribute("aria-valuenow") or "nan")

    def state(self) -> dict[str, float]:
        """Every fader and mute that is shown, by its path."""
        return {path: float(value) for path, value in self.page.evaluate(STATE)}

    def moves(self) -> list[str]:
        """What the page has said that moves something."""
        return [words for words in self.said if words.startswith('["/')]

    def agree(self, desk: Site, name: str, path: str, holds: Callable[[float], bool] = lambda _: True) -> None:
        """Wait until page and desk say the same, and that is so."""
        wait_for(
            lambda: abs((shown := self.shown(name)) - desk.at(path)) <= EQUAL and holds(shown),
            lambda: f"the page shows {self.shown(name)}, the desk has {desk.at(path)}",
        )

    def middle(self, selector: str) -> tuple[float, float]:
        box = self.page.locator(selector).first.bounding_box()
        assert box, selector
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        """Fingers on the glass; `kind` is start, move, end or cancel."""
        shown = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.devtools.send("Input.dispatchTouchEvent", {"type": f"touch{kind.capitalize()}", "touchPoints": shown})

    def drag(self, start: tuple[float, float], by: tuple[float, float], steps: int = 10) -> None:
        """One finger, from there by so much."""
        self.touch("start", start)
        for step in range(1, steps + 1):
            self.touch("move", (start[0] + by[0] * step / steps, start[1] + by[1] * step / steps))
        self.touch("end")

    def close(self) -> None:
        self.context.close()
