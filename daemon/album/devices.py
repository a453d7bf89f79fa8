"""Where it will be played: models of devices, all of them data.

    both sides ─▶ summed to mono? ─▶ band, as the console's EQ ─▶ compression ─▶ what is left of it

Measured on no device in particular: they stand for their kind, and are the same for every song.
"""

from typing import NamedTuple

import numpy as np

from daemon import errors
from daemon.album import curves, spectrum
from daemon.metering.loudness import Float

CELL_S = 0.005
AT_ONCE = 64  # cells: what stays in a core's own memory
VOCAL_HZ = (300.0, 4000.0)
LOST_DB = 60.0
"""All of it: told where both sides cancel."""


class Compression(NamedTuple):
    """How a device holds down what is loud: threshold of the mean power, ratio, times."""

    threshold_dbfs: float
    ratio: float
    attack_ms: float
    release_ms: float


class Device(NamedTuple):
    """What a kind of device makes of a sound."""

    words: str
    mono: bool = False
    bands: tuple[curves.Band, ...] = ()
    compression: Compression | None = None
    side_cut_hz: float = 0.0
    """Below this both sides play the same."""


BUTTERWORTH = 0.7071
DEVICES: dict[str, Device] = {
    "mono": Device("both sides summed", mono=True),
    "phone": Device(
        "a phone's loudspeaker: mono, 400 Hz to 12 kHz, loud passages held down", True,
        (("low_cut", 400, 0, BUTTERWORTH), ("low_cut", 400, 0, BUTTERWORTH), ("bell", 2500, 4, 1),
         ("high_cut", 12_000, 0, BUTTERWORTH)), Compression(-18, 4, 5, 80),
    ),
    "bluetooth": Device(
        "a small Bluetooth box: mono, 90 Hz to 16 kHz, a boosted bass that is held down", True,
        (("low_cut", 90, 0, BUTTERWORTH), ("low_cut", 90, 0, BUTTERWORTH), ("bell", 140, 4, 1.2),
         ("high_cut", 16_000, 0, BUTTERWORTH)), Compression(-16, 3, 10, 150),
    ),
    "laptop": Device(
        "a laptop: 180 Hz upwards, hollow in the middle, lightly held down", False,
        (("low_cut", 180, 0, BUTTERWORTH), ("bell", 800, -3, 1)), Compression(-14, 2, 5, 100),
    ),
    "car": Device(
        "a car: lows up, highs down, compressed against the noise of the road", False,
        (("low_shelf", 90, 6, 1), ("high_shelf", 8000, -3, 1)), Compression(-20, 1.5, 20, 400),
    ),
    "club": Device("a club: lows up and mono", False, (("low_shelf", 60, 4, 1),), None, 120.0),
    "earbuds": Device("earbuds: lows and presence up", False, (("low_shelf", 120, 3, 1), ("bell", 3000, 3, 1))),
}  # fmt: skip


def preview(audio: Float, rate: int, name: str) -> Float:
    """How a song, shape (frames, 2), sounds on a device of `DEVICES`.

    Raises
    ------
    Refusal
        When there is no such device.
    """
    if name not in DEVICES:
        raise errors.Refusal(f"{name!r} is no device that is known; there are {', '.join(DEVICES)}")
    device = DEVICES[name]
    heard = np.repeat(audio.mean(1)[:, np.newaxis], 2, axis=1) if device.mono else audio
    if device.side_cut_hz:
        heard = _mono_below(heard, rate, device.side_cut_hz)
    if device.bands:
        heard = curves.apply(heard, curves.taps(curves.response(device.bands, curves.lines(rate), rate), 0))
    return heard if device.compression is None else compressed(heard, rate, device.compression)


def _mono_below(audio: Float, rate: int, freq_hz: float) -> Float:
    """Both sides the same below a frequency."""
    delay = curves.length(rate) // 2
    through = np.zeros(curves.length(rate))
    through[delay] = 1.0
    cut = np.abs(curves.low_cut(freq_hz, curves.lines(rate), rate, 2))
    return curves.apply_apart(audio, through, curves.taps(cut, delay), delay)


def compressed(audio: Float, rate: int, how: Compression) -> Float:
    """Hold down what is loud, both sides alike: mean power of cells of 5 ms, one gain for each, lines between."""
    cell = round(CELL_S * rate)
    stretch = AT_ONCE * cell
    power = [_power(audio[begin : begin + stretch], cell) for begin in range(0, max(len(audio), 1), stretch)]
    over = 10 * np.log10(np.maximum(np.concatenate(power), 1e-12)) - how.threshold_dbfs
    wanted = np.minimum(over, 0.0) - over
    wanted *= 1 - 1 / how.ratio
    attack, release = (1 - np.exp(-1000 * CELL_S / ms) for ms in (how.attack_ms, how.release_ms))
    gain_db, now = np.zeros(len(wanted)), 0.0
    for n, goal in enumerate(wanted.tolist()):
        now += (attack if goal < now else release) * (goal - now)
        gain_db[n] = now
    made = np.empty_like(audio)
    for begin in range(0, len(audio), stretch):
        part = audio[begin : begin + stretch]
        at = np.arange(begin, begin + len(part)) / cell - 0.5
        gain = 10 ** (np.interp(at, np.arange(len(gain_db)), gain_db) / 20)
        made[begin : begin + stretch] = part * gain[:, np.newaxis]
    return made


def _power(audio: Float, cell: int) -> Float:
    """Mean power of cells; the last is filled up with silence."""
    padded = np.pad(audio, ((0, -len(audio) % cell), (0, 0)))
    return np.asarray((padded**2).mean(1).reshape(-1, cell).mean(1))


def vocal_loss(audio: Float, rate: int) -> float:
    """What the vocal band loses in mono, in dB: 0 where both sides are alike, 3 where they have nothing in common."""
    both = spectrum.long_term(audio, rate, gated=False)
    mono = spectrum.long_term(audio.mean(1)[:, np.newaxis], rate, gated=False)
    vocal = (both.hz >= VOCAL_HZ[0]) & (both.hz <= VOCAL_HZ[1])
    before, after = both.power[vocal].sum(), mono.power[vocal].sum()
    if before <= 0:
        return 0.0
    return float(min(10 * np.log10(before / max(after, 1e-30)), LOST_DB))
