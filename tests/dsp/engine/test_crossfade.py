"""One desk gives way to another: what a recall sounds like, and what it leaves alone."""

import functools
import time
from collections.abc import Callable

import numpy as np
import pytest

from daemon.audio import callback, kernels, stage
from daemon.audio import rehearsal as beside
from daemon.desk.console import Console
from daemon.recording import again
from dsp.engine import memory, rehearsal
from dsp.processors.glide import SUB_BLOCK
from rigs import desk, recalls
from rigs.desk import RATE, Rig, noise, tone

STRIP = {
    "/ch/01/mix/fader": -3.0, "/ch/01/gate/on": 1, "/ch/01/gate/thr": -40.0, "/ch/01/dyn/on": 1,
    "/ch/01/dyn/thr": -30.0, "/ch/01/eq/1/g": 9.0, "/ch/01/preamp/hpon": 1, "/ch/01/delay/on": 1,
    "/ch/01/delay/time": 20.0, "/main/st/mix/fader": 0.0,
}  # fmt: skip


def recall(rig: Rig, settings: dict[str, desk.Setting]) -> None:
    """Recall what the desk is, with some settings on top."""
    scratch = Console()
    scratch.values.stored[:] = rig.console.values.stored
    for path, value in settings.items():
        desk.set_leaf(scratch, path, value)
    wanted = rig.console.values.copy()
    wanted.stored[:] = scratch.values.stored
    rig.console.recall(wanted)


