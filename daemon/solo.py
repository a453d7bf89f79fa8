"""What the desk sets by itself when something is soloed.

    /-stat/solosw/03 1 ─▶ /-stat/solo 1                     while anything is soloed
                       ─▶ other solos 0, if /config/solo/exclusive
                       ─▶ /-stat/selidx 2, if /config/solo/followsolo
    /-stat/selidx 2    ─▶ /-stat/solosw/03 1, if /config/solo/followsel
"""

import numpy as np

from daemon.console import Console
from daemon.places import FIRST_DCA, STRIPS

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
        self._exclusive, self._follows_selection, self._follows_solo = (
            leaves[f"/config/solo/{name}"] for name in ("exclusive", "followsel", "followsolo")
        )
        console.listeners.append(self._note)

    def _note(self, leaf: int, author: object) -> None:
        strip = self._strips.get(leaf)
        if strip is not None:
            if self._is_on(leaf):
                self._begin(strip)
            self._console.set(self._any, int(np.any(self._console.values.stored[self._switches])))
        elif leaf == self._selected and self._is_on(self._follows_selection):
            self._console.set(self._switches[int(self._console.values.get(leaf))], 1)

    def _begin(self, strip: int) -> None:
        """Do what follows from a new solo."""
        if self._is_on(self._exclusive):
            for other, leaf in enumerate(self._switches):
                if other != strip and self._is_on(leaf):
                    self._console.set(leaf, 0)
        if self._is_on(self._follows_solo) and strip < FIRST_DCA:
            self._console.set(self._selected, strip)

    def _is_on(self, leaf: int) -> bool:
        return bool(self._console.values.get(leaf))
