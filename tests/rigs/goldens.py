"""How the strip sounds, kept: sixteen strips and the mains over signals that are computed, at every rate.

    python -m rigs.goldens      from the folder `tests`: renews what is kept, after a change that is meant

A render is as good as the one that is kept if it differs by less than `WITHIN_DB`.  Only some frames are kept: a
change that is heard is heard in all of them.  Whoever renews them says in the changelog why.
"""

import pathlib
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.engine import layout
from rigs import desk, harness

KEPT = pathlib.Path(__file__).parents[1] / "data" / "strip.npz"
RATES = (44_100, 48_000, 96_000)
WITHIN_DB = -100.0
STRIPS = 16
SECONDS = 0.4
EVERY = 61
"""Frames from one that is kept to the next."""

GATE = {"on": 1, "thr": -30.0, "hold": 10.0, "release": 60.0}
COMPRESSOR = {"on": 1, "thr": -35.0, "ratio": "4.0", "attack": 5.0, "release": 80.0}
SETTINGS: tuple[dict[str, desk.Setting], ...] = (
    {"preamp/hpon": 1, "preamp/hpf": 20.0, "preamp/hpslope": "12"},
    {"preamp/hpon": 1, "preamp/hpf": 120.0, "preamp/hpslope": "18", "preamp/trim": 3.0},
    {"eq/1/type": "PEQ", "eq/1/f": 60.0, "eq/1/g": 9.0, "eq/4/type": "PEQ", "eq/4/f": 14_000.0, "eq/4/g": 9.0},
    {"eq/1/type": "LShv", "eq/1/f": 200.0, "eq/1/g": -6.0, "eq/4/type": "HShv", "eq/4/f": 12_000.0, "eq/4/g": 12.0},
    {"eq/1/type": "LCut", "eq/1/f": 80.0, "eq/2/type": "VEQ", "eq/2/g": 6.0, "eq/4/type": "HCut", "eq/4/f": 10_000.0},
    {f"gate/{leaf}": value for leaf, value in (GATE | {"attack": 0.0, "mode": "GATE"}).items()},
    {f"gate/{leaf}": value for leaf, value in (GATE | {"attack": 12.0, "mode": "EXP3"}).items()},
    {f"gate/{leaf}": value for leaf, value in (GATE | {"attack": 3.0, "mode": "DUCK", "range": 20.0}).items()},
    {f"dyn/{leaf}": value for leaf, value in (COMPRESSOR | {"det": "PEAK", "knee": 2.0}).items()},
    {f"dyn/{leaf}": value for leaf, value in (COMPRESSOR | {"det": "RMS", "mgain": 6.0}).items()},
    {f"dyn/{leaf}": value for leaf, value in (COMPRESSOR | {"mode": "EXP", "env": "LIN"}).items()},
    {f"dyn/{leaf}": value for leaf, value in (COMPRESSOR | {"auto": 1, "mix": 60.0, "pos": "PRE"}).items()},
    {"gate/on": 1, "gate/thr": -40.0, "gate/filter/on": 1, "gate/filter/type": "3.0", "gate/filter/f": 990.0},
    {"dyn/on": 1, "dyn/thr": -40.0, "dyn/filter/on": 1, "dyn/filter/type": "HC12", "dyn/filter/f": 300.0},
    {"delay/on": 1, "delay/time": 7.0, "preamp/invert": 1},
    {"preamp/hpon": 1, "gate/on": 1, "gate/thr": -45.0, "dyn/on": 1, "dyn/thr": -25.0, "eq/2/g": 4.0, "eq/3/g": -5.0},
)
"""What is set in each strip, below `/ch/NN/`."""

Signal = npt.NDArray[Any]


def signals(rate: int) -> Signal:
    """Notes with a beginning and an end, over a sweep that is softer; shape (frames, strips)."""
    t = np.arange(int(SECONDS * rate)) / rate
    played = np.empty((len(t), STRIPS))
    for strip in range(STRIPS):
        note_hz = 41 * 1.5**strip if strip < STRIPS - 4 else 100 * (strip - STRIPS + 5)
        struck = np.exp(-(t % 0.2) / 0.05) * np.sin(2 * np.pi * note_hz * t)
        sweep = np.sin(2 * np.pi * 30 * SECONDS / np.log(500) * (500 ** (t / SECONDS) - 1) + strip)
        played[:, strip] = 0.5 * struck + 0.02 * sweep
    return played


def render(rate: int) -> Signal:
    """What comes of it before the faders and in the mains, while a fader is ridden; float32, (frames, strips + 2)."""
    places = [int(layout.place(0, layout.PRE_FADER, strip)) for strip in range(STRIPS)]
    rig = desk.Rig([*places, "main"], rate, ceiling_db=-6.0)
    for strip, settings in enumerate(SETTINGS, 1):
        rig.set_many({f"/ch/{strip:02}/{path}": value for path, value in settings.items()})
        rig.set_many({f"/ch/{strip:02}/mix/fader": -10.0, f"/ch/{strip:02}/mix/pan": -100.0 + 12 * strip})
    rig.set_many({"/config/amixenable/X": 1, "/ch/01/automix/group": "X", "/ch/02/automix/group": "X"})
    rig.set("/main/st/mix/fader", 0.0)
    x, apart, heard = signals(rate), rate // 50, []
    for at in range(0, len(x), apart):
        rig.set("/ch/03/mix/fader", -40 * at / len(x))
        heard.append(rig.play(dict(enumerate(x[at : at + apart].T, 1)), harness.BLOCK)[:, : STRIPS + 2])
    return np.concatenate(heard)


def kept_of(heard: Signal) -> Signal:
    """The frames that are kept."""
    return heard[::EVERY]


def kept(rate: int) -> Signal:
    """What was kept."""
    with np.load(KEPT) as found:
        return np.asarray(found[str(rate)])


if __name__ == "__main__":
    np.savez_compressed(KEPT, **{str(rate): kept_of(render(rate)) for rate in RATES})  # type: ignore[arg-type]
