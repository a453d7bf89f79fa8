"""Compressor and downward expander on every lane at once.

    key ─▶ power ─┬──────────────────────────────────────┬─▶ log2 ─▶ gain computer ─▶ attack/release ─▶ exp2 ─▶ gain
                  └─▶ RMS: highest of 10 ms × mean/highest ─╯
    x ────────────────────────────────────────────────────────────────────────────────────────────────────▶ × ─▶ y

Feed-forward, the smoothing after the gain computer and in the log domain [1]_: no lag before the
attack, and a release that does not depend on level.  With the over-shoot o, the knee W and the
slope σ = 1/R − 1,

    u = clamp(o + W/2, 0, W)        G = σ (u²/2W + max(o − W/2, 0))

is exact below, in and above the knee.  An expander is the same law upside down (`sign` −1).
Logarithmic envelopes go a fixed part of the way each frame, linear ones at most a fixed number of
decibels.  `on` is an exponent, so that one compressor that goes while another comes make one.
Levels and gains are in units of log2.

A peak falls no faster than 48 dB in a millisecond, so that it lasts where a wave crosses zero.  RMS has to
know the mean of a whole wave, 10 ms, and yet know at once, whatever the step, that it has become louder:
it is what was loudest in 10 ms, a quarter of a millisecond together, times the part of it that the mean has
been of late.  Each sub-block's part is taken when its surroundings on both sides are known, so that a step
of the level alters none.  A fall is known when the window is over: a part of the release, which begins there.

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
from dsp.processors import gain, glide
from dsp.processors.glide import HIGHEST_RATE, SUB_BLOCK
from dsp.processors.processor import Groups, Processor

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Int = npt.NDArray[np.int64]

(SIGN, SCALE, OFFSET, SLOPE, KNEE, FLOOR, DETECT, ATTACK, RELEASE, ATTACK_RATE, RELEASE_RATE,
 HOLD, SLOW, AUTO, MAKEUP, MIX, ON, FALL, RMS_PART, LEARN, WINDOW) = range(21)  # fmt: skip
ROWS = 21
ALL_ROWS = np.int64(ROWS)

# State: power, log gain, hold left in frames, slow log gain; highest power of this sub-block and of those
# before it, sum of this one's, by how much the mean is less than the highest; then, of the sub-blocks in the
# window, the highest of each, the highest of their window until then, and their means.
POWER, GAIN, LEFT, LEARNT, HERE, BEFORE, SUM, LESS, PEAKS = range(9)

RATIOS = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 100.0)
EXPAND, RMS, LINEAR = 1, 1, 0
KNEE_DB = 4.0  # width of the knee for each of its steps
HARD_KNEE = 1e-3
DEEPEST_DB = 60.0
WINDOW_MS = 10.0
BLOCKS = int(HIGHEST_RATE * WINDOW_MS / 1000) // SUB_BLOCK
LOUDEST_UNTIL, MEANS = PEAKS + BLOCKS, PEAKS + 2 * BLOCKS
STATE_ROWS = PEAKS + 3 * BLOCKS
SHORT_MS = 0.25  # what is loud for so long is loud
LEARN_MS = 50.0  # how fast RMS learns how much less the mean is
ATTACK_LAG_MS, RELEASE_LAG_MS = 0.2, 0.45  # what that costs a rise, and beside the window a fall, of 3 to 30 dB
FALL_MS, FALL_LAG_MS = 0.18, 0.15  # how fast a peak falls, and what that costs a release
LINEAR_DB = 10.0  # what a linear envelope moves in one attack or release time
SLOW_MS = 1500.0  # how fast the automatic release learns that it is loud for long
NO_LIMIT = np.float32(1e9)

STILL = np.float32(1e-5)  # 0.00006 dB: what falls by less does not fall, and is held on

SILENCE = np.float32(1e-18)  # power, -180 dBFS
HEARD = np.float32(1e-14)  # power: of less nothing is learnt
PART = np.float32(1 / SUB_BLOCK)


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
    """Turn settings into the rows of `process`, shape (21, lanes).

    Attack and release are 63 % of the change of gain in dB when logarithmic, 10 dB when linear.  Logarithmic
    ones begin with what the detector takes to know: that is the least they can be.
    """
    rms = s.detector == RMS
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
    rows[DETECT] = np.where(rms, units.step(SHORT_MS, rate), 1)
    rows[RMS_PART], rows[LEARN] = rms, units.step(LEARN_MS, rate / SUB_BLOCK)
    rows[FALL], rows[WINDOW] = 1 - units.step(FALL_MS / 2, rate), window(rate)
    window_ms = (window(rate) + 0.5) * SUB_BLOCK / rate * 1000
    attack_lag, release_lag = rms * ATTACK_LAG_MS, np.where(rms, window_ms + RELEASE_LAG_MS, FALL_LAG_MS)
    for times, lag, part, limit in (
        (s.attack_ms, attack_lag, ATTACK, ATTACK_RATE), (s.release_ms, release_lag, RELEASE, RELEASE_RATE)
    ):  # fmt: skip
        moved = units.db_to_log2(LINEAR_DB) / units.frames(times, rate)
        rows[part] = np.where(linear, 1, units.step(np.maximum(times - lag, 0), rate))
        rows[limit] = np.where(linear, moved, NO_LIMIT)
    rows[HOLD] = units.frames(s.hold_ms, rate)
    rows[SLOW] = units.step(SLOW_MS, rate)
    rows[AUTO] = np.where(s.auto & ~expand, 0.5, 0)
    rows[MAKEUP] = units.db_to_log2(s.makeup_db)
    rows[MIX] = s.mix_percent / 100
    rows[ON] = s.on
    return rows


def window(rate: float) -> int:
    """Whole sub-blocks before this one in which RMS looks for what was loudest."""
    return int(WINDOW_MS * rate / 1000) // SUB_BLOCK


def static_gain_db(level_dbfs: Float, threshold_db: float, ratio: float, knee_db: float) -> Float:
    """Settled gain in dB of the compressor for steady levels: the curve that is drawn, and tested against."""
    over = np.asarray(level_dbfs, np.float64) - threshold_db
    width = max(knee_db, HARD_KNEE * units.LOG2_DB)
    u = np.clip(over + width / 2, 0, width)
    return np.asarray((1 / ratio - 1) * (u * u / (2 * width) + np.maximum(over - width / 2, 0)))


@inline
def detect(power, key, amount, fall):
    """The power of the key: `amount` of it is new, and it falls no faster than to the part `fall`."""
    return lanes.maximum(lanes.add_product(amount * (key * key), ONE - amount, power), fall * power)


@inline
def average(power, rms, window):
    """The mean power where `rms` is 1: what is or was loudest in the window, times what the mean is of it."""
    here, before, mean = window
    return lanes.add_product(power, rms, mean * lanes.maximum(here, before) - power)


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
    releasing = sign * d > lanes.fill(STILL)
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
    learnt = learn(wanted, slow, learnt)
    d = lanes.minimum(wanted, auto * learnt) - s
    releasing = sign * d > lanes.fill(STILL)
    left = lanes.maximum(h - ONE, zero)
    held = lanes.select(left > zero, zero, release)
    # Both ways at once: whichever it is need not be known before.
    s = lanes.select(releasing, lanes.add_product(s, held, d), lanes.add_product(s, attack, d))
    return s, lanes.select(releasing, left, hold), learnt


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
def process(x, key, out, start, target, state, position, clock, end, curve, meter, frames):
    """Compress `frames` rows of `x` into `out` (which may be `x`), led by the rows of `key` (which may be `x`).

    `start` and `target` have 21 rows, `state` those of `PEAKS` and three of each sub-block; `position` counts
    frames since the stream began; `meter` is one row: the smallest gain so far.
    """
    one = lanes.fill(ONE)
    if clock < end:
        deepest = glide_along(x, key, out, start, target, state, position, clock, curve, frames)
    else:
        # Two loops: what a frame must know of the last is short in both, and the rest is done meanwhile.
        wanted = lanes.scratch()
        want(key, wanted, target, state, position, frames)
        deepest = move(x, out, wanted, target, state, frames)
    mix, on = lanes.load(target, MIX), lanes.load(target, ON)
    reduction = one + mix * (lanes.exp2(on * deepest) - one)
    lanes.store(meter, 0, lanes.minimum(reduction, lanes.load(meter, 0)))


@inline
def want(key, wanted, target, state, position, frames):
    """The gains that `frames` rows of the key ask for, as rows of `wanted`."""
    amount, law, _, _ = _parts(target)
    fall, rms = lanes.load(target, FALL), lanes.load(target, RMS_PART)
    power = lanes.load(state, POWER)
    if lanes.differ(rms, lanes.fill(ZERO)):
        here, before, mean = _window(state)
        total = lanes.load(state, SUM)
        averaged = rms > lanes.fill(ZERO)
        for n in range(frames):
            power = detect(power, lanes.load(key, n), amount, fall)
            here, total = lanes.maximum(power, here), total + power
            level = lanes.select(averaged, mean * lanes.maximum(here, before), power)
            lanes.store(wanted, n, compute(level, law))
        turn(target, state, here, total, position, frames)
    else:
        for n in range(frames):
            v = lanes.load(key, n)
            power = lanes.maximum(v * v, fall * power)
            lanes.store(wanted, n, compute(power, law))
    lanes.store(state, POWER, power)


@inline
def _window(state):
    """What `average` takes of the state."""
    return lanes.load(state, HERE), lanes.load(state, BEFORE), lanes.fill(ONE) - lanes.load(state, LESS)


@inline
def turn(target, state, here, total, position, frames):
    """Keep what was heard; at the end of a sub-block learn from the one that leaves the window, and begin anew."""
    lanes.store(state, HERE, here)
    lanes.store(state, SUM, total)
    if position % SUB_BLOCK + frames == SUB_BLOCK:
        turn_window(target, state, position)


@inline
def turn_window(target, state, position):
    """At the end of a sub-block: learn from the one that leaves the window, and begin anew."""
    blocks = max(np.int64(lanes.scalar(target, WINDOW * lanes.WIDTH)), 1)
    slot = position // SUB_BLOCK % blocks
    here, before = lanes.load(state, HERE), lanes.load(state, BEFORE)
    mean = lanes.load(state, MEANS + slot)
    # Around it, from the window before to the window after; where the level has changed, on the softer side.
    until, since = lanes.load(state, LOUDEST_UNTIL + slot), lanes.maximum(before, here)
    around = lanes.minimum(until, since)
    heard = around > lanes.fill(HEARD)
    less = lanes.fill(ONE) - mean / lanes.maximum(around, lanes.fill(HEARD))
    learnt = lanes.load(state, LESS)
    learnt = lanes.select(heard, lanes.add_product(learnt, lanes.load(target, LEARN), less - learnt), learnt)
    lanes.store(state, LESS, lanes.maximum(learnt, lanes.fill(ZERO)))
    lanes.store(state, PEAKS + slot, here)
    lanes.store(state, LOUDEST_UNTIL + slot, since)
    lanes.store(state, MEANS + slot, lanes.load(state, SUM) * PART)
    before = lanes.fill(ZERO)
    for n in range(blocks):
        before = lanes.maximum(lanes.load(state, PEAKS + n), before)
    lanes.store(state, BEFORE, before)
    lanes.store(state, HERE, lanes.fill(ZERO))
    lanes.store(state, SUM, lanes.fill(ZERO))


@inline
def move(x, out, wanted, target, state, frames):
    """Go to the gains that are wanted, from `x` to `out`; return the deepest."""
    _, _, pace, heard = _parts(target)
    s = (lanes.load(state, GAIN), lanes.load(state, LEFT), lanes.load(state, LEARNT))
    deepest = lanes.fill(ZERO)
    limit = lanes.minimum(pace[3], pace[4])
    if lanes.differ(lanes.maximum(limit, lanes.fill(NO_LIMIT)), limit):
        for n in range(frames):
            s = follow(lanes.load(wanted, n), pace, s)
            deepest = lanes.minimum(s[0], deepest)
            lanes.store(out, n, apply(lanes.load(x, n), s[0], heard))
    else:
        for n in range(frames):
            s = follow_unlimited(lanes.load(wanted, n), pace, s)
            deepest = lanes.minimum(s[0], deepest)
            lanes.store(out, n, apply(lanes.load(x, n), s[0], heard))
    lanes.store(state, GAIN, s[0])
    lanes.store(state, LEFT, s[1])
    lanes.store(state, LEARNT, s[2])
    return deepest


@inline
def glide_along(x, key, out, start, target, state, position, clock, curve, frames):
    """As the two loops of `process`, while the settings are on their way."""
    power, total = lanes.load(state, POWER), lanes.load(state, SUM)
    here, before, mean = _window(state)
    s = (lanes.load(state, GAIN), lanes.load(state, LEFT), lanes.load(state, LEARNT))
    deepest = lanes.fill(ZERO)
    now = lanes.scratch()
    for n in range(frames):
        for row in range(ROWS):
            lanes.store(now, row, glide.value(start, target, row, lanes.scalar(curve, clock + n + 1)))
        amount, law, pace, heard = _parts(now)
        power = detect(power, lanes.load(key, n), amount, lanes.load(now, FALL))
        here, total = lanes.maximum(power, here), total + power
        level = average(power, lanes.load(now, RMS_PART), (here, before, mean))
        s = follow(compute(level, law), pace, s)
        deepest = lanes.minimum(s[0], deepest)
        lanes.store(out, n, apply(lanes.load(x, n), s[0], heard))
    lanes.store(state, POWER, power)
    turn(target, state, here, total, position, frames)
    lanes.store(state, GAIN, s[0])
    lanes.store(state, LEFT, s[1])
    lanes.store(state, LEARNT, s[2])
    return deepest


@kernel
def reset(state):
    """Forget: no key heard, no gain reduction."""
    zero = lanes.fill(ZERO)
    heard = lanes.load(state, POWER) + lanes.load(state, HERE) + lanes.load(state, BEFORE) + lanes.load(state, LESS)
    if lanes.differ(heard, zero):
        for row in range(STATE_ROWS):
            lanes.store(state, row, zero)
    for row in (GAIN, LEFT, LEARNT):
        lanes.store(state, row, zero)


@kernel
def take_over(state, other):
    """Go on from where another compressor is."""
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.load(other, row))


@kernel
def begin_anew(state, own, altered):
    """In lanes where `altered` is 1: a compressor at rest, an expander shut: attacks are faster than releases.

    `own` has 21 rows.
    """
    zero = lanes.fill(ZERO)
    anew = altered > zero
    shut = lanes.select(lanes.load(own, SIGN) < zero, lanes.load(own, FLOOR), zero)
    lanes.store(state, GAIN, lanes.select(anew, shut, lanes.load(state, GAIN)))
    lanes.store(state, LEFT, lanes.select(anew, zero, lanes.load(state, LEFT)))
    lanes.store(state, LEARNT, lanes.select(anew, zero, lanes.load(state, LEARNT)))


@kernel
def hasten(target, own, altered, pace, longest):
    """In lanes where `altered` is 1, let time run `pace` times as fast as it does with the settings `own`.

    Nothing is held for more than `longest` frames.  `own` and `target` have 21 rows.
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


