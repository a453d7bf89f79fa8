"""What the bridge shows: every strip in meter order, and the addresses that describe it.

One index counts the strips everywhere in this package: 32 channels, 16 buses, 6 matrices, main left,
right and mono/centre, then 8 aux inputs and 8 effect returns.  Each meter blob becomes a slice of the
mirror's arrays.  Which addresses a strip has, the console's table says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsp.parameters import axis
from dsp.table import TABLE

Owner = Literal["strip", "dca", "mute_group"]
Field = Literal["name", "icon", "colour", "on", "fader", "dcas", "mute_groups", "solo", "follows"]


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


def _family(node: str, axis_name: str, letter: str, title: str) -> tuple[Strip, ...]:
    """Strips alike, as many as the table's axis has labels."""
    labels = axis.LABELS[axis_name]
    return tuple(
        Strip(f"{node}/{label}", f"{letter}{number}" if letter else label, f"{title} {number}")
        for number, label in enumerate(labels, 1)
    )


CHANNEL = _family("ch", "ch", "", "Channel")
BUS = _family("bus", "bus", "B", "Bus")
MATRIX = _family("mtx", "mtx", "X", "Matrix")
MAIN = (Strip("main/st", "L", "Main L"), Strip("main/st", "R", "Main R"), Strip("main/m", "M", "Main mono"))
AUX = _family("auxin", "aux", "A", "Aux")
RETURN = _family("fxrtn", "rtn", "F", "FX return")

STRIPS: tuple[Strip, ...] = (*CHANNEL, *BUS, *MATRIX, *MAIN, *AUX, *RETURN)

CHANNELS, BUSES, MATRICES = len(CHANNEL), len(BUS), len(MATRIX)
DCAS = len(axis.LABELS["dca"])
MUTE_GROUPS = len(axis.LABELS["group"])

INPUTS = range(CHANNELS)
OUTPUTS = range(CHANNELS, CHANNELS + BUSES + MATRICES + len(MAIN))
"""Buses, matrices and mains: the strips of `/meters/2`, in its order."""
GROUPS = range(CHANNELS, CHANNELS + BUSES + MATRICES)
MAINS = range(GROUPS.stop, OUTPUTS.stop)
RETURNS = range(OUTPUTS.stop, len(STRIPS))
"""Aux inputs and effect returns: the strips of `/meters/3`, in its order."""

ORDER = (*INPUTS, *RETURNS, *GROUPS, *MAINS)
"""Rows in the order in which they are gone through."""

FIELDS: dict[str, Field] = {
    "config/name": "name",
    "mix/on": "on",
    "mix/fader": "fader",
    "config/color": "colour",
    "config/icon": "icon",
    "grp/dca": "dcas",
    "grp/mute": "mute_groups",
}
SOLOS = ("ch", "auxin", "fxrtn", "bus", "mtx", "main", "dca")
"""Families in the order in which the console counts its solo switches, from 1."""
DCA_FIELDS: dict[str, Field] = {"config/name": "name", "on": "on", "fader": "fader", "config/color": "colour"}


def _solo_order() -> list[str]:
    """Paths of all that can be soloed, in the console's order."""
    paths = dict.fromkeys(strip.path for strip in STRIPS)
    families = {family: [path for path in paths if path.startswith(f"{family}/")] for family in SOLOS}
    return [path for paths in families.values() for path in paths]


def solo_address(row: int) -> str:
    """Address of the solo switch of a strip."""
    return f"/-stat/solosw/{_solo_order().index(STRIPS[row].path) + 1:02}"


def _leaves() -> dict[str, Leaf]:
    leaves: dict[str, Leaf] = {}
    for path in dict.fromkeys(strip.path for strip in STRIPS):
        rows = tuple(row for row, strip in enumerate(STRIPS) if strip.path == path)
        leaves |= {f"/{path}/{leaf}": Leaf("strip", field, rows) for leaf, field in FIELDS.items()}
    for number in range(DCAS):
        leaves |= {f"/dca/{number + 1}/{leaf}": Leaf("dca", field, (number,)) for leaf, field in DCA_FIELDS.items()}
    for number in range(MUTE_GROUPS):
        leaves[f"/config/mute/{number + 1}"] = Leaf("mute_group", "on", (number,))
    for number, path in enumerate(_solo_order(), 1):
        rows = tuple(row for row, strip in enumerate(STRIPS) if strip.path == path)
        if rows:
            leaves[f"/-stat/solosw/{number:02}"] = Leaf("strip", "solo", rows)
    leaves["/config/mono/link"] = Leaf("strip", "follows", (MAINS.stop - 1,))
    return {address: leaf for address, leaf in leaves.items() if address in TABLE.leaves}


LEAVES: dict[str, Leaf] = _leaves()
"""Every address the bridge reads, with the place of its value."""
