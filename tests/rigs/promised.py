"""What a display promises, measured: one number of an effect that is set in some way, on one of its sides.

    gain_db(made, side, hz)     of a small impulse, at one frequency
    t60_s, arrival_ms, loud_db, swing_hz …
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, hilbert, sosfilt

from rigs.effect import RATE, Effect, impulse

Signal = npt.NDArray[np.float64]
MIDDLE_SIDE = ("FAC1M",)
SMALL = 0.01
"""Of an impulse that no curve bends."""


def put(name: str, settings: Mapping[str, Any]) -> Effect:
    """An effect with settings, those of a second half alike; those it has not are left out."""
    made = Effect(name)
    for knob in made.leaves():
        for known in (knob, knob[:-1] if knob.endswith("2") else knob):
            if known in settings:
                made.set(knob, settings[known])
                break
    return made


def heard(made: Effect, x: npt.ArrayLike, side: int) -> Signal:
    """What a side makes of a signal on both; of what treats middle and side, the second half hears the side."""
    given = np.asarray(x)
    if made.name in MIDDLE_SIDE and side:
        return made.play(np.stack((given, -given), axis=1))[:, 0]
    return made.play(given)[:, side]


def one_sided(made: Effect, into: int, seconds: float = 1.0) -> Signal:
    """What both sides make of a small impulse on one, as if it had been 1; shape (frames, 2)."""
    x = np.zeros((round(seconds * RATE), 2))
    x[0, into] = SMALL
    return made.play(x) / SMALL


def answer(made: Effect, side: int, seconds: float = 1.0) -> Signal:
    """What a side makes of a small impulse on both, as if it had been 1."""
    return heard(made, impulse(round(seconds * RATE), peak=SMALL), side) / SMALL


def at_hz(y: Signal, hz: float) -> float:
    """Level of an answer at one frequency, in dB."""
    turn = np.exp(-2j * np.pi * hz * np.arange(len(y)) / RATE)
    return float(20 * np.log10(abs(turn @ y) + 1e-12))


def energy_db(y: Signal) -> float:
    """Energy of an answer."""
    return float(10 * np.log10((y**2).sum() + 1e-30))


def arrival_ms(y: Signal) -> float:
    """When anything comes first."""
    return float(np.argmax(np.abs(y) > 1e-9) * 1000 / RATE)


def peak_ms(y: Signal) -> float:
    """When the loudest comes."""
    return float(np.argmax(np.abs(y)) * 1000 / RATE)


def half_ms(y: Signal) -> float:
    """When half of the energy has come."""
    power = np.cumsum(y**2)
    return float(np.argmax(power > power[-1] / 2) * 1000 / RATE)


def last_ms(y: Signal) -> float:
    """When all but a thousandth of the energy has come."""
    power = np.cumsum(y**2)
    return float(np.argmax(power > 0.999 * power[-1]) * 1000 / RATE)


def t60_s(y: Signal, hz: float, octaves: float = 1.0) -> float:
    """Seconds of a fall by 60 dB in a band, by a line from −5 to −35 dB of what is left."""
    edges = [hz * 2 ** (-octaves / 2), min(hz * 2 ** (octaves / 2), 0.49 * RATE)]
    part = sosfilt(butter(4, edges, "band", fs=RATE, output="sos"), y[::-1])[::-1]
    left = 10 * np.log10(np.cumsum((part**2)[::-1])[::-1] + 1e-30)
    left -= left[0]
    a, b = int(np.argmax(left < -5)), int(np.argmax(left < -35))
    return float(-60 / np.polyfit(np.arange(a, b) / RATE, left[a:b], 1)[0])


def tone(hz: float, seconds: float, level_db: float = -20.0) -> Signal:
    """A sine of a peak in dBFS."""
    return np.asarray(10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE))


def settled_db(made: Effect, side: int, hz: float, level_db: float, seconds: float = 1.5) -> float:
    """Peak of a tone that has settled, in dBFS: of its own frequency alone."""
    y = heard(made, tone(hz, seconds, level_db), side)[-RATE // 2 :]
    window = np.hanning(len(y)) * 2 / len(y)
    turn = np.exp(-2j * np.pi * hz * np.arange(len(y)) / RATE)
    return float(20 * np.log10(2 * abs((turn * window) @ y) + 1e-12))


def swing_hz(made: Effect, side: int, hz: float = 1000.0, seconds: float = 6.0) -> float:
    """How often the level, or else the pitch, of a tone goes up and down."""
    whole = hilbert(made.play(tone(hz, seconds))[RATE:, side])
    slow = np.abs(whole)
    if slow.std() < 0.02 * slow.mean():
        slow = np.diff(np.unwrap(np.angle(whole)))
    slow = slow[2000:-2000] - slow[2000:-2000].mean()
    slow = slow[: len(slow) // 48 * 48].reshape(-1, 48).mean(1) * np.hanning(len(slow) // 48)
    spectrum = np.abs(np.fft.rfft(slow, 1 << 18))
    return float(np.argmax(spectrum) * 1000 / (1 << 18))


def pitch_hz(made: Effect, side: int, hz: float = 440.0) -> float:
    """Frequency of the strongest line that a tone becomes."""
    y = made.play(tone(hz, 3.0))[RATE:, side]
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 8 * len(y)))
    return float(np.argmax(spectrum) * RATE / (8 * len(y)))


def harmonic_db(made: Effect, side: int, number: int, hz: float = 1000.0, level_db: float = -12.0) -> float:
    """Level of a harmonic of a settled tone against the tone."""
    y = heard(made, tone(hz, 1.5, level_db), side)[-RATE:]
    lines = np.abs(np.fft.rfft(y * np.blackman(len(y))))
    return float(20 * np.log10((lines[round(number * hz)] + 1e-12) / (lines[round(hz)] + 1e-12)))
