"""Curves of a strip from the coefficients its settings ask for: what is drawn is what is heard.

The design is the console's own, in float64.  It is imported when the first curve is wanted.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import axis
from dsp.table import TABLE
from tui.desk import Desk

Floats = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = 20.0, 20_000.0
RATES = {"48K": 48_000.0, "44K1": 44_100.0}


def frequencies(count: int) -> Floats:
    """Frequencies of so many columns, equal ratios apart."""
    return np.geomspace(LOWEST_HZ, HIGHEST_HZ, count)


def rate(desk: Desk) -> float:
    """Sample rate the console says it runs at."""
    return RATES.get(str(desk.param("/-prefs/clockrate").value(desk.stored("/-prefs/clockrate"))), 48_000.0)


def bands(path: str) -> list[str]:
    """Addresses of the bands of a strip's EQ, without their last part."""
    return [f"/{path}/eq/{band}" for band in axis.LABELS["band6"] if f"/{path}/eq/{band}/f" in TABLE.leaves]


def eq_db(desk: Desk, path: str, freq_hz: Floats) -> Floats:
    """Gain in dB of low cut and EQ of a strip; shape of `freq_hz`.  Slow the first time: it imports the design."""
    eq: Any = importlib.import_module("dsp.processors.eq")
    shapes: Any = importlib.import_module("dsp.processors.shapes")
    sections = [*_low_cut(desk, path, eq), *_bands(desk, path, eq)]
    gain = np.ones(len(freq_hz), complex)
    for section in sections:
        gain *= shapes.response(section, freq_hz, rate(desk))
    return np.asarray(20 * np.log10(np.maximum(np.abs(gain), 1e-6)))


def gate_db(desk: Desk, path: str, level_db: Floats) -> Floats | None:
    """Level behind the gate for steady levels before it; None where there is no gate."""
    if f"/{path}/gate/mode" not in TABLE.leaves:
        return None
    on, mode, threshold, deepest = (_value(desk, f"/{path}/gate/{leaf}") for leaf in ("on", "mode", "thr", "range"))
    gate: Any = importlib.import_module("dsp.processors.gate")
    under = float(threshold) - level_db
    if not on:
        return level_db
    if mode == gate.DUCK:
        return np.asarray(np.where(under < 0, level_db - float(deepest), level_db))
    slope = gate.GATE_SLOPE if mode == gate.GATE else gate.EXPANDER_RATIOS[int(mode)] - 1
    return np.asarray(level_db - np.minimum(np.maximum(under, 0) * slope, float(deepest)))


def compressor_db(desk: Desk, path: str, level_db: Floats) -> Floats | None:
    """Level behind the compressor, without its make-up, for steady levels; None where there is none."""
    if f"/{path}/dyn/ratio" not in TABLE.leaves:
        return None
    on, mode, threshold, ratio, knee = (
        _value(desk, f"/{path}/dyn/{leaf}") for leaf in ("on", "mode", "thr", "ratio", "knee")
    )
    if not on:
        return level_db
    design: Any = importlib.import_module("dsp.processors.compressor")
    times = design.RATIOS[int(ratio)]
    if mode == design.EXPAND:
        under = np.maximum(float(threshold) - level_db, 0)
        return np.asarray(level_db - np.minimum(under * (times - 1), design.DEEPEST_DB))
    gain_db = design.static_gain_db(level_db, float(threshold), times, float(knee) * design.KNEE_DB)
    return np.asarray(level_db + gain_db)


def _value(desk: Desk, address: str) -> Any:
    """Engineering value at an address; the index of a choice."""
    param, stored = desk.param(address), desk.stored(address)
    return stored if param.choices else param.value(stored)


def _low_cut(desk: Desk, path: str, eq: Any) -> list[Floats]:
    address = f"/{path}/preamp"
    if f"{address}/hpf" not in TABLE.leaves:
        return []
    on, slope, freq = (np.array([_value(desk, f"{address}/{leaf}")]) for leaf in ("hpon", "hpslope", "hpf"))
    found = eq.low_cut(on.astype(bool), slope, freq.astype(float), rate(desk))
    return [section[:, 0] for section in found]


def _bands(desk: Desk, path: str, eq: Any) -> list[Floats]:
    every = bands(path)
    if not every:
        return []
    on = np.array([bool(_value(desk, f"/{path}/eq/on"))])
    kind = np.array([[_value(desk, f"{band}/type") for band in every]])
    freq, gain, q = (np.array([[float(_value(desk, f"{band}/{leaf}")) for band in every]]) for leaf in "fgq")
    found = eq.bands(on, kind, freq, gain, q, rate(desk))
    return [found[part, band, :, 0] for part in range(2) for band in range(len(every))]
