"""Links that fail: the terminal tells the truth throughout, and is itself again within two seconds.

`FADERD_CUT_S` is how long the network is cut; 30 for the long walk.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine

import pytest

from rigs import fake_console, relay, stopwatch
from rigs.terminal import LARGE, SMALL, Stage
from tui import terminal, theme

CUT_S = float(os.environ.get("FADERD_CUT_S", "4"))
BACK_S = 2.0


def play(size: tuple[int, int], scene: Callable[[Stage, relay.Relay], Coroutine[None, None, None]]) -> None:
    """Play a scene on a stage whose cable is a relay."""

    async def main() -> None:
        async with fake_console.Console() as desk, relay.Relay(desk.port) as cable:
            bridge = terminal.BridgeApp("127.0.0.1", cable.port)
            async with bridge.run_test(size=size) as pilot:
                stage = Stage(desk, bridge, pilot)
                await stage.shows("Fake desk")
                await scene(stage, cable)

    asyncio.run(main())


def test_a_cut_network_is_told_and_what_was_changed_meanwhile_is_there_two_seconds_after():
    async def scene(on, cable):
        on.desk.levels[0] = 0.5
        on.desk.set("/ch/01/config/name", "Before")
        await on.until(lambda: on.bar(0) > 0)
        await on.shows("Before")
        cable.cut = True
        await on.shows("no answer from", "silent for")
        await on.until(lambda: on.bar(0) == 0)  # a level from before must not stand there as if it were live
        on.desk.set("/ch/01/config/name", "Meanwhile")
        await on.pilot.pause(CUT_S)
        assert "no answer from" in on.text()
        cable.cut = False
        back = stopwatch.Stopwatch()
        await on.until(lambda: "no answer from" not in on.text() and on.bar(0) > 0)
        await on.until(lambda: on.bridge.mirror.strips.names[0] == "Meanwhile")
        assert back.s < BACK_S

    play(SMALL, scene)


def test_numbers_of_a_page_go_grey_while_the_network_is_cut():
    async def scene(on, cable):
        on.desk.set("/ch/01/mix/fader", 0.6)
        await on.pilot.press("2")
        await on.shows("−6.0 dB")
        live = on.inks_of("−6.0 dB")
        cable.cut = True
        await on.shows("no answer from")
        await on.until(lambda: on.inks_of("−6.0 dB") != live)
        assert theme.style(theme.Ink.QUIET) in on.inks_of("−6.0 dB") or not on.inks_of("−6.0 dB")
        await on.pilot.press("m")
        cable.cut = False
        await on.until(lambda: "no answer from" not in on.text())
        assert on.desk.values["/ch/01/mix/on"] == 1  # what was asked of nobody is not done later

    play(LARGE, scene)


def test_a_spectrum_from_before_a_cut_does_not_stand_there_as_if_it_were_live():
    async def scene(on, cable):
        on.desk.spectrum[:] = -20.0
        await on.pilot.press("5")
        await on.shows("██████")
        cable.cut = True
        await on.until(lambda: "█" not in on.text())
        cable.cut = False
        await on.shows("██████")

    play(SMALL, scene)


def test_no_curve_is_drawn_of_what_was_never_heard():
    async def scene(on, cable):
        cable.cut = True
        await on.shows("no answer from")
        await on.pilot.press("2")
        await on.shows("Channel 1")
        await on.pilot.pause(0.5)
        assert not any("⠀" < letter <= "⣿" for letter in on.text())

    play(LARGE, scene)


def test_a_console_that_is_killed_and_starts_again_is_read_anew_within_two_seconds():
    async def scene(on, _):
        on.desk.set("/ch/01/config/name", "Before")
        await on.shows("Before")
        on.desk.stop()
        await on.shows("no answer from")
        on.desk.values["/ch/01/config/name"] = "After"
        await on.desk.start()
        back = stopwatch.Stopwatch()
        await on.until(lambda: on.bridge.mirror.strips.names[0] == "After")
        await on.until(lambda: "no answer from" not in on.text())
        assert back.s < BACK_S

    play(SMALL, scene)


@pytest.mark.parametrize("seed", [1, 2])
def test_with_a_tenth_of_all_datagrams_lost_everything_arrives_and_nothing_is_claimed(seed):
    async def scene(on, cable):
        cable.loss = 0.1
        cable._random.seed(seed)
        for number in range(1, 33):
            on.desk.set(f"/ch/{number:02}/config/name", f"N{number}")
        names = on.bridge.mirror.strips.names
        await on.until(lambda: names[:32] == [f"N{number}" for number in range(1, 33)], 120)
        assert "no answer from" not in on.text()
        for _ in range(10):
            await on.pilot.press("m")
            # Whether the move or its answer was lost: what stands here is what the console has.
            await on.until(lambda: bool(on.bridge.mirror.strips.on[0]) == (on.desk.values["/ch/01/mix/on"] == 1))
        assert cable.lost > 20

    play(SMALL, scene)
