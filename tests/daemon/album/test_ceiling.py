"""The limiter: true peaks by a meter of 32 times the rate, distortion, time, and what stays as it was."""

import numpy as np
import numpy.typing as npt
import pytest

from daemon.album import limiter
from oracles import truepeak

Float = npt.NDArray[np.float64]
RATE = 48_000
CEILING = -1.0


def _both(mono: Float) -> Float:
    return np.stack((mono, mono), axis=1)


def _tone(hz: float, seconds: float, level: float, phase: float = 0.0, rate: int = RATE) -> Float:
    return _both(level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate + phase))


def _noise(seconds: float, level: float, seed: int = 1, rate: int = RATE) -> Float:
    """Noise up to 20 kHz: what a converter lets through."""
    noise = np.random.default_rng(seed).normal(0, level, (round(seconds * rate), 2))
    lines = np.fft.rfft(noise, axis=0)
    lines[np.fft.rfftfreq(len(noise), 1 / rate) > 20_000] = 0
    return np.fft.irfft(lines, len(noise), axis=0)


def _drums(seconds: float) -> Float:
    """Bursts of noise that fall off, over a bass: peaks far above what is between."""
    at = np.arange(round(seconds * RATE)) / RATE
    hits = np.exp(-(at % 0.25) / 0.03)
    return 2.0 * hits[:, np.newaxis] * _noise(seconds, 0.35) + 0.5 * _tone(55, seconds, 1.0)


def _square(seconds: float) -> Float:
    """A square wave of what is below 20 kHz."""
    return sum((_tone(997 * n, seconds, 1.8 / n) for n in range(1, 21, 2)), np.zeros((RATE, 2)))


SOUNDS = {
    "a quarter of the rate, between the frames": _tone(RATE / 4, 1, 1.9, np.pi / 4),
    "a sixth": _tone(RATE / 6, 1, 1.6, np.pi / 6),
    "high": _tone(19_997, 1, 1.5),
    "noise": _noise(2, 0.5),
    "drums": _drums(3),
    "a square": _square(1),
    "one frame": _both(np.eye(1, RATE, RATE // 2)[0] * 3),
    "a step into a tone": np.concatenate((np.zeros((RATE, 2)), _tone(RATE / 4, 1, 2.8, 0.7))),
    "a beat on the first frame": _noise(1, 0.9),
    "20 dB over": _noise(1, 3.0),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_no_true_peak_is_above_the_ceiling(name: str) -> None:
    made = limiter.limit(SOUNDS[name], RATE, CEILING).audio
    assert truepeak.dbtp(made) <= CEILING + 0.05


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_ceiling_holds_at_other_rates(rate: int) -> None:
    made = limiter.limit(_noise(1, 0.6, rate=rate), rate, CEILING).audio
    assert truepeak.dbtp(made) <= CEILING + 0.05


def test_a_bass_of_50_hz_that_is_6_db_over_is_not_bent() -> None:
    made = limiter.limit(_tone(50, 4, 2 * 10 ** (CEILING / 20)), RATE, CEILING).audio[RATE : 3 * RATE, 0]
    lines = np.abs(np.fft.rfft(made * np.blackman(len(made)))) ** 2
    tone = lines[90:111].sum()
    assert 10 * np.log10((lines[111:].sum() + lines[:90].sum()) / tone) < -80


def test_what_is_below_the_ceiling_is_only_turned_up() -> None:
    quiet = _noise(1, 0.05)
    assert np.array_equal(limiter.limit(quiet, RATE, CEILING, 3.0).audio, quiet * 10 ** (3 / 20))


def test_a_second_after_a_peak_nothing_is_turned_down_any_more() -> None:
    audio = _tone(440, 12, 0.3)
    audio[RATE : RATE + 100] *= 6
    made = limiter.limit(audio, RATE, CEILING)
    assert np.array_equal(made.audio[: RATE // 2], audio[: RATE // 2])
    assert np.allclose(made.audio[11 * RATE :], audio[11 * RATE :], atol=1e-7)
    gain = np.abs(made.audio[2 * RATE : 3 * RATE]).max() / 0.3
    assert 20 * np.log10(gain) > -0.5


def test_both_sides_are_turned_down_alike() -> None:
    audio = _noise(1, 0.5)
    made = limiter.limit(audio, RATE, CEILING).audio
    assert np.allclose(made[:, 0] * audio[:, 1], made[:, 1] * audio[:, 0], atol=1e-12)


def test_the_largest_nearby_is_found_as_one_by_one() -> None:
    x = np.random.default_rng(3).random(1000)
    found = limiter.largest(x, 7, 20)
    assert np.array_equal(found, [x[max(n - 20, 0) : n + 8].max() for n in range(1000)])


def test_a_release_is_that_of_a_loop() -> None:
    x = np.random.default_rng(4).exponential(1, 3000) * (np.random.default_rng(5).random(3000) > 0.99)
    loop, last = [], 0.0
    for value in x:
        last = max(value, last * np.exp(-1 / 200))
        loop.append(last)
    assert np.allclose(limiter.released(x, 200), loop, atol=1e-6)
