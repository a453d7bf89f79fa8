"""Presets of channels, effects, routings and personal monitors."""

from pathlib import Path

import numpy as np
import pytest

from daemon.files import nodeline
from dsp.parameters.row import Continuous
from dsp.table import TABLE
from rigs.talk import BEN, Talk


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def node(talk: Talk, path: str) -> str:
    """Tokens of a node."""
    line = nodeline.line_of(talk.console.values, path)
    assert line is not None
    return line.removeprefix(f"{path} ")


def lines(talk: Talk, *words: str) -> None:
    for line in words:
        talk.say("/", line)
    assert talk.counters.refused == 0


def preset(folder: Path, name: str, *words: str) -> None:
    """A file of another program in the library's folder."""
    path = folder / "library" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in words))


KICK = (
    'ch/01/config "Kick" 3 RD 9',
    "ch/01/preamp +6.0 ON ON 24  60",
    "ch/01/gate ON GATE -40.0 60.0 10 50.2  258 0",
    "ch/01/dyn ON COMP RMS LOG -20.0 4.0 3 6.00 20 10.0  151 POST 5 80 OFF",
    "ch/01/eq/1 LShv 79.6 +3.00 1.0",
    "ch/01/mix ON -6.0 ON +20 OFF -oo",
    "ch/01/mix/03 ON -12.0 +0 PRE 0",
    "headamp/008 +30.0 ON",
)


def test_a_channel_goes_to_another_channel_with_everything_but_its_source_and_mute(talk: Talk):
    lines(talk, *KICK)
    assert talk.say("/save", "libchan", 6, "Kick", 0) == [("/save", "libchan", 1)]
    lines(talk, "ch/05/mix OFF")
    assert talk.say("/load", "libchan", 6, 4, 63) == [("/load", "libchan", 1)]
    assert node(talk, "/ch/05/config") == '"Kick" 3 RD 5'
    assert node(talk, "/ch/05/mix").startswith("OFF  -6.0 ON +20")
    for inside in ("preamp", "gate", "dyn", "eq/1", "mix/03"):
        assert node(talk, f"/ch/05/{inside}") == node(talk, f"/ch/01/{inside}")
    assert node(talk, "/headamp/004") == "+30.0 ON"


@pytest.mark.parametrize(
    ("bit", "path"),
    [
        (0, "/headamp/004/gain"),
        (0, "/ch/05/preamp/trim"),
        (1, "/ch/05/config/name"),
        (2, "/ch/05/gate/on"),
        (3, "/ch/05/dyn/thr"),
        (4, "/ch/05/eq/1/type"),
        (5, "/ch/05/mix/03/level"),
        (5, "/ch/05/mix/fader"),
    ],
)
def test_the_scope_says_what_of_a_channel_is_loaded(talk: Talk, bit: int, path: str):
    lines(talk, *KICK)
    talk.say("/save", "libchan", 6, "Kick", 0)
    before = node(talk, path)
    talk.say("/load", "libchan", 6, 4, 63 & ~(1 << bit))
    assert node(talk, path) == before
    talk.say("/load", "libchan", 6, 4, 1 << bit)
    assert node(talk, path) != before


def test_the_list_and_the_header_show_what_a_channel_preset_holds(talk: Talk, tmp_path: Path):
    lines(talk, *KICK)
    talk.say("/xremote", by=BEN)
    talk.say("/save", "libchan", 6, "Kick", 0)
    assert node(talk, "/-libs/ch/007") == '7 "Kick" 0 %0011111100111101 1'
    head = (tmp_path / "library" / "ch" / "007.chn").read_text().splitlines()[0]
    assert head == '#4.0# 7 "Kick" 0 %0011111100111101 1'.ljust(127)
    assert ("/-libs/ch/007/hasdata", 1) in talk.hear(BEN)


