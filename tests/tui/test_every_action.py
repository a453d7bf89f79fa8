"""Every action of the register, done by its own key: none is there that nobody has pressed."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from textual.command import CommandPalette

from rigs import fake_console
from rigs.terminal import MEDIUM, PATIENCE_S, Stage, play
from tui import actions, mirror, strips, terminal
from tui.screens import (
    effects,
    groups,
    health,
    help,
    loudness,
    prompt,
    recorder,
    routing,
    scenes,
    silence,
    spectrum,
    strip,
)
from tui.widgets import sheet

KEYS = {action.name: action.keys[0] for action in actions.REGISTER}
FADER, MUTE = "/ch/01/mix/fader", "/ch/01/mix/on"
Proof = Callable[[Stage], Awaitable[None]]


async def press(on: Stage, *names: str) -> None:
    """Press the keys of actions."""
    for name in names:
        await on.pilot.press(KEYS[name])


def opens(name: str, screen: type, leaves_by: str = "escape") -> Proof:
    """An action that opens a screen."""

    async def proof(on: Stage) -> None:
        await press(on, name)
        await on.until(lambda: isinstance(on.bridge.screen, screen))
        await on.pilot.press(leaves_by)
        await on.until(lambda: len(on.bridge.screen_stack) == 1)

    return proof


def moves_the_fader(name: str, to: float) -> Proof:
    """An action that brings a fader from 0 dB to another wire value."""

    async def proof(on: Stage) -> None:
        await press(on, name)
        await on.until(lambda: on.desk.values[FADER] == pytest.approx(to, abs=0.0015))
        assert on.desk.values[FADER] != 0.75

    return proof


def selects(name: str, row: int) -> Proof:
    """An action that goes from the first strip to another one."""

    async def proof(on: Stage) -> None:
        await press(on, name)
        await on.until(lambda: on.bridge.selected == row)

    return proof


def switches(name: str, address: str, to: int) -> Proof:
    """An action that sets a switch, and unsets it."""

    async def proof(on: Stage) -> None:
        await press(on, name)
        await on.until(lambda: on.desk.values.get(address) == to)
        await on.until(lambda: on.bridge.link.desk.knows(address))
        await press(on, name)
        await on.until(lambda: on.desk.values.get(address) == 1 - to)

    return proof


async def comes_back_to_the_bridge(on: Stage) -> None:
    await press(on, "page('health')")
    await on.until(lambda: isinstance(on.bridge.screen, health.HealthPage))
    await press(on, "page('bridge')")
    await on.until(lambda: len(on.bridge.screen_stack) == 1)


async def copies_and_pastes(on: Stage) -> None:
    on.desk.set(FADER, 0.6)
    await on.until(lambda: on.bridge.mirror.strips.fader_db[0] == pytest.approx(-6, abs=0.2))
    await press(on, "copy")
    await on.until(lambda: bool(on.bridge.hands.kept))
    await press(on, "select(1)", "paste")
    await on.until(lambda: isinstance(on.bridge.screen, prompt.Question))
    await on.pilot.press("y")
    await on.until(lambda: on.desk.values["/ch/02/mix/fader"] == pytest.approx(0.6, abs=0.001))


async def compares(on: Stage) -> None:
    await press(on, "page('strip')")
    await on.until(lambda: isinstance(on.bridge.screen, strip.StripPage))
    await on.until(lambda: on.bridge.link.desk.knows(MUTE))
    await on.until(lambda: bool(on.bridge.screen._other))  # how the strip was
    await press(on, "mute")
    await on.until(lambda: on.desk.values[MUTE] == 0)
    await press(on, "compare")
    await on.until(lambda: on.desk.values[MUTE] == 1)


def turns_to_the_sends(name: str, bus: int) -> Proof:
    """An action that makes the faders sends."""

    async def proof(on: Stage) -> None:
        await press(on, name)
        await on.until(lambda: on.bridge.sends_to == bus)
        on.bridge.action_sends(-bus)

    return proof


async def ends_solos(on: Stage) -> None:
    await press(on, "clear_solo")
    await on.until(lambda: ("/-action/clearsolo", 1) in on.desk.asked)


async def takes_back_and_does_again(on: Stage) -> None:
    await press(on, "mute")
    await on.until(lambda: on.desk.values[MUTE] == 0)
    await press(on, "undo")
    await on.until(lambda: on.desk.values[MUTE] == 1)
    await press(on, "redo")
    await on.until(lambda: on.desk.values[MUTE] == 0)


async def puts_out_the_clip_lights(on: Stage) -> None:
    on.desk.levels[0] = 1.0
    await on.until(lambda: bool(on.bridge.mirror.clipped[0]))
    on.desk.levels[0] = 0.1
    await on.until(lambda: on.bridge.mirror.level_dbfs[0] < -10)
    await press(on, "clear")
    await on.until(lambda: not on.bridge.mirror.clipped[0])


async def changes_the_colours(on: Stage) -> None:
    before = on.bridge._look
    await press(on, "theme")
    await on.until(lambda: on.bridge._look != before)
    for _ in range(3):
        await press(on, "theme")
    await on.until(lambda: on.bridge._look == before)


async def leaves(on: Stage) -> None:
    await press(on, "quit")
    until = time.monotonic() + PATIENCE_S
    while on.desk.clients():
        assert time.monotonic() < until, "the terminal left without a word to the console"
        await asyncio.sleep(0.02)


PAGES = {
    "strip": strip.StripPage, "groups": groups.GroupsPage, "scenes": scenes.ScenesPage,
    "spectrum": spectrum.SpectrumPage, "effects": effects.EffectsPage, "routing": routing.RoutingPage,
    "health": health.HealthPage, "loudness": loudness.LoudnessPage, "recorder": recorder.RecorderPage,
}  # fmt: skip

PROOFS: dict[str, Proof] = {
    "help": opens("help", help.Help),
    "command_palette": opens("command_palette", CommandPalette),
    "page('bridge')": comes_back_to_the_bridge,
    **{f"page('{name}')": opens(f"page('{name}')", screen, "1") for name, screen in PAGES.items()},
    "select(-1)": selects("select(-1)", strips.ORDER[-1]),
    "select(1)": selects("select(1)", strips.ORDER[1]),
    "turn": selects("turn", strips.RETURNS.start),
    "fader(1)": moves_the_fader("fader(1)", 0.775),
    "fader(-1)": moves_the_fader("fader(-1)", 0.725),
    "fader(0.1)": moves_the_fader("fader(0.1)", 0.7525),
    "fader(-0.1)": moves_the_fader("fader(-0.1)", 0.7475),
    "level": opens("level", prompt.ValuePrompt),
    "mute": switches("mute", MUTE, 0),
    "solo": switches("solo", strips.solo_address(0) or "", 1),
    "why": opens("why", silence.Silence),
    "copy": copies_and_pastes,
    "paste": copies_and_pastes,
    "compare": compares,
    "sends(1)": turns_to_the_sends("sends(1)", 1),
    "sends(-1)": turns_to_the_sends("sends(-1)", strips.BUSES),
    "clear_solo": ends_solos,
    "undo": takes_back_and_does_again,
    "redo": takes_back_and_does_again,
    "recall_last": opens("recall_last", scenes.ScenesPage, "1"),
    "clear": puts_out_the_clip_lights,
    "theme": changes_the_colours,
    "quit": leaves,
}
"""How each action shows that it was done; the last one ends the evening."""


async def start_anew(on: Stage) -> None:
    """The first strip at 0 dB and open, on the bridge."""
    on.bridge.action_page("bridge")
    on.bridge.select_row(0)
    on.desk.set(FADER, 0.75)
    on.desk.set(MUTE, 1)
    await on.until(lambda: on.bridge.mirror.strips.fader_db[0] == 0 and bool(on.bridge.mirror.strips.on[0]))
    await on.pilot.pause(0.3)  # until then an answer might be one from before the hand's last move


def test_every_action_of_the_register_is_done_by_its_key():
    assert set(PROOFS) == set(KEYS)

    async def scene(on: Stage) -> None:
        on.desk.values[strips.solo_address(0) or ""] = 0
        for proof in dict.fromkeys(PROOFS.values()):
            if proof is not leaves:
                await start_anew(on)
            await proof(on)

    play(MEDIUM, scene)


def test_a_key_of_the_settings_does_the_action_and_the_one_before_does_nothing():
    async def main() -> None:
        async with fake_console.Console() as desk:
            bridge = terminal.BridgeApp("127.0.0.1", desk.port, keys={"mute": ["x"]})
            async with bridge.run_test(size=MEDIUM) as pilot:
                on = Stage(desk, bridge, pilot)
                await on.shows("Fake desk")
                await on.until(lambda: bridge.link.desk.knows(MUTE))
                await pilot.press("m")
                await pilot.press("x")
                await on.until(lambda: desk.values[MUTE] == 0)
                assert [asked for asked in desk.asked if asked[0] == MUTE and len(asked) > 1] == [(MUTE, 0)]

    asyncio.run(main())


def test_dcas_and_mute_groups_are_moved_on_their_page():
    async def scene(on: Stage) -> None:
        await press(on, "page('groups')")
        await on.until(lambda: on.bridge.link.desk.knows("/dca/1/fader"))
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.bridge.screen, prompt.ValuePrompt))
        await on.pilot.press("minus", "1", "0", "enter")
        await on.until(lambda: on.desk.values["/dca/1/fader"] == pytest.approx(0.5, abs=0.001))
        on.bridge.screen.query_one(sheet.Sheet).point_at("/config/mute/2")
        await on.until(lambda: on.bridge.link.desk.knows("/config/mute/2"))
        await on.pilot.press("right")
        await on.until(lambda: on.desk.values["/config/mute/2"] == 1)
        on.desk.set("/ch/01/grp/mute", 2)
        await on.until(lambda: on.bridge.mirror.silenced()[0] == mirror.MUTED_BY_GROUP)

    play(MEDIUM, scene)
