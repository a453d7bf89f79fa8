"""What is muted or pulled down while a recall is on its way: it doesn't wait for it.

    set ─▶ quieter? ─▶ values of every desk that may still be heard ─▶ their levels ─▶ the audio thread

Until the recalled desk is heard, the console has values that nobody hears yet.  A mute is meant for what is
heard, so it is set there, too; everything else waits.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dsp.design.draft import Desk
from dsp.engine.wall import Wall
from dsp.parameters.row import Stored
from dsp.parameters.table import Values
from dsp.table import TABLE

ROWS: list[tuple[str, Callable[[int, int], int]]] = [
    (
        r".*/mix/(\{\w+\}/)?(on|fader|level)|.*/mix/(st|mono|mlevel)|dca/\{dca\}/(on|fader)"
        r"|-stat/(talk/\{talk\}|osc/on)|config/talk/(enable|\{talk\}/level)|config/osc/level|config/solo/level",
        min,
    ),
    (r"config/mute/\{group\}|config/solo/(dim|mute)", max),
    (r".*/grp/mute", operator.or_),  # to join a group that is muted is a mute
]
"""Rows that can make quieter, and of two of their values which is: what they come to together."""


def _quieter() -> dict[int, Callable[[int, int], int]]:
    """The same by leaves."""
    return {
        leaf: quieter
        for row in TABLE.rows.values()
        for paths, quieter in ROWS
        if re.fullmatch(paths, row.path)
        for leaf in range(row.offset, row.offset + row.size)
    }


@dataclass
class Heard:
    """A desk that may still be heard."""

    values: Values
    desk: Desk
    touched: set[str] = field(default_factory=set)


class Quieter:
    """Takes mutes and levels pulled down to the desks that are heard before the newest.

    Parameters
    ----------
    audio : Wall

    Attributes
    ----------
    is_pulled : bool
        Whether anything was pulled down since the last `publish`, while it is not heard at once.
    """

    def __init__(self, audio: Wall) -> None:
        self._audio = audio
        self._leaves = _quieter()
        self._heard: list[Heard] = []
        self.is_pulled = False

    def concerns(self, leaf: int) -> bool:
        """Whether a leaf can make anything quieter."""
        return leaf in self._leaves

    def keep(self, values: Values, desk: Desk) -> None:
        """Remember a desk that is about to be replaced; both are its own from now on."""
        self._forget()
        # However many recalls there were: those between will never be heard, for the newest wins.
        made = self._audio.control_desks()
        self._heard = [each for each in self._heard if int(each.desk.draft["recalls"]) in made]
        self._heard.append(Heard(values, desk))
        # The new desk would take the place of a mute that the audio thread has not fetched yet.
        self.is_pulled |= self._audio.control_waits()

    def note(self, leaf: int, stored: Stored) -> bool:
        """Somebody sets a leaf, perhaps to what it is in the newest values already; true if what is heard is louder."""
        quieter = self._leaves.get(leaf)
        if quieter is None or not isinstance(stored, int) or not self._heard:
            return False
        self.is_pulled = True
        found = False
        for each in self._heard:
            now = int(each.values.stored[leaf])
            if quieter(now, stored) != now:
                each.values.set(leaf, quieter(now, stored))
                each.touched.add(TABLE.row_of(leaf).path)
                found = True
        return found

    def publish(self, newest: Desk) -> None:
        """Hand over what has been pulled down since the last call, after the newest draft."""
        if self._heard and self.is_pulled:
            self._forget()
            for each in self._heard:
                each.desk.touch(each.touched)
                each.touched.clear()
            if self._heard:
                self._audio.control_hush([*(each.desk.draft for each in self._heard), newest.draft])
        self.is_pulled = False

    def _forget(self) -> None:
        if not self._audio.control_changes():
            self._heard.clear()
