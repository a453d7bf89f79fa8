"""Two effects in one: echoes with a chamber, a chorus or a flanger; those with a chamber; the modulation delay.

    x ─┬─▶ pair of echoes ─┬─▶ × ─────────────╮
       ├───────────────────┼─▶ swept delay ─▶ ×
       ╰───────────────────┴─▶ chamber ─────▶ + ─▶ low cut ─▶ wet ─▶ mix with x

What a type has not stands still.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from dsp.effects import bound, line, network, plane, sweep, tone
from dsp.effects.memory import FRAMES
from dsp.effects.network import LINES, Room
from dsp.effects.reverb import metres
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls, lanes
from dsp.native.kernel import kernel, part
from dsp.native.lanes import ZERO

LONGEST_ECHO_S = 4.6
LONGEST_SWEEP_S = 0.06

NETWORK = 0
ECHO = network.SETTINGS
ECHO_FEED, ECHO_SELF, ECHO_CROSS, ECHO_MOVES = (ECHO + i for i in range(2, 6))
ECHO_SWEEP = ECHO_MOVES + 1
ECHO_LOW = ECHO_SWEEP + sweep.SETTINGS
ECHO_HIGH = ECHO_LOW + COEFFICIENTS
SWEEP = ECHO_HIGH + COEFFICIENTS
SWEEP_FEED = SWEEP + sweep.SETTINGS
LOW = SWEEP_FEED + 1
MIX = LOW + COEFFICIENTS
SWEEP_FED, SWEEP_ECHO, ROOM_FED, ROOM_ECHO, HEAR_ECHO, HEAR_SWEEP, HEAR_ROOM = (MIX + 1 + i for i in range(7))
HAS_ECHO, HAS_SWEEP, HAS_ROOM = (HEAR_ROOM + 1 + i for i in range(3))

S = network.STATES
TURN, ECHO_TURN, FILTERS = S, S + 1, S + 2
AGAIN = FILTERS + 12
"""What each side repeats."""


def memory(rate: float) -> int:
    """Floats of the chamber, two echoes, two swept delays, and of a sub-block's work."""
    delays = line.length(LONGEST_ECHO_S * rate) + line.length(LONGEST_SWEEP_S * rate)
    return network.memory(rate) + 2 * delays + 6 * FRAMES


remembered = network.remembered


def _shares(balance: float) -> tuple[float, float]:
    """First effect alone (−100), both (0), second alone (100)."""
    return min(1.0, 1 - balance / 100), min(1.0, 1 + balance / 100)


Echo = tuple[float, str, float, float, float]


def _echo(time_ms: float, pattern: str, cut_hz: float, feed: float, rate: float) -> list[Any]:
    crossed = pattern.endswith("X")
    ratio = float(Fraction(pattern.rstrip("X")))
    return [
        round(time_ms * rate / 1000), round(time_ms * ratio * rate / 1000), feed / 100, float(not crossed),
        float(crossed), 0.0, *sweep.design(0, 0, 0, (1, 1), (0, 0), rate), *tone.low_cut(0, rate),
        *tone.high_cut(cut_hz, rate),
    ]  # fmt: skip


def _no_echo(rate: float) -> list[Any]:
    return _echo(1000, "1", 20_000, 0, rate)


def _swept(speed: float, depth: float, delay: float, phase: float, wave: float, feed: float, rate: float) -> list[Any]:
    return [*sweep.design(speed, phase, wave, (delay, delay), (depth / 100, depth / 100), rate), feed / 100]


def _no_sweep(rate: float) -> list[Any]:
    return _swept(0, 0, 10, 0, 0, 0, rate)


def _chamber(pre_ms: float, decay_s: float, size: float, damp_hz: float, rate: float) -> list[Any]:
    room = metres(size)
    taps = pre_ms + network.window(0.3, 600 * room / network.SOUND_M_S)
    loud = (decay_s / 1.43) ** 0.25
    made = Room(room, decay_s, 20.0, taps, damp_hz, depth_ms=0.25, rate_hz=0.53, early=0.8 * loud, tail=loud)
    return list(network.design(made, rate))


def _no_chamber(rate: float) -> list[Any]:
    return [*network.design(Room(20.0, 1.0, 20.0, np.zeros(LINES), early=0.0, tail=0.0), rate)]


