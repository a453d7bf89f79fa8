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

TAPS = 24
PHASES = 8  # points in the time of a frame: seven between two frames, and a frame itself
CENTRE = TAPS // 2
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


def _interpolator() -> npt.NDArray[np.float32]:
    """Windowed sincs for the points an eighth, a quarter, three eighths and half of the way; shape (4, 24)."""
    at = np.arange(TAPS) - (CENTRE - 1)
    between = np.arange(1, PHASES // 2 + 1)[:, np.newaxis] / PHASES
    window = np.kaiser(PHASES * TAPS + 1, 5.0)[np.rint(PHASES * (CENTRE + at - between)).astype(int)]
    taps = np.sinc(between - at) * window
    return np.asarray(taps / taps.sum(1, keepdims=True), np.float32)


FIR = _interpolator()
# No peak between frames is louder than this many times the loudest frame around it.
MOST = np.float32(1.001 * np.abs(FIR).sum(1).max())
# The point as far before the other end has the same taps in reverse: what both have in common weighs
# the sums of mirrored frames, what they differ in the differences.
ALIKE, UNLIKE = ((FIR + sign * FIR[:, ::-1])[:, :CENTRE] / 2 for sign in (1, -1))


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
        for n in range(TAPS - 1):
            v = lanes.load(state, HISTORY + ((position - (TAPS - 1) + n) & (HISTORY_ROWS - 1)))
            loudest = lanes.maximum(lanes.absolute(v), loudest)
            lanes.store(line, n, v)
    for n in range(frames):
        v = patch.guard_lanes(lanes.load(x, n))
        loudest = lanes.maximum(lanes.absolute(v), loudest)
        lanes.store(x, n, v)
        lanes.store(line, n + (TAPS - 1), v)
    return loudest


@inline
def find_peaks(line, wanted, p, state, frames):
    """The gains for the peaks of the newest frame, with look-ahead of `CENTRE` frames back."""
    ahead, ceiling = lanes.load(p, AHEAD) > lanes.fill(ZERO), lanes.load(p, CEILING)
    for n in range(frames):
        lanes.store(wanted, n, peak_between(lanes.row_of(line, n)))
    before = lanes.load(state, BETWEEN)
    for n in range(frames):
        here = lanes.absolute(lanes.load(line, n + (TAPS - 1 - CENTRE)))
        after = lanes.load(wanted, n)
        # A peak between two frames takes down both of them.
        peak = lanes.maximum(lanes.maximum(here, after), before)
        peak = lanes.select(ahead, peak, lanes.absolute(lanes.load(line, n + (TAPS - 1))))
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
def peak_between(line):
    """Largest of the seven points between the middle two of 24 frames."""
    zero = lanes.fill(ZERO)
    a1, a2, a3, a4, u1, u2, u3 = zero, zero, zero, zero, zero, zero, zero
    for tap in range(CENTRE):
        old = lanes.load(line, tap)
        new = lanes.load(line, TAPS - 1 - tap)
        both, apart = old + new, old - new
        a1, u1 = lanes.add_product(a1, ALIKE[0, tap], both), lanes.add_product(u1, UNLIKE[0, tap], apart)
        a2, u2 = lanes.add_product(a2, ALIKE[1, tap], both), lanes.add_product(u2, UNLIKE[1, tap], apart)
        a3, u3 = lanes.add_product(a3, ALIKE[2, tap], both), lanes.add_product(u3, UNLIKE[2, tap], apart)
        a4 = lanes.add_product(a4, ALIKE[3, tap], both)
    return lanes.maximum(lanes.maximum(larger(a1, u1), larger(a2, u2)), lanes.maximum(larger(a3, u3), larger(a4, zero)))


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
