"""A parameter that is moved while a low tone sounds: what there is above 1.5 kHz that neither end of the way has.

    100 Hz ─▶ effect ─┬─ before ─┬─ moved ─┬─ after ─▶ above 1.5 kHz, loudest 5 ms of each
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rigs import effect

TONE_HZ, TONE_DB = 100.0, -20.0
ABOVE_HZ = 1500.0
WINDOW = 240
SETTLE_S, STILL_S, MOVES_S, REST_S = 0.25, 0.1, 0.4, 2.0
RISE = 4800
"""Frames in which the tone sets in, too slowly to be above anything."""
EDGE = 960
"""Frames at each end that the high-pass of the measurement rings in."""


def tone(frames: int) -> effect.Signal:
    """Make the tone; the right side a quarter of a turn later."""
    turn = 2 * np.pi * TONE_HZ * np.arange(frames)[:, np.newaxis] / effect.RATE
    sides = np.sin(turn - np.array([0.0, np.pi / 2]))
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(np.arange(frames) / RISE, 0, 1))
    return np.asarray(10 ** (TONE_DB / 20) * sides * rise[:, np.newaxis], np.float32)


def above(y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Level of the louder side above 1.5 kHz in each 5 ms, in dBFS."""
    padded = np.concatenate((y[0] + np.zeros((4800, 2)), y, y[-1] + np.zeros((4800, 2))))
    spectrum = np.fft.rfft(padded, axis=0)
    freq = np.fft.rfftfreq(len(padded), 1 / effect.RATE)
    # Steep but smooth, so that the measurement itself doesn't ring.
    open_ = 0.5 - 0.5 * np.cos(np.pi * np.clip((freq - 1000) / (ABOVE_HZ - 1000), 0, 1))
    rest = np.fft.irfft(spectrum * open_[:, np.newaxis], len(padded), axis=0)[4800:-4800]
    rest = rest[: len(rest) // WINDOW * WINDOW].reshape(-1, WINDOW, 2)
    return np.asarray(10 * np.log10((rest**2).mean(1).max(1) + 1e-30))


def moved_db(made: effect.Effect, knob: str, steps: Sequence[int]) -> tuple[float, float]:
    """Loudest while a parameter moves to stored values, one after the other, and loudest while it stays.

    In dB below full scale, or below what the effect makes of the tone where this is louder.
    """
    leaf = made.leaves()[knob]
    first, still, moving = (round(s * effect.RATE) // 64 * 64 for s in (SETTLE_S, STILL_S, MOVES_S))
    x = tone(first + still + len(steps) * (moving + still))
    heard, at = [made.play(x[: first + still])], first + still
    for step in steps:
        made.values.set(leaf, step)
        heard.append(made.play(x[at : at + moving + still]))
        at += moving + still
    y = np.concatenate(heard)
    seen = above(y) - max(20 * np.log10(np.abs(y).max() + 1e-30), 0.0)
    moves = np.zeros(len(seen), bool)
    for number in range(len(steps)):
        begins = first + still + number * (moving + still)
        moves[begins // WINDOW - 1 : (begins + moving) // WINDOW] = True
    stays = ~moves
    stays[: first // WINDOW] = stays[-EDGE // WINDOW :] = False
    return float(seen[moves].max()), float(seen[stays].max())


def rest_db(made: effect.Effect, knob: str, steps: Sequence[int]) -> float:
    """Loudest above 1.5 kHz while a parameter stays at any of some stored values, in slow turns of the effect, too."""
    loudest = -300.0
    for step in sorted(set(steps)):
        made.values.set(made.leaves()[knob], step)
        made.play(tone(round(SETTLE_S * effect.RATE)))
        y = made.play(tone(round(REST_S * effect.RATE)))
        seen = above(y) - max(20 * np.log10(np.abs(y).max() + 1e-30), 0.0)
        loudest = max(loudest, float(seen[RISE // WINDOW + 1 : -EDGE // WINDOW].max()))
    return loudest
