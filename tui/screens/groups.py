"""DCAs and mute groups: what moves and silences many strips at once."""

from __future__ import annotations

from tui import link, mirror, strips
from tui.screens.page import SheetPage


class GroupsPage(SheetPage):
    """Faders and mutes of the DCAs, and the six mute groups."""

    def __init__(self, source: mirror.Mirror, console: link.Link) -> None:
        super().__init__(console, "DCAs and mute groups")
        self._mirror = source

    def sections(self) -> dict[str, list[str]]:
        """One section for each DCA, with its name, and one for the mute groups."""
        found = {
            f"DCA {number} {self._mirror.dcas.names[number - 1]}".strip(): [
                f"/dca/{number}/fader", f"/dca/{number}/on", f"/dca/{number}/config/name"
            ]
            for number in range(1, strips.DCAS + 1)
        }  # fmt: skip
        found["Mute groups (ON silences)"] = [f"/config/mute/{n}" for n in range(1, strips.MUTE_GROUPS + 1)]
        return found
