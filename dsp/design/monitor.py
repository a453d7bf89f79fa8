"""Monitor: what the engineer listens to, solo or not, and what listeners hear on buses of their own.

    key solo ─────▶ what a gate or compressor listens to
    solo switches ─┬─▶ any: the soloed strips, before the fader (PFL) or after fader and pan (AFL)
                   └─▶ none: the source of the monitor
                        × trim × level × dim × mute, or summed to mono

A listener has solo switches of its own, a level, and a choice of PFL or AFL; nobody else hears of it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import pan, strips
from dsp.parameters.table import Values

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

OFF, LR, LR_C, LR_PFL, LR_AFL, AUX_56, AUX_78 = range(7)
CENTRE_SHARE = np.sqrt(0.5)


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


class Strips(NamedTuple):
    """What there is to hear of a kind of strips, asked only for what is heard."""

    kind: strips.Kind
    post: Callable[[], Float]
    """Gains of its lanes behind their faders."""
    before: Callable[[], Float]
    """Gains to two ears before the fader, see `before`."""
    after: Callable[[], Float]
    """Gains to two ears behind it, see `after`."""


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
    if not switches.any():
        return Soloed(lanes, before)
    first = 0
    for kind in strips.NUMBERED:
        own = np.repeat(switches[first : first + kind.strips], kind.width)
        lanes[kind.lanes] |= own
        before[kind.lanes] = ahead.inputs if kind in strips.INPUTS else ahead.outputs
        dcas = switches[strips.COUNT :]
        members = strips.row(values, kind, "grp/dca")[:, np.newaxis] >> np.arange(strips.DCAS) & 1
        by_dca = (members.astype(bool) & dcas).any(1) & ~own
        lanes[kind.lanes] |= by_dca
        before[kind.lanes] = np.where(by_dca, ahead.dcas, before[kind.lanes])
        first += kind.strips
    return Soloed(lanes, before)


def after(values: Values, kind: strips.Kind, post: Float) -> Float:
    """Gains of lanes to two ears behind their faders, where their pans are; shape (lanes, 2)."""
    if kind.width == 1 and strips.has(values, kind, "mix/pan"):
        sides = np.stack(pan.gains(strips.row(values, kind, "mix/pan")), axis=1)
    else:
        sides = before(values, kind)
    return np.asarray(sides * post[:, np.newaxis])


def listen(heard: Soloed, of: Strips) -> Float:
    """Gains of the lanes of a kind of strips to two ears that hear what is soloed; shape (lanes, 2)."""
    own = heard.lanes[of.kind.lanes]
    gains = np.zeros((own.size, 2))
    if not own.any():
        return gains
    ahead = heard.before[of.kind.lanes]
    if (pfl := own & ahead).any():
        gains += of.before() * pfl[:, np.newaxis]
    if (afl := own & ~ahead).any():
        gains += of.after() * afl[:, np.newaxis]
    return gains


def before(values: Values, kind: strips.Kind) -> Float:
    """Gains of lanes to two ears before their faders: its own side of a pair, else both; shape (lanes, 2)."""
    own = np.tile(np.eye(2), (kind.lanes.size // 2, 1))
    if kind is strips.STEREO:
        return own
    if kind.link is None:
        return np.ones((kind.strips, 2))
    linked = np.repeat(values.row(kind.link), 2)[:, np.newaxis]
    return np.where(linked, own, 1.0)


def source(choice: int, of: Strips) -> Float:
    """Gains of the lanes of a kind of strips to two ears that hear a source of the monitor; shape (lanes, 2)."""
    kind = of.kind
    if kind is strips.STEREO and choice in (LR, LR_C, LR_AFL):
        return np.diag(of.post())
    if kind is strips.STEREO and choice == LR_PFL:
        return np.eye(2)
    gains = np.zeros((kind.lanes.size, 2))
    if kind is strips.MONO and choice == LR_C:
        gains[:] = CENTRE_SHARE * of.post()[:, np.newaxis]
    if kind is strips.AUX and choice in (AUX_56, AUX_78):
        gains[(4 if choice == AUX_56 else 6) + np.arange(2)] = np.eye(2)
    return gains


def ears(values: Values, heard: Soloed, of: Strips) -> Float:
    """Gains of the lanes of a kind of strips to monitor left and right, but for its level; shape (lanes, 2)."""
    if heard.any:
        return _mono(values, listen(heard, of))
    trim = units.db_to_gain(values.row("config/solo/sourcetrim"))
    return _mono(values, source(int(values.row("config/solo/source")), of) * trim)


def _mono(values: Values, gains: Float) -> Float:
    return np.repeat(gains.mean(1, keepdims=True), 2, axis=1) if values.row("config/solo/mono") else gains


def level(values: Values, heard: Soloed, talking: bool) -> float:
    """Linear level of the monitor; `talking` is whether an open talkback dims it."""
    if values.row("config/solo/mute"):
        return 0.0
    by_main = values.row("config/solo/masterctrl")
    gain = units.db_to_gain(values.row("main/st/mix/fader" if by_main else "config/solo/level"))
    dim_solo = heard.any and bool(heard.before[heard.lanes].any()) and bool(values.row("config/solo/dimpfl"))
    if values.row("config/solo/dim") or talking or dim_solo:
        gain = gain * units.db_to_gain(values.row("config/solo/dimatt"))
    return float(gain)


def listener(wish: Listener, heard: Soloed, of: Strips) -> Float:
    """Gains of the lanes of a kind of strips to the two ears of a listener; shape (lanes, 2)."""
    gains = listen(heard, of) if heard.any else source(wish.source, of)
    return gains * wish.level
