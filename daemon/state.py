"""The state of the desk on disk: as it was left, it comes back."""

import logging
import pathlib

from daemon import console, scene

log = logging.getLogger("faderd")

PERIOD_S = 1.0
"""A power cut loses at most so much."""


class Keeper:
    """Writes the desk to `desk.scn` in the state folder, as scene text, when anything has changed.

    Parameters
    ----------
    mixer : Console
    folder : path
        The state folder.
    """

    def __init__(self, mixer: console.Console, folder: pathlib.Path) -> None:
        self.path = folder / "desk.scn"
        self._mixer = mixer
        self._changed = False
        mixer.listeners.append(self._note)

    def _note(self, leaf: int, author: object) -> None:
        self._changed = True

    def exists(self) -> bool:
        """Whether the desk was left here before."""
        return self.path.exists()

    def save(self) -> None:
        """Write the desk, if it has changed since it was last written."""
        if not self._changed:
            return
        self._changed = False
        try:
            scene.write(self.path, self._mixer, "desk")
        except OSError as error:
            self._changed = True
            log.error("state not saved: %s: %s", self.path, error.strerror or error)
