"""The pages on a simulated terminal: what hands do arrives at the console, what it says is shown."""


import queue
import re
from collections.abc import Callable

import numpy as np
import pytest

from rigs.terminal import LARGE, MEDIUM, SMALL, Stage, play
from tui import pace, theme
from tui.screens import help, prompt

FADER = 'ch/05/mix/fader'


def value(on: Stage, address: str) -> object:
    return on.desk.values.get(address)


async def press(on: Stage, *keys: str) -> None:
    for key in keys:
        await on.pilot.press(key)


@pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE])
def test_a_fader_goes_up_and_down_by_a_decibel_and_by_a_step(size):
    async def scene(on):
        on.desk.set("/ch/01/mix/fader", 0.75)
        await on.until(lambda: on.bridge.link.desk.text("/ch/01/mix/fader") == "0.0 dB")
        await press(on, "down", "down")
        await on.until(lambda: abs(value(on, "/ch/01/mix/fader") - 0.70) < 0.002)
        await press(on, "up")
        await on.until(lambda: abs(value(on, "/ch/01/mix/fader") - 0.725) < 0.002)
        await press(on, "shift+down")
        await on.until(lambda: 0.719 < value(on, "/ch/01/mix/fader") < 0.725)

    play(size, scene)


def stores(on, scenes):
    """The console keeps scenes, by number."""
    for number, name in scenes.items():
        on.desk.set(f"/-show/showfile/scene/{number:03}/hasdata", 1)
        on.desk.set(f"/-show/showfile/scene/{number:03}/name", name)


def test_mute_and_solo_of_the_selected_strip():
    async def scene(on):
        # Nothing is switched before it is known; what can be soloed is read last.
        await on.until(lambda: all(map(on.bridge.link.desk.knows, ("/ch/02/mix/on", "/-stat/solosw/02"))))
        await press(on, "right", "m")
        await on.until(lambda: value(on, "/ch/02/mix/on") == 0)
        await on.shows("MUTE")
        await press(on, "m")
        await on.until(lambda: value(on, "/ch/02/mix/on") == 1)
        await press(on, "s")
        await on.until(lambda: value(on, "/-stat/solosw/02") == 1)
        await on.shows("SOLO")

    play(LARGE, scene)


def test_faders_are_the_sends_to_a_bus():
    async def scene(on):
        on.desk.set("/bus/01/config/name", "Wedge")
        on.desk.set("/ch/01/mix/01/level", 0.5)
        await press(on, "f")
        await on.shows("SENDS TO BUS 1 Wedge", "fader −10.0")
        await on.until(lambda: on.bridge.link.desk.knows("/ch/01/mix/01/on"))
        await press(on, "up")
        await on.until(lambda: 0.5 < value(on, "/ch/01/mix/01/level") < 0.54)
        await press(on, "m")
        await on.until(lambda: value(on, "/ch/01/mix/01/on") == 0)
        await press(on, "F")
        await on.until(lambda: "SENDS TO" not in on.text())

    play(LARGE, scene)


def test_the_strips_page_shows_and_sets_every_parameter():
    async def scene(on):
        await press(on, "2")
        await on.shows("EQ", "Gate", "Dynamics", "Sends", "1 frequency", "Channel 1")
        on.bridge.screen.sheet.point_at("/ch/01/eq/2/g")
        await on.until(lambda: on.bridge.link.desk.knows("/ch/01/eq/2/g"))
        await press(on, "right")
        await on.until(lambda: value(on, "/ch/01/eq/2/g") == pytest.approx(61 / 120, abs=1e-6))
        await press(on, "enter")
        await on.shows("Boost or cut", "−15 … 15 dB".replace("−", "-"))
        await press(on, "minus", "6", "enter")
        await on.until(lambda: value(on, "/ch/01/eq/2/g") == pytest.approx(36 / 120, abs=1e-6))
        await press(on, "delete")
        await on.until(lambda: value(on, "/ch/01/eq/2/g") == 0.5)
        await press(on, "escape")
        await on.shows("CH  01")

    play(LARGE, scene)


