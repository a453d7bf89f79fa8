"""Effects in a recall: no output is louder than on the louder desk, nothing clicks, and what is the same rings on."""

from collections.abc import Mapping

import numpy as np
import pytest

from dsp.engine import memory
from rigs import desk, recalls

RATE = desk.RATE
BURST_DB, CLICK_DB = recalls.BURST_DB, recalls.CLICK_DB
HEARD = ["fxrtn/01", "fxrtn/02", "main", "main/m", "ch/01"]

Scene = Mapping[str, desk.Setting]

FED: Scene = {
    "/ch/01/mix/fader": -20.0, "/ch/01/mix/13/level": -20.0, "/ch/01/mix/13/type": "PRE", "/bus/13/mix/fader": 0.0,
    "/fxrtn/01/mix/fader": -20.0, "/fxrtn/02/mix/fader": -20.0,
}  # fmt: skip
"""Channel 1 feeds slot 1 through bus 13."""
LOUD_SEND: Scene = {"/ch/01/mix/13/level": 10.0, "/fxrtn/01/mix/fader": -60.0, "/fxrtn/02/mix/fader": -60.0}
LOUD_RETURN: Scene = {"/ch/01/mix/13/level": -60.0, "/fxrtn/01/mix/fader": 10.0, "/fxrtn/02/mix/fader": 10.0}
INSERTED: Scene = {
    "/ch/01/insert/sel": "FX5L", "/ch/01/insert/on": 1, "/ch/01/insert/pos": "PRE", "/ch/01/mix/fader": -20.0
}  # fmt: skip
EQ_UP: Scene = {"/fx/5/type": "GEQ", **{f"/fx/5/par/{band:02}": 12.0 for band in range(1, 32)}}
EQ_FLAT: Scene = {"/fx/5/type": "TEQ", **{f"/fx/5/par/{band:02}": 0.0 for band in range(1, 32)}}
ECHO: Scene = {
    "/fx/1/type": "DLY", "/fx/1/par/01": 100.0, "/fx/1/par/02": 30.0, "/fx/1/par/03": "ST", "/fx/1/par/10": 80.0,
    "/fx/1/par/11": 80.0,
}  # fmt: skip
DRY: Scene = {"/fx/1/type": "DLY", "/fx/1/par/01": 0.0, "/fx/1/par/10": 0.0, "/fx/1/par/11": 0.0}

CHANGES: dict[str, tuple[Scene, Scene]] = {
    "loud send to loud return": ({**FED, **ECHO, **LOUD_SEND}, LOUD_RETURN),
    "loud return to loud send": ({**FED, **ECHO, **LOUD_RETURN}, LOUD_SEND),
    "dry send to dry return": ({**FED, **DRY, **LOUD_SEND}, LOUD_RETURN),
    "loud bus to loud return": ({**FED, **DRY, "/bus/13/mix/fader": 10.0}, {**LOUD_RETURN, "/bus/13/mix/fader": -60.0}),
    "loud equaliser to loud fader": ({**INSERTED, **EQ_UP}, {**EQ_FLAT, "/ch/01/mix/fader": 10.0}),
    "out of the insert": ({**INSERTED, **EQ_UP}, {"/ch/01/insert/on": 0, "/ch/01/mix/fader": 10.0}),
    "source of the slot": (
        {**FED, **DRY, **LOUD_RETURN, "/ch/01/mix/14/level": 10.0,
         "/bus/14/mix/fader": 10.0, "/fx/1/source/l": 14, "/fx/1/source/r": 14, "/fxrtn/01/mix/fader": -60.0},
        {"/fx/1/source/l": 13, "/fx/1/source/r": 13, "/fxrtn/01/mix/fader": 10.0},
    ),
}  # fmt: skip


