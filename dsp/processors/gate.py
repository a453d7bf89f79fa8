"""Gate, expander and ducker on every lane at once.

    key ─▶ |·| ─▶ highest of 25 ms ─▶ log2 ─▶ threshold, hold ─▶ gain computer ─▶ attack/release ─▶ g
    x ─────────────────────────────────────────────────────────────────────────────────────────▶ × ─▶ y

One law serves all modes.  Below the threshold the gain falls by `slope` for every unit the key is
under it, as far as `floor`: a gate is an expander so steep that it is shut at once, and a ducker
is a gate upside down, `G' = base + flip G`.  `mix` 0 takes the whole processor out, bit-exactly.

The level is the highest peak of the last 25 ms, whatever it was before: long enough to ride over the
gaps between the half-waves of the lowest notes, and all that is added to the hold.  An attack is the
step of a second-order filter, cut where it arrives: 63 % of the way in the attack time, and smooth even
in the shortest.  A release falls by ten decibels in each release time until it is there.
Levels are in units of log2.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import gain, glide
from dsp.processors.glide import HIGHEST_RATE, SUB_BLOCK
from dsp.processors.processor import Groups, Processor

Float = npt.NDArray[np.float64]

(OPEN, CLOSE, SLOPE, FLOOR, BASE, FLIP, HOLD, SWING, SPRING, RELEASE, WINDOW, MIX) = range(12)
ROWS = 12
ALL_ROWS = np.int64(ROWS)

EXPANDER_RATIOS = (2.0, 3.0, 4.0)
GATE, DUCK = 3, 4
GATE_SLOPE = 1e4
HYSTERESIS_DB = 4.0
RELEASE_DB = 10.0
"""What a release moves in its time."""

WINDOW_MS = 25.0
# Nothing above 1.5 kHz is louder than -48 dB when a gate opens into the top of a wave, and as much of the
# beginning of a kick comes through as that allows: of its first 10 ms 99.9 % at 40 Hz, 99.8 % at 60 Hz.
DAMPING, SHORTEST_MS = 0.5, 0.48
TURNS_TO_63 = 1.5414  # radians until the step of a filter with that damping is there

HARD = np.float32(GATE_SLOPE)
SILENCE = np.float32(1e-9)  # -180 dBFS: the logarithm wants a positive number

# State: highest peak of this sub-block and of those before it, hold left in frames, gain, how much it
# rises in a frame; then the peaks of those sub-blocks.
HERE, BEFORE, LEFT, GAIN, SPEED, PEAKS = range(6)
STATE_ROWS = PEAKS + int(HIGHEST_RATE * WINDOW_MS / 1000) // SUB_BLOCK


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
    """Turn settings into the rows of `process`, shape (12, lanes).

    Attacks are 63 % of the change of gain, releases ten decibels of it.
    """
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
    turn = TURNS_TO_63 * 1000 / (np.maximum(s.attack_ms, SHORTEST_MS) * rate)
    radius = np.exp(-DAMPING * turn)
    rows[SWING] = radius**2
    rows[SPRING] = 1 - 2 * radius * np.cos(np.sqrt(1 - DAMPING**2) * turn) + radius**2
    # A ducker's attack is its way down.
    rows[RELEASE] = np.expm1(-rows[FLIP] * np.log(10) * RELEASE_DB / 20 * 1000 / (s.release_ms * rate))
    rows[WINDOW] = window(rate)
    rows[MIX] = s.on
    return rows


def window(rate: float) -> int:
    """Whole sub-blocks before this one in which the highest peak is looked for."""
    return int(WINDOW_MS * rate / 1000) // SUB_BLOCK - 1


@inline
def tick(x, level, p, state):
    """One frame: output, gain, and the next state, from parameters `p` and `state` as tuples."""
    to, tc, slope, floor, base, flip, hold, swing, spring, release, _, mix = p
    h, g, v = state
    over = lanes.log2(lanes.maximum(level, SILENCE)) - lanes.select(h > ZERO, tc, to)
    h = lanes.select(over >= ZERO, hold, lanes.maximum(h - ONE, ZERO))
    shut = lanes.select(h > ZERO, ZERO, lanes.maximum(slope * over, floor))
    g, v = go(lanes.exp2(base + flip * shut), g, v, flip, swing, spring, release)
    gain = ONE + mix * (g - ONE)
    return x * gain, gain, (h, g, v)


@inline
def tick_hard(x, level, p, state):
    """One frame where no lane expands: two thresholds and two gains, and no logarithm."""
    to, tc, opened, shut, flip, hold, swing, spring, release, mix = p
    h, g, v = state
    h = lanes.select(level >= lanes.select(h > ZERO, tc, to), hold, lanes.maximum(h - ONE, ZERO))
    g, v = go(lanes.select(h > ZERO, opened, shut), g, v, flip, swing, spring, release)
    gain = ONE + mix * (g - ONE)
    return x * gain, gain, (h, g, v)


@inline
def stand(first, last, p, state):
    """Whether all frames of `tick_hard` are alike in all lanes, open or shut, with the level in its first and last.

    In between it never falls, and a frame that moves neither gain nor speed is followed by the same.
    """
    to, tc, opened, shut, flip, hold, swing, spring, release, _ = p
    h, g, v = state
    stays_open = first >= lanes.maximum(to, tc)
    stays_shut = lanes.select(last < to, lanes.select(h > ZERO, ZERO, ONE), ZERO)
    h = lanes.select(stays_open, hold, ZERO)
    next_g, next_v = go(lanes.select(h > ZERO, opened, shut), g, v, flip, swing, spring, release)
    moves = lanes.differ(next_g, g) or lanes.differ(next_v, v)
    return not (moves or lanes.differ(lanes.select(stays_open, ONE, stays_shut), ONE))


@inline
def go(t, g, v, flip, swing, spring, release):
    """Towards `t`, and no further: the next gain and its speed.

    Half-way from an expander to a ducker `flip` is 0: there it goes as a ducker does.
    """
    d = t - g
    opening = flip > ZERO
    attacking = lanes.select(opening, d, ZERO - d) > ZERO
    v = lanes.add_product(swing * v, spring, d)
    attack, letting_go = g + v, lanes.add_product(g, release, g)
    attack = lanes.select(opening, lanes.minimum(attack, t), lanes.maximum(attack, t))
    letting_go = lanes.select(opening, lanes.maximum(letting_go, t), lanes.minimum(letting_go, t))
    return lanes.select(attacking, attack, letting_go), lanes.select(attacking, v, ZERO)


@inline
def _hard(target):
    """Parameters of `tick_hard`."""
    base, flip = lanes.load(target, BASE), lanes.load(target, FLIP)
    return (
        lanes.exp2(lanes.load(target, OPEN)), lanes.exp2(lanes.load(target, CLOSE)),
        lanes.exp2(base), lanes.exp2(base + flip * lanes.load(target, FLOOR)), flip,
        lanes.load(target, HOLD), lanes.load(target, SWING), lanes.load(target, SPRING),
        lanes.load(target, RELEASE), lanes.load(target, MIX),
    )  # fmt: skip


_settled, _gliding = lanes.rows(ROWS), glide.rows(ROWS)


@kernel
def process(x, key, out, start, target, state, position, clock, end, curve, meter, frames):
    """Gate `frames` rows of `x` into `out` (which may be `x`), opened by the rows of `key` (which may be `x`).

    `start` and `target` have 12 rows, `state` those of `PEAKS` and a sub-block each; `position` counts
    frames since the stream began; `meter` is one row: the smallest gain so far.
    """
    level, window = lanes.scratch(), window_of(target)
    for i in range(lanes.sides()):
        process_side(
            lanes.side(x, i), lanes.side(key, i), lanes.side(out, i), lanes.side(level, i), lanes.side(start, i),
            lanes.side(target, i), lanes.side(state, i), window, position, clock, end, curve, lanes.side(meter, i),
            frames,
        )  # fmt: skip


@inline
def process_side(x, key, out, level, start, target, state, window, position, clock, end, curve, meter, frames):
    """As `process`, for as many lanes as the registers have room for; `level` is room for a sub-block."""
    listen(key, level, state, position, window, frames)
    s = (lanes.load(state, LEFT), lanes.load(state, GAIN), lanes.load(state, SPEED))
    least = lanes.load(meter, 0)
    if clock < end:
        for n in range(frames):
            p = _gliding(start, target, lanes.scalar(curve, clock + n + 1))
            y, gain, s = tick(lanes.load(x, n), lanes.load(level, n), p, s)
            least = lanes.minimum(gain, least)
            lanes.store(out, n, y)
    elif not lanes.differ(lanes.maximum(lanes.load(target, SLOPE), HARD), lanes.load(target, SLOPE)):
        q = _hard(target)
        moving = frames
        if stand(lanes.load(level, 0), lanes.load(level, frames - 1), q, s):
            moving = 0
            _, gain, s = tick_hard(lanes.load(x, 0), lanes.load(level, 0), q, s)
            least = lanes.minimum(gain, least)
            for n in range(frames):
                lanes.store(out, n, lanes.load(x, n) * gain)
        for n in range(moving):
            y, gain, s = tick_hard(lanes.load(x, n), lanes.load(level, n), q, s)
            least = lanes.minimum(gain, least)
            lanes.store(out, n, y)
    else:
        p = _settled(target)
        for n in range(frames):
            y, gain, s = tick(lanes.load(x, n), lanes.load(level, n), p, s)
            least = lanes.minimum(gain, least)
            lanes.store(out, n, y)
    lanes.store(state, LEFT, s[0])
    lanes.store(state, GAIN, s[1])
    lanes.store(state, SPEED, s[2])
    lanes.store(meter, 0, least)


@inline
def window_of(target):
    """Sub-blocks in the window: the same in all lanes."""
    return max(np.int64(lanes.scalar(target, WINDOW * lanes.WIDTH)), 1)


@inline
def listen(key, level, state, position, window, frames):
    """The highest peak of the last 25 ms at each of `frames` frames, as rows of `level`."""
    here, before = lanes.load(state, HERE), lanes.load(state, BEFORE)
    for n in range(frames):
        here = lanes.maximum(lanes.absolute(lanes.load(key, n)), here)
        lanes.store(level, n, lanes.maximum(here, before))
    if position % SUB_BLOCK + frames == SUB_BLOCK:
        lanes.store(state, PEAKS + position // SUB_BLOCK % window, here)
        here, before = lanes.like(key, ZERO), lanes.like(key, ZERO)
        for n in range(window):
            before = lanes.maximum(lanes.load(state, PEAKS + n), before)
        lanes.store(state, BEFORE, before)
    lanes.store(state, HERE, here)


@kernel
def reset(state):
    """Forget: no key heard, no hold, open."""
    zero = lanes.fill(ZERO)
    if lanes.differ(lanes.load(state, HERE) + lanes.load(state, BEFORE), zero):
        for row in range(STATE_ROWS):
            lanes.store(state, row, zero)
    lanes.store(state, LEFT, zero)
    lanes.store(state, GAIN, lanes.fill(ONE))
    lanes.store(state, SPEED, zero)


@kernel
def begin_anew(state, own, altered):
    """In lanes where `altered` is 1: no key heard, no hold, and shut: it opens faster than it shuts.

    `own` has 12 rows.
    """
    anew = altered > lanes.fill(ZERO)
    for row in range(STATE_ROWS):
        lanes.store(state, row, lanes.select(anew, lanes.fill(ZERO), lanes.load(state, row)))
    lanes.store(state, GAIN, lanes.select(anew, lanes.exp2(lanes.load(own, FLOOR)), lanes.load(state, GAIN)))


@kernel
def hasten(target, own, altered, pace, longest):
    """In lanes where `altered` is 1, let time run `pace` times as fast as it does with the settings `own`.

    Nothing is held for more than `longest` frames.  `own` and `target` have 12 rows.
    """
    zero, one = lanes.fill(ZERO), lanes.fill(ONE)
    factor = one + altered * (lanes.fill(pace) - one)
    lanes.store(target, SPRING, lanes.minimum(factor * factor * lanes.load(own, SPRING), one))
    swing = lanes.maximum(one - factor * (one - lanes.load(own, SWING)), zero)
    lanes.store(target, SWING, lanes.select(altered > zero, swing, lanes.load(own, SWING)))
    lanes.store(target, RELEASE, lanes.maximum(factor * lanes.load(own, RELEASE), zero - one))
    held = lanes.minimum(lanes.load(own, HOLD) / factor, lanes.fill(longest))
    lanes.store(target, HOLD, lanes.select(altered > zero, held, lanes.load(own, HOLD)))


# --- on the desk --------------------------------------------------------------------------------------


@kernel
def find_live(desk, group):
    """See whether any lane of a group is gated."""
    mixed = lanes.load(lanes.at(desk.target.gate, group), MIX)
    busy = desk.clock.gate[group] < desk.glide_length or lanes.differ(mixed, lanes.fill(ZERO))
    desk.live.gate[group] = np.int32(busy)


@kernel
def process_strip(desk, x, key, y, group, page, phase, frames):
    """Gate a group of strips from `x` to `y`, led by `key`."""
    process(
        x, key, y, lanes.at(desk.start.gate, group), lanes.at(desk.target.gate, group),
        lanes.at(desk.gate_state, group), desk.frame, desk.clock.gate[group] + phase, desk.glide_length,
        lanes.at(desk.curve, 0), lanes.at(page.gate, group), frames,
    )  # fmt: skip


@kernel
def forget(desk, group, anew):
    """Begin anew in lanes of a group; how fast they are set to be is kept where a glide would begin."""
    own = lanes.at(desk.start.gate, group)
    gain.copy(lanes.at(desk.target.gate, group), own, ALL_ROWS)
    begin_anew(lanes.at(desk.gate_state, group), own, anew)


@kernel
def hasten_group(desk, group, anew, pace, longest):
    """Let time run faster in lanes of a group."""
    hasten(lanes.at(desk.target.gate, group), lanes.at(desk.start.gate, group), anew, pace, longest)


PROCESSOR = Processor(
    name="gate",
    words="gate",
    leaf="gate/on",
    groups=Groups.STRIPS,
    rows=ROWS,
    state_rows=STATE_ROWS,
    neutral={FLIP: 1},
    rest={GAIN: 1},
    find_live=find_live,
    forget=forget,
    hasten=hasten_group,
    hardest=((r"ch/.*/gate/(filter/)?on", 1), (r"ch/.*/gate/thr", -50.0), (r"ch/.*/gate/keysrc", (0, 1, 49))),
)
