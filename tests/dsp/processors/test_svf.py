"""The state-variable filter: precision, and what happens while it changes."""

import numpy as np
import pytest
import scipy.signal

from dsp.engine import layout
from dsp.processors import shapes
from oracles import filters, processors
from rigs import harness

PRE_FADER = harness.place(1, layout.PRE_FADER)
RANDOM = np.random.default_rng(3)
QUALITIES = 10 ** RANDOM.uniform(-0.5, 1, 40)
GAINS_DB = RANDOM.uniform(-15, 15, 40)
FREQUENCIES = 20 * 1000 ** RANDOM.uniform(0, 1, 40)

def one_band(**settings):
    """A mixer that hears channel 1 behind its EQ, of which band 1 is set."""
    mixer = harness.Mixer(inputs=1, taps=[PRE_FADER])
    mixer.set_strip(**{f"eq_1_{name}": value for name, value in settings.items()})
    return mixer


def coefficients(shape):
    """Coefficients of forty filters of random frequency."""
    return shapes.design(shape, FREQUENCIES, harness.RATE)


# --- the curves that are drawn are those that are heard ---------------------------------------------


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (shapes.low_pass(shapes.BUTTERWORTH), "HCut"),
        (shapes.high_pass(shapes.BUTTERWORTH), "LCut"),
        (shapes.bell(GAINS_DB, QUALITIES), "PEQ"),
        (shapes.low_shelf(GAINS_DB, shapes.BUTTERWORTH), "LShv"),
        (shapes.high_shelf(GAINS_DB, shapes.BUTTERWORTH), "HShv"),
    ],
    ids=["low pass", "high pass", "bell", "low shelf", "high shelf"],
)
def test_the_response_is_that_of_the_cookbook(shape, kind):
    points = np.geomspace(10, 0.45 * harness.RATE, 300)
    designed = np.moveaxis(np.broadcast_to(coefficients(shape), (6, 40)), 1, 0)
    for one, freq_hz, gain_db, q in zip(designed, FREQUENCIES, GAINS_DB, QUALITIES, strict=True):
        drawn = processors.level_db(shapes.response(one, points, harness.RATE))
        quality = filters.quality(kind, gain_db, q)
        section = filters.bilinear(kind, freq_hz, gain_db, quality, harness.RATE)
        np.testing.assert_allclose(drawn, filters.curve_db(section, points, harness.RATE), atol=1e-6)


@pytest.mark.parametrize(("shape", "kind"), [(shapes.low_pass_1(), "HC6"), (shapes.high_pass_1(), "LC6")])
def test_a_first_order_filter_falls_6_db_per_octave(shape, kind):
    points = np.geomspace(10, 0.45 * harness.RATE, 300)
    drawn = shapes.response(shapes.design(shape, 1000.0, harness.RATE), points, harness.RATE)
    expected = filters.curve_db(filters.bilinear(kind, 1000.0, 0, 1, harness.RATE), points, harness.RATE)
    np.testing.assert_allclose(processors.level_db(drawn), expected, atol=1e-6)


@pytest.mark.parametrize("rate", harness.RATES)
def test_a_bell_above_the_highest_frequency_is_finite(rate):
    assert np.isfinite(shapes.design(shapes.bell(15.0, 10.0), 100_000.0, rate)).all()


@pytest.mark.parametrize("rate", harness.RATES)
def test_no_setting_can_make_the_state_grow(rate):
    for shape in (
        shapes.low_pass(QUALITIES), shapes.bell(GAINS_DB, QUALITIES), shapes.high_shelf(GAINS_DB, QUALITIES)
    ):  # fmt: skip
        b1, a2, a3 = shapes.design(shape, FREQUENCIES, rate)[:3]
        matrix = np.moveaxis(np.array([[1 - 2 * b1, -2 * a2], [2 * a2, 1 - 2 * a3]]), 2, 0)
        assert np.linalg.norm(matrix, 2, axis=(1, 2)).max() <= 1 + 1e-12


# --- precision -----------------------------------------------------------------------------------------

LOUD_FILTERS = [
    ("PEQ", 20, 12, 0.7),
    ("PEQ", 40, 15, 10),
    ("LCut", 20, 0, 1),
    ("LShv", 40, 12, 1),
    ("PEQ", 1000, 12, 2),
    ("HShv", 5000, -12, 1),
    ("HCut", 5000, 0, 1),
]


