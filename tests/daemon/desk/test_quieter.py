"""A mute never waits: what is muted or pulled down during a recall is heard at once, and holds on the desk to come."""

import numpy as np
import pytest

from daemon.audio import kernels
from daemon.audio import rehearsal as beside
from dsp.processors.glide import SUB_BLOCK
from rigs import desk
from rigs.desk import RATE, Rig

LONGEST = 4 * RATE
"""Frames: more than a rehearsal hears again, and than any machine takes for one."""
AT_ONCE = RATE // 100 + SUB_BLOCK
"""Frames: ten milliseconds, from the beginning of the next sub-block."""

MOVES: dict[str, dict[str, desk.Setting]] = {
    "mute": {"/ch/01/mix/on": 0},
    "fader": {"/ch/01/mix/fader": -90.0},
    "dca": {"/dca/2/on": 0},
    "dca fader": {"/dca/2/fader": -90.0},
    "mute group": {"/config/mute/3": 1},
    "joins a muted group": {"/ch/01/grp/mute": 4 + 16},
    "main": {"/main/st/mix/on": 0},
}


def rig() -> Rig:
    """Channel 1 at full level in main, in DCA 2 and mute group 3; group 5 is muted.  Rehearsals wait to be told to."""
    made = Rig(["main", "bus/01", "monitor"])
    made.set_many({
        "/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0, "/ch/01/grp/dca": 2, "/ch/01/grp/mute": 4,
        "/config/mute/5": 1,
        "/ch/01/mix/01/level": 0.0, "/bus/01/mix/fader": 0.0, "/config/solo/level": 0.0, "/config/solo/source": "LR",
    })  # fmt: skip
    made.audio.control_delegate(lambda: None)
    made.play({1: tone(RATE)})
    return made


def tone(frames: int) -> desk.Signal:
    return desk.tone(1000, frames, peak=0.5)


def recall(made: Rig, settings: dict[str, desk.Setting]) -> None:
    """Recall a scene with these settings; it stays on its way until `rehearse`."""
    ask(made, settings)
    made.play({1: tone(SUB_BLOCK)})


def ask(made: Rig, settings: dict[str, desk.Setting]) -> None:
    """The same, but nothing is handed over yet."""
    wanted = made.console.values.copy()
    for path, value in settings.items():
        row = made.console.values.table.row_of(made.console.values.table.leaves[path])
        wanted.set(made.console.values.table.leaves[path], value if isinstance(value, int) else row.nearest(value))
    made.console.recall(wanted)


def rehearse(made: Rig) -> None:
    beside.PROTOTYPE(kernels.rehearsal())(made.audio.address)


def loudest(heard: desk.Signal, output: int = 0) -> float:
    return float(np.abs(heard[:, output]).max())


@pytest.mark.parametrize("move", MOVES)
def test_what_is_pulled_down_during_the_longest_rehearsal_is_silent_within_ten_milliseconds(move: str):
    made = rig()
    recall(made, {"/ch/01/eq/1/g": 6.0, "/ch/01/mix/pan": -20.0})
    assert loudest(made.play({1: tone(LONGEST)})) > 0.3
    made.set_many(MOVES[move])
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4


@pytest.mark.parametrize("move", MOVES)
def test_and_it_holds_on_the_desk_to_come(move: str):
    made = rig()
    recall(made, {"/ch/01/eq/1/g": 6.0, "/ch/01/mix/pan": -20.0})
    made.set_many(MOVES[move])
    made.play({1: tone(AT_ONCE)})
    rehearse(made)
    assert loudest(made.play({1: tone(RATE)})) < 1e-4
    assert not made.audio.control_recalls()


@pytest.mark.parametrize("frames", [0, 64, 256, 448, 512, 640])
def test_a_mute_while_two_desks_cross_fade_is_silent_within_ten_milliseconds(frames: int):
    made = rig()
    recall(made, {"/ch/01/mix/pan": -20.0})
    rehearse(made)
    made.play({1: tone(frames)})
    made.set("/ch/01/mix/on", 0)
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4


