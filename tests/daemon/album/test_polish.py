"""The mastering chain, stage by stage: what is promised of each, by oracles of its own."""

import numpy as np
import pytest
import scipy.signal

from daemon import errors
from daemon.album import chain, codecs, curves, polish, racked
from dsp.processors import compressor
from oracles import filters

RATE = 48_000
RATES = (44_100, 48_000, 96_000)
ALONE = pytest.mark.parametrize("phase", chain.PHASES)


def noise(seconds=2.0, level=0.1, seed=1, rate=RATE):
    return np.random.default_rng(seed).normal(0, level, (round(seconds * rate), 2))


def tone(hz, seconds, level_db, rate=RATE):
    x = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz / rate * np.arange(round(seconds * rate)))
    return np.repeat(x[:, np.newaxis], 2, axis=1)


def impulse(side=(1, 1)):
    x = np.zeros((2 * curves.length(RATE), 2))
    x[curves.length(RATE)] = side
    return x


def response_db(y, at_hz):
    return 20 * np.log10(np.abs(scipy.signal.freqz(y, worN=at_hz, fs=RATE)[1]) + 1e-9)


def saturated(x, how):
    return polish.process(x, RATE, chain.Polish(saturation=how))


def alike(x, y):
    """Correlation at no delay."""
    return float((x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum()))


def test_an_empty_chain_changes_no_bit():
    x = noise()
    assert polish.process(x, RATE, chain.Polish()) is x


@ALONE
def test_the_eq_is_the_consoles_in_both_phases_and_in_time(phase):
    at = np.geomspace(50, 10_000, 50)
    how = chain.Polish(phase=phase, eq=(("bell", 1000.0, 4.0, 1.0), ("low_shelf", 120.0, -3.0, 1.0)))
    y = polish.process(impulse(), RATE, how)[:, 0]
    expected = filters.prototype_db("PEQ", at, 1000, 4, 1) + filters.prototype_db("LShv", at, 120, -3, 1)
    np.testing.assert_allclose(response_db(y, at), expected, atol=0.3)
    middle = len(y) // 2
    assert abs(int(np.abs(y).argmax()) - middle) == 0
    before = np.abs(y[: middle - 1]).max()
    assert before < 1e-12 if phase == "minimum" else before > 1e-6


@ALONE
def test_below_its_frequency_the_side_is_gone_and_above_nothing_is_changed(phase):
    at = np.array([30.0, 60.0, 500.0, 5000.0])
    how = chain.Polish(phase=phase, mono_below=120.0)
    side = polish.process(impulse((1, -1)), RATE, how)
    middle = polish.process(impulse((1, 1)), RATE, how)
    np.testing.assert_allclose(response_db(middle[:, 0], at), 0, atol=0.01)
    gains = response_db(side[:, 0], at)
    assert gains[0] < -40
    assert gains[1] < -22
    np.testing.assert_allclose(gains[2:], 0, atol=0.1)


def test_width_is_the_gain_of_the_side():
    x = noise()
    y = polish.process(x, RATE, chain.Polish(width=0.5))
    np.testing.assert_allclose(y[:, 0] + y[:, 1], x[:, 0] + x[:, 1], atol=1e-9)
    np.testing.assert_allclose(y[:, 0] - y[:, 1], (x[:, 0] - x[:, 1]) / 2, atol=1e-9)


def test_an_eq_of_the_side_leaves_the_middle_alone():
    at = np.array([100.0, 3000.0])
    how = chain.Polish(side_eq=(("bell", 3000.0, -6.0, 1.0),))
    np.testing.assert_allclose(response_db(polish.process(impulse((1, -1)), RATE, how)[:, 0], at), [0, -6], atol=0.2)
    np.testing.assert_allclose(polish.process(impulse(), RATE, how), impulse(), atol=1e-9)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("ratio", "knee_db"), [(2.0, 0.0), (1.35, 6.0)])
