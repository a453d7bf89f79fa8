"""Which type of effect is which algorithm, and its kernel: compiled or loaded when the type is first chosen.

    DLY ─▶ file `delay`, function `delay`

A new effect is its rows in the table, one file, and one line here.
"""

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dsp.effects.memory import SETTINGS, SLOT
from dsp.native import kernel, objects

Knobs = Sequence[Any]
"""Values of an effect's parameters in the order of its rows: numbers, truths, and tokens of choices."""


class Type(NamedTuple):
    """A type of effect."""

    module: str
    """File of its algorithm."""
    design: str = "design"
    """Function there that turns knobs into settings."""


TYPES: dict[str, Type] = {
    "HALL": Type("reverb", "hall"),
    "AMBI": Type("reverb", "ambiance"),
    "RPLT": Type("reverb", "rich_plate"),
    "ROOM": Type("reverb", "room"),
    "CHAM": Type("reverb", "chamber"),
    "PLAT": Type("reverb", "plate"),
    "VREV": Type("reverb", "vintage"),
    "VRM": Type("reverb", "vintage_room"),
    "GATE": Type("shaped", "gated"),
    "RVRS": Type("shaped", "reverse"),
    "DLY": Type("delay"),
    "3TAP": Type("taps", "three"),
    "4TAP": Type("taps", "four"),
    "CRS": Type("chorus", "chorus"),
    "FLNG": Type("chorus", "flanger"),
    "PHAS": Type("phaser"),
    "DIMC": Type("dimension"),
    "FILT": Type("filter"),
    "ROTA": Type("rotary"),
    "PAN": Type("tremolo"),
    "SUB": Type("suboctaver"),
    "D/RV": Type("combination", "delay_chamber"),
    "CR/R": Type("combination", "chorus_chamber"),
    "FL/R": Type("combination", "flanger_chamber"),
    "D/CR": Type("combination", "delay_chorus"),
    "D/FL": Type("combination", "delay_flanger"),
    "MODD": Type("combination", "modulation_delay"),
    "GEQ2": Type("graphic", "plain_dual"),
    "GEQ": Type("graphic", "plain"),
    "TEQ2": Type("graphic", "true_dual"),
    "TEQ": Type("graphic", "true"),
    "DES2": Type("de_esser", "dual"),
    "DES": Type("de_esser"),
    "P1A": Type("passive"),
    "P1A2": Type("passive", "dual"),
    "PQ5": Type("mid_range"),
    "PQ5S": Type("mid_range", "dual"),
    "WAVD": Type("transients"),
    "LIM": Type("limit"),
    "CMB": Type("multiband"),
    "CMB2": Type("multiband", "dual"),
    "FAC": Type("valve"),
    "FAC1M": Type("valve", "middle_side"),
    "FAC2": Type("valve", "dual"),
    "LEC": Type("optical"),
    "LEC2": Type("optical", "dual"),
    "ULC": Type("transistor"),
    "ULC2": Type("transistor", "dual"),
    "ENH2": Type("enhancer", "dual"),
    "ENH": Type("enhancer"),
    "EXC2": Type("exciter", "dual"),
    "EXC": Type("exciter"),
    "IMG": Type("imager", "imager"),
    "EDI": Type("imager", "tool"),
    "SON": Type("maximiser"),
    "AMP2": Type("amplifier", "dual"),
    "AMP": Type("amplifier"),
    "DRV2": Type("tube_stage", "dual"),
    "DRV": Type("tube_stage"),
    "PIT2": Type("pitch", "dual"),
    "PIT": Type("pitch"),
}


def _module(name: str) -> Any:
    return importlib.import_module(f"dsp.effects.{TYPES[name].module}")


@functools.cache
def code(name: str) -> int:
    """Address of the kernel of a type, compiled or loaded when it is asked for first; 0 for what only passes."""
    if name not in TYPES:
        return 0
    return _code_of(TYPES[name].module)


@functools.cache
def _code_of(module: str) -> int:
    return unit(module).entries[0].kernel.address


@functools.cache
def unit(module: str) -> objects.Unit:
    """What is compiled for a file of an algorithm."""
    process = kernel.export(kernel.address_of(SLOT))(importlib.import_module(f"dsp.effects.{module}").process)
    return objects.Unit(f"effect-{module}", [process])


def lend(size: int) -> npt.NDArray[np.uint8]:
    """Memory of this process: zeros, whose pages come when they are used."""
    return np.zeros(size, np.uint8)


OWN = lend


def memory(
    name: str, rate: float, lend: Callable[[int], npt.NDArray[np.uint8]] = OWN
) -> npt.NDArray[np.float32]:
    """Memory that a type wants, at rest, twice: shape (2, floats).

    Of what is lent for others, every page is touched, so that none is missing on the audio thread.
    """
    floats = max(int(_module(name).memory(rate)), 1) if name in TYPES else 1
    lent = lend(2 * 4 * floats).view(np.float32)  # whole pages: perhaps more than was asked for
    made = lent[: 2 * floats].reshape(2, floats)
    if lend is not OWN:
        made.fill(0)
    return made


def remembered(name: str, rate: float) -> tuple[int, int]:
    """Which part of a type's memory is no ring: where it begins, and how many floats it is."""
    found = getattr(_module(name), "remembered", None) if name in TYPES else None
    return (0, 0) if found is None else found(rate)


def design(name: str, knobs: Knobs, rate: float) -> npt.NDArray[np.float32]:
    """Settings of a type for these knobs; shape (SETTINGS,)."""
    settings = np.zeros(SETTINGS, np.float32)
    if name in TYPES:
        made = np.ravel(getattr(_module(name), TYPES[name].design)(*knobs, rate=rate))
        settings[: made.size] = made
    return settings
