"""Dimension chorus: two delays that move against each other, each also turned over on the other side.

    x ─▶ delay A (later, earlier) ─┬─▶ L = A − high-passed B        ─▶ + dry ─▶ y
    x ─▶ delay B (earlier, later) ─┴─▶ R = B − high-passed A

Whatever moves in one side moves the other way in the other: wide, and nothing wobbles in the sum.
"""

import math
from typing import Any

from dsp.effects import line, sweep, tone
from dsp.effects.tone import setting
from dsp.native import calls
from dsp.processors import shapes

LONGEST_S = 0.03
BASE_MS = 12.0
DEPTHS_MS = (0.4, 0.7, 1.1, 1.5)
HIGH_PASS_HZ = 200.0
ON, DRY, OWN, CROSS, BLEND, SWEEP = 0, 1, 2, 3, 4, 5
HIGH = SWEEP + sweep.SETTINGS
TURN = 8


def memory(rate: float) -> int:
    """Floats of two lines."""
    return 2 * line.length(LONGEST_S * rate)


def design(
    on: bool, channels: str, dry: bool, first: bool, second: bool, third: bool, fourth: bool, *, rate: float
) -> list[Any]:
    """Turn the buttons into one movement: their depths add as powers do, the last is also quicker."""
    pressed = (first, second, third, fourth)
    depth_ms = math.sqrt(sum(ms * ms for ms, down in zip(DEPTHS_MS, pressed, strict=True) if down))
    highest = max((i for i, down in enumerate(pressed) if down), default=0)
    longest = BASE_MS + depth_ms
    moved = sweep.design(0.5 if fourth else 0.25, 180, 0.0, (longest, longest), (2 * depth_ms / longest,) * 2, rate)
    mono = channels == "M"
    return [
        float(on), float(dry), 0.5 if mono else 1.0, 0.5 if mono else 0.0, 10 ** ((-9 + 2 * highest) / 20), *moved,
        *tone.shape(shapes.high_pass_1(), HIGH_PASS_HZ, rate),
    ]  # fmt: skip


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        turn = sweep.advance(slot, SWEEP, TURN, n)
        x = slot.x[0, n], slot.x[1, n]
        for side in range(2):
            fed = setting(slot, OWN, n) * x[side] + setting(slot, CROSS, n) * x[1 - side]
            line.write(memory, side * size, size, frame, fed)
        a = sweep.read(slot, SWEEP, n, 0, turn, memory, 0, size, frame)
        b = sweep.read(slot, SWEEP, n, 1, turn, memory, size, size, frame)
        blend, on, dry = setting(slot, BLEND, n), setting(slot, ON, n), setting(slot, DRY, n)
        left = a - blend * tone.tick(slot, HIGH, 0, n, b) + dry * x[0]
        right = b - blend * tone.tick(slot, HIGH, 2, n, a) + dry * x[1]
        slot.x[0, n] = x[0] + on * (left - x[0])
        slot.x[1, n] = x[1] + on * (right - x[1])
