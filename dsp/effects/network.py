"""Feedback delay network: sixteen lines, each lane one, mixed by a Hadamard matrix [1]_.

    stereo ring ─▶ taps ─▶ ± ▶ delays ▶ H ─▶ (three times) ─┬──────────────────────────▶ early
                                                             ▼
                                    ╭─▶ + ─▶ lines, moved ─▶ absorption ─┬──▶ tail
                                    ╰──────────────── H ◀────────────────╯

The three stages of scattering make the first echoes dense, slow movement of the lines keeps modes from
ringing on.  Each line absorbs by its own length, so that all decay alike: below, at and above the middle.

.. [1] J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", AES 90, 1991.
"""

import functools
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.effects.line import length
from dsp.native import lanes, lines
from dsp.native.kernel import either, part
from dsp.native.lanes import ONE

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
    """Floats of the stereo ring, the stages, the lines, and what absorption remembers."""
    return int(_first_line(rate) + LINES * length(LONGEST_LINE_S * rate) + 4 * LINES)


def remembered(rate: float) -> tuple[int, int]:
    """Where what absorption remembers begins, and how many floats it is: all else are rings."""
    return int(_first_line(rate) + LINES * length(LONGEST_LINE_S * rate)), 4 * LINES


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
    return 2 * length(LONGEST_TAP_S * rate)


@either
def _first_line(rate):
    return _first_stage(rate) + STAGES * LINES * length(LONGEST_STAGE_S * rate)


@part
def row(slot, k, r, n):
    """Row `r` of a network's settings, which begin at `k`, on its way in frame `n`."""
    there = lanes.load(lanes.at(slot.target, k), r)
    if slot.gliding:
        return there + slot.weight[n] * (lanes.load(lanes.at(slot.start, k), r) - there)
    return there


@part
def put(memory, rate, frame, left, right):
    """Let the network hear one frame."""
    at = 2 * (frame & (length(LONGEST_TAP_S * rate) - 1))
    memory[at], memory[at + 1] = left, right


@part
def moved(slot, k, r, n, ring, frame, mask):
    """Each lane as far behind as row `r` says, in whole frames; a change cross-fades."""
    new = lines.rows(ring, frame, lanes.load(lanes.at(slot.target, k), r), mask)
    if slot.gliding:
        old = lines.rows(ring, frame, lanes.load(lanes.at(slot.start, k), r), mask)
        return new + slot.weight[n] * (old - new)
    return new


@part
def taps(slot, k, n, memory, frame):
    """What sixteen taps hear."""
    mask = length(LONGEST_TAP_S * slot.rate) - 1
    new = lines.sides(memory, frame, lanes.load(lanes.at(slot.target, k), TAP), mask)
    if slot.gliding:
        old = lines.sides(memory, frame, lanes.load(lanes.at(slot.start, k), TAP), mask)
        return new + slot.weight[n] * (old - new)
    return new


@part
def scatter(slot, k, n, memory, frame, x):
    """Three stages, each sixteen delays and a mix."""
    size = length(LONGEST_STAGE_S * slot.rate)
    first = _first_stage(slot.rate)
    for stage in range(STAGES):
        ring = lanes.offset(memory, first + stage * LINES * size)
        lanes.store(ring, frame & (size - 1), x)
        x = lines.hadamard(moved(slot, k, STAGE + stage, n, ring, frame, size - 1))
    return x


@part
def cubic(ring, frame, back, mask):
    """Each lane `back` frames behind, between frames, through the four around."""
    whole = lines.floor(back)
    f = back - whole
    one, two = lanes.fill(ONE), lanes.fill(np.float32(2))
    a = lines.rows(ring, frame, whole - one, mask)
    c = lines.rows(ring, frame, whole, mask)
    e = lines.rows(ring, frame, whole + one, mask)
    g = lines.rows(ring, frame, whole + two, mask)
    below, above, far = f + one, f - one, f - two
    sixth, half = np.float32(1 / 6), np.float32(0.5)
    return c * (below * above * far * half) - e * (below * f * far * half) + (
        g * (below * f * above) - a * (f * above * far)
    ) * sixth


@part
def sway(slot, k, s, scratch):
    """Move the phases on by one block; scratch rows 0 and 1: where each line has moved to, and its step per frame."""
    frames = slot.x.shape[1]
    wanted, before = slot.target[k + LINES * DEPTH], slot.state[s + LINES]
    depth = before + frames / (SWAY_S * slot.rate) * (wanted - before)
    if slot.frame == 0 or abs(wanted - depth) < STILL:
        depth = wanted
    slot.state[s + LINES] = depth
    for lane in range(LINES):
        here = before * math.sin(2 * math.pi * slot.state[s + lane])
        phase = slot.state[s + lane] + frames * slot.target[k + LINES * RATE + lane]
        slot.state[s + lane] = phase - math.floor(phase)
        there = depth * math.sin(2 * math.pi * phase)
        scratch[lane] = here
        scratch[LINES + lane] = (there - here) / frames


@part
def tick(slot, k, s, n, memory, frame):
    """One frame: early and late sound of both sides."""
    rate = slot.rate
    size = length(LONGEST_LINE_S * rate)
    ring = lanes.offset(memory, _first_line(rate))
    scratch = lanes.offset(ring, LINES * size)
    v = scatter(slot, k, n, memory, frame, taps(slot, k, n, memory, frame))
    if slot.gliding or slot.state[s + LINES] > 0:
        swayed = lanes.load(scratch, 0)
        lanes.store(scratch, 0, swayed + lanes.load(scratch, 1))
        x = cubic(ring, frame, lanes.load(lanes.at(slot.target, k), LINE) + swayed, size - 1)
        if slot.gliding:
            old = cubic(ring, frame, lanes.load(lanes.at(slot.start, k), LINE) + swayed, size - 1)
            x = x + slot.weight[n] * (old - x)
    else:
        x = lines.rows(ring, frame, lanes.load(lanes.at(slot.target, k), LINE), size - 1)
    lows, highs = lanes.load(scratch, 2), lanes.load(scratch, 3)
    lows = lows + row(slot, k, LOW, n) * (x - lows)
    x = x + row(slot, k, LOW_GAIN, n) * lows
    highs = highs + row(slot, k, HIGH, n) * (x - highs)
    x = row(slot, k, DIRECT, n) * x + row(slot, k, DAMPED, n) * highs
    lanes.store(scratch, 2, lows)
    lanes.store(scratch, 3, highs)
    lanes.store(ring, frame & (size - 1), v + lines.hadamard(x))
    left = row(slot, k, GIVE_EARLY, n) * v + row(slot, k, GIVE_TAIL, n) * x
    right = row(slot, k, GIVE_EARLY + 1, n) * v + row(slot, k, GIVE_TAIL + 1, n) * x
    return lanes.total(left), lanes.total(right)


@part
def begin(slot, k, s, memory):
    """Begin a block: call once before its frames."""
    size = length(LONGEST_LINE_S * slot.rate)
    sway(slot, k, s, lanes.offset(memory, _first_line(slot.rate) + LINES * size))
