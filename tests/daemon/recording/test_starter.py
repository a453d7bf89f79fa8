"""Recordings that nobody starts: on a wall without a device, whose inputs the test writes."""

import numpy as np
import pytest

from daemon import settings
from daemon.recording import recorder, starter
from dsp.engine import memory, wall

RATE = 48_000


class Told:
    """Stands for a recorder."""

    def __init__(self) -> None:
        self.now = recorder.Report()
        self.starts = 0

    def report(self) -> recorder.Report:
        return self.now

    def start(self) -> None:
        self.starts += 1
        self.now.state = recorder.RECORDING

    def stop(self) -> None:
        self.now.state = recorder.IDLE


class Stage:
    """Seconds that come in, one after the other."""

    def __init__(self, start: str) -> None:
        self.audio = wall.Wall(RATE, 2, 2)
        self.told = Told()
        chosen = settings.Record(start=start, above_db=-20, pause_s=3)
        self.starter = starter.Starter(self.audio, self.told, chosen)  # type: ignore[arg-type]

    def second(self, level: float) -> bool:
        """Let a second pass in which the second input is so loud; whether it records then."""
        frame = self.audio.count(memory.FRAME)
        sound = np.zeros((RATE, 2), np.float32)
        sound[RATE // 2, 1] = level
        self.audio.control_keep_past(frame, sound)
        self.audio.memory["words"][memory.FRAME] += RATE
        self.starter.tick()
        return self.told.now.state == recorder.RECORDING


def test_it_begins_with_the_first_sound_and_ends_after_a_pause() -> None:
    stage = Stage("signal")
    levels = [0.01, 0.2, 0.01, 0.01, 0.2, 0.01, 0.01, 0.01, 0.01, 0.3]
    assert [stage.second(level) for level in levels] == [False, True, True, True, True, True, True, True, False, True]
    assert stage.told.starts == 2


def test_what_a_hand_began_no_pause_ends() -> None:
    stage = Stage("signal")
    stage.told.start()
    assert all(stage.second(0) for _ in range(6))


@pytest.mark.parametrize(("start", "records"), [("always", True), ("hand", False)])
def test_always_is_at_once_and_by_hand_is_never(start: str, records: bool) -> None:
    stage = Stage(start)
    assert stage.second(0) == records
    stage.told.stop()
    assert not stage.second(1.0), "who ends it by hand means it"
