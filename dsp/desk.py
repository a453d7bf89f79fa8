"""From what is set to what is heard: the values of the console, section by section, into a draft of targets.

A draft is one complete set of targets (`wall.TARGETS`).  Each section reads its rows of the table
whole and writes its part of the draft; `refresh` redoes only the sections whose rows were touched.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp import (
    automix,
    change,
    compressor,
    delay,
    eq,
    gate,
    kinds,
    levels,
    limiter,
    monitor,
    patch,
    routing,
    signals,
    svf,
    tools,
    units,
    wall,
)
from dsp.kinds import Kind
from dsp.parameters import Table, Values

Draft = npt.NDArray[Any]

LISTENERS = "listeners"
"""What stands among touched rows for the listen buses, which are in no table."""

MOST_DB = 80.0
"""Ceiling of an output without a limiter: a rendering in floats may be as loud as it is."""

SOLO_FIRST_BIT = 5
"""Of the options of the spectrum."""


@dataclass
class Plan:
    """What the settings file says about the device, as far as the sound is concerned."""

    outputs: Sequence[str | int] = field(default_factory=lambda: list(signals.DEFAULT_OUTPUTS))
    """What the device's outputs carry, in order: see `signals.find`."""
    talk_input: int = 0
    """Device input of the talkback microphone, counted from 1; 0 is none."""
    ceiling_db: float = 0.0
    """Ceiling of every output, in dBFS."""
    ears: Sequence[str | int] = ()
    """Those of them that feed ears: limited to the true peak, with look-ahead."""
    all_outputs: bool = True
    """Whether outputs of the console that no output of the device carries are mixed, for their meters."""


class Desk:
    """The values of a console, and the draft of what the audio thread is to make of them.

    Parameters
    ----------
    values : Values
        Read, never written.
    rate : float
        Frames per second.
    plan : Plan, optional

    Attributes
    ----------
    listeners : dict of int to Listener
        Who hears what on the listen buses, counted from 1.
    """

    def __init__(self, values: Values, rate: float, plan: Plan | None = None) -> None:
        self.values = values
        self.rate = rate
        self.plan = plan or Plan()
        self.talk = signals.input_place(self.plan.talk_input)
        self.ahead = _ears(self.plan, values.table)
        self.state = levels.strips(values)
        self.listeners: dict[int, monitor.Listener] = {}
        self.key: tuple[int, int, int] | None = None
        self.key_lane = 0
        self.draft: Draft = np.zeros((), wall.TARGETS)
        _lay_out(self.draft)
        for design in EVERY:
            design(self)

    def refresh(self, touched: Iterable[str]) -> None:
        """Redo the sections to which the touched rows (their paths) belong."""
        for design in dict.fromkeys(design for path in touched for design in sections_of(path)):
            design(self)
        _follow_key(self)

    def recall(self, touched: Iterable[str]) -> None:
        """Become another desk as a whole; if any of the touched rows is heard, this is no move but a `change`."""
        touched = set(touched)
        self.refresh(touched)
        self.draft["recalls"] += any(map(sections_of, touched))

    def row(self, kind: Kind, leaf: str) -> npt.NDArray[Any]:
        """Values of a leaf in every lane of a kind of strips."""
        return kinds.row(self.values, kind, leaf)


Design = Callable[[Desk], None]


def _lay_out(draft: Draft) -> None:
    """Lanes without processors of their own: neutral, and harmless while gliding."""
    for name in ("patch", "send_patch", "output_patch", "insert_return"):
        draft[name] = wall.NOWHERE
    draft["key"] = wall.SELF
    draft["heard_key"][:, 0] = wall.NO_KEY
    draft["preamp"] = draft["trim"] = draft["output"] = 1
    draft["filter"][..., (svf.M0, svf.COEFFICIENTS + svf.M0), :] = 1
    draft["gate"][:, gate.FLIP] = 1
    draft["dyn"][..., compressor.KNEE, :] = compressor.HARD_KNEE


def _put(field: npt.NDArray[Any], kind: Kind, rows: npt.NDArray[Any]) -> None:
    """Write rows of shape (rows, lanes of the kind) into a field of shape (groups, rows, 16)."""
    group, lane = np.divmod(kind.lanes, wall.WIDTH)
    field[group, :, lane] = rows.T


def _put_pair(draft: Draft, pair: int, kind: Kind, filters: npt.NDArray[np.float64]) -> None:
    """Write two filters, shape (2, 6, lanes of the kind)."""
    _put(draft["filter"][pair], kind, filters.reshape(svf.ROWS, -1))


def design_preamps(desk: Desk) -> None:
    """Head amplifiers: of input n of the device the n-th, local ones first, then those of AES50 A."""
    gain_db = desk.values.row("headamp/{headamp}/gain")[: patch.DEVICE_CHANNELS]
    desk.draft["preamp"] = kinds.groups(units.db_to_gain(gain_db)[np.newaxis])


