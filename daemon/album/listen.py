"""What a long recording is made of, listened to once: where there is music, talk, applause or nothing.

    file, block after block ─▶ tenths of a second: loudness, flatness of the spectrum ─▶ music or not ─▶ stretches
"""

import itertools
import pathlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.album import edit
from daemon.metering import loudness
from daemon.metering.loudness import Float

POINTS = 10  # in a second
BLOCK_S = 30
MUSIC_LU = 14.0  # below the loudness of the whole
DENSE_S, DENSE_LU, DENSE = 4.0, 20.0, 0.8
FLAT = 0.35
"""Spectra flatter than this are applause or noise."""
FLAT_HZ = (300.0, 8000.0)
BANDS = 24
PAUSE_S = 3.0
SILENT = 1e-12
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Heard:
    """A file, ten values a second."""

    file: pathlib.Path
    rate: int
    channels: int
    seconds: float
    level_db: Float
    """Loudness of each tenth."""
    flat: Float
    """1 for noise, 0 for tones."""
    lufs: float


Told = Callable[[float], None]
"""How much of a file has been heard, 0 to 1."""


def unheard(_part: float) -> None:
    """Nobody wants to know how far it is."""


def hear(path: pathlib.Path, told: Told = unheard) -> Heard:
    """Listen to a file once, in blocks: hours take no more memory than seconds."""
    flats: list[Float] = []
    energies: list[Float] = []
    with edit.opened(path, "album new") as file:
        rate, channels, frames = file.samplerate, file.channels, file.frames
        if rate % loudness.CELLS:
            raise errors.Refusal(f"{path}: {rate} frames per second cannot be cut into hundredths; resample it")
        if channels > 2:
            raise errors.Refusal(f"{path} has {channels} channels; mix it to two first, see faderd render --help")
        cells = loudness.Cells(rate, channels, peaks=False)
        step = rate // POINTS
        for block in file.blocks(BLOCK_S * rate, dtype="float64", always_2d=True):
            energies.append(cells.of(block))
            mono = np.pad(block.mean(1), (0, -len(block) % step)).reshape(-1, step)
            flats.append(_flatness(mono, rate))
            told(min(1.0, sum(map(len, flats)) * step / max(frames, 1)))
    cell = np.concatenate(energies) if energies else np.zeros(0)
    tenths = cell[: len(cell) // POINTS * POINTS].reshape(-1, POINTS).mean(1)
    levels = loudness.OFFSET_LU + 10 * np.log10(np.maximum(tenths, SILENT))
    count = len(levels)
    return Heard(path, rate, channels, frames / rate, levels, np.concatenate(flats or [np.zeros(0)])[:count],
                 loudness.told(cell).integrated_lufs)  # fmt: skip


def _flatness(mono: Float, rate: int) -> Float:
    """Flatness of the spectrum of each row."""
    power = np.abs(np.fft.rfft(mono * np.hanning(mono.shape[1]))) ** 2 + SILENT
    hz = np.fft.rfftfreq(mono.shape[1], 1 / rate)
    inside = (hz >= FLAT_HZ[0]) & (hz <= FLAT_HZ[1])
    # In bands, each of which is either filled evenly, or by tones.
    bands = np.array_split(np.arange(int(inside.sum())), BANDS)
    part = power[:, inside]
    flat = [np.exp(np.log(part[:, band]).mean(1)) / part[:, band].mean(1) for band in bands]
    return np.asarray(np.mean(flat, axis=0))


# --- stretches of music -----------------------------------------------------------------------------


def _mean(x: Float, seconds: float) -> Float:
    width = max(1, round(seconds * POINTS))
    padded = np.pad(x, (width // 2, width - 1 - width // 2), mode="edge")
    upto = np.concatenate(((0.0,), np.cumsum(padded)))
    return np.asarray((upto[width:] - upto[:-width]) / width)


def music(heard: Heard) -> Bools:
    """Which tenths are music: loud, dense, and neither applause nor a voice alone."""
    loud = heard.level_db > heard.lufs - MUSIC_LU
    dense = _mean((heard.level_db > heard.lufs - DENSE_LU).astype(float), DENSE_S) > DENSE
    tonal = _mean(heard.flat, 1.0) < FLAT + _noise(heard)
    # The windows are wider than an edge is sharp: from inside, go on to where it falls silent.
    edge = heard.level_db > heard.lufs - DENSE_LU
    return _filled(_grown(loud & dense & tonal, edge, round(DENSE_S * POINTS)), PAUSE_S)


def _grown(x: Bools, allowed: Bools, reach: int) -> Bools:
    """The same, each stretch longer on both sides for as long as it is allowed."""
    made = x.copy()
    for step in range(reach):
        grown = made.copy()
        grown[:-1] |= made[1:] & allowed[:-1]
        grown[1:] |= made[:-1] & allowed[1:] if step < reach // 4 else False
        made = grown
    return made


def _noise(heard: Heard) -> float:
    """Music full of cymbals is flat, too: what the loudest half is, most of the time, is music."""
    loudest = heard.flat[heard.level_db > np.median(heard.level_db)]
    return max(0.0, float(np.median(loudest)) - FLAT + 0.08) if loudest.size else 0.0


def _filled(x: Bools, seconds: float) -> Bools:
    """The same, where pauses up to this long count as music."""
    made = x.copy()
    at = np.flatnonzero(x)
    for left, right in itertools.pairwise(at):
        if 1 < right - left <= seconds * POINTS:
            made[left:right] = True
    return made


def stretches(inside: Bools, shortest_s: float) -> list[tuple[int, int]]:
    """Beginnings and ends of what is true for long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate(((False,), inside, (False,))).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest_s * POINTS]
