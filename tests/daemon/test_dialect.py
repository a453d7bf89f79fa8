"""The X32 dialect, message by message."""

import struct

import pytest

from daemon.wire import bursts, network, packet
from daemon.wire.endpoint import own_address
from daemon.wire.network import Client
from dsp.parameters.row import Continuous, Param
from dsp.parameters.variant import Unused
from dsp.table import TABLE
from rigs.talk import ANN, BEN, Talk, heard


def on_grid(index: int, steps: int) -> float:
    """Position as the desk sends it."""
    return struct.unpack(">f", struct.pack(">f", index / (steps - 1)))[0]


def test_info_says_who_it_is_in_four_strings():
    assert Talk().say("/info") == [("/info", "V2.07", "osc-server", "X32RACK", "4.06")]


def test_xinfo_begins_with_the_address_and_the_name():
    (answer,) = Talk().say("/xinfo", by=Client("127.0.0.1", 5001))
    assert answer == ("/xinfo", "127.0.0.1", "Stage", "X32RACK", "4.06")


def test_status_is_active():
    (answer,) = Talk().say("/status", by=Client("127.0.0.1", 5001))
    assert answer == ("/status", "active", "127.0.0.1", "osc-server")


def test_a_client_without_a_route_gets_no_address():
    assert own_address("255.255.255.255", 9) == "0.0.0.0"


def test_every_leaf_answers_with_its_value_and_type():
    talk = Talk()
    for path, leaf in TABLE.leaves.items():
        row = talk.console.values.param(leaf)
        ((address, value),) = talk.say(path)
        assert address == path
        kind = float if isinstance(row, Continuous | Unused) else str if row.kind == "text" else int
        assert type(value) is kind
        assert value == talk.console.values.wire(leaf)


def other(row: Param, stored: int | str) -> int | str:
    """Another value than the one a leaf has."""
    if isinstance(stored, str):
        return "Kick"
    return stored + 1 if stored < row.highest and stored < row.steps - 1 else stored - 1


def test_every_leaf_can_be_set_and_reads_back_what_was_sent():
    talk = Talk()
    for path, leaf in TABLE.leaves.items():
        row = talk.console.values.param(leaf)
        if row.access == "ro" or row.steps == 1:
            continue
        new = row.to_wire(other(row, talk.console.values.get(leaf)))
        assert talk.say(path, new) == []
        assert talk.say(path) == [(path, new)]


def test_what_the_console_only_tells_can_not_be_set():
    talk = Talk()
    for path, leaf in TABLE.leaves.items():
        row = talk.console.values.param(leaf)
        if row.access == "ro":
            before = talk.say(path)
            assert talk.say(path, row.to_wire(other(row, talk.console.values.get(leaf)))) == []
            assert talk.say(path) == before


def test_the_name_of_the_console_can_be_changed():
    talk = Talk()
    talk.say("/-prefs/name", "Monitors")
    assert talk.say("/xinfo", by=Client("127.0.0.1", 5001))[0][2] == "Monitors"


def test_a_position_is_read_back_on_the_grid():
    talk = Talk()
    talk.say("/ch/01/mix/fader", 0.75)
    assert talk.say("/ch/01/mix/fader") == [("/ch/01/mix/fader", on_grid(767, 1024))]


@pytest.mark.parametrize(
    ("path", "sent", "stored"),
    [
        ("/ch/01/mix/fader", 1, 1023),
        ("/ch/01/mix/fader", 1.5, 1023),
        ("/ch/01/mix/fader", -3.0, 0),
        ("/ch/01/mix/on", 0.0, 0),
        ("/ch/01/mix/on", "OFF", 0),
        ("/ch/01/config/color", "CYi", 14),
        ("/ch/01/config/color", 6.9, 7),
        ("/ch/01/config/icon", "12", 12),
        ("/ch/01/config/name", "Kick", "Kick"),
        ("/ch/01/grp/dca", 129, 129),
    ],
)
def test_arguments_of_other_types_are_understood(path: str, sent: float | str, stored: int | str):
    talk = Talk()
    talk.say(path, sent)
    assert talk.value(path) == stored


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/ch/01/mix/fader", float("nan")),
        ("/ch/01/mix/fader", float("inf")),
        ("/ch/01/mix/fader", 2),
        ("/ch/01/mix/fader", "loud"),
        ("/ch/01/mix/on", 2),
        ("/ch/01/mix/on", "off"),
        ("/ch/01/mix/on", float("nan")),
        ("/ch/01/config/icon", 75),
        ("/ch/01/config/icon", "many"),
        ("/ch/01/config/name", 3),
        ("/ch/01/grp/dca", 256),
    ],
)
def test_what_means_nothing_changes_nothing_and_is_counted(path: str, sent: float | str):
    talk = Talk()
    before = talk.value(path)
    assert talk.say(path, sent) == []
    assert talk.value(path) == before
    assert talk.counters.refused == 1


