"""Pitch shifter: a head that reads slower or faster than it is written, and jumps where the wave is alike.

    x ─▶ line ─┬─▶ head at 1 − ratio ─▶ fades out ─╮
               ╰─▶ head after the jump ▶ fades in ─┴─▶ cuts ─▶ later ─▶ place ─▶ + ─▶ y

A jump is as long as makes what follows most like what would have followed [1]_.

.. [1] U. Zölzer (ed.), "DAFX: Digital Audio Effects", ch. 6, Wiley, 2011.
"""

import math
from typing import Any

from dsp.effects import line, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls
from dsp.native.kernel import part

WINDOW_S, FADE_S, SHORTEST_S, LONGEST_S = 0.040, 0.010, 0.002, 0.6
ALIKE_S = 0.006
"""How much of the wave is compared."""
MIX, LINK, RATIO, DELAY, LEFT, RIGHT, SELF, CROSS, LOW = 0, 1, 2, 3, 4, 5, 6, 7, 8
HIGH, ALIAS = LOW + COEFFICIENTS, LOW + 2 * COEFFICIENTS
SIDE = ALIAS + COEFFICIENTS
STATES = 12
HEAD, OTHER, FADED = 6, 7, 8
STRIDE = 4


def memory(rate: float) -> int:
    """Floats of two lines."""
    return 2 * line.length(LONGEST_S * rate)


def _voice(
    semitones: float, cents: float, delay_ms: float, left: float, right: float, low_hz: float, high_hz: float,
    mix: float, link: bool, rate: float,
) -> list[Any]:  # fmt: skip
    ratio = 2 ** ((100 * semitones + cents) / 1200)
    return [
        mix / 100, float(link), ratio, max(round(delay_ms * rate / 1000), 1), left, right, 1.0, 0.0,
        *tone.low_cut(low_hz, rate), *tone.high_cut(high_hz, rate),
        *tone.high_cut(min(0.45 * rate / ratio, 3e4) if ratio > 1.01 else 3e4, rate),
    ]  # fmt: skip


def design(
    semitones: float, cents: float, delay_ms: float, low_hz: float, high_hz: float, mix: float, *, rate: float
) -> list[Any]:
    """Both sides alike, jumping together."""
    sides = ((1.0, 0.0), (0.0, 1.0))
    return [c for at in sides for c in _voice(semitones, cents, delay_ms, *at, low_hz, high_hz, mix, True, rate)]


def dual(*knobs: float, rate: float) -> list[Any]:
    """One voice of the left, one of the right, each with its place."""
    first, mix, second, high_hz = knobs[:5], knobs[5], knobs[6:11], knobs[11]
    made: list[Any] = []
    for semitones, cents, delay_ms, gain, place in (first, second):
        left, right = min(1.0, 1 - place / 100), min(1.0, 1 + place / 100)
        loud = gain / 100
        made += _voice(semitones, cents, delay_ms, left * loud, right * loud, 0.0, high_hz, mix, False, rate)
    return made


@part
def likeness(memory, first, size, frame, here, there, frames):
    """How alike the wave is behind two places: 1 the same, -1 turned over; squared, with its sign."""
    both, one, other = 0.0, 1e-9, 1e-9
    for i in range(0, frames, STRIDE):
        a = line.read(memory, first, size, frame, here + i)
        b = line.read(memory, first, size, frame, there + i)
        both += a * b
        one += a * a
        other += b * b
    return both * abs(both) / (one * other)


@part
def jump(memory, first, size, frame, head, lowest, highest, frames):
    """Where to go on between two delays, as far as the wave there is most like here."""
    here, best, found = int(head), -2.0, head
    for there in range(lowest, highest, STRIDE):
        alike = likeness(memory, first, size, frame, here, there, frames)
        if alike > best:
            best, found = alike, there + (head - here)
    whole = int(found)
    for there in range(max(whole - STRIDE, lowest), whole + STRIDE + 1):
        alike = likeness(memory, first, size, frame, here, there, frames)
        if alike > best:
            best, found = alike, there + (head - here)
    return found


@part
def heard(slot, memory, size, frame, n, side, head):
    """What a head reads, later by the delay; another delay cross-fades."""
    k, first, back = side * SIDE + DELAY, side * size, max(head, line.NEAREST)
    new = line.between(memory, first, size, frame - int(slot.target[k]), back)
    if slot.gliding:
        old = line.between(memory, first, size, frame - int(slot.start[k]), back)
        return new + slot.weight[n] * (old - new)
    return new


@part
def shifted(slot, memory, size, frame, n, side):
    """One frame of a voice."""
    k, s, first = side * SIDE, side * STATES, side * size
    rate, late = slot.rate, int(slot.target[k + DELAY])
    fade, shortest = FADE_S * rate, SHORTEST_S * rate
    ratio = tone.eased(slot, k + RATIO, s + 9, n)
    head, other, faded = slot.state[s + HEAD], slot.state[s + OTHER], slot.state[s + FADED]
    if head == 0:
        head = other = shortest
        faded = fade
    step = 1 - ratio
    window = int(WINDOW_S * rate)
    if faded >= fade:
        reserve = abs(step) * fade + 4
        if step > 0 and head > shortest + window:
            other, faded = head, 0.0
            highest = int(shortest + window / 2)
            head = jump(memory, first, size, frame - late, other, int(shortest), highest, int(ALIKE_S * rate))
        elif step < 0 and head < shortest + reserve:
            other, faded = head, 0.0
            lowest = int(shortest + reserve + window / 2)
            highest = int(shortest + reserve + window)
            head = jump(memory, first, size, frame - late, other, lowest, highest, int(ALIKE_S * rate))
    y = heard(slot, memory, size, frame, n, side, head)
    if faded < fade:
        w = 0.5 - 0.5 * math.cos(math.pi * faded / fade)
        old = heard(slot, memory, size, frame, n, side, other)
        y = old + w * (y - old)
        faded += 1
        other += step
    head += step
    if abs(step) < 1e-9 and faded >= fade:
        head = shortest if abs(head - shortest) < 1 else head
    slot.state[s + HEAD], slot.state[s + OTHER], slot.state[s + FADED] = head, other, faded
    return y


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_S * slot.rate)
    for n in range(slot.x.shape[1]):
        frame = slot.frame + n
        left, right = 0.0, 0.0
        for side in range(2):
            k, s = side * SIDE, side * STATES
            x = tone.tick(slot, k + ALIAS, s, n, slot.x[side, n])
            line.write(memory, side * size, size, frame, x)
            y = shifted(slot, memory, size, frame, n, side)
            y = tone.tick(slot, k + HIGH, s + 4, n, tone.tick(slot, k + LOW, s + 2, n, y))
            left += setting(slot, k + LEFT, n) * y
            right += setting(slot, k + RIGHT, n) * y
        mix = setting(slot, MIX, n)
        slot.x[0, n] += mix * (left - slot.x[0, n])
        slot.x[1, n] += mix * (right - slot.x[1, n])
