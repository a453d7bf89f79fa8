"""The console again, plainly: float64, one channel, one frame after the other.

Nothing here comes from `dsp`.  The scales are those of the console's remote protocol, the dynamics those
of D. Giannoulis et al. (J. Audio Eng. Soc. 60(6), 2012), written down once more from the paper.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.signal

Array = npt.NDArray[np.float64]


def gain(level_db: npt.ArrayLike) -> Array:
    """Linear gain of a level in dB."""
    return np.asarray(10 ** (np.asarray(level_db, np.float64) / 20))


def level_db(gain: npt.ArrayLike) -> Array:
    """Level in dB of a linear gain."""
    with np.errstate(divide="ignore"):
        return np.asarray(20 * np.log10(np.abs(np.asarray(gain))))


# --- scales ----------------------------------------------------------------------------------------


def taper_db(step: int, steps: int) -> float:
    """Level of a fader's or send's step in dB: four straight parts, silent at the bottom, 0 dB where it is written."""
    if step == round(0.75 * (steps - 1)):
        return 0.0
    at = step / (steps - 1)
    parts = ((0.5, 40, -30), (0.25, 80, -50), (0.0625, 160, -70), (0.0, 480, -90))
    slope, offset = next((slope, offset) for begin, slope, offset in parts if at >= begin)
    return slope * at + offset if step else -np.inf


def frequency(step: int) -> float:
    """Hz of a step of an EQ band or key filter."""
    return 20 * 1000 ** (step / 200)


def low_cut_frequency(step: int) -> float:
    """Hz of a step of the low cut."""
    return 20 * 20 ** (step / 100)


def quality(step: int) -> float:
    """Q of a step of an EQ band: the first is the narrowest."""
    return 10 * 0.03 ** (step / 71)


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gain at a pan from −100 to +100: constant power."""
    angle = (pan + 100) / 200 * np.pi / 2
    return float(np.cos(angle)), float(np.sin(angle))


# --- glides ----------------------------------------------------------------------------------------


def glide(start: npt.ArrayLike, target: npt.ArrayLike, frames: int, length: int) -> Array:
    """First `frames` frames of a raised cosine from `start` to `target` that takes `length` of them."""
    n = np.minimum(np.arange(1, frames + 1), length)
    weight = 0.5 - 0.5 * np.cos(np.pi * n / length)
    return np.asarray(start) + weight * (np.asarray(target) - np.asarray(start))


# --- dynamics --------------------------------------------------------------------------------------

SILENCE_DB = -180.0
RMS_MS, RMS_LOUD_MS, RMS_LEARNING_MS, RMS_FRAMES = 10.0, 0.25, 50.0, 64  # window, what is loud, the mean; in spans
RMS_LAGS_MS = 0.2, 0.45  # that a rise and a fall are known later
PEAK_FALLS_MS, PEAK_LAG_MS = 0.18, 0.15
STILL_DB = 6e-5  # what falls by less is held on
KNEE_DB = 4.0  # width of the knee for each of its steps
DEEPEST_DB = 60.0
LINEAR_DB = 10.0  # what a linear envelope moves in one attack or release time
HYSTERESIS_DB = 4.0
LEARNING_MS = 1500.0  # how fast the automatic release learns that it is loud for long
GATE_MS, GATE_FRAMES = 25.0, 64  # how far back a gate looks for a peak, in whole spans of so many frames
GATE_DAMPING, GATE_SHORTEST_MS = 0.5, 0.48


class Compressor(NamedTuple):
    """Settings of a compressor or expander; a hold of 0 lets go at once."""

    threshold_db: float
    ratio: float
    knee: float = 0
    attack_ms: float = 1.0
    hold_ms: float = 0.0
    release_ms: float = 200.0
    makeup_db: float = 0.0
    mix_percent: float = 100.0
    expand: bool = False
    rms: bool = False
    linear: bool = False
    auto: bool = False

    def static_db(self, level_dbfs: npt.ArrayLike) -> Array:
        """Change of level in dB, once settled, of steady levels; make-up not counted."""
        over = np.asarray(level_dbfs, np.float64) - self.threshold_db
        over = -over if self.expand else over
        slope = 1 - self.ratio if self.expand else 1 / self.ratio - 1
        width = max(self.knee * KNEE_DB, 1e-9)
        soft = (over + width / 2) ** 2 / (2 * width)
        curve = np.where(over <= -width / 2, 0, np.where(over < width / 2, soft, over))
        return np.maximum(slope * curve, -DEEPEST_DB)

    def gains(self, key: Array, rate: float) -> Array:
        """Linear gain of each frame, make-up and mix included, under the key, from rest."""
        power = _mean_power(key, rate) if self.rms else _peak_power(key**2, np.exp(-2000 / (PEAK_FALLS_MS * rate)))
        with np.errstate(divide="ignore"):
            level = np.maximum(10 * np.log10(power), SILENCE_DB)
        pace = (self.attack_ms, self.release_ms)
        if not self.linear:
            spans = int(RMS_MS * rate / 1000) // RMS_FRAMES
            rise, fall = RMS_LAGS_MS
            known = (spans + 0.5) * RMS_FRAMES * 1000 / rate + fall if self.rms else PEAK_LAG_MS
            pace = (max(self.attack_ms - self.rms * rise, 0), max(self.release_ms - known, 0))
        if self.linear:
            parts, limits = [1.0, 1.0], [LINEAR_DB / whole(ms, rate) for ms in pace]
        else:
            parts, limits = [part(ms, rate) for ms in pace], [np.inf, np.inf]
        target = self.static_db(level)
        if self.auto and not self.expand:
            learn = part(LEARNING_MS, rate)
            target = np.minimum(target, scipy.signal.lfilter([learn], [1, learn - 1], target) / 2)
        smooth = _smooth(target, self.expand, *parts, *limits, whole(self.hold_ms, rate))
        mix = self.mix_percent / 100
        return np.asarray(1 - mix + mix * gain(smooth + self.makeup_db))


