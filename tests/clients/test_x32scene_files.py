"""Files of the console in the hands of x32scene, a published tool for X32 files: it reads, checks, edits, rewrites."""

import datetime
import functools
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from x32scene import cli
from x32scene.model import Line, Scene
from x32scene.services import channelfx, fx, preflight, preflight_regen, routing_edit, transforms, validate
from x32scene.tables import ROUTING_BLOCKS, routing_block_names, routing_vocab
from x32scene.tables_fx import FX_DISPLAY_TYPE, FX_SIDE_RACK_TYPES, FX_TYPES

from daemon.desk.console import differences
from daemon.files import exact, preset, reading, scene
from dsp.parameters.row import Choice, Continuous
from dsp.parameters.table import Values
from dsp.table import TABLE
from dsp.table.effects import slots
from oracles import facts

INIT = facts.DATA / "init.scn"
SCENES = 50


def anything(seed: int) -> Values:
    """Everything that a scene holds set to something, each effect of each slot in turn."""
    random, values = np.random.default_rng(seed), Values(TABLE)
    for leaf in (leaf for path in TABLE.scene for leaf in TABLE.nodes[path]):
        param = values.param(leaf)
        if param.kind == "text":
            values.set(leaf, param.nearest("".join(random.choice(list("aB 7-é("), random.integers(13)))))
        elif leaf in TABLE.followers:
            values.set(leaf, (seed + leaf) % param.steps)
        else:
            lowest = int(param.lowest) if param.kind == "integer" else 0
            values.set(leaf, int(random.integers(lowest, lowest + max(param.steps, 1))))
    return values


def written(values: Values, name: str = "Song") -> bytes:
    """Scene file of the console."""
    return scene.text(scene.header(name, "a note"), scene.scene_lines(values))


def read(data: bytes) -> Values:
    """What the console makes of a file, without a line it does not understand."""
    values = Values(TABLE)
    assert scene.parse(data, values) == []
    return values


# --- reading and rewriting ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [None, *range(SCENES)])
def test_a_saved_scene_goes_through_the_tool_unchanged(seed: int | None, tmp_path: Path):
    values = Values(TABLE) if seed is None else anything(seed)
    saved, rewritten = tmp_path / "saved.scn", tmp_path / "rewritten.scn"
    saved.write_bytes(written(values))
    theirs = Scene.load(str(saved))
    assert validate.findings(theirs, "scn") == []
    theirs.save(str(rewritten))
    assert rewritten.read_bytes() == saved.read_bytes()
    # Some neighbouring steps have the same text: what counts is that it is written the same again.
    assert written(read(rewritten.read_bytes())) == saved.read_bytes()


def test_every_line_is_the_same_when_the_tool_builds_it_anew_from_its_fields():
    for seed in range(4):
        for line in Scene.parse(written(anything(seed)).decode()).lines[1:]:
            fields = line.padded_fields()
            assert line.raw == line.path + "".join(fields)
            assert not line.set_fields(fields)


def test_the_default_scene_goes_through_the_tool_and_the_console_line_for_line():
    theirs = Scene.load(str(INIT))
    assert validate.findings(theirs, "scn") == []
    assert written(read(theirs.dump().encode()), "Init").splitlines()[1:] == INIT.read_bytes().splitlines()[1:]


def test_a_scene_without_its_padding_is_the_same_scene():
    values = anything(1)
    bare = Scene.parse(written(values).decode())
    for line in bare.lines:
        line.rebuild()
    assert bare.dump().encode() != written(values)
    assert written(read(bare.dump().encode())) == written(values)


def test_the_tools_own_commands_read_the_scene(tmp_path: Path, capsys: pytest.CaptureFixture):
    for seed in (1, 2):
        (tmp_path / f"2026-01-0{seed} song.scn").write_bytes(written(anything(seed)))
    one, other = (str(path) for path in sorted(tmp_path.glob("*.scn")))
    for command in ("info", "inputs", "buses", "fx", "dca", "console", "record-map", "iem-matrix", "report", "header"):
        assert cli.main([command, one]) == 0, command
    assert cli.main(["audit", str(tmp_path)]) == 0
    assert "ALL OK" in capsys.readouterr().out
    assert cli.main(["diff", one, other, "--by-strip"]) == 0
    assert capsys.readouterr().err == ""


def test_a_scene_passes_the_check_that_the_tool_has_made_from_it():
    for seed in (None, 3):
        theirs = Scene.parse(written(Values(TABLE) if seed is None else anything(seed)).decode())
        expected = preflight_regen.regenerate(theirs, "song.scn", datetime.date(2026, 1, 1))
        assert [finding for finding in preflight.preflight(theirs, expected) if finding.severity == "FAIL"] == []


