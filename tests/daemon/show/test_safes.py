"""What a recall leaves alone."""

from pathlib import Path

import numpy as np
import pytest

from daemon.desk import parts
from daemon.desk.console import Console
from daemon.desk.parts import Part, Place
from daemon.show import safes
from dsp.table import TABLE
from rigs.talk import Talk

SHOW = "/-show/showfile/show"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/ch/03/mix/07/level", Place(2, Part.SEND, 6)),
        ("/ch/32/mix/fader", Place(31, Part.FADER)),
        ("/ch/01/mix/on", Place(0, Part.MUTE)),
        ("/ch/01/mix/mlevel", Place(0, Part.MAIN)),
        ("/ch/01/preamp/hpf", Place(0, Part.PREAMP)),
        ("/ch/01/delay/time", Place(0, Part.CONFIG)),
        ("/ch/01/gate/filter/f", Place(0, Part.GATE)),
        ("/ch/01/automix/group", Place(0, Part.GROUPS)),
        ("/auxin/08/eq/4/q", Place(39, Part.EQ)),
        ("/fxrtn/01/grp/dca", Place(40, Part.GROUPS)),
        ("/bus/16/dyn/thr", Place(63, Part.DYNAMICS)),
        ("/bus/01/mix/06/level", Place(48, Part.MATRIX, 5)),
        ("/mtx/06/insert/sel", Place(69, Part.INSERT)),
        ("/main/st/mix/pan", Place(70, Part.FADER)),
        ("/main/m/config/name", Place(71, Part.CONFIG)),
        ("/dca/8/fader", Place(79, Part.FADER)),
        ("/dca/1/on", Place(72, Part.MUTE)),
        ("/dca/1/config/color", Place(72, Part.CONFIG)),
        ("/fx/8/par/64", Place(-1, Part.EFFECT, 7)),
        ("/headamp/127/gain", Place(-1, Part.HEADAMP, 127)),
        ("/config/solo/dim", Place(-1, Part.SOLO)),
        ("/config/talk/enable", Place(-1, Part.TALK)),
        ("/config/routing/IN/1-8", Place(-1, Part.ROUTING)),
        ("/config/userrout/in/01", Place(-1, Part.USER_IN)),
        ("/config/userrout/out/01", Place(-1, Part.USER_OUT)),
        ("/outputs/p16/01/iQ/eq", Place(-1, Part.OUTPUT)),
        ("/config/mute/1", Place(-1, Part.CONSOLE)),
        ("/-stat/selidx", Place(-1, Part.OUTSIDE)),
    ],
)
def test_every_parameter_has_its_place(path: str, place: Place):
    assert path in TABLE.leaves
    assert parts.place_of(path) == place


def test_strips_are_counted_as_the_desk_counts_them():
    for strip in range(72):
        assert parts.place_of(f"{parts.strip_path(strip)}/mix/fader").strip == strip
    with pytest.raises(ValueError, match="72 is no strip"):
        parts.strip_path(72)


def protected(scene: int = 1, **bits: int) -> set[str]:
    """Addresses that are protected; a bit mask for each safe of the show, or `safes` of the scene."""
    console = Console()
    for name, mask in bits.items():
        path = f"/-show/showfile/scene/{scene:03d}/safes" if name == "safes" else f"{SHOW}/{name}"
        console.set(TABLE.leaves[path], mask)
    mask = safes.protected(console.values, scene)
    return {TABLE.path_of(int(leaf)) for leaf in np.flatnonzero(mask)}


def test_without_safes_nothing_is_protected():
    assert protected() == set()


@pytest.mark.parametrize(
    ("bit", "inside", "outside"),
    [
        (0, None, "/ch/01/mix/fader"),
        (1, "/config/talk/A/dim", "/config/solo/dim"),
        (2, "/fx/1/par/01", "/fxrtn/01/mix/fader"),
        (3, "/bus/01/mix/fader", "/ch/01/mix/01/level"),
        (4, "/ch/01/dyn/thr", "/ch/01/preamp/trim"),
        (5, "/ch/01/config/name", "/ch/01/mix/on"),
        (6, "/headamp/000/gain", "/ch/01/config/source"),
        (7, "/outputs/main/01/src", "/config/routing/IN/1-8"),
        (8, "/config/userrout/in/01", "/outputs/main/01/src"),
    ],
)
def test_a_safe_of_the_scene_protects_its_group(bit: int, inside: str | None, outside: str):
    paths = protected(safes=1 << bit)
    assert (inside in paths) == (inside is not None)
    assert outside not in paths


def test_all_safes_of_a_scene_together_protect_everything_in_it():
    in_scenes = {path for path in TABLE.leaves if not path.startswith("/-")}
    assert protected(safes=0b111111110) == in_scenes


def test_scene_0_has_no_safes_of_its_own():
    assert protected(scene=0, safes=0b111111110) == set()


