"""How the desk begins: as it was left, as it was left but silent, or with a scene of the show.

    start = "resume"          as it was left
    start = "muted"           the same, but buses, matrices and mains are muted: somebody opens them
    start = "scene:Sunday"    with the scene of this name, or this number, in the show
"""

import contextlib
import logging
from pathlib import Path

from daemon.desk.console import Console
from daemon.files import reading, scene
from daemon.files.scene import Problem, SceneError
from dsp.parameters.table import Values
from dsp.table import TABLE

log = logging.getLogger("faderd")

MUTED = "muted"
SCENE = "scene:"
SHOW = "/-show/showfile/"

MASTERS = tuple(
    leaf
    for path, leaf in TABLE.leaves.items()
    if path.startswith(("/bus/", "/mtx/", "/main/")) and path.endswith("/mix/on") and path.count("/") == 4
)
"""Switches of everything that feeds an output: buses, matrices and mains."""


def mute(console: Console) -> None:
    """Mute all that feeds outputs."""
    for leaf in MASTERS:
        console.set(leaf, 0)


def recall(console: Console, name: str, show: Path) -> list[Problem] | None:
    """Begin with a scene of the show; return what was not understood, None when there is no such scene.

    A desk without its scene can be mixed on, if nothing of it is loud: whoever asks for the scene mutes it then.
    """
    names = _names(show)
    found = [slot for slot, title in names.items() if title == name] or [slot for slot in names if str(slot) == name]
    try:
        if not found:
            there = ", ".join(f"{slot} {title}" for slot, title in names.items()) or "none at all"
            raise SceneError(f"the settings say to start with scene {name!r}, but {show} has {there}")
        return scene.read(show / f"show.{found[0]:03d}.scn", console)
    except SceneError as error:
        log.error("%s · the desk starts as it was left, muted", error)
        return None


def _names(show: Path) -> dict[int, str]:
    """Scenes that are there, and their names: those of the list, else those in their headers."""
    values = Values(TABLE)
    with contextlib.suppress(SceneError):  # without the list, the headers
        scene.parse(reading.load(show / "show.shw"), values, SHOW)
    names = {}
    for slot in range(TABLE.rows[f"{SHOW[1:]}scene/{{scene}}/name"].size):
        path = show / f"show.{slot:03d}.scn"
        if path.is_file():
            listed = str(values.get(TABLE.leaves[f"{SHOW}scene/{slot:03d}/name"]))
            names[slot] = listed or scene.title_of(path.read_bytes())[0]
    return names
