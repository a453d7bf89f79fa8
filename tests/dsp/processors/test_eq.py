"""The equaliser, the low cut and the key filters: every kind is heard at every rate as it was designed."""

import numpy as np
import pytest

from dsp.engine import layout
from dsp.processors import shapes
from dsp.table import TABLE
from oracles import filters, processors
from rigs import harness

CHANNELS = range(1, 33)
KINDS = TABLE.rows["ch/{ch}/eq/{band}/type"].choices
DB = 0.01
# Deeper than this the float32 of the impulse response itself is the limit, not the filter.
FLOOR_DB = -50
STEPS = {"f": 201, "g": 121, "q": 72}


def strips(rate=harness.RATE):
    """A mixer that hears all channels before their faders."""
    return harness.Mixer(rate, taps=[harness.place(channel, layout.PRE_FADER) for channel in CHANNELS])


def responses(mixer, rate):
    """Frequencies from 10 Hz to 0.45 of the rate, and the level in dB of every channel there."""
    frames = 2 ** (18 if rate < 50_000 else 19)
    x = np.zeros((frames, 32))
    x[0] = 1
    spectrum = np.fft.rfft(mixer.run(x, 4096), axis=0)
    # A few hundred of the frequencies will do, all of the lowest among them.
    of = np.fft.rfftfreq(frames, 1 / rate)
    chosen = np.unique(np.searchsorted(of, np.geomspace(10, 0.45 * rate, 400)))
    return of[chosen], processors.level_db(spectrum[chosen].T)


def assert_alike(heard, expected):
    """All curves within a hundredth of a decibel, where they are not down in the noise."""
    for one, other in zip(heard, expected, strict=True):
        audible = other > FLOOR_DB
        np.testing.assert_allclose(one[audible], other[audible], atol=DB)


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_band_is_within_a_hundredth_of_a_decibel_of_its_curve(kind, rate):
    random = np.random.default_rng(rate)
    mixer = strips(rate)
    sections = []
    for channel in CHANNELS:
        # A third of the settings are at an end of their range.
        steps = {leaf: int(random.choice([0, n - 1, random.integers(n)])) for leaf, n in STEPS.items()}
        band = channel % 4 + 1
        mixer.set(f"/ch/{channel:02}/eq/{band}/type", kind)
        for leaf, step in steps.items():
            mixer.set_step(f"/ch/{channel:02}/eq/{band}/{leaf}", step)
        freq_hz, q = processors.frequency(steps["f"]), processors.quality(steps["q"])
        sections.append(filters.band(kind, freq_hz, -15 + steps["g"] / 4, q, rate))
    points, heard = responses(mixer, rate)
    assert_alike(heard, [filters.curve_db(section, points, rate) for section in sections])


@pytest.mark.parametrize("rate", harness.RATES)
def test_the_curve_that_is_drawn_is_the_curve_that_is_heard(rate):
    mixer = strips(rate)
    for channel in CHANNELS:
        mixer.set(f"/ch/{channel:02}/eq/1/type", KINDS[channel % len(KINDS)])
        for leaf, step in {"f": 6 * channel, "g": 3 * channel, "q": 2 * channel}.items():
            mixer.set_step(f"/ch/{channel:02}/eq/1/{leaf}", step)
    points, heard = responses(mixer, rate)
    used = mixer.draft["filter"][layout.EQ, :, : shapes.COEFFICIENTS].swapaxes(0, 1).reshape(shapes.COEFFICIENTS, -1, 1)
    assert_alike(heard, processors.level_db(shapes.response(used[:, : len(CHANNELS)], points, rate)))


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("slope", [12, 18, 24])
def test_the_low_cut_is_a_butterworth_of_its_slope(slope, rate):
    mixer = strips(rate)
    for channel in CHANNELS:
        mixer.set(f"/ch/{channel:02}/preamp/hpon", True)
        mixer.set(f"/ch/{channel:02}/preamp/hpslope", str(slope))
        mixer.set_step(f"/ch/{channel:02}/preamp/hpf", 3 * channel + 4)
    points, heard = responses(mixer, rate)
    cuts = [filters.low_cut(slope, processors.low_cut_frequency(3 * channel + 4), rate) for channel in CHANNELS]
    assert_alike(heard, [filters.curve_db(cut, points, rate) for cut in cuts])


def test_a_low_cut_takes_3_db_at_its_frequency():
    mixer = strips()
    for channel, slope in ((1, "12"), (2, "18"), (3, "24")):
        mixer.set(f"/ch/{channel:02}/preamp/hpon", True)
        mixer.set(f"/ch/{channel:02}/preamp/hpslope", slope)
        mixer.set_step(f"/ch/{channel:02}/preamp/hpf", 50)
    points, heard = responses(mixer, harness.RATE)
    there = [np.interp(processors.low_cut_frequency(50), points, curve) for curve in heard[:3]]
    np.testing.assert_allclose(there, processors.level_db(0.5**0.5), atol=0.02)


