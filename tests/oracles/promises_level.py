"""Compressors, limiters, de-essers and shapers of transients: how far down, how fast, how steep, and what of it all."""

import numpy as np
from scipy.signal import hilbert

from oracles.promise import Make, Measure, Row, Trend, blend, bump, passes, steady, told
from oracles.promises_unit import PLAIN
from rigs import promised as p
from rigs.effect import RATE

HZ = 1000.0
ON = {"OFF": 1.0, "ON": 0.0}


def gains_db(make: Make, value: object, side: int, hz: float = HZ, levels: tuple[float, ...] = (-40.0, -6.0, -40.0),
             seconds: float = 1.5) -> p.Signal:  # fmt: skip
    """Gain of a tone whose level steps, a millisecond at a time; less than its first."""
    parts = [np.full(round(seconds * RATE), 10 ** (level / 20)) for level in levels]
    x = np.concatenate(parts) * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE) * len(levels)) / RATE)
    y = p.heard(make(value), x, side)
    power = [(each[: len(x) // 48 * 48] ** 2).reshape(-1, 48).sum(1) for each in (x, y)]
    return np.asarray(10 * np.log10((power[1] + 1e-20) / (power[0] + 1e-20)))


def taken_ms(levels: tuple[float, ...] = (-40.0, -6.0, -40.0), hz: float = HZ, seconds: float = 1.5) -> Measure:
    """Time until two thirds of what is taken of a louder tone are taken."""

    def measured(make: Make, value: object, side: int) -> float:
        at, curve = round(1000 * seconds), gains_db(make, value, side, hz, levels, seconds)
        before, after = np.median(curve[at - 200 : at - 20]), np.median(curve[2 * at - 100 : 2 * at - 20])
        # What comes late through filters is no gain: the last time counts.
        late = np.flatnonzero(curve[at : 2 * at] - before > 0.63 * (after - before))
        return float(late[-1] + 1 if late.size else 0)

    return measured


def given_back_ms(levels: tuple[float, ...] = (-40.0, -6.0, -40.0), hz: float = HZ, seconds: float = 1.5) -> Measure:
    """Time until two thirds of what was taken are given back."""

    def measured(make: Make, value: object, side: int) -> float:
        at, curve = round(1000 * seconds), gains_db(make, value, side, hz, levels, seconds)
        before, after = np.median(curve[2 * at - 100 : 2 * at - 20]), np.median(curve[at - 200 : at - 20])
        held = curve[2 * at + 10 :] - before < 0.63 * (after - before)
        return float(np.flatnonzero(held)[-1] + 11 if held.any() else 0)

    return measured


def not_yet_taken_db(make: Make, value: object, side: int) -> float:
    """How much louder the first millisecond of a louder tone is than what follows."""
    curve = gains_db(make, value, side, 5000.0)
    return float(curve[1500] - np.median(curve[2000:2900]))


def slope(levels: tuple[float, float] = (-16.0, -6.0), hz: float = HZ) -> Measure:
    """Decibels that come out for each that goes in, between two levels."""

    def measured(make: Make, value: object, side: int) -> float:
        low, high = (p.settled_db(make(value), side, hz, level, 3.0) for level in levels)
        return (high - low) / (levels[1] - levels[0])

    return measured


def over_distorted_db(hz: float = 60.0, level_db: float = -6.0, number: int = 3) -> Measure:
    """A harmonic of a tone against the tone."""
    return lambda make, value, side: p.harmonic_db(make(value), side, number, hz, level_db)


# --- de-esser and transients ----------------------------------------------------------------------------


def turned_db(hz: float) -> Measure:
    """Level of a tone that is turned over on the right: what is neither middle nor mono."""

    def measured(make: Make, value: object, side: int) -> float:
        x = p.tone(hz, 1.5)
        y = make(value).play(np.stack((x, -x), axis=1))[RATE:, 0]
        return p.energy_db(y) - p.energy_db(x[RATE:])

    return measured


def lowered_db(hz: float) -> Measure:
    """How much of a sibilant is lowered."""
    return lambda make, value, side: p.settled_db(make(value), side, hz, -20.0) + 20


def noted_db(first_ms: float, last_ms: float) -> Measure:
    """Gain of a part of a note that begins at once and dies away."""
    at = np.arange(RATE) / RATE
    note = 0.2 * np.exp(-at / 0.12) * np.sin(2 * np.pi * 400 * at)

    def measured(make: Make, value: object, side: int) -> float:
        x = np.concatenate((np.zeros(RATE // 2), note))
        y = p.heard(make(value), x, side)
        part = slice(RATE // 2 + round(first_ms * RATE / 1000), RATE // 2 + round(last_ms * RATE / 1000))
        return p.energy_db(y[part]) - p.energy_db(x[part])

    return measured


# --- limiter ---------------------------------------------------------------------------------------------

LIMITED = {"InGain": 0.0, "OutGain": 0.0, "Squeeze": 0.0, "Knee": 0.0, "AutoGain": "OFF", "STLink": "ON",
           "Attack": 0.5, "Release": 100.0}  # fmt: skip


def before_a_peak_db(make: Make, value: float, side: int) -> float:
    """Level of a soft tone in the millisecond before it becomes loud: it is taken hold of there, at once or slowly."""
    gain = np.full(RATE, 0.1)
    gain[RATE // 2 :] = 3.0
    y = p.heard(make(value), gain * np.sin(2 * np.pi * 4000 * np.arange(RATE) / RATE), side)
    loud = int(np.argmax(np.abs(y) > 0.3))
    return p.energy_db(y[loud - 48 : loud - 4])


def left_of_the_other_db(make: Make, value: str, side: int) -> float:
    """Gain of a soft right side while the left is far too loud."""
    x = np.stack((p.tone(HZ, 1.0, 12.0), p.tone(HZ, 1.0, -20.0)), axis=1)
    y = make(value).play(x)[RATE // 2 :, 1]
    return p.energy_db(y) - p.energy_db(x[RATE // 2 :, 1])


# --- combinator -----------------------------------------------------------------------------------------

BANDS_HZ = (40.0, 220.0, 866.0, 3400.0, 16_000.0)
APART_HZ = (25.0, 154.0, 866.0, 4870.0, 20_000.0)
"""Middles of bands whose crossovers lie as far apart as they can."""
BANDS = {"On": "ON", "SoloBd": "OFF", "Mix": 100.0, "Attack": 0.0, "Release": 3000.0, "AutoRel": "OFF", "SBC": 10.0,
         "SBCOn": "OFF", "XOSpc": 0.0, "Slope": "48", "Ratio": "2", "Thresh": -20.0, "Gain": 0.0}  # fmt: skip
RESTING = BANDS | {"Thresh": 0.0}


def band_of(make: Make, value: str, side: int) -> float:
    """Which band is the loudest, from 1."""
    y = p.answer(make(value), side, 1.0)
    return 1.0 + int(np.argmax([p.at_hz(y, hz) for hz in BANDS_HZ]))


def corner_octaves(make: Make, value: float, side: int) -> float:
    """Where the lowest band is half as loud, in octaves above 1 Hz."""
    y = p.answer(make(value), side, 2.0)
    hz = np.fft.rfftfreq(len(y), 1 / RATE)
    level = 20 * np.log10(np.abs(np.fft.rfft(y)) + 1e-9)
    return float(np.log2(hz[np.argmax((hz > 20) & (level < level[(hz > 10) & (hz < 30)].max() - 6.02))]))


def balanced_db(hz: float, watched_s: float = 1.0) -> Measure:
    """How much a tone has been brought down that was soft for four seconds, and then is loud."""

    def measured(make: Make, value: object, side: int) -> float:
        curve = gains_db(make, value, side, hz, (-40.0, -40.0, -10.0), 2.0)
        loud = curve[4000 + round(1000 * watched_s) : 4200 + round(1000 * watched_s)]
        return float(np.mean(loud) - np.mean(curve[3500:3700]))

    return measured


def shown_db(side: int) -> Measure:
    """What the meter of the middle band shows of a loud tone there."""

    def measured(make: Make, value: str, _: int) -> float:
        made = make(value)
        for _ in range(2):
            made.meters()
            made.play(p.tone(BANDS_HZ[2], 1.0, -10.0))
        return float(20 * np.log10(made.meters()[5 * side + 2] + 1e-9))

    return measured


def short_over_long(make: Make, value: str, side: int) -> float:
    """Time that a short burst is held down after it, as a part of that after a long one."""
    bursts = []
    for seconds in (0.05, 2.0):
        gain = np.full(6 * RATE, 0.01)
        gain[RATE : RATE + round(seconds * RATE)] = 0.5
        x = gain * np.sin(2 * np.pi * BANDS_HZ[2] * np.arange(len(gain)) / RATE)
        y = np.abs(hilbert(p.heard(make(value), x, side)))[RATE + round((seconds + 0.02) * RATE) :]
        bursts.append(float(np.argmax(y > 0.01 * 10 ** (-1.5 / 20)) + 1))
    return bursts[0] / bursts[1]


# --- valves -----------------------------------------------------------------------------------------------

VALVES = {"On": "ON", "InGain": 0.0, "Threshold": 5.0, "Time": 1.0, "DCBias": 50.0, "OutGain": 0.0, "Balance": 55.0}
CELL = {"On": "ON", "Gain": 44.0, "Peak Red": 60.0, "Mode": "COMP", "OutGain": 0.0}
FET = {"On": "ON", "InGain": -12.0, "OutGain": -23.0, "Attack": 7.0, "Release": 7.0, "Ratio": "4"}


def thump_db(make: Make, value: float, side: int) -> float:
    """What comes below 150 Hz at the beginning of a loud tone of 3 kHz."""
    x = np.zeros(RATE)
    x[RATE // 2 :] = 0.5 * np.sin(2 * np.pi * 3000 * np.arange(RATE // 2) / RATE)
    y = p.heard(make(value), x, side)
    lines = np.abs(np.fft.rfft(y)) ** 2
    return float(10 * np.log10(lines[2:150].sum() + 1e-20))


ROWS = [
    Row("DES2", "Low A@0|Low B@1", lowered_db(5500.0), (20.0, 50.0), lambda v: -12 * v / 50, 1.0),
    Row("DES2", "High A@0|High B@1", lowered_db(8000.0), (20.0, 50.0), lambda v: -12 * v / 50, 1.0),
    Row("DES", "Low (M)@0", lowered_db(5500.0), (20.0, 50.0), lambda v: -12 * v / 50, 1.0),
    Row("DES", "High (M)@0", lowered_db(8000.0), (20.0, 50.0), lambda v: -12 * v / 50, 1.0),
    Row("DES", "Low S@0", turned_db(5500.0), (20.0, 50.0), lambda v: -12 * v / 50, 1.0, {"M/S": "MS"}),
    Row("DES", "High S@0", turned_db(8000.0), (20.0, 50.0), lambda v: -12 * v / 50, 1.0, {"M/S": "MS"}),
    Row("DES", "M/S", turned_db(5500.0), ("ST", "MS"), told({"ST": -12.0, "MS": 0.0}), 1.0, {"Low (M)": 50.0}),
    Trend("DES", "Male", lowered_db(9500.0), ("FEM", "MALE"), 0.5, {"High (M)": 50.0}),
    Trend("DES2", "Male A@0|Male B@1", lowered_db(9500.0), ("FEM", "MALE"), 0.5, {"High A": 50.0, "High B": 50.0}),
    Trend("WAVD", "AttackA@0|AttackB@1", noted_db(0, 10), (-60.0, 0.0, 60.0), 2.0),
    Trend("WAVD", "SustainA@0|SustainB@1", noted_db(150, 400), (-60.0, 0.0, 60.0), 2.0),
    Trend("LIM", "Squeeze", slope((-20.0, -6.0)), (0.0, 50.0, 100.0), -0.1, LIMITED),
    Trend("LIM", "Attack", before_a_peak_db, (0.05, 0.5, 1.0), 0.5, LIMITED),
    Row("LIM", "Release", lambda make, ms, side: float(np.log2(given_back_ms((-40.0, 6.0, -40.0))(make, ms, side))),
        (100.0, 400.0), lambda ms: float(np.log2(ms)), 0.4, LIMITED),
    Trend("LIM", "STLink", left_of_the_other_db, ("ON", "OFF"), 6.0, LIMITED),
    Trend("LIM", "AutoGain", steady(HZ, -30.0), ("OFF", "ON"), 1.0, LIMITED),
    Row("CMB CMB2", "On", passes, ("OFF", "ON"), told(ON), 0.1, BANDS),
    Row("CMB CMB2", "SoloBd", band_of, ("Bd1", "Bd2", "Bd3", "Bd4", "Bd5"), lambda name: float(name[2]), 0.1, RESTING),
    Row("CMB CMB2", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3, BANDS | {"Thresh": -40.0}),
    Trend("CMB CMB2", "Attack", taken_ms(hz=BANDS_HZ[2]), (0.0, 5.0, 15.0), 3.0, BANDS),
    Row("CMB CMB2", "Release", given_back_ms(hz=BANDS_HZ[2], seconds=2.5), (200.0, 600.0), lambda ms: ms, 90.0, BANDS),
    Trend("CMB CMB2", "AutoRel", short_over_long, ("OFF", "ON"), -0.1, BANDS | {"Release": 500.0}),
    Trend("CMB CMB2", "SBC", balanced_db(BANDS_HZ[2], 0.3), (1.0, 5.0, 10.0), -0.1, RESTING | {"SBCOn": "ON"}),
    Trend("CMB CMB2", "SBCOn", balanced_db(BANDS_HZ[2]), ("OFF", "ON"), -1.0, RESTING),
    Row("CMB CMB2", "XOSpc", corner_octaves, (-20.0, 20.0),
        lambda v: float(np.log2(866 * (150 / 866) ** (1 + v / 100))), 0.05, RESTING | {"SoloBd": "Bd1"}),
    Row("CMB CMB2", "Slope", lambda make, v, side: p.at_hz(p.answer(make(v), side), 600.0)
        - p.at_hz(p.answer(make(v), side), 300.0), ("12", "48"), lambda v: -float(v), 4.0,
        RESTING | {"SoloBd": "Bd1"}),
    Row("CMB CMB2", "MeterSel@0", shown_db(0), ("GR", "PEAK"), told({"GR": -5.0, "PEAK": -15.0}), 0.7, BANDS),
    Row("CMB2", "MeterSel2@1", shown_db(1), ("GR", "PEAK"), told({"GR": -5.0, "PEAK": -15.0}), 0.7, BANDS),
    Row("FAC FAC2 LEC LEC2 ULC ULC2 FAC1M", "On", passes, ("OFF", "ON"), told(ON), 0.1,
        {"Peak Red": 100.0, "InGain": 0.0, "Threshold": 8.0}),
    Trend("FAC FAC2 FAC1M", "Threshold", steady(HZ, -10.0), (0.0, 4.0, 8.0), -2.0, VALVES),
    Trend("FAC FAC2 FAC1M", "Time", given_back_ms(seconds=6.0), (1.0, 2.0, 3.0, 4.0), 100.0, VALVES),
    Trend("FAC FAC2 FAC1M", "DCBias", slope((-12.0, -4.0)), (0.0, 50.0, 100.0), 0.02, VALVES),
    Trend("FAC FAC2 FAC1M", "Balance", thump_db, (55.0, 75.0, 100.0), 2.0, VALVES | {"Threshold": 8.0}),
    Row("FAC1M", "OutGain", bump(HZ), (-9.0, 6.0), lambda db: db, 0.05, PLAIN),
    Row("FAC1M", "InGain", bump(HZ, -10.0), (-18.0, -3.0), lambda db: db + 10, 0.05, PLAIN),
    Trend("LEC LEC2", "Peak Red", steady(HZ, -10.0), (0.0, 50.0, 100.0), -3.0, CELL),
    Trend("LEC LEC2", "Mode", slope((-20.0, -6.0)), ("COMP", "LIM"), -0.1, CELL),
    Trend("ULC ULC2", "Attack", not_yet_taken_db, (1.0, 4.0, 7.0), -0.3, FET),
    Row("ULC ULC2", "Release", given_back_ms(seconds=2.5), (2.0, 5.0), lambda r: 1100 / 22 ** ((r - 1) / 6), 120.0,
        FET),
    Row("ULC ULC2", "Ratio", slope((-16.0, -8.0)), ("4", "8", "12", "20"), lambda ratio: 1 / float(ratio), 0.02, FET),
]  # fmt: skip
"""All of dynamics that has no row in its unit."""
for half in range(2):
    for band, hz in enumerate(APART_HZ):
        mark, types = str(5 * half + band + 1), "CMB CMB2" if half == 0 else "CMB2"
        mark = "" if mark == "1" else mark
        alone = {"SoloBd": f"Bd{band + 1}", "XOSpc": 50.0}
        ROWS += [
            Row(types, f"ThrTrim{mark}@{half}", steady(hz, 0.0), (-6.0, 6.0), lambda db: -10 + db / 2, 0.3,
                BANDS | alone),
            Row(types, f"GainTrim{mark}@{half}", steady(hz, -40.0), (-6.0, 6.0), lambda db: -40 + db, 0.3,
                BANDS | alone),
            Trend(types, f"BdLock{mark}@{half}", balanced_db(hz), ("0", "1"), 0.8, RESTING | alone | {"SBCOn": "ON"}),
        ]  # fmt: skip
