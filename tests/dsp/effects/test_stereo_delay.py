"""The stereo delay: exact times, exact repeats, and no click when either changes."""

import numpy as np
import pytest

from rigs.effect import RATE, Effect, impulse


def taps(y: np.ndarray, least: float = 1e-3) -> dict[int, float]:
    """Frames at which something comes back, and how loud it is."""
    return {int(at): float(y[at]) for at in np.flatnonzero(np.abs(y) > least)}


def plain(**knobs: object) -> Effect:
    """A delay without filters, offset or repeats."""
    return Effect("DLY", **({"Mode": "ST", "Offset": 0.0, "FeedLC": 10.0, "FeedL": 0.0, "FeedR": 0.0} | knobs))


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(("factor", "share"), [("1/4", 1 / 4), ("3/8", 3 / 8), ("2/3", 2 / 3), ("3", 3)])
def test_times_and_factors_are_exact_to_a_frame(rate: int, factor: str, share: float):
    made = plain(rate=rate, Time=500.0, FactorL=factor, FactorR="1")
    time_ms = made.value("Time")
    y = made.play(impulse(2 * rate))
    assert list(taps(y[:, 0])) == [round(time_ms * share * rate / 1000)]
    assert list(taps(y[:, 1])) == [round(time_ms * rate / 1000)]


def test_the_offset_delays_the_right_echo_or_below_zero_the_left():
    for offset, expected in ((50.0, (4800, 7200)), (-50.0, (7200, 4800))):
        y = plain(Time=100.0, Offset=offset).play(impulse(RATE))
        assert (*taps(y[:, 0]), *taps(y[:, 1])) == expected


def test_at_full_feedback_echoes_neither_grow_nor_die():
    y = plain(Time=100.0, FeedL=100.0, FeedR=100.0).play(impulse(10 * RATE, peak=0.5))
    heard = taps(y[:, 0])
    assert len(heard) == 99
    assert np.ptp(20 * np.log10(np.abs(list(heard.values())))) < 0.1


def test_a_loop_that_is_fed_for_long_stays_within_its_limit():
    made = plain(Time=10.0, FeedL=100.0, FeedR=100.0)
    y = made.play(np.full(20 * RATE, 0.9, np.float32))
    assert np.abs(y).max() <= 2.0


def test_crossed_echoes_alternate_between_the_sides():
    x = np.stack((impulse(RATE), np.zeros(RATE, np.float32)), axis=1)
    y = plain(Time=100.0, Mode="X", FeedL=50.0, FeedR=50.0).play(x)
    assert list(taps(y[:, 0], 1e-2))[:3] == [4800, 14_400, 24_000]
    assert list(taps(y[:, 1], 1e-2))[:2] == [9600, 19_200]


def test_a_new_time_cross_fades_without_a_click():
    made = plain(Time=100.0)
    tone = 0.1 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)
    before = made.play(tone)
    made.set("Time", 133.0)
    heard = np.concatenate((before, made.play(tone)))[RATE // 2 :, 0]
    spectrum = np.fft.rfft(heard * np.hanning(len(heard)))
    freq = np.fft.rfftfreq(len(heard), 1 / RATE)
    rest = np.sqrt(np.sum(np.abs(spectrum[freq > 1500]) ** 2)) / np.sqrt(np.sum(np.abs(spectrum) ** 2))
    assert 20 * np.log10(rest) < -60


def test_without_mix_it_passes_bit_for_bit():
    x = np.random.default_rng(1).standard_normal((RATE, 2)).astype(np.float32) / 4
    assert np.array_equal(plain(Mix=0.0).play(x), x)