def test_the_curve_follows_the_eq():
    async def scene(on):
        def dots() -> str:
            return "".join(line for line in on.lines()[2:11])

        on.desk.set("/ch/01/eq/2/g", 1.0)
        await press(on, "2")
        await on.until(lambda: any("\u2800" < letter < "\u28ff" for letter in dots()))
        before = dots()
        on.desk.set("/ch/01/eq/2/g", 0.0)
        await on.until(lambda: dots() != before)

    play(LARGE, scene)


def test_the_strips_spectrum_stands_behind_its_eq_and_points_move_on_the_curves():
    async def scene(on):
        on.desk.set("/ch/01/dyn/on", 1)
        on.desk.set("/ch/01/gate/on", 1)
        on.desk.levels[0] = 0.1
        on.desk.spectrum[:] = -40
        await press(on, "2")
        def points() -> list[tuple[int, int]]:
            return [(y, x) for y, line in enumerate(on.lines()[2:11]) for x, letter in enumerate(line) if letter == "●"]

        await on.until(lambda: len(points()) == 2)
        assert "█" not in "".join(on.lines()[2:11])  # the analyser listens to something else
        where = points()
        await press(on, "v")
        await on.until(lambda: value(on, "/-prefs/rta/source") == 2)
        await on.until(lambda: "█" in "".join(line[:100] for line in on.lines()[2:11]))
        on.desk.levels[0] = 0.002
        await on.until(lambda: points() != where)
        await press(on, "escape")

    play(LARGE, scene)


WAYS = dict(help.PATHS)
"""What is often wanted, and the way that the help names."""


async def found(on: Stage) -> None:
    """Wait until the palette has found all that it will."""
    palette = on.bridge.screen
    await on.until(
        lambda: palette.query("CommandList").first().option_count > 0
        and all(worker.is_finished for worker in palette.workers if worker.node is palette)
    )


def hears(on: Stage, key: str) -> bool:
    """Whether a key does what it is to do here: an arrow moves what was found, once it is known where that stands."""
    if key.isalpha() or on.bridge.sends_to:
        return True
    window = on.bridge.screen
    return isinstance(window, prompt.ValuePrompt) and on.bridge.link.desk.knows(window._address)


async def goes(on: Stage, what: str) -> None:
    """Press what the help says: keys, or one search and what follows; at most three keys beside the search."""
    way = WAYS[what]
    if way.startswith("/"):
        searched, _, way = way.removeprefix("/ ").partition(" ⏎")
        await press(on, "slash", *("space" if letter == " " else letter for letter in searched))
        await found(on)
        await press(on, "enter")
    keys = re.findall(r"[↑↓⏎]|\b[a-z]\b", way)
    assert len(keys) <= 3
    answers = iter(("values would change", "y  yes"))  # nobody says yes before there is a question
    for key in keys:
        await on.until(lambda: not on.bridge.screen.query("CommandList"))
        await (on.shows(next(answers)) if key == "y" else on.until(lambda key=key: hears(on, key)))
        await press(on, {"↑": "up", "↓": "down", "⏎": "enter"}.get(key, key))


def wanted() -> dict[str, Callable[[Stage], bool]]:
    """How each of them is seen to be done."""
    return {
        "mute channel 5": lambda on: value(on, "/ch/05/mix/on") == 0,
        "vocal to bus 3 up 2 dB": lambda on: value(on, "/ch/03/mix/03/level") == pytest.approx(0.55, abs=0.007),
        "why is channel 7 silent?": lambda on: "muted by mute group 2" in on.text(),
        "recall the last scene": lambda on: value(on, "/-action/goscene") == 7,
        "recall a scene by name": lambda on: value(on, "/-action/goscene") == 3,
        "mix for bus 3": lambda on: on.bridge.sends_to == 3,
    }


