"""Compressor and downward expander on every lane at once.

    key ─▶ detector ─▶ log2 ─▶ gain computer ─▶ hold, attack/release ─▶ exp2 ─▶ gain
    x ───────────────────────────────────────────────────────────────────────▶ × ─▶ y

Feed-forward, the smoothing after the gain computer and in the log domain [1]_: no lag before the
attack, and a release that does not depend on level.  With the over-shoot o, the knee W and the
slope σ = 1/R − 1,

    u = clamp(o + W/2, 0, W)        G = σ (u²/2W + max(o − W/2, 0))

is exact below, in and above the knee.  An expander is the same law upside down (`sign` −1).
Logarithmic envelopes go a fixed part of the way each frame, linear ones at most a fixed number of
decibels.  `on` is an exponent, so that one compressor that goes while another comes make one.
Levels and gains are in units of log2.

.. [1] D. Giannoulis, M. Massberg, J. D. Reiss, "Digital dynamic range compressor design",
   J. Audio Eng. Soc. 60(6), 2012.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import HALF, ONE, ZERO
from dsp.processors import glide

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Int = npt.NDArray[np.int64]

(SIGN, SCALE, OFFSET, SLOPE, KNEE, FLOOR, DETECT, ATTACK, RELEASE, ATTACK_RATE, RELEASE_RATE,
 HOLD, SLOW, AUTO, MAKEUP, MIX, ON) = range(17)  # fmt: skip
ROWS = 17
STATE_ROWS = 4  # detector power, log gain, hold left in frames, slow log gain

RATIOS = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 100.0)
EXPAND, RMS, LINEAR = 1, 1, 0
KNEE_DB = 4.0  # width of the knee for each of its steps
HARD_KNEE = 1e-3
DEEPEST_DB = 60.0
RMS_MS = 10.0
LINEAR_DB = 10.0  # what a linear envelope moves in one attack or release time
SLOW_MS = 1500.0  # how fast the automatic release learns that it is loud for long
NO_LIMIT = 1e9

SILENCE = np.float32(1e-18)  # power, -180 dBFS


class Settings(NamedTuple):
    """What the operator sets, each of shape (lanes,)."""

    on: Bool
    mode: Int
    detector: Int
    envelope: Int
    threshold_db: Float
    ratio: Int
    knee: Float
    makeup_db: Float
    attack_ms: Float
    hold_ms: Float
    release_ms: Float
    mix_percent: Float
    auto: Bool


def design(s: Settings, rate: float) -> Float:
    """Turn settings into the rows of `process`, shape (17, lanes).

    Attack and release are 63 % of the change of gain in dB when logarithmic, 10 dB when linear.
    """
    expand = s.mode == EXPAND
    linear = s.envelope == LINEAR
    ratio = np.array(RATIOS)[s.ratio]
    rows = np.zeros((ROWS, s.on.size))
    # Over-shoot from power at once: o = sign (½ log2 power − threshold).
    rows[SIGN] = np.where(expand, -1, 1)
    rows[SCALE] = rows[SIGN] / 2
    rows[OFFSET] = -rows[SIGN] * units.db_to_log2(s.threshold_db)
    rows[SLOPE] = np.where(expand, 1 - ratio, 1 / ratio - 1)
    rows[KNEE] = np.maximum(units.db_to_log2(s.knee * KNEE_DB), HARD_KNEE)
    rows[FLOOR] = -units.db_to_log2(DEEPEST_DB)
    rows[DETECT] = np.where(s.detector == RMS, units.step(RMS_MS, rate), 1)
    for times, part, limit in ((s.attack_ms, ATTACK, ATTACK_RATE), (s.release_ms, RELEASE, RELEASE_RATE)):
        moved = units.db_to_log2(LINEAR_DB) / units.frames(times, rate)
        rows[part] = np.where(linear, 1, units.step(times, rate))
        rows[limit] = np.where(linear, moved, NO_LIMIT)
    rows[HOLD] = units.frames(s.hold_ms, rate)
    rows[SLOW] = units.step(SLOW_MS, rate)
    rows[AUTO] = np.where(s.auto & ~expand, 0.5, 0)
    rows[MAKEUP] = units.db_to_log2(s.makeup_db)
    rows[MIX] = s.mix_percent / 100
    rows[ON] = s.on
    return rows


def static_gain_db(level_dbfs: Float, threshold_db: float, ratio: float, knee_db: float) -> Float:
    """Settled gain in dB of the compressor for steady levels: the curve that is drawn, and tested against."""
    over = np.asarray(level_dbfs, np.float64) - threshold_db
    width = max(knee_db, HARD_KNEE * units.LOG2_DB)
    u = np.clip(over + width / 2, 0, width)
    return np.asarray((1 / ratio - 1) * (u * u / (2 * width) + np.maximum(over - width / 2, 0)))


@inline
def tick(x, key, p, inverse, keep, state):
    """One frame: output, log gain, and the next state; `inverse` is 1/2W, `keep` is 1 − DETECT."""
    (sign, scale, offset, slope, knee, floor, detect, attack, release, attack_rate, release_rate,
     hold, slow, auto, makeup, mix, on) = p  # fmt: skip
    power, s, h, learnt = state
    zero = lanes.fill(ZERO)
    power = keep * power + detect * (key * key)
    o = scale * lanes.log2(lanes.maximum(power, lanes.fill(SILENCE))) + offset
    u = lanes.minimum(lanes.maximum(o + HALF * knee, zero), knee)
    target = lanes.maximum(slope * (u * u * inverse + lanes.maximum(o - HALF * knee, zero)), floor)
    # Loud for long: the automatic release comes back at once only half the way, the rest slowly.
    learnt = learnt + slow * (target - learnt)
    d = lanes.minimum(target, auto * learnt) - s
    releasing = sign * d > zero
    h = lanes.select(releasing, lanes.maximum(h - ONE, zero), hold)
    held = lanes.select(h > zero, zero, release)
    limit = lanes.select(releasing, release_rate, attack_rate)
    moved = lanes.select(releasing, held, attack) * d
    s = s + lanes.maximum(lanes.minimum(moved, limit), zero - limit)
    y = x * (ONE + mix * (lanes.exp2(on * (s + makeup)) - ONE))
    return y, s, (power, s, h, learnt)


@inline
def _settled(target):
    return (
        lanes.load(target, 0), lanes.load(target, 1), lanes.load(target, 2), lanes.load(target, 3),
        lanes.load(target, 4), lanes.load(target, 5), lanes.load(target, 6), lanes.load(target, 7),
        lanes.load(target, 8), lanes.load(target, 9), lanes.load(target, 10), lanes.load(target, 11),
        lanes.load(target, 12), lanes.load(target, 13), lanes.load(target, 14),
        lanes.load(target, 15), lanes.load(target, 16),
    )  # fmt: skip


@inline
def _gliding(start, target, w):
    return (
        glide.value(start, target, 0, w), glide.value(start, target, 1, w),
        glide.value(start, target, 2, w), glide.value(start, target, 3, w),
        glide.value(start, target, 4, w), glide.value(start, target, 5, w),
        glide.value(start, target, 6, w), glide.value(start, target, 7, w),
        glide.value(start, target, 8, w), glide.value(start, target, 9, w),
        glide.value(start, target, 10, w), glide.value(start, target, 11, w),
        glide.value(start, target, 12, w), glide.value(start, target, 13, w),
        glide.value(start, target, 14, w), glide.value(start, target, 15, w),
        glide.value(start, target, 16, w),
    )  # fmt: skip


@kernel
def process(x, key, out, start, target, state, clock, end, curve, meter, frames):
    """Compress `frames` rows of `x` into `out` (which may be `x`) by the level of the rows of `key` (which may be `x`).

    `start` and `target` have 17 rows, `state` 4; `meter` is one row: the smallest gain so far,
    make-up not counted.
    """
    s = (lanes.load(state, 0), lanes.load(state, 1), lanes.load(state, 2), lanes.load(state, 3))
    deepest = lanes.fill(ZERO)
    one = lanes.fill(ONE)
    if clock < end:
        for n in range(frames):
            p = _gliding(start, target, lanes.scalar(curve, clock + n + 1))
            y, gain, s = tick(lanes.load(x, n), lanes.load(key, n), p, HALF / p[KNEE], one - p[DETECT], s)
            deepest = lanes.minimum(gain, deepest)
            lanes.store(out, n, y)
    else:
        p = _settled(target)
        inverse = HALF / p[KNEE]
        keep = one - p[DETECT]
        for n in range(frames):
            y, gain, s = tick(lanes.load(x, n), lanes.load(key, n), p, inverse, keep, s)
            deepest = lanes.minimum(gain, deepest)
            lanes.store(out, n, y)
    mix, on = lanes.load(target, MIX), lanes.load(target, ON)
    reduction = one + mix * (lanes.exp2(on * deepest) - one)
    lanes.store(meter, 0, lanes.minimum(reduction, lanes.load(meter, 0)))
    lanes.store(state, 0, s[0])
    lanes.store(state, 1, s[1])
    lanes.store(state, 2, s[2])
    lanes.store(state, 3, s[3])


@kernel
def reset(state):
    """Forget: no key heard, no gain reduction."""
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.fill(ZERO))


@kernel
def take_over(state, other):
    """Go on from where another compressor is."""
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.load(other, row))


@kernel
def begin_anew(state, own, altered):
    """In lanes where `altered` is 1: a compressor at rest, an expander shut: attacks are faster than releases.

    `own` has 17 rows, `state` 4.
    """
    zero = lanes.fill(ZERO)
    anew = altered > zero
    shut = lanes.select(lanes.load(own, SIGN) < zero, lanes.load(own, FLOOR), zero)
    lanes.store(state, 1, lanes.select(anew, shut, lanes.load(state, 1)))
    lanes.store(state, 2, lanes.select(anew, zero, lanes.load(state, 2)))
    lanes.store(state, 3, lanes.select(anew, zero, lanes.load(state, 3)))


@kernel
def hasten(target, own, altered, pace, longest):
    """In lanes where `altered` is 1, let time run `pace` times as fast as it does with the settings `own`.

    Nothing is held for more than `longest` frames.  `own` and `target` have 17 rows.
    """
    factor = lanes.fill(ONE) + altered * (lanes.fill(pace) - lanes.fill(ONE))
    one = lanes.fill(ONE)
    lanes.store(target, ATTACK, lanes.minimum(factor * lanes.load(own, ATTACK), one))
    lanes.store(target, RELEASE, lanes.minimum(factor * lanes.load(own, RELEASE), one))
    lanes.store(target, SLOW, lanes.minimum(factor * lanes.load(own, SLOW), one))
    lanes.store(target, ATTACK_RATE, factor * lanes.load(own, ATTACK_RATE))
    lanes.store(target, RELEASE_RATE, factor * lanes.load(own, RELEASE_RATE))
    held = lanes.minimum(lanes.load(own, HOLD) / factor, lanes.fill(longest))
    lanes.store(target, HOLD, lanes.select(altered > lanes.fill(ZERO), held, lanes.load(own, HOLD)))
