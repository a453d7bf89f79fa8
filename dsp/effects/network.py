"""Feedback delay network: sixteen lines, mixed by a Hadamard matrix [1]_.

    stereo ring ─▶ taps ─▶ ± ▶ delays ▶ H ─▶ (three times) ─┬──────────────────────────▶ early
                                                             ▼
                                    ╭─▶ + ─▶ lines, moved ─▶ absorption ─┬──▶ tail
                                    ╰──────────────── H ◀────────────────╯

The three stages of scattering make the first echoes dense, slow movement of the lines keeps modes from
ringing on.  Each line absorbs by its own length, so that all decay alike: below, at and above the middle.

No line is shorter than a sub-block, so each step is made for all of it: a lane is a frame, and lines lie one
after the other.  Only absorption goes from frame to frame: there a lane is a line.

.. [1] J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 90, 1991.
"""

import functools
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.effects import elementary, line, tone
from dsp.effects.memory import FRAMES
from dsp.effects.plane import GROUPS
from dsp.native import lanes, lines
from dsp.native.kernel import either, kernel, part
from dsp.native.lanes import ONE, TWO, ZERO

LINES = lanes.WIDTH
STAGES = 3
LONGEST_LINE_S = 0.34
LONGEST_STAGE_S = 0.045
LONGEST_TAP_S = 1.0
SHORTEST, LONGEST = 0.35, 1.5
"""Lengths of the lines, as parts of the time that sound takes across the room."""
SOUND_M_S = 343.0

# Rows of sixteen settings.
TAP, STAGE, LINE, DEPTH, RATE, LOW, LOW_GAIN, HIGH, DIRECT, DAMPED, GIVE_EARLY, GIVE_TAIL = (
    0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14,
)  # fmt: skip
ROWS = 16
SETTINGS = ROWS * LINES
STATES = LINES + 1
KEPT = 4 * LINES
AWAY = 64
"""More than the frames that a line is ever moved by: what is added to that is not negative."""
LAST = np.float32(LINES - 1)
THREE = np.float32(3)
BY_12, BY_24, BY_120 = np.float32(1 / 12), np.float32(1 / 24), np.float32(1 / 120)
SWAY_S = 0.1
"""The lines come to another depth as softly as that."""
STILL = 1e-6
"""Frames that are no movement."""
MIDDLE_HZ = 707.0
UNDAMPED_HZ = 19_990.0
"""From here on nothing damps the highs."""
MOST_LEVEL = 1.9
"""Most by which a network makes good for what its lines lose in one round."""
MOST_BASS = 3.0
"""Times the middle that the lows may last because the highs are damped."""

Float = npt.NDArray[np.float64]


class Room(NamedTuple):
    """What a network is to sound like."""

    metres: float
    decay_s: float
    span_ms: float
    """Longest stage of scattering."""
    taps_ms: Float
    """When each of sixteen taps hears what came in; even ones left, odd ones right."""
    damping_hz: float = 20_000.0
    """Where the decay is half as long as in the middle."""
    bass: float = 1.0
    bass_hz: float = 250.0
    treble: float = 0.0
    """Above 4 kHz the decay is so many times as long; 0 damps at `damping_hz` instead."""
    depth_ms: float = 0.0
    rate_hz: float = 0.0
    early: float = 0.8
    tail: float = 1.0
    frozen: bool = False


@either
def memory(rate: float) -> int:
    """Floats of the rings of both sides, the stages, the lines, what absorption remembers, and a sub-block's work."""
    return int(_first_kept(rate) + KEPT + 3 * LINES * FRAMES)


def remembered(rate: float) -> tuple[int, int]:
    """Where what absorption remembers begins, and how many floats it is: all else are rings."""
    return int(_first_kept(rate)), KEPT


@functools.cache
def chance(count: int, seed: int = 12345) -> Float:
    """Numbers from 0 to 1 that look random and are always the same."""
    found = np.zeros(count)
    for i in range(count):
        seed = (seed * 1664525 + 1013904223) % 2**32
        found[i] = (seed >> 8) / 2**24
    return found


@functools.lru_cache(64)
def lengths(metres: float, rate: float) -> Float:
    """Frames of each line: geometric steps, pushed up to the next prime."""
    found: list[int] = []
    for i in range(LINES):
        frames = int(metres / SOUND_M_S * SHORTEST * (LONGEST / SHORTEST) ** (i / (LINES - 1)) * rate)
        while frames in found or any(frames % q == 0 for q in range(2, math.isqrt(frames) + 1)):
            frames += 1
        found.append(frames)
    return np.array(found, np.float64)


