"""How loud it is: a peak follower with attack, hold and release.

    |x| ─▶ rises at once towards it (attack), waits (hold), falls (release) ─▶ level
"""

import math

from dsp.effects.tone import setting
from dsp.native.kernel import part

ATTACK, HOLD, RELEASE = 0, 1, 2
SETTINGS = 3
STATES = 2


def design(attack_ms: float, hold_ms: float, release_ms: float, rate: float) -> list[float]:
    """Shares of the way per frame, and frames of hold; 63 % of a step in the time that is set."""
    return [step(attack_ms, rate), hold_ms * rate / 1000, step(release_ms, rate)]


def step(time_ms: float, rate: float) -> float:
    """Share of the way that is gone in one frame when 63 % of it are gone in `time_ms`."""
    return 1 - math.exp(-1000 / (max(time_ms, 1e-3) * rate))


@part
def tick(slot, k, s, n, x):
    """Level after hearing `x`, which is not negative."""
    level, held = slot.state[s], slot.state[s + 1]
    if x > level:
        level += setting(slot, k + ATTACK, n) * (x - level)
        held = setting(slot, k + HOLD, n)
    elif held > 0:
        held -= 1
    else:
        level += setting(slot, k + RELEASE, n) * (x - level)
    level = level if level > 1e-12 else 0.0
    slot.state[s], slot.state[s + 1] = level, held
    return level
