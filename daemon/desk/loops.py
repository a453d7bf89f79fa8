"""Feedback: buses that are fed with themselves so loudly that what is in them never dies away.

    bus 3 ─▶ source of channel 5 ─▶ its send to bus 3 ─▶ fader of bus 3 ─╮
      ▲                                                                  │ × gain, once every 64 frames
      ╰──────────────────────────────────────────────────────────────────╯

Each way from a bus to a bus is one number, all of them a matrix; what goes round grows by its largest eigenvalue.
EQ and dynamics are not counted: a boost can make a loop howl that is not told here, and a cut can keep one quiet.
"""

import numpy as np
import numpy.typing as npt

from daemon.desk.console import Console
from dsp.design import strips
from dsp.design.draft import Draft
from dsp.engine import layout

HOLDS_DB = -0.1
"""Gain of a loop from which on it is told: at unity nothing dies away."""
PART_OF_IT = 1e-3
"""Of the loudest bus of a loop: what carries less is beside it."""

BUSES = strips.BUS.strips
BACK = np.array([layout.place(layout.RETURN, layout.BACK_BUS, bus) for bus in range(BUSES)])


def find(draft: Draft) -> str | None:
    """Say which buses feed themselves without dying away, how loudly, through which strips, and what to do."""
    fed_with = draft["patch"].reshape(-1)
    lanes = np.flatnonzero(np.isin(fed_with, BACK))
    if not lanes.size:
        return None
    ways = np.zeros((BUSES, BUSES))
    for lane in lanes:
        ways[:, np.flatnonzero(fed_with[lane] == BACK)[0]] += _sends(draft, int(lane))
    ways *= np.abs(draft["fader"][layout.BUS, 0])[:, np.newaxis]
    grows, shapes = np.linalg.eig(ways)
    most = np.argmax(np.abs(grows))
    gain_db = 20 * np.log10(max(abs(grows[most]), 1e-9))
    if gain_db < HOLDS_DB:
        return None
    carried = np.abs(shapes[:, most])
    buses = np.flatnonzero(carried > PART_OF_IT * carried.max())
    through = [lane for lane in lanes if fed_with[lane] in BACK[buses] and _sends(draft, int(lane))[buses].any()]
    return (
        f"feedback: {' and '.join(f'bus {bus + 1:02}' for bus in buses)} fed with itself through "
        f"{', '.join(strips.PATHS[lane][1:] for lane in through)} at {gain_db:+.1f} dB: {_what_it_does(gain_db)}"
        " · pull that send down, or give the strip another source"
    )


def _what_it_does(gain_db: float) -> str:
    """What is heard of a loop."""
    if gain_db > -HOLDS_DB:
        return (
            "it swells until the limiters hold the outputs at full scale, as long as anything feeds it, and breaks off "
            "at +80 dBFS within"
        )
    return "what feeds it never dies away, and adds up until the limiters hold the outputs at full scale"


def _sends(draft: Draft, lane: int) -> npt.NDArray[np.float64]:
    """Gains from what a strip is fed with to the buses, all taps together."""
    group, within = divmod(lane, layout.WIDTH)
    rows = [layout.row(group, tap, within) for tap in range(layout.TAPS)]
    gains = np.abs(draft["mix"][layout.TO_BUS, rows]).sum(0) * abs(draft["trim"][group, 0, within])
    return np.asarray(gains, np.float64)


class Loops:
    """Looks for feedback again and again.

    Parameters
    ----------
    mixer : Console
        With an audio thread.

    Attributes
    ----------
    told : str or None
        The loop that there is.
    """

    def __init__(self, mixer: Console) -> None:
        self._mixer = mixer
        self.told: str | None = None

    def news(self) -> str | None:
        """Look; a loop that was not there before."""
        before, self.told = self.told, find(self._mixer.targets)
        return None if self.told == before else self.told
