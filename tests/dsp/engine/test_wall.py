"""The wall: what goes down through the mailbox and what comes up with the page, between two threads."""

import threading
import time

import numpy as np
import pytest

from daemon.audio import kernels, stage
from daemon.desk import console
from dsp.engine import crossfade, layout, memory, wall
from dsp.native import atomic, control, kernel
from dsp.table import TABLE
from rigs import harness


def stand(rate=harness.RATE):
    """A wall without a console, and its first draft."""
    mixer = harness.Mixer(rate, inputs=2, taps=["main"])
    return mixer.audio, mixer.draft


# --- one thread -------------------------------------------------------------------------------------------


def test_the_memory_begins_on_a_cache_line():
    audio, _ = stand()
    assert audio.address % 64 == 0


def test_every_acceptance_is_stamped_with_its_frame():
    mixer = harness.Mixer(inputs=2)
    assert mixer.audio.stamps() == []
    mixer.run(np.zeros(1000))
    mixer.set("/main/st/mix/fader", 0)
    mixer.run(np.zeros(100))
    mixer.set("/main/st/mix/fader", -1)
    mixer.run(np.zeros(1))
    (first, at_first), (second, at_second) = mixer.audio.stamps()
    assert (at_first, at_second) == (0, 1024)
    assert second == first + 1


def test_of_many_targets_between_two_sub_blocks_the_newest_wins():
    mixer = harness.Mixer(inputs=2)
    serials = [mixer.audio.control_publish(mixer.draft) for _ in range(10)]
    mixer.run(np.zeros(64))
    assert mixer.audio.stamps() == [(serials[-1], 0)]


def test_a_whole_scene_is_one_exchange():
    mixer = harness.Mixer(inputs=2)
    mixer.run(np.zeros(64))
    mixer.audio.stamps()
    random = np.random.default_rng(1)
    for row in TABLE.rows.values():
        if row.path.startswith(("ch/", "bus/", "main/", "dca/")) and row.kind != "text":
            for leaf in range(row.offset, row.offset + row.size):
                mixer.console.set(leaf, int(random.integers(min(row.steps, 64))))
    mixer.run(np.zeros(6400))
    assert len(mixer.audio.stamps()) == 1


def test_nothing_is_exchanged_when_nothing_changed():
    mixer = harness.Mixer(inputs=2)
    mixer.run(np.zeros(64))
    mixer.audio.stamps()
    mixer.set("/main/st/mix/fader", -np.inf)
    mixer.run(np.zeros(640))
    assert mixer.audio.stamps() == []