def test_four_bands_and_the_low_cut_add_their_decibels():
    mixer = strips()
    mixer.set_strip(preamp_hpon=True, preamp_hpslope="18")
    mixer.set_step("/ch/01/preamp/hpf", 40)
    sections = [filters.low_cut(18, processors.low_cut_frequency(40), harness.RATE)]
    bands = (("LShv", 40, 90, 0), ("PEQ", 80, 20, 40), ("VEQ", 120, 100, 20), ("HCut", 180, 0, 0))
    for band, (kind, f, g, q) in enumerate(bands, 1):
        mixer.set(f"/ch/01/eq/{band}/type", kind)
        for leaf, step in (("f", f), ("g", g), ("q", q)):
            mixer.set_step(f"/ch/01/eq/{band}/{leaf}", step)
        section = filters.band(kind, processors.frequency(f), -15 + g / 4, processors.quality(q), harness.RATE)
        sections.append(section[np.newaxis])
    points, heard = responses(mixer, harness.RATE)
    assert_alike(heard[:1], [filters.curve_db(np.concatenate(sections), points, harness.RATE)])


def test_the_default_eq_is_flat_to_the_bit():
    mixer = strips()
    x = harness.noise((4800, 32))
    np.testing.assert_array_equal(mixer.run(x), x)


@pytest.mark.parametrize("on", ["eq_on", "preamp_hpon"])
def test_a_filter_that_is_off_does_nothing_at_all(on):
    mixer = strips()
    mixer.set_strip(eq_1_g=15, eq_2_type="LCut", preamp_hpon=True)
    mixer.set_strip(eq_on=False, preamp_hpon=False)
    x = harness.noise((4800, 32))
    np.testing.assert_array_equal(mixer.run(x), x)


# --- key filters: what the compressor hears is what it takes away ------------------------------------


@pytest.mark.parametrize("kind", filters.KEY_FILTERS)
@pytest.mark.parametrize("step", [60, 113, 160])
def test_a_key_filter_weighs_the_key_by_its_curve(kind, step):
    # A limiter takes as much above its threshold as the key is above it: on power, with a slow release,
    # the gain on a sine tells the level of the key.
    tones = np.array([processors.frequency(60 + 5 * n) for n in range(16)])
    mixer = strips()
    for channel, _ in enumerate(tones, 1):
        settings = {
            "on": True, "thr": -60, "ratio": "100", "knee": 0, "attack": 0, "release": 4000, "det": "RMS",
            "filter/on": True, "filter/type": kind,
        }  # fmt: skip
        for leaf, value in settings.items():
            mixer.set(f"/ch/{channel:02}/dyn/{leaf}", value)
        mixer.set_step(f"/ch/{channel:02}/dyn/filter/f", step)
    x = np.zeros((harness.RATE, 32))
    x[:, : tones.size] = np.stack([harness.sine(tone, -10, harness.RATE) for tone in tones], axis=1)
    x *= np.minimum(np.arange(harness.RATE) / 24_000, 1)[:, np.newaxis]
    heard = mixer.run(x)[-harness.RATE // 4 :, : tones.size]
    reduction = processors.level_db(np.sqrt(2 * np.mean(heard.astype(np.float64) ** 2, axis=0))) + 10
    section = filters.key_filter(kind, processors.frequency(step), harness.RATE)
    curve = filters.curve_db(section, tones, harness.RATE)
    over = -10 + processors.level_db(0.5**0.5) + curve + 60
    # Where little is left of the key there is nothing to hold on to.
    audible = over > 10
    np.testing.assert_allclose(reduction[audible] / (1 / 100 - 1), over[audible], atol=0.25)


def test_a_key_filter_is_not_heard_itself():
    mixer = strips()
    mixer.set_strip(dyn_on=True, dyn_thr=0, dyn_filter_on=True, gate_on=True, gate_filter_on=True, gate_hold=2000)
    x = harness.noise((9600, 32), -10)
    heard = mixer.run(x)
    np.testing.assert_array_equal(heard[4800:], x[4800:])


@pytest.mark.parametrize("neighbour", ["PRE", "POST"])
def test_a_key_filter_does_not_care_where_the_neighbours_compress(neighbour):
    def compressed(other):
        mixer = strips()
        mixer.set_strip(dyn_on=True, dyn_thr=-40, dyn_ratio="10", dyn_filter_on=True, dyn_filter_type="LC12")
        mixer.set("/ch/02/dyn/on", True)
        mixer.set("/ch/02/dyn/pos", other)
        return mixer.run(harness.sine(300, -6, 9600))[:, 0]

    np.testing.assert_array_equal(compressed(neighbour), compressed("POST"))
