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


class Strips(NamedTuple):
    """Gains of all lanes of all strips, shape (96,)."""

    audible: Float
    """1, or 0 when anything mutes the strip."""
    post: Float
    """With the fader and the DCA faders; main left and right with their balance."""


def of_strips(values: Values) -> Strips:
    """Gains of every strip of the console."""
    audible, post = np.zeros(strips.LANES), np.zeros(strips.LANES)
    dca_on = values.row("dca/{dca}/on")
    dca_gain = units.db_to_gain(values.row("dca/{dca}/fader"))
    mutes = values.row("config/mute/{group}")
    for kind in strips.ALL:
        in_dca = _members(strips.row(values, kind, "grp/dca"), dca_on.size)
        in_group = _members(strips.row(values, kind, "grp/mute"), mutes.size)
        muted = (in_dca & ~dca_on).any(1) | (in_group & mutes).any(1)
        audible[kind.lanes] = strips.row(values, kind, "mix/on") & ~muted
        moved = np.where(in_dca, dca_gain, 1.0).prod(1)
        fader = units.db_to_gain(strips.row(values, kind, "mix/fader"))
        post[kind.lanes] = audible[kind.lanes] * fader * moved
    if values.row("config/mono/link"):
        audible[strips.MONO.lanes] = audible[strips.STEREO.first]
        post[strips.MONO.lanes] = post[strips.STEREO.first]
    post[strips.STEREO.lanes] *= pan.balance(values.row("main/st/mix/pan"))
    return Strips(audible, post)


def _members(mask: npt.ArrayLike, count: int) -> Bool:
    """Which of `count` groups each strip is in; shape (strips, count)."""
    return (np.asarray(mask)[:, np.newaxis] >> np.arange(count) & 1).astype(bool)


def sends(values: Values, kind: Kind, to: str, odd: str, linked: Bool, state: Strips) -> tuple[Int, Float]:
    """Where the sends of all strips of a kind tap, and their gains; both of shape (lanes, destinations).

    On a linked pair of destinations the odd send's level and switch feed both, panned.
    """
    level = units.db_to_gain(strips.row(values, kind, f"mix/{to}/level"))
    on = strips.row(values, kind, f"mix/{to}/on")
    tapped = np.repeat(strips.row(values, kind, f"mix/{odd}/type"), 2, axis=1)
    gain = on * np.where(tapped == SUB_GROUP_TYPE, 1.0, level)

    place = strips.row(values, kind, f"mix/{odd}/pan").astype(np.float64)
    if strips.has(values, kind, "mix/pan"):
        follows = strips.row(values, kind, f"mix/{odd}/panFollow").astype(bool)
        place = np.where(follows, strips.row(values, kind, "mix/pan")[:, np.newaxis], place)
    left, right = _sides(kind, place)
    first = gain[:, 0::2]
    gain[:, 1::2] = np.where(linked, first * right, gain[:, 1::2] * _share(kind))
    gain[:, 0::2] = np.where(linked, first * left, first * _share(kind))

    fader = np.where(tapped >= POST_FADER_TYPE, state.post[kind.lanes][:, None], state.audible[kind.lanes][:, None])
    return SEND_TAPS[tapped], gain * fader


def bus_sends(values: Values, kind: Kind, state: Strips) -> tuple[Int, Float]:
    """Where the sends of inputs to buses tap, and their gains, see `sends`."""
    return sends(values, kind, "{bus}", "{odd}", values.row("config/buslink/{pair}"), state)


def matrix_sends(values: Values, kind: Kind, state: Strips) -> tuple[Int, Float]:
    """Where the sends of buses and mains to matrices tap, and their gains, see `sends`."""
    return sends(values, kind, "{mtx}", "{odd_mtx}", values.row("config/mtxlink/{mtx_pair}"), state)


def _sides(kind: Kind, place: Float) -> tuple[Float, Float]:
    """Gains to both sides of a linked pair: a stereo source keeps its sides, balanced."""
    if kind.width == 1:
        return pan.gains(place)
    left, right = pan.balance(place)
    is_left = (np.arange(len(place)) % 2 == 0)[:, np.newaxis]
    return left * is_left, right * ~is_left


def _share(kind: Kind) -> float:
    return 1.0 if kind.width == 1 else HALF


def to_main(values: Values, kind: Kind, state: Strips) -> Float:
    """Gains of all strips of a kind to left, right and mono/centre; shape (lanes, 3).

    In LCR mode a strip on both is panned over three speakers.
    """
    place = strips.row(values, kind, "mix/pan")
    stereo, mono = strips.row(values, kind, "mix/st"), strips.row(values, kind, "mix/mono")
    level = units.db_to_gain(strips.row(values, kind, "mix/mlevel"))
    left, right = pan.gains(place)
    gains = np.stack((stereo * left, stereo * right, mono * level), axis=1)
    if values.row("config/mono/mode") == 1:
        gains = np.where((stereo & mono)[:, np.newaxis], np.stack(pan.three(place), axis=1), gains)
    return gains * state.post[kind.lanes][:, np.newaxis]


def mixes(values: Values, state: Strips) -> Float:
    """All gains of the mixes to buses, mains and matrices; shape (mixes, rows, 16)."""
    mix = np.zeros((layout.MIXES, layout.ROWS, layout.WIDTH))
    for kind in strips.INPUTS:
        _feed(mix[layout.TO_BUS], kind, *bus_sends(values, kind, state))
    for kind in (strips.BUS, strips.STEREO, strips.MONO):
        _feed(mix[layout.TO_MATRIX], kind, *matrix_sends(values, kind, state))
    for kind in (*strips.INPUTS, strips.BUS):
        mix[layout.TO_MAIN, strips.source_row(kind.lanes, layout.PRE_FADER), :3] = to_main(values, kind, state)
    return mix


def _feed(mix: Float, kind: Kind, taps: Int, gains: Float) -> None:
    rows = strips.source_row(kind.lanes[:, np.newaxis], taps)
    mix[rows, np.arange(gains.shape[1])] = gains


def design(values: Values) -> tuple[Float, Float]:
    """All gains of the mixes, see `mixes`, and of the faders, shape (96,)."""
    state = of_strips(values)
    return mixes(values, state), state.post
