"""Where everything lies: which lanes a strip has, which signals it makes, which rows the mix reads.

    group   0 1 2        3      4          5         6         7      8        9 …    …     …
          │ inputs │ buses │ mains │ matrices │ monitor │ tools │ returns │ raw │ send │ out │

A signal is a *place*: a group of sixteen lanes, a plane (how far it has come in its strip) and a lane.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.native import lanes
from dsp.processors import glide, patch

WIDTH = lanes.WIDTH

# Numba compiles a kernel anew for each Python number it is called with, but once for all numpy ones.
Number = np.int64
Index = int | np.integer | npt.NDArray[np.integer]


def _numbers(count: int) -> "map[np.int64]":
    return map(Number, range(count))


# --- who lives in which group of sixteen lanes ----------------------------------------------------

INPUT_GROUPS = 3  # channels 1–32, aux 1–8, effect returns 1–8
BUS = Number(3)  # mix buses 1–16
MAIN = Number(4)  # left, right, mono/centre
MATRIX = Number(5)  # matrices 1–6
STRIPS = 6  # the groups above have a strip
MONITOR = Number(6)  # monitor left and right, then the pairs of the listeners
LISTENERS = 7
TOOLS = Number(7)  # oscillator, talkback A and B, keys that are listened to; the last lane is always silent
MIXED = 8  # the groups above can be sources of a mix
RETURN = Number(8)  # the buses, and in another plane the effects, one sub-block later
RAW = Number(9)  # inputs of the device
RAW_GROUPS = patch.DEVICE_CHANNELS // WIDTH
SEND = RAW + RAW_GROUPS  # outputs of the console: 16 main; 6 aux, 2 AES, 2 record, 2 monitor; 16 personal
SEND_GROUPS = 3
OUT = SEND + SEND_GROUPS  # outputs of the device
OUT_GROUPS = patch.DEVICE_CHANNELS // WIDTH
GROUPS = int(OUT) + OUT_GROUPS

LEFT, RIGHT, CENTRE = 0, 1, 2  # lanes of MAIN
OSCILLATOR, TALK_A, TALK_B, HEARD_KEY = 0, 1, 2, 3  # lanes of TOOLS
HEARD_KEYS = 2  # lanes from there on: one fades in while the other fades out
AUX_OUT, AES_OUT, RECORD_OUT, MONITOR_OUT = 16, 22, 24, 26  # lanes of SEND, counted through
PERSONAL_OUT = 32
SEND_LANES = {
    "out": 0, "aux": AUX_OUT, "aes": AES_OUT, "rec": RECORD_OUT, "monitor": MONITOR_OUT, "p16": PERSONAL_OUT
}  # fmt: skip
"""First lane of each bank of the console's outputs."""

# --- the signals of a strip, in the order they arise ----------------------------------------------

INPUT, PRE_EQ, POST_EQ, PRE_FADER, POST_FADER, KEY, INSERT_PRE, INSERT_POST = _numbers(8)
PLANES = 8
BACK_BUS, BACK_EFFECT = INPUT, PRE_EQ  # planes of RETURN
TRACK, TAPE = PRE_EQ, POST_EQ  # planes of RAW: recorded tracks; in the first group, both sides of the stereo player
WANTED = PRE_EQ  # plane of OUT: the gains that limiters want
TAPS = 4  # a send takes one of the first four; post-fader is pre-fader times the fader's gain

# --- pairs of filters ------------------------------------------------------------------------------
# Six bands are three pairs; the second halves of steep crossovers are three more.

LOW_CUT, GATE_KEY, PRE_KEY, POST_KEY, EQ = _numbers(5)
KEYS = 3  # of the gate, and of the dynamics in either place
EQ_PAIRS = 6
PAIRS = int(EQ) + EQ_PAIRS

PRE, POST = _numbers(2)  # where dynamics and inserts sit: before or after the EQ

# --- the mix: rows of sources, columns of destinations ---------------------------------------------

TO_BUS, TO_MAIN, TO_MATRIX, TO_MONITOR = _numbers(4)
MIXES = 4
ROWS = MIXED * TAPS * WIDTH

NO_KEY = -1
SELF = -1  # a key that is the strip's own signal


def place(group: Index, plane: Index, lane: Index = 0) -> Any:
    """Where the first frame of a signal is, in floats from the start of `planes`; arrays give arrays."""
    return ((group * PLANES + plane) * glide.SUB_BLOCK) * WIDTH + lane


def lane(places: Index) -> Any:
    """Lane of a place, counted through all groups: the same for all signals of a strip; arrays give arrays."""
    return places // place(1, 0) * WIDTH + places % WIDTH


def wanted(output: Index) -> Any:
    """Where the limiter of an output of the device, counted from 0, says what it wants; arrays give arrays."""
    return place(OUT + output // WIDTH, WANTED, output % WIDTH)


NOWHERE = int(place(TOOLS, INPUT, WIDTH - 1))
"""A place whose signal is always silence."""


def output(index: Index) -> Any:
    """Where an output of the device, counted from 0, is as it leaves; arrays give arrays."""
    return place(OUT + index // WIDTH, INPUT, index % WIDTH)


DEVICE_OUT = Number(output(0))
"""Where the outputs of the device begin: behind them there is nothing else."""


def listener_lanes(number: int) -> slice:
    """Lanes of MONITOR that a listener has, counted from 1."""
    return slice(2 * number, 2 * number + 2)


def row(group: Index, tap: Index, lane: Index) -> Any:
    """Row of the mix that a strip's tap feeds; arrays give arrays."""
    return (group * TAPS + tap) * WIDTH + lane
