"""Parts that effects share, each against what mathematics says of it."""

import numpy as np
import pytest

from dsp.effects import bound, line, shaper

RATE = 48_000


def delayed_tone(freq_hz: float, back: float) -> tuple[np.ndarray, np.ndarray]:
    """A tone read `back` frames behind, and the tone as it must be."""
    memory = np.zeros(64)
    turn = 2 * np.pi * freq_hz / RATE
    heard = []
    for frame in range(480):
        line.write(memory, 0, 64, frame, np.sin(turn * frame))
        heard.append(line.between(memory, 0, 64, frame, back))
    return np.array(heard[96:]), np.sin(turn * (np.arange(480) - back))[96:]


def test_a_line_gives_back_each_frame_as_long_ago_as_asked():
    memory, x = np.zeros(16), np.random.default_rng(3).standard_normal(100)
    for frame, value in enumerate(x):
        line.write(memory, 0, 16, frame, value)
        assert frame < 9 or line.read(memory, 0, 16, frame, 9) == x[frame - 9]


@pytest.mark.parametrize("back", [3.0, 7.25, 10.5, 20.9])
def test_a_read_between_frames_is_the_tone_itself_at_1_khz(back: float):
    heard, wanted = delayed_tone(1000, back)
    assert np.abs(heard - wanted).max() < 10 ** (-100 / 20)


@pytest.mark.parametrize("back", [3.0, 7.25, 10.5, 20.9])
def test_a_read_between_frames_loses_at_most_two_tenths_of_a_decibel_at_10_khz(back: float):
    heard, wanted = delayed_tone(10_000, back)
    assert abs(10 * np.log10((heard**2).mean() / (wanted**2).mean())) < 0.2


def bent(drive_db: float) -> np.ndarray:
    """Spectrum, a line every 10 Hz, of 5 kHz at −6 dBFS driven into the odd curve."""
    memory, before, heard = np.zeros(shaper.SPAN), 0.0, []
    gain = 0.5 * 10 ** (drive_db / 20)
    for frame in range(5280):
        x = gain * np.sin(2 * np.pi * 5000 * frame / RATE)
        for phase in range(shaper.TIMES):
            u = shaper.up(memory, 0, frame, x, phase)
            shaper.keep(memory, 0, frame, phase, shaper.odd(u, before))
            before = u
        heard.append(shaper.down(memory, 0, frame))
    return np.abs(np.fft.rfft(heard[480:]))


def test_images_of_a_bent_tone_lie_sixty_decibels_below_it():
    lines = bent(30.0)
    image = max(lines[100 * khz] for khz in range(1, 21) if khz % 5)
    assert 20 * np.log10(image / lines[500]) < -60


def test_the_curve_between_two_values_is_the_mean_of_the_curve():
    for low, high in ((-3.0, 2.0), (0.1, 0.4), (0.5, 0.5), (1.0, 1.0 + 1e-7)):
        u = np.linspace(low, high, 20_001)
        s = u / np.sqrt(1 + u * u)
        assert abs(shaper.odd(high, low) - (s[:-1] + s[1:]).mean() / 2) < 1e-7


def test_a_loop_is_bounded_and_its_bound_never_turns_back():
    x = np.linspace(-1000, 1000, 4001)
    y = np.array([bound.soft(value) for value in x])
    assert np.abs(y).max() <= 2.0 + 1e-9
    assert (np.diff(y) >= 0).all()
