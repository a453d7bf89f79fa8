"""Mid-range equaliser: a boost of the low mids, a dip, and a boost of the high mids.

    x ─▶ low boost ─▶ mid dip ─▶ high boost ─▶ transformers ─▶ gain ─▶ y
"""

from typing import Any

from dsp import units
from dsp.effects import tone
from dsp.effects.passive import hertz, iron
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.processors import shapes

ON, GAIN, LOW, MID, HIGH, BASS = (*range(3), *(2 + COEFFICIENTS * i for i in range(1, 4)))
TRANSFORMER = BASS + COEFFICIENTS
SIDE = TRANSFORMER + 1
STATES = 8
Q = 1.2


def memory(rate: float) -> int:
    """No lines."""
    return 0


def side(
    on: bool, gain_db: float, low_freq: str, low: float, mid_freq: str, mid: float, high_freq: str, high: float,
    transformer: bool, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Settings of one side; the last quarter of the dip does little."""
    dip_db = -10 * (1 - (1 - mid / 10) ** 1.7)
    return [
        float(on), float(units.db_to_gain(gain_db)),
        *tone.shape(shapes.bell(low, Q), hertz(low_freq), rate, low > 0),
        *tone.shape(shapes.bell(dip_db, Q), hertz(mid_freq), rate, mid > 0),
        *tone.shape(shapes.bell(0.8 * high, Q), hertz(high_freq), rate, high > 0),
        *tone.shape(shapes.low_pass_1(), 60.0, rate), 0.12 * transformer,
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike."""
    return 2 * side(*knobs, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*side(*knobs[:half], rate=rate), *side(*knobs[half:], rate=rate)]


def process(slot):
    """Make one sub-block."""
    for side in range(2):
        k, s = side * SIDE, side * STATES
        for n in range(slot.x.shape[1]):
            x = slot.x[side, n]
            y = tone.tick(slot, k + MID, s + 2, n, tone.tick(slot, k + LOW, s, n, x))
            y = tone.tick(slot, k + HIGH, s + 4, n, y)
            y = iron(slot, k + BASS, s + 6, n, y, setting(slot, k + TRANSFORMER, n)) * setting(slot, k + GAIN, n)
            slot.x[side, n] = x + setting(slot, k + ON, n) * (y - x)
