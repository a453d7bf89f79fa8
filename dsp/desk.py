"""From what is set to what is heard: the values of the console, section by section, into a draft of targets.

A draft is one complete set of targets (`wall.TARGETS`).  Each section reads its rows of the table
whole and writes its part of the draft; `refresh` redoes only the sections whose rows were touched.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp import compressor, eq, gate, levels, patch, svf, units, wall
from dsp.parameters import Values

Draft = npt.NDArray[Any]
Design = Callable[[Values, float, Draft], None]

CHANNELS = 32

# Channel sources of the console: off, 32 inputs, 6 aux inputs, USB left and right, 8 effect returns, 16 buses.
# An interface's inputs are taken in that order; effect returns have no sound of their own yet.
SOURCE_COLUMNS = np.concatenate(
    ([patch.SILENT], np.arange(40), np.full(8, patch.SILENT), patch.RETURNS + np.arange(16))
).astype(np.int32)

NOWHERE = wall.place(wall.MAIN, wall.POST_FADER, wall.WIDTH - 1)
"""A place whose signal is always silence: nothing is mixed to the last lane of the mains."""


def _groups(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rows of shape (rows, lanes) as the audio thread has them: (groups, rows, 16)."""
    return rows.reshape(rows.shape[0], -1, wall.WIDTH).transpose(1, 0, 2)


