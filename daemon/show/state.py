"""The state of the desk on disk: as it was left, it comes back.

    desk.scn         what scenes hold, as a scene
    preferences.txt  preferences that are not as delivered, one on each line

Nothing under `/-stat` comes back but `autosave`: solos, talkback and oscillator must not sound by
themselves, and what is selected and shown belongs to the evening that is over.  While `autosave` is off
the desk comes back as it was when that was switched off, however it is left.
"""

import contextlib
import logging
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from daemon.desk import console
from daemon.files import disk, scene
from dsp.parameters.table import Values

log = logging.getLogger("faderd")

PERIOD_S = 1.0
"""A power cut loses at most so much."""

PREFERENCES = "/-prefs/"
NAME = "-prefs/name"
AUTOSAVE = "/-stat/autosave"


@dataclass
class File:
    """A file of the state, and the leaves that are in it."""

    path: pathlib.Path
    leaves: frozenset[int]
    text: Callable[[], bytes]
    changed: bool = False


class Keeper:
    """Writes the desk to the state folder, in the console's own text, when anything has changed.

    Parameters
    ----------
    mixer : Console
    folder : path
        The state folder.
    name : str
        The console's name by its settings: it is kept only when somebody gave it another one.
    """

    def __init__(self, mixer: console.Console, folder: pathlib.Path, name: str = "") -> None:
        self._mixer = mixer
        table = mixer.values.table
        self._name = table.rows[NAME].nearest(name)
        in_scenes = frozenset(leaf for leaf in range(table.size) if table.row_of(leaf).in_scene)
        preferences = frozenset(
            leaf for path, leaf in table.leaves.items() if path.startswith(PREFERENCES) or path == AUTOSAVE
        )
        self._autosave = table.leaves[AUTOSAVE]
        self._known_good: bytes | None = None  # what the desk comes back as, while autosave is off
        self._desk = File(folder / "desk.scn", in_scenes, self._scene)
        self._preferences = File(folder / "preferences.txt", preferences, self._preference_lines)
        self._files = (self._desk, self._preferences)
        mixer.listeners.append(self._note)

    @property
    def path(self) -> pathlib.Path:
        """Where the desk is."""
        return self._desk.path

    def exists(self) -> bool:
        """Whether the desk was left here before."""
        return self.path.exists()

    def bring_back(self) -> Iterator[tuple[pathlib.Path, scene.Problem]]:
        """Set preferences as they were left; what is not understood is told with its file."""
        path = self._preferences.path
        if path.exists():
            try:
                problems = scene.read(path, self._mixer)
            except scene.SceneError as error:
                problems = [scene.Problem(1, "", f"preferences are as delivered: {error}")]
            if self._known_good is not None:
                self._known_good = self.path.read_bytes() if self.exists() else None
                self._desk.changed = False
            yield from ((path, problem) for problem in problems)

    def bring_desk_back(self) -> list[scene.Problem]:
        """Set the desk as it was left; return what was not understood.

        A file that can't be read at all is set aside: a desk that comes up with its faders down can be
        mixed on, one that does not come up can't.
        """
        try:
            return scene.read(self.path, self._mixer)
        except scene.SceneError as error:
            aside = self.path.with_name(f"{self.path.name}.damaged")
            log.error("%s · the desk starts as it came, faders down · the file is kept as %s", error, aside.name)
            with contextlib.suppress(OSError):
                self.path.rename(aside)
            if self._known_good is not None:
                self._known_good = None
                self._known_good = self._scene()
            return []

    def due(self) -> list[tuple[pathlib.Path, bytes]]:
        """What has to be written now: files, and what is to be in them."""
        files = [file for file in self._files if file.changed]
        for file in files:
            file.changed = False
        return [(file.path, file.text()) for file in files]

    def write(self, due: list[tuple[pathlib.Path, bytes]]) -> None:
        """Write what was due; the disk may take its time, on any thread.  What it refuses is tried again."""
        for path, data in due:
            try:
                disk.replace(path, data)
            except OSError as error:
                next(file for file in self._files if file.path == path).changed = True
                log.error("state not saved: %s: %s", path, error.strerror or error)

    def save(self) -> None:
        """Write the desk, if it has changed since it was last written."""
        self.write(self.due())

    def _note(self, leaf: int, author: object) -> None:
        if leaf == self._autosave:
            self._known_good = None
            self._known_good = None if self._mixer.values.get(leaf) else self._scene()
            self._desk.changed = True
        for file in self._files:
            if leaf in file.leaves and (file is not self._desk or self._known_good is None):
                file.changed = True

    def _scene(self) -> bytes:
        if self._known_good is not None:
            return self._known_good
        return scene.text(scene.header("desk"), scene.scene_lines(self._mixer.values))

    def _preference_lines(self) -> bytes:
        values = self._mixer.values
        others = console.differences(values, Values(values.table))
        kept = [leaf for leaf in others if leaf in self._preferences.leaves]
        paths = {values.table.path_of(leaf): values.text(leaf).strip() for leaf in kept}
        if paths.get(f"/{NAME}") == f'"{self._name}"':
            del paths[f"/{NAME}"]
        return scene.text("#4.0#", (f"{path} {token}" for path, token in paths.items()))
