"""Rotary loudspeaker: a horn above and a drum below 800 Hz turn before two microphones, against each other.

    x ─▶ mono ─┬─▶ high ─▶ horn: nearer, farther · louder, softer ─┬─▶ + ─▶ mix ─▶ y
               ╰─▶ low ──▶ drum, the other way, and slower to turn ╯
"""

import math
from typing import Any

from dsp.effects import line, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.native.kernel import part
from dsp.processors import shapes

LONGEST_S = 0.01
CROSSOVER_HZ = 800.0
RADIUS_S = (0.2 / 343, 0.15 / 343)
"""Time that sound takes across the radius of horn and drum."""
MICROPHONE = 1 / 3
"""Turns between the two microphones."""
MIX, SPEED, RISE, LOUD, DEPTH, WIDTH, LOW = 0, 1, 3, 5, 7, 8, 9
HIGH = LOW + COEFFICIENTS
SPLIT = 4  # states of one side of a crossover
TURN, SPEEDS = 8, 10


def memory(rate: float) -> int:
    """Floats of two lines."""
    return 2 * line.length(LONGEST_S * rate)


def design(
    slow_hz: float, fast_hz: float, accel: float, distance: float, balance: float, mix: float, stop: str, speed: str, *,
    rate: float,
) -> list[Any]:  # fmt: skip
    """Turn knobs into settings; the drum is four times as heavy as the horn, and nine tenths as fast."""
    wanted = 0.0 if stop == "STOP" else fast_hz if speed == "FAST" else slow_hz
    horn_s = 3 * 0.03 ** (accel / 100)
    rises = (1 - math.exp(-1 / (tau * rate)) for tau in (horn_s, 4 * horn_s))
    far = 10 ** (-12 * distance / 2000)
    return [
        mix / 100, wanted / rate, 0.9 * wanted / rate, *rises, min(1.0, 1 + balance / 100), min(1.0, 1 - balance / 100),
        0.45 * far, 0.5 + 0.5 * far,
        *tone.shape(shapes.low_pass(shapes.BUTTERWORTH), CROSSOVER_HZ, rate),
        *tone.shape(shapes.high_pass(shapes.BUTTERWORTH), CROSSOVER_HZ, rate),
    ]  # fmt: skip


@part
def heard(slot, n, rotor, angle, memory, size, frame):
    """What a microphone hears of a rotor that points `angle` turns away from it."""
    away = math.cos(2 * math.pi * angle)
    back = line.NEAREST + 1 + RADIUS_S[rotor] * slot.rate * (1 + away)
    y = line.between(memory, rotor * size, size, frame, back)
    return y * (1 - setting(slot, DEPTH, n) * (1 + away))


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    if slot.frame == 0:
        slot.state[SPEEDS], slot.state[SPEEDS + 1] = slot.target[SPEED], slot.target[SPEED + 1]
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        x = (slot.x[0, n] + slot.x[1, n]) / 2
        high = tone.tick(slot, HIGH, 2, n, tone.tick(slot, HIGH, 0, n, x))
        low = tone.tick(slot, LOW, 6, n, tone.tick(slot, LOW, 4, n, x))
        line.write(memory, 0, size, frame, high)
        line.write(memory, size, size, frame, low)
        for rotor in range(2):
            speed = slot.state[SPEEDS + rotor]
            speed += setting(slot, RISE + rotor, n) * (slot.target[SPEED + rotor] - speed)
            slot.state[SPEEDS + rotor] = speed
            turn = slot.state[TURN + rotor] + (speed if rotor == 0 else -speed)
            slot.state[TURN + rotor] = turn - math.floor(turn)
        horn, drum = slot.state[TURN], slot.state[TURN + 1]
        left = setting(slot, LOUD, n) * heard(slot, n, 0, horn, memory, size, frame)
        left += setting(slot, LOUD + 1, n) * heard(slot, n, 1, drum, memory, size, frame)
        right = setting(slot, LOUD, n) * heard(slot, n, 0, horn + MICROPHONE, memory, size, frame)
        right += setting(slot, LOUD + 1, n) * heard(slot, n, 1, drum + MICROPHONE, memory, size, frame)
        wide, mix = setting(slot, WIDTH, n), setting(slot, MIX, n)
        mid, side = (left + right) / 2, wide * (left - right) / 2
        slot.x[0, n] += mix * (mid + side - slot.x[0, n])
        slot.x[1, n] += mix * (mid - side - slot.x[1, n])
