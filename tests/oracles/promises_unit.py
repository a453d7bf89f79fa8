"""What has a unit on its display, measured in it."""

from fractions import Fraction

import numpy as np

from oracles.promise import Row, beside, bump, cents, cut, of, repeated, repeated_cut, steady
from rigs import promised as p

STILL = {"ModSpeed": 0.0, "ModSpin": 0.0, "Mod": 0.0, "ModDepth": 1.0, "EchoFbL": 0.0, "EchoFbR": 0.0, "ERLevel": 0.0,
         "ERLevelL": 0.0, "ERLevelR": 0.0, "LoCut": 10.0, "HiCut": 20_000.0}  # fmt: skip
CLEAR = STILL | {"Damping": 20_000.0, "BassMult": 1.0, "LoMult": 1.0, "HiMult": 1.0, "PreDelay": 0.0,
                 "EchoLeft": 0.0, "EchoRight": 0.0, "Decay": 1.5, "RevDelay": 0.0}  # fmt: skip
WET = {"Mix": 100.0, "LoCut": 10.0, "HiCut": 20_000.0, "DepthL": 0.0, "DepthR": 0.0, "Depth": 0.0, "Feed": 0.0}
ROOM = {"Mix": 100.0, "Balance": 100.0, "X-Feed": 0.0, "Depth": 0.0, "LoCut": 10.0, "Damp": 20_000.0, "PreDelay": 0.0}
ECHO = {"Mix": 100.0, "Balance": -100.0, "Time": 500.0, "FactorL": "1", "FactorR": "1", "Offset": 0.0, "Mode": "ST",
        "LC": 10.0, "HC": 20_000.0, "FeedLC": 10.0, "FeedHC": 20_000.0, "LoCut": 10.0, "Pattern": "1", "Depth": 0.0,
        "X-Feed": 0.0, "FeedL": 50.0, "FeedR": 50.0, "Feedback": 50.0, "Serial": "PAR", "Factor": "1"}  # fmt: skip
TAPS = {"Time": 500.0, "GainT": 100.0, "Gain": 100.0, "PanT": 0.0, "GainA": 0.0, "GainB": 0.0, "GainC": 0.0,
        "Feedback": 0.0, "LC": 10.0, "HC": 20_000.0, "Mono": "OFF", "Dry": "OFF", "Spread": 0, "X-Feed": "OFF",
        "PanA": 0.0, "PanB": 0.0}  # fmt: skip
PLAIN = {"On": "ON", "Transf": "OFF", "Gain": 0.0, "OutGain": 0.0, "Even": 0.0, "Odd": 0.0, "Drive": 0.0,
         "LoCut": 20.0, "HiCut": 20_000.0, "LoGain": 0.0, "HiGain": 0.0, "Lo Boost": 0.0, "Lo Atten": 0.0,
         "Hi Boost": 0.0, "Hi Atten": 0.0, "Mid Cut": 0.0, "Spread": 0.0, "BassGain": 0.0, "MidGain": 0.0,
         "Threshold": 0.0, "Peak Red": 0.0, "Gain 1": 100.0, "Gain 2": 100.0}  # fmt: skip
HALLS = "HALL ROOM CHAM RPLT PLAT AMBI VREV VRM"
PAIRS = "D/RV CR/R FL/R"