@pytest.mark.parametrize("strip", [40, 55, 66, 70, 71])
def test_a_channel_goes_to_any_other_strip_as_far_as_that_has_such_things(talk: Talk, strip: int):
    lines(talk, *KICK)
    talk.say("/save", "libchan", 0, "Kick", 0)
    assert talk.say("/load", "libchan", 0, strip, 63) == [("/load", "libchan", 1)]
    path = {40: "/fxrtn/01", 55: "/bus/08", 66: "/mtx/03", 70: "/main/st", 71: "/main/m"}[strip]
    assert node(talk, f"{path}/config") == '"Kick" 3 RD'
    assert node(talk, f"{path}/eq/1") == "LShv 79.6 +3.00 1.0"
    if strip > 47:
        assert node(talk, f"{path}/dyn").startswith("ON COMP RMS LOG -20.0 4.0 3 6.00 20 10.0  151 POST")
        assert node(talk, f"{path}/dyn").endswith("80 OFF")


def test_a_main_goes_to_a_channel_although_its_lines_have_other_fields(talk: Talk):
    lines(talk, "main/st/dyn ON COMP RMS LOG -20.0 4.0 3 6.00 20 10.0 151 PRE 80 ON", "main/st/eq/6 HCut 10k02")
    talk.say("/save", "libchan", 0, "Main", 70)
    talk.say("/load", "libchan", 0, 0, 63)
    assert node(talk, "/ch/01/dyn") == "ON COMP RMS LOG -20.0 4.0 3 6.00 20 10.0  151 PRE 0 80 ON"


def test_an_older_preset_with_whole_lines_and_no_header_is_understood(talk: Talk, tmp_path: Path):
    preset(tmp_path, "ch/001.chn", '/config "Old" 5 GN 17', "/mix ON -3.0 ON +0 OFF -oo", "/mix/01 ON -3.0 +0 PRE")
    talk.say("/load", "libchan", 0, 1, 63)
    assert node(talk, "/ch/02/config") == '"Old" 5 GN 17'
    assert node(talk, "/ch/02/mix").startswith("ON  -3.0")


@pytest.mark.parametrize("words", ["/nonsense 1", "/gate MAYBE", "/eq/7 PEQ", '/config "Kick'])
def test_a_line_of_a_preset_that_is_not_understood_costs_that_line(talk: Talk, tmp_path: Path, words: str):
    preset(tmp_path, "ch/001.chn", '#4.0# 1 "Odd" 0 %0 1', '/config "New"', words, "/mix/fader -6.0")
    talk.say("/faderd/errors", 1)
    status, fault = talk.say("/load", "libchan", 0, 0, 63)
    assert status == ("/load", "libchan", 1)
    assert fault[2].startswith("001.chn:3: left out: ")
    assert node(talk, "/ch/01/config/name") == '"New"'
    assert node(talk, "/ch/01/mix/fader").strip() == "-6.0"


def test_a_preset_of_which_nothing_is_understood_is_refused(talk: Talk, tmp_path: Path):
    preset(tmp_path, "ch/001.chn", '#4.0# 1 "Bad" 0 %0 1', "/nonsense 1", "/gate MAYBE")
    before = talk.console.values.copy()
    assert talk.say("/load", "libchan", 0, 0, 63) == [("/load", "libchan", 0)]
    assert (talk.console.values.stored == before.stored).all()


@pytest.mark.parametrize("target", [3, 4])
def test_a_channel_comes_back_exactly_on_any_channel(talk: Talk, target: int):
    random = np.random.default_rng(5)
    wanted = {path: leaf for path, leaf in TABLE.leaves.items() if path.startswith("/ch/02/")}
    for leaf in wanted.values():
        param = talk.console.values.param(leaf)
        if isinstance(param, Continuous):
            talk.console.set(leaf, int(random.integers(param.steps)))
    assert talk.say("/save", "libchan", 5, "All", 1) == [("/save", "libchan", 1)]
    talk.say("/copy", "libchan", 5, 6)
    talk.say("/rename", "libchan", 6, "Other")
    assert talk.say("/load", "libchan", 6, target, 63) == [("/load", "libchan", 1)]
    for path, leaf in wanted.items():
        if isinstance(TABLE.row_of(leaf), Continuous):
            there = path.replace("/ch/02/", f"/ch/{target + 1:02}/")
            assert talk.value(there) == talk.console.values.get(leaf), path


