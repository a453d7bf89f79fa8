"""A tone of its own for every input, and how to find it: what is patched where, and what else is heard there."""

from collections.abc import Iterable

import numpy as np

from rigs import desk

RATE = desk.RATE
FRAMES = 4800  # every tone has a whole number of periods in it
SETTLING = 4800  # with these too, so that it goes on when it is played again
PEAK = 0.05
TALK_INPUT = 64
FLOOR_DB = -140.0
LEVEL_DB = 0.01

# Tones lie far apart.
INPUTS = np.arange(1, 65)
TONES_HZ = 300.0 + 50 * INPUTS
TAGGED = np.float32(PEAK * np.sin(2 * np.pi * np.outer(np.arange(SETTLING + FRAMES), TONES_HZ) / RATE))
"""All inputs with their tones; shape (frames, 64)."""


def found(rig: desk.Rig) -> tuple[np.ndarray, np.ndarray]:
    """Gain of each input's tone at each output, shape (64, outputs), and the level in dBFS of the loudest stranger."""
    heard = rig.play(TAGGED, block=480)[SETTLING:].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(heard, axis=0)) * 2 / FRAMES
    bins = np.rint(TONES_HZ * FRAMES / RATE).astype(int)
    gains = spectrum[bins] / PEAK
    spectrum[bins] = 0
    return gains, desk.decibels(spectrum.max(0))


def check(rig: desk.Rig, expected: np.ndarray) -> None:
    """Outputs carry the inputs with the expected gains, shape (64, outputs), and nothing else."""
    gains, strangers_db = found(rig)
    gains, strangers_db = gains[:, : expected.shape[1]], strangers_db[: expected.shape[1]]
    assert (strangers_db < FLOOR_DB).all()
    silent = expected == 0
    wrong = np.where(silent, desk.decibels(gains * PEAK) >= FLOOR_DB, False)
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong |= ~silent & (np.abs(desk.decibels(gains) - desk.decibels(expected)) > LEVEL_DB)
    assert not wrong.any(), [
        f"input {i + 1} at output {o + 1}: {gains[i, o]:.6f}, not {expected[i, o]:.6f}" for i, o in np.argwhere(wrong)
    ][:8]


def one(inputs: Iterable[int]) -> np.ndarray:
    """Expected gains where each output carries one input, 0 for none; shape (64, outputs)."""
    numbers = np.array(list(inputs))
    return (INPUTS[:, np.newaxis] == numbers).astype(float)


def direct_outs(rig: desk.Rig, first: int) -> None:
    """Let the 16 main and 16 personal outputs carry 32 channels, as they come in."""
    for n in range(16):
        rig.set_many({f"/outputs/main/{n + 1:02}/src": first + n, f"/outputs/main/{n + 1:02}/pos": 0})
        rig.set_many({f"/outputs/p16/{n + 1:02}/src": first + 16 + n, f"/outputs/p16/{n + 1:02}/pos": 0})


DIRECT = (*(f"out/{n:02}" for n in range(1, 17)), *(f"p16/{n:02}" for n in range(1, 17)))
