"""Reverbs: decay, density, colour and width, as the ear would judge them."""

import functools

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from dsp.design import rack
from dsp.effects import library, network
from dsp.effects.memory import FRAMES
from rigs.effect import RATE, Effect, impulse, pink

REVERBS = ("HALL", "ROOM", "CHAM", "RPLT", "PLAT", "AMBI", "VREV", "VRM")
CLEAR = {"Damping": 20_000.0, "BassMult": 1.0, "LoCut": 10.0, "HiCut": 20_000.0, "EchoLeft": 0.0, "EchoRight": 0.0,
         "ERLevelL": 0.0, "ERLevelR": 0.0}  # fmt: skip
"""What has no colour of its own, and still moves."""
OCTAVES_HZ = (250, 500, 1000, 2000, 4000, 8000)
UNCOLOURED = [("HALL", 1.8), ("PLAT", 1.8), ("ROOM", 0.8), ("CHAM", 1.8), ("RPLT", 1.8)]


def static(name: str, **knobs: object) -> Effect:
    """A reverb without damping, bass or movement of its own."""
    made = Effect(name, **knobs)
    neutral = CLEAR | {"LoMult": 1.0, "HiMult": 1.0, "ModSpeed": 0.0, "ModSpin": 0.0}
    for knob in neutral.keys() & made.leaves().keys() - set(knobs):
        made.set(knob, neutral[knob])
    return made


@functools.cache
def response(name: str, seconds: float = 4.0) -> np.ndarray:
    """Impulse response of a reverb without colour, a unit on both sides."""
    return static(name).play(impulse(int(seconds * RATE)))


def t60(y: np.ndarray, freq_hz: float) -> float:
    """Seconds of decay by 60 dB in an octave, from a line through −5 to −35 dB of what is left."""
    sos = butter(4, [freq_hz / 2**0.5, freq_hz * 2**0.5], "band", fs=RATE, output="sos")
    left = 10 * np.log10(np.cumsum((sosfilt(sos, y[::-1], axis=0)[::-1] ** 2).sum(1)[::-1])[::-1] + 1e-30)
    left -= left[0]
    a, b = int(np.argmax(left < -5)), int(np.argmax(left < -35))
    return float(-60 / np.polyfit(np.arange(a, b) / RATE, left[a:b], 1)[0])


@functools.cache
def decays(name: str, decay_s: float) -> dict[int, float]:
    """T60 of each octave against the setting, of a reverb without colour that moves: means of four impulses.

    How its lines have moved at the impulse decides on a hundredth or two.
    """
    found = []
    for wait_s in (0, 0.4, 1.08, 2.27):
        made = Effect(name)
        for knob in CLEAR.keys() & made.leaves().keys():
            made.set(knob, CLEAR[knob])
        made.set("Decay", decay_s)
        wait = int(wait_s * RATE)
        x = impulse(wait + int(2.2 * decay_s * RATE), wait)
        x[0] += 1e-8  # what is sent nothing sleeps, and its lines stand still
        y = made.play(x)[wait:]
        found.append([t60(y, hz) / made.value("Decay") for hz in OCTAVES_HZ])
    return dict(zip(OCTAVES_HZ, np.mean(found, axis=0), strict=True))


@pytest.mark.parametrize(("name", "decay_s"), UNCOLOURED)
def test_the_middle_decays_as_long_as_is_set(name: str, decay_s: float):
    found = decays(name, decay_s)
    assert np.mean([found[hz] for hz in (500, 1000, 2000)]) == pytest.approx(1, abs=0.015)


@pytest.mark.parametrize(("name", "decay_s"), UNCOLOURED)
def test_without_damping_all_octaves_decay_alike(name: str, decay_s: float):
    assert list(decays(name, decay_s).values()) == pytest.approx([1] * len(OCTAVES_HZ), abs=0.05)


