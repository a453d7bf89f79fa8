"""A mix, set over OSC and computed again in float64.

Every setting is a step on the console's own grid, so that what is sent is what is stored.
The formulas are those of the console's published scales and of textbook filters: nothing
here comes from the product.
"""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np
import scipy.signal

from oracles import filters

RATE = 48_000
UNITY = 767  # of 1,023: the fader step that is 0 dB
CENTRE = 50  # of 100
PRE_BUS, POST_BUS = 1, 9  # by default sends to buses 1-8 tap before the fader, to 9-16 after it
SILENCE = RATE // 10  # at the end of every stem, so that its last sound comes back in the recording


class Desk(Protocol):
    """Whatever takes an OSC message."""

    def set(self, path: str, *values: int | float | str) -> None:
        """Send `path` with `values`."""


@dataclasses.dataclass(frozen=True)
class Bell:
    """One band of a strip's EQ, in steps: frequency of 200, gain of 120, width of 71."""

    freq: int
    gain: int
    q: int

    def filter(self) -> np.ndarray:
        """Second-order section, of the judge of filters."""
        freq_hz, q = 20 * 1000 ** (self.freq / 200), 10 * 0.03 ** (self.q / 71)
        return filters.band("PEQ", freq_hz, -15 + 0.25 * self.gain, q, RATE)


@dataclasses.dataclass(frozen=True)
class Strip:
    """A channel's settings, in steps; None and () are what is switched off."""

    fader: int = UNITY
    pan: int = CENTRE
    trim: int = 72  # of 144: 0 dB
    invert: bool = False
    low_cut: int | None = None  # of 100
    bells: tuple[Bell, ...] = ()
    pre_send: int = 0  # of 160, to PRE_BUS
    post_send: int = 0  # to POST_BUS

    def set(self, desk: Desk, path: str) -> None:
        """Make the channel at `path` so."""
        desk.set(f"{path}/preamp/trim", self.trim / 144)
        desk.set(f"{path}/preamp/invert", int(self.invert))
        desk.set(f"{path}/preamp/hpon", int(self.low_cut is not None))
        if self.low_cut is not None:
            desk.set(f"{path}/preamp/hpslope", 0)
            desk.set(f"{path}/preamp/hpf", self.low_cut / 100)
        desk.set(f"{path}/eq/on", int(bool(self.bells)))
        for band, bell in enumerate(self.bells, 1):
            desk.set(f"{path}/eq/{band}/type", "PEQ")
            desk.set(f"{path}/eq/{band}/f", bell.freq / 200)
            desk.set(f"{path}/eq/{band}/g", bell.gain / 120)
            desk.set(f"{path}/eq/{band}/q", bell.q / 71)
        for bus, step in ((PRE_BUS, self.pre_send), (POST_BUS, self.post_send)):
            desk.set(f"{path}/mix/{bus:02}/level", step / 160)
        desk.set(f"{path}/mix/pan", self.pan / 100)
        desk.set(f"{path}/mix/fader", self.fader / 1023)

    def mix(self, x: np.ndarray) -> np.ndarray:
        """What the channel gives to left, right, PRE_BUS and POST_BUS: (4, frames) of `x`, (frames,)."""
        y = x * 10 ** ((-18 + 0.25 * self.trim) / 20) * (-1 if self.invert else 1)
        if self.low_cut is not None:
            y = scipy.signal.sosfilt(filters.low_cut(12, 20 * 20 ** (self.low_cut / 100), RATE), y)
        for bell in self.bells:
            y = scipy.signal.sosfilt(bell.filter()[np.newaxis], y)
        fader = level(self.fader, 1023)
        angle = self.pan / 100 * np.pi / 2
        send, post_send = level(self.pre_send, 160), level(self.post_send, 160)
        return np.outer([fader * np.cos(angle), fader * np.sin(angle), send, fader * post_send], y)