# --- what the tool writes -------------------------------------------------------------------------------

FORMATS: dict[str, Callable[[float], str]] = {
    "ch/{ch}/mix/fader": transforms.fmt_level,
    "ch/{ch}/mix/{bus}/level": transforms.fmt_level,
    "ch/{ch}/eq/{band}/f": channelfx.fmt_freq,
    "ch/{ch}/eq/{band}/g": channelfx.fmt_gain,
    "ch/{ch}/eq/{band}/q": channelfx._fmt_q,
    "ch/{ch}/gate/hold": channelfx._fmt_3sig,
    "ch/{ch}/dyn/mgain": channelfx._fmt_3sig,
}

OTHERWISE = {"ch/{ch}/mix/fader", "ch/{ch}/mix/{bus}/level", "ch/{ch}/eq/{band}/g"}
"""Where the tool rounds in its own way: halves as Python does, 13.75 up, and -0.09 not to 0.0.

The console rounds halves of levels away from zero and cuts a gain: the desk's own tables and a scene of a
desk say so (161 of 161 levels; +13.7, -14.7).  For 0.0 see `facts`."""


@pytest.mark.parametrize("path", FORMATS)
def test_the_console_takes_what_the_tool_writes_for_the_step_that_was_meant(path: str):
    row = TABLE.rows[path]
    for step in range(row.steps):
        token = FORMATS[path](float(row.value(step)))
        taken = row.from_text(token)
        assert row.to_text(taken) == row.to_text(step) or (path in OTHERWISE and abs(taken - step) <= 1), (step, token)


def test_every_effect_has_the_tools_names_defaults_and_number():
    assert set(FX_TYPES) == set(slots.EFFECTS)
    assert set(FX_SIDE_RACK_TYPES) == set(slots.INSERT_EFFECTS.split())
    assert list(TABLE.rows["fx/{slot}/source/l"].choices) == list(fx.FX_SOURCES)
    for code, knobs in slots.EFFECTS.items():
        defaults = [knob.to_text(knob.defaults()[0]) for knob in knobs]
        assert fx.fx_defaults(code) == defaults + ["0"] * (64 - len(knobs)), code
        assert len(fx.param_names(code)) == len(knobs), code
    assert list(preset.EFFECT_NUMBERS) == sorted(FX_DISPLAY_TYPE, key=lambda code: FX_DISPLAY_TYPE[code])


def test_every_step_of_every_effect_is_understood_as_the_tool_writes_it():
    tokens = {(code, place): token for code in slots.EFFECTS for place, token in enumerate(fx.fx_defaults(code))}
    for (code, place), default in tokens.items():
        knob = slots.EFFECTS[code][place] if place < len(slots.EFFECTS[code]) else None
        for step in range(knob.steps if isinstance(knob, Continuous) else 0):
            taken = knob.from_text(fx.format_like(default, float(knob.value(step))))
            # 9.25 is 9.2 with the tool and 9.3 on the console: a half goes to a neighbour at most.
            around = range(max(step - 1, 0), min(step + 2, knob.steps))
            assert knob.to_text(taken) in map(knob.to_text, around), (code, knob.path, step)


def test_the_tools_routing_words_are_the_consoles():
    for key in ROUTING_BLOCKS:
        for block in routing_block_names(key):
            leaf = TABLE.leaves[f"/config/routing/{key}/{block}"]
            assert list(TABLE.row_of(leaf).choices) == routing_vocab(key, block), (key, block)


