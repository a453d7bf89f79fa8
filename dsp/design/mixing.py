"""Sections of the draft that are the mix: faders, sends, pans, mutes, tools and what is listened to.

    audible × faders = post ─┬─▶ faders
                             ├─▶ to buses, to mains, to matrices
                             └─▶ soloed × level ─▶ monitor, listeners
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.design import levels, monitor, signals, strips
from dsp.design.draft import Desk, put, section, section_for
from dsp.design.strips import Kind
from dsp.engine import layout
from dsp.processors import automix

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

LISTENERS = range(1, layout.LISTENERS + 1)
EARS = slice(layout.listener_lanes(1).start, layout.listener_lanes(layout.LISTENERS).stop)
"""Of the monitor's lanes those of all listeners."""


def audible(desk: Desk, kind: Kind) -> Float:
    """See `levels.audible`."""
    return levels.audible(desk.values, kind)


def faders(desk: Desk, kind: Kind) -> Float:
    """See `levels.faders`."""
    return levels.faders(desk.values, kind)


def post(desk: Desk, kind: Kind) -> Float:
    """Gains of the lanes of a kind of strips with all that acts on them."""
    gains: Float = desk.of(audible, kind) * desk.of(faders, kind)
    return gains


def bus_ways(desk: Desk, kind: Kind) -> levels.Ways:
    """See `levels.bus_ways`."""
    return levels.bus_ways(desk.values, kind)


def bus_sends(desk: Desk, kind: Kind) -> levels.Sends:
    """See `levels.bus_sends`."""
    return levels.bus_sends(desk.values, kind, desk.of(bus_ways, kind))


def matrix_ways(desk: Desk, kind: Kind) -> levels.Ways:
    """See `levels.matrix_ways`."""
    return levels.matrix_ways(desk.values, kind)


def matrix_sends(desk: Desk, kind: Kind) -> levels.Sends:
    """See `levels.matrix_sends`."""
    return levels.matrix_sends(desk.values, kind, desk.of(matrix_ways, kind))


def main_sends(desk: Desk, kind: Kind) -> Float:
    """See `levels.to_main`."""
    return levels.to_main(desk.values, kind)


@section_for(*strips.ALL)
def design_faders(desk: Desk, kind: Kind) -> None:
    """Faders with all that acts on them."""
    put(desk.draft["fader"], kind, desk.of(post, kind)[np.newaxis])


@section_for(*strips.INPUTS)
def design_to_buses(desk: Desk, kind: Kind) -> None:
    """Sends of inputs to buses."""
    _feed(desk, layout.TO_BUS, kind, desk.of(bus_sends, kind), desk.of(tapped, bus_ways, kind))


@section_for(strips.BUS, strips.STEREO, strips.MONO)
def design_to_matrices(desk: Desk, kind: Kind) -> None:
    """Sends of buses and mains to matrices."""
    _feed(desk, layout.TO_MATRIX, kind, desk.of(matrix_sends, kind), desk.of(tapped, matrix_ways, kind))


@section_for(*strips.INPUTS, strips.BUS)
def design_to_mains(desk: Desk, kind: Kind) -> None:
    """What goes to left, right and mono/centre."""
    rows = strips.fader_rows(kind)
    desk.draft["mix"][layout.TO_MAIN, rows, :3] = desk.of(main_sends, kind) * desk.of(post, kind)[:, np.newaxis]


def tapped(desk: Desk, ways: Callable[[Desk, Kind], levels.Ways], kind: Kind) -> Int:
    """Rows of the mix that feed each destination, shape (lanes, destinations)."""
    return strips.source_row(kind.lanes[:, np.newaxis], levels.SEND_TAPS[desk.of(ways, kind).types])


def _feed(desk: Desk, which: np.int64, kind: Kind, sends: levels.Sends, rows: Int) -> None:
    mix = desk.draft["mix"][which]
    gains = levels.through(sends, desk.of(audible, kind), desk.of(post, kind))
    # Who taps elsewhere now feeds nothing from where it tapped before.
    mix[strips.tap_rows(kind)] = 0
    mix[rows, np.arange(gains.shape[1])] = gains


@section
def design_tools(desk: Desk) -> None:
    """Oscillator and talkback in the mixes."""
    first = layout.row(layout.TOOLS, layout.INPUT, 0)
    gains = signals.tools(desk.values, signals.talk(desk.values))
    for which in (layout.TO_BUS, layout.TO_MAIN, layout.TO_MATRIX):
        desk.draft["mix"][which, first : first + layout.WIDTH] = gains[which]


def dca_members(desk: Desk) -> npt.NDArray[Any]:
    """See `monitor.dca_members`."""
    return monitor.dca_members(desk.values)