def recall(rig: desk.Rig, scene: Scene) -> None:
    wanted = rig.console.values.copy()
    probe = desk.Console()
    probe.values.stored[:] = wanted.stored
    for path, value in scene.items():
        desk.set_leaf(probe, path, value)
    rig.console.recall(probe.values)


def played(rig: desk.Rig, seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return rig.play({1: 0.01 * np.sin(2 * np.pi * 250 * t)}).astype(np.float64)


@pytest.mark.parametrize("change", CHANGES)
def test_no_recall_is_louder_than_the_louder_of_both_desks(change: str):
    first, second = CHANGES[change]
    rig = desk.Rig(HEARD)
    rig.set_many(first)
    before = played(rig, 3)[-RATE:]
    begun = rig.audio.count(memory.FRAME)
    recall(rig, second)
    meanwhile = played(rig, 2)
    after = played(rig, 2)[-RATE:]
    (_, frame) = rig.audio.stamps()[-1]
    heard = rig.audio.memory["desks"][0]
    curve = heard["curve"][1 : heard["glide_length"] + 1]
    fault = recalls.judge(before, meanwhile, after, len(before) + frame - begun, curve)
    assert fault.burst_db.max() < BURST_DB
    assert fault.click_db.max() < CLICK_DB


def test_nothing_is_heard_of_what_another_desk_put_into_an_effect():
    rig = desk.Rig(HEARD)
    rig.set_many({**FED, **ECHO, "/ch/01/mix/13/level": 10.0})
    assert np.abs(played(rig, 2)[:, 0]).max() > 1e-3
    recall(rig, {"/ch/01/mix/13/level": -90.0, "/fxrtn/01/mix/fader": 10.0, "/fxrtn/02/mix/fader": 10.0})
    assert not played(rig, 1)[2000:, :2].any()


def test_an_echo_that_a_scene_alters_repeats_what_was_played_before_it():
    rig = desk.Rig(HEARD)
    rig.set_many({**FED, **ECHO, "/fx/1/par/02": 500.0, "/fx/1/par/06": 0.0})
    played(rig, 1)
    x = np.zeros(RATE // 4)
    x[-1000] = 0.1
    rig.play({1: x})
    recall(rig, {"/ch/01/mix/13/level": -10.0})
    heard = rig.play(RATE // 2)[:, 0]
    assert np.argmax(np.abs(heard)) == RATE // 2 - 1000 + 64


@pytest.mark.parametrize("gaps", [[3000], [700, 900], [2000, 5000, 1000]])
def test_tails_go_on_bit_by_bit_through_recalls_of_other_effects(gaps: list[int]):
    heard = []
    for recalled in (False, True):
        rig = desk.Rig(HEARD)
        rig.set_many({**FED, "/fx/1/type": "HALL", "/fx/2/type": "DLY", "/fx/2/par/10": 50.0})
        parts = [rig.play({1: desk.noise(3 * RATE)})]
        for number, gap in enumerate(gaps):
            if recalled:
                recall(rig, {"/fx/2/par/02": 200.0 + number, "/ch/02/mix/14/level": -20.0 * (number % 2)})
            parts.append(rig.play({1: desk.noise(gap, seed=number)}))
        heard.append(np.concatenate([*parts, rig.play(RATE)])[:, 0])
    assert np.abs(heard[0][-RATE // 2 :]).max() > 1e-4
    np.testing.assert_array_equal(*heard)


def test_the_size_of_the_blocks_changes_nothing_of_a_recalled_effect():
    heard = []
    for block in (64, 100, 480):
        rig = desk.Rig(HEARD)
        rig.set_many({**FED, "/fx/1/type": "HALL"})
        rig.play({1: desk.noise(9600)}, block)
        recall(rig, {"/ch/01/mix/13/level": 0.0, "/fx/1/par/02": 4.0})
        heard.append(rig.play({1: desk.noise(RATE)}, block))
    np.testing.assert_array_equal(heard[0], heard[1])
    np.testing.assert_array_equal(heard[0], heard[2])
