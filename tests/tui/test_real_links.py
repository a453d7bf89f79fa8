"""A real console that dies, and a cable to it that is cut and loses datagrams: the terminal tells it and comes back.

`FADERD_CUT_S` is how long the network is cut; 30 for the long walk.
"""

import asyncio
import contextlib
import os
import pathlib
import time

from textual.pilot import Pilot

from rigs import ports, relay, stopwatch
from rigs.running import Running, daemon
from rigs.terminal import PATIENCE_S, SMALL
from tui import terminal

CUT_S = float(os.environ.get("FADERD_CUT_S", "1"))
BACK_S = 2.0
LOUD_DBFS = -70.0
NAME = "/ch/01/config/name"


class Watcher:
    """Who sits before a terminal in this process, whose console is another process."""

    def __init__(self, bridge: terminal.BridgeApp, pilot: Pilot[None]) -> None:
        self.bridge, self._pilot = bridge, pilot

    def text(self) -> str:
        return "\n".join(strip.text for strip in self.bridge.screen._compositor.render_strips())

    def sees(self, name: str) -> bool:
        """Whether the terminal claims to be live, with this name and moving meters."""
        source = self.bridge.mirror
        live = "no answer from" not in self.text() and self.bridge.link.connected
        return live and source.strips.names[0] == name and source.level_dbfs.max() > LOUD_DBFS

    async def until_seen(self, name: str, desk: Running) -> float:
        """Seconds until the name is seen."""
        began, watch = time.monotonic(), stopwatch.Stopwatch(desk.process.pid)
        while not self.sees(name):
            assert time.monotonic() - began < PATIENCE_S, self.text()
            await self._pilot.pause(0.03)
        return watch.s

    async def until_told(self) -> None:
        """Wait until the terminal says that nobody answers, and shows no level as if it were live."""
        began = time.monotonic()
        while "no answer from" not in self.text() or self.bridge.mirror.level_dbfs.max() > LOUD_DBFS:
            assert time.monotonic() - began < PATIENCE_S, self.text()
            await self._pilot.pause(0.05)


async def evening(state: pathlib.Path, lives: contextlib.ExitStack) -> None:
    """First the cable fails, then the console."""
    desk: Running = await asyncio.to_thread(lives.enter_context, daemon(state, "--osc-port", str(ports.free())))
    desk.send(NAME, "Before")
    async with relay.Relay(desk.port) as cable:
        bridge = terminal.BridgeApp("127.0.0.1", cable.port)
        async with bridge.run_test(size=SMALL) as pilot:
            watcher = Watcher(bridge, pilot)
            await watcher.until_seen("Before", desk)

            cable.cut = True
            await watcher.until_told()
            desk.send(NAME, "Cut")
            await pilot.pause(CUT_S)
            assert "no answer from" in watcher.text()
            cable.cut = False
            assert await watcher.until_seen("Cut", desk) < BACK_S

            cable.loss = 0.1
            desk.send(NAME, "Lossy")
            await watcher.until_seen("Lossy", desk)
            for _ in range(20):
                assert "no answer from" not in watcher.text()
                await pilot.pause(0.1)
            cable.loss = 0.0

            desk.process.kill()
            await watcher.until_told()
            again = await asyncio.to_thread(lives.enter_context, daemon(state, "--osc-port", str(desk.port)))
            again.send(NAME, "After")
            assert await watcher.until_seen("After", again) < BACK_S


def test_a_cut_cable_losses_and_a_killed_console_are_told_and_over_within_two_seconds(tmp_path: pathlib.Path) -> None:
    with contextlib.ExitStack() as lives:
        asyncio.run(evening(tmp_path / "state", lives))
