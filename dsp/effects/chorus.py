"""Chorus and flanger: a swept delay on each side; the flanger feeds it back.

    x ─┬────────────────────────── dry ──▶ + ─▶ y
       ╰─▶ + ─▶ swept delay ─┬─▶ low cut ─▶ high cut ─▶ spread ─▶ wet
           ╰── Feed ◀── low cut, high cut ◀╯
"""

from typing import Any

from dsp.effects import bound, line, sweep, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.native.kernel import part

LONGEST_S = 0.06

MIX, FEED, SELF, CROSS, SWEEP = 0, 1, 2, 3, 4
LOW = SWEEP + sweep.SETTINGS
HIGH, LOOP_LOW, LOOP_HIGH = (LOW + COEFFICIENTS * i for i in range(1, 4))
TURN = 16


def memory(rate: float) -> int:
    """Floats of two lines."""
    return 2 * line.length(LONGEST_S * rate)


def chorus(
    speed_hz: float, depth_left: float, depth_right: float, left_ms: float, right_ms: float, mix: float, low_hz: float,
    high_hz: float, phase: float, wave: float, spread: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Thickens voices and doubles brass."""
    swept = sweep.design(speed_hz, phase, wave / 100, (left_ms, right_ms), (depth_left / 100, depth_right / 100), rate)
    filters = tone.low_cut(low_hz, rate), tone.high_cut(high_hz, rate), tone.low_cut(0, rate), tone.high_cut(3e4, rate)
    own = (1 + spread / 100) / 2
    return [mix / 100, 0.0, own, 1 - own, *swept, *(c for one in filters for c in one)]


def flanger(
    speed_hz: float, depth_left: float, depth_right: float, left_ms: float, right_ms: float, mix: float, low_hz: float,
    high_hz: float, phase: float, loop_low_hz: float, loop_high_hz: float, feed: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """A tape that lags and catches up; below zero hollow."""
    swept = sweep.design(speed_hz, phase, 0.0, (left_ms, right_ms), (depth_left / 100, depth_right / 100), rate)
    filters = (tone.low_cut(low_hz, rate), tone.high_cut(high_hz, rate), tone.low_cut(loop_low_hz, rate),
               tone.high_cut(loop_high_hz, rate))  # fmt: skip
    return [mix / 100, feed / 100, 1.0, 0.0, *swept, *(c for one in filters for c in one)]


@part
def voice(slot, memory, size, frame, n, side, turn):
    """What one side sounds like, and what it feeds back."""
    s = 8 * side
    tap = sweep.read(slot, SWEEP, n, side, turn, memory, side * size, size, frame)
    wet = tone.tick(slot, HIGH, s + 2, n, tone.tick(slot, LOW, s, n, tap))
    loop = tone.tick(slot, LOOP_HIGH, s + 6, n, tone.tick(slot, LOOP_LOW, s + 4, n, tap))
    return wet, setting(slot, FEED, n) * loop


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        turn = sweep.advance(slot, SWEEP, TURN, n)
        voices = voice(slot, memory, size, frame, n, 0, turn), voice(slot, memory, size, frame, n, 1, turn)
        for side in range(2):
            x = slot.x[side, n]
            line.write(memory, side * size, size, frame, bound.soft(x + voices[side][1]))
            wet = setting(slot, SELF, n) * voices[side][0] + setting(slot, CROSS, n) * voices[1 - side][0]
            slot.x[side, n] = x + setting(slot, MIX, n) * (wet - x)
