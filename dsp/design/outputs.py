"""Sections of the draft that lead out of the strips: inserts, tools, outputs, and what meters look at."""

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import mixing, routing, sides, signals, strips
from dsp.design.draft import Desk, put, put_places, section, section_for
from dsp.design.strips import Kind
from dsp.effects import memory as effects
from dsp.engine import layout
from dsp.parameters.table import Values
from dsp.processors import limiter, oscillator, patch

SOLO_FIRST_BIT = 5
"""Of the options of the spectrum."""
BANKS = (("main/{out}", 0), ("aux/{aux_out}", layout.AUX_OUT), ("aes/{side}", layout.AES_OUT),
         ("rec/{side}", layout.RECORD_OUT), ("p16/{p16}", layout.PERSONAL_OUT))  # fmt: skip
"""Rows of the console's outputs, and the lane of the first of each bank."""
MONITOR_EARS = layout.MONITOR_OUT + np.arange(2)
"""Lanes of the outputs that carry the monitor."""


def insert_ways(desk: Desk, kind: Kind) -> npt.NDArray[np.int64]:
    """Where each lane is inserted: sides of effect slots 0–15, aux sockets from 16 on, below 0 nowhere.

    The right side takes the way beside; slots that a bus feeds are no inserts.
    """
    way = desk.row(kind, "insert/sel").astype(np.int64) - 1
    side = np.arange(way.size) % kind.width
    beside = routing.EFFECT_SIDES + (way - routing.EFFECT_SIDES + side) % routing.AUX_INPUTS
    way = np.where(way < 0, way, np.where(way < routing.EFFECT_SIDES, way ^ side, beside))
    fed = np.append(routing.effect_sources(desk.values) != routing.INSERTED, np.zeros(routing.AUX_INPUTS, bool))
    return np.where(fed[np.maximum(way, 0)], -1, way)


@section_for(strips.CHANNEL, *strips.OUTPUTS)
def design_inserts(desk: Desk, kind: Kind) -> None:
    """Inserts, on the aux sockets or in effect slots."""
    draft = desk.draft
    aux = routing.physical(desk.talk)[routing.AUX_IN : routing.AUX_IN + routing.AUX_INPUTS]
    way = desk.of(insert_ways, kind)
    is_inserted = way >= 0
    out = desk.row(kind, "insert/on") & is_inserted
    post = desk.row(kind, "insert/pos").astype(bool)
    # What comes back is patched while the insert is off, too: it is there when it is switched on.
    returns = np.concatenate((routing.effect_returns(), aux))
    back = np.where(is_inserted, returns[np.maximum(way, 0)], layout.NOWHERE)
    for position, here in ((layout.PRE, ~post), (layout.POST, post)):
        put(draft["insert"][position], kind, (out & here).astype(np.float64)[np.newaxis])
        put_places(draft["insert_return"][position], kind, back)


@section
def design_effect_feeds(desk: Desk) -> None:
    """What both sides of every effect slot are fed with."""
    feeds = routing.effect_feeds(desk.values)
    ways, places = desk.of(inserted)
    to_effects = ways < routing.EFFECT_SIDES
    feeds[ways[to_effects]] = places[to_effects]
    desk.draft["effect_patch"][0] = feeds


@section_for(*range(effects.SLOTS))
def design_effect(desk: Desk, slot: int) -> None:
    """An effect and its settings."""
    desk.rack.design(desk.draft, desk.values, slot)


@section
def design_tools(desk: Desk) -> None:
    """What the oscillator plays, and which microphone talks."""
    values = desk.values
    chosen = "config/osc/f2" if values.row("config/osc/fsel") else "config/osc/f1"
    kind = int(values.row("config/osc/type")) if signals.oscillates(values) else oscillator.SILENT
    desk.draft["oscillator"] = oscillator.design(kind, float(values.row(chosen)), desk.rate)
    desk.draft["talk"] = desk.talk


def taps(desk: Desk) -> tuple[npt.NDArray[np.int64], routing.Taps, npt.NDArray[np.float64]]:
    """Lanes of the outputs that are patched, what they carry, and their polarities and gains without mutes."""
    values = desk.values
    source, position, gains, lanes = [], [], [], []
    for bank, first in BANKS:
        source.append(values.row(f"outputs/{bank}/src").astype(np.int64))
        position.append(values.row(f"outputs/{bank}/pos").astype(np.int64))
        invert = f"outputs/{bank}/invert"
        gains.append(1.0 - 2.0 * values.row(invert) if invert in values.table.rows else np.ones(source[-1].size))
        lanes.append(first + np.arange(source[-1].size))
    gains[[first for _, first in BANKS].index(layout.RECORD_OUT)] *= _tape_gains(values)
    tapped = routing.tap(np.concatenate(source), np.concatenate(position), desk.talk)
    return np.concatenate(lanes), tapped, np.concatenate(gains)


