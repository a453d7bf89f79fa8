"""Filters on the desk: several pairs of each strip, two filters in series on sixteen lanes, see `svf`.

    low cut │ keys of gate and dynamics │ EQ: six bands are three pairs, second halves of steep crossovers three more

A pair takes new filters as soon as its last change is over.  One that lets all lanes through is skipped, and forgets.
"""

import numpy as np

from dsp.native import lanes
from dsp.native.kernel import kernel
from dsp.native.lanes import ONE, ZERO
from dsp.processors import gain, glide, shapes, svf
from dsp.processors.processor import Groups, Processor

HEARD, COMING = np.int64(0), np.int64(1)
"""States of the filters as they are, and of those that a change brings."""
STATE_ROWS = np.int64(svf.STATE_ROWS)


@kernel
def take(desk, new, group):
    """New filters, each pair as soon as its last change is over."""
    for pair in range(desk.filter_state.shape[1]):
        desk.clock.filter[pair, group] = svf.accept(
            lanes.at2(desk.start.filter, pair, group), lanes.at2(desk.target.filter, pair, group),
            lanes.at2(new.filter, pair, group), lanes.at3(desk.filter_state, HEARD, pair, group),
            lanes.at3(desk.filter_state, COMING, pair, group), lanes.at2(new.pace.filter, pair, group),
            lanes.at2(desk.left.filter, pair, group), desk.clock.filter[pair, group], desk.glide_length,
        )  # fmt: skip


@kernel
def ride(desk, group):
    """Let one sub-block pass for filters that ride; true if any has just arrived."""
    arrived = False
    for pair in range(desk.filter_state.shape[1]):
        if desk.clock.filter[pair, group] < 0:
            clock = svf.advance(
                lanes.at2(desk.start.filter, pair, group), lanes.at2(desk.target.filter, pair, group),
                lanes.at3(desk.filter_state, HEARD, pair, group), lanes.at3(desk.filter_state, COMING, pair, group),
                lanes.at2(desk.left.filter, pair, group), desk.clock.filter[pair, group], desk.glide_length,
            )  # fmt: skip
            arrived = arrived or clock != desk.clock.filter[pair, group]
            desk.clock.filter[pair, group] = clock
            desk.since = 0
    return arrived


@kernel
def settle(desk, group):
    """Be at once what a change was to bring."""
    for pair in range(desk.filter_state.shape[1]):
        if glide.passed(desk.clock.filter[pair, group]) < svf.change(desk.glide_length):
            coming = lanes.at3(desk.filter_state, COMING, pair, group)
            gain.copy(coming, lanes.at3(desk.filter_state, HEARD, pair, group), STATE_ROWS)


@kernel
def find_live(desk, group):
    """See which pairs of a group have anything to do."""
    one, zero = lanes.fill(ONE), lanes.fill(ZERO)
    for pair in range(desk.filter_state.shape[1]):
        p = lanes.at2(desk.target.filter, pair, group)
        through = not (
            lanes.differ(lanes.load(p, 3), one) or lanes.differ(lanes.load(p, 4), zero)
            or lanes.differ(lanes.load(p, 5), zero) or lanes.differ(lanes.load(p, 9), one)
            or lanes.differ(lanes.load(p, 10), zero) or lanes.differ(lanes.load(p, 11), zero)
        )  # fmt: skip
        busy = desk.clock.filter[pair, group] < svf.change(desk.glide_length) or not through
        if not busy and desk.live.filter[pair, group] != 0:
            svf.reset(lanes.at3(desk.filter_state, HEARD, pair, group))
        desk.live.filter[pair, group] = np.int32(busy)


@kernel
def forget(desk, group, anew):
    """Begin anew in lanes that a recall has altered: at rest."""
    for pair in range(desk.filter_state.shape[1]):
        svf.begin_anew(lanes.at3(desk.filter_state, HEARD, pair, group), anew)


STRIP = r"(ch|auxin|fxrtn|bus|mtx|main)/.*"

PROCESSOR = Processor(
    name="filter",
    words="EQ",
    leaf="eq/on",
    groups=Groups.PAIRS,
    rows=svf.ROWS,
    state_rows=svf.STATE_ROWS,
    neutral={svf.M0: 1, shapes.COEFFICIENTS + svf.M0: 1},
    is_metered=False,
    take=take,
    ride=ride,
    settle=settle,
    find_live=find_live,
    forget=forget,
    hardest=(
        (STRIP + r"eq/on", 1),
        (STRIP + r"preamp/hpon", 1),
        (STRIP + r"preamp/hpslope", 2),
        (STRIP + r"eq/.*/g", (3.0, -3.0)),
        (STRIP + r"eq/.*/type", ("LCut", "PEQ", "VEQ", "HShv", "PEQ", "HCut")),
    ),
)
