"""Hard mutes: where the desk is set to do so, mute groups and DCAs press the mute buttons of their members.

    mute group on ─▶ /-prefs/hardmute? ─▶ mix/on of every member
    DCA off       ─▶ /-prefs/dcamute?  ─▶ mix/on of every member
"""

from collections.abc import Iterator

from daemon.desk.console import Console
from dsp.table import TABLE


class HardMutes:
    """Follows mute groups and DCAs.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        leaves = TABLE.leaves
        self._hard, self._dca_hard = leaves["/-prefs/hardmute"], leaves["/-prefs/dcamute"]
        self._groups = {leaves[f"/config/mute/{group}"]: group - 1 for group in range(1, 7)}
        self._dcas = {leaves[f"/dca/{dca}/on"]: dca - 1 for dca in range(1, 9)}
        console.rules.append(self._follow)

    def _follow(self, leaf: int, author: object) -> None:
        values = self._console.values
        if self._console.recalling:
            return  # a scene says itself who is muted
        if leaf in self._groups and values.get(self._hard):
            self._press("mute", self._groups[leaf], on=not values.get(leaf))
        elif leaf in self._dcas and values.get(self._dca_hard):
            self._press("dca", self._dcas[leaf], on=bool(values.get(leaf)))

    def _press(self, kind: str, bit: int, on: bool) -> None:
        for strip in self._members(kind, bit):
            self._console.set(TABLE.leaves[f"{strip}/mix/on"], int(on))

    def _members(self, kind: str, bit: int) -> Iterator[str]:
        """Paths of the strips in a group."""
        for path, leaf in TABLE.leaves.items():
            if path.endswith(f"/grp/{kind}") and int(self._console.values.get(leaf)) >> bit & 1:
                yield path.removesuffix(f"/grp/{kind}")
