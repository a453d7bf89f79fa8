"""What the bridge shows: every strip in meter order, and the addresses that describe it.

One index counts the strips everywhere in this package: 32 channels, 16 buses,
6 matrices, then main left, right and mono/centre.  That is the order of the
console's meter blobs, so a blob becomes a slice of the mirror's arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Owner = Literal["strip", "dca", "mute_group"]
Field = Literal["name", "colour", "on", "fader", "dcas", "mute_groups"]


@dataclass(frozen=True, slots=True)
class Strip:
    """One strip: its OSC node, its number and what to call it when it has no name."""

    path: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where the value of one address belongs: one field of some strips, of a DCA or of a mute group."""

    owner: Owner
    field: Field
    rows: tuple[int, ...]


CHANNELS = 32
BUSES = 16
MATRICES = 6
DCAS = 8
MUTE_GROUPS = 6

STRIPS: tuple[Strip, ...] = (
    *(Strip(f"ch/{n:02}", f"{n:02}", f"Channel {n}") for n in range(1, CHANNELS + 1)),
    *(Strip(f"bus/{n:02}", f"B{n}", f"Bus {n}") for n in range(1, BUSES + 1)),
    *(Strip(f"mtx/{n:02}", f"X{n}", f"Matrix {n}") for n in range(1, MATRICES + 1)),
    Strip("main/st", "L", "Main L"),
    Strip("main/st", "R", "Main R"),
    Strip("main/m", "M", "Main mono"),
)

INPUTS = range(CHANNELS)
OUTPUTS = range(CHANNELS, len(STRIPS))
"""Buses, matrices and mains: the strips of `/meters/2`, in its order."""
GROUPS = range(CHANNELS, CHANNELS + BUSES + MATRICES)
MAINS = range(CHANNELS + BUSES + MATRICES, len(STRIPS))


def _leaves() -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for path in dict.fromkeys(strip.path for strip in STRIPS):
        rows = tuple(row for row, strip in enumerate(STRIPS) if strip.path == path)
        leaves[f"/{path}/config/name"] = Leaf("strip", "name", rows)
        leaves[f"/{path}/mix/on"] = Leaf("strip", "on", rows)
        leaves[f"/{path}/mix/fader"] = Leaf("strip", "fader", rows)
        leaves[f"/{path}/config/color"] = Leaf("strip", "colour", rows)
        if not path.startswith("mtx"):  # matrices belong to no DCA and no mute group
            leaves[f"/{path}/grp/dca"] = Leaf("strip", "dcas", rows)
            leaves[f"/{path}/grp/mute"] = Leaf("strip", "mute_groups", rows)
    for number in range(DCAS):
        path = f"/dca/{number + 1}"
        leaves[f"{path}/config/name"] = Leaf("dca", "name", (number,))
        leaves[f"{path}/on"] = Leaf("dca", "on", (number,))
        leaves[f"{path}/fader"] = Leaf("dca", "fader", (number,))
        leaves[f"{path}/config/color"] = Leaf("dca", "colour", (number,))
    for number in range(MUTE_GROUPS):
        leaves[f"/config/mute/{number + 1}"] = Leaf("mute_group", "on", (number,))
    return leaves


LEAVES: dict[str, Leaf] = _leaves()
"""Every address the bridge reads, with the place of its value."""
