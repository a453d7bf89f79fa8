"""Combinator: five bands, each with a compressor of its own, that sum up to an all-pass when all are at rest.

    x ─▶ 4 crossovers ─▶ 5 × (compressor ─▶ gain) ─▶ [balance of the bands] ─▶ + ─▶ mix ─▶ gain ─▶ y

Filters make some frames each at a time, so that settings and states stay where the arithmetic is.  Slopes of 12 dB are
Linkwitz–Riley filters of second order, those of 48 dB of eighth; bands below a crossover go through the all-pass that
the bands above get by their sum.
"""

import math
from typing import Any

import numpy as np

from dsp import units
from dsp.effects import follower, tone
from dsp.effects.tone import COEFFICIENTS, setting
from dsp.native.kernel import part
from dsp.processors import svf

BANDS, SPLITS, SECTIONS, PASSES = 5, 4, 4, 2
CROSSOVERS_HZ = (150.0, 500.0, 1500.0, 5000.0)
MIDDLE_HZ = 866.0
BUTTERWORTH_4 = (0.54119610, 1.30656296)
KNEE_DB = 6.0
MOST_BALANCE_DB = 6.0
NEPER_DB = 20 / math.log(10)
RESTING_DB = 1e-9
"""What is held down by less is not."""
AT_ONCE = 8  # frames

ON, MIX, GAIN, ATTACK, RELEASE, AUTO, SLOPE, BALANCE, TAU, LINK = range(10)
THRESHOLD, TRIM, HEARD, FREE = (10 + BANDS * i for i in range(4))
LOW = FREE + BANDS
HIGH = LOW + SPLITS * SECTIONS * COEFFICIENTS
PASS = HIGH + SPLITS * SECTIONS * COEFFICIENTS
SIDE = PASS + SPLITS * PASSES * COEFFICIENTS
SPLIT_STATES = 2 * SECTIONS * tone.STATES
PASS_STATES = BANDS * SPLITS * PASSES * tone.STATES
LEVELS = SPLITS * SPLIT_STATES + PASS_STATES
HELD, SLOW, SHORT, LONG, BALANCED, QUIET = range(6)
PER_BAND = 6
HEARD_NOW = LEVELS + PER_BAND * BANDS
"""Where the newest frames of each band are, then those of their sum."""
STATES = HEARD_NOW + (BANDS + 1) * AT_ONCE


def memory(rate: float) -> int:
    """No lines."""
    return 0


def _all_pass(q: float) -> svf.Shape:
    k = np.asarray(1 / q)
    return svf.Shape(k, 1 + 0 * k, -2 * k, 0 * k)


def _turned() -> svf.Shape:
    """First-order all-pass, as low-pass less high-pass of second order."""
    one = np.ones(())
    return svf.Shape(2 * one, -one, 2 * one, 2 * one)


def _filters(slope: str, spacing: float, rate: float) -> list[Any]:
    lows, highs, passes = [], [], []
    out = tone.low_cut(0, rate)
    for hz in CROSSOVERS_HZ:
        hz = MIDDLE_HZ * (hz / MIDDLE_HZ) ** (1 + spacing / 100)
        if slope == "48":
            qs = (*BUTTERWORTH_4, *BUTTERWORTH_4)
            lows += [tone.shape(svf.low_pass(q), hz, rate) for q in qs]
            highs += [tone.shape(svf.high_pass(q), hz, rate) for q in qs]
            passes += [tone.shape(_all_pass(q), hz, rate) for q in BUTTERWORTH_4]
        else:
            high = tone.shape(svf.high_pass(0.5), hz, rate)
            high[3:] *= -1
            lows += [tone.shape(svf.low_pass(0.5), hz, rate), out, out, out]
            highs += [high, out, out, out]
            passes += [tone.shape(_turned(), hz, rate), out]
    return [c for one in (*lows, *highs, *passes) for c in one]


