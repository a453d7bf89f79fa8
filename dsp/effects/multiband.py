"""Combinator: five bands, each with a compressor of its own, that sum up to an all-pass when all are at rest.

    x ─▶ 4 crossovers ─▶ 5 × (compressor ─▶ gain) ─▶ [balance of the bands] ─▶ + ─▶ mix ─▶ gain ─▶ y

    crossover    1      2      3      4        Each band takes its own way through all four, and so all bands
    band 1      low   ─ all-pass ────────      are filtered, compressed and balanced at once: they lie side by
    band 2      high   low   ─ all-pass ─      side in `eights`.  A band below a crossover goes through the
    band 3      ─ high ────   low  all-pass    all-pass that the bands above get by their sum.
    band 4      ─ high ───────────   low
    band 5      ─ high ────────────────────

Slopes of 12 dB are Linkwitz–Riley filters of second order, those of 48 dB of eighth.
"""

import math
from typing import Any

import numpy as np

from dsp import units
from dsp.effects import follower, tone
from dsp.effects.memory import FRAMES
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native import eights, lanes
from dsp.native.kernel import part
from dsp.processors import shapes, svf

BANDS, SPLITS, SECTIONS = 5, 4, 4
CROSSOVERS_HZ = (150.0, 500.0, 1500.0, 5000.0)
MIDDLE_HZ = 866.0
BUTTERWORTH_4 = (0.54119610, 1.30656296)
KNEE_DB = 6.0
MOST_BALANCE_DB = 6.0
NEPER_DB = 20 / math.log(10)
RESTING_DB = 1e-9
"""What is held down by less is not."""
SHORT_S, LONG_S = 3.0, 30.0
"""Of the powers that tell a band's share now and usually."""
METERS = ("GR", "PEAK", "SBC")
FALL_DB_S = 20.0
"""How fast a peak falls that is shown."""

SECTION = COEFFICIENTS * BANDS
"""Settings of a section of one crossover: each coefficient for all bands."""
THRESHOLD, TRIM, HEARD, FREE = (SPLITS * SECTIONS * SECTION + BANDS * i for i in range(4))
ON, MIX, GAIN, ATTACK, RELEASE, AUTO, SLOPE, BALANCE, TAU, LINK, STEEP, SHOWN = (FREE + BANDS + i for i in range(12))
SIDE = SHOWN + 1
# Rows of eight float64: two for each section, then what the levels remember.
LEVELS = 2 * SPLITS * SECTIONS
HELD, SLOW, SHORT, LONG, BALANCED, PEAK = (LEVELS + i for i in range(6))
ROWS = PEAK + 1
# Rows of scratch: the bands of both sides, the gains of all bands, and what the bands of a side sum up to without.
GAINS = 2 * FRAMES
WHOLE = GAINS + FRAMES


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _all_pass(q: float) -> shapes.Shape:
    k = np.asarray(1 / q)
    return shapes.Shape(k, 1 + 0 * k, -2 * k, 0 * k)


def _turned() -> shapes.Shape:
    """First-order all-pass, as low-pass less high-pass of second order."""
    one = np.ones(())
    return shapes.Shape(2 * one, -one, 2 * one, 2 * one)


def _crossover(slope: str, hz: float, rate: float) -> tuple[Any, Any, Any]:
    """Sections that make a low, a high and an all-pass."""
    out = tone.low_cut(0, rate)
    if slope == "48":
        qs = (*BUTTERWORTH_4, *BUTTERWORTH_4)
        low = [tone.shape(shapes.low_pass(q), hz, rate) for q in qs]
        high = [tone.shape(shapes.high_pass(q), hz, rate) for q in qs]
        return low, high, [*(tone.shape(_all_pass(q), hz, rate) for q in BUTTERWORTH_4), out, out]
    top = tone.shape(shapes.high_pass(0.5), hz, rate)
    top[svf.M0 :] *= -1
    made = (tone.shape(shapes.low_pass(0.5), hz, rate), top, tone.shape(_turned(), hz, rate))
    low, high, through = ([first, out, out, out] for first in made)
    return low, high, through


def _filters(slope: str, spacing: float, rate: float) -> Any:
    """Settings of all crossovers: shape (SPLITS, SECTIONS, COEFFICIENTS, BANDS), in one row."""
    made = []
    for which, hz in enumerate(CROSSOVERS_HZ):
        hz = MIDDLE_HZ * (hz / MIDDLE_HZ) ** (1 + spacing / 100)
        low, high, through = _crossover(slope, hz, rate)
        ways = [through if band < which else low if band == which else high for band in range(BANDS)]
        made.append(np.moveaxis(np.array(ways), 0, -1))
    return np.ravel(made)


