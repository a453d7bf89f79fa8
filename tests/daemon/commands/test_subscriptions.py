"""The subscription family: /subscribe, /formatsubscribe, /batchsubscribe, /renew, /unsubscribe."""

import struct

import pytest

from daemon import server
from daemon.commands import polls
from daemon.wire import packet
from daemon.wire.network import Client
from dsp.table import TABLE
from rigs.asked import PREFS, STATES
from rigs.pages import page
from rigs.talk import ANN, BEN, Net, Talk, hear, heard


def ticks(talk: Talk, count: int, by: Client = ANN) -> list[int]:
    """Numbers of the ticks, of so many, after which a client has heard something."""
    told = []
    talk.now += 0.001  # no beat is exact
    for number in range(1, count + 1):
        talk.now += server.TICK_S
        talk.dialect.tick()
        if talk.raw(by):
            told.append(number)
    return told


# --- /subscribe ---------------------------------------------------------------------------------------


def test_a_subscribed_leaf_is_told_at_once_and_at_every_tick_changed_or_not():
    talk = Talk()
    assert talk.say("/subscribe", "/ch/01/mix/on") == [("/ch/01/mix/on", 1)]
    assert ticks(talk, 4) == [1, 2, 3, 4]


def test_what_is_told_is_the_value_of_the_moment():
    talk = Talk()
    talk.say("/subscribe", "/ch/01/mix/on")
    talk.say("/ch/01/mix/on", 0)
    talk.dialect.tick()
    assert talk.hear() == [("/ch/01/mix/on", 0)]


@pytest.mark.parametrize(
    ("factor", "updates"),
    [(0, 200), (1, 200), (2, 100), (40, 5), (80, 3), (99, 3), (100, 200), (-1, 200)],
)
def test_the_time_factor_gives_the_updates_of_the_desk_in_ten_seconds(factor: int, updates: int):
    talk = Talk()
    first = talk.say("/subscribe", "/ch/01/mix/fader", factor)
    assert len(first) + len(ticks(talk, 210)) == updates


def test_asking_again_restarts_the_lease_and_keeps_the_beat():
    talk = Talk()
    talk.say("/subscribe", "/ch/01/mix/fader", 40)
    assert ticks(talk, 39) == []
    talk.say("/subscribe", "/ch/01/mix/fader", 40)
    assert ticks(talk, 201) == [1, 41, 81, 121, 161]


def test_asking_with_another_factor_replaces_the_first():
    talk = Talk()
    talk.say("/subscribe", "/ch/01/mix/fader", 1)
    talk.say("/subscribe", "/ch/01/mix/fader", 3)
    assert ticks(talk, 6) == [3, 6]


def test_hundreds_of_leaves_are_told_side_by_side():
    talk = Talk()
    paths = [f"/ch/{ch:02d}/mix/{bus:02d}/level" for ch in range(1, 33) for bus in range(1, 17)]
    for path in paths:
        talk.say("/subscribe", path)
    talk.dialect.tick()
    assert [address for address, _ in talk.hear()] == paths


def test_an_unknown_leaf_is_counted_and_not_told():
    talk = Talk()
    assert talk.say("/subscribe", "/ch/33/mix/on") == []
    assert ticks(talk, 2) == []
    assert talk.counters.unknown == 1


def test_a_meter_can_be_subscribed_like_a_leaf():
    talk = Talk()
    talk.say("/subscribe", "/meters/1", 2)
    talk.dialect.feed(page())
    talk.dialect.feed(page())
    assert [heard(datagram)[0] for datagram in talk.raw()] == ["/meters/1"]


# --- /formatsubscribe ---------------------------------------------------------------------------------


def test_a_format_is_laid_out_byte_by_byte_as_the_desk_does():
    talk = Talk()
    talk.say("/ch/08/mix/on", 0)
    talk.say("/formatsubscribe", "/testme", "/ch/**/mix/on", 6, 9, 0)
    head = b"/testme\0,b\0\0" + struct.pack(">i", 0x14) + struct.pack("<i", 0x14)
    assert talk.raw(ANN) == []  # `say` has heard it
    talk.dialect.tick()
    assert talk.raw() == [head + struct.pack("<4i", 1, 1, 0, 1)]


@pytest.mark.parametrize(
    ("alias", "addresses", "first", "last", "size"),
    [
        ("hidden/states", STATES, 0, 0, 204),
        ("hidden/solo", ["/-stat/solosw/**"], 1, 80, 324),
        ("hidden/prefs", [f"/-prefs/{name}" for name in PREFS], 0, 0, 60),
    ],
)
def test_the_blobs_of_the_vendors_editor_have_their_sizes(
    alias: str, addresses: list[str], first: int, last: int, size: int
):
    ((address, blob),) = Talk().say("/formatsubscribe", alias, *addresses, first, last, 4)
    assert address == alias
    assert len(blob) == size
    assert struct.unpack_from("<i", blob) == (size,)


