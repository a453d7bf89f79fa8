"""Parts that effects share, each against what mathematics says of it."""

import numpy as np
import pytest

from dsp.effects import bound, elementary, line, plane, shaper
from dsp.effects.memory import FRAMES
from dsp.native import lanes
from dsp.native.kernel import kernel

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


@pytest.mark.parametrize("back", [4.0, 7.25, 10.5, 20.9])
def test_a_read_between_frames_is_the_tone_itself_at_1_khz(back: float):
    heard, wanted = delayed_tone(1000, back)
    assert np.abs(heard - wanted).max() < 10 ** (-100 / 20)


@pytest.mark.parametrize("back", [4.0, 7.25, 10.5, 20.9])
def test_a_read_between_frames_loses_at_most_a_sixteenth_of_a_decibel_at_10_khz(back: float):
    heard, wanted = delayed_tone(10_000, back)
    assert abs(10 * np.log10((heard**2).mean() / (wanted**2).mean())) < 1 / 16


@kernel
def bend(span, x):
    """Bend `x`, whole sub-blocks, into the odd curve, in place."""
    for first in range(0, x.shape[0], FRAMES):
        here = lanes.offset(lanes.at(x, 0), first)
        shaper.up(lanes.at(span, 0), here)
        for group in range(plane.GROUPS):
            before = shaper.raised(lanes.at(span, 0), shaper.TIMES - 1, group, 1)
            for phase in range(shaper.TIMES):
                u = shaper.raised(lanes.at(span, 0), phase, group, 0)
                shaper.put(lanes.at(span, 0), phase, group, shaper.odd(u, before))
                before = u
        shaper.down(lanes.at(span, 0), here)


def bent(drive_db: float) -> np.ndarray:
    """Spectrum, a line every 10 Hz, of 5 kHz at −6 dBFS driven into the odd curve."""
    turn = 2 * np.pi * 5000 * np.arange(83 * FRAMES) / RATE
    x = (0.5 * 10 ** (drive_db / 20) * np.sin(turn)).astype(np.float32)
    bend(np.zeros(shaper.SPAN, np.float32), x)
    return np.abs(np.fft.rfft(x[480:5280]))


@kernel
def means(u, before, y):
    """Let `y` be the means of the odd curve (row 0) and of the even one (row 1) between sixteen pairs."""
    there, here = lanes.load(lanes.at(u, 0), 0), lanes.load(lanes.at(before, 0), 0)
    lanes.store(lanes.at(y, 0), 0, shaper.odd(there, here))
    lanes.store(lanes.at(y, 1), 0, shaper.even(there, here))


def test_images_of_a_bent_tone_lie_sixty_decibels_below_it():
    lines = bent(30.0)
    image = max(lines[100 * khz] for khz in range(1, 21) if khz % 5)
    assert 20 * np.log10(image / lines[500]) < -60


def test_the_curve_between_two_values_is_the_mean_of_the_curve():
    pairs = [(-3.0, 2.0), (0.1, 0.4), (0.5, 0.5), (1.0, 1.0 + 1e-7), (-20.0, 20.0), (0.01, 0.0100001)]
    low, high = np.resize(np.array(pairs, np.float32), (16, 2)).T.copy()
    y = np.zeros((2, 16), np.float32)
    means(high, low, y)
    share = np.linspace(0, 1, 20_001)[:, np.newaxis]
    u = low + share * (high.astype(np.float64) - low)
    s, above, below = (v / np.sqrt(1 + v * v) for v in (u, u + 1, 1 - u))
    for curve, found in zip((s, (above + below) / 2 - np.sqrt(0.5)), y, strict=True):
        assert np.abs(found - (curve[:-1] + curve[1:]).mean(0) / 2).max() < 3e-7


@kernel
def functions(x, y):
    """Put what each of the functions makes of a row of `x`."""
    for n in range(x.shape[1]):
        y[0, n], y[1, n] = elementary.exp2(x[0, n]), elementary.sine(x[1, n])
        y[2, n], y[3, n], y[4, n] = elementary.tangent(x[2, n]), elementary.tanh(x[3, n]), elementary.circle(x[4, n])


def test_functions_of_the_loop_are_those_of_the_library():
    x = np.linspace([0, -0.25, 1e-3, -9, -3], [20, 0.25, 1.41, 9, 3], 20_001).T.copy()
    y = np.zeros_like(x)
    functions(x, y)
    assert np.abs(y[0] / np.exp2(x[0]) - 1).max() < 2e-10
    assert np.abs(y[1] - np.sin(2 * np.pi * x[1])).max() < 3e-11
    assert np.abs(y[2] / np.tan(x[2]) - 1).max() < 4e-9
    assert np.abs(y[3] - np.tanh(x[3])).max() < 7e-6
    assert np.abs(y[4] - np.sin(2 * np.pi * x[4])).max() < 3e-11
    assert np.abs(y[3] - np.tanh(x[3]))[np.abs(x[3]) < 2].max() < 2e-11


def test_a_loop_is_bounded_and_its_bound_never_turns_back():
    x = np.linspace(-1000, 1000, 4001)
    y = np.array([bound.soft(value) for value in x])
    assert np.abs(y).max() <= 2.0 + 1e-9
    assert (np.diff(y) >= 0).all()
