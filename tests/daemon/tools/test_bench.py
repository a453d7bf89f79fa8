"""The benchmark says what mixing costs, and where, in the form other programs read."""

import ast
import contextlib
import functools
import inspect
import io
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from daemon import cli
from daemon.audio import kernels, stage
from daemon.tools import bench, bench_sections, busiest_desk
from dsp.effects import library
from dsp.engine import block, flow, layout, strip
from dsp.processors import mix

TRIES = 3


@pytest.fixture(scope="module", autouse=True)
def _brief() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "ROUNDS", 7)
        patch.setattr(bench, "SIZES", (32, 64))
        yield


@functools.cache
def measured() -> dict[str, Any]:
    """What the command prints, measured once."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert cli.main(["bench", "--json"]) == 0
    costs: dict[str, Any] = json.loads(printed.getvalue())
    return costs


def desks() -> list[dict[str, Any]]:
    """What the whole desk costs."""
    found: list[dict[str, Any]] = measured()["desk"]
    return found


@pytest.mark.timeout(0)  # a minute of work: as long as it takes beside other work
def test_json_names_rates_blocks_costs_and_sections() -> None:
    costs = measured()
    assert costs["rate"] == 48_000
    assert set(costs["frames"]) == {"32", "64"}
    assert set(costs["frames"]["64"]) == {"strip32_us", "twin_us"}
    assert [(desk["rate"], desk["frames"]) for desk in costs["desk"]] == [(48_000, 64), (96_000, 32)]
    for desk in costs["desk"]:
        assert list(desk["sections"]) == list(bench_sections.NAMES)
        assert all(cost >= 0 for cost in desk["sections"].values())
        period_us = desk["frames"] / desk["rate"] * 1e6
        assert desk["share"] == pytest.approx(desk["console_us"] / period_us, rel=0.01)
        assert list(desk["changes"]) == list(bench.CHANGES)
    for each in costs["effects"]:
        assert set(each["us"]) == set(library.TYPES)
        assert len(set(each["eight"])) == 8
        together = sum(each["us"][name] for name in each["eight"])
        assert each["share"] == pytest.approx(together * each["rate"] / 64e6, rel=0.01)
        assert 0 < each["share"] <= each["same"]


def test_lanes_beat_the_plain_twin_several_times() -> None:
    each = bench.measure_strips(64)
    assert each["twin_us"] > 4 * each["strip32_us"]


def undisturbed(holds: Callable[[dict[str, Any]], bool]) -> bool:
    """Whether something holds for each desk: where others disturb it, it is measured again."""
    tries = itertools.chain([desks()], ([bench.measure_desk(*each) for each in bench.DESKS] for _ in range(TRIES - 1)))
    return any(all(map(holds, found)) for found in tries)


def test_a_recall_is_no_more_work_for_the_audio_thread_than_a_fader() -> None:
    def holds(desk: dict[str, Any]) -> bool:
        costs = desk["changes"]
        longer = desk["console_us"] < costs["both_us"] < costs["rehearsal_us"]
        # Asking for a rehearsal is no more work than taking a new fader.
        return bool(longer and costs["recall_us"] < 1.5 * costs["set_us"])

    assert undisturbed(holds), desks()


def test_the_sections_make_up_the_whole() -> None:
    assert undisturbed(lambda desk: 0.6 < sum(desk["sections"].values()) / desk["console_us"] < 1.4), desks()


def test_what_costs_most_is_what_computes_most() -> None:
    def holds(desk: dict[str, Any]) -> bool:
        cost = desk["sections"]
        heavy = ("dynamics", "EQ", "limiter, outputs of the device")
        light = ("trim, polarity", "fader", "automatic mix", "inputs kept for recalls")
        return min(cost[name] for name in heavy) > max(cost[name] for name in light)

    assert undisturbed(holds), desks()


# --- what is measured is the whole desk, and everything of it is on ------------------------------------------


def called(*kernels: Any) -> set[str]:
    """Names of what these kernels call, without the module of the engine's, the flow's and the strip's own."""
    found = {
        ast.unparse(node.func)
        for kernel in kernels
        for node in ast.walk(ast.parse(inspect.getsource(kernel.py_func)))
        if isinstance(node, ast.Call)
    }
    own = ("block.", "flow.", "strip.")
    steps = {name for name in found if not name.startswith("lanes.")}
    return {name.rpartition(".")[2] if name.startswith(own) else name for name in steps}


