"""Who does the work of an album: processes, as many as there are cores, and a line that says how far they are.

    steps ─▶ both cores ─▶ results in order          mastered  ━━━━━━━━╸      62 %  0:00:41 left
"""

import concurrent.futures
import multiprocessing
import os
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from rich.console import Console as Screen
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from daemon.system import heap

Result = TypeVar("Result")


class Crew:
    """Does steps side by side.

    Parameters
    ----------
    jobs : int
        Processes; 0 is one for each core, and 1 works here.
    total : float
        How much there is to do, in a unit of the caller's.
    screen : rich Console, optional
        Where progress is shown.
    """

    def __init__(self, jobs: int, total: float, screen: Screen | None = None) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self._progress = Progress(
            TextColumn("{task.description:<10}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
            TextColumn("left"), console=screen, disable=screen is None, transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=total)
        self._pool: concurrent.futures.ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.jobs > 1:
            # Spawned: what has threads, as a terminal's progress line has, must not be forked.
            context = multiprocessing.get_context("spawn")
            # Songs are as large as one another: the next one wants the memory that this one had.
            self._pool = concurrent.futures.ProcessPoolExecutor(self.jobs, context, heap.keep_all)
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) \
            -> None:  # fmt: skip
        self._progress.stop()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def each(
        self, what: str, step: Callable[..., Result], work: Sequence[tuple[Any, ...]], weights: Sequence[float]
    ) -> list[Result]:
        """Do a step for each of these arguments, the heaviest first; results are in the order of the arguments.

        Raises
        ------
        Refusal
            The first that a step raised; what waits is not begun.
        """
        self._progress.update(self._task, description=what)
        if self._pool is None:
            found = []
            for arguments, weight in zip(work, weights, strict=True):
                found.append(step(*arguments))
                self._progress.advance(self._task, weight)
            return found
        # A long one that begins last would leave the other cores with nothing to do.
        heaviest = sorted(range(len(work)), key=lambda number: -weights[number])
        futures = {number: self._pool.submit(step, *work[number]) for number in heaviest}
        worth = {future: weights[number] for number, future in futures.items()}
        for done in concurrent.futures.as_completed(worth):
            done.result()
            self._progress.advance(self._task, worth[done])
        return [futures[number].result() for number in range(len(work))]
