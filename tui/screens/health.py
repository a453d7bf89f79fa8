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
SHARES = {"p50": "p50", "p99": "p99", "p99_9": "p99.9", "most": "most"}
"""What is told in per cent of the time a block has, and how it is written."""
PICTURED = {"clients", "tenths", "last"}
"""What stands at the right, not among the facts."""
NAMES = {"real_time": "RT"}
MOMENTS = {"since", "saved_at"}
"""What is told in seconds since the epoch."""
WORDS = {"True": "yes", "False": "no", "None": "–", "": "–"}
NAME, ADDRESS, ROLE, BAR = 20, 22, 10, 20
"""Columns of names, addresses, roles and the longest bar."""


class HealthPage(Page):
    """What the console tells: facts at the left; histogram, clients and moves at the right."""

    DEFAULT_CSS = """
    HealthPage Horizontal { height: 1fr; }
    HealthPage Static { height: 1fr; padding: 0 1; }
    HealthPage #facts { width: 2fr; min-width: 36; max-width: 60; }
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
        facts = [_pair(name, value, ink) for name, value in lines(told)]
        self.query_one("#facts", Static).update(_text(facts or [[("this console does not tell how it does", ink)]]))
        load = told.get("load", {})
        right = [*_histogram(load.get("tenths", []), ink), *_late(load.get("last", []), ink),
                 *_clients(told.get("clients", []), ink), *_moves(self._moves, ink)]  # fmt: skip
        who = self.query_one("#who", Static)
        who.update(_text(right))
        who.display = bool(right)

    def hint(self) -> str:
        """Say how to leave."""
        return "Esc back"


Words = list[tuple[str, int]]


def _text(rows: Iterable[Words]) -> Text:
    """Rows of words in their inks."""
    return Text("\n").join(Text.assemble(*((word, theme.style(ink)) for word, ink in row)) for row in rows)


def _pair(name: str, value: str, ink: int) -> Words:
    return [(f"{name:{NAME}}", Ink.QUIET), (value, ink)]


def _histogram(tenths: list[float], ink: int) -> Iterator[Words]:
    """Shares of the blocks by the part of their deadline that they took; where there are none, there is no row."""
    if any(tenths):
        yield [("Blocks of a minute by the time they took", Ink.KEY)]
    for place, share in enumerate(tenths):
        if share:
            bar = "█" * round(share / 100 * BAR) or "▏"
            words: Words = [(f"{place * 10:3}–{place * 10 + 10:3} % ", Ink.QUIET), (f"{bar:{BAR}}", Ink.CURVE)]
            words.append((f"{share:7.3f} %", ink))
            yield [*words, (" LATE", Ink.LOST)] if place >= len(tenths) // 2 else words


def _late(last: list[list[float]], ink: int) -> Iterator[Words]:
    """Missed deadlines, newest first."""
    for began, took_ms in reversed(last[-3:]):
        yield [("missed ", Ink.WAITING), (f"{_clock(began)}  took {took_ms:.2f} ms", ink)]


def _clients(clients: list[dict[str, Any]], ink: int) -> Iterator[Words]:
    """Who is connected as what, and how long ago it spoke."""
    if clients:
        yield [(f"{'Clients':{ADDRESS}}{'role':{ROLE}}silent", Ink.KEY)]
    for client in clients:
        silent_s = float(client.get("silent_s", 0.0))
        who = f"{client.get('address', ''):{ADDRESS}}{client.get('role', ''):{ROLE}}"
        words: Words = [(f"{who}{silent_s:.0f} s", ink)]
        yield [*words, (" stale", Ink.WAITING)] if silent_s > STALE_S else words


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
        full = f"{before} {NAMES.get(name, name)}".strip()
        if name in PICTURED:
            continue
        if isinstance(value, dict):
            yield from lines(value, full)
        elif isinstance(value, list):
            yield full, " ".join(map(str, value))
        elif name in SHARES:
            yield f"{before} {SHARES[name]}".strip(), f"{_number(value)} %"
        else:
            end = next((end for end in UNITS if name.endswith(end) and name not in MOMENTS), "")
            text = _clock(value) if name in MOMENTS else WORDS.get(str(value), _number(value))
            known = f"{text} {UNITS.get(end, '')}".strip() if value is not None else text
            yield full.removesuffix(end).replace("_", " "), known


def _number(value: object) -> str:
    """A value as a person reads it: three figures say enough of what was measured."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
