"""The engine: what holds for the whole console, however it is set and however often it is called."""

import numpy as np
import pytest

from dsp.table import TABLE
from oracles import processors
from rigs import harness

RATE = harness.RATE
EVERYTHING = [
    "main", "main/m",
    *(f"bus/{bus:02}" for bus in range(1, 17)), *(f"ch/{channel:02}" for channel in range(1, 33)),
]  # fmt: skip
SECTIONS = ("config/buslink", "config/mute", "ch/", "bus/{bus}/mix", "bus/{bus}/grp", "main/", "dca/")
ROWS = [row for row in TABLE.rows.values() if row.path.startswith(SECTIONS) and row.kind != "text"]


def random_scene(mixer, seed, channel=None):
    """Set everything, or everything of one channel, to anything."""
    random = np.random.default_rng(seed)
    for row in ROWS:
        for leaf in range(row.offset, row.offset + row.size):
            if channel is None or TABLE.path_of(leaf).startswith(f"/ch/{channel:02}/"):
                mixer.console.set(leaf, int(random.integers(2 if row.kind == "bitmap" else row.steps)))


ON = {
    "preamp/hpon": True, "gate/on": True, "gate/thr": -50, "gate/filter/on": True, "dyn/on": True,
    "dyn/thr": -30, "dyn/filter/on": True, "eq/1/g": 12, "eq/2/g": -9, "eq/3/g": 6, "eq/4/g": -6,
    "mix/fader": 0, "mix/mono": True, "mix/mlevel": -6, "mix/01/level": -10, "mix/16/level": -10,
}  # fmt: skip


def all_on(mixer):
    """Switch every processor of every channel on, and open every way."""
    for channel in range(1, 33):
        for leaf, value in ON.items():
            mixer.set(f"/ch/{channel:02}/{leaf}", value)
    for strip in ("bus/01", "bus/16", "main/st", "main/m"):
        mixer.set(f"/{strip}/mix/fader", 0)
    mixer.set("/bus/01/mix/st", True)


# --- the size of a block ---------------------------------------------------------------------------------


def a_show(blocks):
    """Scenes and moves, some of them in the middle of others, played in blocks of these sizes."""
    mixer = harness.Mixer(taps=EVERYTHING)
    x = harness.noise((6400, 32), -10)
    heard = []
    for scene in range(3):
        random_scene(mixer, scene)
        heard.append(mixer.run(x, blocks))
    for move in range(20):
        mixer.set_step("/ch/01/mix/fader", 500 + 10 * move)
        mixer.set_step("/ch/02/eq/1/f", 50 + 3 * move)
        mixer.set_step("/ch/03/dyn/thr", 100 - 5 * move)
        heard.append(mixer.run(x[: 100 + 50 * move], blocks))
    return np.concatenate(heard)


@pytest.fixture(scope="module")
def reference():
    return a_show(256)


@pytest.mark.parametrize("blocks", [16, 64, 100, 1024, 4096, (1, 63, 7, 300), (33, 31, 5), (17, 64, 64, 1000)])
def test_the_sound_does_not_depend_on_the_size_of_the_blocks(blocks, reference):
    np.testing.assert_array_equal(a_show(blocks), reference)


def test_the_same_show_is_the_same_sound_again(reference):
    np.testing.assert_array_equal(a_show(256), reference)


def test_any_scene_is_finite(reference):
    assert np.isfinite(reference).all()


# --- what comes out when nothing goes in ------------------------------------------------------------------


