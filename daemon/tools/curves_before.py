"""What the strip did before, plainly: the formulas of its first year in float64, one channel, frame by frame.

The page of curves shows them beside what the desk does now; nothing is heard of them.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

DEEP = 1e-9
GATE_RISE_MS, GATE_FALL_MS, HYSTERESIS_DB = 0.2, 15.0, 4.0
LIMITER_MS = 80.0
RMS_MS = 10.0
SUB_BLOCK = 64
GLIDE_MS = 10.0


def part(time_ms: float, rate: float) -> float:
    """Part of the way that a one-pole goes in one frame: 63 % in its time."""
    return float(-np.expm1(-1000 / (time_ms * rate))) if time_ms else 1.0


def gate(key: Float, threshold_db: float, range_db: float, attack_ms: float, release_ms: float, rate: float) -> Float:
    """Gains of a gate without hold: a follower that falls, two thresholds, and a one-pole to a linear gain."""
    rise, fall = part(GATE_RISE_MS, rate), part(GATE_FALL_MS, rate)
    attack, release = part(attack_ms, rate), part(release_ms, rate)
    opens, closes = 10 ** (threshold_db / 20), 10 ** ((threshold_db - HYSTERESIS_DB) / 20)
    found = np.empty(len(key))
    follower, gain, is_open = 0.0, 10 ** (-range_db / 20), False
    shut = gain
    for n, a in enumerate(np.abs(key).tolist()):
        follower += (rise if a > follower else fall) * (a - follower)
        is_open = follower >= (closes if is_open else opens)
        d = (1.0 if is_open else shut) - gain
        gain += (attack if d > 0 else release) * d
        found[n] = gain
    return found


def limiter(x: Float, rate: float) -> Float:
    """Gains of one side alone under a ceiling of 1: down at once, up along a one-pole."""
    release, gain = part(LIMITER_MS, rate), 1.0
    found = np.empty(len(x))
    for n, a in enumerate(np.abs(x).tolist()):
        wanted = 1 / a if a > 1 else 1.0
        gain = wanted if wanted < gain else gain + release * (wanted - gain)
        found[n] = gain
    return found


def ride(gains: Float, apart: int, rate: float) -> Float:
    """Gain while a message every `apart` frames moves a fader: it glides for 10 ms, and waits."""
    length = int(rate * GLIDE_MS / 1000) // SUB_BLOCK * SUB_BLOCK
    curve = np.ones(apart)
    curve[:length] = 0.5 - 0.5 * np.cos(np.pi * np.arange(1, min(length, apart) + 1) / length)
    here = np.concatenate(([gains[0]], gains[:-1]))
    return np.asarray((here[:, np.newaxis] + np.outer(gains - here, curve)).ravel())


def rms_compressor(
    key: Float, threshold_db: float, ratio: float, attack_ms: float, release_ms: float, rate: float
) -> Float:
    """Gain in dB of a compressor with RMS: the window stands before the times."""
    window, attack, release = part(RMS_MS, rate), part(attack_ms, rate), part(release_ms, rate)
    found = np.empty(len(key))
    power, gain_db = 0.0, 0.0
    for n, square in enumerate((key * key).tolist()):
        power += window * (square - power)
        over = max(10 * np.log10(max(power, DEEP * DEEP)) - threshold_db, 0)
        d = (1 / ratio - 1) * over - gain_db
        gain_db += (release if d > 0 else attack) * d
        found[n] = gain_db
    return found


def filtered(x: npt.NDArray[np.float32], used: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The state-variable filter as it is in every book, each step rounded to the numbers that a1 … m2 are in."""
    a1, a2, a3, m0, m1, m2 = used
    kind = used.dtype.type
    two, s1, s2 = kind(2), kind(0), kind(0)
    found: npt.NDArray[Any] = np.empty(len(x), used.dtype)
    for n, v0 in enumerate(x.astype(used.dtype)):
        v3 = v0 - s2
        v1 = a1 * s1 + a2 * v3
        v2 = s2 + a2 * s1 + a3 * v3
        s1, s2 = two * v1 - s1, two * v2 - s2
        found[n] = m0 * v0 + m1 * v1 + m2 * v2
    return found
