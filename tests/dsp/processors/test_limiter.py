"""The protection limiter: no input makes an output louder than its ceiling, between the samples neither.

Thirty-two signals play at once through one console, each to an output of its own.  The meter that
judges them is not ours: thirty-two points to a frame, by scipy.
"""

import functools
import itertools

import numpy as np
import pytest
import scipy.signal

from dsp.design import signals
from dsp.native import kernel, lanes
from dsp.processors import limiter
from rigs import desk

RATES = (44_100, 48_000, 96_000)
CEILINGS_DB = (0.0, -1.0, -6.0, -12.0)
HOT = 4.0  # +12 dB over full scale
FRAMES = 12_000
FADE = 1000
NYQUIST = np.pi

OUTPUTS = [signals.input_place(number) for number in range(1, 33)]


def fade(x: np.ndarray) -> np.ndarray:
    """Soft ends: where a tone is cut off, any meter of true peaks rings."""
    curve = 0.5 - 0.5 * np.cos(np.pi * np.arange(FADE) / FADE)
    x = np.array(x, np.float64)
    x[:FADE] *= curve
    x[-FADE:] *= curve[::-1]
    return x


def cosine(parts_of_rate: float, turns: float = 0.0) -> np.ndarray:
    return np.cos(2 * np.pi * (parts_of_rate * np.arange(FRAMES) + turns))


def jumping(freq: float, jump: float) -> np.ndarray:
    """A sine of a sixth of the rate with one period of a quarter of the rate in its middle, as EBU Tech 3341 has it."""
    fine = 32
    speed = np.full(FRAMES * fine, freq / fine)
    middle = FRAMES * fine // 2
    speed[middle : middle + 4 * fine] = 0.25 / fine
    level = np.full(speed.size, 0.5)
    level[middle : middle + 4 * fine] = 1.0
    return scipy.signal.resample_poly(level * np.sin(2 * np.pi * np.cumsum(speed)), 1, fine) * jump


