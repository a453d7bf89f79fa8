"""Transistor compressor: input drives into a fixed threshold; attack and release faster than any other.

    x ─▶ gain ─▶ × g ─▶ a little bent ─▶ gain ─▶ y
                 ▲
                 ╰─ attack, release ◀─ threshold and knee of the ratio ◀─ | |
"""

import math
from typing import Any

from dsp import units
from dsp.effects import follower, tone
from dsp.effects.tone import setting
from dsp.native.kernel import part

RATIOS = {"4": (4.0, -13.0, 6.0), "8": (8.0, -11.0, 4.0), "12": (12.0, -9.0, 3.0), "20": (20.0, -7.0, 2.0),
          "ALL": (16.0, -15.0, 8.0)}  # fmt: skip
"""Ratio, threshold in dBFS behind the input's gain, and knee in dB of each button."""
UNITY_IN_DB, UNITY_OUT_DB = 24.0, 23.0
ON, IN, OUT, THRESHOLD, SLOPE, KNEE, ATTACK, RELEASE, BEND, LINK = range(10)
SIDE = 10
STATES = 6


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _side(
    on: bool, in_db: float, out_db: float, attack: float, release: float, ratio: str, *, link: bool, rate: float
) -> list[Any]:
    slope, threshold_db, knee_db = RATIOS[ratio]
    attack_ms = 0.8 * (1 / 40) ** ((attack - 1) / 6)
    release_ms = 1100 * (1 / 22) ** ((release - 1) / 6)
    return [
        float(on), float(units.db_to_gain(in_db + UNITY_IN_DB)), float(units.db_to_gain(out_db + UNITY_OUT_DB)),
        threshold_db, 1 - 1 / slope, knee_db, follower.step(attack_ms, rate), follower.step(release_ms, rate),
        0.12 if ratio == "ALL" else 0.04, float(link),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike and together."""
    return 2 * _side(*knobs, link=True, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    return [*_side(*knobs[:6], link=False, rate=rate), *_side(*knobs[6:], link=False, rate=rate)]


@part
def followed(slot, k, s, into):
    """Reduction that goes along with its own input's gain: what a hand moves needs no attack to be caught."""
    held, before = slot.state[s], slot.state[s + 5]
    slot.state[s + 5] = into
    if held > 0 and into != before:
        held = max(held + slot.target[k + SLOPE] * 20 * math.log10(into / before), 0.0)
    return held


def process(slot):
    """Make one sub-block."""
    slot.meter[0] = slot.meter[1] = 1.0
    for n in range(slot.x.shape[1]):
        both = slot.target[LINK] * max(abs(slot.x[0, n]), abs(slot.x[1, n]))
        for side in range(2):
            k, s = side * SIDE, side * STATES
            x = slot.x[side, n]
            into = tone.eased(slot, k + IN, s + 1, n)
            over = 20 * math.log10(max(abs(x), both) * into + 1e-9) - tone.eased(slot, k + THRESHOLD, s + 3, n)
            knee = setting(slot, k + KNEE, n)
            over = 0.0 if over <= -knee / 2 else over if over >= knee / 2 else (over + knee / 2) ** 2 / (2 * knee)
            ask = setting(slot, k + SLOPE, n) * over
            held = followed(slot, k, s, into)
            held += setting(slot, k + (ATTACK if ask > held else RELEASE), n) * (ask - held)
            slot.state[s] = held
            gain = 10 ** (-held / 20)
            slot.meter[side] = min(slot.meter[side], gain)
            y = x * into * gain
            y -= setting(slot, k + BEND, n) * min(held / 10, 2.0) * y * y * y / (1 + y * y)
            slot.x[side, n] = x + setting(slot, k + ON, n) * (y * setting(slot, k + OUT, n) - x)
