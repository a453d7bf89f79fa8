"""How long each block took."""

import time

import numpy as np

from dsp.engine import memory, timing
from rigs import harness


def test_each_block_is_counted_once_and_the_longest_is_kept():
    mixer = harness.Mixer(inputs=2)
    began = time.monotonic_ns()
    mixer.rest(6_400)
    passed = time.monotonic_ns() - began
    loads = mixer.audio.memory["loads"]
    assert loads.sum() == mixer.audio.count(memory.CALLS) == mixer.audio.count(memory.DONE)
    assert 0 < mixer.audio.count(memory.LONGEST) < passed


def test_a_block_is_in_the_step_of_the_histogram_that_its_time_says():
    mixer = harness.Mixer(inputs=2)
    shared, there_is = mixer.audio.memory, 64 * 1_000_000_000 // harness.RATE
    for part, lost in ((0.25, False), (0.9, False), (1.5, False), (5.0, False), (0.1, True)):
        before = shared["loads"].copy()
        began = time.monotonic_ns() - round(part * there_is)
        note(shared, began, lost)
        (step,) = np.flatnonzero(shared["loads"] - before)
        late = shared["late_at"][(mixer.audio.count(memory.LATE) - 1) % memory.LATES] == began
        assert step >= min(1_000 * part - 1, memory.LOADS - 1)
        assert late or part < 1
        assert late or not lost


def note(shared, began, lost):
    timing.note(shared, np.int64(64), np.int64(began), lost)
