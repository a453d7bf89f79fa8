"""Stereo links: what is set on one side of a linked pair is set on both.

    set ch/03/eq/1/g ─▶ chlink 3-4 on? linkcfg eq on? ─▶ set ch/04/eq/1/g
    set ch/03/mix/05/level ─▶ buslink 5-6 on? ─▶ set ch/03/mix/06/level

Linking copies the odd side to the even one and opens the pans; unlinking centres pans that are
still wide open.  Names, icons and sources stay each strip's own; what is inserted and what a gate or
compressor listens to is copied once and then each strip's own: left may be keyed by left, right by right.

A file that is recalled says itself how everything is, on both sides: what it names holds.  Only what it
does not name goes along, see `settle`.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from daemon.desk.console import Console
from daemon.desk.parts import Mask
from dsp.design import routing, strips
from dsp.parameters.row import Stored
from dsp.parameters.table import Values
from dsp.table import TABLE

LINKS = {"ch": "chlink", "auxin": "auxlink", "fxrtn": "fxlink", "bus": "buslink", "mtx": "mtxlink"}
"""Rows of the switches, by strip."""

# What goes along between two strips, and the switch of `config/linkcfg` it obeys; None is always.
PREFERENCES: tuple[tuple[str, str | None], ...] = (
    (r"config/color$", None),
    (r"(gate|dyn)/filter/", None),
    (r"(delay|preamp)/", "hadly"),
    (r"eq/", "eq"),
    (r"(gate|dyn|insert)/", "dyn"),
    (r"(mix/(on|fader|st|mono|mlevel)|grp/\w+)$", "fdrmute"),
)
COPIED = re.compile(r"(gate|dyn)/keysrc|insert/sel")
"""What linking copies, but does not tie."""
SENDS = r"mix/\d\d/(on|level|type|panFollow)$"
SENDS_PREFERENCE = {"bus": None}  # of other strips as the faders

STRIP = re.compile(r"/(ch|auxin|fxrtn|bus|mtx)/(\d\d)/(.+)")
SEND = re.compile(r"(/(ch|auxin|fxrtn|bus|main)/\w+/mix/)(\d\d)/(on|level)")
PAN = re.compile(r"mix/(\d\d/)?pan")
HEAD_AMP = re.compile(r"/headamp/(\d\d\d)/(gain|phantom)")
HEAD_AMP_PREFERENCE = "hadly"
FED_BY_HEAD_AMPS = {"ch": strips.CHANNEL, "auxin": strips.AUX}
WIDE = 100.0


Pairs = list[tuple[int, int]]
"""Numbers of head amplifiers that go along with each other."""


class Partner(NamedTuple):
    """What goes along with a leaf while a link is on."""

    leaf: int
    link: int
    preference: int | None


class Pan(NamedTuple):
    """A pan that a link opens."""

    leaf: int
    side: float
    is_send: bool


class Rule(NamedTuple):
    """How what is called so on one strip goes along with the same of the strip beside it."""

    preference: str | None
    follows: bool


@functools.cache
def _rule(strip: str, rest: str) -> Rule | None:
    """Look up the rule of a name, the same for all strips of a family: there are hundreds, and thousands of leaves."""
    for pattern, preference in (*PREFERENCES, (SENDS, SENDS_PREFERENCE.get(strip, "fdrmute"))):
        if re.match(pattern, rest):
            return Rule(preference, COPIED.fullmatch(rest) is None)
    return None


class Ties:
    """What is tied to what by the links of the console.

    Attributes
    ----------
    links : dict of int to tuple of str and int
        Switches of the links: the family of the strips, and the number of the odd one.
    partners : dict of int to list of Partner
        What goes along with each leaf.
    """

    def __init__(self) -> None:
        self.links: dict[int, tuple[str, int]] = {}
        self.partners: dict[int, list[Partner]] = {}
        self._copies: dict[int, list[tuple[int, Partner]]] = {}
        self._pans: dict[int, list[Pan]] = {}
        self._head_amps: dict[int, tuple[int, str]] = {}
        for path, leaf in TABLE.leaves.items():
            if match := STRIP.fullmatch(path):
                self._learn_strip(leaf, match[1], int(match[2]), match[3])
            if match := SEND.fullmatch(path):
                self._learn_send(leaf, match[1], match[2], int(match[3]), match[4])
            if match := HEAD_AMP.fullmatch(path):
                self._head_amps[leaf] = (int(match[1]), match[2])

    def _learn_strip(self, leaf: int, strip: str, number: int, rest: str) -> None:
        """Note what a leaf of a strip has to do with the strip beside it."""
        link = _link(strip, number)
        if link is None:
            return
        odd = number % 2 == 1
        self.links[link] = (strip, number if odd else number - 1)
        if PAN.fullmatch(rest):
            pan = Pan(leaf, -WIDE if odd else WIDE, rest != "mix/pan")
            self._pans.setdefault(link, []).append(pan)
            return
        if (rule := _rule(strip, rest)) is not None:
            other = TABLE.leaves[f"/{strip}/{_beside(number):02}/{rest}"]
            self._pair(leaf, Partner(other, link, _preference(rule.preference)), odd, rule.follows)

    def _learn_send(self, leaf: int, sender: str, kind: str, number: int, rest: str) -> None:
        """Note what a send has to do with the send to the bus or matrix beside."""
        link = _link("mtx" if kind in ("bus", "main") else "bus", number)
        if link is not None:
            other = TABLE.leaves[f"{sender}{_beside(number):02}/{rest}"]
            self._pair(leaf, Partner(other, link, None), number % 2 == 1)

    def _pair(self, leaf: int, partner: Partner, odd: bool, follows: bool = True) -> None:
        if follows:
            self.partners.setdefault(leaf, []).append(partner)
        if odd:
            self._copies.setdefault(partner.link, []).append((leaf, partner))

    def along(self, values: Values, leaf: int, head_amps: Pairs | None = None) -> Iterator[int]:
        """Leaves that are set along with this one; pairs of head amplifiers may have been looked up before."""
        for partner in self.partners.get(leaf, ()):
            if values.get(partner.link) and _obeys(values, partner):
                yield partner.leaf
        if leaf in self._head_amps:
            number, field = self._head_amps[leaf]
            for mine, other in head_amp_pairs(values) if head_amps is None else head_amps:
                if number in (mine, other):
                    yield _head_amp(mine + other - number, field)

    def opened(self, values: Values, link: int) -> Iterator[tuple[int, Stored]]:
        """Leaves and values that the beginning of a link sets: the even side like the odd one, pans apart."""
        for leaf, partner in self._copies[link]:
            if _obeys(values, partner):
                yield partner.leaf, values.get(leaf)
        yield from self._panned(values, link, lambda pan, place: pan.side if pan.is_send or place == 0 else place)
        strip, odd = self.links[link]
        if strip in FED_BY_HEAD_AMPS and _links_head_amps(values):
            mine, other = routing.head_amps(values, FED_BY_HEAD_AMPS[strip])[odd - 1 : odd + 1].tolist()
            if min(mine, other) >= 0:
                for field in ("gain", "phantom"):
                    yield _head_amp(other, field), values.get(_head_amp(mine, field))

    def closed(self, values: Values, link: int) -> Iterator[tuple[int, Stored]]:
        """Leaves and values that the end of a link sets: what is still wide open goes back to the middle."""
        yield from self._panned(values, link, lambda pan, place: 0.0 if place == pan.side else place)

    def _panned(
        self, values: Values, link: int, to: Callable[[Pan, float], float]
    ) -> Iterator[tuple[int, Stored]]:
        for pan in self._pans.get(link, ()):
            row = TABLE.row_of(pan.leaf)
            yield pan.leaf, row.nearest(to(pan, float(row.value(values.get(pan.leaf)))))


@functools.cache
def ties() -> Ties:
    """Ties of the console, worked out once."""
    return Ties()


class Links:
    """Keeps linked strips alike.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        console.rules.append(self._follow)

    def _follow(self, leaf: int, author: object) -> None:
        values = self._console.values
        if self._console.recalling:
            return
        if leaf in ties().links:
            move = ties().opened if values.get(leaf) else ties().closed
            for other, stored in move(values, leaf):
                self._console.set(other, stored)
        for other in ties().along(values, leaf):
            self._console.set(other, values.get(leaf))


