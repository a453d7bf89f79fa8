"""The protection limiter on every output of the device: no input makes it louder than its ceiling.

    x ─┬─▶ guard ─▶ peak ─▶ ceiling/peak ─▶ smallest of 64 ─▶ release ─▶ mean of 64 ─▶ g
       └─▶ delay of 75 frames ────────────────────────────────────────────────────▶ × ─▶ y

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
from dsp.processors import patch
from dsp.processors.glide import SUB_BLOCK

Float = npt.NDArray[np.float64]

CEILING, RELEASE, AHEAD = range(3)
ROWS = 3

TAPS = 24
PHASES = 8  # points in the time of a frame: seven between two frames, and a frame itself
CENTRE = TAPS // 2
LATENCY = SUB_BLOCK - 1 + CENTRE
"""Frames of delay with look-ahead."""

RELEASE_MS = 80.0
NEARLY = np.float32(2.0**-12)  # 0.002 dB: from there a release at 96 kHz would move no float32 any more
PART = np.float32(1 / SUB_BLOCK)

# State: the gain before its mean, smallest and sum so far in this sub-block, the last peak between
# frames; then the newest frames, and for both sliding windows this sub-block's values and the last
# one's, gathered from its end.
GAIN, SMALLEST, SUM, BETWEEN, HISTORY = range(5)
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


def design(ceiling_db: npt.ArrayLike, ahead: npt.ArrayLike, rate: float) -> Float:
    """Rows of `process`, shape (3, lanes), for a ceiling in dBFS and a choice of look-ahead for each lane."""
    ceiling = units.db_to_gain(np.asarray(ceiling_db, np.float64))
    release = np.broadcast_to(units.step(RELEASE_MS, rate), ceiling.shape)
    return np.stack((ceiling, release, np.asarray(ahead, np.float64)))


def rest() -> npt.NDArray[np.float32]:
    """State at the beginning, shape (STATE_ROWS, 16): silence heard, nothing held down."""
    state = np.ones((STATE_ROWS, lanes.WIDTH), np.float32)
    state[SUM : HISTORY + HISTORY_ROWS] = 0
    for n in range(SUB_BLOCK + 1):
        state[RELEASED_BEFORE + n] = SUB_BLOCK - n
    return state


@kernel
def process(x, p, state, position, phase, meter, frames):
    """Limit `frames` rows of `x` in place.

    `p` has 3 rows; `position` counts frames since the stream began, `phase` those since the
    sub-block; `meter` is one row: the smallest gain so far.
    """
    zero = lanes.fill(ZERO)
    if not lanes.differ(lanes.load(p, AHEAD), zero):
        limit_at_once(x, p, state, meter, frames)
        return
    line, wanted = lanes.scratch(), lanes.scratch()
    loudest = line_up(x, line, state, position, frames)
    ceiling, last = lanes.load(p, CEILING), lanes.load(state, BETWEEN)
    if lanes.differ(lanes.maximum(lanes.maximum(MOST * loudest, last), ceiling), ceiling):
        want(line, wanted, p, state, frames)
    else:
        for n in range(frames):
            lanes.store(wanted, n, lanes.fill(ONE))
        lanes.store(state, BETWEEN, zero)
    limit(x, line, wanted, p, state, position, phase, meter, frames)
    if phase + frames == SUB_BLOCK:
        turn_windows(state)


@inline
def limit_at_once(x, p, state, meter, frames):
    """Limit without look-ahead in any lane: each frame by itself."""
    ceiling, release = lanes.load(p, CEILING), lanes.load(p, RELEASE)
    gain, least = lanes.load(state, GAIN), lanes.load(meter, 0)
    for n in range(frames):
        v = patch.guard_lanes(lanes.load(x, n))
        gain = follow(gain, allowed(ceiling, lanes.absolute(v)), release)
        least = lanes.minimum(gain, least)
        lanes.store(x, n, clip(v * gain, ceiling))
    lanes.store(state, GAIN, gain)
    lanes.store(meter, 0, least)


@inline
def line_up(x, line, state, position, frames):
    """Lay the frames that an interpolator needs in a row, the newest last; return how loud any of them is."""
    loudest = lanes.fill(ZERO)
    for n in range(TAPS - 1):
        v = lanes.load(state, HISTORY + ((position - (TAPS - 1) + n) & (HISTORY_ROWS - 1)))
        loudest = lanes.maximum(lanes.absolute(v), loudest)
        lanes.store(line, n, v)
    for n in range(frames):
        v = patch.guard_lanes(lanes.load(x, n))
        loudest = lanes.maximum(lanes.absolute(v), loudest)
        lanes.store(line, n + (TAPS - 1), v)
    return loudest


@inline
def want(line, wanted, p, state, frames):
    """The gains that take peaks down to the ceiling: of the newest frame, with look-ahead of `CENTRE` frames back."""
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


@inline
def limit(x, line, wanted, p, state, position, phase, meter, frames):
    """Go to the gains that are wanted: at once, or with look-ahead in good time."""
    ahead = lanes.load(p, AHEAD) > lanes.fill(ZERO)
    ceiling, release = lanes.load(p, CEILING), lanes.load(p, RELEASE)
    smallest, total = lanes.load(state, SMALLEST), lanes.load(state, SUM)
    gain, least = lanes.load(state, GAIN), lanes.load(meter, 0)
    for n in range(frames):
        now, t = lanes.load(wanted, n), phase + n
        lanes.store(state, WANTED + t, now)
        smallest = lanes.minimum(now, smallest)
        window = lanes.minimum(smallest, lanes.load(state, WANTED_BEFORE + t + 1))
        gain = follow(gain, lanes.select(ahead, window, now), release)
        lanes.store(state, RELEASED + t, gain)
        total = total + gain
        smooth = (total + lanes.load(state, RELEASED_BEFORE + t + 1)) * PART
        v = lanes.load(line, n + (TAPS - 1))
        late = lanes.load(state, HISTORY + ((position + n - LATENCY) & (HISTORY_ROWS - 1)))
        lanes.store(state, HISTORY + ((position + n) & (HISTORY_ROWS - 1)), v)
        g = lanes.select(ahead, smooth, gain)
        least = lanes.minimum(g, least)
        lanes.store(x, n, clip(lanes.select(ahead, late, v) * g, ceiling))
    lanes.store(state, SMALLEST, smallest)
    lanes.store(state, SUM, total)
    lanes.store(state, GAIN, gain)
    lanes.store(meter, 0, least)


@inline
def clip(y, ceiling):
    """No more than the ceiling, whatever came before."""
    return lanes.maximum(lanes.minimum(y, ceiling), lanes.fill(ZERO) - ceiling)


@inline
def allowed(ceiling, peak):
    """Gain that takes a peak down to the ceiling; 1 below it."""
    return lanes.select(peak > ceiling, ceiling / peak, lanes.fill(ONE))


@inline
def follow(gain, wanted, release):
    """Down at once, up slowly, and all the way."""
    d = wanted - gain
    up = lanes.add_product(gain, release, d)
    up = lanes.select(lanes.absolute(wanted - up) < lanes.fill(NEARLY), wanted, up)
    return lanes.select(d < lanes.fill(ZERO), wanted, up)


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
