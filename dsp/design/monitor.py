"""Monitor: what the engineer listens to, solo or not, and what listeners hear on buses of their own.

    key solo ─────▶ what a gate or compressor listens to
    solo switches ─┬─▶ any: the soloed strips, before the fader (PFL) or after fader and pan (AFL)
                   └─▶ none: the source of the monitor
                        × trim × level × dim × mute, or summed to mono

A listener has solo switches of its own, a level, and a choice of PFL or AFL; nobody else hears of it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dsp import units
from dsp.design import pan, strips
from dsp.parameters.table import Values

Float = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

OFF, LR, LR_C, LR_PFL, LR_AFL, AUX_56, AUX_78 = range(7)
CENTRE_SHARE = np.sqrt(0.5)

OF_LANE = np.zeros(strips.LANES, int)
"""Number of the solo switch of each lane's strip; that of no strip is of no account."""
OF_LANE[np.concatenate([kind.lanes for kind in strips.NUMBERED])] = np.repeat(
    np.arange(strips.COUNT), [kind.width for kind in strips.NUMBERED for _ in range(kind.strips)]
)
IS_STRIP, IS_INPUT = (
    np.isin(np.arange(strips.LANES), np.concatenate([kind.lanes for kind in kinds]))
    for kinds in (strips.ALL, strips.INPUTS)
)


class Before(NamedTuple):
    """Which sections are soloed before their fader."""

    inputs: bool | Bool
    outputs: bool | Bool
    dcas: bool | Bool

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
    """Gains to two ears behind it, see `sides`."""


class Soloed(NamedTuple):
    """Which lanes are soloed: heard before their fader, or behind it; shape (…, 96), or (…, lanes) of a kind."""

    pfl: Bool
    afl: Bool
    any: Bool
    """Whether anything is, of whatever kind; shape (…)."""

    def of(self, kind: strips.Kind) -> "Soloed":
        """What of a kind of strips is soloed."""
        return Soloed(self.pfl[..., kind.span], self.afl[..., kind.span], self.any)


NOBODY = Listener(np.zeros(strips.SWITCHES, bool), 0.0, Before(False, False, False), OFF)
"""Wants nothing."""


class Switched(NamedTuple):
    """What sets of solo switches mean, whoever is in the DCAs."""

    pfl: Bool
    """Lanes whose own switch is on, heard before their faders; shape (…, 96)."""
    afl: Bool
    """The same, heard behind them."""
    dcas: Int
    """Soloed DCAs, as `strips.mask` has them; shape (…, 1)."""
    dcas_before: bool | Bool
    """Whether their members are heard before their faders."""


def switched(switches: Bool, ahead: Before) -> Switched:
    """What sets of 80 solo switches mean, with a choice of PFL or AFL for each section.

    Parameters
    ----------
    switches : ndarray of bool, shape (…, 80)
    ahead : Before
        Each of it of shape (…, 1), or one for all.
    """
    own, before = switches[..., OF_LANE] & IS_STRIP, np.where(IS_INPUT, ahead.inputs, ahead.outputs)
    dcas = strips.mask(switches[..., strips.COUNT :])[..., np.newaxis]
    return Switched(own & before, own & ~before, dcas, ahead.dcas)


def soloed(wanted: Switched, members: Callable[[], Array]) -> Soloed:
    """What is heard by such switches; `members` tells what `dca_members` does, and is asked where a DCA is soloed."""
    pfl, afl, dcas, dcas_before = wanted
    if dcas.any():
        by_dca = (members() & dcas != 0) & ~(pfl | afl)
        pfl, afl = pfl | by_dca & dcas_before, afl | by_dca & ~np.asarray(dcas_before)
    return Soloed(pfl, afl, np.asarray((pfl | afl).any(-1)))


class Wishes(NamedTuple):
    """What several listeners want to hear."""

    switched: Switched
    """Its first axis are the listeners."""
    sources: Int
    """What is heard where nothing is soloed, shape (listeners,)."""
    levels: Float
    """Linear, shape (listeners,)."""

    @classmethod
    def of(cls, wishes: Sequence[Listener]) -> "Wishes":
        """From what each of them wants."""
        switches, levels, before, sources = zip(*wishes, strict=True)
        ahead = Before(*np.array(before).T[..., np.newaxis])
        return cls(switched(np.array(switches), ahead), np.array(sources), np.array(levels))


def dca_members(values: Values) -> Array:
    """Which DCAs each lane is in, as `strips.mask` has it; shape (96,)."""
    members = np.zeros(strips.LANES, np.int64)
    for kind in strips.ALL:
        members[kind.span] = strips.row(values, kind, "grp/dca")
    return members


def sides(values: Values, kind: strips.Kind) -> Float:
    """Gains of lanes to two ears where their pans are; shape (lanes, 2)."""
    if kind.width == 1 and strips.has(values, kind, "mix/pan"):
        return np.stack(pan.gains(strips.row(values, kind, "mix/pan")), axis=1)
    return before(values, kind)


def listen(heard: Soloed, of: Strips) -> Float:
    """Gains of the lanes of a kind of strips to two ears that hear what of it is soloed; shape (…, lanes, 2)."""
    gains = np.zeros((*heard.pfl.shape, 2))
    if heard.pfl.any():
        gains += of.before() * heard.pfl[..., np.newaxis]
    if heard.afl.any():
        gains += of.after() * heard.afl[..., np.newaxis]
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
    dim_solo = heard.pfl.any() and values.row("config/solo/dimpfl")
    if values.row("config/solo/dim") or talking or dim_solo:
        gain = gain * units.db_to_gain(values.row("config/solo/dimatt"))
    return float(gain)


def listeners(wishes: Wishes, heard: Soloed, of: Strips) -> Float:
    """Gains of the lanes of a kind of strips to the two ears of each listener; shape (lanes, listeners, 2)."""
    gains = listen(heard, of)
    for number in np.flatnonzero(~heard.any):
        gains[number] = source(int(wishes.sources[number]), of)
    return (gains * wishes.levels[:, np.newaxis, np.newaxis]).swapaxes(0, 1)
