"""Equalisers and what colours: where, how wide, which harmonics, middle and side."""

import numpy as np

from oracles.promise import Make, Measure, Row, Trend, beside, blend, bump, of, passes, told
from oracles.promises_unit import PLAIN
from rigs import promised as p
from rigs.effect import RATE

ON = {"OFF": 1.0, "ON": 0.0}
BANDS = {
    name: 1000 * 2.0 ** ((band - 17) / 3)
    for band, name in enumerate((
        "20", "25", "31.5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500", "630",
        "800", "1k", "1k25", "1k6", "2k", "2k5", "3k15", "4k", "5k", "6k3", "8k", "10k", "12k5", "16k", "20k",
    ))
}  # fmt: skip
"""Bands of a third of an octave."""
ENHANCED = {"BassGain": 0.0, "MidGain": 0.0, "HiGain": 0.0, "Spread": 0.0, "Solo": "OFF", "OutGain": 0.0}
EXCITED = {"Mix": 100.0, "Harmonics": 0.0, "Peak": 0.0, "ZeroFill": 0.0, "Timbre": 0.0, "Solo": "OFF", "Tune": 3000.0}
WIDE = {"On": "ON", "Balance": 0.0, "MonoPan": 0.0, "StereoPan": 0.0, "ShvGain": 0.0, "StSpread": 0.0,
        "LMFSpread": 0.0, "CntrDist": 0.0, "Gain": 0.0, "OutGain": 0.0}  # fmt: skip
CLEAN = {"PreAmp": 0.0, "Drive": 0.0, "Buzz": 5.0, "Punch": 5.0, "Crunch": 5.0, "Cabinet": "OFF", "Low": 5.0,
         "High": 5.0}  # fmt: skip
TUBES = PLAIN | {"Drive": 50.0}


def hertz(token: str) -> float:
    """1k5 is 1500."""
    whole, _, rest = token.partition("k")
    return float(whole) if "k" not in token else 1000 * float(f"{whole}.{rest or 0}")


def extreme_octaves(sign: float) -> Measure:
    """Where the curve is highest, or lowest if below 0, in octaves above 1 Hz."""

    def measured(make: Make, value: object, side: int) -> float:
        level = np.abs(np.fft.rfft(p.answer(make(value), side, 2.0)))
        hz = np.arange(len(level)) / 2
        inside = (hz > 30) & (hz < 20_000)
        return float(np.log2(hz[inside][np.argmax(sign * level[inside])]))

    return measured


def octaves(token: str) -> float:
    """A frequency in octaves above 1 Hz."""
    return float(np.log2(hertz(token)))


def gain(hz: float, seconds: float = 2.0) -> Measure:
    """Decibels at a frequency."""
    return of(lambda y: p.at_hz(y, hz), seconds)


def at_centre(hz: float) -> Measure:
    """Decibels at a frequency against those of a flat curve; what is low rings longer."""
    return beside(0.0, lambda y: p.at_hz(y, hz), 2.0 if hz < 100 else 0.5)


def width_db(hz: float) -> Measure:
    """How far a curve has fallen an octave beside its centre."""
    return lambda make, value, side: (
        p.at_hz(p.answer(make(value), side, 2.0), hz / 2) - p.at_hz(p.answer(make(value), side, 2.0), hz)
    )


def side_answer(make: Make, value: object) -> p.Signal:
    """What becomes of a small impulse that is turned over on the right; shape (frames, 2)."""
    x = np.zeros((RATE, 2))
    x[0] = p.SMALL, -p.SMALL
    return make(value).play(x) / p.SMALL


def side_db(hz: float) -> Measure:
    """Gain of the side, left less right, at a frequency."""
    return lambda make, value, side: p.at_hz(side_answer(make, value) @ np.array([0.5, -0.5]), hz)


def middle_db(hz: float) -> Measure:
    """Gain of the middle, the mean of both, at a frequency."""
    return lambda make, value, side: p.at_hz(make(value).play(np.pad([p.SMALL], (0, RATE))).mean(1) / p.SMALL, hz)


def to_the_right_db(turned: bool) -> Measure:
    """How much louder the right is, of the same on both or of what is turned over."""

    def measured(make: Make, value: object, side: int) -> float:
        x = np.zeros((RATE, 2))
        x[0] = p.SMALL, -p.SMALL if turned else p.SMALL
        y = make(value).play(x)
        return p.energy_db(y[:, 1]) - p.energy_db(y[:, 0])

    return measured


def shared(make: Make, value: str, side: int) -> float:
    """The right as a part of the left, of an impulse on the left."""
    y = p.one_sided(make(value), 0, 0.2)
    return float(np.sqrt((y[:, 1] ** 2).sum() / (y[:, 0] ** 2).sum()))


