"""The tracks of a gig: what each of them is, with the name and the colour that its strip has.

    inputs of the device, in order: named as the first channel that takes them
    then mixes: after their faders, before delays, limiters and fades of the outputs
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from daemon.desk import console
from daemon.settings import MOST_MIXES
from dsp.design import signals
from dsp.engine import wall
from dsp.processors import taps

STRIPS = [f"/ch/{n:02}" for n in range(1, 33)] + [f"/auxin/{n:02}" for n in range(1, 9)]
"""Those that inputs feed, in the order of their patch."""
PATHS = {"main/l": "/main/st", "main/r": "/main/st", "main/m": "/main/m"}


class Track(NamedTuple):
    """What a track holds."""

    signal: str
    """`in/01`, or what `signals.find` knows."""
    name: str
    colour: str
    icon: int


def lanes(names: Iterable[str]) -> list[str]:
    """Signals of one lane each that these names mean."""
    return [lane for name in names for lane in signals.PAIRS.get(name, (name,))]


def of(mixer: console.Console | None, inputs: int, mixes: Iterable[str]) -> list[Track]:
    """All tracks of a gig that begins now."""
    patch = np.zeros(0) if mixer is None else mixer.targets["patch"].reshape(-1)[: len(STRIPS)]
    found = []
    for number in range(1, inputs + 1):
        strips = np.flatnonzero(patch == signals.input_place(number))
        found.append(_track(mixer, f"in/{number:02}", STRIPS[strips[0]] if len(strips) else "", f"In {number:02}"))
    for signal in mixes:
        path = PATHS.get(signal, "/" + signal.replace("aux/", "auxin/"))
        side = signal[-2:].upper().replace("/", " ") if signal in ("main/l", "main/r") else ""
        found.append(_track(mixer, signal, path, signal, side))
    return found


def _track(mixer: console.Console | None, signal: str, path: str, otherwise: str, side: str = "") -> Track:
    leaves = {} if mixer is None else mixer.values.table.leaves
    if mixer is None or f"{path}/config/name" not in leaves:
        return Track(signal, otherwise, "OFF", 1)
    name = str(mixer.values.get(leaves[f"{path}/config/name"])).strip()
    colour = mixer.values.text(leaves[f"{path}/config/color"]).strip()
    icon = int(mixer.values.get(leaves[f"{path}/config/icon"]))
    return Track(signal, name + side if name else otherwise, colour, icon)


def keep(audio: wall.Wall, places: Iterable[int]) -> None:
    """Have the audio thread keep these signals from its next block on; none of them when there are no places."""
    wanted = list(places)
    if wanted or (audio.memory["printed"] != taps.NOTHING).any():
        audio.control_print(slice(0, MOST_MIXES), wanted + [taps.NOTHING] * (MOST_MIXES - len(wanted)))
