"""Golden renders: what every type of effect makes of one piece of material, as a hash and as a sketch.

    cd tests && python -m rigs.golden                  writes tests/data/golden_effects.json anew
    cd tests && python -m rigs.golden --stems FOLDER --out FILE      the same from recordings

A sketch is what the render has in common with sequences of signs: whatever differs from it by some energy differs
in the sketch by about as much, so two renders are compared to -100 dB without keeping either.
"""

import argparse
import functools
import hashlib
import json
import pathlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soundfile

from dsp.effects import library
from rigs.effect import RATE, Effect

PLACE = pathlib.Path(__file__).parents[1] / "data" / "golden_effects.json"
SECONDS = 1.0
SIGNS = 32
SAME_DB = -100.0


class Golden(NamedTuple):
    """What is kept of a render."""

    sha256: str
    energy: float
    sketch: list[float]


def material() -> npt.NDArray[np.float32]:
    """Drums, a bass and a voice, as far as arithmetic without a library of mathematics goes: the same anywhere."""
    frames = round(SECONDS * RATE)
    random = np.random.default_rng(5)
    noise = random.integers(-(2**20), 2**20, (frames, 2)) / 2**20
    hit = np.zeros((frames, 2))
    for at in range(0, frames, RATE // 4):
        fall = 1 - np.arange(4800) / 4800
        hit[at : at + 4800] += (fall**8)[:, np.newaxis] * noise[at : at + 4800]
    # Sawtooths: a bass of 55 Hz, and a voice of 220 Hz that comes and goes.
    bass, voice = ((np.arange(frames) * hz % RATE) / RATE - 0.5 for hz in (55, 220))
    swell = np.abs((np.arange(frames) * 3 % RATE) / RATE - 0.5) * 2
    made = 0.4 * hit + 0.2 * bass[:, np.newaxis] + (0.2 * voice * swell)[:, np.newaxis] * np.array([1.0, 0.8])
    return np.asarray(made, np.float32)


def stems(folder: pathlib.Path) -> npt.NDArray[np.float32]:
    """Sum of all recordings of a folder, from their tenth second on."""
    frames = round(SECONDS * RATE)
    read = {"frames": frames, "start": 10 * RATE, "always_2d": True, "fill_value": 0}
    found = [soundfile.read(path, **read)[0] for path in sorted(folder.iterdir())]
    whole = sum(each.mean(1) for each in found)
    return np.asarray(np.stack((whole, whole), axis=1) / np.abs(whole).max() / 2, np.float32)


@functools.cache
def signs(count: int) -> npt.NDArray[np.float64]:
    """Sequences of signs, always the same."""
    return 2.0 * np.random.default_rng(9).integers(0, 2, (SIGNS, count)) - 1


def golden(name: str, x: npt.NDArray[np.float32]) -> Golden:
    """Render a type with its factory settings."""
    y = Effect(name).play(x)
    sketch = [float(f"{value:.9g}") for value in signs(y.size) @ y.ravel()]
    return Golden(hashlib.sha256(y.astype("<f4").tobytes()).hexdigest(), float((y**2).sum()), sketch)


def apart_db(one: Golden, other: Golden) -> float:
    """How far two renders are apart, against the first."""
    difference = np.mean((np.array(one.sketch) - np.array(other.sketch)) ** 2)
    return float(10 * np.log10(difference / max(one.energy, 1e-12) + 1e-30))


def kept() -> dict[str, Golden]:
    """What is kept of all types."""
    return {name: Golden(*each) for name, each in json.loads(PLACE.read_text()).items()}


def main() -> None:
    """Write what is to be kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stems", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--out", type=pathlib.Path, default=PLACE, metavar="FILE")
    options = parser.parse_args()
    x = stems(options.stems) if options.stems else material()
    lines = [f'"{name}": {json.dumps(list(golden(name, x)))}' for name in library.TYPES]
    options.out.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
