"""What delay lines remember, and for how long."""

import numpy as np
import pytest

from dsp.engine import memory
from dsp.processors import delay
from dsp.table import TABLE
from rigs.desk import RATE, Rig, noise


@pytest.mark.parametrize("path", ["/ch/01/delay/time", "/outputs/main/01/delay/time", "/config/solo/delaytime"])
def test_no_delay_can_be_set_that_is_longer_than_a_line(path: str):
    assert TABLE.row_of(TABLE.leaves[path]).highest == delay.LONGEST_MS


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000])
def test_a_line_holds_the_longest_delay_and_what_a_copy_may_be_late(rate: int):
    assert delay.rows(rate) >= delay.design(1, delay.LONGEST_MS, rate) + delay.SPARE
    assert delay.rows(rate) <= delay.RING


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_came_in_is_kept_for_a_rehearsal_behind_the_longest_delay_and_what_comes_in_meanwhile(rate: int):
    assert memory.kept_frames(rate) >= (2 + 0.5) * rate + 2 * memory.EVERY
    assert memory.kept_frames(rate) >= (1.5 + 2 * 0.5) * rate + 2 * memory.EVERY  # behind two of them


def test_a_delay_that_is_switched_on_finds_what_came_in_before():
    rig = Rig(["ch/01"])
    x = noise(RATE)
    rig.set_many({"/ch/01/mix/fader": 0.0, "/ch/01/delay/time": 500.0})
    rig.play({1: x})
    rig.set("/ch/01/delay/on", 1)
    heard = rig.play({1: np.zeros(RATE // 2)})[:, 0]
    settled = slice(RATE // 100, None)
    np.testing.assert_allclose(heard[settled], x[-RATE // 2 :][settled], atol=1e-6)


@pytest.mark.parametrize("rate", [48_000, 96_000])
def test_what_is_behind_a_delay_that_a_recall_does_not_alter_goes_on_bit_by_bit_at_any_rate(rate: int):
    heard = []
    for recalled in (False, True):
        rig = Rig(["ch/01"], rate)
        rig.set_many({"/ch/01/mix/fader": 0.0, "/ch/01/delay/on": 1, "/ch/01/delay/time": 60.0,
                      "/ch/01/dyn/on": 1, "/ch/01/dyn/thr": -40.0})  # fmt: skip
        x = np.resize(noise(RATE), 3 * rate)
        rig.play({1: x})
        if recalled:
            wanted = rig.console.values.copy()
            wanted.set(TABLE.leaves["/ch/02/mix/fader"], 500)
            rig.console.recall(wanted)
        heard.append(rig.play({1: x[: rate // 2]})[:, 0])
    np.testing.assert_array_equal(*heard)
