"""Stereo image: middle and side weighed, placed, and the side's lows raised or lowered.

    x ─▶ L R or M S in ─▶ M × gain, S × gain ─▶ shelf of S ─▶ places ─▶ L R or M S out ─▶ gain ─▶ y

In the middle of all knobs it is a plain wire.
"""

from typing import Any

from dsp import units
from dsp.effects import tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.processors import shapes

# Four gains each into middle and side and out of them, then the shelf of the side.
MID_LEFT, MID_RIGHT, SIDE_LEFT, SIDE_RIGHT, LEFT_MID, LEFT_SIDE, RIGHT_MID, RIGHT_SIDE, SHELF = range(9)
ON = SHELF + COEFFICIENTS
WIDE_HZ = 600.0


def memory(rate: float) -> int:
    """No lines."""
    return 0


def imager(
    balance: float, mono_pan: float, stereo_pan: float, shelf_db: float, shelf_hz: float, shelf_q: float,
    gain_db: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Balance of middle and side, the places of both, and a shelf that turns phase into width at low frequencies."""
    mid, side = min(1.0, 1 - balance / 100), min(1.0, 1 + balance / 100)
    gain = float(units.db_to_gain(gain_db))
    left, right = (min(1.0, 1 - mono_pan / 100), min(1.0, 1 + mono_pan / 100))
    wide_left, wide_right = (min(1.0, 1 - stereo_pan / 100), min(1.0, 1 + stereo_pan / 100))
    return [
        0.5 * mid, 0.5 * mid, 0.5 * side, -0.5 * side, gain * left, gain * wide_left, gain * right,
        -gain * wide_right, *tone.shape(shapes.low_shelf(shelf_db, shelf_q / 2), shelf_hz, rate, shelf_db > 0), 1.0,
    ]  # fmt: skip


def tool(
    on: bool, into: str, out: str, width: float, low_width: float, balance: float, distance: float, gain_db: float, *,
    rate: float,
) -> list[Any]:  # fmt: skip
    """Width of the whole and of the lows, balance of the sides, and a middle that comes forward or goes back."""
    gain = float(units.db_to_gain(gain_db))
    side = 1 + width / 50 if width < 0 else 10 ** (6 * width / 1000)
    mid = 10 ** (-6 * distance / 1000)
    left, right = gain * min(1.0, 1 - balance / 50), gain * min(1.0, 1 + balance / 50)
    entry = (0.5 * mid, 0.5 * mid, 0.5 * side, -0.5 * side) if into == "ST" else (mid, 0.0, 0.0, side)
    leave = (left, left, right, -right) if out == "ST" else (left, 0.0, 0.0, right)
    low_db = 9 * low_width / 50
    return [*entry, *leave, *tone.shape(shapes.low_shelf(low_db, 0.6), WIDE_HZ, rate, low_db != 0), float(on)]


def process(slot):
    """Make one sub-block."""
    for n in range(slot.x.shape[1]):
        a, b = slot.x[0, n], slot.x[1, n]
        mid = setting(slot, MID_LEFT, n) * a + setting(slot, MID_RIGHT, n) * b
        side = setting(slot, SIDE_LEFT, n) * a + setting(slot, SIDE_RIGHT, n) * b
        side = tone.tick(slot, SHELF, 0, n, side)
        on = setting(slot, ON, n)
        slot.x[0, n] = a + on * (setting(slot, LEFT_MID, n) * mid + setting(slot, LEFT_SIDE, n) * side - a)
        slot.x[1, n] = b + on * (setting(slot, RIGHT_MID, n) * mid + setting(slot, RIGHT_SIDE, n) * side - b)
