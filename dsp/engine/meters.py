"""Meters by what the strips are called: what the control side makes of a page that the audio thread has measured."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from dsp.effects import memory as effects
from dsp.engine.layout import BUS, INPUT_GROUPS, MAIN, MATRIX, OSCILLATOR, SEND_LANES, TALK_A, TAPS, WIDTH
from dsp.engine.memory import F4
from dsp.processors import patch, registry
from dsp.processors.processor import Place

INPUT_LANES = INPUT_GROUPS * WIDTH
OF_CHANNELS = [each for each in registry.ALL if each.channels]
"""Processors whose gains are shown by themselves, those of the first channels."""
OF_STAGES, SHOWN = registry.fields(Place.PAGE), registry.fields(Place.SHOWN)
"""What stages measure, and what the control side does for them."""
METERS = np.dtype(
    [
        ("input", F4, (INPUT_LANES,)),  # after trim
        ("gate", F4, (INPUT_LANES,)),
        ("dyn", F4, (INPUT_LANES,)),
        ("post", F4, (INPUT_LANES,)),  # after the fader, as all that follow
        ("bus_input", F4, (WIDTH,)),  # after trim
        ("main_input", F4, (WIDTH,)),
        ("bus", F4, (WIDTH,)),
        ("bus_dyn", F4, (WIDTH,)),
        ("main", F4, (WIDTH,)),  # left, right, mono/centre, matrices 1–6
        ("main_dyn", F4, (WIDTH,)),
        *((each.name, F4, (each.channels,)) for each in OF_CHANNELS),
        ("osc", F4, (1,)),
        ("talk", F4, (1,)),
        ("out", F4, (WIDTH,)),  # outputs of the console: main, aux, AES, record, monitor, personal
        ("aux", F4, (6,)),
        ("aes", F4, (2,)),
        ("rec", F4, (2,)),
        ("monitor", F4, (2,)),
        ("p16", F4, (16,)),
        ("output", F4, (patch.DEVICE_CHANNELS,)),  # outputs of the device
        *((each.name, each.kind, (math.prod(each.shape),)) for each in OF_STAGES),
        ("selected", F4, (2, TAPS)),  # of the selected strip, both sides of main stereo, at each tap
        ("effect_in", F4, (effects.SLOTS, 2)),  # both sides of each effect slot
        ("effect_out", F4, (effects.SLOTS, 2)),
        ("effect_gain", F4, (effects.SLOTS, effects.METERS)),
        *((each.name, each.kind, each.shape) for each in SHOWN),
    ]
)
"""A page by what the strips are called: levels are linear, 1 is 0 dBFS, and a gain of 1 is no reduction."""


def by_name(page: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Meters of a page, by what the strips are called."""
    meters = np.zeros((), METERS)
    for shown in SHOWN:
        meters[shown.name] = shown.rest
    meters["main_dyn"] = 1
    dyn = page["dyn"].min(0)
    inputs = slice(0, INPUT_GROUPS)
    for name in ("input", "gate", "post"):
        meters[name] = page[name][inputs].reshape(-1)
    meters["dyn"] = dyn[inputs].reshape(-1)
    meters["bus_input"], meters["bus"], meters["bus_dyn"] = page["input"][BUS], page["post"][BUS], dyn[BUS]
    meters["selected"] = page["selected"]
    for name, field in (("main_input", page["input"]), ("main", page["post"]), ("main_dyn", dyn)):
        meters[name][:3] = field[MAIN, :3]
        meters[name][3:9] = field[MATRIX, :6]
    for name in ("effect_in", "effect_out"):
        meters[name] = page[name].reshape(-1, 2)
    meters["effect_gain"] = page["effect_gain"]
    for each in OF_CHANNELS:
        meters[each.name] = page[each.name].reshape(-1)[: each.channels]
    meters["osc"] = page["tools"][OSCILLATOR]
    meters["talk"] = page["tools"][TALK_A]
    sends = page["send"].reshape(-1)
    for name, first in SEND_LANES.items():
        meters[name] = sends[first : first + meters[name].size]
    for name in ("output", *(each.name for each in OF_STAGES)):
        meters[name] = page[name].reshape(-1)
    return meters


def clear(page: npt.NDArray[Any]) -> None:
    """No level, no reduction."""
    for name in ("input", "post", "tools", "send", "output", "selected", "effect_in", "effect_out"):
        page[name] = 0
    for name in (*(each.name for each in registry.ALL if each.is_metered), "effect_gain"):
        page[name] = 1
    for measured in OF_STAGES:
        page[measured.name] = measured.rest