def settle(before: Values, wanted: Values, named: Mask, free: Mask) -> None:
    """Let what a file does not name go along with what it does, as if its lines were set one by one, links first.

    Parameters
    ----------
    before : Values
        The desk as it is.
    wanted : Values
        The desk with all that the file names; changed in place.
    named : ndarray of bool, shape (table.size,)
        What the file names: it holds, for both sides.
    free : ndarray of bool, shape (table.size,)
        What may change.
    """
    may_follow = free & ~named
    for link in ties().links:
        if wanted.get(link) != before.get(link):
            move = ties().opened if wanted.get(link) else ties().closed
            for leaf, stored in move(wanted, link):
                if may_follow[leaf]:
                    wanted.set(leaf, stored)
    if not (may_follow & _tied()).any():
        return
    head_amps = head_amp_pairs(wanted)
    waiting = np.flatnonzero(named & free & _tied())[::-1].tolist()
    while waiting:
        leaf = waiting.pop()
        for other in ties().along(wanted, leaf, head_amps):
            if may_follow[other]:
                may_follow[other] = False
                wanted.set(other, wanted.get(leaf))
                waiting.append(other)


@functools.cache
def _tied() -> Mask:
    """Leaves that anything can go along with."""
    mask = np.zeros(TABLE.size, bool)
    mask[[*ties().partners, *(leaf for path, leaf in TABLE.leaves.items() if HEAD_AMP.fullmatch(path))]] = True
    return mask


def _obeys(values: Values, partner: Partner) -> bool:
    """Whether the link preferences let a partner go along."""
    return partner.preference is None or bool(values.get(partner.preference))


def _links_head_amps(values: Values) -> bool:
    return bool(values.get(TABLE.leaves[f"/config/linkcfg/{HEAD_AMP_PREFERENCE}"]))


def head_amp_pairs(values: Values) -> Pairs:
    """Head amplifiers that feed the two sides of linked pairs."""
    if not _links_head_amps(values):
        return []
    pairs: set[tuple[int, int]] = set()
    for kind in FED_BY_HEAD_AMPS.values():
        amps = routing.head_amps(values, kind).reshape(-1, 2)
        pairs |= {(left, right) for left, right in amps[values.row(str(kind.link))].tolist() if left != right}
    return [pair for pair in sorted(pairs) if min(pair) >= 0]


def _head_amp(number: int, field: str) -> int:
    return TABLE.leaves[f"/headamp/{number:03}/{field}"]


def _beside(number: int) -> int:
    """The other number of a pair."""
    return number + 1 if number % 2 else number - 1


def _link(strip: str, number: int) -> int | None:
    """Leaf of the switch that links a strip to the one beside, if there is one."""
    odd = min(number, _beside(number))
    return TABLE.leaves.get(f"/config/{LINKS[strip]}/{odd}-{odd + 1}")


def _preference(name: str | None) -> int | None:
    return None if name is None else TABLE.leaves[f"/config/linkcfg/{name}"]
