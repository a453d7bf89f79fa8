"""Stereo delay: an echo on each side, repeated on its own side, on the other, or on both alike.

    x ─┬──────────────────────────────────── dry ──▶ + ─▶ y
       ╰─▶ + ─▶ limit ─▶ line ─┬─▶ low cut ─▶ high cut ─▶ wet
           ▲                   ▼
           ╰── Feed ◀── same · crossed · mixed ◀── low cut, high cut of the loop

A change of time cross-fades.
"""

from fractions import Fraction
from typing import Any

from dsp.effects import bound, line, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.native.kernel import part

LONGEST_S = 9.2
"""Three seconds, three times, and an offset."""

MIX, TIME, FEED, SELF, CROSS = 0, 1, 3, 5, 6
WET_LOW, WET_HIGH, LOOP_LOW, LOOP_HIGH = (7 + COEFFICIENTS * i for i in range(4))
MODES = {"ST": (1.0, 0.0), "X": (0.0, 1.0), "M": (0.5, 0.5)}


def memory(rate: float) -> int:
    """Floats of two lines."""
    return 2 * line.length(LONGEST_S * rate)


def design(
    mix: float, time_ms: float, mode: str, left: str, right: str, offset_ms: float, low_hz: float, high_hz: float,
    loop_low_hz: float, feed_left: float, feed_right: float, loop_high_hz: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Turn knobs into settings: shares from 0 to 1, times in frames, four filters."""
    times = [
        round((time_ms * float(Fraction(factor)) + max(sign * offset_ms, 0)) * rate / 1000)
        for factor, sign in ((left, -1), (right, 1))
    ]
    filters = (
        tone.low_cut(low_hz, rate), tone.high_cut(high_hz, rate),
        tone.low_cut(loop_low_hz, rate), tone.high_cut(loop_high_hz, rate),
    )  # fmt: skip
    own, cross = MODES[mode]
    return [mix / 100, *times, feed_left / 100, feed_right / 100, own, cross, *(c for one in filters for c in one)]


@part
def echo(slot, memory, size, frame, n, side):
    """What one side repeats, and what of it is heard."""
    tap = line.moved(slot, TIME + side, n, memory, side * size, size, frame)
    s = 8 * side
    wet = tone.tick(slot, WET_HIGH, s + 2, n, tone.tick(slot, WET_LOW, s, n, tap))
    loop = tone.tick(slot, LOOP_HIGH, s + 6, n, tone.tick(slot, LOOP_LOW, s + 4, n, tap))
    return setting(slot, FEED + side, n) * loop, wet


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        taps = echo(slot, memory, size, frame, n, 0), echo(slot, memory, size, frame, n, 1)
        for side in range(2):
            fed = setting(slot, SELF, n) * taps[side][0] + setting(slot, CROSS, n) * taps[1 - side][0]
            x = slot.x[side, n]
            line.write(memory, side * size, size, frame, bound.soft(x + fed))
            slot.x[side, n] = x + setting(slot, MIX, n) * (taps[side][1] - x)
