"""What the desk is, as facts frozen in tests/data, and how to read them.

Where the notes they were taken from contradict x32-osc (npm), whose author had it check itself against a desk
of firmware 4.06, step by step, it was followed: the low frequencies of the mid-range equalisers end in 1000,
not 1k; the base of the mood filter has a k from 1 kHz on; the combinators' meters are GR, PEAK, SBC; and a fader
within a tenth of 0 dB is written 0.0.
"""

import math

from dsp.parameters import scales
from dsp.parameters.row import Bits, Continuous, Param
from dsp.parameters.variant import Varying
from dsp.table import TABLE
from dsp.table.effects import slots
from oracles.language import DATA, expand, rows

__all__ = ["DATA", "expand", "rows"]

SCALINGS = {
    "level1024": "level",
    "level161": "level",
    "linf": "linear",
    "logf": "logarithmic",
    "int": "integer",
    "string": "text",
    "bitmap": "bitmap",
    "enum": "enum",
}

EFFECT_ROWS = [row for row in TABLE.rows.values() if isinstance(row, Varying)]
ROWS = [row for row in TABLE.rows.values() if not isinstance(row, Varying)]
KNOBS = list({id(knob): knob for effect in slots.EFFECTS.values() for knob in effect}.values())
PARAMS = [*ROWS, *KNOBS]
"""Everything that has forms: rows, and parameters of effects."""

NUMBERS = [param for param in PARAMS if param.kind != "text"]
TURNING = [param for param in PARAMS if isinstance(param, Continuous)]

WORDS = (0, 1, 2, 3, 0x5555, 0xFFFF, 99_998, 99_999)
"""What is tried of a range too long to try all of it, beside its ends and single bits."""


def number(text: str) -> float:
    """A number of the facts."""
    return -math.inf if text == "-oo" else float(text)


def kind(fact: dict[str, str]) -> str:
    """Kind a parameter must have."""
    return "switch" if fact["enum"] == "OFF,ON" else SCALINGS[fact["scaling"]]


def steps(param: Param) -> list[int]:
    """Every stored value of a parameter that is not a text; of very long ranges a choice."""
    first = 0 if isinstance(param, Continuous) else int(param.lowest)
    every = range(first, first + param.steps)
    if param.steps <= 10_000:
        return list(every)
    some = {*WORDS, *(2**bit for bit in range(33)), *(2**bit - 1 for bit in range(33)), every[0], every[-1]}
    tried = sorted(value for value in some if value in every)
    return [param.from_text(str(value)) for value in tried] if isinstance(param, Bits) else tried


FORMATS = {
    "L5": scales.level,
    ".1": scales.tenths,
    ".1w5": scales.tenths5,
    "+1": scales.signed_tenths,
    "+1w5": scales.signed_tenths5,
    "+2": scales.eq_gain,
    "3s": scales.three_digits,
    "I": scales.integer,
    "I3": scales.integer3,
    "I4": scales.release,
    "K": scales.frequency,
    "Q": scales.quality,
    "P": scales.signed_integer,
}
"""Text of a continuous parameter by the code of its field in a node."""

EFFECT_FORMATS = {
    "%d": scales.integer,
    "%+d": scales.signed_integer,
    "%.1f": scales.tenths,
    "%.2f": scales.hundredths,
    "k1": scales.kilo,
    "k2": scales.frequency,
}
"""Text of an effect's parameter."""
