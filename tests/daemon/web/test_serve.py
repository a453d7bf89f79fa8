"""Pages of a running daemon, without a browser: a PIN gives one mix and nothing else, and foreign pages are refused."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from daemon.web import kept, mix, pages, phone
from dsp.table import TABLE
from rigs import website
from rigs.website import PATIENCE_S, PINS, Site, told, told_of

QUIETEST_LUFS = -70  # BS.1770: what is below is not heard
OWN, OTHER, FADER = "/ch/05/mix/03/level", "/ch/05/mix/04/level", "/ch/05/mix/fader"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with website.site(tmp_path_factory.mktemp("web")) as found:
        yield found


def test_a_page_begins_with_a_question_and_after_the_pin_with_the_whole_mix(desk: Site) -> None:
    with desk.page() as browser:
        assert told(browser, "pin") == {"pin": "", "name": "Guitar", "build": pages.build()}
    with desk.logged_in() as (browser, hello):
        assert hello["bus"] == 3
        assert hello["values"]["/ch/05/config/name"][0] == desk.daemon.ask_for("/ch/05/config/name")[0]
        assert hello["strips"] == list(mix.STRIPS)
        while isinstance(frame := browser.recv(PATIENCE_S), str):
            pass
        assert frame[:2] == bytes([13, 48])
        assert len(frame) == 4 + 48


def test_a_page_moves_its_own_sends_and_is_told_what_the_desk_made_of_it(desk: Site) -> None:
    with desk.logged_in() as (browser, _):
        browser.send(json.dumps([OWN, 0.75]))
        assert told_of(browser, OWN)[1] == "0.0 dB"
        assert desk.daemon.ask_for(OWN)[0] == pytest.approx(0.75, abs=0.001)
        browser.send('["undo"]')
        assert told_of(browser, OWN)[0] != pytest.approx(0.75, abs=0.001)


def test_my_page_warns_while_the_limiter_of_my_pack_works(desk: Site) -> None:
    loud = {OWN: 1.0, "/bus/03/mix/fader": 1.0, "/ch/05/mix/fader": 1.0, "/headamp/000/gain": 1.0}
    before = {path: desk.daemon.ask_for(path)[0] for path in loud}
    with desk.logged_in() as (browser, _):
        for path, value in loud.items():
            desk.daemon.send(path, value)
        while told(browser, "limiter")["limiter"] <= 0:
            pass
        for path, value in before.items():
            desk.daemon.send(path, value)
        while told(browser, "limiter")["limiter"] > 0:
            pass


def test_my_pack_has_a_mute(desk: Site) -> None:
    path = "/bus/03/mix/on"
    with desk.logged_in() as (browser, _):
        for value in (0, 1):
            browser.send(json.dumps([path, value]))
            assert told_of(browser, path) == [value]


@pytest.mark.parametrize("path", [OTHER, FADER])
def test_a_page_cannot_touch_another_mix(desk: Site, path: str) -> None:
    before = desk.daemon.ask_for(path)
    with desk.logged_in() as (browser, _):
        browser.send(json.dumps([path, 0.9]))
        assert "musician" in told(browser, "refused")["refused"]
    assert desk.daemon.ask_for(path) == before


def test_a_mix_whose_port_the_owner_opened_asks_for_no_pin(desk: Site) -> None:
    with desk.page("9") as browser:
        assert told(browser, "build")["bus"] == 9


def test_more_me_raises_what_is_mine_and_at_its_end_lowers_all_else(desk: Site) -> None:
    mine, other = "/ch/05/mix/03/level", "/ch/08/mix/03/level"
    with desk.logged_in() as (browser, _):
        browser.send(json.dumps([mine, 0.9]))
        browser.send(json.dumps([other, 0.5]))
        browser.send(json.dumps(["mine", [4]]))
        desk.comes_to(other, lambda level: level == pytest.approx(0.5, abs=0.005))
        before = desk.at(other)
        for pressed in range(4):
            browser.send(json.dumps(["me", 1]))
            desk.comes_to(mine, lambda level, wanted=0.9 + 0.025 * (pressed + 1): level > wanted - 0.01)
        assert (desk.at(mine), desk.at(other)) == (1.0, before)
        browser.send(json.dumps(["me", 1]))
        desk.comes_to(other, lambda level: level < before)
        assert desk.at(mine) == 1.0


def test_a_group_keeps_its_balance_and_is_undone_as_one(desk: Site) -> None:
    drums = [f"/ch/{number:02}/mix/03/level" for number in (1, 2)]
    with desk.logged_in() as (browser, hello):
        assert hello["groups"][0][0] == "Drums"
        for path, value in zip(drums, (0.75, 0.5), strict=True):
            browser.send(json.dumps([path, value]))
            desk.comes_to(path, lambda level, value=value: level == pytest.approx(value, abs=0.004))
        time.sleep(1.1)  # what reaches the desk sooner is the same move of the same knob
        for said, wanted in ((json.dumps(["group", [0, 1], -3]), (0.675, 0.4625)), ('["undo"]', (0.75, 0.5))):
            browser.send(said)
            for path, value in zip(drums, wanted, strict=True):
                desk.comes_to(path, lambda level, value=value: level == pytest.approx(value, abs=0.004))


def test_as_at_soundcheck(desk: Site) -> None:
    with desk.logged_in() as (browser, _):
        browser.send(json.dumps([OWN, 0.625]))
        told_of(browser, OWN)
        browser.send('["keep"]')
        assert told(browser, "soundcheck")["soundcheck"]
        browser.send(json.dumps([OWN, 0.25]))
        told_of(browser, OWN)
        browser.send('["back"]')
        assert told_of(browser, OWN)[0] == pytest.approx(0.625, abs=0.001)


def test_a_call_is_seen_at_the_desk_and_its_answer_on_the_phone(desk: Site) -> None:
    with desk.logged_in("desk", PINS["engineer"]) as (engineer, _), desk.logged_in() as (browser, _):
        browser.send(json.dumps(["call", "Too loud"]))
        assert told(engineer, "calls")["calls"][0]["words"] == "Too loud"
        engineer.send(json.dumps(["answer", 3, "I come"]))
        while (call := told(browser, "call")["call"]) is None or not call["answer"]:
            pass
        assert call["answer"] == "I come"
        browser.send(json.dumps(["call", ""]))


def test_the_desk_shows_a_strip_its_curve_an_effect_and_who_is_here(desk: Site) -> None:
    with desk.logged_in("desk", PINS["engineer"]) as (browser, hello):
        own = {"page": "desk", "on": "Browser", "address": "127.0.0.1"}
        while own not in hello["who"]:  # with the first news, or after it
            hello = told(browser, "who")
        browser.send(json.dumps(["view", "/ch/05"]))
        gate = str(desk.daemon.ask("/node", "ch/05/gate")[0]).split()
        rows = {row[0]: row for row in told(browser, "view")["rows"]}
        assert rows["/ch/05/gate/thr"][7].replace("−", "-") == f"{gate[3]} dB"
        flat = told(browser, "curve")["curve"]
        browser.send(json.dumps(["/ch/05/eq/on", 1]))
        browser.send(json.dumps(["/ch/05/eq/2/g", 1.0]))
        until = time.monotonic() + PATIENCE_S
        curve = flat
        while max(curve) <= max(flat) + 6:
            assert time.monotonic() < until, max(curve)
            browser.send(json.dumps(["view", "/ch/05"]))
            told(browser, "view")
            curve = told(browser, "curve")["curve"]
        browser.send(json.dumps(["view", "/fx/1"]))
        assert told(browser, "picture")["effect"] == "HALL"


def test_a_mark_is_set_and_told(desk: Site) -> None:
    with desk.logged_in("desk", PINS["engineer"]) as (browser, _):
        browser.send('["rec","start"]')
        while told(browser, "rec")["rec"].get("state") != 1:
            pass
        browser.send('["rec","mark"]')
        assert told(browser, "refused")["refused"] == "Marked"
        browser.send('["rec","stop"]')
        while told(browser, "rec")["rec"].get("state") == 1:
            pass
    (journal,) = desk.state.glob("gigs/*/journal.jsonl")
    assert journal.read_text("utf-8").count('"kind": "mark"') == 1


def test_a_scene_is_looked_at_before_it_is_recalled(desk: Site) -> None:
    desk.daemon.send("/save", "scene", 7, "Song", "")
    with desk.logged_in("desk", PINS["engineer"]) as (browser, hello):
        while [7, "Song"] not in hello["scenes"]:
            hello = told(browser, "scenes")
        browser.send(json.dumps(["/ch/05/mix/fader", 0.125]))
        told_of(browser, "/ch/05/mix/fader")
        browser.send(json.dumps(["diff", 7]))
        seen = told(browser, "diff")
        assert seen["count"] == 1
        assert seen["diff"][0][0] == "/ch/05/mix/fader"
        browser.send(json.dumps(["go", 7]))
        assert told_of(browser, "/ch/05/mix/fader")[1].removesuffix(" dB").replace("−", "-") == seen["diff"][0][2]


def test_the_wall_shows_and_says_nothing(desk: Site) -> None:
    with desk.page("wall") as browser:
        hello = told(browser, "build")
        assert set(hello["rec"]) >= {"state", "left"}
        frames = (frame for frame in iter(lambda: browser.recv(PATIENCE_S), None) if isinstance(frame, bytes))
        kinds = {frame[0] for frame in itertools.islice(frames, 30)}
        assert kinds == {2, 13}
        assert told(browser, "loudness")["loudness"]["i"] > QUIETEST_LUFS  # above 0 if others here were loud for long
        browser.send('["undo"]')
        with pytest.raises(ConnectionClosed, match="not a move"):
            told(browser, "never")


# --- documents, and what outlives the process ---------------------------------------------------------


def test_a_page_that_is_here_already_is_not_sent_again(desk: Site) -> None:
    tag = re.search(r"ETag: (\S+)", desk.get("/mix/3"))
    assert tag
    assert desk.get("/mix/3", f"If-None-Match: {tag[1]}").startswith("HTTP/1.1 304")


def test_an_address_to_which_a_messenger_has_added_something_is_still_the_page(desk: Site) -> None:
    assert "<title>My mix" in desk.get("/mix/3?utm_source=chat")


def test_a_ticket_that_comes_with_the_request_opens_the_mix_at_once(desk: Site) -> None:
    """And no other; a worthless one is as none."""
    with desk.logged_in() as (browser, _):
        ticket = told(browser, "ticket")["ticket"]
    with desk.page("3", additional_headers={"Cookie": f"a=b; ticket={ticket}"}) as browser:
        news = json.loads(next(words for words in browser if isinstance(words, str)))
        assert news["bus"] == 3
        browser.send(json.dumps([OTHER, 0.9]))
        assert "musician" in told(browser, "refused")["refused"]
    for name, said in (("5", ticket), ("desk", ticket), ("3", "1796000000-" + "0" * 32)):
        with desk.page(name, additional_headers={"Cookie": f"ticket={said}"}) as browser:
            assert told(browser, "pin")["pin"] == ""


def test_the_codes_lead_to_every_mix_and_say_no_pin(desk: Site) -> None:
    sheet = desk.get("/codes")
    assert sheet.count("<svg") == 4
    assert all(f"/mix/{bus}</small></figcaption>" in sheet for bus in (3, 5, 7, 9))
    assert not any(pin in sheet.partition("\r\n\r\n")[2] for pin in PINS.values() if pin in sheet)


def test_programs_find_the_tree_of_parameters(desk: Site) -> None:
    info = json.loads(desk.get("/?HOST_INFO").partition("\r\n\r\n")[2])
    assert (info["OSC_PORT"], info["OSC_TRANSPORT"]) == (desk.daemon.port, "UDP")
    node = json.loads(desk.get(FADER).partition("\r\n\r\n")[2])
    assert node["VALUE"] == pytest.approx(desk.daemon.ask_for(FADER), abs=1e-6)
    assert (node["TYPE"], node["ACCESS"], node["RANGE"]) == ("f", 3, [{"MIN": 0.0, "MAX": 1.0}])
    for asked, status in ((f"{FADER}?VALUE", 200), (f"{FADER}?CONTENTS", 204), ("/ch/05?VALUE", 204),
                          (f"{FADER}?COLOUR", 400), ("/ch/99", 404), ("/ch/99?VALUE", 404)):  # fmt: skip
        assert desk.get(asked).startswith(f"HTTP/1.1 {status} "), asked
    tree = json.loads(desk.get("/", "Accept: application/json").partition("\r\n\r\n")[2])
    found: list[str] = []
    heap = [tree]
    while heap:
        each = heap.pop()
        heap += each.get("CONTENTS", {}).values()
        found += [each["FULL_PATH"]] * ("TYPE" in each)
    assert sorted(found) == sorted(TABLE.leaves)


def test_a_phone_that_reads_nothing_gets_no_more_than_it_can_hold() -> None:
    written: list[bytes] = []
    transport = SimpleNamespace(get_write_buffer_size=lambda: sum(map(len, written)), write=written.append)
    slow = phone.Phone(SimpleNamespace(remote_address=("10.0.0.1", 1), state=State.OPEN, transport=transport))
    for _ in range(1000):
        slow.meter(bytes(100))
    assert sum(map(len, written)) <= phone.MOST_UNSENT + 100 <= 8000


def test_what_belongs_to_a_mix_outlives_the_process(tmp_path) -> None:
    path = tmp_path / "web" / "mixes.json"
    first = kept.Kept(path)
    first.choose("bus/03", "mine", [4])
    first.keep("bus/03", {OWN: 0.5})
    again = kept.Kept(path)
    assert again.choice("bus/03") == {"order": [], "hidden": [], "mine": [4]}
    assert again.soundcheck("bus/03") == {OWN: 0.5}
    path.write_text("{")
    assert kept.Kept(path).soundcheck("bus/03") == {}


@pytest.mark.parametrize("name", ["musician", "house", "wall"])
def test_a_page_loads_nothing_from_elsewhere_and_weighs_little(name: str) -> None:
    text = pages.page(name)
    assert len(pages.respond(HTTPStatus.OK, text, packed=True).body or b"") < 15_000
    assert not re.search(r"(?:https?:)?//[a-z]|@import|innerHTML|insertAdjacentHTML", text.replace("://${location", ""))


def test_all_pages_together_weigh_less_than_eighty_kilobytes() -> None:
    texts = (pages.page(name) for name in ("musician", "house", "wall"))
    assert sum(len(pages.respond(HTTPStatus.OK, text, packed=True).body or b"") for text in texts) < 80_000


def test_without_a_mix_it_says_what_to_write(desk: Site) -> None:
    command = [sys.executable, "-m", "daemon.cli", "web", "--desk", f"127.0.0.1:{desk.daemon.port}", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 1
    assert "a PIN would keep nobody out" in done.stderr
    assert "web = true" in done.stderr


def test_killed_again_and_again_it_comes_back_and_nothing_on_the_desk_has_changed(desk: Site) -> None:
    """The last one: what was killed serves nobody."""
    before = desk.revision()
    for _ in range(int(os.environ.get("FADERD_KILLS", "2"))):
        os.kill(desk.web_process(), signal.SIGKILL)
        time.sleep(0.1)
    website.await_pages(desk)
    with desk.logged_in() as (_, hello):
        assert hello["bus"] == 3
    assert desk.changes(before) == []
