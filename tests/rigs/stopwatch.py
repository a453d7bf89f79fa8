"""Seconds on a machine that has other things to do: those in which a process only waited for a processor do not count.

    watch = Stopwatch(daemon.pid)
    ...
    assert watch.s < 2
"""

import os
import time
from pathlib import Path


class Stopwatch:
    """Runs from now on.

    Parameters
    ----------
    others : int
        Numbers of processes that have to do with it, beside this one.
    """

    def __init__(self, *others: int) -> None:
        self._processes = (os.getpid(), *others)
        self._began, self._waited = time.monotonic(), self._waiting_s()

    @property
    def s(self) -> float:
        """Seconds since it was started, without those that the processes have waited for their turn."""
        return time.monotonic() - self._began - (self._waiting_s() - self._waited)

    def _waiting_s(self) -> float:
        """For how long the first threads of the processes have waited so far, as far as the system tells."""
        return sum(map(_waited_s, self._processes))


def _waited_s(process: int) -> float:
    try:
        _, waited_ns, _ = Path(f"/proc/{process}/schedstat").read_text("utf-8").split()
    except OSError:
        return 0.0
    return int(waited_ns) / 1e9