@pytest.mark.parametrize(("kind", "freq_hz", "gain_db", "q"), LOUD_FILTERS)
@pytest.mark.parametrize("rate", [48_000, 96_000])
def test_round_off_is_far_below_the_noise_of_any_converter(kind, freq_hz, gain_db, q, rate):
    mixer = harness.Mixer(rate, inputs=1, taps=[PRE_FADER])
    mixer.set_strip(eq_1_type=kind, eq_1_f=freq_hz, eq_1_g=gain_db, eq_1_q=q)
    mixer.console.publish()
    used = as_biquad(mixer.draft["filter"][layout.EQ, 0, : shapes.COEFFICIENTS, 0].astype(np.float64))
    x = pink_noise(2 * rate)
    # What comes in and what goes out reach 0 dBFS at most.
    x = (x / max(np.abs(scipy.signal.lfilter(*used, x)).max(), 1)).astype(np.float32)
    error = mixer.run(x)[:, 0] - scipy.signal.lfilter(*used, x.astype(np.float64))
    assert processors.level_db(np.sqrt(np.mean(error**2))) < -129


def pink_noise(frames):
    """Noise with as much energy in every octave, peaks at 0 dBFS."""
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(frames))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, spectrum.size + 1)))
    return noise / np.abs(noise).max()


def as_biquad(used):
    """Numerator and denominator, in float64, of coefficients as they are in use."""
    b1, a2, a3, m0, m1, m2 = used
    a1 = 1 - b1
    matrix = np.array([[1 - 2 * b1, -2 * a2], [2 * a2, 1 - 2 * a3]])
    into = np.array([[2 * a2], [2 * a3]])
    out = np.array([[m1 * a1 + m2 * a2, m2 * (1 - a3) - m1 * a2]])
    numerator, denominator = scipy.signal.ss2tf(matrix, into, out, [[m0 + m1 * a2 + m2 * a3]])
    return numerator[0], denominator


def test_a_tail_ends_below_minus_200_dbfs():
    mixer = one_band(type="PEQ", f=20, g=15, q=10)
    mixer.set_strip(preamp_hpon=True, eq_2_g=15, eq_3_g=-15, eq_4_g=15)
    mixer.run(harness.noise(harness.RATE))
    mixer.rest(harness.RATE * 12)
    assert np.abs(mixer.run(np.zeros(harness.RATE))).max() < 1e-10


# --- change --------------------------------------------------------------------------------------------


