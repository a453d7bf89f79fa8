"""What moves: how far, how far apart the sides are, in which shape; filters, phasers, rotors, octaves and pitches."""

from collections.abc import Callable

import numpy as np
from scipy.signal import hilbert

from oracles.promise import Make, Measure, Row, Trend, blend, of, passes, steady, told
from oracles.promises_unit import ECHO
from rigs import promised as p
from rigs.effect import RATE

HZ = 1000.0
SWEPT = ECHO | {"Mix": 100.0, "LoCut": 10.0, "HiCut": 20_000.0, "Feed": 0.0, "Speed": 1.0, "Delay": 10.0, "Phase": 0.0,
                "DelayL": 10.0, "DelayR": 10.0, "DepthL": 20.0, "DepthR": 20.0, "Depth": 20.0, "Wave": 100.0,
                "Spread": 100.0, "FeedLC": 10.0, "FeedHC": 20_000.0}  # fmt: skip
FIRST, LAST = SWEPT | {"Balance": -100.0}, SWEPT | {"Balance": 100.0}
FIRST_TYPES, LAST_TYPES = "CR/R FL/R", "D/CR D/FL"


def late_ms(make: Make, value: object, side: int, seconds: float = 4.0) -> p.Signal:
    """How late a tone is, over whole seconds, from its phase; a millisecond at a time."""
    y = hilbert(p.heard(make(value), p.tone(HZ, seconds + 1), side))
    turned = y * np.exp(-2j * np.pi * HZ * np.arange(len(y)) / RATE)
    phase = -np.unwrap(np.angle(turned))[RATE // 2 : RATE // 2 + round(seconds * RATE)]
    return np.asarray((phase / (2 * np.pi * HZ) * 1000).reshape(-1, 48).mean(1))


def level_db(make: Make, value: object, side: int, hz: float = HZ, seconds: float = 4.0) -> p.Signal:
    """Level of a tone over whole seconds, a millisecond at a time."""
    y = np.abs(hilbert(p.heard(make(value), p.tone(hz, seconds + 1), side)))
    part = y[RATE // 2 : RATE // 2 + round(seconds * RATE)]
    return np.asarray(20 * np.log10(part.reshape(-1, 48).mean(1) + 1e-9))


def moved_ms(make: Make, value: object, side: int) -> float:
    """How far a delay moves."""
    return float(np.ptp(late_ms(make, value, side)))


def moved_percent(make: Make, value: object, side: int) -> float:
    """How far a delay moves, of its longest."""
    made = make(value)
    (longest,) = [made.value(knob) for knob in ("Delay", f"Delay{'LR'[side]}") if knob in made.leaves()]
    return 100 * moved_ms(make, value, side) / longest


def turns(curve: p.Signal, times: int = 1) -> complex:
    """The part of a curve that comes once, or several times, a second."""
    return complex(np.mean((curve - curve.mean()) * np.exp(-2j * np.pi * times * np.arange(len(curve)) / 1000)))


def apart_degrees(curve: Callable[[Make, object, int], p.Signal]) -> Measure:
    """How far the right side is before or behind the left, in degrees of a turn."""

    def measured(make: Make, value: float, side: int) -> float:
        left, right = (turns(curve(make, value, each)) for each in range(2))
        return float(abs(np.degrees(np.angle(right / left))))

    return measured


def triangular(make: Make, value: float, side: int) -> float:
    """How much of its third harmonic a triangle has, that a movement has."""
    curve = late_ms(make, value, side)
    return 9 * abs(turns(curve, 3)) / abs(turns(curve))


def again(make: Make, value: float, side: int) -> float:
    """What comes back each time: all together are 1 / (1 − that)."""
    return float(1 - 1 / p.answer(make(value), side, 1.0).sum())


def again_db(make: Make, hz: float, side: int) -> float:
    """Decibels that the loop takes at a frequency from one time to the next, but for its feedback of a half."""
    y = p.answer(make(hz), side, 0.5)
    first, second = y[RATE // 200 : 3 * RATE // 200], y[3 * RATE // 200 : 5 * RATE // 200]
    return p.at_hz(second, hz) - p.at_hz(first, hz)


def swing_db(hz: float = HZ) -> Measure:
    """How far the level of a tone goes up and down."""
    return lambda make, value, side: float(np.std(level_db(make, value, side, hz)))


# --- filters and phasers ----------------------------------------------------------------------------


def curve_db(make: Make, value: object, side: int) -> tuple[p.Signal, p.Signal]:
    """Level over frequency."""
    lines = np.abs(np.fft.rfft(p.answer(make(value), side, 2.0)))
    return np.fft.rfftfreq(2 * RATE, 1 / RATE), np.asarray(20 * np.log10(lines + 1e-9))


def notch_octaves(make: Make, value: float, side: int) -> float:
    """Where a notch is, in octaves above 1 Hz."""
    hz, level = curve_db(make, value, side)
    inside = (hz > 20) & (hz < 20_000)
    return float(np.log2(hz[inside][np.argmin(level[inside])]))


def notches(make: Make, value: float, side: int) -> float:
    """How many notches there are."""
    hz, level = curve_db(make, value, side)
    inside = level[(hz > 20) & (hz < 23_500)]
    low = inside < -20
    return float(np.count_nonzero(low[1:] & ~low[:-1]))


def falling(make: Make, value: float, side: int) -> float:
    """Share of the time in which the phase of a tone falls."""
    return float(np.mean(np.diff(late_ms(make, value, side)) < 0))


def phase(ratio: p.Signal) -> p.Signal:
    """Phase of what comes out, of a tone, over what goes in."""
    return np.asarray(np.unwrap(np.angle(ratio)))


def level(ratio: p.Signal) -> p.Signal:
    """Level of what comes out over what goes in, in dB."""
    return np.asarray(20 * np.log10(np.abs(ratio) + 1e-9))


def settles_ms(begins: bool, seen: Callable[[p.Signal], p.Signal]) -> Measure:
    """Time in which what a burst changes comes, or goes, by 63 %, in what is seen of a tone."""

    def measured(make: Make, value: float, side: int) -> float:
        gain = np.full(5 * RATE, 10 ** (-50 / 20))
        gain[RATE : 3 * RATE] = 0.5
        x = gain * np.sin(2 * np.pi * HZ * np.arange(len(gain)) / RATE)
        ratio = hilbert(p.heard(make(value), x, side)) / (hilbert(x) + 1e-12)
        curve = seen(ratio[: len(ratio) // 48 * 48].reshape(-1, 48).mean(1))
        at = 1000 if begins else 3000
        before, after = np.median(curve[at - 100 : at - 20]), np.median(curve[at + 1800 : at + 1900])
        # What rings on of the burst is louder than what comes after it: the last time counts.
        near = (curve[at : at + 1900] - before) * np.sign(after - before) < 0.63 * abs(after - before)
        return float(np.flatnonzero(near)[-1] + 1 if near.any() else 0)

    return measured


def on_the_right(measure: Measure) -> Measure:
    """The same, wherever it was to be heard."""
    return lambda make, value, side: measure(make, value, 1)


def open_at(make: Make, value: str, side: int) -> float:
    """Which of lows, middle and highs pass: 1, 2 and 4 added up."""
    y = p.answer(make(value), side, 1.0)
    loudest = max(p.at_hz(y, hz) for hz in (100.0, 1000.0, 10_000.0))
    return sum(code for hz, code in ((100.0, 1), (1000.0, 2), (10_000.0, 4)) if p.at_hz(y, hz) > loudest - 8)


def wave(name: str, turn: p.Signal) -> p.Signal:
    """What a movement is called."""
    saw = 2 * turn - 1
    return {
        "TRI": 1 - 4 * np.abs(turn - 0.5), "SIN": np.sin(2 * np.pi * (turn - 0.25)), "SAW": saw, "SAW-": -saw,
        "RMP": np.minimum(4 * turn - 1, 1), "SQU": np.where(turn < 0.5, 1.0, -1.0),
    }[name]  # fmt: skip


def likest(make: Make, value: str, side: int) -> float:
    """1 if a movement is more like the wave that it is called than like any other, at whatever time it begins."""
    curve = level_db(make, value, side)
    turn = np.arange(1000) / 1000
    if value == "RND":
        return float(np.corrcoef(curve[:1000], curve[1000:2000])[0, 1] < 0.9)
    once = curve[:4000].reshape(4, 1000).mean(0)
    alike = {
        name: max(np.corrcoef(once, np.roll(wave(name, turn), shift))[0, 1] for shift in range(0, 1000, 5))
        for name in ("TRI", "SIN", "SAW", "SAW-", "RMP", "SQU")
    }
    return float(max(alike, key=lambda name: alike[name]) == value)


def of_the_left(make: Make, value: str, side: int) -> float:
    """Right side as a part of the left, of an impulse on the left."""
    y = p.one_sided(make(value), 0)
    return float(np.sqrt((y[:, 1] ** 2).sum() / (y[:, 0] ** 2).sum()))


STILL_PHASER = {"Depth": 0.0, "Reso": 0.0, "Stages": 2.0, "Mix": 50.0, "Wave": 0.0, "Base": 25.0, "Speed": 1.0,
                "EnvMod": 0.0, "Phase": 0.0, "Hold": 1.0}  # fmt: skip
MOVING_PHASER = STILL_PHASER | {"Mix": 100.0, "Depth": 50.0}
LED_PHASER = STILL_PHASER | {"Mix": 100.0, "EnvMod": 50.0}
STILL_FILTER = {"Depth": 0.0, "Reso": 0.0, "Base": 1000.0, "Mode": "LP", "Mix": 100.0, "Speed": 1.0, "Wave": "TRI",
                "Phase": 0.0, "EnvMod": 0.0, "Drive": 0.0, "4pole": "4POL", "SideChain": "OFF"}  # fmt: skip
MOVING_FILTER = STILL_FILTER | {"Base": 200.0, "Depth": 20.0}
LED_FILTER = STILL_FILTER | {"Base": 200.0, "EnvMod": 30.0}


# --- rotors, tremolo, octaves, pitch ------------------------------------------------------------------

ROTOR = {"Balance": 100.0, "Mix": 100.0, "LoSpeed": 1.0, "HiSpeed": 4.0, "StopSW": "RUN", "SpeedSW": "SLOW",
         "Distance": 0.0}  # fmt: skip


def spun(make: Make, value: float, side: int) -> float:
    """How often the horn comes by in the two seconds after it was told to turn fast."""
    made = make(value)
    made.set("SpeedSW", "SLOW")
    made.play(p.tone(2000.0, 1.0))
    made.set("SpeedSW", "FAST")
    y = np.abs(hilbert(made.play(p.tone(2000.0, 2.0))[:, side]))
    slow = y.reshape(-1, 480).mean(1)
    return float(np.count_nonzero((slow[1:-1] > slow[:-2]) & (slow[1:-1] >= slow[2:])))


def high_over_low_db(make: Make, value: float, side: int) -> float:
    """Highs over lows, on the average of a turn."""
    high, low = (np.mean(level_db(make, value, side, hz)) for hz in (3000.0, 200.0))
    return float(high - low)


TREMOLO = {"Speed": 1.0, "Depth": 100.0, "Phase": 0.0, "Wave": 0.0, "EnvSpd": 0.0, "EnvDepth": 0.0, "Hold": 1.0}
LED_TREMOLO = TREMOLO | {"Speed": 0.05, "Depth": 0.0, "EnvDepth": 100.0, "Wave": 50.0, "Phase": 180.0}
OCTAVES = {"On": "ON", "Range": "MID", "Dry": 0.0, "Oct1": 100.0, "Oct2": 0.0}
VOICES = {"Mix": 100.0, "HiCut": 20_000.0, "Pan 1": -100.0, "Pan 2": 100.0, "Gain 1": 100.0, "Gain 2": 100.0,
          "Semi 1": 0.0, "Semi 2": 0.0, "Cent 1": 0.0, "Cent 2": 0.0}  # fmt: skip


def octave_db(make: Make, value: str, side: int) -> float:
    """Level one octave below 400 Hz."""
    y = p.heard(make(value), p.tone(400.0, 2.0), side)[RATE:]
    return p.at_hz(y * np.hanning(len(y)), 200.0)


def below(octaves: int) -> Measure:
    """Level of the tone octaves below, against what it is at 100, by a tone of 120 Hz."""

    def measured(make: Make, value: float, side: int) -> float:
        found = []
        for each in (value, 100.0):
            y = p.heard(make(each), p.tone(120.0, 2.0), side)[RATE:]
            found.append(10 ** (p.at_hz(y * np.hanning(len(y)), 120.0 / 2**octaves) / 20))
        return found[0] / found[1]

    return measured


def voice(side: int, measure: Measure) -> Measure:
    """What a voice does, on the side that it is put to."""
    return lambda make, value, _: measure(make, value, side)


def cents(make: Make, value: float, side: int) -> float:
    """How far a tone of 440 Hz is shifted."""
    return float(1200 * np.log2(p.pitch_hz(make(value), side) / 440))


def longer_ms(knob_lowest: float) -> Measure:
    """How much later it comes than with the least value."""
    return lambda make, value, side: (
        p.peak_ms(p.answer(make(value), side, 1.5)) - p.peak_ms(p.answer(make(knob_lowest), side, 1.5))
    )


def to_the_right(into: int) -> Measure:
    """How much louder the right side is, of an impulse on one side."""

    def measured(make: Make, value: float, side: int) -> float:
        y = p.one_sided(make(value), into)
        return p.energy_db(y[:, 1]) - p.energy_db(y[:, 0])

    return measured


def one_button(make: Make, value: str, side: int) -> float:
    """How far the left delay moves with one button alone, in ms, of a tone on the left."""
    made = make(value)
    x = np.zeros((5 * RATE, 2))
    x[:, 0] = p.tone(HZ, 5.0)
    y = hilbert(made.play(x)[:, 0]) * np.exp(-2j * np.pi * HZ * np.arange(5 * RATE) / RATE)
    return float(np.ptp(np.unwrap(np.angle(y[RATE // 2 : -RATE // 2]))) / (2 * np.pi * HZ) * 1000)


BUTTONS = {"On": "ON", "M/St": "ST", "Dry": "OFF", "Sw1": "OFF", "Sw2": "OFF", "Sw3": "OFF", "Sw4": "OFF"}
DEPTHS_MS = {"Sw1": 0.4, "Sw2": 0.7, "Sw3": 1.1, "Sw4": 1.5}


ROWS = [
    Row("CRS FLNG", "DepthL|DepthR", moved_percent, (20.0, 40.0), lambda v: v, 0.6, SWEPT),
    Row(FIRST_TYPES, "Depth", moved_percent, (20.0, 40.0), lambda v: v, 0.6, FIRST),
    Row(LAST_TYPES, "Depth", moved_percent, (20.0, 40.0), lambda v: v, 0.6, LAST),
    Row("MODD", "Depth", moved_ms, (10.0, 20.0), lambda v: v / 10, 0.06, FIRST | {"Feedback": 0.0}),
    Row("CRS FLNG", "Phase", apart_degrees(late_ms), (60.0, 120.0), lambda v: v, 3.0, SWEPT),
    Row(FIRST_TYPES, "Phase", apart_degrees(late_ms), (60.0, 120.0), lambda v: v, 3.0, FIRST),
    Row(LAST_TYPES, "Phase", apart_degrees(late_ms), (60.0, 120.0), lambda v: v, 3.0, LAST),
    Row("CRS", "Wave", triangular, (0.0, 50.0, 100.0), lambda v: 1 - v / 100, 0.05, SWEPT),
    Row("CR/R", "Wave", triangular, (0.0, 50.0, 100.0), lambda v: 1 - v / 100, 0.05, FIRST),
    Row("D/CR", "Wave", triangular, (0.0, 50.0, 100.0), lambda v: 1 - v / 100, 0.05, LAST),
    Row(FIRST_TYPES, "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda v: v, 0.1, FIRST),
    Row(LAST_TYPES, "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda v: v, 0.1, LAST),
    Row("MODD", "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda v: v, 0.1,
        FIRST | {"Feedback": 0.0}),
    Row("CRS FLNG", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3, {"Feed": 0.0}),
    Row("CRS", "Spread", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3, SWEPT | {"DelayR": 30.0}),
    Row("FLNG", "Feed", again, (50.0, -50.0), lambda v: v / 100, 0.01, SWEPT | {"DepthL": 0.0, "DepthR": 0.0}),
    Row("FL/R", "Feed", again, (50.0, -50.0), lambda v: v / 100, 0.01, FIRST | {"Depth": 0.0}),
    Row("D/FL", "Feed", again, (50.0, -50.0), lambda v: v / 100, 0.01, LAST | {"Depth": 0.0}),
    Row("FLNG", "FeedHC", again_db, (3000.0, 8000.0), lambda hz: -9.03, 0.6,
        SWEPT | {"DepthL": 0.0, "DepthR": 0.0, "Feed": 50.0}),
    Row("FLNG", "FeedLC", again_db, (200.0, 400.0), lambda hz: -9.03, 1.0,
        SWEPT | {"DepthL": 0.0, "DepthR": 0.0, "Feed": 50.0}),
    Row("PHAS", "Base", notch_octaves, (15.0, 35.0), lambda v: float(np.log2(60 * 80 ** (v / 50))), 0.03, STILL_PHASER),
    Row("PHAS", "Stages", notches, (2.0, 4.0, 8.0), lambda v: v // 2, 0.1, STILL_PHASER),
    Row("PHAS FILT ROTA", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3, {"Reso": 0.0, "Drive": 0.0}),
    Row("PHAS", "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda v: v, 0.1,
        MOVING_PHASER),
    Trend("PHAS", "Depth", moved_ms, (10.0, 30.0, 60.0), 0.01, MOVING_PHASER),
    Trend("PHAS", "Reso", lambda make, value, side: float(curve_db(make, value, side)[1].max()), (0.0, 40.0, 80.0),
          1.0, STILL_PHASER | {"Stages": 4.0}),
    Trend("PHAS", "Wave", falling, (-40.0, 0.0, 40.0), 0.15, MOVING_PHASER),
    Row("PHAS", "Phase", apart_degrees(late_ms), (60.0, 120.0), lambda v: v, 5.0, MOVING_PHASER),
    Trend("PHAS", "EnvMod", lambda make, value, side: float(np.mean(late_ms(make, value, side))), (-60.0, 0.0, 60.0),
          -0.005, LED_PHASER),
    Trend("PHAS", "Attack", settles_ms(True, phase), (10.0, 100.0, 600.0), 15.0, LED_PHASER),
    Trend("PHAS", "Hold", settles_ms(False, phase), (1.0, 100.0, 500.0), 50.0, LED_PHASER | {"Release": 20.0}),
    Trend("PHAS", "Release", settles_ms(False, phase), (10.0, 100.0, 600.0), 15.0, LED_PHASER),
    Row("FILT", "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda v: v, 0.1,
        MOVING_FILTER),
    Trend("FILT", "Depth", swing_db(), (0.0, 10.0, 30.0), 1.0, MOVING_FILTER),
    Trend("FILT", "Reso", lambda make, v, side: p.at_hz(p.answer(make(v), side), 1000.0)
          - p.at_hz(p.answer(make(v), side), 50.0), (0.0, 40.0, 80.0), 3.0, STILL_FILTER),
    Row("FILT", "Base", lambda make, hz, side: p.at_hz(p.answer(make(hz), side), hz), (300.0, 2000.0), lambda hz: -12.0,
        1.0, STILL_FILTER),
    Row("FILT", "Mode", open_at, ("LP", "HP", "BP", "NO"), told({"LP": 1, "HP": 4, "BP": 2, "NO": 5}), 0.1,
        STILL_FILTER),
    Row("FILT", "4pole", lambda make, v, side: p.at_hz(p.answer(make(v), side), 4000.0)
        - p.at_hz(p.answer(make(v), side), 2000.0), ("2POL", "4POL"), told({"2POL": -12.0, "4POL": -24.0}), 2.0,
        STILL_FILTER | {"Base": 300.0}),
    Row("FILT", "Wave", likest, ("TRI", "SIN", "SAW", "SAW-", "RMP", "SQU", "RND"), lambda name: 1.0, 0.1,
        MOVING_FILTER),
    Row("FILT", "Phase", apart_degrees(level_db), (60.0, 120.0), lambda v: v, 5.0, MOVING_FILTER),
    Trend("FILT", "EnvMod", steady(HZ, -6.0), (-20.0, 0.0, 20.0), 2.0, LED_FILTER),
    Trend("FILT", "Attack", settles_ms(True, level), (10.0, 60.0, 250.0), 8.0, LED_FILTER),
    Trend("FILT", "Release", settles_ms(False, level), (10.0, 100.0, 500.0), 8.0, LED_FILTER),
    Trend("FILT", "Drive", lambda make, value, side: p.harmonic_db(make(value), side, 3, 100.0, -12.0),
          (0.0, 40.0, 100.0), 6.0, STILL_FILTER | {"Base": 10_000.0}),
    Row("FILT", "SideChain", of_the_left, ("OFF", "ON"), told({"OFF": 0.0, "ON": 1.0}), 0.01, STILL_FILTER),
    Row("ROTA", "LoSpeed", lambda make, hz, side: p.swing_hz(make(hz), side, 2000.0), (0.7, 2.0), lambda v: v, 0.1,
        ROTOR),
    Row("ROTA", "HiSpeed", lambda make, hz, side: p.swing_hz(make(hz), side, 2000.0), (3.0, 7.0), lambda v: v, 0.1,
        ROTOR | {"SpeedSW": "FAST"}),
    Row("ROTA", "SpeedSW", lambda make, v, side: p.swing_hz(make(v), side, 2000.0), ("SLOW", "FAST"),
        told({"SLOW": 1.0, "FAST": 4.0}), 0.1, ROTOR),
    Trend("ROTA", "Accel", spun, (0.0, 50.0, 100.0), 1.0, ROTOR),
    Trend("ROTA", "Distance", swing_db(2000.0), (0.0, 50.0, 100.0), -0.3, ROTOR),
    Trend("ROTA", "Balance", high_over_low_db, (-60.0, 0.0, 60.0), 3.0, ROTOR),
    Trend("ROTA", "StopSW", swing_db(2000.0), ("STOP", "RUN"), 1.0, ROTOR),
    Row("PAN", "Depth", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 0.01, TREMOLO),
    Row("PAN", "Phase", apart_degrees(level_db), (60.0, 120.0), lambda v: v, 5.0, TREMOLO | {"Depth": 50.0}),
    Trend("PAN", "Wave", swing_db(), (-50.0, 0.0, 50.0), 0.2, TREMOLO | {"Depth": 50.0}),
    Trend("PAN", "EnvSpd", lambda make, v, side: p.swing_hz(make(v), side), (0.0, 40.0, 100.0), 0.05,
          TREMOLO | {"Depth": 50.0}),
    Trend("PAN", "EnvDepth", swing_db(), (0.0, 40.0, 100.0), 0.1, TREMOLO | {"Depth": 20.0}),
    Trend("PAN", "Attack", on_the_right(settles_ms(True, level)), (10.0, 100.0, 600.0), 15.0, LED_TREMOLO),
    Trend("PAN", "Hold", on_the_right(settles_ms(False, level)), (1.0, 100.0, 500.0), 50.0,
          LED_TREMOLO | {"Release": 20.0}),
    Trend("PAN", "Release", on_the_right(settles_ms(False, level)), (10.0, 100.0, 600.0), 15.0, LED_TREMOLO),
    Row("SUB", "On", passes, ("OFF", "ON"), told({"OFF": 1.0, "ON": 0.0}), 0.1, OCTAVES),
    Row("DIMC", "On", passes, ("OFF", "ON"), told({"OFF": 1.0, "ON": 0.0}), 0.1, {"Sw1": "ON"}),
    Trend("SUB", "Range", octave_db, ("LO", "HI"), 6.0, OCTAVES),
    Row("SUB", "Dry|Oct1|Oct2", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 0.01, OCTAVES),
    Row("DIMC", "M/St", lambda make, v, side: float(p.one_sided(make(v), 1, 0.3)[:, 0].sum()), ("ST", "M"),
        told({"ST": 0.0, "M": 0.5}), 0.03, BUTTONS),
    Row("DIMC", "Dry", of(lambda y: y[0]), ("OFF", "ON"), told({"OFF": 0.0, "ON": 1.0}), 0.01, BUTTONS),
    *(Row("DIMC", knob, one_button, ("OFF", "ON"), told({"OFF": 0.0, "ON": 2 * ms}), 0.05, BUTTONS)
      for knob, ms in DEPTHS_MS.items()),
    Row("PIT", "Delay", longer_ms(1.0), (100.0, 300.0), lambda ms: ms - 1, 0.05,
        {"Mix": 100.0, "Semi": 0.0, "Cent": 0.0}),
    Row("PIT PIT2", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 1e-3),
]  # fmt: skip
"""All that moves and has no row in its unit."""
for each, into in (("1", 0), ("2", 1)):
    ROWS += [
        Row("PIT2", f"Semi {each}@{into}", cents, (-5.0, 7.0), lambda v: 100 * v, 2.0, VOICES),
        Row("PIT2", f"Cent {each}@{into}", cents, (-30.0, 40.0), lambda v: v, 2.0, VOICES),
        Row("PIT2", f"Delay {each}@{into}", longer_ms(1.0), (100.0, 300.0), lambda ms: ms - 1, 0.05, VOICES),
        Trend("PIT2", f"Gain {each}@{into}", of(p.energy_db), (20.0, 50.0, 100.0), 3.0, VOICES),
        Trend("PIT2", f"Pan {each}@{into}", to_the_right(into), (-50.0, 0.0, 50.0), 2.0, VOICES),
    ]
