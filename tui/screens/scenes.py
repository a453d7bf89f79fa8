"""Scenes: what there is, what recalling one would change, recalling and storing.

    ↑ ↓ ─▶ /faderd/scene/diff ─▶ the changes, address by address ─▶ ⏎ asks ─▶ /-action/goscene
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Iterable
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from tui import link, theme, words
from tui.screens import prompt
from tui.screens.page import Page
from tui.theme import Ink

CURRENT = "/-show/prepos/current"
DIFF = "/faderd/scene/diff"
RECALL = "/faderd/scene/recall"
SLOW_S = (0, 1, 2, 5, 10)
AGAIN_S, TIMES = 1.0, 3
"""After how long without an answer a preview is asked for again, and how often it is asked for."""


class ScenesPage(Page):
    """The list at the left, what the chosen one changes at the right.

    Parameters
    ----------
    console : Link
        The console.
    chosen : int
        Scene to begin at; the one recalled last where nothing is said.
    """

    DEFAULT_CSS = """
    ScenesPage Horizontal { height: 1fr; }
    ScenesPage #list { width: 40; height: 1fr; }
    ScenesPage #changes { width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "recall", "recall"),
        Binding("y", "recall", "recall"),
        Binding("w", "store", "store"),
        Binding("x", "slower", "cross-fade"),
    ]

    def __init__(self, console: link.Link, chosen: int | None = None) -> None:
        super().__init__(console, "Scenes")
        self._chosen = chosen or 0
        self._placed = chosen is not None
        self._seconds = 0
        self._changes: dict[str, tuple[str, str]] = {}
        self._total: int | None = None
        self._asked_for: int | None = None
        self._asked_at, self._asked = -math.inf, 0

    def body(self) -> Iterable[Widget]:
        """Lay the list beside the changes."""
        yield Horizontal(Static(id="list"), Static(id="changes"))

    def addresses(self) -> Iterable[str]:
        """Names of all scenes, and the one recalled last."""
        return [CURRENT, *words.scene_addresses()]

    def on_mount(self) -> None:
        """Listen for previews."""
        super().on_mount()
        self.link.listen(DIFF, self._take)

    def on_unmount(self) -> None:
        """Listen no more."""
        self.link.leave(DIFF)

    # --- what is there ---------------------------------------------------------------------------------

    def _there(self) -> list[int]:
        """Numbers of the scenes there are."""
        return self.link.desk.scenes()

    def _called(self, number: int) -> str:
        return self.link.desk.text(words.scene_address(number, "name"))

    def _take(self, arguments: list[Any]) -> None:
        """One change of the preview, or at last how many there are."""
        if len(arguments) == 1:
            self._total = int(arguments[0])
        else:
            address, now, then = (str(argument) for argument in arguments)
            self._changes[address] = now, then

    def _look(self) -> None:
        """Ask what the chosen scene would change, again while no answer comes: datagrams get lost."""
        now = asyncio.get_running_loop().time()
        if self._chosen != self._asked_for:
            self._asked_for, self._changes, self._total, self._asked = self._chosen, {}, None, 0
        elif self._total is not None or self._asked == TIMES or now - self._asked_at < AGAIN_S:
            return
        self._asked_at, self._asked = now, self._asked + 1
        self.link.ask(DIFF, self._chosen)

    def redraw(self) -> None:
        """Write both halves."""
        super().redraw()
        there = self._there()
        if not self._placed and there and self.link.desk.knows(CURRENT):
            # Begin at the scene recalled last: it is what is wanted again when something went wrong.
            current = int(self.link.desk.stored(CURRENT))
            self._chosen, self._placed = (current if current in there else there[0]), True
        if there:
            self._look()
        self.query_one("#list", Static).update(self._list(there))
        self.query_one("#changes", Static).update(self._preview() if there else "")

    def _list(self, there: list[int]) -> Text:
        rows = max(self.size.height - 4, 1)
        here = there.index(self._chosen) if self._chosen in there else 0
        first = min(max(here - rows // 2, 0), max(len(there) - rows, 0))
        lines = [
            Text(f"{'▸' if number == self._chosen else ' '} {number:02} {self._called(number)}"[:38],
                 style=theme.style(Ink.SELECTED if number == self._chosen else Ink.TEXT))
            for number in there[first : first + rows]
        ]  # fmt: skip
        return Text("\n").join(lines or [Text("no scenes have been stored: w stores one", theme.style(Ink.QUIET))])

    def _preview(self) -> Text:
        rows = max(self.size.height - 6, 1)
        title = f"{self._total} values would change"
        if self._total is None:
            waits = self._asked < TIMES or asyncio.get_running_loop().time() - self._asked_at < AGAIN_S
            title = "looking …" if waits else "this console does not tell what that would change"
        lines = [Text(title, style=theme.style(Ink.KEY))]
        for address, (now, then) in itertools.islice(self._changes.items(), rows):
            what = words.title(address)
            lines.append(Text.assemble((f"{what[:36]:37}", theme.style(Ink.QUIET)), (f"{now} → {then}",
                                                                                   theme.style(Ink.TEXT))))  # fmt: skip
        if len(self._changes) > rows:
            lines.append(Text(f"… and {len(self._changes) - rows} more", style=theme.style(Ink.QUIET)))
        return Text("\n").join(lines)

    # --- hands -----------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Go through the list."""
        step = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}.get(event.key)
        there = self._there()
        if step is None or not there:
            return
        event.stop()
        event.prevent_default()
        here = there.index(self._chosen) if self._chosen in there else 0
        self._chosen = there[min(max(here + step, 0), len(there) - 1)]
        self.redraw()

    def action_recall(self) -> None:
        """Ask, then recall the chosen scene in the chosen time."""
        if self._chosen not in self._there():
            return
        question = f"Recall scene {self._chosen:02} {self._called(self._chosen)}?"
        how = f" over {self._seconds} s" if self._seconds else " at once"
        details = f"{self._total if self._total is not None else 'some'} values change{how}; u does not take it back, \
undo on the console does"
        self.app.push_screen(prompt.Question(question, details), self._recall)

    def _recall(self, yes: bool | None) -> None:
        if yes:
            if self._seconds:
                self.link.command(RECALL, self._chosen, "**", float(self._seconds))
            else:
                self.link.command("/-action/goscene", self._chosen)
            self._asked_for = None

    def action_store(self) -> None:
        """Ask, then store the desk in the chosen slot."""
        question = f"Store the desk as scene {self._chosen:02}?"
        details = f"{self._called(self._chosen)} is overwritten" if self._chosen in self._there() else ""
        self.app.push_screen(prompt.Question(question, details), self._store)

    def _store(self, yes: bool | None) -> None:
        if yes:
            name = self._called(self._chosen) if self._chosen in self._there() else f"Scene {self._chosen}"
            self.link.command("/save", "scene", self._chosen, name, "")
            self._asked_for = None

    def action_slower(self) -> None:
        """Choose how long a recall takes, where the console can take its time."""
        if not self.link.health:
            self.notify("this console recalls at once")
            return
        self._seconds = SLOW_S[(SLOW_S.index(self._seconds) + 1) % len(SLOW_S)]

    def heading(self) -> list[tuple[str, int]]:
        """Say how a recall would go."""
        how = f"cross-fade {self._seconds} s" if self._seconds else "at once"
        return [("Scenes ", Ink.KEY), (f"  recall: {how}", Ink.TEXT)]

    def hint(self) -> str:
        """Say which keys help."""
        return "↑ ↓ choose · ⏎ recall · w store here · x cross-fade time · Esc back"
