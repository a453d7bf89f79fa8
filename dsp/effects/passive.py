"""Passive equaliser: boost and cut of the lows at one frequency, which together make a dip above a rise.

    x ─▶ lows: boost ∥ cut in one divider ─▶ boost of the highs ─▶ cut of the highs ─▶ transformers ─▶ gain ─▶ y

The lows are the passive divider itself: two poles and two zeros, so that its knobs pull at each other by themselves.
"""

import math
from typing import Any

import numpy as np

from dsp import units
from dsp.effects import tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native.kernel import part
from dsp.processors import shapes

CUT_NF = {"20": 100.0, "30": 68.0, "60": 33.0, "100": 22.0}
BOOST_UF = {"20": 2.2, "30": 1.5, "60": 0.68, "100": 0.47}
TOP_KOHM, CUT_KOHM, BOTTOM_KOHM, BOOST_KOHM = 10.0, 71.5, 1.0, 6.55
ON, GAIN, LOWS = 0, 1, 2
PEAK = LOWS + 5
SHELF, BASS, TRANSFORMER = PEAK + COEFFICIENTS, PEAK + 2 * COEFFICIENTS, PEAK + 3 * COEFFICIENTS
SIDE = TRANSFORMER + 1
STATES = 12


def memory(rate: float) -> int:
    """No lines."""
    return 0


def hertz(token: str) -> float:
    """Frequency of a choice such as `1k5`."""
    whole, _, rest = token.partition("k")
    return float(whole) if "k" not in token else 1000 * float(f"{whole}.{rest or 0}")


def divider(boost: float, cut: float, freq: str, rate: float) -> list[float]:
    """Second-order section b0 b1 b2 a1 a2 of the lows: what is left behind the divider, 1 in the highs."""
    top, bottom = CUT_KOHM * cut / 10 * 1e3, BOOST_KOHM * boost / 10 * 1e3
    c1, c2 = CUT_NF[freq] * 1e-9, BOOST_UF[freq] * 1e-6
    # H = Zb / (Zt + Zb), times 11: Zt = 10k + (top ∥ C1), Zb = 1k + (bottom ∥ C2), in the plane of s.
    upper = np.array([top * c1, 1.0])
    lower = np.array([bottom * c2, 1.0])
    zt = np.polyadd(TOP_KOHM * 1e3 * upper, [top])
    zb = np.polyadd(BOTTOM_KOHM * 1e3 * lower, [bottom])
    above = 11 * np.polymul(zb, upper)
    below = np.polyadd(np.polymul(zt, lower), np.polymul(zb, upper))
    b, a = (_bilinear(np.concatenate((np.zeros(3 - len(p)), p)), rate) for p in (above, below))
    return [*(b / a[0]), *(a[1:] / a[0])]


def _bilinear(p: np.ndarray[Any, Any], rate: float) -> np.ndarray[Any, Any]:
    k = 2 * rate
    p2, p1, p0 = p[0] * k * k, p[1] * k, p[2]
    return np.array([p2 + p1 + p0, 2 * p0 - 2 * p2, p2 - p1 + p0])


def side(
    on: bool, gain_db: float, low_boost: float, low_freq: str, low_cut: float, width: float, high_boost: float,
    high_freq: str, high_cut: float, cut_freq: str, transformer: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Settings of one side."""
    q = 2.5 * (0.5 / 2.5) ** (width / 10)
    boost_db = high_boost / 10 * (18 - 8 * width / 10)
    return [
        float(on), float(units.db_to_gain(gain_db)), *divider(low_boost, low_cut, low_freq, rate),
        *tone.shape(shapes.bell(boost_db, q), hertz(high_freq), rate, high_boost > 0),
        *tone.shape(shapes.high_shelf(-16 * high_cut / 10, 0.5), hertz(cut_freq), rate, high_cut > 0),
        *tone.shape(shapes.low_pass_1(), 60.0, rate), 0.12 * transformer,
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike."""
    return 2 * side(*knobs, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*side(*knobs[:half], rate=rate), *side(*knobs[half:], rate=rate)]


@part
def lows(slot, k, s, n, x):
    """The divider, as a transposed section of second order."""
    y = setting(slot, k, n) * x + slot.state[s]
    slot.state[s] = setting(slot, k + 1, n) * x - setting(slot, k + 3, n) * y + slot.state[s + 1]
    slot.state[s + 1] = setting(slot, k + 2, n) * x - setting(slot, k + 4, n) * y
    return y


@part
def iron(slot, k, s, n, x, much):
    """Transformers: deep lows bend a little."""
    deep = tone.tick(slot, k, s, n, x)
    return x + much * (math.tanh(deep) - deep)


def process(slot):
    """Make one sub-block."""
    for side in range(2):
        k, s = side * SIDE, side * STATES
        for n in range(slot.x.shape[1]):
            x = slot.x[side, n]
            y = lows(slot, k + LOWS, s, n, x)
            y = tone.tick(slot, k + SHELF, s + 4, n, tone.tick(slot, k + PEAK, s + 2, n, y))
            y = iron(slot, k + BASS, s + 6, n, y, setting(slot, k + TRANSFORMER, n)) * setting(slot, k + GAIN, n)
            slot.x[side, n] = x + setting(slot, k + ON, n) * (y - x)