@pytest.mark.parametrize("what", WAYS)
def test_the_ways_in_the_help_are_three_keys_or_one_search_and_lead_there(what):
    async def scene(on):
        on.desk.set("/ch/03/config/name", "Vox Lead")
        on.desk.set("/ch/03/mix/03/level", 0.5)
        on.desk.set("/ch/07/grp/mute", 0b10)
        on.desk.set("/config/mute/2", 1)
        on.desk.levels[6] = 0.5
        for number, name in ((3, "Ballad"), (7, "Closer")):
            on.desk.set(f"/-show/showfile/scene/{number:03}/hasdata", 1)
            on.desk.set(f"/-show/showfile/scene/{number:03}/name", name)
            on.desk.scenes[number] = [("/ch/01/mix/fader", "0.0", "-12.0")]
        on.desk.set("/-show/prepos/current", 7)
        await on.until(lambda: on.bridge.mirror.strips.names[2] == "Vox Lead" and on.bridge.mirror.mute_groups.on[1])
        await goes(on, what)
        await on.until(lambda: wanted()[what](on))

    play(MEDIUM, scene)


def test_a_terminal_that_has_not_taken_the_last_drawings_gets_no_more():
    class Writer:
        _queue: queue.Queue[str] = queue.Queue()

    class Driver:
        _writer_thread = Writer()

    assert not pace.is_behind(Driver())
    for _ in range(3):
        Writer._queue.put("drawing")
    assert pace.is_behind(Driver())
    assert not pace.is_behind(None)


def test_a_typed_value_that_means_nothing_is_told_and_nothing_is_set():
    async def scene(on):
        await on.until(lambda: on.bridge.link.desk.knows("/ch/01/mix/fader"))
        await press(on, "equals_sign", "l", "o", "u", "d", "enter")
        await on.shows("'loud' is not a number")
        await press(on, "escape")
        assert "/ch/01/mix/fader" not in [asked[0] for asked in on.desk.asked if len(asked) > 1]

    play(SMALL, scene)


def test_the_palette_finds_a_send_by_the_strips_name_and_turns_it():
    async def scene(on):
        on.desk.set("/ch/03/config/name", "Vox Lead")
        on.desk.set("/ch/03/mix/03/level", 0.5)
        await on.until(lambda: on.bridge.mirror.strips.names[2] == "Vox Lead")
        await press(on, "slash", *"vox", "space", *"bus", "space", "3", "space", *"level")
        await on.shows("Channel 3 Vox Lead · bus 3 level")
        await press(on, "enter")
        await on.shows("Level of the strip in this bus")
        await on.until(lambda: on.bridge.link.desk.knows("/ch/03/mix/03/level"))
        await press(on, "up", "up", "enter")
        await on.until(lambda: value(on, "/ch/03/mix/03/level") == pytest.approx(0.55, abs=0.007))

    play(MEDIUM, scene)


def test_the_palette_makes_the_faders_the_sends_to_a_bus_by_its_name():
    async def scene(on):
        on.desk.set("/bus/05/config/name", "Drum fill")
        await on.until(lambda: on.bridge.mirror.strips.names[36] == "Drum fill")
        await press(on, "slash", *"sends", "space", *"drum")
        await on.shows("Sends to bus 5 Drum fill")
        await press(on, "enter")
        await on.until(lambda: on.bridge.sends_to == 5)
        await press(on, "slash", *"sends", "space", *"off")
        await on.shows("Make the sends faders again")
        await press(on, "enter")
        await on.until(lambda: on.bridge.sends_to == 0)

    play(MEDIUM, scene)


def test_the_palette_finds_a_scene_by_its_name_and_shows_what_it_changes():
    async def scene(on):
        stores(on, {3: "Opener", 7: "Ballad"})
        on.desk.scenes[7] = [("/ch/01/mix/fader", "0.0", "-12.0")]
        await press(on, "slash", *"ballad")
        await on.shows("Recall scene 07 Ballad")
        await press(on, "enter")
        await on.shows("▸ 07 Ballad", "1 values would change")
        assert value(on, "/-action/goscene") is None
        await press(on, "enter", "y")
        await on.until(lambda: value(on, "/-action/goscene") == 7)

    play(MEDIUM, scene)