@numba.njit(cache=True)
def _peak_power(power, kept):  # type: ignore[no-untyped-def]
    """Powers that fall no faster than to a part of the last."""
    found = np.empty_like(power)
    last = 0.0
    for n in range(power.size):
        found[n] = last = max(power[n], kept * last)
    return found


def _mean_power(key: Array, rate: float) -> Array:
    """What was loudest in the last ten milliseconds, times the part of it that the mean is, slowly learnt."""
    loud = part(RMS_LOUD_MS, rate)
    power = scipy.signal.lfilter([loud], [1, loud - 1], key**2)
    spans = int(RMS_MS * rate / 1000) // RMS_FRAMES
    blocks = np.pad(power, (0, -power.size % RMS_FRAMES)).reshape(-1, RMS_FRAMES)
    highest, means = blocks.max(1), blocks.mean(1)
    known, learning = 1.0, part(RMS_LEARNING_MS, rate / RMS_FRAMES)
    found = np.empty_like(blocks)
    for now in range(len(blocks)):
        before = highest[max(now - spans, 0) : now].max(initial=0)
        found[now] = known * np.maximum(np.maximum.accumulate(blocks[now]), before)
        left = now - spans
        if left >= 0:
            around = min(highest[max(left - spans, 0) : left + 1].max(), highest[left : now + 1].max())
            known += learning * (min(means[left] / around, 1) - known) if around > 1e-14 else 0
    return found.ravel()[: power.size]


def part(time_ms: float, rate: float) -> float:
    """Part of the remaining way that is gone in one frame, 63 % of it being gone in `time_ms`."""
    return float(1 - np.exp(-1000 / (time_ms * rate))) if time_ms else 1.0


def whole(time_ms: float, rate: float) -> int:
    """Whole frames of a time, at least one."""
    return max(round(time_ms * rate / 1000), 1)


@numba.njit(cache=True)
def _smooth(target, expand, attack, release, attack_limit, release_limit, hold):  # type: ignore[no-untyped-def]
    """Change of level in dB behind attack, hold and release."""
    smooth = np.empty_like(target)
    s = 0.0
    held = 0
    for n in range(target.size):
        d = target[n] - s
        if d < -STILL_DB if expand else d > STILL_DB:
            held = max(held - 1, 0)
            if held == 0:
                s += max(-release_limit, min(release_limit, release * d))
        else:
            held = hold
            s += max(-attack_limit, min(attack_limit, attack * d))
        smooth[n] = s
    return smooth


class Gate(NamedTuple):
    """Settings of a gate, expander (with its ratio) or ducker."""

    threshold_db: float
    range_db: float = 60.0
    attack_ms: float = 0.0
    hold_ms: float = 0.0
    release_ms: float = 5.0
    ratio: float | None = None
    duck: bool = False

    def gains(self, key: Array, rate: float) -> Array:
        """Linear gain of each frame under the key, from rest: open."""
        return np.asarray(
            _gate(
                _highest(np.abs(key), int(GATE_MS * rate / 1000) // GATE_FRAMES - 1), self.threshold_db,
                self.ratio or 0.0, self.range_db, self.duck,
                *_step(max(self.attack_ms, GATE_SHORTEST_MS) * rate / 1000),
                10 ** (-0.5 * 1000 / (self.release_ms * rate)), whole(self.hold_ms, rate),
            )
        )  # fmt: skip


def _highest(key: Array, spans: int) -> Array:
    """The highest of each frame's span so far, and of so many whole spans before it."""
    found = np.empty_like(key)
    for first in range(0, key.size, GATE_FRAMES):
        before = key[max(first - spans * GATE_FRAMES, 0) : first].max(initial=0)
        found[first : first + GATE_FRAMES] = np.maximum(
            np.maximum.accumulate(key[first : first + GATE_FRAMES]), before
        )
    return found


def _step(frames: float) -> tuple[float, float]:
    """Of a resonance that is 63 % up after so many frames: what it keeps of its last two values."""
    turned = np.sqrt(1 - GATE_DAMPING**2)
    turns = scipy.optimize.brentq(
        lambda t: np.exp(-GATE_DAMPING * t) * (np.cos(turned * t) + GATE_DAMPING / turned * np.sin(turned * t))
        - np.exp(-1), 0.1, 3,
    )  # fmt: skip
    pole = np.exp(complex(-GATE_DAMPING, turned) * turns / frames)
    return 2 * pole.real, -abs(pole) ** 2


@numba.njit(cache=True)
def _gate(level, threshold, ratio, depth, duck, last, last_but_one, fall, hold):  # type: ignore[no-untyped-def]
    gains = np.empty_like(level)
    held = 0
    g = before = 1.0
    for n in range(level.size):
        over = 20 * np.log10(max(level[n], 1e-9)) - threshold
        if ratio == 0 and held > 0:
            over += HYSTERESIS_DB
        held = hold if over >= 0 else max(held - 1, 0)
        shut = 0.0
        if held == 0:
            shut = max((ratio - 1) * over, -depth) if ratio > 0 else -depth
        target = 10 ** ((-depth - shut if duck else shut) / 20)
        if target == g:
            before = g
        elif (target > g) != duck:
            beyond = (1 - last - last_but_one) * target + last * g + last_but_one * before
            before, g = g, min(beyond, target) if target > g else max(beyond, target)
        else:
            g = before = max(g * fall, target) if target < g else min(g / fall, target)
        gains[n] = g
    return gains
