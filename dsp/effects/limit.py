"""Precision limiter: nothing passes the ceiling, not even between the frames; a millisecond late.

    x ─▶ gain ─▶ [slow levelling] ─▶ [squeeze] ─┬─▶ a millisecond later ─▶ × ─▶ gain ─▶ y
                                                ╰─▶ peaks, four times as fine ─▶ least of a millisecond
                                                    ─▶ release ─▶ smoothed over Attack ─╯
"""

import math
from typing import Any

import numpy as np

from dsp import units
from dsp.effects import follower, line
from dsp.effects.tone import setting
from dsp.native import calls
from dsp.native.kernel import part

AHEAD_S = 0.001
REACH = 6
"""Frames on either side that a peak between frames is interpolated from."""
IN, OUT, KNEE, BOX, RELEASE, LINK, AUTO, THRESHOLD, RATIO, MAKEUP, BEND, SLOW, FOLLOW = range(13)
MOST_AUTO_DB = 6.0
AUTO_LEVEL = 10 ** (-16 / 20)
RINGS = 6


def _taps() -> tuple[tuple[float, ...], ...]:
    """Weights of twelve frames for the places at a quarter, a half and three quarters between the middle two."""
    found = []
    for share in (0.25, 0.5, 0.75):
        t = np.arange(2 * REACH) - (REACH - 1) - share
        h = np.sinc(t) * (0.5 + 0.5 * np.cos(np.pi * t / (REACH + 0.5)))
        found.append(tuple((h / h.sum()).tolist()))
    return tuple(found)


QUARTER, HALF, LATE = _taps()


def memory(rate: float) -> int:
    """Floats of the lines of both sides: what comes in, what gain it needs, the least of that."""
    return RINGS * line.length(4 * AHEAD_S * rate)


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
def reduction(peak, knee_db):
    """Gain that a peak needs."""
    if peak < 1e-6:
        return 1.0
    level_db = 20 * math.log10(peak)
    if level_db <= -knee_db:
        return 1.0
    if level_db < knee_db:
        return 10 ** (-((level_db + knee_db) ** 2) / (4 * knee_db) / 20)
    return 1 / peak


@part
def finest(memory, first, size, frame):
    """Largest magnitude between the twelve newest frames' middle two, at quarters."""
    a, b, c = 0.0, 0.0, 0.0
    for i in range(2 * REACH):
        x = line.read(memory, first, size, frame, 2 * REACH - 1 - i)
        a += QUARTER[i] * x
        b += HALF[i] * x
        c += LATE[i] * x
    middle = abs(line.read(memory, first, size, frame, REACH))
    return max(max(abs(a), abs(b)), max(abs(c), middle))


@part
def squeezed(slot, n, side, x):
    """Compressed and bent a little."""
    level = follower.tick(slot, FOLLOW, 2 + 2 * side, n, abs(x))
    over_db = max(20 * math.log10(level + 1e-9) - setting(slot, THRESHOLD, n), 0.0)
    y = x * 10 ** (-over_db * setting(slot, RATIO, n) / 20) * setting(slot, MAKEUP, n)
    return y + setting(slot, BEND, n) * (math.tanh(y) - y)


@part
def levelled(slot, n, left, right):
    """Slow gain toward a steady loudness."""
    power = slot.state[0] + setting(slot, SLOW, n) * ((left * left + right * right) / 2 - slot.state[0])
    slot.state[0] = power if power > 1e-14 else 0.0
    want_db = 20 * math.log10(AUTO_LEVEL) - 10 * math.log10(power + 1e-9)
    want_db = min(max(want_db, -MOST_AUTO_DB), MOST_AUTO_DB) if power > 1e-6 else 0.0
    slot.state[1] += setting(slot, SLOW, n) * (want_db - slot.state[1])
    return 1 + setting(slot, AUTO, n) * (10 ** (slot.state[1] / 20) - 1)


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(4 * AHEAD_S * slot.rate)
    ahead = int(AHEAD_S * slot.rate)
    box = int(slot.target[BOX])
    if slot.frame == 0:
        slot.state[6] = slot.state[7] = 1.0
        for i in range(2 * size, RINGS * size):
            memory[i] = 1.0
    slot.meter[0] = 1.0
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        gain = setting(slot, IN, n)
        gain *= levelled(slot, n, gain * slot.x[0, n], gain * slot.x[1, n])
        for side in range(2):
            x = squeezed(slot, n, side, gain * slot.x[side, n])
            line.write(memory, side * size, size, frame, x)
        left, right = finest(memory, 0, size, frame), finest(memory, size, size, frame)
        both = setting(slot, LINK, n) * max(left, right)
        for side in range(2):
            peak = max(left if side == 0 else right, both)
            needs, least = (2 + side) * size, (4 + side) * size
            line.write(memory, needs, size, frame, reduction(peak, setting(slot, KNEE, n)))
            lowest = 1.0
            for back in range(ahead):
                lowest = min(lowest, line.read(memory, needs, size, frame, back))
            held = slot.state[6 + side]
            held = min(lowest, held + setting(slot, RELEASE, n) * (1 - held))
            slot.state[6 + side] = held
            line.write(memory, least, size, frame, held)
            total = 0.0
            for back in range(box):
                total += line.read(memory, least, size, frame, back)
            late = line.read(memory, side * size, size, frame, ahead - 1 + REACH)
            held = total / box
            slot.meter[0] = min(slot.meter[0], held)
            slot.x[side, n] = late * held * setting(slot, OUT, n)
