"""The cases of EBU Tech 3341 and 3342 that can be synthesised, through our meters and through libebur128.

    python -m rigs.ebu

Cases 7 and 8 of 3341, and 5 and 6 of 3342, are recordings that EBU hands out.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.signal

from daemon.album import measure
from daemon.metering import live, loudness

Float = npt.NDArray[np.float64]
RATES = (44_100, 48_000, 96_000)
WHOLE_LU, RANGE_LU = 0.1, 1.0  # what the documents allow
PEAK_DB = (-0.4, 0.2)
STEPS = 20
FEW = (0, 1, 7, 12, 19)
FINE = 32
SETTLED_S = {"S": 3.0, "M": 1.0}


class Case(NamedTuple):
    """A case: sounds that a meter hears one after the other, and what it shows after each."""

    name: str
    sounds: list[Float]
    shown: str
    """I, LRA, TP, max S, max M; S or M where every reading counts once it has settled."""
    expected: list[float]
    within: tuple[float, float]


def tones(rate: int, *parts: tuple[float, float | None]) -> Float:
    """Stereo sine of 1 kHz, phase running on: seconds and peak level in dBFS of each part, None is silence."""
    gains = [np.full(round(seconds * rate), 0.0 if level is None else 10 ** (level / 20)) for seconds, level in parts]
    gain = np.concatenate(gains)
    return np.repeat((gain * np.sin(2 * np.pi * 1000 / rate * np.arange(gain.size)))[:, np.newaxis], 2, axis=1)


def cases(rate: int, places: tuple[int, ...] = tuple(range(STEPS))) -> Iterator[Case]:
    """All of them; of those with twenty sounds these places."""
    whole = (-WHOLE_LU, WHOLE_LU)
    for number, parts, lufs in (
        (1, [(20, -23)], -23), (2, [(20, -33)], -33), (3, [(10, -36), (60, -23), (10, -36)], -23),
        (4, [(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23),
        (5, [(20, -26), (20.1, -20), (20, -26)], -23),
    ):  # fmt: skip
        shown = ("I", "S", "M") if number <= 2 else ("I",)
        yield from (Case(f"3341-{number}", [tones(rate, *parts)], each, [lufs], whole) for each in shown)
    surround = tones(rate, (20, 0))[:, :1] * 10 ** (np.array([-28, -28, -24, -30, -30]) / 20)
    yield Case("3341-6", [surround], "I", [-23], whole)
    yield Case("3341-9", [tones(rate, *[(1.34, -20), (1.66, -30)] * 5)], "S", [-23], whole)
    for n in places:
        yield Case(f"3341-10 {n + 1}", [tones(rate, (n * 0.15, None), (3, -23), (1, None))], "max S", [-23], whole)
    yield _ladder("3341-11", rate, "max S", 0.15, 3.0)
    yield Case("3341-12", [tones(rate, *[(0.18, -20), (0.22, -30)] * 25)], "M", [-23], whole)
    for n in places:
        yield Case(f"3341-13 {n + 1}", [tones(rate, (n * 0.02, None), (0.4, -23), (1, None))], "max M", [-23], whole)
    yield _ladder("3341-14", rate, "max M", 0.02, 0.4)
    for number, part, peak, degrees, dbtp in (
        (15, 4, 0.5, 0, -6), (16, 4, 0.5, 45, -6), (17, 6, 0.5, 60, -6), (18, 8, 0.5, 67.5, -6), (19, 4, 1.41, 45, 3),
    ):  # fmt: skip
        sine = peak * np.sin(2 * np.pi / part * np.arange(rate) + np.deg2rad(degrees))
        yield Case(f"3341-{number}", [_faded(sine, rate)], "TP", [dbtp], PEAK_DB)
    for offset in range(4):
        yield Case(f"3341-{20 + offset}", [_jump(rate, offset)], "TP", [0], PEAK_DB)
    for number, (levels, lu) in enumerate((
        ((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15),
    ), 1):  # fmt: skip
        steps = tones(rate, *((20, each) for each in levels))
        yield Case(f"3342-{number}", [steps], "LRA", [lu], (-RANGE_LU, RANGE_LU))


def _ladder(name: str, rate: int, shown: str, late_s: float, seconds: float) -> Case:
    """Tones, each a decibel louder than the last and a little later."""
    levels = [-38.0 + n for n in range(STEPS)]
    sounds = [
        tones(rate, (n * late_s, None), (seconds, level), (seconds - min(n * late_s, seconds), None))
        for n, level in enumerate(levels)
    ]
    return Case(name, sounds, shown, levels, (-WHOLE_LU, WHOLE_LU))


def _faded(mono: Float, rate: int) -> Float:
    """Both sides, faded in and out over 10 ms."""
    at = np.arange(len(mono))
    fade = np.minimum(np.minimum(at, at[::-1]) / (0.01 * rate), 1)
    return np.repeat((fade * mono)[:, np.newaxis], 2, axis=1)


def _jump(rate: int, offset: int) -> Float:
    """A sine of a sixth of the rate, in its middle a period of a quarter at twice its level, a part of a frame late."""
    size, sixth, quarter = rate * FINE, 6 * FINE, 4 * FINE
    before = size // 2 // sixth * sixth
    x = np.concatenate((
        0.5 * np.sin(2 * np.pi / sixth * np.arange(before)), np.sin(2 * np.pi / quarter * np.arange(quarter)),
        0.5 * np.sin(2 * np.pi / sixth * np.arange(size - before - quarter)),
    ))  # fmt: skip
    return _faded(scipy.signal.resample_poly(np.roll(x, offset * FINE // 4), 1, FINE), rate)


# --- meters -------------------------------------------------------------------------------------------


def by_live(case: Case, rate: int, block_s: float = 0.1) -> list[float]:
    """What a live meter shows, that hears the sounds block by block."""
    meter, found, heard = live.Live(rate, range(case.sounds[0].shape[1])), [], []
    step = round((0.1 if case.shown in SETTLED_S else block_s) * rate)
    for sound in case.sounds:
        for begin in range(0, len(sound), step):
            meter.add(sound[begin : begin + step])
            if case.shown in SETTLED_S:
                shown = meter.reading()
                heard.append(shown.s if case.shown == "S" else shown.m)
        shown = meter.reading()
        found.append({"I": shown.i, "LRA": shown.lra, "TP": shown.max_tp, "max S": shown.max_s,
                      "max M": shown.max_m}.get(case.shown, 0.0))  # fmt: skip
    return [_farthest(case, np.array(heard))] if heard else found


def by_file(case: Case, rate: int) -> list[float]:
    """What the meter of files says."""
    if case.shown in SETTLED_S:
        figures = measure.measure(case.sounds[0], rate)
        return [_farthest(case, figures.short_term_lufs if case.shown == "S" else figures.momentary_lufs)]
    meter, found = loudness.Meter(rate, case.sounds[0].shape[1]), []
    for sound in case.sounds:
        for begin in range(0, len(sound), 1 << 16):
            meter.add(sound[begin : begin + (1 << 16)])
        told = meter.measured()
        found.append({"I": told.integrated_lufs, "LRA": told.range_lu, "TP": told.true_peak_dbtp,
                      "max S": told.max_short_term_lufs, "max M": told.max_momentary_lufs}[case.shown])  # fmt: skip
    return found


def _farthest(case: Case, readings: Float) -> float:
    """Of readings ten times a second, once settled, the one that is farthest off."""
    settled = readings[round(SETTLED_S[case.shown] * 10) :]
    return float(settled[np.abs(settled - case.expected[0]).argmax()])


def by_libebur128(case: Case, rate: int) -> list[float]:
    """What libebur128 says, of what it tells of a whole sound; nothing of the rest."""
    try:
        import pyebur128 as other
    except ImportError:
        return []
    sound = case.sounds[0]
    if case.shown not in ("I", "LRA", "TP") or sound.shape[1] != 2:
        return []
    mode = other.MeasurementMode
    state = other.R128State(2, rate, mode.MODE_I | mode.MODE_LRA | mode.MODE_TRUE_PEAK)
    state.add_frames(sound.ravel(), len(sound))
    if case.shown == "TP":
        return [20 * np.log10(max(other.get_true_peak(state, side) for side in (0, 1)))]
    return [other.get_loudness_global(state) if case.shown == "I" else other.get_loudness_range(state)]


METERS: dict[str, Callable[[Case, int], list[float]]] = {
    "live": by_live, "file": by_file, "libebur128": by_libebur128,
}  # fmt: skip


def off(case: Case, found: list[float]) -> float:
    """How far the worst of what was found is from what is expected."""
    errors = np.array(found) - np.array(case.expected)
    return float(errors[np.abs(errors).argmax()])


def main() -> None:
    """Print what each meter is off, at every rate."""
    columns = [f"{name} {rate / 1000:g}" for rate in RATES for name in METERS]
    print(f"{'case':<12}{'shown':<7}{'expected':>9}{'allowed':>14}" + "".join(f"{column:>17}" for column in columns))
    failed = 0
    for several in zip(*(cases(rate) for rate in RATES), strict=True):
        case, cells = several[0], []
        for rate, here in zip(RATES, several, strict=True):
            for name, meter in METERS.items():
                found = meter(here, rate)
                error = off(here, found) if found else 0.0
                good = case.within[0] <= error <= case.within[1]
                failed += name != "libebur128" and not good
                cells.append(f"{error:+.3f}{'' if good else ' !'}" if found else "–")
        expected = f"{case.expected[0]:g}" + (f" … {case.expected[-1]:g}" if len(case.expected) > 1 else "")
        allowed = f"{case.within[0]:+g} {case.within[1]:+g}"
        print(f"{case.name:<12}{case.shown:<7}{expected:>9}{allowed:>14}" + "".join(f"{cell:>17}" for cell in cells))
    print(f"{failed} of ours are outside of what is allowed")


if __name__ == "__main__":
    main()
