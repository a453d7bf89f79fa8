"""What the desk tells of its own wiring: head amplifiers behind the inputs, strips on the inserts.

    /config/routing/IN/1-8 A1-8 ─▶ /-ha/00/index 32 …     the amplifier behind In 1
    /ch/03/insert/sel FX1L      ─▶ /-insert/fx1L 2        the strip that is inserted there
"""

import numpy as np

from daemon.desk.console import Console
from dsp.design import routing, strips
from dsp.table import TABLE

NONE = -1
INPUT_ROUTING = ("config/routing/IN/", "config/routing/PLAY/", "config/routing/routswitch", "config/userrout/in/")


class Sockets:
    """Keeps what is told true.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._inserts = [
            (strip, leaf)
            for strip, path in enumerate(strips.PATHS)
            if (leaf := TABLE.leaves.get(f"{path}/insert/sel")) is not None
        ]
        self._choosing = {leaf for _, leaf in self._inserts}
        console.rules.append(self._follow)

    def _follow(self, leaf: int, author: object) -> None:
        if leaf in self._choosing:
            self._tell_inserts()
        elif TABLE.row_of(leaf).path.startswith(INPUT_ROUTING):
            self._tell("-ha/{input}/index", routing.amplifiers(self._console.values).tolist())

    def _tell_inserts(self) -> None:
        """Tell which strip is on each way; of several the first."""
        sides, ways = "-insert/{fx_side}", "-insert/{aux_point}"
        inserted = np.full(TABLE.rows[sides].size + TABLE.rows[ways].size, NONE)
        for strip, leaf in reversed(self._inserts):
            choice = int(self._console.values.get(leaf))
            if choice:
                inserted[choice - 1] = strip
        self._tell(sides, inserted[: TABLE.rows[sides].size].tolist())
        self._tell(ways, inserted[TABLE.rows[sides].size :].tolist())

    def _tell(self, pattern: str, values: list[int]) -> None:
        row = TABLE.rows[pattern]
        for leaf, value in enumerate(values, row.offset):
            self._console.set(leaf, value)
