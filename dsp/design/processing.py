"""Sections of the draft that are the strips': from their sources to the dynamics."""

import functools
import itertools

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import mixing, routing, strips
from dsp.design.draft import Desk, put, put_pair, put_places, section, section_for
from dsp.design.strips import Kind
from dsp.engine import layout, rehearsal
from dsp.processors import compressor, delay, eq, gate, patch, shapes

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


@section
def design_preamps(desk: Desk) -> None:
    """Head amplifiers: of input n of the device the n-th, local ones first, then those of AES50 A."""
    gain_db = desk.values.row("headamp/{headamp}/gain")[: patch.DEVICE_CHANNELS]
    desk.draft["preamp"] = strips.groups(units.db_to_gain(gain_db)[np.newaxis])


@section
def design_playback(desk: Desk) -> None:
    """Recorded tracks in place of inputs; the talkback's microphone stays what it is."""
    played = desk.played
    here = [0 if ring is None else ring.ctypes.data for ring in played.rings]
    there = [desk.rack.there(address) if address else 0 for address in here]
    swapped = np.zeros(patch.DEVICE_CHANNELS)
    swapped[[number - 1 for number in played.swapped - {desk.plan.talk_input}]] = there[0] != 0
    desk.draft["ring"], desk.draft["ring_here"] = there, here
    desk.draft["swap"] = strips.groups(swapped[np.newaxis])


@section_for(strips.CHANNEL, strips.AUX, strips.MATRIX)
def design_trims(desk: Desk, kind: Kind) -> None:
    """Trim and polarity."""
    gain = 1.0 - 2.0 * desk.row(kind, "preamp/invert")
    if kind is not strips.MATRIX:
        gain = gain * units.db_to_gain(desk.row(kind, "preamp/trim"))
    put(desk.draft["trim"], kind, gain[np.newaxis])


def places(desk: Desk) -> npt.NDArray[np.int64]:
    """What strips can take as their sources, see `routing.sources`."""
    return routing.sources(desk.values, desk.talk, desk.played.tape)


@section_for(*strips.INPUTS)
def design_sources(desk: Desk, kind: Kind) -> None:
    """Which signal each strip takes."""
    put_places(desk.draft["patch"], kind, desk.of(places)[_source_numbers(desk, kind)])


@section_for(*((which, strips.CHANNEL) for which in range(3)), *((which, strips.BUS) for which in (1, 2)))
def design_keys(desk: Desk, which: int, kind: Kind) -> None:
    """What a gate or dynamics listen to."""
    key = desk.row(kind, f"{_section(which)}/keysrc")
    put_places(desk.draft["key"][which], kind, np.where(key == 0, layout.SELF, desk.of(places)[key]))


def _section(which: int) -> str:
    """Section of a strip that has this key."""
    return "gate" if which == 0 else "dyn"


def _source_numbers(desk: Desk, kind: Kind) -> npt.NDArray[np.int64]:
    """The console's number of each strip's source; effect returns are fixed."""
    if strips.has(desk.values, kind, "config/source"):
        return desk.row(kind, "config/source").astype(np.int64)
    return 41 + np.arange(kind.strips)


@section
def design_low_cut(desk: Desk) -> None:
    """Low cut."""
    kind = strips.CHANNEL
    on, slope, freq = (desk.row(kind, f"preamp/{leaf}") for leaf in ("hpon", "hpslope", "hpf"))
    put_pair(desk.draft, int(layout.LOW_CUT), kind, eq.low_cut(on, slope, freq, desk.rate))


@section
def design_delay(desk: Desk) -> None:
    """Delays of channels, main outputs and monitor."""
    values, lines = desk.values, desk.draft["delay"]
    channel = delay.design(values.row("ch/{ch}/delay/on"), values.row("ch/{ch}/delay/time"), desk.rate)
    lines[delay.CHANNELS : delay.SENDS] = channel.reshape(-1, layout.WIDTH)
    lines[delay.SENDS] = delay.design(
        values.row("outputs/main/{out}/delay/on"), values.row("outputs/main/{out}/delay/time"), desk.rate
    )
    lines[delay.MONITOR, :2] = delay.design(
        values.row("config/solo/delay"), values.row("config/solo/delaytime"), desk.rate
    )
    desk.draft["rehearsal"] = rehearsal.length(desk.draft, desk.rate)


