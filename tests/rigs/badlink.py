"""A way between a phone and the desk that is cut, or loses packets, and what a page makes of it.

It is a network of its own with a cable (`Cable`), or, where that may not be made, a relay that holds back (`Relay`):

    with badlink.link(folder, desk) as way, browser.elsewhere(way.program) as there:
        phone = there().open(f"http://{way.host}/mix/3", PIN)
        told_s, healed_s = badlink.trouble(desk, phone, way.cut, way.heal, 5.0)
"""

import contextlib
import os
import pathlib
import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

from rigs import browser as headless
from rigs import website
from rigs.website import Site, Tab

LOSS_PERCENT = 5
AGAIN_S = 0.2
"""TCP sends again, what a relay loses, after so long."""


class Cable:
    """Two ends of a cable, one of them in a network of its own, in which the browser runs."""

    DESK, PHONE = "10.213.77.1", "10.213.77.2"

    def __init__(self, folder: pathlib.Path, desk: Site) -> None:
        self._name, self._end = f"faderd{os.getpid()}", f"fd{os.getpid()}"
        self.host = f"{self.DESK}:{desk.host.rpartition(':')[2]}"
        program = folder / "chromium-there"
        program.write_text(f'#!/bin/sh\nexec ip netns exec {self._name} {headless.program()} "$@"\n', "utf-8")
        program.chmod(0o755)
        self.program = str(program)
        _run("ip", "netns", "add", self._name)
        try:
            _run("ip", "link", "add", self._end, "type", "veth", "peer", "name", "eth0", "netns", self._name)
            _run("ip", "addr", "add", f"{self.DESK}/30", "dev", self._end)
            self._there("ip", "addr", "add", f"{self.PHONE}/30", "dev", "eth0")
            for name in ("lo", "eth0"):
                self._there("ip", "link", "set", name, "up")
            _run("ip", "link", "set", self._end, "up")
            self._there("nft", "add table inet loss")
        except OSError:
            self.close()
            raise

    def _there(self, *command: str) -> None:
        _run("ip", "netns", "exec", self._name, *command)

    def cut(self) -> None:
        """Pull it out."""
        _run("ip", "link", "set", self._end, "down")

    def lose(self) -> None:
        """Lose packets, both ways."""
        for hook in ("input", "output"):
            self._there("nft", f"add chain inet loss {hook} {{ type filter hook {hook} priority 0; }}")
            rule = f"add rule inet loss {hook} meta protocol ip numgen random mod 100 < {LOSS_PERCENT} drop"
            self._there("nft", rule)

    def heal(self) -> None:
        """Let all pass again."""
        self._there("nft", "flush table inet loss")
        _run("ip", "link", "set", self._end, "up")

    def close(self) -> None:
        """Take it away."""
        _run("ip", "netns", "del", self._name)


class Relay:
    """Passes on what comes, or holds it back."""

    def __init__(self, desk: Site) -> None:
        self.program = headless.program()
        self._desk, self._passes, self._loses = desk.host, threading.Event(), False
        self._passes.set()
        self._chance = random.Random(5)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        host, _, port = self._desk.partition(":")
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._door.accept()
                desk = socket.create_connection((host, int(port)))
                for ends in ((phone, desk), (desk, phone)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError), other:
            while data := one.recv(65_536):
                self._passes.wait()
                if self._loses and self._chance.randrange(100) < LOSS_PERCENT:
                    time.sleep(AGAIN_S)
                other.sendall(data)

    def cut(self) -> None:
        """Hold all back."""
        self._passes.clear()

    def lose(self) -> None:
        """Hold some of it back for a while."""
        self._loses = True

    def heal(self) -> None:
        """Let all pass again."""
        self._loses = False
        self._passes.set()

    def close(self) -> None:
        """Take it away."""
        self._door.close()


@contextlib.contextmanager
def link(folder: pathlib.Path, desk: Site) -> Iterator[Cable | Relay]:
    """A way to the desk, as real as this machine allows."""
    way: Cable | Relay
    try:
        way = Cable(folder, desk)
    except OSError:
        way = Relay(desk)
    try:
        yield way
    finally:
        way.close()


def trouble(
    desk: Site, tab: Tab, begin: Callable[[], object], end: Callable[[], object], lasts_s: float
) -> tuple[float, float]:
    """Begin some trouble, change what the page shows meanwhile, and end it: when it was told, and when all was right.

    Returns
    -------
    told_s, healed_s : float
        From the beginning to the banner; from the end until the page shows every value of the desk.
    """
    began = time.monotonic()
    begin()
    tab.page.locator("#note", has_text="Connection lost").wait_for()
    told_s = time.monotonic() - began
    assert tab.page.locator("body.stale").count() == 1
    change(desk, tab)
    time.sleep(max(0.0, lasts_s - (time.monotonic() - began)))
    wanted = {path: desk.at(path) for path in tab.state()}
    end()
    return told_s, right(tab, wanted)


def losses(desk: Site, tab: Tab, way: Cable | Relay, lasts_s: float) -> float:
    """Lose packets while the page and others move faders; the seconds from the last move until all agree."""
    way.lose()
    until, turn = time.monotonic() + lasts_s, 0
    while time.monotonic() < until:
        turn += 1
        tab.drag(tab.middle(website.fader("Snare")), (0, 60 if turn % 2 else -60), 20)
        desk.daemon.send("/ch/08/mix/03/level", 0.5 + turn % 10 / 40)
        tab.page.wait_for_timeout(100)
    began = time.monotonic()
    while True:
        wanted = {path: desk.at(path) for path in tab.state()}
        if tab.page.locator("body.stale").count() == 0 and not wrong(tab, wanted):
            return time.monotonic() - began
        assert time.monotonic() - began < website.PATIENCE_S, wrong(tab, wanted)


def change(desk: Site, tab: Tab) -> None:
    """Let somebody else move every fader that the page shows."""
    for number, path in enumerate(tab.state()):
        if path.endswith("/level"):
            desk.daemon.send(path, 0.25 + number % 5 / 10 + time.monotonic() % 0.1)


def wrong(tab: Tab, wanted: dict[str, float]) -> list[str]:
    """What a page shows otherwise."""
    shown = tab.state()
    return [path for path, value in wanted.items() if abs(shown.get(path, 9.0) - value) > website.EQUAL]


def right(tab: Tab, wanted: dict[str, float]) -> float:
    """Wait until a page shows all that is wanted; the seconds that it took."""
    began = time.monotonic()
    tab.live()
    while found := wrong(tab, wanted):
        assert time.monotonic() - began < website.PATIENCE_S, found
        tab.page.wait_for_timeout(20)
    return time.monotonic() - began


def _run(*command: str) -> None:
    """Run a command; raise OSError where it may not be run."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr}")
