"""The rescue: the tablet is dead, something rings, and there is nothing but an SSH window.

One evening in ten steps, in a real terminal on a running console; each step is proved by what the
console then says of itself.
"""

import asyncio
import re
import time
from pathlib import Path

from rigs.running import Running, daemon
from rigs.tmux import PATIENCE_S, Terminal

RINGS_HZ = 2500.0


async def says(desk: Running, address: str, wanted: object, tolerance: float = 1e-3) -> None:
    """Wait until the console's own value is this."""
    until = time.monotonic() + PATIENCE_S
    while True:
        (value,) = await asyncio.to_thread(desk.ask_for, address)
        if value == wanted or (isinstance(wanted, float) and abs(float(str(value)) - wanted) < tolerance):
            return
        assert time.monotonic() < until, f"{address} is {value!r}, not {wanted!r}"
        await asyncio.sleep(0.05)


class Hand:
    """Keys in a terminal, and what is then to be seen."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self._terminal, self._folder, self._step = terminal, folder, 0

    async def press(self, *keys: str) -> None:
        for key in keys:
            self._terminal.run("send-keys", key)
            await asyncio.sleep(0.15)

    async def type(self, text: str) -> None:
        self._terminal.run("send-keys", "-l", "--", text)
        await asyncio.sleep(0.4)

    async def finds(self, query: str, found: str, then: str) -> None:
        """Search the palette for something, and open it."""
        await self.press("/")
        await self.sees("Search for commands")
        await self.type(query)
        first = re.compile(rf"{query} *\n\s*{found} *\n")
        await self._terminal.until(lambda: first.search(self._terminal.text()) is not None)
        await self.press("Enter")
        await self.sees(then)

    async def enters(self, value: str) -> None:
        """Type a value into the open window, which closes then."""
        await self.type(value)
        await self.press("Enter")
        await self._terminal.until(lambda: "Esc to put back" not in self._terminal.text())

    async def sees(self, *words: str) -> None:
        await self._terminal.until(lambda: all(word in self._terminal.text() for word in words))
        self._step += 1
        (self._folder / f"step-{self._step:02}.txt").write_text(self._terminal.text(), "utf-8")


async def evening(desk: Running, hand: Hand) -> None:
    await hand.sees("CH", "DCA", "Kick")  # 1: who is there, all in sight

    await hand.press("5")  # 2: what rings?
    await hand.sees("Spectrum of main", "▼2k6")

    await hand.press("2")  # 3: the strip it rings in
    await hand.sees("Channel 1", "EQ")
    # 4: cut it there
    await hand.finds("channel 1 eq 3 frequency", "Channel 1 Kick · EQ 3 frequency", "Centre or corner frequency")
    await hand.enters("2k5")
    await says(desk, "/ch/01/eq/3/f", 0.7, 0.01)
    await hand.finds("channel 1 eq 3 gain", "Channel 1 Kick · EQ 3 gain", "Boost or cut")
    await hand.enters("-12")
    await says(desk, "/ch/01/eq/3/g", 0.1)

    await hand.press("1")
    await hand.sees("CH  01")
    await hand.press("Right", "m")  # 5: silence channel 2
    await says(desk, "/ch/02/mix/on", 0)
    await hand.sees("fader  −4.0", " M ")

    await hand.press("w")  # 6: why is it silent?
    await hand.sees("muted by its own key")
    await hand.press("x")

    await hand.press("4")  # 7: keep this as a scene
    await hand.sees("no scenes")
    await hand.press("w")
    await hand.sees("Store the desk as scene 00?")
    await hand.press("y")
    await says(desk, "/-show/showfile/scene/000/hasdata", 1)

    await hand.press("1")
    await hand.sees("CH  01")
    before = float(str((await asyncio.to_thread(desk.ask_for, "/ch/02/mix/fader"))[0]))
    await hand.press("Down", "Down", "Down")  # 8: a fader pulled by mistake
    await says(desk, "/ch/02/mix/fader", before - 0.075, 0.01)
    await hand.press("u")  # 9: taken back
    await says(desk, "/ch/02/mix/fader", before, 0.01)

    await hand.press("Right", "m")  # 10: and the whole scene again, after a look at what that changes
    await says(desk, "/ch/03/mix/on", 0)
    await hand.press("r")
    await hand.sees("▸ 00", "Channel 3", "OFF → ON")
    await hand.press("Enter")
    await hand.sees("Recall scene 00")
    await hand.press("y")
    await says(desk, "/ch/03/mix/on", 1)
    await says(desk, "/ch/02/mix/on", 0)


def test_the_show_is_rescued_from_the_terminal_in_ten_steps(tmp_path: Path) -> None:
    async def main(desk: Running) -> None:
        # The oscillator plays what rings: a tone on main, which the analyser shows.
        for address, value in (
            ("/config/osc/type", 0), ("/config/osc/f1", 0.7), ("/config/osc/fsel", 0), ("/config/osc/level", 0.6),
            ("/config/osc/dest", 18), ("/-stat/osc/on", 1), ("/-prefs/rta/source", 72),
        ):  # fmt: skip
            desk.send(address, value)
        terminal = Terminal()
        try:
            terminal.open((160, 50), f"127.0.0.1:{desk.port}", TERM="screen-256color")
            await evening(desk, Hand(terminal, tmp_path))
        finally:
            terminal.close()

    with daemon(tmp_path / "state") as desk:
        asyncio.run(main(desk))