@section_for(*strips.ALL)
def design_eq(desk: Desk, kind: Kind) -> None:
    """EQ of four or six bands."""
    bands = "eq/{band}" if kind in strips.INPUTS else "eq/{band6}"
    settings = [desk.row(kind, f"{bands}/{leaf}") for leaf in ("type", "f", "g", "q")]
    shape = settings[0].shape
    # Each band is made anew by itself; all of them go on and off as they are.
    one_by_one = tuple(each.reshape(-1, 1) for each in (*settings, eq.upper_half(*shape)))
    made = desk.designed((design_eq, kind), one_by_one, functools.partial(_bands, rate=desk.rate))
    filters = made.reshape(2, shapes.COEFFICIENTS, *shape).swapaxes(0, 1)
    parts = shapes.neutral(filters, desk.row(kind, "eq/on")[:, np.newaxis]).transpose(1, 3, 0, 2)
    for part, filters in enumerate(parts):
        first = int(layout.EQ) + part * layout.EQ_PAIRS // 2
        for pair in range(len(filters) // 2):
            put_pair(desk.draft, first + pair, kind, filters[2 * pair : 2 * pair + 2])


def _bands(kind: Int, freq_hz: Float, gain_db: Float, q: Float, upper: Bool, rate: float) -> Float:
    """Bands of an EQ that is on, see `eq.bands`."""
    return eq.bands(np.ones(len(kind), bool), kind, freq_hz, gain_db, q, rate, upper)


@section
def design_gate(desk: Desk) -> None:
    """Gate, expander or ducker."""
    leaves = ("on", "mode", "thr", "range", "attack", "hold", "release")
    kind = strips.CHANNEL
    settings = gate.Settings(*(desk.row(kind, f"gate/{leaf}") for leaf in leaves))
    put(desk.draft["gate"], kind, gate.design(settings, desk.rate))


@section_for(strips.CHANNEL, *strips.OUTPUTS)
def design_dynamics(desk: Desk, kind: Kind) -> None:
    """Compressor or expander, before or after the EQ."""
    leaves = ("on", "mode", "det", "env", "thr", "ratio", "knee", "mgain")
    more = ("attack", "hold", "release", "mix", "auto")
    settings = compressor.Settings(*(desk.row(kind, f"dyn/{leaf}") for leaf in (*leaves, *more)))
    rows = compressor.design(settings, desk.rate)
    post = desk.row(kind, "dyn/pos").astype(bool)
    for position, here in ((layout.PRE, ~post), (layout.POST, post)):
        placed = rows.copy()
        placed[compressor.ON] *= here
        put(desk.draft["dyn"][position], kind, placed)


def key_filter(desk: Desk, section: str, kind: Kind) -> npt.NDArray[np.float64]:
    """Filters of what gates or dynamics listen to; shape (2, 6, lanes)."""
    on, kind_of, freq = (desk.row(kind, f"{section}/filter/{leaf}") for leaf in ("on", "type", "f"))
    return desk.designed((section, kind), (on, kind_of, freq), functools.partial(eq.key_filter, rate=desk.rate))


@section_for((0, strips.CHANNEL), *itertools.product((1, 2), (strips.CHANNEL, *strips.OUTPUTS)))
def design_key_filter(desk: Desk, which: int, kind: Kind) -> None:
    """Filter of what a gate or dynamics listen to."""
    put_pair(desk.draft, int(layout.GATE_KEY) + which, kind, desk.of(key_filter, _section(which), kind))


@section
def design_heard_key(desk: Desk) -> None:
    """The filter of the key that the monitor plays, on the lane where it is heard."""
    heard = desk.of(mixing.heard_key)
    if heard is not None:
        key, lane = heard
        filters = desk.of(key_filter, _section(key.which), key.kind)[..., key.number]
        desk.draft["filter"][layout.GATE_KEY, layout.MATRIX, :, layout.HEARD_KEY + lane] = filters.reshape(-1)


@section
def design_links(desk: Desk) -> None:
    """Which neighbours' dynamics listen to the louder of the two."""
    together = desk.values.row("config/linkcfg/dyn")
    for kind in (strips.CHANNEL, strips.BUS, strips.MATRIX):
        put_places(desk.draft["linked"], kind, np.repeat(desk.values.row(str(kind.link)) & together, 2))
    put_places(desk.draft["linked"], strips.STEREO, np.ones(2))
