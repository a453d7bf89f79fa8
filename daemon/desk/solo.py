"""What the desk sets by itself when something is soloed.

    /-stat/solosw/03 1 ─▶ /-stat/solo 1                     while anything is soloed
                       ─▶ /-stat/solosw/04 1, if /config/chlink/3-4
                       ─▶ other solos 0, if /config/solo/exclusive
                       ─▶ /-stat/selidx 2, if /config/solo/followsolo
    /-stat/selidx 2    ─▶ /-stat/solosw/03 1, if /config/solo/followsel

Links and the exclusive solo hold for the switches of every listener too.
"""

import numpy as np
import numpy.typing as npt

from daemon.desk.console import Console
from daemon.desk.parts import FIRST_DCA, STRIPS
from dsp.design import strips
from dsp.parameters.table import Values

Switches = npt.NDArray[np.bool_]

ANY, SELECTED = "/-stat/solo", "/-stat/selidx"


class Pressing:
    """What else changes when one of a set of solo switches is pressed.

    Parameters
    ----------
    values : Values
        Links, and whether solos are exclusive.
    """

    def __init__(self, values: Values) -> None:
        self._values = values
        self._links = _links(values)
        self._exclusive = values.table.leaves["/config/solo/exclusive"]

    def follow(self, switches: Switches, strip: int) -> Switches:
        """All switches, shape (80,), after the one of this strip was pressed."""
        own = [strip]
        link = self._links.get(strip)
        if link is not None and self._values.get(link):
            own.append(strip ^ 1)
        alone = switches[strip] and self._values.get(self._exclusive)
        after = np.zeros_like(switches) if alone else switches.copy()
        after[own] = switches[strip]
        return after


class Solo:
    """Keeps what follows from solos.

    Parameters
    ----------
    console : Console
        Whose solos they are.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        leaves = console.values.table.leaves
        self._switches = [leaves[f"/-stat/solosw/{number:02d}"] for number in range(1, STRIPS + 1)]
        self._strips = {leaf: strip for strip, leaf in enumerate(self._switches)}
        self._any, self._selected = leaves[ANY], leaves[SELECTED]
        self._pressing = Pressing(console.values)
        self._follows_selection, self._follows_solo = (
            leaves[f"/config/solo/{name}"] for name in ("followsel", "followsolo")
        )
        console.rules.append(self._note)

    def _note(self, leaf: int, author: object) -> None:
        strip = self._strips.get(leaf)
        if strip is not None:
            before = self._console.values.stored[self._switches] != 0
            after = self._pressing.follow(before, strip)
            for other in np.flatnonzero(after != before).tolist():
                self._console.set(self._switches[other], int(after[other]))
            if after[strip] and self._is_on(self._follows_solo) and strip < FIRST_DCA:
                self._console.set(self._selected, strip)
            self._console.set(self._any, int(after.any()))
        elif leaf == self._selected and self._is_on(self._follows_selection):
            self._console.set(self._switches[int(self._console.values.get(leaf))], 1)

    def _is_on(self, leaf: int) -> bool:
        return bool(self._console.values.get(leaf))


def _links(values: Values) -> dict[int, int]:
    """Leaf of the switch that links each strip to its neighbour; pairs begin at even numbers of strips."""
    links: dict[int, int] = {}
    for kind in (*strips.INPUTS, strips.BUS, strips.MATRIX):
        row = values.table.rows[str(kind.link)]
        for pair in range(row.size):
            links |= dict.fromkeys((len(links), len(links) + 1), row.offset + pair)
    return links