@pytest.mark.parametrize("words", ["mute channel 5", "mute 5"])
def test_the_palette_mutes_a_channel_by_its_number(words):
    async def scene(on):
        await press(on, "slash", *("space" if letter == " " else letter for letter in words))
        await on.shows("Mute Channel 5")
        await press(on, "enter")
        await on.until(lambda: value(on, "/ch/05/mix/on") == 0)

    play(SMALL, scene)


@pytest.mark.parametrize(
    ("address", "setting", "reason"),
    [
        ("/ch/07/mix/on", 0, "muted by its own key"),
        ("/ch/07/config/source", 0, "its source is 0"),
        ("/ch/07/mix/fader", 0.0, "its fader is closed"),
        ("/ch/07/mix/st", 0, "not sent to the main mix"),
        ("/main/st/mix/on", 0, "main left/right is muted"),
    ],
)
def test_why_a_channel_is_silent(address, setting, reason):
    async def scene(on):
        on.desk.set(address, setting)
        on.desk.levels[6] = 0.5
        await press(on, *["right"] * 6, "w")
        await on.shows("Why is Channel 7", reason)
        await on.until(lambda: "nothing comes in" not in on.text())

    play(SMALL, scene)


def test_a_shut_gate_and_a_mute_group_are_reasons():
    async def scene(on):
        on.desk.set("/ch/01/grp/mute", 0b100)
        on.desk.set("/config/mute/3", 1)
        on.desk.set("/ch/01/gate/on", 1)
        on.desk.gates[0] = 0.01
        await press(on, "w")
        await on.shows("muted by mute group 3", "its gate is shut and takes 40 dB")

    play(SMALL, scene)


def test_a_scene_is_looked_at_before_it_is_recalled():
    async def scene(on):
        stores(on, {3: "Ballad", 7: "Encore"})
        on.desk.set("/-show/prepos/current", 7)
        on.desk.scenes[7] = [("/ch/01/mix/fader", "0.0", "-12.0")]
        await press(on, "r")
        await on.shows("▸ 07 Encore", "1 values would change", "Channel 1 · fader", "0.0 → -12.0")
        await press(on, "enter")
        await on.shows("Recall scene 07 Encore?")
        assert value(on, "/-action/goscene") is None
        await press(on, "n")
        await press(on, "y", "y")
        await on.until(lambda: value(on, "/-action/goscene") == 7)

    play(MEDIUM, scene)


def test_storing_a_scene_asks_first():
    async def scene(on):
        on.desk.set("/-show/showfile/scene/003/hasdata", 1)
        on.desk.set("/-show/showfile/scene/003/name", "Ballad")
        await press(on, "4")
        await on.shows("▸ 03 Ballad")
        await press(on, "w")
        await on.shows("Store the desk as scene 03?", "Ballad is overwritten")
        await press(on, "y")
        await on.until(lambda: ("/save", "scene", 3, "Ballad", "") in on.desk.asked)

    play(SMALL, scene)


def test_what_is_about_to_feed_back_is_flagged_on_the_spectrum():
    async def scene(on):
        on.desk.spectrum[:] = -60 - 0.2 * np.arange(100)
        on.desk.spectrum[70] = -20
        await press(on, "5")
        await on.shows("▼2k6", "stands out by")

    play(MEDIUM, scene)


def test_an_effect_shows_its_own_parameters():
    async def scene(on):
        on.desk.set("/fx/2/type", 10)
        await press(on, "6")
        await on.shows("slot 1 of 8", "PreDelay")
        await press(on, "n")
        await on.shows("slot 2 of 8")

    play(LARGE, scene)


