"""How fast a terminal takes what is drawn: on a slow link nothing is drawn until the last drawings have arrived.

    drawing ─▶ a question behind it: where is the cursor?  ─▶ (slow link) ─▶ terminal ─▶ answer ─▶ draw again

The answer comes when everything before the question has been drawn, wherever it waited on the way: SSH alone keeps two
megabytes.  So a thin line shows fewer pictures, each of them new, and keys are never stuck behind old ones.  A long way
is not a slow one: what counts is how much longer an answer takes than the quickest did.
"""

from __future__ import annotations

import math
from typing import Any

MOST_WAITING = 2
"""Writes that may wait for the terminal while another drawing is made."""
ASK = "\x1b[2;1H\x1b[6n"
"""Go to the second row and say where the cursor is; from the first row the answer would look like a key."""
ASK_S = 0.5
"""From one question to the next while all is well."""
LATE_S = 0.15
"""How much longer than the quickest answer one may take; after a later one a drawing waits for the last to arrive."""
FIRST_AHEAD, MOST_AHEAD = 2, 40
"""Drawings that may be on the way at first, and at most.

Twice as many after every answer that comes in time; from half of what was once too many on, one more.
"""
LOST_S = 20.0
"""Without an answer for so long, it was lost, or the terminal never answers."""
FIRST_S = 1.5
"""How long the very first answer is waited for without drawing; then, until it is lost, pictures come seldom."""
SELDOM_S = 1.0


class Pace:
    """When the next drawing may be made."""

    def __init__(self) -> None:
        self._asked_at = self._drawn_at = -math.inf
        self._waits = False
        self._answers = False
        self._mute = False
        self._ahead, self._allowed, self._careful = 0, FIRST_AHEAD, MOST_AHEAD
        self._quickest_s = math.inf

    def is_free(self, driver: Any, now: float) -> bool:
        """Whether another drawing may be made at `now`, in seconds."""
        if is_behind(driver):
            return False
        if not self._waits:
            return True
        waited_s = now - self._asked_at
        if waited_s > LOST_S:
            self._waits, self._mute = False, not self._answers
            return True
        if not self._answers:
            return waited_s > FIRST_S and now - self._drawn_at > SELDOM_S
        return self._ahead < self._allowed

    def drawn(self, driver: Any, now: float) -> None:
        """Ask behind a drawing, unless the last answer is still to come."""
        self._drawn_at = now
        self._ahead += 1
        asks = driver is not None and not driver.is_headless and not driver.is_web
        is_due = self._allowed < MOST_AHEAD or now - self._asked_at >= ASK_S
        if asks and is_due and not self._mute and not self._waits:
            self._waits, self._asked_at, self._ahead = True, now, 1
            driver.write(ASK)
            driver.flush()

    def answered(self, now: float) -> None:
        """Note an answer."""
        if self._waits:
            took_s = now - self._asked_at
            # A way may become longer for good: what is the quickest is forgotten little by little.
            self._quickest_s = min(took_s, self._quickest_s * 1.02)
            self._waits, self._answers = False, True
            in_time = took_s <= self._quickest_s + LATE_S
            if in_time:
                more = self._allowed if self._allowed < self._careful else 1
                self._allowed = min(self._allowed + more, MOST_AHEAD)
            else:
                self._careful, self._allowed = max(self._allowed // 2, 1), 1


def is_behind(driver: Any) -> bool:
    """Whether a driver of textual's still holds drawings that its terminal has not taken."""
    writer = getattr(driver, "_writer_thread", None)
    return writer is not None and writer._queue.qsize() > MOST_WAITING
