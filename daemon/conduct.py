"""What a console does by itself when a button is pressed: solo rules, hard mutes, talkback.

    solo ─▶ exclusive? the others go ─▶ is any on? ─▶ follow: select the strip
    mute group, DCA mute ─▶ hard? the members' own mutes follow
"""

from collections.abc import Iterable

import numpy as np

from daemon.console import Console
from dsp.table import TABLE

SOLO = "/-stat/solosw/"
STRIPS_SOLOED = 72
"""Solo switches of strips that can be selected; DCAs come after them."""


class Conduct:
    """Follows changes with the console's own rules.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._solos = [leaf for path, leaf in TABLE.leaves.items() if path.startswith(SOLO)]
        self._mutes = [leaf for path, leaf in TABLE.leaves.items() if path.startswith("/config/mute/")]
        self._dcas = [TABLE.leaves[f"/dca/{dca}/on"] for dca in range(1, 9)]
        console.listeners.append(self._follow)
        console.triggers[TABLE.leaves["/-action/clearsolo"]] = lambda stored, author: self.clear_solo()

    def clear_solo(self) -> None:
        """Switch every solo off."""
        for leaf in self._solos:
            self._console.set(leaf, 0)

    def _get(self, path: str) -> int:
        return int(self._console.values.get(TABLE.leaves[path]))

    def _follow(self, leaf: int, author: object) -> None:
        if leaf in self._solos:
            self._solo(leaf)
        elif leaf in self._mutes and self._get("/-prefs/hardmute"):
            muted = bool(self._console.values.get(leaf))
            self._mute_members("mute", self._mutes.index(leaf), muted)
        elif leaf in self._dcas and self._get("/-prefs/dcamute"):
            self._mute_members("dca", self._dcas.index(leaf), not self._console.values.get(leaf))
        elif leaf == TABLE.leaves["/-stat/selidx"] and self._get("/config/solo/followsel"):
            self._solo_selected()

    def _solo(self, leaf: int) -> None:
        values = self._console.values
        index = self._solos.index(leaf)
        if values.get(leaf):
            if self._get("/config/solo/exclusive"):
                for other in self._solos:
                    if other != leaf:
                        self._console.set(other, 0)
            if self._get("/config/solo/followsolo") and index < STRIPS_SOLOED:
                self._console.set(TABLE.leaves["/-stat/selidx"], index)
        any_on = bool(np.any([values.get(each) for each in self._solos]))
        self._console.set(TABLE.leaves["/-stat/solo"], int(any_on))

    def _solo_selected(self) -> None:
        """Selecting a strip moves the solo to it, when anything is soloed."""
        if self._get("/-stat/solo"):
            selected = self._get("/-stat/selidx")
            for index, leaf in enumerate(self._solos[:STRIPS_SOLOED]):
                self._console.set(leaf, int(index == selected))

    def _mute_members(self, group: str, bit: int, muted: bool) -> None:
        for member in self._members(group, bit):
            self._console.set(TABLE.leaves[f"{member}/mix/on"], int(not muted))

    def _members(self, group: str, bit: int) -> Iterable[str]:
        """Paths of the strips in a group."""
        values = self._console.values
        for path, leaf in TABLE.leaves.items():
            if path.endswith(f"/grp/{group}") and int(values.get(leaf)) >> bit & 1:
                yield path.removesuffix(f"/grp/{group}")
