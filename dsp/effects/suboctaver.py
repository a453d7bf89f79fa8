"""Suboctaver: the tone one and two octaves below, on each side by itself.

    x ─┬─────────────────────────────────────────────── × Dry ──▶ + ─▶ y
       ╰─▶ range ─▶ crossings of zero ÷ 2 ─▶ ± · level ─▶ smooth ─▶ × Oct1
                                      ÷ 4 ─▶ ± · level ─▶ smooth ─▶ × Oct2

One tone at a time.  What is below −50 dBFS makes none.
"""

from typing import Any

from dsp.effects import follower, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native.kernel import part
from dsp.processors import shapes

RANGES = {"LO": (30.0, 120.0), "MID": (60.0, 240.0), "HI": (120.0, 480.0)}
GATE = 10 ** (-50 / 20)
HYSTERESIS = 0.03
ON, DRY, ONE, TWO, FOLLOW = 0, 1, 2, 3, 4
LOW = FOLLOW + follower.SETTINGS
HIGH, SMOOTH_ONE, SMOOTH_TWO = (LOW + COEFFICIENTS * i for i in range(1, 4))
SIDE = HIGH + 3 * COEFFICIENTS
STATES = 24
PHASE, LEVEL = 20, 18


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _side(on: bool, reach: str, dry: float, one: float, two: float, *, rate: float) -> list[Any]:
    low, high = RANGES[reach]
    filters = (tone.low_cut(low, rate), tone.high_cut(high, rate),
               tone.shape(shapes.low_pass(shapes.BUTTERWORTH), high * 0.75, rate),
               tone.shape(shapes.low_pass(shapes.BUTTERWORTH), high * 0.4, rate))  # fmt: skip
    shares = float(on), dry / 100, one / 100, two / 100
    return [*shares, *follower.design(1, 0, 100, rate), *(c for one in filters for c in one)]


def design(*knobs: Any, rate: float) -> list[Any]:
    """Turn knobs of both sides into settings."""
    return [*_side(*knobs[:5], rate=rate), *_side(*knobs[5:], rate=rate)]


@part
def signs(slot, s, tracked, level):
    """Signs of the tones an octave and two below: the crossings of zero, counted.

    The frame of a crossing has both signs, in the shares of the time before it and after it.
    """
    turns, above, last = int(slot.state[s + PHASE]), slot.state[s + PHASE + 1], slot.state[s + PHASE + 2]
    half, quarter = sign(turns % 2), sign(turns // 2)
    edge = HYSTERESIS * level
    slot.state[s + PHASE + 2] = tracked
    if above > 0 and tracked < -edge:
        slot.state[s + PHASE + 1] = 0.0
    elif above == 0 and tracked > edge:
        turns = (turns + 1) % 4
        slot.state[s + PHASE], slot.state[s + PHASE + 1] = turns, 1.0
        before = min(max((edge - last) / (tracked - last), 0.0), 1.0) if tracked > last else 0.0
        half = sign(turns % 2) + before * (half - sign(turns % 2))
        quarter = sign(turns // 2) + before * (quarter - sign(turns // 2))
    return half, quarter


@part
def sign(which):
    """1 or −1."""
    return 1.0 if which else -1.0


def process(slot):
    """Make one sub-block."""
    for side in range(2):
        k, s = side * SIDE, side * STATES
        for n in range(slot.x.shape[1]):
            x = slot.x[side, n]
            tracked = tone.tick(slot, k + HIGH, s + 2, n, tone.tick(slot, k + LOW, s, n, x))
            level = follower.tick(slot, k + FOLLOW, s + LEVEL, n, abs(tracked))
            half, quarter = signs(slot, s, tracked, level)
            loud = level if level > GATE else 0.0
            one = tone.tick(slot, k + SMOOTH_ONE, s + 6, n, tone.tick(slot, k + SMOOTH_ONE, s + 4, n, half * loud))
            two = tone.tick(slot, k + SMOOTH_TWO, s + 10, n, tone.tick(slot, k + SMOOTH_TWO, s + 8, n, quarter * loud))
            y = setting(slot, k + DRY, n) * x + setting(slot, k + ONE, n) * one + setting(slot, k + TWO, n) * two
            slot.x[side, n] = x + setting(slot, k + ON, n) * (y - x)
