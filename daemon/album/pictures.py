"""Pictures of a song and of an album, as SVG: no script, no library, text that can be searched.

    Frame  places numbers on paper: axes, lines, areas, bars
    one function for each picture
"""

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from daemon.album import spectrum
from daemon.metering.loudness import Float

WIDTH, HEIGHT = 400, 170
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 10, 22
POINTS = 400
ROW = 20
NAME_WIDTH, TOLD_WIDTH = 110, 70
BAR = 8
WIDE, NARROW, BROAD = 12.0, "iljtfrI.,:;!'|()[] ", "MWmw@%&<>+=—"
LARGEST = 1e6


class Line(NamedTuple):
    """A curve with the class that colours it."""

    x: Float
    y: Float
    colour: str


class Frame:
    """Paper with axes.

    Parameters
    ----------
    title : str
        For who cannot see it.
    x, y : tuple of float
        From where to where.
    logarithmic : bool
        Whether x is.
    height : int
    """

    def __init__(
        self, title: str, x: tuple[float, float], y: tuple[float, float], logarithmic: bool = False,
        height: int = HEIGHT,
    ) -> None:  # fmt: skip
        self.title, self.height, self._logarithmic = title, height, logarithmic
        self._x = (np.log(x[0]), np.log(x[1])) if logarithmic else (x[0], max(x[1], x[0] + 1e-9))
        self._y = y
        self.parts: list[str] = []

    def x(self, value: Float | float) -> Float:
        """Where a value of x is."""
        at = np.log(value) if self._logarithmic else np.asarray(value, np.float64)
        share = (at - self._x[0]) / (self._x[1] - self._x[0])
        return np.asarray(LEFT + share * (WIDTH - LEFT - RIGHT))

    def y(self, value: Float | float) -> Float:
        """Where a value of y is; beyond its ends it is at the end."""
        share = (np.clip(value, *self._y) - self._y[0]) / (self._y[1] - self._y[0])
        return np.asarray(self.height - BOTTOM - share * (self.height - TOP - BOTTOM))

    def grid(self, xs: Sequence[tuple[float, str]], ys: Sequence[tuple[float, str]]) -> None:
        """Lines with their numbers."""
        for value, text in ys:
            at = float(self.y(value))
            self.parts.append(f'<path class="g" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
            self._text(LEFT - 4, at + 3.5, text, "end")
        for value, text in xs:
            at = float(self.x(value))
            self.parts.append(f'<path class="g" d="M{at:.1f} {TOP}V{self.height - BOTTOM}"/>')
            self._text(at, self.height - 7, text, "end" if at > WIDTH - RIGHT - 12 else "middle")

    def _text(self, x: float, y: float, text: str, anchor: str) -> None:
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>')

    def line(self, line: Line) -> None:
        """A curve."""
        points = zip(self.x(line.x).tolist(), self.y(line.y).tolist(), strict=True)
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        if path:
            self.parts.append(f'<path class="l {line.colour}" d="M{path}"/>')

    def area(self, x: Float, low: Float, high: Float, colour: str) -> None:
        """What lies between two curves."""
        there = [f"{a:.1f} {b:.1f}" for a, b in zip(self.x(x).tolist(), self.y(high).tolist(), strict=True)]
        back = [f"{a:.1f} {b:.1f}" for a, b in zip(self.x(x).tolist(), self.y(low).tolist(), strict=True)]
        if there:
            self.parts.append(f'<path class="a {colour}" d="M{"L".join([*there, *reversed(back)])}Z"/>')

    def level(self, value: float, colour: str) -> None:
        """A line across."""
        self.parts.append(f'<path class="l {colour}" d="M{LEFT} {float(self.y(value)):.1f}H{WIDTH - RIGHT}"/>')

    def upright(self, value: float, colour: str) -> None:
        """A line from top to bottom."""
        self.parts.append(f'<path class="l {colour}" d="M{float(self.x(value)):.1f} {TOP}V{self.height - BOTTOM}"/>')

    def svg(self) -> str:
        """The picture."""
        return picture(self.title, self.height, self.parts)


def picture(title: str, height: int, parts: Sequence[str]) -> str:
    """An SVG that is as wide as there is room."""
    told = html.escape(title)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{told}"><title>{told}</title>'
        f"{''.join(parts)}</svg>"
    )


