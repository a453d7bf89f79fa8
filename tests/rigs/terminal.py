"""A simulated terminal with the bridge in it, connected to a simulated console."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass

from textual.pilot import Pilot

from rigs import fake_console
from tui import terminal
from tui.widgets import bridge_layout

PATIENCE_S = 120.0
SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 50)


@dataclass
class Stage:
    """A desk, a bridge connected to it, and the fingers on its keys."""

    desk: fake_console.Console
    bridge: terminal.BridgeApp
    pilot: Pilot

    def lines(self) -> list[str]:
        """What the terminal shows, row by row."""
        return [strip.text for strip in self.bridge.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def inks_of(self, word: str) -> set:
        """The styles in which a word stands on the screen."""
        return {
            segment.style
            for strip in self.bridge.screen._compositor.render_strips()
            for segment in strip
            if word in segment.text
        }

    def bar(self, strip: int) -> int:
        """How many cells of a channel's bar are lit, at any size that shows it."""
        columns = bridge_layout.arrange(*self.bridge.size).channels.columns
        x = columns.lefts[strip] + columns.indent
        rows = bridge_layout.arrange(*self.bridge.size).channels.rows
        return sum(line[x] in "▁▂▃▄▅▆▇█" for line in self.lines()[2 : 2 + rows.bars])

    async def until(self, condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain; the screen shows\n{self.text()}"
            await self.pilot.pause(0.03)

    async def shows(self, *words: str) -> None:
        await self.until(lambda: all(word in self.text() for word in words))


@contextlib.asynccontextmanager
async def stage(size: tuple[int, int]) -> AsyncIterator[Stage]:
    async with fake_console.Console() as desk:
        bridge = terminal.BridgeApp("127.0.0.1", desk.port)
        async with bridge.run_test(size=size) as pilot:
            yield Stage(desk, bridge, pilot)


def play(size: tuple[int, int], scene: Callable[[Stage], Coroutine[None, None, None]]) -> None:
    """Play a scene on a stage of this size, once the console is connected."""

    async def main() -> None:
        async with stage(size) as set_up:
            await set_up.shows("Fake desk")
            await scene(set_up)

    asyncio.run(main())
