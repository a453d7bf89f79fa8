"""Automatic mixing of microphones by sharing one gain, without latency.

    x ─▶ 150 Hz ─▶ power ─▶ each talker's part of all power in the group ─▶ spline ─▶ √ ─▶ g
    x ───────────────────────────────────────────────────────────────────────▶ × ─▶ y

A talker's gain in dB is their level less the level of the sum [1]_, so the squares of all gains in
a group add up to 1 whoever talks: one talker has unity, two equal ones 3 dB less each, and silence
is shared.  Who is muted does not count, but has the gain it would have, for whoever listens to it
before its mute.  Powers are taken over whole sub-blocks; the squares of the gains move along a quadratic
spline over the next ones, for corners in their way would be heard as clicks, and keep their sum while they move.

.. [1] D. Dugan, US patents 3 992 584 and 4 149 032 (expired).
"""

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.native import lanes
from dsp.native.kernel import inline, kernel
from dsp.native.lanes import HALF, ONE, ZERO
from dsp.processors import glide
from dsp.processors.glide import SUB_BLOCK
from dsp.processors.processor import Groups, Processor

Float = npt.NDArray[np.float64]

CHANNELS = 8

# Weight of a member's power, whether it is heard at all, membership in both groups; the rest are constants.
WEIGHT, HEARD, IN_X, IN_Y, RISE, FALL, KEY = range(7)
ROWS = 7
# Slow signal of the key filter, power so far in this sub-block, smoothed power, and the three newest gains squared.
SLOW, SUM, POWER, BEFORE, SHARE, NEXT = range(6)
STATE_ROWS = 6

# A new talker is within 0.5 dB of full when the last one has fallen by 9 dB: after 105 ms.
RISE_MS, FALL_MS = 7.0, 50.0
KEY_HZ = 150.0
FLOOR = np.float32(1e-7)  # -70 dBFS: below it everybody gets an equal share, and nothing pumps
PART = np.float32(1 / SUB_BLOCK)


def design(
    group: npt.NDArray[np.int64], enabled: npt.ArrayLike, weight_db: Float, heard: npt.ArrayLike, rate: float
) -> Float:
    """Turn settings into rows, shape (7, 16).

    Parameters
    ----------
    group : ndarray of int, shape (8,)
        0 none, 1 X, 2 Y.
    enabled : array_like of bool, shape (2,)
        Whether X and Y work.
    weight_db : ndarray, shape (8,)
    heard : array_like of bool, shape (8,)
        False where a channel is muted: it leaves the sum.
    rate : float
    """
    x_on, y_on = np.asarray(enabled, bool)
    rows = np.zeros((ROWS, lanes.WIDTH))
    rows[WEIGHT, :CHANNELS] = units.db_to_gain(weight_db) ** 2
    rows[HEARD, :CHANNELS] = heard
    rows[IN_X, :CHANNELS] = (group == 1) & x_on
    rows[IN_Y, :CHANNELS] = (group == 2) & y_on
    block_rate = rate / SUB_BLOCK
    rows[RISE] = units.step(RISE_MS, block_rate)
    rows[FALL] = units.step(FALL_MS, block_rate)
    rows[KEY] = -np.expm1(-2 * np.pi * KEY_HZ / rate)
    return rows


def shares(power: Float, member: npt.ArrayLike) -> Float:
    """Gains of the members of one group for steady powers, the others 1: what `share` is judged by."""
    member = np.asarray(member, bool)
    count = max(member.sum(), 1)
    part = (power + FLOOR / count) / (power[member].sum() + FLOOR)
    return np.where(member, np.sqrt(part), 1.0)


