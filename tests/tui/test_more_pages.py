"""Loudness, recorder, effects with their pictures; every page at every size, also without colours."""

import pathlib
import re
import struct
import time

import pytest

from rigs.terminal import LARGE, MEDIUM, SMALL, Stage, play
from tui import icons

PICTURES = pathlib.Path(__file__).parents[1] / "data" / "screens"
PAGES = {"bridge": "1", "strip": "2", "groups": "3", "scenes": "4", "spectrum": "5", "effects": "6", "routing": "7",
         "health": "8", "loudness": "9", "recorder": "0", "help": "question_mark", "find": "slash", "level":
         "equals_sign", "why": "w"}  # fmt: skip
PATIENCE_S = 30.0
WINDOWS = ("help", "find", "level", "why")


async def press(on: Stage, *keys: str) -> None:
    for key in keys:
        await on.pilot.press(key)


def loudness(m: float) -> bytes:
    return struct.pack("<i48f", 48, *([m, m + 1, m + 2, 4.2, -3.1, 12.0] + 7 * [-200.0, -200.0, -200.0, 0, -200, 0]))


def recording(state: int, **more: float | str) -> list[tuple]:
    told = {"state": state, "gig": "2024-11-28 Club", "tracks": 32, "frames": 48_000 * 3725, "durable": 48_000 * 3720,
            "verified": 48_000 * 3600, "lost": 0, "left": 7325, "sync": 12.0, "alarm": ""} | more  # fmt: skip
    return [(f"/faderd/rec/{name}", value) for name, value in told.items()]


def test_loudness_is_told_and_kept():
    async def scene(on):
        on.desk.tells["/faderd/loudness"] = [("/faderd/loudness", loudness(-24.0))]
        on.desk.tells["/faderd/loudness/1/source"] = [("/faderd/loudness/1/source", "main")]
        on.desk.tells["/faderd/loudness/1/target"] = [("/faderd/loudness/1/target", -23.0)]
        await press(on, "9")
        await on.shows("▸ 1 main", "−24.0", "−23.0", "−22.0", "4.2", "−3.1", "target −23.0 LUFS")
        await on.until(lambda: any("\u2800" < letter < "\u28ff" for letter in on.text()))
        await press(on, "n")
        await on.until(lambda: ("/faderd/loudness/1/source", "mono") in on.desk.asked)
        await press(on, "h")
        await on.until(lambda: ("/faderd/loudness/1/hold", 1) in on.desk.asked)
        await press(on, "x")
        await on.shows("Begin meter 1 anew?")
        await press(on, "n", "down", "x", "y")
        await on.until(lambda: ("/faderd/loudness/2/reset", 1) in on.desk.asked)
        assert ("/faderd/loudness/1/reset", 1) not in on.desk.asked

    play(MEDIUM, scene)


def test_the_recorder_starts_marks_and_stops():
    async def scene(on):
        on.desk.tells["/faderd/rec"] = recording(0)
        await press(on, "0")
        await on.shows("not recording", "2:02:05", "32")
        await press(on, "enter")
        await on.until(lambda: ("/faderd/rec/start", "") in on.desk.asked)
        on.desk.tells["/faderd/rec"] = recording(2, left=300, lost=480, alarm="the disk does not take it")
        on.bridge.link.ask("/faderd/rec", 1)
        await on.shows("TROUBLE", "the disk does not take it", "1:02:05", "480 frames !", "0:05:00 !")
        await press(on, "k")
        await on.shows("Marks made from here", "1:02:05  mark 1")
        await on.until(lambda: ("/faderd/rec/mark", "mark 1") in on.desk.asked)
        await press(on, "enter")
        await on.shows("Stop the recording?")
        await press(on, "n")
        assert ("/faderd/rec/stop",) not in on.desk.asked
        await press(on, "enter", "y")
        await on.until(lambda: ("/faderd/rec/stop",) in on.desk.asked)

    play(MEDIUM, scene)


