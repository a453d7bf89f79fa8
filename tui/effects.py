"""What an effect does, drawn from its settings: echoes, a decay, a curve, a swing, or where its knobs stand.

    values of the slot ─▶ what sort of effect ─▶ picture: axes, and a curve or bars

Filters and compressors are the console's own design, in float64: what is drawn is what is heard.  It is imported when
the first picture is wanted.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.parameters.row import Param
from tui import curves, words
from tui.desk import Desk

Floats = NDArray[np.float64]
Knobs = Mapping[str, Any]

SWITCH = ("OFF", "ON")
FLOOR_DB = -60.0
BINS = 400
"""Places of echoes from left to right."""
REPEATS = 8
SWING_S = 2.0
HZ = {50: "50", 200: "200", 1000: "1k", 5000: "5k", 10_000: "10k"}
EQUALISERS = {"GEQ": "plain", "GEQ2": "plain", "TEQ": "true", "TEQ2": "true", "P1A": "passive", "P1A2": "passive",
              "PQ5": "mid_range", "PQ5S": "mid_range"}  # fmt: skip
COMPRESSORS = ("LIM", "CMB", "CMB2", "FAC", "FAC1M", "FAC2", "LEC", "LEC2", "ULC", "ULC2")


class Picture(NamedTuple):
    """One picture: its title, scale, and what is drawn."""

    title: str
    lowest: float
    highest: float
    marks: Sequence[float]
    below: Mapping[float, str]
    curve: Floats | None = None
    bars: Floats | None = None


def knobs(desk: Desk, slot: int) -> tuple[str, list[tuple[Param, Any]]]:
    """Type of a slot, and its parameters with their values: numbers, truths, and words of choices."""
    kind = desk.text(f"/fx/{slot}/type")
    found = []
    for address in words.effect_parameters(slot):
        param = desk.param(address)
        if param.path != "unused":
            stored = desk.stored(address)
            found.append((param, bool(stored) if param.choices == SWITCH else param.value(stored)))
    return kind, found


def picture(desk: Desk, slot: int, columns: int) -> Picture:
    """Picture of the effect in a slot, its curve of so many points.  Slow the first time."""
    kind, found = knobs(desk, slot)
    by_name: dict[str, Any] = {}
    for param, value in found:
        by_name.setdefault(param.path, value)
    values = [value for _, value in found]
    if kind in EQUALISERS:
        return equaliser(kind, values, curves.rate(desk), columns)
    if kind in COMPRESSORS:
        return compressor(kind, values, curves.rate(desk), columns)
    if "Time" in by_name and ("Feedback" in by_name or "FeedL" in by_name):
        return echoes(by_name)
    if "Decay" in by_name and ("PreDelay" in by_name or "RevDelay" in by_name) and "Speed" not in by_name:
        return decay(kind, by_name, next(param.unit for param, _ in found if param.path == "Decay"), columns)
    if "Speed" in by_name:
        return swing(by_name, columns)
    return dials(found, desk, slot)


def equaliser(kind: str, values: Sequence[Any], rate: float, columns: int) -> Picture:
    """Gain over frequency of the left side."""
    freq_hz = curves.frequencies(columns)
    shapes: Any = importlib.import_module("dsp.processors.shapes")
    which = EQUALISERS[kind]
    design: Any = importlib.import_module(f"dsp.effects.{which if which in ('passive', 'mid_range') else 'graphic'}")
    if which in ("plain", "true"):
        settings = getattr(design, which)(*values[: design.BANDS + 1], rate=rate)
        bells = [shapes.response(bell, freq_hz, rate) for bell in design.of_bells(settings)]
        gain = settings[design.LEVEL] * np.prod(bells, axis=0)
    else:
        settings = design.side(*values[: {"passive": 11, "mid_range": 9}[which]], rate=rate)
        places = (design.PEAK, design.SHELF) if which == "passive" else (design.LOW, design.MID, design.HIGH)
        gain = settings[design.GAIN] * np.prod([
            shapes.response(np.array(settings[place : place + shapes.COEFFICIENTS]), freq_hz, rate) for place in places
        ], axis=0)  # fmt: skip
        if which == "passive":
            gain = gain * _section(settings[design.LOWS : design.PEAK], freq_hz, rate)
        gain = gain if settings[design.ON] else np.ones_like(gain)
    curve = 20 * np.log10(np.maximum(np.abs(gain), 1e-6))
    span = np.log(curves.HIGHEST_HZ / curves.LOWEST_HZ)
    below = {float(np.log(freq / curves.LOWEST_HZ) / span): text for freq, text in HZ.items()}
    return Picture("gain over frequency, dB", -18, 18, (12, 0, -12), below, curve=curve)


def _section(coefficients: Sequence[float], freq_hz: Floats, rate: float) -> NDArray[np.complex128]:
    """Response of a section b0 b1 b2 a1 a2."""
    b0, b1, b2, a1, a2 = coefficients
    z = np.exp(-2j * np.pi * freq_hz / rate)
    return np.asarray((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z))


def compressor(kind: str, values: Sequence[Any], rate: float, columns: int) -> Picture:
    """Level out over level in of the left side, for levels that stay."""
    level_db = np.linspace(FLOOR_DB, 0, columns)
    family = kind[:3]
    if family == "LIM":
        in_db, out_db, squeeze, knee_db = (float(value) for value in values[:4])
        raised = level_db + in_db
        threshold_db, ratio = -20 * squeeze / 100, 1 + 3 * squeeze / 100
        raised = raised - np.maximum(raised - threshold_db, 0) * (1 - 1 / ratio) - threshold_db * (1 - 1 / ratio) / 2
        out = raised - _over(raised, 2 * knee_db) + out_db
    elif family == "CMB":
        design: Any = importlib.import_module("dsp.effects.multiband")
        ratio, threshold_db, gain_db = values[10], float(values[11]), float(values[12])
        slope = 1.0 if ratio == "LIM" else 1 - 1 / float(ratio)
        out = level_db - slope * _over(level_db - threshold_db, design.KNEE_DB) + gain_db
    else:
        name, size = {"FAC": ("valve", 7), "LEC": ("optical", 5), "ULC": ("transistor", 6)}[family]
        design = importlib.import_module(f"dsp.effects.{name}")
        k = design.design(*values[:size], rate=rate)
        slope, threshold_db = k[design.SLOPE], k[design.THRESHOLD]
        if name == "optical":
            out = level_db - slope * _over(level_db - threshold_db, design.KNEE_DB) + _db(k[design.MAKEUP])
        elif name == "transistor":
            raised = level_db + _db(k[design.IN])
            out = raised - slope * _over(raised - threshold_db, k[design.KNEE]) + _db(k[design.OUT])
        else:
            # Fed back: what comes out is what controls.  From out to in it is plain.
            behind = np.linspace(FLOOR_DB - 40, 60, 4000)
            before = behind + slope * _over(behind - threshold_db, k[design.KNEE])
            out = np.interp(level_db + _db(k[design.IN]), before, behind) + _db(k[design.OUT])
    if values[0] is False or (values[0] == 0 and family != "LIM"):
        out = level_db
    return Picture("level in → out, dBFS", FLOOR_DB, 0, (0, -20, -40), {0.0: "−60", 0.5: "−30", 0.97: "0"}, curve=out)


def _over(level_db: Floats, knee_db: float) -> Floats:
    """How far over a threshold at 0, bent over the knee."""
    knee_db = max(knee_db, 1e-9)
    bent = (level_db + knee_db / 2) ** 2 / (2 * knee_db)
    return np.where(level_db <= -knee_db / 2, 0.0, np.where(level_db >= knee_db / 2, level_db, bent))


def _db(gain: float) -> float:
    return 20 * float(np.log10(max(gain, 1e-9)))


def taps(values: Knobs) -> list[tuple[float, float]]:
    """Time in ms and level of every echo until it is 60 dB down, or has come `REPEATS` times; in order."""
    time_ms = float(values["Time"])
    found: list[tuple[float, float]] = []
    if "FeedL" in values:
        lengths = [
            time_ms * _share(values[f"Factor{side}"]) + max(sign * float(values["Offset"]), 0.0)
            for side, sign in (("L", -1), ("R", 1))
        ]
        feeds = [float(values[f"Feed{side}"]) / 100 for side in "LR"]
        crosses = values["Mode"] == "X"
        for first in range(2):
            at, level, side = 0.0, 1.0, first
            for _ in range(REPEATS):
                at += lengths[side]
                found.append((at, level))
                level, side = level * feeds[side], (1 - side if crosses else side)
    else:
        feed = float(values["Feedback"]) / 100
        heads = [(1.0, float(values.get("GainT", values.get("Gain", 100))) / 100)]
        heads += [(_share(values[f"Factor{tap}"]), float(values[f"Gain{tap}"]) / 100) for tap in "ABC"
                  if f"Factor{tap}" in values]  # fmt: skip
        for name in ("Pattern", "Factor"):
            if name in values:
                heads.append((_share(values[name]), 1.0))
        for repeat in range(REPEATS):
            found += [(time_ms * (share + repeat), level * feed**repeat) for share, level in heads]
    return sorted((at, level) for at, level in found if level > 10 ** (FLOOR_DB / 20))


def _share(word: Any) -> float:
    """A part such as `3/4`, `1` or `1/2X`."""
    return float(Fraction(str(word).rstrip("X")))


def echoes(values: Knobs) -> Picture:
    """A line for every echo: when it comes, and how loud."""
    every = taps(values)
    last_ms = max((at for at, _ in every), default=1.0) * 1.05
    bars = np.zeros(BINS)
    for at, level in every:
        place = min(int(at / last_ms * BINS), BINS - 1)
        bars[place] = max(bars[place], 1 - 20 * np.log10(level) / FLOOR_DB)
    below = {0.0: "0", 0.5: f"{last_ms / 2:.0f} ms", 0.95: f"{last_ms:.0f} ms"}
    return Picture("echoes, dB", FLOOR_DB, 0, (0, -20, -40), below, bars=bars)


def decay(kind: str, values: Knobs, unit: str, columns: int) -> Picture:
    """How a reverb dies away: by 60 dB in its time; gated ones stand, and end; reverse ones rise."""
    wait_s = float(values.get("PreDelay", values.get("RevDelay", 0.0))) / 1000
    long_s = float(values["Decay"]) * (0.001 if unit == "ms" else 1.0)
    end_s = (wait_s + long_s) * 1.05
    t = np.linspace(0, end_s, columns) - wait_s
    shapes = {"GATE": np.zeros(columns), "RVRS": FLOOR_DB * (1 - t / long_s)}
    curve = np.where((t < 0) | (t > long_s), FLOOR_DB, shapes.get(kind, FLOOR_DB * t / long_s))
    below = {0.0: "0", 0.5: f"{end_s / 2:.2g} s", 0.95: f"{end_s:.2g} s"}
    return Picture("how it dies away, dB", FLOOR_DB, 0, (0, -20, -40), below, curve=curve)


def swing(values: Knobs, columns: int) -> Picture:
    """How its oscillator turns, left side, as deep as it is set."""
    depth = float(values.get("Depth", values.get("DepthL", 100))) / 100
    t = np.linspace(0, SWING_S, columns)
    curve = depth * np.sin(2 * np.pi * float(values["Speed"]) * t)
    below = {0.0: "0", 0.5: f"{SWING_S / 2:g} s", 0.95: f"{SWING_S:g} s"}
    return Picture(f"{float(values['Speed']):.2f} turns a second", -1, 1, (1, 0, -1), below, curve=curve)


def dials(found: Sequence[tuple[Param, Any]], desk: Desk, slot: int) -> Picture:
    """Where every knob stands between its ends."""
    count = max(len(found), 1)
    bars = np.zeros(BINS)
    below = {}
    for number, (param, _) in enumerate(found):
        stored = desk.stored(words.effect_parameters(slot)[number])
        steps = len(param.choices) or param.steps
        turned = int(stored) / max(steps - 1, 1) if isinstance(stored, int) else 0.0
        first, last = number * BINS // count, (number + 1) * BINS // count
        bars[first : max(last - BINS // (4 * count), first + 1)] = min(max(turned, 0.02), 1.0)
        below[number / count] = param.path[: max(90 // count, 3)]
    return Picture("its knobs", 0, 100, (0, 50, 100), below, bars=bars)
