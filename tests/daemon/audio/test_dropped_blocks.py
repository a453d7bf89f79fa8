"""Whether a device keeps its pace is told from its frames, unless blocks were dropped."""

import pytest

from daemon.audio.watch import LOOK_S, Pace
from dsp.engine import memory

LOOKS = 100


class Device:
    """Counts frames at a rate, and blocks that are dropped on a machine that is too busy."""

    rate = 48_000

    def __init__(self, frames_per_s: float, drops_every: int) -> None:
        self._per_look, self._every, self._looks = frames_per_s * LOOK_S, drops_every, 0

    def count(self, which: int) -> int:
        """As the wall counts."""
        if which == memory.FRAME:
            return round(self._looks * self._per_look)
        return self._looks // self._every if self._every and which == memory.UNDERRUNS else 0

    def told(self) -> set[int | None]:
        """What is said of it in ten seconds."""
        pace = Pace(self)  # type: ignore[arg-type]
        found = set()
        for self._looks in range(LOOKS):
            found.add(pace.measure(self._looks * LOOK_S))
        return found


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_a_device_that_runs_at_another_rate_is_noticed(rate: int) -> None:
    assert rate in Device(rate, drops_every=0).told()


@pytest.mark.parametrize("frames_per_s", [44_100, 44_300])
def test_a_machine_that_drops_as_many_blocks_as_another_rate_would_have_less_is_busy_and_nothing_else(
    frames_per_s: float,
) -> None:
    assert Device(frames_per_s, drops_every=7).told() == {None}


def test_a_device_that_dropped_a_block_once_is_listened_to_again() -> None:
    assert 44_100 in Device(44_100, drops_every=60).told()
