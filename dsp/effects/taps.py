"""Three and four echoes of one line, each with its own share of the time, level and place.

    x ─▶ [mono] ─▶ low cut ─▶ high cut ─▶ + ─▶ limit ─▶ line ─┬─▶ T ─▶ place ─▶ + ─▶ y
                                          ▲                   ├─▶ A ─▶ place ─▶ +
                                          ╰── Feed, X ◀── T ◀─┴─▶ B, C ─▶ place ─▶ +
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dsp.effects import bound, line, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.native.kernel import part

LONGEST_S = 9.1
TAPS = 4
DRY, FEED, SELF, CROSS, IN_SELF, IN_CROSS, LOW = 0, 1, 2, 3, 4, 5, 6
HIGH = LOW + COEFFICIENTS
TAP = HIGH + COEFFICIENTS
TAP_SETTINGS = 3
PATTERN = (-1 / 3, 1 / 3, -1.0, 1.0)
"""Where the four echoes lie at the widest Spread."""


def memory(rate: float) -> int:
    """Floats of two lines."""
    return 2 * line.length(LONGEST_S * rate)


def three(
    time_ms: float, gain: float, place: float, feed: float, low_hz: float, high_hz: float, ratio_a: str, gain_a: float,
    place_a: float, ratio_b: str, gain_b: float, place_b: float, crossed: bool, mono: bool, dry: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Three echoes with their places."""
    taps = [("1", gain, place / 100), (ratio_a, gain_a, place_a / 100), (ratio_b, gain_b, place_b / 100)]
    return _settings(time_ms, taps, feed, low_hz, high_hz, crossed, mono, dry, rate)


def four(
    time_ms: float, gain: float, feed: float, low_hz: float, high_hz: float, spread: float, ratio_a: str, gain_a: float,
    ratio_b: str, gain_b: float, ratio_c: str, gain_c: float, crossed: bool, mono: bool, dry: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Four echoes, spread out together."""
    ratios, gains = ("1", ratio_a, ratio_b, ratio_c), (gain, gain_a, gain_b, gain_c)
    taps = [(ratio, loud, spread / 6 * at) for ratio, loud, at in zip(ratios, gains, PATTERN, strict=True)]
    return _settings(time_ms, taps, feed, low_hz, high_hz, crossed, mono, dry, rate)


def _settings(
    time_ms: float, taps: Sequence[tuple[str, float, float]], feed: float, low_hz: float, high_hz: float,
    crossed: bool, mono: bool, dry: bool, rate: float,
) -> list[Any]:  # fmt: skip
    made = [float(dry), feed / 100, float(not crossed), float(crossed), *((0.5, 0.5) if mono else (1.0, 0.0)),
            *tone.low_cut(low_hz, rate), *tone.high_cut(high_hz, rate)]  # fmt: skip
    for ratio, gain, place in taps:
        if mono:
            left, right = math.cos((place + 1) * math.pi / 4), math.sin((place + 1) * math.pi / 4)
        else:
            left, right = min(1.0, 1 - place), min(1.0, 1 + place)
        made += [round(time_ms * float(Fraction(ratio)) * rate / 1000), left * gain / 100, right * gain / 100]
    return made if len(taps) == TAPS else [*made, 1, 0, 0]


@part
def heard(slot, memory, size, frame, n, side):
    """The first echo of a side, and all its echoes together."""
    first = line.moved(slot, TAP, n, memory, side * size, size, frame)
    y = setting(slot, TAP + 1 + side, n) * first
    for tap in range(1, TAPS):
        k = TAP + tap * TAP_SETTINGS
        y += setting(slot, k + 1 + side, n) * line.moved(slot, k, n, memory, side * size, size, frame)
    return first, y


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        echoes = heard(slot, memory, size, frame, n, 0), heard(slot, memory, size, frame, n, 1)
        left, right = slot.x[0, n], slot.x[1, n]
        for side in range(2):
            here, there = (left, right) if side == 0 else (right, left)
            x = setting(slot, IN_SELF, n) * here + setting(slot, IN_CROSS, n) * there
            x = tone.tick(slot, HIGH, 4 * side + 2, n, tone.tick(slot, LOW, 4 * side, n, x))
            fed = setting(slot, SELF, n) * echoes[side][0] + setting(slot, CROSS, n) * echoes[1 - side][0]
            line.write(memory, side * size, size, frame, bound.soft(x + setting(slot, FEED, n) * fed))
            slot.x[side, n] = setting(slot, DRY, n) * here + echoes[side][1]
