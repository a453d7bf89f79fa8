"""The processors that are declared: one line for each, in the order of the signal."""

from dsp.processors import automix, compressor, gate

ALL = (
    gate.PROCESSOR,
    compressor.PROCESSOR,
    automix.PROCESSOR,
)
"""Memory, meters, strip, bench and the pages of the console are made from these."""
