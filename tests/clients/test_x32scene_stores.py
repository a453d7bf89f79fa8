"""Snippets, presets and shows of the console in the hands of x32scene, and its own on the console."""

from pathlib import Path

import numpy as np
import pytest
from x32scene.model import Scene
from x32scene.services import fx, headers, presets, routing_edit, show, snippets, validate

from clients.test_x32scene_files import anything, written
from daemon.files import scene
from daemon.show import safes
from dsp.parameters.table import Values
from dsp.table import TABLE
from rigs.talk import Talk

MASKS = {"eventtyp": 134217727, "channels": -1, "auxbuses": -1, "maingrps": 65535}


def talk_at(folder: Path, values: Values | None = None) -> Talk:
    """A console with a state folder, set to something."""
    talk = Talk(folder)
    if values is not None:
        for leaf in np.flatnonzero(safes_scene()):
            talk.console.values.set(int(leaf), values.get(int(leaf)))
    return talk


def safes_scene() -> np.ndarray:
    """Leaves that a scene holds."""
    mask = np.zeros(TABLE.size, bool)
    mask[[leaf for path in TABLE.scene for leaf in TABLE.nodes[path]]] = True
    return mask


def unlinked(seed: int) -> Values:
    """A random desk whose strips are not linked, which would be made alike at a recall."""
    values = anything(seed)
    for path, leaf in TABLE.leaves.items():
        if path.startswith("/config/") and "link/" in path:
            values.set(leaf, 0)
    return values


def set_masks(talk: Talk, slot: int, **masks: int) -> None:
    for name, mask in masks.items():
        talk.say(f"/-show/showfile/snippet/{slot:03d}/{name}", mask)


def text(talk: Talk) -> list[str]:
    """Desk as lines of a scene."""
    return list(scene.scene_lines(talk.console.values))


# --- snippets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_snippet_is_the_one_that_the_tool_makes_of_the_same_desk(seed: int, tmp_path: Path):
    values = unlinked(seed)
    talk = talk_at(tmp_path, values)
    set_masks(talk, 7, **MASKS)
    assert talk.say("/save", "snippet", 7, "All of it") == [("/save", "snippet", 1)]
    path = tmp_path / "show" / "show.007.snp"
    ours = Scene.load(str(path))
    assert validate.findings(ours, "snp") == []
    assert ours.dump().encode() == path.read_bytes()
    decoded = headers.decode_header(path.read_text())
    assert (decoded["kind"], decoded["name"]) == ("snippet", "All of it")
    assert decoded["filters"] == list(snippets.EVENTTYP_BITS)

    desk = Scene.parse(written(talk.console.values).decode())
    theirs = {
        line
        for node in desk.lines[1:]
        for line in snippets.snippet_lines(node)
        if snippets.classify(line.split(" ")[0]) or line.startswith("/config/routing/routswitch")
    }
    mine = {line.raw for line in ours.lines[1:]}
    # The console takes the head amplifiers that feed the strips of the snippet, the tool those it is told.
    assert mine <= theirs
    assert {line for line in theirs - mine if not line.startswith("/headamp/")} == set()


def test_every_filter_of_a_snippet_holds_what_the_tool_says_it_holds(tmp_path: Path):
    talk = talk_at(tmp_path)
    for bit in range(len(snippets.EVENTTYP_BITS)):
        set_masks(talk, 0, **{**MASKS, "eventtyp": 1 << bit})
        held = [TABLE.path_of(int(leaf)) for leaf in np.flatnonzero(safes.snippet(talk.console.values, 0))]
        assert held, bit
        for path in held:
            kind = snippets.classify(path) or snippets.classify(path.rpartition("/")[0])
            assert path == "/config/routing/routswitch" or (kind is not None and kind[0] == bit), path


def test_a_snippet_of_the_tool_is_recalled_as_it_says(tmp_path: Path):
    before, after = unlinked(1), unlinked(2)
    made = snippets.make_snippet(
        Scene.parse(written(before).decode()), Scene.parse(written(after).decode()), "Night"
    )
    (tmp_path / "show").mkdir()
    made.scene.save(str(tmp_path / "show" / "show.003.snp"))
    talk = talk_at(tmp_path, before)
    assert talk.say("/-show/showfile/snippet/003/name") == [("/-show/showfile/snippet/003/name", "Night")]
    assert talk.say("/load", "snippet", 3) == [("/load", "snippet", 1)]
    talk.wait(1)
    values = talk.console.values
    for line in made.scene.lines[1:]:
        if line.path.startswith("/headamp/"):
            continue  # told by the strips they feed, see above
        leaves = TABLE.nodes.get(line.path) or (TABLE.leaves[line.path],)
        assert [values.text(leaf).strip() for leaf in leaves] == line.args, line.path


