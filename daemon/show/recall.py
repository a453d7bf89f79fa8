"""Recalling: a scene, a snippet or a cue becomes the desk, in one go or not at all.

file ─▶ parse all of it ─▶ what safes let through ─▶ undo point ─▶ console.recall

A line that is not understood costs that line, and is told; a file that is damaged is refused whole.
"""

import logging
import re
from pathlib import Path

import numpy as np

from daemon.desk import parts
from daemon.desk.console import Console, differences
from daemon.desk.parts import Mask, Part
from daemon.files import reading
from daemon.files.reading import SceneError, Source
from daemon.files.scene import Recalled, recalled
from daemon.history.undo import Undo
from daemon.show import safes
from daemon.show.cues import Cues
from daemon.show.fade import Fade
from daemon.show.fade_times import AT_ONCE, Pace, in_notes
from daemon.show.library import Library
from daemon.show.show import SLOTS, Show
from daemon.show.slots import ShelfError
from daemon.show.turns import Steps
from dsp.parameters.table import Values

log = logging.getLogger("faderd")

MOST_LOGGED = 20
"""Lines that were left out, told one by one."""

POSITION = "/-show/prepos/current"
LISTS = ("cue", "scene", "snippet")
"""What the position counts, by `/-prefs/show_control`."""


class Recall:
    """Recalls what a show holds.

    Parameters
    ----------
    console : Console
        What is set.
    show : Show
        Where scenes and snippets are.
    library : Library
        Where presets are.
    undo : Undo
        Where the moment before is remembered.
    fade : Fade
        What takes its time.

    Attributes
    ----------
    left_out : list of str
        Lines that were not understood in the last that was asked for, for people.
    """

    def __init__(self, console: Console, show: Show, library: Library, undo: Undo, fade: Fade) -> None:
        self._console = console
        self._values = console.values
        self._show = show
        self._library = library
        self._undo = undo
        self._fade = fade
        self.cues = Cues(console)
        self.left_out: list[str] = []

    # --- one of each --------------------------------------------------------------------------------

    def scene(self, slot: int, pattern: str = "**", pace: Pace | None = None) -> Steps:
        """Recall a scene, or what of it lies at addresses like a pattern; as fast as is said, else as its notes say.

        Returns how many parameters change.
        """
        before = self._values.copy()
        wanted = yield from self.scene_values(slot, pattern)
        changes = self.become(self._merged(before, wanted), self._noted(slot) if pace is None else pace)
        self._move_to("scene", slot)
        return changes

    def snippet(self, slot: int) -> Steps:
        """Recall a snippet."""
        before = self._values.copy()
        wanted = yield from self.snippet_values(slot, before)
        self.become(self._merged(before, wanted))
        self._move_to("snippet", slot)

    def preset(self, kind: str, slot: int, target: int, scope: int) -> Steps:
        """Load a preset, see `Library.values`."""
        before = self._values.copy()
        path = self._library.shelves[kind].path(slot)
        made = yield lambda: self._library.values(kind, slot, target, scope, before)
        self.become(self._merged(before, self._noting(made, path.name)))

    def _merged(self, before: Values, wanted: Values) -> Values:
        """Desk as it is to be, but for what somebody has set while the file was read: the newest wins."""
        now = self._values.copy()
        for leaf in differences(before, now):
            wanted.set(leaf, now.get(leaf))
        return wanted

    def cue(self, number: int) -> Steps:
        """Recall the scene and the snippet of a cue, both or none."""
        cue = self.cues.get(number)
        self.left_out = []
        before = self._values.copy()
        wanted = before.copy() if cue.scene < 0 else (yield from self.scene_values(cue.scene))
        pace = AT_ONCE if cue.scene < 0 else self._noted(cue.scene)
        if cue.snippet >= 0:
            left_out = self.left_out
            wanted = yield from self.snippet_values(cue.snippet, wanted)
            self.left_out = [*left_out, *self.left_out]
        self.become(self._merged(before, wanted), pace)
        self._move_to("cue", number)

    def become(self, wanted: Values, pace: Pace = AT_ONCE) -> int:
        """Set the desk, so that undo can set it back; return how many parameters change."""
        before = self._values.copy()
        self._fade.stop()
        changes = self._fade.begin(wanted, pace) if pace.longest else len(self._console.recall(wanted))
        self._undo.remember(before)
        return changes

    def _noted(self, slot: int) -> Pace:
        """Pace that a scene asks for in its notes."""
        return in_notes(str(self._show.shelves["scene"].field(slot, "notes")))

    def undo(self) -> None:
        """Set the desk back to before the last recall."""
        self._fade.stop()
        self._undo.back()

    # --- what it would be ---------------------------------------------------------------------------

    def scene_values(self, slot: int, pattern: str = "**") -> Steps:
        """Desk as a scene would make it.

        Raises
        ------
        ShelfError, SceneError
            When there is no such scene, or it is damaged; the message is for people.
        """
        source, chosen = self._show.source("scene", slot), like(self._values, pattern)
        return (yield from self._made(source, chosen, ~safes.protected(self._values, slot)))

    def file_values(self, path: Path, pattern: str = "**") -> Steps:
        """Desk as a scene file would make it.

        Raises
        ------
        SceneError
            When it can't be read, or is damaged; the message is for people.
        """
        return (yield from self._made(reading.source(path), like(self._values, pattern)))

    def snippet_values(self, slot: int, base: Values) -> Steps:
        """Desk as a snippet would make it, on top of other values.

        All its lines count: the masks in its header say what was stored, not what may be recalled.
        """
        return (yield from self._made(self._show.source("snippet", slot), base=base))

    def _made(
        self, source: Source, chosen: Mask | None = None, free: Mask | None = None, base: Values | None = None
    ) -> Steps:
        base = base or self._values.copy()
        try:
            made = yield lambda: recalled(base, source, chosen, free)
        except SceneError as error:
            log.warning("%s", error)
            raise
        return self._noting(made, source.name)

    def _noting(self, made: Recalled, name: str) -> Values:
        """Note what was left out of a file; the log has it, but no file fills the log."""
        self.left_out = [f"{name}:{problem.line}: left out: {problem.reason}" for problem in made.problems]
        for line in self.left_out[:MOST_LOGGED]:
            log.warning("%s", line)
        if len(self.left_out) > MOST_LOGGED:
            log.warning("%s: %d more lines were left out", name, len(self.left_out) - MOST_LOGGED)
        return made.values

    # --- the position in the list -------------------------------------------------------------------

    def go(self) -> Steps:
        """Recall what the position is at."""
        kind, position = self._position()
        if kind == "cue":
            yield from self.cue(position)
        elif kind == "scene":
            yield from self.scene(position)
        else:
            yield from self.snippet(position)

    def step(self, direction: int) -> None:
        """Move the position to the next or previous line there is something in."""
        kind, position = self._position()
        following = self._following(kind, position, direction)
        if following is not None:
            self._set(POSITION, following)

    def _position(self) -> tuple[str, int]:
        return LISTS[self._get("/-prefs/show_control")], self._get(POSITION)

    def _following(self, kind: str, position: int, direction: int) -> int | None:
        end = -1 if direction < 0 else self.cues.MOST if kind == "cue" else SLOTS
        for number in range(position + direction, end, direction):
            if self.cues.waits(number) if kind == "cue" else self._show.shelves[kind].holds(number):
                return number
        return None

    def _move_to(self, kind: str, number: int) -> None:
        """Let the position follow a recall; where the desk advances, to the line after it."""
        if LISTS[self._get("/-prefs/show_control")] != kind:
            return
        following = self._following(kind, number, 1) if self._get("/-prefs/scene_advance") else None
        self._set(POSITION, number if following is None else following)

    def _get(self, path: str) -> int:
        return int(self._values.get(self._values.table.leaves[path]))

    def _set(self, path: str, stored: int) -> None:
        self._console.set(self._values.table.leaves[path], stored)


def like(values: Values, pattern: str) -> Mask:
    """Leaves of scenes at addresses like a pattern: `*` is within one part, `**` any number of parts.

    Raises
    ------
    ShelfError
        When there is none.
    """
    in_scenes: Mask = parts.of(values.table).part != Part.OUTSIDE
    address = "/" + pattern.removeprefix("/").removesuffix("/")
    if pattern == "**":
        return in_scenes
    # Whoever names a strip means all of it.
    for each in (address, f"{address}/**"):
        expression = re.compile(re.escape(each).replace(r"\*\*", ".*").replace(r"\*", "[^/]*"))
        mask = np.array([expression.fullmatch(path) is not None for path in values.table.leaves]) & in_scenes
        if mask.any():
            return mask
    raise ShelfError(f"{pattern}: nothing in a scene has such an address")
