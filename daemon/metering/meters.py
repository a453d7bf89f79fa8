"""What each of the desk's meters shows: one page of the audio thread's meters to the words of a blob.

A level is linear, 1.0 is 0 dBFS; a gain is linear, 1.0 is no reduction.  Inputs are shown after their
trim, buses, matrices and mains after their faders, outputs as they are patched, before their delay.
What does not sound yet is silent, a gain that nobody makes is 1; meters for which that holds say so.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import levels, routing, strips
from dsp.engine import layout, memory
from dsp.engine import meters as measured
from dsp.parameters.table import Values

Words = npt.NDArray[np.float32]
Page = npt.NDArray[Any]
"""Meters collected over 50 ms: a scalar of `pages.METERS`."""

Sends = Callable[[Values, strips.Kind], levels.Sends]

CHANNELS, AUX, EFFECTS = slice(0, 32), slice(32, 40), slice(40, 48)  # of the inputs
MAINS, MATRIX = slice(0, 3), slice(3, 9)  # of the mains

FIRST_BUS, FIRST_MATRIX, MAIN_STEREO, MAIN_MONO = 48, 64, 70, 71

SPECTRUM = 15
"""Number of the meter of the analyser."""

SILENT_DB = -128.0
SILENT = 10 ** (SILENT_DB / 20)
"""Least level in a blob: the desk shows about 4e-7 where there is no signal."""
LOUDEST = 8.0
"""Largest level in a blob: 18 dB above full scale."""

FULL_SCALE = 32767  # a gain of 1 as the desk sends it in 16 bits
BELS = 256  # steps of 16 bits in a dB, or in a doubling


def silence() -> Page:
    """Page of a console that no device asks for audio."""
    page = np.zeros((), memory.PAGE)
    measured.clear(page)
    return measured.by_name(page)


def _main_gains(page: Page) -> Words:
    """Dynamics of matrices, left/right and mono/centre."""
    return np.append(page["main_dyn"][MATRIX], page["main_dyn"][[layout.LEFT, layout.CENTRE]])


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
    return [page["aux"], page["input"][AUX], page["input"][EFFECTS]]


def ins_and_outs(page: Page, values: Values) -> list[Words]:
    """Meter 4: channels, aux, outputs, then P16, aux outputs, AES and monitor."""
    return [
        page["input"][CHANNELS],
        page["input"][AUX],
        page["out"],
        page["p16"],
        page["aux"],
        page["aes"],
        page["monitor"],
    ]


def surface(page: Page, values: Values, bank: int = 0, group: int = 0) -> list[Words]:
    """Meter 5: a bank of sixteen channels, a bank of eight groups, mains; a DCA is as loud as its loudest member."""
    left = (page["input"][:16], page["input"][16:32], page["input"][32:48], page["bus"])[bank]
    if group == 0:
        right = dcas(page, values)
    else:
        right = (page["bus"][:8], page["bus"][8:], np.append(page["main"][MATRIX], np.zeros(2, np.float32)))[group - 1]
    return [left, right, page["main"][MAINS]]


def dcas(page: Page, values: Values) -> Words:
    """Largest level after their faders of the members of each DCA."""
    words = np.zeros(8, np.float32)
    levels = {
        strips.CHANNEL: page["post"][CHANNELS],
        strips.AUX: page["post"][AUX],
        strips.EFFECT: page["post"][EFFECTS],
        strips.BUS: page["bus"],
        strips.MATRIX: page["main"][MATRIX],
        strips.STEREO: page["main"][[layout.LEFT, layout.RIGHT]],
        strips.MONO: page["main"][[layout.CENTRE]],
    }
    for kind, level in levels.items():
        members = strips.row(values, kind, "grp/dca")[:, np.newaxis] >> np.arange(8) & 1
        words = np.maximum(words, (members * level[:, np.newaxis]).max(0))
    return words.astype(np.float32)


def strip(page: Page, values: Values, number: int = 0) -> list[Words]:
    """Meter 6: a strip after its trim, its gate, its dynamics, and the strip after its fader."""
    if number < FIRST_BUS:
        words = [page["input"][number], page["gate"][number], page["dyn"][number], page["post"][number]]
    elif number < FIRST_MATRIX:
        bus = number - FIRST_BUS
        words = [page["bus_input"][bus], 1, page["bus_dyn"][bus], page["bus"][bus]]
    elif number == MAIN_STEREO:
        sides = [layout.LEFT, layout.RIGHT]
        dyn = page["main_dyn"][sides].min()
        words = [page["main_input"][sides].max(), 1, dyn, page["main"][sides].max()]
    else:
        lane = layout.CENTRE if number == MAIN_MONO else MATRIX.start + number - FIRST_MATRIX
        words = [page["main_input"][lane], 1, page["main_dyn"][lane], page["main"][lane]]
    return [np.array(words, np.float32)]


def selected(values: Values) -> int:
    """Number of the strip that is selected at the surface."""
    leaf = values.table.leaves.get("/-stat/selidx")
    return int(values.stored[leaf]) if leaf is not None else 0


def bus_sends(page: Page, values: Values) -> list[Words]:
    """Meter 7: what the selected channel sends to each bus."""
    return [_sends(page, values, levels.bus_sends, strips.INPUTS, 16)]


def matrix_sends(page: Page, values: Values) -> list[Words]:
    """Meter 8: what the selected bus or main sends to each matrix, of main stereo the louder side."""
    return [_sends(page, values, levels.matrix_sends, (strips.BUS, strips.STEREO, strips.MONO), 6)]


def _sends(page: Page, values: Values, sends: Sends, senders: tuple[strips.Kind, ...], count: int) -> Words:
    """Level at its tap times gain of each send of the selected strip, if it has such sends."""
    lanes = np.unique(routing.strip_sides(selected(values)))
    for kind in senders:
        if lanes[0] in kind.lanes:
            sent, audible = sends(values, kind), levels.audible(values, kind)
            gains = levels.through(sent, audible, audible * levels.faders(values, kind))
            own = lanes - kind.first
            words = gains[own] * np.take_along_axis(page["selected"][: own.size], sent.taps[own], axis=1)
            return np.asarray(words.max(0), np.float32)
    return np.zeros(count, np.float32)


def effects(page: Page, values: Values) -> list[Words]:
    """Meter 9: of each effect slot its send left and right, its return left and right."""
    return [np.concatenate((page["effect_in"], page["effect_out"]), axis=1).ravel()]


def effect_states(page: Page, values: Values) -> list[Words]:
    """Meter 10: gains of what effects reduce, the first four of each slot: sides, or bands."""
    return [page["effect_gain"][:, :4].ravel()]


def monitor(page: Page, values: Values) -> list[Words]:
    """Meter 11: monitor left and right, talkback's microphone, a gain that is always 1, oscillator with its level."""
    level = np.float32(units.db_to_gain(values.row("config/osc/level")))
    return [page["monitor"], page["talk"], np.ones(1, np.float32), page["osc"] * level]