def test_an_effect_is_drawn_and_the_picture_follows_its_knobs():
    async def scene(on):
        def drawing() -> str:
            return "".join(on.lines()[2:12])

        on.desk.set("/fx/1/type", 28)
        on.desk.set("/fx/1/par/10", 1.0)
        await press(on, "6")
        await on.shows("gain over frequency")
        await on.until(lambda: any("\u2800" < letter < "\u28ff" for letter in drawing()))
        before = drawing()
        on.desk.set("/fx/1/par/10", 0.0)
        await on.until(lambda: drawing() != before)
        on.desk.set("/fx/1/type", 10)
        await on.shows("echoes, dB")

    play(LARGE, scene)


def test_the_picture_of_a_strip_is_a_word_where_there_is_room_and_always_named():
    async def scene(on):
        on.desk.set("/ch/01/config/icon", 2)
        await on.shows("kick drum, back")
        await on.until(lambda: "kick " in on.text().replace("kick drum", ""))

    play(LARGE, scene)


@pytest.mark.parametrize("icon", icons.ICONS)
def test_every_picture_takes_one_cell_or_four(icon):
    assert len(icon.sign) == 1
    assert len(icon.word) <= 4
    assert len(icons.ICONS) == 74


def test_a_window_does_not_freeze_what_lies_below():
    async def scene(on):
        await press(on, "question_mark")
        await on.shows("Often wanted")
        on.desk.levels[:] = 0.5
        await on.until(lambda: "█" in "".join(line[:12] for line in on.lines()))
        on.desk.stop()
        await on.shows("no answer from")

    play(LARGE, scene)


def test_a_click_selects_a_strip():
    async def scene(on):
        await on.pilot.click("#channels", offset=(3 + 5 * 3, 10))
        await on.shows("04 Channel 4")

    play(LARGE, scene)


def test_what_is_refused_is_said_at_the_strip_and_at_the_value():
    async def scene(on):
        on.desk.refuses["/ch/01/mix/on"] = "a viewer may only look"
        on.desk.refuses["/ch/01/mix/fader"] = "above the cap"
        await on.until(lambda: on.bridge.link.desk.knows("/ch/01/mix/on"))
        await press(on, "m")
        await on.until(lambda: "01  refused: a viewer may only look" in on.lines()[-2])
        await press(on, "equals_sign", "0", "enter")
        await on.until(lambda: "refused: above the cap" in on.lines()[-2])

    play(MEDIUM, scene)


def test_a_paste_is_taken_back_as_one():
    async def scene(on):
        link = on.bridge.link
        await on.until(lambda: all(map(link.desk.knows, ("/ch/01/mix/fader", "/ch/02/mix/fader"))))
        before = link.desk.stored("/ch/01/mix/fader")
        assert link.set_all({"/ch/01/mix/fader": 100, "/ch/02/mix/fader": 200})
        await on.until(lambda: on.desk.values["/ch/02/mix/fader"] != 0.75)
        await press(on, "u")
        await on.until(lambda: on.desk.values["/ch/02/mix/fader"] == pytest.approx(0.75, abs=1e-3))
        assert link.desk.stored("/ch/01/mix/fader") == before
        await press(on, "U")
        await on.until(lambda: on.desk.values["/ch/02/mix/fader"] < 0.3)

    play(SMALL, scene)


# --- every page as it stands ---------------------------------------------------------------------------


def dressed(on: Stage) -> None:
    """A console in the middle of a song."""
    for number, name in enumerate(("Kick", "Snare", "Hi-Hat", "Vox Lead", "Bass DI"), 1):
        on.desk.set(f"/ch/{number:02}/config/name", name)
        on.desk.set(f"/ch/{number:02}/config/icon", number * 2)
        on.desk.levels[number - 1] = 10 ** (-number * 4 / 20)
    on.desk.set("/ch/02/mix/on", 0)
    on.desk.set("/ch/04/eq/2/g", 0.8)
    on.desk.levels[54:56] = 0.3
    on.desk.set("/-show/showfile/scene/003/hasdata", 1)
    on.desk.set("/-show/showfile/scene/003/name", "Ballad")
    on.desk.tells["/faderd/rec"] = recording(1)
    # Nothing short-term, so that the history stays as it is.
    told = struct.pack("<i48f", 48, *([-24.0, -200.0, -24.5, 4.2, -3.1, 12.0] + 42 * [-200.0]))
    on.desk.tells["/faderd/loudness"] = [("/faderd/loudness", told)]
    on.desk.tell_health('{"load": {"p99": 0.31, "missed": 2}}')


