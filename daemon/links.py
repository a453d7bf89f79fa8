"""Stereo links: what is set on one strip of a linked pair is set on both.

    set ch/03/eq/1/g ─▶ chlink 3-4 on? linkcfg eq on? ─▶ set ch/04/eq/1/g

Linking copies the odd strip to the even one and opens the pans; unlinking centres pans that are
still wide open.  Names, icons and sources stay each strip's own.
"""

import re
from typing import NamedTuple

from daemon.console import Console
from dsp.table import TABLE

KINDS = (
    ("chlink", "ch", 32, 2),
    ("auxlink", "auxin", 8, 2),
    ("fxlink", "fxrtn", 8, 2),
    ("buslink", "bus", 16, 2),
    ("mtxlink", "mtx", 6, 2),
)
"""Link, strip, how many, digits of their numbers."""

# Which switch of `config/linkcfg` a leaf obeys, by the part of the strip it belongs to.
PREFERENCES = (
    (r"(delay|preamp)/", "hadly"),
    (r"eq/", "eq"),
    (r"(gate|dyn|insert)/", "dyn"),
    (r"(mix/(on|fader|st|mono|mlevel|\d\d/(on|level|type|panFollow))|grp/\w+)$", "fdrmute"),
)
PAN = "mix/pan"


class Partner(NamedTuple):
    """What goes along with a leaf."""

    leaf: int
    link: int
    preference: int


class Links:
    """Keeps linked strips alike.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._partners: dict[int, Partner] = {}
        self._pairs: dict[int, tuple[str, str]] = {}
        for link, strip, count, digits in KINDS:
            for odd in range(1, count, 2):
                pair = tuple(f"/{strip}/{number:0{digits}}" for number in (odd, odd + 1))
                switch = TABLE.leaves[f"/config/{link}/{odd}-{odd + 1}"]
                self._pairs[switch] = (pair[0], pair[1])
        for switch, pair in self._pairs.items():
            for one, other in (pair, pair[::-1]):
                self._learn(switch, one, other)
        console.listeners.append(self._follow)

    def _learn(self, switch: int, one: str, other: str) -> None:
        """Note the partner of every leaf of a strip that links can move."""
        for path, leaf in TABLE.leaves.items():
            if not path.startswith(f"{one}/"):
                continue
            rest = path[len(one) + 1 :]
            for pattern, preference in PREFERENCES:
                if re.match(pattern, rest):
                    leaf_of_preference = TABLE.leaves[f"/config/linkcfg/{preference}"]
                    partner = TABLE.leaves[f"{other}/{rest}"]
                    self._partners[leaf] = Partner(partner, switch, leaf_of_preference)
                    break

    def _follow(self, leaf: int, author: object) -> None:
        values = self._console.values
        if leaf in self._pairs:
            self._link(leaf, bool(values.get(leaf)))
            return
        partner = self._partners.get(leaf)
        if partner and values.get(partner.link) and values.get(partner.preference):
            self._console.set(partner.leaf, values.get(leaf))

    def _link(self, switch: int, on: bool) -> None:
        odd, even = self._pairs[switch]
        values = self._console.values
        if on:
            for leaf in (leaf for path, leaf in TABLE.leaves.items() if path.startswith(f"{odd}/")):
                partner = self._partners.get(leaf)
                if partner and values.get(partner.preference):
                    self._console.set(partner.leaf, values.get(leaf))
        for strip, side in ((odd, -100.0), (even, 100.0)):
            pan = TABLE.leaves.get(f"{strip}/{PAN}")
            if pan is None:
                continue
            row = TABLE.row_of(pan)
            wide, centre = row.nearest(side), row.nearest(0.0)
            if on:
                self._console.set(pan, wide)
            elif values.get(pan) == wide:
                self._console.set(pan, centre)
