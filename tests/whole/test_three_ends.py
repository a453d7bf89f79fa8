"""House, stream and record are three ends: what is done for one is not heard at the others."""

import numpy as np
import pytest
from scipy import signal

from daemon.metering import live, loudness
from dsp.design import draft
from dsp.engine import memory
from dsp.processors import limiter, taps
from rigs import desk

HOUSE, STREAM = "main", "mtx/01"
OUTPUTS = [HOUSE, STREAM, "mtx/02", "print"]
CEILING_DB = -3.0
OPEN = {
    "/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0, "/main/st/mix/01/level": 0.0, "/main/st/mix/01/type": "POST",
    "/mtx/01/mix/fader": 0.0, "/mtx/02/mix/fader": 0.0, "/config/mtxlink/1-2": 1,
}  # fmt: skip
NOISE = np.random.default_rng(14).uniform(-1, 1, 48_000)


def rig_with(ceiling_db: float = 0.0, **plan: object) -> desk.Rig:
    rig = desk.Rig(OUTPUTS, ceiling_db=ceiling_db, stream=[STREAM, "mtx/02"], stream_ceiling_db=CEILING_DB, **plan)
    rig.set_many(OPEN)
    rig.play(4800)
    return rig


def true_peak_db(y: np.ndarray) -> float:
    """Highest of 32 points to a frame."""
    return float(20 * np.log10(np.abs(signal.resample_poly(y.astype(np.float64), 32, 1)).max()))


def test_a_stream_keeps_its_true_peak_below_a_ceiling_of_its_own_and_the_house_is_not_turned_down_for_it() -> None:
    heard = rig_with().play({1: 2 * NOISE})
    assert true_peak_db(heard[:, 2]) < CEILING_DB + 0.25
    assert 20 * np.log10(np.abs(heard[:, 0]).max()) == pytest.approx(0.0, abs=0.01)


def test_a_low_ceiling_of_the_house_does_not_turn_a_stream_down() -> None:
    heard = rig_with(ceiling_db=-20.0).play({1: 2 * NOISE})
    assert np.abs(heard[:, 0]).max() <= 0.1 + 1e-6
    assert true_peak_db(heard[:, 2]) == pytest.approx(CEILING_DB, abs=0.3)


def test_both_sides_of_a_stream_are_turned_down_together() -> None:
    rig = rig_with()
    rig.set("/ch/01/mix/pan", 40.0)
    rig.play(4800)
    quiet, loud = rig.play({1: 1e-3 * NOISE})[:, 2:4], rig.play({1: 4 * NOISE})[:, 2:4]
    apart = [np.sqrt(np.mean(each[limiter.LATENCY : -100].astype(np.float64) ** 2, axis=0)) for each in (quiet, loud)]
    assert apart[1][0] / apart[1][1] == pytest.approx(apart[0][0] / apart[0][1], rel=1e-3)
    assert apart[1][0] < 3000 * apart[0][0]


def test_the_print_is_the_main_mix_without_what_is_done_for_the_house() -> None:
    rig = desk.Rig(["print"])
    rig.set("/ch/01/mix/fader", 0.0)
    rig.play(4800)
    before = rig.play({1: 0.1 * NOISE})
    rig.set_many({
        "/main/st/mix/fader": -20.0, "/main/st/mix/on": 0, "/main/st/eq/1/type": "PEQ", "/main/st/eq/1/g": -15.0,
        "/main/st/dyn/on": 1, "/main/st/dyn/thr": -60.0,
    })  # fmt: skip
    rig.play(4800)
    after = rig.play({1: 0.1 * NOISE})
    assert np.abs(before[:, :2]).max() > 0.05
    assert np.array_equal(before, after)


def meters_of(rig: desk.Rig) -> live.Meters:
    return live.Meters(rig.audio, rig.console.stream_places)


def test_the_second_meter_shows_how_loud_a_stream_leaves_behind_its_limiter() -> None:
    rig = rig_with()
    meters, once = meters_of(rig), loudness.Meter(48_000, 2)
    assert meters.sources[:2] == ["main", "stream"]
    rig.play(live.LARGEST_BLOCK)
    for part in np.array_split(4 * np.tile(NOISE, 2), 10):
        once.add(rig.play({1: part})[:, 2:4].astype(np.float64))
        meters.add()
    shown, left = meters.readings()[1], once.measured()
    assert shown.i == pytest.approx(left.integrated_lufs, abs=0.05)
    assert shown.max_tp < CEILING_DB + 0.25


def test_a_recall_is_measured_as_it_leaves() -> None:
    rig = rig_with()
    meters_of(rig)
    rig.play({1: np.tile(NOISE, 2)})
    louder = rig.console.values.copy()
    leaf = rig.console.values.table.leaves["/ch/01/config/source"]
    louder.set(leaf, 2)
    rig.console.recall(louder)
    begin = rig.audio.count(memory.FRAME)
    heard = rig.play({1: NOISE, 2: -NOISE[::-1]})[:, 2:4]
    kept = rig.audio.memory["taps"][np.arange(begin, begin + len(heard)) % taps.RING, 2:4]
    assert not np.array_equal(heard[:4800], heard[-4800:])
    assert np.array_equal(kept, heard)


def test_a_meter_follows_when_other_outputs_feed_the_stream_after_a_reload() -> None:
    rig = desk.Rig(OUTPUTS)
    meters = meters_of(rig)
    assert meters.sources[1] == "off"
    meters.measure(1, "stream")
    rig.set_many(OPEN)
    rig.console.begin_anew(draft.Plan(outputs=OUTPUTS, stream=[STREAM, "mtx/02"]))
    rig.console.open_outputs(True)
    for _ in range(10):
        rig.play({1: 0.1 * NOISE[:4800]})
        meters.add()
    assert meters.readings()[1].max_tp > -40
