"""A true-peak limiter that looks ahead: what is over the ceiling, also between frames, is turned down in time.

    sound ─▶ peaks between frames ─▶ dB over the ceiling ─▶ largest nearby, held ─▶ release ─▶ smoothed ─▶ gain
                                                       ╰─▶ slow level of it ─────────▲
Both sides get the same gain.  Nothing is late: the whole song is there.  A tone above 40 Hz gets one gain, as its peaks
lie within the hold, and so is not bent; the slow part keeps the gain from racing between beats.
"""

import functools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.metering import loudness
from daemon.metering.loudness import Float
from dsp.native import lanes
from dsp.processors import between, weighted

OVERSAMPLING, TAPS, KAISER = 8, 128, 10.0
BEFORE = TAPS // 2 - 1  # frames that a filter hears before the two between which it finds something
REACH_S, HOLD_S = 0.002, 0.0125
RELEASE_S, SLOW_S, SLOW_MEAN_S = 0.06, 0.6, 0.4
MARGIN_DB = 0.04  # what lies between an eighth and the next
HALFWAY = OVERSAMPLING // 2 - 1
BEYOND = np.float32(1.5)
"""How much larger than frames and what lies halfway all else can be: 1 / cos 45°, and some more."""
HEARD = 10 ** (-40 / 20)
CONTEXT_S = 9.0
"""Sound around a stretch that can change its gain: after that, the slow release has gone."""
NOTHING_DB = 1e-7
NEPER_DB = 20 / np.log(10)
COARSE = lanes.WIDTH  # frames
POINTS = 10  # in a second, of the reduction that is told
STRETCH = 1 << 14  # frames that are looked at together: what stays in a core's own memory
TENTHS = 4  # that are turned down together, for the same reason


class Limited(NamedTuple):
    """A song, limited."""

    audio: Float
    reduction_db: Float
    """Ten times a second, the most of each tenth; 0 or more."""
    mean_db: float
    """Over the frames that are loud enough to count."""

    @property
    def most_db(self) -> float:
        """Deepest reduction."""
        return float(self.reduction_db.max(initial=0))


class Sketch(NamedTuple):
    """What is enough to guess what a gain and the limiter make of a song, in a hundredth of the time."""

    peaks: npt.NDArray[np.float32]
    """Largest of every `COARSE` frames; what lies between frames is left out."""
    cells: Float
    """K-weighted energies of its hundredths of seconds."""


