"""Precision limiter: nothing passes the ceiling, not even between the frames; a millisecond late.

    x ─▶ gain ─▶ [slow levelling] ─▶ [squeeze] ─┬─▶ a millisecond later ─▶ × ─▶ gain ─▶ y
                                                ╰─▶ peaks, four times as fine ─▶ least of a millisecond
                                                    ─▶ release ─▶ smoothed over Attack ─╯
"""

import math
from typing import Any

import numpy as np

from dsp import units
from dsp.effects import follower, plane, tone
from dsp.effects.memory import FRAMES
from dsp.effects.plane import GROUPS
from dsp.native import calls, lanes, lines
from dsp.native.kernel import kernel, part
from dsp.native.lanes import ONE, TWO, ZERO

AHEAD_S = 0.001
REACH = 6
"""Frames on either side that a peak between frames is interpolated from."""
IN, OUT, KNEE, BOX, RELEASE, LINK, AUTO, THRESHOLD, RATIO, MAKEUP, BEND, SLOW, FOLLOW = range(13)
MOST_AUTO_DB = 6.0
AUTO_LEVEL = 10 ** (-16 / 20)
POWER, AUTO_DB, LEVEL, HELD = 0, 1, 2, 6

BEFORE = 7 * lanes.WIDTH
"""Frames of the past: a millisecond at the highest rate, and what a peak is interpolated from."""
PLANE = BEFORE + FRAMES
HEARD, NEEDS, LEAST, LEVELS = 0, PLANE, 2 * PLANE, 3 * PLANE
OWN = 3 * PLANE + FRAMES
"""Floats of a side: what comes in, what gain it needs, the least of that, and how loud it is to be squeezed."""
OCTAVE_DB = np.float32(20 * math.log10(2))
LESS = -ONE / OCTAVE_DB
BENDING = np.float32(-4) * OCTAVE_DB
SMALLEST = np.float32(1e-6)
SLIGHT = np.float32(0.5)
TURNS_E = np.float32(2 / math.log(2))
STEEPEST = np.float32(20)
SERIES = np.array([1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925], np.float32)


def _taps() -> Any:
    """Weights of twelve frames for the places at a quarter, a half and three quarters between the middle two."""
    found = []
    for share in (0.25, 0.5, 0.75):
        t = np.arange(2 * REACH) - (REACH - 1) - share
        h = np.sinc(t) * (0.5 + 0.5 * np.cos(np.pi * t / (REACH + 0.5)))
        found.append(h / h.sum())
    return np.array(found, np.float32)


QUARTER, HALF, LATE = _taps()


def memory(rate: float) -> int:
    """Floats of both sides."""
    return 2 * OWN


