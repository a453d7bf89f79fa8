"""A delay that sweeps: read between frames, moved by a slow oscillator; the right side later in its turn.

    d(t) = delay · (1 − depth · (1 + wave(t)) / 2)

`delay` is the longest, `depth` the share of it that moves.  Another delay cross-fades: only the oscillator bends
the pitch.
"""

import math
from typing import Any

from dsp.effects import elementary, line
from dsp.effects.tone import setting
from dsp.native.kernel import part

RATE, PHASE, WAVE, DELAY, DEPTH = 0, 1, 2, 3, 5
SETTINGS = 7
STATES = 1
SHORTEST_S = 0.0001


def design(
    speed_hz: float, phase_degrees: float, wave: float, delays_ms: tuple[float, float], depths: tuple[float, float],
    rate: float,
) -> list[Any]:  # fmt: skip
    """Turns per frame, turns between the sides, share of sine in the wave, frames, shares."""
    return [speed_hz / rate, phase_degrees / 360, wave, *(ms * rate / 1000 for ms in delays_ms), *depths]


@part
def wave(turn, share):
    """Triangle, sine or anything between, from −1 to 1, at a turn of any number."""
    p = turn - math.floor(turn)
    triangle = 4 * abs(p - 0.5) - 1
    return triangle + share * (elementary.sine(triangle / 4) - triangle)


@part
def advance(slot, k, s, n):
    """Let the oscillator go on by a frame; its turn."""
    turn = slot.state[s] + setting(slot, k + RATE, n)
    turn -= math.floor(turn)
    slot.state[s] = turn
    return turn


@part
def frames(slot, numbers, k, side, turn):
    """Delay of a side by settings as they were or are to be (`numbers`)."""
    moved = wave(turn + side * numbers[k + PHASE], numbers[k + WAVE])
    delay = numbers[k + DELAY + side] * (1 - numbers[k + DEPTH + side] * (1 + moved) / 2)
    return max(delay, max(SHORTEST_S * slot.rate, line.NEAREST))


@part
def read(slot, k, n, side, turn, memory, first, size, frame):
    """What a side hears."""
    new = line.between(memory, first, size, frame, frames(slot, slot.target, k, side, turn))
    if slot.gliding:
        old = line.between(memory, first, size, frame, frames(slot, slot.start, k, side, turn))
        return new + slot.weight[n] * (old - new)
    return new
