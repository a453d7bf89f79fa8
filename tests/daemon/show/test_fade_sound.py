"""Cross-fades heard: smooth to the sample, exactly there in the end, and kept by who touches them."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from daemon.show.fade import STEP_S, Fade
from daemon.show.fade_times import Pace
from daemon.wire.network import Network
from dsp.parameters.row import Continuous
from dsp.parameters.table import Values
from dsp.processors import glide
from dsp.table import TABLE
from rigs import desk, recalls
from rigs.desk import RATE, Rig

SILENCE_S = 90
BOOSTS = ("LShv", "PEQ", "VEQ", "HShv")
STEP = round(STEP_S * RATE)
HUNDRED_HZ = np.sin(2 * np.pi * 100 * np.arange(RATE // 100) / RATE)


class Fading:
    """A rig whose desk fades, on a clock that goes with the sound."""

    def __init__(self, outputs: list[str]) -> None:
        self.rig = Rig(outputs)
        self.now = 0.0
        self._waiting: list[tuple[float, Callable[[], None]]] = []
        network = Network(lambda *_: None, self._later, lambda: self.now)
        self.fade = Fade(self.rig.console, network)

    def _later(self, delay_s: float, call: Callable[[], None]) -> None:
        self._waiting.append((self.now + delay_s, call))

    def play(self, x: np.ndarray) -> np.ndarray:
        """Play (frames, 64), a step of the fade at a time."""
        heard = []
        for first in range(0, len(x), STEP):
            due = [call for at, call in self._waiting if at <= self.now + 1e-6]
            self._waiting = [(at, call) for at, call in self._waiting if at > self.now + 1e-6]
            for call in due:
                call()
            heard.append(self.rig.play(x[first : first + STEP]))
            self.now += STEP / RATE
        return np.concatenate(heard)


def with_settings(rig: Rig, settings: dict[str, desk.Setting]) -> Values:
    """Values of a rig, with some of them set."""
    other = Rig([])
    other.console.recall(rig.console.values.copy())
    other.set_many(settings)
    return other.console.values.copy()


def in_all(signal: np.ndarray, seconds: float) -> np.ndarray:
    """A signal, repeated, in all inputs."""
    frames = round(seconds * RATE)
    return np.repeat(np.resize(signal, frames)[:, np.newaxis], 64, axis=1).astype(np.float32)


@pytest.fixture
def fades(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--fades"))


def everything_at_once(fades: int, dynamics: bool, cuts: bool = True) -> Iterator[tuple[Fading, Values]]:
    """Desks on the way from one random scene to another; with or without filters that take the tone away."""
    random = np.random.default_rng(3)
    fading = Fading(recalls.OUTPUTS)

    def draw() -> Values:
        values = recalls.draw(fading.rig.console.values, random, dynamics, effects=False)
        return values if cuts else without_cuts(values)

    fading.rig.console.recall(draw())
    for _ in range(fades):
        fading.play(in_all(HUNDRED_HZ * 1e-4, 1))
        yield fading, draw()


def without_cuts(values: Values) -> Values:
    """The same values, but no filter takes the tone away and leaves what belongs to its moves."""
    for leaf in recalls.HEARD:
        path = TABLE.path_of(leaf)
        if re.search(r"/eq/\d/type$", path) and values.text(leaf) not in BOOSTS:
            values.set(leaf, values.param(leaf).from_text("PEQ"))
        elif path.endswith("/preamp/hpon"):
            values.set(leaf, 0)
    return values


def test_a_level_never_moves_faster_than_its_glides():
    fading = Fading(["ch/01"])
    one = np.ones(RATE // 100)
    fading.play(in_all(one, 0.5))
    fading.fade.begin(with_settings(fading.rig, {"/ch/01/mix/fader": 10.0}), Pace(5, {}))
    heard = fading.play(in_all(one, 5.5))[:, 0].astype(np.float64)
    fader = TABLE.row_of(TABLE.leaves["/ch/01/mix/fader"])
    assert isinstance(fader, Continuous)
    shares = np.minimum(np.arange(5 / STEP_S + 2) * STEP_S / 5, 1)
    steps = 10 ** (np.array([fader.value(round(share * 1023)) for share in shares]) / 20)
    steepest = np.diff(steps).max() * np.pi / 2 / glide.length(RATE)
    assert np.diff(heard).max() <= 1.02 * steepest
    assert np.diff(heard).min() >= 0
    assert heard[-1] == pytest.approx(10 ** (10 / 20), rel=1e-6)


def test_a_whole_desk_fades_without_a_click(fades: int):
    for fading, wanted in everything_at_once(fades, dynamics=False, cuts=False):
        before = fading.play(in_all(HUNDRED_HZ * 1e-4, 0.5))
        fading.fade.begin(wanted, Pace(5, {}))
        meanwhile = fading.play(in_all(HUNDRED_HZ * 1e-4, 5))
        after = fading.play(in_all(HUNDRED_HZ * 1e-4, 2))[-RATE // 2 :]
        windows = [meanwhile[frame : frame + recalls.WINDOW] for frame in range(0, len(meanwhile) - 4096, 2048)]
        every = (before[-recalls.WINDOW :], after[-recalls.WINDOW :], *windows)
        total = np.max([np.sum((part * recalls.HANN) ** 2, axis=0) for part in every], axis=0)
        high = np.max([energy_above(part) for part in windows], axis=0)
        audible = total > 1e-9
        assert audible.sum() > 20
        assert 10 * np.log10(np.max(high[audible] / total[audible])) < -80


def energy_above(part: np.ndarray) -> np.ndarray:
    """Energy above 1.5 kHz of one window."""
    spectrum = np.abs(np.fft.rfft(part * recalls.HANN, axis=0)[recalls.HIGH]) ** 2
    return np.asarray(2 * spectrum.sum(0) / recalls.WINDOW)


def test_a_fade_ends_where_a_recall_does_bit_by_bit(fades: int):
    for fading, wanted in everything_at_once(fades, dynamics=True):
        other = Rig(recalls.OUTPUTS)
        other.console.recall(fading.rig.console.values.copy())
        other.play(64)
        other.console.recall(wanted)
        fading.fade.begin(wanted, Pace(5, {"eq": 1, "sends": 3}))
        fading.play(in_all(HUNDRED_HZ * 1e-4, 5.1))
        other.play(64)
        ours, theirs = (rig.console._desk.draft for rig in (fading.rig, other))
        # Counts, and where each desk has its effects.
        own = {"serial", "recalls", "effect_memory", "effect_memory_here", "effect_serial"}
        for name in set(ours.dtype.names) - own:
            np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


def test_what_is_heard_after_a_fade_is_what_is_heard_after_a_recall_bit_by_bit(fades: int):
    for fading, wanted in everything_at_once(fades, dynamics=False):
        other = Rig(recalls.OUTPUTS)
        other.console.recall(fading.rig.console.values.copy())
        other.play(64)
        other.console.recall(wanted)
        fading.fade.begin(wanted, Pace(1, {}))
        fading.play(in_all(HUNDRED_HZ * 1e-4, 1.1))
        other.play(64)
        # Filters forget in silence, but for a last 1e-35 that a number as small as that can't lose.
        silent = 1e-30
        for rig in (fading.rig, other):
            rig.play(SILENCE_S * RATE)
        x = in_all(HUNDRED_HZ * 1e-4, 0.5)
        ours, theirs = (np.where(np.abs(y) < silent, 0, y) for y in (fading.rig.play(x), other.play(x)))
        np.testing.assert_array_equal(ours, theirs)


def test_a_fader_that_is_moved_meanwhile_is_heard_where_it_was_put():
    fading = Fading(["ch/01", "ch/02"])
    one = np.ones(RATE // 100)
    fading.fade.begin(with_settings(fading.rig, {"/ch/01/mix/fader": 10.0, "/ch/02/mix/fader": 10.0}), Pace(2, {}))
    fading.play(in_all(one, 1))
    fading.rig.set("/ch/01/mix/fader", -20.0)
    heard = fading.play(in_all(one, 2))
    put = 10 ** (fading.rig.value("/ch/01/mix/fader") / 20)
    np.testing.assert_allclose(heard[STEP:, 0], put, rtol=1e-6)
    assert heard[-1, 1] == pytest.approx(10 ** (10 / 20), rel=1e-6)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_mute_in_the_moment_in_which_a_fade_switches_does_not_wait_until_that_is_heard(is_first: bool):
    fading = Fading(["main"])
    rig = fading.rig
    rig.set_many({"/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0})
    rig.audio.control_delegate(lambda: None)  # nobody rehearses: what it switches is on its way for ever
    assert np.abs(rig.play({1: desk.tone(1000)})).max() > 0.05
    if is_first:
        rig.set("/ch/01/mix/on", 0)
    fading.fade.begin(with_settings(rig, {"/ch/02/preamp/invert": 1}), Pace(5, {}))
    if not is_first:
        rig.set("/ch/01/mix/on", 0)
    heard = rig.play({1: desk.tone(1000)})
    assert rig.audio.control_recalls()
    assert np.abs(heard[glide.length(RATE) + glide.SUB_BLOCK :]).max() < 1e-4
