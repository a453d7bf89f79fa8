"""Every effect on a page, with figures and pictures from its kernel: `faderd effects --out FILE`.

Reverbs: what is left of each octave, and where energy is in time and frequency.  Echoes: when they come.  Others:
gain over frequency; dynamics: level out over level in.  Beside them free programs, where they are installed.
"""

import functools
import html
import math
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from daemon import errors
from daemon.album import racked
from daemon.commands import pictures
from daemon.tools import bench_effects, effect_peers, reverb_figures
from daemon.tools import effect_figures as figures
from daemon.tools.effect_figures import RATE, Float
from dsp.effects import library
from dsp.parameters.table import Values
from dsp.table import TABLE

WIDTH, HEIGHT, LEFT, BOTTOM = 380, 220, 34, 20
SECONDS = 3.0
STYLE = """
body{font:15px/1.4 system-ui,sans-serif;margin:2em auto;max-width:1240px;padding:0 1em;color:#222;background:#fff}
section{display:grid;grid-template-columns:repeat(auto-fill,minmax(360px,1fr));gap:1.5em} svg{width:100%;height:auto}
figure{margin:0} figcaption{font-size:13px} text{font-size:10px;fill:#666} path{fill:none;stroke:#06c}
pre{font-size:10px;overflow:auto} table{border-collapse:collapse;margin:1em 0} td,th{padding:.2em .8em;text-align:left}
tr:nth-child(even){background:#f4f4f4} .grid{stroke:#ddd}
"""
REVERBS = ("reverb", "shaped")
ECHOES = ("delay", "taps", "combination", "chorus", "dimension", "rotary", "pitch")
DYNAMICS = ("limit", "multiband", "valve", "optical", "transistor", "maximiser", "amplifier", "tube_stage", "exciter")
MEASURED: Mapping[str, Mapping[str, Any]] = {
    "HALL": {"Decay": 1.8, "LoCut": 10.0, "HiCut": 20_000.0, "Damping": 20_000.0, "BassMult": 1.0, "PreDelay": 0.0},
    "PLAT": {"Decay": 1.8, "LoCut": 10.0, "HiCut": 20_000.0, "Damping": 20_000.0, "BassMult": 1.0, "PreDelay": 0.0},
    "ROOM": {"Decay": 0.8, "LoCut": 10.0, "HiCut": 20_000.0, "Damping": 20_000.0, "BassMult": 1.0, "PreDelay": 0.0,
             "EchoLeft": 0.0, "EchoRight": 0.0, "EchoFbL": 0.0, "EchoFbR": 0.0},
}  # fmt: skip
"""Reverbs without colour."""
FIRST_SLOT = [TABLE.leaves[f"/fx/1/par/{place:02d}"] for place in range(1, 65)]
SWEPT = {"DepthL": 20.0, "DepthR": 20.0, "Speed": 0.8, "LoCut": 10.0, "HiCut": 20_000.0, "Mix": 100.0}
DRIVEN = {"Drive": 100.0, "LoCut": 20.0, "HiCut": 20_000.0}


def write(path: pathlib.Path, names: Sequence[str] = ()) -> str:
    """Write the page, about all types or some; which other programs are not here to be measured, too."""
    unknown = [name for name in names if name not in library.TYPES]
    if unknown:
        raise errors.Refusal(f"{unknown[0]} is no type of effect: {' '.join(library.TYPES)}")
    absent = effect_peers.missing()
    try:
        path.write_text("".join(_parts(names or tuple(library.TYPES), absent)), encoding="utf-8")
    except OSError as error:
        raise errors.Refusal(f"{path}: cannot be written: {error.strerror}") from error
    return absent


