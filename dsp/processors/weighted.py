"""Energies of what has been weighted by filters, over a whole song.

    x ─▶ second-order sections, in series ─▶ squares ─▶ mean of every so many frames

Sections are of the transposed direct form: in float64 it is exact enough for the lowest of corners.
"""

from dsp.native.kernel import kernel, part


@kernel
def energies(x, sections, state, y):
    """Let `y`, float64 (cells, sides), be the mean squares of `x`, (frames, sides), behind two sections.

    Parameters
    ----------
    x : float32 or float64
        Whole cells.
    sections : float64, (2, 5)
        b0, b1, b2, a1, a2 of each.
    state : float64, (sides, 4)
        What both sections of a side remember.
    """
    cell = x.shape[0] // max(y.shape[0], 1)
    for side in range(x.shape[1]):
        one, other = (state[side, 0], state[side, 1]), (state[side, 2], state[side, 3])
        for place in range(y.shape[0]):
            total = 0.0
            for n in range(cell * place, cell * place + cell):
                made, one = filtered(sections, 0, one, x[n, side])
                made, other = filtered(sections, 1, other, made)
                total += made * made
            y[place, side] = total / cell
        state[side, 0], state[side, 1] = one
        state[side, 2], state[side, 3] = other


@part
def filtered(sections, which, s, x):
    """What a section makes of `x`, and its state then."""
    y = sections[which, 0] * x + s[0]
    first = sections[which, 1] * x - sections[which, 3] * y + s[1]
    return y, (first, sections[which, 2] * x - sections[which, 4] * y)
