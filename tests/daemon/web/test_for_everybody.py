"""Pages on every screen, by keyboard, for readers of screens, and as they were looked at."""

import json
import pathlib
import sys

import pytest

from rigs import webpictures
from rigs.webpictures import BOXES, PLACES, UGLY
from rigs.website import PINS, TABLET, Browser, Site, Tab, fader

SNARE = "/ch/02/mix/03/level"
STEP = 1 / 160
"""Of a send."""
TOLD = "[...document.querySelectorAll('#row [role=slider]')].map(e => [e.dataset.path, e.ariaValueText])"
AXE = pathlib.Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"
"""Deque's rules for pages that everybody can use; bash tests/run installs it."""
LOOKED_AT = ("phone", "landscape", "tablet", "laptop-strip", "wall")
SCROLLED = ("laptop-strip",)
"""Where a finger scrolls down to the rest."""
AWAY_PX = 12
"""Letters are not everywhere equally wide."""


def test_a_keyboard_is_enough_and_says_what_the_desk_says(stage: Site, tab: Tab) -> None:
    before = tab.shown("Snare")
    tab.page.locator(fader("Snare")).focus()
    for _ in range(4):
        tab.page.keyboard.press("ArrowUp")
        tab.page.wait_for_timeout(50)
    tab.agree(stage, "Snare", SNARE)
    assert tab.shown("Snare") == pytest.approx(before + 0.05, abs=2 * STEP)
    tab.page.locator('[aria-label="Mute Snare"]').focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('[aria-label="Mute Snare"][aria-pressed=true]')
    assert stage.daemon.ask_for("/ch/02/mix/03/on") == [0]
    tab.page.keyboard.press("Enter")


def test_every_fader_says_the_decibels_that_the_desk_writes(stage: Site, tab: Tab) -> None:
    told = tab.page.evaluate(TOLD)
    assert len(told) > 10
    for path, text in told:
        strip, _, bus = path.removesuffix("/level").rpartition("/mix/")
        written = str(stage.daemon.ask("/node", f"{strip[1:]}/mix/{bus}")[0]).split()[2]
        assert text == f"{written.replace('-oo', '−∞').replace('-', '−')} dB"


@pytest.mark.parametrize("name", LOOKED_AT)
def test_every_page_is_as_it_was_looked_at(stage: Site, browser: Browser, name: str) -> None:
    """Renewed by `python -m rigs.webpictures FOLDER`, whose photographs are to be looked at."""
    place = PLACES[name]
    tab = webpictures.opened(stage, browser, place)
    boxes = tab.page.evaluate(BOXES)
    if place.path != "wall":
        assert [box for box in boxes[1:] if min(box[3:]) < 44] == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= place.size[0]
    if name not in SCROLLED:
        assert [box for box in boxes if box[2] < 0 or box[2] + box[4] > place.size[1] + 1] == []
    assert tab.page.evaluate(UGLY) == []
    looked_at = json.loads(webpictures.KNOWN.read_text("utf-8"))[name]
    assert [box[0] for box in boxes] == [box[0] for box in looked_at]
    moved = [(now, then) for now, then in zip(boxes, looked_at, strict=True)
             if any(abs(a - b) > AWAY_PX for a, b in zip(now[1:], then[1:], strict=True))]  # fmt: skip
    assert moved == []
    assert tab.faults == []
    tab.close()


@pytest.mark.parametrize(("path", "pin", "scheme"), [
    ("mix/3", PINS["bus/03"], "light"), ("desk", PINS["engineer"], "dark"), ("wall", "", "dark"),
])  # fmt: skip
def test_axe_finds_nothing(stage: Site, browser: Browser, path: str, pin: str, scheme: str) -> None:
    tab = browser(TABLET, color_scheme=scheme).open(f"http://{stage.host}/{path}", pin)
    if path == "desk":
        tab.page.click("#panels >> text=Strip")
        tab.page.wait_for_selector("#curve")
    tab.page.evaluate(AXE.read_text("utf-8"))
    found = tab.page.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:90]) for each in found] == []
    tab.close()
