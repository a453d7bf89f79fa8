"""A device that comes back finds a desk that begins anew: like the first time, but for what counts on."""

import numpy as np
import pytest

from daemon.audio import kernels, shared
from daemon.desk import console
from dsp.design import draft
from dsp.engine import memory, wall


def noise(frames, channels, seed=1):
    return np.random.default_rng(seed).standard_normal((frames, channels)).astype(np.float32) * np.float32(0.1)


def run(audio, x, block=64):
    y = np.full((len(x), audio.outputs), np.nan, np.float32)
    for first in range(0, len(x), block):
        there = np.ascontiguousarray(x[first : first + block])
        kernels.callback()(there.ctypes.data, y[first:].ctypes.data, len(there), None, 0, audio.address)
    return y


def desk(rate, inputs, lend=None):
    audio = wall.Wall(rate, inputs, 2, lend=lend)
    mixer = console.Console(audio, draft.Plan(["main"]))
    mixer.set(mixer.values.table.leaves["/main/st/mix/fader"], 823)
    mixer.set(mixer.values.table.leaves["/ch/01/mix/fader"], 823)
    mixer.open_outputs(True)
    return audio, mixer


@pytest.mark.parametrize(("rate", "inputs"), [(48_000, 8), (44_100, 8), (48_000, 4), (96_000, 12)])
def test_what_a_device_hears_that_came_back_is_what_a_new_one_hears(rate, inputs):
    x = noise(3_000, inputs)
    audio, mixer = desk(48_000, 8, shared.Room().lend)
    run(audio, noise(5_001, 8, seed=2))
    audio.control_begin_anew(rate, inputs, 2)
    mixer.begin_anew()
    mixer.open_outputs(True)
    new, _ = desk(rate, inputs)
    assert np.array_equal(run(audio, x), run(new, x))


def test_the_outputs_fade_in_again():
    audio, mixer = desk(48_000, 2)
    run(audio, noise(4_800, 2))
    audio.control_begin_anew(48_000, 2, 2)
    mixer.begin_anew()
    mixer.open_outputs(True)
    y = run(audio, np.ones((2_000, 2), np.float32))
    assert np.abs(y[:16]).max() < 0.1 * np.abs(y[-16:]).max()


def test_frames_and_stamps_go_on_counting():
    audio, mixer = desk(48_000, 2)
    run(audio, noise(1_000, 2))
    mixer.set(mixer.values.table.leaves["/ch/01/mix/fader"], 10)
    audio.control_begin_anew(48_000, 2, 2)
    mixer.begin_anew()
    run(audio, noise(64, 2))
    (first, at), (second, later) = audio.stamps()
    assert (at, second > first) == (0, True)
    assert later >= 1_000
    assert audio.count(memory.FRAME) == later + 64
    assert audio.count(memory.CALLS) == audio.count(memory.DONE) == 17


def test_inputs_beyond_the_room_there_is_are_left_out():
    audio, _ = desk(48_000, 2)
    audio.control_begin_anew(48_000, 12, 2)
    assert audio.inputs == 2
