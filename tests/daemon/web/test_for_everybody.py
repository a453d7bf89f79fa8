"""Pages on every screen, by keyboard, for readers of screens, and as they were looked at."""

import itertools
import json
import pathlib
import sys
from typing import Any

import pytest

from rigs import webpictures, website
from rigs.webpictures import BOXES, PLACES, UGLY
from rigs.website import PHONE, PINS, TABLET, Browser, Site, Tab, fader

SNARE = "/ch/02/mix/03/level"
STEP = 1 / 160
"""Of a send."""
TOLD = "[...document.querySelectorAll('#row [role=slider]')].map(e => [e.dataset.path, e.ariaValueText])"
TOUCHED = """[...document.querySelectorAll('button:not(:disabled),.fader')].filter(e => e.checkVisibility())
    .map(e => e.ariaLabel || e.textContent)"""
AXE = pathlib.Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"
"""Deque's rules for pages that everybody can use; bash tests/run installs it."""
LOOKED_AT = ("phone", "landscape", "large", "large-landscape", "choice", "tablet", "laptop-strip", "large-tablet",
             "desk-landscape-strip", "wall")  # fmt: skip
SCROLLED = ("large-landscape", "choice", "large-tablet", "laptop-strip", "desk-landscape-strip")
"""Where a finger scrolls down to the rest."""
TRIES = 3
"""What still moves on a busy machine stands a second later."""
AWAY_PX = 12
"""Letters are not everywhere equally wide."""


def test_a_keyboard_is_enough_and_says_what_the_desk_says(stage: Site, tab: Tab) -> None:
    before = tab.shown("Snare")
    tab.page.locator(fader("Snare")).focus()
    for _ in range(4):
        tab.page.keyboard.press("ArrowUp")
        tab.page.wait_for_timeout(50)
    tab.agree(stage, "Snare", SNARE, lambda shown: shown == pytest.approx(before + 0.05, abs=2 * STEP))
    tab.page.locator('[aria-label="Mute Snare"]').focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('[aria-label="Mute Snare"][aria-pressed=true]')
    stage.comes_to("/ch/02/mix/03/on", lambda on: on == 0)
    tab.page.keyboard.press("Enter")
    stage.comes_to("/ch/02/mix/03/on", lambda on: on == 1)


def test_every_fader_says_the_decibels_that_the_desk_writes(stage: Site, tab: Tab) -> None:
    told = tab.page.evaluate(TOLD)
    assert len(told) > 10
    for path, text in told:
        strip, _, bus = path.removesuffix("/level").rpartition("/mix/")
        written = str(stage.daemon.ask("/node", f"{strip[1:]}/mix/{bus}")[0]).split()[2]
        assert text == f"{written.replace('-oo', '−∞').replace('-', '−')} dB"


def test_tab_reaches_everything_that_a_finger_reaches(tab: Tab) -> None:
    wanted = set(tab.page.evaluate(TOUCHED))
    reached = set()
    for _ in range(2 * len(wanted)):
        tab.page.keyboard.press("Tab")
        reached.add(tab.page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"))
    assert wanted <= reached
    tab.page.focus("#more")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Escape")
    assert tab.page.evaluate("document.activeElement.id") == "more"


def away(tab: Tab, looked_at: list[list[Any]]) -> list[tuple[Any, Any]]:
    """What lies elsewhere than where it was looked at, is called otherwise, or is not there."""
    boxes = itertools.zip_longest(tab.page.evaluate(BOXES), looked_at, fillvalue=["nothing"])
    return [
        (now, then)
        for now, then in boxes
        if now[0] != then[0] or any(abs(a - b) > AWAY_PX for a, b in zip(now[1:], then[1:], strict=True))
    ]


@pytest.mark.parametrize("name", LOOKED_AT)
def test_every_page_is_as_it_was_looked_at(stage: Site, browser: Browser, name: str) -> None:
    """Renewed by `python -m rigs.webpictures FOLDER`, whose photographs are to be looked at."""
    place = PLACES[name]
    tab = webpictures.opened(stage, browser, place)
    looked_at = json.loads(webpictures.KNOWN.read_text("utf-8"))[name]
    website.wait_for(lambda: away(tab, looked_at) == [], lambda: str(away(tab, looked_at)))
    boxes = tab.page.evaluate(BOXES)
    if place.path != "wall":
        assert [box for box in boxes[1:] if min(box[3:]) < 44] == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= place.size[0]
    if name not in SCROLLED:
        assert [box for box in boxes if box[2] < 0 or box[2] + box[4] > place.size[1] + 1] == []
    assert tab.page.evaluate(UGLY) == []
    assert tab.faults == []
    tab.close()


PANELS = tuple(f"#panels >> text={name}" for name in ("Strip", "Effects", "Scenes", "Recorder", "People"))
AWAITED = {"mix/5": "#pin[open]", "": "h1", "codes": "svg"}
"""What stands on pages that nobody has opened, or that have no fader."""


@pytest.mark.parametrize(("path", "size", "scheme", "presses"), [
    ("mix/3", PHONE, "light", ("", "#more", "#order")), ("mix/5", PHONE, "light", ("",)),
    ("wall", TABLET, "dark", ("",)), ("desk", TABLET, "dark", ("", *PANELS)), ("desk", PHONE, "light", PANELS),
    ("", PHONE, "light", ("",)), ("codes", TABLET, "dark", ("",)),
])  # fmt: skip
def test_axe_finds_nothing(
    stage: Site, browser: Browser, path: str, size: tuple[int, int], scheme: str, presses: tuple[str, ...]
) -> None:
    """On each page, in its dialogs; the page of mix 5 asks for its PIN."""
    tab = browser(size, color_scheme=scheme)
    if path in AWAITED:
        tab.page.goto(f"http://{stage.host}/{path}")
        tab.page.wait_for_selector(AWAITED[path])
    else:
        tab.open(f"http://{stage.host}/{path}", {"desk": PINS["engineer"], "mix/3": PINS["bus/03"]}.get(path, ""))
    tab.page.evaluate(AXE.read_text("utf-8"))
    for press in presses:
        if press:
            tab.page.click(press)
            tab.page.wait_for_timeout(300)
        for _ in range(TRIES):
            if not (found := tab.page.evaluate("axe.run()")["violations"]):
                break
            tab.page.wait_for_timeout(1000)
        assert [(press, each["id"], each["nodes"][0]["html"][:90]) for each in found] == []
    tab.close()
