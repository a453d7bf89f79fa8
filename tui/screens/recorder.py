"""The recorder: what is recorded, whether it is safe, how long the disk lasts; start, stop, mark."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from tui import curves, link, theme
from tui.screens import prompt
from tui.screens.page import Page
from tui.theme import Ink

REC = "/faderd/rec"
TOLD = ("state", "gig", "tracks", "frames", "durable", "verified", "lost", "left", "sync", "alarm")
IDLE, RECORDING, TROUBLE = range(3)
STATES = {IDLE: ("■ not recording", Ink.QUIET), RECORDING: ("● RECORDING", Ink.GOOD), TROUBLE: ("✖ TROUBLE", Ink.LOST)}
LITTLE_S = 900
"""Room on the disk for less than this is a warning."""


class RecorderPage(Page):
    """Facts of the recording, and the marks made from here."""

    DEFAULT_CSS = "RecorderPage #facts { height: 1fr; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start_or_stop", "start or stop"),
        Binding("space", "start_or_stop", "start or stop"),
        Binding("k", "mark", "mark"),
    ]

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Recorder")
        self._told: dict[str, Any] = {}
        self._marks: list[str] = []

    def body(self) -> Iterable[Widget]:
        """Lay the facts."""
        yield Static(id="facts")

    def on_mount(self) -> None:
        """Have the console tell while the page is open."""
        super().on_mount()
        for name in TOLD:
            self.link.listen(f"{REC}/{name}", functools.partial(self._take, name))
        self.link.lease(REC)

    def on_unmount(self) -> None:
        """Listen no more."""
        for name in TOLD:
            self.link.leave(f"{REC}/{name}")
        self.link.leave(REC)

    def _take(self, name: str, arguments: list[Any]) -> None:
        self._told[name] = arguments[0]

    def redraw(self) -> None:
        """Write what was told; grey when the console has gone."""
        super().redraw()
        rows = self._rows() if "state" in self._told else [Text("this console does not record", theme.style(Ink.QUIET))]
        self.query_one("#facts", Static).update(Text("\n").join(rows))

    def _rows(self) -> Iterator[Text]:
        told, live = self._told, self.link.connected
        word, ink = STATES.get(int(told["state"]), STATES[TROUBLE])
        yield Text(word, theme.style(ink if live else Ink.QUIET))
        if told.get("alarm"):
            yield Text(f" {told['alarm']} ", theme.style(Ink.LOST))
        left = float(told.get("left", 0))
        idle = not left and not told["state"]  # it is reckoned while something is recorded
        facts = (
            ("gig", str(told.get("gig") or "–"), False),
            ("tracks", str(told.get("tracks", 0)), False),
            ("recorded", self._clock(self._seconds("frames")), False),
            ("safe from a power cut", self._clock(self._seconds("durable")), False),
            ("read back and right", self._clock(self._seconds("verified")), False),
            ("lost", f"{told.get('lost', 0):g} frames", bool(told.get("lost"))),
            ("time left on the disk", "–" if idle else self._clock(left), left < LITTLE_S and not idle),
            ("slowest write", f"{float(told.get('sync', 0)):.0f} ms", False),
        )
        for name, value, warns in facts:
            paint = Ink.QUIET if not live else Ink.WAITING if warns else Ink.TEXT
            yield Text.assemble((f"{name:24}", theme.style(Ink.QUIET)), (value + (" !" if warns else ""),
                                                                       theme.style(paint)))  # fmt: skip
        yield Text("Marks made from here" if self._marks else "", theme.style(Ink.KEY))
        yield from (Text(f"  {mark}", theme.style(Ink.TEXT)) for mark in self._marks[-8:])

    def _seconds(self, name: str) -> float:
        """Frames in seconds."""
        return float(self._told.get(name, 0)) / curves.rate(self.link.desk)

    @staticmethod
    def _clock(seconds: float) -> str:
        return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"

    def hint(self) -> str:
        """Say which keys help."""
        return "⏎ start or stop · k mark · Esc back"

    # --- hands ---------------------------------------------------------------------------------------

    def action_start_or_stop(self) -> None:
        """Start at once; stop when that is what was meant."""
        if self._told.get("state", IDLE) == IDLE:
            self.link.command(f"{REC}/start", "")
            return

        def answer(yes: bool | None) -> None:
            if yes:
                self.link.command(f"{REC}/stop")

        self.app.push_screen(prompt.Question("Stop the recording?", f"{self._told.get('gig', '')} ends here."), answer)

    def action_mark(self) -> None:
        """Set a mark at what is heard now."""
        if self._told.get("state", IDLE) == IDLE:
            self.notify("nothing is being recorded: a mark needs a recording")
            return
        name = f"mark {len(self._marks) + 1}"
        if self.link.command(f"{REC}/mark", name):
            self._marks.append(f"{self._clock(self._seconds('frames'))}  {name}")
