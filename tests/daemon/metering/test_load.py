"""How much of its time the audio thread needs."""

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daemon.audio import kernels
from daemon.metering import load
from dsp.engine import memory
from rigs import harness


@given(st.lists(st.integers(0, memory.LOADS - 1), min_size=1, max_size=200), st.sampled_from([50.0, 99.0, 99.9, 100.0]))
def test_a_percentile_is_the_least_step_that_so_many_blocks_do_not_exceed(steps, wanted):
    counts = np.bincount(steps, minlength=memory.LOADS)
    (told,) = load.percentiles(counts, (wanted,))
    ends = sorted((step + 1) * 0.1 for step in steps)
    expected = ends[int(np.ceil(len(ends) * wanted / 100 - 1e-9)) - 1]
    assert abs(told - expected) < 0.051


def test_without_a_block_there_is_no_load():
    assert load.percentiles(np.zeros(memory.LOADS, np.int64), (50.0,)) == [0.0]


def test_a_report_is_about_the_last_minute_and_the_longest_is_about_all():
    mixer = harness.Mixer(inputs=2)
    own = load.Load(mixer.audio)
    for _ in range(10):
        mixer.rest(64)
    assert own.report().blocks == 10
    for _ in range(load.WINDOW_S):
        own.tick()
    report = own.report()
    assert report.blocks == 0
    assert report.most > 0
    assert report.longest_us > 0


def test_a_missed_deadline_is_told_with_its_time():
    mixer = harness.Mixer(inputs=2)
    own = load.Load(mixer.audio)
    x = y = np.zeros((64, 2), np.float32)
    before = time.time()
    kernels.callback()(x.ctypes.data, y.ctypes.data, 64, None, 4, mixer.audio.address)
    report = own.report()
    assert report.missed >= 1
    assert before - 1 < report.last[-1][0] < time.time() + 1
