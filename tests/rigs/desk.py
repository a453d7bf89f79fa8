"""A whole console on the bench: set by path, played through the compiled callback, listened to by tone.

    rig = Rig(["main", "bus/01"])
    rig.set("/ch/01/mix/fader", 0.0)
    heard = rig.play({1: tone(1000)})
    level_db(heard[:, 0], 1000)
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.audio import kernels
from daemon.desk import rules
from daemon.desk.console import Console
from dsp.design import draft
from dsp.engine import wall
from dsp.table import TABLE

RATE = 48_000
INPUTS = OUTPUTS = 64
SILENT_DB = -300.0

PASSING: dict[str, int | float | str] = {
    f"/fx/{slot}/{leaf}": value for slot in range(1, 5) for leaf, value in (("type", "DLY"), ("par/01", 0.0))
}
"""Effects that pass what they are fed with: echoes that are not mixed in."""

Signal = npt.NDArray[Any]
Setting = int | float | str


class Rig:
    """A console of 64 inputs and outputs, from the factory, with its links and its rules; its effects pass.

    Parameters
    ----------
    outputs : sequence of str, optional
        What the outputs carry, see `signals.find`; by default what a device carries by default.
    rate : int
    ceiling_db : float
        Of every output; by default so high that no limiter is heard.
    **plan
        The rest of `draft.Plan`.
    """

    def __init__(
        self,
        outputs: Sequence[str] | None = None,
        rate: int = RATE,
        ceiling_db: float = draft.MOST_DB,
        **plan: Any,
    ) -> None:
        self.rate = rate
        self.audio = wall.Wall(rate, INPUTS, OUTPUTS, fade_in=False)
        named = {} if outputs is None else {"outputs": list(outputs)}
        self.console = Console(self.audio, draft.Plan(**named, ceiling_db=ceiling_db, **plan))
        rules.obey(self.console)
        for path, value in PASSING.items():
            set_leaf(self.console, path, value)
        self.console.open_outputs(True)

    def set(self, path: str, value: Setting) -> None:
        """Set a leaf, see `set_leaf`."""
        set_leaf(self.console, path, value)

    def set_many(self, settings: Mapping[str, Setting]) -> None:
        """Set several leaves, in order."""
        for path, value in settings.items():
            self.set(path, value)

    def set_row(self, pattern: str, values: Any) -> None:
        """Set all leaves of a row, to one value or to one each; as `set`."""
        row = TABLE.rows[pattern]
        each = [values] * row.size if np.ndim(values) == 0 else list(np.ravel(np.asarray(values, object)))
        assert len(each) == row.size, pattern
        for address, value in zip(row.addresses(), each, strict=True):
            self.set(address, value)

    def value(self, path: str) -> Any:
        """Engineering value of a leaf, as it is on the console's grid."""
        leaf = TABLE.leaves[path]
        return self.console.values.param(leaf).value(self.console.values.get(leaf))

    def stored(self, path: str) -> Any:
        """Stored value of a leaf."""
        return self.console.values.get(TABLE.leaves[path])

    def play(self, inputs: Mapping[int, Signal] | Signal | int, block: int = 64) -> Signal:
        """Play signals and return what is heard.

        Parameters
        ----------
        inputs : dict of int to ndarray, or ndarray, or int
            Signals of device inputs counted from 1; or of all 64, shape (frames, 64); or so many
            frames of silence.
        block : int
            Frames of each call.

        Returns
        -------
        heard : ndarray of float32, shape (frames, 64)
        """
        x = _all_inputs(inputs)
        self.console.publish()
        heard = np.zeros((len(x), OUTPUTS), np.float32)
        for first in range(0, len(x), block):
            frames = min(block, len(x) - first)
            kernels.callback()(x[first:].ctypes.data, heard[first:].ctypes.data, frames, None, 0, self.audio.address)
        return heard

    def meters(self) -> Any:
        """What the meters have shown since they were last read."""
        return self.audio.control_collect()


def set_leaf(console: Console, path: str, value: Setting) -> None:
    """Set a leaf of a console: a float is an engineering value, an int is stored as it is, a text is the desk's own."""
    leaf = TABLE.leaves[path]
    param = console.values.param(leaf)
    if isinstance(value, str) and param.kind != "text":
        console.set(leaf, param.from_text(value))
    elif isinstance(value, float):
        console.set(leaf, param.nearest(value))
    else:
        console.set(leaf, value if isinstance(value, str) else int(value))


def _all_inputs(inputs: Mapping[int, Signal] | Signal | int) -> Signal:
    if isinstance(inputs, Mapping):
        x = np.zeros((max(map(len, inputs.values())), INPUTS), np.float32)
        for number, signal in inputs.items():
            x[: len(signal), number - 1] = signal
        return x
    if isinstance(inputs, int):
        return np.zeros((inputs, INPUTS), np.float32)
    return np.ascontiguousarray(inputs, np.float32)


def tone(freq_hz: float, frames: int = 9600, peak: float = 0.1, rate: float = RATE, phase: float = 0.0) -> Signal:
    """Make a sine."""
    return peak * np.sin(2 * np.pi * freq_hz * np.arange(frames) / rate + phase)


def noise(frames: int, rms: float = 0.1, seed: int = 1) -> Signal:
    """Make white noise."""
    return rms * np.random.default_rng(seed).standard_normal(frames)


def amplitude(heard: Signal, freq_hz: float, rate: float = RATE) -> Any:
    """Complex amplitude of a tone in a signal, by least squares; along the first axis."""
    turn = 2j * np.pi * freq_hz * np.arange(len(heard)) / rate
    basis = np.stack((np.cos(turn.imag), -np.sin(turn.imag), np.ones(len(heard))), axis=1)
    fit = np.linalg.lstsq(basis, np.asarray(heard, np.float64), rcond=None)[0]
    return fit[0] + 1j * fit[1]


def decibels(gain: Any) -> Any:
    """Level in dB of a linear amplitude; silence is `SILENT_DB`."""
    return 20 * np.log10(np.maximum(np.abs(gain), 10 ** (SILENT_DB / 20)))


def level_db(heard: Signal, freq_hz: float = 1000.0, rate: float = RATE) -> Any:
    """Peak level of a tone in dBFS, of the second half of a signal: after everything has settled."""
    return decibels(amplitude(heard[len(heard) // 2 :], freq_hz, rate))


def rms_db(heard: Signal) -> Any:
    """RMS level in dBFS of the second half of a signal."""
    settled = np.asarray(heard[len(heard) // 2 :], np.float64)
    return decibels(np.sqrt(np.mean(settled**2, axis=0)))