# --- of a song ------------------------------------------------------------------------------------


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _times(seconds: float) -> list[tuple[float, str]]:
    """Four to seven round times."""
    step = next((each for each in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800) if seconds / each <= 6), 3600)
    return [(at, clock(at)) for at in range(0, int(seconds) + 1, step)]


def _over_time(title: str, seconds: float, y: tuple[float, float], marks: Sequence[float]) -> Frame:
    frame = Frame(title, (0, seconds), y)
    frame.grid(_times(seconds), [(mark, f"{mark:g}") for mark in marks])
    return frame


def _thinned(values: Float, seconds: float, least: bool = False) -> tuple[Float, Float]:
    """Times and values, at most a few hundred: of each stretch the largest, or the least."""
    edges = np.linspace(0, len(values), min(POINTS, len(values)) + 1).astype(int)[:-1]
    if not edges.size:
        return np.zeros(0), np.zeros(0)
    kept = (np.minimum if least else np.maximum).reduceat(values, edges)
    return edges / len(values) * seconds, np.clip(kept, -LARGEST, LARGEST)


def waveform(outline: Float, seconds: float, fades: tuple[float, float]) -> str:
    """Both sides, one above the other, with where the fades at both ends reach."""
    frame = Frame("waveform", (0, seconds), (-2, 2))
    frame.grid(_times(seconds), [(1, "L"), (-1, "R")])
    x = np.linspace(0, seconds, len(outline))
    for side, middle in ((0, 1), (1, -1)):
        frame.area(x, middle + outline[:, side, 0], middle + outline[:, side, 1], "own")
    for at in (fades[0], seconds - fades[1]):
        frame.upright(at, "mark")
    return frame.svg()


def edge(samples: Float, rate: int, end: bool) -> str:
    """The first or last quarter of a second, the louder side of each frame."""
    seconds = len(samples) / rate
    frame = Frame("the last quarter of a second" if end else "the first quarter of a second", (0, seconds), (-90, 0))
    names = [(seconds * part, f"{(seconds * part - (seconds if end else 0)) * 1000:.0f} ms") for part in (0, 0.5, 1)]
    frame.grid(names, [(mark, f"{mark}") for mark in (0, -30, -60, -90)])
    x, y = _thinned(20 * np.log10(np.maximum(np.abs(samples).max(1, initial=0), 1e-6)), seconds)
    frame.line(Line(x, y, "own"))
    return frame.svg()


def loudness(momentary: Float, short_term: Float, integrated: float, target: float, seconds: float) -> str:
    """Momentary, short-term, integrated, and what was aimed at."""
    frame = _over_time("loudness over time", seconds, (-50, 0), (0, -10, -20, -30, -40, -50))
    for values, colour in ((momentary, "faint"), (short_term, "own")):
        frame.line(Line(*_thinned(values, seconds), colour))
    frame.level(target, "aim")
    if np.isfinite(integrated):
        frame.level(integrated, "mark")
    return frame.svg()


def peaks(values: Float, ceiling: float, seconds: float) -> str:
    """True peak of every tenth of a second, and the ceiling."""
    frame = _over_time("true peak over time", seconds, (-24, 3), (3, 0, -6, -12, -18, -24))
    frame.line(Line(*_thinned(values, seconds), "own"))
    frame.level(ceiling, "aim")
    return frame.svg()


def reduction(values_db: Float, seconds: float) -> str:
    """What the limiter took away, in dB, hanging from above."""
    most = float(values_db.max(initial=0))
    deepest = next((each for each in (3, 6, 12, 24) if most <= each), 48)
    frame = _over_time("what the limiter did", seconds, (-deepest, 0), (0, -deepest / 3, -2 * deepest / 3, -deepest))
    x, y = _thinned(-values_db, seconds, least=True)
    frame.area(x, y, 0 * y, "hot")
    return frame.svg()


def correlation(values: Float, seconds: float) -> str:
    """How alike both sides are."""
    frame = _over_time("correlation over time", seconds, (-1, 1), (1, 0.5, 0, -0.5, -1))
    frame.line(Line(*_thinned(values, seconds, least=True), "own"))
    return frame.svg()


