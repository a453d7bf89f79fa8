"""Who may do what: a port is a role, and there is no way round it."""

import logging
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from daemon.desk import roles
from daemon.desk.console import differences
from daemon.desk.roles import Access
from daemon.wire import packet
from daemon.wire.network import Client
from dsp.parameters.row import Continuous
from dsp.table import TABLE
from oracles.roles import may_set
from rigs.talk import Talk

BUSES = (3, 4)
ACCESS = (Access(), Access("monitor"), Access("musician", BUSES), Access("viewer"))
DOORS = {"engineer": 0, "monitor": 1, "musician": 2, "viewer": 3}
LEVEL = "/ch/05/mix/03/level"


def client(role: str) -> Client:
    return Client("10.0.0.7", 5000 + DOORS[role], door=DOORS[role])


def talk(folder: Path | None = None, access: tuple[Access, ...] = ACCESS, **more: Any) -> Talk:
    return Talk(folder, roles=access, **more)


def other_value(stage: Talk, leaf: int) -> Any:
    """A value on the wire that a leaf doesn't have."""
    values = stage.console.values
    param, now = values.param(leaf), values.get(leaf)
    if isinstance(now, str):
        return "another" if now != "another" else "one"
    if isinstance(param, Continuous):
        return param.to_wire((now + 1) % param.steps)
    return int(min(param.highest, 2**31 - 1) if now == param.lowest else param.lowest)


@pytest.mark.parametrize("role", ["monitor", "musician", "viewer"])
def test_every_address_is_allowed_or_refused_as_the_matrix_says(role: str):
    stage, who = talk(), client(role)
    buses = BUSES if role == "musician" else roles.BUSES
    for address, leaf in TABLE.leaves.items():
        if TABLE.row_of(leaf).access == "ro":
            continue
        before, denied = stage.console.values.copy(), stage.counters.denied
        answers = stage.say(address, other_value(stage, leaf), by=who)
        allowed = may_set(role, buses, address)
        assert (stage.counters.denied == denied) == allowed, address
        assert bool(differences(before, stage.console.values)) == allowed, address
        assert [answer[:2] for answer in answers] == ([] if allowed else [("/faderd/error", address)]), address


def test_an_engineer_may_set_every_address():
    stage, who = talk(), client("engineer")
    for address, leaf in TABLE.leaves.items():
        if TABLE.row_of(leaf).access == "rw":
            stage.say(address, other_value(stage, leaf), by=who)
    assert stage.counters.denied == 0


@pytest.mark.parametrize("role", DOORS)
def test_everybody_reads_every_address(role: str):
    stage = talk()
    for address in TABLE.leaves:
        ((told, _),) = stage.say(address, by=client(role))
        assert told == address


@pytest.mark.parametrize("role", DOORS)
def test_every_command_is_allowed_or_refused_as_the_roles_say(tmp_path: Path, role: str):
    stage = talk(tmp_path)
    telling = {
        "/info", "/xinfo", "/status", "/node", "/showdump", "/meters", "/xremote", "/xremotenfb", "/subscribe",
        "/formatsubscribe", "/batchsubscribe", "/renew", "/unsubscribe",
    }  # fmt: skip
    changing = {"/save", "/load", "/copy", "/add", "/rename", "/delete", "/faderd/scene/recall", "/faderd/show/go"}
    for address in telling | changing:
        denied = stage.counters.denied
        stage.say(address, by=client(role))
        assert (stage.counters.denied > denied) == (address in changing and role != "engineer"), address


def test_a_refusal_is_told_counted_and_logged(caplog: pytest.LogCaptureFixture):
    stage, who = talk(), client("musician")
    with caplog.at_level(logging.WARNING, "faderd"):
        ((address, where, reason),) = stage.say("/main/st/mix/fader", 1.0, by=who)
    assert (address, where) == ("/faderd/error", "/main/st/mix/fader")
    assert reason.startswith("a musician, bus 3 and 4 may not set /main/st/mix/fader.")
    assert stage.counters.denied == 1
    assert "10.0.0.7:5002 /main/st/mix/fader" in caplog.text


def test_a_log_does_not_grow_with_every_refusal(caplog: pytest.LogCaptureFixture):
    stage, who = talk(), client("viewer")
    with caplog.at_level(logging.WARNING, "faderd"):
        for _ in range(100):
            stage.say("/main/st/mix/fader", 1.0, by=who)
        stage.wait(11)
        stage.say("/main/st/mix/fader", 1.0, by=who)
    assert len(caplog.records) == 2
    assert "100 more before" not in caplog.records[0].getMessage()
    assert "more before" in caplog.records[1].getMessage()