# --- on the desk: twice in each strip, before the EQ and after it -------------------------------------


@kernel
def find_live(desk, group):
    """See whether any lane of a group is compressed; where that begins it goes on from the other position."""
    for position in range(2):
        on = lanes.load(lanes.at2(desk.target.dyn, position, group), ON)
        busy = desk.clock.dyn[position, group] < desk.glide_length or lanes.differ(on, lanes.fill(ZERO))
        if busy and desk.live.dyn[position, group] == 0:
            take_over(lanes.at2(desk.dyn_state, position, group), lanes.at2(desk.dyn_state, 1 - position, group))
        desk.live.dyn[position, group] = np.int32(busy)


@kernel
def process_strip(desk, x, key, y, position, group, page, phase, frames):
    """Compress a group of strips from `x` to `y`, led by `key`."""
    process(
        x, key, y, lanes.at2(desk.start.dyn, position, group), lanes.at2(desk.target.dyn, position, group),
        lanes.at2(desk.dyn_state, position, group), desk.frame, desk.clock.dyn[position, group] + phase,
        desk.glide_length, lanes.at(desk.curve, 0), lanes.at2(page.dyn, position, group), frames,
    )  # fmt: skip


@kernel
def forget(desk, group, anew):
    """Begin anew in lanes of a group; how fast they are set to be is kept where a glide would begin."""
    for position in range(2):
        own = lanes.at2(desk.start.dyn, position, group)
        gain.copy(lanes.at2(desk.target.dyn, position, group), own, ALL_ROWS)
        begin_anew(lanes.at2(desk.dyn_state, position, group), own, anew)


@kernel
def hasten_group(desk, group, anew, pace, longest):
    """Let time run faster in lanes of a group."""
    for position in range(2):
        own = lanes.at2(desk.start.dyn, position, group)
        hasten(lanes.at2(desk.target.dyn, position, group), own, anew, pace, longest)


PROCESSOR = Processor(
    name="dyn",
    words="dynamics",
    leaf="dyn/on",
    groups=Groups.TWICE,
    rows=ROWS,
    state_rows=STATE_ROWS,
    neutral={KNEE: HARD_KNEE},
    find_live=find_live,
    forget=forget,
    hasten=hasten_group,
    hardest=(
        (r".*/dyn/(filter/)?on", 1),
        (r".*/dyn/thr", -20.0),
        (r".*/dyn/keysrc", (0, 1, 49)),
        (r".*/dyn/(pos|det)", (0, 1)),
        (r".*/dyn/auto", (0, 0, 1)),
    ),
)
