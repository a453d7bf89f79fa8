"""Reverbs: halls, rooms, chambers, plates, ambiance and the two vintage machines, by one network.

    x ─▶ [machine] ─▶ low cut ─▶ high cut ─▶ [echoes] ─▶ network (pre-delay, build-up, decay) ─▶ + ─▶ y
         ╰──────────────────────────────────▶ first reflection of each side ───────────────────▶ ╯

All of it is wet.  What a type leaves out is set to nothing.
"""

import math
from typing import Any

import numpy as np

from dsp.effects import line, network, plane, tone
from dsp.effects.memory import FRAMES
from dsp.effects.network import LINES, Room
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import calls, lanes
from dsp.native.kernel import kernel, part

LONGEST_ECHO_S = 1.25

NETWORK = 0
LOW_CUT = network.SETTINGS
HIGH_CUT = LOW_CUT + COEFFICIENTS
OWN, CROSS, INPUT, DIRT = (HIGH_CUT + COEFFICIENTS + i for i in range(4))
ECHO_TIME, ECHO_LEVEL, ECHO_FEED = DIRT + 1, DIRT + 3, DIRT + 5
FIRST_TIME, FIRST_LEVEL = ECHO_FEED + 2, ECHO_FEED + 4

Settings = list[Any]


def memory(rate: float) -> int:
    """Floats of the network and of two echoes and reflections."""
    return network.memory(rate) + 2 * line.length(LONGEST_ECHO_S * rate) + 2 * line.floats(LONGEST_ECHO_S * rate)


remembered = network.remembered


def metres(size: float) -> float:
    """Room of a Size without a unit, 2 to 100."""
    return 4 + 72 * (size - 2) / 98


def _settings(
    room: Room, rate: float, level_db: float, usual: tuple[float, float], low_hz: float, high_hz: float, *,
    mono: bool = False, dirt: float = 0.0, open_in: bool = True, times_ms: tuple[float, float] = (0, 0),
    echo: float = 0.0, feed: tuple[float, float] = (0, 0), first_ms: tuple[float, float] = (0, 0),
    first: tuple[float, float] = (0, 0),
) -> Settings:  # fmt: skip
    """Settings of all parts; `usual` is the decay of the factory, and the dB that make it as loud as its input."""
    usual_s, even_db = usual
    loud = 10 ** ((level_db + even_db) / 20) * (room.decay_s / usual_s) ** 0.25
    own, cross = (0.5, 0.5) if mono else (1.0, 0.0)
    frames = rate / 1000
    return [
        *network.design(room._replace(early=room.early * loud, tail=room.tail * loud), rate),
        *tone.low_cut(low_hz, rate), *tone.high_cut(high_hz, rate), own, cross, float(open_in), dirt,
        *(max(round(ms * frames), 1) for ms in times_ms), echo, echo, *feed,
        *(round(ms * frames) for ms in first_ms), *(share * 10 ** (level_db / 20) for share in first),
    ]  # fmt: skip


def _swing(speed: float) -> float:
    """Turns per second of a speed from 0 to 100; 0 stands still."""
    return 0.3 * 10 ** (speed / 100) if speed else 0.0


def _moved(speed: float) -> dict[str, Any]:
    return {"depth_ms": 0.25 if speed else 0.0, "rate_hz": _swing(speed)}


def _entered(pre_ms: float, shape: float, size_m: float, spread: float) -> network.Float:
    return pre_ms + network.window(shape, 3000 * size_m / network.SOUND_M_S * spread / 50)


def hall(
    pre_ms: float, decay_s: float, size: float, damping_hz: float, diffusion: float, level_db: float, low_hz: float,
    high_hz: float, bass: float, spread: float, shape: float, speed: float, *, rate: float,
) -> Settings:  # fmt: skip
    """Medium to large concert halls."""
    room = Room(
        metres(size), decay_s, 26 * diffusion / 30, _entered(pre_ms, shape / 250, metres(size), spread / 6),
        damping_hz, bass, **_moved(speed),
    )  # fmt: skip
    return _settings(room, rate, level_db, (1.57, -0.4), low_hz, high_hz)


