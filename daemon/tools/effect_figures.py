"""What effects do and cost, in figures that any of them can be measured by: `effect_peers` are, too.

    impulse, tone, noise ─▶ effect ─▶ decays, densities, curves, images, µs
"""

import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.album import racked

Float = npt.NDArray[np.float64]

RATE = 48_000
OCTAVES_HZ = (125, 250, 500, 1000, 2000, 4000, 8000)
MIDDLE = slice(2, 5)
"""Octaves from 500 Hz to 2 kHz."""
GAUSS = 0.3173
"""Share of a Gaussian outside its deviation."""
FALL_DB = (-5.0, -35.0)
COST_S = 2.0, 22.0


def impulse(seconds: float) -> Float:
    """Make a unit on both sides, and silence."""
    x = np.zeros((round(seconds * RATE), 2))
    x[0] = 1
    return x


def tone(hz: float, seconds: float, peak: float = 1.0) -> Float:
    """Make a sine on both sides."""
    x = peak * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack((x, x), axis=1)


def noise(seconds: float, peak: float = 0.5) -> Float:
    """Make white noise, another one on each side."""
    return np.random.default_rng(1).uniform(-peak, peak, (round(seconds * RATE), 2))


def spectrum_db(y: Float, hz: Float) -> Float:
    """Gain that an impulse response has at frequencies, of its left side."""
    whole = np.fft.rfft(y[:, 0], 1 << int(np.ceil(np.log2(len(y)))))
    found = np.abs(np.interp(hz, np.linspace(0, RATE / 2, len(whole)), np.abs(whole)))
    return np.asarray(20 * np.log10(np.maximum(found, 1e-6)))


def band(y: Float, hz: float, octaves: float = 1.0) -> Float:
    """What lies around a frequency, both sides; the edges of the band are a third of it wide."""
    room = RATE // 2  # for what the filter rings before and after
    padded = np.pad(y, ((room, room), (0, 0)))
    whole = np.fft.rfft(padded, axis=0)
    away = np.abs(np.log2(np.maximum(np.fft.rfftfreq(len(padded), 1 / RATE), 1) / hz))
    weight = 0.5 + 0.5 * np.cos(np.pi * np.clip((away - octaves / 3) / (octaves / 3), 0, 1))
    made = np.fft.irfft(whole * weight[:, np.newaxis], len(padded), axis=0)
    return np.asarray(made[room : room + len(y)])


def left_db(y: Float) -> Float:
    """What is left of the energy of both sides, from each frame on (Schroeder)."""
    left = np.cumsum((y[::-1] ** 2).sum(1))[::-1]
    return np.asarray(10 * np.log10(left / max(left[0], 1e-30) + 1e-12))


def decay_s(y: Float) -> float:
    """Time of a fall by 60 dB, from a line through −5 to −35 dB."""
    fall = left_db(y)
    first, last = (int(np.argmax(fall < db)) for db in FALL_DB)
    if last - first < 16:
        return float("nan")
    return float(-60 / np.polyfit(np.arange(first, last) / RATE, fall[first:last], 1)[0])


