"""A list on disk of what is stored: names, notes, masks, as lines of nodes.

    cue/000 100 "Opening" 0 3 -1 0 1 0 0
    scene/003 "Song" "slow" %000000000 1

The list lives in the values, under addresses that begin with a dash, and is written soon after it
changes.
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.desk.console import Console
from daemon.files import disk, nodeline, reading, scene
from daemon.wire.network import Network
from dsp.parameters.table import Values

log = logging.getLogger("faderd")

WRITTEN_AFTER_S = 0.5


class Index:
    """Keeps the nodes below an address in a file.

    Parameters
    ----------
    console : Console
        Where the list lives.
    files : Disk
        Where it is written.
    path : Path
        Its file.
    prefix : str
        Address the lines of the file lack, such as ``/-show/showfile/``.
    network : Network
        For a call in a while.
    worth : callable
        Whether a node has anything that is worth a line.
    """

    def __init__(
        self,
        console: Console,
        files: disk.Disk,
        path: Path,
        prefix: str,
        network: Network,
        worth: Callable[[Values, str], bool],
    ) -> None:
        self._console, self._files, self._path, self._prefix = console, files, path, prefix
        self._later = network.later
        self._worth = worth
        table = console.values.table
        self._leaves = frozenset(leaf for address, leaf in table.leaves.items() if address.startswith(prefix))
        self._changed = False

    def load(self, values: Values) -> None:
        """Put what the file says into values; what can't be read is reported and left out."""
        try:
            problems = scene.parse(reading.load(self._path), values, self._prefix) if self._path.exists() else []
        except scene.SceneError as error:
            log.error("%s", error)
            return
        for problem in problems:
            log.warning("%s:%d: %s", self._path, problem.line, problem.reason)

    def watch(self) -> None:
        """Write the file from now on soon after something in it has changed."""
        self._console.listeners.append(self._note)

    def lines(self) -> Iterator[str]:
        """Lines of nodes that are worth one, with their whole addresses."""
        values = self._console.values
        for path, leaves in values.table.nodes.items():
            if path.startswith(self._prefix) and self._worth(values, path):
                yield f"{path} {nodeline.text_of(values, leaves)}"

    def save(self) -> None:
        """Write the file, if anything has changed since it was last written."""
        if not self._changed:
            return
        self._changed = False
        lines = (line.removeprefix(self._prefix) for line in self.lines())
        self._files.write(self._path, scene.text("#4.0#", lines), self._written)

    def _note(self, leaf: int, author: object) -> None:
        if leaf in self._leaves and not self._changed:
            self._changed = True
            self._later(WRITTEN_AFTER_S, self.save)

    def _written(self, error: OSError | None) -> None:
        if error is not None:
            log.error("%s: not written: %s", self._path, error.strerror or error)