def _parts(names: Sequence[str], absent: str) -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Effects</title><style>{STYLE}</style>'
    yield "<h1>Effects</h1><p>Everything here is measured on the kernels that play, at 48 kHz; programs beside them in "
    yield "the same run, where they are installed.</p>"
    yield from _compared(names, absent)
    costs = bench_effects.cost_us(names, RATE)
    dearest = sorted(costs.values())[-8:]
    block_us = 64 / RATE * 1e6
    yield f"<h2>Cost</h2><p>The {len(dearest)} most expensive types together take {sum(dearest):.0f} µs of a block of "
    yield f"64 frames, {100 * sum(dearest) / block_us:.1f} % of a core.</p>"
    dear = sorted(costs.items(), key=lambda each: -each[1])
    share = {name: f"{100 * cost / block_us:.2f}" for name, cost in dear}
    yield _table([{"type": name, "µs a block": f"{cost:.1f}", "% of a core": share[name]} for name, cost in dear])
    yield "<h2>Pictures</h2><section>"
    for name in names:
        yield f"<figure><h3>{html.escape(name)}</h3>{drawn(name)}"
        yield f"<figcaption><pre>{html.escape(pictures.picture(name))}</pre></figcaption></figure>"
    yield "</section></html>\n"


def _compared(names: Sequence[str], absent: str) -> Iterator[str]:
    """Tables of figures, with those of other programs."""
    reverbs = [_reverb(name, functools.partial(_played, name, knobs), _asked_s(name, knobs["Decay"]))
               for name, knobs in MEASURED.items() if name in names]  # fmt: skip
    if reverbs:
        reverbs += [_reverb(each.name, each.play, each.asked_s) for each in effect_peers.reverbs() if each.here]
        yield "<h2>Reverbs</h2><p>A hall and a plate of 1.8 s, a room of 0.8 s, without colour, as near as dials go. "
        yield "Decays, modes and flutter are means of four impulses.</p>" + _table(reverbs)
    swept = [{"": "CRS", **_sweep(functools.partial(_played, "CRS", SWEPT))}] * ("CRS" in names)
    swept += [{"": each.name, **_sweep(each.play)} for each in effect_peers.choruses() if each.here]
    yield "<h2>Chorus</h2>" + _table(swept)
    bent = figures.tone(5000, 2.5, 0.5)
    dirt = [{"": "DRV, full drive", **figures.images(_played("DRV", DRIVEN, bent))}] * ("DRV" in names)
    dirt += [{"": each.name, **figures.images(each.play(bent))} for each in effect_peers.saturations() if each.here]
    yield "<h2>Saturation</h2>" + _table(dirt)
    if absent:
        yield f"<p>Not here: {html.escape(absent)}.</p>"


def _played(name: str, knobs: Mapping[str, Any], x: Float) -> Float:
    return racked.play(name, x, RATE, **knobs)


def _asked_s(name: str, decay_s: float) -> float:
    """Decay that the console has on its grid."""
    values = Values(TABLE)
    values.set(TABLE.leaves["/fx/1/type"], TABLE.rows["fx/{slot}/type"].from_text(name))
    param = next(param for param in map(values.param, FIRST_SLOT) if param.path == "Decay")
    return float(param.value(param.nearest(decay_s)))


def _reverb(name: str, play: effect_peers.Play, asked_s: float) -> dict[str, Any]:
    return {"": name, **reverb_figures.of(play, asked_s), "µs for 64 frames": round(figures.cost_us(play), 1)}


def _sweep(play: effect_peers.Play) -> dict[str, Any]:
    given = figures.noise(4), figures.tone(1000, 4, 0.5), figures.tone(10_000, 4, 0.5)
    return figures.sweep(*(play(x) for x in given))


