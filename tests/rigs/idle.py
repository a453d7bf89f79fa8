"""A stage that does nothing beside the daemon that is judged, and the counts of both."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rigs import crowd, servers

COUNTED = (sys.executable, str(Path(crowd.__file__).with_name("counted.py")))


def counts(process: servers.Process) -> np.ndarray:
    """Blocks played and missed so far."""
    return np.array([int(number) for number in process.order("count").split()[-2:]])


@contextlib.contextmanager
def idle_stage(folder: Path) -> Iterator[servers.Process]:
    """A stage on which nothing is played."""
    with servers.running([*COUNTED, "idle"], dict(os.environ), folder / "idle.log") as idle:
        idle.wait_for(lambda: idle.lines("ready"), "its ready line", servers.START_S)
        yield idle
