"""De-esser: two bands of sibilants are lowered while they stand out of the rest, at any level.

    x ─┬─▶ band ─▶ level ─╮
       ╰────────▶ level ──┴─▶ how far it stands out ─▶ reduction ─▶ bell of that band ─▶ y

The bell subtracts the band by what it is reduced; what does not hiss is left alone.
"""

import math
from typing import Any

from dsp.effects import follower, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native.kernel import part
from dsp.processors import shapes

VOICES = {"MALE": (4500.0, 6500.0), "FEM": (5500.0, 8000.0)}
Q = 1.5
MOST_NEPER = 15.0 * math.log(10) / 20
"""Of a reduction."""
STANDS_OUT = 10 ** (6.0 / 20)
FORM, AMOUNT, BAND, FOLLOW = 0, 1, 3, 3 + 2 * COEFFICIENTS
SIDE = FOLLOW + follower.SETTINGS - FORM
FLOOR = 1e-6
STATES = 12
BANDS = 2


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _side(form: float, low: float, high: float, voice: str, rate: float) -> list[Any]:
    bands = [tone.shape(shapes.band_pass(Q), hz, rate) for hz in VOICES[voice]]
    return [form, low / 50, high / 50, *(c for band in bands for c in band), *follower.design(0.5, 0, 40, rate)]


def design(
    low: float, high: float, low_side: float, high_side: float, voice: str, form: str, *, rate: float
) -> list[Any]:
    """Left and right alike, or middle and side each by their own knobs."""
    ms = form == "MS"
    other = (low_side, high_side) if ms else (low, high)
    return [*_side(float(ms), low, high, voice, rate), *_side(float(ms), *other, voice, rate)]


def dual(
    low_a: float, high_a: float, low_b: float, high_b: float, voice_a: str, voice_b: str, *, rate: float
) -> list[Any]:
    """Each side by itself."""
    return [*_side(0.0, low_a, high_a, voice_a, rate), *_side(0.0, low_b, high_b, voice_b, rate)]


@part
def lowered(slot, k, s, n, x):
    """One side with both bands held down."""
    whole = follower.tick(slot, k + FOLLOW, s + 8, n, abs(x))
    y = x
    for band in range(BANDS):
        amount = setting(slot, k + AMOUNT + band, n)
        part_of = tone.tick(slot, k + BAND + COEFFICIENTS * band, s + 2 * band, n, x)
        level = follower.tick(slot, k + FOLLOW, s + 4 + 2 * band, n, abs(part_of))
        stands_out = (level + FLOOR) / (whole + FLOOR) * STANDS_OUT
        if stands_out > 1:
            gain = math.exp(-amount * min(2 * math.log(stands_out), MOST_NEPER))
            slot.meter[band] = min(slot.meter[band], gain)
            y += (gain - 1) * part_of
    return y


def process(slot):
    """Make one sub-block."""
    slot.meter[0] = slot.meter[1] = 1.0
    for n in range(slot.x.shape[1]):
        left, right = slot.x[0, n], slot.x[1, n]
        if slot.target[FORM] > 0:
            left, right = (left + right) / 2, (left - right) / 2
        left, right = lowered(slot, 0, 0, n, left), lowered(slot, SIDE, STATES, n, right)
        if slot.target[FORM] > 0:
            left, right = left + right, left - right
        slot.x[0, n], slot.x[1, n] = left, right
