"""Pages in a real Chromium, with fingers, on a running daemon."""

import json
import os
import random
import time
from typing import Any

import pytest

from rigs.website import PINS, TABLET, Browser, Site, Tab, fader

SNARE, GUITAR = "/ch/02/mix/03/level", "/ch/08/mix/03/level"
STEP = 1 / 160
"""Of a send."""
TEXT = 1
"""What a frame of a socket is that holds words."""
PANS = int(os.environ.get("FADERD_PANS", "8"))


# --- fingers ------------------------------------------------------------------------------------------


def test_a_touch_does_not_move_a_fader(stage: Site, tab: Tab) -> None:
    before, revision, (x, y) = stage.at(SNARE), stage.revision(), tab.middle(fader("Snare"))
    tab.touch("start", (x, y - 150))
    for jitter in (1, -1, 3, -4, 2, 0, 5, -5):
        tab.touch("move", (x + jitter / 2, y - 150 + jitter * 0.8))
        tab.page.wait_for_timeout(250)
    tab.touch("end")
    assert tab.moves() == []
    assert stage.at(SNARE) == before
    assert stage.changes(revision) == []


def test_a_drag_moves_a_fader_by_as_much_and_page_and_desk_agree(stage: Site, tab: Tab) -> None:
    before = tab.shown("Snare")
    tab.drag(tab.middle(fader("Snare")), (0, -100))
    travel = tab.page.evaluate(f"document.querySelector('{fader('Snare')}').clientHeight - 48")
    moved = before + (100 - 10) / travel  # the first step is slop
    tab.agree(stage, "Snare", SNARE, lambda shown: shown == pytest.approx(moved, abs=2 * STEP))
    tab.page.click("#undo")
    tab.agree(stage, "Snare", SNARE, lambda shown: shown == pytest.approx(before, abs=STEP))


def test_nothing_moves_under_a_resting_finger(stage: Site, tab: Tab) -> None:
    """What others do meanwhile is shown beside it, and holds when the finger goes."""
    tab.touch("start", tab.middle(fader("Snare")))
    before = tab.shown("Snare")
    stage.daemon.send(SNARE, 0.875)
    tab.page.locator(f"{fader('Snare')} .ghost").wait_for()
    tab.page.wait_for_timeout(500)
    assert tab.shown("Snare") == before
    tab.touch("end")
    tab.agree(stage, "Snare", SNARE, lambda shown: shown == pytest.approx(0.875, abs=STEP))
    assert tab.moves() == []


def test_two_fingers_move_two_faders(stage: Site, tab: Tab) -> None:
    one, two = tab.middle(fader("Snare")), tab.middle(fader("My pack"))
    before = tab.shown("Snare"), tab.shown("My pack")
    tab.touch("start", one, two)
    for step in range(1, 9):
        tab.touch("move", (one[0], one[1] + 8 * step), (two[0], two[1] + 12 * step))
    tab.touch("end")
    tab.agree(stage, "Snare", SNARE, lambda shown: shown < before[0] - 0.05)
    tab.agree(stage, "My pack", "/bus/03/mix/fader", lambda shown: shown < before[1] - 0.05)


def test_scrolling_moves_nothing(stage: Site, tab: Tab) -> None:
    choice, before = random.Random(1), stage.revision()
    row = tab.page.locator("#row").bounding_box()
    assert row
    for _ in range(PANS):
        start = (row["x"] + choice.uniform(40, row["width"] - 40), row["y"] + choice.uniform(10, 50))
        tab.drag(start, (choice.uniform(-180, 180), choice.uniform(-30, 30)), 6)
    tab.drag((row["x"] + 200, row["y"] + 20), (-150, 0), 6)
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("document.querySelector('#row').scrollLeft") > 0
    assert tab.moves() == []
    assert stage.changes(before) == []


def test_a_finger_that_begins_beside_a_fader_does_not_move_it(stage: Site, tab: Tab) -> None:
    """A browser gives what is touched within a few millimetres of a control to the control."""
    box = tab.page.locator(fader("Snare")).bounding_box()
    assert box
    for above in (4, 8):
        tab.drag((box["x"] + box["width"] / 2, box["y"] - above), (0, 60))
    tab.page.wait_for_timeout(200)
    assert tab.moves() == []