ROWS = [
    Row(f"{HALLS} GATE RVRS CRS FLNG PIT {PAIRS}", "LoCut", cut(10.0), (50.0, 200.0), lambda hz: -3.01, 0.3,
        STILL | WET | {"Decay": 0.5}),
    Row("HALL ROOM CHAM RPLT PLAT AMBI VRM CRS FLNG PIT PIT2", "HiCut", cut(20_000.0), (3000.0, 8000.0),
        lambda hz: -3.01, 0.3, STILL | WET),
    Row("DRV DRV2", "LoCut", cut(20.0), (80.0, 150.0), lambda hz: -3.01, 0.3, PLAIN),
    Row("DRV DRV2", "HiCut", cut(20_000.0), (5000.0, 9000.0), lambda hz: -3.01, 0.3, PLAIN),
    Row("DLY 3TAP 4TAP", "LC", cut(10.0), (50.0, 300.0), lambda hz: -3.01, 0.3, ECHO | TAPS | {"Mix": 100.0}),
    Row("DLY 3TAP 4TAP", "HC", cut(20_000.0), (2000.0, 8000.0), lambda hz: -3.01, 0.3, ECHO | TAPS | {"Mix": 100.0}),
    Row(f"{HALLS} GATE RVRS", "Level", beside(0.0, p.energy_db), (-9.0, 6.0), lambda db: db, 0.05, STILL),
    Row("HALL ROOM CHAM RPLT PLAT AMBI VREV GATE RVRS", "PreDelay", beside(0.0, p.arrival_ms), (20.0, 120.0),
        lambda ms: ms, 0.03, STILL),
    Row("VRM", "RevDelay", beside(0.0, p.arrival_ms), (20.0, 120.0), lambda ms: ms, 0.03, STILL),
    Row(PAIRS, "PreDelay", beside(0.0, p.arrival_ms), (20.0, 120.0), lambda ms: ms, 0.03, ROOM),
    Row("HALL ROOM CHAM RPLT PLAT VREV VRM", "Decay", of(lambda y: float(np.mean(
        [p.t60_s(y, hz) for hz in (500, 1000, 2000)])), 4.0), (1.2, 2.0), lambda s: s, 0.06, CLEAR),
    Row(PAIRS, "Decay", of(lambda y: p.t60_s(y, 1000.0, 2.0), 4.0), (1.2, 2.0), lambda s: s, 0.1, ROOM),
    Row("HALL ROOM CHAM RPLT PLAT", "Damping", lambda make, hz, side: p.t60_s(
        p.answer(make(hz), side, 3.0), hz, 1 / 3), (4000.0, 7000.0), lambda hz: 0.75, 0.09, CLEAR),
    Row("HALL ROOM CHAM RPLT PLAT", "BassMult", of(lambda y: p.t60_s(y, 80.0), 4.0), (0.5, 1.5), lambda b: 1.5 * b,
        0.35, CLEAR),
    Row("VREV VRM", "LoMult", of(lambda y: p.t60_s(y, 80.0), 4.0), (0.5, 1.5), lambda b: 1.5 * b, 0.35, CLEAR),
    Row("VREV", "HiMult", of(lambda y: p.t60_s(y, 16_000.0, 1 / 3), 4.0), (0.4, 0.7), lambda h: 1.5 * h, 0.15,
        CLEAR),
    Row("GATE RVRS", "Decay", of(p.last_ms, 1.5), (200.0, 600.0), lambda ms: ms, 60.0, STILL | {"Diffusion": 1.0}),
    Row("GATE RVRS", "HiSvGain", bump(15_000.0), (-12.0, -20.0), lambda db: db, 1.0, {"HiSvFreq": 1000.0}),
    Row("DLY D/RV D/CR D/FL", "Time", of(p.peak_ms, 2.0), (100.0, 700.0), lambda ms: ms, 0.03, ECHO),
    Row("3TAP 4TAP MODD", "Time", of(p.peak_ms, 2.0), (100.0, 700.0), lambda ms: ms, 0.03, ECHO | TAPS),
    Row("DLY", "FeedL|FeedR", repeated, (25.0, 80.0), lambda percent: percent / 100, 0.01, ECHO),
    Row("D/RV D/CR D/FL MODD", "Feedback", repeated, (25.0, 80.0), lambda percent: percent / 100, 0.01, ECHO),
    Row("3TAP 4TAP", "Feedback", repeated, (25.0, 80.0), lambda percent: percent / 100, 0.01, TAPS),
    Row("DLY MODD", "FeedLC", repeated_cut, (100.0, 300.0), lambda hz: -9.03, 0.6, ECHO),
    Row("DLY MODD D/RV D/CR D/FL", "FeedHC", repeated_cut, (3000.0, 8000.0), lambda hz: -9.03, 0.6, ECHO),
    Row("3TAP", "GainT", beside(100.0, p.energy_db), (50.0, 25.0), lambda g: 20 * np.log10(g / 100), 0.1, TAPS),
    Row("4TAP", "Gain", beside(100.0, p.energy_db), (50.0, 25.0), lambda g: 20 * np.log10(g / 100), 0.1, TAPS),
    Row("3TAP", "GainA|GainB", beside(100.0, p.energy_db), (50.0, 25.0), lambda g: 20 * np.log10(g / 100), 0.1,
        TAPS | {"GainT": 0.0}),
    Row("4TAP", "GainA|GainB|GainC", beside(100.0, p.energy_db), (50.0, 25.0), lambda g: 20 * np.log10(g / 100), 0.1,
        TAPS | {"Gain": 0.0}),
    Row("3TAP", "FactorA", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03,
        TAPS | {"GainT": 0.0, "GainA": 100.0}),
    Row("3TAP", "FactorB", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03,
        TAPS | {"GainT": 0.0, "GainB": 100.0}),
    Row("4TAP", "FactorA", of(p.peak_ms, 2.0), ("1/2", "3/2"), lambda f: 500 * float(Fraction(f)), 0.03,
        TAPS | {"Gain": 0.0, "GainA": 100.0}),
    Row("CRS FLNG", "DelayL|DelayR", of(p.peak_ms), (5.0, 15.0), lambda ms: ms, 0.05, WET),
    Row("CR/R FL/R", "Delay", of(p.peak_ms), (5.0, 15.0), lambda ms: ms, 0.05, WET | {"Balance": -100.0}),
    Row("D/CR D/FL", "Delay", of(p.peak_ms), (5.0, 15.0), lambda ms: ms, 0.05,
        WET | {"Balance": 100.0, "X-Feed": 0.0}),
    Row("CRS FLNG", "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda hz: hz, 0.1,
        {"Mix": 100.0, "DepthL": 20.0, "DepthR": 20.0, "Feed": 0.0, "Wave": 100.0, "DelayL": 10.0, "DelayR": 10.0}),
    Row("PAN", "Speed", lambda make, hz, side: p.swing_hz(make(hz), side), (0.5, 2.0), lambda hz: hz, 0.05,
        {"Depth": 50.0, "EnvSpd": 0.0}),
    Row("PIT", "Semi", cents, (-5.0, 7.0), lambda semi: 100 * semi, 2.0, {"Mix": 100.0, "Cent": 0.0}),
    Row("PIT", "Cent", cents, (-30.0, 40.0), lambda cent: cent, 2.0, {"Mix": 100.0, "Semi": 0.0}),
    Row("P1A P1A2 PQ5 PQ5S", "Gain", bump(1000.0), (-9.0, 6.0), lambda db: db, 0.05, PLAIN),
    Row("DRV DRV2 EDI SON", "Gain", bump(1000.0), (-9.0, 6.0), lambda db: db, 0.05, PLAIN),
    Row("ENH ENH2 IMG", "OutGain", bump(1000.0), (-9.0, 6.0), lambda db: db, 0.05, PLAIN),
    Row("WAVD", "OutGainA", lambda make, db, side: bump(1000.0)(make, db, 0), (-9.0, 6.0), lambda db: db, 0.05),
    Row("WAVD", "OutGainB", lambda make, db, side: bump(1000.0)(make, db, 1), (-9.0, 6.0), lambda db: db, 0.05),
    Row("FAC FAC2 LEC LEC2", "OutGain", bump(1000.0), (-9.0, 6.0), lambda db: db, 0.05, PLAIN),
    Row("FAC FAC2", "InGain", bump(1000.0, -10.0), (-18.0, -3.0), lambda db: db + 10, 0.05, PLAIN),
    Row("LEC LEC2", "Gain", bump(1000.0, 44.0), (30.0, 72.0), lambda g: 40 * (g - 44) / 56, 0.3, PLAIN),
    Row("ULC ULC2", "OutGain", bump(1000.0, -23.0), (-30.0, -10.0), lambda db: db + 23, 0.1, {"InGain": -40.0}),
    Row("ULC ULC2", "InGain", bump(1000.0, -30.0), (-45.0, -36.0), lambda db: db + 30, 0.1, {"OutGain": -23.0}),
    Row("PQ5 PQ5S", "Lo Boost", bump(500.0), (10.0, 5.0), lambda v: v, 0.3, PLAIN | {"Lo Freq": "500"}),
    Row("PQ5 PQ5S", "Hi Boost", bump(3000.0), (10.0, 5.0), lambda v: 0.8 * v, 0.3, PLAIN | {"Hi Freq": "3k"}),
    Row("PQ5 PQ5S", "Mid Cut", bump(2000.0), (10.0, 5.0), lambda v: -10 * (1 - (1 - v / 10) ** 1.7), 0.3,
        PLAIN | {"Mid Freq": "2k"}),
    Row("P1A P1A2", "Lo Boost", bump(2.0), (10.0,), lambda v: 13.5, 0.4, PLAIN | {"Lo Freq": "100"}),
    Row("P1A P1A2", "Lo Atten", bump(2.0), (10.0,), lambda v: -17.5, 0.4, PLAIN | {"Lo Freq": "100"}),
    Row("P1A P1A2", "Hi Boost", bump(8000.0), (10.0,), lambda v: 18.0, 1.0,
        PLAIN | {"Hi Freq": "8k", "Hi Width": 0.0}),
    Row("DRV DRV2", "LoGain", bump(20.0), (-8.0, 6.0), lambda db: db, 0.5, PLAIN | {"LoFreq": 400.0}),
    Row("DRV DRV2", "HiGain", bump(18_000.0), (-8.0, 6.0), lambda db: db, 0.5, PLAIN | {"HiFreq": 1000.0}),
    Row("AMP AMP2", "Low", bump(20.0, 5.0), (0.0, 10.0), lambda v: 12 * (v - 5) / 5, 1.0,
        {"Cabinet": "OFF", "PreAmp": 0.0, "Drive": 0.0}),
    Row("AMP AMP2", "High", bump(18_000.0, 5.0), (0.0, 10.0), lambda v: 12 * (v - 5) / 5, 1.0,
        {"Cabinet": "OFF", "PreAmp": 0.0, "Drive": 0.0}),
    Row("AMP AMP2", "Level", bump(1000.0, 5.0), (2.5, 10.0), lambda v: 20 * np.log10(v / 5), 0.1, {"PreAmp": 0.0}),
    Row("LIM", "InGain", steady(1000.0, -30.0), (6.0, 12.0), lambda db: -30 + db, 0.05,
        {"OutGain": 0.0, "Squeeze": 0.0, "AutoGain": "OFF"}),
    Row("LIM", "OutGain", steady(1000.0, 0.0), (-12.0, -3.0), lambda db: db, 0.1,
        {"InGain": 12.0, "Squeeze": 0.0, "AutoGain": "OFF", "Knee": 0.0}),
    Row("LIM", "Knee", steady(1000.0, -4.0), (4.0, 8.0), lambda k: -4 - (k - 4) ** 2 / (4 * k), 0.1,
        {"InGain": 0.0, "OutGain": 0.0, "Squeeze": 0.0, "AutoGain": "OFF"}),
    Row("CMB CMB2", "Gain", steady(1000.0, -40.0), (-6.0, 6.0), lambda db: -40 + db, 0.1, {"SBCOn": "OFF"}),
    Row("CMB CMB2", "Thresh", steady(900.0, 0.0), (-20.0, -30.0), lambda db: db / 2, 0.2,
        {"SBCOn": "OFF", "Ratio": "2", "AutoRel": "OFF", "XOSpc": 50.0, "Release": 3000.0, "Attack": 0.0}),
    Row("CMB CMB2", "Ratio", steady(900.0, 0.0), ("2", "4", "10"), lambda r: -24 + 24 / float(r), 0.3,
        {"SBCOn": "OFF", "Thresh": -24.0, "AutoRel": "OFF", "XOSpc": 50.0, "Release": 3000.0, "Attack": 0.0}),
]  # fmt: skip
"""All that is measured in its unit."""
