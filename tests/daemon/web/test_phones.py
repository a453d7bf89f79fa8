"""Pages in a real Chromium, with fingers, on a running daemon."""

import os
import pathlib
import random
import signal
import sys
import time
from collections.abc import Iterator

import playwright.sync_api as playwright
import pytest

from rigs import website
from rigs.website import LANDSCAPE, PHONE, PINS, TABLET, WALL, Site, Tab

pytestmark = pytest.mark.skipif(website.CHROMIUM is None, reason="no Chromium here: bash tests/run installs it")

SNARE, GUITAR = "/ch/02/mix/03/level", "/ch/08/mix/03/level"
STEP = 1 / 160
"""Of a send."""
PANS = int(os.environ.get("FADERD_PANS", "8"))
AXE = pathlib.Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"
"""Deque's rules for pages that everybody can use; bash tests/run installs it."""


def fader(name: str) -> str:
    return f'[role=slider][aria-label="{name}"]'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with website.site(tmp_path_factory.mktemp("pages")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with website.chromium() as found:
        yield found


@pytest.fixture
def tab(desk: Site, browser: playwright.Browser) -> Iterator[Tab]:
    """A musician's phone, its PIN typed."""
    found = Tab(browser).open(f"http://{desk.host}/mix/3", PINS["bus/03"])
    found.said.clear()
    yield found
    found.close()
    assert found.faults == []


def shown(tab: Tab, name: str) -> float:
    """Where a page shows a fader."""
    return float(tab.page.locator(fader(name)).get_attribute("aria-valuenow") or "nan")


def moves(tab: Tab) -> list[str]:
    """What a page has said that moves something."""
    return [words for words in tab.said if words.startswith('["/')]


def at(desk: Site, path: str) -> float:
    return float(desk.daemon.ask_for(path)[0])  # type: ignore[arg-type]


def agree(desk: Site, tab: Tab, name: str, path: str) -> None:
    """Wait until page and desk say the same."""
    until = time.monotonic() + 20
    while abs(shown(tab, name) - at(desk, path)) > 1e-3 and time.monotonic() < until:
        time.sleep(0.05)
    assert shown(tab, name) == pytest.approx(at(desk, path), abs=1e-3)


# --- fingers ------------------------------------------------------------------------------------------


def test_a_touch_does_not_move_a_fader(desk: Site, tab: Tab) -> None:
    before, (x, y) = at(desk, SNARE), tab.middle(fader("Snare"))
    tab.touch("start", (x, y - 150))
    for jitter in (1, -1, 3, -4, 2, 0):
        tab.touch("move", (x + jitter / 2, y - 150 + jitter))
        tab.page.wait_for_timeout(150)
    tab.touch("end")
    assert moves(tab) == []
    assert at(desk, SNARE) == before


def test_a_drag_moves_a_fader_by_as_much_and_page_and_desk_agree(desk: Site, tab: Tab) -> None:
    before = shown(tab, "Snare")
    tab.drag(tab.middle(fader("Snare")), (0, -100))
    agree(desk, tab, "Snare", SNARE)
    travel = tab.page.evaluate(f"document.querySelector('{fader('Snare')}').clientHeight - 48")
    assert shown(tab, "Snare") - before == pytest.approx((100 - 10) / travel, abs=2 * STEP)  # the first step is slop
    tab.page.click("#undo")
    tab.page.wait_for_timeout(300)
    agree(desk, tab, "Snare", SNARE)
    assert shown(tab, "Snare") == pytest.approx(before, abs=STEP)


def test_nothing_moves_under_a_resting_finger(desk: Site, tab: Tab) -> None:
    """What others do meanwhile is shown beside it, and holds when the finger goes."""
    tab.touch("start", tab.middle(fader("Snare")))
    before = shown(tab, "Snare")
    desk.daemon.send(SNARE, 0.875)
    tab.page.wait_for_timeout(500)
    assert shown(tab, "Snare") == before
    assert tab.page.locator(f"{fader('Snare')} .ghost").is_visible()
    tab.touch("end")
    agree(desk, tab, "Snare", SNARE)
    assert shown(tab, "Snare") == pytest.approx(0.875, abs=STEP)
    assert moves(tab) == []


def test_two_fingers_move_two_faders(desk: Site, tab: Tab) -> None:
    one, two = tab.middle(fader("Snare")), tab.middle(fader("My pack"))
    before = shown(tab, "Snare"), shown(tab, "My pack")
    tab.touch("start", one, two)
    for step in range(1, 9):
        tab.touch("move", (one[0], one[1] + 8 * step), (two[0], two[1] + 12 * step))
    tab.touch("end")
    agree(desk, tab, "Snare", SNARE)
    agree(desk, tab, "My pack", "/bus/03/mix/fader")
    assert shown(tab, "Snare") < before[0] - 0.05
    assert shown(tab, "My pack") < before[1] - 0.05


def test_scrolling_moves_nothing(desk: Site, tab: Tab) -> None:
    choice, before = random.Random(1), desk.revision()
    row = tab.page.locator("#row").bounding_box()
    assert row
    for _ in range(PANS):
        start = (row["x"] + choice.uniform(40, row["width"] - 40), row["y"] + choice.uniform(10, 50))
        tab.drag(start, (choice.uniform(-180, 180), choice.uniform(-30, 30)), 6)
    tab.drag((row["x"] + 200, row["y"] + 20), (-150, 0), 6)
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("document.querySelector('#row').scrollLeft") > 0
    assert moves(tab) == []
    assert desk.changes(before) == []


def test_a_locked_page_moves_nothing_and_a_tap_does_not_unlock_it(desk: Site, tab: Tab) -> None:
    x, y = tab.middle("#lock")
    tab.touch("start", (x, y))
    tab.page.wait_for_timeout(1200)
    tab.touch("end")
    assert tab.page.get_attribute("#lock", "aria-pressed") == "true"
    tab.page.tap("#lock")
    tab.drag(tab.middle(fader("Snare")), (0, 80))
    tab.page.tap('[aria-label="Mute Snare"]')
    tab.page.wait_for_timeout(200)
    assert moves(tab) == []


# --- what is sent, and when ---------------------------------------------------------------------------


def test_the_first_fader_takes_one_document_and_one_socket(desk: Site, browser: playwright.Browser) -> None:
    """At 400 kbit/s, 150 ms and a slow phone; in bytes, since how long it takes is the machine's."""
    tab = Tab(browser)
    tab.devtools.send("Network.enable")
    asked: list[str] = []
    weight = [0]
    tab.devtools.on("Network.requestWillBeSent", lambda told: asked.append(told["request"]["url"]))
    tab.devtools.on("Network.webSocketCreated", lambda told: asked.append(told["url"]))
    tab.devtools.on("Network.loadingFinished", lambda told: weight.append(told["encodedDataLength"]))
    tab.devtools.on(
        "Network.webSocketFrameReceived", lambda told: weight.append(len(told["response"]["payloadData"].encode()))
    )
    tab.devtools.send("Network.emulateNetworkConditions",
                      {"offline": False, "latency": 150, "downloadThroughput": 50_000, "uploadThroughput": 50_000})
    tab.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.open(f"http://{desk.host}/mix/3", PINS["bus/03"])
    tab.page.wait_for_selector(fader("Snare"))
    own = f"//{desk.host}/"
    # A socket that takes longer than two seconds to open is given up for another one.
    assert {each for each in asked if not each.startswith("data:")} == {f"http:{own}mix/3", f"ws:{own}socket/3"}
    assert sum(weight) < 25_000
    tab.close()


def test_the_last_mix_comes_back_without_typing(desk: Site, tab: Tab) -> None:
    tab.page.reload()
    tab.live()
    assert tab.page.locator("#pin[open]").count() == 0
    assert tab.page.title() == "Guitar"


def test_names_are_text(desk: Site, tab: Tab) -> None:
    name = "<img src=x>"
    before = desk.daemon.ask_for("/ch/02/config/name")[0]
    desk.daemon.send("/ch/02/config/name", name)
    tab.page.wait_for_selector(fader(name))
    assert tab.page.locator("section b", has_text=name).count() == 1
    assert tab.page.locator("img").count() == 0
    desk.daemon.send("/ch/02/config/name", str(before))


def test_an_order_and_a_choice_of_my_own_outlive_the_page(desk: Site, tab: Tab) -> None:
    tab.page.click("#more")
    tab.page.click("#order")
    tab.page.click('[aria-label="Hide Hat"]')
    tab.page.click('[aria-label="Snare earlier"]')
    tab.page.click('[aria-label="Me Guitar"]')
    tab.page.reload()
    tab.live()
    names = tab.page.locator("#row section > b").all_text_contents()
    assert names[:3] == ["Snare", "Kick", "Tom"]
    assert "★ Guitar" in names
    before = at(desk, GUITAR)
    tab.page.click('[aria-label="Me up 1 dB"]')
    until = time.monotonic() + 10
    while at(desk, GUITAR) == before and time.monotonic() < until:
        time.sleep(0.05)
    assert at(desk, GUITAR) == pytest.approx(before + 0.025, abs=2 * STEP)


def test_pan_comes_with_a_stereo_bus(desk: Site, tab: Tab) -> None:
    assert tab.page.locator(fader("Pan Snare")).count() == 0
    desk.daemon.send("/config/buslink/3-4", 1)
    tab.page.wait_for_selector(fader("Pan Snare"))
    tab.page.wait_for_timeout(300)
    tab.drag(tab.middle(fader("Pan Snare")), (20, 0))
    agree(desk, tab, "Pan Snare", "/ch/02/mix/03/pan")
    assert at(desk, "/ch/02/mix/03/pan") > 0.55
    desk.daemon.send("/config/buslink/3-4", 0)


# --- when things break --------------------------------------------------------------------------------


def test_frozen_it_says_so_and_heals(desk: Site, tab: Tab) -> None:
    web = desk.web_process()
    os.kill(web, signal.SIGSTOP)
    try:
        tab.page.locator("#note", has_text="Connection lost").wait_for()
        assert tab.page.locator("body.stale").count() == 1
        desk.daemon.send(SNARE, 0.3)
    finally:
        os.kill(web, signal.SIGCONT)
    tab.live()
    agree(desk, tab, "Snare", SNARE)
    assert moves(tab) == []


def test_back_from_sleep_it_is_right_and_has_moved_nothing(desk: Site, tab: Tab) -> None:
    tab.devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    for value in (0.1, 0.2, 0.6):
        desk.daemon.send(SNARE, value)
        time.sleep(0.3)
    tab.devtools.send("Page.setWebLifecycleState", {"state": "active"})
    tab.live()
    agree(desk, tab, "Snare", SNARE)
    assert moves(tab) == []


# --- for everybody ------------------------------------------------------------------------------------


def test_a_keyboard_is_enough_and_says_what_the_desk_says(desk: Site, tab: Tab) -> None:
    before = shown(tab, "Snare")
    tab.page.locator(fader("Snare")).focus()
    for _ in range(4):
        tab.page.keyboard.press("ArrowUp")
        tab.page.wait_for_timeout(50)
    agree(desk, tab, "Snare", SNARE)
    assert shown(tab, "Snare") == pytest.approx(before + 0.05, abs=2 * STEP)
    written = str(desk.daemon.ask("/node", "ch/02/mix/03")[0]).split()[2]
    told = tab.page.locator(fader("Snare")).get_attribute("aria-valuetext") or ""
    assert float(told.removesuffix(" dB").replace("−", "-")) == float(written)
    tab.page.locator('[aria-label="Mute Snare"]').focus()
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector('[aria-label="Mute Snare"][aria-pressed=true]')
    assert desk.daemon.ask_for("/ch/02/mix/03/on") == [0]
    tab.page.keyboard.press("Enter")


BOXES = """[...document.querySelectorAll('button,.fader')].filter(each => each.checkVisibility()).map(each => {
    const box = each.getBoundingClientRect()
    return [each.ariaLabel || each.textContent, box.width, box.height, box.top, box.bottom]})"""
PLACES = [("mix/3", PINS["bus/03"], PHONE), ("mix/3", PINS["bus/03"], LANDSCAPE), ("desk", PINS["engineer"], TABLET),
          ("wall", "", WALL), ("mix/3", PINS["bus/03"], (422, 422))]  # fmt: skip
"""The last one is a phone in landscape at twice the size of letters and all else."""


@pytest.mark.parametrize(("path", "pin", "size"), PLACES)
def test_everything_can_be_reached_at_every_size(
    desk: Site, browser: playwright.Browser, path: str, pin: str, size: tuple[int, int]
) -> None:
    tab = Tab(browser, size).open(f"http://{desk.host}/{path}", pin)
    boxes = tab.page.evaluate(BOXES)
    small = [box for box in boxes if box[1] < 44 or box[2] < 44]
    outside = [box for box in boxes if box[3] < 0 or box[4] > size[1] + 1]
    assert small == []
    assert outside == []
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert tab.faults == []
    tab.close()


@pytest.mark.parametrize(("path", "pin", "scheme"), [
    ("mix/3", PINS["bus/03"], "light"), ("desk", PINS["engineer"], "dark"), ("wall", "", "dark"),
])  # fmt: skip
def test_axe_finds_nothing(desk: Site, browser: playwright.Browser, path: str, pin: str, scheme: str) -> None:
    tab = Tab(browser, TABLET, color_scheme=scheme).open(f"http://{desk.host}/{path}", pin)
    if path == "desk":
        tab.page.click("#panels >> text=Strip")
        tab.page.wait_for_selector("#curve")
    tab.page.evaluate(AXE.read_text("utf-8"))
    found = tab.page.evaluate("axe.run()")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:90]) for each in found] == []
    tab.close()


