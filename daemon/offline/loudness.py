"""How loud files are: `faderd loudness FILE…`."""

import pathlib

import numpy as np

from daemon import errors
from daemon.audio import audiofile
from daemon.metering import loudness

BLOCK = 1 << 18


def measure(path: pathlib.Path) -> loudness.Loudness:
    """Measure a file, or a folder of mono files as one."""
    with audiofile.Source(path) as source:
        if source.rate % loudness.CELLS:
            raise errors.Refusal(f"{path}: {source.rate} frames per second cannot be cut into hundredths; resample it")
        meter = loudness.Meter(source.rate, source.channels)
        while len(block := source.read(BLOCK)):
            meter.add(block)
    return meter.measured()


def line(path: pathlib.Path, found: loudness.Loudness) -> str:
    """Say in a line what a file measures."""
    return (
        f"{path}: {found.integrated_lufs:.1f} LUFS, range {found.range_lu:.1f} LU,"
        f" true peak {found.true_peak_dbtp:.1f} dBTP, momentary up to {found.max_momentary_lufs:.1f},"
        f" short-term up to {found.max_short_term_lufs:.1f} LUFS"
    )


def as_json(found: loudness.Loudness) -> dict[str, float | None]:
    """What a file measures, null where it could not be measured."""
    return {name: value if np.isfinite(value) else None for name, value in found._asdict().items()}