# --- presets --------------------------------------------------------------------------------------------


def saved(talk: Talk, folder: Path, name: str, *command: object) -> str:
    """File of the preset that a command stores."""
    ((_, kind, status),) = talk.say("/save", *command)
    assert status == 1, kind
    return (folder / "library" / name).read_text()


def test_every_preset_is_what_it_claims_to_be(tmp_path: Path):
    talk = talk_at(tmp_path, unlinked(4))
    talk.say("/fx/3/type", "CMB2")
    files = {
        "ch/001.chn": ("channel preset", ("libchan", 0, "Kick", 0)),
        "ch/002.chn": ("channel preset", ("libchan", 1, "Wedge", 48)),
        "fx/003.efx": ("effect preset", ("libfx", 2, "Bands", 2)),
        "r/004.rou": ("routing preset", ("librout", 3, "Small stage")),
        "mon/005.mon": ("monitor preset", ("libmon", 4, "Band")),
    }
    for name, (kind, command) in files.items():
        data = saved(talk, tmp_path, name, *command)
        decoded = headers.decode_header(data)
        assert (decoded["kind"], decoded["slot"], decoded["name"]) == (kind, command[1] + 1, command[2])
        theirs = Scene.parse(data)
        assert theirs.dump() == data
        assert validate.findings(theirs, validate.kind_of(name)) == []
    assert headers.decode_header((tmp_path / "library/fx/003.efx").read_text())["display_type"] == "60"


def test_a_channel_of_the_console_is_applied_by_the_tool_as_the_console_would(tmp_path: Path):
    talk = talk_at(tmp_path, unlinked(5))
    data = saved(talk, tmp_path, "ch/010.chn", "libchan", 9, "Vox", 3)
    theirs = Scene.parse("\n".join(['#4.0# "a" "" %000000000 1', *text(talk)]) + "\n")
    presets.apply_preset(theirs, 12, data, [*presets.SCOPES])
    assert talk.say("/load", "libchan", 9, 11, 63) == [("/load", "libchan", 1)]
    talk.wait(1)
    ours = {line.split(" ")[0]: line.split() for line in text(talk)}
    for line in theirs.lines[1:]:
        if line.path.startswith("/ch/12/") and line.path != "/ch/12/grp":
            # The tool keeps the groups as they are; presets of older desks, and of this one, hold them.
            assert line.raw.split() == ours[line.path], line.path


def test_a_channel_of_the_tool_is_loaded_by_the_console(tmp_path: Path):
    source = unlinked(6)
    data = presets.extract_preset(Scene.parse(written(source).decode()), 2, header="Snare")
    (tmp_path / "library" / "ch").mkdir(parents=True)
    (tmp_path / "library" / "ch" / "020.chn").write_text(data)
    talk = talk_at(tmp_path)
    assert talk.say("/-libs/ch/020/name") == [("/-libs/ch/020/name", "Snare")]
    assert talk.say("/load", "libchan", 19, 7, 63) == [("/load", "libchan", 1)]
    talk.wait(1)
    values = talk.console.values
    for section in ("preamp", "gate", "dyn", "eq/1", "eq/4", "mix/03", "mix/16", "delay"):
        wanted = [source.text(leaf) for leaf in TABLE.nodes[f"/ch/02/{section}"]]
        assert [values.text(leaf) for leaf in TABLE.nodes[f"/ch/08/{section}"]] == wanted, section


@pytest.mark.parametrize("code", ["HALL", "GEQ2", "CMB2", "FILT", "PQ5S", "DES"])
def test_an_effect_goes_to_the_tool_and_back(code: str, tmp_path: Path):
    talk = talk_at(tmp_path)
    talk.say("/fx/2/type", code)
    for number in range(1, 65):
        talk.say(f"/fx/2/par/{number:02d}", 0.61 if number % 2 else 0.37)
    data = saved(talk, tmp_path, "fx/001.efx", "libfx", 0, code, 1)
    theirs = Scene.parse("\n".join(['#4.0# "a" "" %000000000 1', *text(talk)]) + "\n")
    assert fx.extract_fx(theirs, 2, code).split() == data.split()
    assert fx.extract_fx(theirs, 2, code) == data
    assert fx.apply_fx(theirs, 4, data) == code
    assert talk.say("/load", "libfx", 0, 3) == [("/load", "libfx", 1)]
    talk.wait(1)
    assert theirs.get("/fx/4/par").raw.split() == text_of(talk, "/fx/4/par")


