"""The oscillator: a sine that is one, noise as pink and as white as it says, where it is sent and nowhere else."""

import functools
from typing import NamedTuple

import numpy as np
import pytest
import scipy.signal

from dsp.engine import layout
from dsp.processors import glide, oscillator
from oracles import processors
from rigs import desk

RATES = (44_100, 48_000, 96_000)
RATE = desk.RATE
NOISE_DB = -18.0
FREQUENCIES_HZ = 20 * 1000 ** (np.arange(121) / 120)
MIXES = {
    **{f"bus {n}": layout.place(layout.BUS, layout.PRE_FADER, n - 1) for n in range(1, 17)},
    **{name: layout.place(layout.MAIN, layout.PRE_FADER, lane) for lane, name in enumerate(("left", "right", "mono"))},
    **{f"matrix {n}": layout.place(layout.MATRIX, layout.PRE_FADER, n - 1) for n in range(1, 7)},
}
"""Where it can be sent, before the faders; bus 1 is the first."""
OCTAVES_HZ = 20 * 2.0 ** np.arange(11)


def console(kind: str, level_db: float = 0.0, rate: int = RATE, to: int = 0, on: int = 1) -> desk.Rig:
    """An oscillator, and all mixes it can be sent to."""
    rig = desk.Rig([int(place) for place in MIXES.values()], rate)
    rig.set_many({"/config/osc/type": kind, "/config/osc/level": level_db, "/config/osc/dest": to, "/-stat/osc/on": on})
    return rig


class Tone(NamedTuple):
    """What a sine was measured to be."""

    freq_hz: float
    level_db: float
    rest_db: float
    """Everything else, relative to the tone."""


def measure(rig: desk.Rig, near_hz: float, seconds: float = 0.2) -> Tone:
    """The tone that bus 1 plays near a frequency, once it has faded in."""
    rig.play(2 * glide.length(rig.rate) + 2 * glide.SUB_BLOCK)
    heard = rig.play(int(seconds * rig.rate))[:, 0].astype(np.float64)
    # How far the second half runs ahead of the first one tells how far the frequency is off.
    half = len(heard) // 2
    first, second = (desk.amplitude(part, near_hz, rig.rate) for part in (heard[:half], heard[half : 2 * half]))
    turned = np.angle(second / first * np.exp(-2j * np.pi * near_hz * half / rig.rate))
    freq_hz = float(near_hz + turned / (2 * np.pi * half / rig.rate))
    found = desk.amplitude(heard, freq_hz, rig.rate)
    rest = heard - (found * np.exp(2j * np.pi * freq_hz * np.arange(len(heard)) / rig.rate)).real
    beside = desk.decibels(np.std(rest) * 2**0.5 / abs(found))
    return Tone(freq_hz, float(processors.level_db(abs(found))), float(beside))


# --- sine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["f1", "f2"])
@pytest.mark.parametrize("rate", RATES)
def test_every_step_of_both_frequencies_is_a_pure_tone_at_its_frequency(rate: int, name: str) -> None:
    rig = console("SINE", rate=rate)
    rig.set("/config/osc/fsel", name.upper())
    tones = []
    for step, freq_hz in enumerate(FREQUENCIES_HZ):
        rig.set(f"/config/osc/{name}", step)
        tones.append(measure(rig, freq_hz))
    found_hz, levels_db, rests_db = np.array(tones).T
    np.testing.assert_allclose(found_hz, FREQUENCIES_HZ, rtol=2e-5)
    np.testing.assert_allclose(levels_db, 0, atol=0.005)
    assert rests_db.max() < -130


@pytest.mark.parametrize(("position", "step"), [("F1", 40), ("F2", 90)])
def test_the_switch_chooses_one_of_both_frequencies(position: str, step: int) -> None:
    rig = console("SINE")
    rig.set_many({"/config/osc/f1": 40, "/config/osc/f2": 90, "/config/osc/fsel": position})
    assert measure(rig, FREQUENCIES_HZ[step]).rest_db < -130


@pytest.mark.parametrize("level_db", [-60.0, -40.0, -18.5, -6.0, 0.0, 10.0])
def test_the_level_is_that_of_the_peak_of_the_sine(level_db: float) -> None:
    rig = console("SINE", level_db)
    level = measure(rig, float(rig.value("/config/osc/f1"))).level_db
    assert level == pytest.approx(rig.value("/config/osc/level"), abs=0.005)


def test_the_sine_keeps_its_level() -> None:
    rig = console("SINE")
    rig.play(20 * RATE, block=960)
    assert measure(rig, float(rig.value("/config/osc/f1"))).level_db == pytest.approx(0, abs=1e-4)


# --- noise ------------------------------------------------------------------------------------------------------


