"""Sections of the draft that are the strips': from their sources to the dynamics and who mixes by itself."""

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import routing, strips
from dsp.design.draft import Desk, put, put_pair
from dsp.design.strips import Kind
from dsp.engine import layout, rehearsal
from dsp.processors import automix, compressor, delay, eq, gate, patch


def design_preamps(desk: Desk) -> None:
    """Head amplifiers: of input n of the device the n-th, local ones first, then those of AES50 A."""
    gain_db = desk.values.row("headamp/{headamp}/gain")[: patch.DEVICE_CHANNELS]
    desk.draft["preamp"] = strips.groups(units.db_to_gain(gain_db)[np.newaxis])


def design_trims(desk: Desk) -> None:
    """Trim and polarity."""
    for kind in (strips.CHANNEL, strips.AUX, strips.MATRIX):
        gain = 1.0 - 2.0 * desk.row(kind, "preamp/invert")
        if kind is not strips.MATRIX:
            gain = gain * units.db_to_gain(desk.row(kind, "preamp/trim"))
        put(desk.draft["trim"], kind, gain[np.newaxis])


def design_sources(desk: Desk) -> None:
    """Which signal each strip takes, and what its gate and dynamics listen to."""
    values, draft = desk.values, desk.draft
    places = routing.sources(values, desk.talk)
    for kind in strips.INPUTS:
        draft["patch"].reshape(-1)[kind.lanes] = places[_source_numbers(desk, kind)]
    for which, section in enumerate(("gate", "dyn", "dyn")):
        for kind in (strips.CHANNEL, strips.BUS):
            if strips.has(values, kind, f"{section}/keysrc"):
                key = desk.row(kind, f"{section}/keysrc")
                draft["key"][which].reshape(-1)[kind.lanes] = np.where(key == 0, layout.SELF, places[key])


def _source_numbers(desk: Desk, kind: Kind) -> npt.NDArray[np.int64]:
    """The console's number of each strip's source; effect returns are fixed."""
    if strips.has(desk.values, kind, "config/source"):
        return desk.row(kind, "config/source").astype(np.int64)
    return 41 + np.arange(kind.strips)


def design_low_cut(desk: Desk) -> None:
    """Low cut."""
    kind = strips.CHANNEL
    on, slope, freq = (desk.row(kind, f"preamp/{leaf}") for leaf in ("hpon", "hpslope", "hpf"))
    put_pair(desk.draft, int(layout.LOW_CUT), kind, eq.low_cut(on, slope, freq, desk.rate))


def design_delay(desk: Desk) -> None:
    """Delays of channels, main outputs and monitor."""
    values, lines = desk.values, desk.draft["delay"]
    channel = delay.design(values.row("ch/{ch}/delay/on"), values.row("ch/{ch}/delay/time"), desk.rate)
    lines[layout.CHANNEL_DELAY : layout.CHANNEL_DELAY + 2] = channel.reshape(2, layout.WIDTH)
    lines[layout.SEND_DELAY] = delay.design(
        values.row("outputs/main/{out}/delay/on"), values.row("outputs/main/{out}/delay/time"), desk.rate
    )
    lines[layout.MONITOR_DELAY, :2] = delay.design(
        values.row("config/solo/delay"), values.row("config/solo/delaytime"), desk.rate
    )
    desk.draft["rehearsal"] = rehearsal.length(lines, desk.rate)


def design_eq(desk: Desk) -> None:
    """EQ of four or six bands."""
    for kind in strips.ALL:
        bands = "eq/{band}" if kind in strips.INPUTS else "eq/{band6}"
        kind_of, freq, gain, q = (desk.row(kind, f"{bands}/{leaf}") for leaf in ("type", "f", "g", "q"))
        parts = eq.bands(desk.row(kind, "eq/on"), kind_of, freq, gain, q, desk.rate)
        for part, filters in enumerate(parts):
            first = int(layout.EQ) + part * layout.EQ_PAIRS // 2
            for pair in range(len(filters) // 2):
                put_pair(desk.draft, first + pair, kind, filters[2 * pair : 2 * pair + 2])


def design_gate(desk: Desk) -> None:
    """Gate, expander or ducker."""
    leaves = ("on", "mode", "thr", "range", "attack", "hold", "release")
    kind = strips.CHANNEL
    settings = gate.Settings(*(desk.row(kind, f"gate/{leaf}") for leaf in leaves))
    put(desk.draft["gate"], kind, gate.design(settings, desk.rate))
    _design_key_filter(desk, kind, "gate", int(layout.GATE_KEY))


def design_dynamics(desk: Desk) -> None:
    """Compressor or expander, before or after the EQ."""
    leaves = ("on", "mode", "det", "env", "thr", "ratio", "knee", "mgain")
    more = ("attack", "hold", "release", "mix", "auto")
    for kind in (strips.CHANNEL, *strips.OUTPUTS):
        settings = compressor.Settings(*(desk.row(kind, f"dyn/{leaf}") for leaf in (*leaves, *more)))
        post = desk.row(kind, "dyn/pos").astype(bool)
        for position, here in ((layout.PRE, ~post), (layout.POST, post)):
            rows = compressor.design(settings._replace(on=settings.on & here), desk.rate)
            put(desk.draft["dyn"][position], kind, rows)
        for pair in (layout.PRE_KEY, layout.POST_KEY):
            _design_key_filter(desk, kind, "dyn", int(pair))


def _design_key_filter(desk: Desk, kind: Kind, section: str, pair: int) -> None:
    on, kind_of, freq = (desk.row(kind, f"{section}/filter/{leaf}") for leaf in ("on", "type", "f"))
    put_pair(desk.draft, pair, kind, eq.key_filter(on, kind_of, freq, desk.rate))


def design_links(desk: Desk) -> None:
    """Which neighbours' dynamics listen to the louder of the two."""
    values, linked = desk.values, desk.draft["linked"]
    together = values.row("config/linkcfg/dyn")
    pairs = (
        (strips.CHANNEL, "config/chlink/{ch_pair}"),
        (strips.BUS, "config/buslink/{pair}"),
        (strips.MATRIX, "config/mtxlink/{mtx_pair}"),
    )
    for kind, path in pairs:
        linked.reshape(-1)[kind.lanes] = np.repeat(values.row(path) & together, 2)
    linked.reshape(-1)[strips.STEREO.lanes] = 1


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
