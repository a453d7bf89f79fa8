"""What hands do with strips: faders, mutes, copy and paste, in the console's addresses."""

from __future__ import annotations

from collections.abc import Callable

from dsp.table import TABLE
from tui import desk, link, mirror, strips, words

Tell = Callable[[str], None]

OWN = ("config/name", "config/icon", "config/color", "config/source", "grp/dca", "grp/mute")
"""What stays with a strip when another's settings are pasted on it."""


class Hands:
    """Moves on one console."""

    def __init__(self, source: mirror.Mirror, console: link.Link) -> None:
        self._mirror, self._link = source, console
        self._kept: dict[str, int | str] = {}

    def fader(self, row: int, sends_to: int) -> str | None:
        """Address of a strip's fader, or of its send to a bus; None where it has no such send."""
        path = strips.STRIPS[row].path
        address = f"/{path}/mix/{sends_to:02}/level" if sends_to else f"/{path}/mix/fader"
        return address if address in TABLE.leaves and not (sends_to and path.startswith(("bus", "main"))) else None

    def mute(self, row: int, sends_to: int) -> str | None:
        """Address of a strip's mute, or of that of its send."""
        fader = self.fader(row, sends_to)
        return fader and (fader.removesuffix("level") + "on" if sends_to else f"/{strips.STRIPS[row].path}/mix/on")

    def move(self, address: str | None, step_db: float) -> None:
        """Move a level; nothing happens before it is known where it stands."""
        if address is None:
            return
        if not self._link.desk.knows(address):
            self._link.ask(address)
            return
        self._link.set(address, desk.louder(self._link.desk.param(address), self._link.desk.stored(address), step_db))

    def toggle(self, address: str | None) -> None:
        """Switch on or off."""
        if address is None:
            return
        if not self._link.desk.knows(address):
            self._link.ask(address)
            return
        self._link.set(address, 1 - int(self._link.desk.stored(address)))

    def copy(self, row: int) -> bool:
        """Keep a strip's settings; False, and they are read, while some have still to be heard."""
        path = strips.STRIPS[row].path
        addresses = [address for section in words.strip_sections(path).values() for address in section]
        if unread := [address for address in addresses if not self._link.desk.knows(address)]:
            self._link.read(unread)
            return False
        self._kept = {address.removeprefix(f"/{path}/"): self._link.desk.stored(address) for address in addresses}
        return True

    @property
    def kept(self) -> bool:
        """Whether settings have been copied."""
        return bool(self._kept)

    def paste(self, row: int, tell: Tell) -> None:
        """Put the kept settings on a strip, as far as it has such: one move, taken back as one."""
        path = strips.STRIPS[row].path
        wanted = {
            f"/{path}/{leaf}": stored
            for leaf, stored in self._kept.items()
            if leaf not in OWN and f"/{path}/{leaf}" in TABLE.leaves
        }
        if self._link.set_all(wanted):
            tell(f"pasted {len(wanted)} settings on {strips.STRIPS[row].title}")
