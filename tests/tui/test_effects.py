"""Pictures of effects: what is drawn is what the effect does when it is played."""

import numpy as np
import pytest

from rigs.effect import Effect
from tui import desk, effects

RATE = 48_000
COLUMNS = 200


def drawn(name: str, knobs: dict) -> effects.Picture:
    """The picture of an effect with these knobs."""
    own = desk.Desk()
    own.take("/fx/1/type", name)
    own.heard[:] = True
    played = Effect(name)
    leaves = played.leaves()
    for knob, value in knobs.items():
        played.set(knob, value)
    for leaf in leaves.values():
        own.values.set(leaf, played.values.get(leaf))
    return effects.picture(own, 1, COLUMNS)


@pytest.mark.parametrize(
    ("name", "knobs"),
    [("GEQ", {"1k": 9.0, "125": -12.0}), ("TEQ", {"4k": 6.0}),
     ("PQ5", {"Lo Boost": 6.0, "Mid Cut": 5.0, "Transf": "OFF"}),
     ("P1A", {"Lo Boost": 6.0, "Hi Boost": 4.0, "Transf": "OFF"})],
)  # fmt: skip
def test_an_equalisers_curve_is_what_an_impulse_says(name, knobs):
    played = Effect(name)
    for knob, value in knobs.items():
        played.set(knob, value)
    x = np.zeros((RATE, 2), np.float32)
    played.play(x[: RATE // 2])
    x[0] = 1e-3
    y = played.play(x)[:, 0] / 1e-3
    spectrum = np.abs(np.fft.rfft(y))
    freq_hz = np.geomspace(20, 20_000, COLUMNS)
    heard_db = 20 * np.log10(np.interp(freq_hz, np.fft.rfftfreq(len(y), 1 / RATE), spectrum))
    inside = (freq_hz > 40) & (freq_hz < 15_000)
    assert drawn(name, knobs).curve[inside] == pytest.approx(heard_db[inside], abs=0.7)


@pytest.mark.parametrize(("name", "level_db"), [("ULC", -12), ("LEC", -12), ("FAC", -20), ("LIM", -6)])
def test_a_compressors_curve_is_what_a_steady_signal_says(name, level_db):
    played = Effect(name)
    t = np.arange(2 * RATE) / RATE
    # A square wave has one level all the time, so that peak and level are the same.
    x = np.repeat((10 ** (level_db / 20) * np.sign(np.sin(2 * np.pi * 50 * t + 0.1)))[:, None], 2, axis=1)
    y = played.play(x.astype(np.float32))[-RATE // 2 :, 0]
    heard_db = 20 * np.log10(np.median(np.abs(y)))
    curve = drawn(name, {}).curve
    assert np.interp(level_db, np.linspace(-60, 0, COLUMNS), curve) == pytest.approx(heard_db, abs=1.5)


@pytest.mark.parametrize(
    ("name", "knobs"), [("DLY", {"Time": 200.0, "Mode": "ST"}), ("DLY", {"Time": 300.0, "Mode": "X"}), ("3TAP", {})]
)
def test_echoes_come_when_the_picture_says(name, knobs):
    played = Effect(name)
    for knob, value in knobs.items():
        played.set(knob, value)
    x = np.zeros((RATE, 2), np.float32)
    played.play(x)
    x[0] = 0.5
    y = np.abs(played.play(x)).max(axis=1)
    own = {param.path: value for param, value in reversed(_knobs(name, played))}
    for at_ms, level in effects.taps(own):
        frame = round(at_ms * RATE / 1000)
        if frame < len(y) - 200 and level > 0.2:
            assert y[max(frame - 20, 0) : frame + 120].max() > 0.02, at_ms


def _knobs(name: str, played: Effect) -> list:
    own = desk.Desk()
    own.take("/fx/1/type", name)
    for leaf in played.leaves().values():
        own.values.set(leaf, played.values.get(leaf))
    return effects.knobs(own, 1)[1]


def test_every_type_has_a_picture():
    own = desk.Desk()
    for number, name in enumerate(own.param("/fx/1/type").choices):
        own.take("/fx/1/type", number)
        own.heard[:] = True
        made = effects.picture(own, 1, COLUMNS)
        shown = made.curve if made.curve is not None else made.bars
        assert shown is not None, name
        assert np.isfinite(shown).all(), name
        assert made.title


def test_a_reverbs_line_falls_by_sixty_decibels_in_its_time():
    curve = effects.decay("HALL", {"PreDelay": 0.0, "Decay": 2.0}, "s", 1000).curve
    t = np.linspace(0, 2.1, 1000)
    assert np.interp(1.0, t, curve) == pytest.approx(-30, abs=0.5)