def test_a_send_that_opens_while_the_fader_behind_it_closes_lets_nothing_through():
    rig = Rig(["bus/01"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/bus/01/mix/fader": 0.0})
    x = tone(1000, RATE // 2, peak=0.5)
    assert not rig.play({1: x})[:, 0].any()
    recall(rig, {"/ch/01/mix/01/level": 0.0, "/bus/01/mix/fader": -np.inf})
    assert not rig.play({1: x})[:, 0].any()


@pytest.mark.parametrize("gaps", [[0], [4800, 4800, 96000], [640] * 20])
def test_what_recalls_do_not_alter_goes_on_bit_by_bit(gaps: list[int]):
    x = noise(RATE)
    everything = {path.replace("/01/", "/02/"): value for path, value in STRIP.items() if "/ch/" in path}
    others = ({**everything, "/ch/02/eq/1/type": "HShv", "/bus/01/dyn/on": 1}, {"/ch/02/eq/1/type": "PEQ"})
    heard = []
    for recalled in (False, True):
        rig = Rig(["ch/01", "main"])
        rig.set_many(STRIP)
        parts = [rig.play({1: x, 2: x[::-1]})]
        for number, gap in enumerate(gaps):
            if recalled:
                recall(rig, others[number % 2])
            parts.append(rig.play({1: np.resize(x, gap), 2: np.resize(x[::-1], gap)}))
        heard.append(np.concatenate([*parts, rig.play({1: x, 2: x[::-1]})]))
    as_it_was, through_recalls = heard
    np.testing.assert_array_equal(through_recalls[:, 0], as_it_was[:, 0])
    assert (through_recalls[:, 1] != as_it_was[:, 1]).any()


def test_a_recall_is_heard_at_once_in_all_outputs():
    rig = Rig(["ch/01", "bus/01", "main/l"])
    x = np.full(RATE // 2, 0.5)
    rig.play({1: x})
    recall(rig, {"/ch/01/mix/fader": 0.0, "/ch/01/mix/01/level": 0.0, "/ch/01/mix/pan": -100.0,
                 "/bus/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0})  # fmt: skip
    heard = rig.play({1: x})[:, :3]
    begins = [int(np.flatnonzero(side)[0]) for side in heard.T]
    assert len(set(begins)) == 1
    assert begins[0] <= 2 * SUB_BLOCK
    np.testing.assert_allclose(heard[-1], 0.5, rtol=0.01)


def test_nothing_is_heard_that_another_desk_put_into_a_delay():
    rig = Rig(["ch/01"])
    rig.set_many({"/ch/01/mix/fader": -40.0, "/ch/01/preamp/trim": 18.0, "/ch/01/delay/on": 1,
                  "/ch/01/delay/time": 300.0})  # fmt: skip
    x = tone(500, RATE, peak=0.1)
    before = np.abs(rig.play({1: x})[RATE // 2 :, 0]).max()
    recall(rig, {"/ch/01/mix/fader": -20.0, "/ch/01/preamp/trim": -18.0})
    heard = np.abs(rig.play({1: x})[:, 0])
    assert heard.max() <= max(before, heard[-RATE // 4 :].max()) * 1.001


DELAYED = {
    "/ch/01/mix/fader": 0.0, "/ch/01/delay/on": 1, "/ch/01/delay/time": 90.0,
    "/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -40.0, "/ch/01/dyn/mgain": 12.0,
}  # fmt: skip


@pytest.mark.parametrize("ago_s", [0.05, 1.0, 3.0])
def test_a_delay_switched_on_just_before_a_recall_gets_no_louder_and_later_is_the_same_to_the_last_bit(ago_s: float):
    heard = []
    for recalled in (False, True):
        rig = Rig(["ch/01"])
        rig.set_many(DELAYED)
        x, y = noise(3 * RATE) * 0.5, tone(500, round(ago_s * RATE), peak=0.3)
        rig.play({1: x})  # what stands there from a time before must not come back
        rig.set("/ch/01/delay/on", 0)
        rig.play({1: x[:RATE]})
        rig.set("/ch/01/delay/on", 1)
        rig.play({1: y})
        if recalled:
            recall(rig, {"/ch/02/mix/fader": -10.0})
        heard.append(rig.play({1: y[: RATE // 2]})[:, 0])
    as_it_was, through_recall = heard
    if ago_s == 3.0:
        np.testing.assert_array_equal(through_recall, as_it_was)
    assert desk.decibels(np.abs(through_recall).max() / np.abs(as_it_was).max()) < 0.5


def test_a_compressor_that_comes_with_a_recall_is_never_caught_before_its_attack():
    rig = Rig(["ch/01"])
    x = tone(500, RATE, peak=0.5)
    rig.play({1: x})
    recall(rig, {"/ch/01/mix/fader": 0.0, "/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -50.0, "/ch/01/dyn/ratio": "10",
                 "/ch/01/dyn/attack": 120.0, "/ch/01/dyn/mgain": 0.0, "/ch/01/dyn/release": 100.0})  # fmt: skip
    heard = np.abs(rig.play({1: np.tile(x, 2)})[:, 0])
    # 40 dB if it began with the recall.
    assert desk.decibels(heard.max() / heard[-RATE // 2 :].max()) < 1


def test_a_gate_behind_a_long_delay_has_all_but_shut_again_after_the_tone_has_come():
    rig = Rig(["ch/01"])
    x = tone(100, RATE, peak=0.5)
    rig.play({1: np.tile(x, 3)})
    # The low cut leaves of the tone nothing but its beginning, which opens the gate.
    recall(rig, {"/ch/01/mix/fader": 0.0, "/ch/01/delay/on": 1, "/ch/01/delay/time": 500.0,
                 "/ch/01/preamp/hpon": 1, "/ch/01/preamp/hpslope": "24", "/ch/01/preamp/hpf": 400.0,
                 "/ch/01/gate/on": 1, "/ch/01/gate/mode": "GATE", "/ch/01/gate/thr": -40.0,
                 "/ch/01/gate/attack": 0.0, "/ch/01/gate/hold": 0.02, "/ch/01/gate/release": 4000.0})  # fmt: skip
    # At its own pace it would be caught at -58 dBFS.
    assert desk.decibels(np.abs(rig.play({1: x})[:, 0]).max()) < -95


@pytest.mark.parametrize("seconds", [0.01, 0.2, 3])
def test_after_a_rehearsal_everything_is_set_as_it_was_wanted(seconds: float):
    rig = Rig(["ch/01"])
    x = tone(500, round(seconds * RATE))
    rig.play({1: x})
    wanted = recalls.draw(rig.console.values, np.random.default_rng(1), dynamics=True)
    rig.console.recall(wanted)
    rig.play({1: x})
    rig.play(RATE)
    lying = rig.audio.memory
    targets, draft = lying["desks"][lying["heard"]]["target"], lying["slots"][lying["slot"]]
    for name in memory.START.names:
        np.testing.assert_array_equal(targets[name], draft[name], name)


@pytest.mark.parametrize("frames", [64, 1000, 4900, 5200])
def test_what_is_set_while_desks_change_is_heard_afterwards(frames: int):
    rig = Rig(["ch/01"])
    x = np.full(RATE // 2, 0.5)
    rig.play({1: x})
    recall(rig, {"/ch/01/mix/fader": 0.0})
    rig.play({1: x[:frames]})
    rig.set("/ch/01/mix/fader", -6.0)
    assert rig.play({1: x})[-1, 0] == pytest.approx(0.5 * 10 ** (rig.value("/ch/01/mix/fader") / 20), rel=1e-3)


@pytest.mark.parametrize("frames", [64, 1000, 4900, 5200])
def test_of_recalls_in_quick_succession_the_last_one_holds(frames: int):
    rig = Rig(["ch/01"])
    x = np.full(RATE // 2, 0.5)
    rig.play({1: x})
    for fader in (0.0, -20.0, -40.0, -10.0):
        recall(rig, {"/ch/01/mix/fader": fader})
        rig.play({1: x[:frames]})
    assert rig.play({1: x})[-1, 0] == pytest.approx(0.5 * 10 ** (rig.value("/ch/01/mix/fader") / 20), rel=1e-3)


def test_a_recall_that_is_not_heard_changes_no_desk():
    rig = Rig(["ch/01"])
    rig.play(640)
    rig.audio.stamps()
    recall(rig, {"/ch/01/config/color": 3})
    rig.play(640)
    assert not rig.audio.memory["changing"]


# --- a thread beside rehearses ------------------------------------------------------------------------


def rehearse(rig: Rig) -> None:
    """What that thread does."""
    beside.PROTOTYPE(kernels.rehearsal())(rig.audio.address)


@pytest.mark.parametrize(("waits_s", "torn"), [(0.0, 0), (1.0, 0), (memory.kept_frames(RATE) / RATE, 1)])
def test_a_rehearsal_that_new_sound_overtakes_says_so(waits_s: float, torn: int):
    rig = Rig(["ch/01"])
    rig.audio.control_delegate(lambda: None)
    rig.play(3 * RATE)
    _, seen = rig.audio.recalls_since(0)
    recall(rig, {"/ch/01/mix/fader": 0.0})
    rig.play(640)
    step = again.REHEARSE(callback.rehearse_again.address)
    now = rig.audio.count(memory.FRAME)
    step(rig.audio.address, now, now, False)
    rig.play(round(waits_s * RATE))
    step(rig.audio.address, again.GOING_ON, rig.audio.count(memory.FRAME), True)
    rig.play(RATE)
    (stamp,), _ = rig.audio.recalls_since(seen)
    assert stamp["torn"] == torn


def test_meters_show_nothing_of_a_desk_that_is_not_heard_yet():
    rig = Rig(["ch/01"])
    rig.audio.control_delegate(lambda: None)
    x = np.full(RATE // 2, 0.5)
    rig.play({1: x})
    recall(rig, {"/ch/01/mix/fader": 0.0})
    rig.play({1: x})
    rehearse(rig)
    rig.meters()
    rig.play({1: x})
    assert rig.meters()["post"][0] == 0
    rig.play({1: x})
    rig.meters()
    rig.play({1: x})
    assert rig.meters()["post"][0] == pytest.approx(0.5, rel=0.01)


def test_the_audio_thread_never_rehearses_itself_and_goes_on_with_the_desk_as_it_was():
    rig = Rig(["ch/01"])
    woken = []
    rig.audio.control_delegate(lambda: woken.append(True))
    x = np.full(2 * RATE, 0.5)
    rig.play({1: x})
    recall(rig, {"/ch/01/mix/fader": 0.0})
    assert not rig.play({1: x})[:, 0].any()
    assert woken == [True]
    assert rig.audio.control_recalls()
    rehearse(rig)
    assert rig.play({1: x})[-1, 0] == pytest.approx(0.5, rel=0.01)
    assert not rig.audio.control_recalls()


def test_the_thread_gets_every_recall_ready_while_the_stage_plays():
    rig = Rig(["ch/01"])
    rig.set("/ch/01/mix/fader", -10.0)
    rig.console.publish()
    thread = beside.Rehearsal(rig.audio, kernels.rehearsal())
    thread.start()
    device = stage.Stage("test", np.full((RATE, desk.INPUTS), 0.5, np.float32), RATE, 64, outputs=desk.OUTPUTS)
    device.start(kernels.load(), rig.audio.address)
    try:
        for fader in (0.0, -20.0, -3.0):
            recall(rig, {"/ch/01/mix/fader": fader})
            rig.console.publish()
            wait(lambda: not rig.audio.control_recalls())
            rig.meters()
            wait(functools.partial(shows, rig, 0.5 * 10 ** (rig.value("/ch/01/mix/fader") / 20)))
    finally:
        device.close()
        thread.stop()


def shows(rig: Rig, level: float) -> bool:
    meters = rig.meters()
    return meters is not None and float(meters["post"][0]) == pytest.approx(level, rel=1e-3)


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- as the rest is -----------------------------------------------------------------------------------


def test_recalls_are_stamped_and_the_sound_does_not_depend_on_the_size_of_the_blocks():
    x = noise(RATE)
    heard = []
    for block in (64, 100, 480):
        rig = Rig(["ch/01", "main"])
        rig.set_many(STRIP)
        rig.play({1: x[:9600]}, block)
        recall(rig, {"/ch/01/mix/fader": -10.0, "/ch/01/eq/1/type": "HShv", "/ch/01/dyn/ratio": "10"})
        heard.append(rig.play({1: x}, block))
        assert [frame for _, frame in rig.audio.stamps()] == [0, 9600 + SUB_BLOCK]
    np.testing.assert_array_equal(heard[0], heard[1])
    np.testing.assert_array_equal(heard[0], heard[2])


@pytest.mark.parametrize(("lines", "ms"), [({}, 0), ({0: 480, 1: 96}, 10), ({0: 480, 2: 960}, 30), ({3: 48}, 1)])
def test_a_rehearsal_is_longer_than_all_delays_on_a_way(lines: dict[int, int], ms: int):
    draft = np.zeros((), memory.TARGETS)
    for line, frames in lines.items():
        draft["delay"][line, 3] = frames
    assert rehearsal.length(draft, RATE) == (ms * RATE / 1000, rehearsal.SETTLING_MS * RATE / 1000)
