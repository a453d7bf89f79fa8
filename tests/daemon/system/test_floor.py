"""Whoever thinks beside the event loop stands back while it is at work."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import cast

import pytest

from daemon.system import floor

FOREVER_S = 60.0


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Runner]:
    monkeypatch.setattr(floor, "PATIENCE_S", FOREVER_S)
    with asyncio.Runner(loop_factory=floor.loop) as runner:
        yield runner


class Thinker(threading.Thread):
    """Takes small steps until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.steps, self.stops = 0, False

    def stop(self) -> None:
        """Be gone, so that nobody who comes later meets it."""
        self.stops = True
        self.join(FOREVER_S)

    def run(self) -> None:
        while not self.stops:
            floor.give_way()
            self.steps += 1


async def taken(thinker: Thinker, wanted: int) -> None:
    """Be idle until a thinker has taken so many steps more."""
    until = thinker.steps + wanted
    while thinker.steps < until:
        await asyncio.sleep(0.01)


def test_a_thread_stands_still_while_the_loop_is_at_work_and_goes_on_when_it_waits(runner: asyncio.Runner) -> None:
    thinker = Thinker()

    async def work() -> None:
        thinker.start()
        await taken(thinker, 100)
        before = thinker.steps
        time.sleep(0.1)  # as sending does: Python is free, but the loop is not done
        assert thinker.steps <= before + 1  # the step that was under way ends
        await taken(thinker, 100)

    try:
        runner.run(work())
    finally:
        runner.close()
        thinker.stop()
    assert not thinker.is_alive()


def test_the_loop_does_not_wait_for_itself(runner: asyncio.Runner) -> None:
    async def work() -> float:
        await asyncio.sleep(0.01)
        began = time.monotonic()
        floor.give_way()
        return time.monotonic() - began

    assert runner.run(work()) < FOREVER_S / 2


def test_beside_a_loop_that_is_never_done_a_thread_gets_on() -> None:
    thinker = Thinker()

    async def work() -> None:
        thinker.start()
        await taken(thinker, 1)
        before, until = thinker.steps, time.monotonic() + FOREVER_S
        while thinker.steps < before + 5 and time.monotonic() < until:
            time.sleep(0.001)
        assert thinker.steps >= before + 5

    with asyncio.Runner(loop_factory=floor.loop) as runner:
        try:
            runner.run(work())
        finally:
            thinker.stop()


class Occupied:
    """A floor that is never free; counts how often each thread stood back."""

    def __init__(self) -> None:
        self.waits = Counter[int]()

    def is_set(self) -> bool:
        return False

    def wait(self, _: float) -> bool:
        self.waits[threading.get_ident()] += 1
        return False


@pytest.mark.parametrize(("turn_s", "waits"), [(FOREVER_S, 1), (0.0, 1_000)])
def test_who_has_stood_back_takes_many_steps_before_it_does_again(
    monkeypatch: pytest.MonkeyPatch, turn_s: float, waits: int
) -> None:
    occupied = Occupied()
    monkeypatch.setattr(floor, "_free", occupied)
    monkeypatch.setattr(floor, "TURN_S", turn_s)

    def think() -> None:
        for _ in range(1_000):
            floor.give_way()

    thread = threading.Thread(target=think)
    thread.start()
    thread.join(FOREVER_S)
    assert occupied.waits[cast(int, thread.ident)] == waits