def test_a_preset_on_one_side_of_a_linked_pair_goes_to_both(talk: Talk, tmp_path: Path):
    preset(tmp_path, "ch/001.chn", '#4.0# 1 "Vox" 0 %0 1', "/mix/fader -6.0", "/eq/1 PEQ 1k26 +3.00 2.0")
    talk.say("/config/chlink/7-8", 1)
    talk.say("/load", "libchan", 0, 7, 63)
    assert node(talk, "/ch/07/mix/fader") == node(talk, "/ch/08/mix/fader") == " -6.0"
    assert node(talk, "/ch/07/eq/1") == "PEQ 1k26 +3.00 2.0"


def test_every_step_of_an_effect_comes_back(talk: Talk):
    slot = TABLE.rows["fx/{slot}/type"]
    for kind in range(slot.steps):
        talk.console.set(TABLE.leaves["/fx/1/type"], kind)
        leaves = TABLE.nodes["/fx/1/par"]
        random = np.random.default_rng(kind)
        for leaf in leaves:
            param = talk.console.values.param(leaf)
            if param.kind != "effect":
                talk.console.set(leaf, int(random.integers(param.steps)))
        talk.say("/save", "libfx", 2, "Rack", 0)
        talk.say("/load", "libfx", 2, 1)
        there = [talk.console.values.get(leaf) for leaf in TABLE.nodes["/fx/2/par"]]
        assert there == [talk.console.values.get(leaf) for leaf in leaves], kind


def test_a_preset_that_is_cut_off_is_refused(talk: Talk, tmp_path: Path):
    preset(tmp_path, "ch/001.chn", '#4.0# 1 "Bad" 0 %0 1', '/config "New" 3')
    path = tmp_path / "library" / "ch" / "001.chn"
    path.write_bytes(path.read_bytes()[:-2])
    assert talk.say("/load", "libchan", 0, 0, 63) == [("/load", "libchan", 0)]


def test_an_effect_goes_to_another_slot(talk: Talk, tmp_path: Path):
    lines(talk, "fx/1 DLY", "fx/1/source MIX1 MIX2", "fx/1/par 50 300")
    talk.say("/save", "libfx", 2, "Slap", 0)
    assert (tmp_path / "library" / "fx" / "003.efx").read_text().splitlines()[1:3] == ["type DLY", "source MIX1 MIX2"]
    assert node(talk, "/-libs/fx/003") == '3 "Slap" 1 %0000000000010100 1'
    assert talk.say("/load", "libfx", 2, 3) == [("/load", "libfx", 1)]
    assert node(talk, "/fx/4") == "DLY"
    assert node(talk, "/fx/4/source") == "MIX1 MIX2"
    assert node(talk, "/fx/4/par") == node(talk, "/fx/1/par")


def test_an_effect_that_a_slot_does_not_have_is_refused(talk: Talk):
    talk.say("/save", "libfx", 2, "Hall", 0)
    before = node(talk, "/fx/5")
    assert talk.say("/load", "libfx", 2, 4) == [("/load", "libfx", 0)]
    assert node(talk, "/fx/5") == before


def test_an_insert_effect_has_no_source_and_goes_anywhere(talk: Talk, tmp_path: Path):
    lines(talk, "fx/5 LIM")
    talk.say("/save", "libfx", 2, "Limiter", 4)
    assert talk.say("/load", "libfx", 2, 0) == [("/load", "libfx", 1)]
    assert node(talk, "/fx/1") == "LIM"
    lines(talk, "fx/1/source MIX3 MIX4")
    talk.say("/save", "libfx", 2, "Limiter", 0)
    assert talk.say("/load", "libfx", 2, 5) == [("/load", "libfx", 1)]


