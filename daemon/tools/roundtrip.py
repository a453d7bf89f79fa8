"""The round trip: how long a sound takes from an output, through a cable or a connection of JACK, to an input.

    sweep ─▶ output ─▶ loop ─▶ input ─▶ correlated with the sweep ─▶ frames, and how sure that is

A microphone is heard from a loudspeaker after the same time: converter, buffers and one block in between.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SWEEP_S = 0.5
LISTEN_S = 1.5
LOWEST_HZ, HIGHEST_HZ = 100.0, 10_000.0
LEVEL = 0.1
"""Amplitude: -20 dBFS is heard by the loop, and hurts nobody's ears."""
SURE = 8.0
"""So many times as high as anything more than a millisecond away is the peak of a loop that is there."""
APART_S = 0.001

Signal = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Trip:
    """What came back.

    Attributes
    ----------
    frames : int
        From the output to the input.
    ms : float
        The same in time.
    level_db : float
        Gain of the loop.
    """

    frames: int
    ms: float
    level_db: float


def sweep(rate: int) -> Signal:
    """Sine whose frequency rises by the octave, faded at both ends; then silence to listen to."""
    t = np.arange(round(SWEEP_S * rate)) / rate
    octaves = np.log(HIGHEST_HZ / LOWEST_HZ)
    phase = 2 * np.pi * LOWEST_HZ * SWEEP_S / octaves * np.expm1(t / SWEEP_S * octaves)
    faded = np.minimum(1, np.minimum(t, t[::-1]) / 0.02)
    return np.append(LEVEL * np.sin(phase) * faded, np.zeros(round(LISTEN_S * rate))).astype(np.float32)


def find(heard: npt.NDArray[np.floating], rate: int) -> Trip | None:
    """Find the sweep in what was heard; None where no loop is."""
    sent = sweep(rate).astype(np.float64)
    size = len(sent) + len(heard)
    heard = np.nan_to_num(np.asarray(heard, np.float64))
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size)), size)[: len(heard)]
    frames = int(np.argmax(np.abs(likeness)))
    peak = abs(likeness[frames])
    apart = np.abs(np.arange(len(likeness)) - frames) > APART_S * rate
    if not peak > SURE * np.abs(likeness[apart]).max():
        return None
    return Trip(frames, 1000 * frames / rate, float(20 * np.log10(peak / np.sum(sent**2))))
