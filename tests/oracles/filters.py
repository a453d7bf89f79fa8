"""The console's filters again: their analogue prototypes, and the sampled filters that stand for them.

Nothing here comes from `dsp`.  Prototypes are those of R. Bristow-Johnson's cookbook, in the s-plane, and
of `scipy.signal`.  Sampled filters are found once more from what they promise, in the z-plane: where each
meets its prototype is said in the product's `matched`; here it is solved for in φ = sin²(ω/2) and the
roots are sorted by the unit circle.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.signal

from oracles import processors

Array = npt.NDArray[np.float64]

BUTTERWORTH = 0.5**0.5
KEY_FILTERS = ("LC6", "LC12", "HC6", "HC12", "1.0", "2.0", "3.0", "5.0", "10.0")

# Order and kind of a crossover: quality and place of each part (None: first order), for the prototype at 1.
CROSSOVER_PARTS = {
    "BU6": [(None, 1)], "BU12": [(BUTTERWORTH, 1)], "LR12": [(0.5, 1)], "BU18": [(1, 1), (None, 1)],
    "BU24": [(1 / (2 * np.sin(np.pi / 8 * n)), 1) for n in (3, 1)], "LR24": [(BUTTERWORTH, 1)] * 2,
}  # fmt: skip


# --- prototypes --------------------------------------------------------------------------------------


def quality(kind: str, gain_db: float, q: float) -> float:
    """Quality that counts: cuts and shelves have a fixed slope, the vintage bell widens as its gain falls."""
    return q * (0.5 + abs(gain_db) / 30) if kind == "VEQ" else q if kind == "PEQ" else BUTTERWORTH


def prototype(kind: str, gain_db: float, q: float) -> tuple[Array, Array]:
    """Numerator and denominator in s of a filter at one radian a second."""
    a = 10 ** (gain_db / 40)
    root = np.sqrt(a) / q
    b, c = {
        "PEQ": ((1, a / q, 1), (1, 1 / (a * q), 1)),
        "LShv": ((a, a * root, a * a), (a, root, 1)),
        "HShv": ((a * a, a * root, a), (1, root, a)),
        "LCut": ((1, 0, 0), (1, 1 / q, 1)),
        "HCut": ((0, 0, 1), (1, 1 / q, 1)),
        "Band": ((0, 1 / q, 0), (1, 1 / q, 1)),
        "LC6": ((0, 1, 0), (0, 1, 1)),
        "HC6": ((0, 0, 1), (0, 1, 1)),
    }[kind.replace("VEQ", "PEQ")]
    return np.array(b, np.float64), np.array(c, np.float64)


def prototype_db(kind: str, at_hz: Array, freq_hz: float, gain_db: float = 0, q: float = BUTTERWORTH) -> Array:
    """Level in dB of a band's prototype at each frequency."""
    return processors.level_db(np.sqrt(_power(kind, at_hz / freq_hz, gain_db, quality(kind, gain_db, q))))


