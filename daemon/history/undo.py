"""One step back: the desk as it was before the last recall."""

import time

from daemon.desk import parts
from daemon.desk.console import Console
from dsp.parameters.table import Values

TIME = "/-undo/time"


class Undo:
    """Remembers the desk at one moment.

    Parameters
    ----------
    console : Console
        The desk; the time of the moment is shown there.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._before: Values | None = None
        self._in_scenes = parts.of(console.values.table).part != parts.Part.OUTSIDE

    def remember(self, before: Values | None = None) -> None:
        """Make now, or a moment before, the one to come back to."""
        self._before = before or self._console.values.copy()
        self._show(time.strftime("%H:%M:%S"))

    def back(self) -> None:
        """Set the desk as it was then; there is no step back from that."""
        if self._before is None:
            return
        wanted = self._console.values.copy()
        parts.take(wanted, self._before, self._in_scenes)
        self._before = None
        self._console.recall(wanted)
        self._show("")

    def _show(self, text: str) -> None:
        leaf = self._console.values.table.leaves[TIME]
        self._console.set(leaf, text)
