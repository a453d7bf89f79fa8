"""Finding anything by name: actions, strips, scenes, parameters.

    "vox bus 3"  ─▶  Channel 3 Vox Lead · bus 3 level      ⏎ opens it to be turned or typed
    "mute 5"     ─▶  Mute Channel 5 …
    "ballad"     ─▶  Recall scene 03 Ballad            ⏎ shows what that would change
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from dsp.table import TABLE
from tui import actions, link, mirror, strips, words

MOST = 40
"""Entries of each sort that fit in part; what fits in whole words is always shown."""
WHOLE = 2.0
STRIPS = 1
"""Place of the strips among what is searched."""
Entry = tuple[str, str, Callable[[], object]]
"""What is searched, one sentence, what it does."""


def addresses() -> list[str]:
    """Addresses that a person would look for: all that can be set and belongs to the sound or the desk."""
    return [
        address
        for address, number in TABLE.leaves.items()
        if TABLE.row_of(number).access == "rw" and not address.startswith(("/-show", "/-libs", "/-urec", "/-usb"))
    ]


@functools.lru_cache(maxsize=1)
def titles(names: tuple[str, ...], dcas: tuple[str, ...]) -> list[tuple[str, str]]:
    """Full name and address of everything a person would look for, with strips and DCAs called by these names."""
    by_path = {strip.path: names[row] for row, strip in enumerate(strips.STRIPS)}
    by_path |= {f"dca/{number}": name for number, name in enumerate(dcas, 1)}
    buses = names[strips.CHANNELS : strips.CHANNELS + strips.BUSES]
    found = []
    for address in addresses():
        strip, parts = words.strip_of(address), address.split("/")
        title = words.title(address, by_path.get("/".join(parts[1:3]), ""))
        if strip and parts[3] == "mix" and len(parts) == 6 and parts[1] in ("ch", "auxin", "fxrtn"):
            title = f"{title} {buses[int(parts[4]) - 1]}".strip()
        found.append((title, address))
    return found


def closeness(query: str, text: str) -> float:
    """How well a text answers a query.

    0 when a word of it is missing, more for whole words, 2 when all are, and up to 3 for words that
    stand side by side there too: `bus 3` is not channel 3 in bus 1.
    """
    wanted = query.split()
    if not all(word in text for word in wanted):
        return 0.0
    there = text.replace("·", " ").replace("?", " ").split()
    whole = sum(word in there for word in wanted) / max(len(wanted), 1)
    pairs = set(itertools.pairwise(there))
    return 1.0 + whole + sum(pair in pairs for pair in itertools.pairwise(wanted)) / max(len(wanted), 1)


class Doer(Protocol):
    """What the palette needs of the application."""

    mirror: mirror.Mirror
    link: link.Link

    async def run_named(self, name: str) -> None:
        """Do an action of the register."""

    def select_row(self, row: int) -> None:
        """Select a strip."""

    def do_with(self, row: int, action: str) -> None:
        """Select a strip and do something with it."""

    def turn_to_sends(self, bus: int) -> None:
        """Make the faders the sends to a bus."""

    def look_at_scene(self, number: int) -> None:
        """Show what recalling a scene would change."""

    def edit(self, address: str) -> None:
        """Open a window to type or turn a value."""


class Everything(Provider):
    """Actions first, then strips, then what belongs to the desk, then parameters."""

    @property
    def bridge(self) -> Doer:
        """The application."""
        return cast(Doer, self.app)

    async def startup(self) -> None:
        """Have the console tell what scenes it has: they are there before a word of them is typed."""
        self.bridge.link.read(words.scene_addresses())

    async def discover(self) -> Hits:
        """Show the actions before anything is typed."""
        for title, help, run in self._actions():
            yield DiscoveryHit(title, run, help=help)

    async def search(self, query: str) -> Hits:
        """Yield what fits, the best first."""
        wanted = query.lower().strip()
        matcher = self.matcher(query)
        for rank, entries in enumerate((self._actions(), self._strips(), self._desk(), self._parameters())):
            count = 0
            for place, (title, help, run) in enumerate(entries):
                score = closeness(wanted, title.lower())
                if not score and rank == 0 and matcher.match(title) > 0:
                    score = 0.5
                if score and count < MOST:
                    # Whole words first; of what fits equally well, actions before strips, parameters last.  Of
                    # strips those that come first: who says `mute 5` means the channel.  Elsewhere short names.
                    count += score < WHOLE
                    behind = place / 10_000 if rank == STRIPS else len(title) / 1000
                    yield Hit(score - rank / 10 - behind, matcher.highlight(title), run, help=help)

    def _actions(self) -> Iterator[Entry]:
        for action in actions.REGISTER:
            keys = " ".join(actions.shown(key) for key in action.keys)
            yield f"{action.title} [{keys}]".replace("[", "(").replace("]", ")"), action.help, partial(
                self.bridge.run_named, action.name
            )

    def _strips(self) -> Iterator[Entry]:
        for row, strip in enumerate(strips.STRIPS):
            if strip.number == "R":
                continue
            name = f"{strip.title} {self.bridge.mirror.strips.names[row]}".strip()
            muted = not self.bridge.mirror.strips.on[row]
            yield f"Select {name}", "Select the strip.", partial(self.bridge.select_row, row)
            yield (f"{'Unmute' if muted else 'Mute'} {name}", "Its own mute.",
                   partial(self.bridge.do_with, row, "mute"))  # fmt: skip
            yield f"Solo {name}", "Solo, or not.", partial(self.bridge.do_with, row, "solo")
            yield (f"Why is {name} silent?", "Mutes, groups, faders, gate, source and level, one by one.",
                   partial(self.bridge.do_with, row, "why"))  # fmt: skip

    def _desk(self) -> Iterator[Entry]:
        names = self.bridge.mirror.strips.names
        for bus in range(1, strips.BUSES + 1):
            title = f"Sends to bus {bus} {names[strips.GROUPS[bus - 1]]}".strip()
            yield title, "Make the faders the sends to this bus.", partial(self.bridge.turn_to_sends, bus)
        yield "Sends off: faders", "Make the sends faders again.", partial(self.bridge.turn_to_sends, 0)
        desk = self.bridge.link.desk
        for number in desk.scenes():
            title = f"Recall scene {number:02} {desk.text(words.scene_address(number, 'name'))}"
            help = "Look at what it would change; ⏎ y there recalls it."
            yield title, help, partial(self.bridge.look_at_scene, number)

    def _parameters(self) -> Iterator[Entry]:
        source = self.bridge.mirror
        for title, address in titles(tuple(source.strips.names), tuple(source.dcas.names)):
            yield title, address, partial(self.bridge.edit, address)
