"""Moments as people write them."""

import re
import time

DAY_S = 86_400


def moment(words: str, now: float) -> float:
    """Seconds since 1970 of a moment as people write it: 21:13, 2026-11-28T21:13:05, or 90 for so many seconds ago.

    Raises
    ------
    ValueError
        When it means no moment; the message is for people.
    """
    if re.fullmatch(r"\d+(\.\d+)?", words):
        return now - float(words)
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return time.mktime(time.strptime(words, form))
        except ValueError:
            continue
    for form in ("%H:%M:%S", "%H:%M"):
        try:
            given = time.strptime(words, form)
        except ValueError:
            continue
        today = time.localtime(now)
        then = time.mktime((*today[:3], *given[3:6], 0, 0, -1))
        return then if then <= now else then - DAY_S
    raise ValueError(f"{words!r} is no moment: say 21:13, 21:13:05, 2026-11-28T21:13, or 90 for so many seconds ago")
