"""What is refused: other people's mixes, wrong PINs, foreign pages, too much and nonsense."""

import json
import os
import random
import re
import socket
import time
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from daemon.web import guard, serve
from daemon.wire import packet
from dsp.table import TABLE
from oracles.roles import may_set
from rigs.website import PINS, Site, told

OWN = "/ch/05/mix/03/level"
FOREIGN = int(os.environ.get("FADERD_FOREIGN", "100"))
"""Paths that a page tries; by its own socket to the desk it tries all of them."""


def test_a_musician_page_cannot_touch_another_bus(stage: Site) -> None:
    """Something of every row, by the page; then everything of the table, by the door that the pages come in by."""
    choice = random.Random(3)
    foreign = [path for path, leaf in TABLE.leaves.items()
               if TABLE.row_of(leaf).access != "ro" and not may_set("musician", (3,), path)]  # fmt: skip
    before = stage.revision()
    with stage.logged_in() as (browser, _):
        numbers = [path for path in foreign if TABLE.row_of(TABLE.leaves[path]).kind != "text"]
        for path in choice.sample(numbers, min(len(numbers), FOREIGN)):
            browser.send(json.dumps([path, 1]))
            assert told(browser, "refused")["refused"].startswith("a musician, bus 3 may not set"), path
            if FOREIGN > 1000:
                time.sleep(1 / serve.MOST_WORDS)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(120)
        way.connect(("127.0.0.1", stage.door))
        way.send(packet.build("/faderd/login", PINS["bus/03"], "bus/03"))
        assert packet.parse(way.recv(4096))[0].arguments[0] == "musician"
        for path in foreign:
            way.send(packet.build(path, "1" if TABLE.row_of(TABLE.leaves[path]).kind == "text" else 1))
            assert packet.parse(way.recv(4096))[0].arguments[0] == path
    assert stage.changes(before) == []
    assert "refused: 127.0.0.1" in stage.log()


def test_before_the_pin_nothing_is_said_to_the_desk(stage: Site) -> None:
    before = stage.revision()
    with stage.page() as browser:
        told(browser, "pin")
        browser.send(json.dumps([OWN, 1]))
        with pytest.raises(ConnectionClosed, match="say the PIN first"):
            told(browser, "never")
    assert stage.changes(before) == []


def slowed(say: Callable[[str], str], pin: str) -> bool:
    """Say a wrong PIN and at once the right one: whether that waits, or the pause was over on a busy machine."""
    began = time.monotonic()
    assert say("0000") == "wrong PIN: wait 1 s before you try again"
    answer = say(pin)
    if answer == "open":
        assert time.monotonic() > began + 1
        return False
    assert answer == "wait 1 s before you try again"
    return True


def test_wrong_pins_are_slowed(stage: Site) -> None:
    waited = False
    while not waited:
        with stage.page("5") as browser:
            def say(pin: str, browser: ClientConnection = browser) -> str:
                browser.send(json.dumps(["pin", pin]))
                return str(told(browser, "build").get("pin", "open"))

            told(browser, "pin")
            if waited := slowed(say, PINS["bus/05+bus/06"]):
                time.sleep(1.1)
                assert say(PINS["bus/05+bus/06"]) == "open"


def test_the_wrong_pins_of_one_phone_slow_no_other_and_a_mix_hears_five_a_minute(stage: Site) -> None:
    """Growing pauses for each address; nobody guesses faster by changing it."""
    def try_pin(address: str, pin: str) -> str:
        with stage.page("7", source_address=(address, 0)) as browser:
            told(browser, "pin")
            browser.send(json.dumps(["pin", pin]))
            news = told(browser, "build")
            return str(news.get("pin", "open"))

    began, wrong = time.monotonic(), 1
    while not slowed(lambda pin: try_pin("127.0.0.2", pin), PINS["bus/07"]):
        wrong += 1
    assert try_pin("127.0.0.3", PINS["bus/07"]) == "open"
    time.sleep(1.1)
    assert try_pin("127.0.0.2", "0000") == "wrong PIN: wait 2 s before you try again"
    for last in range(4 + wrong, 8):
        assert try_pin(f"127.0.0.{last}", "0000").startswith("wrong PIN")
    waits = re.fullmatch(r"wait (\d+) s before you try again", try_pin("127.0.0.9", PINS["bus/07"]))
    assert waits
    assert began + 60 - time.monotonic() - 1 < int(waits[1]) <= 60


