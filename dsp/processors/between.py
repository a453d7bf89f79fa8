"""What lies between frames, over a whole song: long filters, sixteen frames at once.

    x ─▶ taps of each phase ─▶ planes of what lies there          `find`
    planes ─▶ taps of each phase ─▶ + ─▶ y                        `meet`
    x, both sides ─▶ largest of frames and of what lies between   `peaks`

A filter makes frame n of frames n, n + 1, … of what it hears: who asks puts what comes before in front.
"""

from dsp.native import lanes
from dsp.native.kernel import kernel, part
from dsp.native.lanes import WIDTH, ZERO

AT_ONCE = 4 * WIDTH
"""Frames come in multiples of this."""


@kernel
def find(x, taps, y):
    """Let each filter of `taps`, (phases, count), make its plane of `y`, (phases, frames), of `x`; all float32."""
    for phase in range(taps.shape[0]):
        weights, made = lanes.at(taps, phase), lanes.at(y, phase)
        for first in range(0, y.shape[1], AT_ONCE):
            a = b = c = d = lanes.fill(ZERO)
            for tap in range(taps.shape[1]):
                weight, here = lanes.scalar(weights, tap), lanes.offset(lanes.at(x, 0), first + tap)
                a = lanes.add_product(a, weight, lanes.load(here, 0))
                b = lanes.add_product(b, weight, lanes.load(here, 1))
                c = lanes.add_product(c, weight, lanes.load(here, 2))
                d = lanes.add_product(d, weight, lanes.load(here, 3))
            four(lanes.offset(made, first), a, b, c, d)


@kernel
def meet(x, taps, y):
    """Let `y`, (frames,), be the sum of what each filter of `taps`, (phases, count), makes of its plane of `x`."""
    for first in range(0, y.shape[0], AT_ONCE):
        a = b = c = d = lanes.fill(ZERO)
        for phase in range(taps.shape[0]):
            weights, heard = lanes.at(taps, phase), lanes.offset(lanes.at(x, phase), first)
            for tap in range(taps.shape[1]):
                weight, here = lanes.scalar(weights, tap), lanes.offset(heard, tap)
                a = lanes.add_product(a, weight, lanes.load(here, 0))
                b = lanes.add_product(b, weight, lanes.load(here, 1))
                c = lanes.add_product(c, weight, lanes.load(here, 2))
                d = lanes.add_product(d, weight, lanes.load(here, 3))
        four(lanes.offset(lanes.at(y, 0), first), a, b, c, d)


@part
def four(place, a, b, c, d):
    """Put four times sixteen frames down."""
    lanes.store(place, 0, a)
    lanes.store(place, 1, b)
    lanes.store(place, 2, c)
    lanes.store(place, 3, d)


@kernel
def peaks(x, taps, loud, y, middle, above, most, beyond):
    """Let `y`, (groups + 1,), be the largest of sixteen frames each and of what lies between them and their neighbours.

    Parameters
    ----------
    x : float32, (sides, frames)
        What is heard; the first group begins where half a filter has come before.
    taps : float32, (phases, count)
        What finds the points between two frames; `middle` finds the one halfway.
    loud : float32, (groups + count / 16,)
        Room for the largest of every sixteen frames that filters hear.
    above, most, beyond : float32
        What is not above is not looked for: no point is `most` times louder than the frames that it is made of, nor
        `beyond` times louder than those and what lies halfway.
    """
    sides, phases, count = x.shape[0], taps.shape[0], taps.shape[1]
    for place in range(loud.shape[0]):
        largest = lanes.fill(ZERO)
        for side in range(sides):
            largest = lanes.maximum(lanes.absolute(lanes.load(lanes.at(x, side), place)), largest)
        loud[place] = lanes.largest(largest)
    y[0], last = ZERO, lanes.scratch()
    for group in range(y.shape[0] - 1):
        around = ZERO
        for place in range(group, group + count // WIDTH + 1):
            around = max(around, loud[place])
        found = lanes.fill(ZERO)
        if around * most > above:
            for side in range(sides):
                found = lanes.maximum(absolutely(lanes.at2(x, side, WIDTH * group), taps, middle), found)
            if max(around, lanes.largest(found)) * beyond > above:
                for side in range(sides):
                    for phase in range(phases):
                        if phase != middle:
                            found = lanes.maximum(absolutely(lanes.at2(x, side, WIDTH * group), taps, phase), found)
        largest = found
        for side in range(sides):
            own = lanes.load(lanes.at2(x, side, WIDTH * group + count // 2 - 1), 0)
            largest = lanes.maximum(lanes.absolute(own), largest)
        y[group] = max(y[group], lanes.largest(largest))
        # What lies between two frames belongs to both: the last here to the next group, too.
        lanes.store(last, 0, found)
        y[group + 1] = lanes.scalar(last, WIDTH - 1)


@part
def absolutely(heard, taps, phase):
    """Magnitudes of what a filter, of four times some taps, makes of sixteen frames."""
    weights = lanes.at(taps, phase)
    a = b = c = d = lanes.fill(ZERO)
    for tap in range(0, taps.shape[1], 4):
        weight, here = lanes.offset(weights, tap), lanes.offset(heard, tap)
        a = lanes.add_product(a, lanes.scalar(weight, 0), lanes.load(here, 0))
        b = lanes.add_product(b, lanes.scalar(weight, 1), lanes.load(lanes.offset(here, 1), 0))
        c = lanes.add_product(c, lanes.scalar(weight, 2), lanes.load(lanes.offset(here, 2), 0))
        d = lanes.add_product(d, lanes.scalar(weight, 3), lanes.load(lanes.offset(here, 3), 0))
    return lanes.absolute((a + b) + (c + d))