def crossover_prototype_db(kind: str, upper: bool, at_hz: Array, freq_hz: float) -> Array:
    """Level in dB of a crossover's prototype at each frequency, a high cut where `upper`."""
    order, side = int(kind[2:]) // 6, "lowpass" if upper else "highpass"
    if kind.startswith("BS"):
        b, a = scipy.signal.bessel(order, 1, side, analog=True, norm="mag")
    else:
        b, a = scipy.signal.butter(order if kind.startswith("BU") else order // 2, 1, side, analog=True)
    level = processors.level_db(scipy.signal.freqs(b, a, at_hz / freq_hz)[1])
    return level * 2 if kind.startswith("LR") else level


def _power(kind: str, r: npt.ArrayLike, gain_db: float, q: float) -> Array:
    b, c = prototype(kind, gain_db, q)
    s = 1j * np.asarray(r, np.float64)
    return np.asarray(np.abs(np.polyval(b, s) / np.polyval(c, s)) ** 2)


def bilinear(kind: str, freq_hz: float, gain_db: float, q: float, rate: float) -> Array:
    """Second-order section, shape (6,), of a prototype under the bilinear transform, in tune at its frequency."""
    order = np.trim_zeros(prototype(kind, gain_db, q)[1], "f").size
    b, a = (each[-order:] for each in prototype(kind, gain_db, q))
    sampled = scipy.signal.bilinear(b, a, 0.5 / np.tan(np.pi * min(freq_hz, 0.49 * rate) / rate))
    return np.concatenate([np.pad(each, (0, 3 - each.size)) for each in sampled])


# --- sampled filters -----------------------------------------------------------------------------------


def band(kind: str, freq_hz: float, gain_db: float, q: float, rate: float) -> Array:
    """Second-order section, shape (6,), of an EQ band; `q` is ignored by all but bells."""
    q = quality(kind, gain_db, q)
    if kind in ("PEQ", "VEQ"):
        section = _peak("PEQ", freq_hz, abs(gain_db), q, rate)
        return _inverse(section) if gain_db < 0 else section
    if kind in ("LShv", "HShv"):
        section = _kept_poles("LShv", freq_hz, abs(gain_db), q, rate)
        section = section if (gain_db < 0) == (kind == "HShv") else _inverse(section)
        section[:3] *= 10 ** (gain_db / 20) if kind == "HShv" else 1
        return section
    return _cut(kind == "HCut", freq_hz, q, rate)


def crossover(kind: str, upper: bool, freq_hz: float, rate: float) -> Array:
    """Sections, shape (n, 6), of a crossover: a high cut in the `upper` bands, else a low cut."""
    parts = CROSSOVER_PARTS.get(kind) or _bessel_parts(int(kind[2:]) // 6)
    return np.stack([_cut(upper, freq_hz * apart if upper else freq_hz / apart, q, rate) for q, apart in parts])


def low_cut(slope: int, freq_hz: float, rate: float) -> Array:
    """Sections, shape (n, 6), of the low cut of 12, 18 or 24 dB per octave."""
    return crossover(f"BU{slope}", False, freq_hz, rate)


def key_filter(kind: str, freq_hz: float, rate: float) -> Array:
    """Sections, shape (1, 6), of a key filter."""
    if kind[0] in "LH":
        return _cut(kind[0] == "H", freq_hz, BUTTERWORTH if kind[2:] == "12" else None, rate)[np.newaxis]
    return _peak("Band", freq_hz, 0, float(kind), rate)[np.newaxis]


def curve_db(sections: Array, freq_hz: Array, rate: float) -> Array:
    """Level in dB of filters in series at each frequency."""
    return processors.level_db(scipy.signal.sosfreqz(np.atleast_2d(sections), freq_hz, fs=rate)[1])


def _bessel_parts(order: int) -> list[tuple[float, float]]:
    _, poles, _ = scipy.signal.bessel(order, 1, analog=True, norm="mag", output="zpk")
    return [(abs(p) / (-2 * p.real), abs(p)) for p in poles if p.imag > 0]


def _cut(high: bool, freq_hz: float, q: float | None, rate: float) -> Array:
    if q is None:
        return _first("HC6" if high else "LC6", freq_hz, rate)
    if not high:
        return _three_times(freq_hz, q, rate)
    return _highs_alone(freq_hz, q, rate) if 450 < freq_hz < 2000 else _kept_poles("HCut", freq_hz, 0, q, rate)


# --- where they meet their prototypes, in z --------------------------------------------------------------


def _share(hz: float, low: float, high: float) -> float:
    """Smoothly from 0 to 1 over the logarithm."""
    x = float(np.clip(np.log(hz / low) / np.log(high / low), 0, 1))
    return 3 * x**2 - 2 * x**3


def _shares(freq_hz: float, reach_hz: float) -> tuple[float, float]:
    """How much the prototype counts, against the bilinear curve: around the filter, and in the highs."""
    body = _share(freq_hz, 2000, 4000)
    return body, max(body, _share(reach_hz, 2500, 10_000))


def _aimed(at_hz: float, freq_hz: float, share: float, rate: float) -> float:
    """Place on the prototype that a frequency aims at."""
    held = min(freq_hz, 0.46 * rate)
    bilinear = np.tan(np.pi * at_hz / rate) / np.tan(np.pi * held / rate)
    return float(np.exp(share * np.log(at_hz / freq_hz) + (1 - share) * np.log(bilinear)))


def _phi(hz: npt.ArrayLike, rate: float) -> Array:
    return np.asarray(np.sin(np.pi * np.asarray(hz, np.float64) / rate) ** 2)


def _minimum_phase(parabola: Array, scale: float) -> Array:
    """Polynomial in 1/z, inside the unit circle, whose power is a parabola in φ/scale, lowest power first."""
    found = np.array([1.0 + 0j])
    for root in np.roots(np.trim_zeros(parabola[::-1], "f")) * scale + 0j:
        u, w = 1 - 2 * root, 2 * np.sqrt(root * root - root)
        z = min((u - w, u + w), key=abs)
        found = np.convolve(found, (1, -z))
    found = np.pad(found, (0, 3 - found.size))
    # What is left over at φ = scale is a gain; both parabolas of a filter may be upside down.
    x = abs(np.polyval(parabola[::-1], 1.0))
    turn = np.exp(-2j * np.arcsin(np.sqrt(scale)))
    return np.asarray((found * np.sqrt(x) / abs(np.polyval(found[::-1], turn))).real)


def _solved(rows: list[Array], right: list[float], scale: float) -> Array:
    """Section from equations for n0, n1, n2, d0, d1, where d2 = 1: |H|² = (n0 + n1 x + n2 x²) / (d0 + d1 x + x²)."""
    matrix, weights = np.array(rows), 1 / np.abs(rows).max(1)
    n0, n1, n2, d0, d1 = np.linalg.solve(matrix * weights[:, np.newaxis], np.array(right) * weights)
    section = np.concatenate([_minimum_phase(np.array(each), scale) for each in ((n0, n1, n2), (d0, d1, 1.0))])
    return np.asarray(section / section[3])


def _meets(x: float, power: float) -> tuple[Array, float]:
    return np.array((1, x, x * x, -power, -power * x)), power * x * x


def _peak(kind: str, freq_hz: float, gain_db: float, q: float, rate: float) -> Array:
    """Touches its prototype at the peak, meets it where half the gain is left below, and in the highs."""
    if kind == "PEQ" and gain_db == 0:
        return np.array((1.0, 0, 0, 1, 0, 0))
    body, highs = _shares(freq_hz, 1.5 * freq_hz / q if kind == "PEQ" else 100 * freq_hz / q)
    edge = min(0.38 * rate, 20_000)
    top = edge if 1.2 * freq_hz < edge else min(1.2 * freq_hz, 0.49 * rate)
    half = freq_hz * (np.hypot(1, 0.5 / q) - 0.5 / q)
    scale = float(_phi(freq_hz, rate))
    peak, bottom = 10 ** (gain_db / 10), 1.0 if kind == "PEQ" else 0.0
    rows = [np.array((1, 0, 0, -bottom, 0)), np.array((0, 1, 2, 0, -peak))]  # at 0, and the slope at the peak
    right = [0.0, 2 * peak]
    for hz, share in ((freq_hz, body), (half, body), (top, highs)):
        power = _power(kind, _aimed(hz, freq_hz, share, rate), gain_db, q)
        row, value = _meets(float(_phi(hz, rate)) / scale, float(power))
        rows.append(row)
        right.append(value)
    return _solved(rows, right, scale)


def _three_times(freq_hz: float, q: float, rate: float) -> Array:
    """Low cut: two zeros at 0 Hz, met at three places."""
    body, _ = _shares(freq_hz, 1)
    near, scale = min(freq_hz, 0.22 * rate), float(_phi(freq_hz, rate))
    rows, right = [np.array((1.0, 0, 0, 0, 0)), np.array((0, 1.0, 0, 0, 0))], [0.0, 0.0]
    for hz in (near / 2, near, 0.38 * rate):
        power = _power("LCut", _aimed(hz, freq_hz, body, rate), 0, q)
        row, value = _meets(float(_phi(hz, rate)) / scale, float(power))
        rows.append(row)
        right.append(value)
    return _solved(rows, right, scale)


def _highs_alone(freq_hz: float, q: float, rate: float) -> Array:
    """High cut that keeps the bilinear curve in the lows: met at two places there and at two in the highs."""
    share, more = _share(10 * freq_hz, 4500, 9000), _share(freq_hz, 900, 1800)
    top, scale = min(9 * freq_hz, 0.37 * rate), float(_phi(freq_hz, rate))
    rows, right = [np.array((1.0, 0, 0, -1.0, 0))], [0.0]
    lows = ((1276 * (freq_hz / 2000) ** 0.4, 0.0), (1850.0, 0.0))
    for hz, counts in (*lows, (0.6 * top, share * (0.45 + 0.55 * more)), (top, share)):
        power = _power("HCut", _aimed(hz, freq_hz, counts, rate), 0, q)
        row, value = _meets(float(_phi(hz, rate)) / scale, float(power))
        rows.append(row)
        right.append(value)
    return _solved(rows, right, scale)


def _first(kind: str, freq_hz: float, rate: float) -> Array:
    """First order, met at two places: |H|² = (n0 + n1 x) / (d0 + x)."""
    body, highs = _shares(freq_hz, 100 * freq_hz)
    scale = float(_phi(freq_hz, rate))
    rows, right = [np.array((1.0, 0, -1.0 if kind == "HC6" else 0))], [0.0]
    for hz in (min(freq_hz, 0.22 * rate), 0.38 * rate):
        x = float(_phi(hz, rate)) / scale
        power = float(_power(kind, _aimed(hz, freq_hz, highs if kind == "HC6" else body, rate), 0, 1))
        rows.append(np.array((1, x, -power)))
        right.append(power * x)
    n0, n1, d0 = np.linalg.solve(rows, right)
    section = np.concatenate([_minimum_phase(np.array(each), scale) for each in ((n0, n1), (d0, 1.0))])
    return np.asarray(section / section[3])


def _kept_poles(kind: str, freq_hz: float, gain_db: float, q: float, rate: float) -> Array:
    """Poles of the prototype, sampled; zeros such that it is met at two places and at 0 Hz."""
    body, _ = _shares(freq_hz, 1)
    share = float(freq_hz >= 2000) if kind == "HCut" else body
    held = min(freq_hz, 0.46 * rate)
    bend = np.tan(np.pi * held / rate)
    poles = np.roots(prototype(kind, gain_db, q)[1])
    z = np.exp(2 * np.pi * freq_hz / rate * poles)
    sampled, bilinear = (1 - z) / (1 + z) / bend, -poles * freq_hz / held
    # Between both, what counts is how far the poles are from the origin and how narrow they are.
    far, wide = (
        np.exp(share * np.log(one) + (1 - share) * np.log(other))
        for one, other in zip(*(_far_and_wide(each) for each in (sampled, bilinear)), strict=True)
    )
    half = np.roots((1, -far * wide, far * far)) * bend
    a = np.real(np.poly((1 - half) / (1 + half)))
    rows, right = [], []
    for hz in (min(freq_hz, 0.22 * rate), 0.38 * rate):
        phi = float(_phi(hz, rate))
        power = float(_power(kind, _aimed(hz, freq_hz, share, rate), gain_db, q))
        rows.append((phi, phi * phi))
        below = abs(np.polyval(a[::-1], np.exp(-2j * np.pi * hz / rate))) ** 2
        right.append(power * below - 10 ** (gain_db / 10) * a.sum() ** 2)
    bottom = 10 ** (gain_db / 10) * a.sum() ** 2
    n1, n2 = np.linalg.solve(rows, right)
    if bottom + n1 + n2 < 0:  # at half the rate: then nothing is left there
        n1, n2 = np.linalg.solve((rows[1], (1, 1)), (right[1], -bottom))
    scale = float(_phi(held, rate))
    parabola = np.array((bottom, n1 * scale, n2 * scale * scale))
    return np.concatenate((_minimum_phase(parabola, scale), a))


def _far_and_wide(poles: npt.NDArray[np.complex128]) -> tuple[float, float]:
    far = float(np.sqrt(np.prod(poles).real))
    return far, float(np.sum(poles).real) / far


def _inverse(section: Array) -> Array:
    return np.concatenate((section[3:], section[:3])) / section[0]