def ambiance(
    pre_ms: float, decay_s: float, size: float, damping_hz: float, diffusion: float, level_db: float, low_hz: float,
    high_hz: float, modulation: float, tail: float, *, rate: float,
) -> Settings:  # fmt: skip
    """A small space that is warm and short; its first reflections are always there."""
    room = Room(
        metres(size), decay_s, 18 * diffusion / 30, pre_ms + network.window(0.3, 60 * size / 100), damping_hz,
        depth_ms=0.5 * modulation / 100, rate_hz=0.7, early=1.0, tail=1.4 * tail / 100,
    )  # fmt: skip
    return _settings(room, rate, level_db, (0.84, -4.1), low_hz, high_hz)


def rich_plate(
    pre_ms: float, decay_s: float, size_m: float, damping_hz: float, diffusion: float, level_db: float, low_hz: float,
    high_hz: float, bass: float, spread: float, attack: float, spin: float, left_ms: float, right_ms: float,
    feed_left: float, feed_right: float, *, rate: float,
) -> Settings:  # fmt: skip
    """A rich plate for voices and snare, with two echoes that return."""
    room = Room(
        size_m, decay_s, 11 * diffusion / 100, _entered(pre_ms, attack / 100, size_m, spread / 6), damping_hz, bass,
        **_moved(spin),
    )  # fmt: skip
    echoes = _echoes(left_ms, right_ms, feed_left, feed_right)
    return _settings(room, rate, level_db, (1.7, 0.3), low_hz, high_hz, **echoes)


def room(
    pre_ms: float, decay_s: float, size_m: float, damping_hz: float, diffusion: float, level_db: float, low_hz: float,
    high_hz: float, bass: float, spread: float, shape: float, spin: float, left_ms: float, right_ms: float,
    feed_left: float, feed_right: float, *, rate: float,
) -> Settings:  # fmt: skip
    """Small and medium live rooms."""
    made = Room(
        size_m, decay_s, 18 * diffusion / 100, _entered(pre_ms, shape / 250, size_m, spread / 6), damping_hz, bass,
        **_moved(spin),
    )  # fmt: skip
    echoes = _echoes(left_ms, right_ms, feed_left, feed_right)
    return _settings(made, rate, level_db, (0.43, -2.4), low_hz, high_hz, **echoes)


def _echoes(left_ms: float, right_ms: float, feed_left: float, feed_right: float) -> dict[str, Any]:
    """Echoes enter 6 dB down."""
    feeds = tuple(min(max(feed / 100, -0.98), 0.98) for feed in (feed_left, feed_right))
    return {"times_ms": (left_ms, right_ms), "echo": 0.5, "feed": feeds}


def chamber(
    pre_ms: float, decay_s: float, size_m: float, damping_hz: float, diffusion: float, level_db: float, low_hz: float,
    high_hz: float, bass: float, spread: float, shape: float, spin: float, left_ms: float, right_ms: float,
    level_left: float, level_right: float, *, rate: float,
) -> Settings:  # fmt: skip
    """An echo chamber, dense and neutral, with one early reflection on each side."""
    made = Room(
        size_m, decay_s, 22 * diffusion / 100, _entered(pre_ms, shape / 250, size_m, spread / 6), damping_hz, bass,
        **_moved(spin),
    )  # fmt: skip
    return _settings(
        made, rate, level_db, (1.7, -1.8), low_hz, high_hz, first_ms=(left_ms, right_ms),
        first=(level_left / 100, level_right / 100),
    )  # fmt: skip


def plate(
    pre_ms: float, decay_s: float, size: float, damping_hz: float, diffusion: float, level_db: float, low_hz: float,
    high_hz: float, bass: float, xover_hz: float, depth: float, speed: float, *, rate: float,
) -> Settings:  # fmt: skip
    """A steel plate: dense at once, and bright."""
    made = Room(
        15 + 25 * size / 100, decay_s, 10 * diffusion / 30, pre_ms + np.zeros(LINES), damping_hz, bass, xover_hz,
        depth_ms=0.5 * depth / 50, rate_hz=_swing(speed),
    )  # fmt: skip
    return _settings(made, rate, level_db, (2.11, 0.6), low_hz, high_hz)