def drawn(name: str) -> str:
    """Picture of a type with its factory settings."""
    module = library.TYPES[name].module
    if module in DYNAMICS:
        levels, out = figures.curve_db(name)
        return _plot([(levels, out)], (-60, 0), (-66, 12), range(-60, 1, 12), range(-60, 13, 12), "dB")
    y = racked.play(name, figures.impulse(SECONDS), RATE)
    if module in REVERBS:
        return _decays(y) + _spectrogram(y)
    if module in ECHOES:
        at = np.arange(0, len(y), 48)
        loudest = 20 * np.log10(np.abs(y[: len(y) // 48 * 48]).max(1).reshape(-1, 48).max(1) + 1e-6)
        line = at[: len(loudest)] / 48, loudest
        return _plot([line], (0, 1500), (-66, 6), range(0, 1501, 300), range(-60, 1, 12), "ms")
    hz = np.geomspace(20, 20_000, 300)
    curve = figures.spectrum_db(y, hz)
    grid = [(np.log10(each), text) for each, text in ((100, "100"), (1000, "1k"), (10_000, "10k"))]
    return _plot([(np.log10(hz), curve)], (1.3, 4.301), (-30, 18), grid, range(-24, 13, 12), "Hz")


def _decays(y: Float) -> str:
    """What is left of each octave over time."""
    lines = []
    for hz in figures.OCTAVES_HZ:
        fall = figures.left_db(figures.band(y, hz))[:: RATE // 100]
        lines.append((np.arange(len(fall)) / 100, fall))
    return _plot(lines, (0, SECONDS), (-66, 3), range(4), range(-60, 1, 12), "s")


def _spectrogram(y: Float) -> str:
    """Where energy is: time to the right, thirds of octaves upwards, 60 dB from dark to light."""
    hop, lows = RATE // 20, 62.5 * 2 ** (np.arange(25) / 3)
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    frames = y[: len(y) // hop * hop, 0].reshape(-1, hop) * np.hanning(hop)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    freq = np.fft.rfftfreq(hop, 1 / RATE)
    rows = np.stack([power[:, (freq >= low) & (freq < low * 2 ** (1 / 3))].sum(1) for low in lows])
    shade = np.clip(10 * np.log10(rows / rows.max() + 1e-9) / 60 + 1, 0, 1)
    wide, high = (WIDTH - LEFT) / shade.shape[1], (HEIGHT - BOTTOM) / len(lows)
    for (row, column), dark in np.ndenumerate(shade):
        if dark > 0:
            x, up = LEFT + column * wide, HEIGHT - BOTTOM - (row + 1) * high
            parts.append(f'<rect x="{x:.1f}" y="{up:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="#06c" '
                         f'fill-opacity="{dark:.2f}"/>')  # fmt: skip
    return "".join(parts) + "</svg>"


def _plot(
    lines: Sequence[tuple[Float, Float]], across: tuple[float, float], up: tuple[float, float], grid_x: Any,
    grid_y: Any, unit: str,
) -> str:  # fmt: skip
    """Draw lines in a grid, an SVG."""

    def x(value: Any) -> Float:
        part = (np.asarray(value, float) - across[0]) / (across[1] - across[0])
        return LEFT + (WIDTH - LEFT - 10) * np.clip(part, 0, 1)

    def y(value: Any) -> Float:
        return (HEIGHT - BOTTOM) * (1 - np.clip((np.asarray(value, float) - up[0]) / (up[1] - up[0]), 0, 1))

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    for each in grid_x:
        at, text = each if isinstance(each, tuple) else (each, str(each))
        parts.append(f'<path class="grid" d="M{x(at):.1f} 0V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x(at):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{text}</text>')
    parts.append(f'<text x="{WIDTH - 2}" y="{HEIGHT - 6}" text-anchor="end">{unit}</text>')
    for each in grid_y:
        parts.append(f'<path class="grid" d="M{LEFT} {y(each):.1f}H{WIDTH}"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{y(each) + 3:.1f}" text-anchor="end">{each}</text>')
    for across_, up_ in lines:
        inside = across_ <= across[1]
        points = zip(x(across_[inside]), y(up_[inside]), strict=True)
        parts.append(f'<path d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in points)}"/>')
    return "".join(parts) + "</svg>"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as a table."""
    if not rows:
        return ""
    head = "".join(f"<th>{html.escape(key)}</th>" for key in rows[0])
    lines = ("".join(f"<td>{html.escape(_cell(value))}</td>" for value in row.values()) for row in rows)
    return f"<table><tr>{head}</tr>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _cell(value: Any) -> str:
    return "–" if isinstance(value, float) and math.isnan(value) else str(value)
