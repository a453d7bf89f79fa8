"""The oscillator: sine, pink and white noise to set up a system with; and the way in for talkback.

    sine   a rotating vector, turned once a frame and kept at length 1
    white  xorshift, uniform
    pink   the same, through three poles and zeros (−3 dB per octave ± 0.3 dB from 20 Hz up)

All sources have the same power as a full-scale sine less 3 dB … a level of 0 dB is 0 dBFS peak for
the sine, and −9 dBFS RMS for noise, so that switching the type never clips.
"""

import numpy as np
import numpy.typing as npt

from dsp import lanes
from dsp.kernel import kernel

Float = npt.NDArray[np.float64]

TYPE, COS, SIN = range(3)
ROWS = 3
SINE, PINK, WHITE = range(3)
SILENT = -1

RE, IM, SEED, P0, P1, P2 = range(6)
STATE = 6

# Poles and gains of the pink filter after P. Kellet, "economy" method, scaled to the power of WHITE_PEAK.
POLES = (0.99765, 0.96300, 0.57000)
GAINS = (0.0990460, 0.2965164, 1.0526913)
DIRECT = 0.1848
PINK_SCALE = 0.2
WHITE_SCALE = 0.6145  # uniform ±0.6145 has an RMS of −9 dBFS


def design(kind: int, freq_hz: float, rate: float) -> Float:
    """Rows of `process`, shape (3,): type (0 sine, 1 pink, 2 white, −1 none), and the turn of the vector in a frame."""
    turn = 2 * np.pi * freq_hz / rate
    return np.array([kind, np.cos(turn), np.sin(turn)])


def rest() -> Float:
    """State at the beginning, shape (6,)."""
    state = np.zeros(STATE)
    state[RE], state[SEED] = 1.0, 1.0
    return state


@kernel
def process(y, lane, settings, state, frames):
    """Write `frames` frames of the oscillator into one lane of the rows `y`; `state` is an array of float64."""
    kind = lanes.scalar(settings, TYPE)
    if kind == SILENT:
        for n in range(frames):
            lanes.put(y, n * lanes.WIDTH + lane, np.float32(0))
        return
    c, s = np.float64(lanes.scalar(settings, COS)), np.float64(lanes.scalar(settings, SIN))
    re, im = state[RE], state[IM]
    seed = np.uint32(state[SEED])
    b0, b1, b2 = state[P0], state[P1], state[P2]
    for n in range(frames):
        re, im = c * re - s * im, s * re + c * im
        seed ^= np.uint32(seed << np.uint32(13))
        seed ^= np.uint32(seed >> np.uint32(17))
        seed ^= np.uint32(seed << np.uint32(5))
        white = np.float64(seed) * (2.0 / 4294967296.0) - 1.0
        b0 = POLES[0] * b0 + GAINS[0] * white
        b1 = POLES[1] * b1 + GAINS[1] * white
        b2 = POLES[2] * b2 + GAINS[2] * white
        value = im
        if kind == PINK:
            value = (b0 + b1 + b2 + DIRECT * white) * PINK_SCALE
        elif kind == WHITE:
            value = white * WHITE_SCALE
        lanes.put(y, n * lanes.WIDTH + lane, np.float32(value))
    # The vector keeps its length: the first term of 1/√(re² + im²) around 1.
    length = 1.5 - 0.5 * (re * re + im * im)
    state[RE], state[IM] = re * length, im * length
    state[SEED] = np.float64(seed)
    state[P0], state[P1], state[P2] = b0, b1, b2
