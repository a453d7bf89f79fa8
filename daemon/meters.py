"""What each of the desk's meters shows: one page of the audio thread's meters to the words of a blob.

A level is linear, 1.0 is 0 dBFS; a gain is linear, 1.0 is no reduction.  Signals the console does
not have read 0, gains it does not have read 1.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import wall
from dsp.parameters import Values

Words = npt.NDArray[np.float32]
Page = npt.NDArray[Any]
"""Meters collected over 50 ms: a scalar of `wall.METERS`."""

CHANNELS, AUX, EFFECTS = slice(0, 32), slice(32, 40), slice(40, 48)  # of the inputs
MAINS, MATRIX = slice(0, 3), slice(3, 9)  # of the mains

STRIPS = 72  # 48 inputs, 16 buses, 6 matrices, main left/right, mono/centre
FIRST_BUS, FIRST_MATRIX, MAIN_STEREO, MAIN_MONO = 48, 64, 70, 71

SPECTRUM = 15
"""Number of the meter of the analyser."""

SILENT_DB = -128.0
FULL_SCALE = 32767  # a gain of 1 as the desk sends it in 16 bits
BELS = 256  # steps of 16 bits in a dB, or in a doubling


def field(page: Page, name: str, count: int, missing: float = 0) -> Words:
    """Part of a page, or as many words of nothing where the page has none of that name."""
    words = np.full(count, missing, np.float32)
    if name in (page.dtype.names or ()):
        there = np.atleast_1d(page[name])[:count]
        words[: there.size] = there
    return words


def _main_gains(page: Page) -> Words:
    """Dynamics of matrices, left/right and mono/centre."""
    return np.append(page["main_dyn"][MATRIX], page["main_dyn"][[wall.LEFT, wall.CENTRE]])


def everything(page: Page, values: Values) -> list[Words]:
    """Meter 0: channels, aux, effect returns, buses, matrices."""
    return [page["input"], page["bus"], page["main"][MATRIX]]


def channels(page: Page, values: Values) -> list[Words]:
    """Meter 1: channels, their gates and dynamics."""
    return [page["input"][CHANNELS], page["gate"][CHANNELS], page["dyn"][CHANNELS]]


def buses(page: Page, values: Values) -> list[Words]:
    """Meter 2: buses, matrices, mains, then the dynamics of all."""
    return [page["bus"], page["main"][MATRIX], page["main"][MAINS], page["bus_dyn"], _main_gains(page)]


def sends_and_returns(page: Page, values: Values) -> list[Words]:
    """Meter 3: aux sends, aux returns, effect returns."""
    return [field(page, "aux", 6), page["input"][AUX], page["input"][EFFECTS]]


def ins_and_outs(page: Page, values: Values) -> list[Words]:
    """Meter 4: channels, aux, outputs, then P16, aux outputs, AES and monitor."""
    return [
        page["input"][CHANNELS],
        page["input"][AUX],
        field(page, "out", 16),
        field(page, "p16", 16),
        field(page, "aux", 6),
        field(page, "aes", 2),
        field(page, "monitor", 2),
    ]


def surface(page: Page, values: Values, bank: int = 0, group: int = 0) -> list[Words]:
    """Meter 5: a bank of sixteen channels, a bank of eight groups, mains."""
    left = (page["input"][:16], page["input"][16:32], page["input"][32:48], page["bus"])[bank]
    none = np.zeros(8, np.float32)
    right = (none, page["bus"][:8], page["bus"][8:], np.append(page["main"][MATRIX], none[:2]))[group]
    return [left, right, page["main"][MAINS]]


def strip(page: Page, values: Values, number: int = 0) -> list[Words]:
    """Meter 6: a strip's input, gate, dynamics and output."""
    if number < FIRST_BUS:
        words = [page["input"][number], page["gate"][number], page["dyn"][number], page["post"][number]]
    elif number < FIRST_MATRIX:
        level, dyn = page["bus"][number - FIRST_BUS], page["bus_dyn"][number - FIRST_BUS]
        words = [level, 1, dyn, level]
    elif number == MAIN_STEREO:
        level = page["main"][[wall.LEFT, wall.RIGHT]].max()
        words = [level, 1, page["main_dyn"][wall.LEFT], level]
    else:
        lane = wall.CENTRE if number == MAIN_MONO else MATRIX.start + number - FIRST_MATRIX
        words = [page["main"][lane], 1, page["main_dyn"][lane], page["main"][lane]]
    return [np.array(words, np.float32)]


def selected(values: Values) -> int:
    """Number of the strip that is selected at the surface."""
    leaf = values.table.leaves.get("/-stat/selidx")
    return int(values.stored[leaf]) if leaf is not None else 0


def send_gains(values: Values, path: str, number: int, count: int) -> Words:
    """Gains of the sends of one strip, from the rows `path/on` and `path/level`; none if it has none."""
    gains = np.zeros(count, np.float32)
    if f"{path}/level" in values.table.rows:
        levels, on = values.row(f"{path}/level"), values.row(f"{path}/on")
        levels, on = (levels[number], on[number]) if levels.ndim == 2 else (levels, on)
        gains[: levels.size] = np.where(on, 10 ** (levels / 20), 0)
    return gains