def spectra(own: Float, others: Sequence[tuple[Float, str]]) -> str:
    """Third octaves of a song, and of what it is compared with, each at its own loudness of 0."""
    frame = Frame("spectrum in third octaves", (20, 20_000), (-36, 12), logarithmic=True)
    frame.grid(
        [(50, "50"), (100, "100"), (500, "500"), (1000, "1k"), (5000, "5k"), (10_000, "10k")],
        [(mark, f"{mark}") for mark in (12, 0, -12, -24, -36)],
    )
    for values, colour in (*others, (own, "own")):
        frame.line(Line(spectrum.THIRDS_HZ, values - loudest_thirds(values), colour))
    return frame.svg()


def loudest_thirds(values: Float) -> float:
    """A level to compare spectra at: the mean of the octaves from 100 Hz to 10 kHz."""
    middle = (spectrum.THIRDS_HZ > 95) & (spectrum.THIRDS_HZ < 10_500)
    return float(np.maximum(values[middle], -120).mean())


# --- rows -------------------------------------------------------------------------------------------


class Bar(NamedTuple):
    """A row of a picture of bars: its name, from where to where, in words."""

    name: str
    begin: float
    end: float
    told: str
    colour: str = "own"


def bars(title: str, rows: Sequence[Bar], scale: tuple[float, float]) -> str:
    """Rows with a name, a bar and a number each."""
    height = TOP + ROW * max(len(rows), 1) + 6
    first, last = NAME_WIDTH, WIDTH - TOLD_WIDTH

    def at(value: float) -> float:
        return first + (min(max(value, scale[0]), scale[1]) - scale[0]) / (scale[1] - scale[0]) * (last - first)

    parts = []
    if scale[0] < 0 < scale[1]:
        parts.append(f'<path class="g" d="M{at(0):.1f} {TOP}V{height - 6}"/>')
    for number, row in enumerate(rows):
        y = TOP + ROW * number + ROW / 2
        low, high = sorted((at(row.begin), at(row.end)))
        name = html.escape(shortened(row.name))
        parts.append(f'<text x="{first - 6}" y="{y + 3.5:.1f}" text-anchor="end">{name}</text>')
        parts.append(
            f'<rect class="b {row.colour}" x="{low:.1f}" y="{y - BAR / 2:.1f}" width="{max(high - low, 1.5):.1f}" '
            f'height="{BAR}"/>'
        )
        parts.append(f'<text x="{WIDTH - 4}" y="{y + 3.5:.1f}" text-anchor="end">{html.escape(row.told)}</text>')
    return picture(title, height, parts)


def shortened(name: str, room: float = NAME_WIDTH - 12) -> str:
    """A name that has room beside its bar, whatever its letters."""
    widths = np.cumsum([_width(letter) for letter in name])
    if not name or widths[-1] <= room:
        return name
    return name[: int(np.searchsorted(widths, room - WIDE, side="right"))].rstrip() + "…"


def _width(letter: str) -> float:
    """About how wide a letter is: not less than it is in any common font."""
    if letter in NARROW:
        return 4.0
    return WIDE if letter in BROAD or not letter.isascii() else 8.0 if letter.isupper() else 6.6


# --- of an album -----------------------------------------------------------------------------------


def arc(songs: Sequence[tuple[Float, float]], target: float) -> str:
    """Short-term loudness of all songs, one after the other; each with its length in seconds."""
    total = sum(seconds for _, seconds in songs)
    frame = _over_time("loudness of the album", total, (-50, 0), (0, -10, -20, -30, -40, -50))
    begin = 0.0
    for values, seconds in songs:
        if begin:
            frame.upright(begin, "faint")
        x, y = _thinned(values, seconds)
        frame.line(Line(x + begin, y, "own"))
        begin += seconds
    frame.level(target, "aim")
    return frame.svg()


def together(all_thirds: Sequence[Float], average: Float, reference: Float | None) -> str:
    """Spectra of all songs over each other, their average, and the reference."""
    others = [(values, "faint") for values in all_thirds]
    if reference is not None:
        others.append((reference, "aim"))
    return spectra(average, others)
