"""Combinator: five bands, each with a compressor of its own, that sum up to an all-pass when all are at rest.

    x ─▶ 4 crossovers ─▶ 5 × (compressor ─▶ gain) ─▶ [balance of the bands] ─▶ + ─▶ mix ─▶ gain ─▶ y

Slopes of 12 dB are Linkwitz–Riley filters of second order, those of 48 dB of eighth; bands below a crossover go
through the all-pass that the bands above get by their sum.
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

ON, MIX, GAIN, ATTACK, RELEASE, AUTO, SLOPE, BALANCE, TAU, LINK = range(10)
THRESHOLD, TRIM, HEARD, FREE = (10 + BANDS * i for i in range(4))
LOW = FREE + BANDS
HIGH = LOW + SPLITS * SECTIONS * COEFFICIENTS
PASS = HIGH + SPLITS * SECTIONS * COEFFICIENTS
SIDE = PASS + SPLITS * PASSES * COEFFICIENTS
SPLIT_STATES = 2 * SECTIONS * tone.STATES
PASS_STATES = BANDS * SPLITS * PASSES * tone.STATES
LEVELS = SPLITS * SPLIT_STATES + PASS_STATES
STATES = LEVELS + 6 * BANDS


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
def passed(slot, k, s, n, band, first, x):
    """A band through the all-passes of the crossovers from `first` on."""
    for split in range(first, SPLITS):
        for section in range(PASSES):
            which = split * PASSES + section
            at = s + SPLITS * SPLIT_STATES + 2 * ((band * SPLITS + split) * PASSES + section)
            x = tone.tick(slot, k + PASS + COEFFICIENTS * which, at, n, x)
    return x


@part
def compressed(slot, k, s, n, band, level):
    """Gain of a band."""
    over = 20 * math.log10(level + 1e-9) - setting(slot, k + THRESHOLD + band, n)
    over = 0.0 if over <= -KNEE_DB / 2 else over if over >= KNEE_DB / 2 else (over + KNEE_DB / 2) ** 2 / (2 * KNEE_DB)
    ask = setting(slot, k + SLOPE, n) * over
    at = s + LEVELS + 6 * band
    held, slow = slot.state[at], slot.state[at + 1]
    release = setting(slot, k + RELEASE, n)
    if slot.target[k + AUTO] > 0:
        # What was held down only shortly lets go up to ten times as fast.
        release *= 1 + 9 * max(1 - slow / (held + 1e-3), 0.0)
    held += (setting(slot, k + ATTACK, n) if ask > held else release) * (ask - held)
    slow += setting(slot, k + RELEASE, n) * (held - slow)
    slot.state[at], slot.state[at + 1] = held, slow
    return 10 ** (-held / 20)


@part
def band_of(slot, k, s, n, x):
    """Split one frame of a side; bands go to the states beside their levels, the all-pass is what is returned."""
    rest = x
    whole = 0.0
    for split in range(SPLITS):
        low, high = rest, rest
        for section in range(SECTIONS):
            at = s + split * SPLIT_STATES + 2 * section
            low = tone.tick(slot, k + LOW + COEFFICIENTS * (split * SECTIONS + section), at, n, low)
            high = tone.tick(slot, k + HIGH + COEFFICIENTS * (split * SECTIONS + section), at + 2 * SECTIONS, n, high)
        low = passed(slot, k, s, n, split, split + 1, low)
        slot.state[s + LEVELS + 6 * split + 2] = low
        whole += low
        rest = high
    slot.state[s + LEVELS + 6 * SPLITS + 2] = rest
    return whole + rest


@part
def balanced(slot, k, s, n, band, power):
    """Slow gain that brings a band back to its share of the whole."""
    at = s + LEVELS + 6 * band + 3
    heard = slot.frame + n + 1
    short = slot.state[at] + (power - slot.state[at]) / min(heard, 3 * slot.rate)
    long = slot.state[at + 1] + (power - slot.state[at + 1]) / min(heard, 30 * slot.rate)
    slot.state[at], slot.state[at + 1] = short, long
    want_db = min(max(10 * math.log10((long + 1e-9) / (short + 1e-9)), -MOST_BALANCE_DB), MOST_BALANCE_DB)
    slot.state[at + 2] += setting(slot, k + TAU, n) * (want_db - slot.state[at + 2])
    return 10 ** (setting(slot, k + BALANCE, n) * setting(slot, k + FREE + band, n) * slot.state[at + 2] / 20)


def process(slot):
    """Make one sub-block."""
    for band in range(2 * BANDS):
        slot.meter[band] = 1.0
    for n in range(slot.x.shape[1]):
        dry_left, dry_right = slot.x[0, n], slot.x[1, n]
        wholes = band_of(slot, 0, 0, n, dry_left), band_of(slot, SIDE, STATES, n, dry_right)
        for side in range(2):
            k, s = side * SIDE, side * STATES
            y = 0.0
            for band in range(BANDS):
                at = LEVELS + 6 * band + 2
                x = slot.state[s + at]
                level = max(abs(x), slot.target[LINK] * max(abs(slot.state[at]), abs(slot.state[STATES + at])))
                gain = compressed(slot, k, s, n, band, level)
                slot.meter[BANDS * side + band] = min(slot.meter[BANDS * side + band], gain)
                z = x * gain * setting(slot, k + TRIM + band, n)
                z *= balanced(slot, k, s, n, band, z * z)
                y += setting(slot, k + HEARD + band, n) * z
            dry = dry_left if side == 0 else dry_right
            # The dry part goes through the same all-pass, so that mixing does not comb.
            y = wholes[side] + setting(slot, k + MIX, n) * (y - wholes[side])
            slot.x[side, n] = dry + setting(slot, k + ON, n) * (setting(slot, k + GAIN, n) * y - dry)
