"""How the console does: load, device, clients and the last moves; as the console itself tells it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from rich.text import Text
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from tui import link, theme
from tui.screens.page import Page
from tui.theme import Ink

MOVES = "/faderd/moves"
ASK_S = 1.0
STALE_S = 10.0
"""A client that has said nothing for so long has lost its leases."""
UNITS = {"_s": "s", "_ms": "ms", "_us": "µs", "_mb": "MB", "_hz": "Hz"}
"""Ends of names, and the unit they mean."""
PICTURED = {"clients", "tenths", "last"}
"""What stands at the right, not among the facts."""
SINCE = "since"
"""A moment, in seconds since the epoch."""
WORDS = {"True": "yes", "False": "no", "None": "–"}
BAR = 20


class HealthPage(Page):
    """What the console tells: facts at the left; histogram, clients and moves at the right."""

    DEFAULT_CSS = """
    HealthPage Horizontal { height: 1fr; }
    HealthPage Static { height: 1fr; padding: 0 1; }
    HealthPage #facts { width: 2fr; }
    HealthPage #who { width: 3fr; }
    """

    def __init__(self, console: link.Link) -> None:
        super().__init__(console, "Health")
        self._moves: list[dict[str, Any]] = []

    def body(self) -> Iterable[Widget]:
        """Lay both columns."""
        yield Horizontal(Static(id="facts"), Static(id="who"))

    def on_mount(self) -> None:
        """Ask for the moves as long as the page is open; how it does is told anyway."""
        super().on_mount()
        self.link.listen(MOVES, self._take)
        self.set_interval(ASK_S, self._ask)
        self._ask()

    def on_unmount(self) -> None:
        """Listen no more."""
        self.link.leave(MOVES)

    def _ask(self) -> None:
        self.link.ask(MOVES)

    def _take(self, arguments: list[Any]) -> None:
        """Take the moves: a JSON list."""
        self._moves = [dict(move) for move in json.loads(arguments[0])]

    def redraw(self) -> None:
        """Write what was told; grey when the console has gone."""
        super().redraw()
        told = self.link.health
        ink = Ink.TEXT if self.link.connected else Ink.QUIET
        facts = list(lines(told)) or [("", "this console does not tell how it does")]
        self.query_one("#facts", Static).update(_text([_pair(name, value, ink) for name, value in facts]))
        load = told.get("load", {})
        right = [*_histogram(load.get("tenths", []), ink), *_late(load.get("last", []), ink),
                 *_clients(told.get("clients", []), ink), *_moves(self._moves, ink)]  # fmt: skip
        self.query_one("#who", Static).update(_text(right))

    def hint(self) -> str:
        """Say how to leave."""
        return "Esc back"


Words = list[tuple[str, int]]


def _text(rows: Iterable[Words]) -> Text:
    """Rows of words in their inks."""
    return Text("\n").join(Text.assemble(*((word, theme.style(ink)) for word, ink in row)) for row in rows)


def _pair(name: str, value: str, ink: int) -> Words:
    return [(f"{name:24}", Ink.QUIET), (value, ink)]


def _histogram(tenths: list[float], ink: int) -> Iterator[Words]:
    """Shares of the blocks by the part of their deadline that they took."""
    if not any(tenths):
        return
    yield [("Blocks of the last minute by the time they took", Ink.KEY)]
    last = max(place for place, share in enumerate(tenths) if share)
    for place, share in enumerate(tenths[: last + 1]):
        late = place >= len(tenths) // 2
        bar = "█" * round(share / 100 * BAR) or ("▏" if share else "")
        words: Words = [(f"{place * 10:4}–{place * 10 + 10:3} % ", Ink.QUIET), (f"{bar:{BAR}}", Ink.CURVE)]
        words.append((f"{share:8.3f} %", ink))
        yield [*words, (" LATE ", Ink.LOST)] if late and share else words


def _late(last: list[list[float]], ink: int) -> Iterator[Words]:
    """Missed deadlines, newest first."""
    for began, took_ms in reversed(last[-3:]):
        yield [("missed ", Ink.WAITING), (f"{_clock(began)}  took {took_ms:.2f} ms", ink)]


def _clients(clients: list[dict[str, Any]], ink: int) -> Iterator[Words]:
    """Who is connected as what, and how long ago it spoke."""
    if clients:
        yield [(f"{'Clients':24}{'role':12}silent for", Ink.KEY)]
    for client in clients:
        silent_s = float(client.get("silent_s", 0.0))
        words: Words = [(f"{client.get('address', ''):24}{client.get('role', ''):12}", ink), (f"{silent_s:.0f} s", ink)]
        yield [*words, ("  stale", Ink.WAITING)] if silent_s > STALE_S else words


def _moves(moves: list[dict[str, Any]], ink: int) -> Iterator[Words]:
    """What hands did last, and whose."""
    if moves:
        yield [("Last moves", Ink.KEY)]
    for move in moves:
        author = f"{move.get('role', '')} {move.get('client', '')}".strip() or "the console itself"
        yield [
            (f"{_clock(float(move.get('time', 0.0)))} ", Ink.QUIET),
            (f"{move.get('address', '')} {move.get('old', '')} → {move.get('new', '')}", ink),
            (f"  {author}", Ink.QUIET),
        ]


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def lines(told: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Name and value of each fact, those inside others behind their names."""
    for name, value in told.items():
        full = f"{before} {name}".strip()
        if name in PICTURED:
            continue
        if isinstance(value, dict):
            yield from lines(value, full)
        elif isinstance(value, list):
            yield full, " ".join(map(str, value))
        else:
            end = next((end for end in UNITS if name.endswith(end)), "")
            text = _clock(value) if name == SINCE else WORDS.get(str(value), str(value))
            yield full.removesuffix(end).replace("_", " "), f"{text} {UNITS.get(end, '')}".strip()