@pytest.mark.parametrize(
    "path", ["/ch/33/mix/fader", "/CH/01/mix/fader", "/ch/1/mix/fader", "/ch/01/mix/fader/", "//"]
)
def test_an_unknown_address_is_met_with_silence_and_counted(path: str):
    talk = Talk()
    assert talk.say(path, 0.5) == []
    assert talk.counters.unknown == 1


def test_several_values_at_a_node_set_its_leaves_in_order():
    talk = Talk()
    talk.say("/ch/01/eq/2", 3, 0.5, 1.0, 0.0)
    assert talk.say("/node", "ch/01/eq/2") == [("node", "/ch/01/eq/2 VEQ 632.5 +15.0  10\n")]


def test_a_short_list_at_a_node_leaves_the_rest_alone():
    talk = Talk()
    talk.say("/ch/01/mix", 0, 0.5)
    assert talk.say("/node", "ch/01/mix") == [("node", "/ch/01/mix OFF -10.0 ON +0 OFF   -oo\n")]


def test_a_node_takes_no_texts_and_answers_no_question():
    talk = Talk()
    assert talk.say("/ch/01/config", "Kick", 5) == []
    assert talk.say("/ch/01/config") == []
    assert talk.say("/node", "ch/01/config") == [("node", '/ch/01/config "" 5 YE 1\n')]


@pytest.mark.parametrize("path", ["ch/01/dyn", "/ch/01/dyn", " ch/01/dyn "])
def test_a_node_is_read_as_the_desk_writes_it(path: str):
    line = "/ch/01/dyn OFF COMP PEAK LOG 0.0 3.0 1 0.00 10 10.0  151 POST 0 100 OFF\n"
    assert Talk().say("/node", path) == [("node", line)]


def test_a_single_leaf_is_read_as_one_token():
    assert Talk().say("/node", "bus/13/config/name") == [("node", '/bus/13/config/name "Fx 1"\n')]


def test_asking_for_an_unknown_node_is_met_with_silence():
    talk = Talk()
    assert talk.say("/node", "fx/9") == talk.say("/node") == talk.say("/node", 3) == []
    assert talk.counters.unknown == 3


def test_a_line_of_text_is_applied_and_echoed():
    talk = Talk()
    line = "ch/01/mix ON -12.0"
    assert talk.say("/", line) == [("/", line)]
    assert talk.say("/node", "ch/01/mix/fader") == [("node", "/ch/01/mix/fader -12.0\n")]


def test_a_wrong_token_keeps_what_stands_before_it():
    talk = Talk()
    assert talk.say("/", "/ch/01/dyn ON EXP PEAK LOG -20 4 3") != []
    (answer,) = talk.say("/node", "ch/01/dyn")
    assert answer[1].startswith("/ch/01/dyn ON EXP PEAK LOG -20.0 3.0 1 ")
    assert talk.counters.refused == 1


def test_a_change_is_told_to_all_others_but_not_to_its_author():
    talk = Talk()
    talk.say("/xremote", by=ANN)
    talk.say("/xremotenfb", by=BEN)
    assert talk.say("/ch/01/mix/fader", 0.5, by=ANN) == []
    assert talk.hear(BEN) == [("/ch/01/mix/fader", on_grid(512, 1024))]


def test_another_port_of_the_same_machine_is_another_client():
    talk = Talk()
    talk.say("/xremote", by=Client("10.0.0.1", 5001))
    talk.say("/ch/01/mix/on", 0, by=Client("10.0.0.1", 5002))
    assert talk.hear(Client("10.0.0.1", 5001)) == [("/ch/01/mix/on", 0)]