def delay_chamber(
    time_ms: float, pattern: str, cut_hz: float, feed: float, cross: float, balance: float, pre_ms: float,
    decay_s: float, size: float, damp_hz: float, low_hz: float, mix: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Echoes, and a chamber that hears the input and as much of the echoes as is sent on."""
    first, second = _shares(balance)
    return [
        *_chamber(pre_ms, decay_s, size, damp_hz, rate), *_echo(time_ms, pattern, cut_hz, feed, rate),
        *_no_sweep(rate), *tone.low_cut(low_hz, rate), mix / 100, 0, 0, 1, cross / 100, first, 0, second,
        1, 0, 1,
    ]  # fmt: skip


def chorus_chamber(
    speed: float, depth: float, delay: float, phase: float, wave: float, balance: float, pre_ms: float, decay_s: float,
    size: float, damp_hz: float, low_hz: float, mix: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """A chorus and a chamber side by side."""
    first, second = _shares(balance)
    return [
        *_chamber(pre_ms, decay_s, size, damp_hz, rate), *_no_echo(rate),
        *_swept(speed, depth, delay, phase, wave / 100, 0, rate), *tone.low_cut(low_hz, rate), mix / 100,
        1, 0, 1, 0, 0, first, second, 0, 1, 1,
    ]  # fmt: skip


def flanger_chamber(
    speed: float, depth: float, delay: float, phase: float, feed: float, balance: float, pre_ms: float, decay_s: float,
    size: float, damp_hz: float, low_hz: float, mix: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """A flanger and a chamber side by side."""
    first, second = _shares(balance)
    return [
        *_chamber(pre_ms, decay_s, size, damp_hz, rate), *_no_echo(rate),
        *_swept(speed, depth, delay, phase, 0, feed, rate), *tone.low_cut(low_hz, rate), mix / 100,
        1, 0, 1, 0, 0, first, second, 0, 1, 1,
    ]  # fmt: skip


def delay_chorus(
    time_ms: float, pattern: str, cut_hz: float, feed: float, cross: float, balance: float, speed: float, depth: float,
    delay: float, phase: float, wave: float, mix: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Echoes, and a chorus that hears the input and as much of the echoes as is sent on."""
    first, second = _shares(balance)
    return [
        *_no_chamber(rate), *_echo(time_ms, pattern, cut_hz, feed, rate),
        *_swept(speed, depth, delay, phase, wave / 100, 0, rate), *tone.low_cut(0, rate), mix / 100,
        1, cross / 100, 0, 0, first, second, 0, 1, 1, 0,
    ]  # fmt: skip


def delay_flanger(
    time_ms: float, pattern: str, cut_hz: float, feed: float, cross: float, balance: float, speed: float, depth: float,
    delay: float, phase: float, ring: float, mix: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Echoes, and a flanger that hears the input and as much of the echoes as is sent on."""
    first, second = _shares(balance)
    return [
        *_no_chamber(rate), *_echo(time_ms, pattern, cut_hz, feed, rate),
        *_swept(speed, depth, delay, phase, 0, ring, rate), *tone.low_cut(0, rate), mix / 100,
        1, cross / 100, 0, 0, first, second, 0, 1, 1, 0,
    ]  # fmt: skip


KINDS = {"AMB": (8.0, 0.6), "CLUB": (20.0, 1.2), "HALL": (50.0, 2.4)}
"""Metres, and seconds in the middle of Decay."""
WOBBLE_MS = 5.0


def modulation_delay(
    time_ms: float, ratio: str, feed: float, loop_low_hz: float, loop_high_hz: float, depth: float, speed: float,
    serial: str, kind: str, decay: float, damp_hz: float, balance: float, mix: float, *, rate: float,
) -> list[Any]:  # fmt: skip
    """Echoes whose pitch wavers, and a reverb behind them or beside them."""
    first, second = _shares(balance)
    size, usual = KINDS[kind]
    seconds = usual * 0.3 * (2.5 / 0.3) ** ((decay - 1) / 9)
    loud = (seconds / usual) ** 0.25
    made = Room(size, seconds, 20.0, np.zeros(LINES), damp_hz, depth_ms=0.25, rate_hz=0.53, early=loud, tail=loud)
    times = [time_ms, time_ms * float(Fraction(ratio))]
    moved = [min(WOBBLE_MS * depth / 100, time / 2) for time in times]
    longest = times[0] + moved[0], times[1] + moved[1]
    depths = 2 * moved[0] / longest[0], 2 * moved[1] / longest[1]
    in_series = serial == "SER"
    return [
        *network.design(made, rate), *(round(time * rate / 1000) for time in times), feed / 100, 1, 0, float(depth > 0),
        *sweep.design(speed, 90, 1.0, longest, depths, rate), *tone.low_cut(loop_low_hz, rate),
        *tone.high_cut(loop_high_hz, rate), *_no_sweep(rate), *tone.low_cut(0, rate), mix / 100,
        0, 0, float(not in_series), float(in_series), first, 0, second, 1, 0, 1,
    ]  # fmt: skip


@part
def echo(slot, echoes, size, frame, n, side, turn):
    """The echo of a side, and what it repeats."""
    moves, tap = setting(slot, ECHO_MOVES, n), 0.0
    if moves > 0:
        tap += moves * sweep.read(slot, ECHO_SWEEP, n, side, turn, echoes, side * size, size, frame)
    if moves < 1:
        tap += (1 - moves) * line.moved(slot, ECHO + side, n, echoes, side * size, size, frame)
    s = FILTERS + 4 * side
    return tap, tone.tick(slot, ECHO_HIGH, s + 2, n, tone.tick(slot, ECHO_LOW, s, n, tap))


@kernel
def repeat(slot, echoes, echoed):
    """Make echoes of both sides, one behind the other."""
    size = line.length(LONGEST_ECHO_S * slot.rate)
    for n in range(FRAMES):
        frame = slot.frame + n
        turn = sweep.advance(slot, ECHO_SWEEP, ECHO_TURN, n)
        for side in range(2):
            echoed[side * FRAMES + n], slot.state[AGAIN + side] = echo(slot, echoes, size, frame, n, side, turn)
        for side in range(2):
            own, other = slot.state[AGAIN + side], slot.state[AGAIN + 1 - side]
            fed = setting(slot, ECHO_SELF, n) * own + setting(slot, ECHO_CROSS, n) * other
            fed = bound.soft(slot.x[side, n] + setting(slot, ECHO_FEED, n) * fed)
            line.write(echoes, side * size, size, frame, fed)


@kernel
def feed(slot, share, share_of_echo, echoed, to):
    """Let an effect be fed with shares of what comes in and of its echoes: both sides, one behind the other."""
    for side in range(2):
        for group in range(plane.GROUPS):
            x = tone.row(slot, share, group) * lanes.load(lanes.at(slot.x, side), group)
            x = x + tone.row(slot, share_of_echo, group) * lanes.load(lanes.offset(echoed, side * FRAMES), group)
            lanes.store(lanes.offset(to, side * FRAMES), group, x)


@kernel
def swing(slot, swept, fed):
    """Let a swept delay on each side make of what it is fed with what is heard of it."""
    size = line.length(LONGEST_SWEEP_S * slot.rate)
    for n in range(FRAMES):
        frame = slot.frame + n
        turn = sweep.advance(slot, SWEEP, TURN, n)
        for side in range(2):
            moved = sweep.read(slot, SWEEP, n, side, turn, swept, side * size, size, frame)
            x = bound.soft(fed[side * FRAMES + n] + setting(slot, SWEEP_FEED, n) * moved)
            line.write(swept, side * size, size, frame, x)
            fed[side * FRAMES + n] = moved


@kernel
def hear(slot, share, heard, wet):
    """Add as much of one of the effects as is heard of it."""
    for side in range(2):
        for group in range(plane.GROUPS):
            there = lanes.offset(wet, side * FRAMES)
            y = tone.row(slot, share, group) * lanes.load(lanes.offset(heard, side * FRAMES), group)
            lanes.store(there, group, lanes.load(there, group) + y)


@kernel
def mix(slot, wet):
    """Let what is wet through its low cut, and beside what came in."""
    for side in range(2):
        for group in range(plane.GROUPS):
            there, x = lanes.offset(wet, side * FRAMES), lanes.at(slot.x, side)
            y = lanes.load(there, group)
            lanes.store(there, group, lanes.load(x, group))
            lanes.store(x, group, y)
    tone.both(slot, LOW, LOW, FILTERS + 8, FILTERS + 10)
    for side in range(2):
        for group in range(plane.GROUPS):
            dry, y = lanes.load(lanes.offset(wet, side * FRAMES), group), lanes.load(lanes.at(slot.x, side), group)
            lanes.store(lanes.at(slot.x, side), group, dry + tone.row(slot, MIX, group) * (y - dry))


def process(slot):
    """Make one sub-block."""
    memory, rate = calls.floats(slot.memory), slot.rate
    echoes = lanes.offset(memory, network.memory(rate))
    swept = lanes.offset(echoes, 2 * line.length(LONGEST_ECHO_S * rate))
    echoed = lanes.offset(swept, 2 * line.length(LONGEST_SWEEP_S * rate))
    heard, wet = lanes.offset(echoed, 2 * FRAMES), lanes.offset(echoed, 4 * FRAMES)
    for group in range(2 * plane.GROUPS):
        lanes.store(wet, group, lanes.fill(ZERO))
    if slot.target[HAS_ECHO] > 0:
        repeat(slot, echoes, echoed)
        hear(slot, HEAR_ECHO, echoed, wet)
    if slot.target[HAS_SWEEP] > 0:
        feed(slot, SWEEP_FED, SWEEP_ECHO, echoed, heard)
        swing(slot, swept, heard)
        hear(slot, HEAR_SWEEP, heard, wet)
    if slot.target[HAS_ROOM] > 0:
        feed(slot, ROOM_FED, ROOM_ECHO, echoed, heard)
        network.hear(slot, memory, heard, lanes.offset(heard, FRAMES))
        network.process(slot, NETWORK, 0, memory, heard, lanes.offset(heard, FRAMES))
        hear(slot, HEAR_ROOM, heard, wet)
    mix(slot, wet)