def recorder(page: Page, values: Values) -> list[Words]:
    """Meter 12: recorder in left and right, out left and right; nothing plays yet, so out is silent."""
    return [page["rec"], np.zeros(2, np.float32)]


def inputs(page: Page, values: Values) -> list[Words]:
    """Meter 13: channels, aux, effect returns."""
    return [page["input"]]


def effect_gains(page: Page, values: Values) -> list[Words]:
    """Meter 14: gains of what effects reduce, ten of each slot: sides, or bands left and right."""
    return [page["effect_gain"].ravel()]


def spectrum(page: Page, values: Values) -> list[Words]:
    """Meter 15: a hundred bands of the analyser, in dB."""
    return [page["rta"]]


def gains(page: Page, values: Values) -> list[Words]:
    """Meter 16: gates and dynamics of the channels, dynamics of buses, matrices and mains, then `OF_CHANNELS`."""
    return [
        page["gate"][CHANNELS],
        page["dyn"][CHANNELS],
        page["bus_dyn"],
        _main_gains(page),
        *(page[each.name] for each in measured.OF_CHANNELS),
    ]


# --- how words are written --------------------------------------------------------------------------


def as_floats(words: Words, gains: slice) -> bytes:
    """Write as the desk writes most: 32 bits each, levels within what it shows."""
    shown = np.clip(words, SILENT, LOUDEST)
    shown[gains] = words[gains]
    return shown.astype("<f4").tobytes()


def as_decibels(words: Words, gains: slice) -> bytes:
    """Write dB in 16 bits: -128 to just below 0; 0 itself is a clip."""
    return np.clip(np.round(words * BELS), SILENT_DB * BELS, 0).astype("<i2").tobytes()


def as_gains(words: Words, gains: slice) -> bytes:
    """Write gains in 16 bits, the last eight, `OF_CHANNELS`, as doublings."""
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
    encode: Callable[[Words, slice], bytes] = as_floats

    def write(self, words: Words) -> bytes:
        """Write words as a blob has them."""
        return self.encode(words, self.gains)


METERS = {
    0: Meter(everything),
    1: Meter(channels, gains=slice(32, 96)),
    2: Meter(buses, gains=slice(25, 49)),
    3: Meter(sends_and_returns),
    4: Meter(ins_and_outs),
    5: Meter(surface, limits=(4, 4)),
    6: Meter(strip, gains=slice(1, 3), limits=(strips.COUNT,)),
    7: Meter(bus_sends),
    8: Meter(matrix_sends),
    9: Meter(effects),
    10: Meter(effect_states, gains=slice(0, 32)),
    11: Meter(monitor, gains=slice(3, 4)),
    12: Meter(recorder),
    13: Meter(inputs),
    14: Meter(effect_gains, gains=slice(0, 80)),
    SPECTRUM: Meter(spectrum, encode=as_decibels),
    16: Meter(gains, gains=slice(0, 96), encode=as_gains),
}
