"""The console: the values, their only writer, and the way from a value to the audio thread.

    set ─▶ values ─▶ (touched rows) ─▶ publish, once per pass of the event loop ─▶ draft ─▶ mailbox
      └──▶ listeners: who else wants to know, and what has to be saved
"""

from collections.abc import Callable

from dsp import desk, wall
from dsp.parameters import Values
from dsp.table import TABLE

Listener = Callable[[int, object], None]


class Console:
    """All values of the desk, and the draft of what the audio thread is to do with them.

    Parameters
    ----------
    audio : Wall, optional
        Where drafts go; without it the console only keeps values.
    plan : Plan, optional
        What the settings file says about the device.
    """

    def __init__(self, audio: wall.Wall | None = None, plan: desk.Plan | None = None) -> None:
        self.values = Values(TABLE)
        self.listeners: list[Listener] = []
        self.audio = audio
        self._touched: set[str] = set()
        self._desk = desk.Desk(self.values, audio.rate, plan) if audio is not None else None

    def set(self, leaf: int, stored: int | str, author: object = None) -> bool:
        """Store a value and tell the listeners.

        Parameters
        ----------
        leaf : int
            Number of the parameter in the table.
        stored : int or str
            Its stored form, see `row.Param`.
        author : object
            Who did it: listeners do not tell the author.

        Returns
        -------
        changed : bool
        """
        changed = self.values.set(leaf, stored)
        if changed:
            self._touched.add(TABLE.row_of(leaf).path)
            for listener in self.listeners:
                listener(leaf, author)
        return changed

    def publish(self) -> None:
        """Hand what has changed since the last call to the audio thread: heard whole or not at all."""
        if self._touched:
            self._hand_over()

    def open_outputs(self, is_open: bool) -> None:
        """Fade all device outputs in or out."""
        if self._desk is not None:
            self._desk.draft["output"] = 1 if is_open else 0
            self._hand_over()

    def _hand_over(self) -> None:
        if self.audio is not None and self._desk is not None:
            self._desk.refresh(self._touched)
            self.audio.control_publish(self._desk.draft)
        self._touched.clear()