@pytest.mark.parametrize("rate", harness.RATES)
def test_silence_stays_silence_with_everything_switched_on(rate):
    mixer = harness.Mixer(rate, taps=EVERYTHING)
    all_on(mixer)
    assert not mixer.run(np.zeros((rate // 2, 32))).any()


@pytest.mark.parametrize("seed", range(3))
def test_silence_stays_silence_through_any_change(seed):
    mixer = harness.Mixer(taps=EVERYTHING)
    heard = []
    for scene in range(4):
        random_scene(mixer, 10 * seed + scene)
        heard.append(mixer.run(np.zeros((2000, 32))))
    assert not np.concatenate(heard).any()


def test_what_rings_on_ends_below_minus_200_dbfs():
    mixer = harness.Mixer(taps=EVERYTHING)
    all_on(mixer)
    mixer.run(harness.noise((RATE, 32)))
    mixer.rest(8 * RATE)
    assert np.abs(mixer.run(np.zeros((RATE, 32)))).max() < 1e-10


# --- what comes out is what went in -------------------------------------------------------------------------


@pytest.mark.parametrize("rate", harness.RATES)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_console_that_does_nothing_passes_every_bit(rate, seed):
    mixer = harness.Mixer(rate, taps=[f"ch/{channel:02}" for channel in range(1, 33)])
    mixer.unity()
    x = harness.noise((rate // 4, 32), seed=seed)
    np.testing.assert_array_equal(mixer.run(x), x)


def test_processors_that_have_nothing_to_do_pass_every_bit():
    mixer = harness.Mixer(taps=[f"ch/{channel:02}" for channel in range(1, 33)])
    for channel in range(1, 33):
        for leaf, value in (("gate/on", True), ("dyn/on", True), ("dyn/thr", -6), ("eq/on", True)):
            mixer.set(f"/ch/{channel:02}/{leaf}", value)
    mixer.unity()
    mixer.run(harness.noise((RATE // 4, 32), -9))
    x = harness.noise((RATE // 4, 32), -9, seed=2)
    np.testing.assert_array_equal(mixer.run(x), x)


@pytest.mark.parametrize("rate", harness.RATES)
def test_the_console_adds_no_latency(rate):
    mixer = harness.Mixer(rate, taps=EVERYTHING)
    all_on(mixer)
    x = np.zeros((64, 32))
    x[0] = 0.5
    heard = mixer.run(x)[0]
    open_ = [EVERYTHING.index(name) + 1 for name in ("main", "main/m", "bus/01", "bus/16", "ch/01", "ch/32")]
    assert (np.abs(heard[open_]) > 1e-3).all()


@pytest.mark.parametrize("level_dbfs", [-1, -60])
@pytest.mark.parametrize("rate", harness.RATES)
def test_distortion_and_noise_of_the_linear_path_are_below_minus_140_db(level_dbfs, rate):
    mixer = harness.Mixer(rate, taps=["main"])
    mixer.set_strip(preamp_trim=2.25, mix_fader=-1.7, mix_pan=-13)
    mixer.set("/main/st/mix/fader", -4)
    tone = harness.sine(997, level_dbfs, 2 * rate, rate)
    heard = mixer.run(tone)[rate:, 0].astype(np.float64)
    # The tone itself, as far as it was a tone when it came in as float32.
    basis = np.stack([harness.sine(997, 0, rate, rate, phase) for phase in (0, 0.25)] + [np.ones(rate)], axis=1)
    rest = heard - basis @ np.linalg.lstsq(basis, heard, rcond=None)[0]
    assert processors.level_db(np.sqrt(np.mean(rest**2) / np.mean(heard**2))) < -140


def test_a_move_in_one_channel_changes_no_bit_of_another():
    def others(moving):
        mixer = harness.Mixer(taps=[f"ch/{channel:02}" for channel in range(1, 33) if channel != 2])
        all_on(mixer)
        x = harness.noise((3200, 32), -10)
        heard = [mixer.run(x)]
        if moving:
            random_scene(mixer, 5, channel=2)
        return np.concatenate([*heard, mixer.run(x)])

    np.testing.assert_array_equal(others(moving=True), others(moving=False))


# --- steps of every parameter ---------------------------------------------------------------------------------

CONTEXT = {
    "/gate/filter/": {"gate_on": True, "gate_thr": -30, "gate_filter_on": True, "gate_hold": 500},
    "/gate/": {"gate_on": True, "gate_thr": -30, "gate_hold": 500},
    "/dyn/filter/": {"dyn_on": True, "dyn_thr": -40, "dyn_ratio": "10", "dyn_filter_on": True, "dyn_hold": 50},
    "/dyn/": {"dyn_on": True, "dyn_thr": -40, "dyn_ratio": "10"},
    "/preamp/hp": {"preamp_hpon": True},
    "/eq/": {"eq_1_g": 15, "eq_1_f": 1000, "eq_2_g": -12, "eq_2_f": 300},
}
"""What else has to be set for a parameter to matter."""

STEPPED = [row for row in ROWS if row.kind in ("level", "linear", "logarithmic")]
SWITCHED = [row for row in ROWS if row.kind in ("switch", "enum")]
HEARD = ["main", "main/m", "bus/01", "bus/02", "ch/01"]


def stage(row, address, step):
    """Channel 1 in all mixes, DCA 1 and mute group 1, and a parameter at one step."""
    mixer = harness.Mixer(inputs=1, taps=HEARD)
    mixer.set_strip(mix_fader=0, mix_mono=True, mix_mlevel=0, grp_dca=1, grp_mute=1, mix_pan=20)
    for bus in ("01", "02"):
        mixer.set(f"/ch/01/mix/{bus}/level", 0)
        for leaf, value in {"fader": 0, "st": True, "mono": True, "mlevel": -10}.items():
            mixer.set(f"/bus/{bus}/mix/{leaf}", value)
    mixer.set("/main/st/mix/fader", 0)
    mixer.set("/main/m/mix/fader", 0)
    mixer.set("/config/buslink/1-2", "pan" in row.path)
    settings = next((settings for part, settings in CONTEXT.items() if part in row.path), {})
    mixer.set_strip(**settings)
    mixer.set_step(address, step)
    return mixer


def levels(y, freq_hz):
    """Peak in every period of the tone, shape (periods, outputs)."""
    period = RATE // freq_hz
    whole = len(y) // period * period
    return np.abs(y[:whole].astype(np.float64)).reshape(-1, period, y.shape[1]).max(1)


@pytest.mark.parametrize("back", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("row", STEPPED, ids=lambda row: row.path)
@pytest.mark.parametrize("freq_hz", [100, 1000])
def test_no_step_of_a_parameter_is_louder_than_the_louder_of_its_ends(row, back, freq_hz):
    address = next(iter(row.addresses()))
    before, after = (row.steps - 1, 0) if back else (0, row.steps - 1)
    mixer = stage(row, address, before)
    # Up to the top of the tone: its worst moment.
    tone = harness.sine(freq_hz, -20, 3 * RATE, phase=0.25)
    at_first = levels(mixer.run(tone), freq_hz)[-freq_hz:].max(0)
    mixer.set_step(address, after)
    on_the_way = levels(mixer.run(tone), freq_hz)
    louder = np.maximum(at_first, on_the_way[-freq_hz:].max(0))
    audible = louder > 1e-5
    assert processors.level_db(on_the_way.max(0)[audible] / louder[audible]).max() < 0.5


@pytest.mark.parametrize("back", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("row", STEPPED + SWITCHED, ids=lambda row: row.path)
def test_no_step_of_a_parameter_clicks(row, back):
    address = next(iter(row.addresses()))
    before, after = (row.steps - 1, 0) if back else (0, row.steps - 1)
    mixer = stage(row, address, before)
    tone = harness.sine(100, -20, 192 * 512, phase=0.25)
    half = 96 * 512
    heard = [mixer.run(tone[:half])]
    mixer.set_step(address, after)
    heard = np.concatenate([*heard, mixer.run(tone[half:])])
    worst = max(harness.click_db(y, half + 448, RATE) for y in heard.T if np.abs(y).max() > 1e-4)
    # A gate that opens and a compressor that loses its attack bend the tone itself.
    assert worst < (-60 if "/gate/" in row.path or "/dyn/" in row.path else -80)
