"""The show: a hundred scenes and a hundred snippets as files in a folder, and the list of them.

    show.shw       names, notes, masks, cues
    show.003.scn   scene 3        show.017.snp   snippet 17

Each is what the desk itself would write.
"""

from pathlib import Path

import numpy as np

from daemon.desk.console import Console
from daemon.files import exact, scene, snippet
from daemon.files.disk import Disk, Done
from daemon.show import safes
from daemon.show.index import Index
from daemon.show.slots import SLOTS, Shelf
from daemon.show.turns import Steps
from daemon.wire.network import Network
from dsp.parameters.row import Stored
from dsp.parameters.table import Values

__all__ = ["FIELDS", "PREFIX", "SLOTS", "Show"]

PREFIX = "/-show/showfile/"

FIELDS = {
    "scene": ("name", "notes", "safes"),
    "snippet": ("name", "eventtyp", "channels", "auxbuses", "maingrps"),
}
"""What the header of each kind of file holds, in its order."""

_ENDINGS = {"scene": "scn", "snippet": "snp"}


class Show:
    """Scenes and snippets on disk.

    Parameters
    ----------
    console : Console
        Whose values are stored; the list of what is stored lives there too.
    files : Disk
        Where files are written.
    folder : Path
        Where they lie.
    network : Network
        For a call in a while.
    """

    def __init__(self, console: Console, files: Disk, folder: Path, network: Network) -> None:
        self._console = console
        self._values = console.values
        self.shelves = {
            kind: Shelf(console, files, kind, folder / f"show.{{:03d}}.{ending}", f"{PREFIX}{kind}/{{:03d}}")
            for kind, ending in _ENDINGS.items()
        }
        self._index = Index(console, files, folder / "show.shw", PREFIX, network, _worth_a_line)

    def load(self) -> None:
        """Read the list, compare it with the files, and keep it from now on."""
        values = self._values.copy()
        self._index.load(values)
        for shelf in self.shelves.values():
            shelf.compare(values)
        self._console.recall(values)
        self._index.watch()

    def save(self) -> None:
        """Write the list now, if it has changed."""
        self._index.save()

    def dump(self) -> list[str]:
        """Lines of all that is in the list, with their whole addresses; the show itself first."""
        return list(self._index.lines())

    def source(self, kind: str, slot: int) -> scene.Source:
        """Content of a scene or snippet; scene 0 always exists.

        As long as nothing is stored there it is the desk as it came.

        Raises
        ------
        ShelfError
            When there is no such thing, or it can't be read; the message is for people.
        """
        shelf = self.shelves[kind]
        if kind == "scene" and slot == 0 and not shelf.holds(0):
            data, beside = scene.stored(Values(self._values.table), scene.header("", "", shelf.token(0, "safes")))
            return scene.Source(shelf.path(0).name, data, exact.read(beside, data))
        return shelf.source(slot)

    def now(self) -> Values:
        """Take the desk as it is, to be stored when it is its turn."""
        return self._values.copy()

    def save_scene(self, slot: int, name: str, note: str, done: Done, now: Values) -> Steps:
        """Store the whole desk, as it was `now`, as a scene."""
        shelf = self.shelves["scene"]
        head = scene.header(name, note, shelf.token(slot, "safes"))
        data, beside = yield lambda: scene.stored(now, head)
        shelf.write(slot, data, beside, {"name": name, "notes": note}, done)

    def save_snippet(self, slot: int, name: str, done: Done, now: Values) -> Steps:
        """Store what the masks of the snippet's slot choose of the desk as it was `now`, which may be nothing."""
        shelf = self.shelves["snippet"]
        masks = [shelf.token(slot, mask) for mask in FIELDS["snippet"][1:]]
        chosen = safes.snippet(now, slot)
        head = snippet.header(name, masks)
        data = yield lambda: scene.text(head, snippet.lines(now, chosen))
        beside = exact.text(data, exact.steps(now, np.flatnonzero(chosen).tolist()))
        shelf.write(slot, data, beside, {"name": name}, done)

    def copy(self, kind: str, source: int, target: int, done: Done) -> None:
        """Store in one slot what another one holds."""
        shelf = self.shelves[kind]
        shelf.path(target)
        content = self.source(kind, source)
        fields = {name: shelf.field(source, name) for name in FIELDS[kind]}
        shelf.write(target, content.data, exact.kept(content.data, content.exact), fields, done)

    def rename(self, kind: str, slot: int, name: str, done: Done) -> None:
        """Give a scene or snippet another name, in the list and in its file."""
        shelf = self.shelves[kind]
        content = self.source(kind, slot)
        rest = [shelf.token(slot, field) for field in FIELDS[kind][1:]]
        head = scene.header(name, rest[0][1:-1], rest[1]) if kind == "scene" else snippet.header(name, rest)
        data = scene.headed(content.data, head)
        shelf.write(slot, data, exact.kept(data, content.exact), {"name": name}, done)

    def delete(self, kind: str, slot: int, done: Done) -> None:
        """Empty a slot."""
        self.shelves[kind].remove(slot, done)

    def clear(self) -> None:
        """Empty all slots, and make the list as it was at first."""
        for shelf in self.shelves.values():
            shelf.clear()
        fresh = Values(self._values.table)
        for address, leaf in self._values.table.leaves.items():
            if address.startswith("/-show/"):
                self._console.set(leaf, fresh.get(leaf))


def _worth_a_line(values: Values, path: str) -> bool:
    """Whether the list has something to say of a node."""
    leaves = values.table.nodes[path]
    kind = path.removeprefix(PREFIX).partition("/")[0]
    if kind in FIELDS:
        return bool(values.get(leaves[-1]))
    number_and_name: list[Stored] = [values.get(leaf) for leaf in leaves[:2]]
    return kind != "cue" or any(number_and_name)