def test_routing_comes_back_and_nothing_else(talk: Talk):
    talk.say("/save", "librout", 0, "Home")
    lines(talk, "config/routing/IN/1-8 A1-8", "outputs/main/01 5", "ch/01/mix OFF")
    assert talk.say("/load", "librout", 0) == [("/load", "librout", 1)]
    assert node(talk, "/config/routing/IN/1-8") == "AN1-8"
    assert node(talk, "/outputs/main/01").split()[0] != "5"
    assert node(talk, "/ch/01/mix/on") == "OFF"


def test_a_routing_preset_of_the_editor_has_fewer_lines(talk: Talk, tmp_path: Path):
    preset(
        tmp_path, "r/001.rou", '#4.0# 1 "Stage" 2 %0000000000000000 1',
        "/config/routing/IN A1-8 A9-16 A17-24 A25-32 AUX1-4", "/ch/01/mix OFF",
    )  # fmt: skip
    talk.say("/load", "librout", 0)
    assert node(talk, "/config/routing/IN/1-8") == "A1-8"
    assert node(talk, "/ch/01/mix/on") == "ON"


def test_personal_monitors_come_back(talk: Talk):
    lines(talk, 'config/dp48/grpname "Band"')
    talk.say("/save", "libmon", 99, "P")
    lines(talk, 'config/dp48/grpname "Other"')
    assert talk.say("/load", "libmon", 99) == [("/load", "libmon", 1)]
    assert node(talk, "/config/dp48/grpname").startswith('"Band"')


def test_presets_are_copied_renamed_and_deleted(talk: Talk, tmp_path: Path):
    lines(talk, *KICK)
    talk.say("/save", "libchan", 0, "Kick", 0)
    assert talk.say("/copy", "libchan", 0, 99) == [("/copy", "libchan", 1)]
    assert talk.say("/rename", "libchan", 99, "Boom") == [("/rename", "libchan", 1)]
    assert node(talk, "/-libs/ch/100") == '100 "Boom" 0 %0011111100111101 1'
    path = tmp_path / "library" / "ch" / "100.chn"
    assert path.read_text().startswith('#4.0# 100 "Boom" 0 %')
    assert talk.say("/delete", "libchan", 0) == [("/delete", "libchan", 1)]
    assert node(talk, "/-libs/ch/001") == '1 "" 0 %0000000000000000 0'


def test_a_preset_without_data_can_have_a_name_which_is_kept(talk: Talk, tmp_path: Path):
    talk.say("/-libs/r/100/name", "secret")
    talk.wait(1)
    assert node(Talk(tmp_path), "/-libs/r/100") == '100 "secret" 0 %0000000000000000 0'


def test_the_libraries_are_there_again_after_a_restart_even_without_their_list(talk: Talk, tmp_path: Path):
    lines(talk, *KICK)
    talk.say("/save", "libchan", 6, "Kick", 0)
    (tmp_path / "library" / "library.lib").unlink(missing_ok=True)
    again = Talk(tmp_path)
    assert node(again, "/-libs/ch/007") == '7 "Kick" 0 %0011111100111101 1'
    assert again.say("/load", "libchan", 6, 4, 63) == [("/load", "libchan", 1)]


def test_whether_a_preset_is_there_is_told_and_not_set(talk: Talk):
    talk.say("/-libs/ch/001/hasdata", 1)
    assert node(talk, "/-libs/ch/001/hasdata") == "0"


def test_clearing_the_libraries_empties_them(talk: Talk, tmp_path: Path):
    talk.say("/save", "libchan", 6, "Kick", 0)
    talk.say("/-action/initlib", 1)
    assert node(talk, "/-libs/ch/007") == '7 "" 0 %0000000000000000 0'
    assert not list((tmp_path / "library").rglob("*.chn"))