def test_an_app_that_shows_what_was_refused_is_shown_what_stands():
    stage, who = talk(), client("musician")
    stage.say("/xremote", by=who)
    told = stage.say("/main/st/mix/fader", 1.0, by=who)
    assert ("/main/st/mix/fader", 0.0) in told


def test_a_line_and_a_node_are_refused_whole():
    stage, who = talk(), client("musician")
    before = stage.console.values.copy()
    stage.say("/", "/bus/03/mix OFF -10.0 OFF", by=who)
    stage.say("/bus/03/mix", 0, 0.5, 0, by=who)
    assert differences(before, stage.console.values) == []
    stage.say("/", "/ch/05/mix/03 ON -10.0 +0", by=who)
    assert stage.console.values.text(TABLE.leaves[LEVEL]).strip() == "-10.0"


def db(stage: Talk, address: str = LEVEL) -> float:
    leaf = TABLE.leaves[address]
    return float(TABLE.row_of(leaf).value(stage.console.values.get(leaf)))


def capped(**caps: float) -> Talk:
    return talk(access=(Access(), Access("musician", BUSES, **caps)))


MUSICIAN = Client("10.0.0.9", 5001, door=1)


def test_no_level_is_higher_than_the_cap():
    stage = capped(max_db=-6.0)
    ((address, where, reason),) = stage.say(LEVEL, 1.0, by=MUSICIAN)
    assert (address, where) == ("/faderd/error", LEVEL)
    assert reason == "held at -6.0 dB"
    assert -6.1 < db(stage) <= -6.0
    assert stage.say(LEVEL, 0.1, by=MUSICIAN) == []
    assert db(stage) < -40


def test_an_app_is_shown_where_its_level_was_held():
    stage = capped(max_db=-6.0)
    stage.say("/xremote", by=MUSICIAN)
    _, (address, position) = stage.say(LEVEL, 1.0, by=MUSICIAN)
    assert address == LEVEL
    assert position == stage.console.values.wire(TABLE.leaves[LEVEL])


def test_no_message_raises_a_level_by_more_than_the_cap():
    stage = capped(max_raise_db=6.0)
    stage.say(LEVEL, 0.5, by=Client("10.0.0.1", 1))
    before = db(stage)
    stage.say(LEVEL, 1.0, by=MUSICIAN)
    assert before < db(stage) <= before + 6
    stage.say(LEVEL, 0.0, by=MUSICIAN)
    stage.say(LEVEL, 1.0, by=MUSICIAN)
    assert db(stage) <= -54


def test_a_bundle_raises_a_level_by_no_more_than_a_message():
    stage = capped(max_raise_db=6.0)
    stage.say(LEVEL, 0.5, by=Client("10.0.0.1", 1))
    before = db(stage)
    message = packet.build(LEVEL, 1.0)
    bundle = b"#bundle\0" + bytes(8) + (len(message).to_bytes(4, "big") + message) * 20
    stage.send(bundle, MUSICIAN)
    assert db(stage) <= before + 6


def test_of_too_many_messages_a_second_the_rest_does_not_count():
    stage = capped(max_rate=10.0)
    for _ in range(30):
        stage.say("/ch/05/mix/03/on", 1, by=MUSICIAN)
    assert stage.counters.denied == 20
    stage.wait(0.5)
    for _ in range(30):
        stage.say("/ch/05/mix/03/on", 1, by=MUSICIAN)
    assert stage.counters.denied == 45


PINS = {"engineer": "2468", "monitor": "1357"}


def test_a_pin_raises_a_role_while_its_client_says_something():
    stage, who = talk(pins=PINS), client("viewer")
    assert stage.say("/faderd/login", "2468", by=who) == [("/faderd/login", "engineer", 60.0)]
    for _ in range(5):
        stage.wait(50)
        assert stage.say("/faderd/role", by=who)[0][:2] == ("/faderd/role", "engineer")
    stage.say("/main/st/mix/fader", 0.5, by=who)
    assert db(stage, "/main/st/mix/fader") > -20
    stage.wait(61)
    assert stage.say("/faderd/role", by=who)[0][:2] == ("/faderd/role", "viewer")


def test_a_raised_role_is_one_clients_alone():
    stage, who = talk(pins=PINS), client("viewer")
    stage.say("/faderd/login", "1357", by=who)
    beside = who._replace(port=who.port + 1)
    assert stage.say("/faderd/role", by=beside)[0][:2] == ("/faderd/role", "viewer")


