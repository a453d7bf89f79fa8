"""What the console calls EQ: low cut, four-band EQ and key filters, all made of state-variable filters.

Here is only which filters a setting asks for.  `matched` designs them, `svf` runs them.
Choices are those of the console, by index: see the table.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dsp.processors import matched, shapes

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

FIRST = 0.0
"""In place of a quality: a first-order part."""

# Slopes of the low cut, 12, 18 and 24 dB per octave: the qualities of both parts; None is nothing.
LOW_CUT_SLOPES: tuple[tuple[float, float | None], ...] = (
    (shapes.BUTTERWORTH, None),
    (1.0, FIRST),
    (0.5411961, 1.3065630),
)

# Crossovers of mains and matrices, low cuts in the lower bands and high cuts in the upper: quality of both
# parts, and how far apart from their frequency both are.  BU = Butterworth, BS = Bessel (3 dB down at its
# frequency), LR = Linkwitz-Riley (6 dB down).
CROSSOVERS: tuple[tuple[tuple[float, float], tuple[float, float] | None], ...] = (
    ((FIRST, 1), None),  # BU6
    ((shapes.BUTTERWORTH, 1), None),  # BU12
    ((0.5773503, 1.2720196), None),  # BS12
    ((0.5, 1), None),  # LR12
    ((1.0, 1), (FIRST, 1)),  # BU18
    ((0.5411961, 1), (1.3065630, 1)),  # BU24
    ((0.5219346, 1.4301716), (0.8055383, 1.6033575)),  # BS24
    ((shapes.BUTTERWORTH, 1), (shapes.BUTTERWORTH, 1)),  # LR24
)
KEY_FILTER_WIDTHS = (1.0, 2.0, 3.0, 5.0, 10.0)


class Kind(IntEnum):
    """Bands that every strip has; the crossovers come after them."""

    LOW_CUT, LOW_SHELF, BELL, VINTAGE, HIGH_SHELF, HIGH_CUT = range(6)


class Key(IntEnum):
    """Kinds of key filter; the band-passes come after them."""

    LOW_CUT_6, LOW_CUT_12, HIGH_CUT_6, HIGH_CUT_12 = range(4)


def low_cut(on: Bool, slope: Int, freq_hz: Float, rate: float) -> Float:
    """Coefficients of the low cut.

    Parameters
    ----------
    on : ndarray of bool, shape (lanes,)
    slope : ndarray of int, shape (lanes,)
        0, 1, 2 for 12, 18, 24 dB per octave.
    freq_hz : ndarray, shape (lanes,)
        Where it is 3 dB down.
    rate : float

    Returns
    -------
    coefficients : ndarray, shape (2, 6, lanes)
    """
    q = np.array([(first, first if second is None else second) for first, second in LOW_CUT_SLOPES]).T[:, slope]
    heard = np.array([(True, second is not None) for _, second in LOW_CUT_SLOPES]).T[:, slope]
    f0 = np.array((freq_hz, freq_hz))
    filters = matched.design(_cuts(np.zeros_like(heard), f0, q, rate), f0, rate)
    return shapes.neutral(filters, heard & on).transpose(1, 0, 2)


def bands(
    on: Bool, kind: Int, freq_hz: Float, gain_db: Float, q: Float, rate: float, upper: Bool | None = None
) -> Float:
    """Coefficients of a parametric EQ.

    Cuts are Butterworth and shelves have a fixed slope: `q` is the width of the bells alone.

    Parameters
    ----------
    on : ndarray of bool, shape (lanes,)
    kind : ndarray of int, shape (lanes, bands)
        Low cut, low shelf, bell, vintage bell, high shelf, high cut; from 6 on the crossovers.
    freq_hz, gain_db, q : ndarray, shape (lanes, bands)
    rate : float
    upper : ndarray of bool, shape (lanes, bands), optional
        Where a crossover cuts the highs; `upper_half` if it is not said.

    Returns
    -------
    coefficients : ndarray, shape (2, bands, 6, lanes)
        Each band's filter, and the second part of crossovers that have one.
    """
    made, f0 = np.empty((matched.PARABOLAS, 2, *kind.shape)), np.array((freq_hz, freq_hz))
    vintage, high = kind == Kind.VINTAGE, kind == Kind.HIGH_SHELF
    bell, shelf = (kind == Kind.BELL) | vintage, (kind == Kind.LOW_SHELF) | high
    heard = np.array((~(bell | shelf) | (gain_db != 0), np.zeros(kind.shape, bool)))
    if bell.any():
        width = np.where(vintage, vintage_q(gain_db, q), q)
        made[:, :, bell] = matched.bell(freq_hz[bell], gain_db[bell], width[bell], rate)[:, np.newaxis]
    if shelf.any():
        made[:, :, shelf] = matched.shelf(freq_hz[shelf], gain_db[shelf], high[shelf], rate)[:, np.newaxis]
    cut = (kind == Kind.LOW_CUT) | (kind == Kind.HIGH_CUT)
    if cut.any():
        flat = np.full(np.count_nonzero(cut), shapes.BUTTERWORTH)
        made[:, :, cut] = _cuts(kind[cut] == Kind.HIGH_CUT, freq_hz[cut], flat, rate)[:, np.newaxis]
    crossover = kind >= len(Kind)
    if crossover.any():
        cuts_highs = upper_half(*kind.shape) if upper is None else upper
        made[:, :, crossover], f0[:, crossover], heard[:, crossover] = _crossovers(
            kind[crossover] - len(Kind), cuts_highs[crossover], freq_hz[crossover], rate
        )
    return shapes.neutral(matched.design(made, f0, rate), heard & on[:, np.newaxis]).transpose(1, 3, 0, 2)


def upper_half(lanes: int, bands: int) -> Bool:
    """In which bands of a whole EQ a crossover cuts the highs; shape (lanes, bands)."""
    return np.broadcast_to(np.arange(bands) >= bands / 2, (lanes, bands))


def vintage_q(gain_db: Float, q: Float) -> Float:
    """Quality of the vintage bell: half as narrow at small gains, as set at full gain of 15 dB."""
    return q * (0.5 + np.abs(gain_db) / 30)


def _crossovers(kind: Int, upper: Bool, freq_hz: Float, rate: float) -> tuple[Float, Float, Bool]:
    """Parabolas of both parts of crossovers, high cuts where `upper`, their frequencies, and whether they exist."""
    q, apart = np.array([(first, second or first) for first, second in CROSSOVERS]).T[..., kind]
    exists = np.array([(True, second is not None) for _, second in CROSSOVERS]).T[:, kind]
    f0 = np.where(upper, freq_hz * apart, freq_hz / apart)
    return _cuts(np.broadcast_to(upper, f0.shape), f0, q, rate), f0, exists


def _cuts(high: Bool, freq_hz: Float, q: Float, rate: float) -> Float:
    """Parabolas of cuts, high cuts where `high`, of first order where `q` is 0."""
    made = np.empty((matched.PARABOLAS, *q.shape))
    for cuts_highs, first, second in (
        (True, matched.low_pass_1, matched.low_pass),
        (False, matched.high_pass_1, matched.high_pass),
    ):
        here, there = (high == cuts_highs) & (q == FIRST), (high == cuts_highs) & (q != FIRST)
        if here.any():
            made[:, here] = first(freq_hz[here], rate)
        if there.any():
            made[:, there] = second(freq_hz[there], q[there], rate)
    return made


def key_filter(on: Bool, kind: Int, freq_hz: Float, rate: float) -> Float:
    """Coefficients of a key filter.

    Parameters
    ----------
    on : ndarray of bool, shape (lanes,)
    kind : ndarray of int, shape (lanes,)
        Low cut 6 and 12 dB per octave, high cut 6 and 12, band-passes of quality 1, 2, 3, 5, 10.
    freq_hz : ndarray, shape (lanes,)
    rate : float

    Returns
    -------
    coefficients : ndarray, shape (2, 6, lanes)
        The second filter is a pass-through.
    """
    made, cut = np.empty((matched.PARABOLAS, *kind.shape)), kind < len(Key)
    if cut.any():
        which = kind[cut]
        q = np.where((which == Key.LOW_CUT_6) | (which == Key.HIGH_CUT_6), FIRST, shapes.BUTTERWORTH)
        made[:, cut] = _cuts(which >= Key.HIGH_CUT_6, freq_hz[cut], q, rate)
    if not cut.all():
        q = np.array(KEY_FILTER_WIDTHS)[kind[~cut] - len(Key)]
        made[:, ~cut] = matched.band_pass(freq_hz[~cut], q, rate)
    chosen = matched.design(made, freq_hz, rate)
    return np.stack((shapes.neutral(chosen, on), shapes.neutral(chosen, False)))