def carried(desk: Desk) -> npt.NDArray[np.int64]:
    """Places that the outputs of the device carry."""
    return np.array(signals.find_all(desk.plan.outputs, desk.values, desk.talk)[: patch.DEVICE_CHANNELS], np.int64)


def inserted(desk: Desk) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Ways that inserts use, see `insert_ways`, and what goes out there."""
    outs, places = [], []
    for kind in (strips.CHANNEL, *strips.OUTPUTS):
        way = desk.of(insert_ways, kind)
        plane = np.where(desk.row(kind, "insert/pos"), layout.INSERT_POST, layout.INSERT_PRE)
        used = np.flatnonzero(desk.row(kind, "insert/on") & (way >= 0))
        outs.append(way[used])
        places.append(strips.place(kind.lanes[used], plane[used]))
    return np.concatenate(outs), np.concatenate(places)


def aux_inserts(desk: Desk) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Lanes of the aux outputs that inserts use, and what goes out there."""
    ways, places = desk.of(inserted)
    on_aux = ways >= routing.EFFECT_SIDES
    return layout.AUX_OUT + ways[on_aux] - routing.EFFECT_SIDES, places[on_aux]


def sent(desk: Desk) -> npt.NDArray[np.int64]:
    """Places of what every output of the console carries."""
    places = np.full(layout.SEND_GROUPS * layout.WIDTH, layout.NOWHERE, np.int64)
    lanes, tapped, _ = desk.of(taps)
    places[lanes] = tapped.places
    places[MONITOR_EARS] = layout.place(layout.MONITOR, layout.INPUT, np.arange(2))
    outs, inserts = desk.of(aux_inserts)
    places[outs] = inserts
    return places


@section
def design_outputs(desk: Desk) -> None:
    """What the outputs of the console carry, and how loud."""
    draft = desk.draft
    send_patch, send = draft["send_patch"].reshape(-1), draft["send"].reshape(-1)
    lanes, tapped, gains = desk.of(taps)
    heard = np.concatenate([desk.of(mixing.audible, kind) for kind in strips.ALL])
    of_lane = np.zeros(strips.LANES)
    of_lane[np.concatenate([kind.lanes for kind in strips.ALL])] = heard
    send_patch[:] = desk.of(sent)
    send[lanes] = gains * np.where(tapped.obey, of_lane[tapped.lanes], 1.0)
    send[MONITOR_EARS] = 1
    send[desk.of(aux_inserts)[0]] = 1
    if not desk.plan.all_outputs:
        unheard = ~np.isin(routing.send_place(np.arange(send_patch.size)), desk.of(carried))
        send_patch[unheard] = layout.NOWHERE


def leaving(desk: Desk) -> sides.Leaving:
    """What leaves by the outputs of the device."""
    places = desk.of(carried)
    signal = np.full(patch.DEVICE_CHANNELS, layout.NOWHERE)
    signal[: len(places)] = routing.before_outputs(places, desk.of(sent))
    return sides.Leaving.of(signal, desk.ears + 2 * desk.stream)


def other_sides(desk: Desk) -> npt.NDArray[np.int64]:
    """See `sides.other_sides`."""
    return sides.other_sides(desk.values, desk.of(leaving))


@section
def design_device(desk: Desk) -> None:
    """What the outputs of the device carry."""
    places = desk.of(carried)
    desk.draft["output_patch"].reshape(-1)[: len(places)] = places


@section
def design_limiters(desk: Desk) -> None:
    """How loud they may be, and which have one gain."""
    other, outputs = desk.of(other_sides), np.arange(patch.DEVICE_CHANNELS)
    beside = other == outputs ^ 1
    ceiling_db = np.where(desk.stream, desk.plan.stream_ceiling_db, desk.plan.ceiling_db)
    rows = limiter.design(ceiling_db, desk.ears | desk.stream, beside, desk.rate)
    desk.draft["limiter"] = strips.groups(rows)
    desk.draft["other_side"].reshape(-1)[:] = layout.wanted(np.where(beside, outputs, other))


def _tape_gains(values: Values) -> npt.NDArray[np.float64]:
    """Gains of both sides that are recorded."""
    return units.db_to_gain([values.row(f"config/tape/gain{side}") for side in "LR"])


@section
def design_spectrum(desk: Desk) -> None:
    """What the spectrum shows: its source, or what is soloed where the desk is set to show that first."""
    values = desk.values
    solo_first = int(values.row("-prefs/rta/options")) >> SOLO_FIRST_BIT & 1
    soloed = solo_first and signals.solo_switches(values).any()
    source = routing.MONITOR_STRIP if soloed else int(values.row("-stat/rtasource"))
    desk.draft["spectrum"] = routing.spectrum_places(source)


@section
def design_selected(desk: Desk) -> None:
    """What the meters of sends look at."""
    desk.draft["selected"] = routing.selected_places(int(desk.values.row("-stat/selidx")))
