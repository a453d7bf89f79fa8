"""Sections of the draft that lead out of the strips: inserts, levels, tools, outputs, and what meters look at."""

from typing import Any

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import levels, monitor, routing, signals, strips
from dsp.design.draft import Desk, put
from dsp.design.processing import design_automix
from dsp.design.strips import Kind
from dsp.engine import layout
from dsp.parameters.table import Values
from dsp.processors import limiter, oscillator, patch

SOLO_FIRST_BIT = 5
"""Of the options of the spectrum."""


def design_inserts(desk: Desk) -> None:
    """Inserts on the aux sockets; an effect slot that has no sound of its own yet passes its input."""
    draft = desk.draft
    aux = routing.physical(desk.talk)[routing.AUX_IN : routing.AUX_IN + routing.AUX_INPUTS]
    for kind in (strips.CHANNEL, *strips.OUTPUTS):
        way = _aux_ways(desk, kind)
        on_aux = way >= 0
        out = desk.row(kind, "insert/on") & on_aux
        post = desk.row(kind, "insert/pos").astype(bool)
        # What comes back is patched while the insert is off, too: it is there when it is switched on.
        back = np.where(on_aux, aux[np.maximum(way, 0)], layout.NOWHERE)
        for position, here in ((layout.PRE, ~post), (layout.POST, post)):
            put(draft["insert"][position], kind, (out & here).astype(np.float64)[np.newaxis])
            draft["insert_return"][position].reshape(-1)[kind.lanes] = back
    design_outputs(desk)


def design_levels(desk: Desk) -> None:
    """Faders, sends, pans, mutes, DCAs, mute groups, monitor, oscillator and talkback."""
    values, draft = desk.values, desk.draft
    desk.state = state = levels.of_strips(values)
    draft["fader"] = strips.groups(state.post[np.newaxis])
    mix = levels.mixes(values, state)
    talk_gains = signals.talk(values)
    signals.add_tools(mix, values, talk_gains)
    key = None if desk.key is None else desk.key_lane
    ears = monitor.design(values, state, signals.solo_switches(values), signals.talk_dims(values), key)
    mix[layout.TO_MONITOR, :, :2] = ears
    for number, wish in desk.listeners.items():
        mix[layout.TO_MONITOR, :, layout.listener_lanes(number)] = monitor.design_listener(values, state, wish)
    draft["mix"] = mix
    design_automix(desk)
    design_outputs(desk)


def follow_key(desk: Desk) -> None:
    """Let the monitor play the key that is wished: another one fades in on the other lane."""
    wish = signals.heard_key(desk.values)
    keys, filters = desk.draft["heard_key"], desk.draft["filter"]
    if wish != desk.key:
        desk.key = wish
        if wish is not None and tuple(keys[desk.key_lane]) != wish:
            desk.key_lane = 1 - desk.key_lane
            keys[desk.key_lane] = wish
        design_levels(desk)
    if wish is not None:
        which, group, lane = wish
        heard = filters[layout.GATE_KEY, layout.MATRIX, :, layout.HEARD_KEY + desk.key_lane]
        heard[:] = filters[int(layout.GATE_KEY) + which, group, :, lane]


def design_tools(desk: Desk) -> None:
    """What the oscillator plays, and which microphone talks."""
    values = desk.values
    chosen = "config/osc/f2" if values.row("config/osc/fsel") else "config/osc/f1"
    kind = int(values.row("config/osc/type")) if signals.oscillates(values) else oscillator.SILENT
    desk.draft["tools"] = oscillator.design(kind, float(values.row(chosen)), desk.rate)
    desk.draft["talk"] = desk.talk


def design_outputs(desk: Desk) -> None:
    """What the outputs of the console and of the device carry, and how loud they may be."""
    values, draft = desk.values, desk.draft
    send_patch, send = draft["send_patch"].reshape(-1), draft["send"].reshape(-1)
    banks = (("main/{out}", 0), ("aux/{aux_out}", layout.AUX_OUT), ("aes/{side}", layout.AES_OUT),
             ("rec/{side}", layout.RECORD_OUT), ("p16/{p16}", layout.PERSONAL_OUT))  # fmt: skip
    for bank, first in banks:
        source, position = (values.row(f"outputs/{bank}/{leaf}").astype(np.int64) for leaf in ("src", "pos"))
        places, gains = routing.tap(values, source, position, desk.state.audible, desk.talk)
        if f"outputs/{bank}/invert" in values.table.rows:
            gains = gains * (1.0 - 2.0 * values.row(f"outputs/{bank}/invert"))
        send_patch[first : first + len(places)] = places
        send[first : first + len(places)] = gains
    send[layout.RECORD_OUT : layout.RECORD_OUT + 2] *= _tape_gains(values)
    ears = layout.MONITOR_OUT + np.arange(2)
    send_patch[ears], send[ears] = [layout.place(layout.MONITOR, layout.INPUT, side) for side in (0, 1)], 1
    _send_inserts(desk, send_patch, send)

    carried = signals.find_all(desk.plan.outputs, values, desk.talk)[: patch.DEVICE_CHANNELS]
    if not desk.plan.all_outputs:
        send_patch[~np.isin(routing.send_place(np.arange(send_patch.size)), carried)] = layout.NOWHERE
    draft["output_patch"].reshape(-1)[: len(carried)] = carried
    rows = limiter.design(np.full(patch.DEVICE_CHANNELS, desk.plan.ceiling_db), desk.ahead, desk.rate)
    draft["limiter"] = strips.groups(rows)


def _tape_gains(values: Values) -> npt.NDArray[np.float64]:
    """Gains of both sides that are recorded."""
    return units.db_to_gain([values.row(f"config/tape/gain{side}") for side in "LR"])


def design_spectrum(desk: Desk) -> None:
    """What the spectrum shows: its source, or what is soloed where the desk is set to show that first."""
    values = desk.values
    solo_first = int(values.row("-prefs/rta/options")) >> SOLO_FIRST_BIT & 1
    soloed = solo_first and signals.solo_switches(values).any()
    source = routing.MONITOR_STRIP if soloed else int(values.row("-stat/rtasource"))
    desk.draft["spectrum"] = routing.spectrum_places(source)


def design_selected(desk: Desk) -> None:
    """What the meters of sends look at."""
    desk.draft["selected"] = routing.selected_places(int(desk.values.row("-stat/selidx")))


def _aux_ways(desk: Desk, kind: Kind) -> npt.NDArray[np.int64]:
    """Which aux way each lane is inserted in, counted from 0, below 0 none; the right side takes the one beside."""
    way = desk.row(kind, "insert/sel").astype(np.int64) - routing.INSERT_AUX
    side = np.arange(way.size) % kind.width
    return np.where(way >= 0, (way + side) % routing.AUX_INPUTS, way)


def _send_inserts(desk: Desk, send_patch: npt.NDArray[Any], send: npt.NDArray[Any]) -> None:
    """Aux outputs that an insert uses carry what goes out to it."""
    for kind in (strips.CHANNEL, *strips.OUTPUTS):
        way = _aux_ways(desk, kind)
        plane = np.where(desk.row(kind, "insert/pos"), layout.INSERT_POST, layout.INSERT_PRE)
        for strip in np.nonzero(desk.row(kind, "insert/on") & (way >= 0))[0]:
            out = layout.AUX_OUT + way[strip]
            send_patch[out], send[out] = strips.place(kind.lanes[strip], plane[strip]), 1
