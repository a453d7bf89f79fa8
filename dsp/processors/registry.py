"""The processors that are declared: one line for each, in the order of the signal."""

from dsp.processors import automix, compressor, delay, gate, limiter, oscillator, pairs, spectrum, taps
from dsp.processors.processor import Field, Lines, Place

ALL = (
    pairs.PROCESSOR,
    gate.PROCESSOR,
    compressor.PROCESSOR,
    automix.PROCESSOR,
)
"""Of the strip: memory, meters, strip, bench and the pages of the console are made from these."""

STAGES = (
    oscillator.STAGE,
    delay.STAGE,
    limiter.STAGE,
    taps.STAGE,
    spectrum.STAGE,
)
"""Not in strips alone: memory, meters and recalls are made from these."""


def fields(*places: Place) -> list[Field]:
    """Memory of all stages that lies in one of these places."""
    return [field for stage in STAGES for field in stage.fields if field.place in places]


def lines() -> list[Lines]:
    """What all stages keep in lines."""
    return [each for stage in STAGES for each in stage.lines]