def test_damped_highs_decay_half_as_long():
    made = static("HALL", Decay=1.8, Damping=5000.0)
    y = made.play(impulse(4 * RATE))
    assert t60(y, made.value("Damping")) == pytest.approx(made.value("Decay") / 2, rel=0.12)


def test_more_bass_decays_longer_and_less_shorter():
    decays = [t60(static("HALL", Decay=1.8, BassMult=bass).play(impulse(6 * RATE)), 125) for bass in (0.5, 1.0, 2.0)]
    assert decays[0] < 0.75 * decays[1] < 0.75 * 0.75 * decays[2]


@pytest.mark.parametrize(("name", "within_ms"), [("HALL", 45), ("PLAT", 35), ("ROOM", 20)])
def test_echoes_are_dense_soon(name: str, within_ms: float):
    y = response(name)[:, 0]
    first = int(np.argmax(np.abs(y) > 1e-3 * np.abs(y).max()))
    window = np.hanning(961) / np.hanning(961).sum()
    density = []
    for at in range(first, first + int(0.3 * RATE), 48):
        part = y[at : at + 961]
        density.append((window * (np.abs(part) > np.sqrt((window * part**2).sum()))).sum() / 0.3173)
    late = np.convolve(density, np.ones(80) / 80, "valid")[max(int(within_ms) - 10, 0) :]
    assert late.min() > 0.9


@pytest.mark.parametrize("name", REVERBS)
def test_left_and_right_are_independent(name: str):
    y = response(name)[int(0.05 * RATE) :]
    assert abs(np.corrcoef(y.T)[0, 1]) < 0.15


@pytest.mark.parametrize("name", ["HALL", "PLAT", "ROOM"])
def test_the_pre_delay_is_exact_to_a_frame(name: str):
    early = [int(np.argmax(np.abs(static(name, PreDelay=ms).play(impulse(RATE))[:, 0]) > 0)) for ms in (20.0, 100.0)]
    assert early[1] - early[0] == pytest.approx(0.08 * RATE, abs=1)


@pytest.mark.parametrize("name", REVERBS)
def test_a_reverb_is_as_loud_as_what_it_hears(name: str):
    made = Effect(name)
    if "Level" in made.leaves():
        made.set("Level", 0.0)
    heard = made.play(pink(8 * RATE))[4 * RATE :]
    assert 10 * np.log10((heard**2).mean()) == pytest.approx(-20, abs=1.5)


def test_freeze_holds_what_sounds():
    made = Effect("VRM", Decay=2.0)
    made.play(pink(2 * RATE))
    made.set("Freeze", "ON")
    held = made.play(np.zeros(30 * RATE))
    level = [10 * np.log10((held[s * RATE : (s + 2) * RATE] ** 2).mean()) for s in (2, 28)]
    assert level[1] == pytest.approx(level[0], abs=0.5)
    made.set("Freeze", "OFF")
    assert np.abs(made.play(np.zeros(10 * RATE))[-RATE:]).max() < 1e-4


def test_nothing_comes_back_from_nothing():
    made = Effect("PLAT", Decay=0.5)
    made.play(pink(RATE))
    made.play(np.zeros(5 * RATE))
    assert not made.play(np.zeros(RATE)).any()


@pytest.mark.parametrize("name", [*REVERBS, "GATE", "RVRS", "D/RV", "CR/R", "FL/R", "D/CR", "D/FL", "MODD"])
def test_all_lines_are_longer_than_a_sub_block_in_the_smallest_room(name: str):
    for rate in (44_100, 48_000, 88_200, 96_000):
        for end in (0, 1):
            made = Effect(name, rate)
            for leaf in made.leaves().values():
                made.values.set(leaf, made.values.param(leaf).steps - 1 if end else 0)
            settings = library.design(name, rack.knobs(made.values, 0), rate)[: network.SETTINGS]
            of = settings.reshape(network.ROWS, network.LINES)
            assert (of[network.LINE] - of[network.DEPTH]).min() >= FRAMES + 2