def bent_db(hz: float, number: int, level_db: float = -12.0) -> Measure:
    """A harmonic of a tone against the tone."""
    return lambda make, value, side: p.harmonic_db(make(value), side, number, hz, level_db)


def even_over_odd_db(make: Make, value: float, side: int) -> float:
    """Second harmonic of 5 kHz over the third."""
    return bent_db(5000.0, 2)(make, value, side) - bent_db(5000.0, 3)(make, value, side)


def around_db(hz: float) -> Measure:
    """All harmonics of a tone together, against the tone."""
    return lambda make, value, side: float(
        10 * np.log10(sum(10 ** (p.harmonic_db(make(value), side, n, hz, -24.0) / 10) for n in range(2, 6)))
    )


ROWS = [
    *(Row("GEQ TEQ GEQ2 TEQ2", band, at_centre(hz), (-9.0, 6.0), lambda db: db, 0.1 if hz < 15_000 else 1.0)
      for band, hz in BANDS.items()),
    Row("GEQ TEQ", "Lvl", bump(1000.0), (-9.0, 6.0), lambda db: db, 0.05),
    Row("GEQ2 TEQ2", "LvlA@0|LvlB@1", bump(1000.0), (-9.0, 6.0), lambda db: db, 0.05),
    Row("P1A P1A2 PQ5 PQ5S", "On", passes, ("OFF", "ON"), told(ON), 0.1, {"Lo Boost": 5.0, "Hi Boost": 5.0}),
    Trend("P1A P1A2", "Lo Freq", gain(60.0), ("20", "30", "60", "100"), 0.5, PLAIN | {"Lo Boost": 10.0}),
    Trend("P1A P1A2", "Hi Width", width_db(5000.0), (0.0, 4.0, 10.0), 1.0, PLAIN | {"Hi Boost": 10.0, "Hi Freq": "5k"}),
    Row("P1A P1A2", "Hi Freq", extreme_octaves(1), ("3k", "5k", "10k"), octaves, 0.08,
        PLAIN | {"Hi Boost": 10.0, "Hi Width": 0.0}),
    Row("P1A P1A2", "Hi Atten", bump(20_000.0), (10.0,), lambda v: -16.0, 1.0, PLAIN | {"Atten Fr": "5k"}),
    Trend("P1A P1A2", "Atten Fr", gain(5000.0), ("5k", "10k", "20k"), 1.0, PLAIN | {"Hi Atten": 10.0}),
    Trend("P1A P1A2 PQ5 PQ5S", "Transf", bent_db(40.0, 3), ("OFF", "ON"), 10.0, PLAIN),
    Row("PQ5 PQ5S", "Lo Freq", extreme_octaves(1), ("200", "500"), octaves, 0.05, PLAIN | {"Lo Boost": 10.0}),
    Row("PQ5 PQ5S", "Mid Freq", extreme_octaves(-1), ("300", "1k5", "5k"), octaves, 0.05, PLAIN | {"Mid Cut": 10.0}),
    Row("PQ5 PQ5S", "Hi Freq", extreme_octaves(1), ("1k5", "3k", "5k"), octaves, 0.05, PLAIN | {"Hi Boost": 10.0}),
    Row("ENH ENH2", "BassGain|MidGain", blend(0.0, 100.0), (30.0, 70.0), lambda v: (v / 100) ** 2, 0.01, ENHANCED),
    Row("ENH ENH2", "HiGain", blend(0.0, 100.0), (30.0, 70.0), lambda v: (v / 100) ** 2, 0.01, ENHANCED),
    Trend("ENH ENH2", "BassFreq", extreme_octaves(-1), (1.0, 25.0, 50.0), 0.3, ENHANCED | {"BassGain": 100.0}),
    Trend("ENH ENH2", "MidQ", gain(400.0), (1.0, 25.0, 50.0), -0.5, ENHANCED | {"MidGain": 100.0}),
    Trend("ENH ENH2", "HiFreq", gain(3000.0), (1.0, 25.0, 50.0), -0.5, ENHANCED | {"HiGain": 100.0}),
    Trend("ENH ENH2", "Solo", of(p.energy_db), ("OFF", "ON"), -60.0, ENHANCED),
    Trend("ENH", "Spread", side_db(2000.0), (0.0, 50.0, 100.0), 0.5, ENHANCED),
    Trend("EXC EXC2", "Tune", gain(1500.0), (1000.0, 3000.0, 8000.0), -3.0, EXCITED | {"Solo": "ON"}),
    Trend("EXC EXC2", "Peak", gain(3000.0), (0.0, 50.0, 100.0), 1.0, EXCITED | {"Solo": "ON"}),
    Trend("EXC EXC2", "ZeroFill", gain(2100.0), (0.0, 50.0, 100.0), 0.3, EXCITED | {"Peak": 100.0}),
    Trend("EXC EXC2", "Timbre", even_over_odd_db, (-40.0, 0.0, 40.0), 3.0, EXCITED | {"Harmonics": 100.0}),
    Trend("EXC EXC2", "Harmonics", bent_db(5000.0, 2), (0.0, 50.0, 100.0), 3.0, EXCITED | {"Timbre": 50.0}),
    Row("EXC EXC2", "Mix", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 0.01, EXCITED),
    Trend("EXC EXC2", "Solo", gain(100.0), ("OFF", "ON"), -30.0, EXCITED),
    Row("IMG", "Balance", blend(0.0, 100.0), (25.0, 60.0), lambda v: v / 100, 0.01, WIDE),
    Trend("IMG", "MonoPan", to_the_right_db(False), (-50.0, 0.0, 50.0), 2.0, WIDE),
    Trend("IMG", "StereoPan", to_the_right_db(True), (-50.0, 0.0, 50.0), 2.0, WIDE),
    Row("IMG", "ShvGain", side_db(20.0), (6.0, 12.0), lambda db: db, 0.5, WIDE | {"ShvFreq": 1000.0, "ShvQ": 1.0}),
    Trend("IMG", "ShvFreq", side_db(300.0), (100.0, 300.0, 1000.0), 1.0, WIDE | {"ShvGain": 12.0, "ShvQ": 1.0}),
    Trend("IMG", "ShvQ", lambda make, v, side: side_db(150.0)(make, v, side) - side_db(600.0)(make, v, side),
          (1.0, 3.0, 10.0), 0.5, WIDE | {"ShvGain": 12.0, "ShvFreq": 300.0}),
    Row("EDI SON", "On", passes, ("OFF", "ON"), told(ON), 0.1, {"StSpread": 20.0, "CntrDist": 20.0}),
    Row("EDI", "In ST/MS|Out ST/MS", shared, ("ST", "M/S"), told({"ST": 0.0, "M/S": 1.0}), 0.01, WIDE),
    Row("EDI", "StSpread", side_db(1000.0), (-24.0, 30.0),
        lambda v: 6 * v / 50 if v > 0 else 20 * float(np.log10(1 + v / 50)), 0.1, WIDE),
    Row("EDI", "LMFSpread", side_db(30.0), (-30.0, 30.0), lambda v: 9 * v / 50, 0.3, WIDE),
    Trend("EDI", "Balance", to_the_right_db(False), (-30.0, 0.0, 30.0), 2.0, WIDE),
    Row("EDI", "CntrDist", middle_db(1000.0), (-30.0, 30.0), lambda v: -6 * v / 50, 0.1, WIDE),
    Row("SON", "LoContour", bump(20.0), (5.0, 10.0), lambda v: 1.2 * v, 0.7, {"Process": 0.0}),
    Trend("SON", "Process", gain(10_000.0), (0.0, 5.0, 10.0), 2.0, {"LoContour": 0.0}),
    Trend("AMP AMP2", "PreAmp|Drive", around_db(400.0), (0.0, 5.0, 10.0), 2.0, CLEAN),
    Trend("AMP AMP2", "Buzz", around_db(200.0), (0.0, 5.0, 10.0), 1.0, CLEAN | {"PreAmp": 5.0}),
    Trend("AMP AMP2", "Punch", around_db(700.0), (0.0, 5.0, 10.0), 1.0, CLEAN | {"PreAmp": 5.0}),
    Trend("AMP AMP2", "Crunch", around_db(3000.0), (0.0, 5.0, 10.0), 1.0, CLEAN | {"PreAmp": 5.0}),
    Trend("AMP AMP2", "Cabinet", gain(12_000.0), ("OFF", "ON"), -12.0, CLEAN),
    Trend("DRV DRV2", "Drive", bent_db(1000.0, 3), (0.0, 50.0, 100.0), 6.0, PLAIN | {"Odd": 50.0}),
    Trend("DRV DRV2", "Even", bent_db(1000.0, 2), (0.0, 24.0, 50.0), 3.0, TUBES),
    Trend("DRV DRV2", "Odd", bent_db(1000.0, 3), (0.0, 24.0, 50.0), 3.0, TUBES),
    Trend("DRV DRV2", "LoFreq", gain(200.0), (50.0, 150.0, 400.0), 0.7, PLAIN | {"LoGain": 12.0}),
    Trend("DRV DRV2", "HiFreq", gain(3000.0), (1000.0, 3000.0, 10_000.0), -0.7, PLAIN | {"HiGain": 12.0}),
]  # fmt: skip
"""All of colours that has no row in its unit."""
