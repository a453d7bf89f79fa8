"""The protection limiter on every output of the device: no input makes it louder than its ceiling.

    x ─┬─▶ guard ─▶ peak ─▶ ceiling/peak ─▶ smaller of both sides ─▶ smallest of 64 ─▶ release ─▶ mean of 64 ─▶ g
       └─▶ delay of 75 frames ───────────────────────────────────────────────────────────────────────────▶ × ─▶ y

With look-ahead the peak is the true peak: the largest of the frame and what an eight-times
interpolator finds on both sides of it.  The smallest gain over a sub-block's length, then its mean
over the same length, has come down when the peak arrives.  Without look-ahead there is no delay,
and the gain comes down in the frame it has to: samples never exceed the ceiling, but peaks between
them may.  Below its ceiling the limiter changes nothing, bit by bit.
"""

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import alike, patch
from dsp.processors.glide import SUB_BLOCK
from dsp.processors.processor import Field, Place, Stage

Float = npt.NDArray[np.float64]

CEILING, RELEASE, HOLD, LEARN, AHEAD, BESIDE = range(6)
ROWS = 6

HALF_TAPS = 22  # frames that the point half of the way between two of them is made of
FINE_TAPS = 6  # frames and such points, by turns, that the points between one and the next are made of
AT_ONCE = 4  # of the former
CENTRE = 12
"""Frames that must have come after one, until what lies behind it is known."""
PAST = 2 * CENTRE - 1
"""Frames that are heard again with the newest one."""
LATENCY = SUB_BLOCK - 1 + CENTRE
"""Frames of delay with look-ahead."""

RELEASE_MS = 65.0
HOLD_MS = 12.0
LEARN_MS = 500.0  # how fast it learns that peaks are many
SLOWEST = np.float32(0.2)  # part of its speed that is left to a release then
AGAIN = np.float32(1.001)  # a peak that comes back to the gain within a hundredth of a decibel
NEARLY = np.float32(2.0**-11)  # 0.004 dB: from there a slow release at 96 kHz would move no float32 any more
PART = np.float32(1 / SUB_BLOCK)

# State: the gain before its mean, frames it is held, how often it has been of late; smallest and sum so
# far in this sub-block, the last peak between frames; then the newest frames, and for both sliding
# windows this sub-block's values and the last one's, gathered from its end.
GAIN, LEFT, BUSY, SMALLEST, SUM, BETWEEN, HISTORY = range(7)
HISTORY_ROWS = 2 * SUB_BLOCK
WANTED = HISTORY + HISTORY_ROWS
RELEASED = WANTED + SUB_BLOCK
WANTED_BEFORE = RELEASED + SUB_BLOCK
RELEASED_BEFORE = WANTED_BEFORE + SUB_BLOCK + 1
STATE_ROWS = RELEASED_BEFORE + SUB_BLOCK + 1


