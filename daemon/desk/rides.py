"""Rides: what a hand moves in many small steps is heard as one way, not as a staircase.

    set, set, set … ─▶ how many frames apart ─▶ the next glide lasts longer than that      a ride
    set ───────────────────────────────────────▶ ten milliseconds                          a move of its own

The second of several moves takes as long as they are apart; from then on each takes six times as long, at most
60 ms: so much also evens out the steps of a fader, and messages that come a little early or late.  Whoever
closes a fader, or takes it out of another's hand, a fade's too, is not kept waiting.

How long each parameter glides is learnt here, from the frames of the stream at which it was set, and goes
with the targets: the audio thread learns nothing, and a log that tells it replays bit for bit.
"""

import numpy as np
import numpy.typing as npt

from dsp.design.draft import Desk
from dsp.engine import memory
from dsp.parameters.row import Stored
from dsp.processors import glide
from dsp.table import TABLE

LONGEST_MS = 60.0
"""Moves that are further apart are moves of their own."""
GAPS = 6
"""A ride lasts so many gaps, where that is no longer than LONGEST_MS."""
REMEMBERED = 3
"""Gaps that are looked at: the longest of them counts, for messages are never quite as regular as hands."""
NEVER = -(1 << 62)
CLOSED = 0
"""Step of a level at which nothing passes."""
KINDS = ("level", "linear", "logarithmic")
"""What can be ridden; everything else switches."""


NAMES = memory.RIDES.names or ()
ROWED = tuple(name for name, *_ in (*memory.FADERS, *memory.PREAMPS, *memory.CHANGING))
"""What has rows of its own for each pace; in a mix they are one."""


class Rides:
    """Learns how long each parameter glides, and writes it to the draft beside what has changed.

    Parameters
    ----------
    rate : float
        Frames per second.
    """

    def __init__(self, rate: float) -> None:
        self._second, self._longest = int(rate), int(LONGEST_MS * rate / 1000)
        self._shortest = glide.length(rate) // glide.SUB_BLOCK
        self._last: dict[int, tuple[int, object]] = {}
        self._gaps: dict[int, list[int]] = {}
        self._riding: dict[int, int] = {}
        self._moves_alone = False
        self._rode: int | None = None
        self._before = np.zeros((), [field for field in memory.GLIDING if field[0] in NAMES])

    def learn(self, leaf: int, stored: Stored, frame: int, author: object = None) -> int:
        """Note that somebody sets a leaf at a frame; how many sub-blocks it is to ride, 0 if it moves by itself."""
        kind = TABLE.row_of(leaf).kind
        if kind not in KINDS:
            return 0
        last, whose = self._last.get(leaf, (NEVER, author))
        if whose is not author or not 0 <= frame - last <= self._longest:
            self._gaps[leaf] = []
        elif frame > last:
            self._gaps[leaf] = [*self._gaps[leaf], frame - last][-REMEMBERED:]
        self._last[leaf] = frame, author
        gaps = self._gaps[leaf]
        if not gaps or (kind == "level" and stored == CLOSED):
            return 0
        apart = max(gaps)
        # Longer than they are apart: a message that is a little late finds the gain still on its way.
        frames = max(min(GAPS * apart, self._longest) if len(gaps) > 1 else 0, apart + glide.SUB_BLOCK)
        return max(-(-frames // glide.SUB_BLOCK), self._shortest)

    def begin(self, leaf: int, pace: int) -> None:
        """Let a leaf that has been set ride for so many sub-blocks, or move by itself: 0."""
        if pace:
            self._riding[leaf] = pace
        else:
            self._riding.pop(leaf, None)
            self._moves_alone = True

    def of(self, leaf: int) -> int:
        """How many sub-blocks a leaf that has been set since the draft was made rides."""
        return self._riding.get(leaf, 0)

    def renew(self, desk: Desk, touched: set[str], published: npt.NDArray[np.int32], frame: int) -> bool:
        """Make anew what has changed of a desk's draft, with its paces; false if nothing was read of it.

        Parameters
        ----------
        desk : Desk
        touched : set of str
            Rows in which something has been set.
        published : ndarray
            Stored values when the draft was made last.
        frame : int
            Of the stream, now.
        """
        if self._rode is not None and not 0 <= frame - self._rode <= self._second:
            self._let_go(desk)
        rows = {TABLE.row_of(leaf).path for leaf in self._riding}
        if not rows and self._rode is None:
            anew = desk.touch(touched)
        elif not self._moves_alone and touched == rows:
            anew = self._touch(desk, rows, max(self._riding.values(), default=0))
        else:
            # First all that moves by itself, while what rides stands still; then that.
            riding, stored = list(self._riding), desk.values.stored
            wanted = stored[riding]
            stored[riding] = published[riding]
            anew = self._touch(desk, touched, 0)
            stored[riding] = wanted
            anew |= self._touch(desk, rows, max(self._riding.values(), default=0))
        if rows:
            self._rode = frame
        self._begin_anew()
        return anew

    def resume(self, frame: int) -> None:
        """Go on with a draft in which something may ride."""
        self._rode = frame
        self._begin_anew()

    def forget(self, desk: Desk) -> None:
        """Let nothing ride: another desk is not reached by moves."""
        self._let_go(desk)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._riding.clear()
        self._moves_alone = False

    def _let_go(self, desk: Desk) -> None:
        for name in NAMES:
            desk.draft["pace"][name] = 0
        self._rode = None

    def _touch(self, desk: Desk, rows: set[str], pace: int) -> bool:
        """Make anew what reads these rows, and write a pace to whatever of it has changed."""
        for name in NAMES:
            self._before[name][:] = desk.draft[name]
        anew = desk.touch(rows)
        for name in NAMES:
            moved = desk.draft[name] != self._before[name]
            if moved.any():
                desk.draft["pace"][name][moved.any(-2) if name in ROWED else moved] = pace
        return anew