@pytest.mark.parametrize("field", ["trim", "filter", "gate", "dyn", "fader", "mix", "output"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_target_that_is_no_number_is_refused_by_name(field, value):
    audio, draft = stand()
    draft[field].reshape(-1)[-1] = value
    with pytest.raises(ValueError, match=field):
        audio.control_publish(draft)


def test_stamps_that_were_overwritten_are_left_out():
    mixer = harness.Mixer(inputs=2)
    for _ in range(memory.STAMPS + 50):
        mixer.audio.control_publish(mixer.draft)
        mixer.run(np.zeros(64))
    stamps = mixer.audio.stamps()
    assert [frame for _, frame in stamps] == list(range(50 * 64, (memory.STAMPS + 50) * 64, 64))


# --- meters ------------------------------------------------------------------------------------------------


def test_meters_show_the_peak_since_they_were_last_read():
    mixer = harness.Mixer(taps=["ch/01", "main"])
    mixer.set_strip(preamp_trim=6, mix_fader=10)
    mixer.set("/main/st/mix/fader", 10)
    x = np.zeros((640, 32))
    x[100, 0] = -0.25
    mixer.run(x)
    mixer.audio.control_collect()
    mixer.rest(64)
    page = mixer.audio.control_collect()
    trim, fader, pan = 10 ** (6 / 20), 10 ** (10 / 20), 0.5**0.5
    assert page["input"][0] == pytest.approx(0.25 * trim, rel=1e-6)
    assert page["post"][0] == pytest.approx(0.25 * trim * fader, rel=1e-6)
    assert page["main"][0] == pytest.approx(0.25 * trim * fader * pan * fader, rel=1e-6)
    assert page["output"][1] == page["main"][0]


def test_a_peak_is_seen_once():
    mixer = harness.Mixer(taps=["main"])
    x = np.zeros((640, 32))
    x[10, 4] = 0.5
    seen = []
    for block in (x, 0 * x, 0 * x, x, 0 * x, 0 * x):
        mixer.run(block)
        seen.append(float(mixer.audio.control_collect()["input"][4]))
    assert sorted(seen) == [0, 0, 0, 0, 0.5, 0.5]


def test_there_is_no_page_before_the_next_block():
    mixer = harness.Mixer(taps=["main"])
    mixer.rest(64)
    assert mixer.audio.control_collect() is not None
    assert mixer.audio.control_collect() is None


def test_a_page_without_sound_shows_no_level_and_no_reduction():
    mixer = harness.Mixer(taps=["main"])
    mixer.rest(640)
    mixer.audio.control_collect()
    mixer.rest(64)
    page = mixer.audio.control_collect()
    assert not any(page[name].any() for name in ("input", "post", "bus", "main", "output"))
    assert all((page[name] == 1).all() for name in ("gate", "dyn", "bus_dyn", "main_dyn"))


# --- two threads ---------------------------------------------------------------------------------------------


@kernel.kernel
def _take_and_check(shared, rounds, results):
    """Be the audio thread: take what comes, and count what is torn, what is old, and what was taken."""
    last = shared.slots[shared.slot].serial
    while atomic.load(results, 3) == 0 and results[4] < rounds:
        crossfade.newest(shared)
        results[4] += 1
        slot = shared.slots[shared.slot]
        serial = slot.serial
        if serial == last:
            continue
        results[2] += 1
        if serial < last:
            results[1] += 1
        last = serial
        mark = np.float32(serial % 4096)
        whole = slot.trim[0, 0, 0] == mark and slot.output[-1, -1, -1] == mark
        for row in range(slot.mix.shape[1]):
            whole = whole and slot.mix[0, row, 0] == mark and slot.mix[1, row, 15] == mark
        if not whole:
            results[0] += 1
    results[5] = last


def test_a_thousand_exchanges_between_two_threads_are_whole_and_in_order():
    audio, draft = stand()
    torn, backwards, taken, stop, rounds, last = range(6)
    results = np.zeros(6, np.int64)
    listener = threading.Thread(target=_take_and_check, args=(audio.memory, 2**40, results))
    # The first is what the console begins with, and bears no marks.
    _take_and_check(audio.memory, 1, results)
    results[:] = 0
    listener.start()
    deadline = time.monotonic() + 600  # a second of work, and patience for a busy machine
    serial = 1
    try:
        while control.load(results, taken) < 1000 and time.monotonic() < deadline:
            for field in ("trim", "mix", "output"):
                draft[field] = (serial + 1) % 4096
            serial = audio.control_publish(draft)
        before = control.load(results, rounds)
        while control.load(results, rounds) < before + 10 and time.monotonic() < deadline:
            time.sleep(0.001)
    finally:
        control.store(results, stop, 1)
        listener.join()
    assert (results[torn], results[backwards], results[last]) == (0, 0, serial)
    assert results[taken] >= 1000


def test_no_peak_is_lost_or_doubled_between_two_threads():
    lanes, blocks, block, rounds = 8, 200, 16, 60
    mixer = harness.Mixer(inputs=lanes, taps=["main"])
    signal = np.zeros((blocks * block, lanes), np.float32)
    signal[np.arange(lanes) * (blocks // lanes) * block, np.arange(lanes)] = 0.5
    device = stage.Stage("peaks", signal, harness.RATE, block, outputs=2)
    seen = np.zeros(lanes, int)
    for _ in range(rounds):
        player = threading.Thread(target=device.play, args=(kernels.load(), mixer.audio.address, blocks))
        player.start()
        while player.is_alive():
            seen += peaks(mixer.audio)
        for _ in range(2):
            mixer.rest(1)
            seen += peaks(mixer.audio)
    assert seen.tolist() == [rounds] * lanes


def peaks(audio):
    """Which inputs have a peak on the page, if there is one."""
    page = audio.control_collect()
    return 0 if page is None else page["input"][:8] > 0


# --- the processor's own switch ---------------------------------------------------------------------------


@kernel.kernel
def _mode():
    return atomic.float_mode()


def test_denormal_numbers_are_flushed_inside():
    mixer = harness.Mixer(taps=[harness.place(1, layout.PRE_FADER)])
    assert not mixer.run(np.full(640, 1e-40)).any()


def test_the_floating_point_mode_of_the_thread_is_put_back():
    before = _mode()
    harness.Mixer(taps=["main"]).rest(640)
    assert _mode() == before
    assert np.float32(1e-40) * np.float32(1) != 0


def test_a_stream_counts_what_the_device_reports():
    audio, draft = stand()
    audio.control_publish(draft)
    x, y = np.zeros((64, 2), np.float32), np.zeros((64, 2), np.float32)
    for status in (0, 2, 4, 6):
        kernels.callback()(x.ctypes.data, y.ctypes.data, 64, None, status, audio.address)
    counts = [audio.count(word) for word in (memory.CALLS, memory.OVERRUNS, memory.UNDERRUNS, memory.FRAME)]
    assert counts == [4, 2, 2, 256]


def test_a_device_without_inputs_is_silence():
    audio = wall.Wall(harness.RATE, 0, 2)
    console.Console(audio).open_outputs(True)
    y = np.full((64, 2), np.nan, np.float32)
    kernels.callback()(None, y.ctypes.data, 64, None, 0, audio.address)
    assert not y.any()