def test_a_format_holds_positions_whole_numbers_and_texts_of_32_bytes():
    talk = Talk()
    talk.say("/ch/02/config/name", "Größe")
    wanted = ("/ch/*2/mix/fader", "/ch/**/config/name", "/ch/**/config/icon")
    ((_, blob),) = talk.say("/formatsubscribe", "/mixed", wanted[1], wanted[2], "/dca/1/fader", 2, 2, 0)
    assert blob == struct.pack("<i32si", 44, "Größe".encode(), 1) + struct.pack("<f", talk_position("/dca/1/fader"))


def talk_position(path: str) -> float:
    leaf = TABLE.leaves[path]
    return float(TABLE.row_of(leaf).to_wire(Talk().console.values.get(leaf)))


def test_a_range_counts_for_every_address_with_stars_and_for_no_other():
    ((_, blob),) = Talk().say("/formatsubscribe", "/x", "/dca/*/on", "/main/st/mix/on", "/bus/**/mix/on", 3, 5, 0)
    assert len(blob) == 4 + 4 * (3 + 1 + 3)


def test_what_does_not_exist_reads_zero_and_keeps_its_place():
    ((_, blob),) = Talk().say("/formatsubscribe", "/x", "/ch/**/mix/on", 31, 34, 0)
    assert struct.unpack("<5i", blob) == (20, 1, 1, 0, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("/x",),
        ("/x", "/ch/**/mix/on"),
        ("/x", "/ch/**/mix/on", 1, 4),
        ("/x", "/ch/**/mix/on", 4, 1, 0),
        ("/x", "/ch/**/mix/on", 1, 100_000, 0),
        ("/x", "/ch/**/mix/on", 1, 4.0, 0),
        ("/x", 1, 4, 0),
        ("/x", "/ch/**/mix/on", 1, 4, 0, "late"),
    ],
)
def test_a_format_that_can_not_be_is_refused(arguments: tuple):
    talk = Talk()
    assert talk.say("/formatsubscribe", *arguments) == []
    assert talk.counters.refused == 1


def test_a_format_of_nothing_that_exists_is_unknown():
    talk = Talk()
    assert talk.say("/formatsubscribe", "/x", "/zz/**/mix/on", 1, 4, 0) == []
    assert talk.counters.unknown == 1


# --- /batchsubscribe ----------------------------------------------------------------------------------


@pytest.mark.parametrize("alias", ["meters/6", "/meters/6", "/mine"])
def test_a_batched_meter_comes_under_its_alias(alias: str):
    talk = Talk()
    talk.say("/batchsubscribe", alias, "/meters/6", 3, 0, 2)
    talk.dialect.feed(page())
    assert talk.raw() == []
    talk.dialect.feed(page())
    ((address, blob),) = [heard(datagram) for datagram in talk.raw()]
    assert (address, len(blob)) == (alias, 20)


def test_the_same_meter_under_two_names_is_told_twice():
    talk = Talk()
    talk.say("/batchsubscribe", "/a", "/meters/6", 3, 0, 1)
    talk.say("/batchsubscribe", "/b", "/meters/6", 4, 0, 1)
    talk.dialect.feed(page())
    assert [heard(datagram)[0] for datagram in talk.raw()] == ["/a", "/b"]


def test_one_value_of_64_strips_makes_a_datagram_of_276_bytes():
    talk = Talk()
    talk.say("/bus/16/mix/on", 0)
    for message in packet.parse(packet.build("/batchsubscribe", "/mfm_a", "/mix/on", 0, 63, 8)):
        talk.dialect.receive(message, ANN)
    (datagram,) = talk.raw()
    assert len(datagram) == 276
    _, blob = heard(datagram)
    assert struct.unpack("<65i", blob) == (64, *[1] * 63, 0)


def test_strips_without_such_a_value_read_zero():
    ((_, blob),) = Talk().say("/batchsubscribe", "/x", "/config/source", 31, 48, 1)
    assert struct.unpack_from("<2i", blob) == (18, 32)
    assert struct.unpack_from("<i", blob, 4 * 18) == (0,)


@pytest.mark.parametrize(
    "arguments",
    [("/x", "/mix/on", 0, 72, 1), ("/x", "/mix/on", 5, 4, 1), ("/x", "/mix/on"), ("/x", "/meters/99", 0, 0, 1)],
)
def test_a_batch_that_can_not_be_is_refused(arguments: tuple):
    talk = Talk()
    assert talk.say("/batchsubscribe", *arguments) == []
    assert talk.counters.refused + talk.counters.unknown == 1


# --- /renew and /unsubscribe --------------------------------------------------------------------------

EVERYTHING = [
    ("/subscribe", "/ch/01/mix/on"),
    ("/formatsubscribe", "hidden/on", "/ch/**/mix/on", 1, 4, 1),
    ("/batchsubscribe", "meters/5", "/meters/5", 0, 0, 1),
    ("/meters", "/meters/1"),
]
NAMES = ["/ch/01/mix/on", "hidden/on", "meters/5", "/meters/1"]