@pytest.mark.parametrize(
    ("name", "bit", "inside", "outside"),
    [
        ("inputs", 0, "/auxin/01/preamp/trim", "/mtx/01/preamp/invert"),
        ("inputs", 0, "/headamp/000/phantom", "/ch/01/eq/on"),
        ("inputs", 3, "/ch/01/gate/on", "/bus/01/dyn/on"),
        ("inputs", 6, "/ch/01/mix/pan", "/ch/01/mix/on"),
        ("inputs", 7, "/fxrtn/08/mix/on", "/bus/01/mix/on"),
        ("mxsends", 4, "/ch/01/mix/05/level", "/ch/01/mix/06/level"),
        ("mxbuses", 0, "/bus/01/mix/01/level", "/ch/01/mix/01/level"),
        ("mxbuses", 2, "/main/st/eq/1/g", "/ch/01/eq/1/g"),
        ("mxbuses", 6, "/dca/1/fader", "/ch/01/mix/fader"),
        ("console", 0, "/config/mute/1", "/config/solo/level"),
        ("console", 1, "/config/solo/level", "/config/mute/1"),
        ("console", 3, "/outputs/aux/01/src", "/config/routing/OUT/1-4"),
        ("console", 5, "/config/userrout/out/48", "/config/userrout/in/01"),
        ("chan16", 15, "/ch/16/config/name", "/ch/17/config/name"),
        ("chan16", 2, "/headamp/002/gain", "/headamp/003/gain"),
        ("chan32", 0, "/ch/17/mix/fader", "/ch/16/mix/fader"),
        ("return", 8, "/fxrtn/01/mix/on", "/auxin/08/mix/on"),
        ("buses", 15, "/bus/16/dyn/thr", "/bus/15/dyn/thr"),
        ("lrmtxdca", 6, "/main/st/mix/fader", "/main/m/mix/fader"),
        ("lrmtxdca", 8, "/dca/1/on", "/mtx/06/mix/on"),
        ("effects", 7, "/fx/8/type", "/fx/7/type"),
    ],
)
def test_a_safe_of_the_show_protects_what_it_names(name: str, bit: int, inside: str, outside: str):
    paths = protected(**{name: 1 << bit})
    assert inside in paths
    assert outside not in paths


def test_a_recall_leaves_protected_parameters_as_they_are(tmp_path: Path):
    talk = Talk(tmp_path)
    talk.say("/save", "scene", 1, "A", "")
    for ch in (1, 2):
        talk.say("/", f'ch/{ch:02d}/config "Mine"')
        talk.say("/", f"ch/{ch:02d}/mix OFF -6.0")
    talk.say(f"{SHOW}/chan16", 1)
    talk.say("/-show/showfile/scene/001/safes", 1 << 5)
    talk.say("/load", "scene", 1)
    assert talk.say("/node", "ch/01/mix")[0][1].startswith("/ch/01/mix OFF  -6.0")
    assert talk.say("/node", "ch/02/mix")[0][1].startswith("/ch/02/mix ON   -oo")
    assert talk.say("/ch/01/config/name") == [("/ch/01/config/name", "Mine")]
    assert talk.say("/ch/02/config/name") == [("/ch/02/config/name", "Mine")]


def chosen(event: int, channels: int = 0, auxbuses: int = 0, maingrps: int = 0) -> set[str]:
    """Addresses a snippet with these masks holds."""
    console = Console()
    masks = {"eventtyp": 1 << event, "channels": channels, "auxbuses": auxbuses, "maingrps": maingrps}
    for name, mask in masks.items():
        leaf = TABLE.leaves[f"/-show/showfile/snippet/000/{name}"]
        console.set(leaf, TABLE.row_of(leaf).from_wire(mask - (1 << 32) if mask >> 31 else mask))
    mask = safes.snippet(console.values, 0)
    return {TABLE.path_of(int(leaf)) for leaf in np.flatnonzero(mask)}


@pytest.mark.parametrize(
    ("event", "strips", "inside", "outside"),
    [
        (0, {"channels": 1}, "/headamp/000/gain", "/headamp/001/gain"),
        (1, {"channels": 1 << 31}, "/ch/32/config/name", "/ch/31/config/name"),
        (2, {"auxbuses": 1}, "/auxin/01/eq/on", "/fxrtn/01/eq/on"),
        (3, {"auxbuses": 1 << 16}, "/bus/01/dyn/on", "/bus/02/dyn/on"),
        (4, {"maingrps": 1 << 6}, "/main/st/insert/on", "/main/m/insert/on"),
        (5, {"auxbuses": 1 << 8}, "/fxrtn/01/grp/dca", "/auxin/01/grp/dca"),
        (6, {"channels": 1}, "/ch/01/mix/pan", "/ch/01/mix/on"),
        (7, {"maingrps": 1 << 8}, "/dca/1/on", "/dca/2/on"),
        (8, {"channels": 1}, "/ch/01/mix/08/level", "/ch/01/mix/09/level"),
        (9, {"channels": 1}, "/ch/01/mix/12/level", "/ch/01/mix/13/level"),
        (10, {"channels": 1}, "/ch/01/mix/16/level", "/ch/01/mix/12/level"),
        (11, {"channels": 1}, "/ch/01/mix/mono", "/ch/01/mix/fader"),
        (12, {"auxbuses": 1 << 16}, "/bus/01/mix/06/level", "/ch/01/mix/06/level"),
        (13, {}, "/fx/1/type", "/fx/2/type"),
        (20, {}, "/fx/8/par/01", "/fx/7/par/01"),
        (21, {}, "/config/solo/level", "/config/talk/A/level"),
        (22, {}, "/config/talk/A/level", "/config/solo/level"),
        (23, {}, "/config/routing/IN/1-8", "/outputs/main/01/src"),
        (24, {}, "/outputs/main/01/src", "/config/userrout/in/01"),
        (25, {}, "/config/userrout/in/01", "/config/userrout/out/01"),
        (26, {}, "/config/userrout/out/01", "/config/userrout/in/01"),
    ],
)
def test_a_mask_of_a_snippet_chooses_what_it_names(event: int, strips: dict[str, int], inside: str, outside: str):
    paths = chosen(event, **strips)
    assert inside in paths
    assert outside not in paths
