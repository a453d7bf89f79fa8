"""What the console calls EQ: low cut, four-band EQ and key filters, all made of state-variable filters.

Here is only design: which filters a setting asks for.  `svf` runs them.
Choices are those of the console, by index: see the table.
"""

import numpy as np
import numpy.typing as npt

from dsp.processors import svf

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

# Butterworth: the qualities of the second-order parts of the slope; None is a first-order part.
LOW_CUT_SLOPES: tuple[tuple[float | None, float | None], ...] = (
    (svf.BUTTERWORTH, None),  # 12 dB per octave, one filter
    (1.0, None),  # 18 dB per octave: this and a first-order one
    (0.5411961, 1.3065630),  # 24 dB per octave
)
THIRD_ORDER = 1

KEY_FILTER_WIDTHS = (1.0, 2.0, 3.0, 5.0, 10.0)


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
    first_q = np.array([q for q, _ in LOW_CUT_SLOPES])[slope]
    second_q = np.array([q or 1.0 for _, q in LOW_CUT_SLOPES])[slope]
    first = svf.design(svf.high_pass(first_q), freq_hz, rate)
    second = np.where(
        slope == THIRD_ORDER,
        svf.design(svf.high_pass_1(), freq_hz, rate),
        svf.design(svf.high_pass(second_q), freq_hz, rate),
    )
    return np.stack((svf.neutral(first, on), svf.neutral(second, on & (slope >= THIRD_ORDER))))


def vintage_q(gain_db: Float, q: Float) -> Float:
    """Quality of the vintage bell: half as narrow at small gains, as set at full gain of 15 dB."""
    return q * (0.5 + np.abs(gain_db) / 30)


# Crossovers of mains and matrices, low cuts in the lower bands and high cuts in the upper: quality and
# stretch of both parts; quality 0 is a first-order part, None nothing.  B = Butterworth, BS = Bessel (3 dB
# down at its frequency), LR = Linkwitz-Riley (6 dB down).
CROSSOVERS: tuple[tuple[tuple[float, float], tuple[float, float] | None], ...] = (
    ((0, 1), None),  # BU6
    ((svf.BUTTERWORTH, 1), None),  # BU12
    ((0.5773503, 1.2735966), None),  # BS12
    ((0.5, 1), None),  # LR12
    ((1.0, 1), (0, 1)),  # BU18
    ((0.5411961, 1), (1.3065630, 1)),  # BU24
    ((0.5219346, 1.4301718), (0.8055383, 1.6033575)),  # BS24
    ((svf.BUTTERWORTH, 1), (svf.BUTTERWORTH, 1)),  # LR24
)
BASIC = 6
"""How many kinds of band every strip has; crossovers come after them."""


def bands(on: Bool, kind: Int, freq_hz: Float, gain_db: Float, q: Float, rate: float) -> Float:
    """Coefficients of a parametric EQ.

    Cuts are Butterworth and shelves have a fixed slope: `q` is the width of the bells alone.

    Parameters
    ----------
    on : ndarray of bool, shape (lanes,)
    kind : ndarray of int, shape (lanes, bands)
        Low cut, low shelf, bell, vintage bell, high shelf, high cut; from 6 on the crossovers.
    freq_hz, gain_db, q : ndarray, shape (lanes, bands)
    rate : float

    Returns
    -------
    coefficients : ndarray, shape (2, bands, 6, lanes)
        Each band's filter, and the second part of crossovers that have one.
    """
    flat = np.broadcast_to(svf.BUTTERWORTH, q.shape)
    first: list[Float] = [
        svf.design(shape, freq_hz, rate)
        for shape in (
            svf.high_pass(flat),
            svf.low_shelf(gain_db, flat),
            svf.bell(gain_db, q),
            svf.bell(gain_db, vintage_q(gain_db, q)),
            svf.high_shelf(gain_db, flat),
            svf.low_pass(flat),
        )
    ]
    through = svf.neutral(first[0], False)
    second = [through] * BASIC
    cuts_highs = np.arange(q.shape[1]) >= q.shape[1] / 2
    for part, other in CROSSOVERS if (kind >= BASIC).any() else ():
        first.append(_cut(part, cuts_highs, freq_hz, rate))
        second.append(_cut(other, cuts_highs, freq_hz, rate) if other else through)
    chosen = [np.take_along_axis(np.stack(each), kind[np.newaxis, np.newaxis], 0)[0] for each in (first, second)]
    return np.stack([svf.neutral(each, on[:, np.newaxis]).transpose(2, 0, 1) for each in chosen])


def _cut(part: tuple[float, float], cuts_highs: Bool, freq_hz: Float, rate: float) -> Float:
    """One part of a crossover in every band: a high cut where `cuts_highs`, else a low cut."""
    q, stretch = part
    low = svf.low_pass(q) if q else svf.low_pass_1()
    high = svf.high_pass(q) if q else svf.high_pass_1()
    lows_cut = svf.design(high, _stretched(freq_hz, 1 / stretch, rate), rate)
    return np.where(cuts_highs, svf.design(low, _stretched(freq_hz, stretch, rate), rate), lows_cut)


def _stretched(freq_hz: Float, stretch: float, rate: float) -> Float:
    """Frequencies that are `stretch` times as high before the bilinear transform: both parts are bent as one filter."""
    turn = np.pi / rate
    return np.asarray(np.arctan(stretch * np.tan(turn * np.minimum(freq_hz, svf.HIGHEST * rate))) / turn)


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
    shapes = (
        svf.high_pass_1(),
        svf.high_pass(svf.BUTTERWORTH),
        svf.low_pass_1(),
        svf.low_pass(svf.BUTTERWORTH),
        *(svf.band_pass(q) for q in KEY_FILTER_WIDTHS),
    )
    every = np.stack([svf.design(shape, freq_hz, rate) for shape in shapes])
    chosen = np.take_along_axis(every, kind[np.newaxis, np.newaxis], 0)[0]
    return np.stack((svf.neutral(chosen, on), svf.neutral(chosen, False)))
