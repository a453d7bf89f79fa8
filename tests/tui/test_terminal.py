"""The bridge in a real terminal: tmux gives it a screen, and tells what stands on it."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator

from rigs import fake_console
from rigs.tmux import Terminal


def column(terminal: Terminal, x: int) -> str:
    """What stands in one column of the terminal, from the top."""
    return "".join(line.ljust(80)[x] for line in terminal.text().splitlines())


@contextlib.asynccontextmanager
async def opened(
    size: tuple[int, int], **environment: str
) -> AsyncIterator[tuple[Terminal, fake_console.Console]]:
    """Start a desk with a loud, muted, named first channel, and the bridge in a terminal."""
    terminal = Terminal()
    async with fake_console.Console() as desk:
        desk.values |= {"/ch/01/config/name": "Tom 1", "/ch/01/mix/on": 0}
        desk.levels[0] = 0.5
        try:
            terminal.open(size, f"127.0.0.1:{desk.port}", TERM="screen-256color", **environment)
            await terminal.until(lambda: "Fake desk" in terminal.text())
            yield terminal, desk
        finally:
            terminal.close()


def test_the_bridge_runs_at_eighty_by_twenty_four_and_leaves_with_q():
    async def main() -> None:
        async with opened((80, 24)) as (terminal, desk):
            await terminal.until(lambda: "CH 0102030405060708 0910" in terminal.text())
            await terminal.until(lambda: re.search(r"█+ *M0 T", column(terminal, 3)) is not None)
            assert "Tom 1" in terminal.text()
            terminal.run("send-keys", "q")
            await terminal.until(lambda: "left with 0" in terminal.text())
            assert not desk.clients()

    asyncio.run(main())


def test_control_c_leaves_too():
    async def main() -> None:
        async with opened((80, 24)) as (terminal, _):
            terminal.run("send-keys", "C-c")
            await terminal.until(lambda: "left with 0" in terminal.text())

    asyncio.run(main())


def test_a_terminated_bridge_puts_the_terminal_back_in_order():
    async def main() -> None:
        async with opened((80, 24)) as (terminal, desk):
            shell = terminal.run("display-message", "-p", "#{pane_pid}").strip()
            child = subprocess.run(("pgrep", "-P", shell), capture_output=True, text=True, check=True).stdout
            os.kill(int(child), signal.SIGTERM)
            await terminal.until(lambda: "left with 0" in terminal.text())
            assert terminal.run("display-message", "-p", "#{alternate_on}").strip() == "0"
            assert not desk.clients()

    asyncio.run(main())


def test_colours_are_palette_numbers_that_any_terminal_over_ssh_knows():
    async def main() -> None:
        async with opened((80, 24)) as (terminal, _):
            await terminal.until(lambda: "█" in terminal.text())
            codes = terminal.codes()
            assert "38;5;" in codes
            assert not re.search(r"[34]8;2;", codes)

    asyncio.run(main())


def test_no_color_is_obeyed_and_alarms_still_stand_out():
    async def main() -> None:
        async with opened((80, 24), NO_COLOR="1") as (terminal, _):
            await terminal.until(lambda: bool(re.search(r"\x1b\[[\d;]*7m\s*M", terminal.codes())))
            assert not re.search(r"\x1b\[[\d;]*(38|48);", terminal.codes())

    asyncio.run(main())


def test_a_resized_terminal_is_filled_again():
    async def main() -> None:
        # Some shells export their size; it must not outlive the next resize.
        async with opened((80, 24), COLUMNS="80", LINES="24") as (terminal, _):
            terminal.run("resize-window", "-x", "200", "-y", "50")
            await terminal.until(lambda: "MUTE" in terminal.text() and "BUS" in terminal.text())

    asyncio.run(main())
