"""Stereo links: what is set on one side of a linked pair is set on both.

    set ch/03/eq/1/g ─▶ chlink 3-4 on? linkcfg eq on? ─▶ set ch/04/eq/1/g
    set ch/03/mix/05/level ─▶ buslink 5-6 on? ─▶ set ch/03/mix/06/level

Linking copies the odd side to the even one and opens the pans; unlinking centres pans that are
still wide open.  Names, icons and sources stay each strip's own.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from daemon.console import Console
from dsp import kinds, routing
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
SENDS = r"mix/\d\d/(on|level|type|panFollow)$"
SENDS_PREFERENCE = {"bus": None}  # of other strips as the faders

STRIP = re.compile(r"/(ch|auxin|fxrtn|bus|mtx)/(\d\d)/(.+)")
SEND = re.compile(r"(/(ch|auxin|fxrtn|bus|main)/\w+/mix/)(\d\d)/(on|level)")
PAN = re.compile(r"mix/(\d\d/)?pan")
HEAD_AMP = re.compile(r"/headamp/(\d\d\d)/(gain|phantom)")
HEAD_AMP_PREFERENCE = "hadly"
FED_BY_HEAD_AMPS = {"ch": kinds.CHANNEL, "auxin": kinds.AUX}
WIDE = 100.0


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


class Links:
    """Keeps linked strips alike.

    Parameters
    ----------
    console : Console
        Watched from now on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._partners: dict[int, list[Partner]] = {}
        self._copies: dict[int, list[tuple[int, Partner]]] = {}
        self._pans: dict[int, list[Pan]] = {}
        self._head_amps: dict[int, tuple[int, str]] = {}
        self._strips: dict[int, tuple[str, int]] = {}
        for path, leaf in TABLE.leaves.items():
            if match := STRIP.fullmatch(path):
                self._learn_strip(leaf, match[1], int(match[2]), match[3])
            if match := SEND.fullmatch(path):
                self._learn_send(leaf, match[1], match[2], int(match[3]), match[4])
            if match := HEAD_AMP.fullmatch(path):
                self._head_amps[leaf] = (int(match[1]), match[2])
        console.listeners.append(self._follow)

    def _learn_strip(self, leaf: int, strip: str, number: int, rest: str) -> None:
        """Note what a leaf of a strip has to do with the strip beside it."""
        link = _link(strip, number)
        if link is None:
            return
        odd = number % 2 == 1
        self._strips[link] = (strip, number if odd else number - 1)
        if PAN.fullmatch(rest):
            pan = Pan(leaf, -WIDE if odd else WIDE, rest != "mix/pan")
            self._pans.setdefault(link, []).append(pan)
            return
        rules = (*PREFERENCES, (SENDS, SENDS_PREFERENCE.get(strip, "fdrmute")))
        for pattern, preference in rules:
            if re.match(pattern, rest):
                other = TABLE.leaves[f"/{strip}/{_beside(number):02}/{rest}"]
                self._pair(leaf, Partner(other, link, _preference(preference)), odd)
                return

    def _learn_send(self, leaf: int, sender: str, kind: str, number: int, rest: str) -> None:
        """Note what a send has to do with the send to the bus or matrix beside."""
        link = _link("mtx" if kind in ("bus", "main") else "bus", number)
        if link is not None:
            other = TABLE.leaves[f"{sender}{_beside(number):02}/{rest}"]
            self._pair(leaf, Partner(other, link, None), number % 2 == 1)

    def _pair(self, leaf: int, partner: Partner, odd: bool) -> None:
        self._partners.setdefault(leaf, []).append(partner)
        if odd:
            self._copies.setdefault(partner.link, []).append((leaf, partner))

    def _follow(self, leaf: int, author: object) -> None:
        values = self._console.values
        # A scene says itself how everything is: what it recalls is only kept alike.
        if leaf in self._copies and not self._console.recalling:
            self._open(leaf) if values.get(leaf) else self._close(leaf)
        for partner in self._partners.get(leaf, ()):
            if values.get(partner.link):
                self._copy(leaf, partner)
        if leaf in self._head_amps:
            self._follow_head_amp(leaf)

    def _copy(self, leaf: int, partner: Partner) -> None:
        if partner.preference is None or self._console.values.get(partner.preference):
            self._console.set(partner.leaf, self._console.values.get(leaf))

    def _open(self, link: int) -> None:
        """Begin a link: the even side becomes like the odd one, and they move apart."""
        for leaf, partner in self._copies[link]:
            self._copy(leaf, partner)
        self._move_pans(link, lambda pan, place: pan.side if pan.is_send or place == 0 else place)
        strip, odd = self._strips[link]
        if strip in FED_BY_HEAD_AMPS and self._links_head_amps():
            amps = routing.head_amps(self._console.values, FED_BY_HEAD_AMPS[strip])
            for field in ("gain", "phantom"):
                self._copy_head_amp(int(amps[odd - 1]), int(amps[odd]), field)

    def _close(self, link: int) -> None:
        """End a link: what is still wide open goes back to the middle."""
        self._move_pans(link, lambda pan, place: 0.0 if place == pan.side else place)

    def _move_pans(self, link: int, to: Callable[[Pan, float], float]) -> None:
        for pan in self._pans.get(link, ()):
            row = TABLE.row_of(pan.leaf)
            place = float(row.value(self._console.values.get(pan.leaf)))
            self._console.set(pan.leaf, row.nearest(to(pan, place)))

    def _links_head_amps(self) -> bool:
        return bool(self._console.values.get(TABLE.leaves[f"/config/linkcfg/{HEAD_AMP_PREFERENCE}"]))

    def _follow_head_amp(self, leaf: int) -> None:
        """Set the head amplifiers of linked neighbours of the strips that this one feeds."""
        values = self._console.values
        number, field = self._head_amps[leaf]
        if not self._links_head_amps():
            return
        for kind in FED_BY_HEAD_AMPS.values():
            amps = routing.head_amps(values, kind).reshape(-1, 2)
            for pair in amps[values.row(str(kind.link))]:
                for mine, other in (pair, pair[::-1]):
                    if mine == number:
                        self._copy_head_amp(number, int(other), field)

    def _copy_head_amp(self, number: int, other: int, field: str) -> None:
        if number >= 0 and other >= 0:
            mine = self._console.values.get(TABLE.leaves[f"/headamp/{number:03}/{field}"])
            self._console.set(TABLE.leaves[f"/headamp/{other:03}/{field}"], mine)


def _beside(number: int) -> int:
    """The other number of a pair."""
    return number + 1 if number % 2 else number - 1


def _link(strip: str, number: int) -> int | None:
    """Leaf of the switch that links a strip to the one beside, if there is one."""
    odd = min(number, _beside(number))
    return TABLE.leaves.get(f"/config/{LINKS[strip]}/{odd}-{odd + 1}")


def _preference(name: str | None) -> int | None:
    return None if name is None else TABLE.leaves[f"/config/linkcfg/{name}"]