@kernel
def share(start, target, state, clock, end, curve):
    """At the end of a sub-block: new powers, and the squared gains to move to in the next.

    `start` and `target` have 7 rows, and a membership that begins or ends glides with `clock`; `state`
    has 6.
    """
    heard = row(start, target, HEARD, clock, end, curve)
    now = row(start, target, WEIGHT, clock, end, curve) * lanes.load(state, SUM) * PART
    power = lanes.load(state, POWER)
    d = now - power
    step = lanes.select(d > lanes.fill(ZERO), lanes.load(target, RISE), lanes.load(target, FALL))
    power = power + step * d
    lanes.store(state, POWER, power)
    lanes.store(state, SUM, lanes.fill(ZERO))
    lanes.store(state, BEFORE, lanes.load(state, SHARE))
    lanes.store(state, SHARE, lanes.load(state, NEXT))
    x, y = row(start, target, IN_X, clock, end, curve), row(start, target, IN_Y, clock, end, curve)
    lanes.store(state, NEXT, part(power, heard, x) * part(power, heard, y))


@inline
def row(start, target, which, clock, end, curve):
    """One row where it is on its way."""
    if clock < end:
        return glide.value(start, target, which, lanes.scalar(curve, clock))
    return lanes.load(target, which)


@kernel
def part(power, heard, member):
    """Each member's part of the power of one group that is heard; 1 for all others.

    A member's own power counts in full, for itself, while its membership or its mute is on its way.
    """
    one = lanes.fill(ONE)
    counts = member * heard
    own = power + lanes.fill(FLOOR / max(lanes.total(counts), ONE))
    ratio = own / (lanes.fill(lanes.total(counts * own)) + (one - counts) * own)
    return one + member * (ratio - one)


@kernel
def process(x, p, state, phase, meter, frames):
    """Share the gain of `frames` rows of `x`, in place; `meter` is one row: the smallest gain so far."""
    k = lanes.load(p, KEY)
    slow, power = lanes.load(state, SLOW), lanes.load(state, SUM)
    # From halfway between the older two squares to halfway between the newer two.
    speed = lanes.load(state, SHARE) - lanes.load(state, BEFORE)
    faster = HALF * (lanes.load(state, NEXT) - lanes.load(state, SHARE) - speed)
    square = lanes.load(state, BEFORE) + HALF * speed
    least = lanes.load(meter, 0)
    none = lanes.fill(ZERO)
    for n in range(frames):
        v = lanes.load(x, n)
        slow = slow + k * (v - slow)
        key = v - slow
        power = power + key * key
        t = np.float32(phase + n + 1) * PART
        g = lanes.root(lanes.maximum(square + t * (speed + t * faster), none))
        least = lanes.minimum(g, least)
        lanes.store(x, n, v * g)
    lanes.store(state, SLOW, slow)
    lanes.store(state, SUM, power)
    lanes.store(meter, 0, least)


@kernel
def begin_anew(state, altered):
    """In lanes where `altered` is 1, forget how loud they were."""
    lanes.store(state, POWER, lanes.load(state, POWER) * (lanes.fill(ONE) - altered))


# --- on the desk --------------------------------------------------------------------------------------


@kernel
def turn_desk(desk):
    """At the beginning of a sub-block, where the shares go in it."""
    share(
        lanes.at(desk.start.automix, 0), lanes.at(desk.target.automix, 0), lanes.at(desk.automix_state, 0),
        desk.clock.automix[0], desk.glide_length, lanes.at(desk.curve, 0),
    )  # fmt: skip


@kernel
def process_strip(desk, x, group, page, phase, frames):
    """In the strips of channels, in place; only the first group of lanes has any that take part."""
    if group == 0:
        process(
            x, lanes.at(desk.target.automix, 0), lanes.at(desk.automix_state, 0), phase,
            lanes.at(page.automix, 0), frames,
        )  # fmt: skip


@kernel
def forget(desk, group, anew):
    """Begin anew in lanes that a recall has altered."""
    if group == 0:
        begin_anew(lanes.at(desk.automix_state, 0), anew)


PROCESSOR = Processor(
    name="automix",
    words="automatic mix",
    leaf="automix/group",
    groups=Groups.FIRST,
    rows=ROWS,
    state_rows=STATE_ROWS,
    rest={BEFORE: 1, SHARE: 1, NEXT: 1},
    is_level=True,
    turn=turn_desk,
    before_fader=process_strip,
    forget=forget,
    channels=CHANNELS,
    hardest=((r"ch/.*/automix/group", ("X", "Y")), (r"config/amixenable/.*", 1)),
)