def design_trims(desk: Desk) -> None:
    """Trim and polarity."""
    for kind in (kinds.CHANNEL, kinds.AUX, kinds.MATRIX):
        gain = 1.0 - 2.0 * desk.row(kind, "preamp/invert")
        if kind is not kinds.MATRIX:
            gain = gain * units.db_to_gain(desk.row(kind, "preamp/trim"))
        _put(desk.draft["trim"], kind, gain[np.newaxis])


def design_sources(desk: Desk) -> None:
    """Which signal each strip takes, and what its gate and dynamics listen to."""
    values, draft = desk.values, desk.draft
    places = routing.sources(values, desk.talk)
    for kind in kinds.INPUTS:
        draft["patch"].reshape(-1)[kind.lanes] = places[_source_numbers(desk, kind)]
    for which, section in enumerate(("gate", "dyn", "dyn")):
        for kind in (kinds.CHANNEL, kinds.BUS):
            if kinds.has(values, kind, f"{section}/keysrc"):
                key = desk.row(kind, f"{section}/keysrc")
                draft["key"][which].reshape(-1)[kind.lanes] = np.where(key == 0, wall.SELF, places[key])


def _source_numbers(desk: Desk, kind: Kind) -> npt.NDArray[np.int64]:
    """The console's number of each strip's source; effect returns are fixed."""
    if kinds.has(desk.values, kind, "config/source"):
        return desk.row(kind, "config/source").astype(np.int64)
    return 41 + np.arange(kind.strips)


def design_low_cut(desk: Desk) -> None:
    """Low cut."""
    kind = kinds.CHANNEL
    on, slope, freq = (desk.row(kind, f"preamp/{leaf}") for leaf in ("hpon", "hpslope", "hpf"))
    _put_pair(desk.draft, int(wall.LOW_CUT), kind, eq.low_cut(on, slope, freq, desk.rate))


def design_delay(desk: Desk) -> None:
    """Delays of channels, main outputs and monitor."""
    values, lines = desk.values, desk.draft["delay"]
    channel = delay.design(values.row("ch/{ch}/delay/on"), values.row("ch/{ch}/delay/time"), desk.rate)
    lines[wall.CHANNEL_DELAY : wall.CHANNEL_DELAY + 2] = channel.reshape(2, wall.WIDTH)
    lines[wall.SEND_DELAY] = delay.design(
        values.row("outputs/main/{out}/delay/on"), values.row("outputs/main/{out}/delay/time"), desk.rate
    )
    lines[wall.MONITOR_DELAY, :2] = delay.design(
        values.row("config/solo/delay"), values.row("config/solo/delaytime"), desk.rate
    )
    desk.draft["warm_up"] = change.warm_up(lines, desk.rate)