@functools.cache
def noise(kind: str, rate: int = RATE, seconds: int = 24) -> np.ndarray:
    """Noise at 0 dB, once it has faded in."""
    rig = console(kind, rate=rate)
    rig.play(rate // 10)
    return rig.play(seconds * rate, block=960)[:, 0].astype(np.float64)


def octave_levels_db(x: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Level of each octave from 20 Hz to 20 kHz, and the standard deviation of an estimate from this much noise."""
    freq, density = scipy.signal.welch(x, rate, "hann", 1 << 15)
    bands = [(freq >= low) & (freq < 2 * low) for low in OCTAVES_HZ[:-1]]
    power = np.array([density[band].sum() * freq[1] for band in bands])
    width = np.array([band.sum() * freq[1] for band in bands])
    return 10 * np.log10(power / (width / OCTAVES_HZ[:-1])), 10 / np.log(10) / np.sqrt(width * len(x) / rate)


@pytest.mark.parametrize("rate", RATES)
def test_pink_noise_has_the_same_level_in_every_octave(rate: int) -> None:
    levels, deviation = octave_levels_db(noise("PINK", rate), rate)
    assert (np.abs(levels - np.median(levels)) < 0.3 + 4 * deviation).all()


@pytest.mark.parametrize("rate", RATES)
def test_the_pink_filter_falls_by_three_decibels_an_octave(rate: int) -> None:
    freq = np.geomspace(20, 20_000, 500)
    poles, zeros, _ = oscillator.pink(rate)
    level = 20 * np.log10(np.abs(oscillator.response(poles, zeros, freq / rate))) + 10 * np.log10(freq)
    assert np.abs(level - (level.max() + level.min()) / 2).max() < 0.3


@pytest.mark.parametrize("rate", RATES)
def test_white_noise_has_the_same_density_in_every_octave(rate: int) -> None:
    levels, deviation = octave_levels_db(noise("WHITE", rate), rate)
    density = levels - 10 * np.log10(OCTAVES_HZ[:-1])
    assert (np.abs(density - density[-1]) < 0.05 + 4 * deviation).all()


@pytest.mark.parametrize("kind", ["PINK", "WHITE"])
@pytest.mark.parametrize("rate", RATES)
def test_noise_is_at_line_up_level(rate: int, kind: str) -> None:
    assert desk.decibels(np.sqrt(np.mean(noise(kind, rate) ** 2))) == pytest.approx(NOISE_DB, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_pink_noise_at_0_db_never_reaches_full_scale(rate: int) -> None:
    assert np.abs(noise("PINK", rate)).max() < 10 ** (-3 / 20)


def test_white_noise_is_spread_evenly_between_its_peaks() -> None:
    x = noise("WHITE")
    counts, edges = np.histogram(x, 50)
    assert edges[-1] == pytest.approx(-edges[0], rel=1e-3)
    assert np.abs(counts / counts.mean() - 1).max() < 5 / np.sqrt(counts.mean())


def test_white_noise_is_like_nothing_it_was_before() -> None:
    x = noise("WHITE")
    x = x / np.sqrt(np.mean(x**2))
    spectrum = np.fft.rfft(x, 2 * len(x))
    alike = np.fft.irfft(np.abs(spectrum) ** 2)[1 : len(x) // 2] / len(x)
    assert np.abs(alike).max() < 6 / np.sqrt(len(x))


@pytest.mark.parametrize("kind", ["PINK", "WHITE"])
def test_noise_has_no_direct_current(kind: str) -> None:
    x = noise(kind)
    assert abs(x.mean()) < 5 * x.std() * np.sqrt(2 / (6 * len(x) / RATE)) / np.sqrt(2)


@pytest.mark.parametrize("kind", ["SINE", "PINK", "WHITE"])
def test_what_it_plays_does_not_depend_on_the_size_of_the_blocks(kind: str) -> None:
    wanted = console(kind).play(9600, 64)
    for block in (1, 37, 1000):
        np.testing.assert_array_equal(console(kind).play(9600, block), wanted)


# --- where it goes ------------------------------------------------------------------------------------------------

GOES = {
    **{bus: {f"bus {bus + 1}"} for bus in range(16)},
    16: {"left"}, 17: {"right"}, 18: {"left", "right"}, 19: {"mono"},
    **{20 + matrix: {f"matrix {matrix + 1}"} for matrix in range(6)},
}  # fmt: skip


@pytest.mark.parametrize("to", GOES)
def test_it_goes_where_it_is_sent_and_nowhere_else(to: int) -> None:
    rig = console("SINE", -6.0, to=to)
    heard = rig.play(4800)[2400:]
    assert {name for name, y in zip(MIXES, heard.T, strict=False) if y.any()} == GOES[to]


def test_off_is_silence() -> None:
    rig = console("PINK")
    rig.set("/-stat/osc/on", 0)
    rig.play(4800)
    assert not rig.play(4800).any()


# --- no clicks ------------------------------------------------------------------------------------------------------


def peaks(y: np.ndarray) -> np.ndarray:
    """Largest magnitude in each sub-block."""
    return np.abs(y[: len(y) // 64 * 64]).reshape(-1, 64).max(1)


@pytest.mark.parametrize("kind", ["PINK", "WHITE"])
def test_noise_fades_in_and_out(kind: str) -> None:
    rig = console(kind, on=0)
    rig.play(960)
    rig.set("/-stat/osc/on", 1)
    begins = peaks(rig.play(9600)[:, 0])
    rig.set("/-stat/osc/on", 0)
    ends = peaks(rig.play(9600)[:, 0])
    loudest = begins.max()
    assert begins[0] < 0.01 * loudest
    assert ends[glide.length(RATE) // 64 - 1] < 0.02 * loudest


@pytest.mark.parametrize(("before", "after"), [("SINE", "WHITE"), ("WHITE", "PINK"), ("PINK", "SINE")])
def test_a_change_of_type_fades_out_and_in(before: str, after: str) -> None:
    rig = console(before)
    rig.play(9600)
    rig.set("/config/osc/type", after)
    level = peaks(rig.play(9600)[:, 0])
    between = glide.length(RATE) // 64
    assert level[between - 1 : between + 1].max() < 0.06