def _pairs(filters: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Filters of shape (filters, 6, lanes) as (pairs, groups, 12, 16)."""
    pairs = filters.reshape(-1, svf.ROWS, filters.shape[-1])
    return np.stack([_groups(pair) for pair in pairs])


CHANNEL_GROUPS = slice(0, CHANNELS // wall.WIDTH)


def design_patch(values: Values, rate: float, draft: Draft) -> None:
    """Which input each channel takes."""
    draft["patch"].reshape(-1)[:CHANNELS] = SOURCE_COLUMNS[values.row("ch/{ch}/config/source")]


def design_trim(values: Values, rate: float, draft: Draft) -> None:
    """Trim and polarity."""
    polarity = np.where(values.row("ch/{ch}/preamp/invert"), -1, 1)
    trim = polarity * units.db_to_gain(values.row("ch/{ch}/preamp/trim"))
    draft["trim"][CHANNEL_GROUPS] = _groups(trim[np.newaxis])


def design_low_cut(values: Values, rate: float, draft: Draft) -> None:
    """Low cut."""
    filters = eq.low_cut(
        values.row("ch/{ch}/preamp/hpon"),
        values.row("ch/{ch}/preamp/hpslope"),
        values.row("ch/{ch}/preamp/hpf"),
        rate,
    )
    draft["filter"][wall.LOW_CUT, CHANNEL_GROUPS] = _pairs(filters)[0]


def design_eq(values: Values, rate: float, draft: Draft) -> None:
    """Four-band EQ."""
    filters = eq.bands(
        values.row("ch/{ch}/eq/on"),
        values.row("ch/{ch}/eq/{band}/type"),
        values.row("ch/{ch}/eq/{band}/f"),
        values.row("ch/{ch}/eq/{band}/g"),
        values.row("ch/{ch}/eq/{band}/q"),
        rate,
    )
    draft["filter"][wall.EQ : wall.EQ + wall.EQ_PAIRS, CHANNEL_GROUPS] = _pairs(filters)


def design_gate(values: Values, rate: float, draft: Draft) -> None:
    """Gate, expander or ducker, with its key."""
    leaves = ("on", "mode", "thr", "range", "attack", "hold", "release")
    settings = gate.Settings(*(values.row(f"ch/{{ch}}/gate/{leaf}") for leaf in leaves))
    draft["gate"][CHANNEL_GROUPS] = _groups(gate.design(settings, rate))
    _design_key(values, "gate", (wall.GATE_KEY,), rate, draft)


def design_dynamics(values: Values, rate: float, draft: Draft) -> None:
    """Compressor or expander, before or after the EQ, with its key."""
    leaves = ("on", "mode", "det", "env", "thr", "ratio", "knee", "mgain", "attack", "hold", "release", "mix", "auto")
    settings = compressor.Settings(*(values.row(f"ch/{{ch}}/dyn/{leaf}") for leaf in leaves))
    post = values.row("ch/{ch}/dyn/pos").astype(bool)
    for position, here in ((wall.PRE, ~post), (wall.POST, post)):
        rows = compressor.design(settings._replace(on=settings.on & here), rate)
        draft["dyn"][position, CHANNEL_GROUPS] = _groups(rows)
    _design_key(values, "dyn", (wall.PRE_KEY, wall.POST_KEY), rate, draft)


def _design_key(
    values: Values, section: str, keys: Iterable[wall.Number], rate: float, draft: Draft
) -> None:
    """What a processor listens to: key source and key filter."""
    source = values.row(f"ch/{{ch}}/{section}/keysrc")
    columns = np.where(source == 0, wall.SELF, SOURCE_COLUMNS[source])
    filters = eq.key_filter(
        values.row(f"ch/{{ch}}/{section}/filter/on"),
        values.row(f"ch/{{ch}}/{section}/filter/type"),
        values.row(f"ch/{{ch}}/{section}/filter/f"),
        rate,
    )
    for pair in keys:
        draft["key"][pair - wall.GATE_KEY].reshape(-1)[:CHANNELS] = columns
        draft["filter"][pair, CHANNEL_GROUPS] = _pairs(filters)[0]


def design_levels(values: Values, rate: float, draft: Draft) -> None:
    """Faders, sends, pans, mutes, DCAs and mute groups."""
    mix, fader = levels.design(values)
    draft["mix"] = mix
    draft["fader"][:, 0] = fader


SECTIONS: tuple[tuple[str, Design], ...] = (
    ("/config/source", design_patch),
    ("/preamp/hp", design_low_cut),
    ("/preamp/", design_trim),
    ("/gate/", design_gate),
    ("/dyn/", design_dynamics),
    ("/eq/", design_eq),
    ("/mix", design_levels),
    ("/grp/", design_levels),
    ("dca/{dca}/on", design_levels),
    ("dca/{dca}/fader", design_levels),
    ("config/mute/", design_levels),
    ("config/buslink/", design_levels),
)
"""Which part of a row's path makes which section's work; the first that fits."""


def section_of(path: str) -> Design | None:
    """The section that has to be redone when a row changes; None for names, colours and icons."""
    return next((design for part, design in SECTIONS if part in path), None)


def draft(values: Values, rate: float, outputs: Iterable[int] = ()) -> Draft:
    """Make a complete draft; `outputs` are the places (`tap`) of the device outputs, in order."""
    new = np.zeros((), wall.TARGETS)
    new["patch"] = patch.SILENT
    new["key"] = wall.SELF
    new["sink"] = NOWHERE
    places = list(outputs)[: new["sink"].size]
    new["sink"].reshape(-1)[: len(places)] = places
    new["trim"] = 1
    new["output"] = 1
    _pass_through(new)
    for design in dict.fromkeys(design for _, design in SECTIONS):
        design(values, rate, new)
    return new


def _pass_through(new: Draft) -> None:
    """Lanes without processors of their own: neutral, and harmless while gliding."""
    new["filter"][..., (svf.M0, svf.COEFFICIENTS + svf.M0), :] = 1
    new["gate"][:, gate.FLIP] = 1
    new["dyn"][..., compressor.KNEE, :] = compressor.HARD_KNEE


def refresh(values: Values, rate: float, new: Draft, touched: Iterable[str]) -> None:
    """Redo the sections of the draft to which the touched rows (their paths) belong."""
    for design in dict.fromkeys(section_of(path) for path in touched):
        if design is not None:
            design(values, rate, new)


def tap(name: str) -> list[int]:
    """Places of a signal that can be patched to an output or rendered.

    Parameters
    ----------
    name : str
        `main` (left and right), `main/l`, `main/r`, `main/m`, `bus/01`–`bus/16`, `ch/01`–`ch/32` (post
        fader), or `off`.

    Raises
    ------
    ValueError
        If there is no such signal; the message says which there are.
    """
    mains = {"main/l": wall.LEFT, "main/r": wall.RIGHT, "main/m": wall.CENTRE}
    kind, _, number = name.partition("/")
    index = int(number) - 1 if number.isdecimal() else -1
    if name == "off":
        return [NOWHERE]
    if name == "main":
        return [wall.place(wall.MAIN, wall.POST_FADER, side) for side in (wall.LEFT, wall.RIGHT)]
    if name in mains:
        return [wall.place(wall.MAIN, wall.POST_FADER, mains[name])]
    if kind == "bus" and 0 <= index < wall.WIDTH:
        return [wall.place(wall.BUS, wall.POST_FADER, index)]
    if kind == "ch" and 0 <= index < CHANNELS:
        return [wall.place(index // wall.WIDTH, wall.POST_FADER, index % wall.WIDTH)]
    raise ValueError(f"no signal is called {name!r}: say main, main/l, main/r, main/m, bus/01…16, ch/01…32 or off")
