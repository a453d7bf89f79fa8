"""The oscillator: sine, pink and white noise to set up a system with.

    sine   a rotating vector, turned once a frame and kept at length 1
    white  xorshift, uniform
    pink   the same, through poles and zeros in turn (−3 dB per octave from 20 Hz to 20 kHz ± 0.2 dB)

At a level of 0 dB the sine reaches 0 dBFS, and both noises have an RMS of −18 dBFS, the usual line-up
level: the peaks of pink noise, 13 dB above, then stay below full scale.  A change of type or frequency
fades out and in.
"""

import functools

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ZERO
from dsp.processors.processor import Field, Place, Stage

Float = npt.NDArray[np.float64]

SINE, PINK, WHITE = range(3)
SILENT = -1

# Settings: type, turn of the vector in a frame, gain of the pink filter; then its poles and zeros.
TYPE, COS, SIN, SCALE, POLES = range(5)
ORDER = 6
ZEROS = POLES + ORDER
ROWS = ZEROS + ORDER

# State: the vector, the generator, what is playing, its turn in a frame, and how far it has faded in;
# then what the filter's parts gave last, its input first.
RE, IM, SEED, PLAYING, TURN_COS, TURN_SIN, FADED, LAST = range(8)
STATE = LAST + ORDER + 1

NOISE_RMS = 10 ** (-18 / 20)
UNIFORM_RMS = 1 / np.sqrt(3)
WHITE_SCALE = float(NOISE_RMS / UNIFORM_RMS)
LOWEST_HZ, HIGHEST = 6.0, 0.45  # the first pole, and the last of the rate
BRIGHT = 0.14  # a zero at half the rate, for the poles that would have to lie beyond it
SPECTRUM = 1 << 16


@functools.cache
def pink(rate: float) -> tuple[Float, Float, float]:
    """Poles and zeros of the pink filter, each of shape (6,), and the gain that makes it as loud as white."""
    spread = HIGHEST * rate / LOWEST_HZ
    freq = LOWEST_HZ * spread ** (np.arange(2 * ORDER) / (2 * ORDER))
    poles, zeros = np.exp(-2 * np.pi * freq.reshape(ORDER, 2).T / rate)
    middles = (np.arange(SPECTRUM) + 0.5) / SPECTRUM / 2
    power = np.mean(np.abs(response(poles, zeros, middles)) ** 2)
    return poles, zeros, float(WHITE_SCALE / np.sqrt(power))


def response(poles: Float, zeros: Float, freq: Float) -> npt.NDArray[np.complex128]:
    """Complex gain of the pink filter at frequencies in parts of the rate."""
    back = np.exp(-2j * np.pi * freq)
    gain = 1 + BRIGHT * back
    for pole, zero in zip(poles, zeros, strict=True):
        gain = gain * (1 - zero * back) / (1 - pole * back)
    return np.asarray(gain)


def design(kind: int, freq_hz: float, rate: float) -> Float:
    """Settings of `process`, shape (16,), for a type (0 sine, 1 pink, 2 white, −1 none) and the sine's frequency."""
    turn = 2 * np.pi * freq_hz / rate if kind == SINE else 0.0
    poles, zeros, scale = pink(rate)
    return np.concatenate(([kind, np.cos(turn), np.sin(turn), scale], poles, zeros))


def rest() -> Float:
    """State at the beginning, shape (14,)."""
    state = np.zeros(STATE)
    state[RE], state[SEED], state[PLAYING] = 1.0, 1.0, SILENT
    return state


@kernel
def process(y, lane, settings, state, curve, end, frames):
    """Write `frames` frames of the oscillator into one lane of the rows `y`; `state` is an array of float64.

    `curve` is the weight after so many frames of a fade of `end`.
    """
    if state[PLAYING] == SILENT and state[FADED] >= end and not is_other(settings, state):
        for n in range(frames):
            lanes.put(y, n * lanes.WIDTH + lane, ZERO)
        return
    for n in range(frames):
        if is_other(settings, state):
            state[FADED] = max(state[FADED] - 1.0, 0.0)
            if state[FADED] == 0.0:
                take(settings, state)
        elif state[FADED] < end:
            state[FADED] += 1.0
        value = 0.0
        if state[PLAYING] == SINE:
            value = sine(state)
        elif state[PLAYING] == PINK:
            value = pinken(white(state), settings, state)
        elif state[PLAYING] == WHITE:
            value = white(state) * WHITE_SCALE
        w = lanes.scalar(curve, np.int64(state[FADED]))
        lanes.put(y, n * lanes.WIDTH + lane, np.float32(value) * w)


@kernel
def is_other(settings, state):
    """Whether something else is wanted than what is playing."""
    return state[PLAYING] != lanes.scalar(settings, TYPE) or state[TURN_COS] != lanes.scalar(settings, COS)


@kernel
def take(settings, state):
    """Play what is wanted from now on."""
    state[PLAYING] = lanes.scalar(settings, TYPE)
    state[TURN_COS], state[TURN_SIN] = lanes.scalar(settings, COS), lanes.scalar(settings, SIN)


@kernel
def sine(state):
    """Turn the vector."""
    c, s = state[TURN_COS], state[TURN_SIN]
    re, im = c * state[RE] - s * state[IM], s * state[RE] + c * state[IM]
    # The vector keeps its length: the first term of 1/√(re² + im²) around 1.
    length = 1.5 - 0.5 * (re * re + im * im)
    state[RE], state[IM] = re * length, im * length
    return im


@kernel
def white(state):
    """Draw the next number between −1 and 1."""
    seed = np.uint32(state[SEED])
    seed ^= np.uint32(seed << np.uint32(13))
    seed ^= np.uint32(seed >> np.uint32(17))
    seed ^= np.uint32(seed << np.uint32(5))
    state[SEED] = np.float64(seed)
    return np.float64(seed) * (2.0 / 4294967296.0) - 1.0


@kernel
def pinken(x, settings, state):
    """One frame of the pink filter."""
    for part in range(ORDER):
        last = state[LAST + part]
        state[LAST + part] = x
        given = state[LAST + part + 1]
        x = x - lanes.scalar(settings, ZEROS + part) * last + lanes.scalar(settings, POLES + part) * given
    last = state[LAST + ORDER]
    state[LAST + ORDER] = x
    return (x + BRIGHT * last) * lanes.scalar(settings, SCALE)


@kernel
def settle(settings, state, end):
    """Play what is wanted at once, without a fade of `end` frames."""
    if is_other(settings, state):
        take(settings, state)
        state[FADED] = np.float64(end)


# --- on the desk --------------------------------------------------------------------------------------


@kernel
def process_desk(desk, y, lane, frames):
    """Write into one lane of the tools."""
    process(
        y, lane, lanes.at(desk.set.oscillator, 0), desk.oscillator_state, lanes.at(desk.curve, 0),
        desk.glide_length, frames,
    )  # fmt: skip


@kernel
def settle_desk(desk):
    """Play at once what a desk is set to that is recalled."""
    settle(lanes.at(desk.set.oscillator, 0), desk.oscillator_state, desk.glide_length)


STAGE = Stage(
    fields=(
        Field("oscillator", Place.SET, np.float32, (ROWS,)),
        Field("oscillator_state", Place.DESK, np.float64, (STATE,), rest=rest()),
    ),
    settle=settle_desk,
)
