"""Sixteen delay lines side by side, each a row of its own, in which sixteen frames are a number.

    lines.mix(place, stride)                        each row a mix of all, nothing lost
    lines.turn(place, stride, there, its_stride)    rows of frames to rows of lines, and back
    f = x - lines.floor(x)                          how far between two frames

All of it is in `rings`, which is imported when something has to be compiled.
"""

from dsp.native import kernel

__getattr__ = kernel.emitted_by("dsp.native.rings")
