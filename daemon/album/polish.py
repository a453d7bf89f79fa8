"""The mastering chain: the console's own processors, better because latency is free.

    ┌ middle ─▶ low cut, EQ ───────────────────────────────┐
    ┤                                                      ├─▶ de-esser ─▶ compressor ─▶ multiband
    └ side ───▶ low cut, EQ, side EQ, mono below, width ───┘        ─▶ saturation ─▶ + reverb

Nothing here is late, and nothing sets the level: that is the album's affair.
"""

import numpy as np
import numpy.typing as npt

from daemon.album import codecs, curves, racked
from daemon.album.chain import Multiband, Polish, Reverb, Saturation
from daemon.metering.loudness import Float

MONO_SLOPE = 2  # of the side's low cut: 24 dB per octave
RATIOS = (1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 3.5, 4, 5, 7, 10)
OVERSAMPLING, REACH, KAISER = 4, 32, 9.0
SIZE = 1 << 14


def process(audio: Float, rate: int, chain: Polish) -> Float:
    """A song, shape (frames, 2), polished; as long as before, and in time with it."""
    made = tone(audio, rate, chain)
    if chain.deesser is not None:
        knobs = {"Low (M)": chain.deesser.low, "High (M)": chain.deesser.high, "Male": chain.deesser.voice}
        made = racked.play("DES", made, rate, **knobs)
    if chain.compressor is not None:
        made = made * racked.gain(made, rate, chain.compressor)[:, np.newaxis]
    if chain.multiband is not None:
        made = _multiband(made, rate, chain.multiband)
    if chain.saturation is not None:
        made = saturated(made, chain.saturation)
    if chain.reverb is not None:
        made = made + _reverb(made, rate, chain.reverb)
    return made


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
    middle, side = (audio[:, :1] + audio[:, 1:]) / 2, (audio[:, :1] - audio[:, 1:]) / 2
    middle = curves.apply(middle, curves.taps(common, delay), delay)
    side = curves.apply(side, curves.taps(common * apart * zero_phase, delay), delay)
    return np.concatenate((middle + side, middle - side), axis=1)


# --- levels and colour --------------------------------------------------------------------------------


def _multiband(audio: Float, rate: int, how: Multiband) -> Float:
    ratio = min(RATIOS, key=lambda each: abs(1 / each - 1 / how.ratio))
    return racked.play(
        "CMB", audio, rate, Mix=how.mix_percent, Attack=how.attack, Release=how.release_ms, SBCOn="OFF",
        Ratio=f"{ratio:g}", Thresh=how.threshold_db, Gain=how.gain_db, Slope=how.slope,
    )  # fmt: skip


def _reverb(audio: Float, rate: int, how: Reverb) -> Float:
    made = racked.play(how.kind, audio, rate, PreDelay=how.pre_delay_ms, Decay=how.decay_s)
    return made * 10 ** (how.level_db / 20)


def saturated(audio: Float, how: Saturation) -> Float:
    """Bend peaks at four times the rate; only what the bend adds comes through the filters, so highs stay whole."""
    drive, mix = np.float32(10 ** (how.drive_db / 20)), how.mix_percent / 100
    phases = _phases()[:, np.newaxis]
    guard = 2 * REACH
    hop = SIZE - 2 * guard
    # What is added is small: single precision leaves 24 bits of the song as they are.
    padded = np.pad(audio.T.astype(np.float32), ((0, 0), (guard, guard + -len(audio) % hop)))
    made = audio.copy()
    for begin in range(0, len(audio), hop):
        up = np.fft.irfft(np.fft.rfft(padded[:, begin : begin + SIZE]) * phases, SIZE)
        added = (np.fft.rfft(np.tanh(drive * up) / drive - up) * phases.conj()).sum(0)
        bent = np.fft.irfft(added, SIZE)[:, guard : guard + hop].T
        made[begin : begin + hop] += mix / OVERSAMPLING * bent[: len(audio) - begin]
    return made


def _phases() -> npt.NDArray[np.complex64]:
    """What finds the frames between, each a quarter of a frame later, as responses without delay; (phases, lines)."""
    at = np.arange(-REACH * OVERSAMPLING, REACH * OVERSAMPLING + 1) / OVERSAMPLING
    filter_taps = np.sinc(at) * np.kaiser(len(at), KAISER)
    responses = []
    for phase in range(OVERSAMPLING):
        places = np.arange(-REACH, REACH + (phase == 0)) * OVERSAMPLING + phase
        taps = np.zeros(SIZE)
        taps[(places - phase) // OVERSAMPLING] = filter_taps[places + REACH * OVERSAMPLING]
        responses.append(np.fft.rfft(taps))
    return np.array(responses, np.complex64)
