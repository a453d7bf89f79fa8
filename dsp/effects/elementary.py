"""Functions that oscillators and corners need in every frame, in float64: a tenth of what the C library takes.

Each is a few products, the same on every machine.  Powers and sines are minimax fits, the others quotients [1]_.

.. [1] J. H. Lambert, "Mémoire sur quelques propriétés remarquables", Berlin, 1768: continued fractions.
"""

import math

from dsp.native.kernel import part


@part
def exp2(y):
    """Two to the power of 0 to 60; relative error below 2e-10."""
    whole = int(y + 0.5)
    f = y - whole
    power = 0.0013333478466896157 + f * (0.00015461447461850476 + f * 1.5303702537409895e-05)
    power = 0.2402265092234271 + f * (0.05550410906332166 + f * (0.009618056669890442 + f * power))
    return (1 + f * (0.6931471805568316 + f * power)) * (1 << whole)


@part
def sine(turn):
    """Sine of a quarter of a turn at most, either way; error below 3e-11."""
    s = turn * turn
    y = 81.6052262064604 + s * (-76.70428131927859 + s * (42.009805682476944 + s * -14.394135060381474))
    return turn * (6.2831853070725785 + s * (-41.34170211699592 + s * y))


@part
def circle(turn):
    """Sine of any turn."""
    p = turn + 0.75
    return sine(abs(p - math.floor(p) - 0.5) - 0.25)


@part
def tangent(x):
    """Tangent of 0 to 1.42; relative error below 4e-9."""
    s = x * x
    return x * (135135 - s * (17325 - s * (378 - s))) / (135135 - s * (62370 - s * (3150 - 28 * s)))


@part
def tanh(x):
    """Hyperbolic tangent; error below 2e-11 up to 2, below 7e-6 anywhere."""
    s = x * x
    y = x * (34459425 + s * (4729725 + s * (135135 + s * (990 + s))))
    y = y / (34459425 + s * (16216200 + s * (945945 + s * (13860 + 45 * s))))
    return min(max(y, -1.0), 1.0)