def _side(
    on: bool, solo: str, mix: float, attack_ms: float, release_ms: float, auto: bool, speed: float, balance: bool,
    spacing: float, slope: str, ratio: str, threshold_db: float, gain_db: float, *trims: Any, link: bool, rate: float,
) -> list[Any]:  # fmt: skip
    bands = [trims[3 * band : 3 * band + 3] for band in range(BANDS)]
    slope_of = 1.0 if ratio == "LIM" else 1 - 1 / float(ratio)
    alone = int(solo[2]) - 1 if solo != "OFF" else -1
    tau_s = 10 * 0.05 ** ((speed - 1) / 9)
    return [
        *_filters(slope, spacing, rate), *(threshold_db + trim for trim, _, _ in bands),
        *(float(units.db_to_gain(gain)) for _, gain, _ in bands),
        *(float(alone in (-1, band)) for band in range(BANDS)), *(float(lock == "0") for _, _, lock in bands),
        float(on), mix / 100, float(units.db_to_gain(gain_db)), follower.step(max(attack_ms, 0.1), rate),
        follower.step(release_ms, rate), float(auto), slope_of, float(balance), follower.step(1000 * tau_s, rate),
        float(link), float(slope == "48"), float(METERS.index(trims[-1])),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike and together."""
    return 2 * _side(*knobs, link=True, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [*_side(*knobs[:half], link=False, rate=rate), *_side(*knobs[half:], link=False, rate=rate)]


@part
def bands(slot, k, n):
    """A setting of each band in frame `n`, on its way."""
    there = eights.first(lanes.at(slot.target, k), BANDS)
    if slot.gliding:
        return there + slot.weight[n] * (eights.first(lanes.at(slot.start, k), BANDS) - there)
    return there


@part
def section(slot, k, n):
    """Settings of a section of each band."""
    return (
        bands(slot, k, n), bands(slot, k + BANDS, n), bands(slot, k + 2 * BANDS, n), bands(slot, k + 3 * BANDS, n),
        bands(slot, k + 4 * BANDS, n), bands(slot, k + 5 * BANDS, n),
    )  # fmt: skip


@part
def states_of(slot, side, s):
    """What a section of a side remembers; `remembered` is what `library` asks a file of."""
    own = lanes.at(slot.state, side * ROWS * eights.WIDTH)
    return eights.load(own, s), eights.load(own, s + 1)


@part
def remember(slot, side, s, states):
    """Let a section of a side remember that."""
    own = lanes.at(slot.state, side * ROWS * eights.WIDTH)
    eights.store(own, s, states[0])
    eights.store(own, s + 1, states[1])


@part
def filtered(slot, k, s, heard):
    """Let a section of both sides, settings at `k` and states in row `s`, work on what is heard."""
    left, right = states_of(slot, 0, s), states_of(slot, 1, s)
    to_left, to_right = section(slot, k, 0), section(slot, SIDE + k, 0)
    # Two filters that wait for nothing of each other take hardly longer than one.
    for n in range(FRAMES):
        if slot.gliding:
            to_left, to_right = section(slot, k, n), section(slot, SIDE + k, n)
        y, left = tone.step(to_left, left, eights.load(heard, n))
        z, right = tone.step(to_right, right, eights.load(heard, FRAMES + n))
        eights.store(heard, n, y)
        eights.store(heard, FRAMES + n, z)
    remember(slot, 0, s, left)
    remember(slot, 1, s, right)


@part
def twice(slot, k, s, heard):
    """Let two settled sections of both sides work one after the other: the first is a frame ahead meanwhile."""
    left, right = states_of(slot, 0, s), states_of(slot, 1, s)
    then_left, then_right = states_of(slot, 0, s + 2), states_of(slot, 1, s + 2)
    to_left, to_right = section(slot, k, 0), section(slot, SIDE + k, 0)
    to_then_left, to_then_right = section(slot, k + SECTION, 0), section(slot, SIDE + k + SECTION, 0)
    for n in range(FRAMES):
        y, left = tone.step(to_left, left, eights.load(heard, n))
        z, right = tone.step(to_right, right, eights.load(heard, FRAMES + n))
        y, then_left = tone.step(to_then_left, then_left, y)
        z, then_right = tone.step(to_then_right, then_right, z)
        eights.store(heard, n, y)
        eights.store(heard, FRAMES + n, z)
    remember(slot, 0, s, left)
    remember(slot, 1, s, right)
    remember(slot, 0, s + 2, then_left)
    remember(slot, 1, s + 2, then_right)


@part
def rest(slot, s):
    """Let a section of both sides that is out remember nothing."""
    for side in range(2):
        for which in range(2):
            eights.store(lanes.at(slot.state, side * ROWS * eights.WIDTH), s + which, eights.fill(0.0))


@part
def split(slot, heard):
    """Let all bands of both sides go their ways."""
    for side in range(2):
        for n in range(FRAMES):
            eights.store(heard, side * FRAMES + n, eights.fill(slot.x[side, n]))
    steep = slot.gliding or slot.target[STEEP] > 0 or slot.target[SIDE + STEEP] > 0
    if steep and not slot.gliding:
        for which in range(0, SPLITS * SECTIONS, 2):
            twice(slot, SECTION * which, 2 * which, heard)
        return
    for which in range(SPLITS * SECTIONS):
        if steep or which % SECTIONS == 0:
            filtered(slot, SECTION * which, 2 * which, heard)
        else:
            rest(slot, 2 * which)


@part
def quiet(slot, k):
    """Magnitude below which the compressor of each band asks for nothing, in all frames."""
    lowest = eights.minimum(bands(slot, k + THRESHOLD, 0), bands(slot, k + THRESHOLD, FRAMES - 1))
    return eights.exp((lowest - KNEE_DB / 2) * (1 / NEPER_DB))


@part
def asked(slot, side, heard):
    """Put how far each band of a side is to be held down in each frame, in dB, behind what is heard."""
    k, none, below = side * SIDE, eights.fill(0.0), quiet(slot, side * SIDE)
    link = slot.target[k + LINK]
    for n in range(FRAMES):
        left, right = eights.absolute(eights.load(heard, n)), eights.absolute(eights.load(heard, FRAMES + n))
        level, ask = eights.maximum(right if side else left, link * eights.maximum(left, right)), none
        if eights.any_of(level > below):
            over = NEPER_DB * eights.log(level) - bands(slot, k + THRESHOLD, n)
            bent = eights.maximum(over + KNEE_DB / 2, none)
            bent = bent * bent * (1 / (2 * KNEE_DB))
            ask = setting(slot, k + SLOPE, n) * eights.select(over >= eights.fill(KNEE_DB / 2), over, bent)
        eights.store(heard, GAINS + n, ask)


@part
def held(slot, side, heard):
    """Let what is asked for come and go in time."""
    k, own = side * SIDE, lanes.at(slot.state, side * ROWS * eights.WIDTH)
    down, slow, auto = eights.load(own, HELD), eights.load(own, SLOW), slot.target[k + AUTO] > 0
    for n in range(FRAMES):
        ask = eights.load(heard, GAINS + n)
        attack, release = setting(slot, k + ATTACK, n), setting(slot, k + RELEASE, n)
        step = eights.fill(release)
        if auto:
            # What was held down only shortly lets go up to ten times as fast.
            sooner = release * (1.0 + 9.0 * eights.maximum(1.0 - slow / (down + 1e-3), eights.fill(0.0)))
            step = eights.select(down > slow, sooner, step)
        step = eights.select(ask > down, eights.fill(attack), step)
        down = down + step * (ask - down)
        slow = slow + release * (down - slow)
        eights.store(heard, GAINS + n, down)
    eights.store(own, HELD, down)
    eights.store(own, SLOW, slow)


@part
def compressed(slot, side, heard):
    """Put the gains of all bands of a side behind what is heard; the lowest of each."""
    asked(slot, side, heard)
    held(slot, side, heard)
    one = eights.fill(1.0)
    lowest = one
    for n in range(FRAMES):
        down, gain = eights.load(heard, GAINS + n), one
        resting = down > eights.fill(RESTING_DB)
        if eights.any_of(resting):
            gain = eights.select(resting, eights.exp(down * (-1 / NEPER_DB)), one)
        lowest = eights.minimum(gain, lowest)
        eights.store(heard, GAINS + n, gain)
    return lowest


@part
def balance(slot, k, own, power):
    """Bring the slow gains, in dB, of all bands on by a sub-block of these powers."""
    short, long, before = eights.load(own, SHORT), eights.load(own, LONG), eights.load(own, BALANCED)
    frames = slot.frame + FRAMES
    short = short + FRAMES / min(frames, SHORT_S * slot.rate) * (power - short)
    long = long + FRAMES / min(frames, LONG_S * slot.rate) * (power - long)
    eights.store(own, SHORT, short)
    eights.store(own, LONG, long)
    want = NEPER_DB / 2 * eights.log((long + 1e-9) / (short + 1e-9))
    want = eights.maximum(eights.minimum(want, eights.fill(MOST_BALANCE_DB)), eights.fill(-MOST_BALANCE_DB))
    moved = before + FRAMES * slot.target[k + TAU] * (want - before)
    # Switched off, or locked: it begins from nothing.
    on = setting(slot, k + BALANCE, FRAMES - 1) * bands(slot, k + FREE, FRAMES - 1) > eights.fill(0.0)
    eights.store(own, BALANCED, eights.select(on, moved, eights.fill(0.0)))


@part
def slow_gains(slot, k, n, moved):
    """Gains that bring each band back to its share of the whole."""
    return eights.exp(setting(slot, k + BALANCE, n) * bands(slot, k + FREE, n) * moved * (1 / NEPER_DB))


@part
def weighed(slot, side, heard):
    """Compress all bands of a side, and balance them; what they sum up to without is put behind the gains.

    The highest magnitude of each band, before it is balanced.
    """
    k, own, power = side * SIDE, lanes.at(slot.state, side * ROWS * eights.WIDTH), eights.fill(0.0)
    highest = power
    for n in range(FRAMES):
        x = eights.load(heard, side * FRAMES + n)
        z = x * eights.load(heard, GAINS + n) * bands(slot, k + TRIM, n)
        power = power + z * z
        highest = eights.maximum(highest, eights.absolute(z))
        eights.store(heard, side * FRAMES + n, z)
        lanes.put(heard, eights.WIDTH * WHOLE + n, eights.total(x))
    before = eights.load(own, BALANCED)
    balance(slot, k, own, power * (1 / FRAMES))
    if slot.target[k + BALANCE] > 0 or slot.start[k + BALANCE] > 0:
        gain, last = slow_gains(slot, k, 0, before), slow_gains(slot, k, FRAMES - 1, eights.load(own, BALANCED))
        step = (last - gain) * (1 / FRAMES)
        for n in range(FRAMES):
            gain = gain + step
            eights.store(heard, side * FRAMES + n, gain * eights.load(heard, side * FRAMES + n))
    return highest


@part
def show(slot, side, lowest, highest):
    """Let the meters of a side show gains of the compressors, peaks that fall slowly, or what balance takes away."""
    own, one = lanes.at(slot.state, side * ROWS * eights.WIDTH), eights.fill(1.0)
    fall = math.exp(-FALL_DB_S / NEPER_DB * FRAMES / slot.rate)
    peak = eights.maximum(highest, fall * eights.load(own, PEAK))
    eights.store(own, PEAK, peak)
    wanted, seen = slot.target[side * SIDE + SHOWN], lowest
    if wanted == 1:
        seen = peak
    if wanted == 2:
        seen = eights.exp(eights.load(own, BALANCED) * (1 / NEPER_DB))
    seen = eights.minimum(seen, one)
    for band in range(BANDS):
        slot.meter[side * BANDS + band] = eights.element(seen, band)


@part
def mixed(slot, side, heard):
    """Make a side of its bands, beside what it was."""
    k = side * SIDE
    for n in range(FRAMES):
        # The dry part goes through the same all-pass, so that mixing does not comb.
        whole = lanes.scalar(heard, eights.WIDTH * WHOLE + n)
        y = eights.total(bands(slot, k + HEARD, n) * eights.load(heard, side * FRAMES + n))
        y = whole + setting(slot, k + MIX, n) * (y - whole)
        dry, y = slot.x[side, n], setting(slot, k + GAIN, n) * y
        slot.x[side, n] = dry + setting(slot, k + ON, n) * (y - dry)


def process(slot):
    """Make one sub-block."""
    heard = eights.scratch()
    split(slot, heard)
    lowest = eights.fill(1.0)
    for side in range(2):
        if side == 0 or slot.target[LINK] == 0:  # linked sides are held down alike
            lowest = compressed(slot, side, heard)
        show(slot, side, lowest, weighed(slot, side, heard))
        mixed(slot, side, heard)
