"""Valve compressor: gain of variable valves, controlled by what comes out; six sets of times, two by themselves.

    x ─▶ gain ─▶ × g ─┬─▶ thump ─▶ gain ─▶ y
                 ▲    ▼
                 ╰─ valves ◀─ fast and slow capacitors ◀─ | | − threshold
"""

import math
from typing import Any

from dsp import units
from dsp.effects import follower, tone
from dsp.effects.tone import setting
from dsp.native.kernel import part

TIMES = ((0.2, 300, 0, 0), (0.2, 800, 0, 0), (0.4, 2000, 0, 0), (0.8, 5000, 0, 0), (0.4, 2000, 10_000, 0.35),
         (0.2, 300, 10_000, 0.5))  # fmt: skip
"""Attack and release in ms, release of the slow capacitor, and its share."""
NET_DB = 16.5
"""Gain of the valves, which makes the factory's knobs unity."""
NEVER_DB = 48.0
"""Threshold that nothing reaches."""
ON, IN, OUT, THRESHOLD, SLOPE, KNEE, ATTACK, RELEASE, SLOW, SHARE, THUMP, LINK, FORM = range(13)
SIDE = 13
STATES = 6
SLOW_RISE_MS = 300.0


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _side(
    on: bool, in_db: float, threshold: float, time: float, bias: float, out_db: float, balance: float, *,
    rate: float, link: bool, form: bool = False,
) -> list[Any]:  # fmt: skip
    attack, release, slow, share = TIMES[int(time) - 1]
    threshold_db = 12.0 - 36 * threshold / 10 if threshold > 0 else NEVER_DB
    ratio = 20 * 0.1 ** (bias / 100)
    return [
        float(on), float(units.db_to_gain(in_db + 8)), float(units.db_to_gain(out_db + NET_DB - 8)), threshold_db,
        ratio - 1, 2 + 14 * bias / 100, follower.step(attack, rate), follower.step(release, rate),
        follower.step(slow or release, rate), share, (balance - 55) / 1000, float(link), float(form),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike and together."""
    return 2 * _side(*knobs, rate=rate, link=True)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    return [*_side(*knobs[:7], rate=rate, link=False), *_side(*knobs[7:], rate=rate, link=False)]


def middle_side(on: bool, *knobs: Any, rate: float) -> list[Any]:
    """Middle and side, each by itself."""
    return [*(c for half in (knobs[:6], knobs[6:]) for c in _side(on, *half, rate=rate, link=False, form=True))]


@part
def control_db(slot, k, s, n, level):
    """Reduction that a level of the output asks for, through the capacitors."""
    over = 20 * math.log10(level + 1e-9) - tone.eased(slot, k + THRESHOLD, s + 4, n)
    knee = setting(slot, k + KNEE, n)
    if over <= -knee / 2:
        over = 0.0
    elif over < knee / 2:
        over = (over + knee / 2) ** 2 / (2 * knee)
    # What comes out is over by `over`: fed back, a slope of ratio − 1 makes the ratio.
    ask = setting(slot, k + SLOPE, n) * over
    fast, slow = slot.state[s], slot.state[s + 1]
    fast += setting(slot, k + (ATTACK if ask > fast else RELEASE), n) * (ask - fast)
    rise = min(setting(slot, k + ATTACK, n), 1000 / (SLOW_RISE_MS * slot.rate))
    slow += (rise if fast > slow else setting(slot, k + SLOW, n)) * (fast - slow)
    slot.state[s], slot.state[s + 1] = fast, slow
    return max(fast, setting(slot, k + SHARE, n) * slow)


def process(slot):
    """Make one sub-block."""
    slot.meter[0] = slot.meter[1] = 1.0
    for n in range(slot.x.shape[1]):
        a, b = slot.x[0, n], slot.x[1, n]
        coded = slot.target[FORM] > 0
        if coded:
            a, b = (a + b) / 2, (a - b) / 2
        linked = setting(slot, LINK, n) * max(slot.state[2], slot.state[STATES + 2])
        for side in range(2):
            k, s = side * SIDE, side * STATES
            x = a if side == 0 else b
            reduced_db = control_db(slot, k, s, n, max(slot.state[s + 2], linked))
            gain = 10 ** (-reduced_db / 20)
            slot.meter[side] = min(slot.meter[side], gain)
            y = x * setting(slot, k + IN, n) * gain
            slot.state[s + 2] = abs(y)
            slot.state[s + 3] += 0.005 * (gain - slot.state[s + 3])
            y += setting(slot, k + THUMP, n) * (1 - slot.state[s + 3] if slot.frame > 0 else 0.0)
            y = x + setting(slot, k + ON, n) * (y * setting(slot, k + OUT, n) - x)
            if side == 0:
                a = y
            else:
                b = y
        if coded:
            a, b = a + b, a - b
        slot.x[0, n], slot.x[1, n] = a, b