def test_a_locked_page_moves_nothing_and_a_tap_does_not_unlock_it(stage: Site, tab: Tab) -> None:
    x, y = tab.middle("#lock")
    tab.touch("start", (x, y))
    tab.page.wait_for_timeout(1200)
    tab.touch("end")
    assert tab.page.get_attribute("#lock", "aria-pressed") == "true"
    tab.page.tap("#lock")
    tab.drag(tab.middle(fader("Snare")), (0, 80))
    tab.page.tap('[aria-label="Mute Snare"]')
    tab.page.wait_for_timeout(200)
    assert tab.moves() == []


# --- what is sent, and when ---------------------------------------------------------------------------


def weight_of(opcode: int, payloadData: str, **_: Any) -> int:
    """Bytes of words; meters come as long as a busy machine takes, and the first fader waits for none of them."""
    return len(payloadData.encode()) if opcode == TEXT else 0


def test_the_first_fader_takes_one_document_and_one_socket(stage: Site, browser: Browser) -> None:
    """At 400 kbit/s, 150 ms and a slow phone; in bytes, since how long it takes is the machine's."""
    tab = browser()
    tab.devtools.send("Network.enable")
    asked: list[str] = []
    weight = [0]
    tab.devtools.on("Network.requestWillBeSent", lambda told: asked.append(told["request"]["url"]))
    tab.devtools.on("Network.webSocketCreated", lambda told: asked.append(told["url"]))
    tab.devtools.on("Network.loadingFinished", lambda told: weight.append(told["encodedDataLength"]))
    tab.devtools.on(
        "Network.webSocketFrameReceived",
        lambda told: weight.append(weight_of(**told["response"])),
    )
    tab.devtools.send("Network.emulateNetworkConditions",
                      {"offline": False, "latency": 150, "downloadThroughput": 50_000, "uploadThroughput": 50_000})
    tab.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.open(f"http://{stage.host}/mix/3", PINS["bus/03"])
    tab.page.wait_for_selector(fader("Snare"))
    own = f"//{stage.host}/"
    # A socket that takes longer than two seconds to open is given up for another one.
    assert {each for each in asked if not each.startswith("data:")} == {f"http:{own}mix/3", f"ws:{own}socket/3"}
    assert sum(weight) < 25_000
    tab.close()


def test_the_last_mix_comes_back_without_typing_for_a_week(stage: Site, tab: Tab) -> None:
    """By a ticket; the PIN itself stays nowhere on the phone."""
    tab.page.reload()
    tab.live()
    assert tab.page.locator("#pin[open]").count() == 0
    assert tab.page.title() == "Guitar"
    (ticket,) = tab.context.cookies(f"http://{stage.host}/socket/3")
    assert ticket["expires"] == pytest.approx(time.time() + 604_800, abs=60)
    assert tab.context.cookies(f"http://{stage.host}/socket/33") == []
    assert PINS["bus/03"] not in tab.page.evaluate("JSON.stringify(localStorage)") + json.dumps(ticket)
    tab.page.click("#more")
    tab.page.click("#forget")
    tab.page.wait_for_selector("#pin[open]")


def test_two_phones_with_one_mix_are_told_whose_move_it_was(stage: Site, browser: Browser, tab: Tab) -> None:
    other = browser(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X)")
    other.open(f"http://{stage.host}/mix/3", PINS["bus/03"])
    other.drag(other.middle(fader("Snare")), (0, -60))
    tab.page.locator(f"{fader('Snare')} .by", has_text="iPhone .1").wait_for()
    tab.agree(stage, "Snare", SNARE)
    assert other.page.locator(".by").count() == 0
    stage.daemon.send(GUITAR, 0.55 if stage.at(GUITAR) < 0.5 else 0.45)
    other.page.locator(f"{fader('Guitar')} .by", has_text="Desk").wait_for()
    tab.page.locator(f"{fader('Snare')} .by").wait_for(state="hidden")
    other.page.click("#undo")
    tab.page.locator(f"{fader('Snare')} .by", has_text="iPhone .1").wait_for()
    assert other.page.locator(".by").count() == 1
    other.close()


