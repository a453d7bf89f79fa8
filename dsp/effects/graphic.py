"""Graphic equaliser: thirty-one bells in series on each side, a third of an octave apart.

    x ─▶ 20 Hz ─▶ 25 ─▶ … ─▶ 16k ─▶ 20k ─▶ level ─▶ y

Plain (GEQ): each bell has the gain of its fader, and neighbours add up.  True (TEQ): gains are solved so that the
curve goes through all faders [1]_; two rounds of least squares, since a bell's shape depends on its gain.

.. [1] R. Oliver, J.-M. Jot, "Efficient multi-band digital audio graphic equalizer", AES 139, 2015.
"""

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.effects.tone import setting
from dsp.native.kernel import part
from dsp.processors import svf

Float = npt.NDArray[np.float64]

BANDS = 31
CENTRES = 1000 * 2.0 ** ((np.arange(BANDS) - 17) / 3)
THIRD = 2 ** (1 / 3)
SHARE = 0.4
"""How much of a bell's gain its neighbours' centres have, where gains are solved."""
PLAIN_Q = 4.318
LEVEL, BELLS = 0, 1
SIDE = 1 + BANDS * svf.COEFFICIENTS
STATES = 2 * BANDS
LEAST_DB = 0.01


def memory(rate: float) -> int:
    """No lines."""
    return 0


def plain(*knobs: float, rate: float) -> list[Any]:
    """Both sides alike, bells that add up."""
    return 2 * _side(np.array(knobs[:BANDS]), np.full(BANDS, PLAIN_Q), knobs[BANDS], rate)


def plain_dual(*knobs: float, rate: float) -> list[Any]:
    """Each side by itself, bells that add up."""
    return [*plain(*knobs[: BANDS + 1], rate=rate)[:SIDE], *plain(*knobs[BANDS + 1 :], rate=rate)[:SIDE]]


def true(*knobs: float, rate: float) -> list[Any]:
    """Both sides alike, the curve of the faders."""
    gains, q = solved(tuple(knobs[:BANDS]), rate)
    return 2 * _side(gains, q, knobs[BANDS], rate)


def true_dual(*knobs: float, rate: float) -> list[Any]:
    """Each side by itself, the curve of the faders."""
    return [*true(*knobs[: BANDS + 1], rate=rate)[:SIDE], *true(*knobs[BANDS + 1 :], rate=rate)[:SIDE]]


def _side(gains_db: Float, q: Float, level_db: float, rate: float) -> list[Any]:
    made = svf.design(svf.bell(gains_db, q), CENTRES, rate)
    bells = svf.neutral(made, np.abs(gains_db) > 1e-9)
    return [float(units.db_to_gain(level_db)), *bells.T.ravel()]


def warped(freq_hz: Float, rate: float) -> Float:
    """Where the bilinear transform puts frequencies."""
    return np.tan(np.pi * np.minimum(freq_hz, svf.HIGHEST * rate) / rate)


def bell_db(freq_hz: Float, gain_db: Float, q: Float, rate: float) -> Float:
    """Gain of all bells at frequencies; shape (frequencies, bells)."""
    a = 10 ** (gain_db / 40)
    w = warped(freq_hz, rate)[:, np.newaxis] / warped(CENTRES, rate)
    real, imag = 1 - w * w, w / q
    return np.asarray(10 * np.log10((real**2 + (imag * a) ** 2) / (real**2 + (imag / a) ** 2)))


def quality(gains_db: Float, rate: float) -> Float:
    """Q of bells whose lower neighbours' centres get `SHARE` of their gain."""
    g = np.where(np.abs(gains_db) < LEAST_DB, LEAST_DB, gains_db)
    a2 = 10 ** (g / 20)
    beside = 10 ** (SHARE * g / 10)
    apart = warped(CENTRES, rate) / warped(CENTRES / THIRD, rate)
    bend = (apart - 1 / apart) ** 2
    # |H|² = (bend + a²/q²) / (bend + 1/(a q)²) at the neighbours, solved for 1/q².
    return np.sqrt((a2 - beside / a2) / (bend * (beside - 1)))


@functools.lru_cache(64)
def solved(faders_db: tuple[float, ...], rate: float) -> tuple[Float, Float]:
    """Gains and Q of bells whose sum is the faders, at their centres and halfway between."""
    wanted = np.array(faders_db)
    if not wanted.any():
        return wanted, np.full(BANDS, PLAIN_Q)
    between = np.sqrt(CENTRES[1:] * CENTRES[:-1])
    freq = np.concatenate((CENTRES, between))
    ask = np.concatenate((wanted, (wanted[1:] + wanted[:-1]) / 2))
    weight = np.concatenate((np.full(BANDS, 8.0), np.full(BANDS - 1, 0.5)))
    gains = wanted.copy()
    for _ in range(4):
        used = np.where(np.abs(gains) < 0.5, 0.5, gains)
        each = bell_db(freq, used, quality(used, rate), rate) / used
        gains = np.linalg.lstsq(each * weight[:, np.newaxis], ask * weight, rcond=None)[0]
    # What is left at the centres, bell by bell, now that shapes hardly change.
    for _ in range(6):
        left = wanted - bell_db(CENTRES, gains, quality(gains, rate), rate).sum(1)
        used = np.where(np.abs(gains) < 0.5, 0.5, gains)
        each = bell_db(CENTRES, used, quality(used, rate), rate) / used
        gains = gains + np.linalg.solve(each, left)
    return gains, quality(gains, rate)


@part
def bell(slot, k, s, side):
    """One bell over a sub-block of one side."""
    s1, s2 = slot.state[s], slot.state[s + 1]
    b1, a2, a3, m1 = slot.target[k], slot.target[k + 1], slot.target[k + 2], slot.target[k + 4]
    for n in range(slot.x.shape[1]):
        x = slot.x[side, n]
        if slot.gliding:
            b1, a2, a3 = setting(slot, k, n), setting(slot, k + 1, n), setting(slot, k + 2, n)
            m1 = setting(slot, k + 4, n)
        v3 = x - s2
        d1 = a2 * v3 - b1 * s1
        d2 = a2 * s1 + a3 * v3
        v1 = s1 + d1
        s1, s2 = v1 + d1, s2 + d2 + d2
        slot.x[side, n] = x + m1 * v1
    slot.state[s], slot.state[s + 1] = s1, s2


def process(slot):
    """Make one sub-block."""
    for side in range(2):
        k = side * SIDE
        for band in range(BANDS):
            at = k + BELLS + band * svf.COEFFICIENTS
            if slot.target[at + 4] != 0 or slot.start[at + 4] != 0:
                bell(slot, at, side * STATES + 2 * band, side)
            else:
                slot.state[side * STATES + 2 * band] = 0.0
                slot.state[side * STATES + 2 * band + 1] = 0.0
        for n in range(slot.x.shape[1]):
            slot.x[side, n] *= setting(slot, k + LEVEL, n)