def switched(desk: Desk) -> monitor.Switched:
    """The engineer's solo switches."""
    return monitor.switched(signals.solo_switches(desk.values), monitor.Before.of(desk.values))


def soloed(desk: Desk) -> monitor.Soloed:
    """What the engineer has soloed."""
    return monitor.soloed(desk.of(switched), functools.partial(desk.of, dca_members))


def soloed_by_kind(desk: Desk) -> dict[Kind, monitor.Soloed]:
    """The same of each kind of strips."""
    heard: monitor.Soloed = desk.of(soloed)
    return {kind: heard.of(kind) for kind in strips.ALL}


def monitor_level(desk: Desk) -> float:
    """See `monitor.level`."""
    return monitor.level(desk.values, desk.of(soloed), signals.talk_dims(desk.values))


@section_for(*strips.ALL)
def design_monitor(desk: Desk, kind: Kind) -> None:
    """What the engineer hears of a kind of strips: nothing while a key is heard."""
    gains: float | Float = 0.0
    if desk.of(heard_key) is None:
        heard = desk.piece(kind, soloed_by_kind)
        gains = monitor.ears(desk.values, heard, _heard_of(desk, kind)) * desk.of(monitor_level)
    desk.draft["mix"][layout.TO_MONITOR, strips.fader_rows(kind), :2] = gains


@section
def design_key_monitor(desk: Desk) -> None:
    """The key that the engineer hears instead."""
    rows = layout.row(layout.TOOLS, layout.INPUT, layout.HEARD_KEY) + np.arange(layout.HEARD_KEYS)
    desk.draft["mix"][layout.TO_MONITOR, rows, :2] = 0
    if (heard := desk.of(heard_key)) is not None:
        desk.draft["mix"][layout.TO_MONITOR, rows[heard[1]], :2] = desk.of(monitor_level)


def wish(desk: Desk, number: int) -> monitor.Listener | None:
    """What somebody wants to hear on a listen bus."""
    return desk.listeners.get(number)


def wishes(desk: Desk) -> monitor.Wishes:
    """What is wanted on all listen buses."""
    return monitor.Wishes.of([desk.of(wish, number) or monitor.NOBODY for number in LISTENERS])


def wishes_by_kind(desk: Desk) -> dict[Kind, monitor.Soloed]:
    """What of each kind of strips is soloed there."""
    wanted: monitor.Wishes = desk.of(wishes)
    heard = monitor.soloed(wanted.switched, functools.partial(desk.of, dca_members))
    return {kind: heard.of(kind) for kind in strips.ALL}


@section_for(*strips.ALL)
def design_listeners(desk: Desk, kind: Kind) -> None:
    """What the listeners hear of a kind of strips: at once, for most of what they hear they have in common."""
    gains = monitor.listeners(desk.of(wishes), desk.piece(kind, wishes_by_kind), _heard_of(desk, kind))
    desk.draft["mix"][layout.TO_MONITOR, strips.fader_rows(kind), EARS] = gains.reshape(len(gains), -1)


def before(desk: Desk, kind: Kind) -> Float:
    """See `monitor.before`."""
    return monitor.before(desk.values, kind)


def sides(desk: Desk, kind: Kind) -> Float:
    """See `monitor.sides`."""
    return monitor.sides(desk.values, kind)


def after(desk: Desk, kind: Kind) -> Float:
    """Gains of lanes to two ears behind their faders; shape (lanes, 2)."""
    gains: Float = desk.of(sides, kind) * desk.of(post, kind)[:, np.newaxis]
    return gains


def _heard_of(desk: Desk, kind: Kind) -> monitor.Strips:
    return monitor.Strips(kind, *(functools.partial(desk.of, part, kind) for part in (post, before, after)))


def heard_key(desk: Desk) -> tuple[signals.HeardKey, int] | None:
    """Which key the monitor plays and on which lane: another one fades in on the other lane."""
    wish = signals.heard_key(desk.values)
    if wish is None:
        return None
    keys = desk.draft["heard_key"]
    if tuple(keys[desk.key_lane]) != wish.place:
        desk.key_lane = 1 - desk.key_lane
        keys[desk.key_lane] = wish.place
    return wish, desk.key_lane


@section
def design_automix(desk: Desk) -> None:
    """Automatic mixing of channels 1 to 8."""
    values, first = desk.values, slice(0, automix.CHANNELS)
    desk.draft["automix"] = automix.design(
        values.row("ch/{ch}/automix/group")[first],
        values.row("config/amixenable/{automix}"),
        values.row("ch/{ch}/automix/weight")[first],
        desk.of(audible, strips.CHANNEL)[first] > 0,
        desk.rate,
    )