def text_of(talk: Talk, path: str) -> list[str]:
    return [path, *(talk.console.values.text(leaf) for leaf in TABLE.nodes[path])]


def test_a_routing_goes_to_the_tool_and_back(tmp_path: Path):
    source = unlinked(7)
    theirs = Scene.parse(written(source).decode())
    data = routing_edit.extract_routing(theirs, "Church")
    (tmp_path / "library" / "r").mkdir(parents=True)
    (tmp_path / "library" / "r" / "001.rou").write_text(data)
    talk = talk_at(tmp_path)
    assert talk.say("/load", "librout", 0) == [("/load", "librout", 1)]
    talk.wait(1)
    for key in routing_edit.ROUTING_PRESET_KEYS:
        wanted = [source.text(leaf) for leaf in TABLE.nodes[f"/config/routing/{key}"]]
        assert text_of(talk, f"/config/routing/{key}")[1:] == wanted
    ours = saved(talk, tmp_path, "r/002.rou", "librout", 1, "Mine")
    blank = Scene.parse(written(Values(TABLE)).decode())
    assert {*routing_edit.apply_routing(blank, ours)} == {*routing_edit.ROUTING_PRESET_KEYS, "OUT", "PLAY"}
    for key in routing_edit.ROUTING_PRESET_KEYS:
        assert text_of(talk, f"/config/routing/{key}") == blank.get(f"/config/routing/{key}").raw.split()


# --- shows ----------------------------------------------------------------------------------------------


def test_a_show_is_read_by_the_tool(tmp_path: Path):
    talk = talk_at(tmp_path)
    talk.say("/-show/showfile/show/name", "Tonight")
    talk.say("/save", "scene", 0, "Opener", "quiet")
    talk.say("/save", "scene", 12, "Finale", "")
    talk.say("/-show/showfile/scene/012/safes", 0b10)
    set_masks(talk, 3, **{**MASKS, "eventtyp": 64, "channels": 5})
    talk.say("/save", "snippet", 3, "Solo up")
    talk.say("/-show/prepos/current", 0)
    talk.say("/add", "cue", 1252, "Solo")
    talk.say("/-show/showfile/cue/000/bit", 3)
    talk.stores.save()
    theirs = show.read_show((tmp_path / "show" / "show.shw").read_text())
    assert theirs.name == "Tonight"
    assert [(entry.index, entry.name) for entry in theirs.of("scene")] == [(0, "Opener"), (12, "Finale")]
    assert theirs.of("scene")[1].decoded["safes"] == ["Talkback"]
    (snippet,) = theirs.of("snippet")
    assert (snippet.index, snippet.decoded["filters"]) == (3, ["Fader, Pan"])
    assert snippet.decoded["channels"] == ["ch01", "ch03"]
    (cue,) = theirs.of("cue")
    assert (cue.decoded["number"], cue.decoded["name"], cue.decoded["snippet"]) == ("12.5.2", "Solo", 3)


def test_a_show_of_the_tool_is_played_by_the_console(tmp_path: Path):
    opener, finale = unlinked(8), unlinked(9)
    made = snippets.make_snippet(
        Scene.parse(written(opener).decode()), Scene.parse(written(finale).decode()), "Vox",
        only=lambda path: path.startswith("/ch/01/mix"),
    )  # fmt: skip
    files = show.build_show(
        "show",
        [("a.scn", written(opener, "Opener").decode()), ("b.scn", written(finale, "Finale").decode())],
        [("v.snp", made.scene.dump())],
        [show.parse_cue("1 Begin scene=0"), show.parse_cue("2 Vox snippet=0"), show.parse_cue("3.1 End scene=1")],
    )
    (tmp_path / "show").mkdir()
    for name, data in files.items():
        (tmp_path / "show" / name).write_text(data)
    talk = talk_at(tmp_path)
    talk.say("/-prefs/show_control", "CUES")
    dumped = talk.say("/showdump")
    talk.wait(1)
    dumped += talk.hear()
    assert any('/-show/showfile/cue/002 310 "End" 0 1 -1 ' in line for _, line in dumped)
    talk.say("/-action/gocue", 0)
    talk.wait(1)
    assert text(talk) == written(opener).decode().splitlines()[1:]
    talk.say("/-action/gocue", 1)
    talk.wait(1)
    changed = {*text(talk)} - {*written(opener).decode().splitlines()}
    assert changed == {line for line in written(finale).decode().splitlines() if line.startswith("/ch/01/mix")}
    talk.say("/-action/gocue", 2)
    talk.wait(1)
    assert text(talk) == written(finale).decode().splitlines()[1:]
