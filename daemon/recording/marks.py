"""Marks of a gig: named frames, which can be named, moved and taken away afterwards.

    journal  mark · remark, unmark (by number, in the order of time then) ─▶ the marks as they are now
"""

import bisect
from typing import NamedTuple

from daemon.recording import journal


class Mark(NamedTuple):
    """A named frame."""

    frame: int
    name: str


def of(events: list[journal.Event]) -> list[Mark]:
    """Marks of a journal as they are now: later lines name, move and take away what earlier ones set.

    A `mark` line sets one; `remark` says by its number, counted from 1 in the order of time then, its new frame or
    name; `unmark` takes it away.
    """
    found: list[Mark] = []
    for event in events:
        if event["kind"] == "mark":
            bisect.insort(found, Mark(int(event["frame"]), str(event.get("name", ""))))
        elif event["kind"] in ("remark", "unmark") and 1 <= int(event.get("number", 0)) <= len(found):
            old = found.pop(int(event["number"]) - 1)
            if event["kind"] == "remark":
                bisect.insort(found, Mark(int(event.get("frame", old.frame)), str(event.get("name", old.name))))
    return found