Edit = Callable[[Scene], object]
EDITS: dict[str, tuple[Edit, dict[str, str]]] = {
    "fader": (lambda s: transforms.set_fader(s, 5, -12.0), {"/ch/05/mix/fader": "-12.0"}),
    "bus fader": (lambda s: transforms.set_fader(s, "/bus/03", 3.0), {"/bus/03/mix/fader": " +3.0"}),
    "dca fader": (lambda s: transforms.set_fader(s, "/dca/2", float("-inf")), {"/dca/2/fader": "  -oo"}),
    "mute": (lambda s: transforms.set_mute(s, "/main/st"), {"/main/st/mix/on": "OFF"}),
    "pan": (lambda s: transforms.set_pan(s, 7, -40), {"/ch/07/mix/pan": "-40"}),
    "name": (lambda s: transforms.rename_strip(s, 9, "Lead Vox"), {"/ch/09/config/name": '"Lead Vox"'}),
    "head amp": (
        lambda s: transforms.set_headamp(s, "aesb", 3, 31.5, True),
        {"/headamp/082/gain": "+31.5", "/headamp/082/phantom": "ON"},
    ),
    "output": (lambda s: transforms.route_output_from_bus(s, 4, 9), {"/outputs/main/04/src": "12"}),
    "eq": (
        lambda s: channelfx.set_eq_band(s, 1, 2, type="VEQ", freq=1049.0, gain=-4.75, q=1.4),
        {"/ch/01/eq/2/type": "VEQ", "/ch/01/eq/2/f": "1k06", "/ch/01/eq/2/g": "-4.75", "/ch/01/eq/2/q": "1.4"},
    ),
    "compressor": (
        lambda s: channelfx.set_comp(s, "/mtx/02", on=True, thr=-20.5, ratio="4", hold=31.7, makeup=6, mix=80),
        {
            "/mtx/02/dyn/on": "ON", "/mtx/02/dyn/thr": "-20.5", "/mtx/02/dyn/ratio": "4.0",
            "/mtx/02/dyn/hold": "31.7", "/mtx/02/dyn/mgain": "6.00", "/mtx/02/dyn/mix": "80",
        },
    ),
    "gate": (
        lambda s: channelfx.set_gate(s, 3, mode="DUCK", thr=-40, rng=12, attack=2, hold=100, release=703),
        {
            "/ch/03/gate/mode": "DUCK", "/ch/03/gate/thr": "-40.0", "/ch/03/gate/range": "12.0",
            "/ch/03/gate/attack": "2", "/ch/03/gate/hold": " 100", "/ch/03/gate/release": " 703",
        },
    ),
    "low cut": (
        lambda s: channelfx.set_lowcut(s, 4, on=True, freq=101, slope=18),
        {"/ch/04/preamp/hpon": "ON", "/ch/04/preamp/hpf": "101", "/ch/04/preamp/hpslope": "18"},
    ),
    "effect": (
        lambda s: (
            fx.set_fx_type(s, 4, "PLAT"),
            fx.set_fx_params(s, 4, {"Decay": 2.1, "Damp": 8062, "PreDelay": 44}),
            fx.set_fx_source(s, 4, "MIX9"),
        ),
        {
            "/fx/4/type": "PLAT", "/fx/4/par/01": "44", "/fx/4/par/02": "2.11", "/fx/4/par/04": "8k34",
            "/fx/4/source/l": "MIX9", "/fx/4/source/r": "MIX9",
        },
    ),
    "routing": (lambda s: routing_edit.set_routing(s, "IN", {"1-8": "A1-8"}), {"/config/routing/IN/1-8": "A1-8"}),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_tool_sets_what_it_says_and_nothing_else(edit: str):
    change, wanted = EDITS[edit]
    before = Values(TABLE)
    edited = Scene.parse(written(before).decode())
    change(edited)
    after = read(edited.dump().encode())
    changed = {TABLE.path_of(leaf) for leaf in differences(before, after)}
    # Another type of effect brings its own parameters.
    followers = {f"/fx/4/par/{number:02d}" for number in range(1, 65)} if edit == "effect" else set()
    assert changed - followers == wanted.keys() - followers
    assert {path: after.text(TABLE.leaves[path]) for path in wanted} == wanted


# --- every token of the table in the tool's hands ---------------------------------------------------------


@functools.cache
def nodes_of(kind: type) -> list[tuple[str, int]]:
    """Nodes of a scene and the place of every field of a kind in them."""
    return [
        (path, place)
        for path in TABLE.scene
        for place, leaf in enumerate(TABLE.nodes[path])
        if isinstance(TABLE.row_of(leaf), kind)
    ]


def test_every_word_the_console_can_write_is_one_token_for_the_tool():
    for path, place in nodes_of(Choice):
        choices = TABLE.row_of(TABLE.nodes[path][place]).choices
        fields = [TABLE.row_of(leaf) for leaf in TABLE.nodes[path]]
        assert Line.parse(f"{path} {' '.join(choices)}").args == list(choices)
        assert len(fields) == len(Line.parse(_line(path)).args)


def _line(path: str) -> str:
    values = Values(TABLE)
    return " ".join(itertools.chain([path], map(values.text, TABLE.nodes[path])))


@pytest.mark.parametrize("seed", range(8))
def test_a_saved_scene_comes_back_to_the_last_step_also_from_the_tool(seed: int, tmp_path: Path):
    saved, rewritten = tmp_path / "saved.scn", tmp_path / "rewritten.scn"
    wanted = anything(seed)
    data, beside = scene.stored(wanted, scene.header("Song"))
    saved.write_bytes(data)
    Scene.load(str(saved)).save(str(rewritten))
    exact.beside(rewritten).write_bytes(beside)
    found = scene.recalled(anything(seed + 100), reading.source(rewritten))
    assert found.problems == []
    assert differences(wanted, found.values) == []