def design(
    in_db: float, out_db: float, squeeze: float, knee_db: float, attack_ms: float, release_ms: float, link: bool,
    auto: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Turn knobs into settings."""
    share = squeeze / 100
    threshold_db, ratio = -20 * share, 1 + 3 * share
    return [
        float(units.db_to_gain(in_db)), float(units.db_to_gain(out_db)), knee_db,
        max(round(attack_ms * rate / 1000), 1), follower.step(release_ms, rate), float(link), float(auto),
        threshold_db, 1 - 1 / ratio, float(units.db_to_gain(-threshold_db * (1 - 1 / ratio) / 2)), 0.3 * share,
        follower.step(3000, rate), *follower.design(5, 0, 100, rate),
    ]  # fmt: skip


@part
def tanh(y):
    """Hyperbolic tangent, within a millionth: a series below a half, powers of two above."""
    square, slight = y * y, lanes.fill(SERIES[5])
    for i in range(4, -1, -1):
        slight = slight * square + SERIES[i]
    power = lanes.exp2(lanes.minimum(lanes.absolute(y), lanes.fill(STEEPEST)) * TURNS_E)
    much = (power - ONE) / (power + ONE)
    much = lanes.select(y > lanes.fill(ZERO), much, ZERO - much)
    return lanes.select(lanes.absolute(y) > lanes.fill(SLIGHT), much, y * slight)


@part
def reduction(peak, knee_db):
    """Gain that peaks need."""
    level_db = OCTAVE_DB * lanes.log2(lanes.maximum(peak, lanes.fill(SMALLEST)))
    over_db = lanes.minimum(lanes.maximum(level_db + knee_db, lanes.fill(ZERO)), TWO * knee_db)
    bent = lanes.exp2(over_db * over_db / (BENDING * knee_db - SMALLEST))
    # The knee lies below what the ceiling asks for.
    return lanes.minimum(bent, ONE / lanes.maximum(peak, lanes.fill(ONE)))


@part
def finest(heard, group):
    """Largest magnitudes between each twelve frames' middle two, at quarters."""
    a, b, c = lanes.fill(ZERO), lanes.fill(ZERO), lanes.fill(ZERO)
    for i in range(2 * REACH):
        x = plane.at(heard, BEFORE, group, 2 * REACH - 1 - i)
        a = lanes.add_product(a, QUARTER[i], x)
        b = lanes.add_product(b, HALF[i], x)
        c = lanes.add_product(c, LATE[i], x)
    middle = lanes.absolute(plane.at(heard, BEFORE, group, REACH))
    between = lanes.maximum(lanes.absolute(a), lanes.absolute(b))
    return lanes.maximum(lanes.maximum(between, lanes.absolute(c)), middle)


@kernel
def level(slot):
    """Bring both sides to their gain, and slowly toward a steady loudness."""
    left, right, power = lanes.at(slot.x, 0), lanes.at(slot.x, 1), slot.state[POWER]
    tone.scale(slot, IN, IN)
    slow = slot.target[SLOW]
    for n in range(FRAMES):
        power += slow * ((slot.x[0, n] * slot.x[0, n] + slot.x[1, n] * slot.x[1, n]) / 2 - power)
    slot.state[POWER] = power if power > 1e-14 else 0.0
    before = 10 ** (slot.state[AUTO_DB] / 20)
    want_db = 20 * math.log10(AUTO_LEVEL) - 10 * math.log10(power + 1e-9)
    want_db = min(max(want_db, -MOST_AUTO_DB), MOST_AUTO_DB) if power > 1e-6 else 0.0
    slot.state[AUTO_DB] += FRAMES * slow * (want_db - slot.state[AUTO_DB])
    if slot.target[AUTO] > 0 or slot.start[AUTO] > 0:
        first, step = np.float32(before - 1), np.float32((10 ** (slot.state[AUTO_DB] / 20) - before) / FRAMES)
        for group in range(GROUPS):
            auto = lanes.fill(first) + step * (lines.count() + np.float32(1 + lanes.WIDTH * group))
            gain = ONE + tone.row(slot, AUTO, group) * auto
            lanes.store(left, group, gain * lanes.load(left, group))
            lanes.store(right, group, gain * lanes.load(right, group))


@kernel
def squeeze(slot, memory):
    """Compress both sides, and bend them a little."""
    for side in range(2):
        levels, y = lanes.offset(memory, side * OWN + LEVELS), lanes.at(slot.x, side)
        for n in range(FRAMES):
            levels[n] = follower.tick(slot, FOLLOW, LEVEL + 2 * side, n, abs(slot.x[side, n]))
        if slot.target[RATIO] == 0 and slot.start[RATIO] == 0:
            continue
        for group in range(GROUPS):
            level_db = OCTAVE_DB * lanes.log2(lanes.load(levels, group) + SMALLEST * SMALLEST)
            over_db = lanes.maximum(level_db - tone.row(slot, THRESHOLD, group), lanes.fill(ZERO))
            gain = lanes.exp2(over_db * tone.row(slot, RATIO, group) * LESS)
            z = lanes.load(y, group) * gain * tone.row(slot, MAKEUP, group)
            lanes.store(y, group, z + tone.row(slot, BEND, group) * (tanh(z) - z))


@kernel
def ask(slot, memory):
    """Put the gain that each side needs, frame by frame, or both where they are linked."""
    for group in range(GROUPS):
        left, right = finest(lanes.offset(memory, HEARD), group), finest(lanes.offset(memory, OWN + HEARD), group)
        both = tone.row(slot, LINK, group) * lanes.maximum(left, right)
        knee_db = tone.row(slot, KNEE, group)
        plane.put(lanes.offset(memory, NEEDS), BEFORE, group, reduction(lanes.maximum(left, both), knee_db))
        plane.put(lanes.offset(memory, OWN + NEEDS), BEFORE, group, reduction(lanes.maximum(right, both), knee_db))


@kernel
def hold(slot, side, own, ahead):
    """Least gain that is needed within a millisecond, and its release."""
    needs, least = lanes.offset(own, NEEDS), lanes.offset(own, LEAST)
    for group in range(GROUPS):
        lowest = plane.at(needs, BEFORE, group, 0)
        for back in range(1, ahead):
            lowest = lanes.minimum(lowest, plane.at(needs, BEFORE, group, back))
        plane.put(least, BEFORE, group, lowest)
    held = slot.state[HELD + side]
    for n in range(FRAMES):
        held = min(least[BEFORE + n], held + tone.setting(slot, RELEASE, n) * (1 - held))
        least[BEFORE + n] = held
    slot.state[HELD + side] = held


@kernel
def give(slot, side, own, ahead):
    """What came in a millisecond ago, with the mean of the gains that it needs."""
    box, lowest = int(slot.target[BOX]), lanes.fill(ONE)
    for group in range(GROUPS):
        total = plane.at(lanes.offset(own, LEAST), BEFORE, group, 0)
        for back in range(1, box):
            total = total + plane.at(lanes.offset(own, LEAST), BEFORE, group, back)
        gain = total / np.float32(box)
        lowest = lanes.minimum(lowest, gain)
        late = plane.at(lanes.offset(own, HEARD), BEFORE, group, ahead - 1 + REACH)
        lanes.store(lanes.at(slot.x, side), group, late * gain * tone.row(slot, OUT, group))
    levels = lanes.offset(own, LEVELS)
    lanes.store(levels, 0, lowest)
    for lane in range(lanes.WIDTH):
        slot.meter[0] = min(slot.meter[0], levels[lane])


def process(slot):
    """Make one sub-block."""
    memory, ahead = calls.floats(slot.memory), int(AHEAD_S * slot.rate)
    if slot.frame == 0:
        slot.state[HELD] = slot.state[HELD + 1] = 1.0
        for side in range(2):
            for i in range(side * OWN + NEEDS, side * OWN + LEVELS):
                memory[i] = ONE
    slot.meter[0] = ONE
    level(slot)
    squeeze(slot, memory)
    for side in range(2):
        own = lanes.offset(memory, side * OWN)
        plane.remember(own, BEFORE, lanes.at(slot.x, side))
        plane.move_on(lanes.offset(own, NEEDS), BEFORE)
        plane.move_on(lanes.offset(own, LEAST), BEFORE)
    ask(slot, memory)
    for side in range(2):
        own = lanes.offset(memory, side * OWN)
        hold(slot, side, own, ahead)
        give(slot, side, own, ahead)
