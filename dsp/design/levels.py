"""Levels: fader × DCA × mute × mute group × pan × send, multiplied to one gain for each way through the mix.

                       ┌─ mute, mute groups, DCA mutes ─┐
    tap ─▶ audible ────┤                                ├─▶ × send level × pan ─▶ bus, matrix
    fader × DCA faders ┴─▶ post ────────────────────────┴─▶ × pan ─▶ main L/R,  × mono level ─▶ mono

All on the control side in float64: the audio thread sees one number that glides, not five reasons,
so that two factors never swell against each other during a move.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import pan, strips
from dsp.design.strips import Kind
from dsp.engine import layout
from dsp.parameters.table import Values

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

# Send types: input, pre-EQ, post-EQ and pre-fader tap there; post-fader and sub-group take the fader along.
SEND_TAPS = np.array(
    [layout.INPUT, layout.PRE_EQ, layout.POST_EQ, layout.PRE_FADER, layout.PRE_FADER, layout.PRE_FADER]
)
POST_FADER_TYPE, SUB_GROUP_TYPE = 4, 5
HALF = 0.5  # left and right in a mono destination: together unity


class Ways(NamedTuple):
    """How strips of a kind feed destinations, each of shape (lanes, destinations); see `sends`."""

    types: Int
    level: Float
    """Of each by itself."""
    left: Float
    """Pan, to the first of two destinations; of shape (lanes, pairs)."""
    right: Float


class Sends(NamedTuple):
    """Sends of all strips of a kind, each of shape (lanes, destinations)."""

    taps: Int
    gains: Float
    """Level and pan alone, see `through`."""
    post: Bool
    """Whether the fader comes before it."""


def audible(values: Values, kind: Kind) -> Float:
    """1 in the lanes of a kind of strips, or 0 where anything mutes the strip."""
    if kind is strips.MONO and values.row("config/mono/link"):
        return audible(values, strips.STEREO)[:1]
    dca_on = values.row("dca/{dca}/on")
    mutes = values.row("config/mute/{group}")
    by_dca = strips.row(values, kind, "grp/dca") & strips.mask(~dca_on)
    by_group = strips.row(values, kind, "grp/mute") & strips.mask(mutes)
    return np.asarray((strips.row(values, kind, "mix/on") & ((by_dca | by_group) == 0)).astype(np.float64))


def faders(values: Values, kind: Kind) -> Float:
    """Gains of the lanes of a kind of strips by fader and DCA faders; left and right with their balance."""
    if kind is strips.MONO and values.row("config/mono/link"):
        return _faders(values, strips.STEREO)[:1]
    gains = _faders(values, kind)
    return gains * pan.balance(values.row("main/st/mix/pan")) if kind is strips.STEREO else gains


def _faders(values: Values, kind: Kind) -> Float:
    dca_gain = units.db_to_gain(values.row("dca/{dca}/fader"))
    moved = np.where(_members(strips.row(values, kind, "grp/dca"), dca_gain.size), dca_gain, 1.0).prod(1)
    return np.asarray(units.db_to_gain(strips.row(values, kind, "mix/fader")) * moved)


def _members(mask: npt.ArrayLike, count: int) -> Bool:
    """Which of `count` groups each strip is in; shape (strips, count)."""
    return (np.asarray(mask)[:, np.newaxis] >> np.arange(count) & 1).astype(bool)


def ways(values: Values, kind: Kind, to: str, odd: str) -> Ways:
    """How all strips of a kind feed destinations, whichever of those are linked."""
    level = units.db_to_gain(strips.row(values, kind, f"mix/{to}/level"))
    on = strips.row(values, kind, f"mix/{to}/on")
    types = np.repeat(strips.row(values, kind, f"mix/{odd}/type"), 2, axis=1)
    place = strips.row(values, kind, f"mix/{odd}/pan").astype(np.float64)
    if strips.has(values, kind, "mix/pan"):
        follows = strips.row(values, kind, f"mix/{odd}/panFollow").astype(bool)
        place = np.where(follows, strips.row(values, kind, "mix/pan")[:, np.newaxis], place)
    return Ways(types, on * np.where(types == SUB_GROUP_TYPE, 1.0, level), *_sides(kind, place))


def sends(ways: Ways, kind: Kind, linked: Bool) -> Sends:
    """Sends of all strips of a kind.

    On a linked pair of destinations the odd send's level and switch feed both, panned.
    """
    odd, gain = ways.level[:, 0::2], ways.level * _share(kind)
    gain[:, 0::2] = np.where(linked, odd * ways.left, gain[:, 0::2])
    gain[:, 1::2] = np.where(linked, odd * ways.right, gain[:, 1::2])
    return Sends(SEND_TAPS[ways.types], gain, ways.types >= POST_FADER_TYPE)


def bus_ways(values: Values, kind: Kind) -> Ways:
    """How inputs feed buses."""
    return ways(values, kind, "{bus}", "{odd}")


def matrix_ways(values: Values, kind: Kind) -> Ways:
    """How buses and mains feed matrices."""
    return ways(values, kind, "{mtx}", "{odd_mtx}")


def bus_sends(values: Values, kind: Kind, found: Ways | None = None) -> Sends:
    """Sends of inputs to buses; `found` is what `bus_ways` told."""
    return sends(found or bus_ways(values, kind), kind, values.row("config/buslink/{pair}"))


def matrix_sends(values: Values, kind: Kind, found: Ways | None = None) -> Sends:
    """Sends of buses and mains to matrices; `found` is what `matrix_ways` told."""
    return sends(found or matrix_ways(values, kind), kind, values.row("config/mtxlink/{mtx_pair}"))


def through(sends: Sends, audible: Float, post: Float) -> Float:
    """Gains of sends with mutes, and with the faders of those that come after them; shape (lanes, destinations)."""
    return np.asarray(sends.gains * np.where(sends.post, post[:, np.newaxis], audible[:, np.newaxis]))


def _sides(kind: Kind, place: Float) -> tuple[Float, Float]:
    """Gains to both sides of a linked pair: a stereo source keeps its sides, balanced."""
    if kind.width == 1:
        return pan.gains(place)
    left, right = pan.balance(place)
    is_left = (np.arange(len(place)) % 2 == 0)[:, np.newaxis]
    return left * is_left, right * ~is_left


def _share(kind: Kind) -> float:
    return 1.0 if kind.width == 1 else HALF


def to_main(values: Values, kind: Kind) -> Float:
    """Gains of all strips of a kind to left, right and mono/centre but for their faders; shape (lanes, 3).

    In LCR mode a strip on both is panned over three speakers.
    """
    place = strips.row(values, kind, "mix/pan")
    stereo, mono = strips.row(values, kind, "mix/st"), strips.row(values, kind, "mix/mono")
    level = units.db_to_gain(strips.row(values, kind, "mix/mlevel"))
    left, right = pan.gains(place)
    gains = np.stack((stereo * left, stereo * right, mono * level), axis=1)
    if values.row("config/mono/mode") == 1:
        gains = np.where((stereo & mono)[:, np.newaxis], np.stack(pan.three(place), axis=1), gains)
    return gains
