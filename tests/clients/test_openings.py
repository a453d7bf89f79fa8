"""How known clients begin: what each sends when it connects, as datagrams, and what it waits for.

Editors, tablets, button boxes, show control, layouts and tools, as far as their traffic is known.  Each plays
over UDP on sockets of its own; packets are built and read by hand.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracles import language
from rigs.app import App
from rigs.asked import PREFS, STATES
from rigs.pages import page
from rigs.talk import Net

PARAMETERS = language.parameters()
LEAVES = [address for addresses, _ in PARAMETERS for address in addresses]
NODES = [path for row in language.rows("nodes.tsv") for path in language.expand(row["node_path"])]
TYPES = {address: fact.type for addresses, fact in PARAMETERS for address in addresses}


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with Net(tmp_path) as net:
        yield net
        assert net.faults == []


@pytest.fixture
def app(net: Net) -> App:
    return App(net)


def words(blob: bytes) -> tuple[int, ...]:
    """Whole numbers of a blob, the first included."""
    return struct.unpack(f"<{len(blob) // 4}i", blob)


# --- X32-Edit -------------------------------------------------------------------------------------------


def test_x32_edit_connects_and_subscribes_to_what_it_shows(net: Net, app: App):
    assert [len(answer) for answer in app.ask("/xinfo") + app.ask("/info") + app.ask("/status")] == [5, 5, 4]
    assert app.ask("/xremote") == []
    formats = {
        "hidden/states": ((*STATES, 0, 0, 4), 204),
        "hidden/solo": (("/-stat/solosw/**", 1, 80, 20), 324),
        "hidden/prefs": ((*[f"/-prefs/{name}" for name in PREFS], 0, 0, 10), 60),
    }
    for alias, (arguments, size) in formats.items():
        ((address, blob),) = app.ask("/formatsubscribe", alias, *arguments)
        assert (address, len(blob), words(blob)[0]) == (alias, size, size)
    for number, count in ((6, 4), (9, 32), (10, 32), (14, 80), (11, 5)):
        alias = f"meters/{number}" if number != 11 else "/meters/11"
        app.send(("/batchsubscribe", alias, f"/meters/{number}", 0, 0, 2))
        app.hear()
        net.server.feed(page())
        net.server.feed(page())
        blobs = {address: blob for address, blob in app.hear()}
        assert (len(blobs[alias]), words(blobs[alias])[0]) == (4 + 4 * count, count)
    for alias in (*formats, "meters/6"):
        assert [address for address, *_ in app.ask("/renew", alias) if not address.startswith("hidden/")] == []


def test_x32_edit_hears_of_solos_through_its_subscription_alone(net: Net, app: App):
    app.ask("/formatsubscribe", "hidden/solo", "/-stat/solosw/**", 1, 80, 1)
    App(net).send(("/-stat/solosw/05", 1))
    told = app.hear_until(lambda told: told and any(words(told[-1][1])[1:]))
    assert [place for place, word in enumerate(words(told[-1][1])) if place and word] == [5]


def test_x32_edit_reads_the_whole_desk_line_by_line(app: App):
    answers = app.ask_all([("/node", path[1:]) for path in NODES])
    assert [line.split(" ")[0] for _, line in answers] == NODES
    assert {address for address, _ in answers} == {"node"}
    assert all(line.startswith("/") and line.endswith("\n") for _, line in answers)
    heads = app.ask_all([("/node", f"headamp/{number:03d}") for number in range(128)])
    assert len(heads) == 128
    assert app.ask("/node", "-prefs/card")[0][1].startswith("/-prefs/card ")


def test_x32_edit_reads_single_leaves_waiting_for_each(app: App):
    for path in [leaf for leaf in LEAVES if leaf.startswith(("/-prefs/", "/-stat/"))]:
        ((address, line),) = app.ask("/node", path[1:])
        assert (address, line.split(" ")[0]) == ("node", path)


def test_x32_edit_ends_its_synchronisation(net: Net, app: App):
    assert app.wait("/save", "scene", 4, "Opener", "") == [("/save", "scene", 1)]
    assert app.wait("/add", "cue", 100, "Begin") == [("/add", "cue", 1)]
    first, *rest = app.ask("/showdump")
    assert re.fullmatch(r'/-show/showfile/show "[^"]*"( \d+){10} "[^"]*"\n', first[1])
    assert [line.split(" ")[0] for _, line in rest] == ["/-show/showfile/cue/000", "/-show/showfile/scene/004"]
    app.send(("/-show/showfile/show/name", ""), ("/-stat/keysolo", 0))
    assert app.ask("/-show/showfile/show/name") == [("/-show/showfile/show/name", "")]
    app.send(("/-action/setrtasrc", 98))
    assert app.ask("/-stat/rtasource") == [("/-stat/rtasource", 98)]


def test_x32_edit_reads_the_parameters_of_an_effect_it_has_just_chosen(app: App):
    for number in range(61):
        app.send(("/fx/4/type", number))
        ((_, line),) = app.ask("/node", "fx/4/par")
        assert len(line.split()) == 65


def test_x32_edit_keeps_the_memories(app: App):
    steps = [
        ("/save", "libchan", 3, "Kick", 0), ("/copy", "libchan", 3, 4), ("/rename", "libchan", 4, "Snare"),
        ("/load", "libchan", 4, 1, 63), ("/delete", "libchan", 3),
        ("/save", "scene", 5, "One", "note"), ("/copy", "scene", 5, 6), ("/load", "scene", 6), ("/delete", "scene", 5),
        ("/save", "librout", 1, "Small"), ("/load", "librout", 1), ("/save", "libfx", 2, "Hall", 0),
        ("/load", "libfx", 2, 1), ("/save", "libmon", 0, "Band"), ("/load", "libmon", 0),
    ]  # fmt: skip
    for command, kind, *rest in steps:
        assert app.wait(command, kind, *rest) == [(command, kind, 1)], (command, kind)
    assert app.wait("/load", "scene", 5) == [("/load", "scene", 0)]
    assert app.ask("/-libs/ch/005/name") == [("/-libs/ch/005/name", "Snare")]


# --- tablets --------------------------------------------------------------------------------------------


def test_x32_mix_lives_on_hundreds_of_subscriptions(net: Net, app: App):
    paths = [f"/ch/{ch:02d}/mix/{what}" for ch in range(1, 33) for what in ("on", "fader", "pan")]
    paths += [f"/ch/{ch:02d}/mix/{bus:02d}/level" for ch in range(1, 33) for bus in range(1, 9)]
    told = app.ask_all([("/subscribe", path, 2) for path in paths])
    assert {address for address, *_ in told} == {*paths}
    App(net).send(("/ch/09/mix/fader", 1.0))
    again = dict(app.hear_until(lambda told: {*dict(told)} == {*paths} and dict(told)["/ch/09/mix/fader"] == 1.0))
    assert {*again} == {*paths}
    assert again["/ch/09/mix/fader"] == 1.0
    blob = dict(app.ask("/batchsubscribe", "/mfm_a", "/mix/on", 0, 63, 8))["/mfm_a"]
    assert (len(blob), words(blob)[0]) == (260, 64)
    app.send(("/unsubscribe",))
    app.hear()
    net.turn(0.2)
    assert app.hear() == []


def test_mixing_station_reads_every_leaf_with_its_type(app: App):
    for probe in ("/info", "/xinfo", "/status"):
        assert len(app.ask(probe)) == 1
    answers = app.ask_all([(leaf,) for leaf in LEAVES])
    assert [address for address, _ in answers] == LEAVES
    assert [address for address, value in answers if type(value) is not TYPES[address]] == []


def test_mixing_station_compares_what_it_reads_with_what_it_has_set(app: App):
    app.send(("/xremote",))
    for step in range(0, 1024, 31):
        sent = language.single(step / 1023)
        app.send(("/ch/03/mix/fader", sent))
        assert app.ask("/ch/03/mix/fader") == [("/ch/03/mix/fader", sent)]
    assert app.hear() == []  # what it has done itself it is not told


def test_mixing_station_moves_a_channel_through_the_last_preset(net: Net, app: App):
    app.send(("/-libs/r/100/name", "secret"))
    assert app.ask("/-libs/r/100/name") == [("/-libs/r/100/name", "secret")]
    app.send(("/ch/01/config/name", "Vox"), ("/ch/01/eq/1/g", 0.75))
    assert app.wait("/save", "libchan", 99, "move", 0) == [("/save", "libchan", 1)]
    assert app.wait("/load", "libchan", 99, 7, 63) == [("/load", "libchan", 1)]
    net.turn(0.3)
    app.hear()
    assert app.ask("/ch/08/config/name") == [("/ch/08/config/name", "Vox")]
    assert app.ask("/ch/08/eq/1/g") == [("/ch/08/eq/1/g", 0.75)]


def test_mixing_station_follows_the_selection_and_shows_analyser_and_reduction(net: Net, app: App):
    app.send(("/xremote",), ("/meters", "/meters/15", 0, 0, 1), ("/meters", "/meters/16", 0, 0, 1))
    App(net).send(("/-stat/selidx", 50))
    assert app.hear() == [("/-stat/selidx", 50)]
    net.server.feed(page())
    assert {address: len(blob) for address, blob in app.hear()} == {"/meters/15": 204, "/meters/16": 196}


# --- show control ---------------------------------------------------------------------------------------


def test_companion_looks_for_the_console_and_keeps_its_heart_beating(app: App):
    assert app.ask("/-snap/name") == app.ask("/-snap/index") == []
    ((address, ip, name, model, firmware),) = app.ask("/xinfo")
    assert (address, ip, name, model, firmware) == ("/xinfo", "127.0.0.1", "faderd", "X32RACK", "4.06")
    for _ in range(3):
        assert [answer[0] for answer in app.ask_all([("/xremote",), ("/xinfo",)])] == ["/xinfo"]


def test_companion_reads_all_presets_and_what_its_buttons_show(app: App):
    libraries = [
        f"/-libs/{kind}/{number:03d}/{what}"
        for kind in ("ch", "fx", "r", "mon")
        for number in range(1, 101)
        for what in ("hasdata", "name")
    ]
    shown = [leaf for leaf in LEAVES if re.match(r"/(-stat|-undo|-urec|-prefs/show_control|-show/prepos)", leaf)]
    shown += [leaf for leaf in LEAVES if leaf.endswith(("/config/name", "/mix/fader", "/mix/on", "/config/color"))]
    for group in (libraries, shown):
        answers = app.ask_all([(path,) for path in group])
        assert [address for address, _ in answers] == group
    assert len(libraries) == 800
    assert app.ask("/subscribe", "/-stat/tape/etime", 20) == [("/-stat/tape/etime", 0)]


def test_companion_sends_from_a_second_socket_to_hear_of_its_own_changes(net: Net, app: App):
    hands = App(net)
    app.ask("/xremote")
    hands.send(("/ch/01/mix/on", 0), ("/ch/01/mix/fader", 0.5), ("/ch/01/config/name", "Vox"))
    assert [address for address, _ in app.hear()] == ["/ch/01/mix/on", "/ch/01/mix/fader", "/ch/01/config/name"]
    assert hands.hear() == []
    assert hands.wait("/save", "scene", 1, "Song", "") == [("/save", "scene", 1)]
    hands.send(("/ch/01/mix/on", 1))
    app.hear()
    hands.send(("/-action/goscene", 1))
    assert ("/ch/01/mix/on", 0) in app.hear_until(lambda told: ("/ch/01/mix/on", 0) in told)
    net.turn(0.1)
    app.hear()  # and whatever else a recall alters
    hands.send(("/-stat/solosw/01", 1))
    assert {*app.hear()} == {("/-stat/solosw/01", 1), ("/-stat/solo", 1)}
    hands.send(("/-action/clearsolo", 1))
    assert {*app.hear()} == {("/-stat/solosw/01", 0), ("/-stat/solo", 0)}


def test_companion_goes_back_one_step(net: Net, app: App):
    app.send(("/-action/undopt", 1), ("/ch/02/mix/fader", 0.25))
    assert app.ask("/-undo/time")[0][1] != ""
    app.send(("/-action/doundo", 1))
    net.turn(0.3)
    app.hear()
    assert app.ask("/ch/02/mix/fader") == [("/ch/02/mix/fader", 0.0)]


def test_theatremix_sets_a_whole_cue_in_one_burst(net: Net, app: App):
    console, _ = App(net), app.ask("/xremote")
    cue: list[tuple] = []
    for ch in range(1, 33):
        path = f"/ch/{ch:02d}"
        cue += [(f"{path}/grp/dca", 1 << ch % 8), (f"{path}/mix/on", ch % 2), (f"{path}/eq/2/g", 0.25)]
        cue += [(f"{path}/mix/13/level", 0.5), (f"{path}/delay/time", 0.25)]
    for dca in range(1, 9):
        path = f"/dca/{dca}"
        cue += [(f"{path}/config/name", f"Act {dca}"), (f"{path}/config/color", dca % 7), (f"{path}/on", 0)]
    listener = App(net)
    listener.ask("/xremote")
    app.send(*cue)
    called = {address for address, _ in cue if address.startswith("/dca/")}
    told = dict(listener.hear_until(lambda told: {*dict(told)} >= called))
    read = dict(console.ask_all([(address,) for address, _ in cue]))
    assert all(value == pytest.approx(read[address], abs=1e-6) for address, value in told.items())
    wrong = {address for address, value in cue if read[address] != pytest.approx(value, abs=1e-3)}
    assert wrong == set()
    assert {*told} >= called
    console.send(("/ch/05/mix/on", 0), ("/main/st/mix/fader", 0.6))
    assert {address for address, _ in app.hear()} >= {"/ch/05/mix/on", "/main/st/mix/fader"}


# --- layouts, libraries and tools ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "sent", "wanted"),
    [
        ("/ch/01/mix/on", 0.0, 0),
        ("/-stat/solosw/03", 1.0, 1),
        ("/ch/01/config/color", 5.0, 5),
        ("/ch/01/config/icon", 12.0, 12),
        ("/config/mute/1", 1.0, 1),
        ("/ch/01/mix/fader", 1, 1.0),
        ("/ch/01/mix/fader", 0, 0.0),
        ("/ch/01/grp/dca", 3.0, 3),
    ],
)
def test_layouts_that_know_only_floats_drive_everything(path: str, sent: float, wanted: float, app: App):
    app.send((path, sent))
    assert app.ask(path) == [(path, wanted)]


def test_open_stage_control_renews_with_a_timer_and_relays_do_the_same(net: Net, app: App):
    for _ in range(3):
        assert app.ask("/xremote") == []
        App(net).send(("/ch/01/mix/on", 0), ("/ch/01/mix/on", 1))
        assert app.hear() == [("/ch/01/mix/on", 0), ("/ch/01/mix/on", 1)]


def test_the_other_half_of_a_link_is_told_to_who_moves_one(net: Net, app: App):
    app.send(("/xremote",), ("/config/chlink/1-2", 1))
    app.hear()
    app.send(("/ch/01/mix/fader", 0.5))
    assert app.hear() == [("/ch/02/mix/fader", language.single(512 / 1023))]


def test_command_line_tools_ask_set_meter_and_leave(net: Net, app: App):
    assert app.ask("/info") == [("/info", "V2.07", "osc-server", "X32RACK", "4.06")]
    assert app.ask("/", "ch/01/mix ON -6.0") == [("/", "ch/01/mix ON -6.0")]
    app.send(("/ch/01/eq/1", 3, 0.5, 0.75, 0.25))
    assert app.ask("/node", "ch/01/eq/1") == [("node", "/ch/01/eq/1 VEQ 632.5 +7.50 4.1\n")]
    app.send(("/fx/1/par", 0.5, 0.5, 0.5))
    assert app.ask("/node", "fx/1/par")[0][1].startswith("/fx/1/par 100 1.00 ")
    app.send(("/meters", "/meters/6", 16, 0, 1), ("/xremote",))
    net.server.feed(page())
    assert [address for address, _ in app.hear()] == ["/meters/6"]
    app.send(("/unsubscribe",))
    App(net).send(("/ch/01/mix/on", 0))
    net.server.feed(page())
    assert app.hear() == []


def test_who_asks_for_nothing_is_told_nothing(net: Net, app: App):
    App(net).send(*((leaf, 1) for leaf in LEAVES[:300]))
    assert app.hear() == []


def test_five_clients_and_more_are_told_side_by_side(net: Net):
    """The desk has room for four."""
    apps = [App(net) for _ in range(12)]
    for app in apps:
        app.ask("/xremote" if app is not apps[3] else "/xremotenfb")
    App(net).send(("/bus/01/mix/fader", 0.5))
    assert [len(app.hear()) for app in apps] == [1] * 12