@functools.cache
def torture(rate: int) -> dict[str, np.ndarray]:
    """Signals by name, their peaks about `HOT`."""
    random = np.random.default_rng(7)
    n = np.arange(FRAMES)
    white = random.uniform(-1, 1, FRAMES)
    below_20k = scipy.signal.firwin(255, min(20_000, 0.45 * rate), fs=rate)
    sweep = scipy.signal.chirp(n / rate, 20, FRAMES / rate, 0.45 * rate, "logarithmic")
    found = {
        "white noise": white,
        "normal noise": random.standard_normal(FRAMES) / 3,
        "noise below 20 kHz": np.convolve(white, below_20k, "same"),
        "pink noise": scipy.signal.lfilter([1], [1, -0.95], white) / 3,
        "random signs": np.sign(white),
        "square of 100 Hz": np.where(n * 200 // rate % 2, 1.0, -1.0),
        "square of 1 kHz": np.where(n * 2000 // rate % 2, 1.0, -1.0),
        "square of 7 kHz": np.where(n * 14_002 // rate % 2, 1.0, -1.0),
        "sine of 50 Hz": cosine(50 / rate, 0.1),
        "sine of 997 Hz": cosine(997 / rate, 0.2),
        "sine of 15 kHz": cosine(15_000.3 / rate),
        "quarter of the rate, between the samples": cosine(1 / 4, 1 / 8),
        "quarter of the rate, in bursts": cosine(1 / 4, 1 / 8) * np.hanning(200)[n % 200] * (n // 200 % 2),
        "sixth of the rate": cosine(1 / 6, 1 / 12),
        "eighth of the rate": cosine(1 / 8, 67.5 / 360),
        "a quarter within a sixth": jumping(1 / 6, 1.4),
        "half of the rate, turning over": np.cos(NYQUIST * (n + n // 333)),
        "sweep": sweep,
        "impulses": 1.0 * (n % 997 == 0),
        "pairs of impulses": 1.0 * (n % 397 < 2),
        "steps": np.where(n // 1500 % 2, 1.0, 0.0),
        "drums": white * 10 ** (-(n % 2400) / 600),
        "a swelling sine": cosine(440 / rate) * n / FRAMES,
        "just below the ceiling": cosine(440 / rate) / HOT * 0.9,
    }
    return {name: HOT * fade(x) for name, x in found.items()} | {
        "as loud as it gets": 9000 * fade(white),
        "beyond all numbers": HOT * np.where(n % 50 == 0, 1e30, white),
        "not a number": HOT * np.where(n % 50 == 0, np.nan, white),
        "infinite": HOT * np.where(n % 50 == 0, np.inf, np.where(n % 50 == 1, -np.inf, white)),
    }


SINES = ("sine of 50 Hz", "sine of 997 Hz", "sine of 15 kHz", "quarter of the rate, between the samples",
         "sixth of the rate")  # fmt: skip


def desk_with(rate: int, ceiling_db: float, ahead: bool) -> desk.Rig:
    return desk.Rig(OUTPUTS, rate, ceiling_db, ears=OUTPUTS if ahead else [])


@functools.cache
def limited(rate: int, ceiling_db: float, ahead: bool) -> dict[str, np.ndarray]:
    """What comes out, by the name of what went in, relative to the ceiling."""
    inputs = torture(rate)
    rig = desk_with(rate, ceiling_db, ahead)
    heard = rig.play({number: x for number, x in enumerate(inputs.values(), 1)}, block=960)
    heard = np.concatenate([heard, rig.play(limiter.LATENCY)])
    return {name: heard[:, i] / np.float64(10 ** (ceiling_db / 20)) for i, name in enumerate(inputs)}


def true_peak_db(y: np.ndarray) -> float:
    """Highest of 32 points to a frame."""
    return float(20 * np.log10(np.abs(scipy.signal.resample_poly(y, 32, 1)).max()))


EVERYWHERE = list(itertools.product(RATES, CEILINGS_DB))
NAMES = list(torture(48_000))


# --- what lies between frames ----------------------------------------------------------------------------


@kernel.kernel
def _peak_between(frames, halves, y):
    line, half = lanes.at(frames, 0), lanes.at(halves, 0)
    limiter.half_way(line, half)
    lanes.store(lanes.at(y, 0), 0, limiter.peak_between(lanes.row_of(line, limiter.HALF_TAPS // 2 - 1), half))


def largest_between(frames: np.ndarray) -> np.ndarray:
    """Largest of the points between the middle two of 24 frames, (24, 16), as the limiter finds it."""
    room = np.zeros((32, lanes.WIDTH), np.float32)
    room[:24] = frames
    y = np.zeros((1, lanes.WIDTH), np.float32)
    _peak_between(room, np.zeros((4, lanes.WIDTH), np.float32), y)
    return y[0]


@pytest.mark.parametrize(
    ("freq_hz", "within_db"), [(100, 0.05), (5000, 0.05), (12_000, 0.05), (19_000, 0.05), (20_000, 0.2)]
)
def test_every_point_between_two_frames_is_where_the_sine_is(freq_hz: float, within_db: float) -> None:
    turns = np.arange(lanes.WIDTH) / lanes.WIDTH

    def wave(at: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * (freq_hz / 48_000 * at[:, np.newaxis] + turns))

    true = np.abs(wave(11 + np.arange(1, 8) / 8)).max(axis=0)
    np.testing.assert_allclose(largest_between(wave(np.arange(24))), true, atol=1 - 10 ** (-within_db / 20))


def test_no_frames_make_a_louder_point_than_those_that_are_passed_over_allow() -> None:
    signs = np.where((np.arange(24) < 12) ^ (np.arange(24) % 2 == 0), 1.0, -1.0)  # … + − + − − + − + …
    loudest = largest_between(np.tile(signs[:, np.newaxis], lanes.WIDTH))
    assert 0.99 * limiter.MOST < loudest.max() <= limiter.MOST
    noise = np.random.default_rng(3).choice([-1.0, 1.0], (500, 24, lanes.WIDTH))
    assert max(largest_between(each).max() for each in noise) <= limiter.MOST


# --- the ceiling ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "ceiling_db"), EVERYWHERE)
def test_with_look_ahead_no_true_peak_is_above_the_ceiling(rate: int, ceiling_db: float) -> None:
    over = {name: true_peak_db(y) for name, y in limited(rate, ceiling_db, True).items()}
    assert {name: peak for name, peak in over.items() if not peak < 0.25} == {}


@pytest.mark.parametrize(("rate", "ceiling_db"), EVERYWHERE)
def test_with_look_ahead_the_true_peak_of_a_sine_is_the_ceiling(rate: int, ceiling_db: float) -> None:
    heard = limited(rate, ceiling_db, True)
    assert {name: true_peak_db(heard[name]) for name in SINES} == pytest.approx(dict.fromkeys(SINES, 0), abs=0.02)


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize(("rate", "ceiling_db"), EVERYWHERE)
def test_no_sample_is_above_the_ceiling(rate: int, ceiling_db: float, ahead: bool) -> None:
    heard = limited(rate, ceiling_db, ahead)
    ulp = 1 + 2.0**-23  # the ceiling itself is a float32
    assert [name for name in NAMES if not np.abs(heard[name]).max() <= ulp] == []


@pytest.mark.parametrize("name", ["square of 100 Hz", "sine of 997 Hz", "white noise", "steps"])
def test_without_look_ahead_the_loudest_sample_is_at_the_ceiling(name: str) -> None:
    assert np.abs(limited(48_000, -1.0, False)[name]).max() == pytest.approx(1, abs=1e-6)


# --- below the ceiling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
def test_below_the_ceiling_no_bit_is_changed(rate: int) -> None:
    x = desk.noise(FRAMES, 0.15).clip(-0.5, 0.5).astype(np.float32)
    # Peaks between the samples are higher than those of the samples.
    heard = {ahead: desk_with(rate, 0.0, ahead).play({5: x})[:, 4] for ahead in (False, True)}
    np.testing.assert_array_equal(heard[False], x)
    np.testing.assert_array_equal(heard[True][limiter.LATENCY :], x[: -limiter.LATENCY])


@pytest.mark.parametrize("rate", RATES)
def test_look_ahead_takes_as_many_frames_as_it_says(rate: int) -> None:
    x = np.zeros(1000)
    x[500] = 0.5
    heard = [desk_with(rate, 0.0, ahead).play({1: x})[:, 0] for ahead in (False, True)]
    assert [int(np.argmax(y)) for y in heard] == [500, 500 + limiter.LATENCY]
    assert [np.count_nonzero(y) for y in heard] == [1, 1]


@pytest.mark.parametrize("ahead", [False, True])
def test_after_a_burst_no_bit_is_changed_any_more(ahead: bool) -> None:
    rig = desk_with(48_000, 0.0, ahead)
    rig.play({1: HOT * desk.noise(4800, 1.0)})
    rig.play(96_000)
    x = desk.noise(4800, 0.15).clip(-0.5, 0.5).astype(np.float32)
    late = limiter.LATENCY if ahead else 0
    np.testing.assert_array_equal(rig.play({1: x})[late:, 0], x[: len(x) - late])


# --- how the gain comes back ---------------------------------------------------------------------------------


def gains(ahead: bool, rate: int) -> np.ndarray:
    """Gains for a square wave of 12 dB above the ceiling that becomes one of 6 dB below it after 200 ms."""
    square = np.where(np.arange(rate) // 24 % 2, 1.0, -1.0)
    x = square * np.where(np.arange(rate) < rate // 5, HOT, 0.5)
    late = limiter.LATENCY if ahead else 0
    heard = desk_with(rate, 0.0, ahead).play({1: x})[:, 0].astype(np.float64)
    return heard[late:] / x[: rate - late]


def after_one_peak(ahead: bool, rate: int) -> np.ndarray:
    """Gains after one peak of 12 dB above the ceiling in a soft square wave."""
    x = np.where(np.arange(rate // 2) // 24 % 2, 0.5, -0.5)
    x[480] = HOT
    late = limiter.LATENCY if ahead else 0
    heard = desk_with(rate, 0.0, ahead).play({1: x})[:, 0].astype(np.float64)
    return (heard[late:] / x[: x.size - late])[480:]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("part", [0.63, 0.9, 0.99])
def test_after_a_single_peak_the_gain_is_back_as_soon_as_80_ms_would_have_it(
    ahead: bool, rate: int, part: float
) -> None:
    g = after_one_peak(ahead, rate)
    back = int(np.argmax(g[100:] > 1 - (1 - part) * (1 - g[:100].min()))) + 100
    assert back / rate * 1000 <= -80 * np.log(1 - part) + (1.5 if ahead else 0)  # the mean of 64 besides


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("ahead", [False, True])
def test_after_many_peaks_the_gain_comes_back_slower_but_in_two_seconds(ahead: bool, rate: int) -> None:
    x = np.where(np.arange(4 * rate) // 24 % 2, 1.0, -1.0) * np.where(np.arange(4 * rate) < 2 * rate, HOT, 0.5)
    late = limiter.LATENCY if ahead else 0
    heard = desk_with(rate, 0.0, ahead).play({1: x})[:, 0].astype(np.float64)
    g = (heard[late:] / x[: x.size - late])[2 * rate :]
    arrives = int(np.argmax(g > 1 - (1 - g[0]) * np.exp(-1))) / rate
    assert 0.1 < arrives < 0.4
    assert g[-1] == 1


def distortion_db(y: np.ndarray, freq_hz: float, rate: int) -> float:
    """What is left of a tone when it is taken out, relative to it."""
    turns = 2 * np.pi * freq_hz * np.arange(len(y)) / rate
    tone = np.stack((np.cos(turns), np.sin(turns), np.ones(len(y))), axis=1)
    fitted = tone @ np.linalg.lstsq(tone, y, rcond=None)[0]
    return float(10 * np.log10(np.sum((y - fitted) ** 2) / np.sum(fitted**2)))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize(("freq_hz", "most_db"), [(50, -60), (41, -45), (30, -38)])
def test_a_low_tone_6_db_above_the_ceiling_keeps_its_shape(
    freq_hz: float, most_db: float, ahead: bool, rate: int
) -> None:
    x = 2 * np.sin(2 * np.pi * freq_hz * np.arange(2 * rate) / rate + 0.3)
    heard = desk_with(rate, 0.0, ahead).play({1: x})[rate:, 0].astype(np.float64)
    assert distortion_db(heard, freq_hz, rate) < most_db


@pytest.mark.parametrize("seed", range(3))
def test_at_44_1_khz_ten_seconds_of_white_noise_hold_the_ceiling_of_ears(seed: int) -> None:
    x = np.random.default_rng(seed).uniform(-HOT, HOT, (441_000, 4))
    x[:FADE] *= np.linspace(0, 1, FADE)[:, np.newaxis]
    x[-FADE:] *= np.linspace(1, 0, FADE)[:, np.newaxis]
    rig = desk_with(44_100, -1.0, True)
    heard = rig.play(dict(enumerate(x.T, 1)), block=960)[:, :4] / 10 ** (-1 / 20)
    assert max(true_peak_db(y) for y in heard.T.astype(np.float64)) < 0.25


# --- two sides of one signal --------------------------------------------------------------------------------


def left_loud(rig: desk.Rig, left: int, right: int) -> np.ndarray:
    """Gains of two outputs when only the left one, from input 1, is 12 dB above the ceiling; shape (2,)."""
    square = np.where(np.arange(rig.rate // 5) // 24 % 2, 1.0, -1.0)
    heard = rig.play({1: HOT * square, 2: 0.25 * square})
    return np.asarray(np.abs(heard[-1, [left, right]]) / (HOT, 0.25))


STEREO = {
    "/ch/01/mix/pan": -100.0, "/ch/02/mix/pan": 100.0, "/ch/01/mix/fader": 0.0, "/ch/02/mix/fader": 0.0,
    "/main/st/mix/fader": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize(("name", "between"), [("main", 0), ("main", 1), ("main", 20), ("monitor", 0), ("monitor", 3)])
def test_both_sides_of_a_mix_have_one_gain_wherever_they_leave(name: str, between: int, ahead: bool, rate: int) -> None:
    outputs = [f"{name}/l", *["ch/05"] * between, f"{name}/r"]
    rig = desk.Rig(outputs, rate, 0.0, ears=outputs if ahead else [])
    rig.set_many(STEREO)
    rig.play(rate // 10)
    gains = left_loud(rig, 0, len(outputs) - 1)
    np.testing.assert_allclose(gains[0], gains[1], rtol=1e-5)
    assert gains[0] < 0.27


def test_both_sides_that_leave_twice_have_one_gain_in_the_house_and_one_in_ears() -> None:
    outputs = ["main/l", "out/15", "main/r", "out/16"]
    rig = desk.Rig(outputs, 48_000, 0.0, ears=["out/15", "out/16"])
    rig.set_many(STEREO | {"/outputs/main/15/src": 1, "/outputs/main/16/src": 2})
    rig.play(4800)
    for left, right in ((0, 2), (1, 3)):
        gains = left_loud(rig, left, right)
        np.testing.assert_allclose(gains[0], gains[1], rtol=1e-5)
        assert gains[0] < 0.27
        rig.play(48_000)


def test_outputs_of_different_signals_have_gains_of_their_own() -> None:
    gains = left_loud(desk.Rig(OUTPUTS[:2], 48_000, 0.0), 0, 1)
    assert gains[0] < 0.27
    assert gains[1] == 1


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("linked", [False, True])
def test_two_buses_have_one_gain_when_they_are_linked(linked: bool, rate: int) -> None:
    rig = desk.Rig(["bus/01", "bus/02"], rate, 0.0)
    rig.set_many({"/config/buslink/1-2": linked, "/bus/01/mix/fader": 0.0, "/bus/02/mix/fader": 0.0})
    second = "01" if linked else "02"
    rig.set_many({"/ch/01/mix/01/level": 0.0, f"/ch/02/mix/{second}/level": 0.0})
    if linked:
        rig.set_many({"/ch/01/mix/01/pan": -100.0, "/ch/02/mix/01/pan": 100.0})
    rig.play(rate // 10)
    gains = left_loud(rig, 0, 1)
    assert gains[0] < 0.27
    assert (gains[1] < 0.27) == linked


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("linked", [False, True])
def test_two_matrices_have_one_gain_when_they_are_linked(linked: bool, rate: int) -> None:
    rig = desk.Rig(["mtx/01", "mtx/02"], rate, 0.0)
    rig.set_many(STEREO | {"/config/mtxlink/1-2": linked, "/mtx/01/mix/fader": 0.0, "/mtx/02/mix/fader": 0.0})
    rig.set_many({"/bus/01/mix/fader": 0.0, "/bus/02/mix/fader": 0.0, "/ch/01/mix/01/level": 0.0})
    rig.set_many({"/ch/02/mix/02/level": 0.0, "/bus/01/mix/01/level": 0.0})
    rig.set_many({f"/bus/02/mix/{'01' if linked else '02'}/level": 0.0})
    if linked:
        rig.set_many({"/bus/01/mix/01/pan": -100.0, "/bus/02/mix/01/pan": 100.0})
    rig.play(rate // 10)
    gains = left_loud(rig, 0, 1)
    assert gains[0] < 0.27
    assert (gains[1] < 0.27) == linked


# --- how the gain moves -------------------------------------------------------------------------------------


def test_with_look_ahead_the_gain_never_jumps() -> None:
    assert np.abs(np.diff(gains(True, 48_000))).max() <= 1 / 64


def test_with_look_ahead_the_gain_has_come_down_when_the_peak_arrives() -> None:
    x = np.zeros(4800)
    x[1000:] = HOT
    heard = desk_with(48_000, 0.0, True).play({1: x})[:, 0]
    assert np.abs(heard[1000 + limiter.LATENCY :]).max() <= 1
    assert true_peak_db(fade(heard)) < 0.25


# --- robustness -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("block", [1, 37, 64, 1000])
def test_limiting_does_not_depend_on_the_size_of_the_blocks(block: int, ahead: bool) -> None:
    x = {1: HOT * desk.noise(3000), 2: torture(48_000)["drums"][:3000]}
    wanted = desk_with(48_000, -6.0, ahead).play(x, 256)
    np.testing.assert_array_equal(desk_with(48_000, -6.0, ahead).play(x, block), wanted)


@kernel.kernel
def limit(x, p, state, meter, frames):
    """The limiter alone, sub-block after sub-block."""
    wanted = lanes.scratch()
    for first in range(0, frames, 64):
        count = min(64, frames - first)
        limiter.want(lanes.at(x, first), wanted, lanes.at(p, 0), lanes.at(state, 0), first, count)
        limiter.process(
            lanes.at(x, first), wanted, lanes.at(p, 0), lanes.at(state, 0), first, lanes.at(meter, 0), count
        )


def alone(x: np.ndarray, ahead: bool) -> np.ndarray:
    """What the limiter makes of sixteen signals, shape (frames, 16), without the guard at the console's door."""
    y = x.astype(np.float32)
    p = limiter.design(np.zeros(16), np.full(16, ahead), np.zeros(16), 48_000).astype(np.float32)
    limit(y, p, limiter.rest(), np.ones((1, 16), np.float32), len(y))
    return y


BAD = [np.nan, np.inf, -np.inf, 1e30, -1e30]


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_sane_number_is_silence_and_reaches_no_other_lane(bad: float, ahead: bool) -> None:
    clean = np.random.default_rng(3).uniform(-HOT, HOT, (1280, 16))
    clean[200:300, 5] = 0
    poisoned = clean.copy()
    poisoned[200:300, 5] = bad
    np.testing.assert_array_equal(alone(poisoned, ahead), alone(clean, ahead))


@pytest.mark.parametrize("bad", BAD)
def test_an_output_is_itself_again_in_the_block_after_a_bad_one(bad: float) -> None:
    rig = desk_with(48_000, 0.0, False)
    x = desk.noise(6400, 0.1).astype(np.float32)
    x[640:704] = bad
    np.testing.assert_array_equal(rig.play({1: x})[704:, 0], x[704:])


# --- meter, and who looks ahead -----------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [False, True])
def test_the_meter_shows_the_deepest_reduction_of_each_output(ahead: bool) -> None:
    rig = desk_with(48_000, 0.0, ahead)
    for _ in range(8):
        rig.meters()
        heard = rig.play({1: np.full(9600, 4.0), 2: np.full(9600, 0.5)})
    assert heard[-1, 0] == pytest.approx(1, abs=2e-3)  # a hundredth of a decibel
    np.testing.assert_allclose(rig.meters()["limiter"][:3], [0.25, 1, 1], atol=5e-4)


def latencies(rig: desk.Rig) -> list[int]:
    """Frames from channel 1 to each output that hears it."""
    x = np.zeros(1000)
    x[100] = 0.5
    heard = rig.play({1: x})
    return [int(np.argmax(y)) - 100 for y in heard.T if y.any()]


def test_only_outputs_that_feed_ears_look_ahead() -> None:
    rig = desk.Rig(["main", "monitor", "out/01"], ceiling_db=0.0, ears=["monitor"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0, "/outputs/main/01/src": 1})
    rig.play(4800)
    assert latencies(rig) == [0, 0, limiter.LATENCY, limiter.LATENCY, 0]


def test_an_output_for_ears_stays_one_whatever_is_patched_to_it() -> None:
    rig = desk.Rig(["out/01", "ch/01"], ceiling_db=0.0, ears=["out/01"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/config/routing/OUT/1-4": "AN1-4"})
    rig.play(4800)
    assert latencies(rig) == [limiter.LATENCY, 0]
