"""Eight float64 in one number, for what would lose too much in the sixteen float32 of `lanes`.

    v = eights.load(place, n)             row n of eight float64
    v = eights.first(place, count)        the first few of eight float32; the rest is 0
    v = eights.select(v > limit, limit, v)
    eights.store(place, n, v)

Each does the same as a float64 would, bit for bit, on every machine; so do the two functions, `log` and `exp`.
All of it is in `doubles`, which is imported when something has to be compiled.
"""

from dsp.native import kernel

WIDTH = 8
SCRATCH = 208
"""Rows of `scratch`."""

__getattr__ = kernel.emitted_by("dsp.native.doubles")
