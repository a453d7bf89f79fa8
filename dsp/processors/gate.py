"""Gate, expander and ducker on every lane at once.

    key ─▶ |·| ─▶ follower ─▶ log2 ─▶ threshold, hold ─▶ gain computer ─▶ attack/release ─▶ g
    x ──────────────────────────────────────────────────────────────────────────────────▶ × ─▶ y

One law serves all modes.  Below the threshold the gain falls by `slope` for every unit the key is
under it, as far as `floor`: a gate is an expander so steep that it is shut at once, and a ducker
is a gate upside down, `G' = base + flip G`.  `mix` 0 takes the whole processor out, bit-exactly.
Levels are in units of log2.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import glide

Float = npt.NDArray[np.float64]

(OPEN, CLOSE, SLOPE, FLOOR, BASE, FLIP, HOLD, ATTACK, RELEASE, RISE, FALL, MIX) = range(12)
ROWS = 12
STATE_ROWS = 3  # follower, hold left in frames, gain

EXPANDER_RATIOS = (2.0, 3.0, 4.0)
GATE, DUCK = 3, 4
GATE_SLOPE = 1e4
HYSTERESIS_DB = 4.0
# The follower rides over the gaps between the half-waves of low notes.
RISE_MS, FALL_MS = 0.2, 15.0

HARD = np.float32(GATE_SLOPE)
SILENCE = np.float32(1e-9)  # -180 dBFS: the logarithm wants a positive number
NEARLY = np.float32(2.0**-14)  # a one-pole never arrives: the last -84 dB of the way are a step


class Settings(NamedTuple):
    """What the operator sets, each of shape (lanes,)."""

    on: npt.NDArray[np.bool_]
    mode: npt.NDArray[np.int64]
    """0–2 for an expander of ratio 2–4, 3 for a gate, 4 for a ducker."""
    threshold_db: Float
    range_db: Float
    attack_ms: Float
    hold_ms: Float
    release_ms: Float


def design(s: Settings, rate: float) -> Float:
    """Turn settings into the rows of `process`, shape (12, lanes); times are 63 % of the change of gain."""
    hard = s.mode >= GATE
    duck = s.mode == DUCK
    threshold = units.db_to_log2(s.threshold_db)
    floor = -units.db_to_log2(s.range_db)
    rows = np.zeros((ROWS, s.on.size))
    rows[OPEN] = threshold
    rows[CLOSE] = threshold - hard * units.db_to_log2(HYSTERESIS_DB)
    rows[SLOPE] = np.where(hard, GATE_SLOPE, np.array(EXPANDER_RATIOS)[np.minimum(s.mode, 2)] - 1)
    rows[FLOOR] = floor
    rows[BASE] = np.where(duck, floor, 0)
    rows[FLIP] = np.where(duck, -1, 1)
    rows[HOLD] = units.frames(s.hold_ms, rate)
    # A ducker's attack is its way down.
    rows[ATTACK] = units.step(np.where(duck, s.release_ms, s.attack_ms), rate)
    rows[RELEASE] = units.step(np.where(duck, s.attack_ms, s.release_ms), rate)
    rows[RISE] = units.step(RISE_MS, rate)
    rows[FALL] = units.step(FALL_MS, rate)
    rows[MIX] = s.on
    return rows


@inline
def tick(x, key, p, state):
    """One frame: output, gain, and the next state, from parameters `p` and `state` as tuples."""
    to, tc, slope, floor, base, flip, hold, attack, release, rise, fall, mix = p
    e, h, g = state
    zero = lanes.fill(ZERO)
    a = lanes.absolute(key)
    e = lanes.add_product(e, lanes.select(a > e, rise, fall), a - e)
    over = lanes.log2(lanes.maximum(e, lanes.fill(SILENCE))) - lanes.select(h > zero, tc, to)
    h = lanes.select(over >= zero, hold, lanes.maximum(h - ONE, zero))
    shut = lanes.select(h > zero, zero, lanes.maximum(slope * over, floor))
    t = lanes.exp2(base + flip * shut)
    d = t - g
    g = lanes.add_product(g, lanes.select(d > zero, attack, release), d)
    g = lanes.select(lanes.absolute(t - g) < lanes.fill(NEARLY), t, g)
    gain = ONE + mix * (g - ONE)
    return x * gain, gain, (e, h, g)


@inline
def tick_hard(x, key, p, state):
    """One frame where no lane expands: two thresholds and two gains, and no logarithm."""
    to, tc, opened, shut, hold, attack, release, rise, fall, mix = p
    e, h, g = state
    zero = lanes.fill(ZERO)
    a = lanes.absolute(key)
    e = lanes.add_product(e, lanes.select(a > e, rise, fall), a - e)
    h = lanes.select(e >= lanes.select(h > zero, tc, to), hold, lanes.maximum(h - ONE, zero))
    t = lanes.select(h > zero, opened, shut)
    d = t - g
    g = lanes.add_product(g, lanes.select(d > zero, attack, release), d)
    g = lanes.select(lanes.absolute(t - g) < lanes.fill(NEARLY), t, g)
    gain = ONE + mix * (g - ONE)
    return x * gain, gain, (e, h, g)


@inline
def _hard(target):
    """Parameters of `tick_hard`."""
    base, flip = lanes.load(target, BASE), lanes.load(target, FLIP)
    return (
        lanes.exp2(lanes.load(target, OPEN)), lanes.exp2(lanes.load(target, CLOSE)),
        lanes.exp2(base), lanes.exp2(base + flip * lanes.load(target, FLOOR)),
        lanes.load(target, HOLD), lanes.load(target, ATTACK), lanes.load(target, RELEASE),
        lanes.load(target, RISE), lanes.load(target, FALL), lanes.load(target, MIX),
    )  # fmt: skip


@inline
def _settled(target):
    return (
        lanes.load(target, 0), lanes.load(target, 1), lanes.load(target, 2), lanes.load(target, 3),
        lanes.load(target, 4), lanes.load(target, 5), lanes.load(target, 6), lanes.load(target, 7),
        lanes.load(target, 8), lanes.load(target, 9), lanes.load(target, 10), lanes.load(target, 11),
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
    )  # fmt: skip


@kernel
def process(x, key, out, start, target, state, clock, end, curve, meter, frames):
    """Gate `frames` rows of `x` into `out` (which may be `x`), opened by the rows of `key` (which may be `x`).

    `start` and `target` have 12 rows, `state` 3; `meter` is one row: the smallest gain so far.
    """
    s = (lanes.load(state, 0), lanes.load(state, 1), lanes.load(state, 2))
    least = lanes.load(meter, 0)
    if clock < end:
        for n in range(frames):
            p = _gliding(start, target, lanes.scalar(curve, clock + n + 1))
            y, gain, s = tick(lanes.load(x, n), lanes.load(key, n), p, s)
            least = lanes.minimum(gain, least)
            lanes.store(out, n, y)
    elif not lanes.differ(lanes.maximum(lanes.load(target, SLOPE), lanes.fill(HARD)), lanes.load(target, SLOPE)):
        q = _hard(target)
        for n in range(frames):
            y, gain, s = tick_hard(lanes.load(x, n), lanes.load(key, n), q, s)
            least = lanes.minimum(gain, least)
            lanes.store(out, n, y)
    else:
        p = _settled(target)
        for n in range(frames):
            y, gain, s = tick(lanes.load(x, n), lanes.load(key, n), p, s)
            least = lanes.minimum(gain, least)
            lanes.store(out, n, y)
    lanes.store(state, 0, s[0])
    lanes.store(state, 1, s[1])
    lanes.store(state, 2, s[2])
    lanes.store(meter, 0, least)


@kernel
def reset(state):
    """Forget: no key heard, no hold, open."""
    lanes.store(state, 0, lanes.fill(ZERO))
    lanes.store(state, 1, lanes.fill(ZERO))
    lanes.store(state, 2, lanes.fill(ONE))


@kernel
def begin_anew(state, own, altered):
    """In lanes where `altered` is 1: no hold, and shut: it opens faster than it shuts.

    `own` has 12 rows, `state` 3.
    """
    anew = altered > lanes.fill(ZERO)
    lanes.store(state, 1, lanes.select(anew, lanes.fill(ZERO), lanes.load(state, 1)))
    lanes.store(state, 2, lanes.select(anew, lanes.exp2(lanes.load(own, FLOOR)), lanes.load(state, 2)))


@kernel
def hasten(target, own, altered, pace, longest):
    """In lanes where `altered` is 1, let time run `pace` times as fast as it does with the settings `own`.

    Nothing is held for more than `longest` frames.  `own` and `target` have 12 rows.
    """
    one = lanes.fill(ONE)
    factor = one + altered * (lanes.fill(pace) - one)
    lanes.store(target, ATTACK, lanes.minimum(factor * lanes.load(own, ATTACK), one))
    lanes.store(target, RELEASE, lanes.minimum(factor * lanes.load(own, RELEASE), one))
    held = lanes.minimum(lanes.load(own, HOLD) / factor, lanes.fill(longest))
    lanes.store(target, HOLD, lanes.select(altered > lanes.fill(ZERO), held, lanes.load(own, HOLD)))
