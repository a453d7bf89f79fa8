"""Listen buses: what one operator solos is heard by that one alone, as long as the lease runs."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from daemon import settings
from daemon.offline import render
from daemon.wire import leases
from oracles import processors
from rigs import desk, harness
from rigs.talk import ANN, BEN, Net, Talk, hear

DB = 0.005
SILENT_DB = -120.0
FADER_DB, PAN = -8.0, 40.0
FRAMES = 4800
TONES = {n: desk.tone(500.0 * n, FRAMES) for n in range(1, 5)}
IN_DB = float(desk.decibels(0.1))
NAMES = [f"listen/{number}" for number in range(1, 8)]
MAIN, MONITOR, FIRST = slice(0, 2), slice(2, 4), 4


class Room:
    """A desk with two people at it: inputs 1 to 4 on channels 1 to 4, mains, monitor and all listen buses on outputs.

    Outputs 1 and 2 are the mains, 3 and 4 the monitor, 5 and 6 listen bus 1, and so on.
    """

    def __init__(self) -> None:
        self.rig = desk.Rig(["main", "monitor", *NAMES])
        self.talk = Talk(console=self.rig.console)
        self.rig.set_row("ch/{ch}/mix/fader", FADER_DB)
        self.rig.set_row("ch/{ch}/mix/pan", PAN)
        self.rig.set("/main/st/mix/fader", 0.0)
        self.say = self.talk.say

    def play(self) -> np.ndarray:
        return self.rig.play(TONES)

    def levels(self, number: int) -> np.ndarray:
        """Levels of the four inputs' tones on both sides of a listen bus, relative to the inputs'; shape (4, 2)."""
        heard = self.play()[:, bus(number)]
        return np.stack([desk.level_db(heard, 500.0 * n) for n in TONES]) - IN_DB


def bus(number: int) -> slice:
    """Outputs of a listen bus."""
    return slice(FIRST + 2 * (number - 1), FIRST + 2 * number)


def compare(levels: np.ndarray, **wanted: tuple[float, float]) -> None:
    """Inputs have these levels, all others are silent."""
    for n in range(1, 5):
        if f"in{n}" in wanted:
            np.testing.assert_allclose(levels[n - 1], wanted[f"in{n}"], atol=DB)
        else:
            assert (levels[n - 1] < SILENT_DB).all()


def test_a_listener_hears_what_he_solos_and_nobody_else_hears_of_it() -> None:
    room = Room()
    room.say("/xremote", by=BEN)
    before = room.play()
    assert room.say("/faderd/listen") == [("/faderd/listen", 1, "outputs 5 and 6")]
    assert (room.play() == before).all()  # nothing soloed, nothing heard
    assert room.say("/faderd/listen/solosw/02", 1) == []
    compare(room.levels(1), in2=(0.0, 0.0))
    after = room.play()
    assert (after[:, :FIRST] == before[:, :FIRST]).all()
    assert (after[:, bus(2).start :] == 0).all()
    assert room.talk.hear(BEN) == []
    assert not any(room.rig.stored(f"/-stat/solosw/{n:02}") for n in range(1, 81))
    assert room.rig.stored("/-stat/solo") == 0


def test_the_consoles_own_solo_is_not_heard_on_a_listen_bus() -> None:
    room = Room()
    room.say("/faderd/listen")
    room.say("/faderd/listen/solosw/02", 1)
    before = room.play()
    room.say("/-stat/solosw/01", 1)
    room.say("/config/solo/dim", 1)
    after = room.play()
    assert (after[:, bus(1)] == before[:, bus(1)]).all()
    assert not (after[:, MONITOR] == before[:, MONITOR]).all()


def test_listeners_do_not_hear_each_other() -> None:
    room = Room()
    assert [room.say("/faderd/listen", by=client)[0][1] for client in (ANN, BEN)] == [1, 2]
    room.say("/faderd/listen/solosw/01", 1, by=ANN)
    room.say("/faderd/listen/solosw/03", 1, by=BEN)
    compare(room.levels(1), in1=(0.0, 0.0))
    compare(room.levels(2), in3=(0.0, 0.0))
    assert room.say("/faderd/listen/solosw/01", by=BEN) == [("/faderd/listen/solosw/01", 0)]
    assert room.say("/faderd/listen/solosw/01", by=ANN) == [("/faderd/listen/solosw/01", 1)]


FADER = float(desk.decibels(10 ** (FADER_DB / 20)))


@pytest.mark.parametrize("mode", ["PFL", "AFL"])
def test_a_listener_chooses_before_or_after_the_fader(mode: str) -> None:
    room = Room()
    room.rig.set("/config/solo/chmode", "AFL" if mode == "PFL" else "PFL")  # the monitor's own
    room.say("/faderd/listen")
    room.say("/faderd/listen/chmode", mode)
    room.say("/faderd/listen/solosw/01", 1)
    fader = room.rig.value("/ch/01/mix/fader")
    sides = processors.level_db(processors.pan_gains(PAN)) + fader if mode == "AFL" else np.zeros(2)
    compare(room.levels(1), in1=tuple(sides))


def test_buses_and_dcas_have_modes_of_their_own() -> None:
    room = Room()
    room.rig.set_many({"/ch/01/mix/05/level": 0.0, "/bus/05/mix/fader": FADER_DB, "/ch/02/grp/dca": 1})
    room.rig.set("/dca/1/fader", 0.0)
    room.say("/faderd/listen")
    room.say("/faderd/listen/busmode", "PFL")
    room.say("/faderd/listen/dcamode", "AFL")
    room.say("/faderd/listen/solosw/53", 1)  # bus 5
    room.say("/faderd/listen/solosw/73", 1)  # DCA 1
    faders = room.rig.value("/ch/02/mix/fader") + room.rig.value("/dca/1/fader")
    pan = processors.level_db(processors.pan_gains(PAN)) + faders
    sent = room.rig.value("/ch/01/mix/05/level")
    compare(room.levels(1), in1=(sent, sent), in2=tuple(pan))


def test_a_bus_has_a_level_as_the_monitor_has() -> None:
    room = Room()
    room.say("/faderd/listen")
    room.say("/faderd/listen/solosw/01", 1)
    room.say("/faderd/listen/level", 0.5)
    assert room.say("/faderd/listen/level") == [("/faderd/listen/level", 0.5)]
    compare(room.levels(1), in1=(-10.0, -10.0))
    room.say("/faderd/listen/level", 0.0)
    compare(room.levels(1))


def test_without_a_solo_a_listener_hears_the_source_he_chose() -> None:
    room = Room()
    room.say("/faderd/listen")
    compare(room.levels(1))
    room.say("/faderd/listen/source", "LR")
    heard = room.play()[FRAMES // 2 :]
    np.testing.assert_allclose(heard[:, bus(1)], heard[:, MAIN], atol=1e-6)
    room.say("/faderd/listen/solosw/02", 1)
    compare(room.levels(1), in2=(0.0, 0.0))
    room.say("/faderd/listen/clear")
    heard = room.play()[FRAMES // 2 :]
    np.testing.assert_allclose(heard[:, bus(1)], heard[:, MAIN], atol=1e-6)


@pytest.mark.parametrize(("exclusive", "left"), [(0, [1, 3, 4]), (1, [3, 4])])
def test_links_and_exclusive_solos_hold_for_listeners_too(exclusive: int, left: list[int]) -> None:
    room = Room()
    room.say("/config/chlink/3-4", 1)
    room.say("/config/solo/exclusive", exclusive)
    room.say("/faderd/listen")
    room.say("/faderd/listen/solosw/01", 1)
    room.say("/faderd/listen/solosw/03", 1)
    on = [n for n in range(1, 81) if room.say(f"/faderd/listen/solosw/{n:02}")[0][1]]
    assert on == left


# --- leases -----------------------------------------------------------------------------------------------


def soloing() -> Room:
    room = Room()
    room.say("/faderd/listen")
    room.say("/faderd/listen/solosw/01", 1)
    return room


def test_a_bus_is_silent_and_free_when_its_client_is_gone() -> None:
    room = soloing()
    room.talk.wait(9.4)
    compare(room.levels(1), in1=(0.0, 0.0))
    room.talk.wait(1.2)
    compare(room.levels(1))
    assert room.say("/faderd/listen", by=BEN)[0][1] == 1
    assert room.say("/faderd/listen/solosw/01", by=BEN)[0][1] == 0
    compare(room.levels(1))


def test_who_was_gone_begins_anew() -> None:
    room = soloing()
    room.talk.wait(11)
    ((address, *_),) = room.say("/faderd/listen/solosw/01")
    assert address == "/faderd/error"
    assert room.talk.counters.refused == 1
    room.say("/faderd/listen")
    assert room.say("/faderd/listen/solosw/01") == [("/faderd/listen/solosw/01", 0)]


@pytest.mark.parametrize(
    "message",
    [
        ("/faderd/listen",),
        ("/faderd/listen", 1),
        ("/faderd/listen/level",),
        ("/faderd/listen/solosw/01", 1),
        ("/renew",),
        ("/renew", "/faderd/listen"),
    ],
)
def test_each_message_keeps_the_bus(message: tuple) -> None:
    room = soloing()
    for _ in range(3):
        room.talk.wait(8)
        room.say(*message)
    compare(room.levels(1), in1=(0.0, 0.0))


@pytest.mark.parametrize("message", [("/faderd/listen/release",), ("/unsubscribe",), ("/unsubscribe", "faderd/listen")])
def test_a_bus_can_be_given_back(message: tuple) -> None:
    room = soloing()
    room.say(*message)
    compare(room.levels(1))
    assert room.say("/faderd/listen", by=BEN)[0][1] == 1


def test_ending_something_else_does_not_end_it() -> None:
    room = soloing()
    room.say("/unsubscribe", "meters/1")
    compare(room.levels(1), in1=(0.0, 0.0))


def test_there_are_seven_buses_and_the_eighth_client_is_told_so() -> None:
    room = Room()
    clients = [("10.0.0.9", 6000 + n) for n in range(8)]
    numbers = [room.say("/faderd/listen", by=client)[0][1] for client in clients[:7]]
    assert numbers == [1, 2, 3, 4, 5, 6, 7]
    ((_, number, reason),) = room.say("/faderd/listen", by=clients[7])
    assert number == 0
    assert "all listen buses are taken" in reason
    room.say("/faderd/listen/release", by=clients[3])
    assert room.say("/faderd/listen", by=clients[7])[0][1:] == (4, "outputs 11 and 12")


def test_a_bus_can_be_asked_for_by_number_and_changed() -> None:
    room = soloing()
    assert room.say("/faderd/listen", 1, by=BEN)[0][1] == 0
    assert room.say("/faderd/listen", 5)[0][1:] == (5, "outputs 13 and 14")
    compare(room.levels(5), in1=(0.0, 0.0))
    compare(room.levels(1))
    assert room.say("/faderd/listen", 1, by=BEN)[0][1] == 1


@pytest.mark.parametrize("number", [0, 8, -1, "x", 1.5])
def test_a_bus_that_does_not_exist_is_refused(number: object) -> None:
    room = Room()
    reason = f"{number!r} is no listen bus: they are numbered 1 to 7"
    assert room.say("/faderd/listen", number) == [("/faderd/error", "/faderd/listen", reason)]
    assert room.talk.counters.refused == 1


def test_a_bus_that_an_output_carries_comes_first() -> None:
    rig = desk.Rig(["main", "listen/6/r", "listen/6/l"])
    talk = Talk(console=rig.console)
    assert talk.say("/faderd/listen")[0][1:] == (6, "outputs 3 and 4")
    ((_, number, where),) = talk.say("/faderd/listen", by=BEN)
    assert number == 1
    assert where.startswith('nowhere: name "listen/1" among the outputs')


def test_a_lease_that_ends_fades_without_a_click() -> None:
    room = soloing()
    slow = desk.tone(100.0, FRAMES, phase=np.pi / 2)  # whole periods: it goes on when it is played again
    before = room.rig.play({1: slow})
    room.say("/faderd/listen/release")
    after = room.rig.play({1: slow})
    heard = np.concatenate([before, after])[:, bus(1)]
    assert harness.click_db(heard[:, 0], FRAMES) < -80
    assert (after[960:, bus(1)] == 0).all()


# --- where it is heard --------------------------------------------------------------------------------------


def test_the_settings_patch_listen_buses_to_outputs(tmp_path: Path) -> None:
    path = tmp_path / "faderd.toml"
    path.write_text('outputs = ["main", "listen/1", "listen/7/l"]\nears = ["listen/1"]\n')
    plan = settings.plan(settings.read(path))
    rig = desk.Rig(**plan.__dict__)
    talk = Talk(console=rig.console)
    assert talk.say("/faderd/listen")[0][1:] == (1, "outputs 3 and 4")
    assert talk.say("/faderd/listen", 7)[0][1:] == (7, "outputs 5")
    path.write_text('outputs = ["listen/8"]\n')
    with pytest.raises(settings.SettingsError, match="listen/8"):
        settings.read(path)


def test_a_rendering_knows_listen_buses(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "in.wav", TONES[1].astype(np.float32), desk.RATE, "FLOAT")
    render.render(tmp_path / "in.wav", None, tmp_path / "out.wav", ["listen/1", "ch/01"], 4096)
    heard, _ = soundfile.read(tmp_path / "out.wav")
    assert heard.shape == (FRAMES, 3)
    assert (heard[:, :2] == 0).all()  # nobody listens to a rendering


def test_over_the_network_a_bus_comes_and_goes_with_its_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_S", 2.0)
    rig = desk.Rig(["main", "monitor", *NAMES])
    with Net(console=rig.console) as net:
        ann, ben = net.client(), net.client()
        ben.send(b"/xremote\0\0\0\0")
        assert net.ask(ann, "/faderd/listen") == [("/faderd/listen", 1, "outputs 5 and 6")]
        assert net.ask(ann, "/faderd/listen/solosw/01", 1) == []
        assert desk.level_db(rig.play(TONES)[:, bus(1)], 500.0) == pytest.approx(IN_DB, abs=DB)
        net.turn(3.0)
        assert (rig.play(TONES)[FRAMES // 2 :] == 0).all()
        assert hear(ben) == []
        assert net.ask(ben, "/faderd/listen")[0][1] == 1
        assert net.faults == []
