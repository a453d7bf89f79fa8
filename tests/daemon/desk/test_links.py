"""Stereo links: what goes along, what stays, and what a recall does with them; hard mutes."""

import dataclasses

import numpy as np
import pytest

from daemon.desk import rules
from daemon.desk.console import Console
from daemon.files import scene
from dsp.table import TABLE
from rigs import desk


class Desk(Console):
    """A console without sound, with its links."""

    def __init__(self) -> None:
        super().__init__()
        rules.obey(self)

    def put(self, path: str, value: float | int | str) -> None:
        """Set a leaf as `rigdesk.Rig.set` does."""
        desk.set_leaf(self, path, value)

    def at(self, path: str) -> object:
        """Engineering value of a leaf."""
        leaf = TABLE.leaves[path]
        value = self.values.param(leaf).value(self.values.get(leaf))
        return round(value, 6) if isinstance(value, float) else value


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two strips that can be linked."""

    link: str
    odd: str
    even: str


PAIRS = [
    Pair("/config/chlink/31-32", "/ch/31", "/ch/32"),
    Pair("/config/auxlink/1-2", "/auxin/01", "/auxin/02"),
    Pair("/config/fxlink/7-8", "/fxrtn/07", "/fxrtn/08"),
    Pair("/config/buslink/15-16", "/bus/15", "/bus/16"),
    Pair("/config/mtxlink/5-6", "/mtx/05", "/mtx/06"),
]
IDS = [pair.link for pair in PAIRS]

# A leaf of each family, another value of it, and the preference it obeys; None is always.
FOLLOWING = [
    ("delay/on", 1, "hadly"), ("delay/time", 50.0, "hadly"),
    ("preamp/trim", 6.0, "hadly"), ("preamp/invert", 1, "hadly"), ("preamp/hpon", 1, "hadly"),
    ("preamp/hpf", 100.0, "hadly"), ("preamp/hpslope", 0, "hadly"),
    ("eq/on", 0, "eq"), ("eq/1/type", 1, "eq"), ("eq/4/f", 5000.0, "eq"), ("eq/2/g", 6.0, "eq"), ("eq/3/q", 5.0, "eq"),
    ("gate/on", 1, "dyn"), ("gate/thr", -30.0, "dyn"), ("gate/range", 20.0, "dyn"),
    ("dyn/on", 1, "dyn"), ("dyn/thr", -20.0, "dyn"), ("dyn/ratio", 6, "dyn"), ("dyn/pos", 0, "dyn"),
    ("insert/on", 1, "dyn"), ("insert/pos", 0, "dyn"),
    ("gate/filter/f", 200.0, None), ("dyn/filter/on", 1, None), ("dyn/filter/type", 0, None), ("config/color", 3, None),
    ("mix/on", 0, "fdrmute"), ("mix/fader", -12.0, "fdrmute"), ("mix/mono", 1, "fdrmute"),
    ("mix/mlevel", -3.0, "fdrmute"), ("grp/dca", 5, "fdrmute"), ("grp/mute", 9, "fdrmute"),
]  # fmt: skip
COPIED = [("gate/keysrc", 5, 6), ("dyn/keysrc", 7, 8), ("insert/sel", 3, 4)]
"""What linking copies, and what is then set on each side."""
STAYING = [("config/name", "Kick"), ("config/icon", 4), ("config/source", 9), ("mix/pan", 20.0), ("automix/group", 1)]


def known(strip: str, leaf: str) -> bool:
    return f"{strip}/{leaf}" in TABLE.leaves


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
@pytest.mark.parametrize("backwards", [False, True])
def test_what_is_set_on_one_side_of_a_link_is_set_on_both(pair: Pair, backwards: bool) -> None:
    one, other = (pair.even, pair.odd) if backwards else (pair.odd, pair.even)
    desk = Desk()
    desk.put(pair.link, 1)
    for leaf, value, _ in FOLLOWING:
        if known(one, leaf):
            before = desk.at(f"{other}/{leaf}")
            desk.put(f"{one}/{leaf}", value)
            if desk.at(f"{one}/{leaf}") == before:  # as delivered: then the other way
                desk.put(f"{one}/{leaf}", 1 - int(value))
            assert desk.at(f"{other}/{leaf}") == desk.at(f"{one}/{leaf}") != before, leaf


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
def test_without_a_link_nothing_goes_along(pair: Pair) -> None:
    desk = Desk()
    desk.put(pair.link, 0)
    before = {leaf: desk.at(f"{pair.even}/{leaf}") for leaf, *_ in FOLLOWING if known(pair.even, leaf)}
    for leaf, value, _ in FOLLOWING:
        if known(pair.odd, leaf):
            desk.put(f"{pair.odd}/{leaf}", value)
    assert {leaf: desk.at(f"{pair.even}/{leaf}") for leaf in before} == before


@pytest.mark.parametrize("preference", ["hadly", "eq", "dyn", "fdrmute"])
def test_only_what_the_preferences_name_goes_along(preference: str) -> None:
    pair = PAIRS[0]
    desk = Desk()
    desk.put(f"/config/linkcfg/{preference}", 0)
    desk.put(pair.link, 1)
    for leaf, value, obeyed in FOLLOWING:
        desk.put(f"{pair.odd}/{leaf}", value)
        same = desk.at(f"{pair.even}/{leaf}") == desk.at(f"{pair.odd}/{leaf}")
        assert same == (obeyed != preference), leaf


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
def test_names_sources_and_pans_stay_each_strips_own(pair: Pair) -> None:
    desk = Desk()
    desk.put(pair.link, 1)
    for leaf, value in STAYING:
        if known(pair.odd, leaf):
            before = desk.at(f"{pair.even}/{leaf}")
            desk.put(f"{pair.odd}/{leaf}", value)
            assert desk.at(f"{pair.even}/{leaf}") == before, leaf


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
def test_linking_makes_the_even_strip_like_the_odd_one(pair: Pair) -> None:
    desk = Desk()
    desk.put(pair.link, 0)
    for leaf, value, _ in FOLLOWING:
        if known(pair.odd, leaf):
            desk.put(f"{pair.odd}/{leaf}", value)
    desk.put(pair.link, 1)
    for leaf, *_ in FOLLOWING:
        if known(pair.odd, leaf):
            assert desk.at(f"{pair.even}/{leaf}") == desk.at(f"{pair.odd}/{leaf}"), leaf


def test_linking_buses_brings_their_sends_together() -> None:
    desk = Desk()
    for sender in ("/ch/32", "/auxin/03", "/fxrtn/08"):
        desk.put(f"{sender}/mix/05/level", -7.0)
        desk.put(f"{sender}/mix/05/on", 0)
    desk.put("/config/buslink/5-6", 1)
    for sender in ("/ch/32", "/auxin/03", "/fxrtn/08"):
        assert desk.at(f"{sender}/mix/06/level") == -7.0
        assert desk.at(f"{sender}/mix/06/on") == "OFF"
        desk.put(f"{sender}/mix/06/level", -20.0)
        assert desk.at(f"{sender}/mix/05/level") == -20.0


@pytest.mark.parametrize("sender", ["/bus/09", "/main/st", "/main/m"])
def test_linking_matrices_brings_their_sends_together(sender: str) -> None:
    desk = Desk()
    desk.put(f"{sender}/mix/03/level", -7.0)
    desk.put("/config/mtxlink/3-4", 1)
    assert desk.at(f"{sender}/mix/04/level") == -7.0
    desk.put(f"{sender}/mix/04/level", -20.0)
    assert desk.at(f"{sender}/mix/03/level") == -20.0


def test_a_send_of_a_linked_channel_to_a_linked_bus_moves_four_sends() -> None:
    desk = Desk()
    desk.put("/config/chlink/1-2", 1)
    desk.put("/config/buslink/3-4", 1)
    desk.put("/ch/02/mix/04/level", -9.0)
    assert {desk.at(f"/ch/{ch}/mix/{bus}/level") for ch in ("01", "02") for bus in ("03", "04")} == {-9.0}


def test_linking_opens_pans_that_are_in_the_middle_and_all_pans_of_sends() -> None:
    desk = Desk()
    desk.put("/ch/04/mix/pan", 30.0)
    desk.put("/ch/03/mix/05/pan", 50.0)
    desk.put("/config/chlink/3-4", 1)
    assert [desk.at(f"/ch/{ch}/mix/pan") for ch in ("03", "04")] == [-100, 30]
    assert [desk.at(f"/ch/{ch}/mix/05/pan") for ch in ("03", "04")] == [-100, 100]


def test_unlinking_centres_pans_that_are_still_wide_open() -> None:
    desk = Desk()
    desk.put("/config/chlink/3-4", 1)
    desk.put("/ch/04/mix/pan", 98.0)
    desk.put("/config/chlink/3-4", 0)
    assert [desk.at(f"/ch/{ch}/mix/pan") for ch in ("03", "04")] == [0, 98]
    assert [desk.at(f"/ch/{ch}/mix/05/pan") for ch in ("03", "04")] == [0, 0]


def test_linked_channels_have_linked_head_amplifiers_wherever_they_are_patched() -> None:
    desk = Desk()
    desk.put("/ch/02/config/source", 20)
    desk.put("/headamp/000/gain", 30.0)
    desk.put("/config/chlink/1-2", 1)
    assert desk.at("/headamp/019/gain") == 30.0
    desk.put("/headamp/019/gain", 12.0)
    assert desk.at("/headamp/000/gain") == 12.0
    desk.put("/headamp/000/phantom", 1)
    assert desk.at("/headamp/019/phantom") == "ON"
    assert desk.at("/headamp/001/gain") == 0.0


def test_head_amplifiers_stay_alone_where_links_leave_them() -> None:
    desk = Desk()
    desk.put("/config/linkcfg/hadly", 0)
    desk.put("/config/chlink/1-2", 1)
    desk.put("/headamp/000/gain", 30.0)
    assert desk.at("/headamp/001/gain") == 0.0


def test_a_scene_that_is_recalled_keeps_the_pans_it_says() -> None:
    desk = Desk()
    wanted = desk.values.copy()
    for path, value in (("/config/chlink/1-2", 1), ("/ch/01/mix/pan", 25), ("/ch/02/mix/pan", 75)):
        wanted.set(TABLE.leaves[path], value)
    desk.recall(wanted)
    assert [desk.at(f"/ch/{ch}/mix/pan") for ch in ("01", "02")] == [-50, 50]


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
def test_inserts_and_key_sources_are_copied_by_linking_and_then_each_sides_own(pair: Pair) -> None:
    for leaf, left, right in COPIED:
        if not known(pair.odd, leaf):
            continue
        desk = Desk()
        desk.put(f"{pair.odd}/{leaf}", left)
        desk.put(pair.link, 1)
        assert desk.at(f"{pair.even}/{leaf}") == desk.at(f"{pair.odd}/{leaf}"), leaf
        desk.put(f"{pair.even}/{leaf}", right)
        assert desk.at(f"{pair.even}/{leaf}") != desk.at(f"{pair.odd}/{leaf}"), leaf


# --- files ---------------------------------------------------------------------------------------------


def recall(desk: Desk, *lines: str) -> None:
    """Recall a file of these lines."""
    data = "\n".join(('#4.0# "test" "" %000000000 1', *lines, "")).encode()
    found = scene.recalled(desk.values, scene.Source("test.scn", data))
    assert found.problems == []
    desk.recall(found.values)


def fader(desk: Desk, number: int) -> str:
    """Level of a channel as it is written."""
    return desk.values.text(TABLE.leaves[f"/ch/{number:02}/mix/fader"]).strip()


UNEVEN = [
    "/config/chlink ON" + 15 * " OFF",
    "/config/linkcfg ON ON ON ON",
    "/ch/01/mix/fader -6.0",
    "/ch/02/mix/fader -20.0",
    "/ch/01/insert ON PRE FX8L",
    "/ch/02/insert ON PRE FX8R",
    "/ch/01/gate/keysrc 1",
    "/ch/02/gate/keysrc 2",
    "/ch/01/eq/1 PEQ 124.7 +3.00 2.0",
    "/ch/02/eq/1 PEQ 1k26 -3.00 1.0",
    "/headamp/000 +10.0 OFF",
    "/headamp/001 +30.0 ON",
]


def test_a_file_with_unequal_halves_is_recalled_as_it_says_every_time() -> None:
    for before in ([], ["/ch/01/mix/fader -20.0"], ["/headamp/000 +30.0 ON"], UNEVEN[:2]):
        desk = Desk()
        recall(desk, *before, "/ch/05/mix OFF")
        for _ in range(4):
            recall(desk, *UNEVEN)
            assert [fader(desk, number) for number in (1, 2)] == ["-6.0", "-20.0"]
            assert [desk.at(f"/headamp/{amp}/gain") for amp in ("000", "001")] == [10.0, 30.0]
            assert [desk.at(f"/headamp/{amp}/phantom") for amp in ("000", "001")] == ["OFF", "ON"]
            assert [desk.at(f"/ch/{ch}/insert/sel") for ch in ("01", "02")] == ["FX8L", "FX8R"]
            assert [desk.at(f"/ch/{ch}/gate/keysrc") for ch in ("01", "02")] == [1, 2]
            assert [desk.at(f"/ch/{ch}/eq/1/g") for ch in ("01", "02")] == [3.0, -3.0]


@pytest.mark.parametrize("pair", PAIRS, ids=IDS)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_side_that_a_file_does_not_name_goes_along_with_the_one_that_it_does(pair: Pair, backwards: bool) -> None:
    one, other = (pair.even, pair.odd) if backwards else (pair.odd, pair.even)
    desk = Desk()
    desk.put(pair.link, 1)
    recall(desk, f"{one}/mix/fader -12.0", f"{one}/eq/1/g +6.00")
    assert desk.at(f"{other}/mix/fader") == desk.at(f"{one}/mix/fader") != 0
    assert desk.at(f"{other}/eq/1/g") == 6.0


def test_a_link_that_a_file_begins_acts_before_its_lines() -> None:
    desk = Desk()
    desk.put("/ch/01/mix/fader", -30.0)
    recall(desk, "/ch/02/mix/fader -5.0", "/ch/01/mix/fader -15.0", "/config/chlink/1-2 ON")
    assert [fader(desk, number) for number in (1, 2)] == ["-15.0", "-5.0"]
    assert [desk.at(f"/ch/{ch}/mix/pan") for ch in ("01", "02")] == [-100, 100]
    recall(desk, "/config/chlink/1-2 OFF", "/ch/01/mix/fader -20.0")
    assert [fader(desk, number) for number in (1, 2)] == ["-20.0", "-5.0"]
    assert [desk.at(f"/ch/{ch}/mix/pan") for ch in ("01", "02")] == [0, 0]


def test_what_is_not_free_to_change_does_not_go_along() -> None:
    desk = Desk()
    desk.put("/config/chlink/1-2", 1)
    data = b"/ch/01/mix/fader -12.0\n"
    free = np.ones(TABLE.size, bool)
    free[TABLE.leaves["/ch/02/mix/fader"]] = False
    found = scene.recalled(desk.values, scene.Source("test", data), free=free).values
    assert found.get(TABLE.leaves["/ch/02/mix/fader"]) == desk.values.get(TABLE.leaves["/ch/02/mix/fader"])


def test_a_snippet_that_unlinks_a_pair_sets_both_sides() -> None:
    desk = Desk()
    desk.put("/config/chlink/23-24", 1)
    desk.put("/ch/23/mix/fader", 0.0)
    recall(desk, "/config/chlink/23-24 OFF", "/ch/23/mix/fader -5.0", "/ch/24/mix/fader -15.0")
    assert [fader(desk, number) for number in (23, 24)] == ["-5.0", "-15.0"]
    assert desk.at("/config/chlink/23-24") == "OFF"


# --- hard mutes ----------------------------------------------------------------------------------------

MEMBERS = ("/ch/32", "/auxin/01", "/fxrtn/02", "/bus/16", "/mtx/06", "/main/st", "/main/m")


@pytest.mark.parametrize(("group", "switch", "muting", "preference"), [
    ("mute", "/config/mute/2", 1, "/-prefs/hardmute"),
    ("dca", "/dca/2/on", 0, "/-prefs/dcamute"),
])  # fmt: skip
@pytest.mark.parametrize("hard", [0, 1])
def test_groups_press_the_mutes_of_their_members_where_they_shall(
    group: str, switch: str, muting: int, preference: str, hard: int
) -> None:
    desk = Desk()
    desk.put(preference, hard)
    for member in MEMBERS:
        desk.put(f"{member}/grp/{group}", 0b10)
    desk.put(switch, muting)
    assert {desk.at(f"{member}/mix/on") for member in MEMBERS} == {"OFF" if hard else "ON"}
    assert desk.at("/ch/31/mix/on") == "ON"
    desk.put(switch, 1 - muting)
    assert {desk.at(f"{member}/mix/on") for member in MEMBERS} == {"ON"}