def test_a_foreign_origin_is_refused(stage: Site) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        stage.page(origin="http://elsewhere.example")


@pytest.mark.parametrize(("path", "host", "status"), [
    ("/mix/3", "elsewhere.example", 421), ("/mix/3", "[::", 421), ("/mix/" + "9" * 5000, "localhost", 404),
    ("/mix/03", "localhost", 404), ("/mix/4", "localhost", 404), ("/socket/4", "localhost", 404),
    ("/../../../etc/passwd", "localhost", 404), ("/mix/../../pyproject.toml", "localhost", 404),
    ("/%2e%2e/%2e%2e/etc/passwd", "localhost", 404), ("//etc/passwd", "localhost", 404),
    ("/socket/../desk.py", "localhost", 404),
])  # fmt: skip
def test_what_no_browser_of_ours_asks_for_gets_an_answer_and_no_error(
    stage: Site, path: str, host: str, status: int
) -> None:
    assert stage.get(path, f"Host: {host}").startswith(f"HTTP/1.1 {status}")


@pytest.mark.parametrize("words", [
    "[", '["/ch/05/mix/03/level",NaN]', '["/ch/05/mix/03/level",2]', '{"a":1}', "[1,2]", '["me",7]', '["me",0.5]',
    '["mine",[48]]', '["order",[1,1]]', '["group",[0,true],1]', '["call",3]', '["/ch/05/mix/03/level","1"]', "[" * 200,
])  # fmt: skip
def test_what_is_no_move_closes_the_socket(stage: Site, words: str) -> None:
    with stage.logged_in() as (browser, _):
        browser.send(words)
        with pytest.raises(ConnectionClosed, match="not a move"):
            told(browser, "never")


def keeps_saying(browser: ClientConnection, words: list[str]) -> None:
    """Say words again and again until the page is sent away: a busy machine may say them too slowly once."""
    while True:
        for each in words:
            browser.send(each)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            browser.recv()


@pytest.mark.parametrize(("words", "reason"), [
    (['["undo"]'] * 3 * serve.MOST_WORDS, "too many moves"), ([json.dumps(["call", "a" * 250])], "frame"),
])  # fmt: skip
def test_what_says_too_much_or_too_long_words_is_sent_away(stage: Site, words: list[str], reason: str) -> None:
    with stage.page("9") as browser:
        told(browser, "build")
        with pytest.raises(ConnectionClosed, match=reason):
            keeps_saying(browser, words)


def test_a_page_with_ten_fingers_is_not_too_much(stage: Site) -> None:
    """Sixty moves a second, and twice as many at once after a dead spot."""
    with stage.page("9") as browser:
        told(browser, "build")
        for number in range(2 * serve.MOST_WORDS):
            browser.send(json.dumps(["/ch/01/mix/09/level", 0.25 + number % 10 / 20]))
        while stage.daemon.ask_for("/ch/01/mix/09/level")[0] != pytest.approx(0.7, abs=0.01):
            time.sleep(0.05)
        told(browser, "values")


def test_only_numeric_addresses_and_own_names_are_served() -> None:
    assert all(map(guard.own_host, ("192.168.1.5:8080", "[::1]:80", "localhost", "faderd.local:8080")))
    assert not any(map(guard.own_host, ("faderd.local.evil.example", "192.168.1.5.evil.example", "")))