def test_the_desk_by_fingers(desk: Site, browser: playwright.Browser) -> None:
    """A fader, a bank, sends on faders, a strip with its curve, an effect with its picture, who is here."""
    tab = Tab(browser, TABLET).open(f"http://{desk.host}/desk", PINS["engineer"])
    tab.drag(tab.middle(fader("Kick")), (0, 60))
    agree(desk, tab, "Kick", "/ch/01/mix/fader")
    tab.page.click("#banks >> text=DCA")
    tab.drag(tab.middle(fader("Drums")), (0, 40))
    agree(desk, tab, "Drums", "/dca/1/fader")
    tab.page.click("#banks >> text=1–8")
    tab.page.select_option("#sends", "3")
    tab.page.wait_for_timeout(300)
    tab.drag(tab.middle(fader("Kick")), (0, -60))
    agree(desk, tab, "Kick", "/ch/01/mix/03/level")
    tab.page.click('[aria-label="Edit Snare"]')
    tab.page.wait_for_selector("#curve")
    tab.page.select_option('[id="set/ch/02/gate/mode"]', "1")
    until = time.monotonic() + 10
    while desk.daemon.ask_for("/ch/02/gate/mode") != [1] and time.monotonic() < until:
        time.sleep(0.05)
    assert desk.daemon.ask_for("/ch/02/gate/mode") == [1]
    tab.page.click("#panels >> text=Effects")
    tab.page.locator("#picture", has_text="─").wait_for()
    tab.page.click("#panels >> text=People")
    assert "desk · 127.0.0.1" in tab.page.locator("#side li").all_text_contents()
    assert tab.faults == []
    tab.close()
