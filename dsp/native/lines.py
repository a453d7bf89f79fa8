"""Sixteen delay lines in one number: each lane reads its own place behind, and all are mixed at once.

    y = lines.rows(ring, position, back, mask)      lane i from column i of rows of sixteen, back[i] rows behind
    y = lines.sides(ring, position, back, mask)     even lanes from the left, odd ones from the right
    x = lines.hadamard(x)                           each lane a mix of all, nothing lost

All of it is in `rings`, which is imported when something has to be compiled.
"""

from dsp.native import kernel

__getattr__ = kernel.emitted_by("dsp.native.rings")