def limit(audio: Float, rate: int, ceiling_dbtp: float, gain_db: float = 0.0) -> Limited:
    """Limit a song, shape (frames, 2), that is turned up by `gain_db` before.

    Parameters
    ----------
    audio : ndarray, shape (frames, 2)
    rate : int
    ceiling_dbtp, gain_db : float

    Returns
    -------
    Limited
        As long as before and in time with it; true peaks are at the ceiling or below.
    """
    scale = 10 ** (gain_db / 20)
    ceiling = 10 ** ((ceiling_dbtp - MARGIN_DB - gain_db) / 20)
    over = over_db(envelope(audio, ceiling), ceiling)
    most = np.zeros(-(-len(audio) * POINTS // rate))
    if not over.any():
        return Limited(audio * scale, most, 0.0)
    down, reach, tenth = coarsely(over, rate), round(REACH_S * rate / 4), rate // POINTS
    made, means = np.empty_like(audio), []
    for begin in range(0, len(audio), TENTHS * tenth):
        part = audio[begin : begin + TENTHS * tenth]
        held = reduction(down, TAPS + begin, len(part), reach)
        made[begin : begin + len(part)] = part * (scale * np.exp(held / -NEPER_DB))[:, np.newaxis]
        held, heard = (np.pad(each, (0, -len(part) % tenth)).reshape(-1, tenth) for each in (held, _louder(part.T)))
        first = begin // tenth
        most[first : first + len(held)] = held.max(1)
        means.append(held.mean(1)[heard.max(1) * scale > HEARD])
    mean = np.concatenate(means)
    return Limited(made, most, float(mean.mean()) if mean.size else 0.0)


def sketch(audio: Float, rate: int) -> Sketch:
    """Sketch a song."""
    return Sketch(loudness.loudest(audio, COARSE).astype(np.float32), cells(audio, rate))


def guess(of: Sketch, rate: int, ceiling_dbtp: float, gain_db: float) -> tuple[float, float, float]:
    """Loudness, mean and most reduction of a song that is turned up and limited: within a few hundredths of a dB."""
    over = over_db(of.peaks, 10 ** ((ceiling_dbtp - MARGIN_DB - gain_db) / 20))
    down = coarsely(over, rate)
    upto = np.concatenate(((0.0,), np.cumsum(np.exp(down / -(NEPER_DB / 2)))))
    edges = np.arange(len(of.cells) + 1) * (rate / loudness.CELLS / COARSE)
    turned = np.diff(np.interp(edges, np.arange(len(upto)), upto)) / (rate / loudness.CELLS / COARSE)
    told = loudness.told(of.cells * turned).integrated_lufs + gain_db
    heard = of.peaks * 10 ** (gain_db / 20) > HEARD
    return told, float(down[heard].mean()) if heard.any() else 0.0, float(down.max(initial=0))


def envelope(audio: Float, above: float = 0.0) -> npt.NDArray[np.float32]:
    """Largest magnitude of every `COARSE` frames and of what lies between them and their neighbours, both sides.

    Where nothing can be larger than `above`, frames alone are looked at, or what lies halfway, too.  What comes back
    from a converter begins before the first frame, and ends behind the last: so does this, by `TAPS`.
    """
    groups = -(-(len(audio) + 2 * TAPS) // COARSE)
    found, last = np.empty(groups, np.float32), np.float32(0)
    for first in range(0, groups, STRETCH // COARSE):
        here = found[first : first + STRETCH // COARSE]
        heard = np.zeros((2, COARSE * len(here) + TAPS), np.float32)
        begin = COARSE * first - TAPS - BEFORE  # of what is heard, in the song
        part = audio[max(begin, 0) : begin + heard.shape[1]]
        heard[:, max(-begin, 0) :][:, : len(part)] = part.T
        largest, loud = np.empty(len(here) + 1, np.float32), np.empty(heard.shape[1] // COARSE, np.float32)
        between.peaks(heard, _between(), loud, largest, HALFWAY, np.float32(above), _most(), BEYOND)
        here[:] = largest[:-1]
        here[0] = max(here[0], last)
        last = largest[-1]
    return found


def over_db(peaks: npt.NDArray[Any], ceiling: float) -> Float:
    """How far each frame is over the ceiling, in dB; 0 where it isn't."""
    over = np.zeros(len(peaks))
    above = np.flatnonzero(peaks > ceiling)
    over[above] = 20 * np.log10(np.float64(1) * peaks[above] / ceiling)
    return over


def _louder(both: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Magnitude of the louder of two sides, the first axis."""
    return np.asarray(np.maximum(np.abs(both[0]), np.abs(both[1])))


def reduction(coarse: Float, begin: int, frames: int, reach: int) -> Float:
    """How far each of some frames from `begin` on is turned down, of what every `COARSE` frames are: smoothed twice."""
    around = 2 * reach
    places = np.arange((begin - around) // COARSE, -(-(begin + frames + around) // COARSE))
    near = coarse[np.clip(places, 0, len(coarse) - 1)]
    if not near.any():
        return np.zeros(frames)
    first = begin - around - COARSE * places[0]
    down = np.repeat(near, COARSE)[first : first + frames + 2 * around]
    return smooth(smooth(down, reach), reach)[around : around + frames]


def coarsely(over: Float, rate: int) -> Float:
    """How far every `COARSE` frames are turned down, so that all is at the ceiling or below, before it is smoothed."""
    reach = -(-round(REACH_S * rate) // COARSE) + 1
    held = largest(over, reach, reach + round(HOLD_S * rate / COARSE))
    mean = round(SLOW_MEAN_S * rate / COARSE / 4)
    slow = released(smooth(smooth(held, mean), mean), SLOW_S * rate / COARSE)
    return np.maximum(released(held, RELEASE_S * rate / COARSE), slow)


def largest(x: Float, before: int, after: int) -> Float:
    """Largest value from `before` frames ahead to `after` frames past each one: it is seen early, and held."""
    width = before + after + 1
    # Running maxima from both ends of stretches as long as the window meet within every window.
    padded = np.pad(x, (after, before + -(len(x) + width - 1) % width))
    stretches = padded.reshape(-1, width)
    upto = np.maximum.accumulate(stretches, axis=1).ravel()
    from_here = np.maximum.accumulate(stretches[:, ::-1], axis=1)[:, ::-1].ravel()
    return np.asarray(np.maximum(from_here[: len(x)], upto[width - 1 : width - 1 + len(x)]))


def released(x: Float, frames: float) -> Float:
    """Let values fall by e in so many frames, never below what they are: in logarithms that is a running maximum."""
    slope = np.arange(len(x)) / frames
    fallen = np.exp(np.maximum.accumulate(np.log(np.maximum(x, NOTHING_DB)) + slope) - slope)
    return np.where(fallen > 2 * NOTHING_DB, np.maximum(fallen, x), x)


def smooth(x: Float, reach: int) -> Float:
    """Mean of each value and its neighbours, `reach` on both sides."""
    width = 2 * reach + 1
    upto = np.cumsum(np.pad(x, (reach + 1, reach), mode="edge"))
    upto -= upto[0]
    return np.asarray((upto[width:] - upto[:-width]) / width)


@functools.cache
def _between() -> npt.NDArray[np.float32]:
    """What finds the frames an eighth, two eighths … behind each, as filters (phases, taps)."""
    at = np.arange(TAPS) - BEFORE - np.arange(1, OVERSAMPLING)[:, np.newaxis] / OVERSAMPLING
    window = np.i0(KAISER * np.sqrt(np.maximum(1 - (at / (TAPS / 2)) ** 2, 0))) / np.i0(KAISER)
    return np.asarray(np.sinc(at) * window, np.float32)


@functools.cache
def _most() -> np.float32:
    """How much larger than the frames around it what lies between can be."""
    return np.float32(np.abs(_between()).sum(1).max())


def loudness_lufs(audio: Float, rate: int) -> float:
    """Integrated loudness of a song."""
    return loudness.told(cells(audio, rate)).integrated_lufs


def cells(audio: npt.NDArray[np.floating], rate: int) -> Float:
    """K-weighted energies of hundredths of seconds of a song, shape (frames, 2)."""
    cell = rate // loudness.CELLS
    found = np.empty((len(audio) // cell, audio.shape[1]))
    whole = np.ascontiguousarray(audio[: len(found) * cell])
    weighted.energies(whole, loudness.sections(rate), np.zeros((audio.shape[1], 4)), found)
    return np.asarray(found.sum(1))