def bus_sends(page: Page, values: Values) -> list[Words]:
    """Meter 7: what the selected channel sends to each bus."""
    number = selected(values)
    for path, first, last in (("ch/{ch}", 0, 32), ("auxin/{aux}", 32, 40), ("fxrtn/{rtn}", 40, FIRST_BUS)):
        if first <= number < last:
            gains = send_gains(values, f"{path}/mix/{{bus}}", number - first, 16)
            return [gains * page["input"][number]]
    return [np.zeros(16, np.float32)]


def matrix_sends(page: Page, values: Values) -> list[Words]:
    """Meter 8: what the selected bus or main sends to each matrix."""
    number = selected(values)
    if FIRST_BUS <= number < FIRST_MATRIX:
        level = page["bus"][number - FIRST_BUS]
        return [send_gains(values, "bus/{bus}/mix/{mtx}", number - FIRST_BUS, 6) * level]
    if number == MAIN_STEREO:
        level = page["main"][[wall.LEFT, wall.RIGHT]].max()
        return [send_gains(values, "main/st/mix/{mtx}", 0, 6) * level]
    if number == MAIN_MONO:
        return [send_gains(values, "main/m/mix/{mtx}", 0, 6) * page["main"][wall.CENTRE]]
    return [np.zeros(6, np.float32)]


def effects(page: Page, values: Values) -> list[Words]:
    """Meter 9: of each effect slot its send left and right, its return left and right."""
    words = np.zeros((8, 4), np.float32)
    words[:, :2] = field(page, "fx_send", 16).reshape(8, 2)
    words[:4, 2:] = page["input"][EFFECTS].reshape(4, 2)
    return [words.ravel()]


def effect_states(page: Page, values: Values) -> list[Words]:
    """Meter 10: what effects show of themselves."""
    return [field(page, "fx_state", 32)]


def monitor(page: Page, values: Values) -> list[Words]:
    """Meter 11: monitor left and right, talkback, its gain, oscillator."""
    return [field(page, "monitor", 2), field(page, "talk", 1), np.ones(1, np.float32), field(page, "osc", 1)]


def recorder(page: Page, values: Values) -> list[Words]:
    """Meter 12: recorder in left and right, out left and right."""
    return [field(page, "record", 2), field(page, "play", 2)]


def inputs(page: Page, values: Values) -> list[Words]:
    """Meter 13: channels, aux, effect returns."""
    return [page["input"]]


def effect_gains(page: Page, values: Values) -> list[Words]:
    """Meter 14: what effects that reduce show of themselves, ten words a slot."""
    return [field(page, "fx_gain", 80)]


def spectrum(page: Page, values: Values) -> list[Words]:
    """Meter 15: a hundred bands of the analyser, in dB."""
    return [field(page, "rta", 100, SILENT_DB)]


def gains(page: Page, values: Values) -> list[Words]:
    """Meter 16: gates and dynamics of the channels, dynamics of buses, matrices and mains, automixes."""
    return [
        page["gate"][CHANNELS],
        page["dyn"][CHANNELS],
        page["bus_dyn"],
        _main_gains(page),
        field(page, "automix", 8, 1),
    ]


# --- how words are written --------------------------------------------------------------------------


def as_floats(words: Words) -> bytes:
    """Write as the desk writes most: 32 bits each."""
    return words.astype("<f4").tobytes()


def as_decibels(words: Words) -> bytes:
    """Write dB in 16 bits: -128 to just below 0; 0 itself is a clip."""
    return np.clip(np.round(words * BELS), SILENT_DB * BELS, 0).astype("<i2").tobytes()


def as_gains(words: Words) -> bytes:
    """Write gains in 16 bits, the last eight (automixes) as doublings."""
    straight = np.clip(np.round(words[:-8] * FULL_SCALE), 0, FULL_SCALE)
    doublings = np.log2(np.maximum(words[-8:], 2.0**SILENT_DB)) * BELS
    return np.append(straight, np.clip(np.round(doublings), -32768, FULL_SCALE)).astype("<i2").tobytes()


class Meter(NamedTuple):
    """What one meter shows."""

    words: Callable[..., list[Words]]
    gains: slice = slice(0)
    """Which words are gains: their smallest counts, not their largest."""
    limits: tuple[int, ...] = ()
    """How many values each argument has."""
    write: Callable[[Words], bytes] = as_floats


METERS = {
    0: Meter(everything),
    1: Meter(channels, gains=slice(32, 96)),
    2: Meter(buses, gains=slice(25, 49)),
    3: Meter(sends_and_returns),
    4: Meter(ins_and_outs),
    5: Meter(surface, limits=(4, 4)),
    6: Meter(strip, gains=slice(1, 3), limits=(STRIPS,)),
    7: Meter(bus_sends),
    8: Meter(matrix_sends),
    9: Meter(effects),
    10: Meter(effect_states),
    11: Meter(monitor, gains=slice(3, 4)),
    12: Meter(recorder),
    13: Meter(inputs),
    14: Meter(effect_gains),
    SPECTRUM: Meter(spectrum, write=as_decibels),
    16: Meter(gains, gains=slice(0, 96), write=as_gains),
}