def test_a_band_at_0_db_passes_every_bit():
    mixer = one_band(type="PEQ", f=100, g=0, q=10)
    mixer.set_strip(eq_2_type="LShv", eq_3_type="VEQ", eq_4_type="HShv", eq_3_g=-0.0)
    x = harness.noise(harness.RATE // 4)
    np.testing.assert_array_equal(mixer.run(x)[:, 0], x)


def test_switching_off_restores_every_bit():
    mixer = one_band(g=12)
    mixer.set_strip(preamp_hpon=True)
    mixer.run(harness.noise(4800))
    mixer.set_strip(preamp_hpon=False, eq_on=False)
    mixer.run(harness.noise(1280))
    x = harness.noise(4800)
    np.testing.assert_array_equal(mixer.run(x)[:, 0], x)


def test_a_change_in_one_channel_leaves_every_bit_of_the_others():
    def others(moving):
        mixer = harness.Mixer(taps=[harness.place(channel, layout.PRE_FADER) for channel in (1, 3, 16, 17)])
        for channel in range(1, 18):
            mixer.set(f"/ch/{channel:02}/eq/1/g", 9)
            mixer.set(f"/ch/{channel:02}/preamp/hpon", True)
        x = harness.noise((4800, 32))
        heard = [mixer.run(x)]
        if moving:
            mixer.set("/ch/02/eq/1/f", 5000)
            mixer.set("/ch/02/preamp/hpf", 400)
        return np.concatenate([*heard, mixer.run(x)])

    np.testing.assert_array_equal(others(moving=True), others(moving=False))


def test_a_small_turn_keeps_a_long_resonance_going():
    mixer = one_band(type="PEQ", f=100, g=15, q=10)
    tone = harness.sine(100, -40, 3 * harness.RATE)
    before = np.abs(mixer.run(tone))[-4800:].max()
    mixer.set_step("/ch/01/eq/1/g", 119)
    lowest = np.abs(mixer.run(tone[:9600])).reshape(-1, 480).max(1).min()
    assert processors.level_db(lowest / before) > -0.5


def test_the_newest_filter_is_heard_when_many_came_during_a_change():
    mixer = one_band(type="PEQ", g=15)
    mixer.run(harness.noise(4800))
    for step in range(100, 60, -1):
        mixer.set_step("/ch/01/eq/1/g", step)
        mixer.run(harness.noise(64))
    mixer.set_strip(eq_1_g=0)
    mixer.run(harness.noise(3000))
    x = harness.noise(4800)
    np.testing.assert_array_equal(mixer.run(x)[:, 0], x)


@pytest.mark.parametrize("seed", range(4))
def test_filters_that_jump_at_random_never_ring_above_their_loudest(seed):
    random = np.random.default_rng(seed)
    mixer = harness.Mixer(taps=[harness.place(channel, layout.PRE_FADER) for channel in range(1, 33)])
    tones = np.stack([harness.sine(f, -20, 64_000) for f in 20 * 1000 ** random.uniform(0, 1, 32)], axis=1)
    heard = []
    for first in range(0, 64_000, 128):
        for channel in range(1, 33):
            for leaf, steps in (("type", 6), ("f", 201), ("g", 121), ("q", 72)):
                mixer.set_step(f"/ch/{channel:02}/eq/1/{leaf}", int(random.integers(steps)))
        heard.append(np.abs(mixer.run(tones[first : first + 128])).max())
    assert processors.level_db(np.max(heard)) < -20 + 15 + 1


def test_forty_thousand_random_filters_stay_finite():
    random = np.random.default_rng(7)
    mixer = harness.Mixer(taps=[harness.place(channel, layout.PRE_FADER) for channel in range(1, 33)])
    x = harness.noise((896, 32), -20)
    shape = mixer.draft["filter"][..., 0, :].shape
    for _ in range(160):
        g, k = 10 ** random.uniform(-4, 2, shape), 10 ** random.uniform(-2, 1, shape)
        a1 = 1 / (1 + g * (g + k))
        for row, values in enumerate([1 - a1, g * a1, g * g * a1, *random.uniform(-1, 1, (3, *shape))]):
            mixer.draft["filter"][..., row :: shapes.COEFFICIENTS, :] = values[..., np.newaxis, :]
        mixer.audio.control_publish(mixer.draft)
        assert np.isfinite(mixer.run(x)).all()


# --- quiet lows ------------------------------------------------------------------------------------------

RATES = (44_100, 48_000, 96_000)


def left_over_db(y, freq_hz, rate):
    """What is left of a tone when it is taken out, relative to it: distortion and noise up to half the rate."""
    turns = 2 * np.pi * freq_hz * np.arange(len(y)) / rate
    tone = np.stack((np.cos(turns), np.sin(turns), np.ones(len(y))), axis=1)
    fitted = tone @ np.linalg.lstsq(tone, y, rcond=None)[0]
    return 10 * np.log10(np.sum((y - fitted) ** 2) / np.sum(fitted**2))


@pytest.mark.parametrize("rate", RATES)
def test_a_note_of_41_hz_comes_clean_through_low_cut_and_ten_bands(rate):
    mixer = harness.Mixer(rate, inputs=1, taps=["main/l"])
    mixer.set_strip(preamp_hpon=True, preamp_hpf=20, mix_pan=-100, mix_fader=0)
    for band in range(1, 5):
        mixer.set_strip(**{f"eq_{band}_type": "PEQ", f"eq_{band}_f": 40 * 2**band, f"eq_{band}_g": 3 - 2 * (band % 2)})
    mixer.set("/main/st/mix/fader", 0)
    for band in range(1, 7):
        mixer.set(f"/main/st/eq/{band}/type", "PEQ")
        mixer.set(f"/main/st/eq/{band}/f", 30 * 2.5**band)
        mixer.set(f"/main/st/eq/{band}/g", 2 * (-1) ** band)
    heard = mixer.run(harness.sine(41, -10, 4 * rate, rate))[2 * rate :, 0].astype(np.float64)
    assert left_over_db(heard, 41, rate) < -135


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("freq_hz", "most_dbfs"), [(20, -150), (41, -150), (100, -150), (1000, -150)])
def test_a_low_cut_at_20_hz_leaves_hardly_more_than_the_rounding_of_what_goes_out(freq_hz, most_dbfs, rate):
    mixer = harness.Mixer(rate, inputs=1, taps=[PRE_FADER])
    mixer.set_strip(preamp_hpon=True, preamp_hpf=20)
    x = harness.sine(freq_hz, -1, 4 * rate, rate).astype(np.float32)
    mixer.console.publish()
    used = mixer.draft["filter"][layout.LOW_CUT, 0, :, 0].astype(np.float64)
    exact = x.astype(np.float64)
    for half in (used[: shapes.COEFFICIENTS], used[shapes.COEFFICIENTS :]):
        exact = scipy.signal.lfilter(*as_biquad(half), exact)
    error = (mixer.run(x)[:, 0] - exact)[rate:]
    assert processors.level_db(np.sqrt(np.mean(error**2))) < most_dbfs
