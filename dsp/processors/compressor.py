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
NO_LIMIT = np.float32(1e9)

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
def detect(power, key, amount):
    """The power of the key: `amount` of it is new."""
    return lanes.add_product(amount * (key * key), ONE - amount, power)


@inline
def compute(power, p):
    """The gain that a power asks for."""
    scale, offset, slope, knee, floor = p
    zero = lanes.fill(ZERO)
    o = lanes.add_product(offset, scale, lanes.log2(lanes.maximum(power, lanes.fill(SILENCE))))
    u = lanes.minimum(lanes.maximum(o + HALF * knee, zero), knee)
    over = lanes.add_product(lanes.maximum(o - HALF * knee, zero), u * u, HALF / knee)
    return lanes.maximum(slope * over, floor)


@inline
def follow(wanted, p, state):
    """One frame on the way to the gain that is wanted, after the hold: a part of it, or as far as the limit."""
    sign, attack, release, attack_rate, release_rate, hold, slow, auto = p
    s, h, learnt = state
    zero = lanes.fill(ZERO)
    learnt = learn(wanted, slow, learnt)
    d = lanes.minimum(wanted, auto * learnt) - s
    releasing = sign * d > zero
    left = lanes.maximum(h - ONE, zero)
    limit = lanes.select(releasing, release_rate, attack_rate)
    part = lanes.select(releasing, lanes.select(left > zero, zero, release), attack)
    near = limit - lanes.absolute(part * d) > zero
    far = lanes.select(d > zero, limit, zero - limit)
    s = lanes.select(near, lanes.add_product(s, part, d), s + far)
    return s, lanes.select(releasing, left, hold), learnt


@inline
def follow_unlimited(wanted, p, state):
    """As `follow` where no lane has a linear envelope: the same numbers, sooner."""
    sign, attack, release, _, _, hold, slow, auto = p
    s, h, learnt = state
    zero = lanes.fill(ZERO)
    upward = sign > zero
    learnt = learn(wanted, slow, learnt)
    left = lanes.maximum(h - ONE, zero)
    held = lanes.select(left > zero, zero, release)
    d = lanes.minimum(wanted, auto * learnt) - s
    up = lanes.add_product(s, lanes.select(upward, held, attack), d)
    down = lanes.add_product(s, lanes.select(upward, attack, held), d)
    return lanes.select(d > zero, up, down), lanes.select(sign * d > zero, left, hold), learnt


@inline
def learn(wanted, slow, learnt):
    """How loud it has been for long: the automatic release comes back at once only half the way, the rest slowly."""
    return lanes.add_product(slow * wanted, ONE - slow, learnt)


@inline
def apply(x, s, p):
    """`x` with the gain `s`."""
    makeup, mix, on = p
    return x * lanes.add_product(ONE, mix, lanes.exp2(on * (s + makeup)) - ONE)


@inline
def _parts(target):
    """What `detect`, `compute`, `follow` and `apply` take of the settings."""
    amount = lanes.load(target, DETECT)
    law = (
        lanes.load(target, SCALE), lanes.load(target, OFFSET), lanes.load(target, SLOPE),
        lanes.load(target, KNEE), lanes.load(target, FLOOR),
    )  # fmt: skip
    pace = (
        lanes.load(target, SIGN), lanes.load(target, ATTACK), lanes.load(target, RELEASE),
        lanes.load(target, ATTACK_RATE), lanes.load(target, RELEASE_RATE), lanes.load(target, HOLD),
        lanes.load(target, SLOW), lanes.load(target, AUTO),
    )  # fmt: skip
    return amount, law, pace, (lanes.load(target, MAKEUP), lanes.load(target, MIX), lanes.load(target, ON))


@kernel
def process(x, key, out, start, target, state, clock, end, curve, meter, frames):
    """Compress `frames` rows of `x` into `out` (which may be `x`), led by the rows of `key` (which may be `x`).

    `start` and `target` have 17 rows, `state` 4; `meter` is one row: the smallest gain so far.
    """
    one = lanes.fill(ONE)
    if clock < end:
        deepest = glide_along(x, key, out, start, target, state, clock, curve, frames)
    else:
        # Three loops: the middle one has all that a frame must know of the last, and is as short as can be.
        wanted = lanes.scratch()
        want(key, wanted, target, state, frames)
        deepest = move(wanted, target, state, frames)
        _, _, _, heard = _parts(target)
        for n in range(frames):
            lanes.store(out, n, apply(lanes.load(x, n), lanes.load(wanted, n), heard))
    mix, on = lanes.load(target, MIX), lanes.load(target, ON)
    reduction = one + mix * (lanes.exp2(on * deepest) - one)
    lanes.store(meter, 0, lanes.minimum(reduction, lanes.load(meter, 0)))


@inline
def want(key, wanted, target, state, frames):
    """The gains that `frames` rows of the key ask for, as rows of `wanted`."""
    amount, law, _, _ = _parts(target)
    power = lanes.load(state, 0)
    for n in range(frames):
        power = detect(power, lanes.load(key, n), amount)
        lanes.store(wanted, n, compute(power, law))
    lanes.store(state, 0, power)


@inline
def move(wanted, target, state, frames):
    """Go to the gains that are wanted, in place; return the deepest."""
    _, _, pace, _ = _parts(target)
    s = (lanes.load(state, 1), lanes.load(state, 2), lanes.load(state, 3))
    deepest = lanes.fill(ZERO)
    limit = lanes.minimum(pace[3], pace[4])
    if lanes.differ(lanes.maximum(limit, lanes.fill(NO_LIMIT)), limit):
        for n in range(frames):
            s = follow(lanes.load(wanted, n), pace, s)
            deepest = lanes.minimum(s[0], deepest)
            lanes.store(wanted, n, s[0])
    else:
        for n in range(frames):
            s = follow_unlimited(lanes.load(wanted, n), pace, s)
            deepest = lanes.minimum(s[0], deepest)
            lanes.store(wanted, n, s[0])
    lanes.store(state, 1, s[0])
    lanes.store(state, 2, s[1])
    lanes.store(state, 3, s[2])
    return deepest


@inline
def glide_along(x, key, out, start, target, state, clock, curve, frames):
    """As the three loops of `process`, while the settings are on their way."""
    power = lanes.load(state, 0)
    s = (lanes.load(state, 1), lanes.load(state, 2), lanes.load(state, 3))
    deepest = lanes.fill(ZERO)
    now = lanes.scratch()
    for n in range(frames):
        for row in range(ROWS):
            lanes.store(now, row, glide.value(start, target, row, lanes.scalar(curve, clock + n + 1)))
        amount, law, pace, heard = _parts(now)
        power = detect(power, lanes.load(key, n), amount)
        s = follow(compute(power, law), pace, s)
        deepest = lanes.minimum(s[0], deepest)
        lanes.store(out, n, apply(lanes.load(x, n), s[0], heard))
    lanes.store(state, 0, power)
    lanes.store(state, 1, s[0])
    lanes.store(state, 2, s[1])
    lanes.store(state, 3, s[2])
    return deepest


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
