"""What the page of curves plays and draws with: a whole desk with two inputs, and one picture.

The desk plays 48,000 frames a second, as fast as it can; what it did to a signal is the curve.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.album.pictures import Frame, Line
from daemon.audio import kernels
from daemon.desk.console import Console
from dsp.design import draft
from dsp.engine import layout, wall
from dsp.table import TABLE

Float = npt.NDArray[np.float64]
Setting = float | int | str

RATE = 48_000
INPUTS = 2
HEIGHT = 210
MOST_POINTS = 700
NOTHING = 1e-6
PRE_FADERS = [int(layout.place(0, layout.PRE_FADER, channel)) for channel in range(INPUTS)]


class Seen(NamedTuple):
    """One picture: curves over ms or Hz, where the grid is, and what it says."""

    name: str
    told: str
    before: tuple[Float, Float]
    used: tuple[Float, Float]
    x: Sequence[float]
    y: Sequence[float]
    unit: str = "ms"
    wanted: tuple[Float, Float] | None = None

    def svg(self) -> str:
        """Draw it."""
        frame = Frame(self.name, (self.x[0], self.x[-1]), (self.y[0], self.y[-1]), self.unit == "Hz", height=HEIGHT)
        xs = [(at, f"{at:g}" + (f" {self.unit}" if at == self.x[-1] else "")) for at in self.x]
        frame.grid(xs, [(at, f"{at:g}") for at in self.y])
        for curve, colour in ((self.before, "before"), (self.used, "used"), (self.wanted, "prototype")):
            if curve is not None:
                frame.line(Line(*thinned(*curve), colour))
        return frame.svg()


def thinned(x: Float, y: Float, most: int = MOST_POINTS) -> tuple[Float, Float]:
    """Of a long curve the highest and the lowest of each stretch, in their order."""
    if len(x) <= most:
        return x, y
    edges = np.linspace(0, len(x), most // 2 + 1).astype(int)
    kept = sorted({first + pick(y[first:end]) for first, end in itertools.pairwise(edges)
                   for pick in (np.argmin, np.argmax)})  # fmt: skip
    return x[kept], y[kept]


class Desk:
    """A whole console with two inputs, played as fast as it can.

    Parameters
    ----------
    outputs : sequence of str
    settings : mapping of str to float, int or str
        A float is an engineering value, an int what is stored, a text what the desk writes.
    ceiling_db : float
    """

    def __init__(
        self, outputs: Sequence[str | int], settings: Mapping[str, Setting], ceiling_db: float = draft.MOST_DB
    ) -> None:
        self.audio = wall.Wall(RATE, INPUTS, len(outputs), fade_in=False)
        self.console = Console(self.audio, draft.Plan(list(outputs), ceiling_db=ceiling_db))
        self._outputs = len(outputs)
        self.set(settings)
        self.console.open_outputs(True)

    def set(self, settings: Mapping[str, Setting]) -> None:
        """Set some leaves."""
        for path, value in settings.items():
            row = TABLE.row_of(TABLE.leaves[path])
            stored = value if isinstance(value, int) else row.nearest(value) if isinstance(value, float) else None
            self.console.set(TABLE.leaves[path], row.from_text(str(value)) if stored is None else stored)

    def play(self, *inputs: Float) -> Float:
        """What all outputs play, shape (frames, outputs)."""
        x = np.zeros((len(inputs[0]), INPUTS), np.float32)
        x[:, : len(inputs)] = np.stack(inputs, axis=1)
        heard = np.zeros((len(x), self._outputs), np.float32)
        self.console.publish()
        kernels.callback()(x.ctypes.data, heard.ctypes.data, len(x), None, 0, self.audio.address)
        return heard.astype(np.float64)


def below(path: str, **settings: Setting) -> dict[str, Setting]:
    """Leaves below a path, by their names."""
    return {f"{path}/{leaf}": value for leaf, value in settings.items()}


def square(frames: int, level: float = 1.0) -> Float:
    """Square wave of 1 kHz: as loud in every frame."""
    return np.where(np.arange(frames) // 24 % 2, level, -level)


def decibels(gain: npt.ArrayLike) -> Float:
    """Level in dB."""
    return np.asarray(20 * np.log10(np.maximum(np.abs(gain), NOTHING)))


def times_ms(values: Float, first: int = 0) -> Float:
    """When each frame is, from one of them on."""
    return (np.arange(len(values)) - first) / RATE * 1000


def over_time(values: Float, first: int = 0) -> tuple[Float, Float]:
    """Values over ms."""
    return times_ms(values, first), values


def when_ms(reached: npt.NDArray[np.bool_]) -> float:
    """When it is first so."""
    return float(np.argmax(reached)) / RATE * 1000


def decibels_of_power(power: npt.ArrayLike) -> float:
    """Level in dB of a power."""
    return float(10 * np.log10(np.maximum(power, NOTHING**5)))
