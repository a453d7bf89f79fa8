"""Beginnings, ends and what lies between songs: curves of fades, cross-fades, and where a cut isn't heard.

    cosine  ╭──   starts and ends level: the usual       linear  ╱
    sine    ╱──   equal power                            decibel ─╯  as even as a fader pulled down
"""

from collections.abc import Callable

import numpy as np

from daemon.metering.loudness import Float

DECIBEL_RANGE = 60.0
NEAR_S = 0.005
COHERENT = 0.5
"""Songs that are more alike than this cross-fade with gains that add up to 1."""


def _decibel(at: Float) -> Float:
    """Even in decibels; the last tenth brings it to nothing."""
    return np.asarray(10 ** ((at - 1) * DECIBEL_RANGE / 20) * np.minimum(10 * at, 1))


SHAPES: dict[str, Callable[[Float], Float]] = {
    "cosine": lambda at: np.asarray(np.sin(np.pi / 2 * at) ** 2),
    "linear": lambda at: at,
    "sine": lambda at: np.asarray(np.sin(np.pi / 2 * at)),
    "decibel": _decibel,
}
"""Gain of a fade-in at parts of its length, 0 to 1."""
CROSSINGS = ("auto", "power", "gain")


def fade(audio: Float, frames_in: int, frames_out: int, shape_in: str, shape_out: str) -> None:
    """Fade a song in and out, in place; both first and last frame become silent where there is a fade."""
    frames_in, frames_out = min(frames_in, len(audio)), min(frames_out, len(audio))
    if frames_in:
        audio[:frames_in] *= SHAPES[shape_in](np.arange(frames_in) / frames_in)[:, np.newaxis]
    if frames_out:
        audio[len(audio) - frames_out :] *= SHAPES[shape_out](np.arange(frames_out)[::-1] / frames_out)[:, np.newaxis]


def cross(out_going: Float, incoming: Float, shape: str) -> Float:
    """What is heard while one song goes and the other comes: both of shape (frames, 2), equally long.

    Gains add up in power where the two have nothing in common, and in amplitude where they are alike; between these
    they are scaled so that the sum stays as loud as both are.
    """
    alike = {"power": 0.0, "gain": 1.0}.get(shape, max(0.0, likeness(out_going, incoming)))
    at = ((np.arange(len(incoming)) + 0.5) / max(len(incoming), 1))[:, np.newaxis]
    rising, falling = np.sin(np.pi / 2 * at), np.cos(np.pi / 2 * at)
    level = np.sqrt(rising**2 + falling**2 + 2 * alike * rising * falling)
    return np.asarray((falling * out_going + rising * incoming) / level)


def likeness(a: Float, b: Float) -> float:
    """Correlation of two stretches of sound, 1 to −1; 0 where one of them is silent."""
    power = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / power if power > 0 else 0.0


def zero_crossing(audio: Float, at: int, rate: int) -> int:
    """Frame at or next to `at` at which the middle crosses zero; `at` where it does not within 5 ms."""
    reach = round(NEAR_S * rate)
    begin = max(at - reach, 1)
    middle = audio[begin - 1 : at + reach + 1].sum(1)
    crossings = begin + np.flatnonzero(np.signbit(middle[1:]) != np.signbit(middle[:-1]))
    return int(crossings[np.abs(crossings - at).argmin()]) if crossings.size else at


def click_db(audio: Float, at: int, rate: int) -> float:
    """How far a seam sticks out: the largest third difference within 1 ms, in dB over that of the 50 ms around it."""
    steps = np.abs(np.diff(audio, 3, axis=0)).max(1)
    near, far = round(0.001 * rate), round(0.05 * rate)
    middle = slice(max(at - near, 0), at + near)
    around = np.concatenate((steps[max(at - far, 0) : max(at - near, 0)], steps[at + near : at + far]))
    loudest = float(steps[middle].max(initial=0))
    usual = float(around.max(initial=0))
    return 20 * float(np.log10(max(loudest, 1e-12) / max(usual, 1e-9)))
