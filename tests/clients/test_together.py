"""Three programs of three authors at one console: what one does, the others see."""

import asyncio
from pathlib import Path
from typing import Any

from clients.test_behringer_mixer import connected, until
from clients.test_x32_osc import Mirror, mirror
from clients.test_xair_api import connected as reached
from rigs import console


def test_what_each_of_three_programs_does_the_others_see(desk: console.Desk, tmp_path: Path):
    console.settle(desk)
    with mirror(tmp_path) as x32_osc, reached(desk) as xair:
        asyncio.run(play(desk, x32_osc, xair))


async def play(desk: console.Desk, x32_osc: Mirror, xair: Any) -> None:
    """One move of each, seen by the two others."""
    heard: list[dict[str, Any]] = []
    async with connected(desk, "channels") as behringer:
        worker = asyncio.create_task(behringer.subscribe(heard.append))
        await asyncio.sleep(0.1)

        xair.strip[11].mix.fader = -10.0
        await until(lambda: behringer.state("/ch/12/mix_fader_db") == -10.0)
        x32_osc.until(["ch", "12", "mix", "fader"], "-10.0")

        await behringer.set_value("/ch/12/config_name", "Oboe")
        x32_osc.until(["ch", "12", "config", "name"], "Oboe")
        await until(lambda: xair.strip[11].config.name == "Oboe")

        x32_osc.do("set", parts=["ch", "12", "config", "color"], value="RD")
        await until(lambda: behringer.state("/ch/12/config_color_name") == "RD")
        await until(lambda: xair.strip[11].config.color == 1)

        assert {update["property"] for update in heard} >= {"/ch/12/mix_fader", "/ch/12/config_color"}
        await behringer.unsubscribe()
        worker.cancel()
