"""Graphic equaliser: thirty-one bells in series on each side, a third of an octave apart.

    x ─▶ 20 Hz ─▶ 25 ─▶ … ─▶ 16k ─▶ 20k ─▶ level ─▶ y       eight at once, each a frame behind the one before

Plain (GEQ): each bell has the gain of its fader, and neighbours add up.  True (TEQ): gains are solved so that the
curve goes through all faders [1]_; two rounds of least squares, since a bell's shape depends on its gain.

.. [1] R. Oliver, J.-M. Jot, "Efficient multi-band digital audio graphic equalizer", AES 139, 2015.
"""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.effects.memory import FRAMES
from dsp.effects.tone import setting
from dsp.native import eights, lanes
from dsp.native.kernel import kernel, part
from dsp.processors import shapes

Float = npt.NDArray[np.float64]

BANDS = 31
CENTRES = 1000 * 2.0 ** ((np.arange(BANDS) - 17) / 3)
THIRD = 2 ** (1 / 3)
SHARE = 0.4
"""How much of a bell's gain its neighbours' centres have, where gains are solved."""
PLAIN_Q = 4.318
AT_ONCE = eights.WIDTH
GROUPS = -(-BANDS // AT_ONCE)
PLACES = GROUPS * AT_ONCE
"""Places for each coefficient of all bells: those that are no band's pass."""
LEVEL, BELLS = 0, 1
SIDE = 1 + PLACES * shapes.COEFFICIENTS
STATES = 2
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
    made = shapes.design(shapes.bell(gains_db, q), CENTRES, rate)
    bells = shapes.neutral(made, np.abs(gains_db) > 1e-9)
    return [float(units.db_to_gain(level_db)), *np.pad(bells, ((0, 0), (0, PLACES - BANDS))).ravel()]


def of_bells(settings: Sequence[Any]) -> Float:
    """Coefficients of the left side's bells among the settings; shape (bands, coefficients)."""
    return np.reshape(settings[BELLS:SIDE], (shapes.COEFFICIENTS, PLACES))[:, :BANDS].T


def warped(freq_hz: Float, rate: float) -> Float:
    """Where the bilinear transform puts frequencies."""
    return np.tan(np.pi * np.minimum(freq_hz, shapes.HIGHEST * rate) / rate)


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
def settings(slot, side, group, weight):
    """Settings of eight bells of a side: `weight` of where they come from, a number for each."""
    found = side * SIDE + BELLS + AT_ONCE * group
    b1, a2 = on_the_way(slot, found, weight), on_the_way(slot, found + PLACES, weight)
    return b1, a2, on_the_way(slot, found + 2 * PLACES, weight), on_the_way(slot, found + 4 * PLACES, weight)


@part
def on_the_way(slot, k, weight):
    """Eight settings."""
    there = eights.first(lanes.at(slot.target, k), AT_ONCE)
    if slot.gliding:
        return there + weight * (eights.first(lanes.at(slot.start, k), AT_ONCE) - there)
    return there


@part
def bell(how, s, x):
    """What bells make of `x`, and their states then."""
    b1, a2, a3, m1 = how
    s1, s2 = s
    v3 = x - s2
    d1 = a2 * v3 - b1 * s1
    d2 = a2 * s1 + a3 * v3
    v1 = s1 + d1
    return x + m1 * v1, (v1 + d1, s2 + d2 + d2)


@kernel
def ring(slot, group, work):
    """Let eight bells of each side work on what lies in `work`, one side behind the other.

    Each bell hears what the one before it made of a frame while that one makes the next: all ring at once.
    """
    own, place = lanes.at(slot.state, 0), eights.count()
    s, t = STATES * group, STATES * (GROUPS + group)
    left, right = (eights.load(own, s), eights.load(own, s + 1)), (eights.load(own, t), eights.load(own, t + 1))
    y, z, weight = eights.fill(0.0), eights.fill(0.0), eights.fill(0.0)
    to_left, to_right = settings(slot, 0, group, weight), settings(slot, 1, group, weight)
    for n in range(FRAMES + AT_ONCE - 1):
        inside = min(n, FRAMES - 1)
        if slot.gliding:
            weight = eights.handed_on(weight, float(slot.weight[inside]))
            to_left, to_right = settings(slot, 0, group, weight), settings(slot, 1, group, weight)
        y, new_left = bell(to_left, left, eights.handed_on(y, lanes.scalar(work, inside)))
        z, new_right = bell(to_right, right, eights.handed_on(z, lanes.scalar(work, FRAMES + inside)))
        if n < AT_ONCE - 1 or n >= FRAMES:  # the last bells have not begun, or the first have ended
            hears = eights.fill(n + 0.5) > place if n < FRAMES else place > eights.fill(n - FRAMES + 0.5)
            new_left = eights.select(hears, new_left[0], left[0]), eights.select(hears, new_left[1], left[1])
            new_right = eights.select(hears, new_right[0], right[0]), eights.select(hears, new_right[1], right[1])
        left, right = new_left, new_right
        if n >= AT_ONCE - 1:
            lanes.put(work, n - AT_ONCE + 1, eights.element(y, AT_ONCE - 1))
            lanes.put(work, FRAMES + n - AT_ONCE + 1, eights.element(z, AT_ONCE - 1))
    for which in range(STATES):
        eights.store(own, s + which, left[which])
        eights.store(own, t + which, right[which])


@part
def is_out(slot, group):
    """Whether none of eight bells of either side does anything, nor did."""
    found = False
    for side in range(2):
        k = side * SIDE + BELLS + 4 * PLACES + AT_ONCE * group
        for place in range(k, k + AT_ONCE):
            found = found or slot.target[place] != 0 or slot.start[place] != 0
    return not found


def process(slot):
    """Make one sub-block."""
    work = eights.scratch()
    for side in range(2):
        for n in range(FRAMES):
            lanes.put(work, side * FRAMES + n, float(slot.x[side, n]))
    for group in range(GROUPS):
        if is_out(slot, group):
            for which in range(STATES):
                eights.store(lanes.at(slot.state, 0), STATES * group + which, eights.fill(0.0))
                eights.store(lanes.at(slot.state, 0), STATES * (GROUPS + group) + which, eights.fill(0.0))
        else:
            ring(slot, group, work)
    for side in range(2):
        for n in range(FRAMES):
            slot.x[side, n] = lanes.scalar(work, side * FRAMES + n) * setting(slot, side * SIDE + LEVEL, n)
