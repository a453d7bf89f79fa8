"""A mix of recorded stems, dry and with effects, and what both measure: cd tests && python -m rigs.stemmix FOLDER

A plate and a slap for the voice, a room for the drums, a valve compressor in the mains' insert.
"""

import itertools
import pathlib
import sys

import numpy as np
import numpy.typing as npt
import pyebur128
import soundfile

from rigs import desk

RATE = desk.RATE
SECONDS = 30
ROLES = ("kick", "snare", "hat", "tom", "oh", "bass", "guitar", "keys", "lead", "talk")
LEVELS_DB = {"kick": -3.0, "snare": -4.0, "oh": -8.0, "hat": -14.0, "bass": -5.0, "lead": 0.0, "talk": -60.0}
WET: dict[str, desk.Setting] = {
    "/fx/1/type": "ROOM", "/fx/2/type": "PLAT", "/fx/3/type": "DLY", "/fx/3/par/01": 100.0, "/fx/3/par/02": 110.0,
    "/fx/3/par/10": 0.0, "/fx/3/par/11": 0.0, "/fx/5/type": "FAC", "/main/st/insert/sel": "FX5L",
    "/main/st/insert/on": 1, **{f"/fxrtn/{n:02}/mix/fader": -6.0 for n in range(1, 7)},
    **{f"/bus/{n}/mix/fader": 0.0 for n in (13, 14, 15)},
}  # fmt: skip
"""Buses 13 to 15 feed slots 1 to 3."""


def mixed(folder: pathlib.Path, wet: bool) -> npt.NDArray[np.float64]:
    """Mix the stems of a folder."""
    rig = desk.Rig(["main/l", "main/r"])
    inputs = {}
    for number, path in enumerate(sorted(folder.iterdir()), 1):
        channel, role = f"/ch/{number:02}", next((each for each in ROLES if each in path.stem), "")
        inputs[number] = soundfile.read(path, SECONDS * RATE, always_2d=True, fill_value=0)[0].mean(1)
        pan = -100.0 if "left" in path.stem else 100.0 if "right" in path.stem else 0.0
        rig.set_many({f"{channel}/mix/fader": LEVELS_DB.get(role, -8.0), f"{channel}/mix/pan": pan})
        if wet and role in ("snare", "tom", "oh"):
            rig.set(f"{channel}/mix/13/level", -6.0)
        if wet and role == "lead":
            rig.set_many({f"{channel}/mix/14/level": -6.0, f"{channel}/mix/15/level": -12.0})
    rig.set("/main/st/mix/fader", 0.0)
    if wet:
        rig.set_many(WET)
    return np.asarray(rig.play(inputs)[:, :2], np.float64)


def _loudness(y: npt.NDArray[np.float64]) -> float:
    """Integrated, by a meter that isn't ours."""
    state = pyebur128.R128State(2, RATE, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(y).ravel(), len(y))
    return float(pyebur128.get_loudness_global(state))


def measured(y: npt.NDArray[np.float64]) -> dict[str, float]:
    """Loudness, peak, levels of four ranges against the whole, and how alike both sides are."""
    power = (np.abs(np.fft.rfft(y, axis=0)) ** 2).sum(1)
    freq = np.fft.rfftfreq(len(y), 1 / RATE)
    ends = (20, 120, 500, 4000, 20_000)
    ranges = {
        f"{low} to {high} Hz (dB)": 10 * np.log10(power[(freq >= low) & (freq < high)].sum() / power.sum())
        for low, high in itertools.pairwise(ends)
    }
    return {
        "loudness (LUFS)": _loudness(y),
        "peak (dBFS)": 20 * np.log10(np.abs(y).max()), **ranges, "sides alike": float(np.corrcoef(y.T)[0, 1]),
    }  # fmt: skip


def main() -> None:
    """Print the measures of both mixes, side by side."""
    folder = pathlib.Path(sys.argv[1])
    dry, wet = (measured(mixed(folder, wet)) for wet in (False, True))
    print(f"{'':24}{'dry':>10}{'wet':>10}")
    for name in dry:
        print(f"{name:24}{dry[name]:10.2f}{wet[name]:10.2f}")


if __name__ == "__main__":
    main()