def _interpolator(between: list[float], taps: int, beta: float) -> npt.NDArray[np.float32]:
    """Windowed sincs for points that lie `between` the middle two of so many; one row each."""
    away = np.arange(taps) - (taps // 2 - 1) - np.asarray(between)[:, np.newaxis]
    window = np.i0(beta * np.sqrt(np.maximum(1 - (away / (taps / 2)) ** 2, 0)))
    rows = np.sinc(away) * window
    return np.asarray(rows / rows.sum(1, keepdims=True), np.float32)


# A half of the way from long filters; a quarter and a half between there and a frame from short ones: what they
# hear has nothing above half of its band.  Up to 19 kHz at 48 kHz each point is within 0.05 dB.
HALF_WAY = _interpolator([0.5], HALF_TAPS, 4.5)[0, : HALF_TAPS // 2]
FINE = _interpolator([0.25, 0.5], FINE_TAPS, 5.0)
# The point as far before the other end has the same taps in reverse: what both have in common weighs
# the sums of mirrored frames, what they differ in the differences.
ALIKE, UNLIKE = ((FINE + sign * FINE[:, ::-1])[:, : FINE_TAPS // 2] / 2 for sign in (1, -1))
QUARTER, APART, HALF = ALIKE[0], UNLIKE[0], ALIKE[1]


def _most() -> np.float32:
    """How many times louder than the loudest frame around it a point can be: when each has its tap's sign."""
    frames = np.eye(PAST + 1)
    long = np.concatenate([HALF_WAY, HALF_WAY[::-1]])
    halves = [long @ frames[first : first + HALF_TAPS] for first in range(3)]
    middle = HALF_TAPS // 2 - 1
    line = np.array([each for pair in zip(frames[middle:], halves, strict=False) for each in pair])
    fine = np.concatenate([FINE, FINE[:1, ::-1]])
    # Points behind the half have the same taps in reverse.
    return np.float32(1.001 * max(np.abs(line[3]).sum(), *np.abs(fine @ line).sum(1)))


MOST = _most()


def design(ceiling_db: npt.ArrayLike, ahead: npt.ArrayLike, beside: npt.ArrayLike, rate: float) -> Float:
    """Rows of `process`, shape (6, lanes).

    Parameters
    ----------
    ceiling_db : array_like
        In dBFS.
    ahead, beside : array_like of bool
        Whether a lane looks ahead, and whether the lane beside it is the other side of its signal.
    rate : float
        Frames per second.
    """
    ceiling = units.db_to_gain(np.asarray(ceiling_db, np.float64))
    rows = np.zeros((ROWS, *ceiling.shape))
    rows[CEILING] = ceiling
    rows[RELEASE], rows[LEARN] = units.step(RELEASE_MS, rate), units.step(LEARN_MS, rate)
    rows[HOLD] = units.frames(HOLD_MS, rate)
    rows[AHEAD], rows[BESIDE] = ahead, beside
    return rows


def rest() -> npt.NDArray[np.float32]:
    """State at the beginning, shape (STATE_ROWS, 16): silence heard, nothing held down."""
    state = np.ones((STATE_ROWS, lanes.WIDTH), np.float32)
    state[[LEFT, BUSY]] = 0
    state[SUM : HISTORY + HISTORY_ROWS] = 0
    for n in range(SUB_BLOCK + 1):
        state[RELEASED_BEFORE + n] = SUB_BLOCK - n
    return state


@kernel
def want(x, wanted, p, state, position, frames):
    """Guard `frames` rows of `x`, and find the gains that take their peaks down to the ceiling: rows of `wanted`.

    `p` has 6 rows; `position` counts frames since the stream began.
    """
    zero, ceiling = lanes.fill(ZERO), lanes.load(p, CEILING)
    looks = lanes.differ(lanes.load(p, AHEAD), zero)
    line = lanes.scratch()
    loudest = line_up(x, line, state, position, frames, looks)
    last = lanes.load(state, BETWEEN)
    if not lanes.differ(lanes.maximum(lanes.maximum(MOST * loudest, last), ceiling), ceiling):
        for n in range(frames):
            lanes.store(wanted, n, lanes.fill(ONE))
        lanes.store(state, BETWEEN, zero)
    elif looks:
        find_peaks(line, wanted, p, state, frames)
    else:
        for n in range(frames):
            lanes.store(wanted, n, allowed(ceiling, lanes.absolute(lanes.load(x, n))))


@inline
def line_up(x, line, state, position, frames, looks):
    """Lay the frames that an interpolator needs in a row, the newest last; return how loud any of them is."""
    loudest = lanes.fill(ZERO)
    if looks:
        for n in range(PAST):
            v = lanes.load(state, HISTORY + ((position - PAST + n) & (HISTORY_ROWS - 1)))
            loudest = lanes.maximum(lanes.absolute(v), loudest)
            lanes.store(line, n, v)
    for n in range(frames):
        v = patch.guard_lanes(lanes.load(x, n))
        loudest = lanes.maximum(lanes.absolute(v), loudest)
        lanes.store(x, n, v)
        lanes.store(line, n + PAST, v)
    return loudest


@inline
def find_peaks(line, wanted, p, state, frames):
    """The gains for the peaks of the newest frame, with look-ahead of `CENTRE` frames back."""
    ahead, ceiling = lanes.load(p, AHEAD) > lanes.fill(ZERO), lanes.load(p, CEILING)
    halves = lanes.scratch()
    for n in range(0, frames + 2, AT_ONCE):
        half_way(lanes.row_of(line, n), lanes.row_of(halves, n))
    for n in range(frames):
        lanes.store(wanted, n, peak_between(lanes.row_of(line, n + HALF_TAPS // 2 - 1), lanes.row_of(halves, n)))
    before = lanes.load(state, BETWEEN)
    for n in range(frames):
        here = lanes.absolute(lanes.load(line, n + (PAST - CENTRE)))
        after = lanes.load(wanted, n)
        # A peak between two frames takes down both of them.
        peak = lanes.maximum(lanes.maximum(here, after), before)
        peak = lanes.select(ahead, peak, lanes.absolute(lanes.load(line, n + PAST)))
        lanes.store(wanted, n, allowed(ceiling, peak))
        before = after
    lanes.store(state, BETWEEN, before)


@kernel
def join(planes, wanted, other, frames):
    """Let both sides of a signal want the smaller of their gains, where the other is not the lane beside.

    `other` (pointer to int32) is where in the planes the gains of the other side are; else a lane's own.
    """
    if not lanes.is_straight(other):
        there = lanes.scratch()
        patch.collect(planes, there, other, alike.ALL, there, frames)
        for n in range(frames):
            lanes.store(wanted, n, lanes.minimum(lanes.load(wanted, n), lanes.load(there, n)))


@kernel
def process(x, wanted, p, state, position, meter, frames):
    """Limit `frames` rows of `x` in place to the gains that both sides want: at once, or with look-ahead in good time.

    `meter` is one row: the smallest gain so far; all else as in `want`.
    """
    if lanes.differ(lanes.load(p, AHEAD), lanes.fill(ZERO)):
        limit_in_time(x, wanted, p, state, position, meter, frames)
        if position % SUB_BLOCK + frames == SUB_BLOCK:
            turn_windows(state)
    else:
        ceiling, least = lanes.load(p, CEILING), lanes.load(meter, 0)
        beside = lanes.load(p, BESIDE) > lanes.fill(ZERO)
        s = (lanes.load(state, GAIN), lanes.load(state, LEFT), lanes.load(state, BUSY))
        for n in range(frames):
            s = follow(smaller(lanes.load(wanted, n), beside), p, s)
            least = lanes.minimum(s[0], least)
            lanes.store(x, n, clip(lanes.load(x, n) * s[0], ceiling))
        keep(state, s)
        lanes.store(meter, 0, least)


@inline
def limit_in_time(x, wanted, p, state, position, meter, frames):
    """Limit where some lanes look ahead."""
    ahead, beside = lanes.load(p, AHEAD) > lanes.fill(ZERO), lanes.load(p, BESIDE) > lanes.fill(ZERO)
    ceiling = lanes.load(p, CEILING)
    smallest, total, least = lanes.load(state, SMALLEST), lanes.load(state, SUM), lanes.load(meter, 0)
    s = (lanes.load(state, GAIN), lanes.load(state, LEFT), lanes.load(state, BUSY))
    phase = position % SUB_BLOCK
    for n in range(frames):
        now, t = smaller(lanes.load(wanted, n), beside), phase + n
        lanes.store(state, WANTED + t, now)
        smallest = lanes.minimum(now, smallest)
        window = lanes.minimum(smallest, lanes.load(state, WANTED_BEFORE + t + 1))
        s = follow(lanes.select(ahead, window, now), p, s)
        lanes.store(state, RELEASED + t, s[0])
        total = total + s[0]
        smooth = (total + lanes.load(state, RELEASED_BEFORE + t + 1)) * PART
        v = lanes.load(x, n)
        late = lanes.load(state, HISTORY + ((position + n - LATENCY) & (HISTORY_ROWS - 1)))
        lanes.store(state, HISTORY + ((position + n) & (HISTORY_ROWS - 1)), v)
        g = lanes.select(ahead, smooth, s[0])
        least = lanes.minimum(g, least)
        lanes.store(x, n, clip(lanes.select(ahead, late, v) * g, ceiling))
    keep(state, s)
    lanes.store(state, SMALLEST, smallest)
    lanes.store(state, SUM, total)
    lanes.store(meter, 0, least)


@inline
def smaller(wanted, beside):
    """The smaller gain of both sides, where they are side by side."""
    return lanes.select(beside, lanes.minimum(wanted, lanes.neighbour(wanted)), wanted)


@inline
def keep(state, s):
    """Keep what `follow` needs of the last frame."""
    lanes.store(state, GAIN, s[0])
    lanes.store(state, LEFT, s[1])
    lanes.store(state, BUSY, s[2])


@inline
def clip(y, ceiling):
    """No more than the ceiling, whatever came before."""
    return lanes.maximum(lanes.minimum(y, ceiling), lanes.fill(ZERO) - ceiling)


@inline
def allowed(ceiling, peak):
    """Gain that takes a peak down to the ceiling; 1 below it."""
    return lanes.select(peak > ceiling, ceiling / peak, lanes.fill(ONE))


@inline
def follow(wanted, p, state):
    """Down at once; up when no peak has come back to this gain for the hold, all the way, slower after many."""
    gain, left, busy = state
    zero, one = lanes.fill(ZERO), lanes.fill(ONE)
    held = left > zero
    speed = lanes.load(p, RELEASE) * lanes.add_product(one, SLOWEST - ONE, busy)
    busy = lanes.add_product(busy, lanes.load(p, LEARN), lanes.select(held, one, zero) - busy)
    again = lanes.minimum(AGAIN * gain, one) > wanted
    left = lanes.select(again, lanes.load(p, HOLD), lanes.maximum(left - ONE, zero))
    d = wanted - gain
    up = lanes.add_product(gain, lanes.select(held, zero, speed), d)
    there = lanes.minimum(wanted, up + NEARLY) >= one
    return lanes.select(d > zero, lanes.select(there, one, up), wanted), left, busy


@inline
def half_way(line, halves):
    """Four points, each half of the way between the middle two of 22 frames; those past the end are never heard of."""
    zero = lanes.fill(ZERO)
    a, b, c, d = zero, zero, zero, zero
    for tap in range(HALF_TAPS // 2):
        weight, other = HALF_WAY[tap], HALF_TAPS - 1 - tap
        a = lanes.add_product(a, weight, lanes.load(line, tap) + lanes.load(line, other))
        b = lanes.add_product(b, weight, lanes.load(line, tap + 1) + lanes.load(line, other + 1))
        c = lanes.add_product(c, weight, lanes.load(line, tap + 2) + lanes.load(line, other + 2))
        d = lanes.add_product(d, weight, lanes.load(line, tap + 3) + lanes.load(line, other + 3))
    lanes.store(halves, 0, a)
    lanes.store(halves, 1, b)
    lanes.store(halves, 2, c)
    lanes.store(halves, 3, d)


@inline
def peak_between(frames, halves):
    """Largest of the seven points between the middle two of four frames, of which `halves` are half of the way."""
    a, b, c, d = lanes.load(frames, 0), lanes.load(frames, 1), lanes.load(frames, 2), lanes.load(frames, 3)
    ab, bc, cd = lanes.load(halves, 0), lanes.load(halves, 1), lanes.load(halves, 2)
    return lanes.maximum(
        lanes.maximum(peak_of_three(a, ab, b, bc, c, cd), peak_of_three(ab, b, bc, c, cd, d)), lanes.absolute(bc)
    )


@inline
def peak_of_three(a, b, c, d, e, f):
    """Largest of the points a quarter, a half and three quarters of the way from `c` to `d`."""
    x, y, z = a + f, b + e, c + d
    quarter, apart = weigh(QUARTER, x, y, z), weigh(APART, a - f, b - e, c - d)
    return lanes.maximum(larger(quarter, apart), lanes.absolute(weigh(HALF, x, y, z)))


@inline
def weigh(taps, x, y, z):
    """Sum of three, each times its tap."""
    return lanes.add_product(lanes.add_product(taps[0] * x, taps[1], y), taps[2], z)


@inline
def larger(a, u):
    """The larger magnitude of `a` + `u` and `a` − `u`: of a point and its mirror image."""
    return lanes.absolute(a) + lanes.absolute(u)


@kernel
def turn_windows(state):
    """At the end of a sub-block: gather both windows from its end, and begin anew."""
    smallest = lanes.fill(ONE)
    total = lanes.fill(ZERO)
    for back in range(SUB_BLOCK):
        t = SUB_BLOCK - 1 - back
        smallest = lanes.minimum(lanes.load(state, WANTED + t), smallest)
        total = total + lanes.load(state, RELEASED + t)
        lanes.store(state, WANTED_BEFORE + t, smallest)
        lanes.store(state, RELEASED_BEFORE + t, total)
    lanes.store(state, WANTED_BEFORE + SUB_BLOCK, lanes.fill(ONE))
    lanes.store(state, RELEASED_BEFORE + SUB_BLOCK, lanes.fill(ZERO))
    lanes.store(state, SMALLEST, lanes.fill(ONE))
    lanes.store(state, SUM, lanes.fill(ZERO))


OUTPUTS = patch.DEVICE_CHANNELS // lanes.WIDTH
"""Groups of outputs of the device."""

STAGE = Stage(
    fields=(
        Field("limiter", Place.SET, np.float32, (OUTPUTS, ROWS, lanes.WIDTH)),
        Field("limiter_state", Place.HEARD, np.float32, (OUTPUTS, STATE_ROWS, lanes.WIDTH), rest=rest()),
        Field("limiter", Place.PAGE, np.float32, (OUTPUTS, lanes.WIDTH), rest=1),
    )
)