def _side(
    on: bool, solo: str, mix: float, attack_ms: float, release_ms: float, auto: bool, speed: float, balance: bool,
    spacing: float, slope: str, ratio: str, threshold_db: float, gain_db: float, *trims: Any, link: bool, rate: float,
) -> list[Any]:  # fmt: skip
    bands = [trims[3 * band : 3 * band + 3] for band in range(BANDS)]
    slope_of = 1.0 if ratio == "LIM" else 1 - 1 / float(ratio)
    alone = int(solo[2]) - 1 if solo != "OFF" else -1
    tau_s = 10 * 0.05 ** ((speed - 1) / 9)
    return [
        float(on), mix / 100, float(units.db_to_gain(gain_db)), follower.step(max(attack_ms, 0.1), rate),
        follower.step(release_ms, rate), float(auto), slope_of, float(balance), follower.step(1000 * tau_s, rate),
        float(link), *(threshold_db + trim for trim, _, _ in bands),
        *(float(units.db_to_gain(gain)) for _, gain, _ in bands),
        *(float(alone in (-1, band)) for band in range(BANDS)), *(float(lock == "0") for _, _, lock in bands),
        *_filters(slope, spacing, rate),
    ]  # fmt: skip


def design(*knobs: Any, rate: float) -> list[Any]:
    """Both sides alike and together."""
    return 2 * _side(*knobs[:-1], link=True, rate=rate)


def dual(*knobs: Any, rate: float) -> list[Any]:
    """Each side by itself."""
    half = len(knobs) // 2
    return [
        *_side(*knobs[: half - 1], link=False, rate=rate), *_side(*knobs[half:-1], link=False, rate=rate)
    ]  # fmt: skip


@part
def settled(slot, k):
    """Settings of a filter that are nowhere on their way."""
    of = slot.target
    return float(of[k]), float(of[k + 1]), float(of[k + 2]), float(of[k + 3]), float(of[k + 4]), float(of[k + 5])


@part
def out(slot, k):
    """Whether a filter lets everything through as it is."""
    return slot.target[k + 3] == 1 and slot.target[k + 4] == 0 and slot.target[k + 5] == 0


@part
def filtered(slot, k, s, n, begin, end):
    """Let the filters of both sides, settings at `k` and states at `s`, make `end` of `begin`: some frames from `n`."""
    if slot.gliding:
        for i in range(AT_ONCE):
            slot.state[end + i] = tone.tick(slot, k, s, n + i, slot.state[begin + i])
            slot.state[STATES + end + i] = tone.tick(slot, SIDE + k, STATES + s, n + i, slot.state[STATES + begin + i])
        return
    if out(slot, k) and out(slot, SIDE + k):
        for at in (0, STATES):
            slot.state[at + s], slot.state[at + s + 1] = 0.0, 0.0
            for i in range(AT_ONCE):
                slot.state[at + end + i] = slot.state[at + begin + i]
        return
    left, right = (slot.state[s], slot.state[s + 1]), (slot.state[STATES + s], slot.state[STATES + s + 1])
    to_left, to_right = settled(slot, k), settled(slot, SIDE + k)
    # Two filters that wait for nothing of each other take hardly longer than one.
    for i in range(AT_ONCE):
        y, left = tone.step(to_left, left, slot.state[begin + i])
        z, right = tone.step(to_right, right, slot.state[STATES + begin + i])
        slot.state[end + i], slot.state[STATES + end + i] = y, z
    slot.state[s], slot.state[s + 1] = left
    slot.state[STATES + s], slot.state[STATES + s + 1] = right


@part
def split(slot, n):
    """Split some frames, which lie where the first band will be; their all-pass is put beside the bands."""
    for which in range(SPLITS):
        low = HEARD_NOW + which * AT_ONCE
        high = low + AT_ONCE
        for section in range(SECTIONS):
            s = which * SPLIT_STATES + 2 * section
            own = COEFFICIENTS * (which * SECTIONS + section)
            filtered(slot, HIGH + own, s + 2 * SECTIONS, n, high if section else low, high)
            # The low-pass goes second: what both hear lies where it puts what it makes.
            filtered(slot, LOW + own, s, n, low, low)
        for later in range(which + 1, SPLITS):
            for section in range(PASSES):
                own = COEFFICIENTS * (later * PASSES + section)
                s = SPLITS * SPLIT_STATES + 2 * ((which * SPLITS + later) * PASSES + section)
                filtered(slot, PASS + own, s, n, low, low)
    for s in (0, STATES):
        for i in range(AT_ONCE):
            at = s + HEARD_NOW + i
            whole = 0.0
            for band in range(BANDS):
                whole += slot.state[at + band * AT_ONCE]
            slot.state[at + BANDS * AT_ONCE] = whole


