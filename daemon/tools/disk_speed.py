"""How fast a disk takes what a recording gives it, and how many tracks it can be trusted with.

    blocks of 64 tracks ─▶ a reel ─▶ the disk, each made durable ─▶ sustained, slowest
"""

import pathlib
import shutil
import tempfile
import time
from typing import NamedTuple

import numpy as np

from daemon.recording import recorder, reel

RATE, TRACKS = 48_000, 64
TRUST = 0.5
"""Part of what a disk takes that a show may ask of it."""
LEAST_FREE = 0.5
"""Part of what is free that is left alone."""


class Speed(NamedTuple):
    """What a disk did."""

    bytes_per_s: float
    worst_ms: float
    written: int

    @property
    def tracks(self) -> int:
        """How many tracks at 48 kHz it can be trusted with; none if one write took longer than memory lasts."""
        if self.worst_ms > 1000 * TRUST * recorder.POOL_S:
            return 0
        return int(TRUST * self.bytes_per_s / (RATE * reel.SAMPLE))


def measure(folder: pathlib.Path, seconds: float) -> Speed:
    """Write for a while, as a recorder does, to a file that is taken away again.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    room = shutil.disk_usage(folder).free * LEAST_FREE
    block = np.random.default_rng(1).uniform(-1, 1, (round(recorder.WRITE_S * RATE), TRACKS)).astype(np.float32)
    with tempfile.TemporaryDirectory(prefix=".measured-", dir=folder) as place:
        writer = reel.Writer(pathlib.Path(place) / "reel.wav", RATE, [f"{n}" for n in range(TRACKS)])
        worst = 0.0
        began = time.monotonic()
        while time.monotonic() < began + seconds and writer.frames * TRACKS * reel.SAMPLE + block.nbytes < room:
            before = time.monotonic()
            writer.write(block)
            writer.sync()
            worst = max(worst, time.monotonic() - before)
        took = time.monotonic() - began
        writer.close()
    written = writer.frames * TRACKS * reel.SAMPLE
    return Speed(written / took, 1000 * worst, written)
