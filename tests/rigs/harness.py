"""A console without a device: the compiled callback, called here on arrays, block by block.

    mixer = harness.Mixer(taps=["main"])
    mixer.set("/ch/01/mix/fader", -6)
    left_and_right = mixer.run(harness.sine(1000, -20, harness.RATE))

The first settings hold from the first frame.  Later ones are taken at the beginning of the next
sub-block and glide, as on stage.  Signals have shape (frames,) for input 1 alone, or (frames,
inputs); what comes back has shape (frames, outputs).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from daemon.audio import kernels
from daemon.desk import console
from dsp.design import draft, signals
from dsp.engine import layout, memory, wall
from dsp.parameters.table import Values
from dsp.processors import glide
from dsp.table import TABLE

Array = npt.NDArray[np.float64]
Signal = npt.NDArray[np.float32]

RATE = 48_000
RATES = (44_100, 48_000, 88_200, 96_000)
BLOCK = 256
SUB_BLOCK = glide.SUB_BLOCK

def place(channel: int, plane: int) -> int:
    """Where a channel's signal is in one of the strip's planes, such as `wall.PRE_FADER`."""
    group, lane = divmod(channel - 1, layout.WIDTH)
    return int(layout.place(group, plane, lane))


def stored(address: str, value: float | bool | str) -> int | str:
    """Stored form of a value in engineering units, a token or a switch."""
    row = TABLE.row_of(TABLE.leaves[address])
    return int(value) if isinstance(value, bool) else row.nearest(value)


# --- signals and how to judge them -----------------------------------------------------------------


def sine(freq_hz: float, level_dbfs: float, frames: int, rate: int = RATE, phase: float = 0.0) -> Array:
    """Sine whose peak is at a level; `phase` is in turns, 0.25 begins at the top."""
    turns = freq_hz * np.arange(frames) / rate + phase
    return np.asarray(10 ** (level_dbfs / 20) * np.sin(2 * np.pi * turns))


def square(level_dbfs: npt.ArrayLike, frames: int, rate: int = RATE) -> Array:
    """Square wave of 1 kHz: its magnitude is the level in every frame, which may be an array."""
    half = rate // 2000
    return np.asarray(np.where(np.arange(frames) // half % 2, -1, 1) * 10 ** (np.asarray(level_dbfs) / 20))


def noise(shape: int | tuple[int, ...], level_dbfs: float = 0.0, seed: int = 1) -> Signal:
    """White noise, its peaks at a level."""
    peak = 10 ** (level_dbfs / 20)
    return np.random.default_rng(seed).uniform(-peak, peak, shape).astype(np.float32)


CLICK_HZ = 1500.0
CLICK_FRAMES = 4096


def click_db(y: npt.ArrayLike, centre: int, rate: int = RATE) -> float:
    """Energy above 1.5 kHz of what happens around a frame, relative to all of it, under a Hann window."""
    around = np.asarray(y, np.float64)[centre - CLICK_FRAMES // 2 : centre + CLICK_FRAMES // 2]
    power = np.abs(np.fft.rfft(around * np.hanning(CLICK_FRAMES))) ** 2
    high = np.fft.rfftfreq(CLICK_FRAMES, 1 / rate) > CLICK_HZ
    return float(10 * np.log10(power[high].sum() / power.sum() + 1e-30))


class Mixer:
    """A console and the wall, run by calling the compiled callback.

    Parameters
    ----------
    rate : int
        Frames per second.
    inputs : int
        Channels of the device's input.
    taps : list of str or int
        What the device's outputs carry: names as `signals.find` knows them, or places.
    fade_in : bool
        Whether the outputs fade in at the start.
    """

    def __init__(
        self, rate: int = RATE, inputs: int = 32, taps: Iterable[str | int] = ("main",), fade_in: bool = False
    ) -> None:
        places = signals.find_all(list(taps), Values(TABLE), layout.NOWHERE)
        self.inputs, self.outputs = inputs, len(places)
        self.audio = wall.Wall(rate, inputs, self.outputs, fade_in)
        self.console = console.Console(self.audio, draft.Plan(places, ceiling_db=draft.MOST_DB))
        self.console.open_outputs(True)

    def set(self, address: str, value: float | bool | str) -> None:
        """Set a parameter to the step nearest to an engineering value, a token, or on and off."""
        self.console.set(TABLE.leaves[address], stored(address, value))

    def set_strip(self, **values: float | bool | str) -> None:
        """Set parameters of channel 1 by their path below `/ch/01/`, with `_` between its parts."""
        for path, value in values.items():
            self.set(f"/ch/01/{path.replace('_', '/')}", value)

    def mute_effects(self) -> None:
        """Mute the effect returns: slots pass what buses 13 to 16 feed them."""
        for effect in range(1, 9):
            self.set(f"/fxrtn/{effect:02}/mix/on", False)

    def set_step(self, address: str, step: int) -> None:
        """Set a parameter to a step of its grid."""
        self.console.set(TABLE.leaves[address], step)

    @property
    def draft(self) -> npt.NDArray[np.void]:
        """Targets as they will be sent next, for settings that lie between the steps of the table."""
        assert self.console._desk
        return self.console._desk.draft

    def unity(self) -> None:
        """All faders at exactly 0 dB, which is not one of their steps."""
        self.console.publish()
        self.draft["fader"] = 1
        self.audio.control_publish(self.draft)

    def run(self, x: npt.ArrayLike, blocks: int | Iterable[int] = BLOCK) -> Signal:
        """Publish what was set, and mix.

        Parameters
        ----------
        x : array, shape (frames,) or (frames, inputs)
        blocks : int or sequence of int
            Frames for each call, in turn and again from the first.

        Returns
        -------
        y : ndarray of float32, shape (frames, outputs)
        """
        self.console.publish()
        x = np.asarray(x, np.float32)
        if x.ndim == 1:
            x = np.pad(x[:, np.newaxis], ((0, 0), (0, self.inputs - 1)))
        x = np.ascontiguousarray(x)
        y = np.full((len(x), self.outputs), np.nan, np.float32)
        sizes = itertools.cycle([blocks] if isinstance(blocks, int) else list(blocks))
        done = 0
        while done < len(x):
            frames = min(next(sizes), len(x) - done)
            kernels.callback()(x[done:].ctypes.data, y[done:].ctypes.data, frames, None, 0, self.audio.address)
            done += frames
        return y

    def rest(self, frames: int) -> None:
        """Let frames of silence pass."""
        self.run(np.zeros((frames, self.inputs)))

    @property
    def frame(self) -> int:
        """Frames mixed so far."""
        return self.audio.count(memory.FRAME)
