"""Who plays which part of a show again, where several do at a time.

    1 ─▶ 2 ─▶ 3 ─▶      7 ─▶ 8 ─▶            whoever has done a part goes on with the next, if nobody has it,
    4 ─▶ 5 ─▶ 6 ┈┈ free ┈┈╯                  or else begins in the middle of the longest run that is free

To begin anywhere means to read a checkpoint and to make a desk of it; to go on costs nothing.
"""

import threading
from collections.abc import Sequence


class Shares:
    """Parts that are taken, each once.

    Parameters
    ----------
    frames : sequence of int
        Length of each part.
    follows : sequence of bool
        Whether who has done the part before can go on with it.
    """

    def __init__(self, frames: Sequence[int], follows: Sequence[bool]) -> None:
        self._frames, self._follows = frames, follows
        self._taken = [False] * len(frames)
        self._lock = threading.Lock()

    def follows(self, part: int, done: int | None) -> bool:
        """Whether who has done `done` can go on with a part."""
        return done is not None and part == done + 1 and self._follows[part]

    def take(self, done: int | None = None) -> int | None:
        """Take the next part, after one that is done if there was one; None when all are taken."""
        with self._lock:
            after = 0 if done is None else done + 1
            found = after if after < len(self._taken) and self.follows(after, done) and self._is_free(after) else None
            if found is None and (runs := self._runs()):
                found = self._begin(max(runs, key=self._length))
            if found is not None:
                self._taken[found] = True
            return found

    def _is_free(self, part: int) -> bool:
        return not self._taken[part]

    def _runs(self) -> list[range]:
        """Free parts, those together that follow one another."""
        runs: list[range] = []
        for part in filter(self._is_free, range(len(self._taken))):
            if runs and runs[-1].stop == part and self._follows[part]:
                runs[-1] = range(runs[-1].start, part + 1)
            else:
                runs.append(range(part, part + 1))
        return runs

    def _length(self, run: range) -> int:
        return sum(self._frames[part] for part in run)

    def _begin(self, run: range) -> int:
        """Where to begin in a run: in front, unless somebody is about to come there; then in its middle."""
        if not self._follows[run.start]:
            return run.start
        whole = range(run.start - 1, run.stop)  # with what whoever comes is at now
        return min(run, key=lambda part: abs(2 * self._length(range(whole.start, part)) - self._length(whole)))
