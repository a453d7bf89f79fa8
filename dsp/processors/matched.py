"""Filters as true to their analogue curve as two poles and two zeros can be.

Turned into a sampled filter by the bilinear transform alone, an analogue filter is squeezed towards half
the rate: at 48 kHz a bell at 14 kHz is 3 dB off at 20 kHz.  Here the filter meets its prototype where it
matters instead, after an idea of [1]_.  Seen from its frequency ω₀, with

    t = tan²(ω/2) / tan²(ω₀/2),     r = ω / ω₀ on the prototype,

the power of what it lets through is a ratio of two parabolas, so that each place where it has to meet the
prototype is one linear equation:

    |H|² = B(t) / A(t) = (ν t² + β t + p γ) / (t² + α t + γ)

`design` takes them apart into g and k of the state-variable filter and its numerator h s² + b g s + l g².
Bands below 2 kHz keep the bilinear curve there: it is as true, and what presets were made to.

.. [1] M. Vicanek, "Matched second order digital filters", 2016.
"""

import numpy as np
import numpy.typing as npt

from dsp.processors import shapes

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

PARABOLAS = 5  # how many numbers make both: ν, α, β, γ, p

# The prototype counts where a filter's centre, or what it reaches, lies in this range or above.
BODY_HZ, REACH_HZ = (2000.0, 4000.0), (2500.0, 10_000.0)
DOWN_1, DOWN_2 = 100.0, 10.0  # how far from their frequency cuts of first and second order reach: −40 dB
WIDE = 1.5  # how many bandwidths a bell reaches

# High cuts below 2 kHz: for what reach the prototype counts; where they meet the bilinear curve, the lower place nearer
# for lower ones; the place in the highs, in parts of their frequency and of the rate, and the one between, with how
# much the prototype counts there, and for which frequencies more and more.
CUT_REACH_HZ, CUT_KEPT_HZ, CUT_NEARER = (4500.0, 9000.0), (1276.0, 1850.0), 0.4
CUT_TOP, CUT_HIGHEST, CUT_MIDDLE, CUT_PART, CUT_WHOLE_HZ = 9.0, 0.37, 0.6, 0.45, (900.0, 1800.0)

# Places to meet the prototype, in parts of the rate; the lower one where the centre is too near the upper.
TOP, NEAR = 0.38, 0.22
BRINK, ASIDE = 0.49, 1.2  # for a bell, beyond its centre where that is near TOP, but not at half the rate
HIGHEST = 0.46  # of the rate: frequencies are held below; 20 kHz at 44.1 kHz is
AUDIBLE_HZ = 20_000.0


# --- the parabolas of each kind, shape (5, n) of (n,) ----------------------------------------------


def bell(freq_hz: Float, gain_db: Float, q: Float, rate: float) -> Float:
    """Bells with `gain_db` at their centre; `q` counts between the half-gain points, a cut mirrors the boost."""
    made = _peak(freq_hz, 10 ** (np.abs(gain_db) / 10), q, 1.0, WIDE * freq_hz / q, rate)
    return np.where(gain_db < 0, _mirrored(made), made)


def band_pass(freq_hz: Float, q: Float, rate: float) -> Float:
    """Band-passes with gain 1 at their centre."""
    return _peak(freq_hz, np.ones_like(freq_hz), q, 0.0, DOWN_1 * freq_hz / q, rate)


def shelf(freq_hz: Float, gain_db: Float, high: Bool, rate: float) -> Float:
    """Shelves with `gain_db` far below their frequency, far above it where `high`, and half of it there.

    A high shelf is a gain, less a low shelf.
    """
    a = 10 ** (np.abs(gain_db) / 20)
    made = _own_poles(freq_hz, a**-0.25, shapes.BUTTERWORTH, a * a, a, _body(freq_hz), rate)
    nu, alpha, beta, gamma, p = np.where((gain_db < 0) ^ high, _mirrored(made), made)
    gain = np.where(high, 10 ** (gain_db / 10), 1)
    return np.array((gain * nu, alpha, gain * beta, gamma, gain * p))


def low_pass(freq_hz: Float, q: Float | float, rate: float) -> Float:
    """High cuts of second order with quality `q`; their frequency may be half the rate or more."""
    poles, low = freq_hz / _held(freq_hz, rate), freq_hz < BODY_HZ[0]
    made = _own_poles(freq_hz, poles, q, np.ones_like(poles), 0.0, (~low).astype(np.float64), rate)
    low &= DOWN_2 * freq_hz > CUT_REACH_HZ[0]
    if low.any():
        made[:, low] = _low_high_cut(freq_hz[low], np.broadcast_to(q, low.shape)[low], rate)
    return made


