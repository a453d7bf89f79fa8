"""One effect on the bench, in the true rack: set by the names on its display, played, listened to.

    effect = Effect("DLY", Time=500.0, Mode="ST")
    y = effect.play(impulse(frames))
"""

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.design import rack as control
from dsp.effects import rack
from dsp.effects.memory import FRAMES, RACK
from dsp.engine import memory
from dsp.native import atomic, lanes
from dsp.native.kernel import kernel
from dsp.parameters.table import Values
from dsp.processors import glide
from dsp.table import TABLE

RATE = 48_000
Signal = npt.NDArray[np.float32]


@kernel
def _run(racks, new, page, curve, end, rate, x, y):
    """Play whole sub-blocks of `x`, float32 (frames, 2), through the first slot into `y`."""
    one = racks[0]
    mode = atomic.flush()
    for block in range(x.shape[0] // FRAMES):
        rack.turn(one, new[0], True, lanes.at(curve, 0), end, rate)
        for n in range(FRAMES):
            for side in range(2):
                one.send[n, side] = x[block * FRAMES + n, side]
        rack.process(one, page[0], lanes.at(curve, 0), end, rate)
        for n in range(FRAMES):
            for side in range(2):
                y[block * FRAMES + n, side] = one.returned[n, side]
    atomic.set_float_mode(mode)


class Effect:
    """An effect in the first slot of a rack of its own.

    Parameters
    ----------
    name : str
        Its type.
    rate : int
    **knobs
        Values by the names on the display; a name with blanks or signs goes into `set`.
    """

    def __init__(self, name: str, rate: int = RATE, **knobs: Any) -> None:
        self.rate = rate
        self.values = Values(TABLE)
        self._control = control.Rack(rate)
        self._rack = np.zeros(1, RACK)
        self._new = np.zeros(1, memory.TARGETS)
        self._page = np.zeros(1, memory.PAGE)
        self._page["effect_gain"] = 1
        self.choose(name)
        for knob, value in knobs.items():
            self.set(knob, value)

    def choose(self, name: str) -> None:
        """Put a type into the slot; what sounds before fades out first."""
        self.name = name
        self.values.set(TABLE.leaves["/fx/1/type"], TABLE.rows["fx/{slot}/type"].from_text(name))

    def leaves(self) -> dict[str, int]:
        """Leaves of all parameters by their names; of those that come twice, the second has a `2` behind it."""
        found: dict[str, int] = {}
        names: list[str] = []
        for place in range(1, 65):
            leaf = TABLE.leaves[f"/fx/1/par/{place:02d}"]
            name = self.values.param(leaf).path
            if name == "unused":
                break
            names.append(name)
            number = names.count(name)
            found[name if number == 1 else f"{name}{number}"] = leaf
        return found

    def set(self, knob: str, value: Any) -> None:
        """Set a parameter: a number in its unit, or a token."""
        leaf = self.leaves()[knob]
        param = self.values.param(leaf)
        self.values.set(leaf, param.from_text(value) if isinstance(value, str) else param.nearest(value))

    def value(self, knob: str) -> Any:
        """What a parameter is, on the console's grid."""
        leaf = self.leaves()[knob]
        return self.values.param(leaf).value(self.values.get(leaf))

    def play(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Play a signal, (frames,) into both sides or (frames, 2); what comes back, (frames, 2)."""
        given = np.asarray(x, np.float32)
        given = np.stack((given, given), axis=1) if given.ndim == 1 else given
        frames = -(-len(given) // FRAMES) * FRAMES
        padded = np.zeros((frames, 2), np.float32)
        padded[: len(given)] = given
        y = np.zeros_like(padded)
        self._control.design(self._new[0], self.values, 0)
        self._new["serial"] += 1
        curve, end = glide.curve(self.rate), glide.length(self.rate)
        _run(self._rack, self._new, self._page, curve, end, float(self.rate), padded, y)
        return y[: len(given)].astype(np.float64)

    def meters(self) -> npt.NDArray[Any]:
        """Smallest gains that it has shown."""
        shown = self._page["effect_gain"][0, 0].copy()
        self._page["effect_gain"] = 1
        return shown


def impulse(frames: int, at: int = 0, peak: float = 1.0) -> Signal:
    """Make one frame of `peak` and silence."""
    x = np.zeros(frames, np.float32)
    x[at] = peak
    return x


@functools.cache
def pink(frames: int, level_db: float = -20.0, seed: int = 1) -> Signal:
    """Make pink noise of an RMS level, 20 Hz to 20 kHz."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(frames))
    freq = np.fft.rfftfreq(frames, 1 / RATE)
    spectrum *= np.where((freq > 20) & (freq < 20_000), 1 / np.sqrt(np.maximum(freq, 1)), 0)
    x = np.fft.irfft(spectrum, frames)
    return (x / np.sqrt(np.mean(x**2)) * 10 ** (level_db / 20)).astype(np.float32)