def test_setting_what_is_already_so_is_not_told():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    talk.say("/ch/01/mix/on", 1, by=ANN)
    assert talk.hear(BEN) == []


def test_several_values_are_told_leaf_by_leaf():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    talk.say("/", 'ch/01/config "Kick" 2', by=ANN)
    assert talk.hear(BEN) == [("/ch/01/config/name", "Kick"), ("/ch/01/config/icon", 2)]


def test_a_change_by_the_console_itself_is_told_to_everybody():
    talk = Talk()
    talk.say("/xremote", by=ANN)
    talk.console.set(TABLE.leaves["/ch/01/mix/on"], 0)
    talk.wait(0)
    assert talk.hear(ANN) == [("/ch/01/mix/on", 0)]


def test_a_client_is_told_for_ten_seconds_unless_it_renews():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    talk.now += 9.9
    talk.say("/ch/01/mix/on", 0)
    assert len(talk.hear(BEN)) == 1
    talk.say("/xremote", by=BEN)
    talk.now += 9.9
    talk.say("/ch/01/mix/on", 1)
    assert len(talk.hear(BEN)) == 1
    talk.now += 0.2
    talk.say("/ch/01/mix/on", 0)
    assert talk.hear(BEN) == []


def test_unsubscribing_ends_everything_at_once():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    talk.say("/unsubscribe", by=BEN)
    talk.say("/ch/01/mix/on", 0)
    assert talk.hear(BEN) == []


def test_there_is_room_for_many_clients_and_not_for_endlessly_many():
    talk = Talk()
    crowd = [("10.0.1.1", 1000 + n) for n in range(network.MOST_CLIENTS + 1)]
    for client in crowd:
        talk.say("/xremote", by=client)
    talk.say("/ch/01/mix/on", 0)
    assert [len(talk.hear(client)) for client in crowd] == [1] * network.MOST_CLIENTS + [0]


def test_a_place_is_free_again_when_a_client_is_gone():
    talk = Talk()
    for n in range(network.MOST_CLIENTS):
        talk.say("/xremote", by=("10.0.1.1", 1000 + n))
    talk.now += 11
    talk.say("/xremote", by=BEN)
    talk.say("/ch/01/mix/on", 0)
    assert len(talk.hear(BEN)) == 1


def move(talk: Talk, index: int) -> None:
    talk.console.set(TABLE.leaves["/ch/01/mix/fader"], index)


def test_every_place_of_a_moving_fader_is_told():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    for index in range(1, bursts.BURST + 1):
        move(talk, index)
    talk.wait(0)
    assert [value for _, value in talk.hear(BEN)] == [
        on_grid(i, 1024) for i in range(1, bursts.BURST + 1)
    ]


def test_in_a_flood_the_newest_place_is_told():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    for index in range(1, 1000):
        move(talk, index)
    talk.wait(0)
    assert talk.hear(BEN)[-1] == ("/ch/01/mix/fader", on_grid(999, 1024))


def test_a_scene_is_told_completely_at_a_pace_a_client_can_follow():
    talk = Talk()
    talk.say("/xremote", by=BEN)
    faders = [f"/ch/{ch:02d}/mix/{bus:02d}/level" for ch in range(1, 33) for bus in range(1, 17)]
    for path in faders:
        talk.console.set(TABLE.leaves[path], 100)
    talk.wait(0)
    told = talk.hear(BEN)
    assert len(told) == bursts.BURST
    for _ in range(100):
        talk.wait(bursts.BREATH_S)
        new = talk.hear(BEN)
        assert len(new) <= bursts.BREATH_S * bursts.PACE_PER_S + 1
        told += new
    assert [path for path, _ in told] == faders


def test_a_bundle_is_as_good_as_its_messages():
    talk = Talk()
    parts = [packet.build("/ch/01/mix/on", 0), packet.build("/ch/01/mix/on")]
    data = b"#bundle\0" + bytes(8) + b"".join(struct.pack(">i", len(part)) + part for part in parts)
    for message in packet.parse(data):
        talk.dialect.receive(message, ANN)
    assert [heard(datagram) for datagram in talk.raw()] == [("/ch/01/mix/on", 0)]
