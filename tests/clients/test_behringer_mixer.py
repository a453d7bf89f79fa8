"""behringer-mixer, the library behind Home Assistant's integration of these consoles."""

import asyncio
import contextlib
import functools
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from behringer_mixer import mixer_api

from rigs import console
from rigs.console import PATIENCE_S


@contextlib.asynccontextmanager
async def connected(desk: console.Desk, *tags: str) -> AsyncIterator[Any]:
    """A mixer of the library that talks to the console; of some sorts of parameters only, if any are named."""
    mixer = mixer_api.create("X32", ip=console.HOST, port=desk.port, include=list(tags))
    for _ in range(100):  # it waits half a second for an answer, and so do its users when it has none
        if await mixer.start():
            break
    assert mixer.name() == "faderd"
    try:
        yield mixer
    finally:
        await mixer.stop()


async def until(true: Callable[[], Any]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        await asyncio.sleep(0.02)


def raw(mixer: Any, row: dict[str, Any], desk: console.Desk) -> Any:
    """Value the library should show for a row of its map, from what the console answers."""
    value = desk.get(row["input"])[0]
    if "mapping" in row:
        return row["mapping"][value]
    return bool(value) if row.get("data_type") == "boolean" else value


def test_it_connects_and_shows_who_the_console_is(desk: console.Desk):
    async def run() -> None:
        async with connected(desk, "mains") as mixer:
            assert (mixer.name(), mixer.firmware()) == ("faderd", "4.06")
            assert mixer.info()["channel"]["number"] == 32

    asyncio.run(run())


def test_it_reads_the_whole_state(desk: console.Desk):
    async def run() -> None:
        async with connected(desk) as mixer:
            await mixer.reload()
            rows = [row for row in mixer._mappings.values() if row["input"] != "/xinfo"]
            await until(lambda: all(row["output"] in mixer.state() for row in rows))
            assert len(rows) == 1772
            wrong = {row["input"] for row in rows if mixer.state(row["output"]) != raw(mixer, row, desk)}
            assert wrong == set()
            assert mixer.state("/ch/1/config_name") == "Kick"
            assert mixer.state("/ch/1/mix_fader_db") == pytest.approx(float(desk.line("ch/01/mix/fader")), abs=0.06)
            assert mixer.state("/headamp/1/gain_db") == pytest.approx(float(desk.line("headamp/000/gain")), abs=0.01)
            assert mixer.state("/ch/32/config_color_name") == "YE"

    asyncio.run(run())


def one_of_each(mixer: Any) -> list[dict[str, Any]]:
    """The last row of each kind in the library's map that can be set."""
    rows = [row for row in mixer._mappings.values() if row["input"] not in TOLD]
    return list({re.sub(r"\d+", "", row["input"]): row for row in rows}.values())


TOLD = {"/xinfo", "/-stat/tape/state", "/-stat/tape/file", "/-stat/usbmounted", "/-show/prepos/current"}
"""What is only told, or does something."""


def another(row: dict[str, Any], present: Any) -> Any:
    """Another value than the one there is."""
    if "mapping" in row:
        return next(value for value in row["mapping"].values() if value != present)
    if isinstance(present, bool):
        return not present
    if isinstance(present, str):
        return "Guitar"
    return 0.5 if isinstance(present, float) and present != 0.5 else 0.25 if isinstance(present, float) else 4


def shows(mixer: Any, name: str, value: Any) -> bool:
    """Whether the library has a value, as near as the console can have it."""
    wanted = pytest.approx(value, abs=0.01) if isinstance(value, float) else value
    return bool(mixer.state(name) == wanted)


def test_what_it_sets_of_every_kind_is_what_the_console_has(desk: console.Desk):
    async def run() -> None:
        async with connected(desk) as mixer:
            rows = one_of_each(mixer)
            assert len(rows) == 37
            for row in rows:
                new = another(row, raw(mixer, row, desk))
                await mixer.set_value(row["output"], new)  # and asks for it
                await until(functools.partial(shows, mixer, row["output"], new))
                assert mixer.state(row["output"]) == raw(mixer, row, desk), row["input"]

    asyncio.run(run())


WORDS = {
    "/ch/3/mix_fader_db": (-12.0, "ch/03/mix/fader", "-12.0"),
    "/bus/9/mix_fader_db": (10, "bus/09/mix/fader", "+10.0"),
    "/main/st/mix_fader_db": (-90, "main/st/mix/fader", "-oo"),
    "/chsend/4/7/mix_fader_db": (-20.0, "ch/04/mix/07/level", "-20.0"),
    "/ch/5/config_color_name": ("RDi", "ch/05/config/color", "RDi"),
    "/headamp/12/gain_db": (31.5, "headamp/011/gain", "+31.5"),
    "/config/cards/XUSBmode": ("8in/8out", "-prefs/card/USBmode", "8/8"),
}


def test_its_words_for_a_value_become_the_consoles(desk: console.Desk):
    async def run() -> None:
        async with connected(desk) as mixer:
            for name, (value, _, _) in WORDS.items():
                await mixer.set_value(name, value)
            for _, path, text in WORDS.values():
                await until(lambda path=path, text=text: desk.line(path).strip() == text)

    asyncio.run(run())


def test_it_hears_what_others_change_until_it_unsubscribes(desk: console.Desk):
    async def run() -> None:
        heard: list[dict[str, Any]] = []
        async with connected(desk, "channels", "mains", "mutegroups") as mixer:
            worker = asyncio.create_task(mixer.subscribe(heard.append))
            await asyncio.sleep(0.1)
            desk.set("/ch/07/mix/fader", 0.75)
            desk.set("/main/st/mix/on", 0)
            desk.set("/ch/08/config/name", "Viola")
            await until(lambda: {"property": "/ch/8/config_name", "value": "Viola"} in heard)
            told = {update["property"]: update["value"] for update in heard}
            assert told["/ch/7/mix_fader"] == pytest.approx(0.75, abs=0.001)
            assert told["/ch/7/mix_fader_db"] == 0.0
            assert told["/main/st/mix_on"] is False
            assert mixer.state("/ch/8/config_name") == "Viola"
            assert mixer.subscription_connected()
            await mixer.unsubscribe()
            heard.clear()
            desk.set("/ch/09/mix/on", 0)
            assert desk.get("/ch/09/mix/on") == [0]
            await asyncio.sleep(0.1)
            assert heard == []
            worker.cancel()

    asyncio.run(run())


def test_it_recalls_a_scene_and_reads_all_of_it(desk: console.Desk):
    async def run() -> None:
        async with connected(desk, "channels") as mixer:
            assert desk.ask("/save", "scene", 62, "Home", "") == ["scene", 1]
            before = desk.line("ch/01/mix")
            await mixer.set_value("/ch/1/mix_fader", 0.1)
            await mixer.set_value("/ch/1/config_name", "Wrong")
            await mixer.load_scene(62)
            await until(lambda: mixer.state("/ch/1/config_name") == "Kick")
            assert desk.line("ch/01/mix") == before
            level = desk.get("/ch/01/mix/fader")[0]
            await until(lambda: mixer.state("/ch/1/mix_fader") == level)

    asyncio.run(run())
