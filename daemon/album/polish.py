"""The mastering chain: the console's own processors, better because latency is free.

    ┌ middle ─▶ low cut, EQ ───────────────────────────────┐
    ┤                                                      ├─▶ de-esser ─▶ compressor ─▶ multiband
    └ side ───▶ low cut, EQ, side EQ, mono below, width ───┘        ─▶ saturation ─▶ + reverb

Nothing here is late, and nothing sets the level: that is the album's affair.
"""

import functools
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from daemon.album import codecs, curves, racked
from daemon.album.chain import Multiband, Polish, Reverb, Saturation
from daemon.metering.loudness import Float
from dsp.processors import between

MONO_SLOPE = 2  # of the side's low cut: 24 dB per octave
RATIOS = (1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 3.5, 4, 5, 7, 10)
OVERSAMPLING, REACH, KAISER = 4, 32, 9.0
STRETCH, AROUND = 1 << 12, 2 * REACH  # frames that are bent at once: what stays in a core's own memory


def process(audio: Float, rate: int, chain: Polish) -> Float:
    """A song, shape (frames, 2), polished; as long as before, and in time with it."""
    made = tone(audio, rate, chain)
    if made is audio and chain != Polish(phase=chain.phase):
        made = audio.copy()
    if chain.deesser is not None:
        knobs = {"Low (M)": chain.deesser.low, "High (M)": chain.deesser.high, "Male": chain.deesser.voice}
        _replace(made, racked.played("DES", made, rate, **knobs))
    if chain.compressor is not None:
        made *= racked.gain(made, rate, chain.compressor)[:, np.newaxis]
    if chain.multiband is not None:
        _replace(made, _multiband(made, rate, chain.multiband))
    if chain.saturation is not None:
        saturate(made, chain.saturation)
    if chain.reverb is not None:
        _add_reverb(made, rate, chain.reverb)
    return made


def _replace(song: Float, parts: Iterable[tuple[int, npt.NDArray[np.float32]]]) -> None:
    for begin, part in parts:
        song[begin : begin + len(part)] = part


def compare(audio: Float, rate: int, chain: Polish) -> tuple[Float, Float]:
    """A song before and behind the chain, the second exactly as loud as the first."""
    made = process(audio, rate, chain)
    louder = codecs.measured(made, rate).integrated_lufs - codecs.measured(audio, rate).integrated_lufs
    return audio, made * 10 ** (-louder / 20) if np.isfinite(louder) else made


# --- tone ------------------------------------------------------------------------------------------


def tone(audio: Float, rate: int, chain: Polish) -> Float:
    """Low cut, EQ, and what is done to the side, in one filter for the middle and one for the side."""
    hz = curves.lines(rate)
    common = curves.response(chain.eq, hz, rate)
    if chain.low_cut:
        common *= curves.low_cut(chain.low_cut, hz, rate)
    apart = curves.response(chain.side_eq, hz, rate)
    linear = chain.phase == "linear"
    zero_phase = np.full(len(hz), chain.width)
    if chain.mono_below:
        # Never turns the side against the middle.
        zero_phase *= np.abs(curves.low_cut(chain.mono_below, hz, rate, MONO_SLOPE))
    if linear:
        common, apart = np.abs(common).astype(complex), np.abs(apart).astype(complex)
    side_differs = bool(chain.side_eq) or bool((zero_phase != 1).any())
    if not side_differs and not chain.eq and not chain.low_cut:
        return audio
    delay = curves.length(rate) // 2 if linear or chain.mono_below else 0
    if not side_differs:
        return curves.apply(audio, curves.taps(common, delay), delay)
    apart = common * apart * zero_phase
    return curves.apply_apart(audio, curves.taps(common, delay), curves.taps(apart, delay), delay)


# --- levels and colour --------------------------------------------------------------------------------


def _multiband(audio: Float, rate: int, how: Multiband) -> Iterable[tuple[int, npt.NDArray[np.float32]]]:
    ratio = min(RATIOS, key=lambda each: abs(1 / each - 1 / how.ratio))
    return racked.played(
        "CMB", audio, rate, Mix=how.mix_percent, Attack=how.attack, Release=how.release_ms, SBCOn="OFF",
        Ratio=f"{ratio:g}", Thresh=how.threshold_db, Gain=how.gain_db, Slope=how.slope,
    )  # fmt: skip


def _add_reverb(song: Float, rate: int, how: Reverb) -> None:
    level = 10 ** (how.level_db / 20)
    for begin, part in racked.played(how.kind, song, rate, PreDelay=how.pre_delay_ms, Decay=how.decay_s):
        song[begin : begin + len(part)] += level * part.astype(np.float64)


def saturate(song: Float, how: Saturation) -> None:
    """Bend peaks at four times the rate; only what the bend adds comes through the filters, so highs stay whole."""
    drive, share = np.float32(10 ** (how.drive_db / 20)), how.mix_percent / 100 / OVERSAMPLING
    before = np.zeros((2, AROUND), np.float32)
    for begin in range(0, len(song), STRETCH):
        # What is added is small: single precision leaves 24 bits of the song as they are.
        heard = np.zeros((2, STRETCH + 2 * AROUND), np.float32)
        heard[:, :AROUND] = before
        here = song[begin : begin + STRETCH + AROUND]
        heard[:, AROUND : AROUND + len(here)] = here.T
        before = heard[:, STRETCH : STRETCH + AROUND].copy()
        for side in range(2):
            song[begin : begin + STRETCH, side] += share * _bent(heard[side], drive)[: len(song) - begin]


def _bent(heard: npt.NDArray[np.float32], drive: np.float32) -> npt.NDArray[np.float32]:
    """What bending adds to a stretch, four times a frame; `AROUND` frames lie before and behind it."""
    up = np.empty((OVERSAMPLING, STRETCH + 2 * REACH), np.float32)
    up[0] = heard[AROUND - REACH : AROUND + STRETCH + REACH]
    between.find(heard[1:], _later(), up[1:])
    bent = np.tanh(drive * up)
    bent /= drive
    bent -= up
    made = np.empty(STRETCH, np.float32)
    between.meet(bent[1:], np.ascontiguousarray(_later()[:, ::-1]), made)
    made += bent[0, REACH : REACH + STRETCH]
    return made


@functools.cache
def _later() -> npt.NDArray[np.float32]:
    """What finds the frames a quarter, a half and three quarters of a frame later, as filters (phases, taps)."""
    at = REACH - 1 - np.arange(2 * REACH) + np.arange(1, OVERSAMPLING)[:, np.newaxis] / OVERSAMPLING
    window = np.i0(KAISER * np.sqrt(np.maximum(1 - (at / REACH) ** 2, 0))) / np.i0(KAISER)
    return np.asarray(np.sinc(at) * window, np.float32)