def test_names_are_text(stage: Site, tab: Tab) -> None:
    name = "<img src=x>"
    before = stage.daemon.ask_for("/ch/02/config/name")[0]
    stage.daemon.send("/ch/02/config/name", name)
    tab.page.wait_for_selector(fader(name))
    assert tab.page.locator("section b", has_text=name).count() == 1
    assert tab.page.locator("img").count() == 0
    stage.daemon.send("/ch/02/config/name", str(before))


def test_an_order_and_a_choice_of_my_own_outlive_the_page(stage: Site, tab: Tab) -> None:
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
    before = stage.at(GUITAR)
    tab.page.click('[aria-label="Me up 1 dB"]')
    stage.comes_to(GUITAR, lambda level: level == pytest.approx(before + 0.025, abs=2 * STEP))


def test_pan_comes_with_a_stereo_bus(stage: Site, tab: Tab) -> None:
    assert tab.page.locator(fader("Pan Snare")).count() == 0
    stage.daemon.send("/config/buslink/3-4", 1)
    tab.page.wait_for_selector(fader("Pan Snare"))
    tab.page.wait_for_timeout(300)
    tab.drag(tab.middle(fader("Pan Snare")), (20, 0))
    tab.agree(stage, "Pan Snare", "/ch/02/mix/03/pan", lambda shown: shown > 0.55)
    stage.daemon.send("/config/buslink/3-4", 0)


def test_the_desk_by_fingers(stage: Site, browser: Browser) -> None:
    """A fader, a bank, sends on faders, a strip with its curve, an effect with its picture, who is here."""
    tab = browser(TABLET).open(f"http://{stage.host}/desk", PINS["engineer"])
    before = tab.shown("Kick")
    tab.drag(tab.middle(fader("Kick")), (0, 60))
    tab.agree(stage, "Kick", "/ch/01/mix/fader", lambda shown: shown < before)
    tab.page.click("#banks >> text=DCA")
    group = tab.shown("Drums")
    tab.drag(tab.middle(fader("Drums")), (0, 40))
    tab.agree(stage, "Drums", "/dca/1/fader", lambda shown: shown < group)
    tab.page.click("#banks >> text=1–8")
    tab.page.select_option("#sends", "3")
    tab.agree(stage, "Kick", "/ch/01/mix/03/level")
    send = tab.shown("Kick")
    tab.drag(tab.middle(fader("Kick")), (0, -60))
    tab.agree(stage, "Kick", "/ch/01/mix/03/level", lambda shown: shown > send)
    tab.page.click('[aria-label="Edit Snare"]')
    tab.page.wait_for_selector("#curve")
    tab.page.select_option('[id="set/ch/02/gate/mode"]', "1")
    stage.comes_to("/ch/02/gate/mode", lambda mode: mode == 1)
    tab.page.click("#panels >> text=Effects")
    tab.page.locator("#picture", has_text="─").wait_for()
    tab.page.click("#panels >> text=People")
    tab.page.locator("#side li", has_text="desk · PC · 127.0.0.1").first.wait_for()
    tab.page.click("#side >> text=Forget the PIN here")
    tab.page.wait_for_selector("#pin[open]")
    assert tab.faults == []
    tab.close()


# --- warnings, and what is not let in -----------------------------------------------------------------


def test_a_browser_runs_no_script_and_loads_no_picture_that_is_not_its_own(
    stage: Site, browser: Browser
) -> None:
    tab = browser().open(f"http://{stage.host}/mix/9")
    refused = tab.page.evaluate("""async () => {
        const found = []
        document.addEventListener('securitypolicyviolation', e => found.push(e.effectiveDirective))
        document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.owned = 1'}))
        document.body.append(Object.assign(document.createElement('img'), {src: 'http://elsewhere.example/a.png'}))
        document.body.append(Object.assign(document.createElement('iframe'), {src: 'http://elsewhere.example/'}))
        await fetch('http://elsewhere.example/').catch(() => 0)
        await new Promise(done => setTimeout(done, 300))
        return [found.sort(), window.owned]}""")
    assert refused == [["connect-src", "frame-src", "img-src", "script-src-elem"], None]
    tab.close()
    outside = browser()
    outside.page.set_content(f'<iframe src="http://{stage.host}/mix/9"></iframe>')
    outside.page.wait_for_timeout(500)
    assert outside.page.frames[-1].locator("#note").count() == 0
    outside.close()
