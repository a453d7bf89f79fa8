"""Reverbs: how they build up, how dense they are, how they move, and when what is early comes."""

import numpy as np

from oracles.promise import Make, Measure, Row, Trend, blend, cut, of, told
from oracles.promises_unit import CLEAR, ROOM, STILL
from rigs import promised as p
from rigs.effect import RATE, pink

HALLS = "HALL ROOM CHAM RPLT PLAT AMBI VREV VRM"
PAIRS = "D/RV CR/R FL/R"
STANDING = CLEAR | {"HiMult": 1.0, "Output": "FRONT", "Spread": 25.0, "ModSpin": 0.0}
BARE = STANDING | {"Shape": 0.0, "Attack": 0.0, "Spread": 0.0, "Diffusion": 1.0, "Density": 1.0}
"""A single way in."""


def density(y: p.Signal) -> float:
    """Share of the first 120 ms that lies outside the deviation around it, as a part of that of noise."""
    first = int(np.argmax(np.abs(y) > 1e-6))
    power = np.convolve(y[first : first + RATE // 8] ** 2, np.ones(960) / 960, "same")
    return float(np.mean(np.abs(y[first : first + RATE // 8]) > np.sqrt(power)) / 0.3173)


def begun_ms(y: p.Signal) -> float:
    """When a tenth of the energy has come."""
    power = np.cumsum(y**2)
    return float(np.argmax(power > power[-1] / 10) * 1000 / RATE)


def returned_ms(y: p.Signal) -> float:
    """How long after the first of all the first comes that has gone round once: before that nothing comes."""
    at = np.flatnonzero(np.abs(y) > 1e-6 * np.abs(y).max())
    gap = int(np.argmax(np.diff(at) > RATE // 500))
    return float((at[gap + 1] - at[0]) * 1000 / RATE)


def round_ms(metres: float) -> float:
    """Time of the shortest way round a room, a little more than a third of the way across it."""
    return 0.35 * metres / 343 * 1000


def wandering(make: Make, value: float, side: int) -> float:
    """How far the pitch of a held tone moves, in cents, where it is loud."""
    y = p.heard(make(value), p.tone(1000.0, 3.0), side)[RATE:]
    spectrum = np.fft.fft(y)
    away = np.fft.fftfreq(len(y), 1 / RATE)
    whole = np.fft.ifft(np.where((away > 800) & (away < 1250), 2 * spectrum, 0))[4800:-4800]
    hz = np.diff(np.unwrap(np.angle(whole))) * RATE / (2 * np.pi)
    power = np.abs(whole[1:]) ** 2
    return float(np.sqrt((power * (1200 * np.log2(np.maximum(hz, 1) / 1000)) ** 2).sum() / power.sum()))


def echoes(make: Make, value: float, into: int) -> p.Signal:
    """What stands before the reverb on one side: its answer against that of the same with no time between echoes."""
    plain = make(value)
    for knob in ("EchoLeft", "EchoRight", "EchoFbL", "EchoFbR"):
        plain.set(knob, 0.0)
    whole, base = (np.fft.rfft(p.one_sided(made, into, 4.0)[:, into]) for made in (make(value), plain))
    # Without time the echo is there too, half as loud, a frame later.
    base = base / (1 + 0.5 * np.exp(-2j * np.pi * np.arange(len(base)) / (4 * RATE)))
    weight = np.abs(base) ** 2
    return np.fft.irfft(whole * base.conj() / (weight + 1e-6 * weight.max()))


def echo_ms(make: Make, value: float, side: int) -> float:
    """When the echo comes."""
    return float((100 + np.argmax(np.abs(echoes(make, value, side)[100 : 2 * RATE]))) * 1000 / RATE)


def echo_again(make: Make, value: float, side: int) -> float:
    """The second echo as a part of the first, 200 ms apart."""
    y = echoes(make, value, side)
    return float(y[2 * RATE // 5] / y[RATE // 5])


def first_ms(into: int) -> Measure:
    """When the loudest comes of an impulse on one side."""
    return lambda make, value, side: p.peak_ms(p.one_sided(make(value), into)[:, into])


def kept_db(make: Make, value: str, side: int) -> float:
    """How much softer it is three seconds after it was frozen, or was not, than at first."""
    made = make("OFF")
    made.play(pink(RATE))
    made.set("Freeze", value)
    y = made.play(np.zeros((4 * RATE, 2)))[:, side]
    return p.energy_db(y[3 * RATE :]) - p.energy_db(y[:RATE])


ROWS = [
    Trend("HALL ROOM CHAM", "Shape", of(begun_ms), (50.0, 125.0, 200.0), 2.0, STANDING),
    Trend("HALL ROOM CHAM", "Spread", of(begun_ms), (10.0, 30.0, 50.0), 2.0, STANDING | {"Shape": 125.0}),
    Trend("RPLT", "Spread", of(begun_ms), (10.0, 30.0, 50.0), 2.0, STANDING | {"Attack": 50.0}),
    Trend("RPLT", "Attack", of(begun_ms), (2.0, 50.0, 100.0), 2.0, STANDING),
    Trend("GATE", "Attack", of(p.half_ms), (2.0, 16.0, 30.0), 5.0, STANDING),
    Row("HALL VRM", "Size", of(returned_ms), (10.0, 36.0, 90.0), lambda v: round_ms(4 + 72 * (v - 2) / 98), 1.0, BARE),
    Row("ROOM CHAM RPLT", "Size", of(returned_ms), (10.0, 36.0), round_ms, 1.0, BARE),
    Row("PLAT", "Size", of(returned_ms), (10.0, 36.0, 90.0), lambda v: round_ms(15 + v / 4), 1.0, BARE),
    Trend("AMBI", "Size", of(begun_ms), (10.0, 36.0, 90.0), 1.5, STANDING | {"TailGain": 0.0}),
    Trend(PAIRS, "Size", of(p.half_ms), (10.0, 90.0), -2.0, ROOM),  # less has come round again meanwhile
    Trend("HALL ROOM CHAM RPLT PLAT AMBI", "Diffusion", of(density), (1.0, 30.0), 0.05, STANDING | {"Shape": 0.0}),
    Trend("VRM GATE", "Density", of(density), (1.0, 30.0), 0.05, STANDING | {"Diffusion": 1.0}),
    Trend("GATE RVRS", "Diffusion", of(density), (1.0, 30.0), 0.05, {"Density": 1.0, "LoCut": 10.0}),
    Trend("HALL PLAT", "ModSpeed", wandering, (0.0, 30.0, 100.0), 0.3, CLEAR | {"ModDepth": 25.0}),
    Trend("ROOM CHAM RPLT", "ModSpin", wandering, (0.0, 30.0, 100.0), 0.3, CLEAR),
    Trend("PLAT", "ModDepth", wandering, (1.0, 20.0, 50.0), 0.3, CLEAR | {"ModSpeed": 30.0}),
    Trend("AMBI VREV", "Mod", wandering, (0.0, 40.0, 100.0), 0.3, CLEAR),
    Row("AMBI", "Decay", of(lambda y: p.t60_s(y, 1000.0), 4.0), (1.2, 2.0), lambda s: s, 0.1,
        CLEAR | {"TailGain": 100.0}),
    Row("AMBI", "Damping", lambda make, hz, side: p.t60_s(p.answer(make(hz), side, 3.0), hz, 1 / 3), (4000.0,),
        lambda hz: 0.75, 0.1, CLEAR | {"TailGain": 100.0}),
    Row("AMBI", "TailGain", blend(0.0, 100.0), (30.0, 70.0), lambda v: v / 100, 0.01, STILL),
    Row("ROOM RPLT", "EchoLeft@0|EchoRight@1", echo_ms, (100.0, 400.0), lambda ms: ms, 0.05, CLEAR | STILL),
    Row("ROOM RPLT", "EchoFbL|EchoFbR", echo_again, (60.0, -40.0), lambda v: v / 100, 0.05,
        CLEAR | STILL | {"EchoLeft": 200.0, "EchoRight": 200.0}),
    Row("CHAM", "ERLeft@0", first_ms(0), (100.0, 150.0), lambda ms: ms, 0.05, CLEAR | STILL | {"ERLevelL": 100.0}),
    Row("CHAM", "ERRight@1", first_ms(1), (100.0, 150.0), lambda ms: ms, 0.05, CLEAR | STILL | {"ERLevelR": 100.0}),
    Row("VRM", "ERLeft@0", first_ms(0), (100.0, 150.0), lambda ms: ms, 0.05, CLEAR | STILL | {"ERLevel": 100.0}),
    Row("VRM", "ERRight@1", first_ms(1), (100.0, 150.0), lambda ms: ms, 0.05, CLEAR | STILL | {"ERLevel": 100.0}),
    Row("CHAM", "ERLevelL|ERLevelR", blend(0.0, 100.0), (30.0, 70.0), lambda v: v / 100, 0.01, STILL),
    Row("VRM", "ERLevel", blend(0.0, 100.0), (30.0, 70.0), lambda v: v / 100, 0.01, STILL),
    Trend("PLAT", "Xover", of(lambda y: p.t60_s(y, 125.0), 4.0), (30.0, 100.0, 400.0), 0.1, CLEAR | {"BassMult": 2.0}),
    Trend("VREV", "Vintage", lambda make, value, side: p.harmonic_db(make(value), side, 3, 200.0, -3.0), ("OFF", "ON"),
          20.0, CLEAR | STILL),
    Trend("VREV", "Output", of(p.half_ms), ("FRONT", "REAR"), 5.0, CLEAR | STILL),
    Row("VREV", "HiCut", cut(20_000.0), (12_000.0,), lambda hz: -3.01, 0.3, STILL),
    Trend("VRM", "HiMult", of(lambda y: p.t60_s(y, 9000.0), 4.0), (0.4, 0.7, 1.5), 0.15, CLEAR),
    Row("VRM", "Freeze", kept_db, ("ON", "OFF"), told({"ON": 0.0, "OFF": -93.5}), 1.0, CLEAR | {"Decay": 2.0}),
    Trend("GATE", "Spread", of(p.half_ms), (10.0, 50.0, 90.0), 5.0),
    Trend("RVRS", "Spread", of(begun_ms), (0.0, 50.0, 100.0), 5.0),
    Trend("GATE RVRS", "HiSvFreq", of(lambda y: p.at_hz(y, 4000.0)), (1000.0, 3000.0, 12_000.0), 2.0,
          {"HiSvGain": -20.0}),
    Trend("RVRS", "Rise", of(p.half_ms), (0.0, 20.0, 50.0), 5.0),
    Row(PAIRS, "Damp", lambda make, hz, side: p.t60_s(p.answer(make(hz), side, 3.0), hz, 1 / 3), (4000.0,),
        lambda hz: 0.75, 0.12, ROOM | {"Decay": 1.5}),
]  # fmt: skip
"""All of reverbs that has no row in its unit."""
