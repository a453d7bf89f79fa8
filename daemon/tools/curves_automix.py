"""Before and after: automix.  See `curves_heard`."""

from collections.abc import Callable

import numpy as np

from daemon.tools import curves_before as before
from daemon.tools.curves_desk import PRE_FADERS, RATE, Desk, Float, Seen, decibels, over_time, square, when_ms

TALK_RISE_MS, TALK_FALL_MS = 7.0, 150.0

GROUP = {"/ch/01/automix/group": "X", "/ch/02/automix/group": "X"}


def automix_on() -> Seen:
    """Who is alone in a group that is switched on."""
    desk = Desk(PRE_FADERS, {"/ch/01/automix/group": "X"})
    desk.play(square(RATE, 0.1))
    desk.set({"/config/amixenable/X": 1})
    used = decibels(np.abs(desk.play(square(RATE // 20, 0.1))[:, 0]) / 0.1)
    plain = decibels(on_before(RATE // 20, RATE))
    told = f"one channel in its group, switched on: at most {used.max():+.2f} dB (before {plain.max():+.2f})"
    return Seen("automix is switched on", told, over_time(plain), over_time(used), (0, 10, 20, 30, 40, 50),
                (-1, 0, 1, 2))  # fmt: skip


def new_talker() -> Seen:
    """Who begins to talk when another ends."""
    desk = Desk(PRE_FADERS, GROUP | {"/config/amixenable/X": 1})
    quiet, loud = square(2 * RATE, 1e-5), square(2 * RATE, 0.1)
    desk.play(loud, quiet)
    used = decibels(desk.play(quiet[: RATE // 2], loud[: RATE // 2])[:, 1] / loud[: RATE // 2])
    plain = decibels(new_talker_before(0.01, RATE // 2, RATE))
    full = [when_ms(gain > -0.5) for gain in (plain, used)]
    told = f"a new talker is within 0.5 dB of full after {full[1]:.0f} ms (before {full[0]:.0f})"
    return Seen("a new talker", told, over_time(plain), over_time(used), (0, 100, 200, 300, 400, 500),
                (-20, -15, -10, -5, 0))  # fmt: skip


# --- what was before ---------------------------------------------------------------------------------


def on_before(frames: int, rate: float) -> Float:
    """Gain of who is alone in a group that is switched on: counted in part, but measured against the whole."""
    length = int(rate * before.GLIDE_MS / 1000) // before.SUB_BLOCK * before.SUB_BLOCK
    member = 0.5 - 0.5 * np.cos(np.pi * np.minimum(np.arange(frames), length) / length)
    return np.asarray(1 + member * (1 / np.sqrt(np.maximum(member, before.DEEP)) - 1))


def new_talker_before(power: float, frames: int, rate: float) -> Float:
    """Gain of who begins to talk when another, as loud, ends: the last one's power falls for long."""
    rise, fall = (before.part(ms, rate / before.SUB_BLOCK) for ms in (TALK_RISE_MS, TALK_FALL_MS))
    blocks = np.arange(frames) // before.SUB_BLOCK + 1
    new, last = power * (1 - (1 - rise) ** blocks), power * (1 - fall) ** blocks
    return np.asarray(np.sqrt(new / (new + last)))


PICTURES: tuple[Callable[[], Seen], ...] = (automix_on, new_talker)