ONLY_THE_WAY = {"kernel", "range", "np.int64", "kernel.kernel", "mixed", "process", "rung_out", "silence"}
ONLY_IN_A_RECALL = {"crossfade.cross", "crossfade.blend", "coming.process"}
ONLY_WHILE_A_RECORDING_PLAYS = {"playback.bring", "playback.take_tape"}


def test_the_sections_are_all_that_the_engine_does() -> None:
    wanted = called(block.process_block, flow.process, flow.mixed, strip.process)
    measured = called(bench_sections.run, bench_sections.run_strip)
    wanted -= ONLY_THE_WAY | ONLY_IN_A_RECALL | ONLY_WHILE_A_RECORDING_PLAYS | {"before_fader"}
    assert wanted == measured - ONLY_THE_WAY - {"begin_sub_block", "run_strip", "run_before_fader"}
    assert {each.words for each in strip.BEFORE_FADER} <= set(bench_sections.NAMES)


def test_every_section_has_a_name_and_a_number_of_its_own() -> None:
    assert sorted(bench_sections.NAMES.values()) == list(range(len(bench_sections.NAMES)))


def test_everything_is_on_at_the_busiest_desk() -> None:
    _, audio = busiest_desk.console(48_000)
    device = stage.Stage("bench", busiest_desk.noise(64), 48_000, 64, outputs=busiest_desk.CHANNELS)
    device.play(kernels.load(), audio.address, 2000)
    desk = audio.memory["desks"][audio.memory["heard"]]
    live, inputs = desk["live"], slice(0, 2)
    assert live["patch"].all()
    assert live["send_patch"].all()
    assert live["delay"].all()
    assert live["gate"][inputs].all()
    for name in ("dyn", "insert"):
        for strips in (inputs, layout.BUS, layout.MATRIX):
            assert live[name][:, strips].all()
        assert live[name][:, layout.MAIN].any()
    for pair in (layout.LOW_CUT, layout.GATE_KEY):
        assert live["filter"][pair, inputs].all()
    for pair in (layout.PRE_KEY, layout.POST_KEY):
        assert live["filter"][pair][[0, 1, 3, 4, 5]].all()
    assert live["filter"][layout.EQ : layout.EQ + 2].all()
    assert live["filter"][layout.EQ + 2, layout.BUS :].all()
    assert desk["used_count"][layout.TO_BUS, mix.WHOLE] >= 4 * 48
    assert (desk["set"]["talk"] != layout.NOWHERE) & (desk["keyed"][:, inputs] == 1).all()
    assert (np.abs(device.output).max(0) > 1e-4).all()
    assert np.isfinite(device.output).all()
    meters = audio.control_collect()
    assert (meters["limiter"] <= 1).all()


def test_the_tables_have_a_line_for_each_size_and_each_section(capsys: pytest.CaptureFixture[str]) -> None:
    moves = dict.fromkeys(bench.MOVES, 100.0) | {"bound_us": bench.MOVE_BOUND_US}
    costs = {"rate": 48_000, "frames": {"64": bench.measure_strips(64)}, "desk": desks(), "moves": moves}
    bench.print_table(costs | {"effects": measured()["effects"]})
    said = capsys.readouterr().out
    assert "eight dearest" in said
    assert all(name in said for name in bench_sections.NAMES)
    assert all(name in said for name in bench.CHANGES.values())
    assert "% of a core" in said
