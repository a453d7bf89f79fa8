"""The busiest desk there can be: every input, bus, matrix, main and output, with everything switched on.

What can be on is on, in every strip: what costs most where there is a choice, and a mixture where a
mixture costs most; dynamics and inserts, which are there twice, before and after the EQ, are used in both
places.  The benchmark measures it, and the doctor asks which block it leaves room for.
"""

import itertools
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from daemon.desk.console import Console
from dsp.design import draft, monitor, signals, strips
from dsp.engine import layout, wall
from dsp.processors import patch, registry
from dsp.table import TABLE

CHANNELS = patch.DEVICE_CHANNELS
LISTEN = list(signals.LISTEN)
OUTPUTS = [*signals.DEFAULT_OUTPUTS, "rec/1", "rec/2", *LISTEN, "main", "monitor", "main/m", "mtx/01"]
"""Every output of the console, and with the listen buses all outputs of the device."""

Value = int | float | str

STRIP = r"(ch/.*|auxin/.*|fxrtn/.*|bus/.*|mtx/.*|main/\w+)/"

SETTINGS: tuple[tuple[str, Value | Sequence[Value]], ...] = (
    (STRIP + r"(insert|mix)/on", 1),
    (r"outputs/.*/invert", 1),
    (STRIP + r"preamp/invert", 1),
    (STRIP + r"preamp/trim", 0.5),
    (r"headamp/.*/gain", 0.5),
    *(setting for each in (*registry.ALL, *registry.STAGES) for setting in each.hardest),
    (STRIP + r"insert/pos", [0, 1]),
    (STRIP + r"insert/sel", [f"AUX{aux}" for aux in range(1, 7)]),
    (STRIP + r"mix/fader|dca/.*/fader", -5.0),
    (STRIP + r"mix/(st|mono)", 1),
    (STRIP + r"mix/mlevel", -10.0),
    (STRIP + r"mix/pan", [30.0, -30.0]),
    (STRIP + r"mix/.*/on", 1),
    (STRIP + r"mix/.*/level", -10.0),
    (STRIP + r"mix/.*/type", ["IN/LC", "<-EQ", "EQ->", "PRE", "POST"]),
    (r"config/(ch|aux|fx|bus|mtx)link/.*", 1),
    (r"outputs/(main|aux|aes|rec|p16)/.*/src", range(1, 77)),
    (r"config/solo/source", "LR+C"),
    (r"-stat/solosw/.*", [1, 1, 0, 0]),
    (r"-stat/(osc/on|talk/.*)", 1),
    (r"config/osc/(level)|config/talk/.*/level", -20.0),
    (r"config/osc/type", "PINK"),
    (r"config/talk/(enable|.*/destmap)", 1),
)
"""Rows by a pattern of their whole path, and what their leaves are set to in turn: as `Param` takes it."""


def console(rate: float) -> tuple[Console, wall.Wall]:
    """Make the busiest console, with a device of 64 inputs and outputs whose ears are all protected."""
    audio = wall.Wall(rate, CHANNELS, CHANNELS, fade_in=False)
    made = Console(audio, draft.Plan(OUTPUTS, talk_input=CHANNELS, ears=OUTPUTS))
    for pattern, values in SETTINGS:
        expression = re.compile(pattern)
        for row in [row for path, row in TABLE.rows.items() if expression.fullmatch(path)]:
            each = itertools.cycle(values if isinstance(values, Sequence) and not isinstance(values, str) else [values])
            for leaf in range(row.offset, row.offset + row.size):
                made.set(leaf, row.nearest(value) if isinstance(value := next(each), float) else row.from_wire(value))
    for number in range(1, layout.LISTENERS + 1):
        switches = np.arange(strips.SWITCHES) % layout.LISTENERS == number - 1
        made.listen(number, monitor.Listener(switches, 1.0, monitor.Before(False, False, False), monitor.LR))
    made.open_outputs(True)
    made.publish()
    return made, audio


def noise(frames: int) -> npt.NDArray[np.float32]:
    """Eight blocks of noise on every input, to be looped."""
    return (0.1 * np.random.default_rng(1).standard_normal((frames * 8, CHANNELS))).astype(np.float32)
