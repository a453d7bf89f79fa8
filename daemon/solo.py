"""What the desk sets by itself when something is soloed.

    /-stat/solosw/03 1 ─▶ /-stat/solo 1                     while anything is soloed
                       ─▶ /-stat/solosw/04 1, if /config/chlink/3-4
                       ─▶ other solos 0, if /config/solo/exclusive
                       ─▶ /-stat/selidx 2, if /config/solo/followsolo
    /-stat/selidx 2    ─▶ /-stat/solosw/03 1, if /config/solo/followsel
"""

import numpy as np

from daemon.console import Console
from daemon.places import FIRST_DCA, STRIPS
from dsp import kinds
from dsp.parameters import Values

ANY, SELECTED = "/-stat/solo", "/-stat/selidx"


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
        self._links = _links(console.values)
        self._exclusive, self._follows_selection, self._follows_solo = (
            leaves[f"/config/solo/{name}"] for name in ("exclusive", "followsel", "followsolo")
        )
        console.rules.append(self._note)

    def _note(self, leaf: int, author: object) -> None:
        strip = self._strips.get(leaf)
        if strip is not None:
            partner = self._partner(strip)
            if partner is not None:
                self._console.set(self._switches[partner], int(self._is_on(leaf)))
            if self._is_on(leaf):
                self._begin(strip, partner)
            self._console.set(self._any, int(np.any(self._console.values.stored[self._switches])))
        elif leaf == self._selected and self._is_on(self._follows_selection):
            self._console.set(self._switches[int(self._console.values.get(leaf))], 1)

    def _partner(self, strip: int) -> int | None:
        """The other side of a linked pair."""
        link = self._links.get(strip)
        return strip ^ 1 if link is not None and self._is_on(link) else None

    def _begin(self, strip: int, partner: int | None) -> None:
        """Do what follows from a new solo."""
        if self._is_on(self._exclusive):
            for other, leaf in enumerate(self._switches):
                if other not in (strip, partner) and self._is_on(leaf):
                    self._console.set(leaf, 0)
        if self._is_on(self._follows_solo) and strip < FIRST_DCA:
            self._console.set(self._selected, strip)

    def _is_on(self, leaf: int) -> bool:
        return bool(self._console.values.get(leaf))


def _links(values: Values) -> dict[int, int]:
    """Leaf of the switch that links each strip to its neighbour; pairs begin at even numbers of strips."""
    links: dict[int, int] = {}
    for kind in (*kinds.INPUTS, kinds.BUS, kinds.MATRIX):
        row = values.table.rows[str(kind.link)]
        for pair in range(row.size):
            links |= dict.fromkeys((len(links), len(links) + 1), row.offset + pair)
    return links
