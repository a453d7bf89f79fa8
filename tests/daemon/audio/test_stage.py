"""The stage keeps time, passes every channel, and asks nothing of Python while it plays."""

import ctypes
import time

import numpy as np
import pytest

from daemon.audio import audiofile, metronome, stage
from dsp.native import clock
from rigs import loopback

RATE = 48_000
PORTAUDIO_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p,
)  # fmt: skip


def noise(frames, channels):
    return np.random.default_rng(1).standard_normal((frames, channels), np.float32)


def played(signal, outputs, blocks, **options):
    """Play a number of blocks as fast as possible; return everything that came out."""
    device = stage.Stage("test", signal, RATE, 64, outputs=outputs, keep=100_000, **options)
    memory = loopback.memory(device.inputs, device.outputs)
    device.play(loopback.ADDRESS, memory.ctypes.data, blocks)
    return device.output


def repeated(signal, frames):
    return signal[np.arange(frames) % len(signal)]


def address(callback):
    return ctypes.cast(callback, ctypes.c_void_p).value


def until(condition, seconds=60.0):
    """Wait for something the stage does by itself."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (14, 16), (64, 64), (64, 2), (2, 64)])
def test_every_channel_passes(inputs, outputs):
    signal = noise(640, inputs)
    assert np.array_equal(played(signal, outputs, 10), loopback.passed(signal, outputs))


def test_the_signal_is_repeated_without_a_seam():
    signal = noise(1_001, 2)
    output = played(signal, 2, 100)
    assert np.array_equal(output, repeated(signal, 6_400))


def test_a_signal_shorter_than_a_block_is_repeated_within_it():
    signal = noise(10, 2)
    assert np.array_equal(played(signal, 2, 1, sizes=[1_024]), repeated(signal, 1_024))


def test_blocks_of_changing_odd_sizes_pass_every_frame_once():
    signal = noise(5_000, 3)
    sizes = [63, 17, 1_024, 1]
    assert np.array_equal(played(signal, 3, 40, sizes=sizes), repeated(signal, 10 * sum(sizes)))


def test_the_stage_keeps_time():
    device = stage.Stage("test", noise(480, 2), RATE, 64)
    memory = loopback.memory(2, 16)
    device.start(loopback.ADDRESS, memory.ctypes.data)

    def ahead_s() -> float:
        due = device.frames + 64 * device.missed
        return due / RATE - time.monotonic()

    def kept_s() -> float:
        """Where it stands when neither it nor this thread has just been kept from its work."""
        return max(ahead_s() for _ in range(20) if time.sleep(0.01) is None)

    def went_s() -> float:
        """How far it went ahead or fell behind in half a second."""
        # It is measured by itself: how late a thread begins is the machine's affair.
        began_s = kept_s()
        time.sleep(0.5)
        return abs(kept_s() - began_s)

    assert until(lambda: device.blocks > 0)
    try:
        assert until(lambda: went_s() < 3 * 64 / RATE)
    finally:
        device.stop()


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000])
def test_the_clock_is_exact_after_a_year(rate):
    year_s = 365 * 86_400
    assert metronome.length(year_s * rate, rate) == year_s * clock.SECOND


def test_blocks_are_played_while_a_thread_holds_the_gil():
    device = stage.Stage("test", noise(480, 2), RATE, 64)
    memory = loopback.memory(2, 16)
    device.start(loopback.ADDRESS, memory.ctypes.data)
    hold = ctypes.PyDLL(None).usleep  # PyDLL keeps the GIL during the call

    def during() -> int:
        before = device.blocks
        hold(400_000)
        return device.blocks - before

    assert until(lambda: device.blocks > 0)
    try:
        assert until(lambda: during() > 0.4 * RATE / 64 / 2)
    finally:
        device.stop()


def test_without_inputs_the_callback_gets_none():
    seen = []

    @PORTAUDIO_CALLBACK
    def look(source, sink, *_):
        seen.append((source, sink is not None))
        return 0

    stage.Stage("test", np.zeros((64, 0), np.float32), RATE, 64).play(address(look), 0, 1)
    assert seen == [(None, True)]


def test_the_callback_ends_the_stage_by_its_answer():
    device = stage.Stage("test", noise(480, 2), RATE, 64)
    memory = loopback.memory(2, 16)
    memory["answer"] = 1
    device.start(loopback.ADDRESS, memory.ctypes.data)
    assert until(lambda: not device.running)
    device.close()


def test_a_callback_that_is_late_for_long_costs_blocks_and_is_told_so():
    flags = []

    @PORTAUDIO_CALLBACK
    def doze_once(_in, _out, _frames, _time, flag, _userdata):
        if flags or flag == 0:  # a busy machine may have been late before
            flags.append(flag)
        if len(flags) == 1:
            time.sleep(0.1)
        return int(len(flags) == 10)

    device = stage.Stage("test", noise(480, 2), RATE, 480)
    device.start(address(doze_once), 0)
    until(lambda: not device.running)
    device.stop()
    assert device.missed >= 9
    assert flags[:2] == [0, metronome.DROPPED]


def test_a_stopped_stage_can_be_started_again():
    device = stage.Stage("test", noise(480, 2), RATE, 64)
    memory = loopback.memory(2, 16)
    for _ in range(2):
        device.start(loopback.ADDRESS, memory.ctypes.data)
        assert until(lambda: device.blocks > 10)
        device.stop()
    assert not device.running


def test_a_refilled_ring_plays_on_without_a_seam(monkeypatch):
    monkeypatch.setattr(stage, "FEED_INTERVAL_S", 0.02)
    rate = 24_000
    ramp = np.arange(96_000, dtype=np.float32)[:, None]
    position = 48_000

    def refill(rows):
        nonlocal position
        rows[:] = ramp[position : position + len(rows)]
        position += len(rows)

    # A ring that lasts two seconds, long enough for a busy machine: in its second half the first becomes what follows.
    device = stage.Stage("test", ramp[:48_000], rate, 64, outputs=1, keep=96_000, refill=refill)
    memory = loopback.memory(1, 1)
    device.start(loopback.ADDRESS, memory.ctypes.data)
    until(lambda: device.frames > 60_000)
    device.stop()
    assert np.array_equal(device.output, ramp[: device.frames])


def test_a_refill_that_fails_ends_the_stage_and_says_why(monkeypatch):
    monkeypatch.setattr(stage, "FEED_INTERVAL_S", 0.01)

    def refill(_rows):
        raise audiofile.AudioFileError("kick.wav: has gone")

    device = stage.Stage("test", noise(960, 1), RATE, 64, refill=refill)
    memory = loopback.memory(1, 16)
    device.start(loopback.ADDRESS, memory.ctypes.data)
    assert until(lambda: not device.running)
    assert device.failure == "kick.wav: has gone"
    device.close()