def everything() -> Talk:
    """A client with one subscription of each sort."""
    talk = Talk()
    for request in EVERYTHING:
        talk.say(*request)
    return talk


def told(talk: Talk) -> list[str]:
    """What is still told."""
    talk.dialect.tick()
    talk.dialect.feed(page())
    return [heard(datagram)[0] for datagram in talk.raw()]


def test_subscriptions_run_side_by_side():
    assert told(everything()) == NAMES


def test_without_renewal_everything_ends_after_ten_seconds():
    talk = everything()
    talk.now += 10.1
    assert told(talk) == []


def test_a_bare_renewal_prolongs_everything():
    talk = everything()
    for _ in range(3):
        talk.now += 9.9
        talk.say("/renew")
    assert told(talk) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_renewal_by_name_prolongs_that_alone_with_and_without_slash(name: str, slash: str):
    talk = everything()
    talk.now += 9.9
    talk.say("/renew", slash + name.removeprefix("/"))
    talk.now += 0.2
    assert told(talk) == [name]


@pytest.mark.parametrize(("command", "names"), [
    ("/subscribe", ["/ch/01/mix/on"]),
    ("/formatsubscribe", ["hidden/on"]),
    ("/batchsubscribe", ["batch", "meters/5"]),
    ("/meters", ["/meters/1", "/meters/0"]),
])  # fmt: skip
def test_the_name_of_a_command_means_all_of_that_kind(command: str, names: list[str]):
    talk = everything()
    talk.say("/meters", "/meters/0")
    talk.say("/batchsubscribe", "batch", "/mix/on", 0, 3, 1)
    talk.now += 9.9
    talk.say("/renew", command)
    talk.now += 0.2
    assert told(talk) == names
    talk.say("/unsubscribe", command)
    assert told(talk) == []


def test_xremote_is_renewed_by_its_name_if_it_runs():
    talk = Talk()
    talk.say("/xremote")
    for name in ("/xremote", "xremotenfb", "/xremote"):
        talk.now += 9.9
        talk.say("/renew", name)
    talk.say("/ch/01/mix/on", 0, by=BEN)
    assert talk.hear() == [("/ch/01/mix/on", 0)]
    talk.now += 10.1
    talk.say("/renew", "/xremote")
    talk.say("/ch/01/mix/on", 1, by=BEN)
    assert talk.hear() == []


def test_a_renewal_after_the_end_begins_nothing():
    talk = everything()
    talk.now += 10.1
    talk.say("/renew")
    assert told(talk) == []


@pytest.mark.parametrize("name", NAMES)
def test_unsubscribing_by_name_ends_that_alone(name: str):
    talk = everything()
    talk.say("/unsubscribe", name)
    assert told(talk) == [other for other in NAMES if other != name]


def test_unsubscribing_without_a_name_ends_everything():
    talk = everything()
    talk.say("/unsubscribe")
    assert told(talk) == []


def test_one_client_does_not_end_what_another_has():
    talk = everything()
    talk.say("/unsubscribe", by=BEN)
    assert told(talk) == NAMES


# --- fairness -----------------------------------------------------------------------------------------


def test_who_wants_most_waits_and_who_wants_little_gets_it():
    talk = Talk()
    greedy = [ANN._replace(host=f"10.0.2.{number}") for number in range(3)]
    for path in list(TABLE.leaves)[:500]:
        for client in greedy:
            talk.say("/subscribe", path, by=client)
    talk.say("/subscribe", "/ch/01/mix/on", by=BEN)
    assert ticks(talk, 3, by=BEN) == [1, 2, 3]
    assert [len(talk.hear(client)) for client in greedy] == [3 * (polls.MOST_PER_TICK - 1) // 3] * 3


def test_what_had_to_wait_comes_first_at_the_next_tick():
    talk = Talk()
    paths = list(TABLE.leaves)[: polls.MOST_POLLS]
    for client in (ANN, BEN):
        for path in paths:
            talk.say("/subscribe", path, by=client)
    talk.dialect.tick()
    first = [address for address, _ in talk.hear()]
    talk.dialect.tick()
    second = [address for address, _ in talk.hear()]
    assert sorted(first + second) == sorted(paths)


def test_a_client_has_room_for_many_subscriptions_and_not_for_endlessly_many():
    talk = Talk()
    for number in range(polls.MOST_POLLS + 1):
        talk.say("/formatsubscribe", f"/alias{number}", "/ch/01/mix/on", 0, 0, 1)
    assert talk.counters.refused == 1
    assert talk.say("/subscribe", "/ch/01/mix/on", by=BEN) != []


def test_over_the_network_the_server_keeps_the_beat_by_itself():
    with Net() as net:
        client = net.client()
        net.ask(client, "/subscribe", "/ch/01/mix/on", 2)
        net.turn(0.52)
        assert len(hear(client)) == pytest.approx(5, abs=1)
        assert net.faults == []
