"""A desk takes the memory it needs, when it needs it."""

import gc
import os
import sys
import weakref

import numpy as np
import pytest

from daemon.audio import kernels, shared
from daemon.desk import console
from dsp.effects import library
from dsp.engine import layout, memory, wall
from dsp.processors import delay, taps

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems don't tell how much of a file is used")
MB = 1e6


def in_use_mb(room):
    return os.fstat(room.descriptor).st_blocks * 512 / MB


@pytest.fixture
def room():
    made = shared.Room()
    yield made
    os.close(made.descriptor)  # or what is in it stays in use as long as this process lives


@pytest.fixture
def audio(room):
    return wall.Wall(48_000, 64, 16, lend=room.lend)


def test_before_the_first_recall_a_desk_has_one_set_of_delay_lines_and_no_ring_for_recordings(room, audio):
    rows = 4 * layout.WIDTH / MB
    m, kept = audio.memory, 139_264
    desks = sum(m["desks"][each].nbytes for each in ("delay_ring", "delay_history"))
    by_rate = desks + m["prints"].nbytes + m["past_returned"].nbytes
    in_use = (m.nbytes - by_rate) / MB + delay.LINES * 32_768 * rows + kept * rows + 4 * kept * 64 / MB
    assert in_use_mb(room) == pytest.approx(in_use, abs=0.1)
    assert in_use < 80


def test_a_history_is_there_when_the_first_delay_of_a_line_is_on_and_beside_when_a_recall_is(room, audio):
    mixer = console.Console(audio)
    mixer.publish()
    before, history = in_use_mb(room), 131_072 * 4 * layout.WIDTH / MB
    for channel, lines in (("01", 1), ("02", 1), ("17", 2)):
        mixer.set(mixer.values.table.leaves[f"/ch/{channel}/delay/on"], 1)
        mixer.publish()
        assert in_use_mb(room) == pytest.approx(before + lines * history, abs=0.2)
    audio.control_prepare(wall.SPARE)
    assert in_use_mb(room) == pytest.approx(before + 4 * history + delay.LINES * history / 4, abs=0.2)


@pytest.mark.parametrize("now", [1000, 131_072 - 4096])
def test_who_is_in_a_hurry_has_made_what_comes_first_and_lets_the_rest_be_made_beside(room, now):
    waiting, row = [], 4 * layout.WIDTH / MB
    audio = wall.Wall(48_000, 64, 16, lend=room.lend, beside=waiting.append)
    mixer = console.Console(audio)
    audio.memory["words"][memory.FRAME] = now
    before = in_use_mb(room)
    mixer.set(mixer.values.table.leaves["/ch/01/delay/on"], 1)
    mixer.publish()
    audio.control_print(slice(0, 2), [5, 6])
    assert in_use_mb(room) == pytest.approx(before + 3 * wall.AHEAD * row, abs=0.1)
    for ring in (audio.lines(0)["delay_history0"], *audio.memory["prints"]):
        ring[(now + np.arange(wall.AHEAD)) % len(ring)] = 3
    assert in_use_mb(room) == pytest.approx(before + 3 * wall.AHEAD * row, abs=0.1), "some of it was not there"
    for work in waiting:
        work()
    assert in_use_mb(room) == pytest.approx(before + 3 * 131_072 * row, abs=0.1)
    assert np.count_nonzero(audio.memory["prints"] == 3) == 2 * wall.AHEAD * layout.WIDTH
    mixer.set(mixer.values.table.leaves["/ch/02/delay/on"], 1)
    mixer.publish()
    audio.control_print(slice(2, 3), [7])
    assert len(waiting) == 2


def test_memory_of_the_desk_beside_is_there_before_it_is_played(room, audio):
    before = in_use_mb(room)
    audio.control_prepare(wall.SPARE)
    rings = sum(rows.nbytes for name, rows in audio.lines(1).items() if "ring" in name)
    assert in_use_mb(room) == pytest.approx(before + rings / MB, abs=0.1)


def test_what_is_in_it_stays_however_often_it_is_prepared(audio):
    for part, array in ((wall.SPARE, audio.lines(1)["delay_ring3"]), (wall.PRINTED, audio.memory["prints"])):
        audio.control_prepare(part)
        array[:] = 3
        audio.control_prepare(part)
        assert np.all(array == 3)


def test_memory_for_a_recording_is_there_when_a_signal_is_to_be_kept(room, audio):
    before = in_use_mb(room)
    audio.control_print(slice(0, 2), [5, 6])
    assert audio.memory["printed"].reshape(-1)[:3].tolist() == [5, 6, taps.NOTHING]
    assert in_use_mb(room) == pytest.approx(before + audio.memory["prints"].nbytes / MB, abs=0.1)


def test_a_stream_that_begins_anew_finds_silence_where_a_recall_and_a_recording_were(audio):
    mixer = console.Console(audio)
    mixer.recall(mixer.values.copy())
    mixer.set(mixer.values.table.leaves["/ch/01/mix/fader"], 100)
    mixer.recall(mixer.values.copy())
    audio.control_print(slice(0, 1), [5])
    audio.control_prepare(wall.SPARE)
    audio.lines(1)["delay_ring0"][:] = audio.memory["prints"] = 1
    audio.control_begin_anew(48_000, 64, 16)
    assert not audio.memory["desks"]["delay_ring"].any()
    assert not audio.memory["prints"].any()


def test_what_comes_back_goes_to_the_machine_and_is_lent_as_zeros(room):
    lent = room.lend(10_000_000)
    lent[:] = 7
    used = in_use_mb(room)
    del lent
    gc.collect()
    assert in_use_mb(room) == pytest.approx(used - 10, abs=0.1)
    assert not room.lend(10_000_000).any()


@pytest.mark.parametrize("heard", [False, True])
def test_effects_for_another_process_take_the_place_of_those_that_nobody_has_heard(audio, heard):
    lent = []

    def lend(size):
        lent.append(weakref.ref(array := np.zeros(size, np.uint8)))
        return array

    mixer = console.Console(audio)
    mixer.play_elsewhere(library.code, lend, int)
    mixer.begin_anew()
    first = len(lent)
    assert first > 0
    if heard:
        x, y = np.zeros((64, 64), np.float32), np.zeros((64, 16), np.float32)
        kernels.callback()(x.ctypes.data, y.ctypes.data, 64, None, 0, audio.address)
    mixer.begin_anew()
    assert [array() is not None for array in lent] == [heard] * first + [True] * first
