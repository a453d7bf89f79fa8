"""Transient designer: beginnings and tails of notes are raised or lowered, at any level, each side by itself.

    x ─▶ peak ─┬─▶ follows ──────────╮ difference: the beginning
               ├─▶ rises slowly ─────╯
               └─▶ falls slowly ─────  difference: the tail ─▶ gain ─▶ y

There is no threshold: differences of levels in dB do not know how loud it is.
"""

import math
from typing import Any

from dsp import units
from dsp.effects import follower
from dsp.effects.tone import setting

ATTACK, SUSTAIN, GAIN, FOLLOW, RISE, FALL = 0, 1, 2, 3, 3 + follower.SETTINGS, 4 + follower.SETTINGS
SIDE = FALL + 1
STATES = 4
MOST_ATTACK_DB, MOST_SUSTAIN_DB = 15.0, 24.0
FLOOR = 10 ** (-70 / 20)
HOLD_MS, RELEASE_MS, SLOW_RISE_MS, SLOW_FALL_MS = 20.0, 30.0, 30.0, 400.0


def memory(rate: float) -> int:
    """No lines."""
    return 0


def design(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    made: list[Any] = []
    for attack, sustain, gain_db in (knobs[:3], knobs[3:]):
        made += [attack / 100, sustain / 100, float(units.db_to_gain(gain_db)),
                 *follower.design(0.5, HOLD_MS, RELEASE_MS, rate),
                 follower.step(SLOW_RISE_MS, rate), follower.step(SLOW_FALL_MS, rate)]  # fmt: skip
    return made


def process(slot):
    """Make one sub-block."""
    for side in range(2):
        k, s = side * SIDE, side * STATES
        for n in range(slot.x.shape[1]):
            x = slot.x[side, n]
            peak = follower.tick(slot, k + FOLLOW, s, n, abs(x))
            slow, held = slot.state[s + 2], slot.state[s + 3]
            slow += (setting(slot, k + RISE, n) if peak > slow else 1.0) * (peak - slow)
            held += (setting(slot, k + FALL, n) if peak < held else 1.0) * (peak - held)
            slot.state[s + 2], slot.state[s + 3] = slow, held
            begins = min(20 * math.log10((peak + FLOOR) / (slow + FLOOR)), MOST_ATTACK_DB)
            lasts = min(20 * math.log10((held + FLOOR) / (peak + FLOOR)), MOST_SUSTAIN_DB)
            gain_db = setting(slot, k + ATTACK, n) * begins + setting(slot, k + SUSTAIN, n) * lasts
            slot.x[side, n] = x * setting(slot, k + GAIN, n) * math.exp(0.1151292546 * gain_db)
