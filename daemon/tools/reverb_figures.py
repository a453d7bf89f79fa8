"""What tells a reverb from noise that decays: single modes that ring on, flutter, movement of the pitch.

    impulse response ─▶ thirds of octaves, decay undone ─▶ largest line over the median
                     ─▶ energy, 200 times a second ─────▶ strongest line from 2 to 50 Hz
    held tone ────────▶ momentary frequency ────────────▶ cents

The first two are told against the same of runs of noise.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from daemon.tools import effect_figures as figures
from daemon.tools.effect_figures import RATE, Float

THIRDS_HZ = 1000 * 2.0 ** (np.arange(-7, 10) / 3)
WAITS = (0, RATE * 2 // 5, RATE * 27 // 25, RATE * 9 // 4)
"""Frames before an impulse."""
RUNS = 8
"""Of noise."""
LATE = RATE * 80 // 1000
ENVELOPE_HZ = 200
FLUTTER_HZ = (2.0, 50.0)


def of(play: Callable[[Float], Float], asked_s: float = float("nan")) -> dict[str, Any]:
    """All figures of a reverb that is to decay in `asked_s`.

    What depends on how its lines have moved just now is the mean of four impulses.
    """
    unit = figures.impulse(4.0)
    answers = [play(np.pad(unit, ((wait, 0), (0, 0))))[wait:] for wait in WAITS]
    octaves = np.mean([figures.octaves_s(y) for y in answers], axis=0)
    middle = octaves[figures.MIDDLE].mean()
    excess = np.mean([[modal_db(y, hz) for hz in THIRDS_HZ] for y in answers], axis=0)
    return {
        **figures.reverb(answers[0]),
        "T60, 125 Hz to 8 kHz (s)": " ".join(f"{decay:.2f}" for decay in octaves),
        "T60 of the middle (s)": round(float(middle), 3),
        "against its setting (%)": round(float(100 * (middle / asked_s - 1)), 1),
        "modes over noise, mean of thirds (dB)": round(float(np.mean(excess)), 1),
        "the worst third (dB)": round(float(np.max(excess)), 1),
        "flutter over noise (dB)": round(float(np.mean([flutter_db(y) for y in answers])), 1),
        "1 kHz moves (cents)": round(cents(play(figures.tone(1000, 4.0, 0.1))), 2),
    }


def modal_db(y: Float, hz: float) -> float:
    """How far the largest line of a third of an octave rises above the median, more than that of noise does."""
    part = figures.band(y, hz, 1 / 3)
    fall = figures.left_db(part)
    first, last = int(np.argmax(fall < -20)), int(np.argmax(fall < -60))
    if last - first < RATE // 20:
        return float("nan")
    rise = 10 ** (3 * np.arange(last - first) / (figures.decay_s(part) * RATE))
    found = np.mean([_largest_db(part[first:last, side] * rise, hz) for side in range(2)])
    return float(found - _largest_of_noise_db(round((last - first) / 2400) * 2400, hz))


def _largest_db(part: Float, hz: float) -> float:
    lines = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    freq = np.fft.rfftfreq(len(part), 1 / RATE)
    inside = lines[np.abs(np.log2(np.maximum(freq, 1) / hz)) < 1 / 9]
    return float(10 * np.log10(inside.max() / np.median(inside)))


@functools.cache
def _largest_of_noise_db(frames: int, hz: float) -> float:
    noise = np.random.default_rng(7).standard_normal((RUNS, frames))
    return float(np.mean([_largest_db(run, hz) for run in noise]))


def flutter_db(y: Float) -> float:
    """Strongest coming and going of the energy, against that of noise that decays alike."""
    tenths = max(round(10 * figures.decay_s(y)), 2)
    return float(10 * np.log10(_flutter(y, _frames(tenths)) / _flutter_of_noise(tenths)))


def _frames(tenths: int) -> int:
    """Three quarters of a decay in tenths of a second."""
    return tenths * RATE * 3 // 40


@functools.cache
def _flutter_of_noise(tenths: int) -> float:
    random, frames = np.random.default_rng(9), LATE + _frames(tenths)
    fall = 10 ** (-30 * np.arange(frames) / (tenths * RATE))[:, np.newaxis]
    runs = [_flutter(random.standard_normal((frames, 2)) * fall, _frames(tenths)) for _ in range(RUNS)]
    return float(np.mean(runs))


def _flutter(y: Float, frames: int) -> float:
    hop = RATE // ENVELOPE_HZ
    first = int(np.argmax(np.abs(y).max(1) > 1e-3 * np.abs(y).max())) + LATE
    total: Any = 0.0
    for hz in (500, 1000, 2000, 4000):
        part = figures.band(y, hz)[first : first + frames]
        power = (part[: len(part) // hop * hop] ** 2).sum(1).reshape(-1, hop).sum(1)
        level = 10 * np.log10(power + 1e-30)
        at = np.linspace(-1, 1, len(level))
        total = total + hz * (level - np.polyval(np.polyfit(at, level, 3), at))
    lines = np.abs(np.fft.rfft(total * np.hanning(len(total)))) ** 2
    freq = np.fft.rfftfreq(len(total), 1 / ENVELOPE_HZ)
    return float(lines[(freq >= FLUTTER_HZ[0]) & (freq <= FLUTTER_HZ[1])].max())


def cents(y: Float) -> float:
    """How far the frequency of a held tone of 1 kHz moves, weighted by its energy."""
    part = y[RATE:, 0]
    spectrum, freq = np.fft.fft(part), np.fft.fftfreq(len(part), 1 / RATE)
    whole = np.fft.ifft(np.where((freq > 800) & (freq < 1250), 2 * spectrum, 0))[RATE // 10 : -RATE // 10]
    hz = np.diff(np.unwrap(np.angle(whole))) * RATE / (2 * np.pi)
    power = np.abs(whole[1:]) ** 2
    mean = (power * hz).sum() / power.sum()
    return float(np.sqrt((power * (1200 * np.log2(np.maximum(hz, 1) / mean)) ** 2).sum() / power.sum()))

