"""Gated and reverse reverb: a burst of reflections whose loudness is drawn, and that ends at once.

    x ─▶ high shelf ─▶ low cut ─▶ scattering ─▶ line of each side ─▶ many taps, weighed ─▶ level ─▶ y
"""

import math
from typing import Any

import numpy as np

from dsp.effects import line, network, plane, tone
from dsp.effects.network import LINES, Room
from dsp.effects.tone import COEFFICIENTS
from dsp.native import calls, lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ZERO
from dsp.processors import shapes

LONGEST_S = 1.6
MOST_TAPS = 96
NETWORK = 0
LOW = network.SETTINGS
SHELF = LOW + COEFFICIENTS
TIME = SHELF + COEFFICIENTS
WEIGHT = TIME + 2 * MOST_TAPS
SCATTERED_MS = 14.0
FALL = 0.1
"""Part of the decay in which a gate closes."""


def memory(rate: float) -> int:
    """Floats of the scattering and of two lines."""
    return network.memory(rate) + 2 * line.floats(LONGEST_S * rate)


def _settings(
    count: int, spread: float, decay_ms: float, pre_ms: float, diffusion: float, level_db: float, low_hz: float,
    shelf_hz: float, shelf_db: float, drawn: Any, even_db: float, rate: float,
) -> list[Any]:  # fmt: skip
    room = Room(20.0, 1.0, SCATTERED_MS * diffusion / 30, np.zeros(LINES), early=1.0, tail=0.0)
    made = [*network.design(room, rate), *tone.low_cut(low_hz, rate),
            *tone.shape(shapes.high_shelf(shelf_db, shapes.BUTTERWORTH), shelf_hz, rate, shelf_db < 0)]  # fmt: skip
    times, weights = [], []
    for side in range(2):
        random = network.chance(2 * MOST_TAPS, 1000 + side)
        u = (np.arange(MOST_TAPS) + random[:MOST_TAPS]) / count
        # Spread draws the taps together at the start (below 50) or at the end.
        u = np.where(u < 1, u, 0) ** (2 ** ((50 - spread) / 50))
        weight = np.where(np.arange(MOST_TAPS) < count, drawn(u), 0.0)
        weight *= np.where(random[MOST_TAPS:] < 0.5, -1, 1)
        weights.append(weight / math.sqrt((weight**2).sum()) * 10 ** ((level_db + even_db) / 20))
        times.append(1 + np.round((pre_ms + u * decay_ms) * rate / 1000))
    return [*made, *np.concatenate(times), *np.concatenate(weights)]


def gated(
    pre_ms: float, decay_ms: float, attack: float, density: float, spread: float, level_db: float, low_hz: float,
    shelf_hz: float, shelf_db: float, diffusion: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """As loud until its end, then shut within a tenth."""
    rise = attack / 90

    def drawn(u: Any) -> Any:
        closing = np.clip((u - 1 + FALL) / FALL, 0, 1)
        return np.clip((u + 0.02) / max(rise, 0.02), 0, 1) * (0.5 + 0.5 * np.cos(math.pi * closing))

    count = 16 + round((MOST_TAPS - 16) * density / 50)
    return _settings(count, spread, decay_ms, pre_ms, diffusion, level_db, low_hz, shelf_hz, shelf_db, drawn, 1.2, rate)


def reverse(
    pre_ms: float, decay_ms: float, rise: float, diffusion: float, spread: float, level_db: float, low_hz: float,
    shelf_hz: float, shelf_db: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Louder and louder, then nothing."""

    def drawn(u: Any) -> Any:
        return u ** (1 + rise / 10)

    return _settings(
        MOST_TAPS, spread, decay_ms, pre_ms, diffusion, level_db, low_hz, shelf_hz, shelf_db, drawn, 1.2, rate
    )


@kernel
def collect(slot, k, ring, size, y):
    """What all taps of a side hear, whose times begin at setting `k`."""
    for group in range(plane.GROUPS):
        total = lanes.fill(ZERO)
        for tap in range(k, k + MOST_TAPS):
            if slot.target[WEIGHT - TIME + tap] != 0 or slot.start[WEIGHT - TIME + tap] != 0:
                total = total + tone.row(slot, WEIGHT - TIME + tap, group) * line.late(slot, tap, group, ring, size)
        lanes.store(y, group, total)


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    tone.both(slot, SHELF, SHELF, 0, 4)
    tone.both(slot, LOW, LOW, 2, 6)
    network.hear(slot, memory, lanes.at(slot.x, 0), lanes.at(slot.x, 1))
    early = network.scatter(slot, NETWORK, memory)
    for side in range(2):
        ring = lanes.offset(memory, network.memory(slot.rate) + side * line.floats(LONGEST_S * slot.rate))
        y = lanes.at(slot.x, side)
        network.give_early(slot, NETWORK, early, side, y)
        for group in range(plane.GROUPS):
            line.put(ring, size, slot.frame, group, lanes.load(y, group))
        collect(slot, TIME + side * MOST_TAPS, ring, size, y)