def design_eq(desk: Desk) -> None:
    """EQ of four or six bands."""
    for kind in kinds.ALL:
        bands = "eq/{band}" if kind in kinds.INPUTS else "eq/{band6}"
        kind_of, freq, gain, q = (desk.row(kind, f"{bands}/{leaf}") for leaf in ("type", "f", "g", "q"))
        parts = eq.bands(desk.row(kind, "eq/on"), kind_of, freq, gain, q, desk.rate)
        for part, filters in enumerate(parts):
            first = int(wall.EQ) + part * wall.EQ_PAIRS // 2
            for pair in range(len(filters) // 2):
                _put_pair(desk.draft, first + pair, kind, filters[2 * pair : 2 * pair + 2])


def design_gate(desk: Desk) -> None:
    """Gate, expander or ducker."""
    leaves = ("on", "mode", "thr", "range", "attack", "hold", "release")
    kind = kinds.CHANNEL
    settings = gate.Settings(*(desk.row(kind, f"gate/{leaf}") for leaf in leaves))
    _put(desk.draft["gate"], kind, gate.design(settings, desk.rate))
    _design_key_filter(desk, kind, "gate", int(wall.GATE_KEY))


def design_dynamics(desk: Desk) -> None:
    """Compressor or expander, before or after the EQ."""
    leaves = ("on", "mode", "det", "env", "thr", "ratio", "knee", "mgain")
    more = ("attack", "hold", "release", "mix", "auto")
    for kind in (kinds.CHANNEL, *kinds.OUTPUTS):
        settings = compressor.Settings(*(desk.row(kind, f"dyn/{leaf}") for leaf in (*leaves, *more)))
        post = desk.row(kind, "dyn/pos").astype(bool)
        for position, here in ((wall.PRE, ~post), (wall.POST, post)):
            rows = compressor.design(settings._replace(on=settings.on & here), desk.rate)
            _put(desk.draft["dyn"][position], kind, rows)
        for pair in (wall.PRE_KEY, wall.POST_KEY):
            _design_key_filter(desk, kind, "dyn", int(pair))


def _design_key_filter(desk: Desk, kind: Kind, section: str, pair: int) -> None:
    on, kind_of, freq = (desk.row(kind, f"{section}/filter/{leaf}") for leaf in ("on", "type", "f"))
    _put_pair(desk.draft, pair, kind, eq.key_filter(on, kind_of, freq, desk.rate))


def design_links(desk: Desk) -> None:
    """Which neighbours' dynamics listen to the louder of the two."""
    values, linked = desk.values, desk.draft["linked"]
    together = values.row("config/linkcfg/dyn")
    pairs = (
        (kinds.CHANNEL, "config/chlink/{ch_pair}"),
        (kinds.BUS, "config/buslink/{pair}"),
        (kinds.MATRIX, "config/mtxlink/{mtx_pair}"),
    )
    for kind, path in pairs:
        linked.reshape(-1)[kind.lanes] = np.repeat(values.row(path) & together, 2)
    linked.reshape(-1)[kinds.STEREO.lanes] = 1


def design_inserts(desk: Desk) -> None:
    """Inserts on the aux sockets; an effect slot that has no sound of its own yet passes its input."""
    draft = desk.draft
    aux = routing.physical(desk.talk)[routing.AUX_IN : routing.AUX_IN + routing.AUX_INPUTS]
    for kind in (kinds.CHANNEL, *kinds.OUTPUTS):
        way = _aux_ways(desk, kind)
        on_aux = way >= 0
        out = desk.row(kind, "insert/on") & on_aux
        post = desk.row(kind, "insert/pos").astype(bool)
        # What comes back is patched while the insert is off, too: it is there when it is switched on.
        back = np.where(on_aux, aux[np.maximum(way, 0)], wall.NOWHERE)
        for position, here in ((wall.PRE, ~post), (wall.POST, post)):
            _put(draft["insert"][position], kind, (out & here).astype(np.float64)[np.newaxis])
            draft["insert_return"][position].reshape(-1)[kind.lanes] = back
    design_outputs(desk)


def design_automix(desk: Desk) -> None:
    """Automatic mixing of channels 1 to 8."""
    values, first = desk.values, slice(0, automix.CHANNELS)
    desk.draft["automix"] = automix.design(
        values.row("ch/{ch}/automix/group")[first],
        values.row("config/amixenable/{automix}"),
        values.row("ch/{ch}/automix/weight")[first],
        desk.state.audible[first] > 0,
        desk.rate,
    )


def design_levels(desk: Desk) -> None:
    """Faders, sends, pans, mutes, DCAs, mute groups, monitor, oscillator and talkback."""
    values, draft = desk.values, desk.draft
    desk.state = state = levels.strips(values)
    draft["fader"] = kinds.groups(state.post[np.newaxis])
    mix = levels.mixes(values, state)
    talk_gains = signals.talk(values)
    signals.add_tools(mix, values, talk_gains)
    key = None if desk.key is None else desk.key_lane
    ears = monitor.design(values, state, signals.solo_switches(values), signals.talk_dims(values), key)
    mix[wall.TO_MONITOR, :, :2] = ears
    for number, wish in desk.listeners.items():
        mix[wall.TO_MONITOR, :, wall.listener_lanes(number)] = monitor.design_listener(values, state, wish)
    draft["mix"] = mix
    design_automix(desk)
    design_outputs(desk)


def _follow_key(desk: Desk) -> None:
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
        heard = filters[wall.GATE_KEY, wall.MATRIX, :, wall.HEARD_KEY + desk.key_lane]
        heard[:] = filters[int(wall.GATE_KEY) + which, group, :, lane]


def design_tools(desk: Desk) -> None:
    """What the oscillator plays, and which microphone talks."""
    values = desk.values
    chosen = "config/osc/f2" if values.row("config/osc/fsel") else "config/osc/f1"
    kind = int(values.row("config/osc/type")) if signals.oscillates(values) else tools.SILENT
    desk.draft["tools"] = tools.design(kind, float(values.row(chosen)), desk.rate)
    desk.draft["talk"] = desk.talk


def design_outputs(desk: Desk) -> None:
    """What the outputs of the console and of the device carry, and how loud they may be."""
    values, draft = desk.values, desk.draft
    send_patch, send = draft["send_patch"].reshape(-1), draft["send"].reshape(-1)
    banks = (("main/{out}", 0), ("aux/{aux_out}", wall.AUX_OUT), ("aes/{side}", wall.AES_OUT),
             ("rec/{side}", wall.RECORD_OUT), ("p16/{p16}", wall.PERSONAL_OUT))  # fmt: skip
    for bank, first in banks:
        source, position = (values.row(f"outputs/{bank}/{leaf}").astype(np.int64) for leaf in ("src", "pos"))
        places, gains = routing.tap(values, source, position, desk.state.audible, desk.talk)
        if f"outputs/{bank}/invert" in values.table.rows:
            gains = gains * (1.0 - 2.0 * values.row(f"outputs/{bank}/invert"))
        send_patch[first : first + len(places)] = places
        send[first : first + len(places)] = gains
    send[wall.RECORD_OUT : wall.RECORD_OUT + 2] *= _tape_gains(values)
    ears = wall.MONITOR_OUT + np.arange(2)
    send_patch[ears], send[ears] = [wall.place(wall.MONITOR, wall.INPUT, side) for side in (0, 1)], 1
    _send_inserts(desk, send_patch, send)

    carried = signals.find_all(desk.plan.outputs, values, desk.talk)[: patch.DEVICE_CHANNELS]
    if not desk.plan.all_outputs:
        send_patch[~np.isin(routing.send_place(np.arange(send_patch.size)), carried)] = wall.NOWHERE
    draft["output_patch"].reshape(-1)[: len(carried)] = carried
    rows = limiter.design(np.full(patch.DEVICE_CHANNELS, desk.plan.ceiling_db), desk.ahead, desk.rate)
    draft["limiter"] = kinds.groups(rows)


def _ears(plan: Plan, table: Table) -> npt.NDArray[np.bool_]:
    """Which outputs of the device feed ears; shape (64,).

    By what they carry on a desk from the factory, where no two names mean the same: an output keeps its
    limiter, and with it its latency, when another signal is patched to it.
    """
    factory = Values(table)
    carried, ears = (signals.find_all(names, factory, wall.NOWHERE) for names in (plan.outputs, plan.ears))
    ahead = np.zeros(patch.DEVICE_CHANNELS, bool)
    ahead[: len(carried)] = np.isin(carried, ears)[: patch.DEVICE_CHANNELS]
    return ahead


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
    for kind in (kinds.CHANNEL, *kinds.OUTPUTS):
        way = _aux_ways(desk, kind)
        plane = np.where(desk.row(kind, "insert/pos"), wall.INSERT_POST, wall.INSERT_PRE)
        for strip in np.nonzero(desk.row(kind, "insert/on") & (way >= 0))[0]:
            out = wall.AUX_OUT + way[strip]
            send_patch[out], send[out] = kinds.place(kind.lanes[strip], plane[strip]), 1


SECTIONS: tuple[tuple[str, Design], ...] = (
    ("/config/source", design_sources),
    ("headamp/", design_preamps),
    ("keysrc", design_sources),
    ("config/tape", design_outputs),
    ("/source/", design_sources),
    ("/preamp/hp", design_low_cut),
    ("/preamp/", design_trims),
    ("/delay", design_delay),
    ("/gate/", design_gate),
    ("/dyn/", design_dynamics),
    ("/eq/", design_eq),
    ("/insert/", design_inserts),
    ("/automix", design_automix),
    ("amixenable", design_automix),
    ("linkcfg", design_links),
    ("config/osc/level", design_levels),
    ("config/osc/dest", design_levels),
    ("config/osc/", design_tools),
    ("outputs/", design_outputs),
    ("/mix", design_levels),
    ("/grp/", design_levels),
    ("dca/{dca}/on", design_levels),
    ("dca/{dca}/fader", design_levels),
    ("config/mute/", design_levels),
    ("config/mono/", design_levels),
    ("config/solo/", design_levels),
    ("config/talk/", design_levels),
    (LISTENERS, design_levels),
    ("-stat/talk", design_levels),
    ("rta", design_spectrum),
    ("-stat/selidx", design_selected),
)
"""Which part of a row's path makes which section's work; the first that fits."""

SEVERAL: tuple[tuple[str, tuple[Design, ...]], ...] = (
    ("link/", (design_links, design_levels)),
    ("config/routing", (design_sources, design_outputs)),
    ("config/userrout", (design_sources, design_outputs)),
    ("config/solo/delay", (design_delay,)),
    ("-stat/osc/", (design_tools, design_levels)),
    ("-stat/solosw", (design_levels, design_spectrum)),
)
"""The same for rows that several sections read, or that a shorter part above would catch."""


def sections_of(path: str) -> tuple[Design, ...]:
    """The sections that have to be redone when a row changes; none for names, colours and icons."""
    for part, designs in SEVERAL:
        if part in path:
            return designs
    return tuple(design for part, design in SECTIONS if part in path)[:1]


EVERY = tuple(dict.fromkeys([design for _, design in SECTIONS] + [design_links]))