def high_pass(freq_hz: Float, q: Float | float, rate: float) -> Float:
    """Low cuts of second order with quality `q`: B = ν t², met at three places."""
    body, weight = np.minimum(freq_hz, NEAR * rate), _body(freq_hz)
    places = [_place(met, freq_hz, weight, rate) for met in (body / 2, body, TOP * rate)]
    (t, y), (t1, y1), (t2, y2) = ((t, t * t * _denominator(r, q) / r**4) for t, r in places)
    slope, slope_1 = (y1 - y) / (t1 - t), (y2 - y1) / (t2 - t1)
    nu = (t2 - t) / (slope_1 - slope)
    alpha = nu * slope - t - t1
    return np.array((nu, alpha, 0 * nu, nu * y - (alpha + t) * t, 0 * nu))


def low_pass_1(freq_hz: Float, rate: float) -> Float:
    """High cuts of first order: (ν t + γ) / (t + γ), above and below the line times t + γ."""
    (t, r), (u, v) = _twice(freq_hz, _reaching(_body(freq_hz), DOWN_1 * freq_hz), rate)
    here, there = 1 / (1 + r * r), 1 / (1 + v * v)
    gamma = (here - there) / ((1 - here) / t - (1 - there) / u)
    nu = here - gamma * (1 - here) / t
    return np.array((nu, 2 * gamma, (nu + 1) * gamma, gamma * gamma, np.ones_like(nu)))


def high_pass_1(freq_hz: Float, rate: float) -> Float:
    """Low cuts of first order: ν t / (t + γ), above and below the line times t + γ."""
    (t, r), (u, v) = _twice(freq_hz, _body(freq_hz), rate)
    here, there = r * r / (1 + r * r), v * v / (1 + v * v)
    gamma = (there - here) / (here / t - there / u)
    nu = here * (1 + gamma / t)
    return np.array((nu, 2 * gamma, nu * gamma, gamma * gamma, 0 * nu))


# --- where a filter meets its prototype ------------------------------------------------------------


def _held(freq_hz: Float, rate: float) -> Float:
    return np.minimum(freq_hz, HIGHEST * rate)


def _place(met_hz: Float | float, freq_hz: Float, weight: Float, rate: float) -> tuple[Float, Float]:
    """Where a place is, t, and where on the prototype, r.

    That is ω / ω₀ where `weight` is 1, and √t, the bilinear transform, where it is 0.
    """
    f0 = _held(freq_hz, rate)
    root = np.tan(np.pi / rate * met_hz) / np.tan(np.pi / rate * f0)
    return root * root, (met_hz / f0) ** weight * root ** (1 - weight)


def _twice(freq_hz: Float, weight: Float, rate: float) -> tuple[tuple[Float, Float], tuple[Float, Float]]:
    """Two places: the filter's frequency, or one below if it is high, and one in the highs."""
    near = _place(np.minimum(freq_hz, NEAR * rate), freq_hz, weight, rate)
    return near, _place(TOP * rate, freq_hz, weight, rate)


def _rising(freq_hz: Float, low_hz: float, high_hz: float) -> Float:
    """From 0 at `low_hz` to 1 at `high_hz`, smoothly."""
    x = np.log(freq_hz / low_hz) / np.log(high_hz / low_hz)
    x = np.minimum(np.maximum(x, 0), 1)
    return np.asarray(x * x * (3 - 2 * x))


def _body(freq_hz: Float) -> Float:
    """Weight of the prototype around the frequency of a filter."""
    return _rising(freq_hz, *BODY_HZ)


def _reaching(body: Float, reach_hz: Float) -> Float:
    """Weight of the prototype in the highs, for a filter that is heard up to `reach_hz`."""
    return np.maximum(body, _rising(reach_hz, *REACH_HZ))


# --- how ---------------------------------------------------------------------------------------------


def _denominator(r: Float, q: Float | float) -> Float:
    """What stands below the line in the power of a prototype of second order."""
    return np.asarray((1 - r * r) ** 2 + (r / q) ** 2)


def _peak(freq_hz: Float, top: Float, q: Float, p: float, reach_hz: Float, rate: float) -> Float:
    """Touch the prototype at its peak, a power of `top`, meet it half-way down and once more in the highs.

    To touch it at t = 1, B − top·A has to be (ν − top)(t − 1)².  That leaves α and γ to be found from
    A = γ (t − 1)² D(r) / (1 − r²)² at the two other places, where D is the prototype's denominator.
    """
    f0 = _held(freq_hz, rate)
    beside = f0 * (np.sqrt(1 + 0.25 / (q * q)) - 0.5 / q)
    high = min(TOP * rate, AUDIBLE_HZ)
    above = np.where(ASIDE * f0 < high, high, np.minimum(ASIDE * f0, BRINK * rate))
    body = _body(f0)
    weight = np.array((body, _reaching(body, reach_hz)))
    (t1, t2), (u1, u2) = _touching(np.array((beside, above)), f0, q * top**0.25, weight, rate)
    gamma = (t2 - t1) / (u2 - u1)
    alpha = gamma * u1 - t1
    nu = top - gamma * (top - p)
    return np.array((nu, alpha, top * (alpha + 2) - 2 * nu, gamma, np.full_like(nu, p)))