def vintage(
    pre_ms: float, decay_s: float, modulation: float, vintage: bool, output: str, level_db: float, low_hz: float,
    high_hz: float, bass: float, treble: float, *, rate: float,
) -> Settings:  # fmt: skip
    """The machine of 1976, which hears one sum of both sides; at the rear fewer reflections."""
    rear = output == "REAR"
    made = Room(
        20.0, decay_s, 6.0 if rear else 16.0, pre_ms + network.window(0.5 if rear else 0.2, 60.0 if rear else 25.0),
        bass=bass, treble=treble, depth_ms=0.5 * modulation / 100, rate_hz=0.9, early=0.4 if rear else 0.8,
    )  # fmt: skip
    return _settings(made, rate, level_db, (3.0, 1.1), low_hz, high_hz, mono=True, dirt=0.05 * vintage)


def vintage_room(
    tail_ms: float, decay_s: float, size: float, density: float, early: float, level_db: float, bass: float,
    treble: float, low_hz: float, high_hz: float, left_ms: float, right_ms: float, freeze: bool, *, rate: float,
) -> Settings:  # fmt: skip
    """A small room for drums and guitars; Freeze holds what sounds."""
    made = Room(
        metres(size), decay_s, 18 * density / 30, tail_ms + np.zeros(LINES), bass=bass, treble=treble,
        depth_ms=0.0 if freeze else 0.15, rate_hz=0.7, frozen=freeze,
    )  # fmt: skip
    return _settings(
        made, rate, level_db, (2.16, 0.8), low_hz, high_hz, open_in=not freeze, first_ms=(left_ms, right_ms),
        first=(early / 100, early / 100),
    )  # fmt: skip


@part
def dirty(x):
    """Soft, and a little lopsided, as transformers are."""
    return math.tanh(2 * x) / 2 - x + x * x / (1 + x * x)


@kernel
def enter(slot):
    """Let both sides come in as they are, or their sum, and through the old machine."""
    left, right = lanes.at(slot.x, 0), lanes.at(slot.x, 1)
    for group in range(plane.GROUPS):
        own, cross = tone.row(slot, OWN, group), tone.row(slot, CROSS, group)
        a, b = lanes.load(left, group), lanes.load(right, group)
        lanes.store(left, group, own * a + cross * b)
        lanes.store(right, group, own * b + cross * a)
    if slot.target[DIRT] != 0 or slot.start[DIRT] != 0:
        for n in range(FRAMES):
            for side in range(2):
                slot.x[side, n] += setting(slot, DIRT, n) * dirty(slot.x[side, n])


@kernel
def repeat(slot, echoes, size):
    """Add echoes of each side, which return."""
    for n in range(FRAMES):
        for side in range(2):
            x = slot.x[side, n]
            echo = line.moved(slot, ECHO_TIME + side, n, echoes, side * size, size, slot.frame + n)
            line.write(echoes, side * size, size, slot.frame + n, x + setting(slot, ECHO_FEED + side, n) * echo)
            slot.x[side, n] = x + setting(slot, ECHO_LEVEL + side, n) * echo


def process(slot):
    """Make one sub-block."""
    memory, size = calls.floats(slot.memory), line.length(LONGEST_ECHO_S * slot.rate)
    left, right = lanes.at(slot.x, 0), lanes.at(slot.x, 1)
    echoes = lanes.offset(memory, network.memory(slot.rate))
    first = lanes.offset(echoes, 2 * size)
    for group in range(plane.GROUPS):
        line.put(first, size, slot.frame, group, lanes.load(left, group))
        line.put(lanes.offset(first, size + lanes.WIDTH), size, slot.frame, group, lanes.load(right, group))
    enter(slot)
    tone.both(slot, LOW_CUT, LOW_CUT, network.STATES, network.STATES + 4)
    tone.both(slot, HIGH_CUT, HIGH_CUT, network.STATES + 2, network.STATES + 6)
    if slot.target[ECHO_LEVEL] > 0:  # of those that have echoes
        repeat(slot, echoes, size)
    tone.scale(slot, INPUT, INPUT)
    network.hear(slot, memory, left, right)
    network.process(slot, NETWORK, 0, memory, left, right)
    for side in range(2):
        ring, y = lanes.offset(first, side * (size + lanes.WIDTH)), lanes.at(slot.x, side)
        for group in range(plane.GROUPS):
            heard = tone.row(slot, FIRST_LEVEL + side, group) * line.late(slot, FIRST_TIME + side, group, ring, size)
            lanes.store(y, group, lanes.load(y, group) + heard)