def window(shape: float, span_ms: float) -> Float:
    """Times at which energy enters: at once (shape 0), evenly over the span (½), most of it at the end (1)."""
    slope = 16 * shape - 8
    u = (np.arange(LINES) // 2 + 0.2 + 0.6 * chance(LINES)) / (LINES // 2)
    even = abs(slope) < 1e-6
    quantile = u if even else np.log1p(u * np.expm1(slope)) / slope
    return np.asarray(quantile * span_ms * min(10 * shape, 1.0))


def design(room: Room, rate: float) -> Float:
    """Settings of a network; shape (SETTINGS,)."""
    made = np.zeros((ROWS, LINES))
    made[TAP] = 1 + np.round(room.taps_ms * rate / 1000)
    for stage in range(STAGES):
        spread = (np.arange(LINES) + chance(LINES, stage + 7)) / LINES
        order = np.argsort(chance(LINES, stage + 77))
        made[STAGE + stage] = 1 + np.round(spread[order] * room.span_ms * rate / 1000 / 2 ** (STAGES - 1 - stage))
    made[LINE] = lengths(room.metres, rate)
    made[DEPTH] = room.depth_ms * rate / 1000
    made[RATE] = room.rate_hz * (0.6 + 0.8 * chance(LINES, 3)) / rate
    made[LOW], made[LOW_GAIN], made[HIGH], made[DIRECT], made[DAMPED] = absorption(room, rate)
    # Highs are most of a noise: where they last longer than the middle, they say how loud it becomes.
    loss = np.mean(10 ** (-6 * made[LINE] / (rate * room.decay_s * max(room.treble, 1.0))))
    # Where hardly anything comes round again, what is heard is as loud as what goes in: more would only be louder.
    level = min(math.sqrt((1 - loss) / loss), MOST_LEVEL)
    # Walsh patterns that are not those of the mixing: each side hears all lines.
    left = np.array([1, 1, -1, -1, 1, -1, 1, -1, 1, 1, 1, 1, -1, -1, -1, -1]) / 4
    right = np.array([1, -1, 1, -1, -1, -1, 1, 1, 1, -1, -1, 1, 1, -1, -1, 1]) / 4
    for side, signs in enumerate((left, right)):
        made[GIVE_EARLY + side] = signs * room.early * level
        made[GIVE_TAIL + side] = signs * room.tail * level
    return made.reshape(-1)


def absorption(room: Room, rate: float) -> tuple[Float, ...]:
    """What each line loses in one pass: a low shelf, then a one-pole damping or a high shelf."""
    if room.frozen:
        one, none = np.ones(LINES), np.zeros(LINES)
        return none, none, one, one, none
    frames = lengths(room.metres, rate)
    g = 10 ** (-3 * frames / (rate * room.decay_s))
    low = np.full(LINES, 1 - math.exp(-2 * math.pi * room.bass_hz / rate))
    low_gain = g ** (1 / room.bass - 1) - 1
    if room.treble:
        high = np.full(LINES, 1 - math.exp(-2 * math.pi * 4000 / rate))
        top = np.minimum(g ** (1 / room.treble), 0.99999)
        most = 10 ** (-3 * frames / (rate * room.decay_s * max(room.bass, room.treble, 1.0)))
        return low, tamed(low, low_gain, (high, top, g - top), most, rate), high, top, g - top
    # |H| is g in the middle and g² at the damping: (1 − g²)(1 + p²) = 2p (cos w₁ − g² cos w₂)
    w1, w2 = (2 * math.pi * min(hz, 0.45 * rate) / rate for hz in (MIDDLE_HZ, room.damping_hz))
    a, b = math.cos(w1) - g * g * math.cos(w2), 1 - g * g
    p = np.clip((a - np.sqrt(np.maximum(a * a - b * b, 0))) / b, 0, 0.98) * (room.damping_hz < UNDAMPED_HZ)
    whole = g * np.abs(1 - p * np.exp(-1j * w1)) / (1 - p)
    most = 10 ** (-3 * frames / (rate * room.decay_s * MOST_BASS))
    whole = np.minimum(whole, most)
    low_gain = np.minimum(low_gain, 0.99999 / whole - 1)
    return low, low_gain, 1 - p, np.zeros(LINES), whole


def tamed(low: Float, low_gain: Float, shelf: tuple[Float, ...], most: Float, rate: float) -> Float:
    """Gain of the low shelf, halved as often as its skirt makes anything last longer than what lasts longest."""
    z = np.exp(-2j * math.pi * np.geomspace(20, 0.45 * rate, 32) / rate)[:, np.newaxis]
    high, direct, damped = shelf
    lows, highs = (share / (1 - (1 - share) * z) for share in (low, high))
    for _ in range(20):
        loop = np.abs((1 + low_gain * lows) * (direct + damped * highs))
        low_gain = np.where(loop.max(axis=0) > 1.001 * most, low_gain / 2, low_gain)
    return low_gain


@either
def _first_stage(rate):
    return 2 * line.floats(LONGEST_TAP_S * rate)


@either
def _first_line(rate):
    return _first_stage(rate) + STAGES * LINES * line.floats(LONGEST_STAGE_S * rate)


@either
def _first_kept(rate):
    return _first_line(rate) + LINES * line.floats(LONGEST_LINE_S * rate)


@part
def row(slot, k, r, n):
    """Row `r` of a network's settings, which begin at `k`, on its way in frame `n`."""
    there = lanes.load(lanes.at(slot.target, k), r)
    if slot.gliding:
        return there + slot.weight[n] * (lanes.load(lanes.at(slot.start, k), r) - there)
    return there


@kernel
def hear(slot, memory, left, right):
    """Let the network hear a sub-block of both sides."""
    size = line.length(LONGEST_TAP_S * slot.rate)
    for group in range(GROUPS):
        line.put(memory, size, slot.frame, group, lanes.load(left, group))
        line.put(lanes.offset(memory, size + LINES), size, slot.frame, group, lanes.load(right, group))


@kernel
def scatter(slot, k, memory):
    """What sixteen taps hear, through three stages of sixteen delays and a mix; where it lies, line by line."""
    early = lanes.offset(memory, _first_kept(slot.rate) + KEPT)
    size = line.length(LONGEST_TAP_S * slot.rate)
    for i in range(LINES):
        ring = lanes.offset(memory, (i & 1) * (size + LINES))
        for group in range(GROUPS):
            lanes.store(lanes.offset(early, i * FRAMES), group, line.late(slot, k + TAP * LINES + i, group, ring, size))
    size, floats = line.length(LONGEST_STAGE_S * slot.rate), line.floats(LONGEST_STAGE_S * slot.rate)
    for stage in range(STAGES):
        for i in range(LINES):
            ring = lanes.offset(memory, _first_stage(slot.rate) + (stage * LINES + i) * floats)
            own, setting = lanes.offset(early, i * FRAMES), k + (STAGE + stage) * LINES + i
            for group in range(GROUPS):
                line.put(ring, size, slot.frame, group, lanes.load(own, group))
            for group in range(GROUPS):
                lanes.store(own, group, line.late(slot, setting, group, ring, size))
        for group in range(GROUPS):
            lines.mix(lanes.offset(early, LINES * group), FRAMES)
    return early


@kernel
def sway(slot, k, s, moved):
    """Move the phases on by one block; rows of `moved`: where each line has moved to, and its step per frame."""
    wanted, before = slot.target[k + LINES * DEPTH], slot.state[s + LINES]
    depth = before + FRAMES / (SWAY_S * slot.rate) * (wanted - before)
    if slot.frame == 0 or abs(wanted - depth) < STILL:
        depth = wanted
    slot.state[s + LINES] = depth
    for i in range(LINES):
        here = moved[i] + FRAMES * moved[LINES + i]
        phase = slot.state[s + i] + FRAMES * slot.target[k + LINES * RATE + i]
        slot.state[s + i] = phase - math.floor(phase)
        there = depth * elementary.circle(phase)
        moved[i] = here
        moved[LINES + i] = (there - here) / FRAMES
    return depth > 0 or before > 0


@part
def between(ring, size, frame, back, first, step):
    """Sixteen frames, `back` whole frames behind and `first` more, which grows by `step`, through the six around.

    So much more is less than a frame from the first to the last: what is around lies in seven places.  Four points
    would take so much of the highs in each round that 8 kHz decays a tenth too soon.
    """
    behind = lanes.fill(first) + step * lines.count()
    whole = lines.floor(behind)
    t = behind - whole
    least = int(min(first, first + step * LAST))
    later = whole > lanes.fill(np.float32(least))
    at = back + least
    p, q, r = line.get(ring, size, frame, at - 2), line.get(ring, size, frame, at - 1), line.get(ring, size, frame, at)
    g, h = line.get(ring, size, frame, at + 1), line.get(ring, size, frame, at + 2)
    i, j = line.get(ring, size, frame, at + 3), line.get(ring, size, frame, at + 4)
    a, b, c = lanes.select(later, q, p), lanes.select(later, r, q), lanes.select(later, g, r)
    d, e, f = lanes.select(later, h, g), lanes.select(later, i, h), lanes.select(later, j, i)
    u, v, w, x, y, z = t + TWO, t + ONE, t, t - ONE, t - TWO, t - THREE
    uv, wx, yz = u * v, w * x, y * z
    return (
        (f * u - a * z) * v * wx * y * BY_120 + (b * u * wx * yz - e * uv * wx * z) * BY_24
        + (d * w - c * x) * uv * yz * BY_12
    )  # fmt: skip


@part
def moved(slot, k, i, group, ring, size, first, step):
    """Sixteen frames of line `i`, moved; another length cross-fades."""
    frame, setting = slot.frame + LINES * group, k + LINE * LINES + i
    new = between(ring, size, frame, int(slot.target[setting]) - AWAY, first, step)
    if slot.gliding:
        old = between(ring, size, frame, int(slot.start[setting]) - AWAY, first, step)
        return new + lanes.load(lanes.at(slot.weight, 0), group) * (old - new)
    return new


@kernel
def listen(slot, k, s, memory, kept, late):
    """What comes out of all lines."""
    size, floats = line.length(LONGEST_LINE_S * slot.rate), line.floats(LONGEST_LINE_S * slot.rate)
    moving = sway(slot, k, s, kept)
    for i in range(LINES):
        ring, own = lanes.offset(memory, _first_line(slot.rate) + i * floats), lanes.offset(late, i * FRAMES)
        for group in range(GROUPS):
            if moving:
                step = lanes.scalar(kept, LINES + i)
                first = np.float32(AWAY) + lanes.scalar(kept, i) + step * np.float32(LINES * group)
                lanes.store(own, group, moved(slot, k, i, group, ring, size, first, step))
            else:
                lanes.store(own, group, line.late(slot, k + LINE * LINES + i, group, ring, size))


@kernel
def absorb(slot, k, kept, late, aside):
    """Let each line lose what it has to lose in one round."""
    for group in range(GROUPS):
        lines.turn(lanes.offset(late, LINES * group), FRAMES, lanes.offset(aside, LINES * LINES * group), LINES)
    lows, highs = lanes.load(kept, 2), lanes.load(kept, 3)
    for n in range(FRAMES):
        x = lanes.load(aside, n)
        lows = lows + row(slot, k, LOW, n) * (x - lows)
        x = x + row(slot, k, LOW_GAIN, n) * lows
        highs = highs + row(slot, k, HIGH, n) * (x - highs)
        lanes.store(aside, n, row(slot, k, DIRECT, n) * x + row(slot, k, DAMPED, n) * highs)
    lanes.store(kept, 2, lows)
    lanes.store(kept, 3, highs)
    for group in range(GROUPS):
        lines.turn(lanes.offset(aside, LINES * LINES * group), LINES, lanes.offset(late, LINES * group), FRAMES)


@kernel
def weighed(slot, k, those, y):
    """Sum of all lines, `those`, each as loud as the settings say that begin at `k`; added to `y`."""
    for group in range(GROUPS):
        total = lanes.load(y, group)
        for i in range(LINES):
            total = total + tone.row(slot, k + i, group) * lanes.load(lanes.offset(those, i * FRAMES), group)
        lanes.store(y, group, total)


@kernel
def give_early(slot, k, early, side, y):
    """What a side hears of the stages."""
    for group in range(GROUPS):
        lanes.store(y, group, lanes.fill(ZERO))
    weighed(slot, k + (GIVE_EARLY + side) * LINES, early, y)


@kernel
def process(slot, k, s, memory, left, right):
    """Put what both sides hear of the network into `left` and `right`."""
    floats, size = line.floats(LONGEST_LINE_S * slot.rate), line.length(LONGEST_LINE_S * slot.rate)
    kept = lanes.offset(memory, _first_kept(slot.rate))
    early = scatter(slot, k, memory)
    late = lanes.offset(early, LINES * FRAMES)
    listen(slot, k, s, memory, kept, late)
    absorb(slot, k, kept, late, lanes.offset(late, LINES * FRAMES))
    give_early(slot, k, early, 0, left)
    give_early(slot, k, early, 1, right)
    weighed(slot, k + GIVE_TAIL * LINES, late, left)
    weighed(slot, k + (GIVE_TAIL + 1) * LINES, late, right)
    for group in range(GROUPS):
        lines.mix(lanes.offset(late, LINES * group), FRAMES)
    for i in range(LINES):
        ring = lanes.offset(memory, _first_line(slot.rate) + i * floats)
        soon, then = lanes.offset(early, i * FRAMES), lanes.offset(late, i * FRAMES)
        for group in range(GROUPS):
            line.put(ring, size, slot.frame, group, lanes.load(soon, group) + lanes.load(then, group))