def steady(text: str) -> str:
    """A screen without what is never the same: the port, the age of the last packet, blanks at the end."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"last packet +\d+\.\d s ago", "last packet 0.1 s ago", text)
    lines = text.splitlines()
    # The first line is laid out by the length of the port.
    return "\n".join([re.sub(r" {2,}", "  ", lines[0]).rstrip(), *(line.rstrip() for line in lines[1:])]) + "\n"


def marked(on: Stage) -> str:
    """The screen, and below it how each cell is set off: r reversed, b bold, d dim."""
    rows = []
    for strip in on.bridge.screen._compositor.render_strips():
        row = ""
        for segment in strip:
            style = segment.style
            mark = " " if style is None else "r" if style.reverse else "b" if style.bold else "d" if style.dim else " "
            row += mark * len(segment.text)
        rows.append(row.rstrip())
    return "\n".join(rows[1:]) + "\n"


async def stands(on: Stage, read, agreed: str) -> str:
    """The screen once it has not changed for a quarter of a second, and is as agreed, however long that takes."""
    before, until = "", time.monotonic() + PATIENCE_S
    while True:
        await on.pilot.pause(0.25)
        now = read()
        if now == before and (now == agreed or not agreed or time.monotonic() > until):
            return now
        before = now


async def settled(on: Stage, page: str, size: tuple[int, int]) -> None:
    """Wait until a page knows all that it shows, and has drawn its curve."""
    wanted = getattr(on.bridge.screen, "addresses", tuple)()
    await on.until(lambda: all(map(on.bridge.link.desk.knows, wanted)))
    if page in ("strip", "effects") and size[1] >= 30:
        await on.until(lambda: any("\u2800" < letter < "\u28ff" for letter in on.text()))


def colours(on: Stage) -> set[str]:
    """Colours on the screen, without those that the terminal has anyway."""
    styles = (part.style for strip in on.bridge.screen._compositor.render_strips() for part in strip if part.style)
    found = {colour.name for style in styles for colour in (style.color, style.bgcolor) if colour}
    return found - {"default"}


@pytest.mark.parametrize(
    ("size", "look"), [(SMALL, "dark"), (MEDIUM, "dark"), (LARGE, "dark"), (SMALL, "mono")],
    ids=["80x24", "120x40", "200x50", "mono"],
)  # fmt: skip
def test_every_page_stands_as_it_was_agreed(size, look, request):
    renew = request.config.getoption("--renew-screens")
    name = f"{size[0]}x{size[1]}" + ("-mono" if look == "mono" else "")
    wrong = []

    async def scene(on):
        dressed(on)
        while on.bridge._look != look:
            await press(on, "t")
        await press(on, "right", "right", "right")
        await on.until(lambda: all(map(on.bridge.link.desk.knows, ("/-stat/solosw/04", "/main/m/mix/fader"))))
        for page, key in PAGES.items():
            await press(on, key)
            await settled(on, page, size)
            marks = look == "mono" and page not in WINDOWS
            file = PICTURES / name / f"{page}.txt"
            agreed = "" if renew else file.read_text("utf-8")
            text = await stands(on, lambda marks=marks: steady(on.text()) + (marked(on) if marks else ""), agreed)
            if renew:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
            elif agreed != text:
                wrong.append(f"{file.name}:\n{text}")
            if marks:
                assert not colours(on), page
            await press(on, "escape" if page != "why" else "x")

    play(size, scene)
    assert not wrong, "renew them with --renew-screens when this is meant:\n" + "\n".join(wrong)