def test_each_wrong_pin_doubles_the_wait_and_the_right_one_has_to_wait_too():
    stage, who = talk(pins=PINS), client("viewer")
    for seconds in (1, 2, 4, 8):
        ((_, _, reason),) = stage.say("/faderd/login", "0000", by=who)
        assert reason == f"wrong PIN: wait {seconds} s before you try again"
        stage.wait(seconds * 0.9)
        ((_, _, reason),) = stage.say("/faderd/login", "2468", by=who._replace(port=7))
        assert reason.startswith("wait ")
        stage.wait(seconds * 0.2)
    assert stage.say("/faderd/login", "2468", by=who)[0][1] == "engineer"


def test_help_tells_what_a_role_may_do():
    stage = talk()
    ((_, address, kind, *_, sentence),) = stage.say("/faderd/help", "/faderd/role/musician")
    assert (address, kind) == ("/faderd/role/musician", "command")
    assert sentence.startswith(roles.ROLES["musician"].help)
    ((_, *patterns),) = stage.say("/faderd/role/musician")
    assert "/bus/{bus}/eq/**" in patterns


# --- no way round -------------------------------------------------------------------------------------

COMMANDS = (
    "/", "/node", "/load", "/save", "/copy", "/add", "/rename", "/delete", "/faderd/scene/recall", "/faderd/show/go",
    "/faderd/show/next", "/faderd/undo", "/faderd/redo", "/faderd/listen", "/faderd/listen/level", "/renew",
    "/unsubscribe", "/subscribe", "/formatsubscribe", "/batchsubscribe", "/meters", "/xremote", "/faderd/sync",
    "/faderd/ack", "/faderd/login", "/-action/goscene", "/-action/initall", "/-action/doundo", "/-action/clearsolo",
)  # fmt: skip
KINDS = ("scene", "snippet", "cue", "libchan", "libfx", "librout", "libmon")


def argument(choice: random.Random) -> Any:
    address = choice.choice(ADDRESSES)
    return choice.choice((
        0, 1, 2, 3, -1, 0.0, 1.0, 0.5, 1e9, "ON", "OFF", "1", "", "2468", choice.choice(KINDS), address,
        address.removeprefix("/"), f"{address} ON 0.0 ON +0", f"{address} 1", "**", "/**", "bus/03/**", "21:13",
        "client", "10.0.0.1:5001", f"/ch/01/mix/03 ON\n{address} ON",
    ))  # fmt: skip


ADDRESSES = list(TABLE.leaves) + list(TABLE.nodes)


def hostile(choice: random.Random) -> bytes:
    """Something that might set what it may not."""
    def message() -> bytes:
        address = choice.choice((choice.choice(ADDRESSES), choice.choice(COMMANDS), "/"))
        return packet.build(address, *(argument(choice) for _ in range(choice.randrange(5))))

    if choice.random() < 0.3:
        parts = [message() for _ in range(choice.randrange(1, 6))]
        return b"#bundle\0" + bytes(8) + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return message()


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with scenes, presets and cues that differ from the desk in everything."""
    folder = tmp_path_factory.mktemp("shelves")
    stage = talk(folder)
    for address in ("/main/st/mix/fader", "/ch/01/mix/fader", LEVEL, "/ch/01/eq/1/g", "/bus/03/mix/fader"):
        stage.say(address, 0.9)
    for slot in (0, 1, 2, 3):
        stage.say("/save", "scene", slot, "loud", "fade 1")
        stage.say("/save", "libchan", slot, "loud", 0)
    stage.say("/add", "cue", 100, "all")
    stage.stores.save()
    return folder


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("role", ["monitor", "musician", "viewer"])
def test_there_is_no_way_round_a_role(shelves: Path, tmp_path: Path, role: str, seed: int):
    shutil.copytree(shelves, tmp_path, dirs_exist_ok=True)
    stage, choice = talk(tmp_path), random.Random(f"{role} {seed}")
    buses = BUSES if role == "musician" else roles.BUSES
    stage.say("/main/st/mix/fader", 0.7, by=client("engineer"))
    stage.say("/load", "scene", 1, by=client("engineer"))
    stage.say("/main/st/mix/fader", 0.3, by=client("engineer"))
    stage.wait(2)
    before = stage.console.values.copy()
    for _ in range(3000):
        stage.send(hostile(choice), client(role))
        if choice.random() < 0.05:
            stage.wait(0.05)
    stage.wait(5)
    changed = [TABLE.path_of(leaf) for leaf in differences(before, stage.console.values)]
    assert [path for path in changed if not may_set(role, buses, path)] == []
    assert bool(changed) == (role != "viewer")
