"""Figures of effects: curves, times and pitches that a display promises."""

import numpy as np
import pytest

from dsp.table.effects import slots
from dsp.table.effects.equaliser import GRAPHIC_BANDS
from rigs.effect import RATE, Effect, impulse, pink

CENTRES = 1000 * 2.0 ** ((np.arange(31) - 17) / 3)


def gain_db(made: Effect, freq_hz: np.ndarray, seconds: int = 2) -> np.ndarray:
    """Gain of the left side at frequencies."""
    y = made.play(impulse(seconds * RATE))[:, 0]
    turns = np.exp(-2j * np.pi * np.outer(freq_hz, np.arange(len(y))) / RATE)
    return np.asarray(20 * np.log10(np.abs(turns @ y) + 1e-12))


def graphic(name: str, faders_db: np.ndarray) -> Effect:
    made = Effect(name)
    for band, fader in zip(GRAPHIC_BANDS, faders_db, strict=True):
        made.set(band, float(fader))
    return made


@pytest.mark.parametrize(
    "faders_db", [np.full(31, 12.0), np.where(np.arange(31) % 2, 12.0, -12.0), 12.0 * np.eye(31)[17]]
)
def test_the_true_equaliser_goes_through_its_faders(faders_db: np.ndarray):
    seen = gain_db(graphic("TEQ", faders_db), CENTRES[1:30])
    assert np.abs(seen - faders_db[1:30]).max() < 0.1


def test_bells_of_the_plain_equaliser_add_up():
    seen = gain_db(graphic("GEQ", np.full(31, 12.0)), CENTRES[5:26])
    assert seen.min() > 17


@pytest.mark.parametrize("name", ["GEQ", "TEQ", "GEQ2", "TEQ2", "WAVD", "DES", "DES2", "PQ5S"])
def test_a_neutral_effect_passes_bit_for_bit(name: str):
    x = np.random.default_rng(1).standard_normal((RATE // 2, 2)).astype(np.float32) / 8
    assert np.array_equal(Effect(name).play(x), x)


@pytest.mark.parametrize("slope", ["12", "48"])
def test_bands_at_rest_sum_up_to_an_all_pass(slope: str):
    made = Effect("CMB", Slope=slope, SBCOn="OFF")
    assert np.abs(gain_db(made, np.geomspace(30, 18_000, 60))).max() < 0.01


@pytest.mark.parametrize(("semitones", "cents"), [(-12.0, 0.0), (-5.0, 0.0), (4.0, 0.0), (0.0, 20.0), (12.0, 0.0)])
def test_the_pitch_is_exact_within_two_cents(semitones: float, cents: float):
    made = Effect("PIT", Semi=semitones, Cent=cents)
    tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE) / RATE)
    y = made.play(tone)[RATE:, 0]
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y)), 8 * len(y)))
    found = np.argmax(spectrum) * RATE / (8 * len(y))
    wanted = 440 * 2 ** ((100 * semitones + cents) / 1200)
    assert abs(1200 * np.log2(found / wanted)) < 2


@pytest.mark.parametrize(("reach", "freq_hz"), [("LO", 50.37), ("MID", 97.3), ("HI", 331.7)])
def test_beside_the_tone_an_octave_below_there_is_nothing_but_its_harmonics(reach: str, freq_hz: float):
    made = Effect("SUB", On="ON", Range=reach, Dry=0.0, Oct1=100.0, Oct2=0.0)
    y = made.play(0.25 * np.sin(2 * np.pi * freq_hz * np.arange(6 * RATE) / RATE))[2 * RATE :, 0]
    power = np.abs(np.fft.rfft(y * np.blackman(len(y)))) ** 2
    away = np.abs((np.fft.rfftfreq(len(y), 1 / RATE) + freq_hz / 4) % (freq_hz / 2) - freq_hz / 4)
    assert 10 * np.log10(power[away > 3].sum() / power[away <= 3].sum()) < -65


def test_nothing_passes_the_ceiling_of_the_limiter_even_between_frames():
    made = Effect("LIM", InGain=12.0, OutGain=-1.0)
    y = made.play(pink(2 * RATE, -6.0))[:, 0]
    spectrum = np.fft.rfft(y[4800:-4800] * np.hanning(len(y) - 9600) ** 0.01)
    fine = np.fft.irfft(np.concatenate((spectrum, np.zeros(7 * len(spectrum)))))
    peak = np.abs(fine[len(fine) // 10 : -len(fine) // 10]).max() * (len(fine) / (len(y) - 9600))
    assert 20 * np.log10(peak) < made.value("OutGain") + 0.25


@pytest.mark.parametrize("name", tuple(slots.EFFECTS))
def test_at_its_defaults_it_is_finite_without_dc_and_about_as_loud(name: str):
    heard = Effect(name).play(pink(3 * RATE))[RATE:]
    assert np.isfinite(heard).all()
    assert np.abs(heard.mean(0)).max() < 10 ** (-60 / 20)
    assert -31 < 10 * np.log10((heard**2).mean()) < -14, "neither lost nor loud"
