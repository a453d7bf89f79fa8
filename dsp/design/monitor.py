"""Monitor: what the engineer listens to, solo or not, and what listeners hear on buses of their own.

    key solo ─────▶ what a gate or compressor listens to
    solo switches ─┬─▶ any: the soloed strips, before the fader (PFL) or after fader and pan (AFL)
                   └─▶ none: the source of the monitor
                        × trim × level × dim × mute, or summed to mono

A listener has solo switches of its own, a level, and a choice of PFL or AFL; nobody else hears of it.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import pan, strips
from dsp.design.levels import Strips
from dsp.engine import layout
from dsp.parameters.table import Values

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

OFF, LR, LR_C, LR_PFL, LR_AFL, AUX_56, AUX_78 = range(7)
CENTRE_SHARE = np.sqrt(0.5)
SWITCHES = 80
"""Solo switches: channels, aux, returns, buses, matrices, main, mono, DCAs."""


class Before(NamedTuple):
    """Which sections are soloed before their fader."""

    inputs: bool
    outputs: bool
    dcas: bool

    @classmethod
    def of(cls, values: Values) -> "Before":
        """As the console's own monitor has it."""
        return cls(*(values.row(f"config/solo/{name}mode") == 0 for name in ("ch", "bus", "dca")))


class Listener(NamedTuple):
    """What somebody wants to hear on a bus of their own."""

    switches: Bool
    """Solo switches, shape (80,)."""
    level: float
    """Linear."""
    before: Before
    source: int
    """What is heard while nothing is soloed."""


class Soloed(NamedTuple):
    """Which lanes are soloed, and which of them before their fader; shape (96,)."""

    lanes: Bool
    before: Bool

    @property
    def any(self) -> bool:
        """Whether anything is soloed."""
        return bool(self.lanes.any())


def soloed(values: Values, switches: Bool, ahead: Before) -> Soloed:
    """What a set of 80 solo switches means, with a choice of PFL or AFL for each section."""
    lanes, before = np.zeros(strips.LANES, bool), np.zeros(strips.LANES, bool)
    first = 0
    for kind in (*strips.INPUTS, strips.BUS, strips.MATRIX, strips.STEREO, strips.MONO):
        own = np.repeat(switches[first : first + kind.strips], kind.width)
        lanes[kind.lanes] |= own
        before[kind.lanes] = ahead.inputs if kind in strips.INPUTS else ahead.outputs
        dcas = switches[SWITCHES - 8 :]
        members = strips.row(values, kind, "grp/dca")[:, np.newaxis] >> np.arange(8) & 1
        by_dca = (members.astype(bool) & dcas).any(1) & ~own
        lanes[kind.lanes] |= by_dca
        before[kind.lanes] = np.where(by_dca, ahead.dcas, before[kind.lanes])
        first += kind.strips
    return Soloed(lanes, before)


def listen(values: Values, heard: Soloed, state: Strips) -> Float:
    """Gains of all rows of the mix to two ears that hear what is soloed; shape (rows, 2).

    Before the fader a strip is in the middle, after it where its pan is; both sides of a linked pair
    keep their sides before the fader too.
    """
    gains = np.zeros((layout.ROWS, 2))
    for kind in strips.ALL:
        before = _sides(values, kind)
        after = before
        if kind.width == 1 and strips.has(values, kind, "mix/pan"):
            after = np.stack(pan.gains(strips.row(values, kind, "mix/pan")), axis=1)
        after = after * state.post[kind.lanes][:, np.newaxis]
        chosen = np.where(heard.before[kind.lanes][:, np.newaxis], before, after)
        rows = strips.source_row(kind.lanes, layout.PRE_FADER)
        gains[rows] = chosen * heard.lanes[kind.lanes][:, np.newaxis]
    return gains


def _sides(values: Values, kind: strips.Kind) -> Float:
    """Which ears hear each lane, pans aside: its own side of a pair, else both; shape (lanes, 2)."""
    own = np.tile(np.eye(2), (kind.lanes.size // 2, 1))
    if kind is strips.STEREO:
        return own
    if kind.link is None:
        return np.ones((kind.strips, 2))
    linked = np.repeat(values.row(kind.link), 2)[:, np.newaxis]
    return np.where(linked, own, 1.0)


def source(choice: int, state: Strips) -> Float:
    """Gains of all rows to two ears that hear a source of the monitor; shape (rows, 2)."""
    gains = np.zeros((layout.ROWS, 2))
    main = strips.source_row(strips.STEREO.lanes, layout.PRE_FADER)
    if choice in (LR, LR_C, LR_AFL):
        gains[main] = np.diag(state.post[strips.STEREO.lanes])
    elif choice == LR_PFL:
        gains[main] = np.eye(2)
    if choice == LR_C:
        gains[strips.source_row(strips.MONO.lanes, layout.PRE_FADER)] = CENTRE_SHARE * state.post[strips.MONO.first]
    if choice in (AUX_56, AUX_78):
        pair = strips.AUX.first + (4 if choice == AUX_56 else 6) + np.arange(2)
        gains[strips.source_row(pair, layout.PRE_FADER)] = np.eye(2)
    return gains


def design(values: Values, state: Strips, switches: Bool, talking: bool, key: int | None = None) -> Float:
    """Gains of all rows to monitor left and right; shape (rows, 2).

    Parameters
    ----------
    switches : ndarray of bool, shape (80,)
    talking : bool
        Whether an open talkback dims the monitor.
    key : int, optional
        Which of the keys that can be listened to is heard, in place of everything else.
    """
    heard = soloed(values, switches, Before.of(values))
    if key is not None:
        gains = np.zeros((layout.ROWS, 2))
        gains[layout.row(layout.TOOLS, layout.INPUT, layout.HEARD_KEY + key)] = 1
    elif heard.any:
        gains = listen(values, heard, state)
    else:
        gains = source(int(values.row("config/solo/source")), state)
        gains = gains * units.db_to_gain(values.row("config/solo/sourcetrim"))
    dim_solo = heard.any and bool(heard.before[heard.lanes].any()) and bool(values.row("config/solo/dimpfl"))
    by_main = values.row("config/solo/masterctrl")
    level = units.db_to_gain(values.row("main/st/mix/fader" if by_main else "config/solo/level"))
    if values.row("config/solo/dim") or talking or dim_solo:
        level = level * units.db_to_gain(values.row("config/solo/dimatt"))
    if values.row("config/solo/mute"):
        level = np.zeros(())
    if values.row("config/solo/mono"):
        gains = np.repeat(gains.mean(1, keepdims=True), 2, axis=1)
    return gains * level


def design_listener(values: Values, state: Strips, wish: Listener) -> Float:
    """Gains of all rows to the two ears of a listener; shape (rows, 2)."""
    heard = soloed(values, wish.switches, wish.before)
    gains = listen(values, heard, state) if heard.any else source(wish.source, state)
    return gains * wish.level