def _touching(met_hz: Float, f0: Float, q: Float, weight: Float, rate: float) -> tuple[Float, Float]:
    """Places, t, and (t + α) / γ there; shape (places, n)."""
    t, r = _place(met_hz, f0, weight, rate)
    return t, (((t - 1) / (1 - r * r)) ** 2 * _denominator(r, q) - 1) / t


def _own_poles(
    freq_hz: Float, poles: Float, q: Float | float, p: Float, c: Float | float, weight: Float, rate: float
) -> Float:
    """Keep the prototype's poles, at `poles` · ω₀, and meet its power, (p + c r⁴) / D(r / poles), at two places.

    A pole s of the prototype becomes exp(s/rate): seen through the bilinear transform tanh(s/2rate).
    """
    half = np.pi / rate * _held(freq_hz, rate)
    root = np.sqrt(0.25 / (q * q) - 1 + 0j)
    turned, other = (np.tanh(half * poles * s) / np.tan(half) for s in (root - 0.5 / q, -root - 0.5 / q))
    g2, gk = (turned * other).real, -(turned + other).real
    k = (gk * q) ** weight * g2 ** (-0.5 * weight) / q
    g2 = g2**weight * poles ** (2 - 2 * weight)
    alpha, gamma = (k * k - 2) * g2, g2 * g2
    places = _twice(freq_hz, weight, rate)
    powers = ((p + c * r**4) / _denominator(r / poles, q) for _, r in places)
    (t, y), (u, z) = (
        (t, (power * (t * (t + alpha) + gamma) - p * gamma) / t) for (t, _), power in zip(places, powers, strict=True)
    )
    # Both by ν t² + β t, or by β t in the highs alone where that would take ν below 0.
    nu = np.maximum((z - y) / (u - t), 0)
    return np.array((nu, alpha, z - nu * u, gamma, p))


def _low_high_cut(freq_hz: Float, q: Float, rate: float) -> Float:
    """High cuts whose highs alone follow the prototype: below 2 kHz the bilinear curve is met twice.

    Of the two places in the highs the lower one is met in part: the whole would bend the lows by 0.1 dB.
    """
    reach, none = _rising(DOWN_2 * freq_hz, *CUT_REACH_HZ), np.zeros_like(freq_hz)
    top = np.minimum(CUT_TOP * freq_hz, CUT_HIGHEST * rate)
    part = CUT_PART + (1 - CUT_PART) * _rising(freq_hz, *CUT_WHOLE_HZ)
    met = (
        (CUT_KEPT_HZ[0] * (freq_hz / BODY_HZ[0]) ** CUT_NEARER, none), (CUT_KEPT_HZ[1] + none, none),
        (CUT_MIDDLE * top, part * reach), (top, reach),
    )  # fmt: skip
    rows, right = [], []
    for place, weight in met:
        t, r = _place(place, freq_hz, weight, rate)
        power = 1 / _denominator(r, q)
        size = t * t + t + 1
        rows.append(np.stack((t * t, t, -power * t, 1 - power), -1) / size[:, np.newaxis])
        right.append(power * t * t / size)
    found = np.linalg.solve(np.stack(rows, -2), np.stack(right, -1)[..., np.newaxis])[..., 0]
    nu, beta, alpha, gamma = np.moveaxis(found, -1, 0)
    return np.array((nu, alpha, beta, gamma, np.ones_like(nu)))


def _mirrored(parabolas: Float) -> Float:
    """A / B for B / A."""
    nu, alpha, beta, gamma, p = parabolas
    return np.array((np.ones_like(nu), beta, alpha, p * gamma, nu / p)) / nu


# --- design ------------------------------------------------------------------------------------------


def design(parabolas: Float, freq_hz: Float, rate: float) -> Float:
    """Turn parabolas into coefficients.

        |h s² + b g s + l g²|² / |s² + k g s + g²|²,  s² = −t tan²(ω₀/2)

    Parameters
    ----------
    parabolas : ndarray, shape (5, …)
        As from the functions above, in the powers where they are not negative at any t ≥ 0.
    freq_hz : ndarray, shape (…)
        The frequencies they were made for.
    rate : float

    Returns
    -------
    coefficients : ndarray, shape (6, …)
        Those of `shapes.design`.
    """
    nu, alpha, beta, gamma, p = parabolas
    g2 = np.sqrt(gamma)
    h, last = np.sqrt(np.maximum(nu, 0)), np.sqrt(p)
    k, b = np.sqrt(alpha / g2 + 2), np.sqrt(np.maximum(beta / g2 + 2 * h * last, 0))
    g = np.sqrt(g2) * np.tan(np.pi / rate * _held(freq_hz, rate))
    b1 = g * (g + k)
    a1 = 1 / (1 + b1)
    return np.array((b1 * a1, g * a1, g * g * a1, h, b - h * k, last - h))