def test_the_compressor_settles_where_its_law_says(rate, ratio, knee_db):
    how = chain.Compressor(-20.0, ratio, 10.0, 100.0, knee_db, key_low_cut_hz=0)
    gain = racked.gain(tone(1000, 2, -4.0, rate), rate, how)
    expected = compressor.static_gain_db(np.array([-7.01]), -20.0, ratio, knee_db)[0]
    assert 20 * np.log10(gain[-rate // 2 :].mean()) == pytest.approx(expected, abs=0.15)
    assert np.ptp(gain[-rate // 2 :]) < 0.01


def test_the_compressor_looks_ahead_and_turns_down_both_sides_alike():
    x = 0.01 * noise(1, 0.1)
    x[RATE // 2 :, 0] += tone(500, 0.5, -3)[:, 0]
    late, early = (chain.Polish(compressor=chain.Compressor(-30, 4, 10, 200, look_ahead_ms=ms)) for ms in (0, 10))
    peaks = [np.abs(polish.process(x, RATE, how)[RATE // 2 :][:240]).max() for how in (late, early)]
    assert peaks[1] < 0.8 * peaks[0]
    y = polish.process(x, RATE, early)
    np.testing.assert_allclose(y[:, 0] * x[:, 1], y[:, 1] * x[:, 0], atol=1e-12)


def test_bass_does_not_pump_what_the_key_is_cut_below():
    bass = tone(30, 2, -3)
    gains = [racked.gain(bass, RATE, chain.Compressor(-30, 2, key_low_cut_hz=hz)).min() for hz in (0.0, 200.0)]
    assert gains[0] < 0.4
    assert gains[1] > 0.9


def test_the_multiband_compressor_holds_down_the_band_that_is_loud():
    at = np.array([60.0, 8000.0])
    quiet, loud = tone(8000, 3, -40), tone(60, 3, -6)
    how = chain.Polish(multiband=chain.Multiband(-30, 3))
    y = polish.process(quiet + loud, RATE, how)[RATE:, 0]
    lines = np.abs(np.fft.rfft(y[: 2 * RATE]))[(2 * at).astype(int)] / RATE
    assert 20 * np.log10(lines[0]) < -6 - 8
    assert 20 * np.log10(lines[1]) == pytest.approx(-40, abs=0.5)


def test_the_de_esser_lowers_what_hisses_and_nothing_else():
    hiss = scipy.signal.sosfilt(scipy.signal.butter(4, (5000, 9000), "band", fs=RATE, output="sos"), noise(), axis=0)
    voice = tone(300, 2, -20)
    how = chain.Polish(deesser=chain.DeEsser(40, 40))
    hissed, spoken = (polish.process(x, RATE, how)[RATE // 2 :] for x in (hiss, voice))
    assert 10 * np.log10((hissed**2).mean() / (hiss[RATE // 2 :] ** 2).mean()) < -3
    np.testing.assert_allclose(spoken, voice[RATE // 2 :], atol=1e-5)


def test_saturation_bends_peaks_leaves_what_is_quiet_and_makes_no_alias():
    hz = 9001.0  # of its harmonics the third lies above half the rate
    y = saturated(tone(hz, 1, -3), chain.Saturation(6.0))[4800:-4800, 0]
    lines = np.abs(np.fft.rfft(y * scipy.signal.windows.blackmanharris(len(y))))
    at = np.fft.rfftfreq(len(y), 1 / RATE)
    others = lines[(np.abs(at - hz) > 40) & (at < 20_000)].max()
    assert 20 * np.log10(others / lines.max()) < -90
    drive = 10 ** (6 / 20)
    plain = np.tanh(drive * tone(hz, 1, -3)[4800:-4800, 0]) / drive
    aliased = np.abs(np.fft.rfft(plain * scipy.signal.windows.blackmanharris(len(plain))))
    assert 20 * np.log10(aliased[(np.abs(at - hz) > 40) & (at < 20_000)].max() / aliased.max()) > -60
    low = tone(100, 1, -3)
    np.testing.assert_allclose(
        saturated(low, chain.Saturation(6.0))[4800:-4800], np.tanh(drive * low)[4800:-4800] / drive, atol=1e-5
    )
    quiet = tone(1000, 1, -60)
    np.testing.assert_allclose(saturated(quiet, chain.Saturation(0.0)), quiet, atol=1e-8)


def test_a_touch_of_reverb_is_added_and_the_song_stays_where_it_is():
    x = np.zeros((RATE, 2))
    x[100] = 0.5
    how = chain.Polish(reverb=chain.Reverb("HALL", 1.0, 20.0, -20.0))
    y = polish.process(x, RATE, how)
    np.testing.assert_allclose(y[:1000], x[:1000], atol=1e-9)
    tail = y[2000:]
    assert 1e-5 < np.sqrt((tail**2).mean()) < 1e-2
    quieter = polish.process(x, RATE, chain.Polish(reverb=chain.Reverb("HALL", 1.0, 20.0, -40.0)))[2000:]
    np.testing.assert_allclose(10 * quieter, tail, atol=1e-7)


@pytest.mark.parametrize("rate", RATES)
def test_the_whole_chain_keeps_length_and_time(rate):
    x = noise(1, rate=rate)
    how = chain.Polish(
        low_cut=30.0, eq=(("bell", 1000.0, 1.0, 1.0),), width=1.1, mono_below=100.0, compressor=chain.Compressor(),
        multiband=chain.Multiband(0.0), deesser=chain.DeEsser(), saturation=chain.Saturation(-6.0),
        reverb=chain.Reverb(level_db=-40.0),
    )  # fmt: skip
    y = polish.process(x, rate, how)
    assert y.shape == x.shape
    assert np.isfinite(y).all()
    spectra = (np.fft.rfft(each[:, 0], 2 * len(x)) for each in (x, y))
    assert np.fft.irfft(np.conj(next(spectra)) * next(spectra)).argmax() <= 4  # the crossovers turn
    np.testing.assert_array_equal(y, polish.process(x, rate, how))


def test_both_sides_of_a_comparison_are_equally_loud():
    before, behind = polish.compare(noise(3), RATE, chain.Polish(eq=(("bell", 2000.0, 6.0, 0.7),)))
    one, other = (codecs.measured(x, RATE).integrated_lufs for x in (before, behind))
    assert other == pytest.approx(one, abs=0.01)
    assert alike(before, behind) < 0.99


def test_a_chain_is_read_as_a_project_states_it():
    found = chain.read(
        {"low_cut": 30, "eq": [["Bell", 2500, -1.5, 1]], "compressor": {}, "reverb": {"kind": "PLAT"}}, "song 1"
    )
    assert found == chain.Polish(
        low_cut=30.0, eq=(("bell", 2500.0, -1.5, 1.0),), compressor=chain.Compressor(), reverb=chain.Reverb("PLAT")
    )


@pytest.mark.parametrize(("table", "words"), [
    ({"lowcut": 30}, r"song 1: there is no 'lowcut'; there are phase, low_cut"),
    ({"width": 3}, r"song 1: width is not 3 but a number from 0 to 2"),
    ({"width": True}, r"width is not True"),
    ({"phase": "none"}, r"phase is not 'none'; it is one of minimum, linear"),
    ({"compressor": {"ratio": 0.5}}, r"song 1: compressor: ratio is not 0.5"),
    ({"compressor": 3}, r"compressor is not 3 but a table"),
    ({"eq": [["bell", 2500, -1.5]]}, r"band 1 is not .* but kind, Hz, dB, quality"),
    ({"eq": [["bell", 2500, -1.5, 1], ["bell", 2500, -30, 1]]}, r"band 2: its gain is not -30"),
    ({"side_eq": "loud"}, r"side_eq is a list of bands"),
    ({"reverb": {"kind": "CAVE"}}, r"kind is not 'CAVE'; it is one of HALL"),
])  # fmt: skip
def test_what_is_wrong_in_a_chain_is_told_with_its_place(table, words):
    with pytest.raises(errors.Refusal, match=words):
        chain.read(table, "song 1")
