"""The libraries: a hundred presets each of channels, effects, routings and personal monitors.

library/library.lib    names and what they hold
library/ch/007.chn     channel preset 7, as the desk would write it
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from daemon.desk.console import Console
from daemon.files import exact, preset, scene
from daemon.files.disk import Disk, Done
from daemon.show.index import Index
from daemon.show.slots import Shelf, ShelfError
from daemon.wire.network import Network
from dsp.parameters.row import Stored
from dsp.parameters.table import Values

PREFIX = "/-libs/"
EFFECTS = 8


class Kind(NamedTuple):
    """One of the four libraries."""

    name: str
    """In the addresses and as a folder."""
    ending: str
    number: int
    """In the header of its files."""


KINDS = {
    "libchan": Kind("ch", "chn", 0),
    "libfx": Kind("fx", "efx", preset.EFFECT),
    "librout": Kind("r", "rou", 2),
    "libmon": Kind("mon", "mon", 3),
}
_SCOPES = {"librout": preset.routing, "libmon": preset.monitors}


class Library:
    """Presets on disk.

    Parameters
    ----------
    console : Console
        Whose values are stored and loaded; the list of what is stored lives there too.
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
        self._fresh = Values(console.values.table)
        self.shelves = {
            kind: Shelf(
                console, files, kind, folder / name / f"{{:03d}}.{ending}", f"{PREFIX}{name}/{{:03d}}", first=1
            )
            for kind, (name, ending, _) in KINDS.items()
        }
        self._index = Index(console, files, folder / "library.lib", PREFIX, network, self._worth_a_line)

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

    def store(self, kind: str, slot: int, name: str, source: int, done: Done, values: Values) -> None:
        """Store a strip (0 to 71), an effect (0 to 7), the routing or the personal monitors, of these values."""
        flags = 0
        steps: Iterator[tuple[str, int]]
        if kind == "libchan":
            lines, flags = preset.channel_lines(values, source), preset.channel_flags(values, source)
            steps = preset.channel_steps(values, source)
        elif kind == "libfx":
            lines, flags = preset.effect_lines(values, _effect(source)), preset.effect_number(values, source)
            steps = preset.effect_steps(values, source)
        else:
            chosen = _SCOPES[kind](values)
            lines, steps = preset.desk_lines(values, chosen), preset.desk_steps(values, chosen)
        self._write(kind, slot, scene.text("", lines)[1:], dict(steps), {"name": name, "flags": flags}, done)

    def copy(self, kind: str, source: int, target: int, done: Done) -> None:
        """Store in one slot what another one holds."""
        shelf = self.shelves[kind]
        content = shelf.source(source)
        fields = {name: shelf.field(source, name) for name in ("name", "flags")}
        self._write(kind, target, content.data, content.exact, fields, done)

    def rename(self, kind: str, slot: int, name: str, done: Done) -> None:
        """Give a preset another name, in the list and in its file."""
        shelf = self.shelves[kind]
        content = shelf.source(slot)
        fields = {"name": name, "flags": shelf.field(slot, "flags")}
        self._write(kind, slot, content.data, content.exact, fields, done)

    def delete(self, kind: str, slot: int, done: Done) -> None:
        """Empty a slot."""
        self.shelves[kind].remove(slot, done)

    def clear(self) -> None:
        """Empty all slots, and make the list as it was at first."""
        for shelf in self.shelves.values():
            shelf.clear()

    def values(
        self, kind: str, slot: int, target: int = 0, scope: int = preset.ALL_SCOPES, base: Values | None = None
    ) -> scene.Recalled:
        """Desk as a preset would make it.

        Parameters
        ----------
        kind : str
            "libchan", "libfx", "librout" or "libmon".
        slot : int
            Where the preset is, from 0 on.
        target : int
            Strip or effect slot it is loaded into.
        scope : int
            What of a channel's preset is loaded, see `preset.SCOPES`.
        base : Values, optional
            The desk before; as it is now by default.

        Raises
        ------
        ShelfError, SceneError
            When there is no such preset, or it is damaged; the message is for people.
        """
        source = self.shelves[kind].source(slot)
        base = base or self._values
        if kind == "libchan":
            return preset.load_channel(source, base, target, scope)
        if kind == "libfx":
            return preset.load_effect(source, base, _effect(target))
        return preset.load_desk(source, base, _SCOPES[kind](base))

    def _write(
        self,
        kind: str,
        slot: int,
        data: bytes,
        steps: Mapping[str, int] | None,
        fields: dict[str, Stored],
        done: Done,
    ) -> None:
        """Put a preset into place, below a header of its own."""
        number = KINDS[kind].number
        data = scene.headed(data, preset.header(slot, str(fields["name"]), number, int(fields["flags"])))
        self.shelves[kind].write(slot, data, exact.kept(data, steps), {**fields, "type": number}, done)

    def _worth_a_line(self, values: Values, path: str) -> bool:
        """Whether the list has something to say of a node: a name may stand without a preset."""
        return any(values.get(leaf) != self._fresh.get(leaf) for leaf in values.table.nodes[path])


def _effect(slot: int) -> int:
    if not 0 <= slot < EFFECTS:
        raise ShelfError(f"{slot} is no effect slot: they count from 0 to {EFFECTS - 1}")
    return slot