def test_what_the_recalled_scene_has_muted_already_can_be_muted_at_once():
    made = rig()
    recall(made, {"/ch/01/mix/on": 0})
    assert loudest(made.play({1: tone(RATE)})) > 0.3
    made.set("/ch/01/mix/on", 0)
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4


def test_a_send_that_is_pulled_down_leaves_the_others():
    made = rig()
    recall(made, {"/ch/01/mix/pan": -20.0})
    made.set("/ch/01/mix/01/on", 0)
    heard = made.play({1: tone(RATE)})[AT_ONCE:]
    assert loudest(heard, 2) < 1e-4
    assert loudest(heard, 0) > 0.3


def test_dim_dims_at_once():
    made = rig()
    before = loudest(made.play({1: tone(RATE)}), 3)
    recall(made, {"/ch/01/mix/pan": 2.0})
    made.set("/config/solo/dim", 1)
    after = loudest(made.play({1: tone(RATE)})[AT_ONCE:], 3)
    assert desk.decibels(after / before) == pytest.approx(made.value("/config/solo/dimatt"), abs=0.1)


def test_what_is_raised_waits_until_the_recalled_desk_is_heard():
    made = rig()
    made.set("/ch/01/mix/fader", -20.0)
    made.play({1: tone(RATE)})
    recall(made, {"/ch/01/eq/1/g": 6.0})
    made.set("/ch/01/mix/fader", 0.0)
    assert loudest(made.play({1: tone(RATE)})) < 0.05
    rehearse(made)
    assert loudest(made.play({1: tone(RATE)})) > 0.3


def test_after_the_recall_a_channel_that_was_muted_meanwhile_can_be_opened_again():
    made = rig()
    recall(made, {"/ch/01/eq/1/g": 6.0})
    made.set("/ch/01/mix/on", 0)
    made.play({1: tone(RATE)})
    rehearse(made)
    made.play({1: tone(RATE)})
    made.set("/ch/01/mix/on", 1)
    assert loudest(made.play({1: tone(RATE)})) > 0.3


def test_a_mute_holds_through_two_recalls_in_quick_succession():
    made = rig()
    recall(made, {"/ch/01/mix/pan": -20.0})
    recall(made, {"/ch/01/mix/pan": 20.0})
    made.set("/ch/01/mix/on", 0)
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4
    for _ in range(2):
        rehearse(made)
        assert loudest(made.play({1: tone(RATE)})) < 1e-4
    assert not made.audio.control_recalls()


@pytest.mark.parametrize("recalls", [3, 4, 9])
def test_a_mute_is_heard_at_once_however_many_recalls_are_on_their_way(recalls: int):
    made = rig()
    for number in range(recalls):
        recall(made, {"/ch/01/mix/pan": 2.0 + 2.0 * number})
    made.set("/ch/01/mix/on", 0)
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4
    while made.audio.control_recalls():
        rehearse(made)
        assert loudest(made.play({1: tone(RATE)})) < 1e-4


@pytest.mark.parametrize("leaf", ["on", "fader"])
def test_so_is_the_other_side_of_a_link_where_the_recalled_scene_has_it_down_already(leaf: str):
    made = rig()
    made.set("/config/chlink/1-2", 1)
    assert loudest(made.play({2: tone(RATE)}), 1) > 0.3
    recall(made, {f"/ch/01/mix/{leaf}": 0, f"/ch/02/mix/{leaf}": 0})
    made.set(f"/ch/01/mix/{leaf}", 0)
    assert loudest(made.play({2: tone(RATE)})[AT_ONCE:], 1) < 1e-4


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_pulled_down_in_the_same_moment_as_a_recall_does_not_wait_for_it(move: str, is_first: bool):
    made = rig()
    if is_first:
        made.set_many(MOVES[move])
    ask(made, {"/ch/01/eq/1/g": 6.0})
    if not is_first:
        made.set_many(MOVES[move])
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4


def test_nor_does_a_mute_that_the_audio_thread_has_not_fetched_before_the_recall_comes():
    made = rig()
    made.set("/ch/01/mix/on", 0)
    made.console.publish()
    ask(made, {"/ch/01/eq/1/g": 6.0})
    assert loudest(made.play({1: tone(RATE)})[AT_ONCE:]) < 1e-4