@part
def quiet(slot, k, n, band):
    """Magnitude below which the compressor of a band asks for nothing."""
    return math.exp((setting(slot, k + THRESHOLD + band, n) - KNEE_DB / 2) / NEPER_DB)


@part
def compressed(slot, k, s, n, band, level):
    """Gain of a band."""
    at = s + LEVELS + PER_BAND * band
    ask = 0.0
    if level > slot.state[at + QUIET]:
        over = NEPER_DB * math.log(level) - setting(slot, k + THRESHOLD + band, n)
        over = over if over >= KNEE_DB / 2 else max(over + KNEE_DB / 2, 0.0) ** 2 / (2 * KNEE_DB)
        ask = setting(slot, k + SLOPE, n) * over
    held, slow = slot.state[at + HELD], slot.state[at + SLOW]
    release = setting(slot, k + RELEASE, n)
    step = float(release)
    if ask > held:
        step = float(setting(slot, k + ATTACK, n))
    elif slot.target[k + AUTO] > 0 and held > slow:
        # What was held down only shortly lets go up to ten times as fast.
        step *= 1 + 9 * max(1 - slow / (held + 1e-3), 0.0)
    held += step * (ask - held)
    slow += release * (held - slow)
    slot.state[at + HELD], slot.state[at + SLOW] = held, slow
    return math.exp(-held / NEPER_DB) if held > RESTING_DB else 1.0


@part
def balanced(slot, k, s, n, band, power, soon, late):
    """Slow gain that brings a band back to its share of the whole, of powers that take in so much of each frame."""
    at = s + LEVELS + PER_BAND * band
    short = slot.state[at + SHORT] + soon * (power - slot.state[at + SHORT])
    long = slot.state[at + LONG] + late * (power - slot.state[at + LONG])
    slot.state[at + SHORT], slot.state[at + LONG] = short, long
    share = setting(slot, k + BALANCE, n) * setting(slot, k + FREE + band, n)
    if share == 0:  # switched off, or locked: it begins from nothing
        slot.state[at + BALANCED] = 0.0
        return 1.0
    want_db = min(max(NEPER_DB / 2 * math.log((long + 1e-9) / (short + 1e-9)), -MOST_BALANCE_DB), MOST_BALANCE_DB)
    slot.state[at + BALANCED] += setting(slot, k + TAU, n) * (want_db - slot.state[at + BALANCED])
    return math.exp(share * slot.state[at + BALANCED] / NEPER_DB)


@part
def mixed(slot, side, n, i, dry):
    """One frame of a side: its bands, compressed and balanced, beside what it was."""
    k, s = side * SIDE, side * STATES
    heard = slot.frame + n + 1
    soon, late = 1 / min(heard, 3 * slot.rate), 1 / min(heard, 30 * slot.rate)
    y = 0.0
    for band in range(BANDS):
        at = HEARD_NOW + band * AT_ONCE + i
        x = slot.state[s + at]
        level = max(abs(x), slot.target[LINK] * max(abs(slot.state[at]), abs(slot.state[STATES + at])))
        gain = compressed(slot, k, s, n, band, level)
        slot.meter[BANDS * side + band] = min(slot.meter[BANDS * side + band], gain)
        z = x * gain * setting(slot, k + TRIM + band, n)
        z *= balanced(slot, k, s, n, band, z * z, soon, late)
        y += setting(slot, k + HEARD + band, n) * z
    # The dry part goes through the same all-pass, so that mixing does not comb.
    whole = slot.state[s + HEARD_NOW + BANDS * AT_ONCE + i]
    y = whole + setting(slot, k + MIX, n) * (y - whole)
    return dry + setting(slot, k + ON, n) * (setting(slot, k + GAIN, n) * y - dry)


def process(slot):
    """Make one sub-block."""
    for band in range(2 * BANDS):
        slot.meter[band] = 1.0
    for first in range(0, slot.x.shape[1], AT_ONCE):
        for side in range(2):
            k, s = side * SIDE, side * STATES
            for i in range(AT_ONCE):
                slot.state[s + HEARD_NOW + i] = slot.x[side, first + i]
            for band in range(BANDS):
                slot.state[s + LEVELS + PER_BAND * band + QUIET] = quiet(slot, k, first, band)
        split(slot, first)
        for i in range(AT_ONCE):
            for side in range(2):
                slot.x[side, first + i] = mixed(slot, side, first + i, i, slot.x[side, first + i])
