"""Optical compressor: a lamp and a cell that remembers how long and how deep it was lit.

    x ─▶ × cell ─▶ gain ─▶ y
           ▲  half lets go in 60 ms, the rest in half a second to five, the longer it was lit
           ╰─ lamp ◀─ | |
"""

import math
from typing import Any

from dsp import units
from dsp.effects import follower
from dsp.effects.tone import setting
from dsp.native.kernel import part

ON, MAKEUP, THRESHOLD, SLOPE, ATTACK, FAST, MEMORY_RISE, MEMORY_FALL, LINK = range(9)
SIDE = 9
STATES = 6
KNEE_DB = 10.0
NEVER_DB = 48.0
"""Threshold that nothing reaches."""


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _side(on: bool, gain: float, peak: float, mode: str, out_db: float, *, link: bool, rate: float) -> list[Any]:
    return [
        float(on), float(units.db_to_gain(40 * (gain - 44) / 56 + out_db)),
        8 - 48 * peak / 100 if peak > 0 else NEVER_DB,
        1 - 1 / (3.0 if mode == "COMP" else 12.0), follower.step(10, rate), follower.step(60, rate),
        follower.step(2000, rate), follower.step(10_000, rate), float(link),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike and together."""
    return 2 * _side(*knobs, link=True, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    return [*_side(*knobs[:5], link=False, rate=rate), *_side(*knobs[5:], link=False, rate=rate)]


@part
def cell_db(slot, k, s, n, level):
    """Reduction of the cell: half of it lets go fast, the other half the slower the longer it was lit."""
    over = 20 * math.log10(level + 1e-9) - setting(slot, k + THRESHOLD, n)
    over = 0.0 if over <= -KNEE_DB / 2 else over if over >= KNEE_DB / 2 else (over + KNEE_DB / 2) ** 2 / (2 * KNEE_DB)
    ask = setting(slot, k + SLOPE, n) * over
    fast, slow, lit = slot.state[s], slot.state[s + 1], slot.state[s + 2]
    shines = 1.0 if ask > 1 else 0.0
    lit += setting(slot, k + (MEMORY_RISE if ask > 1 else MEMORY_FALL), n) * (shines - lit)
    fast += setting(slot, k + (ATTACK if ask > fast else FAST), n) * (ask - fast)
    release = 1 / ((0.5 + 4.5 * lit) * slot.rate)
    slow += (setting(slot, k + ATTACK, n) if ask > slow else release) * (ask - slow)
    slot.state[s], slot.state[s + 1], slot.state[s + 2] = fast, slow, lit
    return (fast + slow) / 2


def process(slot):
    """Make one sub-block."""
    slot.meter[0] = slot.meter[1] = 1.0
    for n in range(slot.x.shape[1]):
        both = slot.target[LINK] * max(abs(slot.x[0, n]), abs(slot.x[1, n]))
        for side in range(2):
            k, s = side * SIDE, side * STATES
            x = slot.x[side, n]
            level = slot.state[s + 3]
            heard = max(abs(x), both)
            level = heard if heard > level else level + (heard - level) / (0.02 * slot.rate)
            slot.state[s + 3] = level
            gain = 10 ** (-cell_db(slot, k, s, n, level) / 20)
            slot.meter[side] = min(slot.meter[side], gain)
            slot.x[side, n] = x + setting(slot, k + ON, n) * (x * gain * setting(slot, k + MAKEUP, n) - x)