STRIPS = (
    Strip(trim=78, bells=(Bell(32, 84, 33), Bell(90, 36, 46)), pre_send=120),
    Strip(fader=742, pan=46, low_cut=46, pre_send=116, post_send=110),
    Strip(fader=600, pan=70, low_cut=90, bells=(Bell(160, 76, 50),), post_send=60),
    Strip(fader=691, pan=35, invert=True, bells=(Bell(100, 40, 10), Bell(40, 70, 40), Bell(180, 66, 33))),
    Strip(fader=614, pan=0, low_cut=80),
    Strip(fader=614, pan=100, low_cut=80),
    Strip(fader=793, bells=(Bell(20, 72, 60),), pre_send=130),
    Strip(fader=665, pan=24, trim=84, post_send=90),
    Strip(fader=639, pan=10, pre_send=100),
    Strip(fader=639, pan=90, pre_send=100),
    Strip(fader=844, trim=66, low_cut=60, bells=(Bell(150, 74, 33),), pre_send=140, post_send=120),
    Strip(fader=512, low_cut=50, bells=(Bell(170, 0, 0),), post_send=41),
)
MAIN_FADER, PRE_BUS_FADER, POST_BUS_FADER = 742, 767, 691


def set_up(desk: Desk, channels: int) -> None:
    """Mix the first `channels` strips on `desk`."""
    for number, strip in enumerate(STRIPS[:channels], 1):
        strip.set(desk, f"/ch/{number:02}")
    desk.set(f"/bus/{PRE_BUS:02}/mix/fader", PRE_BUS_FADER / 1023)
    desk.set(f"/bus/{POST_BUS:02}/mix/fader", POST_BUS_FADER / 1023)
    desk.set("/main/st/mix/fader", MAIN_FADER / 1023)


def model(stems: np.ndarray) -> np.ndarray:
    """Left, right, PRE_BUS and POST_BUS, float64 (4, frames), of the stems (channels, frames) so mixed."""
    strips = STRIPS[: len(stems)]
    mixed = sum(strip.mix(stem.astype(np.float64)) for strip, stem in zip(strips, stems, strict=True))
    faders = [MAIN_FADER, MAIN_FADER, PRE_BUS_FADER, POST_BUS_FADER]
    return np.asarray(mixed) * [[level(fader, 1023)] for fader in faders]


def level(step: int, steps: int) -> float:
    """Gain of a fader or send level, from the console's four-part taper."""
    if step in (0, round(0.75 * steps)):
        return float(step != 0)
    at = step / steps
    parts = ((0.5, 40 * at - 30), (0.25, 80 * at - 50), (0.0625, 160 * at - 70), (0, 480 * at - 90))
    return float(10 ** (next(db for start, db in parts if at >= start) / 20))


def stems(channels: int, seconds: float) -> np.ndarray:
    """Make stems, float32 (channels, frames): tones of their own under bursts of noise."""
    noise = np.random.default_rng(12)
    t = np.arange(int(seconds * RATE)) / RATE
    sound = np.empty((channels, t.size), np.float32)
    for n in range(channels):
        tone = np.sin(2 * np.pi * 55 * 2 ** (n / 3) * t)
        bursts = noise.standard_normal(t.size) * np.exp(-10 * ((2 + n % 3) * t % 1))
        sound[n] = 0.05 * tone + 0.1 * bursts
    sound[:, -SILENCE:] = 0
    return sound


def align(sound: np.ndarray, model: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut both, (channels, frames), to where they overlap best; only whole frames are tried."""
    match = scipy.signal.correlate(sound.sum(0), model.sum(0), mode="full", method="fft")
    delay = int(np.argmax(np.abs(match))) - (model.shape[1] - 1)
    if delay < 0:
        return align(model, sound)[::-1]
    frames = min(sound.shape[1] - delay, model.shape[1])
    return sound[:, delay : delay + frames], model[:, :frames]


def error_db(sound: np.ndarray, model: np.ndarray) -> float:
    """Power of the difference over the power of the model, in dB, for arrays of one shape."""
    difference = sound.astype(np.float64) - model
    return float(10 * np.log10(np.mean(difference**2) / np.mean(model**2) + 1e-30))
