"""Recalls heard: random scenes over everything that sounds, tones to hear them with, and what is wrong with the change.

All tones are multiples of 50 Hz, so a desk that stands still repeats itself every 960 frames: its level is
exact after one period, and what a change adds to both desks stands out.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.fft

from dsp.design import draft, refresh
from dsp.parameters.table import Values
from dsp.table import TABLE
from rigs import desk

Signal = npt.NDArray[Any]

OUTPUTS = [
    "main", "main/m", *(f"bus/{bus:02}" for bus in range(1, 17)), *(f"mtx/{mtx:02}" for mtx in range(1, 7)), "monitor",
    *(f"out/{out:02}" for out in range(1, 17)), *(f"aux-out/{out}" for out in range(1, 7)), "aes/1", "aes/2",
    "rec/1", "rec/2", *(f"p16/{out:02}" for out in range(1, 12)),
]  # fmt: skip

BASE_HZ = 50
PERIOD = desk.RATE // BASE_HZ
PEAK_DB = -70.0  # head amplifiers, trims, filters and faders add to it
STRETCH = 35
"""Periods that are played at a time: the longest delays and what follows fit in."""
SETTLED_DB = 0.02
MOST_PERIODS = 150
CYCLE_PERIODS = 400
"""Twice the longest hold, and the longest release."""

NOTHING_DB = -120.0
"""dBFS: what is fainter has no level, and counts as if it had this one."""
BURST_DB = 0.5
CLICK_DB = -80.0
NOISE_DB = -150.0
"""dBFS: what filters round off can be above a click that is fainter."""
WINDOW = 4096
MOST_WINDOWS = 64
"""That are looked at together: more of them take more memory."""
HANN = np.hanning(WINDOW)[:, np.newaxis]
HIGH = np.fft.rfftfreq(WINDOW, 1 / desk.RATE) > 1500

DYNAMICS = re.compile(r"/(gate|dyn)/on$|^/config/amixenable")
TYPES = re.compile(r"^/fx/\d/(type|par/)")
"""What moves by itself, or needs longer than a rehearsal, has no level: effects stay what they are."""
EFFECTS = re.compile(r"^/fx/|^/fxrtn/|/insert/")
FEEDS = [f"/fx/{slot}/source/{side}" for slot in range(1, 5) for side in "lr"]
SOMETIMES = re.compile(
    r"config/(auxlink|fxlink|linkcfg|solo|talk|osc|userrout|routing|tape|dp48/link)/|/iQ/|/phantom$|/panFollow$"
)
"""Rows of which a desk from the factory may have nothing to read yet."""


def _heard() -> list[int]:
    """Leaves of scenes that sound."""
    factory = draft.Desk(Values(TABLE), desk.RATE)
    refresh.everything(factory)
    rows = [row for row in TABLE.rows.values() if row.in_scene and row.kind != "text"]
    sounding = [row for row in rows if factory.is_read(row.path) or SOMETIMES.search(row.path)]
    return [leaf for row in sounding for leaf in range(row.offset, row.offset + row.size)]


HEARD = _heard()


def tones() -> Signal:
    """One period of a tone between 100 and 400 Hz for each of 64 inputs."""
    random = np.random.default_rng(0)
    freq, phase = BASE_HZ * random.integers(2, 9, 64), random.uniform(0, 2 * np.pi, 64)
    turns = 2 * np.pi * np.outer(np.arange(PERIOD), freq) / desk.RATE
    return np.asarray(10 ** (PEAK_DB / 20) * np.sin(turns + phase), np.float32)


def draw(base: Values, random: np.random.Generator, dynamics: bool, effects: bool = True) -> Values:
    """Everything that sounds set to anything, on top of other values; with dynamics, or with all of them off.

    Without effects, these are fed by nothing: strips that share an insert can be rings, which go on in silence.
    Left out are rings, which have no level of their own: sources that are buses, effects between centre and main, and
    keys that are buses or effects, which become louder by what they open.
    """
    wanted, stay = base.copy(), TYPES if effects else EFFECTS
    for path in () if effects else FEEDS:
        wanted.set(TABLE.leaves[path], 0)
    for leaf in HEARD:
        if stay.search(TABLE.path_of(leaf)):
            continue
        stored = _one(TABLE.path_of(leaf), wanted.param(leaf), random)
        wanted.set(leaf, stored if dynamics or not DYNAMICS.search(TABLE.path_of(leaf)) else 0)
    return wanted


def _one(path: str, param: Any, random: np.random.Generator) -> int:
    """A value for one leaf; mutes and groups so seldom that most outputs sound."""
    if param.kind == "bitmap":
        return sum(1 << bit for bit in range(8) if random.random() < 0.08) % int(param.steps)
    if re.fullmatch(r"/fxrtn/\d\d/mix/\d\d/on", path):
        return 0
    if re.search(r"/mix/(\d\d/)?on$|^/dca/\d/on$", path):
        return int(random.random() < 0.9)
    if path.startswith("/config/mute"):
        return int(random.random() < 0.1)
    if re.fullmatch(r"/fx/\d/source/[lr]", path):
        return int(random.integers(17))
    if re.search(r"/(auxin|ch)/\d\d/config/source$|/keysrc$", path):
        return int(random.integers(41))
    if path.startswith("/headamp/") and path.endswith("/gain"):
        return int(random.integers(param.steps // 2))  # more, with all that may follow, is beyond +80 dBFS
    if path.endswith("/mix/fader"):
        return int(random.integers(param.steps // 2, param.steps))
    lowest = 0 if param.kind != "integer" else int(param.lowest)
    return lowest + int(random.integers(param.steps))


class Fault(NamedTuple):
    """What is wrong with one change, in each output, in dB."""

    burst_db: Signal
    """Peak over that of the louder desk."""
    click_db: Signal
    """Energy above 1.5 kHz that is in neither desk, relative to all energy of the louder one."""


class Listener:
    """A rig that hears one recall after another."""

    def __init__(self) -> None:
        self.rig = desk.Rig(OUTPUTS)
        self._tones = tones()
        self._before = self._settle()

    def recall(self, wanted: Values) -> Fault:
        """Recall a scene while the tones play, and wait until it has settled."""
        begun = self.rig.audio.count(_FRAME)
        self.rig.console.recall(wanted)
        meanwhile = self.play(STRETCH)
        after = self._settle()
        (_, frame) = self.rig.audio.stamps()[-1]
        memory = self.rig.audio.memory
        assert not memory["changing"]
        heard = memory["desks"][memory["heard"]]
        at = len(self._before) + frame - begun
        curve = heard["curve"][1 : heard["glide_length"] + 1]
        fault = judge(self._before, meanwhile, after, at, curve)
        if (fault.burst_db > BURST_DB).any() or (fault.click_db > CLICK_DB).any():
            # A gate that opens and shuts by itself shows only in time how loud it is, and how it clicks.
            after = np.concatenate((after, self.play(CYCLE_PERIODS)))
            fault = judge(self._before, meanwhile, after, at, curve)
        self._before = after[-STRETCH * PERIOD :]
        return fault

    def play(self, periods: int) -> Signal:
        """Play the tones for so many periods."""
        return self.rig.play(np.tile(self._tones, (periods, 1)))

    def _settle(self) -> Signal:
        """Play until nothing changes any more; return the last stretch."""
        for _ in range(0, MOST_PERIODS, STRETCH):
            heard = self.play(STRETCH)
            peaks = desk.decibels(np.abs(heard).reshape(STRETCH, PERIOD, -1).max(1) + 1e-9)
            if (np.ptp(peaks, axis=0) < SETTLED_DB).all():
                break
        return heard


_FRAME = 3  # the word of the wall that counts frames


def judge(before: Signal, meanwhile: Signal, after: Signal, at: int, curve: Signal) -> Fault:
    """Compare what was heard with both desks, and with a cross-fade from one to the other at a frame."""
    heard = np.concatenate((before, meanwhile, after)).astype(np.float64)
    loudest = np.maximum(np.abs(before).max(0), np.abs(after).max(0))
    faint = 10 ** (NOTHING_DB / 20)
    burst_db = 20 * np.log10(np.maximum(np.abs(meanwhile).max(0), faint) / np.maximum(loudest, faint))

    total = (np.maximum(np.mean(before**2, 0), np.mean(after**2, 0)) + faint**2) * np.sum(HANN**2) * WINDOW / 2
    around = range(at - WINDOW, at + 2 * WINDOW, WINDOW // 2)
    high = _most_energy(heard, around)
    # What dynamics do to a tone is above 1.5 kHz, too: it counts only as far as it is in neither desk.
    doubtful = np.flatnonzero(high > total * 10 ** (CLICK_DB / 10))
    if doubtful.size:
        ends = (before[:, doubtful], heard[at + 2 * WINDOW :, doubtful])
        strange = heard[:, doubtful] - cross_fade(before[:, doubtful], after[:, doubtful], at, curve, len(heard))
        high[doubtful] = np.minimum(
            _excess(heard[:, doubtful], ends, around), _excess(strange, (strange[: len(before)],), around)
        )
    noise = 10 ** (NOISE_DB / 10) * np.sum(HANN**2) * WINDOW / 2
    click = np.where(high > noise, high, 0) / total
    return Fault(burst_db, 10 * np.log10(click + 10 ** (NOTHING_DB / 10)))


def cross_fade(before: Signal, after: Signal, at: int, curve: Signal, frames: int) -> Signal:
    """What would be heard if both desks stood still."""
    weight = np.zeros((frames, 1))
    weight[at : at + len(curve), 0], weight[at + len(curve) :] = curve, 1
    old, new = (np.tile(desk[-PERIOD:], (-(-frames // PERIOD), 1))[:frames] for desk in (before, after))
    return np.asarray(old + weight * (new - old))


def _excess(x: Signal, at_rest: tuple[Signal, ...], around: range) -> Signal:
    """Energy above 1.5 kHz beyond that of desks at rest: of a window over one pulse it varies a little."""
    rest = [_most_energy(desk, range(0, len(desk) - WINDOW, WINDOW // 12)) for desk in at_rest]
    return np.asarray(_most_energy(x, around) - 1.12 * np.max(rest, axis=0))


def _most_energy(x: Signal, begins: range) -> Signal:
    """Most energy above 1.5 kHz in any of the windows that begin at these frames."""
    most = np.zeros(x.shape[1])
    for first in range(0, len(begins), MOST_WINDOWS):
        windows = np.stack([x[frame : frame + WINDOW] * HANN for frame in begins[first : first + MOST_WINDOWS]])
        high = np.abs(scipy.fft.rfft(windows.astype(np.float32), axis=1)[:, HIGH]) ** 2
        most = np.maximum(most, np.max(np.sum(high, axis=1), axis=0))
    return most


def changes(count: int, dynamics: bool, seed: int) -> Iterator[Fault]:
    """Recall one random scene after another."""
    random = np.random.default_rng(seed)
    listener = Listener()
    listener.recall(draw(listener.rig.console.values, random, dynamics))
    for _ in range(count):
        yield listener.recall(draw(listener.rig.console.values, random, dynamics))