def test_the_console_tells_how_it_does():
    async def scene(on):
        on.desk.moves = (
            '[{"time": 0, "client": "10.0.0.7:5001", "role": "musician", "address": "/ch/05/mix/03/level",'
            ' "old": "-oo", "new": "0.0"}]'
        )
        on.desk.tell_health(
            '{"load": {"p99": 0.31, "missed": 2, "longest_us": 420, "tenths": [99.9, 0, 0, 0, 0, 0, 0, 0, 0, 0,'
            ' 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "last": [[0, 1.7]]},'
            ' "clients": [{"address": "10.0.0.5:1", "role": "viewer", "silent_s": 31.0}]}'
        )
        await press(on, "8")
        await on.shows("load p99", "0.31 %", "load longest", "420 µs", "100–110 %", "LATE", "took 1.70 ms")
        await on.shows("10.0.0.5:1", "viewer", "31 s stale")
        await on.shows("/ch/05/mix/03/level -oo → 0.0", "musician 10.0.0.7:5001")

    play(LARGE, scene)


@pytest.mark.parametrize("key", ["1", "2", "8"])
def test_a_lost_device_is_told_at_once_on_every_page(key):
    async def scene(on):
        await press(on, key)
        on.desk.tell_health('{"device": {"playing": false, "why": "it was unplugged"}}')
        await on.shows("NO SOUND: the audio device has gone – it was unplugged")
        assert theme.style(theme.Ink.LOST) in on.inks_of("NO SOUND")
        on.desk.tell_health('{"device": {"playing": true, "why": ""}}')
        await on.until(lambda: "NO SOUND" not in on.text())

    play(SMALL, scene)


@pytest.mark.parametrize(("key", "word"), [("3", "DCA 8"), ("7", "Main out"), ("8", "does not tell")])
def test_each_page_opens_and_escape_goes_back(key, word):
    async def scene(on):
        await press(on, key)
        await on.shows(word)
        await press(on, "escape")
        await on.shows("CH  01")

    play(LARGE, scene)


def test_what_the_console_refuses_is_said():
    async def scene(on):
        on.desk.refuses["/ch/01/mix/on"] = "a viewer may only look"
        await on.until(lambda: on.bridge.link.desk.knows("/ch/01/mix/on"))
        await press(on, "m")
        await on.shows("/ch/01/mix/on: a viewer may only look")

    play(MEDIUM, scene)


@pytest.mark.parametrize("look", ["light", "contrast", "mono"])
def test_every_theme_shows_the_same_words(look):
    async def scene(on):
        on.desk.set("/ch/02/mix/on", 0)
        while on.bridge._look != look:
            await press(on, "t")
        await on.shows("CH 0102", "DCA 8", "M")
        assert (theme.style(theme.Ink.TEXT).color is None) == (look == "mono")

    play(SMALL, scene)


def test_on_the_light_theme_no_paper_is_dark():
    async def scene(on):
        await press(on, "t")
        for key in ("1", "w", "x", "2", "4", "8", "9", "0", "1", "equals_sign"):
            await press(on, key)
            await on.pilot.pause(0.3)
            papers = {
                segment.style.bgcolor
                for strip in on.bridge.screen._compositor.render_strips()
                for segment in strip
                if segment.style is not None and not segment.style.reverse and segment.style.bgcolor is not None
            }
            assert papers
            assert not any(paper.is_default for paper in papers), key
            assert min(sum(paper.get_truecolor()) for paper in papers) > 3 * 60, key

    play(MEDIUM, scene)


def test_a_strip_is_copied_at_the_first_press_to_another_without_its_name():
    async def scene(on):
        on.desk.set("/ch/01/config/name", "Kick")
        on.desk.set("/ch/01/eq/1/g", 0.9)
        await press(on, "y")
        await on.until(lambda: on.bridge.hands.kept)
        await press(on, "right", "p")
        await on.shows("Paste on Channel 2?")
        await press(on, "n", "p")
        assert value(on, "/ch/02/eq/1/g") is None
        await press(on, "y")
        await on.until(lambda: value(on, "/ch/02/eq/1/g") == pytest.approx(0.9))
        assert value(on, "/ch/02/config/name") == ""
        await press(on, "2")
        await on.until(lambda: on.bridge.link.desk.knows("/ch/02/eq/1/g"))

    play(SMALL, scene)