def density(y: Float) -> Float:
    """Echo density of each millisecond in windows of 20 (Abel & Huang); 1 is that of noise."""
    window = np.hanning(RATE // 50 + 1)
    window /= window.sum()
    found = []
    for at in range(0, min(len(y), RATE) - len(window), RATE // 1000):
        part = y[at : at + len(window)]
        found.append(float((window * (np.abs(part) > np.sqrt((window * part**2).sum()))).sum()) / GAUSS)
    return np.array(found)


def dense_from_ms(y: Float) -> float:
    """Time from which on 80 ms of echoes are always nearly as dense as noise, later side."""
    first = int(np.argmax(np.abs(y).max(1) > 1e-3 * np.abs(y).max()))
    latest = 0.0
    for side in range(2):
        smooth = np.convolve(density(y[first:, side]), np.ones(80) / 80, "valid")[:540]
        low = np.flatnonzero(smooth < 0.9)
        latest = max(latest, 10.0 + (low[-1] + 1 if low.size else 0))
    return latest


def correlation(y: Float) -> float:
    """How alike both sides are: 1 the same, 0 independent, -1 turned over."""
    return float((y[:, 0] * y[:, 1]).sum() / np.sqrt((y[:, 0] ** 2).sum() * (y[:, 1] ** 2).sum() + 1e-30))


def octaves_s(y: Float) -> Float:
    """Decay of each octave."""
    return np.array([decay_s(band(y, hz)) for hz in OCTAVES_HZ])


def reverb(y: Float) -> dict[str, Any]:
    """Figures of an impulse response without what is dry."""
    decays = octaves_s(y)
    first = int(np.argmax(np.abs(y).max(1) > 1e-3 * np.abs(y).max()))
    clear, late = y[first : first + RATE * 80 // 1000], y[first + RATE * 80 // 1000 :]
    return {
        "T60, 125 Hz to 8 kHz (s)": " ".join(f"{decay:.2f}" for decay in decays),
        "T60 of the middle (s)": round(float(decays[MIDDLE].mean()), 3),
        "echoes dense from (ms)": round(dense_from_ms(y)),
        "sides alike, first 80 ms": round(correlation(clear), 3),
        "sides alike, then": round(correlation(late), 3),
        "C80 (dB)": round(10 * float(np.log10((clear**2).sum() / ((late**2).sum() + 1e-30))), 1),
    }


def cost_us(play: Callable[[Float], Float]) -> float:
    """Microseconds of processor for 64 frames: a long run less a short one, programs that it starts, too."""
    took = []
    for seconds in COST_S:
        x = noise(seconds)
        before = _spent_s()
        play(x)
        took.append(_spent_s() - before)
    return (took[1] - took[0]) / ((COST_S[1] - COST_S[0]) * RATE / 64) * 1e6


def _spent_s() -> float:
    programs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + programs.ru_utime + programs.ru_stime


def sweep(loss: Float, slow: Float, fast: Float) -> dict[str, Any]:
    """Figures of a swept delay: an answer to noise, to 1 kHz and to 10 kHz, all without what is dry."""
    power = [float((band(loss, hz, 1 / 3) ** 2).sum() / (band(noise(4), hz, 1 / 3) ** 2).sum()) for hz in (1e4, 1e3)]
    return {
        "loss at 10 kHz (dB)": round(10 * np.log10(power[0] / power[1]), 2),
        "wobble of 10 kHz (dB)": round(_wobble_db(fast), 2),
        "spurs of 1 kHz (dB)": round(_spurs_db(slow, 1000, 150)),
        "spurs of 10 kHz (dB)": round(_spurs_db(fast, 10_000, 1200)),
    }


def _wobble_db(y: Float) -> float:
    """How much the level of a tone wavers, a millisecond at a time."""
    part = y[RATE // 2 :, 0]
    half = np.fft.fft(part)
    half[len(half) // 2 :] = 0
    level = 2 * np.abs(np.fft.ifft(half))[RATE // 10 : -RATE // 10]
    slow = level[: len(level) // 48 * 48].reshape(-1, 48).mean(1)
    return float(np.std(20 * np.log10(slow + 1e-12)))


def _spurs_db(y: Float, hz: float, guard_hz: float) -> float:
    """Strongest line far from a tone, against the tone."""
    part = y[RATE // 2 :, 0]
    power = np.convolve(np.abs(np.fft.rfft(part * np.blackman(len(part)))) ** 2, np.ones(5), "same")
    freq = np.fft.rfftfreq(len(part), 1 / RATE)
    near = np.abs(freq - hz) < guard_hz
    return float(10 * np.log10(power[~near & (freq > 20)].max() / power[near].max()))


def images(y: Float) -> dict[str, Any]:
    """Figures of a bent tone of 5 kHz: the strongest line below 20 kHz that is none of its harmonics."""
    power = np.abs(np.fft.rfft(y[RATE : 2 * RATE, 0])) ** 2
    lines = np.arange(len(power))
    strange = (lines % 5000 != 0) & (lines > 20) & (lines < 20_000)
    return {"images of 5 kHz (dB)": round(float(10 * np.log10(power[strange].max() / power[5000])))}


def curve_db(name: str, **knobs: Any) -> tuple[Float, Float]:
    """Level of a settled tone of 1 kHz in and out, in steps of 3 dB."""
    levels = np.arange(-60.0, 1.0, 3.0)
    x = np.concatenate([tone(1000, 0.5, 10 ** (level / 20)) for level in levels])
    y = racked.play(name, x, RATE, **knobs).reshape(len(levels), -1, 2)[:, RATE // 4 :]
    return levels, np.asarray(10 * np.log10(2 * (y[..., 0] ** 2).mean(1) + 1e-12))
