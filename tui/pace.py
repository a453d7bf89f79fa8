"""How fast a terminal takes what is drawn: on a slow link nothing is drawn until the last drawing has gone out.

So a thin line shows fewer pictures, each of them new, and keys are never stuck behind old ones.
"""

from __future__ import annotations

from typing import Any

MOST_WAITING = 2
"""Writes that may wait for the terminal while another drawing is made."""


def is_behind(driver: Any) -> bool:
    """Whether a driver of textual's still holds drawings that its terminal has not taken."""
    writer = getattr(driver, "_writer_thread", None)
    return writer is not None and writer._queue.qsize() > MOST_WAITING
