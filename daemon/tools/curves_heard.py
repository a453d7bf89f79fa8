"""Before and after, in time: gates, limiters, rides, RMS and the noise of low filters, and what processors bring.

What is drawn as used is measured on a whole desk, see `curves_desk`.  What was before is a plain formula, see
`curves_before`.  A processor's own pictures are in a module of its name: `curves_NAME`.
"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence

import numpy as np

from daemon.tools import curves_before as before
from daemon.tools.curves_desk import (
    PRE_FADERS,
    RATE,
    Desk,
    Float,
    Seen,
    below,
    decibels,
    decibels_of_power,
    over_time,
    square,
    times_ms,
    when_ms,
)
from dsp.engine import layout
from dsp.processors import registry, shapes

SPLATTER_HZ, BESIDE_HZ = 1500.0, 50.0
OPEN = {"/ch/01/mix/fader": 0.0, "/ch/02/mix/fader": 0.0, "/main/st/mix/fader": 0.0}


# --- gates -------------------------------------------------------------------------------------------


def gate_shuts() -> Seen:
    """Hold and release after a tone 34 dB above the threshold."""
    desk = Desk(PRE_FADERS, below("/ch/01/gate", on=1, thr=-40.0, range=60.0, attack=0.0, hold=0.02, release=100.0))
    loud, after = square(RATE // 4, 10 ** (-6 / 20)), square(RATE, 1e-5)
    desk.play(loud)
    used = decibels(desk.play(after)[:, 0] / after)
    plain = decibels(before.gate(np.concatenate((loud, after)), -40, 60, 0, 100, RATE)[len(loud) :])
    waits, fell = ([when_ms(gain < -limit) for gain in (plain, used)] for limit in (0.1, 59.0))
    told = (
        f"hold 0.02 ms: it begins to shut after {waits[1]:.0f} ms (before {waits[0]:.0f}); release 100 ms: it is "
        f"shut {fell[1] - waits[1]:.0f} ms later (before {fell[0] - waits[0]:.0f})"
    )
    return Seen("a gate shuts", told, over_time(plain), over_time(used), (0, 200, 400, 600, 800, 1000),
                (-60, -40, -20, 0))  # fmt: skip


def gate_opens() -> Seen:
    """Attack 0 into the top of a wave, by another key."""
    gate = below("/ch/01/gate", on=1, thr=-40.0, range=60.0, attack=0.0, hold=0.02, release=5.0, keysrc=2)
    desk = Desk(PRE_FADERS, gate)
    frames = 16_384
    middle = frames // 2
    wave = np.cos(2 * np.pi * 100 * (np.arange(frames) - middle) / RATE)
    key = np.where(np.arange(frames) < middle, 0.0, 0.5)
    heard = desk.play(wave, key)[:, 0]
    plain = before.gate(key, -40, 60, 0, 5, RATE)
    splatter = [_splatter_db(y, middle) for y in (wave * plain, heard)]
    shown = slice(middle - RATE // 1000, middle + 3 * RATE // 1000)
    curves = [over_time(gain[shown], RATE // 1000) for gain in (plain, heard / wave)]
    told = f"attack 0: what clicks above 1.5 kHz is at {splatter[1]:.0f} dB (before {splatter[0]:.0f})"
    return Seen("a gate opens", told, curves[0], curves[1], (-1, 0, 1, 2, 3), (0, 0.5, 1))


def _splatter_db(y: Float, centre: int, half: int = 2048) -> float:
    power = np.abs(np.fft.rfft(y[centre - half : centre + half] * np.hanning(2 * half))) ** 2
    high = np.fft.rfftfreq(2 * half, 1 / RATE) > SPLATTER_HZ
    return float(10 * np.log10(power[high].sum() / power.sum()))


# --- limiters ----------------------------------------------------------------------------------------

SIDES = {**OPEN, "/ch/01/mix/pan": -100.0, "/ch/02/mix/pan": 100.0}


def limiter_pair() -> Seen:
    """The right side of the main mix while the left is 12 dB above the ceiling."""
    desk = Desk(["main/l", "main/r"], SIDES, ceiling_db=0.0)
    frames = RATE // 10
    left, right = square(frames, 0.25), square(frames, 0.25)
    left[frames // 2 :] *= 16
    desk.play(square(RATE // 4, 0.25), square(RATE // 4, 0.25))
    heard = desk.play(left, right)
    gains = decibels(heard / np.stack((left, right), axis=1))
    gains -= gains[frames // 4]
    plain = decibels(before.limiter(right, RATE))
    told = (
        f"left 12 dB above the ceiling: right is {abs(gains[-1, 1] - gains[-1, 0]):.1f} dB beside it "
        f"(before {plain[-1] - gains[-1, 0]:.1f}: the image tears); dashed: left"
    )
    return Seen("the other side of a limiter", told, over_time(plain), over_time(gains[:, 1]), (0, 25, 50, 75, 100),
                (-15, -10, -5, 0), wanted=over_time(gains[:, 0]))  # fmt: skip


def limiter_recovers() -> Seen:
    """The gain after one peak of 12 dB above the ceiling."""
    desk = Desk([PRE_FADERS[0]], {}, ceiling_db=0.0)
    x = square(RATE // 2, 0.5)
    x[480] = 4.0
    desk.play(square(RATE // 10, 0.5))
    used = np.abs(desk.play(x)[:, 0] / x)
    plain = before.limiter(x, RATE)
    back = [when_ms((gain > 0.9925) & (np.arange(len(gain)) > 480)) - 10 for gain in (plain, used)]
    shown = slice(0, RATE * 2 // 5)
    told = f"99 % of the way back {back[1]:.0f} ms after a single peak (before {back[0]:.0f})"
    return Seen("a limiter lets go", told, over_time(decibels(plain[shown])), over_time(decibels(used[shown])),
                (0, 100, 200, 300, 400), (-12, -9, -6, -3, 0))  # fmt: skip


def limiter_on_a_low_tone() -> Seen:
    """The gain along a tone of 50 Hz that is 6 dB above the ceiling."""
    desk = Desk([PRE_FADERS[0]], {}, ceiling_db=0.0)
    x = 2 * np.sin(2 * np.pi * 50 * (np.arange(2 * RATE) + 0.5) / RATE)
    used = desk.play(x)[:, 0] / x
    plain = before.limiter(x, RATE)
    bent = [_distortion_db((x * gain)[RATE:], 50) for gain in (plain, used)]
    shown = slice(RATE, RATE + RATE // 25)
    told = f"50 Hz, 6 dB above the ceiling: distortion {bent[1]:.1f} dB (before {bent[0]:.1f})"
    return Seen("a limiter on a low tone", told, over_time(decibels(plain[shown])), over_time(decibels(used[shown])),
                (0, 10, 20, 30, 40), (-7, -6, -5, -4))  # fmt: skip


def _distortion_db(y: Float, freq_hz: float) -> float:
    turns = 2 * np.pi * freq_hz * np.arange(len(y)) / RATE
    tone = np.stack((np.cos(turns), np.sin(turns), np.ones(len(y))), axis=1)
    fitted = tone @ np.linalg.lstsq(tone, y, rcond=None)[0]
    return float(10 * np.log10(np.sum((y - fitted) ** 2) / np.sum(fitted**2)))


# --- rides -------------------------------------------------------------------------------------------


def ride(apart_ms: int = 33) -> Seen:
    """How far a fader is from an even way of 40 dB in a second, moved by messages."""
    apart, count = RATE * apart_ms // 1000, 1000 // apart_ms
    ways_db = np.linspace(0, -40, count)
    desk = Desk(["ch/01"], OPEN)
    desk.play(np.ones(RATE // 4))
    heard = []
    for way_db in ways_db:
        desk.set({"/ch/01/mix/fader": float(way_db)})
        heard.append(desk.play(np.ones(apart))[:, 0])
    first = 8 * apart
    curves = [_ripple(gain[first:]) for gain in (before.ride(10 ** (ways_db / 20), apart, RATE), np.concatenate(heard))]
    beside = [_beside_db(ripple) for ripple in curves]
    told = f"40 dB in a second by a message every {apart_ms} ms: steps at {beside[1]:.0f} dB (before {beside[0]:.0f})"
    shown = slice(0, RATE // 5)
    return Seen("a ride", told, over_time(curves[0][shown]), over_time(curves[1][shown]), (0, 50, 100, 150, 200),
                (-1, -0.5, 0, 0.5, 1))  # fmt: skip


def _ripple(gain: Float) -> Float:
    """What is left of a level in dB when its even way is taken away."""
    level, at = decibels(gain), np.linspace(-1, 1, len(gain))
    return np.asarray(level - np.polyval(np.polyfit(at, level, 3), at))


def _beside_db(ripple_db: Float) -> float:
    """Power of the sidebands that a ripple makes more than 50 Hz beside a tone, in dB against the tone."""
    window = np.hanning(len(ripple_db))
    power = np.abs(np.fft.rfft(ripple_db / decibels(np.e) * window)) ** 2
    beside = np.fft.rfftfreq(len(ripple_db), 1 / RATE) > BESIDE_HZ
    return decibels_of_power(2 * power[beside].sum() / (len(ripple_db) * np.sum(window**2)))


# --- RMS ---------------------------------------------------------------------------------------------


def rms_attack() -> Seen:
    """A compressor with RMS and an attack of 10 ms."""
    return _rms("attack", 10.0, (1e-3, 10 ** (-10 / 20)), (0, 20, 40, 60))


def rms_release() -> Seen:
    """A compressor with RMS and a release of 50 ms."""
    return _rms("release", 50.0, (10 ** (-10 / 20), 1e-3), (0, 100, 200, 300))


def _rms(what: str, set_ms: float, levels: tuple[float, float], shown_ms: Sequence[float]) -> Seen:
    times = {"attack": 10.0, "release": 50.0, what: set_ms}
    settings = below("/ch/01/dyn", on=1, det="RMS", thr=-30.0, ratio="4.0", knee=0.0, hold=0.02, **times)
    desk = Desk(PRE_FADERS, settings)
    first, then = (square(RATE, level) for level in levels)
    desk.play(first)
    used = decibels(desk.play(then)[:, 0] / then)
    both = np.concatenate((first, then))
    plain = before.rms_compressor(both, -30, 4, times["attack"], times["release"], RATE)[RATE:]
    ends = plain[0], plain[-1]
    even = ends[1] + (ends[0] - ends[1]) * np.exp(-times_ms(then) / set_ms)
    t63 = [when_ms(np.abs(gain - ends[0]) > (1 - np.exp(-1)) * abs(ends[1] - ends[0])) for gain in (plain, used)]
    told = f"{what} {set_ms:g} ms: measured {t63[1]:.1f} ms (before {t63[0]:.1f}); dashed: what is set"
    shown = slice(0, int(shown_ms[-1] * RATE / 1000))
    return Seen(f"RMS, {what}", told, over_time(plain[shown]), over_time(used[shown]), shown_ms, (-15, -10, -5, 0),
                wanted=over_time(even[shown]))  # fmt: skip


# --- noise -------------------------------------------------------------------------------------------


def low_noise(freq_hz: float = 41.0) -> Seen:
    """What a low cut at 20 Hz rounds off of a low note, in third octaves."""
    desk = Desk(PRE_FADERS, {"/ch/01/preamp/hpon": 1, "/ch/01/preamp/hpf": 20.0, "/ch/01/preamp/hpslope": "12"})
    x = (10 ** (-1 / 20) * np.sin(2 * np.pi * freq_hz * np.arange(2 * RATE) / RATE)).astype(np.float32)
    desk.console.publish()
    used = desk.console.targets["filter"][layout.LOW_CUT, 0, : shapes.COEFFICIENTS, 0]
    plain, exact = used.copy(), used.astype(np.float64)
    plain[0], exact[0] = 1 - plain[0], 1 - exact[0]  # the desk keeps 1 − a1
    heard = desk.play(x.astype(np.float64))[:, 0]
    pairs = ((before.filtered(x, plain), plain.astype(np.float64)), (heard, exact))
    errors = [(y - before.filtered(x, each))[RATE:] for y, each in pairs]
    rms = [decibels_of_power(np.mean(error**2)) for error in errors]
    told = f"a low cut at 20 Hz leaves {rms[1]:.0f} dBFS of a note of {freq_hz:g} Hz (before {rms[0]:.0f})"
    curves = [_thirds(error) for error in errors]
    return Seen("noise of a low cut", told, curves[0], curves[1], (20, 100, 1000, 10_000, 20_000),
                (-200, -180, -160, -140), unit="Hz")  # fmt: skip


def _thirds(error: Float) -> tuple[Float, Float]:
    """Level of each third octave in dBFS."""
    power = np.abs(np.fft.rfft(error * np.hanning(len(error)))) ** 2
    power *= 2 / (len(error) * np.sum(np.hanning(len(error)) ** 2))
    hz = np.fft.rfftfreq(len(error), 1 / RATE)
    middles = 1000 * 10 ** (np.arange(-17, 14) / 10)
    edge = 10**0.05
    return middles, np.array([
        decibels_of_power(power[(hz >= middle / edge) & (hz < middle * edge)].sum()) for middle in middles
    ])  # fmt: skip


def of_processor(name: str) -> tuple[Callable[[], Seen], ...]:
    """Pictures that a processor brings, if it does."""
    module = f"{__package__}.curves_{name}"
    return importlib.import_module(module).PICTURES if importlib.util.find_spec(module) else ()


PICTURES: tuple[Callable[[], Seen], ...] = (
    gate_shuts, gate_opens, limiter_pair, limiter_recovers, limiter_on_a_low_tone, ride,
    *(picture for each in registry.ALL for picture in of_processor(each.name)),
    rms_attack, rms_release, low_noise,
)  # fmt: skip
