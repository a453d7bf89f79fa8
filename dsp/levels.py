"""Levels: fader × DCA × mute × mute group × pan × send, multiplied to one gain for each way through the mix.

                       ┌─ mute, mute groups, DCA mutes ─┐
    tap ─▶ audible ────┤                                ├─▶ × send level × pan ─▶ bus
    fader × DCA faders ┴─▶ post ────────────────────────┴─▶ × pan ─▶ main L/R,  × mono level ─▶ mono

All on the control side in float64: the audio thread sees one number that glides, not five reasons,
so that two factors never swell against each other during a move.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import pan, units, wall
from dsp.parameters import Values

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

# Send types: input, pre-EQ, post-EQ and pre-fader tap there; post-fader and sub-group take the fader along.
SEND_TAPS = np.array([wall.INPUT, wall.PRE_EQ, wall.POST_EQ, wall.PRE_FADER, wall.PRE_FADER, wall.PRE_FADER])
POST_FADER_TYPE, SUB_GROUP_TYPE = 4, 5


class Strips(NamedTuple):
    """Gains of strips of one kind, shape (strips,)."""

    audible: Float
    """1, or 0 when anything mutes the strip."""
    post: Float
    """With the fader and the DCA faders."""


def strips(values: Values, prefix: str) -> Strips:
    """Gains of all strips under `prefix`, such as `ch/{ch}` or `main/st`."""
    on = np.atleast_1d(values.row(f"{prefix}/mix/on"))
    fader = np.atleast_1d(units.db_to_gain(values.row(f"{prefix}/mix/fader")))
    in_dca = _members(values.row(f"{prefix}/grp/dca"), values.row("dca/{dca}/on").size)
    in_group = _members(values.row(f"{prefix}/grp/mute"), values.row("config/mute/{group}").size)
    muted = (in_dca & ~values.row("dca/{dca}/on")).any(1) | (in_group & values.row("config/mute/{group}")).any(1)
    audible = (on & ~muted).astype(np.float64)
    dca = np.where(in_dca, units.db_to_gain(values.row("dca/{dca}/fader")), 1.0).prod(1)
    return Strips(audible, audible * fader * dca)


def _members(mask: npt.ArrayLike, count: int) -> Bool:
    """Which of `count` groups each strip is in; shape (strips, count)."""
    return (np.atleast_1d(np.asarray(mask))[:, np.newaxis] >> np.arange(count) & 1).astype(bool)


def sends(values: Values, channels: Strips) -> tuple[Int, Float]:
    """Where each channel's sends tap and their gains, both of shape (channels, buses).

    On a linked pair of buses the odd send's level and switch feed both, panned.
    """
    level = units.db_to_gain(values.row("ch/{ch}/mix/{bus}/level"))
    on = values.row("ch/{ch}/mix/{bus}/on")
    kind = np.repeat(values.row("ch/{ch}/mix/{odd}/type"), 2, axis=1)
    gain = on * np.where(kind == SUB_GROUP_TYPE, 1.0, level)

    follows = values.row("ch/{ch}/mix/{odd}/panFollow").astype(bool)
    main_pan = values.row("ch/{ch}/mix/pan")[:, np.newaxis]
    left, right = pan.gains(np.where(follows, main_pan, values.row("ch/{ch}/mix/{odd}/pan")))
    linked = values.row("config/buslink/{pair}")
    odd = gain[:, 0::2]
    gain[:, 1::2] = np.where(linked, odd * right, gain[:, 1::2])
    gain[:, 0::2] = np.where(linked, odd * left, odd)

    takes_fader = kind >= POST_FADER_TYPE
    return SEND_TAPS[kind], gain * np.where(takes_fader, channels.post[:, None], channels.audible[:, None])


def to_main(values: Values, prefix: str, group: Strips) -> Float:
    """Gains of all strips under `prefix` to left, right and mono/centre; shape (strips, 3)."""
    left, right = pan.gains(values.row(f"{prefix}/mix/pan"))
    stereo = group.post * values.row(f"{prefix}/mix/st")
    mono = group.post * values.row(f"{prefix}/mix/mono") * units.db_to_gain(values.row(f"{prefix}/mix/mlevel"))
    return np.stack((stereo * left, stereo * right, mono), axis=1)


def design(values: Values) -> tuple[Float, Float]:
    """All gains of the mix, and of the faders.

    Returns
    -------
    mix : ndarray, shape (2, rows, 16)
        From each source and tap to the buses, and to the mains; see `wall.row`.
    fader : ndarray, shape (groups, 16)
    """
    mix = np.zeros((wall.MIXES, wall.ROWS, wall.WIDTH))
    fader = np.zeros((wall.GROUPS, wall.WIDTH))

    channels = strips(values, "ch/{ch}")
    taps, gains = sends(values, channels)
    count, buses = gains.shape
    group, lane = np.divmod(np.arange(count), wall.WIDTH)
    rows = wall.row(group[:, None], taps, lane[:, None])
    mix[wall.TO_BUS, rows, np.arange(buses)] = gains
    mix[wall.TO_MAIN, wall.row(group, wall.PRE_FADER, lane), :3] = to_main(values, "ch/{ch}", channels)
    fader.reshape(-1)[:count] = channels.post

    bus = strips(values, "bus/{bus}")
    mix[wall.TO_MAIN, wall.row(wall.BUS, wall.PRE_FADER, np.arange(buses)), :3] = to_main(values, "bus/{bus}", bus)
    fader[wall.BUS, :buses] = bus.post

    left, right = pan.balance(values.row("main/st/mix/pan"))
    stereo = strips(values, "main/st").post[0]
    fader[wall.MAIN, wall.LEFT] = stereo * left
    fader[wall.MAIN, wall.RIGHT] = stereo * right
    fader[wall.MAIN, wall.CENTRE] = strips(values, "main/m").post[0]
    return mix, fader
