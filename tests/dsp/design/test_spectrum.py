"""The analyser: a tone reads its level in its band, from any source, before and after the EQ."""

import functools

import numpy as np
import pytest

from daemon.metering import analyser
from dsp.engine import memory
from dsp.processors import spectrum
from rigs import desk

RATE = desk.RATE
BANDS_HZ = 20 * 2 ** (np.arange(100) / 10)
LEVEL_DB = 0.1


def bands(rig: desk.Rig) -> np.ndarray:
    """Levels of all bands now."""
    return spectrum.bands_db(rig.audio.memory["spectrum"], rig.audio.count(memory.FRAME), rig.rate)


def listening(source: int, rate: int = RATE) -> desk.Rig:
    rig = desk.Rig(rate=rate)
    rig.set("/-stat/rtasource", source)
    return rig


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000])
@pytest.mark.parametrize("band", range(0, 100, 3))
def test_a_tone_reads_its_level_in_its_band(band: int, rate: int) -> None:
    rig = listening(0, rate)
    rig.play({1: desk.tone(BANDS_HZ[band], rate, 0.1, rate)}, block=960)
    levels = bands(rig)
    assert int(np.argmax(levels)) == band
    assert levels[band] == pytest.approx(-20, abs=LEVEL_DB)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_a_tone_reads_its_level_wherever_between_two_bins_or_bands_it_is(rate: int) -> None:
    ring, position = np.zeros(spectrum.RING, np.float32), spectrum.RING
    for freq_hz in np.geomspace(21, 19_000, 997):
        ring[:] = 0.1 * np.sin(2 * np.pi * freq_hz / rate * np.arange(spectrum.RING))
        levels = spectrum.bands_db(ring, position, rate)
        assert levels.max() == pytest.approx(-20, abs=0.5), freq_hz
        assert abs(np.log2(BANDS_HZ[np.argmax(levels)] / freq_hz)) < 0.06, freq_hz


@pytest.mark.parametrize("freq_hz", [100.0, 1000.0, 10_000.0])
def test_far_from_a_tone_there_is_nothing(freq_hz: float) -> None:
    rig = listening(0)
    rig.play({1: desk.tone(freq_hz, RATE)}, block=960)
    far = np.abs(np.log2(BANDS_HZ / freq_hz)) > 1
    assert bands(rig)[far].max() < -100


SPECTRA = 50
# From 80 Hz on a band is wide enough that the window's main lobe does not make noise read higher than it is.
FIRST_WIDE = 20


