"""The state of the desk on disk: as it was left, it comes back, to the last step of every fader.

    desk.scn         what scenes hold, as a scene
    preferences.txt  preferences that are not as delivered, and the place in the show; one on each line

Each is written within half a second of a change, sealed, and what it was before is kept, see `sealed`: a file
that is damaged is set aside, and the one before it counts.

Nothing under `/-stat` comes back but `autosave`: solos, talkback and oscillator must not sound by
themselves, and what is selected and shown belongs to the evening that is over.  While `autosave` is off
the desk comes back as it was when that was switched off, however it is left.
"""

import contextlib
import logging
import pathlib
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from daemon.desk import console
from daemon.files import exact, scene, sealed
from dsp.parameters.table import Values

log = logging.getLogger("faderd")

PERIOD_S = 0.5
"""A power cut loses at most twice so much: what changes while the disk is busy waits for the next turn."""

PREFERENCES = "/-prefs/"
NAME = "-prefs/name"
AUTOSAVE = "/-stat/autosave"
POSITION = "/-show/prepos/current"

_EXACT = re.compile(r"#exact (/\S+) (\d{1,6})")
"""A comment for everybody else: which of several steps that are written alike is meant."""


@dataclass(eq=False)
class File:
    """A file of the state, and the leaves that are in it."""

    path: pathlib.Path
    leaves: frozenset[int]
    text: Callable[[Values], bytes]
    changed: bool = False


class Due(NamedTuple):
    """What has to be written: a file, and the values as they were when that was noticed."""

    file: File
    values: Values


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
        in_scenes = frozenset(scene.scene_leaves(table))
        preferences = frozenset(
            leaf for path, leaf in table.leaves.items() if path.startswith(PREFERENCES) or path in (AUTOSAVE, POSITION)
        )
        self._autosave = table.leaves[AUTOSAVE]
        self._known_good: Values | None = None  # what the desk comes back as, while autosave is off
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
        return any(sealed.generations(self.path))

    def bring_back(self) -> Iterator[tuple[pathlib.Path, scene.Problem]]:
        """Set preferences as they were left; what is not understood is told with its file."""
        problems = self._come_back(self._preferences, "preferences are as delivered")
        if self._known_good is not None:
            if self.exists():
                self._known_good, _ = self._read(self._desk, "the desk starts as it came, faders down")
            self._desk.changed = False
        yield from ((self._preferences.path, problem) for problem in problems)

    def bring_desk_back(self) -> list[scene.Problem]:
        """Set the desk as it was left; return what was not understood.

        A file that can't be read at all is set aside: a desk that comes up with its faders down can be
        mixed on, one that does not come up can't.
        """
        return self._come_back(self._desk, "the desk starts as it came, faders down")

    def _come_back(self, file: File, otherwise: str) -> list[scene.Problem]:
        values, problems = self._read(file, otherwise)
        self._mixer.recall(values)
        return problems

    def _read(self, file: File, otherwise: str) -> tuple[Values, list[scene.Problem]]:
        """Values with what the newest generation says that is not damaged."""
        damaged = []
        for path in [*sealed.generations(file.path)]:
            values = self._mixer.values.copy()
            try:
                problems = _parse(path, values)
            except scene.SceneError as error:
                damaged.append(f"{error} · the file is kept as {_set_aside(path).name}")
                continue
            if damaged:
                left = time.strftime("%d %B %H:%M:%S", time.localtime(path.stat().st_mtime))
                log.error("%s · as it was left on %s counts (%s)", damaged[0], left, path.name)
                file.changed = True
            return values, problems
        if damaged:
            log.error("%s · %s", damaged[0], otherwise)
        return self._mixer.values.copy(), []

    def due(self) -> list[Due]:
        """What has to be written now; the text is made by `write`, on any thread."""
        files = [file for file in self._files if file.changed]
        if not files:
            return []
        now = self._mixer.values.copy()
        for file in files:
            file.changed = False
        return [Due(file, self._known_good or now if file is self._desk else now) for file in files]

    def write(self, due: Iterable[Due]) -> None:
        """Write what was due; the disk may take its time, on any thread.  What it refuses is tried again."""
        for file, values in due:
            try:
                sealed.replace(file.path, file.text(values))
            except OSError as error:
                file.changed = True
                log.error("state not saved: %s: %s", file.path, error.strerror or error)

    def save(self) -> None:
        """Write the desk, if it has changed since it was last written."""
        self.write(self.due())

    def _note(self, leaf: int, author: object) -> None:
        if leaf == self._autosave:
            self._known_good = None if self._mixer.values.get(leaf) else self._mixer.values.copy()
            self._desk.changed = True
        for file in self._files:
            if leaf in file.leaves and (file is not self._desk or self._known_good is None):
                file.changed = True

    def _scene(self, values: Values) -> bytes:
        lines = scene.scene_lines(values)
        return scene.text(scene.header("desk"), [*lines, *_exact(values, scene.scene_leaves(values.table))])

    def _preference_lines(self, values: Values) -> bytes:
        others = console.differences(values, Values(values.table))
        kept = [leaf for leaf in others if leaf in self._preferences.leaves]
        paths = {values.table.path_of(leaf): values.text(leaf).strip() for leaf in kept}
        if paths.get(f"/{NAME}") == f'"{self._name}"':
            del paths[f"/{NAME}"]
        return scene.text("#4.0#", [*(f"{path} {token}" for path, token in paths.items()), *_exact(values, kept)])


def _exact(values: Values, leaves: Iterable[int]) -> Iterator[str]:
    """Lines with the exact values of leaves."""
    return (f"#exact {address} {step}" for address, step in exact.steps(values, leaves))


def _parse(path: pathlib.Path, values: Values) -> list[scene.Problem]:
    """Put what a file of the state says into values; return what was not understood.

    Raises
    ------
    SceneError
        When the file is damaged.
    """
    data = sealed.load_sealed(path)
    found = (_EXACT.fullmatch(line) for line in data.decode("utf-8", "replace").split("\n"))
    return scene.parse(data, values, steps={each[1]: int(each[2]) for each in found if each})


def _set_aside(path: pathlib.Path) -> pathlib.Path:
    """Keep a damaged file under another name."""
    aside = path.with_name(f"{path.name}.damaged")
    with contextlib.suppress(OSError):
        path.rename(aside)
    return aside
