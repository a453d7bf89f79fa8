"""A bus that is fed with itself is told, if it really holds."""

import numpy as np
import pytest

from daemon.commands import errors
from daemon.desk.loops import Loops
from daemon.wire import packet
from daemon.wire.network import Client, Network
from rigs.desk import Rig, noise, rms_db

BUS_1, BUS_2 = 49, 50
"""Sources of a strip."""


def looped(send_db, fader_db=0.0, **settings):
    """Channel 2, in phase, is fed by bus 1 and sends to it; channel 1 begins it."""
    rig = Rig(["bus/01"], ceiling_db=0.0)
    rig.set_many({
        "/bus/01/mix/fader": fader_db, "/ch/02/config/source": BUS_1, "/ch/02/mix/01/level": send_db,
        "/ch/01/mix/01/level": 0.0, "/ch/01/mix/fader": 0.0, "/ch/02/mix/fader": 0.0,
    } | {f"/{path.replace('__', '/')}": value for path, value in settings.items()})  # fmt: skip
    rig.console.publish()
    return rig


def left_db(rig, turns):
    """Level after so many turns of the loop, against that of the burst of noise that began it."""
    burst = rig.play({1: noise(4800, 0.01)})[:, 0]
    return rms_db(rig.play(64 * turns)[:, 0]) - rms_db(burst)


@pytest.mark.parametrize(("send_db", "fader_db"), [(0.0, 0.0), (3.0, 0.0), (-3.0, 6.0)])
def test_a_loop_at_unity_or_above_is_told_and_holds(send_db, fader_db):
    rig = looped(send_db, fader_db)
    told = Loops(rig.console).news()
    assert told is not None
    assert "bus 01" in told
    assert "ch/02" in told
    assert left_db(rig, 20) > -12


@pytest.mark.parametrize(("send_db", "fader_db"), [(-1.0, 0.0), (3.0, -6.0)])
def test_a_loop_below_unity_dies_away_and_is_not_told(send_db, fader_db):
    rig = looped(send_db, fader_db)
    assert Loops(rig.console).news() is None
    assert left_db(rig, 400) < -40


@pytest.mark.parametrize("send_db", [3.0, 9.0])
def test_a_loop_above_unity_is_at_full_scale_while_it_is_fed_and_breaks_off_alone(send_db):
    rig = looped(send_db)
    assert "as long as anything feeds it, and breaks off" in str(Loops(rig.console).news())
    rig.play({1: noise(9600, 0.01)})
    fed = np.abs(rig.play({1: noise(9600, 0.01)})[:, 0]).reshape(-1, 640).max(1)
    assert fed.min() > 0.99
    rig.play(64 * 100)
    assert not rig.play(640)[:, 0].any()


def test_a_loop_at_unity_stays_as_it_is():
    rig = looped(0.0)
    assert "never dies away" in str(Loops(rig.console).news())
    rig.play({1: noise(640, 0.01)})
    before, after = rig.play(640)[:, 0], rig.play(64 * 100)[-640:, 0]
    assert before.any()
    np.testing.assert_array_equal(after, before)


def test_a_muted_loop_is_none():
    assert Loops(looped(0.0, ch__02__mix__on=0).console).news() is None


def test_a_loop_through_two_buses_names_both():
    rig = Rig(["bus/01"])
    rig.set_many({
        "/bus/01/mix/fader": 0.0, "/bus/02/mix/fader": 3.0, "/ch/02/config/source": BUS_1, "/ch/02/mix/02/level": 0.0,
        "/ch/03/config/source": BUS_2, "/ch/03/mix/01/level": -1.0, "/ch/02/mix/fader": 0.0, "/ch/03/mix/fader": 0.0,
    })  # fmt: skip
    rig.console.publish()
    told = Loops(rig.console).news()
    assert told is not None
    assert all(name in told for name in ("bus 01 and bus 02", "ch/02, ch/03", "+1.0 dB"))


def test_a_loop_is_news_once_and_is_told_as_long_as_it_is_there():
    rig = looped(0.0)
    loops = Loops(rig.console)
    assert loops.news()
    assert loops.news() is None
    assert loops.told
    rig.set("/ch/02/mix/01/level", -20.0)
    rig.console.publish()
    assert loops.news() is None
    assert loops.told is None


def test_whoever_asked_for_reasons_is_told_of_it():
    sent = []
    asked, silent = Client("10.0.0.1", 4000), Client("10.0.0.2", 4000)
    faults = errors.Faults(Network(lambda datagram, client: sent.append((client, datagram)), print, lambda: 100.0))
    faults.commands["/faderd/errors"]([1], asked)
    faults.commands["/faderd/errors"]([0], silent)
    faults.tell_everybody("/faderd/health", "feedback: bus 01")
    ((client, datagram),) = sent
    assert client == asked
    assert packet.parse(datagram)[0].arguments == ["/faderd/health", "feedback: bus 01"]
