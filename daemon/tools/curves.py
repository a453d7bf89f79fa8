"""What the strip does, and what it did before, as a page: `faderd curves --out FILE`.

Each picture of a filter shows the prototype, the filter in use, drawn from its coefficients, and what the bilinear
transform alone would have made of it; the number is the largest error up to the end of hearing.  The others, see
`curves_heard`, show what a desk did to a signal, and what the plain formula that it had before would have done.
"""

import html
import pathlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.tools import curves_heard
from dsp.processors import eq, shapes

Float = npt.NDArray[np.float64]

RATES = (44_100, 48_000, 96_000)
LOWEST_HZ, HIGHEST_HZ, POINTS = 20.0, 20_000.0, 400
HEARD_DB = -40.0  # what is further down is not compared
DEEPEST_DB, LOUDEST_DB = -42.0, 18.0
WIDTH, HEIGHT, LEFT, BOTTOM = 380, 240, 34, 20
GRID_HZ, GRID_DB = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000), range(-36, 13, 12)
STYLE = """
body{font:15px/1.4 system-ui,sans-serif;margin:2em auto;max-width:1240px;padding:0 1em;color:#222;background:#fff}
section{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:1em} svg{width:100%;height:auto}
figure{margin:0} .g{stroke:#ddd} figcaption{font-size:13px} text{font-size:10px;fill:#666} path{fill:none}
.grid{stroke:#ddd}.prototype{stroke:#222;stroke-dasharray:5 4}.before{stroke:#c60}.used{stroke:#06c;stroke-width:1.6}
"""


class Band(NamedTuple):
    """A band to look at, and its prototype in s at one radian a second."""

    kind: eq.Kind
    freq_hz: float
    gain_db: float
    q: float

    def name(self) -> str:
        """What is on the desk."""
        words = self.kind.name.replace("_", " ").capitalize()
        gain = f", {self.gain_db:+g} dB" if "CUT" not in self.kind.name else ""
        return f"{words} {self.freq_hz / 1000:g} kHz{gain}" + (f", Q {self.q:g}" if self.kind == eq.Kind.BELL else "")

    def shape(self) -> shapes.Shape:
        """The same before its frequency and the rate are known."""
        kinds: dict[eq.Kind, Callable[[], shapes.Shape]] = {
            eq.Kind.LOW_CUT: lambda: shapes.high_pass(shapes.BUTTERWORTH),
            eq.Kind.LOW_SHELF: lambda: shapes.low_shelf(self.gain_db, shapes.BUTTERWORTH),
            eq.Kind.BELL: lambda: shapes.bell(self.gain_db, self.q),
            eq.Kind.HIGH_SHELF: lambda: shapes.high_shelf(self.gain_db, shapes.BUTTERWORTH),
            eq.Kind.HIGH_CUT: lambda: shapes.low_pass(shapes.BUTTERWORTH),
        }
        return kinds[self.kind]()


BANDS = (
    Band(eq.Kind.BELL, 14_000, 9, 2),
    Band(eq.Kind.BELL, 16_000, -12, 1),
    Band(eq.Kind.BELL, 10_000, 6, 0.5),
    Band(eq.Kind.BELL, 1000, 12, 2),
    Band(eq.Kind.HIGH_SHELF, 14_000, 12, 1),
    Band(eq.Kind.HIGH_SHELF, 8000, -6, 1),
    Band(eq.Kind.LOW_SHELF, 12_000, 9, 1),
    Band(eq.Kind.HIGH_CUT, 10_000, 0, 1),
    Band(eq.Kind.LOW_CUT, 10_000, 0, 1),
)


class Curves(NamedTuple):
    """Levels in dB over `points`."""

    points: Float
    prototype: Float
    before: Float
    used: Float

    def worst_db(self, curve: Float) -> float:
        """Largest error of a curve where the prototype is heard."""
        return float(np.abs(curve - self.prototype)[self.prototype > HEARD_DB].max(initial=0))


