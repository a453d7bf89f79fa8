"""Phones that sleep, freeze, lose packets, walk away and read nothing: what they show is right again."""

import contextlib
import os
import pathlib
import signal
import time

import pytest
from websockets.exceptions import ConnectionClosed

from daemon.web import serve
from rigs import badlink, pagecrowd, website
from rigs.website import PINS, Browser, Site, Tab, told

CUT_S, LOSS_S, SLEEP_S, CROWD_S = (
    float(os.environ.get(f"FADERD_{name}_S", usual))
    for name, usual in (("CUT", "2.5"), ("LOSS", "3"), ("SLEEP", "3"), ("CROWD", "5"))
)
"""Once in a while for longer: 5, 120, 30 and 60 seconds."""


def test_freeze_and_heal(stage: Site, tab: Tab) -> None:
    web = stage.web_process()
    badlink.trouble(stage, tab, lambda: os.kill(web, signal.SIGSTOP), lambda: os.kill(web, signal.SIGCONT), CUT_S)
    assert tab.moves() == []


def test_a_way_that_is_cut_and_loses_packets_heals(stage: Site, browser: Browser, tmp_path: pathlib.Path) -> None:
    """In a network of its own where this may be made; what the page shows is what the desk says, every time."""
    with badlink.link(tmp_path, stage) as way, browser.elsewhere(way.program) as there:
        tab = there().open(f"http://{way.host}/mix/3", PINS["bus/03"])
        tab.said.clear()
        badlink.trouble(stage, tab, way.cut, way.heal, CUT_S)
        assert tab.moves() == []
        badlink.losses(stage, tab, way, LOSS_S)
        assert tab.moves() != []
        way.heal()
        assert [fault for fault in tab.faults if "WebSocket connection" not in fault] == []
        tab.close()


def test_sleep(stage: Site, tab: Tab) -> None:
    """Back from it a page is right, and has moved nothing."""
    tab.devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    until = time.monotonic() + SLEEP_S
    while time.monotonic() < until:
        badlink.change(stage, tab)
        time.sleep(0.5)
    wanted = {path: stage.at(path) for path in tab.state()}
    tab.devtools.send("Page.setWebLifecycleState", {"state": "active"})
    badlink.right(tab, wanted)
    assert tab.moves() == []


def test_a_finger_that_moves_while_nobody_hears_is_not_heard_later(stage: Site, tab: Tab) -> None:
    web = stage.web_process()
    os.kill(web, signal.SIGSTOP)
    try:
        tab.page.locator("#note", has_text="Connection lost").wait_for()
        wanted = {path: stage.at(path) for path in tab.state()}
        tab.drag(tab.middle(website.fader("Snare")), (0, 80))
    finally:
        os.kill(web, signal.SIGCONT)
    badlink.right(tab, wanted)
    assert tab.moves() == []
    assert stage.at("/ch/02/mix/03/level") == wanted["/ch/02/mix/03/level"]


def test_twenty_pages_and_a_dead_one(stage: Site) -> None:
    """Who reads nothing keeps 8 kB at most, and no other page misses a meter."""
    frames, moves = round(10 * CROWD_S), round(2 * CROWD_S)
    heard = pagecrowd.twenty(stage, CROWD_S, frames, moves)
    assert 0 < heard.most_kept <= 8192
    assert heard.skipped == 0
    assert min(heard.frames) >= frames
    assert min(heard.moves) >= moves


def test_each_page_is_an_own_client_of_the_desk(stage: Site) -> None:
    """One socket for each browser, which is what it may do, and one that only reads for all of them."""
    stage.is_left()
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            told(stack.enter_context(stage.page("9")), "build")
        assert website.udp_sockets(stage.web_process()) == 1 + 5


def test_the_sixty_fifth_page_is_told_that_it_is_full_and_an_engineer_has_a_place(
    stage: Site, browser: Browser
) -> None:
    """A wall gives its place to somebody who mixes; a page that waits comes in as soon as another one has left."""
    full = "Full: wait until another phone has left"
    stage.is_left()
    with contextlib.ExitStack() as stack:
        wall, *pages = [stack.enter_context(stage.page(name)) for name in ["wall"] + ["9"] * (serve.MOST_PHONES - 1)]
        for page in (wall, *pages):
            told(page, "build")
        with stage.page("wall") as late, pytest.raises(ConnectionClosed, match=full):
            told(late, "never")
        told(stack.enter_context(stage.page("9")), "build")
        with pytest.raises(ConnectionClosed):
            told(wall, "never")
        tab = browser()
        tab.page.goto(f"http://{stage.host}/mix/9")
        tab.page.locator("#note", has_text=full).wait_for()
        with stage.logged_in("desk", PINS["engineer"]) as (_, hello):
            assert len(hello["who"]) >= serve.MOST_PHONES
    tab.live()
    tab.close()