@functools.cache
def noise_bands(kind: str, rate: int) -> np.ndarray:
    """Power in each band of the oscillator's noise, relative to a full-scale sine: the mean of many spectra."""
    rig = listening(48, rate)
    rig.set_many({"/config/osc/type": kind, "/config/osc/level": 0.0, "/-stat/osc/on": 1})
    rig.play(rate)
    total = np.zeros(100)
    for _ in range(SPECTRA):
        rig.play(rate // 2, block=960)
        total += 10 ** (bands(rig) / 10)
    return total / SPECTRA


def deviation_db(octaves: np.ndarray) -> np.ndarray:
    """How far off the estimate of each octave's power may be by chance: four standard deviations."""
    seconds = np.where(octaves < 500, 0.5, 0.085)  # an FFT of 0.68 s sees half of it anew each time
    return 4 * 10 / np.log(10) / np.sqrt(octaves * seconds * 0.7 * SPECTRA)


@pytest.mark.parametrize(("kind", "slope_db"), [("PINK", 0), ("WHITE", 3.01)])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_noise_has_its_slope_in_the_spectrum(rate: int, kind: str, slope_db: float) -> None:
    octaves = noise_bands(kind, rate)[FIRST_WIDE:].reshape(-1, 10).sum(1)
    lowest = BANDS_HZ[FIRST_WIDE::10] * 2**-0.05
    level = 10 * np.log10(octaves) - slope_db * np.arange(8)
    assert (np.abs(level - np.median(level)) < 0.3 + deviation_db(lowest)).all()


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_noise_has_its_level_in_the_spectrum(rate: int) -> None:
    octaves = noise_bands("WHITE", rate)[FIRST_WIDE:].reshape(-1, 10).sum(1)
    edges = np.append(BANDS_HZ[FIRST_WIDE::10], BANDS_HZ[-1] * 2**0.1) * 2**-0.05
    # White noise of -18 dBFS RMS, of which each octave has its part; a full-scale sine is at -3 dBFS RMS.
    wanted = -18 + 3.01 + 10 * np.log10(np.diff(edges) / (rate / 2))
    assert (np.abs(10 * np.log10(octaves) - wanted) < 0.3 + deviation_db(edges[:-1])).all()


def test_silence_reads_the_lowest_level() -> None:
    rig = listening(0)
    rig.play(RATE)
    assert (bands(rig) == -128).all()


# Each source by its number, with the strip it is and what makes input 1 arrive there at unity.
SOURCES = {
    0: ("/ch/01", {}),
    31: ("/ch/32", {"/ch/32/config/source": 1}),
    32: ("/auxin/01", {"/auxin/01/config/source": 1}),
    40: ("/fxrtn/01", {"/fx/1/source/l": 1, "/ch/01/mix/01/level": 0.0, "/bus/01/mix/fader": 0.0}),
    48: ("/bus/01", {"/ch/01/mix/01/level": 0.0}),
    63: ("/bus/16", {"/ch/01/mix/16/level": 0.0, "/ch/01/mix/15/type": "PRE"}),
    64: ("/mtx/01", {"/ch/01/mix/01/level": 0.0, "/bus/01/mix/01/level": 0.0, "/bus/01/mix/01/type": "PRE"}),
    71: ("/main/m", {"/ch/01/mix/mono": 1, "/ch/01/mix/mlevel": 0.0, "/ch/01/mix/fader": 0.0}),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("after", [False, True])
def test_every_kind_of_strip_is_shown_before_and_after_its_eq(source: int, after: bool) -> None:
    strip, settings = SOURCES[source]
    rig = listening(source + 98 * after)
    rig.set_many(settings)
    rig.set_many({f"{strip}/eq/1/type": "PEQ", f"{strip}/eq/1/f": 1000.0, f"{strip}/eq/1/g": 12.0})
    rig.play({1: desk.tone(BANDS_HZ[56], RATE)}, block=960)
    assert bands(rig).max() == pytest.approx(-8 if after else -20, abs=0.3)


def test_main_is_the_middle_of_both_sides() -> None:
    rig = listening(70)
    rig.set_many({"/ch/01/mix/fader": 0.0, "/ch/01/mix/pan": -100.0})
    rig.play({1: desk.tone(BANDS_HZ[56], RATE)}, block=960)
    assert bands(rig).max() == pytest.approx(-26.03, abs=LEVEL_DB)


@pytest.mark.parametrize("source", [72, 170])
def test_the_monitor_is_shown(source: int) -> None:
    rig = listening(source)
    rig.set("/-stat/solosw/01", 1)
    rig.play({1: desk.tone(BANDS_HZ[56], RATE)}, block=960)
    assert bands(rig).max() == pytest.approx(-20, abs=LEVEL_DB)


# --- preferences ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wished", "shown"), [(1, 72), (2, 0), (33, 31), (34, 32), (50, 48), (72, 70), (73, 71)])
@pytest.mark.parametrize("after", [0, 1])
def test_the_preference_chooses_what_is_shown(wished: int, shown: int, after: int) -> None:
    rig = desk.Rig()
    analyser.Analyser(rig.console, rig.audio)
    rig.set_many({"/-prefs/rta/pos": after, "/-prefs/rta/source": wished})
    assert rig.stored("/-stat/rtasource") == shown + 98 * after


@pytest.mark.parametrize(("options", "soloed", "shown"), [
    ("%100000", True, 70), ("%100000", False, 40), ("%011111", True, 40),
])  # fmt: skip
def test_a_solo_is_shown_first_where_the_desk_is_set_so(options: str, soloed: bool, shown: int) -> None:
    rig = listening(0)
    rig.set_many({"/-prefs/rta/options": options, "/-stat/solosw/02": int(soloed)})
    rig.play({1: desk.tone(BANDS_HZ[40], RATE), 2: desk.tone(BANDS_HZ[70], RATE)}, block=960)
    assert int(np.argmax(bands(rig))) == shown


def watched(detector: str, decay_s: float) -> tuple[desk.Rig, analyser.Analyser]:
    rig = desk.Rig()
    rig.set_many({"/-prefs/rta/det": detector, "/-prefs/rta/decay": decay_s})
    return rig, analyser.Analyser(rig.console, rig.audio)


@pytest.mark.parametrize("decay_s", [0.5, 1.0, 4.0])
def test_the_spectrum_falls_by_sixty_decibels_in_its_decay_time(decay_s: float) -> None:
    rig, shown = watched("PEAK", decay_s)
    rig.play({1: desk.tone(BANDS_HZ[70], RATE)}, block=960)
    first = shown.measure()[70]
    rig.play(RATE // 5, block=960)
    assert first - shown.measure()[70] == pytest.approx(60 * 0.2 / decay_s, abs=0.5)


def test_peaks_rise_at_once_and_averages_slowly() -> None:
    risen = {}
    for detector in ("PEAK", "RMS"):
        rig, shown = watched(detector, 1.0)
        shown.measure()
        rig.play(RATE)
        shown.measure()
        rig.play({1: desk.tone(BANDS_HZ[70], 9600)}, block=960)
        risen[detector] = shown.measure()[70]
    assert risen["PEAK"] == pytest.approx(-20, abs=LEVEL_DB)
    assert risen["RMS"] == pytest.approx(-20 + 10 * np.log10(1 - np.exp(-1)), abs=LEVEL_DB)