def curves(band: Band, rate: int) -> Curves:
    """Prototype, bilinear filter and filter in use of a band."""
    points = np.geomspace(LOWEST_HZ, HIGHEST_HZ, POINTS)
    points = points[points < 0.45 * rate]
    kind, both = np.full((1, 2), int(band.kind)), np.ones((1, 2))
    parts = eq.bands(np.ones(1, bool), kind, band.freq_hz * both, band.gain_db * both, band.q * both, rate)
    used = parts[0, 0, :, 0]
    shape = band.shape()
    before = shapes.design(shape, band.freq_hz, rate)
    s = 1j * points / band.freq_hz / shape.stretch
    prototype = shape.m0 + (shape.m1 * s + shape.m2) / (s * s + shape.k * s + 1)
    gains = (prototype, shapes.response(before, points, rate), shapes.response(used, points, rate))
    return Curves(points, *(20 * np.log10(np.maximum(np.abs(gain), 1e-9)) for gain in gains))


def page() -> str:
    """The whole page, one HTML file."""
    return "".join(_parts())


def write(path: pathlib.Path) -> None:
    """Write the page."""
    try:
        path.write_text(page(), encoding="utf-8")
    except OSError as error:
        raise errors.Refusal(f"{path}: cannot be written: {error.strerror}") from error


def _parts() -> Iterator[str]:
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Curves</title><style>{STYLE}</style>'
    yield "<h1>Dynamics, rides, noise</h1><p>Blue: what the desk does, measured through "
    yield "all of it at 48 kHz. Orange: the plain formula it had before, computed in float64 (of the noise of filters: "
    yield "in float32, as they were heard). Levels and gains are in dB, the attack of the gate is a gain.</p><section>"
    for picture in curves_heard.PICTURES:
        seen = picture()
        words = f"{html.escape(seen.name.capitalize())}: {html.escape(seen.told)}"
        yield f"<figure>{seen.svg()}<figcaption>{words}</figcaption></figure>"
    yield "</section><h1>EQ</h1><p>Dashed: the analogue prototype. Blue: the filter in use. Orange: the bilinear "
    yield f"transform alone. Errors are the largest up to 20 kHz where the prototype is above {HEARD_DB:g} dB.</p>"
    for rate in RATES:
        yield f"<h2>{rate / 1000:g} kHz</h2><section>"
        for band in BANDS:
            found = curves(band, rate)
            words = f"error {found.worst_db(found.used):.2f} dB, bilinear {found.worst_db(found.before):.2f} dB"
            yield f"<figure>{_picture(found)}<figcaption>{html.escape(band.name())}: {words}</figcaption></figure>"
        yield "</section>"
    yield "</html>\n"


def _picture(found: Curves) -> str:
    """Draw one picture, an SVG."""
    lines = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    for hz in GRID_HZ:
        x = _x(np.array(float(hz)))
        lines.append(f'<path class="grid" d="M{x:.1f} 0V{HEIGHT - BOTTOM}"/>')
        lines.append(f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{_short(hz)}</text>')
    for level_db in GRID_DB:
        y = _y(np.array(float(level_db)))
        lines.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH}"/>')
        lines.append(f'<text x="{LEFT - 4}" y="{y + 3:.1f}" text-anchor="end">{level_db}</text>')
    for name in ("before", "used", "prototype"):
        places = zip(_x(found.points), _y(getattr(found, name)), strict=True)
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        lines.append(f'<path class="{name}" d="M{drawn}"/>')
    return "".join(lines) + "</svg>"


def _short(hz: int) -> str:
    return f"{hz // 1000}k" if hz >= 1000 else str(hz)


def _x(hz: Float) -> Float:
    return np.asarray(LEFT + (WIDTH - LEFT - 10) * np.log(hz / LOWEST_HZ) / np.log(HIGHEST_HZ / LOWEST_HZ))


def _y(level_db: Float) -> Float:
    held = np.clip(level_db, DEEPEST_DB, LOUDEST_DB)
    return np.asarray((HEIGHT - BOTTOM) * (LOUDEST_DB - held) / (LOUDEST_DB - DEEPEST_DB))
